/* type_new.c: type(name, bases, dict): classes made at run time without a PyType_Spec, as by a class statement.
 *
 * Their instances have what those of the base have, a dict and weak references where these had none, and what __slots__ names.
 * Owns: the above; the protocol of __set_name__ and __init_subclass__. Does not own: how a type is finished (type_ready.c).
 * Read type.h first. */
#include "type.h"

/* What is being made. */
typedef struct plan {
    PyTypeObject *metaclass, *base;
    PyObject *name, *bases, *dict; /* bases and dict: owned */
    PyObject *slots;               /* a tuple of names, owned; NULL: no __slots__ */
    PyObject *kwds;
    bool has_dict, has_weakrefs;   /* that the instances gain */
} plan;

static PyObject *entry(PyObject *dict, const char *name)
{
    PyObject *key = object_unicode_intern_utf8(name);
    PyObject *value = key == NULL ? NULL : object_dict_get_error(dict, key);
    Py_XDECREF(key);
    return value;
}

static bool is_identifier(PyObject *name)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    bool is_good = length > 0 && object_char_is_identifier_start(PyUnicode_READ_CHAR(name, 0));
    for (Py_ssize_t i = 1; is_good && i < length; i++)
        is_good = object_char_is_identifier_part(PyUnicode_READ_CHAR(name, i));
    return is_good;
}

static bool slot_name_is_good(PyObject *name)
{
    if (!PyUnicode_Check(name)) {
        object_error_format(PyExc_TypeError, "__slots__ items must be strings, not '%.200s'", Py_TYPE(name)->tp_name);
        return false;
    }
    if (is_identifier(name))
        return true;
    object_error_set(PyExc_TypeError, "__slots__ must be identifiers");
    return false;
}

/* __dict__ and __weakref__ among the slots ask for these; the others become members. */
static bool slots_read(plan *of, PyObject *given)
{
    PyObject *names = PyUnicode_Check(given) ? object_tuple_from_items(&given, 1) : object_tuple_from_iterable(given);
    if (names == NULL)
        return false;
    of->has_dict = of->has_weakrefs = false;
    of->slots = object_tuple_new(PyTuple_GET_SIZE(names));
    Py_ssize_t count = 0;
    bool is_good = of->slots != NULL;
    if (is_good && PyTuple_GET_SIZE(names) > 0 && of->base->tp_itemsize != 0) {
        object_error_format(PyExc_TypeError, "nonempty __slots__ not supported for subtype of '%s'", of->base->tp_name);
        is_good = false;
    }
    for (Py_ssize_t i = 0; is_good && i < PyTuple_GET_SIZE(names); i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        is_good = slot_name_is_good(name);
        if (is_good && object_unicode_compare_ascii(name, "__dict__") == 0)
            of->has_dict = true;
        else if (is_good && object_unicode_compare_ascii(name, "__weakref__") == 0)
            of->has_weakrefs = true;
        else if (is_good && object_dict_contains(of->dict, name) == 1)
            is_good = object_error_format_objects(PyExc_ValueError, "%R in __slots__ conflicts with class variable", name) != NULL;
        else if (is_good)
            PyTuple_SET_ITEM(of->slots, count++, Py_NewRef(name));
    }
    if (is_good)
        is_good = object_tuple_resize(&of->slots, count) == 0;
    Py_DECREF(names);
    return is_good;
}

static bool plan_make(plan *of)
{
    PyObject *none[] = {(PyObject *)&PyBaseObject_Type};
    if (PyTuple_GET_SIZE(of->bases) == 0)
        Py_SETREF(of->bases, object_tuple_from_items(none, 1));
    if (of->bases == NULL || (of->base = type_base_choose(of->bases)) == NULL)
        return false;
    of->has_dict = of->base->tp_dictoffset == 0;
    of->has_weakrefs = of->base->tp_weaklistoffset == 0 && of->base->tp_itemsize == 0;
    PyObject *slots = entry(of->dict, "__slots__");
    if (slots == NULL && object_error_occurred() != NULL)
        return false;
    bool may_have_dict = of->has_dict, may_have_weakrefs = of->has_weakrefs;
    if (slots != NULL && !slots_read(of, slots))
        return false;
    of->has_dict &= may_have_dict;
    of->has_weakrefs &= may_have_weakrefs;
    return true;
}

/* The names of a type. ------------------------------------------------------------------------------------------------------ */

