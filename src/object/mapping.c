/* mapping.c: the mapping protocol: keys that may be missing, lists of what is in a mapping.
 *
 * Owns: object_mapping_*. Read item.h first. */
#include "item.h"

bool object_mapping_check(PyObject *op) { return op != NULL && item_mapping(op)->mp_subscript != NULL; }

Py_ssize_t object_mapping_size(PyObject *op)
{
    if (op == NULL)
        return item_null(), -1;
    if (item_mapping(op)->mp_length != NULL)
        return item_mapping(op)->mp_length(op);
    return item_refuse(op, item_sequence(op)->sq_length != NULL ? "%s is not a mapping" : "object of type '%s' has no len()"), -1;
}

int object_mapping_find(PyObject *op, PyObject *key, PyObject **result)
{
    if (PyDict_CheckExact(op))
        return object_dict_get_new(op, key, result);
    *result = object_item_get(op, key);
    if (*result != NULL)
        return 1;
    if (!object_error_is(PyExc_KeyError))
        return -1;
    object_error_clear();
    return 0;
}

int object_mapping_has(PyObject *op, PyObject *key)
{
    PyObject *value;
    int found = object_mapping_find(op, key, &value);
    Py_XDECREF(value);
    return found;
}

/* What a method without arguments returns, as a list. */
static PyObject *list_by_method(PyObject *op, const char *method)
{
    PyObject *function = object_attribute_get_utf8(op, method);
    PyObject *items = function == NULL ? NULL : object_vectorcall(function, NULL, 0, NULL);
    Py_XDECREF(function);
    PyObject *iterator = items == NULL ? NULL : object_iter(items);
    if (items != NULL && iterator == NULL && object_error_is(PyExc_TypeError))
        object_error_format(PyExc_TypeError, "%.200s.%s() returned a non-iterable (type %.200s)", Py_TYPE(op)->tp_name, method,
                            Py_TYPE(items)->tp_name);
    PyObject *list = iterator == NULL ? NULL : object_list_from_iterable(iterator);
    Py_XDECREF(items);
    Py_XDECREF(iterator);
    return list;
}

static PyObject *list_from(PyObject *op, PyObject *(*of_dict)(PyObject *), const char *method)
{
    if (op == NULL)
        return item_null();
    return PyDict_CheckExact(op) ? of_dict(op) : list_by_method(op, method);
}

PyObject *object_mapping_keys(PyObject *op) { return list_from(op, object_dict_keys, "keys"); }
PyObject *object_mapping_values(PyObject *op) { return list_from(op, object_dict_values, "values"); }
PyObject *object_mapping_items(PyObject *op) { return list_from(op, object_dict_items, "items"); }
