/* values.h: C values out of arguments, objects out of C values: what object.h says of them. Other rooms include object.h.
 *
 * Formats are those of PyArg_Parse* and Py_BuildValue: include/python/modsupport.h. A va_list is left as it was. */
#ifndef PYMM_OBJECT_VALUES_H
#define PYMM_OBJECT_VALUES_H

#include "python/modsupport.h"
#include "python/pybuffer.h"

#include <limits.h>
#include <stdarg.h>

/* Arguments (args*.c). False: an exception is set. */
bool object_args_parse(PyObject *args, const char *format, ...);
bool object_args_parse_list(PyObject *args, const char *format, va_list places);
bool object_args_parse_one(PyObject *arg, const char *format, va_list places);
bool object_args_parse_keywords(PyObject *args, PyObject *kwds, const char *format, const char *const *names, ...);
bool object_args_parse_keywords_list(PyObject *args, PyObject *kwds, const char *format, const char *const *names, va_list places);
bool object_args_check_keywords(PyObject *kwds);
bool object_args_unpack(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, va_list places);
PyObject *object_build(const char *format, ...);
PyObject *object_build_list(const char *format, va_list values); /* build.c */

/* Buffers (buffer.c): as PyObject_GetBuffer and its like. */
int object_buffer_get(PyObject *op, Py_buffer *view, int flags);
void object_buffer_release(Py_buffer *view);
int object_buffer_fill(Py_buffer *view, PyObject *owner, void *start, Py_ssize_t bytes, bool is_readonly, int flags);
bool object_buffer_is_contiguous(const Py_buffer *view, char order); /* 'C', 'F' or 'A': either */

/* int as C has it, through __index__; -1 with an exception. */
PYMM_INLINE long object_int_as_long(PyObject *op)
{
    return (long)object_int_as(op, LONG_MIN, LONG_MAX, "Python int too large to convert to C long");
}
PYMM_INLINE long long object_int_as_long_long(PyObject *op)
{
    return object_int_as(op, LLONG_MIN, LLONG_MAX, "int too big to convert");
}
#endif
