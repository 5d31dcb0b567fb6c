/* bytes.c: the names of the functions on bytes; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#include <string.h>

PyObject *PyBytes_FromStringAndSize(const char *text, Py_ssize_t size)
{
    return text == NULL ? object_bytes_new(size) : object_bytes_from(text, size);
}
PyObject *PyBytes_FromString(const char *text) { return object_bytes_from(text, (Py_ssize_t)strlen(text)); }
Py_ssize_t PyBytes_Size(PyObject *bytes) { return object_bytes_size(bytes); }
char *PyBytes_AsString(PyObject *bytes) { return object_bytes_text(bytes); }
int PyBytes_AsStringAndSize(PyObject *bytes, char **text, Py_ssize_t *size) { return object_bytes_parts(bytes, text, size); }
int _PyBytes_Resize(PyObject **bytes, Py_ssize_t new_size) { return object_bytes_resize(bytes, new_size); }
