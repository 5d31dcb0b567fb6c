/* float_power.c: x to the power y for ordinary doubles.
 *
 * exp(y * ln x), computed with numbers of about 100 bits, each the exact sum of two doubles, and rounded once: the result is
 * the nearest double but where the true value lies within 2**-12 of the distance of two doubles from the middle between
 * them. Does not own: zeros, infinities, signs (float_math.c). Read float.h first. */
#include "float.h"
#include "int.h"

#include <float.h>
#include <math.h>

typedef struct pair {
    double high, low; /* low is at most half of high's last bit */
} pair;

static const pair ln_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

static pair sum_exactly(double a, double b)
{
    double sum = a + b, b_part = sum - a;
    return (pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

/* The halves of a factor have 26 bits each, so that their products are exact. */
static pair multiply_exactly(double a, double b)
{
    double a_high = a * 0x1.000002p27, b_high = b * 0x1.000002p27, product = a * b;
    a_high -= a_high - a;
    b_high -= b_high - b;
    double a_low = a - a_high, b_low = b - b_high;
    return (pair){product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

static pair normal(double high, double low)
{
    double sum = high + low;
    return (pair){sum, low - (sum - high)};
}

static pair add(pair a, pair b)
{
    pair high = sum_exactly(a.high, b.high), low = sum_exactly(a.low, b.low);
    high = normal(high.high, high.low + low.high);
    return normal(high.high, high.low + low.low);
}

static pair multiply(pair a, pair b)
{
    pair product = multiply_exactly(a.high, b.high);
    return normal(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static pair divide(pair a, pair b)
{
    double first = a.high / b.high;
    pair rest = add(a, multiply((pair){-first, 0.0}, b));
    double second = rest.high / b.high;
    rest = add(rest, multiply((pair){-second, 0.0}, b));
    return add(normal(first, second), (pair){rest.high / b.high, 0.0});
}

/* ln(2**exponent * m) = exponent * ln 2 + 2 * (s + s**3/3 + s**5/5 + ...), s = (m - 1) / (m + 1). With m between the roots of
 * 1/2 and 2, the terms from the 17th on are below 2**-80 of the first. */
static pair logarithm(double x)
{
    int exponent;
    double m = frexp(x, &exponent), tail = 0.0;
    if (m < 0.70710678118654752)
        m *= 2.0, exponent--;
    pair s = divide((pair){m - 1.0, 0.0}, sum_exactly(m, 1.0)), square = multiply(s, s);
    for (int i = 17; i >= 6; i--) /* so far down, a double is precise enough */
        tail = (tail + 1.0 / (2 * i + 1)) * square.high;
    pair sum = {tail, 0.0};
    for (int i = 5; i >= 0; i--) {
        sum = add(sum, divide((pair){1.0, 0.0}, (pair){2 * i + 1, 0.0}));
        if (i > 0)
            sum = multiply(sum, square);
    }
    sum = multiply(sum, s);
    return add((pair){2.0 * sum.high, 2.0 * sum.low}, multiply((pair){exponent, 0.0}, ln_2));
}

/* e**r - 1 for |r| <= ln(2) / 2: r is divided by 2**8, which makes the series short, and the result squared as often. */
static pair exponential_less_one(pair r)
{
    pair small = {r.high * 0x1p-8, r.low * 0x1p-8}, sum = {0.0, 0.0};
    for (int i = 9; i >= 1; i--) /* r * (1 + r/2 * (1 + r/3 * ...)) */
        sum = divide(multiply(add(sum, (pair){1.0, 0.0}), small), (pair){i, 0.0});
    for (int i = 0; i < 8; i++) /* (1 + p)**2 - 1 */
        sum = add((pair){2.0 * sum.high, 2.0 * sum.low}, multiply(sum, sum));
    return sum;
}

/* value * 2**exponent as a double, with 0.5 < value < 2. What differs from 64 bits by less than can be told is taken for exact,
 * so that the middle between two doubles is recognised. */
static double rounded(pair value, int exponent)
{
    double low = ldexp(value.low, 62);
    int64_t whole = (int64_t)low - (low < (double)(int64_t)low);
    double fraction = low - (double)whole;
    bool is_more = fraction > 0x1p-6 && fraction < 1.0 - 0x1p-6;
    uint64_t bits = (uint64_t)ldexp(value.high, 62) + (uint64_t)whole + (fraction >= 1.0 - 0x1p-6);
    const uint32_t digits[2] = {(uint32_t)bits, (uint32_t)(bits >> 32)};
    return int_digits_scale(digits, 2, exponent - 62, is_more);
}

/* x > 0, both finite. */
double float_power_positive(double x, double y)
{
    if (fabs(y) > 0x1p80) /* even the neighbours of 1 are far away; and nothing below overflows */
        y = copysign(0x1p80, y);
    pair power = multiply((pair){y, 0.0}, logarithm(x));
    if (fabs(power.high) > 800.0)
        return power.high > 0 ? HUGE_VAL : 0.0;
    int exponent = (int)(power.high / ln_2.high + copysign(0.5, power.high));
    pair rest = add(power, multiply((pair){-exponent, 0.0}, ln_2));
    return rounded(add((pair){1.0, 0.0}, exponential_less_one(rest)), exponent);
}
