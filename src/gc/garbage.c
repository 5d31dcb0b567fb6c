/* garbage.c: the list of garbage that is kept: of objects with a tp_del, or of all when that is asked for.
 *
 * Owns: the list, which holds a reference to each. Read internal.h first. */
#include "internal.h"

#include <unistd.h>

static PyObject **garbage;
static size_t garbage_count, garbage_room;

void gc_garbage_add(PyObject *op)
{
    if (garbage_count == garbage_room) {
        size_t room = base_max(16, garbage_room * 2);
        PyObject **grown = domain_realloc(PYMM_DOMAIN_RAW, garbage, room * sizeof(PyObject *));
        if (grown == NULL)
            return;
        garbage = grown;
        garbage_room = room;
    }
    garbage[garbage_count++] = Py_NewRef(op);
}

void gc_garbage_visit(int (*visit)(PyObject *op, void *arg), void *arg)
{
    for (size_t i = 0, goes_on = 1; i < garbage_count && goes_on; i++) {
        PyObject *op = Py_NewRef(garbage[i]);
        goes_on = visit(op, arg) != 0;
        Py_DECREF(op);
    }
}

/* A representation may run any code: the list is asked again for each. */
void gc_garbage_show(void)
{
    if (garbage_count == 0 || (gc_debug_flags & (PYMM_GC_DEBUG_UNCOLLECTABLE | PYMM_GC_DEBUG_SAVEALL)) != PYMM_GC_DEBUG_UNCOLLECTABLE)
        return;
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    for (size_t i = 0; i < garbage_count; i++) {
        PyObject *op = Py_NewRef(garbage[i]);
        base_out_print(&out, i == 0 ? "      [" : ", ");
        object_repr_print(&out, op);
        Py_DECREF(op);
    }
    base_out_print(&out, "]\n");
    base_out_flush(&out);
}

/* The list is another one by the time the first object ends. */
void gc_garbage_clear(void)
{
    PyObject **list = garbage;
    size_t count = garbage_count;
    garbage = NULL;
    garbage_count = garbage_room = 0;
    while (count > 0)
        Py_DECREF(list[--count]);
    domain_free(PYMM_DOMAIN_RAW, list);
}
