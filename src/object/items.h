/* items.h: what sequences of objects (tuples, lists) do alike.
 * Only files of this room include it. Read object.h first. */
#ifndef PYMM_OBJECT_ITEMS_H
#define PYMM_OBJECT_ITEMS_H

#include "object.h"

/* Where the items are; a comparison may move them. */
PYMM_INLINE PyObject **items_of(PyObject *sequence)
{
    return PyList_Check(sequence) ? ((PyListObject *)sequence)->ob_item : ((PyTupleObject *)sequence)->ob_item;
}

/* items.c */
PyObject *items_compare(PyObject *left, PyObject *right, int op); /* by the first pair that is not equal, then by length */
/* Their reprs between `open` and `close`. */
PyObject *items_repr(PyObject *self, char open, const char *close);
int items_contain(PyObject *self, PyObject *item);                /* 1, 0, -1 */
/* The first place in [low, high) whose item is equal to `item`; -2: none, -1: an exception is set. */
Py_ssize_t items_find(PyObject *self, PyObject *item, Py_ssize_t low, Py_ssize_t high);
Py_ssize_t items_index(PyObject *self, PyObject *const *args, Py_ssize_t count); /* the same with index()'s arguments */
PyObject *items_count(PyObject *self, PyObject *item);                           /* the method count() */
PyObject *items_iter(PyTypeObject *type, PyObject *self);         /* an iterator of that type, one of items.c's */
/* A list or a tuple of the items: the iterable itself if it is one. `text`: of the TypeError when it is no iterable. */
PyObject *items_fast(PyObject *iterable, const char *text);
#endif
