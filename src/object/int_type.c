/* int_type.c: what calling int and bool does.
 *
 * Owns: their tp_new. Does not own: conversions (number_convert.c, int_parse.c). Read int.h first. */
#include "int.h"

/* The value of `base` among the keywords, borrowed; NULL: there is none, or with an exception, something else is there. */
static PyObject *keyword_base(PyObject *keywords)
{
    PyObject *name = object_unicode_from_utf8("base"), *base = NULL;
    if (name == NULL)
        return NULL;
    base = object_dict_get_error(keywords, name);
    Py_DECREF(name);
    if (base == NULL && object_error_occurred() == NULL)
        object_error_set(PyExc_TypeError, "int() got an unexpected keyword argument");
    return base;
}

static PyObject *from_text_with_base(PyObject *text, PyObject *base_given)
{
    Py_ssize_t base = object_number_as_ssize(base_given, NULL);
    if (base == -1 && object_error_occurred() != NULL)
        return NULL;
    if ((base != 0 && base < 2) || base > 36)
        return object_error_set(PyExc_ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (PyUnicode_Check(text))
        return object_int_from_str(text, (int)base);
    if (PyBytes_Check(text))
        return int_from_bytes_text(text, (int)base);
    return object_error_set(PyExc_TypeError, "int() can't convert non-string with explicit base");
}

/* An instance of a type derived from int, with that value. Takes the reference. */
static PyObject *derived_from(PyTypeObject *type, PyObject *number)
{
    Py_ssize_t count = int_count(number);
    PyObject *self = type->tp_alloc(type, Py_MAX(count, 2));
    if (self != NULL) {
        memcpy(int_digits(self), int_digits(number), sizeof(uint32_t) * (size_t)count);
        ((PyLongObject *)self)->pymm_size = ((PyLongObject *)number)->pymm_size;
    }
    Py_DECREF(number);
    return self;
}

PyObject *int_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    Py_ssize_t count = args == NULL ? 0 : PyTuple_GET_SIZE(args), more = keywords == NULL ? 0 : object_dict_size(keywords);
    if (count + more > 2)
        return object_error_format(PyExc_TypeError, "int() takes at most 2 arguments (%zd given)", count + more);
    PyObject *base = count == 2 ? PyTuple_GET_ITEM(args, 1) : more > 0 ? keyword_base(keywords) : NULL, *number;
    if (more > 0 && base == NULL)
        return NULL;
    if (count == 0 && base != NULL)
        return object_error_set(PyExc_TypeError, "int() missing string argument");
    if (count == 0)
        number = object_int_from_int64(0);
    else if (base != NULL)
        number = from_text_with_base(PyTuple_GET_ITEM(args, 0), base);
    else
        number = object_number_int(PyTuple_GET_ITEM(args, 0));
    return number == NULL || type == &PyLong_Type ? number : derived_from(type, number);
}
