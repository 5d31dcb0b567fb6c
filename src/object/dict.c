/* dict.c: dictionaries: what the API asks of them, and the type.
 *
 * Owns: the above. Does not own: the table (table.c). A dict is known to the collector from the moment it holds what may be
 * part of a cycle. Read table.h first. */
#include "items.h"
#include "table.h"

PyObject *object_dict_new(void)
{
    PyObject *self = object_gc_new(&PyDict_Type);
    if (self != NULL) {
        TABLE_OWNER(self)->ma_used = 0;
        TABLE_OWNER(self)->ma_keys = &table_empty_dict.head;
    }
    return self;
}

static PyObject *dict_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords;
    if (type == &PyDict_Type)
        return object_dict_new();
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL)
        TABLE_OWNER(self)->ma_keys = &table_empty_dict.head;
    return self;
}

static bool is_dict(PyObject *self)
{
    if (self != NULL && PyDict_Check(self))
        return true;
    object_error_bad_call();
    return false;
}

void table_set_key_error(PyObject *key)
{
    PyObject *args = object_tuple_from_items(&key, 1); /* a key that is a tuple is not the arguments */
    if (args != NULL)
        object_error_set_object(PyExc_KeyError, args);
    Py_XDECREF(args);
}

/* Find a key in what must be a dict: 1 and its hash and entry, 0, -1. */
static int find(PyObject *self, PyObject *key, Py_hash_t *hash, Py_ssize_t *at)
{
    if (!is_dict(self))
        return -1;
    *hash = table_hash(key);
    return *hash == -1 ? -1 : table_find(self, key, *hash, at);
}

static PyObject **value_at(PyObject *self, Py_ssize_t at) { return &table_entry(table_of(self), at)[1]; }

static void track_for(PyObject *self, PyObject *op)
{
    if (object_is_gc(op) && (!PyTuple_CheckExact(op) || object_gc_is_tracked(op)) && !object_gc_is_tracked(self))
        object_gc_track(self);
}

/* Looking. ------------------------------------------------------------------------------------------------------------------- */

PyObject *object_dict_get_error(PyObject *self, PyObject *key)
{
    Py_hash_t hash;
    Py_ssize_t at;
    return find(self, key, &hash, &at) > 0 ? *value_at(self, at) : NULL;
}

/* An exception that was set stays, one that comes up is dropped. */
PyObject *object_dict_get(PyObject *self, PyObject *key)
{
    if (!PyDict_Check(self))
        return NULL;
    PyObject *before = object_error_take();
    PyObject *value = object_dict_get_error(self, key);
    object_error_restore(before);
    return value;
}

int object_dict_get_new(PyObject *self, PyObject *key, PyObject **result)
{
    Py_hash_t hash;
    Py_ssize_t at;
    int found = find(self, key, &hash, &at);
    *result = found > 0 ? Py_NewRef(*value_at(self, at)) : NULL;
    return found;
}

int object_dict_contains(PyObject *self, PyObject *key)
{
    Py_hash_t hash = table_hash(key);
    Py_ssize_t at;
    return hash == -1 ? -1 : table_find(self, key, hash, &at);
}

Py_ssize_t object_dict_size(PyObject *self) { return is_dict(self) ? TABLE_OWNER(self)->ma_used : -1; }

int object_dict_next(PyObject *self, Py_ssize_t *at, PyObject **key, PyObject **value)
{
    PyObject **entry = PyDict_Check(self) ? table_next(self, at) : NULL;
    if (entry == NULL)
        return 0;
    if (key != NULL)
        *key = entry[0];
    if (value != NULL)
        *value = entry[1];
    return 1;
}

/* Changing. ------------------------------------------------------------------------------------------------------------------ */

/* Put in a key that is not there. */
static int add(PyObject *self, PyObject *key, Py_hash_t hash, PyObject *value)
{
    if (table_add(self, key, hash, value) != 0)
        return -1;
    track_for(self, key);
    track_for(self, value);
    return 0;
}

int object_dict_set(PyObject *self, PyObject *key, PyObject *value)
{
    Py_hash_t hash;
    Py_ssize_t at;
    Py_INCREF(key); /* a comparison may let go of the last other reference */
    Py_INCREF(value);
    int found = find(self, key, &hash, &at);
    if (found > 0) {
        track_for(self, value);
        Py_SETREF(*value_at(self, at), Py_NewRef(value));
        found = 0;
    } else if (found == 0) {
        found = add(self, key, hash, value);
    }
    Py_DECREF(value);
    Py_DECREF(key);
    return found;
}

