/* family_object_to_raw.c: wrong: a block of PyObject_Malloc goes to PyMem_RawFree. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyObject_Malloc(24);
    memset(buffer, 7, 24);
    PyMem_RawFree(buffer);
    Py_Finalize();
    return 0;
}
