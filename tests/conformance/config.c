/* config.c: allocators chosen by PyPreConfig, tracing by PyConfig, and an allocator that is installed between
 * Py_PreInitialize and Py_InitializeFromConfig, as the contract of PyMem_SetAllocator allows.
 *
 * Owns the configuration structures as far as memory has to do with them; they are there since 3.8. Does not own: the
 * environment (names.c). Read first: check.h, recorder.h. */
#include "check.h"
#include "recorder.h"

#if PY_VERSION_HEX >= 0x03080000

const char *_PyMem_GetCurrentAllocatorName(void); /* exported by every version, declared by none but older ones */

static void print_name(const char *name)
{
    const char *text = _PyMem_GetCurrentAllocatorName();
    check_text(name, "%s", text ? text : "none");
}

static void print_status(const char *name, PyStatus status)
{
    check_int(check_join(name, "exception"), PyStatus_Exception(status));
    check_text(check_join(name, "func"), "%s", status.func ? status.func : "none");
    check_text(check_join(name, "message"), "%s", status.err_msg ? status.err_msg : "none");
}

static PyStatus initialize(int tracemalloc)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.tracemalloc = tracemalloc;
    PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

/* Chosen by the program; then all the way to an initialised Python. */
static void preinitialize(int allocator, int dev_mode)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = allocator;
    config.dev_mode = dev_mode;
    print_status("preinit", Py_PreInitialize(&config));
    print_name("preinit.name");
    check_int("preinit.initialized", Py_IsInitialized());
    print_status("init", initialize(-1));
    print_name("init.name");
    check_int("init.initialized", Py_IsInitialized());
    CHECK_EACH_DOMAIN(d)
        d->free(d->realloc(d->malloc(10), 1000));
}

static void nothing_set(void) { preinitialize(PYMEM_ALLOCATOR_NOT_SET, -1); }
static void set_default(void) { preinitialize(PYMEM_ALLOCATOR_DEFAULT, -1); }
static void set_debug(void) { preinitialize(PYMEM_ALLOCATOR_DEBUG, -1); }
static void set_malloc(void) { preinitialize(PYMEM_ALLOCATOR_MALLOC, -1); }
static void set_malloc_debug(void) { preinitialize(PYMEM_ALLOCATOR_MALLOC_DEBUG, -1); }
static void set_pymalloc(void) { preinitialize(PYMEM_ALLOCATOR_PYMALLOC, -1); }
static void set_pymalloc_debug(void) { preinitialize(PYMEM_ALLOCATOR_PYMALLOC_DEBUG, -1); }
static void set_dev_mode(void) { preinitialize(PYMEM_ALLOCATOR_NOT_SET, 1); }
static void set_dev_mode_and_malloc(void) { preinitialize(PYMEM_ALLOCATOR_MALLOC, 1); }

static void set_unknown(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = 99;
    print_status("preinit", Py_PreInitialize(&config));
    check_int("initialized", Py_IsInitialized());
}

/* Neither is the environment read nor a name in it refused. */
static void isolated(void)
{
    PyPreConfig config;
    PyPreConfig_InitIsolatedConfig(&config);
    check_int("use_environment", config.use_environment);
    check_int("isolated", config.isolated);
    check_int("allocator", config.allocator);
    check_int("dev_mode", config.dev_mode);
    print_status("preinit", Py_PreInitialize(&config));
    print_name("name");
}

static void unknown_in_environment(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    check_int("use_environment", config.use_environment);
    check_int("isolated", config.isolated);
    check_int("allocator", config.allocator);
    PyStatus status = Py_PreInitialize(&config);
    print_status("preinit", status);
    Py_ExitStatusException(status);
}

static void numbers(void)
{
    check_int("NOT_SET", PYMEM_ALLOCATOR_NOT_SET);
    check_int("DEFAULT", PYMEM_ALLOCATOR_DEFAULT);
    check_int("DEBUG", PYMEM_ALLOCATOR_DEBUG);
    check_int("MALLOC", PYMEM_ALLOCATOR_MALLOC);
    check_int("MALLOC_DEBUG", PYMEM_ALLOCATOR_MALLOC_DEBUG);
    check_int("PYMALLOC", PYMEM_ALLOCATOR_PYMALLOC);
    check_int("PYMALLOC_DEBUG", PYMEM_ALLOCATOR_PYMALLOC_DEBUG);
}

/* Refused, and nothing has happened: the next call counts. */
static void none(void)
{
    print_status("preinit", Py_PreInitialize(NULL));
    print_status("init", Py_InitializeFromConfig(NULL));
    check_int("initialized", Py_IsInitialized());
    preinitialize(PYMEM_ALLOCATOR_MALLOC, -1);
}

/* The first call counts. */
static void twice(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = PYMEM_ALLOCATOR_MALLOC;
    print_status("first", Py_PreInitialize(&config));
    config.allocator = PYMEM_ALLOCATOR_DEBUG;
    print_status("second", Py_PreInitialize(&config));
    print_name("name");
}

