/* pycapsule.h: capsules: a pointer with a name, handed around as an object.
 *
 * Owns: PyCapsule_*. Include Python.h, not this file.
 * A capsule has the name it was made with: names are compared as texts, NULL is equal to NULL alone, and are not copied. What gets
 * something else than a capsule with a pointer, or the wrong name, fails with ValueError. The GIL is to be held.
 * Since pymm 0.1; text: "Capsules". */
#ifndef Py_PYCAPSULE_H
#define Py_PYCAPSULE_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) PyCapsule_Type;

/* Called when the capsule ends; the capsule can still be asked. */
typedef void (*PyCapsule_Destructor)(PyObject *);

#define PyCapsule_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyCapsule_Type)

/* New reference. `pointer` must not be NULL; `destructor` may be. */
PyAPI_FUNC(PyObject *) PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor at_end);
/* NULL: an exception is set, but for the three last ones, where NULL may also be the value. */
PyAPI_FUNC(void *) PyCapsule_GetPointer(PyObject *capsule, const char *name);
PyAPI_FUNC(PyCapsule_Destructor) PyCapsule_GetDestructor(PyObject *capsule);
PyAPI_FUNC(const char *) PyCapsule_GetName(PyObject *capsule);
PyAPI_FUNC(void *) PyCapsule_GetContext(PyObject *capsule);
/* The pointer of a capsule that is an attribute of a module: `name` is "module.attribute", and the capsule's own. `no_block` is not
 * looked at. NULL: ImportError, AttributeError. */
PyAPI_FUNC(void *) PyCapsule_Import(const char *name, int no_block);
/* 1 if it is a capsule with that name, else 0; no exception. */
PyAPI_FUNC(int) PyCapsule_IsValid(PyObject *capsule, const char *name);
/* 0, or -1. */
PyAPI_FUNC(int) PyCapsule_SetPointer(PyObject *capsule, void *pointer);
PyAPI_FUNC(int) PyCapsule_SetDestructor(PyObject *capsule, PyCapsule_Destructor at_end);
PyAPI_FUNC(int) PyCapsule_SetName(PyObject *capsule, const char *name);
PyAPI_FUNC(int) PyCapsule_SetContext(PyObject *capsule, void *context);

#ifdef __cplusplus
}
#endif
#endif
