/* tupleobject.h: tuples.
 *
 * Owns: the layout of tuples, PyTuple_* and the macros that reach into one. Include Python.h, not this file.
 * A function that gets something else than a tuple fails with SystemError (bad argument to internal function).
 * The GIL is to be held. Since pymm 0.1; text: "Tuple Objects". */
#ifndef Py_TUPLEOBJECT_H
#define Py_TUPLEOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    PyObject *ob_item[1]; /* Py_SIZE of them */
} PyTupleObject;

PyAPI_DATA(PyTypeObject) PyTuple_Type;
PyAPI_DATA(PyTypeObject) PyTupleIter_Type;

#define PyTuple_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyTuple_Type)

/* A tuple of `size` empty places, to be filled before anybody sees it. New reference; negative: SystemError. */
PyAPI_FUNC(PyObject *) PyTuple_New(Py_ssize_t size);
/* A tuple of the n objects that follow. New reference; it takes references of its own. */
PyAPI_FUNC(PyObject *) PyTuple_Pack(Py_ssize_t n, ...);
PyAPI_FUNC(Py_ssize_t) PyTuple_Size(PyObject *tuple);
/* Borrowed; IndexError outside. */
PyAPI_FUNC(PyObject *) PyTuple_GetItem(PyObject *tuple, Py_ssize_t index);
/* Steals `item`, even on failure. Only for a tuple that nobody else has seen. 0, or -1. */
PyAPI_FUNC(int) PyTuple_SetItem(PyObject *tuple, Py_ssize_t index, PyObject *item);
/* Items [low, high), limits cut to the tuple. New reference. */
PyAPI_FUNC(PyObject *) PyTuple_GetSlice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high);
/* Change the length of a tuple that nobody else has seen; *tuple may become another address. On failure: -1, *tuple is
 * NULL and the old one is gone. */
PyAPI_FUNC(int) _PyTuple_Resize(PyObject **tuple, Py_ssize_t new_size);

#define _PyTuple_CAST(op) ((PyTupleObject *)(op))
static inline Py_ssize_t PyTuple_GET_SIZE(PyObject *tuple) { return Py_SIZE(tuple); }
static inline void PyTuple_SET_ITEM(PyObject *tuple, Py_ssize_t index, PyObject *item)
{
    _PyTuple_CAST(tuple)->ob_item[index] = item;
}
#define PyTuple_GET_SIZE(op) PyTuple_GET_SIZE((PyObject *)(op))
#define PyTuple_GET_ITEM(op, index) (_PyTuple_CAST(op)->ob_item[(index)])
#define PyTuple_SET_ITEM(op, index, item) PyTuple_SET_ITEM((PyObject *)(op), (index), (PyObject *)(item))

#ifdef __cplusplus
}
#endif
#endif
