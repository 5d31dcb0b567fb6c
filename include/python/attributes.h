/* attributes.h: attributes of any object, and what an object is an instance of.
 *
 * Owns: PyObject_GetAttr and its family, PyObject_GenericGetAttr, PyObject_IsInstance, PyObject_Type. Include Python.h, not this
 * file. Names are str, or UTF-8 in the functions whose name ends with String. Functions that return an object return a new
 * reference, or NULL with an exception; others 0, or -1. The GIL is to be held. Since pymm 0.1; text: "Object Protocol". */
#ifndef Py_ATTRIBUTES_H
#define Py_ATTRIBUTES_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(PyObject *) PyObject_GetAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(PyObject *) PyObject_GetAttrString(PyObject *op, const char *name);
/* 1 and the value in *result; 0 and NULL where there is none, with no exception; -1. */
PyAPI_FUNC(int) PyObject_GetOptionalAttr(PyObject *op, PyObject *name, PyObject **result);
PyAPI_FUNC(int) PyObject_GetOptionalAttrString(PyObject *op, const char *name, PyObject **result);
/* 1 or 0; WithError: or -1. The others report what fails as unraisable, but for AttributeError, which means 0. */
PyAPI_FUNC(int) PyObject_HasAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_HasAttrString(PyObject *op, const char *name);
PyAPI_FUNC(int) PyObject_HasAttrWithError(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_HasAttrStringWithError(PyObject *op, const char *name);
/* `value` NULL: delete it. */
PyAPI_FUNC(int) PyObject_SetAttr(PyObject *op, PyObject *name, PyObject *value);
PyAPI_FUNC(int) PyObject_SetAttrString(PyObject *op, const char *name, PyObject *value);
PyAPI_FUNC(int) PyObject_DelAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_DelAttrString(PyObject *op, const char *name);
#define PyObject_DelAttr(op, name) PyObject_SetAttr((op), (name), NULL)
#define PyObject_DelAttrString(op, name) PyObject_SetAttrString((op), (name), NULL)

/* The tp_getattro and tp_setattro of types that have no rules of their own: descriptors of the type, then the object's dict. */
PyAPI_FUNC(PyObject *) PyObject_GenericGetAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_GenericSetAttr(PyObject *op, PyObject *name, PyObject *value);
/* Getter and setter of __dict__, for a PyGetSetDef. */
PyAPI_FUNC(PyObject *) PyObject_GenericGetDict(PyObject *op, void *context);
PyAPI_FUNC(int) PyObject_GenericSetDict(PyObject *op, PyObject *value, void *context);
/* Where the object has its dict; NULL: it has none. */
PyAPI_FUNC(PyObject **) _PyObject_GetDictPtr(PyObject *op);

PyAPI_FUNC(PyObject *) PyObject_Type(PyObject *op);
/* 1, 0 or -1; `cls` may be a tuple of classes. */
PyAPI_FUNC(int) PyObject_IsInstance(PyObject *op, PyObject *cls);
PyAPI_FUNC(int) PyObject_IsSubclass(PyObject *derived, PyObject *cls);

#ifdef __cplusplus
}
#endif
#endif
