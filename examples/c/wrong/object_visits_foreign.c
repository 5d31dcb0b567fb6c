/* object_visits_foreign.c: wrong: what is reported is memory of the program's own and never was an object. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    char *text;
} Node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    return visit((PyObject *)((Node *)self)->text, arg);
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyMem_Free(((Node *)self)->text);
    PyObject_GC_Del(self);
}

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "wrong.Node", .tp_basicsize = sizeof(Node), .tp_dealloc = node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_free = PyObject_GC_Del};

int main(void)
{
    Py_Initialize();
    PyType_Ready(&type);
    Node *node = (Node *)PyType_GenericAlloc(&type, 0);
    node->text = PyMem_Malloc(64);
    memset(node->text, 'x', 64);
    PyGC_Collect();
    Py_DECREF(node);
    Py_Finalize();
    return 0;
}
