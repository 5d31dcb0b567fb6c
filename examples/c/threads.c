/* threads.c: threads that use the raw domain freely, and take the GIL around mem and obj, as CPython asks for. */
#include <Python.h>

#include <pthread.h>

static long shared_count; /* guarded by the GIL */

static void *work(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        void *raw = PyMem_RawMalloc((size_t)i + 1); /* any thread, any time */
        PyGILState_STATE state = PyGILState_Ensure();
        void *object = PyObject_Malloc((size_t)i % 512);
        shared_count++;
        PyObject_Free(object);
        PyGILState_Release(state);
        PyMem_RawFree(raw);
    }
    return arg;
}

int main(void)
{
    pthread_t threads[4];
    Py_Initialize(); /* the main thread has the GIL now */
    for (int i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    Py_END_ALLOW_THREADS
    printf("%ld turns, the GIL is %s\n", shared_count, PyGILState_Check() ? "ours again" : "lost");
    return Py_FinalizeEx();
}
