/* floatobject.h: float.
 *
 * Owns: the layout of floats and PyFloat_*. Include Python.h, not this file. The GIL is to be held.
 * Since pymm 0.1; text: "Floating-Point Objects". */
#ifndef Py_FLOATOBJECT_H
#define Py_FLOATOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

PyAPI_DATA(PyTypeObject) PyFloat_Type;

#define PyFloat_Check(op) PyObject_TypeCheck((op), &PyFloat_Type)
#define PyFloat_CheckExact(op) Py_IS_TYPE((op), &PyFloat_Type)

/* New reference. */
PyAPI_FUNC(PyObject *) PyFloat_FromDouble(double value);
/* Of a float, or an object with __float__ or __index__; else TypeError and -1.0, which may be a value too. */
PyAPI_FUNC(double) PyFloat_AsDouble(PyObject *object);
/* Of a str or bytes. ValueError: it is no number. */
PyAPI_FUNC(PyObject *) PyFloat_FromString(PyObject *text);
/* The range of float and its precision (DBL_MAX, DBL_MIN). */
PyAPI_FUNC(double) PyFloat_GetMax(void);
PyAPI_FUNC(double) PyFloat_GetMin(void);

#define _PyFloat_CAST(op) ((PyFloatObject *)(op))
static inline double PyFloat_AS_DOUBLE(PyObject *op) { return _PyFloat_CAST(op)->ob_fval; }
#define PyFloat_AS_DOUBLE(op) PyFloat_AS_DOUBLE(_PyObject_CAST(op))

/* The number at the beginning of `text`, which is all of it if end is NULL, in the form that float() takes, whatever the
 * locale; *end is behind it. -1.0 on failure: ValueError, or if overflow_exception is not NULL that for a number too large. */
PyAPI_FUNC(double) PyOS_string_to_double(const char *text, char **end, PyObject *overflow_exception);
/* Text to be freed by PyMem_Free. format_code: one of e E f F g G, or r with precision 0 for what repr() shows. type, if not
 * NULL, gets one of Py_DTST_*. NULL: MemoryError, SystemError. */
PyAPI_FUNC(char *) PyOS_double_to_string(double value, char format_code, int precision, int flags, int *type);
#define Py_DTSF_SIGN 0x01      /* a sign also before positive numbers */
#define Py_DTSF_ADD_DOT_0 0x02 /* ".0" after whole numbers */
#define Py_DTSF_ALT 0x04       /* the alternate form of C's formats */
#define Py_DTSF_NO_NEG_0 0x08  /* no sign before what is shown as 0 */
#define Py_DTST_FINITE 0
#define Py_DTST_INFINITE 1
#define Py_DTST_NAN 2

#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_NAN ((double)NAN)
#define Py_HUGE_VAL HUGE_VAL
#define Py_INFINITY ((double)INFINITY)

#ifdef __cplusplus
}
#endif
#endif
