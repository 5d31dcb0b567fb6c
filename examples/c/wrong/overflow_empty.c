/* overflow_empty.c: wrong: writes into a block of no bytes. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *text = PyMem_Malloc(0);
    text[0] = '\0';
    PyMem_Free(text);
    Py_Finalize();
    return 0;
}
