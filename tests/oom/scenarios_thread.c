/* scenarios_thread.c: threads, the GIL, and the life of a runtime, without memory.
 *
 * Read driver.h first. */
#include "driver.h"

#include <pthread.h>

static void *work(void *arg)
{
    for (size_t i = 0; i < 8; i++) {
        void *raw = PyMem_RawMalloc(i * 100);
        PyGILState_STATE state = PyGILState_Ensure();
        void *object = PyObject_Calloc(i, 30), *grown = object == NULL ? NULL : PyObject_Realloc(object, 600);
        OOM_REQUIRE(PyGILState_Check());
        Py_BEGIN_ALLOW_THREADS
        PyMem_RawFree(raw);
        Py_END_ALLOW_THREADS
        PyObject_Free(grown != NULL ? grown : object);
        PyGILState_Release(state);
    }
    return arg;
}

/* Each thread frees what the one before it made: mail between them. */
static void *pass_on(void *block)
{
    void *own = PyMem_RawMalloc(200);
    PyMem_RawFree(block);
    return own;
}

static void run_threads(void)
{
    pthread_t threads[3];
    int count = 0;
    while (count < 3 && pthread_create(&threads[count], NULL, work, NULL) == 0)
        count++;
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    void *block = PyMem_RawMalloc(100), *next;
    for (int i = 0; i < 4; i++, block = next) {
        if (pthread_create(&threads[0], NULL, pass_on, block) != 0)
            break;
        pthread_join(threads[0], &next);
    }
    PyMem_RawFree(block);
}

static void threads_without_runtime(void) { run_threads(); }

static int live_once(int has_threads)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) {
        OOM_REQUIRE(status.err_msg != NULL);
        return -1;
    }
    OOM_REQUIRE(Py_IsInitialized() && PyGILState_Check());
    void *block = PyMem_Malloc(100);
    if (has_threads) {
        Py_BEGIN_ALLOW_THREADS
        run_threads();
        Py_END_ALLOW_THREADS
    }
    PyMem_Free(block);
    return Py_FinalizeEx();
}

static int at_exit_count;
static void at_exit(void)
{
    void *block = PyObject_Malloc(10);
    at_exit_count++;
    PyObject_Free(block);
}

static void life_cycle(void)
{
    for (int round = 0; round < 3; round++) {
        int before = at_exit_count;
        int is_registered = Py_AtExit(at_exit) == 0;
        int is_done = live_once(0) == 0;
        OOM_REQUIRE(!is_done || !is_registered || at_exit_count > before);
        OOM_REQUIRE(!Py_IsInitialized());
        PyMem_RawFree(PyMem_RawMalloc(3));
    }
}

static void threads_with_runtime(void) { live_once(1); }

/* Allocators and debug hooks chosen by the configuration. */
static void preconfigured(void)
{
    PyPreConfig config;
    PyPreConfig_InitIsolatedConfig(&config);
    config.allocator = PYMEM_ALLOCATOR_NOT_SET;
    if (PyStatus_Exception(Py_PreInitialize(&config)))
        return;
    live_once(0);
}

const oom_scenario oom_thread_scenarios[] = {
    {"threads_without_runtime", threads_without_runtime, 0, 1, 0},
    {"life_cycle", life_cycle, 1, 1, 0},
    {"threads_with_runtime", threads_with_runtime, 1, 1, 0},
    {"preconfigured", preconfigured, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};
