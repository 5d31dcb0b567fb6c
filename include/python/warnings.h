/* warnings.h: warnings: a line on standard error, once for each category, text and place.
 *
 * Owns: PyErr_Warn*. Include Python.h, not this file. There are no filters: DeprecationWarning and others that developers alone want
 * to see are not shown. 0, or -1 with an exception. The GIL is to be held. Since pymm 0.1; text: "Issuing warnings". */
#ifndef Py_WARNINGS_H
#define Py_WARNINGS_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `category`: a type of warning; NULL: RuntimeWarning. `stack_level` is not looked at: there are no frames. */
PyAPI_FUNC(int) PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t stack_level);
PyAPI_FUNC(int) PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...);
#define PyErr_Warn(category, message) PyErr_WarnEx((category), (message), 1)
/* From a place that is told. `module` and `registry` are not looked at. */
PyAPI_FUNC(int) PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int lineno, PyObject *module,
                                         PyObject *registry);
PyAPI_FUNC(int) PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int lineno, const char *module,
                                   PyObject *registry);
/* A resource that was not let go of: ResourceWarning, which is not shown. */
PyAPI_FUNC(int) PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...);

#ifdef __cplusplus
}
#endif
#endif
