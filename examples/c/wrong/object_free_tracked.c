/* object_free_tracked.c: wrong: the destructor frees what the collector still knows, and not with PyObject_GC_Del. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    PyObject *link;
} Node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)self)->link);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    Py_CLEAR(((Node *)self)->link);
    PyObject_Free(self);
}

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Node", .tp_basicsize = sizeof(Node), .tp_dealloc = node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_free = PyObject_GC_Del};

int main(void)
{
    Py_Initialize();
    PyType_Ready(&type);
    Node *node = (Node *)PyType_GenericAlloc(&type, 0);
    Py_DECREF(node);
    PyGC_Collect();
    Py_Finalize();
    return 0;
}
