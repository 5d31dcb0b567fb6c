/* families.c: three buffers of two families. The text that this comes from frees two of them by the wrong one; here each
 * goes back where it came from. */
#include <Python.h>

int main(void)
{
    char *buf1 = PyMem_New(char, BUFSIZ);
    char *buf2 = (char *)malloc(BUFSIZ);
    char *buf3 = (char *)PyMem_Malloc(BUFSIZ);
    int is_complete = buf1 != NULL && buf2 != NULL && buf3 != NULL;
    PyMem_Free(buf3);
    free(buf2);
    PyMem_Del(buf1);
    puts(is_complete ? "three buffers, each freed by its own family" : "no memory");
    return !is_complete;
}
