/* set.h: what the files set*.c share. Only files of this room include it. Read table.h first. */
#ifndef PYMM_OBJECT_SET_H
#define PYMM_OBJECT_SET_H

#include "table.h"

#define SET(op) ((PySetObject *)(op))
#define SET_COUNT(op) (TABLE_OWNER(op)->ma_used)

/* set.c */
bool set_is_kind(PyObject *op, PyTypeObject *type); /* of that type, or of one derived from it */
bool set_is_any(PyObject *op);                      /* a set or a frozenset */
PyObject *set_make(PyTypeObject *type, PyObject *iterable); /* iterable: NULL is none */
int set_update(PyObject *self, PyObject *iterable);
int set_put(PyObject *self, PyObject *item, Py_hash_t hash);
int set_has(PyObject *self, PyObject *item, Py_hash_t hash); /* 1, 0, -1 */
/* The next item at or behind *at, a new reference, and its hash; NULL at the end. */
PyObject *set_next(PyObject *self, Py_ssize_t *at, Py_hash_t *hash);
PyTypeObject *set_base_type(PyObject *self); /* set or frozenset */

extern PyMethodDef set_methods[], frozenset_methods[]; /* set_methods.c */

/* set_ops.c: slots of both types. */
extern PyNumberMethods set_as_number, frozenset_as_number;
PyObject *set_repr(PyObject *self);
PyObject *set_compare(PyObject *left, PyObject *right, int op);
#endif
