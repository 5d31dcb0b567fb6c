/* host_config.c: an embedder that configures Python itself (3.8 and newer), compiled by test_embed.py with each Python.h found.
 * Owns: a choice of allocator through PyPreConfig, which wins over pymm as a user's setting does.
 * Argument: `default` leaves the allocator alone; `debug` and `malloc` choose; `isolated` is an isolated configuration. */
#include <Python.h>
#include <string.h>

static int fail(PyStatus status) {
    fprintf(stderr, "host: %s: %s\n", status.func ? status.func : "?", status.err_msg ? status.err_msg : "?");
    return 1;
}

int main(int argc, char **argv) {
    const char *choice = argc > 1 ? argv[1] : "default";
    PyPreConfig before;
    PyConfig config;
    PyPreConfig_InitPythonConfig(&before);
    if (!strcmp(choice, "isolated"))
        PyPreConfig_InitIsolatedConfig(&before);
    if (!strcmp(choice, "debug"))
        before.allocator = PYMEM_ALLOCATOR_DEBUG;
    if (!strcmp(choice, "malloc"))
        before.allocator = PYMEM_ALLOCATOR_MALLOC;
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status))
        return fail(status);
    if (!strcmp(choice, "isolated"))
        PyConfig_InitIsolatedConfig(&config);
    else
        PyConfig_InitPythonConfig(&config);
    status = PyConfig_SetBytesString(&config, &config.program_name, argc > 2 ? argv[2] : "python3");
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        return fail(status);
    int result = PyRun_SimpleString("import json, threading\n"
                                    "kept = [str(number) for number in range(30000)]\n"
                                    "thread = threading.Thread(target=lambda: json.loads(json.dumps(kept)))\n"
                                    "thread.start(); thread.join()\n");
    if (argc > 3)
        result |= PyRun_SimpleString(argv[3]);
    if (Py_FinalizeEx() != 0 || result != 0)
        return 1;
    puts("ok");
    return 0;
}
