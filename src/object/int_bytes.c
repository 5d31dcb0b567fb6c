/* int_bytes.c: integers as rows of bytes, in two's complement.
 *
 * Owns: both directions, either order of bytes, and how many bytes a number takes. Read int.h first. */
#include "int.h"

/* `is_signed`: the top bit is the sign. */
PyObject *object_int_from_bytes(const unsigned char *bytes, size_t count, bool is_little, bool is_signed)
{
    unsigned char top = count == 0 ? 0 : bytes[is_little ? count - 1 : 0];
    bool is_negative = is_signed && top & 0x80;
    uint32_t carry = is_negative;
    PyLongObject *self = int_new((Py_ssize_t)(count / sizeof(uint32_t) + 1));
    if (self == NULL)
        return NULL;
    memset(self->pymm_digits, 0, sizeof(uint32_t) * (count / sizeof(uint32_t) + 1));
    for (size_t i = 0; i < count; i++) {
        uint32_t byte = bytes[is_little ? i : count - 1 - i];
        byte = is_negative ? (byte ^ 0xff) + carry : byte;
        carry = byte >> 8;
        self->pymm_digits[i / 4] |= (byte & 0xff) << 8 * (i % 4);
    }
    self->pymm_digits[count / 4] += (carry != 0) << 8 * (count % 4); /* the lowest number of all */
    return int_normal(self, is_negative);
}

/* The low `count` bytes, with the sign going on where there are more of them than the number has. */
void object_int_to_bytes(PyObject *integer, unsigned char *bytes, size_t count, bool is_little)
{
    bool is_negative = int_is_negative(integer);
    size_t digit_bytes = (size_t)int_count(integer) * sizeof(uint32_t);
    unsigned carry = is_negative;
    for (size_t i = 0; i < count; i++) {
        unsigned byte = i < digit_bytes ? int_digits(integer)[i / 4] >> 8 * (i % 4) & 0xff : 0;
        byte = is_negative ? (byte ^ 0xff) + carry : byte;
        carry = byte >> 8;
        bytes[is_little ? i : count - 1 - i] = (unsigned char)byte;
    }
}

size_t object_int_bits(PyObject *integer)
{
    Py_ssize_t count = int_count(integer);
    return count == 0 ? 0 : (size_t)count * INT_DIGIT_BITS - (size_t)__builtin_clz(int_digits(integer)[count - 1]);
}

bool object_int_fits(PyObject *integer, size_t count, bool is_signed)
{
    size_t bits = object_int_bits(integer);
    if (!int_is_negative(integer)) /* 0 takes no byte at all */
        return bits == 0 || bits + is_signed <= 8 * count;
    if (!is_signed)
        return false;
    if (bits != 8 * count) /* a power of two takes no bit more than the number above it */
        return bits < 8 * count;
    for (Py_ssize_t i = int_count(integer); --i >= 0;)
        if (int_digits(integer)[i] != (i == int_count(integer) - 1 ? UINT32_C(1) << (bits - 1) % INT_DIGIT_BITS : 0))
            return false;
    return true;
}
