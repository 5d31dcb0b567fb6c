/* freed_twice_large.c: wrong: a block of several pages is freed twice. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *block = PyObject_Malloc(100000);
    PyObject_Free(block);
    PyObject_Free(block);
    Py_Finalize();
    return 0;
}
