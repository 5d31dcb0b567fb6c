/* family_raw_to_mem.c: wrong: a block of PyMem_RawMalloc goes to PyMem_Free. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyMem_RawMalloc(24);
    memset(buffer, 7, 24);
    PyMem_Free(buffer);
    Py_Finalize();
    return 0;
}
