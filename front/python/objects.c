/* objects.c: the names of the functions on objects, types and errors; each is one of the object room's.
 *
 * Owns: nothing. The core gets the addresses of those that are values of slots (front_objects_start).
 * Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#undef PyObject_Init

PyObject *PyObject_Init(PyObject *op, PyTypeObject *type) { return object_init(op, type); }
PyVarObject *PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t size) { return object_init_var(op, type, size); }
PyObject *_PyObject_New(PyTypeObject *type) { return object_new(type); }
PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t nitems) { return object_new_var(type, nitems); }
PyObject *PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems) { return object_alloc(type, nitems); }
PyObject *PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwds) { return object_generic_new(type, args, kwds); }

void Py_IncRef(PyObject *op) { Py_XINCREF(op); }
void Py_DecRef(PyObject *op) { Py_XDECREF(op); }
void _Py_Dealloc(PyObject *op) { Py_TYPE(op)->tp_dealloc(op); }

int PyType_Ready(PyTypeObject *type) { return object_type_ready(type); }
int PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b) { return object_type_is_subtype(a, b); }
unsigned long PyType_GetFlags(PyTypeObject *type) { return type->tp_flags; }

PyObject *PyErr_NoMemory(void) { return object_error_no_memory(); }
void PyErr_SetString(PyObject *exception, const char *text) { object_error_set(exception, text); }
PyObject *PyErr_Occurred(void) { return object_error_occurred(); }
void PyErr_Clear(void) { object_error_clear(); }
PyObject *PyErr_GetRaisedException(void) { return object_error_take(); }
void PyErr_SetRaisedException(PyObject *exception) { object_error_restore(exception); }
int PyErr_BadArgument(void)
{
    object_error_bad_argument();
    return 0;
}

PyObject *PyBool_FromLong(long value) { return object_bool(value != 0); }

int front_objects_start(void)
{
    object_public.del = PyObject_Free;
    object_public.alloc = PyType_GenericAlloc;
    object_public.generic_new = PyType_GenericNew;
    return object_start();
}
