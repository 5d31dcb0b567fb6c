/* gc.h: objects that the cyclic collector knows: their memory, tracking, and collections.
 *
 * Owns: PyObject_GC_*, PyGC_*, PyUnstable_GC_VisitObjects, the trashcan's macros. Does not own: Py_VISIT (typeobject.h).
 * Include Python.h, not this file. Every function needs the GIL. A collection happens when asked for, and within the
 * allocation of an object with GC when 2000 more have been born than have died since the last one, as in CPython up to 3.11.
 * Since pymm 0.1; text: "Supporting Cyclic Garbage Collection". */
#ifndef Py_GC_H
#define Py_GC_H

#include "object.h"
#include "objimpl.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Memory for an instance of a type with Py_TPFLAGS_HAVE_GC: head set, not tracked, the rest undefined. NULL: MemoryError;
 * SystemError for a negative number of items. May collect. */
PyAPI_FUNC(PyObject *) _PyObject_GC_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t nitems);
#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New(typeobj))
#define PyObject_GC_NewVar(type, typeobj, n) ((type *)_PyObject_GC_NewVar((typeobj), (n)))
/* The same with `extra_size` bytes behind the instance, all zeroed but the head. */
PyAPI_FUNC(PyObject *) PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra_size);

/* Change the number of items of an object that is not tracked; it may move. NULL: MemoryError, and it is as it was;
 * SystemError when it is tracked. */
PyAPI_FUNC(PyVarObject *) _PyObject_GC_Resize(PyVarObject *op, Py_ssize_t nitems);
#define PyObject_GC_Resize(type, op, n) ((type *)_PyObject_GC_Resize(_PyVarObject_CAST(op), (n)))

/* Have the collector look at an object, once all that its tp_traverse reads is valid. Tracking it twice ends the process. */
PyAPI_FUNC(void) PyObject_GC_Track(void *op);
/* The opposite, before anything that tp_traverse reads becomes invalid. Not tracked: nothing happens. */
PyAPI_FUNC(void) PyObject_GC_UnTrack(void *op);
/* Free the memory of such an object; the tp_free of its type. */
PyAPI_FUNC(void) PyObject_GC_Del(void *op);
/* Is it tracked; has its tp_finalize been called? 1 or 0, also for objects without GC. */
PyAPI_FUNC(int) PyObject_GC_IsTracked(PyObject *op);
PyAPI_FUNC(int) PyObject_GC_IsFinalized(PyObject *op);
/* Does the collector look at such an object? 1 or 0. */
PyAPI_FUNC(int) PyObject_IS_GC(PyObject *op);

/* Collect all generations. How many objects were garbage, those included that a tp_del keeps; 0 while collection is off
 * or within a collection. The exception that is set stays; those of finalizers are printed. */
PyAPI_FUNC(Py_ssize_t) PyGC_Collect(void);
/* Turn collection on or off, which is on after Py_Initialize. 1 or 0: what it was before. */
PyAPI_FUNC(int) PyGC_Enable(void);
PyAPI_FUNC(int) PyGC_Disable(void);
PyAPI_FUNC(int) PyGC_IsEnabled(void);

/* Call a function for each tracked object, with collection off, until it returns 0. Objects that it makes may be visited
 * or not. */
typedef int (*gcvisitobjects_t)(PyObject *op, void *arg);
PyAPI_FUNC(void) PyUnstable_GC_VisitObjects(gcvisitobjects_t callback, void *arg);

/* Every destructor of an object with GC is protected against structures of any depth: these are for sources that use them. */
#define Py_TRASHCAN_BEGIN(op, dealloc) do {
#define Py_TRASHCAN_END } while (0);

#ifdef __cplusplus
}
#endif
#endif
