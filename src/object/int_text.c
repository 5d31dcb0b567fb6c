/* int_text.c: integers as text: decimal, and bases that are powers of two.
 *
 * Owns: repr, PyNumber_ToBase, and the limit of 4300 decimal digits, beyond which conversion would take quadratic time.
 * Does not own: reading (int_parse.c). Read int.h first. */
#include "int.h"

#define COUNT_MAX 447 /* 32-bit digits of 10**INT_DECIMALS_MAX; no longer number can be within the limit */
#define TEXT_MAX (INT_DECIMALS_MAX + 32)

static PyObject *too_long(void)
{
    return object_error_format(PyExc_ValueError, "Exceeds the limit (%d digits) for integer string conversion; "
                                                 "use sys.set_int_max_str_digits() to increase the limit", INT_DECIMALS_MAX);
}

/* Divides by 10**9, a constant, which is faster than any divisor; the remainder. */
static uint32_t nine_take(uint32_t *digits, Py_ssize_t count)
{
    uint64_t rest = 0;
    for (Py_ssize_t i = count; --i >= 0;) {
        rest = rest << INT_DIGIT_BITS | digits[i];
        digits[i] = (uint32_t)(rest / 1000000000);
        rest %= 1000000000;
    }
    return (uint32_t)rest;
}

/* Nine decimal digits at a time, from the end. */
static char *decimals_write(PyObject *self, char *end)
{
    uint32_t digits[COUNT_MAX];
    Py_ssize_t count = int_count(self);
    memcpy(digits, int_digits(self), sizeof *digits * (size_t)count);
    do {
        uint32_t nine = nine_take(digits, count);
        while (count > 0 && digits[count - 1] == 0)
            count--;
        for (int i = 0; i < 9 && (count > 0 || nine != 0 || i == 0); i++, nine /= 10)
            *--end = (char)('0' + nine % 10);
    } while (count > 0);
    return end;
}

PyObject *int_repr(PyObject *self)
{
    char text[TEXT_MAX], *end = text + sizeof text, *at = end;
    if (int_count(self) > COUNT_MAX)
        return too_long();
    if (int_is_short(self)) {
        uint32_t magnitude = int_is_zero(self) ? 0 : int_digits(self)[0];
        do
            *--at = (char)('0' + magnitude % 10);
        while ((magnitude /= 10) != 0);
    } else {
        at = decimals_write(self, end);
    }
    if (end - at > INT_DECIMALS_MAX)
        return too_long();
    if (int_is_negative(self))
        *--at = '-';
    return object_unicode_from_kind(1, at, end - at);
}

/* 0b101, 0o7, 0xff: whole groups of bits, from the lowest up. */
static PyObject *bits_text(PyObject *self, unsigned group, char letter)
{
    size_t bits = object_int_bits(self), places = bits == 0 ? 1 : (bits + group - 1) / group;
    size_t length = places + 2 + int_is_negative(self);
    PyObject *made = bits > PTRDIFF_MAX / 2 ? object_error_set(PyExc_OverflowError, "int too large to format")
                                            : object_unicode_new((Py_ssize_t)length, 0x7f);
    if (made == NULL)
        return NULL;
    char *at = (char *)PyUnicode_DATA(made) + length;
    for (size_t i = 0; i < places; i++) {
        size_t place = i * group, digit = place / INT_DIGIT_BITS;
        uint64_t pair = (Py_ssize_t)digit < int_count(self) ? int_digits(self)[digit] : 0;
        if ((Py_ssize_t)digit + 1 < int_count(self))
            pair |= (uint64_t)int_digits(self)[digit + 1] << INT_DIGIT_BITS;
        *--at = "0123456789abcdef"[pair >> place % INT_DIGIT_BITS & ((1u << group) - 1)];
    }
    *--at = letter;
    *--at = '0';
    if (int_is_negative(self))
        *--at = '-';
    return made;
}

PyObject *object_number_to_base(PyObject *op, int base)
{
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return object_error_set(PyExc_SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
    PyObject *number = object_number_index(op);
    if (number == NULL)
        return NULL;
    PyObject *text = base == 10  ? int_repr(number)
                     : base == 2 ? bits_text(number, 1, 'b')
                     : base == 8 ? bits_text(number, 3, 'o')
                                 : bits_text(number, 4, 'x');
    Py_DECREF(number);
    return text;
}
