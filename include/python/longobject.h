/* longobject.h: int.
 *
 * Owns: the layout of integers and PyLong_*. Include Python.h, not this file.
 * Integers have any size; those from -5 to 256 exist once and never die. Conversions to C take an int, or an object with
 * __index__ where that is said, else TypeError; a value that does not fit is OverflowError. Both return -1, which may be a
 * value too: ask PyErr_Occurred. The GIL is to be held. Since pymm 0.1; text: "Integer Objects". */
#ifndef Py_LONGOBJECT_H
#define Py_LONGOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

struct _longobject {
    PyObject_HEAD
    Py_ssize_t pymm_size;    /* digits in use; below 0 for negative numbers; 0 for zero */
    uint32_t pymm_digits[2]; /* least significant first, the last one not 0 */
};
typedef struct _longobject PyLongObject;

PyAPI_DATA(PyTypeObject) PyLong_Type;

#define PyLong_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(op) Py_IS_TYPE((op), &PyLong_Type)

/* New references. */
PyAPI_FUNC(PyObject *) PyLong_FromLong(long value);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedLong(unsigned long value);
PyAPI_FUNC(PyObject *) PyLong_FromLongLong(pymm_long_long value);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedLongLong(pymm_unsigned_long_long value);
PyAPI_FUNC(PyObject *) PyLong_FromSsize_t(Py_ssize_t value);
PyAPI_FUNC(PyObject *) PyLong_FromSize_t(size_t value);
/* The integer part; infinity: OverflowError, NaN: ValueError. */
PyAPI_FUNC(PyObject *) PyLong_FromDouble(double value);
PyAPI_FUNC(PyObject *) PyLong_FromVoidPtr(void *pointer);
/* A number written in base 2 to 36, or in base 0 with a prefix as in Python, with spaces around it and underscores between
 * digits. ValueError: it is none, or it has more than 4300 digits, but in bases that are powers of two. *end, if end is not
 * NULL: where reading stopped, also on failure. */
PyAPI_FUNC(PyObject *) PyLong_FromString(const char *text, char **end, int base);
PyAPI_FUNC(PyObject *) PyLong_FromUnicodeObject(PyObject *text, int base);

/* These use __index__. */
PyAPI_FUNC(int) PyLong_AsInt(PyObject *object);
PyAPI_FUNC(long) PyLong_AsLong(PyObject *object);
PyAPI_FUNC(pymm_long_long) PyLong_AsLongLong(PyObject *object);
/* *overflow: 1 or -1 for a value that is too large or too small, when -1 is returned with no exception; else 0. */
PyAPI_FUNC(long) PyLong_AsLongAndOverflow(PyObject *object, int *overflow);
PyAPI_FUNC(pymm_long_long) PyLong_AsLongLongAndOverflow(PyObject *object, int *overflow);
/* The low bits of two's complement; no overflow. */
PyAPI_FUNC(unsigned long) PyLong_AsUnsignedLongMask(PyObject *object);
PyAPI_FUNC(pymm_unsigned_long_long) PyLong_AsUnsignedLongLongMask(PyObject *object);
/* These take only int. */
PyAPI_FUNC(Py_ssize_t) PyLong_AsSsize_t(PyObject *integer);
PyAPI_FUNC(size_t) PyLong_AsSize_t(PyObject *integer);
PyAPI_FUNC(unsigned long) PyLong_AsUnsignedLong(PyObject *integer);
PyAPI_FUNC(pymm_unsigned_long_long) PyLong_AsUnsignedLongLong(PyObject *integer);
PyAPI_FUNC(double) PyLong_AsDouble(PyObject *integer); /* the nearest; OverflowError for what rounds to infinity */
PyAPI_FUNC(void *) PyLong_AsVoidPtr(PyObject *integer); /* NULL on failure; negative numbers are addresses too */
#define _PyLong_AsInt PyLong_AsInt

/* Numbers as rows of bytes, in two's complement. Flags, which may be added up: the order of bytes; that the top bit is no sign;
 * that negative numbers are refused (ValueError); that __index__ is used. The default has the machine's order, and no sign
 * where the number would not fit with one. */
#define Py_ASNATIVEBYTES_DEFAULTS (-1)
#define Py_ASNATIVEBYTES_BIG_ENDIAN 0
#define Py_ASNATIVEBYTES_LITTLE_ENDIAN 1
#define Py_ASNATIVEBYTES_NATIVE_ENDIAN 3
#define Py_ASNATIVEBYTES_UNSIGNED_BUFFER 4
#define Py_ASNATIVEBYTES_REJECT_NEGATIVE 8
#define Py_ASNATIVEBYTES_ALLOW_INDEX 16
/* Writes the low n_bytes bytes, and returns how many would hold all of it: more than n_bytes means that it was cut off. With
 * n_bytes 0 buffer may be NULL, and the answer may be more than is needed. -1: TypeError, ValueError or SystemError. */
PyAPI_FUNC(Py_ssize_t) PyLong_AsNativeBytes(PyObject *object, void *buffer, Py_ssize_t n_bytes, int flags);
PyAPI_FUNC(PyObject *) PyLong_FromNativeBytes(const void *buffer, size_t n_bytes, int flags);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedNativeBytes(const void *buffer, size_t n_bytes, int flags);
/* The same under older names. AsByteArray: 0, or -1 if it does not fit, with OverflowError if `with_exceptions`. */
PyAPI_FUNC(PyObject *) _PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed);
PyAPI_FUNC(int) _PyLong_AsByteArray(PyLongObject *value, unsigned char *bytes, size_t n, int little_endian, int is_signed,
                                    int with_exceptions);
PyAPI_FUNC(int) _PyLong_Sign(PyObject *value);       /* -1, 0 or 1 */
PyAPI_FUNC(size_t) _PyLong_NumBits(PyObject *value); /* of the magnitude */
/* Compact: small enough that the value can be read at once, and cannot be an error. */
PyAPI_FUNC(int) PyUnstable_Long_IsCompact(const PyLongObject *value);
PyAPI_FUNC(Py_ssize_t) PyUnstable_Long_CompactValue(const PyLongObject *value);

#ifdef __cplusplus
}
#endif
#endif
