/* type_update.c: the slots of a type follow what its dict, and those of its bases, say.
 *
 * For each slot with names the methods of these names are looked up. If all that are found are one and the same C function as
 * methods, it goes into the slot; else what calls them (type_dispatch.c). Owns: that rule, and which types derive from a type,
 * so that a change reaches them. Does not own: what tp_dict holds. Read type_slots.h first. */
#include "type_slots.h"

/* What one method wants in the slot: a C function, or NULL: to be called by its name. */
static any_function wanted_by(PyTypeObject *type, const type_slot *slot, PyObject *method)
{
    any_function function;
    const type_slot *of = type_slot_of(method, &function);
    if (of != NULL && of->offset == slot->offset && object_type_is_subtype(type, PyDescr_TYPE(method)))
        return function;
    bool is_new = slot->offset == offsetof(PyHeapTypeObject, ht_type.tp_new) && PyCFunction_Check(method);
    if (is_new && type_is_new_method(((PyCFunctionObject *)method)->m_ml))
        return (any_function)type->tp_new; /* as it was inherited */
    if (method == Py_None && slot->offset == offsetof(PyHeapTypeObject, ht_type.tp_hash))
        return (any_function)object_public.hash_refuse;
    return NULL;
}

/* All entries of the table with the offset of `first`, which is the first of them. Without memory, which is an exception, the slot
 * stays as it was. */
static void slot_update(PyTypeObject *type, const type_slot *first)
{
    any_function *place = type_slot_place(type, first->offset), chosen = NULL;
    bool has_any = false, has_dispatch = false;
    if (place == NULL)
        return;
    for (const type_slot *slot = first; slot->name != NULL; slot++) {
        PyObject *method = slot->offset != first->offset ? NULL : object_type_lookup_utf8(type, slot->name);
        if (method == NULL && object_error_occurred() != NULL)
            return;
        if (method == NULL)
            continue;
        any_function wanted = wanted_by(type, slot, method);
        if (wanted == NULL && slot->dispatch == NULL)
            continue; /* nb_add's method of the same name takes care of it */
        bool is_none = wanted == NULL && slot->offset == offsetof(PyHeapTypeObject, ht_type.tp_new) && type->tp_new == NULL;
        has_dispatch |= (wanted == NULL && !is_none) || (has_any && chosen != wanted);
        chosen = wanted;
        has_any = true;
    }
    *place = has_dispatch ? first->dispatch : chosen;
}

static bool is_first_with_offset(const type_slot *slot)
{
    for (const type_slot *before = type_slot_table; before < slot; before++)
        if (before->offset == slot->offset)
            return false;
    return true;
}

void type_slots_update(PyTypeObject *type, const char *name)
{
    for (const type_slot *slot = type_slot_table; slot->name != NULL; slot++) {
        if (name != NULL && strcmp(slot->name, name) != 0)
            continue;
        const type_slot *first = slot;
        if (name != NULL)
            for (first = type_slot_table; first->offset != slot->offset;)
                first++;
        if (name != NULL || is_first_with_offset(slot))
            slot_update(type, first);
    }
}

/* Derived types. ----------------------------------------------------------------------------------------------------------- */

/* tp_subclasses of a type: the types that have it among their bases. Each takes itself out when it ends. */
typedef struct subclasses {
    size_t count, room;
    PyTypeObject *types[];
} subclasses;

int type_subclass_add(PyTypeObject *base, PyTypeObject *type)
{
    subclasses *of = base->tp_subclasses;
    if (of == NULL || of->count == of->room) {
        size_t room = of == NULL ? 4 : of->room * 2;
        subclasses *larger = domain_realloc(PYMM_DOMAIN_MEM, of, sizeof *of + room * sizeof of->types[0]);
        if (larger == NULL) {
            object_error_no_memory();
            return -1;
        }
        if (of == NULL)
            larger->count = 0;
        larger->room = room;
        base->tp_subclasses = of = larger;
    }
    of->types[of->count++] = type;
    return 0;
}

void type_subclass_remove(PyTypeObject *base, PyTypeObject *type)
{
    subclasses *of = base->tp_subclasses;
    for (size_t i = 0; of != NULL && i < of->count; i++)
        if (of->types[i] == type) {
            memmove(&of->types[i], &of->types[i + 1], (of->count - i - 1) * sizeof of->types[0]);
            of->count--;
            break;
        }
    if (of != NULL && of->count == 0) {
        domain_free(PYMM_DOMAIN_MEM, of);
        base->tp_subclasses = NULL;
    }
}

PyObject *type_subclasses_list(PyTypeObject *type)
{
    subclasses *of = type->tp_subclasses;
    PyObject *list = object_list_new(0);
    for (size_t i = 0; list != NULL && of != NULL && i < of->count; i++)
        if (object_list_append(list, (PyObject *)of->types[i]) < 0)
            Py_CLEAR(list);
    return list;
}

/* Does the type's own dict say what `name` is? Then a change above does not reach it. */
static bool hides(PyTypeObject *type, PyObject *name)
{
    return type->tp_dict != NULL && object_dict_get(type->tp_dict, name) != NULL;
}

void type_changed(PyTypeObject *type, PyObject *name)
{
    const char *text = object_unicode_utf8(name, NULL);
    if (text == NULL || text[0] != '_' || text[1] != '_') {
        object_error_clear();
        return;
    }
    type_slots_update(type, text);
    subclasses *of = type->tp_subclasses;
    for (size_t i = 0; of != NULL && i < of->count; i++)
        if (!hides(of->types[i], name))
            type_changed(of->types[i], name);
}
