/* dict_merge.c: the items of one mapping, or pairs, put into a dict.
 *
 * Owns: the above. Other code may change either side meanwhile: a dict that changes its size while it is read is RuntimeError.
 * Read table.h first. */
#include "table.h"

#include "arguments.h"
#include "items.h"

/* 0: put in, or it was there and stays; -1. */
static int put(PyObject *self, PyObject *key, PyObject *value, bool is_override)
{
    return is_override ? object_dict_set(self, key, value) : object_dict_set_default(self, key, value, NULL) < 0 ? -1 : 0;
}

static int merge_dict(PyObject *self, PyObject *other, bool is_override)
{
    PyObject **entry;
    Py_ssize_t at = 0, size = TABLE_OWNER(other)->ma_used;
    if (self == other || size == 0)
        return 0;
    if (TABLE_OWNER(self)->ma_used == 0 && table_reserve(self, size) != 0)
        return -1;
    while ((entry = table_next(other, &at)) != NULL) {
        PyObject *key = Py_NewRef(entry[0]), *value = Py_NewRef(entry[1]);
        int result = put(self, key, value, is_override);
        Py_DECREF(value);
        Py_DECREF(key);
        if (result != 0)
            return -1;
        if (TABLE_OWNER(other)->ma_used != size)
            return object_error_set(PyExc_RuntimeError, "dict mutated during update"), -1;
    }
    return 0;
}

/* What is no dict has keys(), and items by key. */
static int merge_mapping(PyObject *self, PyObject *other, bool is_override)
{
    PyObject *keys = object_mapping_keys(other), *iterator = keys == NULL ? NULL : object_iter(keys), *key;
    Py_XDECREF(keys);
    if (iterator == NULL)
        return -1;
    int result = 0;
    while (result == 0 && (key = object_iter_next(iterator)) != NULL) {
        PyObject *value = object_item_get(other, key);
        result = value == NULL ? -1 : put(self, key, value, is_override);
        Py_XDECREF(value);
        Py_DECREF(key);
    }
    Py_DECREF(iterator);
    return result != 0 || object_error_occurred() != NULL ? -1 : 0;
}

int object_dict_merge(PyObject *self, PyObject *other, bool is_override)
{
    if (self == NULL || !PyDict_Check(self) || other == NULL)
        return object_error_bad_call(), -1;
    if (PyDict_Check(other) && Py_TYPE(other)->tp_iter == PyDict_Type.tp_iter)
        return merge_dict(self, other, is_override);
    return merge_mapping(self, other, is_override);
}

static int put_pair(PyObject *self, PyObject *item, Py_ssize_t number, bool is_override)
{
    PyObject *pair = items_fast(item, "");
    if (pair == NULL) {
        if (object_error_is(PyExc_TypeError))
            object_error_format(PyExc_TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", number);
        return -1;
    }
    int result = -1;
    if (Py_SIZE(pair) != 2) {
        object_error_format(PyExc_ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", number,
                            Py_SIZE(pair));
    } else {
        PyObject *key = Py_NewRef(items_of(pair)[0]), *value = Py_NewRef(items_of(pair)[1]);
        result = put(self, key, value, is_override);
        Py_DECREF(value);
        Py_DECREF(key);
    }
    Py_DECREF(pair);
    return result;
}

int object_dict_merge_pairs(PyObject *self, PyObject *pairs, bool is_override)
{
    PyObject *iterator = object_iter(pairs), *item;
    if (iterator == NULL)
        return -1;
    int result = 0;
    for (Py_ssize_t number = 0; result == 0 && (item = object_iter_next(iterator)) != NULL; number++) {
        result = put_pair(self, item, number, is_override);
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    return result != 0 || object_error_occurred() != NULL ? -1 : 0;
}

/* What has keys() is a mapping, all else is pairs. */
int dict_update_argument(PyObject *self, PyObject *argument)
{
    PyObject *keys = NULL;
    int is_mapping = PyDict_CheckExact(argument) ? 1 : object_attribute_find_utf8(argument, "keys", &keys);
    Py_XDECREF(keys);
    if (is_mapping < 0)
        return -1;
    return is_mapping ? object_dict_merge(self, argument, true) : object_dict_merge_pairs(self, argument, true);
}

int dict_update_from(PyObject *self, const char *name, PyObject *args, PyObject *keywords)
{
    Py_ssize_t count = args == NULL ? 0 : Py_SIZE(args);
    if (!arguments_check(name, count, 0, 1))
        return -1;
    if (count == 1 && dict_update_argument(self, PyTuple_GET_ITEM(args, 0)) != 0)
        return -1;
    return keywords == NULL ? 0 : object_dict_merge(self, keywords, true);
}
