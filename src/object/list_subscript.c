/* list_subscript.c: list[index], list[start:stop:step], read, assigned and deleted.
 *
 * Owns: the above. Numbers are made of the key first, which runs other code, and then the length is read. Read list.h first. */
#include "list.h"

#include "slice.h"

PyObject *list_subscript(PyObject *self, PyObject *key)
{
    slice_key at;
    if (!slice_key_read(key, "list", &at))
        return NULL;
    Py_ssize_t count = slice_key_cut(&at, Py_SIZE(self));
    if (!at.is_slice)
        return PyList_Type.tp_as_sequence->sq_item(self, at.start);
    if (at.step == 1)
        return object_list_slice(self, at.start, at.start + count);
    PyObject *made = object_list_new(count);
    Py_ssize_t done = 0;
    for (; made != NULL && done < count && (size_t)at.start < (size_t)Py_SIZE(self); done++, at.start += at.step)
        LIST(made)->ob_item[done] = Py_NewRef(LIST(self)->ob_item[at.start]);
    if (made != NULL)
        Py_SET_SIZE(made, done); /* fewer when making it has collected, and that has changed the list */
    return made;
}

/* Places with a step that is not 1, and as many items to put there: what was there goes last. */
static int stepped_set(PyObject *self, slice_key at, Py_ssize_t count, PyObject *items)
{
    PyObject **old = domain_malloc(PYMM_DOMAIN_MEM, (size_t)count * sizeof *old);
    if (old == NULL)
        return object_error_no_memory(), -1;
    for (Py_ssize_t i = 0; i < count; i++, at.start += at.step) {
        old[i] = LIST(self)->ob_item[at.start];
        LIST(self)->ob_item[at.start] = Py_NewRef(items_of(items)[i]);
    }
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(old[i]);
    domain_free(PYMM_DOMAIN_MEM, old);
    return 0;
}

static int stepped_delete(PyObject *self, slice_key at, Py_ssize_t count)
{
    if (count == 0)
        return 0;
    if (at.step < 0) { /* the same places, from the front */
        at.start += (count - 1) * at.step;
        at.step = -at.step;
    }
    PyObject **old = domain_malloc(PYMM_DOMAIN_MEM, (size_t)count * sizeof *old), **items = LIST(self)->ob_item;
    if (old == NULL)
        return object_error_no_memory(), -1;
    Py_ssize_t size = Py_SIZE(self), to = at.start, taken = 0;
    for (Py_ssize_t i = at.start; i < size; i++) {
        if (taken < count && i == at.start + taken * at.step)
            old[taken++] = items[i];
        else
            items[to++] = items[i];
    }
    list_resize(self, size - count);
    for (Py_ssize_t i = 0; i < count; i++)
        Py_DECREF(old[i]);
    domain_free(PYMM_DOMAIN_MEM, old);
    return 0;
}

/* self[start:stop:step] = value; a `value` that is the list itself is copied first. */
static int stepped_put(PyObject *self, slice_key at, PyObject *value)
{
    PyObject *items = value == self ? object_list_slice(self, 0, Py_SIZE(self))
                                    : items_fast(value, "must assign iterable to extended slice");
    if (items == NULL)
        return -1;
    Py_ssize_t count = slice_key_cut(&at, Py_SIZE(self)); /* which may be another one than before */
    int result = 0;
    if (Py_SIZE(items) != count) {
        object_error_format(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd", Py_SIZE(items),
                            count);
        result = -1;
    } else if (count > 0) {
        result = stepped_set(self, at, count, items);
    }
    Py_DECREF(items);
    return result;
}

static int plain_put(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    if (value == NULL || value == self)
        return object_list_set_slice(self, low, high, value);
    PyObject *items = items_fast(value, "must assign iterable to extended slice");
    int result = items == NULL ? -1 : object_list_set_slice(self, low, high, items);
    Py_XDECREF(items);
    return result;
}

int list_set_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    slice_key at, raw;
    if (!slice_key_read(key, "list", &raw))
        return -1;
    at = raw;
    Py_ssize_t count = slice_key_cut(&at, Py_SIZE(self));
    if (!at.is_slice)
        return PyList_Type.tp_as_sequence->sq_ass_item(self, at.start, value);
    if (at.step == 1)
        return plain_put(self, at.start, at.start + count, value);
    return value != NULL ? stepped_put(self, raw, value) : stepped_delete(self, at, count);
}
