/* object.h: what every object begins with, reference counts, and the functions that work on any object.
 *
 * Owns: PyObject, PyVarObject, their macros, Py_INCREF and its family, None. Types: typeobject.h. Include Python.h,
 * not this file. Layouts and macros are source-compatible with CPython 3.13's, not binary-compatible with any.
 *
 * Objects need Py_Initialize, as in CPython, and reference counts are changed only by the thread that holds the GIL.
 * "New reference": the caller owns it. "Borrowed": it lives as long as what it was taken from. A function that fails
 * returns NULL or -1 with an exception set. Since pymm 0.1; text: "Common Object Structures", "Reference Counting". */
#ifndef Py_OBJECT_H
#define Py_OBJECT_H

#include <stdio.h>
#include <string.h>

#include "pyport.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _object PyObject;
typedef struct _typeobject PyTypeObject;

struct _object {
#if defined(__GNUC__)
    __extension__ /* C99 and C++98 have no unions without a name */
#endif
    union {
        Py_ssize_t ob_refcnt;
        uint32_t ob_refcnt_split[2];
    };
    PyTypeObject *ob_type;
};

typedef struct {
    PyObject ob_base;
    Py_ssize_t ob_size; /* items behind the fixed part */
} PyVarObject;

#define PyObject_HEAD PyObject ob_base;
#define PyObject_VAR_HEAD PyVarObject ob_base;
#define Py_INVALID_SIZE ((Py_ssize_t)-1)

/* The low half of a count that is full: the object is immortal, its count is never changed. */
#define _Py_IMMORTAL_REFCNT ((Py_ssize_t)UINT_MAX)
/* Statically initialised objects are immortal. */
#define PyObject_HEAD_INIT(type) {{_Py_IMMORTAL_REFCNT}, (type)},
#define PyVarObject_HEAD_INIT(type, size) {PyObject_HEAD_INIT(type)(size)},

#define _PyObject_CAST(op) ((PyObject *)(op))
#define _PyVarObject_CAST(op) ((PyVarObject *)(op))

#if defined(__GNUC__)
#define PYMM_HEADER_INLINE static inline __attribute__((always_inline))
#else
#define PYMM_HEADER_INLINE static inline
#endif

/* Members of the head. ---------------------------------------------------------------------------------------------- */

PYMM_HEADER_INLINE Py_ssize_t Py_REFCNT(PyObject *op) { return op->ob_refcnt; }
#define Py_REFCNT(op) Py_REFCNT(_PyObject_CAST(op))
PYMM_HEADER_INLINE PyTypeObject *Py_TYPE(PyObject *op) { return op->ob_type; }
#define Py_TYPE(op) Py_TYPE(_PyObject_CAST(op))
/* Only for objects with a size: not int, not bool. */
PYMM_HEADER_INLINE Py_ssize_t Py_SIZE(PyObject *op) { return ((PyVarObject *)op)->ob_size; }
#define Py_SIZE(op) Py_SIZE(_PyObject_CAST(op))

PYMM_HEADER_INLINE int Py_IS_TYPE(PyObject *op, PyTypeObject *type) { return Py_TYPE(op) == type; }
#define Py_IS_TYPE(op, type) Py_IS_TYPE(_PyObject_CAST(op), (type))
PYMM_HEADER_INLINE int _Py_IsImmortal(PyObject *op) { return (int32_t)op->ob_refcnt < 0; }
#define _Py_IsImmortal(op) _Py_IsImmortal(_PyObject_CAST(op))

/* An immortal object stays immortal. */
PYMM_HEADER_INLINE void Py_SET_REFCNT(PyObject *op, Py_ssize_t count)
{
    if (!_Py_IsImmortal(op))
        op->ob_refcnt = count;
}
#define Py_SET_REFCNT(op, count) Py_SET_REFCNT(_PyObject_CAST(op), (count))
PYMM_HEADER_INLINE void Py_SET_TYPE(PyObject *op, PyTypeObject *type) { op->ob_type = type; }
#define Py_SET_TYPE(op, type) Py_SET_TYPE(_PyObject_CAST(op), (type))
PYMM_HEADER_INLINE void Py_SET_SIZE(PyVarObject *op, Py_ssize_t size) { op->ob_size = size; }
#define Py_SET_SIZE(op, size) Py_SET_SIZE(_PyVarObject_CAST(op), (size))

