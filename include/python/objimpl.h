/* objimpl.h: memory of objects: allocation with and without a head, PyObject_Init, PyObject_New.
 *
 * Owns: PyObject_Init, InitVar, New, NewVar. Does not own: the collector's objects (gc.h), PyObject_Malloc and
 * PyObject_Free, with which PyObject_Del is the same (pymem.h). Include Python.h, not this file.
 * Since pymm 0.1; text: "Allocating Objects on the Heap". */
#ifndef Py_OBJIMPL_H
#define Py_OBJIMPL_H

#include "object.h"
#include "pymem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Set type and count (1) of new memory; a heap type gains a reference. Returns `op`; NULL for NULL, with MemoryError. */
PyAPI_FUNC(PyObject *) PyObject_Init(PyObject *op, PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t size);

/* Memory for the type's fixed part, or that and `nitems` items, with the head set and the rest undefined. NULL: MemoryError,
 * also when the size is over PY_SSIZE_T_MAX or nitems is negative, where CPython wraps round. */
PyAPI_FUNC(PyObject *) _PyObject_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_NewVar(PyTypeObject *type, Py_ssize_t nitems);
#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))
#define PyObject_NEW(type, typeobj) PyObject_New(type, typeobj)
#define PyObject_NEW_VAR(type, typeobj, n) PyObject_NewVar(type, typeobj, n)
#define PyObject_INIT(op, typeobj) PyObject_Init(_PyObject_CAST(op), (typeobj))
#define PyObject_INIT_VAR(op, typeobj, size) PyObject_InitVar(_PyVarObject_CAST(op), (typeobj), (size))

/* Bytes of an object with n items, rounded up to whole pointers. */
#define _PyObject_SIZE(typeobj) ((size_t)(typeobj)->tp_basicsize)
#define _PyObject_VAR_SIZE(typeobj, n)                                                                                 \
    (((size_t)(typeobj)->tp_basicsize + (size_t)(n) * (size_t)(typeobj)->tp_itemsize + sizeof(void *) - 1) &          \
     ~(sizeof(void *) - 1))

#ifdef __cplusplus
}
#endif
#endif
