/* type_ready.c: PyType_Ready: finish a type, and say what in it contradicts itself.
 *
 * Owns: the checks and their order. Does not own: the rules of inheritance (type_inherit.c). Read object.h first. */
#include "type.h"

/* Looked for without making strings: whoever asks does not expect to be short of memory. */
bool type_overrides_hash(PyTypeObject *type)
{
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (type->tp_dict != NULL && object_dict_next(type->tp_dict, &at, &name, &value))
        if (PyUnicode_Check(name) &&
            (object_unicode_compare_ascii(name, "__eq__") == 0 || object_unicode_compare_ascii(name, "__hash__") == 0))
            return true;
    return type->tp_hash != NULL || type->tp_richcompare != NULL;
}

bool type_is_base(PyTypeObject *base)
{
    if (!PyType_Check(base)) {
        object_error_format(PyExc_TypeError, "bases must be types");
        return false;
    }
    if (!(base->tp_flags & Py_TPFLAGS_BASETYPE)) {
        object_error_format(PyExc_TypeError, "type '%.100s' is not an acceptable base type", base->tp_name);
        return false;
    }
    return object_type_ready(base) == 0;
}

static int check_before(PyTypeObject *type)
{
    if (type->tp_name == NULL) {
        object_error_format(PyExc_SystemError, "Type does not define the tp_name field.");
        return -1;
    }
    return 0;
}

/* The base, and the type of the type, which is by default that of its base. */
static int base_set(PyTypeObject *type)
{
    if (type->tp_base == NULL && type != &PyBaseObject_Type)
        type->tp_base = &PyBaseObject_Type;
    PyTypeObject *base = type->tp_base;
    if (base != NULL && object_type_ready(base) != 0)
        return -1;
    if (Py_TYPE(type) == NULL && base != NULL)
        Py_SET_TYPE(type, Py_TYPE(base));
    if (base != NULL && !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) && (base->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        object_error_format(PyExc_TypeError,
                            "type '%.100s' is not dynamically allocated but its base type '%.100s' is dynamically allocated",
                            type->tp_name, base->tp_name);
        return -1;
    }
    return 0;
}

static int bases_set(PyTypeObject *type)
{
    if (type->tp_bases == NULL)
        type->tp_bases = object_tuple_from_items((PyObject **)&type->tp_base, type->tp_base != NULL);
    if (type->tp_bases == NULL)
        return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++)
        if (object_type_ready((PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i)) != 0)
            return -1;
    return 0;
}

/* Static types that derive from object alone do not get its tp_new: they cannot be made from outside unless they say so.
 * Returns: is it its own? */
