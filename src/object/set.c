/* set.c: sets and frozensets: items in and out, iteration, hash, the types.
 *
 * Owns: the above. Does not own: the table (table.c), comparison and the operators (set_ops.c). Read set.h first. */
#include "set.h"

#include "arguments.h"
#include "items.h"

bool set_is_kind(PyObject *op, PyTypeObject *type) { return Py_IS_TYPE(op, type) || object_type_is_subtype(Py_TYPE(op), type); }
bool set_is_any(PyObject *op) { return set_is_kind(op, &PySet_Type) || set_is_kind(op, &PyFrozenSet_Type); }
PyTypeObject *set_base_type(PyObject *self) { return set_is_kind(self, &PySet_Type) ? &PySet_Type : &PyFrozenSet_Type; }

static bool check(bool is_right, PyObject *self)
{
    (void)self;
    if (!is_right)
        object_error_bad_call();
    return is_right;
}

/* Items. ------------------------------------------------------------------------------------------------------------------------ */

int set_has(PyObject *self, PyObject *item, Py_hash_t hash)
{
    Py_ssize_t at;
    return table_find(self, item, hash, &at);
}

int set_put(PyObject *self, PyObject *item, Py_hash_t hash)
{
    Py_INCREF(item); /* a comparison may let go of the last other reference */
    int found = set_has(self, item, hash);
    if (found == 0)
        found = table_add(self, item, hash, NULL);
    Py_DECREF(item);
    return found < 0 ? -1 : 0;
}

PyObject *set_next(PyObject *self, Py_ssize_t *at, Py_hash_t *hash)
{
    PyObject **entry = table_next(self, at);
    if (entry == NULL)
        return NULL;
    *hash = table_entry_hash(table_of(self), entry);
    return Py_NewRef(entry[0]);
}

static int put_hashed(PyObject *self, PyObject *item)
{
    Py_hash_t hash = table_hash(item);
    return hash == -1 ? -1 : set_put(self, item, hash);
}

/* The items of another set or the keys of a dict, of which the hashes are known. */
static int update_from_table(PyObject *self, PyObject *other)
{
    Py_ssize_t at = 0;
    Py_hash_t hash;
    PyObject *item;
    int result = 0;
    while (result == 0 && (item = set_next(other, &at, &hash)) != NULL) {
        result = set_put(self, item, hash);
        Py_DECREF(item);
    }
    return result;
}

