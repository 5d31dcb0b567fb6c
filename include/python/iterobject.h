/* iterobject.h: iterators over objects that have none of their own.
 *
 * Owns: PyCallIter_*; PySeqIter_* is in abstract.h and pysequence.h. Include Python.h, not this file. Since pymm 0.1; text: "Iterator
 * Objects". */
#ifndef Py_ITEROBJECT_H
#define Py_ITEROBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyCallIter_Type;
#define PyCallIter_Check(op) Py_IS_TYPE((op), &PyCallIter_Type)
/* What `callable` returns, until it is equal to `sentinel`. New reference. */
PyAPI_FUNC(PyObject *) PyCallIter_New(PyObject *callable, PyObject *sentinel);

#ifdef __cplusplus
}
#endif
#endif
