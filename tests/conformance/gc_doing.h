/* gc_doing.h: nodes whose finalizer or tp_clear does what a case wants it to, once; those after it only note that they ran.
 *
 * Owns: the above, and what of the collector's a version has no function for. Read first: gc_node.h. */
#ifndef PYMM_GC_DOING_H
#define PYMM_GC_DOING_H

#include "gc_node.h"

static void (*does)(PyObject *self);
static void node_does(PyObject *self)
{
    void (*now)(PyObject *) = does;
    does = NULL;
    gc_event("f");
    if (now != NULL)
        now(self);
}
static PyTypeObject node_doing = NODE_TYPE(.tp_finalize = node_does);

CHECK_UNUSED static PyObject *pair_doing(void (*what)(PyObject *self))
{
    if (PyType_Ready(&node_doing) != 0)
        exit(3);
    does = what;
    return node_pair(&node_doing);
}

CHECK_UNUSED static int is_tracked(PyObject *op)
{
#if PY_VERSION_HEX >= 0x03090000
    return PyObject_GC_IsTracked(op);
#else
    return _PyObject_GC_IS_TRACKED(op);
#endif
}

CHECK_UNUSED static int is_finalized(PyObject *op)
{
#if PY_VERSION_HEX >= 0x03090000
    return PyObject_GC_IsFinalized(op);
#else
    return _PyGC_FINALIZED(op);
#endif
}

static int (*clears)(PyObject *self);
static int node_clears(PyObject *self)
{
    gc_event("c");
    int (*now)(PyObject *) = clears;
    clears = NULL;
    return now == NULL ? node_clear(self) : now(self);
}
static PyTypeObject node_clearing = NODE_TYPE(.tp_finalize = node_finalize);

CHECK_UNUSED static PyObject *pair_clearing(int (*what)(PyObject *self))
{
    node_clearing.tp_clear = node_clears;
    if (PyType_Ready(&node_clearing) != 0)
        exit(3);
    clears = what;
    return node_pair(&node_clearing);
}

CHECK_UNUSED static PyObject *self_cycle(PyTypeObject *type)
{
    PyObject *self = node_new(type, NULL);
    Py_INCREF(self);
    ((node *)self)->links[0] = self;
    return self;
}
#endif
