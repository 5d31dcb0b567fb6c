/* type_instance.c: the end of instances of heap types that have no destructor of their own, and what they refer to.
 *
 * Such a type adds to its base at most a dict, weak references and members; its destructor gives these up and calls that
 * of the nearest base with another one. Order: tp_finalize, tp_del, then the parts, the base, last the type.
 * Owns: finalizers at the end of an object. Does not own: finalizers run by the collector. Read object.h first. */
#include "type.h"

void object_finalizer_call(PyObject *self)
{
    destructor finalize = Py_TYPE(self)->tp_finalize;
    bool is_gc = object_is_gc(self);
    if (finalize == NULL || (is_gc && object_gc_is_finalized(self)))
        return;
    finalize(self);
    if (is_gc)
        object_gc_set_finalized(self);
}

int object_finalizer_call_at_end(PyObject *self)
{
    if (Py_REFCNT(self) != 0)
        object_assertion_failed("object/type_instance.c", __LINE__, "PyObject_CallFinalizerFromDealloc",
                                "PyObject_CallFinalizerFromDealloc called on object with a non-zero refcount", self);
    self->ob_refcnt = 1; /* a finalizer may take references and give them back */
    object_finalizer_call(self);
    return --self->ob_refcnt == 0 ? 0 : -1;
}

/* tp_del, which may bring the object back too. */
static bool is_dead_after_del(PyObject *self, destructor del)
{
    self->ob_refcnt = 1;
    del(self);
    return --self->ob_refcnt == 0;
}

/* False: `self` was brought back. `has_weak`: its weak references are not those of a base with a destructor. */
static bool finalizers_run(PyObject *self, PyTypeObject *type, bool is_gc, bool has_weak)
{
    if (type->tp_finalize != NULL) {
        if (is_gc)
            object_gc_track(self); /* to the finalizer it is an object like others */
        if (object_finalizer_call_at_end(self) != 0)
            return false;
        object_gc_untrack(self);
    }
    if (has_weak)
        object_weak_end(self, true);
    if (type->tp_del != NULL && !is_dead_after_del(self, type->tp_del))
        return false;
    if (has_weak) /* made by a finalizer: parts that a callback could ask for may be gone */
        object_weak_end(self, false);
    return true;
}

void object_instance_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    bool is_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    while (base->tp_dealloc == object_instance_dealloc)
        base = base->tp_base;
    if (is_gc)
        object_gc_untrack(self);
    if (!finalizers_run(self, type, is_gc, type->tp_weaklistoffset > 0 && base->tp_weaklistoffset == 0))
        return;
    type = Py_TYPE(self);
    type_members_clear(self, type, base);
    PyObject **dict = base->tp_dictoffset == 0 ? object_dict_place(self) : NULL;
    if (dict != NULL)
        Py_CLEAR(*dict);
    if (base->tp_flags & Py_TPFLAGS_HAVE_GC)
        object_gc_track(self); /* its destructor untracks it */
    bool is_type_owned = (type->tp_flags & Py_TPFLAGS_HEAPTYPE) && !(base->tp_flags & Py_TPFLAGS_HEAPTYPE);
    base->tp_dealloc(self);
    if (is_type_owned)
        Py_DECREF(type);
}

/* Where an instance has its dict, NULL if it has none. */
PyObject **object_dict_place(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset == 0)
        return NULL;
    if (offset < 0) {
        Py_ssize_t n = Py_SIZE(self);
        offset += (Py_ssize_t)object_bytes(type, n < 0 ? -n : n);
    }
    return (PyObject **)((char *)self + offset);
}

int object_instance_traverse(PyObject *self, visitproc visit, void *arg)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    while (base->tp_traverse == object_instance_traverse) {
        int visited = type_members_visit(self, base, visit, arg);
        if (visited != 0)
            return visited;
        base = base->tp_base;
    }
    PyObject **dict = type->tp_dictoffset != base->tp_dictoffset ? object_dict_place(self) : NULL;
    if (dict != NULL)
        Py_VISIT(*dict);
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) && (base->tp_traverse == NULL || !(base->tp_flags & Py_TPFLAGS_HEAPTYPE)))
        Py_VISIT(type); /* a traversal of a heap type visits the type itself */
    return base->tp_traverse == NULL ? 0 : base->tp_traverse(self, visit, arg);
}

int object_instance_clear(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    while (base->tp_clear == object_instance_clear)
        base = base->tp_base;
    type_members_clear(self, type, base);
    PyObject **dict = type->tp_dictoffset != base->tp_dictoffset ? object_dict_place(self) : NULL;
    if (dict != NULL)
        Py_CLEAR(*dict);
    return base->tp_clear == NULL ? 0 : base->tp_clear(self);
}

/* Members that a heap type keeps behind itself (__slots__): objects that an instance owns. ------------------------------- */

static bool is_owned_member(const PyMemberDef *member) { return member->type == Py_T_OBJECT_EX && !(member->flags & Py_READONLY); }

static PyMemberDef *members_of(PyTypeObject *type, Py_ssize_t *count)
{
    bool has = (type->tp_flags & Py_TPFLAGS_HEAPTYPE) && ((PyHeapTypeObject *)type)->ht_slots != NULL;
    *count = has ? Py_SIZE(type) : 0;
    return type_members(type);
}

int type_members_visit(PyObject *self, PyTypeObject *type, visitproc visit, void *arg)
{
    Py_ssize_t count;
    PyMemberDef *members = members_of(type, &count);
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_owned_member(&members[i]))
            Py_VISIT(*(PyObject **)((char *)self + members[i].offset));
    return 0;
}

void type_members_clear(PyObject *self, PyTypeObject *type, PyTypeObject *base)
{
    for (; type != base; type = type->tp_base) {
        Py_ssize_t count;
        PyMemberDef *members = members_of(type, &count);
        for (Py_ssize_t i = 0; i < count; i++)
            if (is_owned_member(&members[i]))
                Py_CLEAR(*(PyObject **)((char *)self + members[i].offset));
    }
}
