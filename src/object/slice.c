/* slice.c: slices, and Ellipsis; what is between brackets made into numbers.
 *
 * Owns: the above. Read slice.h first. */
#include "arguments.h"
#include "slice.h"

#define SLICE(op) ((PySliceObject *)(op))

PyObject *object_slice_new(PyObject *start, PyObject *stop, PyObject *step)
{
    PyObject *self = object_gc_new(&PySlice_Type);
    if (self == NULL)
        return NULL;
    SLICE(self)->start = Py_NewRef(start != NULL ? start : Py_None);
    SLICE(self)->stop = Py_NewRef(stop != NULL ? stop : Py_None);
    SLICE(self)->step = Py_NewRef(step != NULL ? step : Py_None);
    object_gc_track(self);
    return self;
}

/* What does not fit is the nearest number that does. */
static bool limit_read(PyObject *limit, Py_ssize_t *value)
{
    int overflow;
    if (limit == Py_None)
        return true;
    if (!slice_is_index(limit)) {
        object_error_set(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return false;
    }
    *value = (Py_ssize_t)object_int_as_clamped(limit, PY_SSIZE_T_MIN, PY_SSIZE_T_MAX, &overflow);
    if (overflow != 0)
        *value = overflow > 0 ? PY_SSIZE_T_MAX : PY_SSIZE_T_MIN;
    return overflow != 0 || *value != -1 || object_error_occurred() == NULL;
}

int object_slice_unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    *step = 1;
    if (!limit_read(SLICE(slice)->step, step))
        return -1;
    if (*step == 0)
        return object_error_set(PyExc_ValueError, "slice step cannot be zero"), -1;
    *step = *step < -PY_SSIZE_T_MAX ? -PY_SSIZE_T_MAX : *step; /* -step is a number as well */
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    return limit_read(SLICE(slice)->start, start) && limit_read(SLICE(slice)->stop, stop) ? 0 : -1;
}

static Py_ssize_t limit_cut(Py_ssize_t limit, Py_ssize_t length, bool is_backward)
{
    if (limit < 0 && (limit += length) < 0)
        return is_backward ? -1 : 0;
    return limit >= length ? (is_backward ? length - 1 : length) : limit;
}

Py_ssize_t object_slice_adjust(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    *start = limit_cut(*start, length, step < 0);
    *stop = limit_cut(*stop, length, step < 0);
    if (step < 0)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

/* Keys. -------------------------------------------------------------------------------------------------------------------------- */

bool slice_index(PyObject *key, Py_ssize_t *index)
{
    int overflow;
    *index = (Py_ssize_t)object_int_as_clamped(key, PY_SSIZE_T_MIN, PY_SSIZE_T_MAX, &overflow);
    if (overflow != 0)
        object_error_format(PyExc_IndexError, "cannot fit '%.200s' into an index-sized integer", Py_TYPE(key)->tp_name);
    return overflow == 0 && (*index != -1 || object_error_occurred() == NULL);
}

bool slice_key_read(PyObject *key, const char *what, slice_key *read)
{
    read->is_slice = PySlice_Check(key);
    if (read->is_slice)
        return object_slice_unpack(key, &read->start, &read->stop, &read->step) == 0;
    if (slice_is_index(key))
        return slice_index(key, &read->start);
    object_error_format(PyExc_TypeError, "%s indices must be integers or slices, not %.200s", what, Py_TYPE(key)->tp_name);
    return false;
}

Py_ssize_t slice_key_cut(slice_key *key, Py_ssize_t length)
{
    if (key->is_slice)
        return object_slice_adjust(length, &key->start, &key->stop, key->step);
    key->start += key->start < 0 ? length : 0;
    return 1;
}

/* The types. ------------------------------------------------------------------------------------------------------------------------ */

static void slice_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_DECREF(SLICE(self)->start);
    Py_DECREF(SLICE(self)->stop);
    Py_DECREF(SLICE(self)->step);
    object_gc_del(self);
}

static int slice_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(SLICE(self)->start);
    Py_VISIT(SLICE(self)->stop);
    Py_VISIT(SLICE(self)->step);
    return 0;
}

static PyObject *parts_of(PyObject *self) { return object_tuple_from_items(&SLICE(self)->start, 3); }

static PyObject *slice_repr(PyObject *self)
{
    return object_unicode_from_format("slice(%R, %R, %R)", SLICE(self)->start, SLICE(self)->stop, SLICE(self)->step);
}

/* As the tuples of the three. */
static PyObject *slice_compare(PyObject *left, PyObject *right, int op)
{
    if (!PySlice_Check(left) || !PySlice_Check(right))
        return Py_NewRef(Py_NotImplemented);
    PyObject *a = parts_of(left), *b = a == NULL ? NULL : parts_of(right);
    PyObject *result = b == NULL ? NULL : object_compare(a, b, op);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static Py_hash_t slice_hash(PyObject *self)
{
    PyObject *parts = parts_of(self);
    Py_hash_t hash = parts == NULL ? -1 : object_hash(parts);
    Py_XDECREF(parts);
    return hash;
}

/* slice(stop), slice(start, stop), slice(start, stop, step) */
static PyObject *slice_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)type;
    Py_ssize_t count = Py_SIZE(args);
    if (keywords != NULL && object_dict_size(keywords) > 0)
        return object_error_set(PyExc_TypeError, "slice() takes no keyword arguments");
    if (count < 1)
        return object_error_format(PyExc_TypeError, "slice expected at least 1 argument, got %zd", count);
    if (count > 3)
        return object_error_format(PyExc_TypeError, "slice expected at most 3 arguments, got %zd", count);
    PyObject **items = ((PyTupleObject *)args)->ob_item;
    return count == 1 ? object_slice_new(NULL, items[0], NULL) : object_slice_new(items[0], items[1], count == 3 ? items[2] : NULL);
}

