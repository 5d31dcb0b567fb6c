/* containers.h: the part of object.h that is lists, dicts and sets. Include object.h, not this file.
 *
 * What is called object_list_*, object_dict_* does what the function of the Python/C API of the same meaning does; what that is
 * stands in include/python/listobject.h, dictobject.h. Functions that fail return NULL or -1 with an exception set. */
#ifndef PYMM_OBJECT_CONTAINERS_H
#define PYMM_OBJECT_CONTAINERS_H

#include "python/dictobject.h"
#include "python/iterobject.h"
#include "python/listobject.h"
#include "python/pycapsule.h"
#include "python/pysequence.h"
#include "python/setobject.h"
#include "python/sliceobject.h"

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
int object_list_sort(PyObject *self, PyObject *key, bool is_reverse); /* list_sort.c; `key` NULL: none */

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
PyObject *object_dict_iter(PyObject *self);
int object_dict_merge(PyObject *self, PyObject *other, bool is_override); /* dict_merge.c */
int object_dict_merge_pairs(PyObject *self, PyObject *pairs, bool is_override);

/* Sets (set.c). */
PyObject *object_set_new(PyObject *iterable);
PyObject *object_frozenset_new(PyObject *iterable);
Py_ssize_t object_set_size(PyObject *self);
int object_set_contains(PyObject *self, PyObject *item);
int object_set_add(PyObject *self, PyObject *item);
int object_set_discard(PyObject *self, PyObject *item);
PyObject *object_set_pop(PyObject *self);
int object_set_clear(PyObject *self);

/* Slices (slice.c). */
PyObject *object_slice_new(PyObject *start, PyObject *stop, PyObject *step);
int object_slice_unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step);
Py_ssize_t object_slice_adjust(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step);

/* Length, items, sequences, mappings of any type (item.c, sequence.c, mapping.c). */
Py_ssize_t object_size(PyObject *op);
Py_ssize_t object_length_hint(PyObject *op, Py_ssize_t otherwise);
PyObject *object_item_get(PyObject *op, PyObject *key);
int object_item_set(PyObject *op, PyObject *key, PyObject *value);
int object_item_delete(PyObject *op, PyObject *key);
bool object_sequence_check(PyObject *op);
Py_ssize_t object_sequence_size(PyObject *op);
PyObject *object_sequence_get(PyObject *op, Py_ssize_t index);
int object_sequence_set(PyObject *op, Py_ssize_t index, PyObject *value);
int object_sequence_delete(PyObject *op, Py_ssize_t index);
PyObject *object_sequence_slice(PyObject *op, Py_ssize_t low, Py_ssize_t high);
int object_sequence_set_slice(PyObject *op, Py_ssize_t low, Py_ssize_t high, PyObject *value); /* value: NULL deletes */
PyObject *object_sequence_concat(PyObject *a, PyObject *b);
PyObject *object_sequence_repeat(PyObject *op, Py_ssize_t times);
PyObject *object_sequence_inplace_concat(PyObject *a, PyObject *b);
PyObject *object_sequence_inplace_repeat(PyObject *op, Py_ssize_t times);
Py_ssize_t object_sequence_count(PyObject *op, PyObject *item);
Py_ssize_t object_sequence_index(PyObject *op, PyObject *item);
int object_sequence_contains(PyObject *op, PyObject *item);
PyObject *object_sequence_tuple(PyObject *iterable);
PyObject *object_sequence_list(PyObject *iterable);
PyObject *object_sequence_fast(PyObject *iterable, const char *text);
bool object_mapping_check(PyObject *op);
Py_ssize_t object_mapping_size(PyObject *op);
int object_mapping_find(PyObject *op, PyObject *key, PyObject **result); /* 1, 0, -1 */
int object_mapping_has(PyObject *op, PyObject *key);
PyObject *object_mapping_keys(PyObject *op);
PyObject *object_mapping_values(PyObject *op);
PyObject *object_mapping_items(PyObject *op);
PyObject *object_sequence_iter(PyObject *sequence); /* protocol.c: by number */
PyObject *object_call_iter(PyObject *callable, PyObject *end); /* call_iter.c */

/* Capsules (capsule.c). */
PyObject *object_capsule_new(void *pointer, const char *name, PyCapsule_Destructor destructor);
bool object_capsule_is_valid(PyObject *self, const char *name);
void *object_capsule_pointer(PyObject *self, const char *name);
PyCapsule_Destructor object_capsule_destructor(PyObject *self);
const char *object_capsule_name(PyObject *self);
void *object_capsule_context(PyObject *self);
int object_capsule_set_pointer(PyObject *self, void *pointer);
int object_capsule_set_destructor(PyObject *self, PyCapsule_Destructor destructor);
int object_capsule_set_name(PyObject *self, const char *name);
int object_capsule_set_context(PyObject *self, void *context);
#endif