int set_update(PyObject *self, PyObject *iterable)
{
    if (set_is_any(iterable) && SET_COUNT(self) == 0 && table_of(self) == &table_empty_set.head)
        return table_copy(self, iterable);
    if (set_is_any(iterable) || PyDict_CheckExact(iterable))
        return update_from_table(self, iterable);
    PyObject *iterator = object_iter(iterable), *item;
    if (iterator == NULL)
        return -1;
    int result = 0;
    while (result == 0 && (item = object_iter_next(iterator)) != NULL) {
        result = put_hashed(self, item);
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    return object_error_occurred() != NULL ? -1 : result;
}

PyObject *set_make(PyTypeObject *type, PyObject *iterable)
{
    PyObject *self;
    if (type == &PySet_Type || type == &PyFrozenSet_Type) {
        self = object_gc_new(type);
        if (self == NULL)
            return NULL;
        SET(self)->weakreflist = NULL;
        SET_COUNT(self) = 0;
    } else if ((self = type->tp_alloc(type, 0)) == NULL) {
        return NULL;
    }
    TABLE_OWNER(self)->ma_keys = &table_empty_set.head;
    SET(self)->hash = -1;
    if (type == &PySet_Type || type == &PyFrozenSet_Type)
        object_gc_track(self);
    if (iterable != NULL && set_update(self, iterable) != 0)
        Py_CLEAR(self);
    return self;
}

PyObject *object_set_new(PyObject *iterable) { return set_make(&PySet_Type, iterable); }
PyObject *object_frozenset_new(PyObject *iterable) { return set_make(&PyFrozenSet_Type, iterable); }

Py_ssize_t object_set_size(PyObject *self) { return check(set_is_any(self), self) ? SET_COUNT(self) : -1; }

int object_set_contains(PyObject *self, PyObject *item)
{
    Py_hash_t hash = check(set_is_any(self), self) ? table_hash(item) : -1;
    return hash == -1 ? -1 : set_has(self, item, hash);
}

int object_set_add(PyObject *self, PyObject *item)
{
    bool is_right = set_is_kind(self, &PySet_Type) || (set_is_kind(self, &PyFrozenSet_Type) && Py_REFCNT(self) == 1);
    return check(is_right, self) ? put_hashed(self, item) : -1;
}

int object_set_discard(PyObject *self, PyObject *item)
{
    Py_ssize_t at;
    Py_hash_t hash = check(set_is_kind(self, &PySet_Type), self) ? table_hash(item) : -1;
    int found = hash == -1 ? -1 : table_find(self, item, hash, &at);
    if (found > 0) {
        PyObject *old = table_take(self, at, NULL);
        Py_DECREF(old);
    }
    return found;
}

/* The one that was put in last: found at once, and no gaps are left. */
PyObject *object_set_pop(PyObject *self)
{
    if (!check(set_is_kind(self, &PySet_Type), self))
        return NULL;
    if (SET_COUNT(self) == 0)
        return object_error_set(PyExc_KeyError, "pop from an empty set");
    return table_take(self, table_last(self), NULL);
}

int object_set_clear(PyObject *self)
{
    if (!check(set_is_kind(self, &PySet_Type), self))
        return -1;
    table_clear(self);
    return 0;
}

/* Iterators. --------------------------------------------------------------------------------------------------------------------- */

typedef struct set_iterator {
    PyObject_HEAD
    PyObject *set;           /* NULL once it has ended */
    Py_ssize_t at, expected, left; /* expected: its size; -1 after an error; left: items still to come */
} set_iterator;

static PyObject *set_iter(PyObject *self)
{
    set_iterator *made = (set_iterator *)object_gc_new(&PySetIter_Type);
    if (made == NULL)
        return NULL;
    made->set = Py_NewRef(self);
    made->at = 0;
    made->expected = made->left = SET_COUNT(self);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_XDECREF(((set_iterator *)self)->set);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((set_iterator *)self)->set);
    return 0;
}

static PyObject *iterator_next(PyObject *op)
{
    set_iterator *self = (set_iterator *)op;
    Py_hash_t hash;
    if (self->set == NULL)
        return NULL;
    if (self->expected != SET_COUNT(self->set)) {
        self->expected = -1;
        return object_error_set(PyExc_RuntimeError, "Set changed size during iteration");
    }
    PyObject *item = set_next(self->set, &self->at, &hash);
    if (item == NULL)
        Py_CLEAR(self->set);
    self->left -= item != NULL;
    return item;
}

static PyObject *iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const set_iterator *self = (set_iterator *)op;
    return object_int_from_int64(self->set == NULL || self->expected != SET_COUNT(self->set) ? 0 : self->left);
}

static PyMethodDef iterator_methods[] = {METHOD_NONE("__length_hint__", iterator_hint), {NULL, NULL, 0, NULL}};

PyTypeObject PySetIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "set_iterator",
    .tp_basicsize = sizeof(set_iterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = object_self,
    .tp_iternext = iterator_next,
    .tp_methods = iterator_methods,
};

/* The types. ----------------------------------------------------------------------------------------------------------------------- */

static void set_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    if (SET(self)->weakreflist != NULL)
        object_weak_end(self, true);
    table_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static int set_tp_clear(PyObject *self)
{
    table_clear(self);
    return 0;
}

static Py_ssize_t set_length(PyObject *self) { return SET_COUNT(self); }

