/* function.c: C functions as objects, and how a PyMethodDef is called, be it a function or a method of a type.
 *
 * Owns: builtin_function_or_method; the checks of arguments that METH_* flags ask for, and their messages. Does not own:
 * descriptors (descriptor.c), calls of other objects (call.c). Read access.h first. */
#include "object.h"

#include <stddef.h>

/* "name()", with its type or module before it, for messages. */
static PyObject *function_text(PyObject *callable)
{
    PyObject *name, *module = NULL, *text = NULL;
    if (object_attribute_find_utf8(callable, "__qualname__", &name) < 0)
        return NULL;
    if (name == NULL)
        return object_str(callable);
    if (object_attribute_find_utf8(callable, "__module__", &module) >= 0) {
        bool is_told = module != NULL && module != Py_None &&
                       !(PyUnicode_Check(module) && object_unicode_compare_ascii(module, "builtins") == 0);
        text = is_told ? object_unicode_from_format("%S.%S()", module, name) : object_unicode_from_format("%S()", name);
    }
    Py_XDECREF(module);
    Py_DECREF(name);
    return text;
}

/* TypeError: the callable's name, then `what`, which may have a %zd for `count`. NULL. */
static PyObject *arguments_fail(PyObject *callable, const char *what, Py_ssize_t count)
{
    PyObject *name = function_text(callable);
    if (name == NULL)
        return NULL;
    char text[80];
    snprintf(text, sizeof text, what, count);
    object_error_format_objects(PyExc_TypeError, "%U %s", name, text);
    Py_DECREF(name);
    return NULL;
}

/* With arguments in a tuple, for METH_VARARGS. */
static PyObject *invoke_tuple(const PyMethodDef *method, PyObject *self, PyObject *args, PyObject *kwds)
{
    if (method->ml_flags & METH_KEYWORDS)
        return ((PyCFunctionWithKeywords)(void (*)(void))method->ml_meth)(self, args, kwds);
    return method->ml_meth(self, args);
}

static PyObject *invoke_varargs(const PyMethodDef *method, PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *tuple = object_tuple_from_items(args, count), *kwds = NULL, *result = NULL;
    if (tuple != NULL && (names == NULL || (kwds = object_keywords_as_dict(args + count, names)) != NULL))
        result = invoke_tuple(method, self, tuple, kwds);
    Py_XDECREF(kwds);
    Py_XDECREF(tuple);
    return result;
}

static PyObject *invoke_unchecked(const object_method_call *call, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    const PyMethodDef *method = call->method;
    void (*function)(void) = (void (*)(void))method->ml_meth;
    switch (method->ml_flags & (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD)) {
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS: return invoke_varargs(method, call->self, args, count, names);
    case METH_NOARGS: return method->ml_meth(call->self, NULL);
    case METH_O: return method->ml_meth(call->self, args[0]);
    case METH_FASTCALL: return ((PyCFunctionFast)function)(call->self, args, count);
    case METH_FASTCALL | METH_KEYWORDS: return ((PyCFunctionFastWithKeywords)function)(call->self, args, count, names);
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS:
        return ((PyCMethod)function)(call->self, call->type, args, (size_t)count, names);
    default: return object_error_format(PyExc_SystemError, "%s() method: bad call flags", method->ml_name);
    }
}

PyObject *object_method_invoke(const object_method_call *call, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    int flags = call->method->ml_flags;
    if (names != NULL && PyTuple_GET_SIZE(names) > 0 && !(flags & METH_KEYWORDS))
        return arguments_fail(call->callable, "takes no keyword arguments", 0);
    if ((flags & METH_NOARGS) && count != 0)
        return arguments_fail(call->callable, "takes no arguments (%zd given)", count);
    if ((flags & METH_O) && count != 1)
        return arguments_fail(call->callable, "takes exactly one argument (%zd given)", count);
    if (!object_recursion_enter(" while calling a Python object"))
        return NULL;
    PyObject *result = invoke_unchecked(call, args, count, names);
    object_recursion_leave();
    return result;
}

PyObject *object_method_needs_self(PyObject *callable)
{
    PyObject *name = function_text(callable);
    if (name == NULL)
        return NULL;
    object_error_format_objects(PyExc_TypeError, "unbound method %U needs an argument", name);
    Py_DECREF(name);
    return NULL;
}

/* The object. ------------------------------------------------------------------------------------------------------------ */

static PyObject *function_vectorcall(PyObject *op, PyObject *const *args, size_t count_and_flag, PyObject *names)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    object_method_call call = {op, self->m_ml, self->m_ml->ml_flags & METH_STATIC ? NULL : self->m_self, NULL};
    call.type = self->m_ml->ml_flags & METH_METHOD ? ((PyCMethodObject *)self)->mm_class : NULL;
    return object_method_invoke(&call, args, (Py_ssize_t)PyVectorcall_NARGS(count_and_flag), names);
}

/* Called with a tuple and a dict: those that take them get them as they are. */
static PyObject *function_call(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    if (!(self->m_ml->ml_flags & METH_VARARGS))
        return object_vectorcall_as_call(op, args, kwds);
    if (kwds != NULL && object_dict_size(kwds) != 0 && !(self->m_ml->ml_flags & METH_KEYWORDS))
        return arguments_fail(op, "takes no keyword arguments", 0);
    return invoke_tuple(self->m_ml, self->m_ml->ml_flags & METH_STATIC ? NULL : self->m_self, args, kwds);
}

static bool flags_are_good(const PyMethodDef *method)
{
    switch (method->ml_flags & (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD)) {
    case METH_VARARGS: case METH_VARARGS | METH_KEYWORDS: case METH_NOARGS: case METH_O: case METH_FASTCALL:
    case METH_FASTCALL | METH_KEYWORDS: case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: return true;
    default: object_error_format(PyExc_SystemError, "%s() method: bad call flags", method->ml_name); return false;
    }
}

