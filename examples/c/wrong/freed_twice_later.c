/* freed_twice_later.c: wrong: a block is freed twice, and others are freed in between. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *blocks[500];
    for (int i = 0; i < 500; i++)
        blocks[i] = PyMem_RawMalloc(500);
    for (int i = 0; i < 500; i++)
        PyMem_RawFree(blocks[i]);
    PyMem_RawFree(blocks[250]);
    for (int i = 0; i < 500; i++)
        blocks[i] = PyMem_RawMalloc(500);
    for (int i = 0; i < 500; i++)
        PyMem_RawFree(blocks[i]);
    Py_Finalize();
    return 0;
}
