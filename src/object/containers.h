/* containers.h: the part of object.h that is lists, dicts and sets. Include object.h, not this file.
 *
 * What is called object_list_*, object_dict_* does what the function of the Python/C API of the same meaning does; what that is
 * stands in include/python/listobject.h, dictobject.h. Functions that fail return NULL or -1 with an exception set. */
#ifndef PYMM_OBJECT_CONTAINERS_H
#define PYMM_OBJECT_CONTAINERS_H

#include "python/dictobject.h"
#include "python/listobject.h"

#include <stdbool.h>

/* Lists (list.c, list_slice.c). */
PyObject *object_list_new(Py_ssize_t count);
PyObject *object_list_from_iterable(PyObject *iterable);
Py_ssize_t object_list_size(PyObject *self);
PyObject *object_list_get(PyObject *self, Py_ssize_t index);     /* borrowed */
PyObject *object_list_get_new(PyObject *self, Py_ssize_t index); /* a new reference */
int object_list_set(PyObject *self, Py_ssize_t index, PyObject *item); /* steals */
int object_list_append(PyObject *self, PyObject *item);
int object_list_insert(PyObject *self, Py_ssize_t index, PyObject *item);
int object_list_extend(PyObject *self, PyObject *iterable);
int object_list_clear(PyObject *self);
int object_list_reverse(PyObject *self);
PyObject *object_list_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high);
int object_list_set_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *items); /* items: any iterable, or NULL */
PyObject *object_list_as_tuple(PyObject *self);

/* Dicts (dict.c). */
PyObject *object_dict_new(void);
PyObject *object_dict_get(PyObject *self, PyObject *key);       /* borrowed; errors are dropped */
PyObject *object_dict_get_error(PyObject *self, PyObject *key); /* borrowed; NULL, with an exception or without */
int object_dict_get_new(PyObject *self, PyObject *key, PyObject **result); /* 1, 0, -1 */
int object_dict_set(PyObject *self, PyObject *key, PyObject *value);
int object_dict_set_default(PyObject *self, PyObject *key, PyObject *value, PyObject **result); /* 1: it was there; result may be NULL */
int object_dict_delete(PyObject *self, PyObject *key);
int object_dict_pop(PyObject *self, PyObject *key, PyObject **result); /* 1, 0, -1; result may be NULL */
int object_dict_contains(PyObject *self, PyObject *key);
Py_ssize_t object_dict_size(PyObject *self);
void object_dict_clear(PyObject *self);
int object_dict_next(PyObject *self, Py_ssize_t *at, PyObject **key, PyObject **value); /* borrowed; either may be NULL */
PyObject *object_dict_keys(PyObject *self); /* new lists */
PyObject *object_dict_values(PyObject *self);
PyObject *object_dict_items(PyObject *self);
PyObject *object_dict_copy(PyObject *self);
#endif
