/* list.c: lists: room for items, items in and out, the type.
 *
 * Owns: the above. Does not own: slices (list_slice.c), comparison and iterators (items.c). Up to three items lie in the list
 * itself, at the price of what CPython's empty list has; more lie in an array. Read include/python/listobject.h first. */
#include "list.h"

#include "arguments.h"
#include "track_state.h"

/* Bytes of a new list that has room for `count` items inside. */
static size_t bytes_with(Py_ssize_t count) { return sizeof(PyListObject) + (size_t)count * sizeof(PyObject *); }

/* Room for `count` items, more than there are places. An array grows by an eighth, a short one by more, so that n appends move
 * no more than some n items; a step that is larger than what there is may be the last one. */
static int grow(PyListObject *self, Py_ssize_t count)
{
    bool is_inside = list_is_inside(self);
    Py_ssize_t room = (count + count / 8 + (count < 8 ? 3 : 7)) & ~(Py_ssize_t)3;
    if (count > 2 * Py_SIZE(self) || room < count)
        room = (count + 1) & ~(Py_ssize_t)1;
    if (count > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(PyObject *) / 2)
        return object_error_no_memory(), -1;
    PyObject **items = domain_realloc(PYMM_DOMAIN_MEM, is_inside ? NULL : self->ob_item, (size_t)room * sizeof *items);
    if (items == NULL)
        return object_error_no_memory(), -1;
    if (is_inside)
        memcpy(items, self->ob_item, (size_t)Py_SIZE(self) * sizeof *items);
    self->ob_item = items;
    self->allocated = room;
    return 0;
}

/* An array of which less than half is in use becomes a smaller one. When there is no memory for that, it stays. */
static void shrink(PyListObject *self, Py_ssize_t count)
{
    if (list_is_inside(self))
        return;
    if (count == 0) {
        domain_free(PYMM_DOMAIN_MEM, self->ob_item);
        self->ob_item = NULL;
        self->allocated = 0;
        return;
    }
    Py_ssize_t room = (count + 3) & ~(Py_ssize_t)3;
    PyObject **items = domain_realloc(PYMM_DOMAIN_MEM, self->ob_item, (size_t)room * sizeof *items);
    if (items == NULL)
        return;
    self->ob_item = items;
    self->allocated = room;
}

int list_resize(PyObject *op, Py_ssize_t count)
{
    PyListObject *self = LIST(op);
    if (count > self->allocated) {
        if (grow(self, count) != 0)
            return -1;
    } else if (count < self->allocated / 2) {
        shrink(self, count);
    }
    Py_SET_SIZE(self, count);
    return 0;
}

PyObject *object_list_new(Py_ssize_t count)
{
    if (count < 0)
        return object_error_bad_call();
    PyObject **items = NULL;
    Py_ssize_t inside = count > LIST_INSIDE_MAX ? 0 : count < 1 ? 1 : count;
    if (inside == 0 && (items = domain_calloc(PYMM_DOMAIN_MEM, (size_t)count, sizeof *items)) == NULL)
        return object_error_no_memory();
    size_t place;
    PyListObject *self = track_take(bytes_with(inside), &place);
    if (self == NULL) {
        if (items != NULL)
            domain_free(PYMM_DOMAIN_MEM, items);
        return object_error_no_memory();
    }
    object_head_init_static((PyObject *)self, &PyList_Type);
    Py_SET_SIZE(self, count);
    self->ob_item = inside == 0 ? items : list_inside(self);
    self->allocated = inside == 0 ? count : inside;
    object_items_clear(self->ob_item, (size_t)inside);
    track_new(self, place);
    return (PyObject *)self;
}

bool list_check(PyObject *self)
{
    if (self != NULL && PyList_Check(self))
        return true;
    object_error_bad_call();
    return false;
}

Py_ssize_t object_list_size(PyObject *self) { return list_check(self) ? Py_SIZE(self) : -1; }

static bool is_within(PyObject *self, Py_ssize_t index, const char *text)
{
    if ((size_t)index < (size_t)Py_SIZE(self))
        return true;
    object_error_set(PyExc_IndexError, text);
    return false;
}

