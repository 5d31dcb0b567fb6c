/* no_memory.c: libpymm's own needs when there is no memory: a table, a thread state, debug hooks, a source of arenas.
 *
 * Owns: what the API answers then: NULL, an error or a line, and everything stays as it was. Needs a build in which the
 * system can be made to fail (PYMM_FAULTS). That blocks fail cleanly is tests/oom's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>

#include "heap/heap.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* From here on there is no memory for descriptors, not even what the heap has in store. */
static int exhaust(void **state)
{
    (void)state;
    PyMem_Free(PyMem_Malloc(1)); /* the heap is set up */
    os_fault_set(OS_FAULT_RESERVE | OS_FAULT_COMMIT, 0);
    for (size_t bytes = 4096; bytes >= 16; bytes /= 2)
        while (heap_meta_take(bytes) != NULL)
            continue;
    return 0;
}

static int relieve(void **state)
{
    (void)state;
    os_fault_set(0, 0);
    return 0;
}

static void *no_malloc(void *ctx, size_t size)
{
    (void)ctx;
    (void)size;
    return NULL;
}

static void *no_calloc(void *ctx, size_t nelem, size_t elsize)
{
    (void)ctx;
    (void)nelem;
    (void)elsize;
    return NULL;
}

static void *no_realloc(void *ctx, void *ptr, size_t new_size)
{
    (void)ctx;
    (void)ptr;
    (void)new_size;
    return NULL;
}

static void no_free(void *ctx, void *ptr)
{
    (void)ctx;
    (void)ptr;
}

static void assert_tables_stay(PyMemAllocatorEx *table)
{
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx before, after;
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &before);
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, table);
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &after);
        assert_memory_equal(&before, &after, sizeof before);
    }
    void *block = PyMem_RawMalloc(1);
    assert_non_null(block);
    PyMem_RawFree(block);
}

static void a_table_is_not_set(void **state)
{
    PyMemAllocatorEx table = {state, no_malloc, no_calloc, no_realloc, no_free};
    assert_tables_stay(&table);
    table.calloc = NULL;
    assert_tables_stay(&table);
}

static void debug_hooks_are_not_put_on(void **state)
{
    (void)state;
    PyMem_SetupDebugHooks();
    assert_string_equal(_PyMem_GetCurrentAllocatorName(), "pymalloc");
}

static void *no_arena(void *ctx, size_t size) { return no_malloc(ctx, size); }

static void no_arena_free(void *ctx, void *ptr, size_t size)
{
    (void)size;
    no_free(ctx, ptr);
}

static void a_source_is_not_set(void **state)
{
    PyObjectArenaAllocator source = {state, no_arena, no_arena_free}, before, after;
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&source);
    PyObject_GetArenaAllocator(&after);
    assert_memory_equal(&before, &after, sizeof before);
}

static void initialization_fails_and_may_be_tried_again(void **state)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = Py_InitializeFromConfig(&config);
    assert_true(PyStatus_IsError(status));
    assert_string_equal(status.err_msg, "memory allocation failed");
    assert_false(Py_IsInitialized());
    assert_null(PyGILState_GetThisThreadState());
    relieve(state);
    assert_false(PyStatus_Exception(Py_InitializeFromConfig(&config)));
    assert_true(Py_IsInitialized());
    assert_int_equal(Py_FinalizeEx(), 0);
}

static void no_state_for_a_thread_is_fatal(void **state)
{
    (void)state;
    int ends[2], status = 0;
    char text[1000] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        PyGILState_Ensure();
        _exit(0);
    }
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "Fatal Python error: PyGILState_Ensure: Couldn't create thread-state for new thread\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_table_is_not_set, exhaust, relieve),
        cmocka_unit_test_setup_teardown(debug_hooks_are_not_put_on, exhaust, relieve),
        cmocka_unit_test_setup_teardown(a_source_is_not_set, exhaust, relieve),
        cmocka_unit_test_setup_teardown(no_state_for_a_thread_is_fatal, exhaust, relieve),
        cmocka_unit_test_setup_teardown(initialization_fails_and_may_be_tried_again, exhaust, relieve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
