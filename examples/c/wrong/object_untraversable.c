/* object_untraversable.c: wrong: PyType_Ready refused the type, for want of a tp_traverse, and the program went on. */
#include <Python.h>

static void end(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_GC_Del(self);
}

static PyTypeObject type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Blind", .tp_basicsize = sizeof(PyObject),
                            .tp_dealloc = end, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC};

int main(void)
{
    Py_Initialize();
    if (PyType_Ready(&type) < 0)
        PyErr_Clear();
    PyObject *made = PyObject_GC_New(PyObject, &type);
    PyObject_GC_Track(made);
    PyGC_Collect();
    Py_Finalize();
    return 0;
}
