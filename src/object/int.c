/* int.c: integers come into being, and their type.
 *
 * Owns: the small integers, making an int of a C value, hash, the type. Does not own: conversions to C (int_convert.c)
 * and from doubles (int_double.c), arithmetic. Read first: include/python/longobject.h. What fits in 64 bits takes 32 bytes. */
#include "int.h"

#define SMALL_FIRST (-5)
#define SMALL_LAST 256

/* Filled in by int_start; immortal. */
static PyLongObject small_ints[SMALL_LAST - SMALL_FIRST + 1];

static PyObject *small_get(int64_t value) { return (PyObject *)&small_ints[value - SMALL_FIRST]; }
static bool is_small(int64_t value) { return value >= SMALL_FIRST && value <= SMALL_LAST; }

void int_start(void)
{
    for (int64_t value = SMALL_FIRST; value <= SMALL_LAST; value++)
        small_ints[value - SMALL_FIRST] = (PyLongObject){
            PyObject_HEAD_INIT(&PyLong_Type) value < 0 ? -1 : value > 0, {(uint32_t)(value < 0 ? -value : value), 0}};
}

/* Two digits always: the size is a constant for what fits in 64 bits. */
PYMM_INLINE PyLongObject *new_short(void)
{
    PyLongObject *self = domain_malloc_hot(PYMM_DOMAIN_OBJ, sizeof *self);
    if (PYMM_UNLIKELY(self == NULL))
        return (PyLongObject *)object_error_no_memory();
    object_head_init_static((PyObject *)self, &PyLong_Type);
    return self;
}

PyLongObject *int_new(Py_ssize_t count)
{
    PyLongObject *self;
    if (count <= 2) {
        self = new_short();
    } else if (count > (PY_SSIZE_T_MAX - (Py_ssize_t)sizeof(PyLongObject)) / (Py_ssize_t)sizeof(uint32_t)) {
        return (PyLongObject *)object_error_set(PyExc_OverflowError, "too many digits in integer");
    } else {
        size_t bytes = offsetof(PyLongObject, pymm_digits) + sizeof(uint32_t) * (size_t)count;
        self = (PyLongObject *)object_init(domain_malloc(PYMM_DOMAIN_OBJ, bytes), &PyLong_Type);
    }
    if (self != NULL)
        self->pymm_size = count;
    return self;
}

static PyObject *from_magnitude(uint64_t magnitude, bool is_negative)
{
    PyLongObject *self = new_short();
    if (self == NULL)
        return NULL;
    self->pymm_digits[0] = (uint32_t)magnitude;
    self->pymm_digits[1] = (uint32_t)(magnitude >> 32);
    Py_ssize_t size = magnitude >> 32 ? 2 : 1;
    self->pymm_size = is_negative ? -size : size;
    return (PyObject *)self;
}

PyObject *object_int_from_int64(int64_t value)
{
    if (is_small(value))
        return small_get(value);
    return from_magnitude(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

PyObject *object_int_from_uint64(uint64_t value)
{
    return value <= SMALL_LAST ? small_get((int64_t)value) : from_magnitude(value, false);
}

PyObject *int_normal(PyLongObject *self, bool is_negative)
{
    Py_ssize_t size = Py_ABS(self->pymm_size);
    while (size > 0 && self->pymm_digits[size - 1] == 0)
        size--;
    self->pymm_size = is_negative ? -size : size;
    if (size <= 1 && (size == 0 || self->pymm_digits[0] <= SMALL_LAST)) {
        int64_t value = size == 0 ? 0 : is_negative ? -(int64_t)self->pymm_digits[0] : self->pymm_digits[0];
        if (is_small(value)) {
            Py_DECREF(self);
            return small_get(value);
        }
    }
    return (PyObject *)self;
}

/* rest * 2**32 modulo 2**OBJECT_HASH_BITS - 1 turns the bits of the rest round. */
static uint64_t hash_step(uint64_t rest, uint32_t digit)
{
    const unsigned turn = INT_DIGIT_BITS % OBJECT_HASH_BITS;
    return (((rest << turn & OBJECT_HASH_MODULUS) | rest >> (OBJECT_HASH_BITS - turn)) + digit) % OBJECT_HASH_MODULUS;
}

static Py_hash_t int_hash(PyObject *self)
{
    if (OBJECT_HASH_BITS > INT_DIGIT_BITS && int_is_short(self))
        return int_short(self) == -1 ? -2 : (Py_hash_t)int_short(self);
    uint64_t rest = 0;
    for (Py_ssize_t i = int_count(self); --i >= 0;)
        rest = hash_step(rest, int_digits(self)[i]);
    Py_hash_t hash = int_is_negative(self) ? -(Py_hash_t)rest : (Py_hash_t)rest;
    return hash == -1 ? -2 : hash;
}

/* Straight to the heap for what is exactly int. */
static void int_dealloc(PyObject *self)
{
    if (PYMM_LIKELY(PyLong_CheckExact(self)))
        domain_free_hot(PYMM_DOMAIN_OBJ, self);
    else
        Py_TYPE(self)->tp_free(self);
}

PyTypeObject PyLong_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "int",
    .tp_basicsize = offsetof(PyLongObject, pymm_digits),
    .tp_itemsize = sizeof(uint32_t),
    .tp_dealloc = int_dealloc,
    .tp_repr = int_repr,
    .tp_as_number = &int_as_number,
    .tp_hash = int_hash,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | _Py_TPFLAGS_MATCH_SELF,
    .tp_richcompare = int_compare,
    .tp_methods = int_methods,
    .tp_getset = int_attributes,
    .tp_new = int_type_new,
};
