/* int_bits.c: integers as bits: shifts, and, or, exclusive or.
 *
 * A negative number is thought of as its two's complement with endless ones in front. Does not own: other arithmetic
 * (int_ops.c). Read int.h first. */
#include "int.h"

/* Digit i of the two's complement, with i going up; *carry starts as 1. */
PYMM_INLINE uint32_t complement_digit(PyObject *a, Py_ssize_t i, uint32_t *carry)
{
    uint32_t digit = i < int_count(a) ? int_digits(a)[i] : 0;
    if (!int_is_negative(a))
        return digit;
    uint64_t inverted = (uint64_t)(uint32_t)~digit + *carry;
    *carry = (uint32_t)(inverted >> INT_DIGIT_BITS);
    return (uint32_t)inverted;
}

/* From a two's complement of so many digits to a sign and the magnitude. */
static PyObject *from_complement(PyLongObject *number, Py_ssize_t count)
{
    bool is_negative = number->pymm_digits[count - 1] >> (INT_DIGIT_BITS - 1);
    uint32_t carry = 1;
    for (Py_ssize_t i = 0; is_negative && i < count; i++) {
        uint64_t digit = (uint64_t)(uint32_t)~number->pymm_digits[i] + carry;
        number->pymm_digits[i] = (uint32_t)digit;
        carry = (uint32_t)(digit >> INT_DIGIT_BITS);
    }
    return int_normal(number, is_negative);
}

static uint64_t combine(uint64_t x, uint64_t y, enum int_bitwise_operation what)
{
    return what == INT_AND ? x & y : what == INT_OR ? x | y : x ^ y;
}

PyObject *int_bitwise(PyObject *a, PyObject *b, enum int_bitwise_operation what)
{
    if (PYMM_LIKELY(int_is_short(a) && int_is_short(b)))
        return object_int_from_int64((int64_t)combine((uint64_t)int_short(a), (uint64_t)int_short(b), what));
    Py_ssize_t count = Py_MAX(int_count(a), int_count(b)) + 1; /* one more, for the sign */
    PyLongObject *result = int_new(count);
    uint32_t a_carry = 1, b_carry = 1;
    if (result == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        uint32_t x = complement_digit(a, i, &a_carry), y = complement_digit(b, i, &b_carry);
        result->pymm_digits[i] = (uint32_t)combine(x, y, what);
    }
    return from_complement(result, count);
}

static PyObject *shift_left(PyObject *a, int64_t bits)
{
    Py_ssize_t count = int_count(a), whole = (Py_ssize_t)(bits / INT_DIGIT_BITS);
    if (bits / INT_DIGIT_BITS > PY_SSIZE_T_MAX - 1 - count)
        return object_error_set(PyExc_OverflowError, "too many digits in integer");
    PyLongObject *result = int_new(count + whole + 1);
    if (result == NULL)
        return NULL;
    memset(result->pymm_digits, 0, sizeof(uint32_t) * (size_t)whole);
    result->pymm_digits[count + whole] = int_digits_shift_left(result->pymm_digits + whole, int_digits(a), count,
                                                               (unsigned)(bits % INT_DIGIT_BITS));
    return int_normal(result, int_is_negative(a));
}

/* Rounded down: what is cut off of a negative number adds one to its magnitude. */
static PyObject *shift_right(PyObject *a, int64_t bits)
{
    const uint32_t *digits = int_digits(a);
    Py_ssize_t count = int_count(a), whole = (Py_ssize_t)(bits / INT_DIGIT_BITS);
    unsigned rest = (unsigned)(bits % INT_DIGIT_BITS);
    bool is_cut = false;
    if (bits / INT_DIGIT_BITS >= count)
        return object_int_from_int64(int_is_negative(a) ? -1 : 0);
    PyLongObject *result = int_new(count - whole + 1);
    if (result == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < whole && !is_cut; i++)
        is_cut = digits[i] != 0;
    is_cut |= (digits[whole] & ((UINT32_C(1) << rest) - 1)) != 0;
    for (Py_ssize_t i = 0; i < count - whole; i++) {
        uint64_t pair = digits[whole + i];
        if (whole + i + 1 < count)
            pair |= (uint64_t)digits[whole + i + 1] << INT_DIGIT_BITS;
        result->pymm_digits[i] = (uint32_t)(pair >> rest);
    }
    result->pymm_digits[count - whole] = 0;
    for (Py_ssize_t i = 0; int_is_negative(a) && is_cut; i++)
        is_cut = ++result->pymm_digits[i] == 0;
    return int_normal(result, int_is_negative(a));
}

PyObject *int_shift(PyObject *a, PyObject *by, bool is_left)
{
    int64_t bits;
    if (int_is_negative(by))
        return object_error_set(PyExc_ValueError, "negative shift count");
    if (int_is_zero(a))
        return object_int_from_int64(0);
    if (object_int_read(by, &bits) != 0) {
        if (is_left)
            return object_error_set(PyExc_OverflowError, "too many digits in integer");
        bits = INT64_MAX;
    }
    if (is_left && int_is_short(a) && bits < INT_DIGIT_BITS - 1)
        return object_int_from_int64(int_short(a) * (INT64_C(1) << bits));
    return is_left ? shift_left(a, bits) : shift_right(a, bits);
}
