/* int_double.c: integers and doubles: exact where it can be, else rounded once.
 *
 * Owns: int to double, double to int, comparison of the two. Does not own: the type float (float.c). Read int.h first. */
#include "int.h"

#include <float.h>
#include <math.h>

/* The highest 64 bits of a magnitude, the first of them 1; is anything below them? *bits: how many it has in all. Not of 0. */
static uint64_t highest_bits(const uint32_t *digits, Py_ssize_t count, Py_ssize_t *bits, bool *is_more)
{
    unsigned shift = (unsigned)__builtin_clz(digits[count - 1]);
    uint32_t low = count > 2 ? digits[count - 3] : 0;
    uint64_t high = (uint64_t)digits[count - 1] << INT_DIGIT_BITS | (count > 1 ? digits[count - 2] : 0);
    *bits = count * INT_DIGIT_BITS - (Py_ssize_t)shift;
    if (shift != 0) {
        high = high << shift | low >> (INT_DIGIT_BITS - shift);
        low <<= shift;
    }
    *is_more |= low != 0;
    for (Py_ssize_t i = count - 3; --i >= 0 && !*is_more;)
        *is_more = digits[i] != 0;
    return high;
}

/* Below the range of normal numbers a double has fewer bits: they are taken into account here, so that nothing is rounded
 * twice. */
double int_digits_scale(const uint32_t *digits, Py_ssize_t count, Py_ssize_t exponent, bool is_more)
{
    while (count > 0 && digits[count - 1] == 0)
        count--;
    if (count == 0)
        return 0.0;
    if (count > PY_SSIZE_T_MAX / 64)
        return HUGE_VAL;
    Py_ssize_t bits;
    uint64_t high = highest_bits(digits, count, &bits, &is_more);
    exponent += bits; /* now the value is 0.high * 2**exponent */
    if (exponent > DBL_MAX_EXP)
        return HUGE_VAL;
    int keep = exponent >= DBL_MIN_EXP ? DBL_MANT_DIG : (int)Py_MAX(exponent - DBL_MIN_EXP + DBL_MANT_DIG, -1);
    if (keep < 0)
        return 0.0;
    uint64_t kept = keep == 0 ? 0 : high >> (64 - keep), rest = high << keep; /* `rest` from its top bit on */
    if (rest >> 63 && (rest << 1 != 0 || is_more || (kept & 1)))
        kept++;
    return ldexp((double)kept, (int)exponent - keep);
}

double int_to_double(PyObject *integer)
{
    double value = int_digits_scale(int_digits(integer), int_count(integer), 0, false);
    if (value > DBL_MAX) {
        object_error_set(PyExc_OverflowError, "int too large to convert to float");
        return -1.0;
    }
    return int_is_negative(integer) ? -value : value;
}

PyObject *object_int_from_double(double value)
{
    int exponent;
    if (isnan(value))
        return object_error_set(PyExc_ValueError, "cannot convert float NaN to integer");
    if (isinf(value))
        return object_error_set(PyExc_OverflowError, "cannot convert float infinity to integer");
    if (value > -9.2e18 && value < 9.2e18)
        return object_int_from_int64((int64_t)value);
    double fraction = frexp(fabs(value), &exponent); /* 0.5 to 1; its first digit gets the odd bits */
    Py_ssize_t count = (exponent - 1) / INT_DIGIT_BITS + 1;
    PyLongObject *self = int_new(count);
    if (self == NULL)
        return NULL;
    fraction = ldexp(fraction, (exponent - 1) % INT_DIGIT_BITS + 1);
    for (Py_ssize_t i = count; --i >= 0;) {
        uint32_t digit = (uint32_t)fraction;
        self->pymm_digits[i] = digit;
        fraction = ldexp(fraction - digit, INT_DIGIT_BITS);
    }
    return int_normal(self, value < 0);
}

/* Nothing is rounded: first signs, then numbers of bits before the point, then the bits. */
int object_int_order_double(PyObject *integer, double value)
{
    int sign = int_is_negative(integer) ? -1 : !int_is_zero(integer), value_sign = value < 0 ? -1 : value > 0;
    if (sign != value_sign)
        return sign < value_sign ? -1 : 1;
    if (sign == 0)
        return 0;
    if (isinf(value))
        return -sign;
    int exponent;
    Py_ssize_t bits;
    bool is_more = false;
    double fraction = frexp(fabs(value), &exponent);
    uint64_t high = highest_bits(int_digits(integer), int_count(integer), &bits, &is_more);
    uint64_t value_high = (uint64_t)ldexp(fraction, 64);
    if (bits != exponent)
        return bits < exponent ? -sign : sign;
    if (high != value_high)
        return high < value_high ? -sign : sign;
    return is_more ? sign : 0;
}
