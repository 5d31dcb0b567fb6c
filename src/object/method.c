/* method.c: bound methods, and what keeps a function from being bound to the instance: staticmethod, classmethod.
 *
 * Owns: the three types. Does not own: methods written in C that are found through an instance (function.c). Read access.h
 * first. */
#include "object.h"

#include <stddef.h>

/* A callable with its first argument. ------------------------------------------------------------------------------------ */

static PyObject *method_vectorcall(PyObject *op, PyObject *const *args, size_t count_and_flag, PyObject *names)
{
    PyMethodObject *self = (PyMethodObject *)op;
    size_t count = (size_t)PyVectorcall_NARGS(count_and_flag);
    size_t all = count + (names == NULL ? 0 : (size_t)PyTuple_GET_SIZE(names));
    PyObject *few[9], **array = few;
    if (all + 1 > PYMM_COUNT_OF(few) && (array = domain_malloc(PYMM_DOMAIN_MEM, (all + 1) * sizeof *array)) == NULL)
        return object_error_no_memory();
    array[0] = self->im_self;
    if (all > 0)
        memcpy(array + 1, args, all * sizeof *array);
    PyObject *result = object_vectorcall(self->im_func, array, count + 1, names);
    if (array != few)
        domain_free(PYMM_DOMAIN_MEM, array);
    return result;
}

PyObject *object_method_new(PyObject *function, PyObject *self)
{
    if (self == NULL)
        return object_error_bad_call();
    PyMethodObject *made = (PyMethodObject *)object_gc_new(&PyMethod_Type);
    if (made == NULL)
        return NULL;
    made->im_func = Py_NewRef(function);
    made->im_self = Py_NewRef(self);
    made->im_weakreflist = NULL;
    made->vectorcall = method_vectorcall;
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void method_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    object_weak_end(op, true);
    Py_DECREF(((PyMethodObject *)op)->im_func);
    Py_DECREF(((PyMethodObject *)op)->im_self);
    object_gc_del(op);
}

static int method_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((PyMethodObject *)op)->im_func);
    Py_VISIT(((PyMethodObject *)op)->im_self);
    return 0;
}

static PyObject *method_compare(PyObject *left, PyObject *right, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyMethod_Check(left) || !PyMethod_Check(right))
        return Py_NotImplemented;
    int is_equal = object_compare_bool(PyMethod_GET_FUNCTION(left), PyMethod_GET_FUNCTION(right), Py_EQ);
    if (is_equal < 0)
        return NULL;
    is_equal = is_equal && PyMethod_GET_SELF(left) == PyMethod_GET_SELF(right);
    return object_bool(is_equal == (op == Py_EQ));
}

static Py_hash_t method_hash(PyObject *op)
{
    Py_hash_t of_function = object_hash(PyMethod_GET_FUNCTION(op));
    if (of_function == -1)
        return -1;
    Py_hash_t hash = of_function ^ object_hash_pointer(PyMethod_GET_SELF(op));
    return hash == -1 ? -2 : hash;
}

static PyObject *method_repr(PyObject *op)
{
    PyObject *name;
    if (object_attribute_find_utf8(PyMethod_GET_FUNCTION(op), "__qualname__", &name) < 0)
        return NULL;
    if (name != NULL && !PyUnicode_Check(name))
        Py_CLEAR(name);
    PyObject *text = object_unicode_from_format("<bound method %V of %R>", name, "?", PyMethod_GET_SELF(op));
    Py_XDECREF(name);
    return text;
}

/* What the method itself does not have is its function's. */
static PyObject *method_attribute(PyObject *op, PyObject *name)
{
    PyObject *descriptor = object_type_lookup(Py_TYPE(op), name);
    if (descriptor == NULL && object_error_occurred() != NULL)
        return NULL;
    if (descriptor == NULL)
        return object_attribute_get(PyMethod_GET_FUNCTION(op), name);
    descrgetfunc get = Py_TYPE(descriptor)->tp_descr_get;
    return get != NULL ? get(descriptor, op, (PyObject *)Py_TYPE(op)) : Py_NewRef(descriptor);
}

