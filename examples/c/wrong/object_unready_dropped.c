/* object_unready_dropped.c: wrong: an object ends, and its type never was made ready. */
#include <Python.h>

static PyTypeObject type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Unready", .tp_basicsize = sizeof(PyObject),
                            .tp_flags = Py_TPFLAGS_DEFAULT};

int main(void)
{
    Py_Initialize();
    PyObject *made = PyObject_New(PyObject, &type);
    Py_DECREF(made);
    Py_Finalize();
    return 0;
}
