/* write_after_free.c: wrong: writes into a block after it was freed. Nothing of the heap lies there, so nothing but the program is harmed. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *block = PyMem_Malloc(100), *other;
    PyMem_Free(block);
    memset(block, 'x', 100);
    other = PyMem_Calloc(100, 1);
    printf("the next block holds %s\n", other[0] == 0 ? "zeros" : "what was written");
    PyMem_Free(other);
    Py_Finalize();
    return 0;
}
