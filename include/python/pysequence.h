/* pysequence.h: what is in an object: length, items by key, the sequence and the mapping protocol.
 *
 * Owns: PyObject_Size, PyObject_GetItem and its like, PySequence_*, PyMapping_*, iterators over sequences. Include Python.h, not
 * this file. What a type does not support is TypeError; NULL for an argument is SystemError. Objects that are returned are new
 * references; those that are passed keep theirs. The GIL is to be held.
 * Since pymm 0.1; text: "Object Protocol", "Sequence Protocol", "Mapping Protocol". */
#ifndef Py_PYSEQUENCE_H
#define Py_PYSEQUENCE_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Any object. -1: an exception is set. LengthHint: `otherwise` where there is no length. */
PyAPI_FUNC(Py_ssize_t) PyObject_Size(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PyObject_Length(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PyObject_LengthHint(PyObject *op, Py_ssize_t otherwise);
PyAPI_FUNC(PyObject *) PyObject_GetItem(PyObject *op, PyObject *key);
PyAPI_FUNC(int) PyObject_SetItem(PyObject *op, PyObject *key, PyObject *value); /* 0, or -1 */
PyAPI_FUNC(int) PyObject_DelItem(PyObject *op, PyObject *key);

/* 1 or 0: does it have items by number (and is no dict)? Then PySequence_* are of use. */
PyAPI_FUNC(int) PySequence_Check(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PySequence_Size(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PySequence_Length(PyObject *op);
/* A negative index counts from the end. */
PyAPI_FUNC(PyObject *) PySequence_GetItem(PyObject *op, Py_ssize_t index);
PyAPI_FUNC(int) PySequence_SetItem(PyObject *op, Py_ssize_t index, PyObject *value);
PyAPI_FUNC(int) PySequence_DelItem(PyObject *op, Py_ssize_t index);
/* Items [low, high). */
PyAPI_FUNC(PyObject *) PySequence_GetSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high);
PyAPI_FUNC(int) PySequence_SetSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high, PyObject *value);
PyAPI_FUNC(int) PySequence_DelSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high);
PyAPI_FUNC(PyObject *) PySequence_Concat(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PySequence_Repeat(PyObject *op, Py_ssize_t times);
PyAPI_FUNC(PyObject *) PySequence_InPlaceConcat(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PySequence_InPlaceRepeat(PyObject *op, Py_ssize_t times);
/* How many items are equal to `item`; whether one is: 1, 0 or -1; which one is the first: ValueError when none is. These three
 * work on whatever can be iterated over. */
PyAPI_FUNC(Py_ssize_t) PySequence_Count(PyObject *op, PyObject *item);
PyAPI_FUNC(int) PySequence_Contains(PyObject *op, PyObject *item);
PyAPI_FUNC(int) PySequence_In(PyObject *op, PyObject *item);
PyAPI_FUNC(Py_ssize_t) PySequence_Index(PyObject *op, PyObject *item);
/* All items of an iterable. Fast: the iterable itself when it is a list or a tuple; `text`: of the TypeError when it cannot be
 * iterated over. */
PyAPI_FUNC(PyObject *) PySequence_Tuple(PyObject *iterable);
PyAPI_FUNC(PyObject *) PySequence_List(PyObject *iterable);
PyAPI_FUNC(PyObject *) PySequence_Fast(PyObject *iterable, const char *text);
#define PySequence_Fast_GET_SIZE(op) (PyList_Check(op) ? PyList_GET_SIZE(op) : PyTuple_GET_SIZE(op))
#define PySequence_Fast_ITEMS(op) (PyList_Check(op) ? ((PyListObject *)(op))->ob_item : ((PyTupleObject *)(op))->ob_item)
#define PySequence_Fast_GET_ITEM(op, index) (PySequence_Fast_ITEMS(op)[(index)]) /* borrowed */
#define PySequence_ITEM(op, index) (Py_TYPE(op)->tp_as_sequence->sq_item((op), (index)))

/* 1 or 0: does it have items by key? */
PyAPI_FUNC(int) PyMapping_Check(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PyMapping_Size(PyObject *op);
PyAPI_FUNC(Py_ssize_t) PyMapping_Length(PyObject *op);
/* HasKey drops errors; HasKeyWithError: 1, 0 or -1. */
PyAPI_FUNC(int) PyMapping_HasKey(PyObject *op, PyObject *key);
PyAPI_FUNC(int) PyMapping_HasKeyWithError(PyObject *op, PyObject *key);
/* 1 and a new reference in *result; 0 and NULL when there is no such key; -1 and NULL on another error. */
PyAPI_FUNC(int) PyMapping_GetOptionalItem(PyObject *op, PyObject *key, PyObject **result);
#define PyMapping_DelItem(op, key) PyObject_DelItem((op), (key))
/* The same with keys in UTF-8, which become str. Get: KeyError. */
PyAPI_FUNC(PyObject *) PyMapping_GetItemString(PyObject *op, const char *key);
PyAPI_FUNC(int) PyMapping_SetItemString(PyObject *op, const char *key, PyObject *value);
PyAPI_FUNC(int) PyMapping_HasKeyString(PyObject *op, const char *key);
PyAPI_FUNC(int) PyMapping_HasKeyStringWithError(PyObject *op, const char *key);
PyAPI_FUNC(int) PyMapping_GetOptionalItemString(PyObject *op, const char *key, PyObject **result);
PyAPI_FUNC(int) PyObject_DelItemString(PyObject *op, const char *key);
#define PyMapping_DelItemString(op, key) PyObject_DelItemString((op), (key))
/* New lists: of a dict, or of what the methods keys, values and items return. */
PyAPI_FUNC(PyObject *) PyMapping_Keys(PyObject *op);
PyAPI_FUNC(PyObject *) PyMapping_Values(PyObject *op);
PyAPI_FUNC(PyObject *) PyMapping_Items(PyObject *op);

/* An iterator over the items of a sequence by number; SystemError for what is none. */
PyAPI_FUNC(PyObject *) PySeqIter_New(PyObject *sequence);
#define PySeqIter_Check(op) Py_IS_TYPE((PyObject *)(op), &PySeqIter_Type)

#ifdef __cplusplus
}
#endif
#endif
