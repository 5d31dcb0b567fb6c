/* type_spec.c: heap types made from a PyType_Spec.
 *
 * Owns: reading the spec: slots, sizes, members that tell offsets. The type owns references to its base, bases and module,
 * and copies of its name, text and members; each instance owns one to the type. Does not own: finishing (type_ready.c).
 * Read object.h first. */
#include "type.h"

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
            facts->base = (PyTypeObject *)slot->pfunc;
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
    else if (facts->basicsize < base->tp_basicsize) {
        object_error_format(PyExc_TypeError, "tp_basicsize for type '%s' (%d) is too small for base '%s' (%d)", spec->name,
                            (int)facts->basicsize, base->tp_name, (int)base->tp_basicsize);
        return false;
    }
    return true;
}

static bool is_offset_good(const char *what, Py_ssize_t offset, const PyTypeObject *type)
{
    if (offset == 0 || (offset >= (Py_ssize_t)sizeof(PyObject) && offset + (Py_ssize_t)sizeof(void *) <= type->tp_basicsize) ||
        (offset < 0 && -offset <= type->tp_basicsize))
        return true;
    object_error_format(PyExc_TypeError, "%s offset %d is out of bounds for type '%s' (tp_basicsize = %d)", what, (int)offset,
                        type->tp_name, (int)type->tp_basicsize);
    return false;
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
    return is_offset_good("weaklist", type->tp_weaklistoffset, type) && is_offset_good("dict", type->tp_dictoffset, type) &&
           is_offset_good("vectorcall", type->tp_vectorcall_offset, type);
}

/* The base, ready, and the type of the new type: that of the base unless one derived from it is asked for. */
static bool base_choose(spec_facts *facts, PyObject *bases, PyTypeObject **metaclass)
{
    if (bases != NULL)
        facts->base = (PyTypeObject *)bases;
    if (facts->base == NULL)
        facts->base = &PyBaseObject_Type;
    if (!type_is_base(facts->base))
        return false;
    PyTypeObject *of_base = Py_TYPE(facts->base);
    if (*metaclass == NULL || object_type_is_subtype(of_base, *metaclass)) {
        *metaclass = of_base;
    } else if (!object_type_is_subtype(*metaclass, of_base)) {
        return fails(PyExc_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of "
                                      "the metaclasses of all its bases");
    }
    return (*metaclass)->tp_new == PyType_Type.tp_new ||
           fails(PyExc_TypeError, "Metaclasses with custom tp_new are not supported.");
}

PyObject *object_type_from_spec(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    spec_facts facts = {0};
    if (!slots_read(&facts, spec) || !base_choose(&facts, bases, &metaclass) || !sizes_read(&facts, spec, facts.base))
        return NULL;
    PyHeapTypeObject *made = (PyHeapTypeObject *)metaclass->tp_alloc(metaclass, facts.member_count);
    if (made == NULL)
        return NULL;
    made->ht_module = Py_XNewRef(module);
    if (type_fill(made, spec, &facts, facts.base) && object_type_ready(&made->ht_type) == 0)
        return (PyObject *)made;
    Py_DECREF(made);
    return NULL;
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
    /* A static type has its groups elsewhere than a heap type. */
    static const struct {
        size_t start, end, pointer;
    } groups[] = {
#define GROUP(name, type_name, member) {offsetof(PyHeapTypeObject, name), offsetof(PyHeapTypeObject, name) + sizeof(type_name), offsetof(PyTypeObject, member)}
        GROUP(as_async, PyAsyncMethods, tp_as_async),       GROUP(as_number, PyNumberMethods, tp_as_number),
        GROUP(as_mapping, PyMappingMethods, tp_as_mapping), GROUP(as_sequence, PySequenceMethods, tp_as_sequence),
        GROUP(as_buffer, PyBufferProcs, tp_as_buffer),
    };
    size_t offset = slot_offsets[slot];
    const char *structure = (const char *)type;
    for (size_t i = 0; i < PYMM_COUNT_OF(groups); i++)
        if (offset >= groups[i].start && offset < groups[i].end) {
            memcpy(&structure, structure + groups[i].pointer, sizeof structure);
            offset -= groups[i].start;
            break;
        }
    void *value = NULL;
    if (structure != NULL)
        memcpy(&value, structure + offset, sizeof value);
    return value;
}
