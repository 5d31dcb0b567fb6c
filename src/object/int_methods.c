/* int_methods.c: methods and attributes of int that no slot stands for.
 *
 * Owns: int_methods, int_attributes. What they do is in the other int*.c. Read int.h first. */
#include "arguments.h"
#include "format.h"
#include "int.h"
#include "sizeof.h"

static PyObject *int_bit_length(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_int_from_uint64(object_int_bits(self));
}

static PyObject *int_bit_count(PyObject *self, PyObject *unused)
{
    (void)unused;
    uint64_t count = 0;
    for (Py_ssize_t i = 0; i < int_count(self); i++)
        count += (uint64_t)__builtin_popcount(int_digits(self)[i]);
    return object_int_from_uint64(count);
}

static PyObject *int_itself(PyObject *self, PyObject *unused)
{
    (void)unused;
    return int_plain(self);
}

static PyObject *int_is_integer(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_True;
}

static PyObject *int_as_integer_ratio(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_build("(Ni)", int_plain(self), 1);
}

/* "little" or "big"; False: ValueError. */
static bool order_read(const char *order, bool *is_little)
{
    *is_little = strcmp(order, "little") == 0;
    if (*is_little || strcmp(order, "big") == 0)
        return true;
    object_error_set(PyExc_ValueError, "byteorder must be either 'little' or 'big'");
    return false;
}

static PyObject *int_to_bytes(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"length", "byteorder", "signed", NULL};
    Py_ssize_t length = 1;
    const char *order = "big";
    int is_signed = 0;
    bool is_little;
    if (!object_args_parse_keywords(args, keywords, "|ns$p:to_bytes", names, &length, &order, &is_signed) || !order_read(order, &is_little))
        return NULL;
    if (length < 0)
        return object_error_set(PyExc_ValueError, "length argument must be non-negative");
    if (!is_signed && int_is_negative(self))
        return object_error_set(PyExc_OverflowError, "can't convert negative int to unsigned");
    if (!object_int_fits(self, (size_t)length, is_signed != 0))
        return object_error_set(PyExc_OverflowError, "int too big to convert");
    PyObject *bytes = object_bytes_new(length);
    if (bytes != NULL && length > 0)
        object_int_to_bytes(self, (unsigned char *)PyBytes_AS_STRING(bytes), (size_t)length, is_little);
    return bytes;
}

/* A class method: a derived type is called with the number. */
static PyObject *int_from_bytes(PyObject *type, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"bytes", "byteorder", "signed", NULL};
    PyObject *object;
    const char *order = "big";
    int is_signed = 0;
    bool is_little;
    if (!object_args_parse_keywords(args, keywords, "O|s$p:from_bytes", names, &object, &order, &is_signed) || !order_read(order, &is_little))
        return NULL;
    PyObject *bytes = object_bytes_of(object);
    if (bytes == NULL)
        return NULL;
    PyObject *number = object_int_from_bytes((unsigned char *)PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes), is_little, is_signed != 0);
    Py_DECREF(bytes);
    if (number != NULL && type != (PyObject *)&PyLong_Type)
        Py_SETREF(number, object_vectorcall(type, &number, 1, NULL));
    return number;
}

/* 10**places, a new reference. */
static PyObject *power_of_ten(PyObject *places)
{
    PyObject *ten = object_int_from_int64(10), *made = ten == NULL ? NULL : int_power(ten, places, NULL);
    Py_XDECREF(ten);
    return made;
}

/* To a multiple of `unit`; from the middle between two, to the even one. The remainder is taken off, and a unit put on where that
 * is nearer. */
static PyObject *rounded_to(PyObject *self, PyObject *unit)
{
    PyObject *parts = int_divmod(self, unit), *two = object_int_from_int64(2), *made = NULL;
    PyObject *twice = parts == NULL || two == NULL ? NULL : int_multiply(PyTuple_GET_ITEM(parts, 1), two);
    if (twice != NULL) {
        PyObject *times = PyTuple_GET_ITEM(parts, 0), *rest = PyTuple_GET_ITEM(parts, 1);
        int is_above = object_compare_bool(twice, unit, Py_GT), is_middle = object_compare_bool(twice, unit, Py_EQ);
        bool is_odd = !int_is_zero(times) && (int_digits(times)[0] & 1) != 0;
        made = int_subtract(self, rest);
        if (made != NULL && (is_above > 0 || (is_middle > 0 && is_odd)))
            Py_SETREF(made, int_add(made, unit));
    }
    Py_XDECREF(parts);
    Py_XDECREF(two);
    Py_XDECREF(twice);
    return made;
}

/* __round__(ndigits=0): places behind the point change nothing. */
static PyObject *int_round(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (!arguments_check("__round__", count, 0, 1))
        return NULL;
    PyObject *places = count == 0 || args[0] == Py_None ? NULL : object_number_index(args[0]), *made = NULL;
    if (places == NULL)
        return object_error_occurred() != NULL ? NULL : int_plain(self);
    if (!int_is_negative(places)) {
        made = int_plain(self);
    } else {
        PyObject *before = int_with_sign(places, false), *unit = before == NULL ? NULL : power_of_ten(before);
        if (unit != NULL)
            made = rounded_to(self, unit);
        Py_XDECREF(before);
        Py_XDECREF(unit);
    }
    Py_DECREF(places);
    return made;
}

PyMethodDef int_methods[] = {
    METHOD_NONE("bit_length", int_bit_length),
    METHOD_NONE("bit_count", int_bit_count),
    METHOD_NONE("conjugate", int_itself),
    METHOD_NONE("__trunc__", int_itself),
    METHOD_NONE("__floor__", int_itself),
    METHOD_NONE("__ceil__", int_itself),
    METHOD_NONE("is_integer", int_is_integer),
    METHOD_FAST("__round__", int_round),
    METHOD_ONE("__format__", format_int),
    METHOD_NONE("__sizeof__", sizeof_int),
    METHOD_NONE("as_integer_ratio", int_as_integer_ratio),
    METHOD_KEYWORDS("to_bytes", int_to_bytes),
    {"from_bytes", _PyCFunction_CAST(int_from_bytes), METH_VARARGS | METH_KEYWORDS | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *real_get(PyObject *self, void *context) { (void)context; return int_plain(self); }
static PyObject *zero_get(PyObject *self, void *context) { (void)self; (void)context; return object_int_from_int64(0); }
static PyObject *one_get(PyObject *self, void *context) { (void)self; (void)context; return object_int_from_int64(1); }

PyGetSetDef int_attributes[] = {
    {"real", real_get, NULL, "The number itself.", NULL},
    {"imag", zero_get, NULL, "0", NULL},
    {"numerator", real_get, NULL, "The number itself.", NULL},
    {"denominator", one_get, NULL, "1", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