/* Signatures of slots. ---------------------------------------------------------------------------------------------- */

typedef PyObject *(*unaryfunc)(PyObject *);
typedef PyObject *(*binaryfunc)(PyObject *, PyObject *);
typedef PyObject *(*ternaryfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*inquiry)(PyObject *);
typedef Py_ssize_t (*lenfunc)(PyObject *);
typedef PyObject *(*ssizeargfunc)(PyObject *, Py_ssize_t);
typedef PyObject *(*ssizessizeargfunc)(PyObject *, Py_ssize_t, Py_ssize_t);
typedef int (*ssizeobjargproc)(PyObject *, Py_ssize_t, PyObject *);
typedef int (*ssizessizeobjargproc)(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *);
typedef int (*objobjargproc)(PyObject *, PyObject *, PyObject *);
typedef int (*objobjproc)(PyObject *, PyObject *);
/* What a traversal does with each object it reaches; not 0 ends the traversal. */
typedef int (*visitproc)(PyObject *, void *);
/* Call `visit` with every object that this one holds a reference to; return what is not 0 at once. Nothing else. */
typedef int (*traverseproc)(PyObject *, visitproc, void *);
/* Free what may be (PyObject_Free, PyObject_GC_Del). */
typedef void (*freefunc)(void *);
/* The count has come to 0: let go of everything, and of the memory. */
typedef void (*destructor)(PyObject *);
typedef PyObject *(*getattrfunc)(PyObject *, char *);
typedef PyObject *(*getattrofunc)(PyObject *, PyObject *);
typedef int (*setattrfunc)(PyObject *, char *, PyObject *);
typedef int (*setattrofunc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*reprfunc)(PyObject *);
typedef Py_hash_t (*hashfunc)(PyObject *);
typedef PyObject *(*richcmpfunc)(PyObject *, PyObject *, int);
typedef PyObject *(*getiterfunc)(PyObject *);
typedef PyObject *(*iternextfunc)(PyObject *);
typedef PyObject *(*descrgetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*descrsetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*initproc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*newfunc)(PyTypeObject *, PyObject *, PyObject *);
/* Memory for an instance: zeros, count 1, its type set; `nitems` in ob_size when the type has items. */
typedef PyObject *(*allocfunc)(PyTypeObject *, Py_ssize_t);
typedef PyObject *(*vectorcallfunc)(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

/* The third argument of richcmpfunc. */
#define Py_LT 0
#define Py_LE 1
#define Py_EQ 2
#define Py_NE 3
#define Py_GT 4
#define Py_GE 5

#include "typeobject.h"

/* Reference counts. ------------------------------------------------------------------------------------------------- */

PYMM_HEADER_INLINE void Py_INCREF(PyObject *op)
{
    if (!_Py_IsImmortal(op))
        op->ob_refcnt++;
}
#define Py_INCREF(op) Py_INCREF(_PyObject_CAST(op))

/* The last reference is gone: call the destructor, now or, within that of many others, a little later: a structure of any
 * depth comes down without exhausting the stack. */
PyAPI_FUNC(void) _Py_Dealloc(PyObject *op);
#ifndef PYMM_DEALLOC /* within the library it has another name */
#define PYMM_DEALLOC _Py_Dealloc
#endif
PYMM_HEADER_INLINE void Py_DECREF(PyObject *op)
{
    if (!_Py_IsImmortal(op) && --op->ob_refcnt == 0)
        PYMM_DEALLOC(op);
}
#define Py_DECREF(op) Py_DECREF(_PyObject_CAST(op))

/* The same, for what may be NULL. */
PYMM_HEADER_INLINE void Py_XINCREF(PyObject *op)
{
    if (op != NULL)
        Py_INCREF(op);
}
#define Py_XINCREF(op) Py_XINCREF(_PyObject_CAST(op))
PYMM_HEADER_INLINE void Py_XDECREF(PyObject *op)
{
    if (op != NULL)
        Py_DECREF(op);
}
#define Py_XDECREF(op) Py_XDECREF(_PyObject_CAST(op))

/* A reference more, returned. */
PYMM_HEADER_INLINE PyObject *Py_NewRef(PyObject *op)
{
    Py_INCREF(op);
    return op;
}
#define Py_NewRef(op) Py_NewRef(_PyObject_CAST(op))
PYMM_HEADER_INLINE PyObject *Py_XNewRef(PyObject *op)
{
    Py_XINCREF(op);
    return op;
}
#define Py_XNewRef(op) Py_XNewRef(_PyObject_CAST(op))

/* Exchange *place, and only then let go of what was there: its destructor may look at the place. */
PYMM_HEADER_INLINE void pymm_ref_set(void *place, PyObject *value)
{
    PyObject *old;
    memcpy(&old, place, sizeof old);
    memcpy(place, &value, sizeof value);
    Py_XDECREF(old);
}
#define Py_CLEAR(op) pymm_ref_set(&(op), NULL)
#define Py_SETREF(place, value) pymm_ref_set(&(place), _PyObject_CAST(value)) /* steals a reference to value */
#define Py_XSETREF(place, value) pymm_ref_set(&(place), _PyObject_CAST(value))

/* For tp_traverse, whose parameters must be called visit and arg. */
#define Py_VISIT(op)                                                                                                   \
    do {                                                                                                               \
        if ((op) != NULL) {                                                                                            \
            int pymm_visited = visit(_PyObject_CAST(op), arg);                                                         \
            if (pymm_visited != 0)                                                                                     \
                return pymm_visited;                                                                                   \
        }                                                                                                              \
    } while (0)

/* The same as functions. IncRef and DecRef accept NULL. */
PyAPI_FUNC(void) Py_IncRef(PyObject *op);
PyAPI_FUNC(void) Py_DecRef(PyObject *op);

/* Is it the very same object? */
PYMM_HEADER_INLINE int Py_Is(PyObject *x, PyObject *y) { return x == y; }
#define Py_Is(x, y) Py_Is(_PyObject_CAST(x), _PyObject_CAST(y))
/* The objects of the Py_CONSTANT_* numbers: a new reference, or borrowed; SystemError for another number. */
#define Py_CONSTANT_NONE 0
#define Py_CONSTANT_FALSE 1
#define Py_CONSTANT_TRUE 2
#define Py_CONSTANT_ELLIPSIS 3
#define Py_CONSTANT_NOT_IMPLEMENTED 4
#define Py_CONSTANT_ZERO 5
#define Py_CONSTANT_ONE 6
#define Py_CONSTANT_EMPTY_STR 7
#define Py_CONSTANT_EMPTY_BYTES 8
#define Py_CONSTANT_EMPTY_TUPLE 9
PyAPI_FUNC(PyObject *) Py_GetConstant(unsigned int constant);
PyAPI_FUNC(PyObject *) Py_GetConstantBorrowed(unsigned int constant);
#define Py_IsNone(x) Py_Is((x), Py_None)
#define Py_IsTrue(x) Py_Is((x), Py_True)
#define Py_IsFalse(x) Py_Is((x), Py_False)

/* Constants. Immortal, as all that is statically initialised. ------------------------------------------------------------ */

PyAPI_DATA(PyObject) _Py_NoneStruct;
PyAPI_DATA(PyObject) _Py_NotImplementedStruct;
#define Py_None (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_RETURN_NONE return Py_None
#define Py_RETURN_NOTIMPLEMENTED return Py_NotImplemented

#define Py_RETURN_RICHCOMPARE(left, right, op)                                                                         \
    do {                                                                                                               \
        switch (op) {                                                                                                  \
        case Py_EQ: return Py_NewRef((left) == (right) ? Py_True : Py_False);                                          \
        case Py_NE: return Py_NewRef((left) != (right) ? Py_True : Py_False);                                          \
        case Py_LT: return Py_NewRef((left) < (right) ? Py_True : Py_False);                                           \
        case Py_GT: return Py_NewRef((left) > (right) ? Py_True : Py_False);                                           \
        case Py_LE: return Py_NewRef((left) <= (right) ? Py_True : Py_False);                                          \
        default: return Py_NewRef((left) >= (right) ? Py_True : Py_False);                                             \
        }                                                                                                              \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
