/* float_math.c: the number slots of float, without the C library's mathematics, which is a library of its own.
 *
 * Owns: arithmetic, remainders that have the sign of the divisor, the cases of powers. Does not own: the power of two
 * ordinary numbers (float_power.c), text (float_text.c). Read float.h first. */
#include "float.h"
#include "int.h"

#include <float.h>
#include <math.h>

static double value_of(PyObject *self) { return ((PyFloatObject *)self)->ob_fval; }

/* An operand as a double. False: *result is what the slot returns: NotImplemented, or NULL. */
static bool operand_read(PyObject *op, double *value, PyObject **result)
{
    if (PYMM_LIKELY(object_is_float(op))) {
        *value = value_of(op);
        return true;
    }
    *result = Py_NotImplemented;
    if (!PyLong_Check(op))
        return false;
    *value = object_int_as_double(op);
    if (*value != -1.0 || object_error_occurred() == NULL)
        return true;
    *result = NULL;
    return false;
}

/* The slot `name`, with a and b as doubles. */
#define BINARY(name, ...)                                                                                              \
    static PyObject *float_##name(PyObject *left, PyObject *right)                                                     \
    {                                                                                                                  \
        double a, b;                                                                                                   \
        PyObject *refusal;                                                                                             \
        if (!operand_read(left, &a, &refusal) || !operand_read(right, &b, &refusal))                                   \
            return refusal;                                                                                            \
        __VA_ARGS__                                                                                                        \
    }
#define DIVISOR(message)                                                                                               \
    if (b == 0.0)                                                                                                      \
    return object_error_set(PyExc_ZeroDivisionError, message)

BINARY(add, return object_float_new(a + b);)
BINARY(subtract, return object_float_new(a - b);)
BINARY(multiply, return object_float_new(a * b);)
BINARY(divide, DIVISOR("float division by zero"); return object_float_new(a / b);)

/* Exact: both are whole numbers times powers of two. */
static double remainder_to_zero(double a, double b)
{
    int a_exponent, b_exponent;
    if (isnan(a) || isnan(b) || isinf(a))
        return NAN;
    if (isinf(b) || a == 0.0)
        return a;
    uint64_t rest = (uint64_t)ldexp(frexp(fabs(a), &a_exponent), DBL_MANT_DIG);
    uint64_t divisor = (uint64_t)ldexp(frexp(fabs(b), &b_exponent), DBL_MANT_DIG);
    if (a_exponent < b_exponent)
        return a;
    for (int bits = a_exponent - b_exponent; bits > 0;) {
        int step = Py_MIN(bits, 64 - DBL_MANT_DIG);
        rest = (rest % divisor) << step;
        bits -= step;
    }
    return copysign(ldexp((double)(rest % divisor), b_exponent - DBL_MANT_DIG), a);
}

static double round_down(double value)
{
    if (!(fabs(value) < 0x1p52) || value == 0.0)
        return value;
    double whole = (double)(int64_t)value;
    return whole > value ? whole - 1.0 : copysign(whole, value);
}

/* The remainder with the sign of the divisor, also of 0; *quotient is a whole number, the nearest to the one rounded down. */
static double divide_down(double a, double b, double *quotient)
{
    double rest = remainder_to_zero(a, b), exact = (a - rest) / b;
    if (rest == 0.0) {
        rest = copysign(0.0, b);
    } else if ((b < 0) != (rest < 0)) {
        rest += b;
        exact -= 1.0;
    }
    *quotient = round_down(exact);
    if (exact == 0.0)
        *quotient = copysign(0.0, a / b);
    else if (exact - *quotient > 0.5)
        *quotient += 1.0;
    return rest;
}

BINARY(floor_divide, DIVISOR("float floor division by zero"); double quotient; divide_down(a, b, &quotient);
       return object_float_new(quotient);)
BINARY(remainder, DIVISOR("float modulo by zero"); double quotient; return object_float_new(divide_down(a, b, &quotient));)

static PyObject *pair_of_doubles(double first, double second)
{
    PyObject *items[2] = {object_float_new(first), object_float_new(second)}, *pair = NULL;
    if (items[0] != NULL && items[1] != NULL)
        pair = object_tuple_from_items(items, 2);
    Py_XDECREF(items[0]);
    Py_XDECREF(items[1]);
    return pair;
}

BINARY(divmod, DIVISOR("float divmod()"); double quotient, rest = divide_down(a, b, &quotient);
       return pair_of_doubles(quotient, rest);)

static bool is_whole(double value) { return round_down(value) == value; }
static bool is_odd(double value) { return fabs(remainder_to_zero(value, 2.0)) == 1.0; }

/* Where one of the two is 0, 1, infinite or no number. Nothing is rounded. */
static bool power_is_plain(double a, double b, double *result)
{
    bool is_odd_power = is_odd(b);
    if (b == 0.0 || a == 1.0)
        *result = 1.0;
    else if (isnan(a) || isnan(b))
        *result = isnan(a) ? a : b;
    else if (isinf(b))
        *result = fabs(a) == 1.0 ? 1.0 : (b > 0) == (fabs(a) > 1.0) ? HUGE_VAL : 0.0;
    else if (isinf(a))
        *result = b > 0 ? (is_odd_power ? a : HUGE_VAL) : (is_odd_power ? copysign(0.0, a) : 0.0);
    else if (a == 0.0)
        *result = is_odd_power ? a : 0.0;
    else if (a == -1.0 && is_whole(b))
        *result = is_odd_power ? -1.0 : 1.0;
    else
        return false;
    return true;
}

static PyObject *float_power(PyObject *left, PyObject *right, PyObject *modulus)
{
    double a, b, result;
    PyObject *refusal;
    if (modulus != Py_None)
        return object_error_set(PyExc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    if (!operand_read(left, &a, &refusal) || !operand_read(right, &b, &refusal))
        return refusal;
    if (a == 0.0 && b < 0.0 && !isinf(b))
        return object_error_set(PyExc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
    if (power_is_plain(a, b, &result))
        return object_float_new(result);
    if (a < 0 && !is_whole(b)) /* a complex number, which this library has not */
        return object_error_set(PyExc_ValueError, "negative number cannot be raised to a fractional power");
    result = float_power_positive(fabs(a), b);
    if (isinf(result))
        return object_error_set(PyExc_OverflowError, "(34, 'Numerical result out of range')");
    return object_float_new(a < 0 && is_odd(b) ? -result : result);
}

static PyObject *float_negative(PyObject *self) { return object_float_new(-value_of(self)); }
static PyObject *float_absolute(PyObject *self) { return object_float_new(fabs(value_of(self))); }
static int float_bool(PyObject *self) { return value_of(self) != 0.0; }
static PyObject *float_int(PyObject *self) { return object_int_from_double(value_of(self)); }
static PyObject *float_plain(PyObject *self)
{
    return PyFloat_CheckExact(self) ? Py_NewRef(self) : object_float_new(value_of(self));
}

PyNumberMethods float_as_number = {
    .nb_add = float_add,
    .nb_subtract = float_subtract,
    .nb_multiply = float_multiply,
    .nb_remainder = float_remainder,
    .nb_divmod = float_divmod,
    .nb_power = float_power,
    .nb_negative = float_negative,
    .nb_positive = float_plain,
    .nb_absolute = float_absolute,
    .nb_bool = float_bool,
    .nb_int = float_int,
    .nb_float = float_plain,
    .nb_floor_divide = float_floor_divide,
    .nb_true_divide = float_divide,
};
