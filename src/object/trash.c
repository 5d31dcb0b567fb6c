/* trash.c: containers in containers are destroyed without exhausting the stack.
 *
 * Owns: how deep destructors are in each other, and the dead that wait. They are chained through their counts, which nobody
 * reads any more. Does not own: the destructors. Read items.h first. */
#include "items.h"

#define DEPTH_MAX 50

static PyObject *waiting; /* the next one is in ob_refcnt; the GIL guards it, and any thread may work through it */
static OS_THREAD_LOCAL int16_t depth; /* may wrap round in derived types: it is left as often as entered */

bool trash_enter(PyObject *self, destructor dealloc)
{
    if (depth < DEPTH_MAX || Py_TYPE(self)->tp_dealloc != dealloc) {
        depth++;
        return true;
    }
    self->ob_refcnt = (Py_ssize_t)waiting;
    waiting = self;
    return false;
}

/* The outermost stays at depth 1 while it works through those that wait, so that what they hold waits in its turn. */
void trash_leave(void)
{
    while (depth == 1 && waiting != NULL) {
        PyObject *self = waiting;
        waiting = (PyObject *)self->ob_refcnt;
        self->ob_refcnt = 0;
        Py_TYPE(self)->tp_dealloc(self);
    }
    depth--;
}
