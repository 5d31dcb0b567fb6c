/* Tracing among other tables: hooks below it and above it, and what stopping leaves behind.
 * Read include/pymm_trace.h and src/hook/trace.c first. */
#include "Python.h"
#include "pymm_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static size_t traced(void)
{
    size_t bytes;
    pymm_trace_get_traced_memory(&bytes, NULL);
    return bytes;
}

static PyMemAllocatorEx below;
static size_t hook_calls;

/* Puts 32 bytes in front of each block, and asks another domain for them, as hooks may. */
static void *shifting_malloc(void *ctx, size_t size)
{
    (void)ctx;
    hook_calls++;
    char *base = PyMem_RawMalloc(size + 32);
    return base == NULL ? NULL : base + 32;
}
static void *shifting_calloc(void *ctx, size_t nelem, size_t elsize)
{
    void *block = shifting_malloc(ctx, nelem * elsize);
    return block == NULL ? NULL : memset(block, 0, nelem * elsize);
}
static void *shifting_realloc(void *ctx, void *ptr, size_t size)
{
    if (ptr == NULL)
        return shifting_malloc(ctx, size);
    char *base = PyMem_RawRealloc((char *)ptr - 32, size + 32);
    return base == NULL ? NULL : base + 32;
}
static void shifting_free(void *ctx, void *ptr)
{
    (void)ctx;
    if (ptr != NULL)
        PyMem_RawFree((char *)ptr - 32);
}

static void a_hook_below_is_counted_once(void **state)
{
    (void)state;
    PyMemAllocatorEx shifting = {NULL, shifting_malloc, shifting_calloc, shifting_realloc, shifting_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &below);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &shifting);
    assert_int_equal(pymm_trace_start(1), 0);
    char *block = PyMem_Malloc(100);
    assert_int_equal(traced(), 100);
    block = PyMem_Realloc(block, 4000);
    assert_int_equal(traced(), 4000);
    pymm_trace_frame frame;
    assert_int_equal(pymm_trace_get_traceback(0, block, &frame, 1, NULL), 1);
    assert_int_equal(pymm_trace_get_traceback(0, block - 32, &frame, 1, NULL), 0);
    PyMem_Free(block);
    assert_int_equal(traced(), 0);
    pymm_trace_stop();
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &below);
}

static void *over_malloc(void *ctx, size_t size)
{
    PyMemAllocatorEx *inner = ctx;
    hook_calls++;
    void *block = inner->malloc(inner->ctx, size);
    return block;
}

static void a_hook_above_stays(void **state)
{
    (void)state;
    PyMemAllocatorEx original, traced_table, over, seen;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &original);
    assert_int_equal(pymm_trace_start(1), 0);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &traced_table);
    assert_true(traced_table.malloc != original.malloc);
    over = traced_table;
    over.ctx = &traced_table;
    over.malloc = over_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &over);
    pymm_trace_stop();
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &seen);
    assert_true(seen.malloc == over_malloc);
    hook_calls = 0;
    void *block = PyObject_Malloc(10);
    assert_int_equal(hook_calls, 1);
    assert_int_equal(traced(), 0);
    assert_int_equal(pymm_trace_start(1), 0); /* over the hook, which is over what was there: each block once */
    void *second = PyObject_Malloc(20);
    assert_int_equal(traced(), 20);
    traced_table.free(traced_table.ctx, block);
    PyObject_Free(second);
    assert_int_equal(traced(), 0);
    pymm_trace_stop();
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &original);
}

static void stop_puts_the_tables_back(void **state)
{
    (void)state;
    PyMemAllocatorEx before, after;
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &before);
        assert_int_equal(pymm_trace_start(1), 0);
        pymm_trace_stop();
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &after);
        assert_memory_equal(&before, &after, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hook_below_is_counted_once),
        cmocka_unit_test(a_hook_above_stays),
        cmocka_unit_test(stop_puts_the_tables_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
