/* weakrefobject.h: references that do not keep their object alive.
 *
 * Owns: weak references and proxies, PyWeakref_*, the end of those to an object. Include Python.h, not this file. An object can be referred to when its type has a tp_weaklistoffset. Since pymm 0.1; text:
 * "Weak Reference Objects". */
#ifndef Py_WEAKREFOBJECT_H
#define Py_WEAKREFOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _PyWeakReference PyWeakReference;
struct _PyWeakReference {
    PyObject_HEAD
    PyObject *wr_object;   /* not counted; None when it is gone */
    PyObject *wr_callback; /* NULL: none */
    Py_hash_t hash;        /* of the object, -1 until it was asked for */
    PyWeakReference *wr_prev, *wr_next; /* on the list of the object: without callback first, then the newest first */
};

PyAPI_DATA(PyTypeObject) _PyWeakref_RefType;
PyAPI_DATA(PyTypeObject) _PyWeakref_ProxyType;
PyAPI_DATA(PyTypeObject) _PyWeakref_CallableProxyType; /* to what can be called */

#define PyWeakref_CheckRef(op) PyObject_TypeCheck((op), &_PyWeakref_RefType)
#define PyWeakref_CheckRefExact(op) Py_IS_TYPE((op), &_PyWeakref_RefType)
#define PyWeakref_CheckProxy(op) (Py_IS_TYPE((op), &_PyWeakref_ProxyType) || Py_IS_TYPE((op), &_PyWeakref_CallableProxyType))
#define PyWeakref_Check(op) (PyWeakref_CheckRef(op) || PyWeakref_CheckProxy(op))

/* A weak reference to an object. `callback`: called with the reference when the object is gone, if that is still there; NULL
 * or None: nothing is, and one reference serves all who ask so. New reference; NULL: TypeError where the type has no weak
 * references, MemoryError. */
PyAPI_FUNC(PyObject *) PyWeakref_NewRef(PyObject *ob, PyObject *callback);
/* The same as a proxy: what is asked of it is asked of the object; ReferenceError when that is gone. */
PyAPI_FUNC(PyObject *) PyWeakref_NewProxy(PyObject *ob, PyObject *callback);
/* The object, a new reference in *pobj: 1; gone, *pobj is NULL: 0; `ref` is none: -1 with TypeError (NULL: SystemError). */
PyAPI_FUNC(int) PyWeakref_GetRef(PyObject *ref, PyObject **pobj);
/* The object, borrowed, or None: whoever holds no other reference loses it at any time. SystemError: `ref` is none. */
PyAPI_FUNC(PyObject *) PyWeakref_GetObject(PyObject *ref);

PYMM_HEADER_INLINE PyObject *PyWeakref_GET_OBJECT(PyObject *ref)
{
    PyObject *op = ((PyWeakReference *)ref)->wr_object;
    return Py_REFCNT(op) > 0 ? op : Py_None; /* it may be dead and wait for its destructor */
}
#define PyWeakref_GET_OBJECT(ref) PyWeakref_GET_OBJECT(_PyObject_CAST(ref))

/* From the destructor of an object whose type has weak references, which are cleared: first all, then callbacks are called, of
 * the newest first; their exceptions are printed, the one that is set stays. SystemError: the count is not 0. */
PyAPI_FUNC(void) PyObject_ClearWeakRefs(PyObject *object);
/* The same without a call: for references that a finalizer made. */
PyAPI_FUNC(void) PyUnstable_Object_ClearWeakRefsNoCallbacks(PyObject *object);

#ifdef __cplusplus
}
#endif
#endif
