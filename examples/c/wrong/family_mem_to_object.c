/* family_mem_to_object.c: wrong: a block of PyMem_Malloc goes to PyObject_Free. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = PyMem_Malloc(24);
    memset(buffer, 7, 24);
    PyObject_Free(buffer);
    Py_Finalize();
    return 0;
}
