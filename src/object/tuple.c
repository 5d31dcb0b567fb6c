/* tuple.c: tuples.
 *
 * Owns: making, slices, hashes, the type. Does not own: comparison and iterators (items.c). Items lie behind the head;
 * there is one empty tuple, which never dies. Read first: include/python/tupleobject.h. */
#include "arguments.h"
#include "items.h"
#include "slice.h"
#include "track_state.h"

static PyTupleObject empty_tuple = {PyVarObject_HEAD_INIT(&PyTuple_Type, 0) {NULL}};

#define ITEMS(op) (((PyTupleObject *)(op))->ob_item)

static PyObject *tuple_empty(void) { return (PyObject *)&empty_tuple; }

/* A tuple without items, which is not tracked yet; NULL: MemoryError. */
PYMM_INLINE PyObject *take(Py_ssize_t count, size_t *place)
{
    if (PYMM_UNLIKELY(count > (PY_SSIZE_T_MAX - (Py_ssize_t)offsetof(PyTupleObject, ob_item)) / (Py_ssize_t)sizeof(PyObject *)))
        return object_error_no_memory(), NULL;
    PyObject *self = track_take(offsetof(PyTupleObject, ob_item) + (size_t)count * sizeof(PyObject *), place);
    if (PYMM_UNLIKELY(!self))
        return object_error_no_memory(), NULL;
    object_head_init_static(self, &PyTuple_Type);
    Py_SET_SIZE(self, count);
    return self;
}

PyObject *object_tuple_new(Py_ssize_t count)
{
    if (count == 0)
        return tuple_empty();
    if (count < 0)
        return object_error_bad_call();
    size_t place;
    PyObject *self = take(count, &place);
    if (PYMM_UNLIKELY(!self))
        return NULL;
    object_items_clear(ITEMS(self), (size_t)count);
    track_new(self, place);
    return self;
}

PyObject *object_tuple_from_items(PyObject *const *items, Py_ssize_t count)
{
    if (count == 0)
        return tuple_empty();
    size_t place;
    PyObject *self = take(count, &place);
    if (!self)
        return NULL;
    for (Py_ssize_t i = 0; i < count; i++)
        ITEMS(self)[i] = Py_NewRef(items[i]);
    track_new(self, place);
    return self;
}

/* `items`: that many borrowed references. */
PyObject *object_tuple_pack(Py_ssize_t count, va_list *items)
{
    PyObject *self = object_tuple_new(count);
    for (Py_ssize_t i = 0; self && i < count; i++)
        ITEMS(self)[i] = Py_NewRef(va_arg(*items, PyObject *));
    return self;
}

Py_ssize_t object_tuple_size(PyObject *self)
{
    if (PyTuple_Check(self))
        return Py_SIZE(self);
    object_error_bad_call();
    return -1;
}

PyObject *object_tuple_get(PyObject *self, Py_ssize_t index)
{
    if (!PyTuple_Check(self))
        return object_error_bad_call();
    if (index < 0 || index >= Py_SIZE(self))
        return object_error_set(PyExc_IndexError, "tuple index out of range");
    return ITEMS(self)[index];
}

int object_tuple_set(PyObject *self, Py_ssize_t index, PyObject *item)
{
    if (!PyTuple_Check(self) || Py_REFCNT(self) != 1) {
        Py_XDECREF(item);
        object_error_bad_call();
        return -1;
    }
    if (index < 0 || index >= Py_SIZE(self)) {
        Py_XDECREF(item);
        object_error_set(PyExc_IndexError, "tuple assignment index out of range");
        return -1;
    }
    Py_XSETREF(ITEMS(self)[index], item);
    return 0;
}

PyObject *object_tuple_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    if (!self || !PyTuple_Check(self))
        return object_error_bad_call();
    Py_ssize_t count = Py_SIZE(self);
    low = low < 0 ? 0 : low;
    high = high > count ? count : high < low ? low : high;
    if (low == 0 && high == count && PyTuple_CheckExact(self))
        return Py_NewRef(self);
    return object_tuple_from_items(ITEMS(self) + low, high > low ? high - low : 0);
}

