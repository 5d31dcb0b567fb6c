/* object_finalized_alive.c: wrong: the finalizer is called as in a destructor, while the object is in use. */
#include <Python.h>

static PyTypeObject type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Alive", .tp_basicsize = sizeof(PyObject),
                            .tp_flags = Py_TPFLAGS_DEFAULT};

int main(void)
{
    Py_Initialize();
    PyType_Ready(&type);
    PyObject *op = PyType_GenericAlloc(&type, 0);
    PyObject_CallFinalizerFromDealloc(op);
    Py_Finalize();
    return 0;
}
