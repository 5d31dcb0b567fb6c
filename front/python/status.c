/* status.c: results of initialisation and the two configurations: values, no behaviour.
 *
 * Owns: PyStatus_*, PyPreConfig and PyConfig with their defaults. Read python/pylifecycle.h first. */
#include "front.h"

#include <stdlib.h>

PyStatus PyStatus_Ok(void) { return (PyStatus){._type = _PyStatus_TYPE_OK}; }

PyStatus PyStatus_Error(const char *err_msg) { return (PyStatus){._type = _PyStatus_TYPE_ERROR, .err_msg = err_msg}; }

PyStatus PyStatus_NoMemory(void) { return PyStatus_Error("memory allocation failed"); }

PyStatus PyStatus_Exit(int exitcode) { return (PyStatus){._type = _PyStatus_TYPE_EXIT, .exitcode = exitcode}; }

int PyStatus_IsError(PyStatus status) { return status._type == _PyStatus_TYPE_ERROR; }
int PyStatus_IsExit(PyStatus status) { return status._type == _PyStatus_TYPE_EXIT; }
int PyStatus_Exception(PyStatus status) { return status._type != _PyStatus_TYPE_OK; }

void Py_ExitStatusException(PyStatus status)
{
    if (PyStatus_IsExit(status))
        exit(status.exitcode);
    if (!PyStatus_IsError(status))
        _Py_FatalErrorFunc(NULL, "Py_ExitStatusException() must not be called on success");
    front_fatal_write(status.func, status.err_msg == NULL ? "<message not set>" : status.err_msg);
    exit(1);
}

static PyPreConfig preconfig_with(int is_isolated)
{
    return (PyPreConfig){.parse_argv = !is_isolated,
                         .isolated = is_isolated,
                         .use_environment = !is_isolated,
                         .dev_mode = is_isolated ? 0 : -1,
                         .allocator = PYMEM_ALLOCATOR_NOT_SET};
}

static PyConfig config_with(int is_isolated)
{
    return (PyConfig){.isolated = is_isolated,
                      .use_environment = !is_isolated,
                      .dev_mode = is_isolated ? 0 : -1,
                      .install_signal_handlers = !is_isolated,
                      .tracemalloc = is_isolated ? 0 : -1,
                      .malloc_stats = 0,
                      .use_hash_seed = is_isolated ? 0 : -1};
}

static bool is_there(const char *function, const void *config)
{
    if (config == NULL)
        base_warn("%s: the configuration is NULL; nothing is done", function);
    return config != NULL;
}

void PyPreConfig_InitPythonConfig(PyPreConfig *config)
{
    if (is_there(__func__, config))
        *config = preconfig_with(0);
}

void PyPreConfig_InitIsolatedConfig(PyPreConfig *config)
{
    if (is_there(__func__, config))
        *config = preconfig_with(1);
}

void PyConfig_InitPythonConfig(PyConfig *config)
{
    if (is_there(__func__, config))
        *config = config_with(0);
}

void PyConfig_InitIsolatedConfig(PyConfig *config)
{
    if (is_there(__func__, config))
        *config = config_with(1);
}

void PyConfig_Clear(PyConfig *config) { (void)config; /* it holds no memory */ }
