/* int_math.c: arithmetic on magnitudes: arrays of 32-bit digits, least significant first.
 *
 * Owns: addition, subtraction, multiplication (by columns, by halves when both are long), division. Nothing allocates:
 * multiplication by halves gets its memory from its caller. Does not own: signs and objects (int_ops.c). Read int.h first. */
#include "int.h"

#define HALVES_FROM 48 /* digits of the shorter factor from which multiplication by halves pays */

int int_digits_compare(const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count)
{
    if (a_count != b_count)
        return a_count < b_count ? -1 : 1;
    for (Py_ssize_t i = a_count; --i >= 0;)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* to += from, which is not longer; the carry out. */
static uint32_t add_into(uint32_t *to, Py_ssize_t to_count, const uint32_t *from, Py_ssize_t from_count)
{
    uint64_t carry = 0;
    Py_ssize_t i = 0;
    for (; i < from_count; i++) {
        carry += (uint64_t)to[i] + from[i];
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
    for (; carry && i < to_count; i++) {
        carry += to[i];
        to[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

/* to -= from, which is not larger. */
static void subtract_from(uint32_t *to, Py_ssize_t to_count, const uint32_t *from, Py_ssize_t from_count)
{
    uint32_t borrow = 0;
    for (Py_ssize_t i = 0; i < from_count || (borrow && i < to_count); i++) {
        uint64_t difference = (uint64_t)to[i] - (i < from_count ? from[i] : 0) - borrow;
        to[i] = (uint32_t)difference;
        borrow = (uint32_t)(difference >> 32) & 1;
    }
}

/* a_count >= b_count; `sum` has a_count + 1 digits. */
void int_digits_add(uint32_t *sum, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count)
{
    memcpy(sum, a, sizeof *a * (size_t)a_count);
    sum[a_count] = add_into(sum, a_count, b, b_count);
}

/* a >= b; `difference` has a_count digits. */
void int_digits_subtract(uint32_t *difference, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count)
{
    memcpy(difference, a, sizeof *a * (size_t)a_count);
    subtract_from(difference, a_count, b, b_count);
}

static void multiply_columns(uint32_t *product, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count)
{
    memset(product, 0, sizeof *product * (size_t)(a_count + b_count));
    for (Py_ssize_t i = 0; i < a_count; i++) {
        uint64_t carry = 0, factor = a[i];
        for (Py_ssize_t k = 0; k < b_count; k++) {
            carry += factor * b[k] + product[i + k];
            product[i + k] = (uint32_t)carry;
            carry >>= 32;
        }
        product[i + b_count] = (uint32_t)carry;
    }
}

/* Digits that int_digits_multiply needs for its work: a piece of the product, and what multiply_halves takes, which is about
 * four times the digits of its factors, on all its levels together. */
Py_ssize_t int_digits_multiply_work(Py_ssize_t shorter_count)
{
    return shorter_count < HALVES_FROM ? 0 : 8 * shorter_count + 512;
}

/* Both of `count` digits: three products of halves in the place of four. `work`: 6 * count + 512 digits.
 * With a = a1*B + a0: a*b = a1*b1*B*B + ((a1+a0)*(b1+b0) - a1*b1 - a0*b0)*B + a0*b0. */
static void multiply_halves(uint32_t *product, const uint32_t *a, const uint32_t *b, Py_ssize_t count, uint32_t *work)
{
    if (count < HALVES_FROM) {
        multiply_columns(product, a, count, b, count);
        return;
    }
    Py_ssize_t low = (count + 1) / 2, high = count - low, sum_count = low + 1;
    uint32_t *a_sum = work, *b_sum = work + sum_count, *middle = work + 2 * sum_count, *rest = work + 4 * sum_count;
    int_digits_add(a_sum, a, low, a + low, high);
    int_digits_add(b_sum, b, low, b + low, high);
    multiply_halves(middle, a_sum, b_sum, sum_count, rest);
    multiply_halves(product, a, b, low, rest);
    multiply_halves(product + 2 * low, a + low, b + low, high, rest);
    subtract_from(middle, 2 * sum_count, product, 2 * low);
    subtract_from(middle, 2 * sum_count, product + 2 * low, 2 * high);
    Py_ssize_t middle_count = 2 * sum_count, room = 2 * count - low;
    while (middle_count > room && middle[middle_count - 1] == 0)
        middle_count--;
    add_into(product + low, room, middle, middle_count);
}

/* `product`: a_count + b_count digits; a_count >= b_count. `work`: int_digits_multiply_work(b_count) digits, NULL for 0 of
 * them. The longer factor is cut into pieces as long as the shorter one. */
void int_digits_multiply(uint32_t *product, const uint32_t *a, Py_ssize_t a_count, const uint32_t *b, Py_ssize_t b_count,
                         uint32_t *work)
{
    if (work == NULL || b_count < HALVES_FROM) {
        multiply_columns(product, a, a_count, b, b_count);
        return;
    }
    uint32_t *piece = work, *rest = work + 2 * b_count;
    memset(product, 0, sizeof *product * (size_t)(a_count + b_count));
    for (Py_ssize_t at = 0; at < a_count; at += b_count) {
        Py_ssize_t count = a_count - at < b_count ? a_count - at : b_count;
        if (count == b_count)
            multiply_halves(piece, a + at, b, count, rest);
        else
            multiply_columns(piece, a + at, count, b, b_count);
        add_into(product + at, a_count + b_count - at, piece, count + b_count);
    }
}

/* a / divisor into `quotient` (which may be a); the remainder. */
uint32_t int_digits_divide_small(uint32_t *quotient, const uint32_t *a, Py_ssize_t count, uint32_t divisor)
{
    uint64_t rest = 0;
    for (Py_ssize_t i = count; --i >= 0;) {
        rest = rest << 32 | a[i];
        quotient[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint32_t)rest;
}

uint32_t int_digits_shift_left(uint32_t *to, const uint32_t *from, Py_ssize_t count, unsigned bits)
{
    uint32_t carry = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        uint32_t digit = from[i];
        to[i] = bits ? digit << bits | carry : digit;
        carry = bits ? digit >> (32 - bits) : 0;
    }
    return carry;
}

/* Long division in base 2^32. `rest`: a shifted left so that the divisor's top bit is set, with one digit more (a_count + 1);
 * it ends as the remainder, still shifted. `divisor` is shifted alike and has at least two digits.
 * Each digit of the quotient is guessed from the top digits, guessed at most two too large, and put right. */
void int_digits_divide(uint32_t *quotient, uint32_t *rest, Py_ssize_t a_count, const uint32_t *divisor, Py_ssize_t count)
{
    for (Py_ssize_t i = a_count - count; i >= 0; i--) {
        uint64_t top = (uint64_t)rest[i + count] << 32 | rest[i + count - 1];
        uint64_t guess = top / divisor[count - 1], left = top % divisor[count - 1];
        while (guess >> 32 || guess * divisor[count - 2] > (left << 32 | rest[i + count - 2])) {
            guess--;
            left += divisor[count - 1];
            if (left >> 32)
                break;
        }
        uint64_t carry = 0, borrow = 0;
        for (Py_ssize_t k = 0; k < count; k++) {
            carry += guess * divisor[k];
            uint64_t difference = (uint64_t)rest[i + k] - (uint32_t)carry - borrow;
            rest[i + k] = (uint32_t)difference;
            borrow = difference >> 63;
            carry >>= 32;
        }
        uint64_t difference = (uint64_t)rest[i + count] - carry - borrow;
        rest[i + count] = (uint32_t)difference;
        if (difference >> 63) {
            guess--;
            rest[i + count] += add_into(rest + i, count, divisor, count);
        }
        quotient[i] = (uint32_t)guess;
    }
}
