/* item.c: what is in an object: its length, items by key, and what protocols it has.
 *
 * Owns: object_size, object_item_*. Does not own: sequences (sequence.c), mappings (mapping.c). Read slice.h first. */
#include "item.h"

#include "slice.h"

PySequenceMethods item_no_sequence;
PyMappingMethods item_no_mapping;

PyObject *item_null(void)
{
    return object_error_occurred() != NULL ? NULL : object_error_set(PyExc_SystemError, "null argument to internal routine");
}

PyObject *item_refuse(PyObject *op, const char *format)
{
    const char *name = Py_TYPE(op)->tp_name, *place = strstr(format, "%s");
    return object_error_format(PyExc_TypeError, "%.*s%.200s%s", (int)(place - format), format, name, place + 2);
}

/* Lengths. ---------------------------------------------------------------------------------------------------------------------- */

Py_ssize_t object_size(PyObject *op)
{
    if (op == NULL)
        return item_null(), -1;
    lenfunc length = item_sequence(op)->sq_length != NULL ? item_sequence(op)->sq_length : item_mapping(op)->mp_length;
    return length != NULL ? length(op) : (item_refuse(op, "object of type '%s' has no len()"), -1);
}

/* What __length_hint__ returned. */
static Py_ssize_t hint_read(PyObject *hint, Py_ssize_t otherwise)
{
    if (hint == Py_NotImplemented)
        return otherwise;
    if (!PyLong_Check(hint)) {
        object_error_format(PyExc_TypeError, "__length_hint__ must be an integer, not %.100s", Py_TYPE(hint)->tp_name);
        return -1;
    }
    Py_ssize_t length = object_int_as_ssize(hint);
    if (length < 0 && object_error_occurred() == NULL)
        object_error_set(PyExc_ValueError, "__length_hint__() should return >= 0");
    return length < 0 ? -1 : length;
}

/* What fails with TypeError has nothing to tell. */
Py_ssize_t object_length_hint(PyObject *op, Py_ssize_t otherwise)
{
    if (item_sequence(op)->sq_length != NULL || item_mapping(op)->mp_length != NULL) {
        Py_ssize_t length = object_size(op);
        if (length >= 0 || !object_error_is(PyExc_TypeError))
            return length;
        object_error_clear();
    }
    PyObject *method = object_type_special_utf8(op, "__length_hint__");
    if (method == NULL)
        return object_error_occurred() != NULL ? -1 : otherwise;
    PyObject *hint = object_vectorcall(method, NULL, 0, NULL);
    Py_DECREF(method);
    if (hint == NULL && object_error_is(PyExc_TypeError)) {
        object_error_clear();
        return otherwise;
    }
    Py_ssize_t length = hint == NULL ? -1 : hint_read(hint, otherwise);
    Py_XDECREF(hint);
    return length;
}

/* Items. ----------------------------------------------------------------------------------------------------------------------- */

/* A type in brackets: what its __class_getitem__ says. */
static PyObject *item_of_type(PyObject *op, PyObject *key)
{
    PyObject *method, *result;
    if (op == (PyObject *)&PyType_Type)
        return object_generic_alias(op, key);
    if (object_attribute_find_utf8(op, "__class_getitem__", &method) < 0)
        return NULL;
    if (method == NULL)
        return object_error_format(PyExc_TypeError, "type '%.200s' is not subscriptable", ((PyTypeObject *)op)->tp_name);
    result = object_vectorcall(method, &key, 1, NULL);
    Py_DECREF(method);
    return result;
}

PyObject *object_item_get(PyObject *op, PyObject *key)
{
    Py_ssize_t index;
    if (op == NULL || key == NULL)
        return item_null();
    if (item_mapping(op)->mp_subscript != NULL)
        return item_mapping(op)->mp_subscript(op, key);
    if (item_sequence(op)->sq_item == NULL)
        return PyType_Check(op) ? item_of_type(op, key) : item_refuse(op, "'%s' object is not subscriptable");
    if (slice_is_index(key))
        return slice_index(key, &index) ? object_sequence_get(op, index) : NULL;
    return item_refuse(key, "sequence index must be integer, not '%s'");
}

/* value: NULL deletes. `refusal`: when neither protocol has it. */
static int item_put(PyObject *op, PyObject *key, PyObject *value, const char *refusal)
{
    Py_ssize_t index;
    if (item_mapping(op)->mp_ass_subscript != NULL)
        return item_mapping(op)->mp_ass_subscript(op, key, value);
    if (Py_TYPE(op)->tp_as_sequence != NULL && slice_is_index(key)) {
        if (!slice_index(key, &index))
            return -1;
        return value != NULL ? object_sequence_set(op, index, value) : object_sequence_delete(op, index);
    }
    if (item_sequence(op)->sq_ass_item != NULL)
        return item_refuse(key, "sequence index must be integer, not '%s'"), -1;
    return item_refuse(op, refusal), -1;
}

int object_item_set(PyObject *op, PyObject *key, PyObject *value)
{
    if (op == NULL || key == NULL || value == NULL)
        return item_null(), -1;
    return item_put(op, key, value, "'%s' object does not support item assignment");
}

int object_item_delete(PyObject *op, PyObject *key)
{
    if (op == NULL || key == NULL)
        return item_null(), -1;
    return item_put(op, key, NULL, "'%s' object does not support item deletion");
}
