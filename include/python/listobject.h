/* listobject.h: lists.
 *
 * Owns: the layout of lists, PyList_* and the macros that reach into one. Include Python.h, not this file.
 * A function that gets something else than a list fails with SystemError (bad argument to internal function).
 * The GIL is to be held. Since pymm 0.1; text: "List Objects". */
#ifndef Py_LISTOBJECT_H
#define Py_LISTOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_VAR_HEAD
    PyObject **ob_item;   /* inside the list while they are few */
    Py_ssize_t allocated; /* places at ob_item; Py_SIZE <= allocated */
} PyListObject;

PyAPI_DATA(PyTypeObject) PyList_Type;
PyAPI_DATA(PyTypeObject) PyListIter_Type;
PyAPI_DATA(PyTypeObject) PyListRevIter_Type;

#define PyList_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyList_Type)

/* A list of `size` empty places; they are to be filled with PyList_SetItem before other code sees the list.
 * New reference; negative: SystemError. */
PyAPI_FUNC(PyObject *) PyList_New(Py_ssize_t size);
PyAPI_FUNC(Py_ssize_t) PyList_Size(PyObject *list);
/* Borrowed; IndexError outside. PyList_GetItemRef gives a new reference, and TypeError for what is no list. */
PyAPI_FUNC(PyObject *) PyList_GetItem(PyObject *list, Py_ssize_t index);
PyAPI_FUNC(PyObject *) PyList_GetItemRef(PyObject *list, Py_ssize_t index);
/* Steals `item`, even on failure; lets go of what was there. 0, or -1 with IndexError. */
PyAPI_FUNC(int) PyList_SetItem(PyObject *list, Py_ssize_t index, PyObject *item);
/* These take a reference of their own. 0, or -1. An index of Insert outside the list is cut to it. */
PyAPI_FUNC(int) PyList_Insert(PyObject *list, Py_ssize_t index, PyObject *item);
PyAPI_FUNC(int) PyList_Append(PyObject *list, PyObject *item);
/* All of `iterable` at the end; SystemError when `list` is no list. Clear leaves it empty. 0, or -1. */
PyAPI_FUNC(int) PyList_Extend(PyObject *list, PyObject *iterable);
PyAPI_FUNC(int) PyList_Clear(PyObject *list);
/* Items [low, high), limits cut to the list. New reference. */
PyAPI_FUNC(PyObject *) PyList_GetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high);
/* Put the items of `items` (any iterable; NULL: none) in the place of [low, high). 0, or -1. */
PyAPI_FUNC(int) PyList_SetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *items);
/* Stable, by `<`. 0, or -1 when a comparison failed or changed the list: then it has all its items, in some order. */
PyAPI_FUNC(int) PyList_Sort(PyObject *list);
PyAPI_FUNC(int) PyList_Reverse(PyObject *list);
/* A tuple of the items. New reference. */
PyAPI_FUNC(PyObject *) PyList_AsTuple(PyObject *list);

#define _PyList_CAST(op) ((PyListObject *)(op))
static inline Py_ssize_t PyList_GET_SIZE(PyObject *list) { return Py_SIZE(list); }
static inline void PyList_SET_ITEM(PyObject *list, Py_ssize_t index, PyObject *item)
{
    _PyList_CAST(list)->ob_item[index] = item;
}
#define PyList_GET_SIZE(op) PyList_GET_SIZE((PyObject *)(op))
#define PyList_GET_ITEM(op, index) (_PyList_CAST(op)->ob_item[(index)])
#define PyList_SET_ITEM(op, index, item) PyList_SET_ITEM((PyObject *)(op), (index), (PyObject *)(item))

#ifdef __cplusplus
}
#endif
#endif
