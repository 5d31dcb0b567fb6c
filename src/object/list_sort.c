/* list_sort.c: lists in order: a stable merge sort by `<` of the items, or of keys that a function makes of them.
 *
 * Owns: the above. While it goes on the list is empty, so that comparisons cannot see it half-way or move its items; what they put
 * there is an error in the end. Read list.h first. */
#include "list.h"

#define SHORT 12 /* up to so many items are put in their places one by one */

/* With keys, what is sorted are addresses of these. */
typedef struct keyed {
    PyObject *key, *item;
} keyed;

typedef struct sorting {
    PyObject **items, **spare; /* spare: half as many places */
    keyed *keys;               /* NULL: the items are compared themselves */
    PyObject **given;          /* with keys: where the items are to be in the end */
} sorting;

/* 1, 0, -1. Small integers and strings, which most lists have that are sorted, are compared without a bool between. */
static int is_less(const sorting *self, PyObject *a, PyObject *b)
{
    int64_t left, right;
    if (self->keys != NULL) {
        a = ((keyed *)(void *)a)->key;
        b = ((keyed *)(void *)b)->key;
    }
    if (PyLong_CheckExact(a) && PyLong_CheckExact(b) && object_int_read(a, &left) == 0 && object_int_read(b, &right) == 0)
        return left < right;
    if (PyUnicode_CheckExact(a) && PyUnicode_CheckExact(b))
        return object_unicode_compare(a, b) < 0;
    return object_compare_bool(a, b, Py_LT);
}

static int insert_each(const sorting *self, PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t i = 1; i < count; i++) {
        PyObject *item = items[i];
        Py_ssize_t low = 0, high = i;
        int less = is_less(self, item, items[i - 1]);
        if (less == 0)
            continue;
        high = i - 1;
        while (less >= 0 && low < high) {
            Py_ssize_t middle = low + (high - low) / 2;
            less = is_less(self, item, items[middle]);
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
    while (left < left_end && right < end && (less = is_less(self, *right, *left)) >= 0)
        *to++ = less ? *right++ : *left++;
    memcpy(to, left, (size_t)(left_end - left) * sizeof *left); /* they fit: right is as far ahead as these are many */
    return less < 0 ? -1 : 0;
}

static int sort(sorting *self, Py_ssize_t low, Py_ssize_t high)
{
    if (high - low <= SHORT)
        return insert_each(self, self->items + low, high - low);
    Py_ssize_t middle = low + (high - low) / 2;
    if (sort(self, low, middle) != 0 || sort(self, middle, high) != 0)
        return -1;
    int less = is_less(self, self->items[middle], self->items[middle - 1]);
    return less > 0 ? merge(self, low, middle, high) : less;
}

/* Keys. ---------------------------------------------------------------------------------------------------------------------- */

static void keys_drop(sorting *self, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(self->keys[i].key);
    domain_free(PYMM_DOMAIN_MEM, self->keys);
}

/* Call the function on each item; then self->items are addresses. */
static int keys_make(sorting *self, Py_ssize_t count, PyObject *function)
{
    char *block = domain_malloc(PYMM_DOMAIN_MEM, (size_t)count * (sizeof *self->keys + sizeof *self->items));
    if (block == NULL)
        return object_error_no_memory(), -1;
    self->keys = (keyed *)(void *)block;
    self->given = self->items;
    self->items = (PyObject **)(void *)(self->keys + count);
    for (Py_ssize_t i = 0; i < count; i++) {
        self->keys[i] = (keyed){object_vectorcall(function, &self->given[i], 1, NULL), self->given[i]};
        if (self->keys[i].key == NULL) {
            keys_drop(self, i);
            return -1;
        }
        self->items[i] = (PyObject *)(void *)&self->keys[i];
    }
    return 0;
}

static void keys_end(sorting *self, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        self->given[i] = ((keyed *)(void *)self->items[i])->item;
    keys_drop(self, count);
}

static void turn_round(PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t low = 0, high = count - 1; low < high; low++, high--) {
        PyObject *item = items[low];
        items[low] = items[high];
        items[high] = item;
    }
}

/* What is equal stays in its order: turned round before and after, in the other direction. */
static int sort_as_told(sorting *self, Py_ssize_t count, PyObject *function, bool is_reverse)
{
    if (function != NULL && keys_make(self, count, function) != 0)
        return -1;
    if (is_reverse)
        turn_round(self->items, count);
    int result = sort(self, 0, count);
    if (is_reverse)
        turn_round(self->items, count);
    if (function != NULL)
        keys_end(self, count);
    return result;
}

int object_list_sort(PyObject *op, PyObject *key, bool is_reverse)
{
    if (!list_check(op))
        return -1;
    PyListObject *self = LIST(op), was = *self;
    Py_ssize_t count = Py_SIZE(self);
    PyObject *few[LIST_INSIDE_MAX], *spare[64];
    sorting work = {self->ob_item, spare, NULL, NULL};
    if (count < 2 && (count == 0 || key == NULL))
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
    int result = sort_as_told(&work, count, key, is_reverse);
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
