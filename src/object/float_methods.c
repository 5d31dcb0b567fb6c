/* float_methods.c: methods and attributes of float that no slot stands for.
 *
 * Owns: float_methods, float_attributes. Read float.h first. */
#include "arguments.h"
#include "float.h"
#include "format.h"

#include <math.h>

#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023

static double value_of(PyObject *self) { return ((PyFloatObject *)self)->ob_fval; }

/* The parts of a double: |value| = fraction * 2**exponent. False: it is not finite. */
static bool parts_of(double value, uint64_t *fraction, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int raised = (int)(bits >> FRACTION_BITS & 0x7ff);
    *fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    if (raised != 0)
        *fraction |= UINT64_C(1) << FRACTION_BITS;
    *exponent = (raised == 0 ? 1 : raised) - EXPONENT_BIAS - FRACTION_BITS;
    return raised != 0x7ff;
}

static bool is_negative(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 != 0;
}

static PyObject *float_is_integer(PyObject *self, PyObject *unused)
{
    (void)unused;
    uint64_t fraction;
    int exponent;
    bool is_finite = parts_of(value_of(self), &fraction, &exponent);
    bool is_whole = fraction == 0 || exponent >= 0 || (exponent > -64 && (fraction & ((UINT64_C(1) << -exponent) - 1)) == 0);
    return object_bool(is_finite && is_whole);
}

/* number * 2**places; takes the reference. */
static PyObject *shifted(PyObject *number, int places)
{
    PyObject *by = number == NULL ? NULL : object_int_from_int64(places);
    PyObject *result = by == NULL ? NULL : object_operate(number, by, OBJECT_SHIFT_LEFT);
    Py_XDECREF(by);
    Py_XDECREF(number);
    return result;
}

static PyObject *float_as_integer_ratio(PyObject *self, PyObject *unused)
{
    (void)unused;
    uint64_t fraction;
    int exponent;
    double value = value_of(self);
    if (!parts_of(value, &fraction, &exponent))
        return value == value ? object_error_set(PyExc_OverflowError, "cannot convert Infinity to integer ratio")
                              : object_error_set(PyExc_ValueError, "cannot convert NaN to integer ratio");
    for (; fraction != 0 && fraction % 2 == 0 && exponent < 0; exponent++)
        fraction /= 2;
    if (fraction == 0)
        exponent = 0;
    int64_t whole = is_negative(value) ? -(int64_t)fraction : (int64_t)fraction;
    PyObject *over = shifted(object_int_from_int64(whole), exponent > 0 ? exponent : 0);
    PyObject *under = over == NULL ? NULL : shifted(object_int_from_int64(1), exponent < 0 ? -exponent : 0);
    if (under == NULL) {
        Py_XDECREF(over);
        return NULL;
    }
    return object_build("(NN)", over, under);
}

static PyObject *float_hex(PyObject *self, PyObject *unused)
{
    (void)unused;
    uint64_t fraction;
    int exponent;
    double value = value_of(self);
    if (!parts_of(value, &fraction, &exponent))
        return object_repr(self);
    char text[40];
    const char *sign = is_negative(value) ? "-" : "";
    if (fraction == 0)
        snprintf(text, sizeof text, "%s0x0.0p+0", sign);
    else
        snprintf(text, sizeof text, "%s0x%u.%013llxp%+d", sign, (unsigned)(fraction >> FRACTION_BITS),
                 (unsigned long long)(fraction & ((UINT64_C(1) << FRACTION_BITS) - 1)), exponent + FRACTION_BITS);
    return object_unicode_from_utf8(text);
}

static PyObject *float_itself(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_number_float(self);
}

static PyObject *float_trunc(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_int_from_double(value_of(self));
}

/* The whole number next to it, downwards or upwards: one further than the truncated one if that is on the wrong side. */
static PyObject *whole(PyObject *self, bool is_up)
{
    PyObject *number = object_int_from_double(value_of(self)), *one = NULL, *result;
    if (number == NULL)
        return NULL;
    int order = object_int_order_double(number, value_of(self));
    if (is_up ? order >= 0 : order <= 0)
        return number;
    one = object_int_from_int64(1);
    result = one == NULL ? NULL : object_operate(number, one, is_up ? OBJECT_ADD : OBJECT_SUBTRACT);
    Py_XDECREF(one);
    Py_DECREF(number);
    return result;
}

static PyObject *float_floor(PyObject *self, PyObject *unused) { (void)unused; return whole(self, false); }
static PyObject *float_ceil(PyObject *self, PyObject *unused) { (void)unused; return whole(self, true); }

/* The nearest whole number; from the middle between two, the even one. */
static PyObject *rounded_whole(double value)
{
    if (fabs(value) >= (double)(UINT64_C(1) << FRACTION_BITS) || value != value)
        return object_int_from_double(value); /* it is whole, or no number */
    int64_t near = (int64_t)value;
    double rest = fabs(value - (double)near);
    if (rest > 0.5 || (rest == 0.5 && near % 2 != 0))
        near += value < 0.0 ? -1 : 1;
    return object_int_from_int64(near);
}

#define PLACES_MOST 323 /* behind the point: every double has what it has by then */
#define PLACES_LEAST (-308)

/* __round__(ndigits=None): an int, or a float with so many places. */
static PyObject *float_round(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    double value = value_of(self);
    if (!arguments_check("__round__", count, 0, 1))
        return NULL;
    if (count == 0 || args[0] == Py_None)
        return rounded_whole(value);
    Py_ssize_t places = object_number_as_ssize(args[0], NULL);
    if (places == -1 && object_error_occurred() != NULL)
        return NULL;
    if (!isfinite(value) || places > PLACES_MOST)
        return object_float_new(value);
    if (places < PLACES_LEAST)
        return object_float_new(0.0 * value);
    value = float_rounded(value, (int)places);
    return isfinite(value) ? object_float_new(value) : object_error_set(PyExc_OverflowError, "rounded value too large to represent");
}

PyMethodDef float_methods[] = {
    METHOD_NONE("is_integer", float_is_integer),
    METHOD_NONE("as_integer_ratio", float_as_integer_ratio),
    METHOD_NONE("hex", float_hex),
    METHOD_NONE("conjugate", float_itself),
    METHOD_NONE("__trunc__", float_trunc),
    METHOD_NONE("__floor__", float_floor),
    METHOD_NONE("__ceil__", float_ceil),
    METHOD_FAST("__round__", float_round),
    {"fromhex", float_from_hex, METH_O | METH_CLASS, NULL},
    METHOD_ONE("__format__", format_float),
    {NULL, NULL, 0, NULL},
};

static PyObject *real_get(PyObject *self, void *context) { (void)context; return object_number_float(self); }
static PyObject *zero_get(PyObject *self, void *context) { (void)self; (void)context; return object_float_new(0.0); }

PyGetSetDef float_attributes[] = {
    {"real", real_get, NULL, "The number itself.", NULL},
    {"imag", zero_get, NULL, "0.0", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
