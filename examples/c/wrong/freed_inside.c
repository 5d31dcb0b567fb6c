/* freed_inside.c: wrong: frees an address within a block. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *text = PyMem_Malloc(200);
    memset(text, ' ', 200);
    char *start = text;
    while (start < text + 96)
        start++;
    PyMem_Free(start); /* should be text */
    Py_Finalize();
    return 0;
}
