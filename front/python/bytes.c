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
PyObject *PyObject_Bytes(PyObject *op) { return object_bytes_of(op); }
PyObject *PyBytes_FromObject(PyObject *object) { return object_bytes_from_object(object); }
PyObject *PyBytes_FromFormatV(const char *format, va_list arguments)
{
    va_list copy; /* which has an address also where a va_list is an array */
    va_copy(copy, arguments);
    PyObject *made = object_bytes_from_format(format, &copy);
    va_end(copy);
    return made;
}
PyObject *PyBytes_FromFormat(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *made = object_bytes_from_format(format, &arguments);
    va_end(arguments);
    return made;
}
PyObject *PyBytes_Repr(PyObject *bytes, int smartquotes) { return object_bytes_repr(bytes, smartquotes); }
void PyBytes_Concat(PyObject **bytes, PyObject *more) { object_bytes_append(bytes, more); }
void PyBytes_ConcatAndDel(PyObject **bytes, PyObject *more)
{
    object_bytes_append(bytes, more);
    Py_XDECREF(more);
}
int _PyBytes_Resize(PyObject **bytes, Py_ssize_t new_size) { return object_bytes_resize(bytes, new_size); }
