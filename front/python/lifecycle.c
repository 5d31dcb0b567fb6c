/* lifecycle.c: Py_Initialize to Py_Finalize. There is no interpreter to start: initialisation chooses allocators and takes
 * the GIL, finalization collects garbage, calls the exit functions, prints statistics and lets go of the GIL.
 *
 * Owns: front_the_phase. Does not own: the choice (choice.c), the GIL (gil.c). Read python/pylifecycle.h first. */
#include "front.h"

#include "gc/gc.h"

_Atomic(enum front_phase) front_the_phase = FRONT_UNKNOWN;
PyThreadState *_Atomic front_finalizing_state;

static void phase_set(enum front_phase phase) { atomic_store_explicit(&front_the_phase, phase, memory_order_release); }

static PyStatus refused(const char *function, const char *why)
{
    PyStatus status = PyStatus_Error(why);
    status.func = function;
    return status;
}

static bool is_preinitialized(void)
{
    enum front_phase phase = front_phase_get();
    return phase == FRONT_PREINITIALIZED || phase == FRONT_INITIALIZED;
}

PyStatus Py_PreInitialize(const PyPreConfig *src_config)
{
    if (src_config == NULL)
        return refused("_Py_PreInitializeFromPyArgv", "preinitialization config is NULL");
    if (is_preinitialized())
        return PyStatus_Ok();
    phase_set(FRONT_PREINITIALIZING);
    PyStatus status = front_choice_make(src_config);
    if (!PyStatus_Exception(status))
        phase_set(FRONT_PREINITIALIZED);
    return status;
}

PyStatus Py_InitializeFromConfig(const PyConfig *config)
{
    if (config == NULL)
        return refused(__func__, "initialization config is NULL");
    if (front_phase_get() == FRONT_INITIALIZED)
        return PyStatus_Ok();
    PyPreConfig preconfig;
    PyPreConfig_InitPythonConfig(&preconfig);
    preconfig.isolated = config->isolated;
    preconfig.use_environment = config->use_environment;
    preconfig.dev_mode = config->dev_mode;
    PyStatus status = Py_PreInitialize(&preconfig);
    if (PyStatus_Exception(status))
        return status;
    if (config->malloc_stats > 0 || (config->use_environment && front_setting("PYTHONMALLOCSTATS") != NULL))
        front_malloc_stats_start();
    if (PyStatus_Exception(status = front_trace_make(config)))
        return status;
    if (PyStatus_Exception(status = front_hash_make(config)))
        return status;
    if (front_gil_enter() != 0 || front_objects_start() != 0)
        return PyStatus_NoMemory();
    phase_set(FRONT_INITIALIZED);
    return PyStatus_Ok();
}

void Py_InitializeEx(int initsigs)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = initsigs;
    PyStatus status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

void Py_Initialize(void) { Py_InitializeEx(1); }

int Py_IsInitialized(void) { return front_phase_get() == FRONT_INITIALIZED; }

/* Exit functions. Called by the thread that holds the GIL, like Py_AtExit itself. */
static void (*exit_functions[32])(void);
static unsigned exit_function_count;

int Py_AtExit(void (*func)(void))
{
    if (func == NULL || exit_function_count == PYMM_COUNT_OF(exit_functions))
        return -1;
    exit_functions[exit_function_count++] = func;
    return 0;
}

int Py_FinalizeEx(void)
{
    if (front_phase_get() != FRONT_INITIALIZED)
        return 0;
    if (!PyGILState_Check() && front_gil_enter() != 0)
        return -1;
    atomic_store_explicit(&front_finalizing_state, PyThreadState_GetUnchecked(), memory_order_relaxed);
    phase_set(FRONT_FINALIZING);
    gc_collect(OBJECT_GENERATION_COUNT - 1); /* finalizers of cycles that are left see a world that still works */
    gc_garbage_show();
    front_malloc_stats_end();
    while (exit_function_count > 0)
        exit_functions[--exit_function_count]();
    front_gil_leave();
    return 0;
}

void Py_Finalize(void) { Py_FinalizeEx(); }
