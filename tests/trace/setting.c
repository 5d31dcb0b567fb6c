/* What PYTHONTRACEMALLOC does: prints whether blocks are traced at load, after Py_Initialize, and the limit.
 * With an argument: allocates, writes behind the block and frees it, for the debug hooks' report.
 * Read include/python/pytracemalloc.h first. */
#include "Python.h"
#include "pymm_trace.h"

static void overrun(void)
{
    char *block = (char *)PyMem_Malloc(16);
    block[16] = 'x';
    PyMem_Free(block);
}

int main(int argc, char **argv)
{
    int at_load = pymm_trace_is_tracing();
    Py_Initialize();
    void *block = PyMem_Malloc(100);
    size_t traced;
    pymm_trace_get_traced_memory(&traced, NULL);
    printf("%d %d %u %d\n", at_load, pymm_trace_is_tracing(), pymm_trace_get_limit(), traced >= 100);
    fflush(stdout);
    PyMem_Free(block);
    if (argc > 1 && argv[1][0] == 'o')
        overrun();
    Py_Finalize();
    return 0;
}
