/* type.c: `type` and `object`, the two types at the root: what calling a type does, and what every object can do.
 *
 * Owns: PyType_Type, PyBaseObject_Type. Does not own: how a type is finished (type_ready.c) or made (type_spec.c).
 * Read object.h first. */
#include "type.h"

object_public_names object_public = {.del = object_del, .gc_del = object_gc_del, .alloc = object_alloc};

const char *object_type_name(PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? type->tp_name : dot + 1;
}

bool object_type_is_subtype(PyTypeObject *type, PyTypeObject *base)
{
    PyObject *order = type->tp_mro;
    for (Py_ssize_t i = 0; order != NULL && i < PyTuple_GET_SIZE(order); i++)
        if (PyTuple_GET_ITEM(order, i) == (PyObject *)base)
            return true;
    if (order != NULL)
        return false;
    for (; type != NULL; type = type->tp_base)
        if (type == base)
            return true;
    return base == &PyBaseObject_Type;
}

static bool has_arguments(PyObject *args, PyObject *kwds)
{
    return (args != NULL && PyTuple_GET_SIZE(args) != 0) || (kwds != NULL && object_dict_size(kwds) != 0);
}

/* Arguments are an error for the one of tp_new and tp_init that is object's own, unless the other one may have taken them. */
static PyObject *base_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (has_arguments(args, kwds)) {
        if (type->tp_new != base_new)
            return object_error_set(PyExc_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->tp_init == PyBaseObject_Type.tp_init)
            return object_error_format(PyExc_TypeError, "%.200s() takes no arguments", type->tp_name);
    }
    return type->tp_alloc(type, 0);
}

static int base_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    PyTypeObject *type = Py_TYPE(self);
    if (!has_arguments(args, kwds) || (type->tp_init == base_init && type->tp_new != base_new))
        return 0;
    if (type->tp_init != base_init)
        object_error_set(PyExc_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
    else
        object_error_format(PyExc_TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                            type->tp_name);
    return -1;
}

static void base_dealloc(PyObject *self) { Py_TYPE(self)->tp_free(self); }

static PyObject *base_compare(PyObject *a, PyObject *b, int op)
{
    if (op == Py_EQ)
        return a == b ? Py_True : Py_NotImplemented;
    if (op != Py_NE || Py_TYPE(a)->tp_richcompare == NULL)
        return Py_NotImplemented;
    PyObject *equal = Py_TYPE(a)->tp_richcompare(a, b, Py_EQ); /* unequal is not equal, where a type says only the latter */
    if (equal == NULL || equal == Py_NotImplemented)
        return equal;
    int truth = object_is_true(equal);
    Py_DECREF(equal);
    return truth < 0 ? NULL : object_bool(!truth);
}

PyTypeObject PyBaseObject_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = base_dealloc,
    .tp_repr = object_repr_default,
    .tp_hash = object_hash_identity,
    .tp_str = object_str_default,
    .tp_getattro = object_generic_get,
    .tp_setattro = object_generic_set,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The base class of the class hierarchy.",
    .tp_richcompare = base_compare,
    .tp_methods = object_base_methods,
    .tp_getset = object_base_attributes,
    .tp_init = base_init,
    .tp_alloc = object_alloc,
    .tp_new = base_new,
    .tp_free = object_del,
};

/* Calling a type: tp_new makes the instance, tp_init fills it if it is one of this type. */
PyObject *object_type_call(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    if (type == &PyType_Type && PyTuple_GET_SIZE(args) == 1 && (kwds == NULL || object_dict_size(kwds) == 0))
        return Py_NewRef(Py_TYPE(PyTuple_GET_ITEM(args, 0)));
    if (type == &PyType_Type && PyTuple_GET_SIZE(args) != 3)
        return object_error_set(PyExc_TypeError, "type() takes 1 or 3 arguments");
    if (type->tp_new == NULL)
        return object_error_format(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
    PyObject *self = type->tp_new(type, args, kwds);
    if (self == NULL || !object_type_is_subtype(Py_TYPE(self), type))
        return self;
    initproc init = Py_TYPE(self)->tp_init;
    if (init != NULL && init(self, args, kwds) < 0)
        Py_CLEAR(self);
    return self;
}

static PyObject *type_call(PyObject *self, PyObject *args, PyObject *kwds)
{
    return object_type_call((PyTypeObject *)self, args, kwds);
}

/* Heap types are objects of the collector's, static types are not. */
static int type_is_heap(PyObject *self) { return PyType_HasFeature((PyTypeObject *)self, Py_TPFLAGS_HEAPTYPE); }

static int type_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = (PyTypeObject *)self;
    if (!type_is_heap(self))
        pymm_fatal("type_traverse() called on non-heap type '%.100s'", type->tp_name);
    Py_VISIT(type->tp_dict);
    Py_VISIT(type->tp_cache);
    Py_VISIT(type->tp_mro);
    Py_VISIT(type->tp_bases);
    Py_VISIT(type->tp_base);
    Py_VISIT(((PyHeapTypeObject *)type)->ht_module);
    return 0;
}

/* Not tp_base and tp_bases: instances that are still to go need them. */
static int type_clear(PyObject *self)
{
    PyTypeObject *type = (PyTypeObject *)self;
    Py_CLEAR(type->tp_dict);
    Py_CLEAR(((PyHeapTypeObject *)type)->ht_module);
    Py_CLEAR(type->tp_mro);
    return 0;
}

static void type_dealloc(PyObject *self)
{
    PyHeapTypeObject *heap = (PyHeapTypeObject *)self;
    PyTypeObject *type = &heap->ht_type;
    if (!type_is_heap(self))
        pymm_fatal("deallocating the static type %s: it lost references it never had", type->tp_name);
    PyObject *error = object_error_take();
    object_gc_untrack(self);
    if (Py_TYPE(self)->tp_weaklistoffset > 0)
        object_weak_end(self, true);
    type_clear(self);
    for (Py_ssize_t i = 0; type->tp_bases != NULL && i < PyTuple_GET_SIZE(type->tp_bases); i++)
        type_subclass_remove((PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i), type);
    Py_CLEAR(type->tp_bases);
    Py_CLEAR(type->tp_base);
    Py_CLEAR(heap->ht_name);
    Py_CLEAR(heap->ht_qualname);
    Py_CLEAR(heap->ht_slots);
    domain_free(PYMM_DOMAIN_MEM, heap->_ht_tpname);
    domain_free(PYMM_DOMAIN_MEM, (void *)(uintptr_t)type->tp_doc);
    Py_TYPE(self)->tp_free(self);
    object_error_restore(error);
}

PyTypeObject PyType_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = type_dealloc,
    .tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall),
    .tp_repr = object_type_repr,
    .tp_call = type_call,
    .tp_getattro = object_type_attribute_get,
    .tp_setattro = object_type_attribute_set,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_GC |
                Py_TPFLAGS_ITEMS_AT_END | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = type_traverse,
    .tp_clear = type_clear,
    .tp_weaklistoffset = offsetof(PyTypeObject, tp_weaklist),
    .tp_methods = object_type_methods,
    .tp_members = object_type_member_table,
    .tp_getset = object_type_attributes,
    .tp_init = type_init,
    .tp_alloc = object_alloc,
    .tp_new = type_new,
    .tp_free = object_gc_del,
    .tp_is_gc = type_is_heap,
};