/* `item in self`: a set stands for the frozenset that is equal to it. */
static int set_contains(PyObject *self, PyObject *item)
{
    Py_hash_t hash = table_hash(item);
    if (hash != -1)
        return set_has(self, item, hash);
    if (!set_is_kind(item, &PySet_Type) || !object_error_is(PyExc_TypeError))
        return -1;
    object_error_clear();
    PyObject *frozen = object_frozenset_new(item);
    int result = frozen == NULL ? -1 : object_set_contains(self, frozen);
    Py_XDECREF(frozen);
    return result;
}

/* Equal sets have equal hashes, in whatever order their items came. */
static Py_hash_t frozenset_hash(PyObject *self)
{
    Py_ssize_t at = 0;
    PyObject **entry;
    if (SET(self)->hash != -1)
        return SET(self)->hash;
    Py_uhash_t sum = (Py_uhash_t)SET_COUNT(self) * UINT64_C(0xd6e8feb86659fd93);
    while ((entry = table_next(self, &at)) != NULL) {
        Py_uhash_t hash = (Py_uhash_t)table_entry_hash(table_of(self), entry);
        hash = (hash ^ hash >> 31 ^ UINT64_C(0x2545f4914f6cdd1d)) * UINT64_C(0x9e3779b97f4a7c15);
        sum += hash ^ hash >> 29;
    }
    SET(self)->hash = sum == (Py_uhash_t)-1 ? -2 : (Py_hash_t)sum;
    return SET(self)->hash;
}

/* set(), set(iterable); the same for frozenset. False: TypeError. */
static bool only_argument(PyTypeObject *type, PyTypeObject *exact, PyObject *args, PyObject *keywords, PyObject **iterable)
{
    Py_ssize_t count = args == NULL ? 0 : Py_SIZE(args);
    *iterable = count == 1 ? PyTuple_GET_ITEM(args, 0) : NULL;
    if (type != exact || keywords == NULL || object_dict_size(keywords) == 0)
        return arguments_check(exact->tp_name, count, 0, 1);
    object_error_format(PyExc_TypeError, "%s() takes no keyword arguments", exact->tp_name);
    return false;
}

static PyObject *set_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords;
    return set_make(type, NULL);
}

static int set_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    PyObject *iterable;
    if (!only_argument(Py_TYPE(self), &PySet_Type, args, keywords, &iterable))
        return -1;
    table_clear(self);
    SET(self)->hash = -1;
    return iterable == NULL ? 0 : set_update(self, iterable);
}

static PyObject *frozenset_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *iterable;
    if (!only_argument(type, &PyFrozenSet_Type, args, keywords, &iterable))
        return NULL;
    if (type == &PyFrozenSet_Type && iterable != NULL && PyFrozenSet_CheckExact(iterable))
        return Py_NewRef(iterable);
    return set_make(type, iterable);
}

static PySequenceMethods set_as_sequence = {.sq_length = set_length, .sq_contains = set_contains};

#define SET_SLOTS                                                                                                                  \
    .tp_basicsize = sizeof(PySetObject), .tp_dealloc = set_dealloc, .tp_repr = set_repr, .tp_as_sequence = &set_as_sequence,                                 \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_traverse = table_visit,                              \
    .tp_clear = set_tp_clear, .tp_richcompare = set_compare, .tp_iter = set_iter, .tp_free = object_gc_del,                             \
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist)

PyTypeObject PySet_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "set",
    SET_SLOTS,
    .tp_as_number = &set_as_number,
    .tp_methods = set_methods,
    .tp_hash = object_hash_refuse,
    .tp_new = set_new,
    .tp_init = set_init,
};

PyTypeObject PyFrozenSet_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "frozenset",
    SET_SLOTS,
    .tp_as_number = &frozenset_as_number,
    .tp_methods = frozenset_methods,
    .tp_hash = frozenset_hash,
    .tp_new = frozenset_new,
};
