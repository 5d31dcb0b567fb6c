/* sliceobject.h: slices, as in a[1:2], and Ellipsis.
 *
 * Owns: PySlice_*, Py_Ellipsis. Include Python.h, not this file. The GIL is to be held.
 * Since pymm 0.1; text: "Slice Objects". */
#ifndef Py_SLICEOBJECT_H
#define Py_SLICEOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step; /* never NULL: None where nothing was said */
} PySliceObject;

PyAPI_DATA(PyTypeObject) PySlice_Type;
PyAPI_DATA(PyTypeObject) PyEllipsis_Type;
PyAPI_DATA(PyObject) _Py_EllipsisObject;
#define Py_Ellipsis (&_Py_EllipsisObject)

#define PySlice_Check(op) Py_IS_TYPE((PyObject *)(op), &PySlice_Type)

/* NULL stands for None. New reference. */
PyAPI_FUNC(PyObject *) PySlice_New(PyObject *start, PyObject *stop, PyObject *step);
/* The three numbers, None replaced and each cut to what Py_ssize_t holds. 0, or -1: TypeError for what is no number,
 * ValueError for a step of 0. */
PyAPI_FUNC(int) PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step);
/* Cut to a sequence of that length. The number of items. Cannot fail. */
PyAPI_FUNC(Py_ssize_t) PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step);
/* Both in one. 0, or -1. */
PyAPI_FUNC(int) PySlice_GetIndicesEx(PyObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
                                     Py_ssize_t *step, Py_ssize_t *slicelength);

#ifdef __cplusplus
}
#endif
#endif
