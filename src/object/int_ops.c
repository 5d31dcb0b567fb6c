/* int_ops.c: the number slots of int: signs, memory, comparison; addition and multiplication.
 *
 * Owns: the table of slots. Does not own: digits (int_math.c), division (int_divide.c), powers (int_power.c), bits
 * (int_bits.c). Numbers of up to one digit take a short way through 64-bit arithmetic. Read int.h first. */
#include "int.h"

#define BOTH_INT(a, b)                                                                                                 \
    if (!PyLong_Check(a) || !PyLong_Check(b))                                                                          \
    return Py_NewRef(Py_NotImplemented)

static int order_of(PyObject *a, PyObject *b)
{
    Py_ssize_t a_size = ((PyLongObject *)a)->pymm_size, b_size = ((PyLongObject *)b)->pymm_size;
    if (a_size != b_size)
        return a_size < b_size ? -1 : 1;
    int order = int_digits_compare(int_digits(a), int_count(a), int_digits(b), int_count(b));
    return a_size < 0 ? -order : order;
}

PyObject *int_compare(PyObject *a, PyObject *b, int op)
{
    BOTH_INT(a, b);
    int order = a == b ? 0 : order_of(a, b);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

/* The sum of the magnitudes, or their difference, which has the sign of the larger one. `is_negative`: the sign of a. */
static PyObject *add_magnitudes(PyObject *a, PyObject *b, bool is_negative, bool is_difference)
{
    int order = int_digits_compare(int_digits(a), int_count(a), int_digits(b), int_count(b));
    PyObject *large = order < 0 ? b : a, *small = order < 0 ? a : b;
    PyLongObject *sum = int_new(int_count(large) + !is_difference);
    if (sum == NULL)
        return NULL;
    if (!is_difference) {
        int_digits_add(sum->pymm_digits, int_digits(large), int_count(large), int_digits(small), int_count(small));
        return int_normal(sum, is_negative);
    }
    int_digits_subtract(sum->pymm_digits, int_digits(large), int_count(large), int_digits(small), int_count(small));
    return int_normal(sum, (order < 0) != is_negative);
}

PyObject *int_add(PyObject *a, PyObject *b)
{
    if (PYMM_LIKELY(int_is_short(a) && int_is_short(b)))
        return object_int_from_int64(int_short(a) + int_short(b));
    return add_magnitudes(a, b, int_is_negative(a), int_is_negative(a) != int_is_negative(b));
}

PyObject *int_subtract(PyObject *a, PyObject *b)
{
    if (PYMM_LIKELY(int_is_short(a) && int_is_short(b)))
        return object_int_from_int64(int_short(a) - int_short(b));
    return add_magnitudes(a, b, int_is_negative(a), int_is_negative(a) == int_is_negative(b));
}

PyObject *int_multiply(PyObject *a, PyObject *b)
{
    PyObject *longer = int_count(a) < int_count(b) ? b : a, *shorter = longer == a ? b : a;
    bool is_negative = int_is_negative(a) != int_is_negative(b);
    if (PYMM_LIKELY(int_is_short(longer))) { /* two digits hold it, but not always a signed 64-bit number */
        uint64_t product = (uint64_t)int_digits(a)[0] * int_digits(b)[0];
        if (product <= INT64_MAX || int_is_zero(shorter))
            return object_int_from_int64(int_short(a) * int_short(b));
    }
    if (int_is_zero(shorter))
        return object_int_from_int64(0);
    Py_ssize_t count = int_count(shorter), work_count = int_digits_multiply_work(count);
    PyLongObject *product = int_new(int_count(longer) + count);
    uint32_t *work = NULL;
    if (product == NULL)
        return NULL;
    if (work_count != 0 && (work = domain_malloc(PYMM_DOMAIN_MEM, sizeof *work * (size_t)work_count)) == NULL) {
        Py_DECREF(product);
        return object_error_no_memory();
    }
    int_digits_multiply(product->pymm_digits, int_digits(longer), int_count(longer), int_digits(shorter), count, work);
    if (work != NULL)
        domain_free(PYMM_DOMAIN_MEM, work);
    return int_normal(product, is_negative);
}

/* The value as it is, of exactly int. */
PyObject *int_plain(PyObject *a)
{
    return PyLong_CheckExact(a) ? Py_NewRef(a) : int_with_sign(a, int_is_negative(a));
}

PyObject *int_with_sign(PyObject *a, bool is_negative)
{
    if (int_is_short(a)) {
        int64_t magnitude = Py_ABS(int_short(a));
        return object_int_from_int64(is_negative ? -magnitude : magnitude);
    }
    if (int_is_negative(a) == is_negative && PyLong_CheckExact(a))
        return Py_NewRef(a);
    PyLongObject *copy = int_new(int_count(a));
    if (copy == NULL)
        return NULL;
    memcpy(copy->pymm_digits, int_digits(a), sizeof(uint32_t) * (size_t)int_count(a));
    return int_normal(copy, is_negative);
}

static PyObject *int_negative(PyObject *a) { return int_with_sign(a, !int_is_negative(a)); }
static PyObject *int_absolute(PyObject *a) { return int_with_sign(a, false); }
static int int_bool(PyObject *a) { return !int_is_zero(a); }

/* -a - 1 */
static PyObject *int_invert(PyObject *a)
{
    PyObject *sum = int_add(a, object_int_from_int64(1)), *result = NULL;
    if (sum != NULL)
        result = int_negative(sum);
    Py_XDECREF(sum);
    return result;
}

static PyObject *int_float(PyObject *a)
{
    double value = object_int_as_double(a);
    return value == -1.0 && object_error_occurred() != NULL ? NULL : object_float_new(value);
}

/* Slots get what is on either side of the sign: one of the two is an int. */
#define SLOT(name, call)                                                                                               \
    static PyObject *slot_##name(PyObject *a, PyObject *b)                                                             \
    {                                                                                                                  \
        BOTH_INT(a, b);                                                                                                \
        return call;                                                                                                   \
    }
SLOT(add, int_add(a, b))
SLOT(subtract, int_subtract(a, b))
SLOT(multiply, int_multiply(a, b))
SLOT(floor_divide, int_floor_divide(a, b))
SLOT(remainder, int_remainder(a, b))
SLOT(divmod, int_divmod(a, b))
SLOT(true_divide, int_true_divide(a, b))
SLOT(left, int_shift(a, b, true))
SLOT(right, int_shift(a, b, false))
SLOT(and, int_bitwise(a, b, INT_AND))
SLOT(or, int_bitwise(a, b, INT_OR))
SLOT(xor, int_bitwise(a, b, INT_XOR))

static PyObject *slot_power(PyObject *a, PyObject *b, PyObject *modulus)
{
    BOTH_INT(a, b);
    if (modulus != Py_None && !PyLong_Check(modulus))
        return Py_NewRef(Py_NotImplemented);
    return int_power(a, b, modulus == Py_None ? NULL : modulus);
}

PyNumberMethods int_as_number = {
    .nb_add = slot_add,
    .nb_subtract = slot_subtract,
    .nb_multiply = slot_multiply,
    .nb_remainder = slot_remainder,
    .nb_divmod = slot_divmod,
    .nb_power = slot_power,
    .nb_negative = int_negative,
    .nb_positive = int_plain,
    .nb_absolute = int_absolute,
    .nb_bool = int_bool,
    .nb_invert = int_invert,
    .nb_lshift = slot_left,
    .nb_rshift = slot_right,
    .nb_and = slot_and,
    .nb_xor = slot_xor,
    .nb_or = slot_or,
    .nb_int = int_plain,
    .nb_float = int_float,
    .nb_floor_divide = slot_floor_divide,
    .nb_true_divide = slot_true_divide,
    .nb_index = int_plain,
};
