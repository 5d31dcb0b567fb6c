/* bool.c: True and False.
 *
 * Owns: the two objects and their type. They are integers of one digit and of none. Read object.h first. */
#include "int.h"

static void bool_dealloc(PyObject *self)
{
    pymm_fatal("deallocating %s: it lost references it never had, or its count was overwritten",
               self == Py_True ? "True" : "False");
}

/* Of two bools these are a bool; with any other integer they are int's. */
#define BITWISE(name, value)                                                                                           \
    static PyObject *bool_##name(PyObject *a, PyObject *b)                                                             \
    {                                                                                                                  \
        return PyBool_Check(a) && PyBool_Check(b) ? object_bool(value) : int_as_number.nb_##name(a, b);                \
    }
BITWISE(and, a == Py_True && b == Py_True)
BITWISE(or, a == Py_True || b == Py_True)
BITWISE(xor, a != b)

static PyNumberMethods bool_as_number = {.nb_and = bool_and, .nb_or = bool_or, .nb_xor = bool_xor};

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bool",
    .tp_dealloc = bool_dealloc,
    .tp_as_number = &bool_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_LONG_SUBCLASS,
    .tp_base = &PyLong_Type,
};

struct _longobject _Py_TrueStruct = {PyObject_HEAD_INIT(&PyBool_Type) 1, {1, 0}};
struct _longobject _Py_FalseStruct = {PyObject_HEAD_INIT(&PyBool_Type) 0, {0, 0}};
