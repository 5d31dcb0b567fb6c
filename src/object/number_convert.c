/* number_convert.c: what int(), float() and indexing make of any object.
 *
 * Owns: PyNumber_Long, Float, Index, AsSsize_t, Check. Read object.h first. */
#include "float.h"
#include "int.h"

static PyObject *null_given(void)
{
    if (object_error_occurred() == NULL)
        object_error_set(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

bool object_is_number(PyObject *op)
{
    PyNumberMethods *methods = Py_TYPE(op)->tp_as_number;
    return methods != NULL && (methods->nb_index != NULL || methods->nb_int != NULL || methods->nb_float != NULL);
}

bool object_is_index(PyObject *op)
{
    PyNumberMethods *methods = Py_TYPE(op)->tp_as_number;
    return methods != NULL && methods->nb_index != NULL;
}

/* Takes an int, of a derived type or not; gives it as exactly int. */
static PyObject *made_plain(PyObject *number)
{
    if (number == NULL || PyLong_CheckExact(number))
        return number;
    PyObject *plain = int_plain(number);
    Py_DECREF(number);
    return plain;
}

PyObject *object_number_index(PyObject *op) { return op == NULL ? null_given() : made_plain(object_index(op)); }

Py_ssize_t object_number_as_ssize(PyObject *op, PyObject *error)
{
    int64_t value = 0;
    PyObject *number = op == NULL ? null_given() : object_index(op);
    if (number == NULL)
        return -1;
    int overflow = object_int_read(number, &value);
    if (overflow == 0 && (value < PY_SSIZE_T_MIN || value > PY_SSIZE_T_MAX))
        overflow = value < 0 ? -1 : 1;
    Py_DECREF(number);
    if (overflow == 0)
        return (Py_ssize_t)value;
    if (error == NULL)
        return overflow < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    object_error_format(error, "cannot fit '%.200s' into an index-sized integer", Py_TYPE(op)->tp_name);
    return -1;
}

PyObject *object_number_int(PyObject *op)
{
    if (op == NULL)
        return null_given();
    if (PyLong_CheckExact(op))
        return Py_NewRef(op);
    PyNumberMethods *methods = Py_TYPE(op)->tp_as_number;
    if (methods != NULL && methods->nb_int != NULL) {
        PyObject *number = methods->nb_int(op);
        if (number != NULL && !PyLong_Check(number)) {
            object_error_format(PyExc_TypeError, "__int__ returned non-int (type %.200s)", Py_TYPE(number)->tp_name);
            Py_CLEAR(number);
        }
        return made_plain(number);
    }
    if (methods != NULL && methods->nb_index != NULL)
        return made_plain(object_index(op));
    if (PyUnicode_Check(op))
        return object_int_from_str(op, 10);
    if (PyBytes_Check(op))
        return int_from_bytes_text(op, 10);
    return object_error_format(PyExc_TypeError,
                               "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
                               Py_TYPE(op)->tp_name);
}

static PyObject *float_from_slot(PyObject *op, unaryfunc slot)
{
    PyObject *number = slot(op);
    if (number == NULL || PyFloat_CheckExact(number))
        return number;
    PyObject *plain = NULL;
    if (object_is_float(number))
        plain = object_float_new(((PyFloatObject *)number)->ob_fval);
    else
        object_error_format(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(op)->tp_name,
                            Py_TYPE(number)->tp_name);
    Py_DECREF(number);
    return plain;
}

PyObject *object_number_float(PyObject *op)
{
    if (op == NULL)
        return null_given();
    if (PyFloat_CheckExact(op))
        return Py_NewRef(op);
    PyNumberMethods *methods = Py_TYPE(op)->tp_as_number;
    if (methods != NULL && methods->nb_float != NULL)
        return float_from_slot(op, methods->nb_float);
    if (methods != NULL && methods->nb_index != NULL) {
        double value = object_float_as_double(op);
        return value == -1.0 && object_error_occurred() != NULL ? NULL : object_float_new(value);
    }
    return object_float_from_text(op);
}
