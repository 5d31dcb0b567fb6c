/* collector.c: the names of the functions on the collector and its objects; each is one of the room object's or gc's.
 *
 * Owns: nothing. Read python/gc.h for what is promised. */
#include "front.h"

#include "gc/gc.h"

PyObject *_PyObject_GC_New(PyTypeObject *type) { return object_gc_new(type); }
PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t nitems) { return object_gc_new_var(type, nitems); }
PyObject *PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra_size) { return object_gc_new_extra(type, extra_size); }
PyVarObject *_PyObject_GC_Resize(PyVarObject *op, Py_ssize_t nitems) { return object_gc_resize(op, nitems); }
void PyObject_GC_Track(void *op) { object_gc_track(op); }
void PyObject_GC_UnTrack(void *op) { object_gc_untrack(op); }
void PyObject_GC_Del(void *op) { object_gc_del(op); }
int PyObject_GC_IsTracked(PyObject *op) { return object_gc_is_tracked(op); }
int PyObject_GC_IsFinalized(PyObject *op) { return object_gc_is_finalized(op); }
int PyObject_IS_GC(PyObject *op) { return object_is_gc(op); }

Py_ssize_t PyGC_Collect(void) { return gc_is_enabled() ? gc_collect(OBJECT_GENERATION_COUNT - 1) : 0; }
int PyGC_Enable(void) { return gc_enable(true); }
int PyGC_Disable(void) { return gc_enable(false); }
int PyGC_IsEnabled(void) { return gc_is_enabled(); }
void PyUnstable_GC_VisitObjects(gcvisitobjects_t callback, void *arg) { gc_objects_visit(0, OBJECT_GENERATION_PERMANENT, callback, arg); }
