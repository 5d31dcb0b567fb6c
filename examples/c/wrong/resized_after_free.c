/* resized_after_free.c: wrong: a block is resized after it was freed. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *block = PyMem_Malloc(100);
    PyMem_Free(block);
    block = PyMem_Realloc(block, 1000);
    PyMem_Free(block);
    Py_Finalize();
    return 0;
}
