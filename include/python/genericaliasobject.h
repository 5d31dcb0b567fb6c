/* genericaliasobject.h: a type with arguments in brackets.
 *
 * Owns: Py_GenericAlias, which is the __class_getitem__ (METH_O | METH_CLASS) of types that take such arguments and do not look at
 * them. Include Python.h, not this file. Since pymm 0.1; text: "Objects for Type Hinting". */
#ifndef Py_GENERICALIASOBJECT_H
#define Py_GENERICALIASOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_DATA(PyTypeObject) Py_GenericAliasType;
/* `args`: a tuple is all of them. New reference. */
PyAPI_FUNC(PyObject *) Py_GenericAlias(PyObject *origin, PyObject *args);

#ifdef __cplusplus
}
#endif
#endif
