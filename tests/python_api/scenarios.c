/* scenarios.c: what test_lifecycle.py runs as child processes: one small deed for each name, some of which end the process.
 *
 * Owns: the deeds. What they are to print, and how they are to end, is in test_lifecycle.py. */
#include <Python.h>
#include <pymm_trace.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static void in_thread(void *(*body)(void *))
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, body, NULL) != 0)
        exit(90);
    pthread_join(thread, NULL);
}

/* Misuse of the lock */

static void save_twice(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyEval_SaveThread();
}

static void save_uninitialized(void) { PyEval_SaveThread(); }

static void save_finalized(void)
{
    Py_Initialize();
    Py_Finalize();
    PyEval_SaveThread();
}

static void *save_body(void *arg)
{
    PyEval_SaveThread();
    return arg;
}

static void save_in_thread(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    in_thread(save_body);
}

static void get_released(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyThreadState_Get();
}

static void restore_null(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyEval_RestoreThread(NULL);
}

static void restore_twice(void)
{
    Py_Initialize();
    PyEval_RestoreThread(PyThreadState_Get());
}

static void release_released(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyGILState_Release(PyGILState_UNLOCKED);
}

static void *release_body(void *arg)
{
    PyGILState_Release(PyGILState_UNLOCKED);
    return arg;
}

static void release_in_thread(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    in_thread(release_body);
}

/* One Release too many removes the state that Py_Initialize made, the next one is fatal. */
static void release_too_often(void)
{
    Py_Initialize();
    PyGILState_Release(PyGILState_UNLOCKED);
    printf("check %d\n", PyGILState_Check());
    fflush(stdout);
    PyGILState_Release(PyGILState_UNLOCKED);
}

/* Fatal errors */

static void fatal_early(void) { Py_FatalError("early"); }

static void fatal_initialized(void)
{
    Py_Initialize();
    Py_FatalError("plain");
}

static void fatal_finalized(void)
{
    Py_Initialize();
    Py_Finalize();
    Py_FatalError("after");
}

static void *fatal_body(void *arg)
{
    PyGILState_Ensure();
    Py_FatalError("boom");
    return arg;
}

static void fatal_in_thread(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    in_thread(fatal_body);
}

/* In the child of a fork only the thread that forked is left. */
static atomic_int is_waiting;

static void *waiting_body(void *arg)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *saved = PyEval_SaveThread();
    atomic_store(&is_waiting, 1);
    pause();
    PyEval_RestoreThread(saved);
    PyGILState_Release(state);
    return arg;
}

static void fatal_in_child(void)
{
    Py_Initialize();
    Py_BEGIN_ALLOW_THREADS
    pthread_t thread;
    if (pthread_create(&thread, NULL, waiting_body, NULL) != 0)
        exit(90);
    while (!atomic_load(&is_waiting))
        usleep(1000);
    Py_END_ALLOW_THREADS
    pid_t pid = fork();
    if (pid == 0)
        Py_FatalError("in the child");
    int status = 0;
    waitpid(pid, &status, 0);
    printf("signal %d\n", WTERMSIG(status));
}

#undef Py_FatalError
static void fatal_function(void) { Py_FatalError("no function"); }

/* Statuses and configurations */

static void print_status(PyStatus status)
{
    printf("error %d exit %d exception %d code %d %s: %s\n", PyStatus_IsError(status), PyStatus_IsExit(status),
           PyStatus_Exception(status), status.exitcode, status.func == NULL ? "-" : status.func,
           status.err_msg == NULL ? "-" : status.err_msg);
}

static void statuses(void)
{
    print_status(PyStatus_Ok());
    print_status(PyStatus_Error("mine"));
    print_status(PyStatus_NoMemory());
    print_status(PyStatus_Exit(3));
}

static void status_exit(void) { Py_ExitStatusException(PyStatus_Exit(3)); }
static void status_error(void) { Py_ExitStatusException(PyStatus_Error("mine")); }
static void status_ok(void) { Py_ExitStatusException(PyStatus_Ok()); }

