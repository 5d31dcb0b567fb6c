/* items.c: what sequences of objects do alike: comparison, search, text, iteration.
 *
 * Owns: the above, the types of iterators. Comparisons run other code, which may change a sequence: sizes and places are
 * read again after each. Does not own: the sequences. Read items.h first. */
#include "arguments.h"
#include "items.h"
#include "slice.h"

static bool order_holds(Py_ssize_t a, Py_ssize_t b, int op)
{
    switch (op) {
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_GT: return a > b;
    case Py_GE: return a >= b;
    default: return (a == b) == (op == Py_EQ);
    }
}

PyObject *items_compare(PyObject *left, PyObject *right, int op)
{
    Py_ssize_t i = 0;
    int is_equal = 1;
    for (; is_equal == 1 && i < Py_SIZE(left) && i < Py_SIZE(right); i += is_equal == 1) {
        PyObject *a = Py_NewRef(items_of(left)[i]), *b = Py_NewRef(items_of(right)[i]);
        is_equal = object_compare_bool(a, b, Py_EQ);
        Py_DECREF(a);
        Py_DECREF(b);
    }
    if (is_equal < 0)
        return NULL;
    if (i >= Py_SIZE(left) || i >= Py_SIZE(right))
        return object_bool(order_holds(Py_SIZE(left), Py_SIZE(right), op));
    if (op == Py_EQ || op == Py_NE)
        return object_bool(op == Py_NE);
    PyObject *a = Py_NewRef(items_of(left)[i]), *b = Py_NewRef(items_of(right)[i]);
    PyObject *result = object_compare(a, b, op);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

int items_contain(PyObject *self, PyObject *item)
{
    int is_equal = 0;
    for (Py_ssize_t i = 0; is_equal == 0 && i < Py_SIZE(self); i++) {
        PyObject *other = Py_NewRef(items_of(self)[i]);
        is_equal = object_compare_bool(other, item, Py_EQ);
        Py_DECREF(other);
    }
    return is_equal;
}

PyObject *items_fast(PyObject *iterable, const char *text)
{
    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable))
        return Py_NewRef(iterable);
    PyObject *iterator = object_iter(iterable);
    if (iterator == NULL) {
        if (object_error_is(PyExc_TypeError))
            object_error_set(PyExc_TypeError, text);
        return NULL;
    }
    PyObject *made = object_list_from_iterable(iterator);
    Py_DECREF(iterator);
    return made;
}

PyObject *items_repr(PyObject *self, char open, const char *close)
{
    if (Py_SIZE(self) == 0)
        return object_unicode_from_format("%c%s", open, close);
    int result = object_repr_enter(self);
    if (result != 0)
        return result < 0 ? NULL : object_unicode_from_format("%c...%c", open, close[strlen(close) - 1]);
    object_text text;
    object_text_open(&text);
    object_text_char(&text, (unsigned char)open);
    for (Py_ssize_t i = 0; result == 0 && i < Py_SIZE(self); i++) {
        PyObject *item = Py_NewRef(items_of(self)[i]);
        object_text_ascii(&text, i > 0 ? ", " : "");
        result = object_text_repr(&text, item);
        Py_DECREF(item);
    }
    object_repr_leave(self);
    object_text_ascii(&text, close);
    if (result == 0)
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

Py_ssize_t items_find(PyObject *self, PyObject *item, Py_ssize_t low, Py_ssize_t high)
{
    for (Py_ssize_t i = low; i < high && i < Py_SIZE(self); i++) {
        PyObject *other = Py_NewRef(items_of(self)[i]);
        int is_equal = object_compare_bool(other, item, Py_EQ);
        Py_DECREF(other);
        if (is_equal != 0)
            return is_equal < 0 ? -1 : i;
    }
    return -2;
}

Py_ssize_t items_index(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t low = 0, high = PY_SSIZE_T_MAX, step;
    if (!arguments_check("index", count, 1, 3))
        return -1;
    for (Py_ssize_t i = 1; i < count; i++)
        if (!slice_is_index(args[i])) {
            object_error_set(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
            return -1;
        }
    PyObject *slice = object_slice_new(count > 1 ? args[1] : NULL, count > 2 ? args[2] : NULL, NULL);
    if (slice == NULL)
        return -1;
    int result = object_slice_unpack(slice, &low, &high, &step);
    Py_DECREF(slice);
    if (result != 0)
        return -1;
    object_slice_adjust(Py_SIZE(self), &low, &high, 1);
    return items_find(self, args[0], low, high);
}

PyObject *items_count(PyObject *self, PyObject *item)
{
    Py_ssize_t count = object_sequence_count(self, item);
    return count < 0 ? NULL : object_int_from_int64(count);
}

typedef struct items_iterator {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *sequence; /* NULL once it has ended */
} items_iterator;

PyObject *items_iter(PyTypeObject *type, PyObject *self)
{
    items_iterator *made = (items_iterator *)object_gc_new(type);
    if (made == NULL)
        return NULL;
    made->index = type == &PyListRevIter_Type ? Py_SIZE(self) - 1 : 0;
    made->sequence = Py_NewRef(self);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_XDECREF(((items_iterator *)self)->sequence);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((items_iterator *)self)->sequence);
    return 0;
}

static PyObject *iterator_next(PyObject *op)
{
    items_iterator *self = (items_iterator *)op;
    if (self->sequence == NULL)
        return NULL;
    if (self->index < Py_SIZE(self->sequence))
        return Py_NewRef(items_of(self->sequence)[self->index++]);
    Py_CLEAR(self->sequence);
    return NULL;
}

static PyObject *reversed_next(PyObject *op)
{
    items_iterator *self = (items_iterator *)op;
    if (self->sequence == NULL)
        return NULL;
    if (self->index >= 0 && self->index < Py_SIZE(self->sequence))
        return Py_NewRef(items_of(self->sequence)[self->index--]);
    Py_CLEAR(self->sequence);
    return NULL;
}

static PyObject *reversed_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const items_iterator *self = (items_iterator *)op;
    return object_int_from_int64(self->sequence == NULL || self->index >= Py_SIZE(self->sequence) ? 0 : self->index + 1);
}

static PyObject *iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const items_iterator *self = (items_iterator *)op;
    return object_int_from_int64(self->sequence == NULL ? 0 : Py_MAX(Py_SIZE(self->sequence) - self->index, 0));
}

static PyMethodDef iterator_methods[] = {METHOD_NONE("__length_hint__", iterator_hint), {NULL, NULL, 0, NULL}};

static PyMethodDef reversed_methods[] = {METHOD_NONE("__length_hint__", reversed_hint), {NULL, NULL, 0, NULL}};

#define ITERATOR_SLOTS(name)                                                                                           \
    .tp_name = name, .tp_basicsize = sizeof(items_iterator), .tp_dealloc = iterator_dealloc,                           \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = iterator_traverse, .tp_iter = object_self

PyTypeObject PyListIter_Type = {PyVarObject_HEAD_INIT(&PyType_Type, 0) ITERATOR_SLOTS("list_iterator"), .tp_iternext = iterator_next,
                                .tp_methods = iterator_methods};
PyTypeObject PyTupleIter_Type = {PyVarObject_HEAD_INIT(&PyType_Type, 0) ITERATOR_SLOTS("tuple_iterator"), .tp_iternext = iterator_next,
                                 .tp_methods = iterator_methods};
PyTypeObject PyListRevIter_Type = {PyVarObject_HEAD_INIT(&PyType_Type, 0) ITERATOR_SLOTS("list_reverseiterator"), .tp_iternext = reversed_next,
                                   .tp_methods = reversed_methods};
