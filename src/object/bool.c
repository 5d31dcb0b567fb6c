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

static PyObject *bool_repr(PyObject *self) { return object_unicode_intern_utf8(self == Py_True ? "True" : "False"); }

/* bool(), bool(object) */
static PyObject *bool_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)type; /* nothing is derived from it */
    Py_ssize_t count = args == NULL ? 0 : PyTuple_GET_SIZE(args);
    if (keywords != NULL && object_dict_size(keywords) > 0)
        return object_error_set(PyExc_TypeError, "bool() takes no keyword arguments");
    if (count > 1)
        return object_error_format(PyExc_TypeError, "bool expected at most 1 argument, got %zd", count);
    int truth = count == 0 ? 0 : object_is_true(PyTuple_GET_ITEM(args, 0));
    return truth < 0 ? NULL : object_bool(truth);
}

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bool",
    .tp_dealloc = bool_dealloc,
    .tp_repr = bool_repr,
    .tp_as_number = &bool_as_number,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_LONG_SUBCLASS,
    .tp_base = &PyLong_Type,
    .tp_new = bool_type_new,
};

struct _longobject _Py_TrueStruct = {PyObject_HEAD_INIT(&PyBool_Type) 1, {1, 0}};
struct _longobject _Py_FalseStruct = {PyObject_HEAD_INIT(&PyBool_Type) 0, {0, 0}};
