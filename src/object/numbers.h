/* numbers.h: the part of object.h on int, float and bytes. object.h includes it at its end; nobody else does.
 *
 * Functions that return an object return a new reference. What is said of PyLong_*, PyFloat_* and PyBytes_* in
 * include/python holds for the functions of the same purpose here. */
#ifndef PYMM_OBJECT_NUMBERS_H
#define PYMM_OBJECT_NUMBERS_H

#include "python/bytesobject.h"
#include "python/floatobject.h"
#include "python/longobject.h"

/* Equal numbers have equal hashes, whatever their type: the rest modulo the prime 2**OBJECT_HASH_BITS - 1. */
#define OBJECT_HASH_BITS (sizeof(Py_hash_t) >= 8 ? 61 : 31)
#define OBJECT_HASH_MODULUS ((UINT64_C(1) << OBJECT_HASH_BITS) - 1)

/* int (int*.c). ----------------------------------------------------------------------------------------------------------- */

PyObject *object_int_from_int64(int64_t value);
PyObject *object_int_from_uint64(uint64_t value);
PyObject *object_int_from_double(double value);

/* What the object is or gives through __index__: an int, or of a type derived from it. TypeError. */
PyObject *object_index(PyObject *object);
/* The value of an int, when it fits: 0; else 1 or -1 (too large, too small), and *value is as it was. No exception. */
int object_int_read(PyObject *integer, int64_t *value);
/* Through __index__. OverflowError with that message, and -1, for what is not within [low, high]. */
int64_t object_int_as(PyObject *object, int64_t low, int64_t high, const char *message);
/* The same, with *overflow 1 or -1, and -1, in the place of the exception. */
int64_t object_int_as_clamped(PyObject *object, int64_t low, int64_t high, int *overflow);
uint64_t object_int_as_mask(PyObject *object); /* through __index__: the low 64 bits; (uint64_t)-1 on failure */
/* Of int alone. `negative` and `large`: messages of OverflowError. (uint64_t)-1 on failure. */
uint64_t object_int_as_unsigned(PyObject *integer, uint64_t high, const char *negative, const char *large);
Py_ssize_t object_int_as_ssize(PyObject *integer);
void *object_int_as_pointer(PyObject *integer);
double object_int_as_double(PyObject *integer); /* -1.0 on failure */
int object_int_order_double(PyObject *integer, double value); /* -1, 0 or 1, exact; the value is no NaN */

PyObject *object_int_from_text(const char *text, char **end, int base); /* PyLong_FromString */
PyObject *object_int_from_str(PyObject *object, int base);              /* PyLong_FromUnicodeObject */
PyObject *object_number_to_base(PyObject *op, int base);                /* of what has __index__ */
/* In two's complement; `is_signed`: the top bit is the sign. */
PyObject *object_int_from_bytes(const unsigned char *bytes, size_t count, bool is_little, bool is_signed);
/* The low `count` bytes, with the sign going on where there are more of them than the number has. */
void object_int_to_bytes(PyObject *integer, unsigned char *bytes, size_t count, bool is_little);
bool object_int_fits(PyObject *integer, size_t count, bool is_signed); /* into so many bytes? Negative ones are signed. */
size_t object_int_bits(PyObject *integer); /* of the magnitude */

/* float (float*.c). --------------------------------------------------------------------------------------------------------- */

PyObject *object_float_new(double value);
double object_float_as_double(PyObject *object); /* -1.0 on failure */
/* PyOS_double_to_string: in memory of the mem domain. *kind, if not NULL: 0 a number, 1 infinite, 2 none. */
enum object_float_flags { OBJECT_FLOAT_SIGN = 1, OBJECT_FLOAT_DOT_0 = 2, OBJECT_FLOAT_ALTERNATE = 4, OBJECT_FLOAT_NO_NEGATIVE_0 = 8 };
char *object_float_format(double value, char code, int precision, int flags, int *kind);
double object_float_parse(const char *text, char **end, PyObject *overflow); /* PyOS_string_to_double */
PyObject *object_float_from_text(PyObject *object);                          /* PyFloat_FromString */
PYMM_INLINE bool object_is_float(PyObject *op)
{
    return Py_IS_TYPE(op, &PyFloat_Type) || object_type_is_subtype(Py_TYPE(op), &PyFloat_Type);
}

/* What any object is as a number (number.c, number_convert.c). NULL in the place of an object: SystemError, unless an exception
 * is set already. ----------------------------------------------------------------------------------------------------------- */

enum object_operation {
    OBJECT_ADD, OBJECT_SUBTRACT, OBJECT_MULTIPLY, OBJECT_MATRIX_MULTIPLY, OBJECT_FLOOR_DIVIDE, OBJECT_TRUE_DIVIDE,
    OBJECT_REMAINDER, OBJECT_DIVMOD, OBJECT_SHIFT_LEFT, OBJECT_SHIFT_RIGHT, OBJECT_AND, OBJECT_XOR, OBJECT_OR
};
enum object_unary { OBJECT_NEGATIVE, OBJECT_POSITIVE, OBJECT_INVERT, OBJECT_ABSOLUTE };
PyObject *object_operate(PyObject *a, PyObject *b, enum object_operation what);
PyObject *object_operate_in_place(PyObject *a, PyObject *b, enum object_operation what);
PyObject *object_operate_one(PyObject *op, enum object_unary what);
PyObject *object_power(PyObject *a, PyObject *b, PyObject *modulus); /* modulus None: none */
PyObject *object_power_in_place(PyObject *a, PyObject *b, PyObject *modulus);
bool object_is_number(PyObject *op);
bool object_is_index(PyObject *op);
PyObject *object_number_index(PyObject *op); /* object_index, of exactly int */
PyObject *object_number_int(PyObject *op);   /* int(op) */
PyObject *object_number_float(PyObject *op); /* float(op) */
/* Through __index__; what does not fit is an exception of the type `error`, or is cut off if that is NULL. */
Py_ssize_t object_number_as_ssize(PyObject *op, PyObject *error);

/* bytes (bytes*.c). ----------------------------------------------------------------------------------------------------------- */

PyObject *object_bytes_new(Py_ssize_t size); /* not the shared ones: the contents are still to be written */
PyObject *object_bytes_from(const char *text, Py_ssize_t size);
Py_ssize_t object_bytes_size(PyObject *bytes);
char *object_bytes_text(PyObject *bytes);
int object_bytes_parts(PyObject *bytes, char **text, Py_ssize_t *size);
int object_bytes_resize(PyObject **bytes, Py_ssize_t size);
void object_bytes_append(PyObject **bytes, PyObject *more); /* PyBytes_Concat */
PyObject *object_bytes_from_format(const char *format, va_list *arguments);
PyObject *object_bytes_from_object(PyObject *object);
PyObject *object_bytes_of(PyObject *op); /* PyObject_Bytes: through __bytes__, or as above; `op` may be NULL */
PyObject *object_bytes_remainder(PyObject *left, PyObject *right); /* format % arguments (unicode_percent.c); NotImplemented: no bytes */
PyObject *object_bytes_repr(PyObject *self, bool may_double_quote);
#endif
