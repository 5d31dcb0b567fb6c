/* family_mem_resized_by_raw.c: wrong: a block of PyMem_Malloc is resized by PyMem_RawRealloc. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyMem_Malloc(24);
    memset(buffer, 7, 24);
    buffer = PyMem_RawRealloc(buffer, 48);
    PyMem_RawFree(buffer);
    Py_Finalize();
    return 0;
}