static bool names_set(PyHeapTypeObject *made, const plan *of)
{
    PyObject *qualified = entry(of->dict, "__qualname__"), *key = object_unicode_intern_utf8("__qualname__");
    Py_ssize_t bytes;
    const char *text = object_unicode_utf8(of->name, &bytes);
    bool is_good = text != NULL && key != NULL && (qualified != NULL || object_error_occurred() == NULL);
    if (is_good && strlen(text) != (size_t)bytes)
        is_good = object_error_set(PyExc_ValueError, "type name must not contain null characters") != NULL;
    if (is_good && qualified != NULL && !PyUnicode_Check(qualified))
        is_good = object_error_format(PyExc_TypeError, "type __qualname__ must be a str, not %s", Py_TYPE(qualified)->tp_name) != NULL;
    if (is_good) {
        made->ht_name = Py_NewRef(of->name);
        made->ht_qualname = Py_NewRef(qualified == NULL ? of->name : qualified);
        made->ht_type.tp_name = text;
        is_good = qualified == NULL || object_dict_delete(of->dict, key) == 0;
    }
    Py_XDECREF(key);
    return is_good;
}

static bool doc_set(PyTypeObject *type, PyObject *dict)
{
    PyObject *doc = entry(dict, "__doc__");
    if (doc == NULL || !PyUnicode_Check(doc))
        return object_error_occurred() == NULL;
    Py_ssize_t bytes;
    const char *text = object_unicode_utf8(doc, &bytes);
    char *copy = text == NULL ? NULL : domain_malloc(PYMM_DOMAIN_MEM, (size_t)bytes + 1);
    if (text != NULL && copy == NULL)
        object_error_no_memory();
    if (copy == NULL)
        return false;
    memcpy(copy, text, (size_t)bytes + 1);
    type->tp_doc = copy;
    return true;
}

/* Members for __slots__, in the places behind the type that PyType_Type's items are. */
static bool slots_make(PyTypeObject *type, const plan *of)
{
    PyMemberDef *members = type_members(type);
    type->tp_basicsize = of->base->tp_basicsize;
    for (Py_ssize_t i = 0; of->slots != NULL && i < PyTuple_GET_SIZE(of->slots); i++) {
        members[i].name = object_unicode_utf8(PyTuple_GET_ITEM(of->slots, i), NULL);
        if (members[i].name == NULL)
            return false;
        members[i].type = Py_T_OBJECT_EX;
        members[i].offset = type->tp_basicsize;
        type->tp_basicsize += (Py_ssize_t)sizeof(PyObject *);
    }
    ((PyHeapTypeObject *)type)->ht_slots = Py_XNewRef(of->slots);
    type->tp_members = of->slots == NULL ? NULL : members;
    return true;
}

static PyObject *weakref_get(PyObject *op, void *context)
{
    (void)context;
    PyObject *first = *(PyObject **)((char *)op + Py_TYPE(op)->tp_weaklistoffset);
    return first == NULL ? Py_None : Py_NewRef(first);
}

