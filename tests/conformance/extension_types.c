/* extension_types.c: types as extensions define them: one whose instances hold a string, and nodes of trees that refer to their
 * parents and are left to the collector.
 *
 * Owns: tp_new, tp_alloc, tp_init, tp_dealloc, tp_traverse, tp_clear at work together; nothing may be left over.
 * Read first: check.h, text.h. */
#include "check.h"
#include "text.h"

static int alive; /* instances of both types */

/* A value and a name. ------------------------------------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    int value;
    PyObject *name;
} label;

static PyObject *label_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    label *self = (label *)type->tp_alloc(type, 0);
    if (self != NULL) {
        alive++;
        self->value = 0;
        self->name = PyUnicode_FromString("");
        if (self->name == NULL) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return (PyObject *)self;
}

static int label_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"value", "name", NULL};
    label *self = (label *)op;
    PyObject *name = NULL, *old;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|iU", names, &self->value, &name))
        return -1;
    if (name != NULL) {
        old = self->name;
        Py_INCREF(name);
        self->name = name;
        Py_XDECREF(old);
    }
    return 0;
}

static void label_dealloc(PyObject *self)
{
    alive--;
    Py_XDECREF(((label *)self)->name);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *label_repr(PyObject *self)
{
    return PyUnicode_FromFormat("<label %d %R>", ((label *)self)->value, ((label *)self)->name);
}

static PyTypeObject label_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "check.label",
    .tp_basicsize = sizeof(label),
    .tp_dealloc = label_dealloc,
    .tp_repr = label_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_init = label_init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = label_new,
    .tp_free = PyObject_Del,
};

static void labels(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&label_type));
    PyObject *type = (PyObject *)&label_type;
    check_object("plain", PyObject_CallNoArgs(type));
    check_object("filled", PyObject_CallFunction(type, "is", 7, "seven"));
    check_object("refused", PyObject_CallFunction(type, "ii", 7, 7));
    check_object("many", PyObject_CallFunction(type, "isi", 7, "x", 7));
    PyObject *in_own_memory = PyObject_Init((PyObject *)PyObject_Malloc(sizeof(label)), &label_type);
    alive++;
    ((label *)in_own_memory)->value = 3;
    ((label *)in_own_memory)->name = PyUnicode_FromString("own");
    check_object("in_own_memory", in_own_memory);
    label *made = PyObject_New(label, &label_type);
    alive++;
    made->value = 4;
    made->name = NULL;
    check_int("count", Py_REFCNT(made));
    Py_DECREF(made);
    check_int("alive", alive);
}

/* Trees. ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *children, *parent;
} node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->children);
    Py_VISIT(((node *)self)->parent);
    return 0;
}

static int node_clear(PyObject *self)
{
    Py_CLEAR(((node *)self)->children);
    Py_CLEAR(((node *)self)->parent);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    alive--;
    PyObject_GC_UnTrack(self);
    node_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *node_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    node *self = PyObject_GC_New(node, type);
    if (self == NULL)
        return NULL;
    alive++;
    self->parent = NULL;
    self->children = PyList_New(0);
    if (self->children == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "check.node",
    .tp_basicsize = sizeof(node),
    .tp_dealloc = node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = node_new,
    .tp_free = PyObject_GC_Del,
};

/* A node with `width` children, and these with as many, `depth` times. */
static PyObject *tree(PyObject *parent, int width, int depth)
{
    PyObject *self = PyObject_CallNoArgs((PyObject *)&node_type);
    Py_XINCREF(parent);
    ((node *)self)->parent = parent;
    for (int i = 0; i < width && depth > 0; i++) {
        PyObject *child = tree(self, width, depth - 1);
        PyList_Append(((node *)self)->children, child);
        Py_DECREF(child);
    }
    return self;
}

static void trees(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&node_type));
    PyGC_Collect();
    PyObject *root = tree(NULL, 3, 5);
    check_int("alive", alive);
    check_bool("tracked", PyObject_GC_IsTracked(root));
    check_int("collected_while_held", (long long)PyGC_Collect());
    check_int("alive_while_held", alive);
    Py_DECREF(root);
    check_bool("alive_after_drop", alive > 0);
    check_int("collected", (long long)PyGC_Collect());
    check_int("alive_after_collection", alive);
    root = tree(NULL, 1, 20000); /* a long branch */
    Py_DECREF(root);
    PyGC_Collect();
    check_int("alive_after_long_branch", alive);
    PyObject *leaf = tree(NULL, 0, 0);
    Py_DECREF(leaf); /* no cycle: gone at once */
    check_int("alive_after_leaf", alive);
}

/* Failures on the way. ------------------------------------------------------------------------------------------------------- */

static PyObject *two_lists(int is_second_refused)
{
    PyObject *a = PyList_New(0);
    if (a == NULL)
        return NULL;
    PyObject *b = is_second_refused ? PyErr_NoMemory() : PyDict_New();
    if (b == NULL) {
        Py_DECREF(a);
        return NULL;
    }
    PyObject *both = Py_BuildValue("(NN)", a, b);
    return both;
}

static void clean_up(void)
{
    Py_Initialize();
    check_object("both", two_lists(0));
    check_object("refused", two_lists(1));
    check_pointer("no_memory", PyErr_NoMemory());
    check_error("no_memory_error");
}

static const check_case cases[] = {
    {"labels", labels, NULL},
    {"trees", trees, NULL},
    {"trees_debug", trees, "PYTHONMALLOC=debug"},
    {"clean_up", clean_up, NULL},
};
CHECK_MAIN(cases)
