/* object_tracked_twice.c: wrong: what PyType_GenericAlloc made is tracked already. */
#include <Python.h>

static int no_traverse(PyObject *self, visitproc visit, void *arg) { return 0; }

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Twice", .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = no_traverse, .tp_free = PyObject_GC_Del};

int main(void)
{
    Py_Initialize();
    PyType_Ready(&type);
    PyObject *op = PyType_GenericAlloc(&type, 0);
    PyObject_GC_Track(op);
    Py_Finalize();
    return 0;
}
