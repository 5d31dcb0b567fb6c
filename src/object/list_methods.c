/* list_methods.c: the methods of lists that no slot stands for.
 *
 * Owns: list_methods. What they do is in list.c, list_slice.c and list_sort.c. Read list.h first. */
#include "arguments.h"
#include "list.h"
#include "sizeof.h"
#include "slice.h"

static PyObject *none_if(int result) { return result != 0 ? NULL : Py_NewRef(Py_None); }

static PyObject *list_append(PyObject *self, PyObject *item) { return none_if(object_list_append(self, item)); }
static PyObject *list_extend(PyObject *self, PyObject *iterable) { return none_if(object_list_extend(self, iterable)); }

/* An index as an argument: TypeError for what is none. */
static bool index_read(PyObject *argument, Py_ssize_t *index)
{
    if (slice_is_index(argument))
        return slice_index(argument, index);
    object_error_format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", Py_TYPE(argument)->tp_name);
    return false;
}

static PyObject *list_insert(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t index;
    if (!arguments_check("insert", count, 2, 2) || !index_read(args[0], &index))
        return NULL;
    return none_if(object_list_insert(self, index, args[1]));
}

static PyObject *list_pop(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t index = -1;
    if (!arguments_check("pop", count, 0, 1) || (count == 1 && !index_read(args[0], &index)))
        return NULL;
    if (Py_SIZE(self) == 0)
        return object_error_set(PyExc_IndexError, "pop from empty list");
    index += index < 0 ? Py_SIZE(self) : 0;
    if (index < 0 || index >= Py_SIZE(self))
        return object_error_set(PyExc_IndexError, "pop index out of range");
    PyObject **items = LIST(self)->ob_item, *item = items[index];
    memmove(items + index, items + index + 1, (size_t)(Py_SIZE(self) - index - 1) * sizeof *items);
    list_resize(self, Py_SIZE(self) - 1);
    return item;
}

static PyObject *list_remove(PyObject *self, PyObject *item)
{
    Py_ssize_t index = items_find(self, item, 0, PY_SSIZE_T_MAX);
    if (index == -2)
        return object_error_set(PyExc_ValueError, "list.remove(x): x not in list");
    return index < 0 ? NULL : none_if(object_list_set_slice(self, index, index + 1, NULL));
}

static PyObject *list_index(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t index = items_index(self, args, count);
    if (index == -2) {
        PyObject *text = object_unicode_from_format("%R is not in list", args[0]);
        if (text != NULL)
            object_error_set_object(PyExc_ValueError, text);
        Py_XDECREF(text);
    }
    return index < 0 ? NULL : object_int_from_int64(index);
}

static PyObject *list_reverse(PyObject *self, PyObject *unused)
{
    (void)unused;
    return none_if(object_list_reverse(self));
}

static PyObject *list_clear(PyObject *self, PyObject *unused)
{
    (void)unused;
    return none_if(object_list_clear(self));
}

static PyObject *list_copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_list_slice(self, 0, Py_SIZE(self));
}

/* sort(*, key=None, reverse=False) */
static PyObject *list_sort(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"key", "reverse", NULL};
    PyObject *key = Py_None;
    int is_reverse = 0;
    if (!object_args_parse_keywords(args, keywords, "|$Op:sort", names, &key, &is_reverse))
        return NULL;
    return none_if(object_list_sort(self, key == Py_None ? NULL : key, is_reverse != 0));
}

static PyObject *list_reversed(PyObject *self, PyObject *unused)
{
    (void)unused;
    return items_iter(&PyListRevIter_Type, self);
}

PyMethodDef list_methods[] = {
    METHOD_ONE("append", list_append),   METHOD_ONE("extend", list_extend),   METHOD_FAST("insert", list_insert),
    METHOD_FAST("pop", list_pop),        METHOD_ONE("remove", list_remove),   METHOD_FAST("index", list_index),
    METHOD_ONE("count", items_count),     METHOD_NONE("reverse", list_reverse), METHOD_NONE("clear", list_clear),
    METHOD_NONE("copy", list_copy),      METHOD_KEYWORDS("sort", list_sort),     METHOD_BRACKETS,
    METHOD_NONE("__reversed__", list_reversed), METHOD_NONE("__sizeof__", sizeof_list),
    {NULL, NULL, 0, NULL},
};
