/* type_slots.c: the slots of a type as methods of its dict (__len__, __add__, ...).
 *
 * Owns: the table of slots with names, how each is called as a method, the types of these methods. Does not own: the way back,
 * from methods to slots (type_dispatch.c, type_update.c). Read type_slots.h first. */
#include "type_slots.h"

any_function *type_slot_place(PyTypeObject *type, size_t offset)
{
    static const struct {
        size_t start, end, pointer;
    } groups[] = {
#define GROUP(name, type_name, member)                                                                                 \
    {offsetof(PyHeapTypeObject, name), offsetof(PyHeapTypeObject, name) + sizeof(type_name), offsetof(PyTypeObject, member)}
        GROUP(as_async, PyAsyncMethods, tp_as_async),       GROUP(as_number, PyNumberMethods, tp_as_number),
        GROUP(as_mapping, PyMappingMethods, tp_as_mapping), GROUP(as_sequence, PySequenceMethods, tp_as_sequence),
        GROUP(as_buffer, PyBufferProcs, tp_as_buffer),
    };
    char *structure = (char *)type;
    for (size_t i = 0; i < PYMM_COUNT_OF(groups); i++)
        if (offset >= groups[i].start && offset < groups[i].end) {
            memcpy(&structure, structure + groups[i].pointer, sizeof structure);
            offset -= groups[i].start;
            break;
        }
    return structure == NULL ? NULL : (any_function *)(void *)(structure + offset);
}

/* How slots are called as methods. ---------------------------------------------------------------------------------------- */

#define ITEM(i) PyTuple_GET_ITEM(args, i)
#define WRAP(name)                                                                                                     \
    static PyObject *name(PyObject *self, PyObject *args, any_function function, PyObject *kwds PYMM_UNUSED)

/* Has the tuple this many items? */
static bool has_items(PyObject *args, Py_ssize_t count)
{
    if (PyTuple_GET_SIZE(args) == count)
        return true;
    object_error_format(PyExc_TypeError, "expected %zd argument%s, got %zd", count, count == 1 ? "" : "s", PyTuple_GET_SIZE(args));
    return false;
}

static PyObject *none_or_error(int result) { return result < 0 ? NULL : Py_None; }
static PyObject *bool_or_error(int result) { return result < 0 ? NULL : object_bool(result != 0); }

WRAP(wrap_unary) { return has_items(args, 0) ? ((unaryfunc)function)(self) : NULL; }
WRAP(wrap_binary) { return has_items(args, 1) ? ((binaryfunc)function)(self, ITEM(0)) : NULL; }
WRAP(wrap_reflected) { return has_items(args, 1) ? ((binaryfunc)function)(ITEM(0), self) : NULL; }

static bool is_one_or_two(PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count == 1 || count == 2)
        return true;
    object_error_format(PyExc_TypeError, "expected %s argument%s, got %zd", count < 1 ? "at least 1" : "at most 2", count < 1 ? "" : "s",
                        count);
    return false;
}

WRAP(wrap_power)
{
    return is_one_or_two(args) ? ((ternaryfunc)function)(self, ITEM(0), PyTuple_GET_SIZE(args) == 2 ? ITEM(1) : Py_None) : NULL;
}
WRAP(wrap_power_reflected)
{
    return is_one_or_two(args) ? ((ternaryfunc)function)(ITEM(0), self, PyTuple_GET_SIZE(args) == 2 ? ITEM(1) : Py_None) : NULL;
}
WRAP(wrap_bool) { return has_items(args, 0) ? bool_or_error(((inquiry)function)(self)) : NULL; }
WRAP(wrap_length)
{
    Py_ssize_t length = has_items(args, 0) ? ((lenfunc)function)(self) : -1;
    return length == -1 ? NULL : object_int_from_int64(length);
}
WRAP(wrap_hash)
{
    Py_hash_t hash = has_items(args, 0) ? ((hashfunc)function)(self) : -1;
    return hash == -1 ? NULL : object_int_from_int64(hash);
}
WRAP(wrap_call) { return ((ternaryfunc)function)(self, args, kwds); }
WRAP(wrap_init) { return none_or_error(((initproc)function)(self, args, kwds)); }
WRAP(wrap_finalize)
{
    if (!has_items(args, 0))
        return NULL;
    ((destructor)function)(self);
    return Py_None;
}
WRAP(wrap_next)
{
    if (!has_items(args, 0))
        return NULL;
    PyObject *item = ((unaryfunc)function)(self);
    if (item == NULL && object_error_occurred() == NULL)
        object_error_set_object(PyExc_StopIteration, NULL);
    return item;
}

