/* descriptor.c: what the tables of a type become in its dict: methods, class methods, members, computed attributes.
 *
 * Owns: the types of these descriptors: binding, reading, setting, calling. Does not own: slots as methods (type_slots.c),
 * how a C function is called (function.c). Read access.h first. */
#include "object.h"

#include <stddef.h>

#define TYPE_OF(descriptor) (((PyDescrObject *)(descriptor))->d_type)

PyObject *object_descriptor_new(PyTypeObject *kind, PyTypeObject *type, const char *name)
{
    PyObject *text = object_unicode_intern_utf8(name);
    PyDescrObject *made = text == NULL ? NULL : (PyDescrObject *)object_alloc(kind, 0);
    if (made == NULL) {
        Py_XDECREF(text);
        return NULL;
    }
    made->d_type = (PyTypeObject *)Py_NewRef(type);
    made->d_name = text;
    return (PyObject *)made;
}

void object_descriptor_dealloc(PyObject *op)
{
    PyDescrObject *self = (PyDescrObject *)op;
    object_gc_untrack(op);
    Py_XDECREF(self->d_type);
    Py_XDECREF(self->d_name);
    Py_XDECREF(self->d_qualname);
    object_gc_del(op);
}

int object_descriptor_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(TYPE_OF(op));
    return 0;
}

bool object_descriptor_applies(PyObject *descriptor, PyObject *op)
{
    if (object_type_is_subtype(Py_TYPE(op), TYPE_OF(descriptor)))
        return true;
    object_error_format_objects(PyExc_TypeError, "descriptor '%U' for '%.100s' objects doesn't apply to a '%.100s' object",
                                PyDescr_NAME(descriptor), TYPE_OF(descriptor)->tp_name, Py_TYPE(op)->tp_name);
    return false;
}

static PyObject *repr_of(PyObject *op, const char *kind)
{
    return object_unicode_from_format("<%s '%U' of '%s' objects>", kind, PyDescr_NAME(op), TYPE_OF(op)->tp_name);
}

/* Attributes that all have. */
static PyObject *qualified_name_get(PyObject *op, void *context)
{
    (void)context;
    PyDescrObject *self = (PyDescrObject *)op;
    if (self->d_qualname == NULL) {
        PyObject *of_type = object_attribute_get_utf8((PyObject *)self->d_type, "__qualname__");
        self->d_qualname = of_type == NULL ? NULL : object_unicode_from_format("%S.%S", of_type, self->d_name);
        Py_XDECREF(of_type);
    }
    return Py_XNewRef(self->d_qualname);
}