int object_tuple_resize(PyObject **tuple, Py_ssize_t count)
{
    PyObject *self = *tuple;
    if (!self || !PyTuple_CheckExact(self) || count < 0 || (Py_SIZE(self) != 0 && Py_REFCNT(self) != 1)) {
        *tuple = NULL;
        Py_XDECREF(self);
        object_error_bad_call();
        return -1;
    }
    Py_ssize_t had = Py_SIZE(self);
    if (had == count)
        return 0;
    if (had == 0 || count == 0) {
        *tuple = object_tuple_new(count);
        Py_DECREF(self);
        return *tuple ? 0 : -1;
    }
    bool was_tracked = object_gc_is_tracked(self);
    if (was_tracked)
        object_gc_untrack(self);
    for (Py_ssize_t i = count; i < had; i++)
        Py_CLEAR(ITEMS(self)[i]);
    PyObject *other = (PyObject *)object_gc_resize((PyVarObject *)self, count);
    *tuple = other;
    if (!other) {
        Py_SET_SIZE(self, had < count ? had : count);
        Py_DECREF(self);
        return -1;
    }
    for (Py_ssize_t i = had; i < count; i++)
        ITEMS(other)[i] = NULL;
    if (was_tracked)
        object_gc_track(other);
    return 0;
}

static void tuple_dealloc(PyObject *self)
{
    if (PYMM_UNLIKELY(self == (PyObject *)&empty_tuple))
        return;
    object_gc_untrack(self);
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_XDECREF(ITEMS(self)[i]);
    if (PYMM_LIKELY(PyTuple_CheckExact(self)))
        track_free(self);
    else
        Py_TYPE(self)->tp_free(self);
}

static int tuple_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_VISIT(ITEMS(self)[i]);
    return 0;
}

/* (), (1,), (1, 2) */
static PyObject *tuple_repr(PyObject *self)
{
    return items_repr(self, '(', Py_SIZE(self) == 1 ? ",)" : ")");
}

/* Order matters and (a, (b, c)) is to differ from ((a, b), c): each hash goes through a multiplication of its own. */
static Py_hash_t tuple_hash(PyObject *self)
{
    Py_uhash_t sum = UINT64_C(0x2545f4914f6cdd1d) ^ (Py_uhash_t)Py_SIZE(self);
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        Py_hash_t hash = object_hash(ITEMS(self)[i]);
        if (hash == -1)
            return -1;
        sum = (sum ^ (Py_uhash_t)hash) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 29;
    }
    return sum == (Py_uhash_t)-1 ? -2 : (Py_hash_t)sum;
}

static PyObject *tuple_compare(PyObject *left, PyObject *right, int op)
{
    if (!PyTuple_Check(left) || !PyTuple_Check(right))
        return Py_NewRef(Py_NotImplemented);
    return items_compare(left, right, op);
}

static Py_ssize_t tuple_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *tuple_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= Py_SIZE(self))
        return object_error_set(PyExc_IndexError, "tuple index out of range");
    return Py_NewRef(ITEMS(self)[index]);
}

static PyObject *tuple_concat(PyObject *left, PyObject *right)
{
    if (!PyTuple_Check(right))
        return object_error_format(PyExc_TypeError, "can only concatenate tuple (not \"%.200s\") to tuple",
                                   Py_TYPE(right)->tp_name);
    if (Py_SIZE(left) == 0 && PyTuple_CheckExact(right))
        return Py_NewRef(right);
    if (Py_SIZE(right) == 0 && PyTuple_CheckExact(left))
        return Py_NewRef(left);
    if (Py_SIZE(left) > PY_SSIZE_T_MAX - Py_SIZE(right))
        return object_error_no_memory();
    PyObject *self = object_tuple_new(Py_SIZE(left) + Py_SIZE(right));
    if (!self)
        return NULL;
    for (Py_ssize_t i = 0; i < Py_SIZE(left); i++)
        ITEMS(self)[i] = Py_NewRef(ITEMS(left)[i]);
    for (Py_ssize_t i = 0; i < Py_SIZE(right); i++)
        ITEMS(self)[Py_SIZE(left) + i] = Py_NewRef(ITEMS(right)[i]);
    return self;
}

static PyObject *tuple_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t count = Py_SIZE(self);
    if ((count == 0 || times == 1) && PyTuple_CheckExact(self))
        return Py_NewRef(self);
    if (count == 0 || times <= 0)
        return tuple_empty();
    if (count > PY_SSIZE_T_MAX / times)
        return object_error_no_memory();
    PyObject *made = object_tuple_new(count * times);
    for (Py_ssize_t i = 0; made && i < count * times; i++)
        ITEMS(made)[i] = Py_NewRef(ITEMS(self)[i % count]);
    return made;
}

