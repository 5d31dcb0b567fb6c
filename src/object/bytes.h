/* bytes.h: what the files bytes*.c share. Only they include it. Read include/python/bytesobject.h first. */
#ifndef PYMM_OBJECT_BYTES_H
#define PYMM_OBJECT_BYTES_H

#include "object.h"

/* An empty one: the head and the null byte at the end. */
#define BYTES_HEAD_BYTES (offsetof(PyBytesObject, ob_sval) + 1)

PYMM_INLINE char *bytes_text(void *bytes) { return ((PyBytesObject *)bytes)->ob_sval; }

void bytes_start(void);
bool bytes_is_space(Py_UCS4 byte);
PyObject *bytes_close(object_text *text); /* a text in the making that is bytes; as object_text_close */
PyObject *bytes_part(PyObject *self, Py_ssize_t start, Py_ssize_t end);
/* Where the part is: the first place (direction 1) or the last one (-1); -1: nowhere. bytes_parts.c. */
Py_ssize_t bytes_find(const char *whole, Py_ssize_t size, const char *part, Py_ssize_t part_size, int direction);
PyObject *bytes_join(PyObject *self, PyObject *iterable);
PyObject *bytes_split(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *bytes_rsplit(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *bytes_replace(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *bytes_splitlines(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *bytes_partition(PyObject *self, PyObject *separator);
PyObject *bytes_rpartition(PyObject *self, PyObject *separator);
PyObject *bytes_center(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *bytes_ljust(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *bytes_rjust(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *bytes_zfill(PyObject *self, PyObject *width);
PyObject *bytes_expandtabs(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *bytes_translate(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *bytes_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t count);
PyObject *bytes_lower(PyObject *self, PyObject *unused);
PyObject *bytes_upper(PyObject *self, PyObject *unused);
PyObject *bytes_swapcase(PyObject *self, PyObject *unused);
PyObject *bytes_title(PyObject *self, PyObject *unused);
PyObject *bytes_capitalize(PyObject *self, PyObject *unused);
PyObject *bytes_istitle(PyObject *self, PyObject *unused);
PyObject *bytes_isalnum(PyObject *self, PyObject *unused);
PyObject *bytes_isalpha(PyObject *self, PyObject *unused);
PyObject *bytes_isascii(PyObject *self, PyObject *unused);
PyObject *bytes_isdigit(PyObject *self, PyObject *unused);
PyObject *bytes_islower(PyObject *self, PyObject *unused);
PyObject *bytes_isspace(PyObject *self, PyObject *unused);
PyObject *bytes_isupper(PyObject *self, PyObject *unused);
extern PyMethodDef bytes_methods[]; /* bytes_methods.c */

/* bytes_ops.c, bytes_text.c */
PyObject *bytes_compare(PyObject *left, PyObject *right, int op);
Py_hash_t bytes_hash(PyObject *self);
PyObject *bytes_iter(PyObject *self);
PyObject *bytes_repr(PyObject *self);
PyObject *bytes_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords);
extern PySequenceMethods bytes_as_sequence;
extern PyMappingMethods bytes_as_mapping;
#endif