PyObject *object_list_get(PyObject *self, Py_ssize_t index)
{
    return list_check(self) && is_within(self, index, "list index out of range") ? LIST(self)->ob_item[index] : NULL;
}

PyObject *object_list_get_new(PyObject *self, Py_ssize_t index)
{
    if (!PyList_Check(self))
        return object_error_set(PyExc_TypeError, "expected a list");
    return is_within(self, index, "list index out of range") ? Py_NewRef(LIST(self)->ob_item[index]) : NULL;
}

int object_list_set(PyObject *self, Py_ssize_t index, PyObject *item)
{
    if (!list_check(self) || !is_within(self, index, "list assignment index out of range")) {
        Py_XDECREF(item);
        return -1;
    }
    Py_XSETREF(LIST(self)->ob_item[index], item);
    return 0;
}

/* Steals `item`, also on failure. */
static int append_steal(PyObject *self, PyObject *item)
{
    Py_ssize_t count = Py_SIZE(self);
    if (PYMM_LIKELY(count < LIST(self)->allocated)) {
        Py_SET_SIZE(self, count + 1);
    } else if (list_resize(self, count + 1) != 0) {
        Py_DECREF(item);
        return -1;
    }
    LIST(self)->ob_item[count] = item;
    return 0;
}

int object_list_append(PyObject *self, PyObject *item)
{
    if (item == NULL || !PyList_Check(self))
        return object_error_bad_call(), -1;
    return append_steal(self, Py_NewRef(item));
}

int object_list_insert(PyObject *self, Py_ssize_t index, PyObject *item)
{
    if (!list_check(self) || item == NULL)
        return item == NULL ? (object_error_bad_call(), -1) : -1;
    Py_ssize_t count = Py_SIZE(self);
    if (list_resize(self, count + 1) != 0)
        return -1;
    index = index < 0 ? index + count : index;
    index = index < 0 ? 0 : index > count ? count : index;
    PyObject **items = LIST(self)->ob_item;
    memmove(items + index + 1, items + index, (size_t)(count - index) * sizeof *items);
    items[index] = Py_NewRef(item);
    return 0;
}

/* The list is empty, and its array no longer its own, before the first destructor runs. */
int object_list_clear(PyObject *op)
{
    PyListObject *self = LIST(op);
    Py_ssize_t count = Py_SIZE(self);
    PyObject *few[LIST_INSIDE_MAX], **items = self->ob_item, **array = list_is_inside(self) ? NULL : items;
    if (array == NULL && count > 0)
        items = memcpy(few, items, (size_t)count * sizeof *items);
    Py_SET_SIZE(self, 0);
    if (array != NULL) {
        self->ob_item = NULL;
        self->allocated = 0;
    }
    while (--count >= 0)
        Py_XDECREF(items[count]);
    if (array != NULL)
        domain_free(PYMM_DOMAIN_MEM, array);
    return 0;
}

int object_list_reverse(PyObject *self)
{
    if (!list_check(self))
        return -1;
    PyObject **items = LIST(self)->ob_item;
    for (Py_ssize_t i = 0, k = Py_SIZE(self) - 1; i < k; i++, k--) {
        PyObject *item = items[i];
        items[i] = items[k];
        items[k] = item;
    }
    return 0;
}

PyObject *object_list_as_tuple(PyObject *self)
{
    if (!list_check(self))
        return NULL;
    PyObject *made;
    Py_ssize_t count;
    do {
        count = Py_SIZE(self);
        made = object_tuple_new(count);
    } while (made != NULL && count != Py_SIZE(self) && (Py_DECREF(made), true)); /* a collection may have changed the list */
    for (Py_ssize_t i = 0; made != NULL && i < count; i++)
        PyTuple_SET_ITEM(made, i, Py_NewRef(LIST(self)->ob_item[i]));
    return made;
}