/* Hooks go in between; they are there in the initialised Python and see its calls. */
static void hook_between(void)
{
    static recorder hooks[3];
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    print_status("preinit", Py_PreInitialize(&config));
    CHECK_EACH_DOMAIN(d)
        recorder_install(&hooks[d - check_domains], d->name, d->domain);
    print_status("init", initialize(-1));
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        d->free(d->malloc(40));
        recorder_print(check_join(d->name, "seen"));
    }
}

/* Arenas go in between, too. */
static size_t arena_count;
static PyObjectArenaAllocator arena_under;

static void *arena_alloc(void *ctx, size_t bytes)
{
    (void)ctx;
    arena_count++;
    return arena_under.alloc(arena_under.ctx, bytes);
}

static void arena_free(void *ctx, void *start, size_t bytes)
{
    (void)ctx;
    arena_under.free(arena_under.ctx, start, bytes);
}

static void arenas_between(void)
{
    PyObjectArenaAllocator source = {NULL, arena_alloc, arena_free};
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    Py_PreInitialize(&config);
    PyObject_GetArenaAllocator(&arena_under);
    PyObject_SetArenaAllocator(&source);
    print_status("init", initialize(-1));
    for (int count = 0; count < 10000; count++)
        memset(PyObject_Malloc(500), 1, 500);
    check_bool("asked", arena_count > 0);
}

static void tracemalloc_on(void)
{
    print_status("init", initialize(3));
    check_int("track", PyTraceMalloc_Track(4, 0x1230, 5));
    check_int("untrack", PyTraceMalloc_Untrack(4, 0x1230));
}

static void tracemalloc_off(void)
{
    print_status("init", initialize(0));
    check_int("track", PyTraceMalloc_Track(4, 0x1230, 5));
}

static void statuses(void)
{
    PyStatus ok = PyStatus_Ok(), error = PyStatus_Error("words"), no_memory = PyStatus_NoMemory(), end = PyStatus_Exit(7);
    print_status("ok", ok);
    print_status("error", error);
    print_status("no_memory", no_memory);
    check_int("ok.is_error", PyStatus_IsError(ok));
    check_int("error.is_error", PyStatus_IsError(error));
    check_int("no_memory.is_error", PyStatus_IsError(no_memory));
    check_int("exit.is_error", PyStatus_IsError(end));
    check_int("exit.is_exit", PyStatus_IsExit(end));
    check_int("exit.exception", PyStatus_Exception(end));
    check_int("error.is_exit", PyStatus_IsExit(error));
    Py_ExitStatusException(end);
}

static void status_error(void) { Py_ExitStatusException(PyStatus_Error("words of the program")); }
static void status_no_memory(void) { Py_ExitStatusException(PyStatus_NoMemory()); }

static const check_case cases[] = {
    {"nothing_set", nothing_set, NULL},
    {"nothing_set_env", nothing_set, "PYTHONMALLOC=malloc"},
    {"default", set_default, NULL},
    {"default_env", set_default, "PYTHONMALLOC=debug"},
    {"debug", set_debug, NULL},
    {"malloc", set_malloc, NULL},
    {"malloc_env", set_malloc, "PYTHONMALLOC=debug"},
    {"malloc_env_unknown", set_malloc, "PYTHONMALLOC=nonsense"},
    {"malloc_debug", set_malloc_debug, NULL},
    {"pymalloc", set_pymalloc, NULL},
    {"pymalloc_debug", set_pymalloc_debug, NULL},
    {"dev_mode", set_dev_mode, NULL},
    {"dev_mode_and_malloc", set_dev_mode_and_malloc, NULL},
    {"dev_mode_env", set_dev_mode, "PYTHONMALLOC=malloc"},
    {"unknown", set_unknown, NULL},
    {"none", none, NULL},
    {"isolated", isolated, "PYTHONMALLOC=debug"},
    {"isolated_unknown", isolated, "PYTHONMALLOC=nonsense"},
    {"unknown_in_environment", unknown_in_environment, "PYTHONMALLOC=nonsense"},
    {"numbers", numbers, NULL},
    {"twice", twice, NULL},
    {"hook_between", hook_between, NULL},
    {"arenas_between", arenas_between, NULL},
    {"tracemalloc_on", tracemalloc_on, NULL},
    {"tracemalloc_off", tracemalloc_off, "PYTHONTRACEMALLOC=5"},
    {"statuses", statuses, NULL},
    {"status_error", status_error, NULL},
    {"status_no_memory", status_no_memory, NULL},
};

#else

static void not_declared(void) { check_text("PyPreConfig", "not declared"); }

static const check_case cases[] = {{"not_declared", not_declared, NULL}};

#endif
CHECK_MAIN(cases)
