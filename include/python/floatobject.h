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
/* The range of float and its precision (DBL_MAX, DBL_MIN). */
PyAPI_FUNC(double) PyFloat_GetMax(void);
PyAPI_FUNC(double) PyFloat_GetMin(void);

#define _PyFloat_CAST(op) ((PyFloatObject *)(op))
static inline double PyFloat_AS_DOUBLE(PyObject *op) { return _PyFloat_CAST(op)->ob_fval; }
#define PyFloat_AS_DOUBLE(op) PyFloat_AS_DOUBLE(_PyObject_CAST(op))

#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_NAN ((double)NAN)
#define Py_HUGE_VAL HUGE_VAL
#define Py_INFINITY ((double)INFINITY)

#ifdef __cplusplus
}
#endif
#endif
