/* type_spec.c: heap types made from a PyType_Spec.
 *
 * Owns: reading the spec: slots, sizes, members that tell offsets. The type owns references to its base, bases and module,
 * and copies of its name, text and members; each instance owns one to the type. Does not own: finishing (type_ready.c).
 * Read object.h first. */
#include "type_slots.h"

/* Where each slot lies in a PyHeapTypeObject, by its number. */
#define SLOT(name) [Py_##name] = offsetof(PyHeapTypeObject, ht_type.name)
#define SLOT_IN(group, name) [Py_##name] = offsetof(PyHeapTypeObject, group.name)
static const uint16_t slot_offsets[Py_am_send + 1] = {
    SLOT_IN(as_buffer, bf_getbuffer), SLOT_IN(as_buffer, bf_releasebuffer),
    SLOT_IN(as_mapping, mp_ass_subscript), SLOT_IN(as_mapping, mp_length), SLOT_IN(as_mapping, mp_subscript),
    SLOT_IN(as_number, nb_absolute), SLOT_IN(as_number, nb_add), SLOT_IN(as_number, nb_and), SLOT_IN(as_number, nb_bool),
    SLOT_IN(as_number, nb_divmod), SLOT_IN(as_number, nb_float), SLOT_IN(as_number, nb_floor_divide),
    SLOT_IN(as_number, nb_index), SLOT_IN(as_number, nb_inplace_add), SLOT_IN(as_number, nb_inplace_and),
    SLOT_IN(as_number, nb_inplace_floor_divide), SLOT_IN(as_number, nb_inplace_lshift),
    SLOT_IN(as_number, nb_inplace_multiply), SLOT_IN(as_number, nb_inplace_or), SLOT_IN(as_number, nb_inplace_power),
    SLOT_IN(as_number, nb_inplace_remainder), SLOT_IN(as_number, nb_inplace_rshift),
    SLOT_IN(as_number, nb_inplace_subtract), SLOT_IN(as_number, nb_inplace_true_divide),
    SLOT_IN(as_number, nb_inplace_xor), SLOT_IN(as_number, nb_int), SLOT_IN(as_number, nb_invert),
    SLOT_IN(as_number, nb_lshift), SLOT_IN(as_number, nb_multiply), SLOT_IN(as_number, nb_negative),
    SLOT_IN(as_number, nb_or), SLOT_IN(as_number, nb_positive), SLOT_IN(as_number, nb_power),
    SLOT_IN(as_number, nb_remainder), SLOT_IN(as_number, nb_rshift), SLOT_IN(as_number, nb_subtract),
    SLOT_IN(as_number, nb_true_divide), SLOT_IN(as_number, nb_xor), SLOT_IN(as_number, nb_matrix_multiply),
    SLOT_IN(as_number, nb_inplace_matrix_multiply),
    SLOT_IN(as_sequence, sq_ass_item), SLOT_IN(as_sequence, sq_concat), SLOT_IN(as_sequence, sq_contains),
    SLOT_IN(as_sequence, sq_inplace_concat), SLOT_IN(as_sequence, sq_inplace_repeat), SLOT_IN(as_sequence, sq_item),
    SLOT_IN(as_sequence, sq_length), SLOT_IN(as_sequence, sq_repeat),
    SLOT_IN(as_async, am_await), SLOT_IN(as_async, am_aiter), SLOT_IN(as_async, am_anext), SLOT_IN(as_async, am_send),
    SLOT(tp_alloc), SLOT(tp_call), SLOT(tp_clear), SLOT(tp_dealloc), SLOT(tp_del), SLOT(tp_descr_get), SLOT(tp_descr_set),
    SLOT(tp_finalize), SLOT(tp_free), SLOT(tp_getattr), SLOT(tp_getattro), SLOT(tp_getset), SLOT(tp_hash), SLOT(tp_init),
    SLOT(tp_is_gc), SLOT(tp_iter), SLOT(tp_iternext), SLOT(tp_methods), SLOT(tp_new), SLOT(tp_repr), SLOT(tp_richcompare),
    SLOT(tp_setattr), SLOT(tp_setattro), SLOT(tp_str), SLOT(tp_traverse),
};

/* What a first reading of the spec finds. */
typedef struct spec_facts {
    PyMemberDef *members;
    Py_ssize_t member_count, dict_offset, weaklist_offset, vectorcall_offset;
    const char *doc;
    PyTypeObject *base;
    PyObject *slot_bases; /* borrowed: Py_tp_bases */
    PyObject *bases;      /* owned: a tuple */
    Py_ssize_t basicsize, itemsize;
} spec_facts;

static bool fails(PyObject *error, const char *text)
{
    object_error_set(error, text);
    return false;
}

