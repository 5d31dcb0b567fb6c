/* bool.c: True and False.
 *
 * Owns: the two objects and their type. They are integers of one digit and of none. Read object.h first. */
#include "object.h"

static void bool_dealloc(PyObject *self)
{
    pymm_fatal("deallocating %s: it lost references it never had, or its count was overwritten",
               self == Py_True ? "True" : "False");
}

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "bool",
    .tp_dealloc = bool_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_LONG_SUBCLASS,
    .tp_base = &PyLong_Type,
};

struct _longobject _Py_TrueStruct = {PyObject_HEAD_INIT(&PyBool_Type) 1, {1, 0}};
struct _longobject _Py_FalseStruct = {PyObject_HEAD_INIT(&PyBool_Type) 0, {0, 0}};
