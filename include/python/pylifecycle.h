/* pylifecycle.h: initialisation and finalization as far as memory has to do with them, and Py_FatalError.
 *
 * Owns: Py_Initialize and its like, PyPreConfig (which allocators), PyConfig, PyStatus, Py_AtExit, Py_FatalError.
 * Include Python.h, not this file. Nothing here is needed in order to allocate: every domain works before and after.
 * Initialisation takes the GIL, chooses allocators as PYTHONMALLOC, PYTHONDEVMODE and PyPreConfig say, and reports a
 * wrong choice. Since pymm 0.1; text: "Python Initialization Configuration", "Initialization, Finalization, and Threads". */
#ifndef Py_PYLIFECYCLE_H
#define Py_PYLIFECYCLE_H

#include <wchar.h>

#include "pymem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How an initialisation function ended. ---------------------------------------------------------------------------------- */

typedef struct {
    enum { _PyStatus_TYPE_OK, _PyStatus_TYPE_ERROR, _PyStatus_TYPE_EXIT } _type;
    const char *func;    /* the function that failed, or NULL */
    const char *err_msg; /* what went wrong */
    int exitcode;
} PyStatus;

PyAPI_FUNC(PyStatus) PyStatus_Ok(void);
PyAPI_FUNC(PyStatus) PyStatus_Error(const char *err_msg);
PyAPI_FUNC(PyStatus) PyStatus_NoMemory(void);
PyAPI_FUNC(PyStatus) PyStatus_Exit(int exitcode);
PyAPI_FUNC(int) PyStatus_IsError(PyStatus status);
PyAPI_FUNC(int) PyStatus_IsExit(PyStatus status);
/* Is it an error or an exit? */
PyAPI_FUNC(int) PyStatus_Exception(PyStatus status);
/* Exit: end the process with that code. Error: print it as Py_FatalError does, and exit with 1. Ok: Py_FatalError. */
PyAPI_FUNC(void) Py_NO_RETURN Py_ExitStatusException(PyStatus status);

/* What is set before anything else: the allocators. The other members are kept for source compatibility. ----------------- */

typedef struct {
    int _config_init;
    int parse_argv;
    int isolated;
    int use_environment; /* 0: PYTHONMALLOC, PYTHONDEVMODE and PYTHONMALLOCSTATS are not read */
    int configure_locale;
    int coerce_c_locale;
    int coerce_c_locale_warn;
    int utf8_mode;
    int dev_mode;  /* 1: debug hooks, unless the allocator is chosen by PYTHONMALLOC or the next member */
    int allocator; /* PyMemAllocatorName; not PYMEM_ALLOCATOR_NOT_SET: takes precedence over the environment */
} PyPreConfig;

PyAPI_FUNC(void) PyPreConfig_InitPythonConfig(PyPreConfig *config);   /* the environment is read */
PyAPI_FUNC(void) PyPreConfig_InitIsolatedConfig(PyPreConfig *config); /* it is not */
/* Choose the allocators. The first call counts; later ones, and those after Py_Initialize, do nothing and succeed.
 * An unknown allocator in `src_config` or PYTHONMALLOC: an error, and the allocators in force stay. */
PyAPI_FUNC(PyStatus) Py_PreInitialize(const PyPreConfig *src_config);

/* What Py_InitializeFromConfig reads of CPython's much longer structure. */
typedef struct {
    int _config_init;
    int isolated;
    int use_environment;
    int dev_mode; /* as in PyPreConfig, when Py_PreInitialize was not called before */
    int install_signal_handlers;
    int tracemalloc; /* frames to trace with from initialisation on; 0 off, -1 as PYTHONTRACEMALLOC says */
    int malloc_stats; /* 1: as PYTHONMALLOCSTATS */
    int use_hash_seed; /* 1: the hashes of str and bytes follow from hash_seed; 0: they differ from run to run; -1: as
                        * PYTHONHASHSEED says. The first initialisation of a process counts. */
    unsigned long hash_seed; /* 0 to 4294967295 */
} PyConfig;

PyAPI_FUNC(void) PyConfig_InitPythonConfig(PyConfig *config);
PyAPI_FUNC(void) PyConfig_InitIsolatedConfig(PyConfig *config);
PyAPI_FUNC(void) PyConfig_Clear(PyConfig *config);
/* Py_PreInitialize, if it was not called yet, and Py_Initialize. */
PyAPI_FUNC(PyStatus) Py_InitializeFromConfig(const PyConfig *config);

/* Life. ------------------------------------------------------------------------------------------------------------------ */

/* Initialise, and give the calling thread a state with which it holds the GIL. Called again: nothing happens. An unknown
 * value of PYTHONMALLOC: CPython's message on stderr and exit status 1. `initsigs` changes nothing. */
PyAPI_FUNC(void) Py_Initialize(void);
PyAPI_FUNC(void) Py_InitializeEx(int initsigs);
PyAPI_FUNC(int) Py_IsInitialized(void);
/* Call the functions of Py_AtExit, last one first, print the statistics that PYTHONMALLOCSTATS asks for, and let go of the
 * GIL. Memory and allocators stay as they are: blocks live on, and other threads go on. Returns 0. */
PyAPI_FUNC(int) Py_FinalizeEx(void);
PyAPI_FUNC(void) Py_Finalize(void);
/* Have `func` called by Py_FinalizeEx. Returns 0, or -1 when there are 32 already. */
PyAPI_FUNC(int) Py_AtExit(void (*func)(void));

/* Print "Fatal Python error: FUNCTION: MESSAGE" with the state of the runtime and its threads to stderr, and abort.
 * Allocates nothing. The macro puts in the name of the calling function. */
PyAPI_FUNC(void) Py_NO_RETURN Py_FatalError(const char *message);
PyAPI_FUNC(void) Py_NO_RETURN _Py_FatalErrorFunc(const char *func, const char *message);
#define Py_FatalError(message) _Py_FatalErrorFunc(__func__, (message))

#ifdef __cplusplus
}
#endif
#endif
