/* typeobject.h: type objects: their slots, flags and definition tables, and the functions that work on types.
 *
 * Owns: PyTypeObject, the groups of slots, PyTypeObject's flags, PyType_*. Does not own: attribute tables (descrobject.h),
 * slot numbers (typeslots.h). Include Python.h, not this file. Slots are filled by designated initialisers; those left
 * out are inherited by PyType_Ready. Since pymm 0.1; text: "Type Objects". */
#include "object.h" /* which includes this file in its middle */

#ifndef Py_TYPEOBJECT_H
#define Py_TYPEOBJECT_H

#include "descrobject.h"
#include "pybuffer.h"
#include "typeslots.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Groups of slots. -------------------------------------------------------------------------------------------------- */

typedef struct {
    binaryfunc nb_add, nb_subtract, nb_multiply, nb_remainder, nb_divmod;
    ternaryfunc nb_power;
    unaryfunc nb_negative, nb_positive, nb_absolute;
    inquiry nb_bool;
    unaryfunc nb_invert;
    binaryfunc nb_lshift, nb_rshift, nb_and, nb_xor, nb_or;
    unaryfunc nb_int;
    void *nb_reserved;
    unaryfunc nb_float;
    binaryfunc nb_inplace_add, nb_inplace_subtract, nb_inplace_multiply, nb_inplace_remainder;
    ternaryfunc nb_inplace_power;
    binaryfunc nb_inplace_lshift, nb_inplace_rshift, nb_inplace_and, nb_inplace_xor, nb_inplace_or;
    binaryfunc nb_floor_divide, nb_true_divide, nb_inplace_floor_divide, nb_inplace_true_divide;
    unaryfunc nb_index;
    binaryfunc nb_matrix_multiply, nb_inplace_matrix_multiply;
} PyNumberMethods;

typedef struct {
    lenfunc sq_length;
    binaryfunc sq_concat;
    ssizeargfunc sq_repeat;
    ssizeargfunc sq_item;
    void *was_sq_slice;
    ssizeobjargproc sq_ass_item;
    void *was_sq_ass_slice;
    objobjproc sq_contains;
    binaryfunc sq_inplace_concat;
    ssizeargfunc sq_inplace_repeat;
} PySequenceMethods;

typedef struct {
    lenfunc mp_length;
    binaryfunc mp_subscript;
    objobjargproc mp_ass_subscript;
} PyMappingMethods;

/* How PyIter_Send ended. */
typedef enum { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 } PySendResult;
typedef PySendResult (*sendfunc)(PyObject *iter, PyObject *value, PyObject **result);

typedef struct {
    unaryfunc am_await, am_aiter, am_anext;
    sendfunc am_send;
} PyAsyncMethods;

typedef struct {
    getbufferproc bf_getbuffer;
    releasebufferproc bf_releasebuffer;
} PyBufferProcs;

/* What stands where tp_print stood once. */
typedef Py_ssize_t printfunc;

/* A type. ------------------------------------------------------------------------------------------------------------- */

struct _typeobject {
    PyObject_VAR_HEAD
    const char *tp_name; /* "module.name" */
    Py_ssize_t tp_basicsize, tp_itemsize; /* bytes of the fixed part, and of an item */

    destructor tp_dealloc;
    Py_ssize_t tp_vectorcall_offset;
    getattrfunc tp_getattr;
    setattrfunc tp_setattr;
    PyAsyncMethods *tp_as_async;
    reprfunc tp_repr;

    PyNumberMethods *tp_as_number;
    PySequenceMethods *tp_as_sequence;
    PyMappingMethods *tp_as_mapping;

    hashfunc tp_hash;
    ternaryfunc tp_call;
    reprfunc tp_str;
    getattrofunc tp_getattro;
    setattrofunc tp_setattro;
    PyBufferProcs *tp_as_buffer;
    unsigned long tp_flags;
    const char *tp_doc;

    traverseproc tp_traverse;
    inquiry tp_clear;
    richcmpfunc tp_richcompare;
    Py_ssize_t tp_weaklistoffset; /* where an instance has its list of weak references, 0 if nowhere */
    getiterfunc tp_iter;
    iternextfunc tp_iternext;