int object_dict_set_default(PyObject *self, PyObject *key, PyObject *value, PyObject **result)
{
    Py_hash_t hash;
    Py_ssize_t at;
    int found = find(self, key, &hash, &at);
    if (found == 0 && add(self, key, hash, value) != 0)
        found = -1;
    if (result != NULL)
        *result = found < 0 ? NULL : Py_NewRef(found > 0 ? *value_at(self, at) : value);
    return found;
}

int object_dict_pop(PyObject *self, PyObject *key, PyObject **result)
{
    Py_hash_t hash;
    Py_ssize_t at;
    PyObject *value = NULL;
    int found = is_dict(self) && TABLE_OWNER(self)->ma_used == 0 ? 0 : find(self, key, &hash, &at);
    if (found > 0) {
        PyObject *old_key = table_take(self, at, &value);
        Py_DECREF(old_key);
    }
    if (result != NULL)
        *result = value;
    else
        Py_XDECREF(value);
    return found;
}

int object_dict_delete(PyObject *self, PyObject *key)
{
    Py_hash_t hash;
    Py_ssize_t at;
    int found = find(self, key, &hash, &at);
    if (found == 0)
        table_set_key_error(key);
    if (found <= 0)
        return -1;
    PyObject *value, *old_key = table_take(self, at, &value);
    Py_DECREF(old_key);
    Py_DECREF(value);
    return 0;
}

void object_dict_clear(PyObject *self)
{
    if (PyDict_Check(self))
        table_clear(self);
}

PyObject *object_dict_copy(PyObject *self)
{
    if (!is_dict(self))
        return NULL;
    PyObject *copy = object_dict_new();
    if (copy != NULL && table_copy(copy, self) != 0)
        Py_CLEAR(copy);
    if (copy != NULL && object_gc_is_tracked(self))
        object_gc_track(copy);
    return copy;
}

/* Lists of the contents. ------------------------------------------------------------------------------------------------------- */

/* Making them may collect, and so run code that changes the dict: then again. */
static PyObject *list_of(PyObject *self, unsigned word)
{
    if (!is_dict(self))
        return NULL;
    Py_ssize_t count, at = 0;
    PyObject *list, **entry;
    do {
        count = TABLE_OWNER(self)->ma_used;
        list = object_list_new(count);
    } while (list != NULL && count != TABLE_OWNER(self)->ma_used && (Py_DECREF(list), true));
    for (Py_ssize_t i = 0; list != NULL && i < count && (entry = table_next(self, &at)) != NULL; i++)
        PyList_SET_ITEM(list, i, Py_NewRef(entry[word]));
    return list;
}

PyObject *object_dict_keys(PyObject *self) { return list_of(self, 0); }
PyObject *object_dict_values(PyObject *self) { return list_of(self, 1); }

/* A list of `count` tuples of two empty places. */
static PyObject *empty_pairs(Py_ssize_t count)
{
    PyObject *list = object_list_new(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *pair = object_tuple_new(2);
        if (pair == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, pair);
    }
    return list;
}

PyObject *object_dict_items(PyObject *self)
{
    if (!is_dict(self))
        return NULL;
    Py_ssize_t count, at = 0;
    PyObject *list, **entry;
    do {
        count = TABLE_OWNER(self)->ma_used;
        list = empty_pairs(count);
    } while (list != NULL && count != TABLE_OWNER(self)->ma_used && (Py_DECREF(list), true));
    for (Py_ssize_t i = 0; list != NULL && i < count && (entry = table_next(self, &at)) != NULL; i++) {
        PyTuple_SET_ITEM(PyList_GET_ITEM(list, i), 0, Py_NewRef(entry[0]));
        PyTuple_SET_ITEM(PyList_GET_ITEM(list, i), 1, Py_NewRef(entry[1]));
    }
    return list;
}

/* The type. ------------------------------------------------------------------------------------------------------------------- */

static void dict_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    table_clear(self);
    if (PYMM_LIKELY(PyDict_CheckExact(self)))
        object_gc_del(self);
    else
        Py_TYPE(self)->tp_free(self);
}

static int dict_tp_clear(PyObject *self)
{
    table_clear(self);
    return 0;
}

