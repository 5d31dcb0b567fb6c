/* int_ops.c: the number slots of int: signs, memory, errors.
 *
 * Owns: what + - * and the rest give for objects. Does not own: digits (int_math.c). Read int.h first. */
#include "int.h"

/* The value as it is, of exactly int. */
PyObject *int_plain(PyObject *a)
{
    if (PyLong_CheckExact(a))
        return Py_NewRef(a);
    if (int_is_short(a))
        return object_int_from_int64(int_short(a));
    PyLongObject *copy = int_new(int_count(a));
    if (copy == NULL)
        return NULL;
    memcpy(copy->pymm_digits, int_digits(a), sizeof(uint32_t) * (size_t)int_count(a));
    return int_normal(copy, int_is_negative(a));
}

static int int_bool(PyObject *a) { return !int_is_zero(a); }

static PyObject *int_float(PyObject *a)
{
    double value = object_int_as_double(a);
    return value == -1.0 && object_error_occurred() != NULL ? NULL : object_float_new(value);
}

PyNumberMethods int_as_number = {
    .nb_positive = int_plain,
    .nb_bool = int_bool,
    .nb_int = int_plain,
    .nb_float = int_float,
    .nb_index = int_plain,
};
