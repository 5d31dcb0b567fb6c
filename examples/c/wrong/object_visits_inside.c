/* object_visits_inside.c: wrong: what is reported is no object, but lies within one. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    PyObject *link;
} Node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    visit((PyObject *)((char *)((Node *)self)->link + 3), arg);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Node *)self)->link);
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
    node->link = PyUnicode_FromString("a text of its own");
    PyGC_Collect();
    Py_Finalize();
    return 0;
}
