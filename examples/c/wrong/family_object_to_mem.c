/* family_object_to_mem.c: wrong: a block of PyObject_Malloc goes to PyMem_Free. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyObject_Malloc(24);
    memset(buffer, 7, 24);
    PyMem_Free(buffer);
    Py_Finalize();
    return 0;
}
