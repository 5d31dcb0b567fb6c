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

/* type_order.c. Bases are a tuple of types that are ready. The one that decides about the layout, and the type of the new type,
 * borrowed; NULL: they contradict each other. */
PyTypeObject *type_base_choose(PyObject *bases);
PyTypeObject *type_metaclass_choose(PyTypeObject *metaclass, PyObject *bases);
int type_order_set(PyTypeObject *type); /* tp_mro, from tp_bases */

/* type_dict.c. The entries that the tables and slots of a type make; `has_own_new`: its tp_new is not just inherited. */
int type_dict_fill(PyTypeObject *type, bool has_own_new);
int type_dict_put(PyTypeObject *type, const char *name, PyObject *value); /* takes `value`, which may be NULL: an exception */
bool type_is_new_method(const PyMethodDef *method); /* is it the one that each __new__ is made of? */

/* type_slots.c, type_update.c. Slots as entries of the dict; entries as slots (`name` NULL: all of them). */
int type_slots_put(PyTypeObject *type);
void type_slots_update(PyTypeObject *type, const char *name);
void type_changed(PyTypeObject *type, PyObject *name); /* an entry of the type's dict was set: slots follow, also of derived types */
int type_subclass_add(PyTypeObject *base, PyTypeObject *type);
void type_subclass_remove(PyTypeObject *base, PyTypeObject *type);
PyObject *type_subclasses_list(PyTypeObject *type);

/* type_attribute.c: what all types have, what all objects have. */
extern PyGetSetDef object_type_attributes[], object_base_attributes[];
extern PyMemberDef object_type_member_table[];
extern PyMethodDef object_type_methods[], object_base_methods[];

/* type_new.c: the tp_new and tp_init of `type`. */
PyObject *type_new(PyTypeObject *metaclass, PyObject *args, PyObject *kwds);
int type_init(PyObject *type, PyObject *args, PyObject *kwds);

/* type_ready.c. May types derive from this one? False: an exception is set. Makes it ready. */
bool type_is_base(PyTypeObject *base);
/* Is the size no smaller than the base's; does the offset lie within an instance? Else TypeError. */
bool type_size_check(const char *name, Py_ssize_t basicsize, const PyTypeObject *base);
bool type_offset_check(const char *what, Py_ssize_t offset, const PyTypeObject *type);
/* Does the type's dict say that it has an equality or a hash of its own? */
bool type_overrides_hash(PyTypeObject *type);

/* Is it a tp_free for memory without GC (with GC), by the core's name or by the public one? */
PYMM_INLINE bool type_free_is_plain(freefunc free) { return free == object_del || free == object_public.del; }
PYMM_INLINE bool type_free_is_gc(freefunc free) { return free == object_gc_del || free == object_public.gc_del; }

#endif
