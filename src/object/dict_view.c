/* dict_view.c: views of dicts: their keys, values and items as they are at the moment.
 *
 * Owns: the above, three kinds told apart by their types. Does not own: iterators (dict_iter.c). Read table.h first. */
#include "arguments.h"
#include "table.h"

#include "set.h"

/* Views. --------------------------------------------------------------------------------------------------------------------------- */

typedef struct dict_view {
    PyObject_HEAD
    PyObject *dict;
} dict_view;

#define DICT_OF(view) (((dict_view *)(view))->dict)

PyObject *dict_view_new(PyTypeObject *type, PyObject *dict)
{
    PyObject *made = object_gc_new(type);
    if (made == NULL)
        return NULL;
    DICT_OF(made) = Py_NewRef(dict);
    object_gc_track(made);
    return made;
}

static void view_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_DECREF(DICT_OF(self));
    object_gc_del(self);
}

static int view_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(DICT_OF(self));
    return 0;
}

static PyObject *view_repr(PyObject *self)
{
    int result = object_repr_enter(self);
    if (result != 0)
        return result < 0 ? NULL : object_unicode_from_utf8("...");
    PyObject *list = object_list_from_iterable(self);
    PyObject *text = list == NULL ? NULL : object_unicode_from_format("%s(%R)", Py_TYPE(self)->tp_name, list);
    Py_XDECREF(list);
    object_repr_leave(self);
    return text;
}

static Py_ssize_t view_length(PyObject *self) { return TABLE_OWNER(DICT_OF(self))->ma_used; }

static PyObject *keys_iter(PyObject *self) { return dict_iter_new(&PyDictIterKey_Type, DICT_OF(self)); }
static PyObject *values_iter(PyObject *self) { return dict_iter_new(&PyDictIterValue_Type, DICT_OF(self)); }
static PyObject *items_view_iter(PyObject *self) { return dict_iter_new(&PyDictIterItem_Type, DICT_OF(self)); }

static int keys_contain(PyObject *self, PyObject *key) { return object_dict_contains(DICT_OF(self), key); }

static int items_view_contain(PyObject *self, PyObject *pair)
{
    PyObject *value;
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
        return 0;
    int found = object_dict_get_new(DICT_OF(self), PyTuple_GET_ITEM(pair, 0), &value);
    if (found > 0)
        found = object_compare_bool(value, PyTuple_GET_ITEM(pair, 1), Py_EQ);
    Py_XDECREF(value);
    return found;
}

static bool is_set_view(PyObject *op) { return Py_IS_TYPE(op, &PyDictKeys_Type) || Py_IS_TYPE(op, &PyDictItems_Type); }