PyMemberDef object_descriptor_members[] = {
    {"__objclass__", _Py_T_OBJECT, offsetof(PyDescrObject, d_type), Py_READONLY, NULL},
    {"__name__", _Py_T_OBJECT, offsetof(PyDescrObject, d_name), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

#define DESCRIPTOR_SLOTS(name, structure)                                                                              \
    .tp_name = name, .tp_basicsize = sizeof(structure), .tp_dealloc = object_descriptor_dealloc,                       \
    .tp_traverse = object_descriptor_traverse, .tp_members = object_descriptor_members
#define ATTRIBUTES(doc)                                                                                                \
    {                                                                                                                  \
        {"__doc__", doc, NULL, NULL, NULL}, {"__qualname__", qualified_name_get, NULL, NULL, NULL},                    \
        {NULL, NULL, NULL, NULL, NULL},                                                                                \
    }

/* Methods. --------------------------------------------------------------------------------------------------------------- */

#define METHOD(op) (((PyMethodDescrObject *)(op))->d_method)

static PyObject *method_vectorcall(PyObject *op, PyObject *const *args, size_t count_and_flag, PyObject *names)
{
    Py_ssize_t count = (Py_ssize_t)PyVectorcall_NARGS(count_and_flag);
    if (count < 1)
        return object_method_needs_self(op);
    if (!object_descriptor_applies(op, args[0]))
        return NULL;
    object_method_call call = {op, METHOD(op), args[0], TYPE_OF(op)};
    return object_method_invoke(&call, args + 1, count - 1, names);
}

static PyObject *method_get(PyObject *op, PyObject *self, PyObject *type)
{
    (void)type;
    if (self == NULL)
        return Py_NewRef(op);
    if (!object_descriptor_applies(op, self))
        return NULL;
    return object_function_new(METHOD(op), self, NULL, METHOD(op)->ml_flags & METH_METHOD ? TYPE_OF(op) : NULL);
}

static PyObject *method_repr(PyObject *op) { return repr_of(op, "method"); }

static PyObject *method_doc(PyObject *op, void *context)
{
    (void)context;
    return object_doc_text(METHOD(op)->ml_name, METHOD(op)->ml_doc);
}

static PyObject *method_signature(PyObject *op, void *context)
{
    (void)context;
    return object_doc_signature(METHOD(op)->ml_name, METHOD(op)->ml_doc);
}

static PyGetSetDef method_attributes[] = {
    {"__doc__", method_doc, NULL, NULL, NULL},
    {"__qualname__", qualified_name_get, NULL, NULL, NULL},
    {"__text_signature__", method_signature, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyMethodDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    DESCRIPTOR_SLOTS("method_descriptor", PyMethodDescrObject),
    .tp_vectorcall_offset = offsetof(PyMethodDescrObject, vectorcall),
    .tp_call = object_vectorcall_as_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_repr = method_repr,
    .tp_getset = method_attributes,
    .tp_descr_get = method_get,
};

PyObject *object_method_descriptor(PyTypeObject *type, PyMethodDef *method)
{
    PyMethodDescrObject *made = (PyMethodDescrObject *)object_descriptor_new(&PyMethodDescr_Type, type, method->ml_name);
    if (made != NULL) {
        made->d_method = method;
        made->vectorcall = method_vectorcall;
    }
    return (PyObject *)made;
}

/* Class methods: bound to the type that they are looked up on. */
static PyObject *class_method_fails(PyObject *op, const char *format, const char *first, const char *second)
{
    object_error_format_objects(PyExc_TypeError, format, PyDescr_NAME(op), first, second);
    return NULL;
}

static PyObject *class_method_get(PyObject *op, PyObject *self, PyObject *type)
{
    const char *of = TYPE_OF(op)->tp_name;
    if (type == NULL && self == NULL)
        return class_method_fails(op, "descriptor '%U' for type '%.100s' needs either an object or a type", of, NULL);
    if (type == NULL)
        type = (PyObject *)Py_TYPE(self);
    if (!PyType_Check(type))
        return class_method_fails(op, "descriptor '%U' for type '%.100s' needs a type, not a '%.100s' as arg 2", of,
                                  Py_TYPE(type)->tp_name);
    if (!object_type_is_subtype((PyTypeObject *)type, TYPE_OF(op)))
        return class_method_fails(op, "descriptor '%U' requires a subtype of '%.100s' but received '%.100s'", of,
                                  ((PyTypeObject *)type)->tp_name);
    return object_function_new(METHOD(op), type, NULL, METHOD(op)->ml_flags & METH_METHOD ? TYPE_OF(op) : NULL);
}

static PyObject *class_method_call(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (PyTuple_GET_SIZE(args) < 1)
        return object_error_format_objects(PyExc_TypeError, "descriptor '%U' of '%.100s' object needs an argument",
                                           PyDescr_NAME(op), TYPE_OF(op)->tp_name);
    PyObject *bound = class_method_get(op, NULL, PyTuple_GET_ITEM(args, 0));
    PyObject *rest = bound == NULL ? NULL : object_tuple_slice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *result = rest == NULL ? NULL : object_call(bound, rest, kwds);
    Py_XDECREF(rest);
    Py_XDECREF(bound);
    return result;
}

PyTypeObject PyClassMethodDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    DESCRIPTOR_SLOTS("classmethod_descriptor", PyMethodDescrObject),
    .tp_call = class_method_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_repr = method_repr,
    .tp_getset = method_attributes,
    .tp_descr_get = class_method_get,
};

PyObject *object_class_method_descriptor(PyTypeObject *type, PyMethodDef *method)
{
    PyMethodDescrObject *made = (PyMethodDescrObject *)object_descriptor_new(&PyClassMethodDescr_Type, type, method->ml_name);
    if (made != NULL)
        made->d_method = method;
    return (PyObject *)made;
}

/* Members. --------------------------------------------------------------------------------------------------------------- */

#define MEMBER(op) (((PyMemberDescrObject *)(op))->d_member)

static PyObject *member_get(PyObject *op, PyObject *self, PyObject *type)
{
    (void)type;
    if (self == NULL)
        return Py_NewRef(op);
    return object_descriptor_applies(op, self) ? object_member_get((char *)self, MEMBER(op)) : NULL;
}

static int member_set(PyObject *op, PyObject *self, PyObject *value)
{
    return object_descriptor_applies(op, self) ? object_member_set((char *)self, MEMBER(op), value) : -1;
}

static PyObject *member_repr(PyObject *op) { return repr_of(op, "member"); }

static PyObject *member_doc(PyObject *op, void *context)
{
    (void)context;
    return MEMBER(op)->doc == NULL ? Py_None : object_unicode_from_utf8(MEMBER(op)->doc);
}

static PyGetSetDef member_attributes[] = ATTRIBUTES(member_doc);

PyTypeObject PyMemberDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    DESCRIPTOR_SLOTS("member_descriptor", PyMemberDescrObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_repr = member_repr,
    .tp_getset = member_attributes,
    .tp_descr_get = member_get,
    .tp_descr_set = member_set,
};

PyObject *object_member_descriptor(PyTypeObject *type, PyMemberDef *member)
{
    if (member->flags & Py_RELATIVE_OFFSET)
        return object_error_set(PyExc_SystemError, "PyDescr_NewMember used with Py_RELATIVE_OFFSET");
    PyMemberDescrObject *made = (PyMemberDescrObject *)object_descriptor_new(&PyMemberDescr_Type, type, member->name);
    if (made != NULL)
        made->d_member = member;
    return (PyObject *)made;
}

/* Computed attributes. --------------------------------------------------------------------------------------------------- */

#define GETSET(op) (((PyGetSetDescrObject *)(op))->d_getset)

static PyObject *getset_fails(PyObject *op, const char *can)
{
    return object_error_format_objects(PyExc_AttributeError, "attribute '%U' of '%.100s' objects is not %s", PyDescr_NAME(op),
                                       TYPE_OF(op)->tp_name, can);
}

static PyObject *getset_get(PyObject *op, PyObject *self, PyObject *type)
{
    (void)type;
    if (self == NULL)
        return Py_NewRef(op);
    if (!object_descriptor_applies(op, self))
        return NULL;
    return GETSET(op)->get != NULL ? GETSET(op)->get(self, GETSET(op)->closure) : getset_fails(op, "readable");
}

static int getset_set(PyObject *op, PyObject *self, PyObject *value)
{
    if (!object_descriptor_applies(op, self))
        return -1;
    if (GETSET(op)->set != NULL)
        return GETSET(op)->set(self, value, GETSET(op)->closure);
    getset_fails(op, "writable");
    return -1;
}

static PyObject *getset_repr(PyObject *op) { return repr_of(op, "attribute"); }

static PyObject *getset_doc(PyObject *op, void *context)
{
    (void)context;
    return GETSET(op)->doc == NULL ? Py_None : object_unicode_from_utf8(GETSET(op)->doc);
}

static PyGetSetDef getset_attributes[] = ATTRIBUTES(getset_doc);

PyTypeObject PyGetSetDescr_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    DESCRIPTOR_SLOTS("getset_descriptor", PyGetSetDescrObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_repr = getset_repr,
    .tp_getset = getset_attributes,
    .tp_descr_get = getset_get,
    .tp_descr_set = getset_set,
};

PyObject *object_getset_descriptor(PyTypeObject *type, PyGetSetDef *getset)
{
    PyGetSetDescrObject *made = (PyGetSetDescrObject *)object_descriptor_new(&PyGetSetDescr_Type, type, getset->name);
    if (made != NULL)
        made->d_getset = getset;
    return (PyObject *)made;
}
