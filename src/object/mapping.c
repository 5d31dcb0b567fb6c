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

/* Types that are no dicts have no methods by these names. */
static PyObject *list_from(PyObject *op, PyObject *(*of_dict)(PyObject *), const char *method)
{
    if (op == NULL)
        return item_null();
    if (PyDict_Check(op))
        return of_dict(op);
    return object_error_format(PyExc_AttributeError, "'%.100s' object has no attribute '%s'", Py_TYPE(op)->tp_name, method);
}

PyObject *object_mapping_keys(PyObject *op) { return list_from(op, object_dict_keys, "keys"); }
PyObject *object_mapping_values(PyObject *op) { return list_from(op, object_dict_values, "values"); }
PyObject *object_mapping_items(PyObject *op) { return list_from(op, object_dict_items, "items"); }
