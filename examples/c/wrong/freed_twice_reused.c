/* freed_twice_reused.c: wrong: a block is freed twice, and in between its place went to another block. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *first = PyMem_Malloc(100);
    PyMem_Free(first);
    char *second = PyMem_Malloc(100); /* very likely where the first one was */
    PyMem_Free(first);                /* nobody can see that this is not the second one */
    PyMem_Free(second);
    Py_Finalize();
    return 0;
}
