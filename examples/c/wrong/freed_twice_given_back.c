/* freed_twice_given_back.c: wrong: a block is freed twice, and in between its memory went back to the system. */
#include <Python.h>
#include "pymm.h"

int main(void)
{
    Py_Initialize();
    char *block = PyMem_Malloc(5000);
    PyMem_Free(block);
    pymm_give_back();
    PyMem_Free(block);
    Py_Finalize();
    return 0;
}
