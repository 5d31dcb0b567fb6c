/* gc_node.h: what the sources on the collector share: nodes with two references, and a record of what happens to them.
 *
 * A letter each: f finalized, c cleared, d destroyed, w a callback of a weak reference. Which of several nodes comes first is
 * not recorded: that is nobody's promise. Owns: the above. Read first: check.h. */
#ifndef PYMM_GC_NODE_H
#define PYMM_GC_NODE_H

#include "check.h"

typedef struct node {
    PyObject_HEAD
    PyObject *links[2];
    PyObject *weak;
} node;

static char gc_events[200];
static PyObject *gc_kept;          /* what a finalizer has kept */
static PyObject *gc_watched;       /* a weak reference that finalizers look at */
static int gc_was_dead = -1;

CHECK_UNUSED static void gc_event(const char *letter) { strncat(gc_events, letter, sizeof gc_events - strlen(gc_events) - 1); }

/* Print what has happened since the last time. */
CHECK_UNUSED static void check_events(const char *name)
{
    check_text(name, "%s", gc_events);
    gc_events[0] = '\0';
}

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->links[0]);
    Py_VISIT(((node *)self)->links[1]);
    return 0;
}

static int node_clear(PyObject *self)
{
    Py_CLEAR(((node *)self)->links[0]);
    Py_CLEAR(((node *)self)->links[1]);
    return 0;
}

static int node_note_clear(PyObject *self)
{
    gc_event("c");
    return node_clear(self);
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (((node *)self)->weak != NULL)
        PyObject_ClearWeakRefs(self);
    gc_event("d");
    node_clear(self);
    PyObject_GC_Del(self);
}

static void node_finalize(PyObject *self)
{
    (void)self;
    gc_event("f");
    if (gc_watched != NULL)
        gc_was_dead = PyWeakref_GetObject(gc_watched) == Py_None;
}

static void node_keep(PyObject *self)
{
    gc_event("f");
    Py_INCREF(self);
    gc_kept = self;
}

CHECK_UNUSED static void node_del(PyObject *self) { (void)self; }

#define NODE_TYPE(...)                                                                                                 \
    {                                                                                                                  \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Node", .tp_basicsize = sizeof(node),                           \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_FINALIZE, .tp_traverse = node_traverse, .tp_clear = node_note_clear, \
        .tp_dealloc = node_dealloc, .tp_weaklistoffset = offsetof(node, weak), .tp_free = PyObject_GC_Del, __VA_ARGS__ \
    }
static PyTypeObject node_plain = NODE_TYPE(.tp_new = NULL);
static PyTypeObject node_final = NODE_TYPE(.tp_finalize = node_finalize);
static PyTypeObject node_keeping = NODE_TYPE(.tp_finalize = node_keep);
static PyTypeObject node_legacy = NODE_TYPE(.tp_del = node_del);

CHECK_UNUSED static PyObject *node_new(PyTypeObject *type, PyObject *link)
{
    node *self = PyObject_GC_New(node, type);
    self->links[0] = link; /* stolen */
    self->links[1] = NULL;
    self->weak = NULL;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

/* Two nodes that refer to each other, of which one is returned, with a reference of the caller's. */
CHECK_UNUSED static PyObject *node_pair(PyTypeObject *type)
{
    PyObject *first = node_new(type, NULL), *second = node_new(type, first);
    Py_INCREF(second);
    ((node *)first)->links[0] = second;
    return second;
}

/* A callable that notes its call, or fails. */
static PyObject *callback_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)keywords;
    gc_event("w");
    if (PyTuple_Size(args) == 1 && gc_watched != NULL)
        gc_was_dead = PyWeakref_GetObject(gc_watched) == Py_None;
    if (((node *)self)->links[0] == NULL)
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "from a callback");
    return NULL;
}
static PyTypeObject callback_type = NODE_TYPE(.tp_call = callback_call);

CHECK_UNUSED static void gc_begin(void)
{
    Py_Initialize();
#if PY_VERSION_HEX >= 0x030A0000
    PyGC_Collect(); /* what the start of an interpreter leaves */
    PyGC_Disable();
#endif
    if (PyType_Ready(&node_plain) || PyType_Ready(&node_final) || PyType_Ready(&node_keeping) || PyType_Ready(&node_legacy) ||
        PyType_Ready(&callback_type))
        exit(3);
}

/* Collect now; at no other time. */
CHECK_UNUSED static Py_ssize_t gc_collect_now(void)
{
#if PY_VERSION_HEX >= 0x030A0000
    PyGC_Enable();
    Py_ssize_t count = PyGC_Collect();
    PyGC_Disable();
    return count;
#else
    return PyGC_Collect();
#endif
}

/* The exception that is set, cleared. */
CHECK_UNUSED static void check_error(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}
#endif