/* 1, 0, -1. */
static int dict_equals(PyObject *left, PyObject *right)
{
    Py_ssize_t at = 0;
    PyObject **entry;
    if (TABLE_OWNER(left)->ma_used != TABLE_OWNER(right)->ma_used)
        return 0;
    while ((entry = table_next(left, &at)) != NULL) {
        PyObject *key = Py_NewRef(entry[0]), *value = Py_NewRef(entry[1]), *other;
        int is_equal = object_dict_get_new(right, key, &other);
        if (is_equal > 0)
            is_equal = object_compare_bool(value, other, Py_EQ);
        Py_XDECREF(other);
        Py_DECREF(value);
        Py_DECREF(key);
        if (is_equal <= 0)
            return is_equal;
    }
    return 1;
}

static PyObject *dict_compare(PyObject *left, PyObject *right, int op)
{
    if (!PyDict_Check(left) || !PyDict_Check(right) || (op != Py_EQ && op != Py_NE))
        return Py_NewRef(Py_NotImplemented);
    int is_equal = dict_equals(left, right);
    return is_equal < 0 ? NULL : object_bool(is_equal == (op == Py_EQ));
}

static Py_ssize_t dict_length(PyObject *self) { return TABLE_OWNER(self)->ma_used; }

static PyObject *dict_subscript(PyObject *self, PyObject *key)
{
    PyObject *value, *missing;
    if (object_dict_get_new(self, key, &value) != 0)
        return value;
    if (!PyDict_CheckExact(self) && (missing = object_type_special_utf8(self, "__missing__")) != NULL) {
        value = object_vectorcall(missing, &key, 1, NULL);
        Py_DECREF(missing);
    } else if (PyDict_CheckExact(self) || object_error_occurred() == NULL) {
        table_set_key_error(key);
    }
    return value;
}

static int dict_set_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    return value != NULL ? object_dict_set(self, key, value) : object_dict_delete(self, key);
}

/* One pair; both may die by what their reprs do. */
static int pair_repr(object_text *text, PyObject *key, PyObject *value)
{
    Py_INCREF(key);
    Py_INCREF(value);
    int result = object_text_repr(text, key);
    object_text_ascii(text, ": ");
    if (result == 0)
        result = object_text_repr(text, value);
    Py_DECREF(key);
    Py_DECREF(value);
    return result;
}

static PyObject *dict_repr(PyObject *self)
{
    int result = object_repr_enter(self);
    if (result != 0)
        return result < 0 ? NULL : object_unicode_from_utf8("{...}");
    object_text text;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    object_text_open(&text);
    object_text_char(&text, '{');
    for (bool is_first = true; result == 0 && object_dict_next(self, &at, &key, &value) != 0; is_first = false) {
        object_text_ascii(&text, is_first ? "" : ", ");
        result = pair_repr(&text, key, value);
    }
    object_repr_leave(self);
    object_text_char(&text, '}');
    if (result == 0)
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

/* dict(), dict(mapping or pairs), dict(..., name=value) */
static int dict_init(PyObject *self, PyObject *args, PyObject *keywords) { return dict_update_from(self, "dict", args, keywords); }

static PyObject *dict_or(PyObject *left, PyObject *right)
{
    if (!PyDict_Check(left) || !PyDict_Check(right))
        return Py_NewRef(Py_NotImplemented);
    PyObject *made = object_dict_copy(left);
    if (made != NULL && object_dict_merge(made, right, true) != 0)
        Py_CLEAR(made);
    return made;
}

static PyObject *dict_inplace_or(PyObject *self, PyObject *other)
{
    return dict_update_argument(self, other) != 0 ? NULL : Py_NewRef(self);
}

static PyNumberMethods dict_as_number = {.nb_or = dict_or, .nb_inplace_or = dict_inplace_or};
static PySequenceMethods dict_as_sequence = {.sq_contains = object_dict_contains};
static PyMappingMethods dict_as_mapping = {
    .mp_length = dict_length,
    .mp_subscript = dict_subscript,
    .mp_ass_subscript = dict_set_subscript,
};

PyTypeObject PyDict_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "dict",
    .tp_basicsize = sizeof(PyDictObject),
    .tp_dealloc = dict_dealloc,
    .tp_repr = dict_repr,
    .tp_as_number = &dict_as_number,
    .tp_as_sequence = &dict_as_sequence,
    .tp_as_mapping = &dict_as_mapping,
    .tp_hash = object_hash_refuse,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_MAPPING,
    .tp_traverse = table_visit,
    .tp_clear = dict_tp_clear,
    .tp_richcompare = dict_compare,
    .tp_iter = object_dict_iter,
    .tp_methods = dict_methods,
    .tp_init = dict_init,
    .tp_new = dict_type_new,
    .tp_free = object_gc_del,
};
