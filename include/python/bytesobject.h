/* bytesobject.h: bytes.
 *
 * Owns: the layout of bytes, PyBytes_* and the macros that reach into one. Include Python.h, not this file.
 * The contents lie in the object and end with a null byte that does not count. Those of one byte, and the empty one, exist
 * once and never die. Nobody changes the contents of bytes that others have seen. The GIL is to be held.
 * Since pymm 0.1; text: "Bytes Objects". */
#ifndef Py_BYTESOBJECT_H
#define Py_BYTESOBJECT_H

#include "object.h"

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    Py_hash_t ob_shash; /* -1: not asked for yet */
    char ob_sval[1];    /* Py_SIZE of them, and a null byte */
} PyBytesObject;

PyAPI_DATA(PyTypeObject) PyBytes_Type;
PyAPI_DATA(PyTypeObject) PyBytesIter_Type;

#define PyBytes_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(op) Py_IS_TYPE((op), &PyBytes_Type)

/* New references. `text` NULL: the contents are the caller's to write before anybody sees them. Negative size: SystemError. */
PyAPI_FUNC(PyObject *) PyBytes_FromStringAndSize(const char *text, Py_ssize_t size);
PyAPI_FUNC(PyObject *) PyBytes_FromString(const char *text);
/* The contents of an object with a buffer, or the numbers that an iterable yields. TypeError, ValueError. */
PyAPI_FUNC(PyObject *) PyBytes_FromObject(PyObject *object);
/* %c %d %u %ld %lu %zd %zu %i %x %s %p %%: widths are not used, a precision cuts %s off; behind anything else the format is
 * copied as it is. */
PyAPI_FUNC(PyObject *) PyBytes_FromFormat(const char *format, ...);
PyAPI_FUNC(PyObject *) PyBytes_FromFormatV(const char *format, va_list arguments);
/* What repr() shows; smartquotes: in double quotes if there is a single one inside. */
PyAPI_FUNC(PyObject *) PyBytes_Repr(PyObject *bytes, int smartquotes);
/* *bytes becomes a new reference to both together, and the one to the old is given up; NULL on failure. ConcatAndDel gives up
 * the reference to `more`, too. */
PyAPI_FUNC(void) PyBytes_Concat(PyObject **bytes, PyObject *more);
PyAPI_FUNC(void) PyBytes_ConcatAndDel(PyObject **bytes, PyObject *more);
/* TypeError for what is no bytes. AsString: the contents, which must not be changed. */
PyAPI_FUNC(Py_ssize_t) PyBytes_Size(PyObject *bytes);
PyAPI_FUNC(char *) PyBytes_AsString(PyObject *bytes);
/* Contents and size; size NULL: ValueError if there is a null byte inside. 0, or -1. */
PyAPI_FUNC(int) PyBytes_AsStringAndSize(PyObject *bytes, char **text, Py_ssize_t *size);
/* Change the size; *bytes may become another object, and is one if others have references to it. On failure: -1, *bytes is
 * NULL and the reference to the old one is gone. */
PyAPI_FUNC(int) _PyBytes_Resize(PyObject **bytes, Py_ssize_t new_size);

#define _PyBytes_CAST(op) ((PyBytesObject *)(op))
static inline char *PyBytes_AS_STRING(PyObject *op) { return _PyBytes_CAST(op)->ob_sval; }
#define PyBytes_AS_STRING(op) PyBytes_AS_STRING(_PyObject_CAST(op))
static inline Py_ssize_t PyBytes_GET_SIZE(PyObject *op) { return Py_SIZE(op); }
#define PyBytes_GET_SIZE(op) PyBytes_GET_SIZE(_PyObject_CAST(op))

#ifdef __cplusplus
}
#endif
#endif
