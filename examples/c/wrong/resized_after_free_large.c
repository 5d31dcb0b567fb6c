/* resized_after_free_large.c: wrong: a block of several pages is resized after it was freed. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *block = PyMem_Malloc(100000), *more;
    PyMem_Free(block);
    more = PyMem_Realloc(block, 200000);
    printf("%s\n", more == NULL ? "refused" : "granted");
    Py_Finalize();
    return 0;
}
