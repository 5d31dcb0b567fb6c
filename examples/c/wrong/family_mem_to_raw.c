/* family_mem_to_raw.c: wrong: a block of PyMem_Malloc goes to PyMem_RawFree. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyMem_Malloc(24);
    memset(buffer, 7, 24);
    PyMem_RawFree(buffer);
    Py_Finalize();
    return 0;
}