/* Members with these names are for the type itself. */
static void special_member_read(spec_facts *facts, const PyMemberDef *member, Py_ssize_t offset)
{
    if (strcmp(member->name, "__dictoffset__") == 0)
        facts->dict_offset = offset;
    else if (strcmp(member->name, "__weaklistoffset__") == 0)
        facts->weaklist_offset = offset;
    else if (strcmp(member->name, "__vectorcalloffset__") == 0)
        facts->vectorcall_offset = offset;
}

static bool members_read(spec_facts *facts, const PyType_Spec *spec, PyMemberDef *members)
{
    if (facts->members != NULL)
        return fails(PyExc_SystemError, "Multiple Py_tp_members slots are not supported.");
    facts->members = members;
    for (; members->name != NULL; members++, facts->member_count++) {
        if (members->flags & Py_RELATIVE_OFFSET) {
            if (spec->basicsize > 0)
                return fails(PyExc_SystemError, "With Py_RELATIVE_OFFSET, basicsize must be negative.");
            if (members->offset < 0 || members->offset >= -(Py_ssize_t)spec->basicsize)
                return fails(PyExc_SystemError, "Member offset out of range (0..-basicsize)");
        }
    }
    return true;
}

static bool slots_read(spec_facts *facts, const PyType_Spec *spec)
{
    for (const PyType_Slot *slot = spec->slots; slot->slot != 0; slot++) {
        if (slot->slot < 0 || slot->slot > Py_am_send)
            return fails(PyExc_RuntimeError, "invalid slot offset");
        if (slot->slot == Py_tp_members && !members_read(facts, spec, slot->pfunc))
            return false;
        if (slot->slot == Py_tp_doc && facts->doc != NULL)
            return fails(PyExc_SystemError, "Multiple Py_tp_doc slots are not supported.");
        if (slot->slot == Py_tp_doc)
            facts->doc = slot->pfunc;
        else if (slot->slot == Py_tp_base)
            facts->base = slot->pfunc;
        else if (slot->slot == Py_tp_bases)
            facts->slot_bases = slot->pfunc;
    }
    if (spec->name == NULL)
        return fails(PyExc_SystemError, "Type spec does not define the name field.");
    return true;
}

/* Sizes: 0 is the base's; below 0, behind the base's, aligned. */
static bool sizes_read(spec_facts *facts, const PyType_Spec *spec, const PyTypeObject *base)
{
    facts->basicsize = spec->basicsize;
    facts->itemsize = spec->itemsize;
    if (spec->basicsize < 0) {
        Py_ssize_t own = (Py_ssize_t)base_round_up((size_t)base->tp_basicsize, _Alignof(max_align_t));
        facts->basicsize = own + (Py_ssize_t)base_round_up((size_t)-(Py_ssize_t)spec->basicsize, _Alignof(max_align_t));
        if (base->tp_itemsize != 0 && !((base->tp_flags | spec->flags) & Py_TPFLAGS_ITEMS_AT_END))
            return fails(PyExc_SystemError, "Cannot extend variable-size class without Py_TPFLAGS_ITEMS_AT_END.");
        for (PyMemberDef *member = facts->members; member != NULL && member->name != NULL; member++)
            special_member_read(facts, member, member->offset + (member->flags & Py_RELATIVE_OFFSET ? own : 0));
        return true;
    }
    for (PyMemberDef *member = facts->members; member != NULL && member->name != NULL; member++)
        special_member_read(facts, member, member->offset);
    if (spec->basicsize == 0)
        facts->basicsize = base->tp_basicsize;
    return type_size_check(spec->name, facts->basicsize, base);
}

static char *text_copy(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = domain_malloc(PYMM_DOMAIN_MEM, bytes);
    if (copy == NULL)
        object_error_no_memory();
    else
        memcpy(copy, text, bytes);
    return copy;
}

static void slots_write(PyHeapTypeObject *made, const PyType_Spec *spec)
{
    for (const PyType_Slot *slot = spec->slots; slot->slot != 0; slot++)
        if (slot_offsets[slot->slot] != 0)
            memcpy((char *)made + slot_offsets[slot->slot], &slot->pfunc, sizeof slot->pfunc);
}

static void members_write(PyTypeObject *type, const spec_facts *facts, const PyType_Spec *spec, const PyTypeObject *base)
{
    PyMemberDef *members = type_members(type);
    memcpy(members, facts->members, (size_t)facts->member_count * sizeof *members);
    Py_ssize_t own = (Py_ssize_t)base_round_up((size_t)base->tp_basicsize, _Alignof(max_align_t));
    for (Py_ssize_t i = 0; i < facts->member_count; i++)
        if (members[i].flags & Py_RELATIVE_OFFSET) {
            members[i].flags &= ~Py_RELATIVE_OFFSET;
            members[i].offset += spec->basicsize < 0 ? own : 0;
        }
    type->tp_members = members;
}

