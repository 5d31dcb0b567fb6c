/* underflow.c: wrong: writes one byte before a block. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *first = PyObject_Malloc(20), *name = PyObject_Malloc(20);
    memset(name, 'y', 20);
    name[-1] = 'x';
    PyObject_Free(name);
    PyObject_Free(first);
    Py_Finalize();
    return 0;
}
