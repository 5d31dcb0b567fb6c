/* int_divide.c: division of int objects: quotients rounded down, remainders, and the nearest double.
 *
 * Owns: // % divmod and / of int. Does not own: long division of digits (int_math.c). Read int.h first. */
#include "int.h"

#include <float.h>

/* a << bits, with a digit more at the end. */
static PyLongObject *normalized(PyObject *a, unsigned bits)
{
    PyLongObject *shifted = int_new(int_count(a) + 1);
    if (shifted != NULL)
        shifted->pymm_digits[int_count(a)] = int_digits_shift_left(shifted->pymm_digits, int_digits(a), int_count(a), bits);
    return shifted;
}

/* Magnitudes, a >= b, b of more than one digit: the remainder is left in the place of a, which had been shifted as b was. */
static int divide_long(PyObject *a, PyObject *b, PyLongObject *quotient, PyLongObject **remainder)
{
    Py_ssize_t a_count = int_count(a), count = int_count(b);
    unsigned shift = (unsigned)__builtin_clz(int_digits(b)[count - 1]);
    PyLongObject *rest = normalized(a, shift), *divisor = rest == NULL ? NULL : normalized(b, shift);
    if (divisor == NULL) {
        Py_XDECREF(rest);
        return -1;
    }
    int_digits_divide(quotient->pymm_digits, rest->pymm_digits, a_count, divisor->pymm_digits, count);
    Py_DECREF(divisor);
    for (Py_ssize_t i = 0; shift != 0 && i < count; i++) {
        uint64_t pair = (uint64_t)rest->pymm_digits[i + 1] << INT_DIGIT_BITS | rest->pymm_digits[i];
        rest->pymm_digits[i] = (uint32_t)(pair >> shift);
    }
    rest->pymm_size = count;
    *remainder = rest;
    return 0;
}

/* Of magnitudes, a >= b > 0, rounded to zero. The quotient has the sign it should, the remainder that of a. 0, or -1. */
static int divide_magnitudes(PyObject *a, PyObject *b, PyObject **quotient, PyObject **remainder)
{
    PyLongObject *whole = int_new(int_count(a) - int_count(b) + 1), *rest;
    if (whole == NULL)
        return -1;
    if (int_count(b) == 1) {
        uint32_t digit = int_digits_divide_small(whole->pymm_digits, int_digits(a), int_count(a), int_digits(b)[0]);
        *remainder = object_int_from_int64(int_is_negative(a) ? -(int64_t)digit : digit);
    } else {
        *remainder = divide_long(a, b, whole, &rest) < 0 ? NULL : int_normal(rest, int_is_negative(a));
    }
    if (*remainder == NULL) {
        Py_DECREF(whole);
        return -1;
    }
    *quotient = int_normal(whole, int_is_negative(a) != int_is_negative(b));
    return 0;
}

/* From rounded to zero to rounded down: a remainder has the sign of the divisor. */
static int round_down(PyObject *b, PyObject **quotient, PyObject **remainder)
{
    if (int_is_zero(*remainder) || int_is_negative(*remainder) == int_is_negative(b))
        return 0;
    PyObject *rest = int_add(*remainder, b);
    PyObject *whole = rest == NULL ? NULL : int_subtract(*quotient, object_int_from_int64(1));
    Py_SETREF(*remainder, rest);
    Py_SETREF(*quotient, whole);
    return whole == NULL ? -1 : 0;
}

/* 0, or -1 with both NULL. */
static int divide(PyObject *a, PyObject *b, PyObject **quotient, PyObject **remainder)
{
    int result = 0;
    *quotient = *remainder = NULL;
    if (int_is_short(a) && int_is_short(b)) {
        int64_t x = int_short(a), y = int_short(b), rest = x % y;
        bool is_off = rest != 0 && (rest < 0) != (y < 0);
        *quotient = object_int_from_int64(x / y - is_off);
        *remainder = object_int_from_int64(is_off ? rest + y : rest);
    } else if (int_digits_compare(int_digits(a), int_count(a), int_digits(b), int_count(b)) < 0) {
        *quotient = object_int_from_int64(0);
        *remainder = int_plain(a);
    } else {
        result = divide_magnitudes(a, b, quotient, remainder);
    }
    if (result == 0 && *quotient != NULL && *remainder != NULL && round_down(b, quotient, remainder) == 0)
        return 0;
    Py_CLEAR(*quotient);
    Py_CLEAR(*remainder);
    return -1;
}