    PyMethodDef *tp_methods;
    PyMemberDef *tp_members;
    PyGetSetDef *tp_getset;
    PyTypeObject *tp_base; /* a reference if the type is a heap type */
    PyObject *tp_dict;
    descrgetfunc tp_descr_get;
    descrsetfunc tp_descr_set;
    Py_ssize_t tp_dictoffset; /* where an instance has its dict; negative: counted from its end; 0 if nowhere */
    initproc tp_init;
    allocfunc tp_alloc;
    newfunc tp_new;
    freefunc tp_free;
    inquiry tp_is_gc;
    PyObject *tp_bases;
    PyObject *tp_mro;
    PyObject *tp_cache; /* not used */
    void *tp_subclasses;
    PyObject *tp_weaklist;
    destructor tp_del;
    unsigned int tp_version_tag;
    destructor tp_finalize;
    vectorcallfunc tp_vectorcall;
    unsigned char tp_watched;
    uint16_t tp_versions_used;
};

/* A heap type: made at run time, with its groups of slots inside. */
typedef struct _heaptypeobject {
    PyTypeObject ht_type;
    PyAsyncMethods as_async;
    PyNumberMethods as_number;
    PyMappingMethods as_mapping;
    PySequenceMethods as_sequence;
    PyBufferProcs as_buffer;
    PyObject *ht_name, *ht_slots, *ht_qualname;
    void *ht_cached_keys; /* not used */
    PyObject *ht_module;
    char *_ht_tpname; /* what tp_name points to */
    /* its slots and members follow */
} PyHeapTypeObject;

/* Flags of tp_flags. */
#define Py_TPFLAGS_MANAGED_WEAKREF (1UL << 3) /* the list of weak references is not in the struct of the instance */
#define Py_TPFLAGS_MANAGED_DICT (1UL << 4)    /* the dict is not in the struct of the instance */
#define Py_TPFLAGS_SEQUENCE (1UL << 5)
#define Py_TPFLAGS_MAPPING (1UL << 6)
#define Py_TPFLAGS_DISALLOW_INSTANTIATION (1UL << 7) /* no tp_new, not inherited either */
#define Py_TPFLAGS_IMMUTABLETYPE (1UL << 8)          /* its attributes cannot be set */
#define Py_TPFLAGS_HEAPTYPE (1UL << 9)
#define Py_TPFLAGS_BASETYPE (1UL << 10) /* may be subclassed */
#define Py_TPFLAGS_HAVE_VECTORCALL (1UL << 11)
#define Py_TPFLAGS_READY (1UL << 12)
#define Py_TPFLAGS_READYING (1UL << 13)
#define Py_TPFLAGS_HAVE_GC (1UL << 14) /* instances are known to the collector; tp_traverse is required */
#define Py_TPFLAGS_HAVE_STACKLESS_EXTENSION 0
#define Py_TPFLAGS_METHOD_DESCRIPTOR (1UL << 17)
#define Py_TPFLAGS_VALID_VERSION_TAG (1UL << 19)
#define Py_TPFLAGS_IS_ABSTRACT (1UL << 20)
#define _Py_TPFLAGS_MATCH_SELF (1UL << 22)
#define Py_TPFLAGS_ITEMS_AT_END (1UL << 23)
#define Py_TPFLAGS_LONG_SUBCLASS (1UL << 24)
#define Py_TPFLAGS_LIST_SUBCLASS (1UL << 25)
#define Py_TPFLAGS_TUPLE_SUBCLASS (1UL << 26)
#define Py_TPFLAGS_BYTES_SUBCLASS (1UL << 27)
#define Py_TPFLAGS_UNICODE_SUBCLASS (1UL << 28)
#define Py_TPFLAGS_DICT_SUBCLASS (1UL << 29)
#define Py_TPFLAGS_BASE_EXC_SUBCLASS (1UL << 30)
#define Py_TPFLAGS_TYPE_SUBCLASS (1UL << 31)
#define Py_TPFLAGS_DEFAULT Py_TPFLAGS_HAVE_STACKLESS_EXTENSION
#define Py_TPFLAGS_HAVE_FINALIZE (1UL << 0)
#define Py_TPFLAGS_HAVE_VERSION_TAG (1UL << 18)

PYMM_HEADER_INLINE int PyType_HasFeature(PyTypeObject *type, unsigned long feature) { return (type->tp_flags & feature) != 0; }
#define PyType_FastSubclass(type, flag) PyType_HasFeature((type), (flag))
#define PyType_IS_GC(type) PyType_HasFeature((type), Py_TPFLAGS_HAVE_GC)

PyAPI_DATA(PyTypeObject) PyType_Type;       /* type */
PyAPI_DATA(PyTypeObject) PyBaseObject_Type; /* object */

PYMM_HEADER_INLINE int PyType_Check(PyObject *op) { return PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_TYPE_SUBCLASS); }
#define PyType_Check(op) PyType_Check(_PyObject_CAST(op))
#define PyType_CheckExact(op) Py_IS_TYPE((op), &PyType_Type)

