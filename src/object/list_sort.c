/* list_sort.c: lists in order: a stable merge sort by `<`.
 *
 * Owns: the above. While it goes on the list is empty, so that comparisons cannot see it half-way or move its items; what they put
 * there is an error in the end. Read list.h first. */
#include "list.h"

#define SHORT 12 /* up to so many items are put in their places one by one */

typedef struct sorting {
    PyObject **items, **spare; /* spare: half as many places */
} sorting;

/* 1, 0, -1. Small integers and strings, which most lists have that are sorted, are compared without a bool between. */
static int is_less(PyObject *a, PyObject *b)
{
    int64_t left, right;
    if (PyLong_CheckExact(a) && PyLong_CheckExact(b) && object_int_read(a, &left) == 0 && object_int_read(b, &right) == 0)
        return left < right;
    if (PyUnicode_CheckExact(a) && PyUnicode_CheckExact(b))
        return object_unicode_compare(a, b) < 0;
    return object_compare_bool(a, b, Py_LT);
}

static int insert_each(PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 1; i < count; i++) {
        PyObject *item = items[i];
        Py_ssize_t low = 0, high = i;
        int less = is_less(item, items[i - 1]);
        if (less == 0)
            continue;
        high = i - 1;
        while (less >= 0 && low < high) {
            Py_ssize_t middle = low + (high - low) / 2;
            less = is_less(item, items[middle]);
            if (less > 0)
                high = middle;
            else
                low = middle + 1;
        }
        if (less < 0)
            return -1;
        memmove(items + low + 1, items + low, (size_t)(i - low) * sizeof *items);
        items[low] = item;
    }
    return 0;
}

/* Both parts are in order. On failure all items are there, in some order. */
static int merge(sorting *self, Py_ssize_t low, Py_ssize_t middle, Py_ssize_t high)
{
    PyObject **to = self->items + low, **right = self->items + middle, **end = self->items + high;
    PyObject **left = self->spare, **left_end = left + (middle - low);
    int less = 0;
    memcpy(left, to, (size_t)(middle - low) * sizeof *left);
    while (left < left_end && right < end && (less = is_less(*right, *left)) >= 0)
        *to++ = less ? *right++ : *left++;
    memcpy(to, left, (size_t)(left_end - left) * sizeof *left); /* they fit: right is as far ahead as these are many */
    return less < 0 ? -1 : 0;
}

static int sort(sorting *self, Py_ssize_t low, Py_ssize_t high)
{
    if (high - low <= SHORT)
        return insert_each(self->items + low, high - low);
    Py_ssize_t middle = low + (high - low) / 2;
    if (sort(self, low, middle) != 0 || sort(self, middle, high) != 0)
        return -1;
    int less = is_less(self->items[middle], self->items[middle - 1]);
    return less > 0 ? merge(self, low, middle, high) : less;
}

int object_list_sort(PyObject *op)
{
    if (!list_check(op))
        return -1;
    PyListObject *self = LIST(op), was = *self;
    Py_ssize_t count = Py_SIZE(self);
    PyObject *few[LIST_INSIDE_MAX], *spare[64];
    sorting work = {self->ob_item, spare};
    if (count < 2)
        return 0;
    if (count / 2 > (Py_ssize_t)PYMM_COUNT_OF(spare) &&
        (work.spare = domain_malloc(PYMM_DOMAIN_MEM, (size_t)(count / 2) * sizeof *spare)) == NULL)
        return object_error_no_memory(), -1;
    bool is_inside = list_is_inside(self);
    if (is_inside)
        work.items = memcpy(few, self->ob_item, (size_t)count * sizeof *few);
    self->ob_item = NULL;
    self->allocated = 0;
    Py_SET_SIZE(self, 0);
    int result = sort(&work, 0, count);
    if (self->ob_item != NULL && result == 0) {
        object_error_set(PyExc_ValueError, "list modified during sort");
        result = -1;
    }
    PyListObject put_in = *self;
    if (is_inside)
        memcpy(was.ob_item, few, (size_t)count * sizeof *few);
    self->ob_item = was.ob_item;
    self->allocated = was.allocated;
    Py_SET_SIZE(self, count);
    for (Py_ssize_t i = 0; i < Py_SIZE(&put_in); i++)
        Py_XDECREF(put_in.ob_item[i]);
    if (put_in.ob_item != NULL)
        domain_free(PYMM_DOMAIN_MEM, put_in.ob_item);
    if (work.spare != spare)
        domain_free(PYMM_DOMAIN_MEM, work.spare);
    return result;
}
