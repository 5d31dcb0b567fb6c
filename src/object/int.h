/* int.h: what the files int*.c share. Only they and bool.c include it. Read include/python/longobject.h first.
 *
 * Magnitudes are arrays of 32-bit digits, least significant first; counts are numbers of digits. */
#ifndef PYMM_OBJECT_INT_H
#define PYMM_OBJECT_INT_H

#include "object.h"

#define INT_DIGIT_BITS 32

PYMM_INLINE uint32_t *int_digits(PyObject *integer) { return ((PyLongObject *)integer)->pymm_digits; }
PYMM_INLINE bool int_is_negative(PyObject *integer) { return ((PyLongObject *)integer)->pymm_size < 0; }
PYMM_INLINE bool int_is_zero(PyObject *integer) { return ((PyLongObject *)integer)->pymm_size == 0; }
PYMM_INLINE Py_ssize_t int_count(PyObject *integer) { return Py_ABS(((PyLongObject *)integer)->pymm_size); }
/* Of at most one digit: then this is its value. Sums and products of two of them fit in 64 bits. */
PYMM_INLINE bool int_is_short(PyObject *integer) { return (size_t)(((PyLongObject *)integer)->pymm_size + 1) <= 2; }
PYMM_INLINE int64_t int_short(PyObject *integer)
{
    return (int64_t)((PyLongObject *)integer)->pymm_size * (int64_t)int_digits(integer)[0]; /* the first digit of 0 is 0 */
}

/* int.c. An int of that many digits, which are still to be written, at least 2; NULL: an exception is set. */
PyLongObject *int_new(Py_ssize_t count);
/* Set the sign, drop leading digits that are 0, and take the one small int for a small value. Takes the reference. */
PyObject *int_normal(PyLongObject *self, bool is_negative);
void int_start(void);

/* int_ops.c. These take ints, and types derived from int. */
PyObject *int_add(PyObject *a, PyObject *b);
PyObject *int_subtract(PyObject *a, PyObject *b);
PyObject *int_multiply(PyObject *a, PyObject *b);
PyObject *int_plain(PyObject *a); /* the value as it is, of exactly int */
PyObject *int_with_sign(PyObject *a, bool is_negative); /* the magnitude with that sign */
PyObject *int_compare(PyObject *a, PyObject *b, int op);
extern PyNumberMethods int_as_number;

/* int_divide.c */
PyObject *int_floor_divide(PyObject *a, PyObject *b);
PyObject *int_remainder(PyObject *a, PyObject *b);
PyObject *int_divmod(PyObject *a, PyObject *b);
PyObject *int_true_divide(PyObject *a, PyObject *b);

/* int_power.c */
PyObject *int_power(PyObject *base, PyObject *exponent, PyObject *modulus); /* modulus NULL: none */

/* int_bits.c */
enum int_bitwise_operation { INT_AND, INT_OR, INT_XOR };
PyObject *int_bitwise(PyObject *a, PyObject *b, enum int_bitwise_operation what);
PyObject *int_shift(PyObject *a, PyObject *by, bool is_left);

/* int_text.c, int_parse.c, int_type.c */
#define INT_DECIMALS_MAX 4300 /* as sys.get_int_max_str_digits() says by default */
PyObject *int_repr(PyObject *self);
PyObject *int_from_bytes_text(PyObject *bytes, int base); /* what the characters in it say; the base is checked */
extern PyMethodDef int_methods[]; /* int_methods.c */
extern PyGetSetDef int_attributes[];
PyObject *int_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords);

/* int_math.c: what each needs of its arguments is said there. */
int int_digits_compare(const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count);
void int_digits_add(uint32_t *sum, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count);
void int_digits_subtract(uint32_t *difference, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count);
Py_ssize_t int_digits_multiply_work(Py_ssize_t shorter_count);
void int_digits_multiply(uint32_t *product, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count,
                         uint32_t *work);
uint32_t int_digits_divide_small(uint32_t *quotient, const uint32_t *a, Py_ssize_t count, uint32_t divisor);
uint32_t int_digits_shift_left(uint32_t *to, const uint32_t *from, Py_ssize_t count, unsigned bits);
void int_digits_divide(uint32_t *quotient, uint32_t *rest, Py_ssize_t a_count, const uint32_t *divisor, Py_ssize_t count);

/* int_double.c */
/* digits * 2**exponent, rounded to the nearest double, a tie to even; `is_more`: there is more below the last digit, so that
 * a half is no tie. Infinity when it is too large. */
double int_digits_scale(const uint32_t *digits, Py_ssize_t count, Py_ssize_t exponent, bool is_more);
double int_to_double(PyObject *integer); /* OverflowError and -1.0 when it is too large */
#endif