PyObject *object_function_new(PyMethodDef *method, PyObject *self, PyObject *module, PyTypeObject *type)
{
    bool is_method = (method->ml_flags & METH_METHOD) != 0;
    if (!flags_are_good(method))
        return NULL;
    if (is_method != (type != NULL))
        return object_error_set(PyExc_SystemError, is_method ? "attempting to create PyCMethod with a METH_METHOD flag but no class"
                                                             : "attempting to create PyCFunction with class but no METH_METHOD flag");
    PyCFunctionObject *made = (PyCFunctionObject *)object_gc_new(is_method ? &PyCMethod_Type : &PyCFunction_Type);
    if (made == NULL)
        return NULL;
    made->m_ml = method;
    made->m_self = Py_XNewRef(self);
    made->m_module = Py_XNewRef(module);
    made->m_weakreflist = NULL;
    made->vectorcall = method->ml_flags & METH_VARARGS ? NULL : function_vectorcall;
    if (is_method)
        ((PyCMethodObject *)made)->mm_class = (PyTypeObject *)Py_NewRef(type);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static PyTypeObject *class_of(PyCFunctionObject *self)
{
    return self->m_ml->ml_flags & METH_METHOD ? ((PyCMethodObject *)self)->mm_class : NULL;
}

static void function_dealloc(PyObject *op)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    object_gc_untrack(op);
    object_weak_end(op, true);
    Py_XDECREF(class_of(self));
    Py_XDECREF(self->m_self);
    Py_XDECREF(self->m_module);
    object_gc_del(op);
}

static int function_traverse(PyObject *op, visitproc visit, void *arg)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    Py_VISIT(class_of(self));
    Py_VISIT(self->m_self);
    Py_VISIT(self->m_module);
    return 0;
}

static PyObject *function_repr(PyObject *op)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    if (self->m_self == NULL || PyModule_Check(self->m_self))
        return object_unicode_from_format("<built-in function %s>", self->m_ml->ml_name);
    return object_unicode_from_format("<built-in method %s of %s object at %p>", self->m_ml->ml_name,
                                      Py_TYPE(self->m_self)->tp_name, self->m_self);
}

static PyObject *function_compare(PyObject *left, PyObject *right, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCFunction_Check(left) || !PyCFunction_Check(right))
        return Py_NotImplemented;
    PyCFunctionObject *a = (PyCFunctionObject *)left, *b = (PyCFunctionObject *)right;
    bool is_equal = a->m_self == b->m_self && a->m_ml->ml_meth == b->m_ml->ml_meth;
    return object_bool(is_equal == (op == Py_EQ));
}

static Py_hash_t function_hash(PyObject *op)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    uintptr_t address;
    memcpy(&address, &self->m_ml->ml_meth, sizeof address);
    Py_hash_t hash = object_hash_pointer(self->m_self) ^ object_hash_pointer((const void *)address);
    return hash == -1 ? -2 : hash;
}

static PyObject *name_get(PyObject *op, void *context)
{
    (void)context;
    return object_unicode_from_utf8(((PyCFunctionObject *)op)->m_ml->ml_name);
}

/* Of a method: with the type of the object it is bound to, or with that object if it is a type. A module is no part of the name. */
static PyObject *qualified_name_get(PyObject *op, void *context)
{
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    if (self->m_self == NULL || PyModule_Check(self->m_self))
        return name_get(op, context);
    PyObject *type = PyType_Check(self->m_self) ? self->m_self : (PyObject *)Py_TYPE(self->m_self);
    PyObject *name = object_attribute_get_utf8(type, "__qualname__");
    PyObject *text = name == NULL ? NULL : object_unicode_from_format("%S.%s", name, self->m_ml->ml_name);
    Py_XDECREF(name);
    return text;
}

static PyObject *doc_get(PyObject *op, void *context)
{
    (void)context;
    return object_doc_text(((PyCFunctionObject *)op)->m_ml->ml_name, ((PyCFunctionObject *)op)->m_ml->ml_doc);
}

static PyObject *signature_get(PyObject *op, void *context)
{
    (void)context;
    return object_doc_signature(((PyCFunctionObject *)op)->m_ml->ml_name, ((PyCFunctionObject *)op)->m_ml->ml_doc);
}

static PyObject *self_get(PyObject *op, void *context)
{
    (void)context;
    PyCFunctionObject *self = (PyCFunctionObject *)op;
    return self->m_self == NULL || (self->m_ml->ml_flags & METH_STATIC) ? Py_None : Py_NewRef(self->m_self);
}

static PyGetSetDef function_attributes[] = {
    {"__doc__", doc_get, NULL, NULL, NULL},
    {"__text_signature__", signature_get, NULL, NULL, NULL},
    {"__name__", name_get, NULL, NULL, NULL},
    {"__qualname__", qualified_name_get, NULL, NULL, NULL},
    {"__self__", self_get, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef function_members[] = {
    {"__module__", _Py_T_OBJECT, offsetof(PyCFunctionObject, m_module), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PyCFunction_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(PyCFunctionObject),
    .tp_dealloc = function_dealloc,
    .tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall),
    .tp_repr = function_repr,
    .tp_hash = function_hash,
    .tp_call = function_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = function_traverse,
    .tp_richcompare = function_compare,
    .tp_weaklistoffset = offsetof(PyCFunctionObject, m_weakreflist),
    .tp_members = function_members,
    .tp_getset = function_attributes,
};

PyTypeObject PyCMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "builtin_method",
    .tp_basicsize = sizeof(PyCMethodObject),
    .tp_base = &PyCFunction_Type,
};
