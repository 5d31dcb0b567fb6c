/* freed_twice.c: wrong: one block is freed twice, and then two others share its place. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *first = PyMem_Malloc(100);
    PyMem_Free(first);
    PyMem_Free(first);
    char *second = PyMem_Malloc(100), *third = PyMem_Malloc(100);
    printf("%s\n", second == third ? "two blocks in one place" : "each block in its place");
    PyMem_Free(second);
    Py_Finalize();
    return 0;
}
