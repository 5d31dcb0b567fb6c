/* abstract.h: what can be asked of any object.
 *
 * Owns: text, hash, comparison, truth, iteration. Include Python.h, not this file. Since pymm 0.1; text: "Object Protocol",
 * "Iterator Protocol". */
#ifndef Py_ABSTRACT_H
#define Py_ABSTRACT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As text, for programmers, for users, for programmers with nothing but ASCII. New reference to a str; NULL: "<NULL>". */
PyAPI_FUNC(PyObject *) PyObject_Repr(PyObject *op);
PyAPI_FUNC(PyObject *) PyObject_Str(PyObject *op);
PyAPI_FUNC(PyObject *) PyObject_ASCII(PyObject *op);
/* As text by a format specification, through __format__; `spec`: a str, or NULL for an empty one. SystemError for anything else. */
PyAPI_FUNC(PyObject *) PyObject_Format(PyObject *op, PyObject *spec);
/* As bytes: what __bytes__ says, or PyBytes_FromObject; NULL: b"<NULL>". New reference. */
PyAPI_FUNC(PyObject *) PyObject_Bytes(PyObject *op);
/* Around the repr of a container that may contain itself. Enter: 1 if this thread is at it already, 0 if not, -1 on error;
 * after 0, Leave. */
PyAPI_FUNC(int) Py_ReprEnter(PyObject *op);
PyAPI_FUNC(void) Py_ReprLeave(PyObject *op);

/* TypeError for what cannot be hashed; -1 is never a hash. HashNotImplemented is the tp_hash of such types. */
PyAPI_FUNC(Py_hash_t) PyObject_Hash(PyObject *op);
PyAPI_FUNC(Py_hash_t) PyObject_HashNotImplemented(PyObject *op);
/* By identity. GenericHash is the tp_hash of that. */
PyAPI_FUNC(Py_hash_t) PyObject_GenericHash(PyObject *op);
PyAPI_FUNC(Py_hash_t) Py_HashPointer(const void *pointer);

/* Py_LT to Py_GE. The type that is derived from the other one's is asked first. Bool: 1, 0 or -1, and an object is always
 * equal to itself. TypeError where neither side can tell. */
PyAPI_FUNC(PyObject *) PyObject_RichCompare(PyObject *a, PyObject *b, int op);
PyAPI_FUNC(int) PyObject_RichCompareBool(PyObject *a, PyObject *b, int op);

/* 1, 0 or -1: nb_bool, or else the length, or else true. */
PyAPI_FUNC(int) PyObject_IsTrue(PyObject *op);
PyAPI_FUNC(int) PyObject_Not(PyObject *op);

/* An iterator over the object: tp_iter, or its items by index. TypeError. */
PyAPI_FUNC(PyObject *) PyObject_GetIter(PyObject *op);
PyAPI_FUNC(PyObject *) PyObject_SelfIter(PyObject *op); /* the tp_iter of iterators */
PyAPI_FUNC(int) PyIter_Check(PyObject *op);
/* NULL: the end, with no exception, or an error. */
PyAPI_FUNC(PyObject *) PyIter_Next(PyObject *iterator);
/* Give `value` to an iterator, through am_send or, for None, tp_iternext. *result: what it yields (PYGEN_NEXT), what it ends
 * with (PYGEN_RETURN), or NULL (PYGEN_ERROR). */
PyAPI_FUNC(PySendResult) PyIter_Send(PyObject *iterator, PyObject *value, PyObject **result);
PyAPI_DATA(PyTypeObject) PySeqIter_Type;

#ifdef __cplusplus
}
#endif
#endif
