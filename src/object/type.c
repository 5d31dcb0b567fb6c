/* type.c: `type` and `object`, the two types at the root: what calling a type does, and what every object can do.
 *
 * Owns: PyType_Type, PyBaseObject_Type. Does not own: how a type is finished (type_ready.c) or made (type_spec.c).
 * Read object.h first. */
#include "type.h"

object_public_names object_public = {
    .del = object_del, .gc_del = object_gc_del, .alloc = object_alloc, .generic_new = object_generic_new};

const char *object_type_name(PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? type->tp_name : dot + 1;
}

bool object_type_is_subtype(PyTypeObject *type, PyTypeObject *base)
{
    for (; type != NULL; type = type->tp_base)
        if (type == base)
            return true;
    return base == &PyBaseObject_Type;
}

static void base_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_DECREF(type);
}

static int base_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    (void)self;
    (void)args;
    (void)kwds;
    return 0;
}

PyTypeObject PyBaseObject_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = base_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_init = base_init,
    .tp_alloc = object_alloc,
    .tp_new = object_generic_new,
    .tp_free = object_del,
};

PyTypeObject PyType_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_VECTORCALL |
                Py_TPFLAGS_ITEMS_AT_END,
    .tp_alloc = object_alloc,
    .tp_free = object_gc_del,
};
