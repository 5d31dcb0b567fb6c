/* set_methods.c: the methods of sets and frozensets that no slot stands for. They take any iterables.
 *
 * Owns: set_methods, frozenset_methods. Read set.h first. */
#include "arguments.h"
#include "set.h"
#include "sizeof.h"

static PyObject *none_if(int result) { return result != 0 ? NULL : Py_NewRef(Py_None); }

static PyObject *set_add(PyObject *self, PyObject *item) { return none_if(object_set_add(self, item)); }
static PyObject *set_discard(PyObject *self, PyObject *item) { return none_if(object_set_discard(self, item) < 0); }

static PyObject *set_remove(PyObject *self, PyObject *item)
{
    int found = object_set_discard(self, item);
    if (found == 0)
        table_set_key_error(item);
    return none_if(found <= 0);
}

static PyObject *set_pop(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_set_pop(self);
}

static PyObject *set_clear(PyObject *self, PyObject *unused)
{
    (void)unused;
    return none_if(object_set_clear(self));
}

static PyObject *set_copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyFrozenSet_CheckExact(self) ? Py_NewRef(self) : set_make(Py_TYPE(self), self);
}

static PyObject *set_update_all(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (set_update(self, args[i]) != 0)
            return NULL;
    return Py_NewRef(Py_None);
}

/* An iterable as a set or frozenset: itself when it is one. */
static PyObject *as_set(PyObject *iterable) { return set_is_any(iterable) ? Py_NewRef(iterable) : object_set_new(iterable); }

/* self OP args[0] OP args[1] ..., of self's kind. */
static PyObject *fold(PyObject *self, PyObject *const *args, Py_ssize_t count, binaryfunc combine)
{
    PyObject *made = set_make(set_base_type(self), self);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *other = as_set(args[i]);
        Py_SETREF(made, other == NULL ? NULL : combine(made, other));
        Py_XDECREF(other);
    }
    return made;
}

static PyObject *set_union(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return fold(self, args, count, set_as_number.nb_or);
}

static PyObject *set_intersection(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return fold(self, args, count, set_as_number.nb_and);
}

static PyObject *set_difference(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return fold(self, args, count, set_as_number.nb_subtract);
}

static PyObject *set_symmetric_difference(PyObject *self, PyObject *other) { return fold(self, &other, 1, set_as_number.nb_xor); }

/* self gets the table of what was folded, which gets self's to end it: nothing can fail between, and self is one or the other. */
static PyObject *become(PyObject *self, PyObject *folded)
{
    if (folded == NULL)
        return NULL;
    PyDictObject *own = TABLE_OWNER(self), *other = TABLE_OWNER(folded);
    table *keys = own->ma_keys;
    Py_ssize_t count = own->ma_used;
    own->ma_keys = other->ma_keys;
    own->ma_used = other->ma_used;
    other->ma_keys = keys;
    other->ma_used = count;
    Py_DECREF(folded);
    return Py_NewRef(Py_None);
}

static PyObject *set_intersection_update(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return become(self, set_intersection(self, args, count));
}

static PyObject *set_difference_update(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return become(self, set_difference(self, args, count));
}

static PyObject *set_symmetric_difference_update(PyObject *self, PyObject *other) { return become(self, set_symmetric_difference(self, other)); }

/* self OP iterable, by comparison. */
static PyObject *compared(PyObject *self, PyObject *iterable, int op)
{
    PyObject *other = as_set(iterable), *result = other == NULL ? NULL : set_compare(self, other, op);
    Py_XDECREF(other);
    return result;
}

static PyObject *set_issubset(PyObject *self, PyObject *iterable) { return compared(self, iterable, Py_LE); }
static PyObject *set_issuperset(PyObject *self, PyObject *iterable) { return compared(self, iterable, Py_GE); }

static PyObject *set_isdisjoint(PyObject *self, PyObject *iterable)
{
    PyObject *common = set_intersection(self, &iterable, 1);
    bool is_disjoint = common != NULL && SET_COUNT(common) == 0;
    if (common == NULL)
        return NULL;
    Py_DECREF(common);
    return object_bool(is_disjoint);
}

#define BOTH_METHODS                                                                                                                 \
    METHOD_NONE("copy", set_copy), METHOD_FAST("union", set_union), METHOD_FAST("intersection", set_intersection),                   \
        METHOD_FAST("difference", set_difference), METHOD_ONE("symmetric_difference", set_symmetric_difference),                     \
        METHOD_ONE("issubset", set_issubset), METHOD_ONE("issuperset", set_issuperset), METHOD_ONE("isdisjoint", set_isdisjoint),     \
        METHOD_NONE("__sizeof__", sizeof_table), METHOD_BRACKETS

PyMethodDef set_methods[] = {
    BOTH_METHODS,
    METHOD_ONE("add", set_add),
    METHOD_ONE("discard", set_discard),
    METHOD_ONE("remove", set_remove),
    METHOD_NONE("pop", set_pop),
    METHOD_NONE("clear", set_clear),
    METHOD_FAST("update", set_update_all),
    METHOD_FAST("intersection_update", set_intersection_update),
    METHOD_FAST("difference_update", set_difference_update),
    METHOD_ONE("symmetric_difference_update", set_symmetric_difference_update),
    {NULL, NULL, 0, NULL},
};
PyMethodDef frozenset_methods[] = {BOTH_METHODS, {NULL, NULL, 0, NULL}};
