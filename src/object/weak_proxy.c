/* weak_proxy.c: objects that stand for another one that they do not keep alive: whatever is asked of them is asked of it.
 *
 * Owns: the two types of proxies, of which the second is for what can be called. Does not own: the list on which they are, with
 * references (weakref.c). Read weakref.h first. */
#include "weakref.h"

/* Its object, a new reference; what is no proxy is its own. NULL: ReferenceError. */
static PyObject *object_of(PyObject *op)
{
    if (op == NULL || !PyWeakref_CheckProxy(op))
        return Py_XNewRef(op);
    PyObject *object = object_weak_get(op);
    return object != NULL ? object : object_error_set(PyExc_ReferenceError, "weakly-referenced object no longer exists");
}

static PyObject *proxy_one(PyObject *self, PyObject *(*call)(PyObject *))
{
    PyObject *object = object_of(self), *result = object == NULL ? NULL : call(object);
    Py_XDECREF(object);
    return result;
}

static PyObject *proxy_two(PyObject *left, PyObject *right, PyObject *(*call)(PyObject *, PyObject *))
{
    PyObject *a = object_of(left), *b = a == NULL ? NULL : object_of(right);
    PyObject *result = b == NULL ? NULL : call(a, b);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static PyObject *proxy_str(PyObject *self) { return proxy_one(self, object_str); }
static PyObject *proxy_iter(PyObject *self) { return proxy_one(self, object_iter); }
static PyObject *proxy_int(PyObject *self) { return proxy_one(self, object_number_int); }
static PyObject *proxy_float(PyObject *self) { return proxy_one(self, object_number_float); }
static PyObject *proxy_index(PyObject *self) { return proxy_one(self, object_number_index); }
static PyObject *proxy_attribute(PyObject *self, PyObject *name) { return proxy_two(self, name, object_attribute_get); }
static PyObject *proxy_item(PyObject *self, PyObject *key) { return proxy_two(self, key, object_item_get); }

static PyObject *proxy_repr(PyObject *self)
{
    PyObject *object = object_weak_get(self);
    if (object == NULL)
        return object_unicode_from_format("<weakproxy at %p; dead>", self);
    PyObject *text = object_unicode_from_format("<weakproxy at %p; to '%s' at %p>", self, Py_TYPE(object)->tp_name, object);
    Py_DECREF(object);
    return text;
}

static int proxy_set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *object = object_of(self);
    int result = object == NULL ? -1 : object_attribute_set(object, name, value);
    Py_XDECREF(object);
    return result;
}

