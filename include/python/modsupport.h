/* modsupport.h: C values out of arguments, objects out of C values.
 *
 * Owns: PyArg_*, Py_BuildValue. Include Python.h, not this file. Formats and messages are CPython 3.13's; complex numbers (D) and
 * bytearrays (Y) there are none of. Sizes that go with # are Py_ssize_t, with or without PY_SSIZE_T_CLEAN.
 * PyArg_*: 1, or 0 with an exception, and then what had been made on the way is given up. Objects and texts that are stored are
 * borrowed from the arguments. The GIL is to be held. Since pymm 0.1; text: "Parsing arguments and building values". */
#ifndef Py_MODSUPPORT_H
#define Py_MODSUPPORT_H

#include "object.h"

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a converter for O& returns when it wants to be called again, with NULL, if a later argument fails. */
#define Py_CLEANUP_SUPPORTED 0x20000

PyAPI_FUNC(int) PyArg_ParseTuple(PyObject *args, const char *format, ...);
PyAPI_FUNC(int) PyArg_VaParse(PyObject *args, const char *format, va_list places);
/* One argument that need not be in a tuple. */
PyAPI_FUNC(int) PyArg_Parse(PyObject *args, const char *format, ...);
/* Names, up to a NULL; those that are empty, at the start, are of arguments by place only. */
#if defined(__cplusplus)
#define PyCXX_CONST const
#else
#define PyCXX_CONST
#endif /* where the array is of constants, C++ lets a program pass one that is not */
PyAPI_FUNC(int) PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char *PyCXX_CONST *keywords, ...);
PyAPI_FUNC(int)
    PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char *PyCXX_CONST *keywords, va_list places);
PyAPI_FUNC(int) PyArg_ValidateKeywordArguments(PyObject *kwargs);
/* Objects as they are, from `min` to `max` of them; `name` for messages, may be NULL. */
PyAPI_FUNC(int) PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...);

/* New reference: None for an empty format, the object for one item, a tuple for more. */
PyAPI_FUNC(PyObject *) Py_BuildValue(const char *format, ...);
PyAPI_FUNC(PyObject *) Py_VaBuildValue(const char *format, va_list values);

#ifdef __cplusplus
}
#endif
#endif