static PyGetSetDef dict_attribute[] = {
    {"__dict__", object_generic_get_dict, object_generic_set_dict, "dictionary for instance variables", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyGetSetDef weakref_attribute[] = {
    {"__weakref__", weakref_get, NULL, "list of weak references to the object", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyGetSetDef both_attributes[] = {
    {"__dict__", object_generic_get_dict, object_generic_set_dict, "dictionary for instance variables", NULL},
    {"__weakref__", weakref_get, NULL, "list of weak references to the object", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* A dict behind the items of a type that has them, behind the fixed part of others. */
static void layout_set(PyTypeObject *type, const plan *of)
{
    type->tp_itemsize = of->base->tp_itemsize;
    if (of->has_dict && type->tp_itemsize != 0) {
        type->tp_dictoffset = -(Py_ssize_t)sizeof(PyObject *);
        type->tp_basicsize += (Py_ssize_t)sizeof(PyObject *);
    } else if (of->has_dict) {
        type->tp_flags |= Py_TPFLAGS_MANAGED_DICT;
    }
    if (of->has_weakrefs)
        type->tp_flags |= Py_TPFLAGS_MANAGED_WEAKREF;
    bool has_more = of->has_dict || of->has_weakrefs || type->tp_basicsize > of->base->tp_basicsize;
    if ((of->base->tp_flags & Py_TPFLAGS_HAVE_GC) || has_more)
        type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_getset = of->has_dict && of->has_weakrefs ? both_attributes
                      : of->has_dict                   ? dict_attribute
                      : of->has_weakrefs               ? weakref_attribute
                                                       : NULL;
}

static bool type_fill(PyHeapTypeObject *made, const plan *of)
{
    PyTypeObject *type = &made->ht_type;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE;
    type->tp_base = (PyTypeObject *)Py_NewRef(of->base);
    type->tp_bases = Py_NewRef(of->bases);
    type->tp_dict = Py_NewRef(of->dict);
    type->tp_as_async = &made->as_async;
    type->tp_as_number = &made->as_number;
    type->tp_as_sequence = &made->as_sequence;
    type->tp_as_mapping = &made->as_mapping;
    type->tp_as_buffer = &made->as_buffer;
    if (!names_set(made, of) || !doc_set(type, of->dict) || !slots_make(type, of))
        return false;
    layout_set(type, of);
    bool is_gc = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    type->tp_dealloc = object_instance_dealloc;
    type->tp_alloc = object_public.alloc;
    type->tp_free = is_gc ? object_public.gc_del : object_public.del;
    type->tp_traverse = is_gc ? object_instance_traverse : NULL;
    type->tp_clear = is_gc ? object_instance_clear : NULL;
    return true;
}

/* Those who want to know. --------------------------------------------------------------------------------------------------- */

/* value.__set_name__(type, name), for all that the dict had; over a copy, since this runs other code. */
static bool names_tell(PyTypeObject *type)
{
    PyObject *copy = object_dict_copy(type->tp_dict), *key, *value;
    Py_ssize_t at = 0;
    bool is_good = copy != NULL;
    while (is_good && object_dict_next(copy, &at, &key, &value)) {
        PyObject *method = object_type_special_utf8(value, "__set_name__");
        if (method == NULL) {
            is_good = object_error_occurred() == NULL;
            continue;
        }
        PyObject *args[] = {(PyObject *)type, key}, *result = object_vectorcall(method, args, 2, NULL);
        is_good = result != NULL;
        Py_XDECREF(result);
        Py_DECREF(method);
    }
    Py_XDECREF(copy);
    return is_good;
}

/* __init_subclass__ of what comes after the type in its order, bound to the type, with the keywords of the call. */
static bool bases_tell(PyTypeObject *type, PyObject *kwds)
{
    PyObject *order = type->tp_mro, *name = object_unicode_intern_utf8("__init_subclass__"), *found = NULL;
    for (Py_ssize_t i = 1; name != NULL && found == NULL && i < PyTuple_GET_SIZE(order); i++)
        found = object_dict_get(((PyTypeObject *)PyTuple_GET_ITEM(order, i))->tp_dict, name);
    Py_XDECREF(name);
    if (found == NULL)
        return object_error_occurred() == NULL;
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    PyObject *bound = get == NULL ? Py_NewRef(found) : get(found, NULL, (PyObject *)type);
    PyObject *result = bound == NULL ? NULL : object_vectorcall_dict(bound, NULL, 0, kwds);
    Py_XDECREF(bound);
    Py_XDECREF(result);
    return result != NULL;
}

static PyObject *made_by(plan *of)
{
    if (!plan_make(of))
        return NULL;
    Py_ssize_t slot_count = of->slots == NULL ? 0 : PyTuple_GET_SIZE(of->slots);
    PyHeapTypeObject *made = (PyHeapTypeObject *)of->metaclass->tp_alloc(of->metaclass, slot_count);
    if (made == NULL)
        return NULL;
    if (type_fill(made, of) && object_type_ready(&made->ht_type) == 0) {
        type_slots_update(&made->ht_type, NULL);
        if (object_error_occurred() == NULL && names_tell(&made->ht_type) && bases_tell(&made->ht_type, of->kwds))
            return (PyObject *)made;
    }
    Py_DECREF(made);
    return NULL;
}

PyObject *type_new(PyTypeObject *metaclass, PyObject *args, PyObject *kwds)
{
    plan of = {.metaclass = metaclass, .kwds = kwds};
    PyObject *dict;
    if (!object_args_parse(args, "UO!O!:type.__new__", &of.name, &PyTuple_Type, &of.bases, &PyDict_Type, &dict))
        return NULL;
    PyTypeObject *winner = type_metaclass_choose(metaclass, of.bases);
    if (winner == NULL)
        return NULL;
    if (winner != metaclass && winner->tp_new != PyType_Type.tp_new)
        return winner->tp_new(winner, args, kwds);
    of.metaclass = winner;
    of.bases = Py_NewRef(of.bases);
    of.dict = object_dict_copy(dict);
    PyObject *made = of.dict == NULL ? NULL : made_by(&of);
    Py_XDECREF(of.bases);
    Py_XDECREF(of.dict);
    Py_XDECREF(of.slots);
    return made;
}

int type_init(PyObject *type, PyObject *args, PyObject *kwds)
{
    (void)type;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (kwds != NULL && count == 1 && object_dict_size(kwds) != 0) {
        object_error_set(PyExc_TypeError, "type.__init__() takes no keyword arguments");
        return -1;
    }
    if (count == 1 || count == 3)
        return 0;
    object_error_set(PyExc_TypeError, "type.__init__() takes 1 or 3 arguments");
    return -1;
}