/* Is everything in `part` in `whole`? */
static int all_in(PyObject *part, PyObject *whole)
{
    PyObject *iterator = object_iter(part), *item;
    int result = iterator == NULL ? -1 : 1;
    while (result > 0 && (item = object_iter_next(iterator)) != NULL) {
        result = object_sequence_contains(whole, item);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return object_error_occurred() != NULL ? -1 : result;
}

/* Keys and items are sets, and compared as such. */
static PyObject *view_compare(PyObject *left, PyObject *right, int op)
{
    if (!set_is_any(right) && !is_set_view(right))
        return Py_NewRef(Py_NotImplemented);
    Py_ssize_t a = object_size(left), b = object_size(right);
    int result = a < 0 || b < 0 ? -1 : 0;
    if ((op == Py_EQ || op == Py_NE) && a == b)
        result = all_in(left, right);
    else if ((op == Py_LT && a < b) || (op == Py_LE && a <= b))
        result = all_in(left, right);
    else if ((op == Py_GT && a > b) || (op == Py_GE && a >= b))
        result = all_in(right, left);
    return result < 0 ? NULL : object_bool(op == Py_NE ? !result : result);
}

/* left OP right, as sets: of anything that can be iterated over. The result is a set. */
static PyObject *view_combine(PyObject *left, PyObject *right, binaryfunc combine)
{
    PyObject *a = object_set_new(left), *b = a == NULL ? NULL : object_set_new(right);
    PyObject *result = b == NULL ? NULL : combine(a, b);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static PyObject *view_and(PyObject *left, PyObject *right) { return view_combine(left, right, set_as_number.nb_and); }
static PyObject *view_or(PyObject *left, PyObject *right) { return view_combine(left, right, set_as_number.nb_or); }
static PyObject *view_xor(PyObject *left, PyObject *right) { return view_combine(left, right, set_as_number.nb_xor); }
static PyObject *view_subtract(PyObject *left, PyObject *right) { return view_combine(left, right, set_as_number.nb_subtract); }

/* Methods. ------------------------------------------------------------------------------------------------------------------------- */

static PyObject *keys_reversed(PyObject *self, PyObject *unused) { (void)unused; return dict_iter_new(&PyDictRevIterKey_Type, DICT_OF(self)); }
static PyObject *values_reversed(PyObject *self, PyObject *unused) { (void)unused; return dict_iter_new(&PyDictRevIterValue_Type, DICT_OF(self)); }
static PyObject *items_reversed(PyObject *self, PyObject *unused) { (void)unused; return dict_iter_new(&PyDictRevIterItem_Type, DICT_OF(self)); }
static PyObject *mapping_get(PyObject *self, void *context) { (void)context; return object_mapping_view(DICT_OF(self)); }

/* Of anything that can be iterated over. */
static PyObject *view_isdisjoint(PyObject *self, PyObject *other)
{
    PyObject *iterator = object_iter(other), *item;
    int result = iterator == NULL ? -1 : 0;
    while (result == 0 && (item = object_iter_next(iterator)) != NULL) {
        result = object_sequence_contains(self, item);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return object_error_occurred() != NULL ? NULL : object_bool(result == 0);
}

static PyMethodDef keys_methods[] = {
    METHOD_ONE("isdisjoint", view_isdisjoint), METHOD_NONE("__reversed__", keys_reversed), {NULL, NULL, 0, NULL}};
static PyMethodDef items_methods[] = {
    METHOD_ONE("isdisjoint", view_isdisjoint), METHOD_NONE("__reversed__", items_reversed), {NULL, NULL, 0, NULL}};
static PyMethodDef values_methods[] = {METHOD_NONE("__reversed__", values_reversed), {NULL, NULL, 0, NULL}};
static PyGetSetDef view_attributes[] = {{"mapping", mapping_get, NULL, "dictionary that this view refers to", NULL}, {NULL, NULL, NULL, NULL, NULL}};

static PyNumberMethods view_as_number = {.nb_subtract = view_subtract, .nb_and = view_and, .nb_xor = view_xor, .nb_or = view_or};
static PySequenceMethods keys_as_sequence = {.sq_length = view_length, .sq_contains = keys_contain};
static PySequenceMethods items_as_sequence = {.sq_length = view_length, .sq_contains = items_view_contain};
static PySequenceMethods values_as_sequence = {.sq_length = view_length};

#define VIEW_SLOTS(name)                                                                                                              \
    .tp_name = name, .tp_basicsize = sizeof(dict_view), .tp_dealloc = view_dealloc, .tp_repr = view_repr,                             \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = view_traverse, .tp_getset = view_attributes

PyTypeObject PyDictKeys_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    VIEW_SLOTS("dict_keys"),
    .tp_as_number = &view_as_number,
    .tp_as_sequence = &keys_as_sequence,
    .tp_richcompare = view_compare,
    .tp_iter = keys_iter,
    .tp_methods = keys_methods,
};
PyTypeObject PyDictItems_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    VIEW_SLOTS("dict_items"),
    .tp_as_number = &view_as_number,
    .tp_as_sequence = &items_as_sequence,
    .tp_richcompare = view_compare,
    .tp_iter = items_view_iter,
    .tp_methods = items_methods,
};
PyTypeObject PyDictValues_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    VIEW_SLOTS("dict_values"),
    .tp_as_sequence = &values_as_sequence,
    .tp_iter = values_iter,
    .tp_methods = values_methods,
};
