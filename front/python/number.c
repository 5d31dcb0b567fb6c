/* number.c: the names of the number protocol; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#define OPERATION(name, what)                                                                                          \
    PyObject *PyNumber_##name(PyObject *a, PyObject *b) { return object_operate(a, b, what); }                         \
    PyObject *PyNumber_InPlace##name(PyObject *a, PyObject *b) { return object_operate_in_place(a, b, what); }
OPERATION(Add, OBJECT_ADD)
OPERATION(Subtract, OBJECT_SUBTRACT)
OPERATION(Multiply, OBJECT_MULTIPLY)
OPERATION(MatrixMultiply, OBJECT_MATRIX_MULTIPLY)
OPERATION(FloorDivide, OBJECT_FLOOR_DIVIDE)
OPERATION(TrueDivide, OBJECT_TRUE_DIVIDE)
OPERATION(Remainder, OBJECT_REMAINDER)
OPERATION(Lshift, OBJECT_SHIFT_LEFT)
OPERATION(Rshift, OBJECT_SHIFT_RIGHT)
OPERATION(And, OBJECT_AND)
OPERATION(Xor, OBJECT_XOR)
OPERATION(Or, OBJECT_OR)

PyObject *PyNumber_Divmod(PyObject *a, PyObject *b) { return object_operate(a, b, OBJECT_DIVMOD); }
PyObject *PyNumber_Power(PyObject *a, PyObject *b, PyObject *modulus) { return object_power(a, b, modulus); }
PyObject *PyNumber_InPlacePower(PyObject *a, PyObject *b, PyObject *modulus) { return object_power_in_place(a, b, modulus); }
PyObject *PyNumber_Negative(PyObject *op) { return object_operate_one(op, OBJECT_NEGATIVE); }
PyObject *PyNumber_Positive(PyObject *op) { return object_operate_one(op, OBJECT_POSITIVE); }
PyObject *PyNumber_Absolute(PyObject *op) { return object_operate_one(op, OBJECT_ABSOLUTE); }
PyObject *PyNumber_Invert(PyObject *op) { return object_operate_one(op, OBJECT_INVERT); }

int PyNumber_Check(PyObject *op) { return op != NULL && object_is_number(op); }
int PyIndex_Check(PyObject *op) { return object_is_index(op); }
PyObject *PyNumber_Long(PyObject *op) { return object_number_int(op); }
PyObject *PyNumber_Float(PyObject *op) { return object_number_float(op); }
PyObject *PyNumber_ToBase(PyObject *op, int base) { return object_number_to_base(op, base); }
PyObject *PyNumber_Index(PyObject *op) { return object_number_index(op); }
Py_ssize_t PyNumber_AsSsize_t(PyObject *op, PyObject *exception) { return object_number_as_ssize(op, exception); }
