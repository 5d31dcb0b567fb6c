/* object_visits_nowhere.c: wrong: what is reported is a number, at whose address there is no memory. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    size_t number;
} Node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit((PyObject *)((Node *)self)->number, arg);
}

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Node", .tp_basicsize = sizeof(Node), .tp_dealloc = PyObject_GC_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_free = PyObject_GC_Del};

int main(void)
{
    Py_Initialize();
    PyType_Ready(&type);
    Node *node = (Node *)PyType_GenericAlloc(&type, 0);
    node->number = 4096;
    PyGC_Collect();
    Py_DECREF(node);
    Py_Finalize();
    return 0;
}
