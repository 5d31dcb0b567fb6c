/* list_slice.c: parts of lists: taken, replaced, joined, repeated.
 *
 * Owns: the above. What is taken out of a list is let go of last, when the list is whole again. Read list.h first. */
#include "list.h"

static void limits_cut(Py_ssize_t size, Py_ssize_t *low, Py_ssize_t *high)
{
    *low = *low < 0 ? 0 : *low > size ? size : *low;
    *high = *high < *low ? *low : *high > size ? size : *high;
}

static void items_copy(PyObject **to, PyObject *const *from, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        to[i] = Py_NewRef(from[i]);
}

/* Fill a new list from `at` on, which ends there, with [low, high) of another one. That may have become shorter: making the new
 * one may have collected, and so run other code. */
static void append_part(PyObject *made, Py_ssize_t at, PyObject *from, Py_ssize_t low, Py_ssize_t high)
{
    limits_cut(Py_SIZE(from), &low, &high);
    items_copy(LIST(made)->ob_item + at, LIST(from)->ob_item + low, high - low);
    Py_SET_SIZE(made, at + high - low);
}

PyObject *object_list_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    if (!list_check(self))
        return NULL;
    limits_cut(Py_SIZE(self), &low, &high);
    PyObject *made = object_list_new(high - low);
    if (made != NULL)
        append_part(made, 0, self, low, high);
    return made;
}

/* Replace [low, high), which lies within, by `count` items, of which references are taken. */
static int slice_put(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *const *items, Py_ssize_t count)
{
    Py_ssize_t size = Py_SIZE(self), removed = high - low;
    PyObject *few[8], **old = removed <= 8 ? few : domain_malloc(PYMM_DOMAIN_MEM, (size_t)removed * sizeof *old);
    if (old == NULL)
        return object_error_no_memory(), -1;
    if (count > removed && list_resize(self, size + count - removed) != 0) {
        if (old != few)
            domain_free(PYMM_DOMAIN_MEM, old);
        return -1;
    }
    PyObject **place = LIST(self)->ob_item;
    if (removed > 0)
        memcpy(old, place + low, (size_t)removed * sizeof *old);
    if (size > high && count != removed)
        memmove(place + low + count, place + high, (size_t)(size - high) * sizeof *place);
    items_copy(place + low, items, count);
    if (count < removed)
        list_resize(self, size + count - removed);
    while (--removed >= 0)
        Py_XDECREF(old[removed]);
    if (old != few)
        domain_free(PYMM_DOMAIN_MEM, old);
    return 0;
}

int object_list_set_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *items)
{
    if (!list_check(self))
        return -1;
    PyObject *put = NULL;
    if (items != NULL) {
        put = items == self ? object_list_slice(self, 0, Py_SIZE(self)) : items_fast(items, "can only assign an iterable");
        if (put == NULL)
            return -1;
    }
    limits_cut(Py_SIZE(self), &low, &high);
    int result = slice_put(self, low, high, put != NULL ? items_of(put) : NULL, put != NULL ? Py_SIZE(put) : 0);
    Py_XDECREF(put);
    return result;
}

PyObject *list_concat(PyObject *left, PyObject *right)
{
    if (!PyList_Check(right))
        return object_error_format(PyExc_TypeError, "can only concatenate list (not \"%.200s\") to list", Py_TYPE(right)->tp_name);
    if (Py_SIZE(left) > PY_SSIZE_T_MAX - Py_SIZE(right))
        return object_error_no_memory();
    Py_ssize_t left_count = Py_SIZE(left), right_count = Py_SIZE(right);
    PyObject *made = object_list_new(left_count + right_count);
    if (made != NULL) {
        append_part(made, 0, left, 0, left_count);
        append_part(made, Py_SIZE(made), right, 0, right_count);
    }
    return made;
}

PyObject *list_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t count = Py_SIZE(self);
    if (count == 0 || times <= 0)
        return object_list_new(0);
    if (count > PY_SSIZE_T_MAX / times)
        return object_error_no_memory();
    PyObject *made = object_list_new(count * times);
    if (made != NULL)
        Py_SET_SIZE(made, 0);
    while (made != NULL && times-- > 0)
        append_part(made, Py_SIZE(made), self, 0, count);
    return made;
}

PyObject *list_inplace_concat(PyObject *self, PyObject *other)
{
    return object_list_extend(self, other) != 0 ? NULL : Py_NewRef(self);
}

PyObject *list_inplace_repeat(PyObject *self, Py_ssize_t times)
{
    Py_ssize_t count = Py_SIZE(self);
    if (count > 0 && times <= 0)
        object_list_clear(self);
    if (count == 0 || times <= 1)
        return Py_NewRef(self);
    if (count > PY_SSIZE_T_MAX / times)
        return object_error_no_memory();
    if (list_resize(self, count * times) != 0)
        return NULL;
    for (Py_ssize_t i = 1; i < times; i++)
        items_copy(LIST(self)->ob_item + i * count, LIST(self)->ob_item, count);
    return Py_NewRef(self);
}
