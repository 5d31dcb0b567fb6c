/* sequence.c: the sequence protocol: items by number, parts, joining, searching, lists and tuples of anything.
 *
 * Owns: object_sequence_*. Read item.h first. */
#include "item.h"

#include "items.h"
#include "slice.h"

bool object_sequence_check(PyObject *op) { return !PyDict_Check(op) && item_sequence(op)->sq_item != NULL; }

Py_ssize_t object_sequence_size(PyObject *op)
{
    if (op == NULL)
        return item_null(), -1;
    if (item_sequence(op)->sq_length != NULL)
        return item_sequence(op)->sq_length(op);
    return item_refuse(op, item_mapping(op)->mp_length != NULL ? "%s is not a sequence" : "object of type '%s' has no len()"), -1;
}

/* Negative numbers count from the end, where the type has a length. False: an exception is set. */
static bool from_end(PyObject *op, Py_ssize_t *index)
{
    if (*index >= 0 || item_sequence(op)->sq_length == NULL)
        return true;
    Py_ssize_t length = item_sequence(op)->sq_length(op);
    *index += length;
    return length >= 0;
}

PyObject *object_sequence_get(PyObject *op, Py_ssize_t index)
{
    if (op == NULL)
        return item_null();
    if (item_sequence(op)->sq_item != NULL)
        return from_end(op, &index) ? item_sequence(op)->sq_item(op, index) : NULL;
    return item_refuse(op, item_mapping(op)->mp_subscript != NULL ? "%s is not a sequence" : "'%s' object does not support indexing");
}

static int put(PyObject *op, Py_ssize_t index, PyObject *value, const char *refusal)
{
    if (op == NULL)
        return item_null(), -1;
    if (item_sequence(op)->sq_ass_item != NULL)
        return from_end(op, &index) ? item_sequence(op)->sq_ass_item(op, index, value) : -1;
    return item_refuse(op, item_mapping(op)->mp_ass_subscript != NULL ? "%s is not a sequence" : refusal), -1;
}

int object_sequence_set(PyObject *op, Py_ssize_t index, PyObject *value)
{
    return put(op, index, value, "'%s' object does not support item assignment");
}

int object_sequence_delete(PyObject *op, Py_ssize_t index) { return put(op, index, NULL, "'%s' object doesn't support item deletion"); }

/* Parts. ---------------------------------------------------------------------------------------------------------------------------- */

static PyObject *slice_of(Py_ssize_t low, Py_ssize_t high)
{
    PyObject *start = object_int_from_int64(low), *stop = object_int_from_int64(high);
    PyObject *slice = start != NULL && stop != NULL ? object_slice_new(start, stop, NULL) : NULL;
    Py_XDECREF(start);
    Py_XDECREF(stop);
    return slice;
}

PyObject *object_sequence_slice(PyObject *op, Py_ssize_t low, Py_ssize_t high)
{
    if (op == NULL)
        return item_null();
    if (item_mapping(op)->mp_subscript == NULL)
        return item_refuse(op, "'%s' object is unsliceable");
    PyObject *slice = slice_of(low, high), *part = slice == NULL ? NULL : item_mapping(op)->mp_subscript(op, slice);
    Py_XDECREF(slice);
    return part;
}

int object_sequence_set_slice(PyObject *op, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    if (op == NULL)
        return item_null(), -1;
    if (item_mapping(op)->mp_ass_subscript == NULL)
        return item_refuse(op, value != NULL ? "'%s' object doesn't support slice assignment"
                                             : "'%s' object doesn't support slice deletion"), -1;
    PyObject *slice = slice_of(low, high);
    int result = slice == NULL ? -1 : item_mapping(op)->mp_ass_subscript(op, slice, value);
    Py_XDECREF(slice);
    return result;
}

/* Joining. ----------------------------------------------------------------------------------------------------------------------------- */