static int divide_checked(PyObject *a, PyObject *b, PyObject **quotient, PyObject **remainder, const char *message)
{
    if (!int_is_zero(b))
        return divide(a, b, quotient, remainder);
    object_error_set(PyExc_ZeroDivisionError, message);
    return -1;
}

PyObject *int_floor_divide(PyObject *a, PyObject *b)
{
    PyObject *quotient, *remainder;
    if (divide_checked(a, b, &quotient, &remainder, "integer division or modulo by zero") < 0)
        return NULL;
    Py_DECREF(remainder);
    return quotient;
}

PyObject *int_remainder(PyObject *a, PyObject *b)
{
    PyObject *quotient, *remainder;
    if (divide_checked(a, b, &quotient, &remainder, "integer modulo by zero") < 0)
        return NULL;
    Py_DECREF(quotient);
    return remainder;
}

PyObject *int_divmod(PyObject *a, PyObject *b)
{
    PyObject *parts[2], *pair = NULL;
    if (divide_checked(a, b, &parts[0], &parts[1], "integer division or modulo by zero") < 0)
        return NULL;
    pair = object_tuple_from_items(parts, 2);
    Py_DECREF(parts[0]);
    Py_DECREF(parts[1]);
    return pair;
}

static Py_ssize_t bits_of(PyObject *a)
{
    Py_ssize_t count = int_count(a);
    return count * INT_DIGIT_BITS - __builtin_clz(int_digits(a)[count - 1]);
}

static PyObject *shifted_by(PyObject *a, Py_ssize_t bits)
{
    PyObject *by = object_int_from_int64(bits), *result = by == NULL ? NULL : int_shift(a, by, true);
    Py_XDECREF(by);
    return result;
}

/* The quotient gets some bits more than a double holds; whether anything is left tells how a half is rounded. */
static PyObject *true_divide_long(PyObject *a, PyObject *b)
{
    Py_ssize_t difference = bits_of(a) - bits_of(b), shift = difference - (DBL_MANT_DIG + 3);
    double value = 0.0;
    if (difference > DBL_MAX_EXP)
        return object_error_set(PyExc_OverflowError, "integer division result too large for a float");
    if (difference >= DBL_MIN_EXP - DBL_MANT_DIG - 1) {
        PyObject *top = shift < 0 ? shifted_by(a, -shift) : Py_NewRef(a);
        PyObject *bottom = shift > 0 ? shifted_by(b, shift) : Py_NewRef(b), *quotient = NULL, *remainder = NULL;
        if (top != NULL && bottom != NULL && divide_magnitudes(top, bottom, &quotient, &remainder) == 0)
            value = int_digits_scale(int_digits(quotient), int_count(quotient), shift, !int_is_zero(remainder));
        bool has_failed = quotient == NULL;
        Py_XDECREF(top);
        Py_XDECREF(bottom);
        Py_XDECREF(quotient);
        Py_XDECREF(remainder);
        if (has_failed)
            return NULL;
    }
    if (value > DBL_MAX)
        return object_error_set(PyExc_OverflowError, "integer division result too large for a float");
    return object_float_new(int_is_negative(a) != int_is_negative(b) ? -value : value);
}

PyObject *int_true_divide(PyObject *a, PyObject *b)
{
    if (int_is_zero(b))
        return object_error_set(PyExc_ZeroDivisionError, "division by zero");
    if (int_is_zero(a)) /* 0 / -1 is -0.0 */
        return object_float_new(int_is_negative(b) ? -0.0 : 0.0);
    if (int_is_short(a) && int_is_short(b)) /* both are doubles as they are */
        return object_float_new((double)int_short(a) / (double)int_short(b));
    return true_divide_long(a, b);
}