static PyStatus preinitialize(int allocator, int is_isolated, int dev_mode)
{
    PyPreConfig config;
    if (is_isolated)
        PyPreConfig_InitIsolatedConfig(&config);
    else
        PyPreConfig_InitPythonConfig(&config);
    config.allocator = allocator;
    if (dev_mode)
        config.dev_mode = 1;
    return Py_PreInitialize(&config);
}

static void print_name(void)
{
    const char *name = _PyMem_GetCurrentAllocatorName();
    printf("%s\n", name == NULL ? "none" : name);
}

static void name_at_load(void) { print_name(); }

static void name_initialized(void)
{
    Py_Initialize();
    print_name();
}

static void name_isolated(void)
{
    preinitialize(PYMEM_ALLOCATOR_NOT_SET, 1, 0);
    print_name();
}

static void name_dev_mode(void)
{
    preinitialize(PYMEM_ALLOCATOR_NOT_SET, 0, 1);
    print_name();
}

static void name_config(void)
{
    for (int allocator = PYMEM_ALLOCATOR_DEFAULT; allocator <= PYMEM_ALLOCATOR_MIMALLOC_DEBUG; allocator++) {
        print_status(preinitialize(allocator, 0, 0));
        print_name();
        Py_Initialize();
        Py_Finalize(); /* after it, the choice is open again */
    }
}

static void name_second_choice(void)
{
    preinitialize(PYMEM_ALLOCATOR_MALLOC, 0, 0);
    print_status(preinitialize(99, 0, 0)); /* not looked at */
    Py_Initialize();
    print_status(preinitialize(PYMEM_ALLOCATOR_DEBUG, 0, 0));
    print_name();
}

static void name_unknown_config(void)
{
    PyStatus status = preinitialize(99, 0, 0);
    print_status(status);
    print_name();
    fflush(stdout);
    Py_ExitStatusException(status);
}

static void name_set_late(void)
{
    print_name();
    setenv("PYTHONMALLOC", "malloc_debug", 1);
    Py_Initialize();
    print_name();
}

static void config_dev_mode(void)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.dev_mode = 1;
    print_status(Py_InitializeFromConfig(&config));
    print_status(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);
    printf("initialized %d ", Py_IsInitialized());
    print_name();
}

/* A table of the program's own stays when nothing is asked for, and has no name. */

static int own_count;
static PyMemAllocatorEx own_next;

static void *own_malloc(void *ctx, size_t size)
{
    (void)ctx;
    own_count++;
    return own_next.malloc(own_next.ctx, size);
}

static void own_table(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &own_next);
    PyMemAllocatorEx own = own_next;
    own.malloc = own_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &own);
    Py_Initialize();
    PyObject_Free(PyObject_Malloc(1));
    printf("calls %d, name ", own_count);
    print_name();
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &own_next);
    PyMem_SetupDebugHooks();
    PyMem_SetupDebugHooks();
    print_name();
}

/* What there is nothing to read from, or to write to: a line each, and the allocators in force go on. */
static void no_tables(void)
{
    PyMemAllocatorEx table = {NULL, NULL, NULL, NULL, NULL};
    PyObjectArenaAllocator source = {NULL, NULL, NULL};
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, NULL);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, NULL);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &table);
    PyObject_GetArenaAllocator(NULL);
    PyObject_SetArenaAllocator(NULL);
    PyObject_SetArenaAllocator(&source);
    PyMem_Free(PyMem_Malloc(100));
    print_name();
}

/* The first byte of a fresh block, of each domain, and how far the block lies behind a boundary that the hooks shift. */
static void first_bytes(void)
{
    unsigned char *raw = PyMem_RawMalloc(100), *mem = PyMem_Malloc(100), *object = PyObject_Malloc(100);
    memset(raw + 1, 0, 99);
    printf("%02x %02x %02x\n", raw[0], mem[0], object[0]);
    PyObject_Free(object);
    PyMem_Free(mem);
    PyMem_RawFree(raw);
}

static void first_bytes_then_initialize(void)
{
    first_bytes();
    fflush(stdout);
    Py_Initialize();
    first_bytes();
}

static void *unheld_body(void *arg)
{
    PyMem_RawFree(PyMem_RawMalloc(1));
    PyObject_Malloc(1);
    return arg;
}