/* One of the three as an int, a new reference; None: `otherwise`. */
static PyObject *limit_int(PyObject *limit, PyObject *otherwise)
{
    if (limit == Py_None)
        return Py_NewRef(otherwise);
    return slice_is_index(limit) ? object_number_index(limit)
                                 : object_error_set(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
}

/* A limit counted from the end if it is below 0, and brought between `low` and `high`. Takes the reference. */
static PyObject *limit_between(PyObject *limit, PyObject *length, PyObject *low, PyObject *high)
{
    PyObject *zero = limit == NULL ? NULL : object_int_from_int64(0);
    int is_below = zero == NULL ? -1 : object_compare_bool(limit, zero, Py_LT);
    if (is_below > 0)
        Py_SETREF(limit, object_operate(limit, length, OBJECT_ADD));
    if (limit != NULL && is_below >= 0 && object_compare_bool(limit, low, Py_LT) > 0)
        Py_SETREF(limit, Py_NewRef(low));
    else if (limit != NULL && is_below >= 0 && object_compare_bool(limit, high, Py_GT) > 0)
        Py_SETREF(limit, Py_NewRef(high));
    if (is_below < 0)
        Py_CLEAR(limit);
    Py_XDECREF(zero);
    return limit;
}

/* (start, stop, step) for so many items, in numbers of any size. */
static PyObject *indices_of(PyObject *self, PyObject *length, PyObject *step, bool is_back)
{
    PyObject *low = object_int_from_int64(is_back ? -1 : 0), *one = low == NULL ? NULL : object_int_from_int64(1);
    PyObject *high = one == NULL ? NULL : is_back ? object_operate(length, one, OBJECT_SUBTRACT) : Py_NewRef(length), *start = NULL, *stop = NULL;
    if (high != NULL) {
        start = SLICE(self)->start == Py_None ? Py_NewRef(is_back ? high : low)
                                              : limit_between(limit_int(SLICE(self)->start, low), length, low, high);
        if (start != NULL)
            stop = SLICE(self)->stop == Py_None ? Py_NewRef(is_back ? low : high)
                                                : limit_between(limit_int(SLICE(self)->stop, high), length, low, high);
    }
    PyObject *made = stop == NULL ? NULL : object_tuple_from_items((PyObject *[]){start, stop, step}, 3);
    Py_XDECREF(low);
    Py_XDECREF(one);
    Py_XDECREF(high);
    Py_XDECREF(start);
    Py_XDECREF(stop);
    return made;
}

static PyObject *slice_indices(PyObject *self, PyObject *length_given)
{
    PyObject *length = object_number_index(length_given), *zero = length == NULL ? NULL : object_int_from_int64(0);
    PyObject *one = zero == NULL ? NULL : object_int_from_int64(1), *step = NULL, *made = NULL;
    if (one != NULL && object_compare_bool(length, zero, Py_LT) > 0)
        object_error_set(PyExc_ValueError, "length should not be negative");
    else if (one != NULL)
        step = limit_int(SLICE(self)->step, one);
    if (step != NULL && object_is_true(step) == 0)
        object_error_set(PyExc_ValueError, "slice step cannot be zero");
    else if (step != NULL)
        made = indices_of(self, length, step, object_compare_bool(step, zero, Py_LT) > 0);
    Py_XDECREF(length);
    Py_XDECREF(zero);
    Py_XDECREF(one);
    Py_XDECREF(step);
    return made;
}

static PyMethodDef slice_methods[] = {METHOD_ONE("indices", slice_indices), {NULL, NULL, 0, NULL}};

static PyMemberDef slice_members[] = {
    {"start", _Py_T_OBJECT, offsetof(PySliceObject, start), Py_READONLY, NULL},
    {"stop", _Py_T_OBJECT, offsetof(PySliceObject, stop), Py_READONLY, NULL},
    {"step", _Py_T_OBJECT, offsetof(PySliceObject, step), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PySlice_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "slice",
    .tp_basicsize = sizeof(PySliceObject),
    .tp_dealloc = slice_dealloc,
    .tp_repr = slice_repr,
    .tp_hash = slice_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slice_traverse,
    .tp_richcompare = slice_compare,
    .tp_methods = slice_methods,
    .tp_members = slice_members,
    .tp_new = slice_type_new,
};

static PyObject *ellipsis_repr(PyObject *self)
{
    (void)self;
    return object_unicode_from_utf8("Ellipsis");
}

PyTypeObject PyEllipsis_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_repr = ellipsis_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
PyObject _Py_EllipsisObject = {{_Py_IMMORTAL_REFCNT}, &PyEllipsis_Type};
