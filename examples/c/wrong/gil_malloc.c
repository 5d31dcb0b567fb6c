/* gil_malloc.c: wrong under debug hooks: PyMem_Malloc without the GIL. Without the hooks pymm needs none here. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    PyMem_Free(PyMem_Malloc(10));
    PyEval_RestoreThread(state);
    Py_Finalize();
    return 0;
}