/* a + b where a has no sq_concat, but both are sequences: as numbers, each side in its turn. */
static PyObject *added(PyObject *a, PyObject *b)
{
    PyObject *sides[] = {a, b};
    for (int i = 0; i < 2; i++) {
        PyNumberMethods *number = Py_TYPE(sides[i])->tp_as_number;
        if (number == NULL || number->nb_add == NULL || (i == 1 && Py_TYPE(a) == Py_TYPE(b)))
            continue;
        PyObject *sum = number->nb_add(a, b);
        if (sum != Py_NotImplemented)
            return sum;
        Py_DECREF(sum);
    }
    return item_refuse(a, "'%s' object can't be concatenated");
}

PyObject *object_sequence_concat(PyObject *a, PyObject *b)
{
    if (a == NULL || b == NULL)
        return item_null();
    if (item_sequence(a)->sq_concat != NULL)
        return item_sequence(a)->sq_concat(a, b);
    if (object_sequence_check(a) && object_sequence_check(b))
        return added(a, b);
    return item_refuse(a, "'%s' object can't be concatenated");
}

PyObject *object_sequence_inplace_concat(PyObject *a, PyObject *b)
{
    if (a == NULL || b == NULL)
        return item_null();
    if (item_sequence(a)->sq_inplace_concat != NULL)
        return item_sequence(a)->sq_inplace_concat(a, b);
    return object_sequence_concat(a, b);
}

PyObject *object_sequence_repeat(PyObject *op, Py_ssize_t times)
{
    if (op == NULL)
        return item_null();
    if (item_sequence(op)->sq_repeat != NULL)
        return item_sequence(op)->sq_repeat(op, times);
    return item_refuse(op, "'%s' object can't be repeated");
}

PyObject *object_sequence_inplace_repeat(PyObject *op, Py_ssize_t times)
{
    if (op == NULL)
        return item_null();
    if (item_sequence(op)->sq_inplace_repeat != NULL)
        return item_sequence(op)->sq_inplace_repeat(op, times);
    return object_sequence_repeat(op, times);
}

/* Searching. ------------------------------------------------------------------------------------------------------------------------------ */

/* How many items are equal to `item`, or with `is_first` the number of the first one, -2: none. -1: an exception is set. */
static Py_ssize_t search(PyObject *op, PyObject *item, bool is_first)
{
    if (op == NULL || item == NULL)
        return item_null(), -1;
    PyObject *iterator = object_iter(op), *other = NULL;
    if (iterator == NULL) {
        if (object_error_is(PyExc_TypeError))
            item_refuse(op, "argument of type '%s' is not iterable");
        return -1;
    }
    Py_ssize_t seen = 0, equal = 0;
    int is_equal = 0;
    while ((other = object_iter_next(iterator)) != NULL) {
        is_equal = object_compare_bool(other, item, Py_EQ);
        Py_DECREF(other);
        equal += is_equal > 0;
        if (is_equal < 0 || (is_equal > 0 && is_first))
            break;
        seen++;
    }
    Py_DECREF(iterator);
    if (is_equal < 0 || (other == NULL && object_error_occurred() != NULL))
        return -1;
    return !is_first ? equal : equal > 0 ? seen : -2;
}

Py_ssize_t object_sequence_count(PyObject *op, PyObject *item) { return search(op, item, false); }

Py_ssize_t object_sequence_index(PyObject *op, PyObject *item)
{
    Py_ssize_t index = search(op, item, true);
    return index != -2 ? index : (object_error_set(PyExc_ValueError, "sequence.index(x): x not in sequence"), -1);
}

int object_sequence_contains(PyObject *op, PyObject *item)
{
    if (op != NULL && item_sequence(op)->sq_contains != NULL)
        return item_sequence(op)->sq_contains(op, item);
    Py_ssize_t index = search(op, item, true);
    return index == -1 ? -1 : index >= 0;
}

/* All of it. -------------------------------------------------------------------------------------------------------------------------------- */

PyObject *object_sequence_tuple(PyObject *iterable)
{
    if (iterable == NULL)
        return item_null();
    return PyList_CheckExact(iterable) ? object_list_as_tuple(iterable) : object_tuple_from_iterable(iterable);
}

PyObject *object_sequence_list(PyObject *iterable) { return iterable == NULL ? item_null() : object_list_from_iterable(iterable); }

PyObject *object_sequence_fast(PyObject *iterable, const char *text) { return iterable == NULL ? item_null() : items_fast(iterable, text); }