int object_list_extend(PyObject *self, PyObject *iterable)
{
    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable)) {
        Py_ssize_t count = Py_SIZE(iterable), size = Py_SIZE(self);
        if (count == 0)
            return 0;
        if (list_resize(self, size + count) != 0)
            return -1;
        PyObject **items = items_of(iterable); /* of a list that is extended by itself, the new array */
        for (Py_ssize_t i = 0; i < count; i++)
            LIST(self)->ob_item[size + i] = Py_NewRef(items[i]);
        return 0;
    }
    PyObject *iterator = object_iter(iterable), *item;
    if (iterator == NULL)
        return -1;
    int result = 0;
    while (result == 0 && (item = object_iter_next(iterator)) != NULL)
        result = append_steal(self, item);
    Py_DECREF(iterator);
    return object_error_occurred() != NULL ? -1 : 0;
}

PyObject *object_list_from_iterable(PyObject *iterable)
{
    PyObject *self = object_list_new(0);
    if (self != NULL && object_list_extend(self, iterable) != 0)
        Py_CLEAR(self);
    return self;
}

/* The type. ------------------------------------------------------------------------------------------------------------------- */

static void list_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    PyObject **items = LIST(self)->ob_item;
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_XDECREF(items[i]);
    if (items != NULL && !list_is_inside(LIST(self)))
        domain_free(PYMM_DOMAIN_MEM, items);
    if (PYMM_LIKELY(PyList_CheckExact(self)))
        track_free(self);
    else
        Py_TYPE(self)->tp_free(self);
}

static int list_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(self); --i >= 0;)
        Py_VISIT(LIST(self)->ob_item[i]);
    return 0;
}

static PyObject *list_compare(PyObject *left, PyObject *right, int op)
{
    if (!PyList_Check(left) || !PyList_Check(right))
        return Py_NewRef(Py_NotImplemented);
    return items_compare(left, right, op);
}

static Py_ssize_t list_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *list_item(PyObject *self, Py_ssize_t index)
{
    return is_within(self, index, "list index out of range") ? Py_NewRef(LIST(self)->ob_item[index]) : NULL;
}

static int list_set_item(PyObject *self, Py_ssize_t index, PyObject *item)
{
    if (!is_within(self, index, "list assignment index out of range"))
        return -1;
    if (item == NULL)
        return object_list_set_slice(self, index, index + 1, NULL);
    Py_SETREF(LIST(self)->ob_item[index], Py_NewRef(item));
    return 0;
}

static PyObject *list_iter(PyObject *self) { return items_iter(&PyListIter_Type, self); }

/* list(), list(iterable) */
static int list_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    if (Py_TYPE(self) == &PyList_Type && keywords != NULL && object_dict_size(keywords) > 0)
        return object_error_set(PyExc_TypeError, "list() takes no keyword arguments"), -1;
    Py_ssize_t count = args == NULL ? 0 : Py_SIZE(args);
    if (!arguments_check("list", count, 0, 1))
        return -1;
    object_list_clear(self);
    return count == 0 ? 0 : object_list_extend(self, PyTuple_GET_ITEM(args, 0));
}

static PyObject *list_repr(PyObject *self) { return items_repr(self, '[', "]"); }

static PySequenceMethods list_as_sequence = {
    .sq_length = list_length,
    .sq_concat = list_concat,
    .sq_repeat = list_repeat,
    .sq_item = list_item,
    .sq_ass_item = list_set_item,
    .sq_contains = items_contain,
    .sq_inplace_concat = list_inplace_concat,
    .sq_inplace_repeat = list_inplace_repeat,
};

static PyMappingMethods list_as_mapping = {
    .mp_length = list_length,
    .mp_subscript = list_subscript,
    .mp_ass_subscript = list_set_subscript,
};

PyTypeObject PyList_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "list",
    .tp_basicsize = sizeof(PyListObject),
    .tp_dealloc = list_dealloc,
    .tp_repr = list_repr,
    .tp_as_sequence = &list_as_sequence,
    .tp_as_mapping = &list_as_mapping,
    .tp_hash = object_hash_refuse,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_SEQUENCE,
    .tp_traverse = list_traverse,
    .tp_clear = object_list_clear,
    .tp_richcompare = list_compare,
    .tp_iter = list_iter,
    .tp_methods = list_methods,
    .tp_init = list_init,
    .tp_new = object_generic_new,
    .tp_free = object_gc_del,
};
