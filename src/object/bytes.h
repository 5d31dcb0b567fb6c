/* bytes.h: what the files bytes*.c share. Only they include it. Read include/python/bytesobject.h first. */
#ifndef PYMM_OBJECT_BYTES_H
#define PYMM_OBJECT_BYTES_H

#include "object.h"

/* An empty one: the head and the null byte at the end. */
#define BYTES_HEAD_BYTES (offsetof(PyBytesObject, ob_sval) + 1)

PYMM_INLINE char *bytes_text(void *bytes) { return ((PyBytesObject *)bytes)->ob_sval; }

void bytes_start(void);

/* bytes_ops.c, bytes_text.c */
PyObject *bytes_compare(PyObject *left, PyObject *right, int op);
Py_hash_t bytes_hash(PyObject *self);
PyObject *bytes_iter(PyObject *self);
PyObject *bytes_repr(PyObject *self);
PyObject *bytes_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords);
extern PySequenceMethods bytes_as_sequence;
extern PyMappingMethods bytes_as_mapping;
#endif
