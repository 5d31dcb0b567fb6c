/* float.c: floating-point numbers: making, reading, comparing, hashing.
 *
 * Owns: the above and the type. Does not own: arithmetic (float_math.c), text (float_text.c). Read object.h first. */
#include "float.h"

#include <math.h>

#define INFINITY_HASH 314159

PyObject *object_float_new(double value)
{
    PyFloatObject *self = domain_malloc_hot(PYMM_DOMAIN_OBJ, sizeof *self);
    if (PYMM_UNLIKELY(self == NULL))
        return object_error_no_memory();
    object_head_init_static((PyObject *)self, &PyFloat_Type);
    self->ob_fval = value;
    return (PyObject *)self;
}

/* Through __float__, or else __index__. */
static double float_from_slots(PyObject *object)
{
    PyNumberMethods *methods = Py_TYPE(object)->tp_as_number;
    if (methods == NULL || (methods->nb_float == NULL && methods->nb_index == NULL)) {
        object_error_format(PyExc_TypeError, "must be real number, not %.50s", Py_TYPE(object)->tp_name);
        return -1.0;
    }
    PyObject *number = methods->nb_float != NULL ? methods->nb_float(object) : object_index(object);
    if (number == NULL)
        return -1.0;
    double value = -1.0;
    if (methods->nb_float == NULL)
        value = object_int_as_double(number);
    else if (object_is_float(number))
        value = ((PyFloatObject *)number)->ob_fval;
    else
        object_error_format(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", Py_TYPE(object)->tp_name,
                            Py_TYPE(number)->tp_name);
    Py_DECREF(number);
    return value;
}

double object_float_as_double(PyObject *object)
{
    if (PYMM_UNLIKELY(object == NULL)) {
        object_error_bad_argument();
        return -1.0;
    }
    return object_is_float(object) ? ((PyFloatObject *)object)->ob_fval : float_from_slots(object);
}

/* Straight to the heap for what is exactly float. */
static void float_dealloc(PyObject *self)
{
    if (PYMM_LIKELY(PyFloat_CheckExact(self)))
        domain_free_hot(PYMM_DOMAIN_OBJ, self);
    else
        Py_TYPE(self)->tp_free(self);
}

/* That of an equal int: mantissa * 2**exponent modulo the prime; a NaN is equal to nothing and has the hash of its address. */
static Py_hash_t float_hash(PyObject *self)
{
    double value = ((PyFloatObject *)self)->ob_fval;
    if (isnan(value))
        return object_hash_identity(self);
    if (isinf(value))
        return value > 0 ? INFINITY_HASH : -INFINITY_HASH;
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53) % OBJECT_HASH_MODULUS;
    int turn = (exponent - 53) % (int)OBJECT_HASH_BITS;
    if (turn < 0) /* 2**HASH_BITS is 1 in this arithmetic */
        turn += (int)OBJECT_HASH_BITS;
    Py_hash_t hash = (Py_hash_t)((mantissa << turn & OBJECT_HASH_MODULUS) | mantissa >> ((int)OBJECT_HASH_BITS - turn));
    hash = value < 0 ? -hash : hash;
    return hash == -1 ? -2 : hash;
}

static bool double_order_holds(double a, double b, int op)
{
    switch (op) {
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_EQ: return a == b;
    case Py_NE: return a != b;
    case Py_GT: return a > b;
    default: return a >= b;
    }
}

static PyObject *float_compare(PyObject *self, PyObject *other, int op)
{
    double value = ((PyFloatObject *)self)->ob_fval;
    if (object_is_float(other))
        return object_bool(double_order_holds(value, ((PyFloatObject *)other)->ob_fval, op));
    if (!PyLong_Check(other))
        return Py_NewRef(Py_NotImplemented);
    if (isnan(value))
        return object_bool(op == Py_NE);
    return object_bool(double_order_holds(0.0, object_int_order_double(other, value), op));
}

/* float(), float(number or text) */
static PyObject *float_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    Py_ssize_t count = args == NULL ? 0 : PyTuple_GET_SIZE(args);
    if (keywords != NULL && object_dict_size(keywords) > 0 && type == &PyFloat_Type)
        return object_error_set(PyExc_TypeError, "float() takes no keyword arguments");
    if (count > 1)
        return object_error_format(PyExc_TypeError, "float expected at most 1 argument, got %zd", count);
    PyObject *number = count == 0 ? object_float_new(0.0) : object_number_float(PyTuple_GET_ITEM(args, 0));
    if (number == NULL || type == &PyFloat_Type)
        return number;
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL)
        ((PyFloatObject *)self)->ob_fval = ((PyFloatObject *)number)->ob_fval;
    Py_DECREF(number);
    return self;
}

PyTypeObject PyFloat_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "float",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_dealloc = float_dealloc,
    .tp_repr = float_repr,
    .tp_as_number = &float_as_number,
    .tp_hash = float_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | _Py_TPFLAGS_MATCH_SELF,
    .tp_richcompare = float_compare,
    .tp_methods = float_methods,
    .tp_getset = float_attributes,
    .tp_new = float_type_new,
};