static PyMemberDef method_members[] = {
    {"__func__", _Py_T_OBJECT, offsetof(PyMethodObject, im_func), Py_READONLY, "the function (or other callable) implementing a method"},
    {"__self__", _Py_T_OBJECT, offsetof(PyMethodObject, im_self), Py_READONLY, "the instance to which a method is bound"},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PyMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "method",
    .tp_basicsize = sizeof(PyMethodObject),
    .tp_dealloc = method_dealloc,
    .tp_vectorcall_offset = offsetof(PyMethodObject, vectorcall),
    .tp_repr = method_repr,
    .tp_hash = method_hash,
    .tp_call = object_vectorcall_as_call,
    .tp_getattro = method_attribute,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = method_traverse,
    .tp_richcompare = method_compare,
    .tp_weaklistoffset = offsetof(PyMethodObject, im_weakreflist),
    .tp_members = method_members,
};

/* staticmethod and classmethod. -------------------------------------------------------------------------------------------- */

typedef struct wrapped {
    PyObject_HEAD
    PyObject *callable, *dict;
} wrapped;

#define CALLABLE(op) (((wrapped *)(op))->callable)

static PyObject *wrapped_new(PyTypeObject *type, PyObject *callable)
{
    PyObject *made = object_alloc(type, 0);
    if (made != NULL)
        CALLABLE(made) = Py_NewRef(callable);
    return made;
}

PyObject *object_static_method(PyObject *callable) { return wrapped_new(&PyStaticMethod_Type, callable); }
PyObject *object_class_method(PyObject *callable) { return wrapped_new(&PyClassMethod_Type, callable); }

static int wrapped_clear(PyObject *op)
{
    Py_CLEAR(((wrapped *)op)->callable);
    Py_CLEAR(((wrapped *)op)->dict);
    return 0;
}

static void wrapped_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    wrapped_clear(op);
    Py_TYPE(op)->tp_free(op);
}

static int wrapped_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(((wrapped *)op)->callable);
    Py_VISIT(((wrapped *)op)->dict);
    return 0;
}

static int wrapped_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    const char *name = object_type_name(Py_TYPE(op));
    if (kwds != NULL && object_dict_size(kwds) > 0) {
        object_error_format(PyExc_TypeError, "%s() takes no keyword arguments", name);
        return -1;
    }
    if (PyTuple_GET_SIZE(args) != 1) {
        object_error_format(PyExc_TypeError, "%s expected 1 argument, got %zd", name, PyTuple_GET_SIZE(args));
        return -1;
    }
    Py_XSETREF(CALLABLE(op), Py_NewRef(PyTuple_GET_ITEM(args, 0)));
    return 0;
}

static PyObject *uninitialized(const char *name)
{
    return object_error_format(PyExc_RuntimeError, "uninitialized %s object", name);
}

static PyObject *static_get(PyObject *op, PyObject *self, PyObject *type)
{
    (void)self;
    (void)type;
    return CALLABLE(op) == NULL ? uninitialized("staticmethod") : Py_NewRef(CALLABLE(op));
}

static PyObject *static_call(PyObject *op, PyObject *args, PyObject *kwds)
{
    return CALLABLE(op) == NULL ? uninitialized("staticmethod") : object_call(CALLABLE(op), args, kwds);
}

static PyObject *class_get(PyObject *op, PyObject *self, PyObject *type)
{
    if (CALLABLE(op) == NULL)
        return uninitialized("classmethod");
    return object_method_new(CALLABLE(op), type == NULL ? (PyObject *)Py_TYPE(self) : type);
}

static PyObject *wrapped_repr(PyObject *op)
{
    return object_unicode_from_format("<%s(%R)>", object_type_name(Py_TYPE(op)), CALLABLE(op));
}

static PyMemberDef wrapped_members[] = {
    {"__func__", _Py_T_OBJECT, offsetof(wrapped, callable), Py_READONLY, NULL},
    {"__wrapped__", _Py_T_OBJECT, offsetof(wrapped, callable), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef wrapped_attributes[] = {
    {"__dict__", object_generic_get_dict, object_generic_set_dict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define WRAPPED_SLOTS(name)                                                                                            \
    .tp_name = name, .tp_basicsize = sizeof(wrapped), .tp_dealloc = wrapped_dealloc, .tp_repr = wrapped_repr,          \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_traverse = wrapped_traverse,        \
    .tp_clear = wrapped_clear, .tp_members = wrapped_members, .tp_getset = wrapped_attributes,                         \
    .tp_dictoffset = offsetof(wrapped, dict), .tp_init = wrapped_init, .tp_new = object_generic_new,                   \
    .tp_free = object_gc_del

PyTypeObject PyStaticMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) WRAPPED_SLOTS("staticmethod"),
    .tp_call = static_call,
    .tp_descr_get = static_get,
};

PyTypeObject PyClassMethod_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) WRAPPED_SLOTS("classmethod"),
    .tp_descr_get = class_get,
};