/* -1 with an exception: no index. Negative ones count from the end. */
static Py_ssize_t index_of(PyObject *self, PyObject *index, bool *is_error)
{
    Py_ssize_t value = object_number_as_ssize(index, PyExc_OverflowError);
    *is_error = value == -1 && object_error_occurred() != NULL;
    PySequenceMethods *sequence = Py_TYPE(self)->tp_as_sequence;
    if (!*is_error && value < 0 && sequence != NULL && sequence->sq_length != NULL) {
        Py_ssize_t length = sequence->sq_length(self);
        *is_error = length < 0;
        value += length;
    }
    return value;
}

WRAP(wrap_repeat)
{
    bool is_error = !has_items(args, 1);
    Py_ssize_t times = is_error ? 0 : object_number_as_ssize(ITEM(0), PyExc_OverflowError);
    return is_error || (times == -1 && object_error_occurred() != NULL) ? NULL : ((ssizeargfunc)function)(self, times);
}
WRAP(wrap_item)
{
    bool is_error = !has_items(args, 1);
    Py_ssize_t index = is_error ? 0 : index_of(self, ITEM(0), &is_error);
    return is_error ? NULL : ((ssizeargfunc)function)(self, index);
}
static PyObject *item_set(PyObject *self, PyObject *args, Py_ssize_t count, any_function function)
{
    bool is_error = !has_items(args, count);
    Py_ssize_t index = is_error ? 0 : index_of(self, ITEM(0), &is_error);
    return is_error ? NULL : none_or_error(((ssizeobjargproc)function)(self, index, count == 2 ? ITEM(1) : NULL));
}
WRAP(wrap_item_set) { return item_set(self, args, 2, function); }
WRAP(wrap_item_delete) { return item_set(self, args, 1, function); }
WRAP(wrap_contains) { return has_items(args, 1) ? bool_or_error(((objobjproc)function)(self, ITEM(0))) : NULL; }
WRAP(wrap_set) { return has_items(args, 2) ? none_or_error(((objobjargproc)function)(self, ITEM(0), ITEM(1))) : NULL; }
WRAP(wrap_delete) { return has_items(args, 1) ? none_or_error(((objobjargproc)function)(self, ITEM(0), NULL)) : NULL; }
WRAP(wrap_get)
{
    if (!is_one_or_two(args))
        return NULL;
    PyObject *op = ITEM(0) == Py_None ? NULL : ITEM(0), *type = PyTuple_GET_SIZE(args) < 2 || ITEM(1) == Py_None ? NULL : ITEM(1);
    if (op == NULL && type == NULL)
        return object_error_set(PyExc_TypeError, "__get__(None, None) is invalid");
    return ((descrgetfunc)function)(self, op, type);
}

#define WRAP_COMPARE(name, op) WRAP(name) { return has_items(args, 1) ? ((richcmpfunc)function)(self, ITEM(0), op) : NULL; }
WRAP_COMPARE(wrap_lt, Py_LT)
WRAP_COMPARE(wrap_le, Py_LE)
WRAP_COMPARE(wrap_eq, Py_EQ)
WRAP_COMPARE(wrap_ne, Py_NE)
WRAP_COMPARE(wrap_gt, Py_GT)
WRAP_COMPARE(wrap_ge, Py_GE)

/* The table. --------------------------------------------------------------------------------------------------------------- */

