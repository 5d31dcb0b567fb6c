/* boolobject.h: True and False.
 *
 * Owns: bool, PyBool_*. Include Python.h, not this file. Both objects are immortal. Since pymm 0.1; text: "Boolean Objects". */
#ifndef Py_BOOLOBJECT_H
#define Py_BOOLOBJECT_H

#include "longobject.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyBool_Type;
PyAPI_DATA(struct _longobject) _Py_TrueStruct;
PyAPI_DATA(struct _longobject) _Py_FalseStruct;

#define Py_True ((PyObject *)&_Py_TrueStruct)
#define Py_False ((PyObject *)&_Py_FalseStruct)
#define Py_RETURN_TRUE return Py_True
#define Py_RETURN_FALSE return Py_False
#define PyBool_Check(op) Py_IS_TYPE((op), &PyBool_Type)

/* True if `value` is not 0. */
PyAPI_FUNC(PyObject *) PyBool_FromLong(long value);

#ifdef __cplusplus
}
#endif
#endif
