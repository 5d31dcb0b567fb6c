/* mixed_del.c: wrong: PyMem_Del gets what malloc() made. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buffer = (char *)malloc(BUFSIZ);
    memset(buffer, 0, BUFSIZ);
    PyMem_Del(buffer);
    Py_Finalize();
    return 0;
}