/* Finish a type: bases, inherited slots and sizes. To be called once before a type is used; again: nothing happens.
 * 0, or -1 with TypeError, SystemError, ValueError or MemoryError. */
PyAPI_FUNC(int) PyType_Ready(PyTypeObject *type);
/* Is `a` the same type as `b` or derived from it? */
PyAPI_FUNC(int) PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b);
/* Is `op` an instance of the type, or of one derived from it? */
PYMM_HEADER_INLINE int PyObject_TypeCheck(PyObject *op, PyTypeObject *type)
{
    return Py_IS_TYPE(op, type) || PyType_IsSubtype(Py_TYPE(op), type);
}
#define PyObject_TypeCheck(op, type) PyObject_TypeCheck(_PyObject_CAST(op), (type))
PyAPI_FUNC(unsigned long) PyType_GetFlags(PyTypeObject *type);

/* The allocfunc of types that do not say otherwise: zeroed memory for tp_basicsize and nitems + 1 items, tracked by the
 * collector if the type has GC. NULL: MemoryError, also when the size is over PY_SSIZE_T_MAX. */
PyAPI_FUNC(PyObject *) PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems);
/* A newfunc: tp_alloc of no items; the arguments are not looked at. */
PyAPI_FUNC(PyObject *) PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwds);

/* A heap type as the spec says, new reference. `bases`: a type, or NULL: what the slots Py_tp_base and Py_tp_bases say, or
 * object. `module` is kept by the type, NULL is none; `metaclass` NULL: that of the base. An instance that tp_alloc or
 * PyObject_Init make has a reference to its type, which tp_dealloc has to give back and tp_traverse to visit.
 * Contradictions are SystemError, TypeError or RuntimeError. */
PyAPI_FUNC(PyObject *) PyType_FromSpec(PyType_Spec *spec);
PyAPI_FUNC(PyObject *) PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases);
PyAPI_FUNC(PyObject *) PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *bases);
PyAPI_FUNC(PyObject *) PyType_FromMetaclass(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, PyObject *bases);
/* What the type has in a slot, inherited or not. NULL also for a number that is no slot, with SystemError. */
PyAPI_FUNC(void *) PyType_GetSlot(PyTypeObject *type, int slot);

/* Names of a type, str, new references: what follows the last dot; with the classes around it; with its module before; the module's.
 * GetFullyQualifiedName leaves "builtins" and "__main__" out. */
PyAPI_FUNC(PyObject *) PyType_GetName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetQualName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetFullyQualifiedName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetModuleName(PyTypeObject *type);
/* The module a heap type was made with, borrowed; NULL: there is none, TypeError. */
PyAPI_FUNC(PyObject *) PyType_GetModule(PyTypeObject *type);
/* The dict of a type's attributes, new reference. To be looked at, not changed. */
PyAPI_FUNC(PyObject *) PyType_GetDict(PyTypeObject *type);
/* What the type or one of its bases has under that name: borrowed, with nothing bound; NULL: nothing, and no exception. */
PyAPI_FUNC(PyObject *) _PyType_Lookup(PyTypeObject *type, PyObject *name);
/* There is no cache of attributes, so these have nothing to do; the second returns 0. */
PyAPI_FUNC(void) PyType_Modified(PyTypeObject *type);
PyAPI_FUNC(unsigned int) PyType_ClearCache(void);
/* The part of an instance that `cls`, whose spec has a basicsize below 0, adds to that of its base, and its bytes. */
PyAPI_FUNC(void *) PyObject_GetTypeData(PyObject *op, PyTypeObject *cls);
PyAPI_FUNC(Py_ssize_t) PyType_GetTypeDataSize(PyTypeObject *cls);
/* The items of an instance whose type has Py_TPFLAGS_ITEMS_AT_END, else TypeError. */
PyAPI_FUNC(void *) PyObject_GetItemData(PyObject *op);
#define PyType_SUPPORTS_WEAKREFS(type) ((type)->tp_weaklistoffset != 0)

/* Call tp_finalize, for an object with GC once in its life. FromDealloc: at the start of a tp_dealloc, with a count of 0;
 * -1 if the finalizer brought the object back to life, and the destructor has to return at once. */
PyAPI_FUNC(void) PyObject_CallFinalizer(PyObject *op);
PyAPI_FUNC(int) PyObject_CallFinalizerFromDealloc(PyObject *op);
/* For tp_traverse and tp_clear of types with Py_TPFLAGS_MANAGED_DICT. */
PyAPI_FUNC(int) PyObject_VisitManagedDict(PyObject *op, visitproc visit, void *arg);
PyAPI_FUNC(void) PyObject_ClearManagedDict(PyObject *op);

#ifdef __cplusplus
}
#endif
#endif