/* The items gather in a tuple that grows by half, with its places beyond `count` empty. */
PyObject *object_tuple_from_iterable(PyObject *iterable)
{
    if (PyTuple_CheckExact(iterable))
        return Py_NewRef(iterable);
    PyObject *iterator = object_iter(iterable), *item;
    if (iterator == NULL)
        return NULL;
    PyObject *self = object_tuple_new(8);
    Py_ssize_t count = 0;
    while (self != NULL && (item = object_iter_next(iterator)) != NULL) {
        if (count == Py_SIZE(self) && object_tuple_resize(&self, count + count / 2) < 0)
            Py_DECREF(item);
        else
            ITEMS(self)[count++] = item;
    }
    if (self != NULL && object_error_occurred() != NULL)
        Py_CLEAR(self);
    Py_DECREF(iterator);
    if (self != NULL)
        object_tuple_resize(&self, count);
    return self;
}

/* tuple(), tuple(iterable) */
static PyObject *tuple_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    if (type == &PyTuple_Type && keywords != NULL && object_dict_size(keywords) > 0)
        return object_error_set(PyExc_TypeError, "tuple() takes no keyword arguments");
    Py_ssize_t count = args == NULL ? 0 : Py_SIZE(args);
    if (count > 1)
        return object_error_format(PyExc_TypeError, "tuple expected at most 1 argument, got %zd", count);
    PyObject *items = count == 0 ? tuple_empty() : object_tuple_from_iterable(ITEMS(args)[0]);
    if (items == NULL || type == &PyTuple_Type)
        return items;
    PyObject *self = type->tp_alloc(type, Py_SIZE(items));
    for (Py_ssize_t i = 0; self && i < Py_SIZE(items); i++)
        ITEMS(self)[i] = Py_NewRef(ITEMS(items)[i]);
    Py_DECREF(items);
    return self;
}

static PyObject *tuple_iter(PyObject *self) { return items_iter(&PyTupleIter_Type, self); }

static PySequenceMethods tuple_as_sequence = {
    .sq_length = tuple_length,
    .sq_concat = tuple_concat,
    .sq_repeat = tuple_repeat,
    .sq_item = tuple_item,
    .sq_contains = items_contain,
};

static PyObject *tuple_subscript(PyObject *self, PyObject *key)
{
    slice_key at;
    if (!slice_key_read(key, "tuple", &at))
        return NULL;
    Py_ssize_t count = slice_key_cut(&at, Py_SIZE(self));
    if (!at.is_slice)
        return tuple_item(self, at.start);
    if (at.step == 1)
        return object_tuple_slice(self, at.start, at.start + count);
    PyObject *made = object_tuple_new(count);
    for (Py_ssize_t i = 0; made && i < count; i++, at.start += at.step)
        ITEMS(made)[i] = Py_NewRef(ITEMS(self)[at.start]);
    return made;
}

static PyMappingMethods tuple_as_mapping = {.mp_length = tuple_length, .mp_subscript = tuple_subscript};

static PyObject *tuple_index(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t index = items_index(self, args, count);
    if (index == -2)
        object_error_set(PyExc_ValueError, "tuple.index(x): x not in tuple");
    return index < 0 ? NULL : object_int_from_int64(index);
}

static PyMethodDef tuple_methods[] = {METHOD_FAST("index", tuple_index), METHOD_ONE("count", items_count), METHOD_BRACKETS, {NULL, NULL, 0, NULL}};

PyTypeObject PyTuple_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "tuple",
    .tp_basicsize = sizeof(PyTupleObject) - sizeof(PyObject *),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = tuple_dealloc,
    .tp_repr = tuple_repr,
    .tp_as_sequence = &tuple_as_sequence,
    .tp_as_mapping = &tuple_as_mapping,
    .tp_hash = tuple_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS |
                Py_TPFLAGS_SEQUENCE,
    .tp_traverse = tuple_traverse,
    .tp_richcompare = tuple_compare,
    .tp_iter = tuple_iter,
    .tp_methods = tuple_methods,
    .tp_new = tuple_type_new,
    .tp_free = object_gc_del,
};
