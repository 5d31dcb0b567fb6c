/* numbers.c: the names of the functions on int and float; each is one of the object room's.
 *
 * Owns: the limits of C's types, and the messages that name them. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#include <float.h>

/* int. -------------------------------------------------------------------------------------------------------------------- */

PyObject *PyLong_FromLong(long value) { return object_int_from_int64(value); }
PyObject *PyLong_FromUnsignedLong(unsigned long value) { return object_int_from_uint64(value); }
PyObject *PyLong_FromLongLong(long long value) { return object_int_from_int64(value); }
PyObject *PyLong_FromUnsignedLongLong(unsigned long long value) { return object_int_from_uint64(value); }
PyObject *PyLong_FromSsize_t(Py_ssize_t value) { return object_int_from_int64(value); }
PyObject *PyLong_FromSize_t(size_t value) { return object_int_from_uint64(value); }
PyObject *PyLong_FromDouble(double value) { return object_int_from_double(value); }
PyObject *PyLong_FromVoidPtr(void *pointer) { return object_int_from_uint64((uintptr_t)pointer); }

int PyLong_AsInt(PyObject *object)
{
    return (int)object_int_as(object, INT_MIN, INT_MAX, "Python int too large to convert to C int");
}
long PyLong_AsLong(PyObject *object)
{
    return (long)object_int_as(object, LONG_MIN, LONG_MAX, "Python int too large to convert to C long");
}
long long PyLong_AsLongLong(PyObject *object) { return object_int_as(object, LLONG_MIN, LLONG_MAX, "int too big to convert"); }
long PyLong_AsLongAndOverflow(PyObject *object, int *overflow)
{
    return (long)object_int_as_clamped(object, LONG_MIN, LONG_MAX, overflow);
}
long long PyLong_AsLongLongAndOverflow(PyObject *object, int *overflow)
{
    return object_int_as_clamped(object, LLONG_MIN, LLONG_MAX, overflow);
}
unsigned long PyLong_AsUnsignedLongMask(PyObject *object) { return (unsigned long)object_int_as_mask(object); }
unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *object) { return object_int_as_mask(object); }
Py_ssize_t PyLong_AsSsize_t(PyObject *integer) { return object_int_as_ssize(integer); }
size_t PyLong_AsSize_t(PyObject *integer)
{
    return (size_t)object_int_as_unsigned(integer, SIZE_MAX, "can't convert negative value to size_t",
                                          "Python int too large to convert to C size_t");
}
unsigned long PyLong_AsUnsignedLong(PyObject *integer)
{
    return (unsigned long)object_int_as_unsigned(integer, ULONG_MAX, "can't convert negative value to unsigned int",
                                                 "Python int too large to convert to C unsigned long");
}
unsigned long long PyLong_AsUnsignedLongLong(PyObject *integer)
{
    return object_int_as_unsigned(integer, ULLONG_MAX, "can't convert negative int to unsigned", "int too big to convert");
}
double PyLong_AsDouble(PyObject *integer) { return object_int_as_double(integer); }
void *PyLong_AsVoidPtr(PyObject *integer) { return object_int_as_pointer(integer); }
PyObject *PyLong_FromString(const char *text, char **end, int base) { return object_int_from_text(text, end, base); }
PyObject *PyLong_FromUnicodeObject(PyObject *text, int base) { return object_int_from_str(text, base); }

/* float. ------------------------------------------------------------------------------------------------------------------ */

PyObject *PyFloat_FromDouble(double value) { return object_float_new(value); }
double PyFloat_AsDouble(PyObject *object) { return object_float_as_double(object); }
double PyFloat_GetMax(void) { return DBL_MAX; }
double PyFloat_GetMin(void) { return DBL_MIN; }
PyObject *PyFloat_FromString(PyObject *text) { return object_float_from_text(text); }
double PyOS_string_to_double(const char *text, char **end, PyObject *overflow_exception)
{
    return object_float_parse(text, end, overflow_exception);
}
char *PyOS_double_to_string(double value, char format_code, int precision, int flags, int *type)
{
    return object_float_format(value, format_code, precision, flags, type);
}
