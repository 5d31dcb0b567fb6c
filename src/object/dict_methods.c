/* dict_methods.c: the methods of dicts that no slot stands for.
 *
 * Owns: dict_methods. What they do is in dict.c, dict_merge.c and dict_view.c. Read table.h first. */
#include "arguments.h"
#include "sizeof.h"
#include "table.h"

static PyObject *dict_get(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    PyObject *value;
    if (!arguments_check("get", count, 1, 2))
        return NULL;
    int found = object_dict_get_new(self, args[0], &value);
    return found == 0 ? Py_NewRef(count == 2 ? args[1] : Py_None) : value;
}

static PyObject *dict_setdefault(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    PyObject *value;
    if (!arguments_check("setdefault", count, 1, 2))
        return NULL;
    object_dict_set_default(self, args[0], count == 2 ? args[1] : Py_None, &value);
    return value;
}

static PyObject *dict_pop(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    PyObject *value;
    if (!arguments_check("pop", count, 1, 2))
        return NULL;
    int found = object_dict_pop(self, args[0], &value);
    if (found == 0 && count == 2)
        return Py_NewRef(args[1]);
    if (found == 0)
        table_set_key_error(args[0]);
    return value;
}

static PyObject *dict_popitem(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *pair = object_tuple_new(2), *value;
    if (pair == NULL)
        return NULL;
    if (TABLE_OWNER(self)->ma_used == 0) {
        Py_DECREF(pair);
        return object_error_set(PyExc_KeyError, "popitem(): dictionary is empty");
    }
    PyTuple_SET_ITEM(pair, 0, table_take(self, table_last(self), &value));
    PyTuple_SET_ITEM(pair, 1, value);
    return pair;
}

static PyObject *dict_update(PyObject *self, PyObject *args, PyObject *keywords)
{
    return dict_update_from(self, "update", args, keywords) != 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *dict_clear(PyObject *self, PyObject *unused)
{
    (void)unused;
    table_clear(self);
    return Py_NewRef(Py_None);
}

static PyObject *dict_copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_dict_copy(self);
}

static PyObject *dict_keys(PyObject *self, PyObject *unused)
{
    (void)unused;
    return dict_view_new(&PyDictKeys_Type, self);
}

static PyObject *dict_values(PyObject *self, PyObject *unused)
{
    (void)unused;
    return dict_view_new(&PyDictValues_Type, self);
}

static PyObject *dict_items(PyObject *self, PyObject *unused)
{
    (void)unused;
    return dict_view_new(&PyDictItems_Type, self);
}

/* Of a type derived from dict: what calling it makes may be any object, and is filled as any mapping is. */
static PyObject *dict_fromkeys(PyObject *type, PyObject *const *args, Py_ssize_t count)
{
    if (!arguments_check("fromkeys", count, 1, 2))
        return NULL;
    PyObject *made = object_vectorcall(type, NULL, 0, NULL), *value = count == 2 ? args[1] : Py_None, *key = NULL;
    PyObject *iterator = made == NULL ? NULL : object_iter(args[0]);
    while (iterator != NULL && (key = object_iter_next(iterator)) != NULL) {
        int result = PyDict_CheckExact(made) ? object_dict_set(made, key, value) : object_item_set(made, key, value);
        Py_DECREF(key);
        if (result != 0)
            break;
    }
    Py_XDECREF(iterator);
    if (made != NULL && object_error_occurred() != NULL)
        Py_CLEAR(made);
    return made;
}

static PyObject *dict_reversed(PyObject *self, PyObject *unused)
{
    (void)unused;
    return dict_iter_new(&PyDictRevIterKey_Type, self);
}

PyMethodDef dict_methods[] = {
    METHOD_FAST("get", dict_get),
    METHOD_FAST("setdefault", dict_setdefault),
    METHOD_FAST("pop", dict_pop),
    METHOD_NONE("popitem", dict_popitem),
    {"update", _PyCFunction_CAST(dict_update), METH_VARARGS | METH_KEYWORDS, NULL},
    METHOD_NONE("clear", dict_clear),
    METHOD_NONE("copy", dict_copy),
    METHOD_NONE("keys", dict_keys),
    METHOD_NONE("values", dict_values),
    METHOD_NONE("items", dict_items),
    {"fromkeys", _PyCFunction_CAST(dict_fromkeys), METH_FASTCALL | METH_CLASS, NULL},
    METHOD_NONE("__reversed__", dict_reversed),
    METHOD_NONE("__sizeof__", sizeof_table),
    METHOD_BRACKETS,
    {NULL, NULL, 0, NULL},
};
