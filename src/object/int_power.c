/* int_power.c: powers of int objects, with and without a modulus.
 *
 * Powers are made by squaring, from the top bit of the exponent down. Does not own: negative exponents without a modulus,
 * which are floats (float_math.c). Read int.h first. */
#include "int.h"

/* *number = *number * by % modulus; takes and gives the reference. 0, or -1 with *number NULL. */
static int multiply_into(PyObject **number, PyObject *by, PyObject *modulus)
{
    Py_SETREF(*number, int_multiply(*number, by));
    if (*number != NULL && modulus != NULL)
        Py_SETREF(*number, int_remainder(*number, modulus));
    return *number == NULL ? -1 : 0;
}

/* base ** exponent % modulus, exponent >= 0; modulus NULL: none. */
static PyObject *power(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    const uint32_t *digits = int_digits(exponent);
    PyObject *result = object_int_from_int64(1);
    bool is_first = true; /* the leading bits of 0 square 1 */
    for (Py_ssize_t i = int_count(exponent); --i >= 0;)
        for (int bit = INT_DIGIT_BITS; --bit >= 0;) {
            bool is_set = digits[i] >> bit & 1;
            if (!is_first && multiply_into(&result, result, modulus) < 0)
                return NULL;
            if (is_set && multiply_into(&result, base, modulus) < 0)
                return NULL;
            is_first &= !is_set;
        }
    return result;
}

/* x with number * x % modulus == 1, by Euclid's way: each remainder is number * x % modulus for an x of its own.
 * modulus > 0. */
static PyObject *inverse(PyObject *number, PyObject *modulus)
{
    PyObject *high = Py_NewRef(modulus), *low = int_remainder(number, modulus);
    PyObject *high_x = object_int_from_int64(0), *low_x = object_int_from_int64(1), *result = NULL;
    while (low != NULL && low_x != NULL && !int_is_zero(low)) {
        PyObject *quotient = int_floor_divide(high, low), *rest = int_remainder(high, low);
        PyObject *product = quotient == NULL ? NULL : int_multiply(quotient, low_x);
        PyObject *rest_x = product == NULL ? NULL : int_subtract(high_x, product);
        Py_XDECREF(quotient);
        Py_XDECREF(product);
        Py_SETREF(high, low);
        Py_SETREF(high_x, low_x);
        low = rest;
        low_x = rest_x;
    }
    if (low != NULL && low_x != NULL) {
        if (int_is_short(high) && int_short(high) == 1)
            result = int_remainder(high_x, modulus);
        else
            object_error_set(PyExc_ValueError, "base is not invertible for the given modulus");
    }
    Py_DECREF(high);
    Py_XDECREF(high_x);
    Py_XDECREF(low);
    Py_XDECREF(low_x);
    return result;
}

/* The result has the sign of the modulus, as remainders have. */
static PyObject *power_modulo(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    PyObject *positive = int_with_sign(modulus, false), *start = NULL, *result = NULL;
    if (positive != NULL)
        start = int_is_negative(exponent) ? inverse(base, positive) : int_remainder(base, positive);
    if (start != NULL)
        result = power(start, exponent, positive);
    if (result != NULL) /* of exponent 0 and modulus 1 too */
        Py_SETREF(result, int_remainder(result, modulus));
    Py_XDECREF(start);
    Py_XDECREF(positive);
    return result;
}

PyObject *int_power(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    if (modulus != NULL && int_is_zero(modulus))
        return object_error_set(PyExc_ValueError, "pow() 3rd argument cannot be 0");
    if (modulus != NULL)
        return power_modulo(base, exponent, modulus);
    if (int_is_negative(exponent))
        return PyFloat_Type.tp_as_number->nb_power(base, exponent, Py_None);
    return power(base, exponent, NULL);
}