static PyObject *proxy_compare(PyObject *left, PyObject *right, int op)
{
    PyObject *a = object_of(left), *b = a == NULL ? NULL : object_of(right);
    PyObject *result = b == NULL ? NULL : object_compare(a, b, op);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static int proxy_bool(PyObject *self)
{
    PyObject *object = object_of(self);
    int result = object == NULL ? -1 : object_is_true(object);
    Py_XDECREF(object);
    return result;
}

static PyObject *proxy_next(PyObject *self)
{
    PyObject *object = object_of(self), *result = NULL;
    if (object != NULL && object_is_iterator(object))
        result = object_iter_next(object);
    else if (object != NULL)
        object_error_format(PyExc_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", Py_TYPE(object)->tp_name);
    Py_XDECREF(object);
    return result;
}

static Py_ssize_t proxy_length(PyObject *self)
{
    PyObject *object = object_of(self);
    Py_ssize_t result = object == NULL ? -1 : object_size(object);
    Py_XDECREF(object);
    return result;
}

static int proxy_contains(PyObject *self, PyObject *item)
{
    PyObject *object = object_of(self);
    int result = object == NULL ? -1 : object_sequence_contains(object, item);
    Py_XDECREF(object);
    return result;
}

static int proxy_set_item(PyObject *self, PyObject *key, PyObject *value)
{
    PyObject *object = object_of(self);
    int result = object == NULL ? -1 : value == NULL ? object_item_delete(object, key) : object_item_set(object, key, value);
    Py_XDECREF(object);
    return result;
}

static PyObject *proxy_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    PyObject *object = object_of(self), *result = object == NULL ? NULL : object_call(object, args, keywords);
    Py_XDECREF(object);
    return result;
}

/* Numbers: either side may be the proxy. ---------------------------------------------------------------------------------------- */

static PyObject *operated(PyObject *left, PyObject *right, enum object_operation what, bool is_in_place)
{
    PyObject *a = object_of(left), *b = a == NULL ? NULL : object_of(right), *result = NULL;
    if (b != NULL)
        result = is_in_place ? object_operate_in_place(a, b, what) : object_operate(a, b, what);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static PyObject *operated_one(PyObject *self, enum object_unary what)
{
    PyObject *object = object_of(self), *result = object == NULL ? NULL : object_operate_one(object, what);
    Py_XDECREF(object);
    return result;
}

static PyObject *powered(PyObject *left, PyObject *right, PyObject *modulus, bool is_in_place)
{
    PyObject *a = object_of(left), *b = a == NULL ? NULL : object_of(right), *m = b == NULL ? NULL : object_of(modulus), *result = NULL;
    if (m != NULL)
        result = is_in_place ? object_power_in_place(a, b, m) : object_power(a, b, m);
    Py_XDECREF(a);
    Py_XDECREF(b);
    Py_XDECREF(m);
    return result;
}

static PyObject *proxy_power(PyObject *a, PyObject *b, PyObject *m) { return powered(a, b, m, false); }
static PyObject *proxy_inplace_power(PyObject *a, PyObject *b, PyObject *m) { return powered(a, b, m, true); }

static PyObject *proxy_negative(PyObject *op) { return operated_one(op, OBJECT_NEGATIVE); }
static PyObject *proxy_positive(PyObject *op) { return operated_one(op, OBJECT_POSITIVE); }
static PyObject *proxy_absolute(PyObject *op) { return operated_one(op, OBJECT_ABSOLUTE); }
static PyObject *proxy_invert(PyObject *op) { return operated_one(op, OBJECT_INVERT); }

#define PROXY_OPERATION(name, what)                                                                                    \
    static PyObject *proxy_##name(PyObject *a, PyObject *b) { return operated(a, b, what, false); }
#define PROXY_OPERATION_BOTH(name, what)                                                                               \
    PROXY_OPERATION(name, what)                                                                                        \
    static PyObject *proxy_inplace_##name(PyObject *a, PyObject *b) { return operated(a, b, what, true); }
PROXY_OPERATION_BOTH(add, OBJECT_ADD)
PROXY_OPERATION_BOTH(subtract, OBJECT_SUBTRACT)
PROXY_OPERATION_BOTH(multiply, OBJECT_MULTIPLY)
PROXY_OPERATION_BOTH(floor_divide, OBJECT_FLOOR_DIVIDE)
PROXY_OPERATION_BOTH(true_divide, OBJECT_TRUE_DIVIDE)
PROXY_OPERATION_BOTH(remainder, OBJECT_REMAINDER)
PROXY_OPERATION(divmod, OBJECT_DIVMOD)
PROXY_OPERATION_BOTH(lshift, OBJECT_SHIFT_LEFT)
PROXY_OPERATION_BOTH(rshift, OBJECT_SHIFT_RIGHT)
PROXY_OPERATION_BOTH(and, OBJECT_AND)
PROXY_OPERATION_BOTH(xor, OBJECT_XOR)
PROXY_OPERATION_BOTH(or, OBJECT_OR)
PROXY_OPERATION_BOTH(matrix_multiply, OBJECT_MATRIX_MULTIPLY)

static PyNumberMethods proxy_as_number = {
    .nb_add = proxy_add,
    .nb_subtract = proxy_subtract,
    .nb_multiply = proxy_multiply,
    .nb_floor_divide = proxy_floor_divide,
    .nb_true_divide = proxy_true_divide,
    .nb_remainder = proxy_remainder,
    .nb_divmod = proxy_divmod,
    .nb_lshift = proxy_lshift,
    .nb_rshift = proxy_rshift,
    .nb_and = proxy_and,
    .nb_xor = proxy_xor,
    .nb_or = proxy_or,
    .nb_matrix_multiply = proxy_matrix_multiply,
    .nb_inplace_add = proxy_inplace_add,
    .nb_inplace_subtract = proxy_inplace_subtract,
    .nb_inplace_multiply = proxy_inplace_multiply,
    .nb_inplace_floor_divide = proxy_inplace_floor_divide,
    .nb_inplace_true_divide = proxy_inplace_true_divide,
    .nb_inplace_remainder = proxy_inplace_remainder,
    .nb_inplace_lshift = proxy_inplace_lshift,
    .nb_inplace_rshift = proxy_inplace_rshift,
    .nb_inplace_and = proxy_inplace_and,
    .nb_inplace_xor = proxy_inplace_xor,
    .nb_inplace_or = proxy_inplace_or,
    .nb_inplace_matrix_multiply = proxy_inplace_matrix_multiply,
    .nb_power = proxy_power,
    .nb_inplace_power = proxy_inplace_power,
    .nb_negative = proxy_negative,
    .nb_positive = proxy_positive,
    .nb_absolute = proxy_absolute,
    .nb_invert = proxy_invert,
    .nb_bool = proxy_bool,
    .nb_int = proxy_int,
    .nb_float = proxy_float,
    .nb_index = proxy_index,
};
static PySequenceMethods proxy_as_sequence = {.sq_length = proxy_length, .sq_contains = proxy_contains};
static PyMappingMethods proxy_as_mapping = {
    .mp_length = proxy_length, .mp_subscript = proxy_item, .mp_ass_subscript = proxy_set_item};

#define PROXY_SLOTS(name)                                                                                              \
    .tp_name = name, .tp_basicsize = sizeof(PyWeakReference), .tp_dealloc = weak_reference_dealloc,                    \
    .tp_repr = proxy_repr, .tp_as_number = &proxy_as_number, .tp_as_sequence = &proxy_as_sequence,                     \
    .tp_as_mapping = &proxy_as_mapping, .tp_str = proxy_str, .tp_getattro = proxy_attribute,                           \
    .tp_setattro = proxy_set_attribute, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,                           \
    .tp_traverse = weak_reference_traverse, .tp_clear = weak_reference_clear, .tp_richcompare = proxy_compare,         \
    .tp_iter = proxy_iter, .tp_iternext = proxy_next, .tp_free = object_gc_del

PyTypeObject _PyWeakref_ProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    PROXY_SLOTS("weakref.ProxyType"),
};

PyTypeObject _PyWeakref_CallableProxyType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    PROXY_SLOTS("weakref.CallableProxyType"),
    .tp_call = proxy_call,
};

PyObject *object_weak_proxy_new(PyObject *op, PyObject *callback)
{
    return weak_reference_new(object_is_callable(op) ? &_PyWeakref_CallableProxyType : &_PyWeakref_ProxyType, op,
                              callback == Py_None ? NULL : callback);
}
