/* type.h: what the files type*.c share. Only files of this room include it. Read object.h first. */
#ifndef PYMM_OBJECT_TYPE_H
#define PYMM_OBJECT_TYPE_H

#include "object.h"

/* type_inherit.c */
void type_inherit_slots(PyTypeObject *type, PyTypeObject *base);
void type_inherit_layout(PyTypeObject *type, PyTypeObject *base);
void type_inherit_groups(PyTypeObject *type, PyTypeObject *base);

/* type_instance.c. The members that types below `base` add, visited or given up. */
int type_members_visit(PyObject *self, PyTypeObject *type, visitproc visit, void *arg);
void type_members_clear(PyObject *self, PyTypeObject *type, PyTypeObject *base);
/* The member table that lies behind a heap type; Py_SIZE entries and one of zeros. */
PYMM_INLINE PyMemberDef *type_members(PyTypeObject *type)
{
    return (PyMemberDef *)((char *)type + Py_TYPE(type)->tp_basicsize);
}

/* type_ready.c. May types derive from this one? False: an exception is set. Makes it ready. */
bool type_is_base(PyTypeObject *base);
/* Does the type's dict say that it has an equality or a hash of its own? */
bool type_overrides_hash(PyTypeObject *type);

/* Is it a tp_free for memory without GC (with GC), by the core's name or by the public one? */
PYMM_INLINE bool type_free_is_plain(freefunc free) { return free == object_del || free == object_public.del; }
PYMM_INLINE bool type_free_is_gc(freefunc free) { return free == object_gc_del || free == object_public.gc_del; }

#endif
