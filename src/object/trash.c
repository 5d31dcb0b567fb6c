/* trash.c: the end of objects within the end of others, at any depth.
 *
 * A destructor that drops the last reference to another object is within that object's destructor, and so on: a list of a
 * million nodes would need a million frames. Beyond a depth objects with GC are put aside before their destructor begins,
 * and end when the outermost destructor is done.
 * Owns: the depth, a thread's own, and the chain of the dead that wait, of which any thread may take the next. Only objects
 * with GC wait: others may be needed at once. Read object.h first. */
#include "object.h"

#define DEPTH_MAX 50

static PyObject *waiting;
static OS_THREAD_LOCAL int16_t depth; /* room for thread-local variables is scarce: dlopen */

/* The chain goes through the counts of the dead. A count below 0 is dead to everyone who looks: to weak references and to
 * the collector. An address loses nothing by the shift. */
static void put_aside(PyObject *op)
{
    op->ob_refcnt = ~(Py_ssize_t)((uintptr_t)waiting >> 1);
    waiting = op;
}

static PyObject *take_next(void)
{
    PyObject *op = waiting;
    waiting = (PyObject *)((uintptr_t)~op->ob_refcnt << 1);
    op->ob_refcnt = 0;
    return op;
}

/* The outermost stays at depth 1 meanwhile, so that what the waiting ones hold waits in its turn. */
static PYMM_NOINLINE void waiting_end(void)
{
    while (waiting != NULL) {
        PyObject *op = take_next();
        Py_TYPE(op)->tp_dealloc(op);
    }
}

void object_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    if (PYMM_UNLIKELY(type->tp_dealloc == NULL))
        object_assertion_failed("object/trash.c", __LINE__, "_Py_Dealloc", "type has no tp_dealloc; PyType_Ready was not called for it", op);
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_GC)) {
        type->tp_dealloc(op);
        return;
    }
    if (PYMM_UNLIKELY(depth >= DEPTH_MAX) && object_is_gc(op)) {
        put_aside(op);
        return;
    }
    depth++;
    type->tp_dealloc(op);
    if (PYMM_UNLIKELY(waiting != NULL) && depth == 1)
        waiting_end();
    depth--;
}
