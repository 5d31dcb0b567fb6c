/* pycall.h: calling objects.
 *
 * Owns: PyObject_Call and its family, vectorcall. Include Python.h, not this file. All of it returns what the call returned, a new
 * reference, or NULL with an exception. SystemError: a callee that returned NULL without an exception, or a value with one.
 * The GIL is to be held. Since pymm 0.1; text: "Call Protocol". */
#ifndef Py_PYCALL_H
#define Py_PYCALL_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) PyCallable_Check(PyObject *op);
/* `args` is a tuple, `kwargs` a dict or NULL. CallObject: args may be NULL, too. */
PyAPI_FUNC(PyObject *) PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs);
PyAPI_FUNC(PyObject *) PyObject_CallObject(PyObject *callable, PyObject *args);
PyAPI_FUNC(PyObject *) PyObject_CallNoArgs(PyObject *callable);
PyAPI_FUNC(PyObject *) PyObject_CallOneArg(PyObject *callable, PyObject *arg);
/* Arguments that Py_BuildValue's formats make; a single tuple is all of them. */
PyAPI_FUNC(PyObject *) PyObject_CallFunction(PyObject *callable, const char *format, ...);
PyAPI_FUNC(PyObject *) PyObject_CallMethod(PyObject *op, const char *name, const char *format, ...);
/* Arguments up to a NULL. */
PyAPI_FUNC(PyObject *) PyObject_CallFunctionObjArgs(PyObject *callable, ...);
PyAPI_FUNC(PyObject *) PyObject_CallMethodObjArgs(PyObject *op, PyObject *name, ...);
PyAPI_FUNC(PyObject *) PyObject_CallMethodNoArgs(PyObject *op, PyObject *name);
PyAPI_FUNC(PyObject *) PyObject_CallMethodOneArg(PyObject *op, PyObject *name, PyObject *arg);

/* Arguments in an array: positional ones, then the values of those that the tuple `kwnames` names. In `nargsf` the number of
 * positional ones; with ARGUMENTS_OFFSET the callee may write to args[-1], and puts back what was there. */
#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))
static inline Py_ssize_t PyVectorcall_NARGS(size_t nargsf) { return (Py_ssize_t)(nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET); }
PyAPI_FUNC(PyObject *) PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);
PyAPI_FUNC(PyObject *) PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs);
/* The method of args[0]. */
PyAPI_FUNC(PyObject *) PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames);
/* The function of an object whose type has vectorcall, or NULL; and the tp_call of such types. */
PyAPI_FUNC(vectorcallfunc) PyVectorcall_Function(PyObject *callable);
PyAPI_FUNC(PyObject *) PyVectorcall_Call(PyObject *callable, PyObject *args, PyObject *kwargs);

/* Around C code that may call itself through objects without end. Not 0: RecursionError, in which `where` follows "maximum
 * recursion depth exceeded"; then without a Leave. */
PyAPI_FUNC(int) Py_EnterRecursiveCall(const char *where);
PyAPI_FUNC(void) Py_LeaveRecursiveCall(void);

#ifdef __cplusplus
}
#endif
#endif
