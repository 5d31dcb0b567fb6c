/* inspect.c: looking at the objects that the collector knows.
 *
 * Owns: visits to all. Changes nothing. Read internal.h first. */
#include "internal.h"

typedef struct visit_call {
    int (*visit)(PyObject *op, void *arg);
    void *arg;
} visit_call;

static bool visit_one(PyObject *op, void *arg)
{
    const visit_call *call = arg;
    Py_INCREF(op);
    bool goes_on = call->visit(op, call->arg) != 0;
    Py_DECREF(op);
    return goes_on;
}

void gc_objects_visit(int (*visit)(PyObject *op, void *arg), void *arg)
{
    visit_call call = {visit, arg};
    bool was_enabled = gc_enable(false);
    gc_tracked_each(0, OBJECT_GENERATION_PERMANENT, visit_one, &call);
    gc_enable(was_enabled);
}
