/* mixed_free.c: wrong: the C library frees what PyMem_New made. The sequence is the one of the memory chapter. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *buf1 = PyMem_New(char, BUFSIZ);
    char *buf2 = (char *)malloc(BUFSIZ);
    char *buf3 = (char *)PyMem_Malloc(BUFSIZ);
    PyMem_Del(buf3); /* right in effect: PyMem_Del is PyMem_Free by another name */
    free(buf2);      /* right: malloc() made it */
    free(buf1);      /* fatal: should be PyMem_Del() */
    Py_Finalize();
    return 0;
}
