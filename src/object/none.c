/* none.c: None and NotImplemented, the objects of which there is one each.
 *
 * Owns: these two and their types. They are immortal. Read object.h first. */
#include "object.h"

#include "base/base.h"

/* Immortal objects are never let go of; somebody wrote to the count. */
static void singleton_dealloc(PyObject *self)
{
    pymm_fatal("deallocating %s: it lost references it never had, or its count was overwritten", Py_TYPE(self)->tp_name);
}

static PyObject *none_repr(PyObject *self)
{
    (void)self;
    return object_unicode_intern_utf8("None");
}

static PyObject *not_implemented_repr(PyObject *self)
{
    (void)self;
    return object_unicode_intern_utf8("NotImplemented");
}

static PyTypeObject none_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "NoneType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = singleton_dealloc,
    .tp_repr = none_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

static PyTypeObject not_implemented_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "NotImplementedType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = singleton_dealloc,
    .tp_repr = not_implemented_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

PyObject _Py_NoneStruct = {{_Py_IMMORTAL_REFCNT}, &none_type};
PyObject _Py_NotImplementedStruct = {{_Py_IMMORTAL_REFCNT}, &not_implemented_type};
