/* gil_thread.c: wrong under debug hooks: a thread that never took the GIL allocates in the object domain. */
#include <Python.h>
#include <pthread.h>

static void *work(void *argument)
{
    PyMem_RawFree(PyMem_RawMalloc(10)); /* right: the raw domain needs no GIL */
    PyObject_Free(PyObject_Malloc(10));
    return argument;
}

int main(void)
{
    Py_Initialize();
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    Py_Finalize();
    return 0;
}
