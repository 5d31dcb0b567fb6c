/* weakref.h: what the files on weak references share. Only they include it. Read include/python/weakrefobject.h first. */
#ifndef PYMM_OBJECT_WEAKREF_H
#define PYMM_OBJECT_WEAKREF_H

#include "object.h"

PyObject *weak_reference_new(PyTypeObject *type, PyObject *op, PyObject *callback);
void weak_reference_dealloc(PyObject *self);
int weak_reference_traverse(PyObject *self, visitproc visit, void *arg);
int weak_reference_clear(PyObject *self);
#endif
