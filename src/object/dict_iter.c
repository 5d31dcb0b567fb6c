/* dict_iter.c: iterators over dicts, forwards and backwards.
 *
 * Owns: the above: three kinds of each, told apart by their types. Does not own: views (dict_view.c). Read table.h first. */
#include "arguments.h"
#include "table.h"

typedef struct dict_iterator {
    PyObject_HEAD
    PyObject *dict;                /* NULL once it has ended */
    Py_ssize_t at, expected, left; /* expected: size of the dict, -1 after an error; left: entries still to come */
    bool is_back;
} dict_iterator;

PyObject *dict_iter_new(PyTypeObject *type, PyObject *dict)
{
    dict_iterator *made = (dict_iterator *)object_gc_new(type);
    if (made == NULL)
        return NULL;
    made->dict = Py_NewRef(dict);
    made->is_back = type == &PyDictRevIterKey_Type || type == &PyDictRevIterValue_Type || type == &PyDictRevIterItem_Type;
    made->at = made->is_back ? table_of(dict)->used : 0;
    made->expected = made->left = TABLE_OWNER(dict)->ma_used;
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_XDECREF(((dict_iterator *)self)->dict);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((dict_iterator *)self)->dict);
    return 0;
}

static PyObject **iterator_step(dict_iterator *self)
{
    if (self->dict == NULL)
        return NULL;
    if (self->expected != TABLE_OWNER(self->dict)->ma_used) {
        self->expected = -1;
        object_error_set(PyExc_RuntimeError, "dictionary changed size during iteration");
        return NULL;
    }
    PyObject **entry = (self->is_back ? table_previous : table_next)(self->dict, &self->at);
    if (entry != NULL && self->left-- > 0)
        return entry;
    if (entry != NULL)
        object_error_set(PyExc_RuntimeError, "dictionary keys changed during iteration");
    Py_CLEAR(self->dict);
    return NULL;
}

static PyObject *key_next(PyObject *self)
{
    PyObject **entry = iterator_step((dict_iterator *)self);
    return entry == NULL ? NULL : Py_NewRef(entry[0]);
}

static PyObject *value_next(PyObject *self)
{
    PyObject **entry = iterator_step((dict_iterator *)self);
    return entry == NULL ? NULL : Py_NewRef(entry[1]);
}

static PyObject *item_next(PyObject *self)
{
    PyObject **entry = iterator_step((dict_iterator *)self);
    if (entry == NULL)
        return NULL;
    PyObject *key = Py_NewRef(entry[0]), *value = Py_NewRef(entry[1]), *pair = object_tuple_new(2);
    if (pair != NULL) {
        PyTuple_SET_ITEM(pair, 0, key);
        PyTuple_SET_ITEM(pair, 1, value);
        return pair;
    }
    Py_DECREF(key);
    Py_DECREF(value);
    return NULL;
}

static PyObject *iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const dict_iterator *self = (dict_iterator *)op;
    return object_int_from_int64(self->dict == NULL || self->expected != TABLE_OWNER(self->dict)->ma_used ? 0 : self->left);
}

static PyMethodDef iterator_methods[] = {METHOD_NONE("__length_hint__", iterator_hint), {NULL, NULL, 0, NULL}};

#define ITERATOR_TYPE(name, next)                                                                                                    \
    {                                                                                                                                \
        PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = name, .tp_basicsize = sizeof(dict_iterator),                                 \
        .tp_dealloc = iterator_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                                          \
        .tp_traverse = iterator_traverse, .tp_iter = object_self, .tp_iternext = next, .tp_methods = iterator_methods                 \
    }

PyTypeObject PyDictIterKey_Type = ITERATOR_TYPE("dict_keyiterator", key_next);
PyTypeObject PyDictIterValue_Type = ITERATOR_TYPE("dict_valueiterator", value_next);
PyTypeObject PyDictIterItem_Type = ITERATOR_TYPE("dict_itemiterator", item_next);
PyTypeObject PyDictRevIterKey_Type = ITERATOR_TYPE("dict_reversekeyiterator", key_next);
PyTypeObject PyDictRevIterValue_Type = ITERATOR_TYPE("dict_reversevalueiterator", value_next);
PyTypeObject PyDictRevIterItem_Type = ITERATOR_TYPE("dict_reverseitemiterator", item_next);

PyObject *object_dict_iter(PyObject *self) { return dict_iter_new(&PyDictIterKey_Type, self); }

