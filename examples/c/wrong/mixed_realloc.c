/* mixed_realloc.c: wrong: PyMem_Realloc gets what malloc() made. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = (char *)malloc(100);
    memset(buffer, 0, 100);
    char *larger = PyMem_Realloc(buffer, 200);
    if (larger != NULL)
        PyMem_Free(larger);
    Py_Finalize();
    return 0;
}
