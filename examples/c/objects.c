/* objects.c: a type of the program's own, a tree whose nodes know their parents, and the collector that ends it. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    PyObject *parent, *children;
} Node;

static long ended;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)self)->parent);
    Py_VISIT(((Node *)self)->children);
    return 0;
}

static int node_clear(PyObject *self)
{
    Py_CLEAR(((Node *)self)->parent);
    Py_CLEAR(((Node *)self)->children);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    ended++;
    PyObject_GC_Del(self);
}

static PyTypeObject node_type;

/* With the parent, which may be NULL, and in its list. NULL: an error is set. */
static Node *node_new(Node *parent)
{
    Node *node = PyObject_GC_New(Node, &node_type);
    if (node == NULL)
        return NULL;
    Py_XINCREF((PyObject *)parent);
    node->parent = (PyObject *)parent;
    node->children = PyList_New(0);
    PyObject_GC_Track((PyObject *)node);
    if (node->children == NULL || (parent != NULL && PyList_Append(parent->children, (PyObject *)node) < 0))
        Py_CLEAR(node);
    return node;
}

int main(void)
{
    node_type.tp_name = "example.Node";
    node_type.tp_basicsize = sizeof(Node);
    node_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
    node_type.tp_traverse = node_traverse;
    node_type.tp_clear = node_clear;
    node_type.tp_dealloc = node_dealloc;
    Py_Initialize();
    Node *root = PyType_Ready(&node_type) < 0 ? NULL : node_new(NULL);
    for (int i = 0; i < 3 && root != NULL; i++) {
        Node *child = node_new(root);
        if (child == NULL)
            Py_CLEAR(root);
        else
            Py_DECREF((PyObject *)child); /* its parent's list has it */
    }
    if (root == NULL) {
        PyErr_Print();
        Py_Finalize();
        return 1;
    }
    printf("children: %ld\n", (long)PyList_Size(root->children));
    Py_DECREF((PyObject *)root);
    printf("dropped, and ended: %ld\n", ended);
    PyGC_Collect();
    printf("collected, and ended: %ld\n", ended);
    Py_Finalize();
    return 0;
}
