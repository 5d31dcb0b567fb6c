/* overflow.c: wrong: writes one byte behind a block. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *name = PyMem_Malloc(16);
    memset(name, 'x', 17);
    PyMem_Free(name);
    Py_Finalize();
    return 0;
}
