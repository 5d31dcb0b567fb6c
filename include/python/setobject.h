/* setobject.h: sets and frozensets.
 *
 * Owns: the layout of sets and PySet_*. Include Python.h, not this file.
 * Order is that of insertion; CPython promises none. A function that gets something else than a set fails with SystemError (bad
 * argument to internal function); an item that cannot be hashed is TypeError. The GIL is to be held.
 * Since pymm 0.1; text: "Set Objects". */
#ifndef Py_SETOBJECT_H
#define Py_SETOBJECT_H

#include "dictobject.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyDictObject base; /* count and table, as those of a dictionary */
    Py_hash_t hash;    /* of a frozenset; -1 until somebody asks */
    PyObject *weakreflist;
} PySetObject;

PyAPI_DATA(PyTypeObject) PySet_Type;
PyAPI_DATA(PyTypeObject) PyFrozenSet_Type;
PyAPI_DATA(PyTypeObject) PySetIter_Type;

#define PySet_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PySet_Type)
#define PyFrozenSet_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyFrozenSet_Type)
#define PyAnySet_CheckExact(op) (PySet_CheckExact(op) || PyFrozenSet_CheckExact(op))
#define PySet_Check(op) (PySet_CheckExact(op) || PyType_IsSubtype(Py_TYPE(op), &PySet_Type))
#define PyFrozenSet_Check(op) (PyFrozenSet_CheckExact(op) || PyType_IsSubtype(Py_TYPE(op), &PyFrozenSet_Type))
#define PyAnySet_Check(op) (PySet_Check(op) || PyFrozenSet_Check(op))

/* A set of the items of `iterable`, or an empty one for NULL. New reference; TypeError for what is not iterable. */
PyAPI_FUNC(PyObject *) PySet_New(PyObject *iterable);
PyAPI_FUNC(PyObject *) PyFrozenSet_New(PyObject *iterable);
/* These are for sets of both kinds. Contains: 1, 0 or -1. */
PyAPI_FUNC(Py_ssize_t) PySet_Size(PyObject *anyset);
PyAPI_FUNC(int) PySet_Contains(PyObject *anyset, PyObject *item);
/* 0, or -1. A frozenset may be filled as long as nobody else has seen it. */
PyAPI_FUNC(int) PySet_Add(PyObject *set, PyObject *item);
/* Not for frozensets. Discard: 1 when the item was there, 0 when not, -1. Pop: some item, a new reference; KeyError when there is
 * none. Clear: 0, or -1. */
PyAPI_FUNC(int) PySet_Discard(PyObject *set, PyObject *item);
PyAPI_FUNC(PyObject *) PySet_Pop(PyObject *set);
PyAPI_FUNC(int) PySet_Clear(PyObject *set);

static inline Py_ssize_t PySet_GET_SIZE(PyObject *set) { return ((PyDictObject *)set)->ma_used; }
#define PySet_GET_SIZE(op) PySet_GET_SIZE((PyObject *)(op))

#ifdef __cplusplus
}
#endif
#endif
