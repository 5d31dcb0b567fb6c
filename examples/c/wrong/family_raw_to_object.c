/* family_raw_to_object.c: wrong: a block of PyMem_RawMalloc goes to PyObject_Free. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyMem_RawMalloc(24);
    memset(buffer, 7, 24);
    PyObject_Free(buffer);
    Py_Finalize();
    return 0;
}
