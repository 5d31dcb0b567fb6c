/* type_inherit.c: what a type takes over from its bases: slots, sizes, flags.
 *
 * Owns: the rules of inheritance. Some slots go together: a type that defines one of a group gets none of the others.
 * Does not own: the order of bases, attribute tables (type_ready.c). Read object.h first. */
#include "type.h"

/* Plain slots: taken when the type has none, and the base did not just take its own from its base. */
#define TYPE_SLOTS(X)                                                                                                  \
    X(tp_dealloc) X(tp_repr) X(tp_call) X(tp_str) X(tp_iter) X(tp_iternext) X(tp_descr_get) X(tp_descr_set)           \
    X(tp_dictoffset) X(tp_init) X(tp_alloc) X(tp_is_gc) X(tp_finalize) X(tp_del)
#define NUMBER_SLOTS(X)                                                                                                \
    X(nb_add) X(nb_subtract) X(nb_multiply) X(nb_remainder) X(nb_divmod) X(nb_power) X(nb_negative) X(nb_positive)    \
    X(nb_absolute) X(nb_bool) X(nb_invert) X(nb_lshift) X(nb_rshift) X(nb_and) X(nb_xor) X(nb_or) X(nb_int)           \
    X(nb_float) X(nb_inplace_add) X(nb_inplace_subtract) X(nb_inplace_multiply) X(nb_inplace_remainder)                \
    X(nb_inplace_power) X(nb_inplace_lshift) X(nb_inplace_rshift) X(nb_inplace_and) X(nb_inplace_xor)                 \
    X(nb_inplace_or) X(nb_floor_divide) X(nb_true_divide) X(nb_inplace_floor_divide) X(nb_inplace_true_divide)        \
    X(nb_index) X(nb_matrix_multiply) X(nb_inplace_matrix_multiply)
#define SEQUENCE_SLOTS(X)                                                                                              \
    X(sq_length) X(sq_concat) X(sq_repeat) X(sq_item) X(sq_ass_item) X(sq_contains) X(sq_inplace_concat)              \
    X(sq_inplace_repeat)
#define MAPPING_SLOTS(X) X(mp_length) X(mp_subscript) X(mp_ass_subscript)
#define ASYNC_SLOTS(X) X(am_await) X(am_aiter) X(am_anext) X(am_send)
#define BUFFER_SLOTS(X) X(bf_getbuffer) X(bf_releasebuffer)

#define TAKE_SLOT(slot)                                                                                                \
    if (!type->slot && base->slot && (!above || base->slot != above->slot))                                            \
        type->slot = base->slot;
#define TAKE_GROUP(group, structure, SLOTS)                                                                            \
    static void take_##group(PyTypeObject *of, const PyTypeObject *from, const PyTypeObject *over)                     \
    {                                                                                                                  \
        structure *type = of->group;                                                                                   \
        const structure *base = from->group, *above = over ? over->group : NULL;                                       \
        if (type == NULL || base == NULL || type == base)                                                              \
            return;                                                                                                    \
        SLOTS(TAKE_SLOT)                                                                                               \
    }

TAKE_GROUP(tp_as_number, PyNumberMethods, NUMBER_SLOTS)
TAKE_GROUP(tp_as_sequence, PySequenceMethods, SEQUENCE_SLOTS)
TAKE_GROUP(tp_as_mapping, PyMappingMethods, MAPPING_SLOTS)
TAKE_GROUP(tp_as_async, PyAsyncMethods, ASYNC_SLOTS)
TAKE_GROUP(tp_as_buffer, PyBufferProcs, BUFFER_SLOTS)

/* tp_free fits how tp_alloc took the memory: a type that adds GC to a base without it frees like one with GC. */
static void take_free(PyTypeObject *type, const PyTypeObject *base, const PyTypeObject *above)
{
    bool is_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0, is_base_gc = (base->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    if (is_gc == is_base_gc) {
        TAKE_SLOT(tp_free)
    } else if (is_gc && type->tp_free == NULL && type_free_is_plain(base->tp_free)) {
        type->tp_free = object_public.gc_del;
    }
}

/* The slots of one base. Called for each of them in the order in which attributes are looked up. */
void type_inherit_slots(PyTypeObject *type, PyTypeObject *base)
{
    const PyTypeObject *above = base->tp_base;
    take_tp_as_number(type, base, above);
    take_tp_as_sequence(type, base, above);
    take_tp_as_mapping(type, base, above);
    take_tp_as_async(type, base, above);
    take_tp_as_buffer(type, base, above);
    if (type->tp_getattr == NULL && type->tp_getattro == NULL) {
        type->tp_getattr = base->tp_getattr;
        type->tp_getattro = base->tp_getattro;
    }
    if (type->tp_setattr == NULL && type->tp_setattro == NULL) {
        type->tp_setattr = base->tp_setattr;
        type->tp_setattro = base->tp_setattro;
    }
    if (type->tp_hash == NULL && type->tp_richcompare == NULL && !type_overrides_hash(type)) {
        type->tp_hash = base->tp_hash;
        type->tp_richcompare = base->tp_richcompare;
    }
    if (type->tp_call == NULL && (base->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL))
        type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
    if (type->tp_vectorcall_offset == 0)
        type->tp_vectorcall_offset = base->tp_vectorcall_offset;
    if (type->tp_descr_get == NULL)
        type->tp_flags |= base->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR;
    TYPE_SLOTS(TAKE_SLOT)
    take_free(type, base, above);
}

/* What comes from the one base that decides about the layout. */
void type_inherit_layout(PyTypeObject *type, PyTypeObject *base)
{
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_GC) && (base->tp_flags & Py_TPFLAGS_HAVE_GC) && type->tp_traverse == NULL &&
        type->tp_clear == NULL) {
        type->tp_flags |= Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    const unsigned long inherited = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS |
                                    Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS |
                                    Py_TPFLAGS_BASE_EXC_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_ITEMS_AT_END |
                                    _Py_TPFLAGS_MATCH_SELF;
    type->tp_flags |= base->tp_flags & inherited;
    if (!(type->tp_flags & (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)))
        type->tp_flags |= base->tp_flags & (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING);
    if (type->tp_basicsize == 0)
        type->tp_basicsize = base->tp_basicsize;
    if (type->tp_itemsize == 0)
        type->tp_itemsize = base->tp_itemsize;
    if (type->tp_weaklistoffset == 0)
        type->tp_weaklistoffset = base->tp_weaklistoffset;
    if (type->tp_dictoffset == 0)
        type->tp_dictoffset = base->tp_dictoffset;
}

/* A group that a type does not have is that of its base, whole. */
void type_inherit_groups(PyTypeObject *type, PyTypeObject *base)
{
    if (type->tp_as_async == NULL)
        type->tp_as_async = base->tp_as_async;
    if (type->tp_as_number == NULL)
        type->tp_as_number = base->tp_as_number;
    if (type->tp_as_sequence == NULL)
        type->tp_as_sequence = base->tp_as_sequence;
    if (type->tp_as_mapping == NULL)
        type->tp_as_mapping = base->tp_as_mapping;
    if (type->tp_as_buffer == NULL)
        type->tp_as_buffer = base->tp_as_buffer;
}
