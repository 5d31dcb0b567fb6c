/* gil_realloc.c: wrong under debug hooks: PyObject_Realloc without the GIL. Without the hooks pymm needs none here. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    char *block = PyObject_Malloc(10);
    PyThreadState *state = PyEval_SaveThread();
    block = PyObject_Realloc(block, 20);
    PyEval_RestoreThread(state);
    PyObject_Free(block);
    Py_Finalize();
    return 0;
}
