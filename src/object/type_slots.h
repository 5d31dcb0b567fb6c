/* type_slots.h: slots and the methods they are: __len__ is sq_length. Only files of this room include it. Read type.h first.
 *
 * A slot that a type has in C is a method of its dict; a method that a type has in its dict, and that is not such a slot, is
 * reached through a function in the slot that looks it up. */
#ifndef PYMM_OBJECT_TYPE_SLOTS_H
#define PYMM_OBJECT_TYPE_SLOTS_H

#include "type.h"

typedef void (*any_function)(void);

typedef struct type_slot {
    const char *name;
    size_t offset; /* in a PyHeapTypeObject */
    PyObject *(*wrap)(PyObject *self, PyObject *args, any_function function, PyObject *kwds); /* call it as a method */
    any_function dispatch; /* what stands in the slot when a method of that name is in a dict; NULL: nothing can */
    bool has_keywords;
} type_slot;

extern const type_slot type_slot_table[]; /* ends with a name that is NULL; slots with the same offset stand together or far apart */

/* Where a type has the slot; NULL: it does not have the group. */
any_function *type_slot_place(PyTypeObject *type, size_t offset);
/* The slot that a descriptor of an inherited type's dict is; NULL: it is no such descriptor. */
const type_slot *type_slot_of(PyObject *descriptor, any_function *function);

/* type_dispatch.c: the functions in slots of types with methods in their dicts. */
#define UNARY_DISPATCHES(X)                                                                                            \
    X(nb_negative, "__neg__") X(nb_positive, "__pos__") X(nb_absolute, "__abs__") X(nb_invert, "__invert__")           \
    X(nb_int, "__int__") X(nb_float, "__float__") X(nb_index, "__index__") X(am_await, "__await__")                    \
    X(am_aiter, "__aiter__") X(am_anext, "__anext__")
#define BINARY_DISPATCHES(X)                                                                                           \
    X(nb_add, "__add__", "__radd__") X(nb_subtract, "__sub__", "__rsub__") X(nb_multiply, "__mul__", "__rmul__")       \
    X(nb_remainder, "__mod__", "__rmod__") X(nb_divmod, "__divmod__", "__rdivmod__")                                   \
    X(nb_lshift, "__lshift__", "__rlshift__") X(nb_rshift, "__rshift__", "__rrshift__")                                \
    X(nb_and, "__and__", "__rand__") X(nb_xor, "__xor__", "__rxor__") X(nb_or, "__or__", "__ror__")                    \
    X(nb_floor_divide, "__floordiv__", "__rfloordiv__") X(nb_true_divide, "__truediv__", "__rtruediv__")               \
    X(nb_matrix_multiply, "__matmul__", "__rmatmul__")
#define INPLACE_DISPATCHES(X)                                                                                          \
    X(nb_inplace_add, "__iadd__") X(nb_inplace_subtract, "__isub__") X(nb_inplace_multiply, "__imul__")                \
    X(nb_inplace_remainder, "__imod__") X(nb_inplace_lshift, "__ilshift__") X(nb_inplace_rshift, "__irshift__")        \
    X(nb_inplace_and, "__iand__") X(nb_inplace_xor, "__ixor__") X(nb_inplace_or, "__ior__")                            \
    X(nb_inplace_floor_divide, "__ifloordiv__") X(nb_inplace_true_divide, "__itruediv__")                              \
    X(nb_inplace_matrix_multiply, "__imatmul__")

#define DECLARE_UNARY(slot, name) PyObject *dispatch_##slot(PyObject *self);
#define DECLARE_BINARY(slot, name, reflected) PyObject *dispatch_##slot(PyObject *self, PyObject *other);
#define DECLARE_INPLACE(slot, name) PyObject *dispatch_##slot(PyObject *self, PyObject *other);
UNARY_DISPATCHES(DECLARE_UNARY)
BINARY_DISPATCHES(DECLARE_BINARY)
INPLACE_DISPATCHES(DECLARE_INPLACE)
PyObject *dispatch_nb_power(PyObject *self, PyObject *other, PyObject *modulus);
PyObject *dispatch_nb_inplace_power(PyObject *self, PyObject *other, PyObject *modulus);
int dispatch_nb_bool(PyObject *self);
Py_ssize_t dispatch_length(PyObject *self);
PyObject *dispatch_mp_subscript(PyObject *self, PyObject *key);
int dispatch_mp_ass_subscript(PyObject *self, PyObject *key, PyObject *value);
PyObject *dispatch_sq_item(PyObject *self, Py_ssize_t index);
int dispatch_sq_ass_item(PyObject *self, Py_ssize_t index, PyObject *value);
int dispatch_sq_contains(PyObject *self, PyObject *value);
PyObject *dispatch_tp_getattro(PyObject *self, PyObject *name);
int dispatch_tp_setattro(PyObject *self, PyObject *name, PyObject *value);
PyObject *dispatch_tp_repr(PyObject *self);
PyObject *dispatch_tp_str(PyObject *self);
Py_hash_t dispatch_tp_hash(PyObject *self);
PyObject *dispatch_tp_call(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *dispatch_tp_richcompare(PyObject *self, PyObject *other, int op);
PyObject *dispatch_tp_iter(PyObject *self);
PyObject *dispatch_tp_iternext(PyObject *self);
PyObject *dispatch_tp_descr_get(PyObject *self, PyObject *op, PyObject *type);
int dispatch_tp_descr_set(PyObject *self, PyObject *op, PyObject *value);
int dispatch_tp_init(PyObject *self, PyObject *args, PyObject *kwds);
PyObject *dispatch_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwds);
void dispatch_tp_finalize(PyObject *self);
#endif