static bool type_fill(PyHeapTypeObject *made, const PyType_Spec *spec, const spec_facts *facts, PyTypeObject *base)
{
    PyTypeObject *type = &made->ht_type;
    type->tp_flags = spec->flags | Py_TPFLAGS_HEAPTYPE;
    type->tp_base = (PyTypeObject *)Py_NewRef(base);
    type->tp_as_async = &made->as_async;
    type->tp_as_number = &made->as_number;
    type->tp_as_sequence = &made->as_sequence;
    type->tp_as_mapping = &made->as_mapping;
    type->tp_as_buffer = &made->as_buffer;
    type->tp_basicsize = facts->basicsize;
    type->tp_itemsize = facts->itemsize;
    if ((made->_ht_tpname = text_copy(spec->name)) == NULL)
        return false;
    type->tp_name = made->_ht_tpname;
    if ((made->ht_name = object_unicode_from_utf8(object_type_name(type))) == NULL)
        return false;
    made->ht_qualname = Py_NewRef(made->ht_name);
    if (facts->doc != NULL && (type->tp_doc = text_copy(facts->doc)) == NULL)
        return false;
    slots_write(made, spec);
    if (facts->members != NULL)
        members_write(type, facts, spec, base);
    if (type->tp_dealloc == NULL)
        type->tp_dealloc = object_instance_dealloc;
    type->tp_dictoffset = facts->dict_offset;
    type->tp_weaklistoffset = facts->weaklist_offset;
    type->tp_vectorcall_offset = facts->vectorcall_offset;
    return type_offset_check("weaklist", type->tp_weaklistoffset, type) && type_offset_check("dict", type->tp_dictoffset, type) &&
           type_offset_check("vectorcall", type->tp_vectorcall_offset, type);
}

/* What `bases`, or else the slots, say, as a tuple. New reference. */
static PyObject *bases_of(const spec_facts *facts, PyObject *bases)
{
    if (bases == NULL && facts->base == NULL && facts->slot_bases != NULL) {
        if (PyTuple_Check(facts->slot_bases))
            return Py_NewRef(facts->slot_bases);
        return object_error_set(PyExc_SystemError, "Py_tp_bases is not a tuple");
    }
    PyObject *base = bases != NULL ? bases : facts->base != NULL ? (PyObject *)facts->base : (PyObject *)&PyBaseObject_Type;
    return PyTuple_Check(base) ? Py_NewRef(base) : object_tuple_from_items(&base, 1);
}

/* The bases, ready, and the type of the new type: that of a base unless one derived from all of them is asked for. */
static bool bases_choose(spec_facts *facts, PyObject *bases, PyTypeObject **metaclass)
{
    facts->bases = bases_of(facts, bases);
    if (facts->bases == NULL)
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(facts->bases); i++)
        if (!type_is_base((PyTypeObject *)PyTuple_GET_ITEM(facts->bases, i)))
            return false;
    *metaclass = type_metaclass_choose(*metaclass, facts->bases);
    if (*metaclass == NULL || (facts->base = type_base_choose(facts->bases)) == NULL)
        return false;
    return (*metaclass)->tp_new == PyType_Type.tp_new ||
           fails(PyExc_TypeError, "Metaclasses with custom tp_new are not supported.");
}

/* The part of the name before the last dot is the module's. */
static bool module_put(PyTypeObject *type, const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot == NULL || type_dict_put(type, "__module__", object_unicode_from_utf8_size(name, dot - name)) == 0;
}

static PyObject *type_make(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, const spec_facts *facts)
{
    PyHeapTypeObject *made = (PyHeapTypeObject *)metaclass->tp_alloc(metaclass, facts->member_count);
    if (made == NULL)
        return NULL;
    made->ht_module = Py_XNewRef(module);
    made->ht_type.tp_bases = Py_NewRef(facts->bases);
    if (type_fill(made, spec, facts, facts->base) && object_type_ready(&made->ht_type) == 0 && module_put(&made->ht_type, spec->name))
        return (PyObject *)made;
    Py_DECREF(made);
    return NULL;
}

PyObject *object_type_from_spec(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    spec_facts facts = {0};
    PyObject *made = NULL;
    if (slots_read(&facts, spec) && bases_choose(&facts, bases, &metaclass) && sizes_read(&facts, spec, facts.base))
        made = type_make(metaclass, module, spec, &facts);
    Py_XDECREF(facts.bases);
    return made;
}

void *object_type_slot(PyTypeObject *type, int slot)
{
    if (slot <= 0 || slot > Py_am_send)
        return object_error_bad_call();
    switch (slot) {
    case Py_tp_base: return type->tp_base;
    case Py_tp_bases: return type->tp_bases;
    case Py_tp_doc: return (void *)(uintptr_t)type->tp_doc;
    case Py_tp_members: return type->tp_members;
    default: break;
    }
    any_function *place = type_slot_place(type, slot_offsets[slot]);
    void *value = NULL;
    if (place != NULL)
        memcpy(&value, place, sizeof value);
    return value;
}