#define PLACE(name) offsetof(PyHeapTypeObject, name)
#define FUNCTION(name) (any_function)(name)
#define TYPE_SLOT(name, slot, wrap, dispatch) {name, PLACE(ht_type.slot), wrap, FUNCTION(dispatch), false},
#define ASYNC(slot, name) {name, PLACE(as_async.slot), wrap_unary, FUNCTION(dispatch_##slot), false},
#define UNARY(slot, name) {name, PLACE(as_number.slot), wrap_unary, FUNCTION(dispatch_##slot), false},
#define BINARY(slot, name, reflected)                                                                                  \
    {name, PLACE(as_number.slot), wrap_binary, FUNCTION(dispatch_##slot), false},                                      \
        {reflected, PLACE(as_number.slot), wrap_reflected, FUNCTION(dispatch_##slot), false},
#define INPLACE(slot, name) {name, PLACE(as_number.slot), wrap_binary, FUNCTION(dispatch_##slot), false},

const type_slot type_slot_table[] = {
    TYPE_SLOT("__getattribute__", tp_getattro, wrap_binary, dispatch_tp_getattro)
    TYPE_SLOT("__getattr__", tp_getattro, NULL, dispatch_tp_getattro)
    TYPE_SLOT("__setattr__", tp_setattro, wrap_set, dispatch_tp_setattro)
    TYPE_SLOT("__delattr__", tp_setattro, wrap_delete, dispatch_tp_setattro)
    TYPE_SLOT("__repr__", tp_repr, wrap_unary, dispatch_tp_repr)
    TYPE_SLOT("__hash__", tp_hash, wrap_hash, dispatch_tp_hash)
    {"__call__", PLACE(ht_type.tp_call), wrap_call, FUNCTION(dispatch_tp_call), true},
    TYPE_SLOT("__str__", tp_str, wrap_unary, dispatch_tp_str)
    TYPE_SLOT("__lt__", tp_richcompare, wrap_lt, dispatch_tp_richcompare)
    TYPE_SLOT("__le__", tp_richcompare, wrap_le, dispatch_tp_richcompare)
    TYPE_SLOT("__eq__", tp_richcompare, wrap_eq, dispatch_tp_richcompare)
    TYPE_SLOT("__ne__", tp_richcompare, wrap_ne, dispatch_tp_richcompare)
    TYPE_SLOT("__gt__", tp_richcompare, wrap_gt, dispatch_tp_richcompare)
    TYPE_SLOT("__ge__", tp_richcompare, wrap_ge, dispatch_tp_richcompare)
    TYPE_SLOT("__iter__", tp_iter, wrap_unary, dispatch_tp_iter)
    TYPE_SLOT("__next__", tp_iternext, wrap_next, dispatch_tp_iternext)
    TYPE_SLOT("__get__", tp_descr_get, wrap_get, dispatch_tp_descr_get)
    TYPE_SLOT("__set__", tp_descr_set, wrap_set, dispatch_tp_descr_set)
    TYPE_SLOT("__delete__", tp_descr_set, wrap_delete, dispatch_tp_descr_set)
    {"__init__", PLACE(ht_type.tp_init), wrap_init, FUNCTION(dispatch_tp_init), true},
    TYPE_SLOT("__new__", tp_new, NULL, dispatch_tp_new)
    TYPE_SLOT("__del__", tp_finalize, wrap_finalize, dispatch_tp_finalize)
    ASYNC(am_await, "__await__") ASYNC(am_aiter, "__aiter__") ASYNC(am_anext, "__anext__")
    BINARY_DISPATCHES(BINARY)
    {"__pow__", PLACE(as_number.nb_power), wrap_power, FUNCTION(dispatch_nb_power), false},
    {"__rpow__", PLACE(as_number.nb_power), wrap_power_reflected, FUNCTION(dispatch_nb_power), false},
    UNARY(nb_negative, "__neg__") UNARY(nb_positive, "__pos__") UNARY(nb_absolute, "__abs__") UNARY(nb_invert, "__invert__")
    UNARY(nb_int, "__int__") UNARY(nb_float, "__float__") UNARY(nb_index, "__index__")
    {"__bool__", PLACE(as_number.nb_bool), wrap_bool, FUNCTION(dispatch_nb_bool), false},
    INPLACE_DISPATCHES(INPLACE)
    {"__ipow__", PLACE(as_number.nb_inplace_power), wrap_power, FUNCTION(dispatch_nb_inplace_power), false},
    {"__len__", PLACE(as_mapping.mp_length), wrap_length, FUNCTION(dispatch_length), false},
    {"__getitem__", PLACE(as_mapping.mp_subscript), wrap_binary, FUNCTION(dispatch_mp_subscript), false},
    {"__setitem__", PLACE(as_mapping.mp_ass_subscript), wrap_set, FUNCTION(dispatch_mp_ass_subscript), false},
    {"__delitem__", PLACE(as_mapping.mp_ass_subscript), wrap_delete, FUNCTION(dispatch_mp_ass_subscript), false},
    {"__len__", PLACE(as_sequence.sq_length), wrap_length, FUNCTION(dispatch_length), false},
    {"__add__", PLACE(as_sequence.sq_concat), wrap_binary, NULL, false},
    {"__mul__", PLACE(as_sequence.sq_repeat), wrap_repeat, NULL, false},
    {"__rmul__", PLACE(as_sequence.sq_repeat), wrap_repeat, NULL, false},
    {"__getitem__", PLACE(as_sequence.sq_item), wrap_item, FUNCTION(dispatch_sq_item), false},
    {"__setitem__", PLACE(as_sequence.sq_ass_item), wrap_item_set, FUNCTION(dispatch_sq_ass_item), false},
    {"__delitem__", PLACE(as_sequence.sq_ass_item), wrap_item_delete, FUNCTION(dispatch_sq_ass_item), false},
    {"__contains__", PLACE(as_sequence.sq_contains), wrap_contains, FUNCTION(dispatch_sq_contains), false},
    {"__iadd__", PLACE(as_sequence.sq_inplace_concat), wrap_binary, NULL, false},
    {"__imul__", PLACE(as_sequence.sq_inplace_repeat), wrap_repeat, NULL, false},
    {NULL, 0, NULL, NULL, false},
};

/* The methods. -------------------------------------------------------------------------------------------------------------- */

typedef struct slot_descriptor {
    PyDescrObject base;
    const type_slot *slot;
    any_function function;
} slot_descriptor;

/* Such a method bound to an object. */
typedef struct slot_method {
    PyObject_HEAD
    slot_descriptor *descriptor;
    PyObject *self;
} slot_method;

const type_slot *type_slot_of(PyObject *descriptor, any_function *function)
{
    if (Py_TYPE(descriptor) != &PyWrapperDescr_Type)
        return NULL;
    *function = ((slot_descriptor *)descriptor)->function;
    return ((slot_descriptor *)descriptor)->slot;
}

static PyObject *slot_call(slot_descriptor *descriptor, PyObject *self, PyObject *args, PyObject *kwds)
{
    const type_slot *slot = descriptor->slot;
    if (!slot->has_keywords && kwds != NULL && object_dict_size(kwds) != 0)
        return object_error_format(PyExc_TypeError, "wrapper %s() takes no keyword arguments", slot->name);
    if (!object_recursion_enter(" while calling a Python object"))
        return NULL;
    PyObject *result = slot->wrap(self, args, descriptor->function, kwds);
    object_recursion_leave();
    return result;
}

static PyObject *descriptor_call(PyObject *op, PyObject *args, PyObject *kwds)
{
    const char *of = PyDescr_TYPE(op)->tp_name;
    PyObject *self = PyTuple_GET_SIZE(args) < 1 ? NULL : PyTuple_GET_ITEM(args, 0);
    if (self == NULL)
        return object_error_format(PyExc_TypeError, "descriptor '%s' of '%.100s' object needs an argument",
                                   ((slot_descriptor *)op)->slot->name, of);
    if (!object_type_is_subtype(Py_TYPE(self), PyDescr_TYPE(op)))
        return object_error_format(PyExc_TypeError, "descriptor '%s' requires a '%.100s' object but received a '%.100s'",
                                   ((slot_descriptor *)op)->slot->name, of, Py_TYPE(self)->tp_name);
    PyObject *rest = object_tuple_slice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *result = rest == NULL ? NULL : slot_call((slot_descriptor *)op, self, rest, kwds);
    Py_XDECREF(rest);
    return result;
}

static PyObject *descriptor_get(PyObject *op, PyObject *self, PyObject *type PYMM_UNUSED)
{
    if (self == NULL)
        return Py_NewRef(op);
    if (!object_descriptor_applies(op, self))
        return NULL;
    slot_method *made = (slot_method *)object_gc_new(&_PyMethodWrapper_Type);
    if (made == NULL)
        return NULL;
    made->descriptor = (slot_descriptor *)Py_NewRef(op);
    made->self = Py_NewRef(self);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static PyObject *descriptor_repr(PyObject *op)
{
    return object_unicode_from_format("<slot wrapper '%U' of '%s' objects>", PyDescr_NAME(op), PyDescr_TYPE(op)->tp_name);
}

PyTypeObject PyWrapperDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "wrapper_descriptor",
    .tp_basicsize = sizeof(slot_descriptor),
    .tp_dealloc = object_descriptor_dealloc,
    .tp_repr = descriptor_repr,
    .tp_call = descriptor_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_traverse = object_descriptor_traverse,
    .tp_members = object_descriptor_members,
    .tp_descr_get = descriptor_get,
};

static void method_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    Py_DECREF(((slot_method *)op)->descriptor);
    Py_DECREF(((slot_method *)op)->self);
    object_gc_del(op);
}

static int method_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((slot_method *)op)->descriptor);
    Py_VISIT(((slot_method *)op)->self);
    return 0;
}

static PyObject *method_call(PyObject *op, PyObject *args, PyObject *kwds)
{
    return slot_call(((slot_method *)op)->descriptor, ((slot_method *)op)->self, args, kwds);
}

static PyObject *method_repr(PyObject *op)
{
    slot_method *self = (slot_method *)op;
    return object_unicode_from_format("<method-wrapper '%s' of %s object at %p>", self->descriptor->slot->name,
                                      Py_TYPE(self->self)->tp_name, self->self);
}

static PyMemberDef method_members[] = {
    {"__self__", _Py_T_OBJECT, offsetof(slot_method, self), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject _PyMethodWrapper_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(slot_method),
    .tp_dealloc = method_dealloc,
    .tp_repr = method_repr,
    .tp_call = method_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = method_traverse,
    .tp_members = method_members,
};

static PyObject *descriptor_for(PyTypeObject *type, const type_slot *slot, any_function function)
{
    if (function == FUNCTION(object_hash_refuse) || function == FUNCTION(object_public.hash_refuse))
        return Py_None;
    slot_descriptor *made = (slot_descriptor *)object_descriptor_new(&PyWrapperDescr_Type, type, slot->name);
    if (made != NULL) {
        made->slot = slot;
        made->function = function;
    }
    return (PyObject *)made;
}

int type_slots_put(PyTypeObject *type)
{
    for (const type_slot *slot = type_slot_table; slot->name != NULL; slot++) {
        any_function *place = slot->wrap == NULL ? NULL : type_slot_place(type, slot->offset), *above = NULL;
        if (place != NULL && (type->tp_flags & Py_TPFLAGS_READY) && type->tp_base != NULL)
            above = type_slot_place(type->tp_base, slot->offset); /* it has inherited already */
        if (place != NULL && *place != NULL && (above == NULL || *above != *place) && type_dict_put(type, slot->name, descriptor_for(type, slot, *place)) < 0)
            return -1;
    }
    return 0;
}