static void unheld(void)
{
    Py_Initialize();
    in_thread(unheld_body);
}

static void unheld_uninitialized(void)
{
    in_thread(unheld_body);
    puts("nobody has to hold it yet");
}

/* Exit functions and statistics */

static void say_first(void) { printf("first, initialized %d\n", Py_IsInitialized()); }
static void say_second(void) { puts("second"); }

static void exit_functions(void)
{
    Py_AtExit(say_first);
    Py_Initialize();
    Py_AtExit(say_second);
    Py_Finalize();
    Py_Finalize();
    int taken = 0;
    while (Py_AtExit(say_second) == 0 && taken < 100)
        taken++;
    printf("%d taken\n", taken);
}

static void grow(void)
{
    Py_Initialize();
    static void *blocks[100000];
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++)
        if ((blocks[i] = PyObject_Malloc(300)) == NULL)
            exit(91);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++)
        PyObject_Free(blocks[i]);
    Py_Finalize();
}

static void print_statistics(void)
{
    void *blocks[] = {PyObject_Malloc(100), PyObject_Malloc(100), PyMem_Malloc(500), PyMem_RawMalloc(3 << 20)};
    PyObject_Free(blocks[0]);
    printf("returned %d\n", _PyObject_DebugMallocStats(stdout));
    PyObject_Free(blocks[1]);
    PyMem_Free(blocks[2]);
    PyMem_RawFree(blocks[3]);
}

static size_t traced_bytes(void)
{
    size_t current_bytes = 0, peak_bytes = 0;
    pymm_trace_get_traced_memory(&current_bytes, &peak_bytes);
    return current_bytes;
}

/* Initialisation leaves tracing on top of whatever allocators it chooses. */
static void traced(void)
{
    unsigned char *early = PyMem_Malloc(1000);
    size_t at_load = traced_bytes();
    Py_Initialize();
    void *late = PyObject_Malloc(10);
    printf("%zu %zu ", at_load, traced_bytes());
    PyMem_Free(early);
    PyObject_Free(late);
    printf("%zu\n", traced_bytes());
}

static void traced_by_program(void)
{
    if (pymm_trace_start(2) != 0)
        exit(92);
    preinitialize(PYMEM_ALLOCATOR_MALLOC_DEBUG, 1, 0);
    void *block = PyMem_Malloc(1000);
    printf("%zu\n", traced_bytes());
    PyMem_Free(block);
}

static const struct scenario {
    const char *name;
    void (*deed)(void);
} scenarios[] = {
#define SCENARIO(name) {#name, name}
    SCENARIO(save_twice), SCENARIO(save_uninitialized), SCENARIO(save_finalized), SCENARIO(save_in_thread),
    SCENARIO(get_released), SCENARIO(restore_null), SCENARIO(restore_twice), SCENARIO(release_released),
    SCENARIO(release_in_thread), SCENARIO(release_too_often), SCENARIO(fatal_early), SCENARIO(fatal_initialized),
    SCENARIO(fatal_finalized), SCENARIO(fatal_in_thread), SCENARIO(fatal_function), SCENARIO(statuses),
    SCENARIO(status_exit), SCENARIO(status_error), SCENARIO(status_ok), SCENARIO(name_at_load), SCENARIO(name_initialized),
    SCENARIO(name_isolated), SCENARIO(name_dev_mode), SCENARIO(name_config), SCENARIO(name_second_choice),
    SCENARIO(name_unknown_config), SCENARIO(name_set_late), SCENARIO(config_dev_mode), SCENARIO(own_table),
    SCENARIO(no_tables),
    SCENARIO(first_bytes), SCENARIO(first_bytes_then_initialize), SCENARIO(unheld), SCENARIO(unheld_uninitialized),
    SCENARIO(exit_functions), SCENARIO(grow), SCENARIO(print_statistics), SCENARIO(traced), SCENARIO(traced_by_program), SCENARIO(fatal_in_child),
};

int main(int argument_count, char **arguments)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(scenarios); i++)
        if (argument_count == 2 && strcmp(arguments[1], scenarios[i].name) == 0) {
            scenarios[i].deed();
            return 0;
        }
    return 99;
}
