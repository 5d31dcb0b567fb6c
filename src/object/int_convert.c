/* int_convert.c: integers go out as C's, with the checks that each conversion promises.
 *
 * Owns: __index__, the limits and the messages. Does not own: doubles with more than 53 bits (int_bits.c).
 * Read int.h first. */
#include "int.h"

#include <limits.h>

PyObject *object_index(PyObject *object)
{
    if (PyLong_Check(object))
        return Py_NewRef(object);
    PyNumberMethods *methods = Py_TYPE(object)->tp_as_number;
    if (methods == NULL || methods->nb_index == NULL)
        return object_error_format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer",
                                   Py_TYPE(object)->tp_name);
    PyObject *result = methods->nb_index(object);
    if (result != NULL && !PyLong_Check(result)) {
        object_error_format(PyExc_TypeError, "__index__ returned non-int (type %.200s)", Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

/* The low 64 bits of the magnitude; is that all of it? */
static bool magnitude_read(PyObject *integer, uint64_t *magnitude)
{
    const uint32_t *digits = int_digits(integer);
    Py_ssize_t count = int_count(integer);
    *magnitude = count == 0 ? 0 : digits[0] | (count > 1 ? (uint64_t)digits[1] << INT_DIGIT_BITS : 0);
    return count <= 2;
}

int object_int_read(PyObject *integer, int64_t *value)
{
    uint64_t magnitude;
    bool is_negative = int_is_negative(integer);
    if (!magnitude_read(integer, &magnitude) || magnitude > (uint64_t)INT64_MAX + is_negative)
        return is_negative ? -1 : 1;
    *value = (int64_t)(is_negative ? 0 - magnitude : magnitude);
    return 0;
}

static int read_index(PyObject *object, int64_t *value, int *overflow)
{
    *overflow = 0;
    *value = -1;
    if (object == NULL) {
        object_error_bad_call();
        return -1;
    }
    PyObject *integer = object_index(object);
    if (integer == NULL)
        return -1;
    *overflow = object_int_read(integer, value);
    Py_DECREF(integer);
    return 0;
}

int64_t object_int_as(PyObject *object, int64_t low, int64_t high, const char *message)
{
    int64_t value;
    int overflow = 0;
    if (PYMM_LIKELY(object != NULL && PyLong_CheckExact(object) && int_is_short(object)))
        value = int_short(object);
    else if (read_index(object, &value, &overflow) < 0)
        return -1;
    if (PYMM_LIKELY(overflow == 0 && value >= low && value <= high))
        return value;
    object_error_set(PyExc_OverflowError, message);
    return -1;
}

int64_t object_int_as_clamped(PyObject *object, int64_t low, int64_t high, int *overflow)
{
    int64_t value;
    if (read_index(object, &value, overflow) < 0)
        return -1;
    if (*overflow == 0)
        *overflow = value < low ? -1 : value > high;
    return *overflow != 0 ? -1 : value;
}

static bool is_int(PyObject *object)
{
    if (PYMM_LIKELY(object != NULL && PyLong_Check(object)))
        return true;
    if (object == NULL)
        object_error_bad_call();
    else
        object_error_set(PyExc_TypeError, "an integer is required");
    return false;
}

Py_ssize_t object_int_as_ssize(PyObject *integer)
{
    if (!is_int(integer))
        return -1;
    return (Py_ssize_t)object_int_as(integer, PY_SSIZE_T_MIN, PY_SSIZE_T_MAX, "Python int too large to convert to C ssize_t");
}

uint64_t object_int_as_unsigned(PyObject *integer, uint64_t high, const char *negative, const char *large)
{
    uint64_t magnitude;
    if (!is_int(integer))
        return (uint64_t)-1;
    bool is_negative = int_is_negative(integer);
    if (!is_negative && magnitude_read(integer, &magnitude) && magnitude <= high)
        return magnitude;
    object_error_set(PyExc_OverflowError, is_negative ? negative : large);
    return (uint64_t)-1;
}

uint64_t object_int_as_mask(PyObject *object)
{
    uint64_t magnitude;
    if (object == NULL)
        return object_error_bad_call(), (uint64_t)-1;
    PyObject *integer = object_index(object);
    if (integer == NULL)
        return (uint64_t)-1;
    magnitude_read(integer, &magnitude);
    bool is_negative = int_is_negative(integer);
    Py_DECREF(integer);
    return is_negative ? 0 - magnitude : magnitude;
}

/* Negative numbers are addresses with their top bit set. */
void *object_int_as_pointer(PyObject *integer)
{
    if (integer != NULL && PyLong_Check(integer) && int_is_negative(integer)) {
        int64_t value = object_int_as(integer, INTPTR_MIN, INTPTR_MAX, "Python int too large to convert to C long");
        return value == -1 && object_error_occurred() != NULL ? NULL : (void *)(intptr_t)value;
    }
    uint64_t value = object_int_as_unsigned(integer, UINTPTR_MAX, "", "Python int too large to convert to C unsigned long");
    return value == (uint64_t)-1 && object_error_occurred() != NULL ? NULL : (void *)(uintptr_t)value;
}

double object_int_as_double(PyObject *integer)
{
    if (!is_int(integer))
        return -1.0;
    if (int_is_short(integer))
        return (double)int_short(integer);
    return int_to_double(integer);
}
