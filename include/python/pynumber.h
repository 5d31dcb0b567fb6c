/* pynumber.h: what can be asked of any object as a number.
 *
 * Owns: PyNumber_*, PyIndex_Check. Include Python.h, not this file. All return new references. TypeError where neither side
 * can tell. The GIL is to be held. Since pymm 0.1; text: "Number Protocol". */
#ifndef Py_NUMBER_H
#define Py_NUMBER_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) PyNumber_Add(PyObject *a, PyObject *b);      /* also joins sequences */
PyAPI_FUNC(PyObject *) PyNumber_Subtract(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Multiply(PyObject *a, PyObject *b); /* also repeats sequences */
PyAPI_FUNC(PyObject *) PyNumber_MatrixMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_FloorDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_TrueDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Remainder(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Divmod(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Power(PyObject *a, PyObject *b, PyObject *modulus); /* modulus: None for none */
PyAPI_FUNC(PyObject *) PyNumber_Lshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Rshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_And(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Xor(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Or(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Negative(PyObject *op);
PyAPI_FUNC(PyObject *) PyNumber_Positive(PyObject *op);
PyAPI_FUNC(PyObject *) PyNumber_Absolute(PyObject *op);
PyAPI_FUNC(PyObject *) PyNumber_Invert(PyObject *op);

/* The same, of which `a` may be changed and returned. */
PyAPI_FUNC(PyObject *) PyNumber_InPlaceAdd(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceSubtract(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceMatrixMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceFloorDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceTrueDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceRemainder(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlacePower(PyObject *a, PyObject *b, PyObject *modulus);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceLshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceRshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceAnd(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceXor(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceOr(PyObject *a, PyObject *b);

/* Has it a slot that makes it an int, a float or an index? These cannot fail; NULL is none. */
PyAPI_FUNC(int) PyNumber_Check(PyObject *op);
PyAPI_FUNC(int) PyIndex_Check(PyObject *op);
/* As int(), float(), operator.index() do. */
PyAPI_FUNC(PyObject *) PyNumber_Long(PyObject *op);
PyAPI_FUNC(PyObject *) PyNumber_Float(PyObject *op);
PyAPI_FUNC(PyObject *) PyNumber_Index(PyObject *op);
/* What has __index__ as text in base 2, 8, 10 or 16 (else SystemError), with the prefix of the base. */
PyAPI_FUNC(PyObject *) PyNumber_ToBase(PyObject *op, int base);
/* The value of __index__, or -1: also a value. What does not fit: an exception of the type `exception`, or if that is NULL
 * the nearest that does. */
PyAPI_FUNC(Py_ssize_t) PyNumber_AsSsize_t(PyObject *op, PyObject *exception);

#ifdef __cplusplus
}
#endif
#endif
