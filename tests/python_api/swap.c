/* swap.c: tables are swapped while other threads allocate: every call goes through one whole table, the old or the new.
 *
 * Owns: PyMem_SetAllocator, PyMem_GetAllocator and PyMem_SetupDebugHooks under concurrency. Run under the thread sanitizer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>
#include <pymm.h>

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 3, SWAPS = 3000, HOOKS = 4 };

/* A hook whose functions all check that they got their own ctx: a table that was half swapped would mix them. */
typedef struct checked_hook {
    int number;
    PyMemAllocatorEx next;
} checked_hook;

static checked_hook hooks[3][HOOKS];
static atomic_int mixed_count, call_count;

static checked_hook *checked(void *ctx, int number)
{
    checked_hook *hook = ctx;
    if (hook->number != number)
        atomic_fetch_add(&mixed_count, 1);
    atomic_fetch_add_explicit(&call_count, 1, memory_order_relaxed);
    return hook;
}

#define HOOK(number)                                                                                                   \
    static void *malloc_##number(void *ctx, size_t size)                                                               \
    {                                                                                                                  \
        checked_hook *hook = checked(ctx, number);                                                                     \
        return hook->next.malloc(hook->next.ctx, size);                                                                \
    }                                                                                                                  \
    static void *calloc_##number(void *ctx, size_t nelem, size_t elsize)                                               \
    {                                                                                                                  \
        checked_hook *hook = checked(ctx, number);                                                                     \
        return hook->next.calloc(hook->next.ctx, nelem, elsize);                                                       \
    }                                                                                                                  \
    static void *realloc_##number(void *ctx, void *ptr, size_t new_size)                                               \
    {                                                                                                                  \
        checked_hook *hook = checked(ctx, number);                                                                     \
        return hook->next.realloc(hook->next.ctx, ptr, new_size);                                                      \
    }                                                                                                                  \
    static void free_##number(void *ctx, void *ptr)                                                                    \
    {                                                                                                                  \
        checked_hook *hook = checked(ctx, number);                                                                     \
        hook->next.free(hook->next.ctx, ptr);                                                                          \
    }
HOOK(0)
HOOK(1)
HOOK(2)
HOOK(3)

static PyMemAllocatorEx table_of(int domain, int number)
{
    static const PyMemAllocatorEx tables[HOOKS] = {{NULL, malloc_0, calloc_0, realloc_0, free_0},
                                                   {NULL, malloc_1, calloc_1, realloc_1, free_1},
                                                   {NULL, malloc_2, calloc_2, realloc_2, free_2},
                                                   {NULL, malloc_3, calloc_3, realloc_3, free_3}};
    PyMemAllocatorEx table = tables[number];
    table.ctx = &hooks[domain][number];
    return table;
}

static atomic_int is_over;

static void *allocates(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    while (!atomic_load(&is_over)) {
        seed = seed * 1103515245u + 12345u;
        size_t size = seed >> 16 & 2047;
        unsigned char *raw = PyMem_RawMalloc(size), *mem = PyMem_Calloc(size, 1), *object = PyObject_Malloc(1);
        object = PyObject_Realloc(object, size + 1);
        if (raw == NULL || mem == NULL || object == NULL)
            return (void *)1;
        memset(raw, 1, size);
        memset(object, 3, size + 1);
        for (size_t i = 0; i < size; i++)
            if (raw[i] != 1 || mem[i] != 0 || object[i] != 3)
                return (void *)2;
        PyMem_RawFree(raw);
        PyMem_Free(mem);
        PyObject_Free(object);
    }
    return NULL;
}

static void start(pthread_t *threads)
{
    atomic_store(&is_over, 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, allocates, (void *)(i + 1)), 0);
}

static void stop(const pthread_t *threads)
{
    atomic_store(&is_over, 1);
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
}

static void swapped_as_a_whole(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    PyMemAllocatorEx before[3];
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &before[domain]);
        for (int number = 0; number < HOOKS; number++)
            hooks[domain][number] = (checked_hook){number, before[domain]};
    }
    start(threads);
    for (int i = 0; i < SWAPS || atomic_load(&call_count) < SWAPS; i++) {
        int domain = i % 3;
        PyMemAllocatorEx table = i / 3 % 5 == 4 ? before[domain] : table_of(domain, i / 3 % 5), seen;
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &table);
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &seen);
        assert_memory_equal(&seen, &table, sizeof seen);
    }
    stop(threads);
    for (int domain = 0; domain < 3; domain++)
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &before[domain]);
    assert_int_equal(atomic_load(&mixed_count), 0);
}

/* The same tables for ever: a program may install and remove a hook as often as it likes. */
static void swapping_takes_no_memory(void **state)
{
    (void)state;
    static pymm_stats stats;
    size_t metadata_bytes = 0;
    PyMemAllocatorEx before;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before);
    hooks[PYMEM_DOMAIN_OBJ][0] = (checked_hook){0, before};
    for (int i = 0; i < 20000; i++) {
        PyMemAllocatorEx table = table_of(PYMEM_DOMAIN_OBJ, 0);
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &table);
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &before);
        if (i == 0) {
            assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
            metadata_bytes = stats.metadata_bytes;
        }
    }
    assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
    assert_int_equal(stats.metadata_bytes, metadata_bytes);
}

/* Debug hooks go on while others allocate and free: blocks from before are known as such. They never come off. */
static void debug_hooks_go_on_under_load(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    start(threads);
    for (int i = 0; i < 200; i++)
        PyMem_SetupDebugHooks();
    for (int i = 0; i < 200; i++)
        PyObject_Free(PyObject_Malloc(100));
    stop(threads);
    char message[200] = "";
    if (pymm_check(message, sizeof message) != 0)
        fail_msg("%s", message);
    assert_string_equal(_PyMem_GetCurrentAllocatorName(), "pymalloc_debug");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swapped_as_a_whole),
        cmocka_unit_test(swapping_takes_no_memory),
        cmocka_unit_test(debug_hooks_go_on_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