static bool new_set(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    bool is_own = type->tp_new != NULL;
    if (type->tp_new == NULL && base == &PyBaseObject_Type && !(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    if (type->tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION)
        type->tp_new = NULL;
    else if (type->tp_new == NULL && base != NULL)
        type->tp_new = base->tp_new;
    return is_own && type->tp_new != NULL;
}

static int fails(PyTypeObject *type, PyObject *error, const char *what)
{
    object_error_format(error, what, type->tp_name);
    return -1;
}

/* A dict, weak references, that are not in the struct of the instance: a place for each behind it. */
static int managed_set(PyTypeObject *type)
{
    static const struct {
        unsigned long flag;
        const char *name, *member;
        size_t offset;
    } kinds[] = {
        {Py_TPFLAGS_MANAGED_WEAKREF, "WEAKREF", "weaklist", offsetof(PyTypeObject, tp_weaklistoffset)},
        {Py_TPFLAGS_MANAGED_DICT, "DICT", "dict", offsetof(PyTypeObject, tp_dictoffset)},
    };
    for (size_t i = 0; i < PYMM_COUNT_OF(kinds); i++) {
        Py_ssize_t *offset = (Py_ssize_t *)((char *)type + kinds[i].offset);
        bool is_inherited = type->tp_base != NULL && (type->tp_base->tp_flags & kinds[i].flag);
        if (!(type->tp_flags & kinds[i].flag) || is_inherited) {
            type->tp_flags |= is_inherited ? kinds[i].flag : 0;
            continue;
        }
        if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
            object_error_format(PyExc_SystemError, "type %s has the Py_TPFLAGS_MANAGED_%s flag but not Py_TPFLAGS_HEAPTYPE flag",
                                type->tp_name, kinds[i].name);
            return -1;
        }
        if (*offset != 0) {
            object_error_format(PyExc_SystemError, "type %s has the Py_TPFLAGS_MANAGED_%s flag but tp_%soffset is set",
                                type->tp_name, kinds[i].name, kinds[i].member);
            return -1;
        }
        *offset = (Py_ssize_t)base_round_up((size_t)type->tp_basicsize, sizeof(void *));
        type->tp_basicsize = *offset + (Py_ssize_t)sizeof(void *);
    }
    return 0;
}

bool type_offset_check(const char *what, Py_ssize_t offset, const PyTypeObject *type)
{
    if (offset == 0 || (offset >= (Py_ssize_t)sizeof(PyObject) && offset + (Py_ssize_t)sizeof(void *) <= type->tp_basicsize) ||
        (offset < 0 && -offset <= type->tp_basicsize))
        return true;
    object_error_format(PyExc_TypeError, "%s offset %d is out of bounds for type '%s' (tp_basicsize = %d)", what, (int)offset,
                        type->tp_name, (int)type->tp_basicsize);
    return false;
}

bool type_size_check(const char *name, Py_ssize_t basicsize, const PyTypeObject *base)
{
    if (base == NULL || basicsize >= base->tp_basicsize)
        return true;
    object_error_format(PyExc_TypeError, "tp_basicsize for type '%s' (%d) is too small for base '%s' (%d)", name, (int)basicsize,
                        base->tp_name, (int)base->tp_basicsize);
    return false;
}

/* What static types say of themselves; a spec was checked before there was a type. */
static int layout_check(PyTypeObject *type)
{
    bool is_good = type_size_check(type->tp_name, type->tp_basicsize, type->tp_base) &&
                   type_offset_check("weaklist", type->tp_weaklistoffset, type) && type_offset_check("dict", type->tp_dictoffset, type);
    return is_good ? 0 : -1;
}

/* Flags that promise a slot. */
static int promises_check(PyTypeObject *type)
{
    if ((type->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) && (type->tp_vectorcall_offset <= 0 || type->tp_call == NULL))
        return fails(type, PyExc_SystemError,
                     "type %s has the Py_TPFLAGS_HAVE_VECTORCALL flag but no tp_vectorcall_offset, or no tp_call");
    if ((type->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR) && type->tp_descr_get == NULL)
        return fails(type, PyExc_SystemError, "type %s has the Py_TPFLAGS_METHOD_DESCRIPTOR flag but no tp_descr_get");
    return 0;
}

static int check_after(PyTypeObject *type)
{
    bool is_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    if (is_gc && type->tp_traverse == NULL)
        return fails(type, PyExc_SystemError, "type %s has the Py_TPFLAGS_HAVE_GC flag but has no traverse function");
    if (is_gc && (type->tp_flags & Py_TPFLAGS_BASETYPE) && (type->tp_free == NULL || type_free_is_plain(type->tp_free)))
        return fails(type, PyExc_TypeError, "type '%.100s' participates in gc and is a base type but has inappropriate tp_free slot");
    if (type->tp_dictoffset < (Py_ssize_t)sizeof(PyObject) && type->tp_dictoffset + type->tp_basicsize <= 0)
        return fails(type, PyExc_SystemError, "type %s has a tp_dictoffset that is too small");
    return layout_check(type) == 0 ? promises_check(type) : -1;
}

/* What comes from the bases, in the order in which they are asked. */
static void inherit(PyTypeObject *type)
{
    if (type->tp_base == NULL)
        return;
    type_inherit_layout(type, type->tp_base);
    for (Py_ssize_t i = 1; type->tp_mro != NULL && i < PyTuple_GET_SIZE(type->tp_mro); i++)
        type_inherit_slots(type, (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i));
    for (PyTypeObject *base = type->tp_base; type->tp_mro == NULL && base != NULL; base = base->tp_base)
        type_inherit_slots(type, base);
    type_inherit_groups(type, type->tp_base);
}

/* An equality of its own and no hash that fits it: then there is none. */
static int hash_set(PyTypeObject *type)
{
    if (type->tp_hash != NULL)
        return 0;
    type->tp_hash = object_public.hash_refuse;
    return type->tp_dict == NULL ? 0 : type_dict_put(type, "__hash__", Py_None);
}

static int subclass_add_to_all(PyTypeObject *type)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++)
        if (type_subclass_add((PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i), type) != 0)
            return -1;
    return 0;
}

/* What was made for a static type that is not fit to be used; a heap type loses it when it ends. */
static int give_up(PyTypeObject *type)
{
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        Py_CLEAR(type->tp_dict);
        Py_CLEAR(type->tp_mro);
        Py_CLEAR(type->tp_bases);
    }
    type->tp_flags &= ~Py_TPFLAGS_READYING;
    return -1;
}

/* The dict, the order of bases and the entry among these' subclasses. */
static int parts_make(PyTypeObject *type, bool has_own_new)
{
    if (bases_set(type) != 0 || type_dict_fill(type, has_own_new) != 0)
        return -1;
    return type_order_set(type);
}

/* A built-in type when it is first looked at: its slots are there already. */
static int complete(PyTypeObject *type)
{
    PyTypeObject *base = type->tp_base;
    type->tp_flags |= Py_TPFLAGS_READYING;
    if (parts_make(type, type->tp_new != NULL && (base == NULL || type->tp_new != base->tp_new)) != 0 || subclass_add_to_all(type) != 0)
        return give_up(type);
    type->tp_flags &= ~Py_TPFLAGS_READYING;
    return 0;
}

static bool is_starting;
void object_types_start(bool is_start) { is_starting = is_start; }

int object_type_ready(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_READYING)
        return 0;
    if (type->tp_flags & Py_TPFLAGS_READY)
        return type->tp_mro != NULL || is_starting ? 0 : complete(type);
    type->tp_flags |= Py_TPFLAGS_READYING;
    if (check_before(type) != 0 || base_set(type) != 0)
        return give_up(type);
    bool has_own_new = new_set(type);
    if (!is_starting && parts_make(type, has_own_new) != 0)
        return give_up(type);
    inherit(type);
    if (hash_set(type) != 0 || managed_set(type) != 0 || check_after(type) != 0 || (!is_starting && subclass_add_to_all(type) != 0))
        return give_up(type);
    type->tp_flags = (type->tp_flags & ~Py_TPFLAGS_READYING) | Py_TPFLAGS_READY;
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    return 0;
}
