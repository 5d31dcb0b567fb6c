/* type_order.c: the bases of a type: which of them decides about the layout, and in which order all are asked (the MRO).
 *
 * The order keeps that of the bases and that of each base (C3). tp_mro is a tuple that begins with the type itself: a heap
 * type is part of a cycle and ends in a collection. Owns: the above, metaclasses of bases, subclasses. Read type.h first. */
#include "type.h"

/* What of a type's size is more than the dict and weak references that any derived type may add? */
static bool has_more_layout(const PyTypeObject *type, const PyTypeObject *base)
{
    if (type->tp_itemsize != 0 || base->tp_itemsize != 0)
        return type->tp_basicsize != base->tp_basicsize || type->tp_itemsize != base->tp_itemsize;
    Py_ssize_t bytes = type->tp_basicsize;
    if (type->tp_weaklistoffset != 0 && base->tp_weaklistoffset == 0)
        bytes -= (Py_ssize_t)sizeof(PyObject *);
    if (type->tp_dictoffset != 0 && base->tp_dictoffset == 0)
        bytes -= (Py_ssize_t)sizeof(PyObject *);
    return bytes != base->tp_basicsize;
}

/* The nearest type above, or this one, whose instances have parts of their own. */
static PyTypeObject *solid_of(PyTypeObject *type)
{
    while (type->tp_base != NULL && !has_more_layout(type, type->tp_base))
        type = type->tp_base;
    return type;
}

/* Borrowed; NULL: they do not go together. */
PyTypeObject *type_base_choose(PyObject *bases)
{
    PyTypeObject *chosen = NULL, *chosen_solid = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (!type_is_base(base))
            return NULL;
        PyTypeObject *solid = solid_of(base);
        if (chosen == NULL || (solid != chosen_solid && object_type_is_subtype(solid, chosen_solid))) {
            chosen = base;
            chosen_solid = solid;
        } else if (!object_type_is_subtype(chosen_solid, solid)) {
            object_error_set(PyExc_TypeError, "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return chosen;
}

/* The most derived of the types of `bases` and `metaclass`. Borrowed. */
PyTypeObject *type_metaclass_choose(PyTypeObject *metaclass, PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *of_base = Py_TYPE(PyTuple_GET_ITEM(bases, i));
        if (metaclass == NULL || object_type_is_subtype(of_base, metaclass)) {
            metaclass = of_base;
        } else if (!object_type_is_subtype(metaclass, of_base)) {
            object_error_set(PyExc_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass "
                                              "of the metaclasses of all its bases");
            return NULL;
        }
    }
    return metaclass;
}

/* The order. ------------------------------------------------------------------------------------------------------------- */

/* One of the sequences that are merged, and how much of it has been taken. */
typedef struct sequence {
    PyObject *items;
    Py_ssize_t at;
} sequence;

static bool is_later_in(const sequence *of, PyObject *type)
{
    for (Py_ssize_t i = of->at + 1; i < PyTuple_GET_SIZE(of->items); i++)
        if (PyTuple_GET_ITEM(of->items, i) == type)
            return true;
    return false;
}

/* The first head that no sequence wants later; NULL: there is none, or all is taken (*is_done). */
static PyObject *next_of(sequence *all, Py_ssize_t count, bool *is_done)
{
    *is_done = true;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (all[i].at == PyTuple_GET_SIZE(all[i].items))
            continue;
        *is_done = false;
        PyObject *head = PyTuple_GET_ITEM(all[i].items, all[i].at);
        Py_ssize_t k = 0;
        while (k < count && !is_later_in(&all[k], head))
            k++;
        if (k == count)
            return head;
    }
    return NULL;
}

static PyObject *heads_text(const sequence *all, Py_ssize_t count)
{
    PyObject *text = object_unicode_from_utf8("");
    for (Py_ssize_t i = 0; text != NULL && i < count; i++) {
        if (all[i].at == PyTuple_GET_SIZE(all[i].items))
            continue;
        PyTypeObject *type = (PyTypeObject *)PyTuple_GET_ITEM(all[i].items, all[i].at);
        bool is_told = false; /* each head once */
        for (Py_ssize_t k = 0; k < i; k++)
            is_told |= all[k].at < PyTuple_GET_SIZE(all[k].items) && PyTuple_GET_ITEM(all[k].items, all[k].at) == (PyObject *)type;
        if (is_told)
            continue;
        PyObject *more = object_unicode_from_format("%U%s %s", text, PyUnicode_GET_LENGTH(text) == 0 ? "" : ",", object_type_name(type));
        Py_SETREF(text, more);
    }
    return text;
}

static void order_fails(const sequence *all, Py_ssize_t count)
{
    PyObject *names = heads_text(all, count);
    if (names != NULL)
        object_error_format_objects(PyExc_TypeError, "Cannot create a consistent method resolution order (MRO) for bases%U", names);
    Py_XDECREF(names);
}

/* `count` sequences into one that begins with `type`. */
static PyObject *merge(PyTypeObject *type, sequence *all, Py_ssize_t count)
{
    Py_ssize_t most = 1, made = 1;
    for (Py_ssize_t i = 0; i < count; i++)
        most += PyTuple_GET_SIZE(all[i].items);
    PyObject *order = object_tuple_new(most), *next = NULL;
    if (order == NULL)
        return NULL;
    PyTuple_SET_ITEM(order, 0, Py_NewRef(type));
    bool is_done;
    while ((next = next_of(all, count, &is_done)) != NULL) {
        PyTuple_SET_ITEM(order, made++, Py_NewRef(next));
        for (Py_ssize_t i = 0; i < count; i++)
            if (all[i].at < PyTuple_GET_SIZE(all[i].items) && PyTuple_GET_ITEM(all[i].items, all[i].at) == next)
                all[i].at++;
    }
    if (!is_done) {
        order_fails(all, count);
        Py_DECREF(order);
        return NULL;
    }
    object_tuple_resize(&order, made);
    return order;
}

static bool has_twice(PyObject *bases)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++)
        for (Py_ssize_t k = 0; k < i; k++)
            if (PyTuple_GET_ITEM(bases, i) == PyTuple_GET_ITEM(bases, k)) {
                object_error_format(PyExc_TypeError, "duplicate base class %s", object_type_name((PyTypeObject *)PyTuple_GET_ITEM(bases, i)));
                return true;
            }
    return false;
}

int type_order_set(PyTypeObject *type)
{
    PyObject *bases = type->tp_bases;
    Py_ssize_t count = PyTuple_GET_SIZE(bases);
    if (has_twice(bases))
        return -1;
    sequence *all = domain_malloc(PYMM_DOMAIN_MEM, (size_t)(count + 1) * sizeof *all);
    if (all == NULL) {
        object_error_no_memory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        all[i] = (sequence){((PyTypeObject *)PyTuple_GET_ITEM(bases, i))->tp_mro, 0};
    all[count] = (sequence){bases, 0};
    type->tp_mro = merge(type, all, count + 1);
    domain_free(PYMM_DOMAIN_MEM, all);
    return type->tp_mro == NULL ? -1 : 0;
}
