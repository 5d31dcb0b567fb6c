/* list.h: what the files list*.c share. Only files of this room include it. Read object.h first. */
#ifndef PYMM_OBJECT_LIST_H
#define PYMM_OBJECT_LIST_H

#include "items.h"

#define LIST(op) ((PyListObject *)(op))
#define LIST_INSIDE_MAX 3

/* The places behind the head; a list of a derived type has none, and its ob_item never points there. */
PYMM_INLINE PyObject **list_inside(PyListObject *self) { return (PyObject **)(self + 1); }
PYMM_INLINE bool list_is_inside(PyListObject *self) { return self->ob_item == list_inside(self); }

/* list.c */
bool list_check(PyObject *self); /* is it a list? False: SystemError */
/* Places for `count` items, and that many items: new ones are not set. 0, or -1 with nothing changed; a smaller number never fails. */
int list_resize(PyObject *self, Py_ssize_t count);

/* list_slice.c: slots of the type. */
PyObject *list_concat(PyObject *left, PyObject *right);
PyObject *list_repeat(PyObject *self, Py_ssize_t times);
PyObject *list_inplace_concat(PyObject *self, PyObject *other);
PyObject *list_inplace_repeat(PyObject *self, Py_ssize_t times);

/* list_subscript.c: the same. */
PyObject *list_subscript(PyObject *self, PyObject *key);
int list_set_subscript(PyObject *self, PyObject *key, PyObject *value);

extern PyMethodDef list_methods[]; /* list_methods.c */
#endif
