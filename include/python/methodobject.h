/* methodobject.h: functions of C as objects, bound methods, and the descriptors that a type's tables become.
 *
 * Owns: PyCFunction_*, PyCMethod_*, PyMethod_*, PyDescr_*, PyStaticMethod_New, PyClassMethod_New, and the layouts of these
 * objects. Does not own: the tables (descrobject.h). Include Python.h, not this file. All functions here return new references, or
 * NULL with an exception, unless they say otherwise; the GIL is to be held. Since pymm 0.1; text: "Common Object Structures",
 * "Descriptor Objects", "Instance Method Objects". */
#ifndef Py_METHODOBJECT_H
#define Py_METHODOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Functions. ---------------------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyMethodDef *m_ml; /* not copied: it has to outlive the object */
    PyObject *m_self, *m_module; /* m_self: the first argument of m_ml->ml_meth, may be NULL */
    PyObject *m_weakreflist;
    vectorcallfunc vectorcall;
} PyCFunctionObject;

/* One that also knows the type that defines it (METH_METHOD). */
typedef struct {
    PyCFunctionObject func;
    PyTypeObject *mm_class;
} PyCMethodObject;

PyAPI_DATA(PyTypeObject) PyCFunction_Type;
PyAPI_DATA(PyTypeObject) PyCMethod_Type;

#define PyCFunction_CheckExact(op) Py_IS_TYPE((op), &PyCFunction_Type)
#define PyCFunction_Check(op) (PyCFunction_CheckExact(op) || PyCMethod_Check(op))
#define PyCMethod_CheckExact(op) Py_IS_TYPE((op), &PyCMethod_Type)
#define PyCMethod_Check(op) PyCMethod_CheckExact(op)

/* `module`: what is said to be its __module__, may be NULL. SystemError: flags that do not go together. */
PyAPI_FUNC(PyObject *) PyCFunction_New(PyMethodDef *ml, PyObject *self);
PyAPI_FUNC(PyObject *) PyCFunction_NewEx(PyMethodDef *ml, PyObject *self, PyObject *module);
PyAPI_FUNC(PyObject *) PyCMethod_New(PyMethodDef *ml, PyObject *self, PyObject *module, PyTypeObject *cls);
#define PyCFunction_New(ml, self) PyCFunction_NewEx((ml), (self), NULL)
#define PyCFunction_NewEx(ml, self, module) PyCMethod_New((ml), (self), (module), NULL)
/* Parts of a function; GetSelf is borrowed. SystemError for what is none. */
PyAPI_FUNC(PyCFunction) PyCFunction_GetFunction(PyObject *function);
PyAPI_FUNC(PyObject *) PyCFunction_GetSelf(PyObject *function);
PyAPI_FUNC(int) PyCFunction_GetFlags(PyObject *function);
#define PyCFunction_GET_FUNCTION(op) (((PyCFunctionObject *)(op))->m_ml->ml_meth)
#define PyCFunction_GET_SELF(op)                                                                                       \
    (((PyCFunctionObject *)(op))->m_ml->ml_flags & METH_STATIC ? NULL : ((PyCFunctionObject *)(op))->m_self)
#define PyCFunction_GET_FLAGS(op) (((PyCFunctionObject *)(op))->m_ml->ml_flags)
#define PyCFunction_GET_CLASS(op)                                                                                      \
    (((PyCFunctionObject *)(op))->m_ml->ml_flags & METH_METHOD ? ((PyCMethodObject *)(op))->mm_class : NULL)

/* A callable with its first argument. ---------------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    PyObject *im_func, *im_self;
    PyObject *im_weakreflist;
    vectorcallfunc vectorcall;
} PyMethodObject;

PyAPI_DATA(PyTypeObject) PyMethod_Type;
#define PyMethod_Check(op) Py_IS_TYPE((op), &PyMethod_Type)
PyAPI_FUNC(PyObject *) PyMethod_New(PyObject *func, PyObject *self);
/* Borrowed; SystemError for what is no method. */
PyAPI_FUNC(PyObject *) PyMethod_Function(PyObject *method);
PyAPI_FUNC(PyObject *) PyMethod_Self(PyObject *method);
#define PyMethod_GET_FUNCTION(op) (((PyMethodObject *)(op))->im_func)
#define PyMethod_GET_SELF(op) (((PyMethodObject *)(op))->im_self)

/* What keeps a callable from being bound to an instance, or binds it to the type. */
PyAPI_DATA(PyTypeObject) PyProperty_Type; /* property(fget, fset, fdel, doc) */
PyAPI_DATA(PyTypeObject) PyStaticMethod_Type;
PyAPI_DATA(PyTypeObject) PyClassMethod_Type;
PyAPI_FUNC(PyObject *) PyStaticMethod_New(PyObject *callable);
PyAPI_FUNC(PyObject *) PyClassMethod_New(PyObject *callable);

/* Descriptors. ---------------------------------------------------------------------------------------------------------- */

#define PyDescr_COMMON PyDescrObject d_common
typedef struct {
    PyObject_HEAD
    PyTypeObject *d_type;
    PyObject *d_name, *d_qualname;
} PyDescrObject;

typedef struct {
    PyDescr_COMMON;
    PyMethodDef *d_method;
    vectorcallfunc vectorcall;
} PyMethodDescrObject;

typedef struct {
    PyDescr_COMMON;
    PyMemberDef *d_member;
} PyMemberDescrObject;

typedef struct {
    PyDescr_COMMON;
    PyGetSetDef *d_getset;
} PyGetSetDescrObject;

PyAPI_DATA(PyTypeObject) PyMethodDescr_Type;
PyAPI_DATA(PyTypeObject) PyClassMethodDescr_Type;
PyAPI_DATA(PyTypeObject) PyMemberDescr_Type;
PyAPI_DATA(PyTypeObject) PyGetSetDescr_Type;
PyAPI_DATA(PyTypeObject) PyWrapperDescr_Type;
PyAPI_DATA(PyTypeObject) _PyMethodWrapper_Type;

#define PyDescr_TYPE(op) (((PyDescrObject *)(op))->d_type)
#define PyDescr_NAME(op) (((PyDescrObject *)(op))->d_name)

/* Of one entry of a table, which is not copied and has to outlive the descriptor. */
PyAPI_FUNC(PyObject *) PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *method);
PyAPI_FUNC(PyObject *) PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *method);
PyAPI_FUNC(PyObject *) PyDescr_NewMember(PyTypeObject *type, PyMemberDef *member);
PyAPI_FUNC(PyObject *) PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *getset);
/* Does it decide about setting, so that it comes before the object's dict? */
PyAPI_FUNC(int) PyDescr_IsData(PyObject *descriptor);

/* A mapping that can be read and not changed: all is passed on to `mapping`. */
PyAPI_DATA(PyTypeObject) PyDictProxy_Type;
PyAPI_FUNC(PyObject *) PyDictProxy_New(PyObject *mapping);

/* A member of the C struct that begins at `start`: read, written. One that is deleted (NULL) has to be an object. */
PyAPI_FUNC(PyObject *) PyMember_GetOne(const char *start, PyMemberDef *member);
PyAPI_FUNC(int) PyMember_SetOne(char *start, PyMemberDef *member, PyObject *value);

#ifdef __cplusplus
}
#endif
#endif
