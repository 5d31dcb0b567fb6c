/* objects.c: the names of the functions on objects, types and errors; each is one of the object room's.
 *
 * Owns: nothing. The core gets the addresses of those that are values of slots (front_objects_start).
 * Read object/object.h first. */
#include "front.h"

#include "gc/gc.h"

#undef PyObject_Init

PyObject *PyObject_Init(PyObject *op, PyTypeObject *type) { return object_init(op, type); }
PyVarObject *PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t size) { return object_init_var(op, type, size); }
PyObject *_PyObject_New(PyTypeObject *type) { return object_new(type); }
PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t nitems) { return object_new_var(type, nitems); }
PyObject *PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t nitems) { return object_alloc(type, nitems); }
PyObject *PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwds) { return object_generic_new(type, args, kwds); }

void Py_IncRef(PyObject *op) { Py_XINCREF(op); }
void Py_DecRef(PyObject *op) { Py_XDECREF(op); }
void _Py_Dealloc(PyObject *op) { object_dealloc(op); }

int PyType_Ready(PyTypeObject *type) { return object_type_ready(type); }
int PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b) { return object_type_is_subtype(a, b); }
unsigned long PyType_GetFlags(PyTypeObject *type) { return type->tp_flags; }

PyObject *PyType_FromMetaclass(PyTypeObject *metaclass, PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    return object_type_from_spec(metaclass, module, spec, bases);
}
PyObject *PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    return object_type_from_spec(NULL, module, spec, bases);
}
PyObject *PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases) { return object_type_from_spec(NULL, NULL, spec, bases); }
PyObject *PyType_FromSpec(PyType_Spec *spec) { return object_type_from_spec(NULL, NULL, spec, NULL); }
void *PyType_GetSlot(PyTypeObject *type, int slot) { return object_type_slot(type, slot); }

void PyObject_CallFinalizer(PyObject *op) { object_finalizer_call(op); }
int PyObject_CallFinalizerFromDealloc(PyObject *op) { return object_finalizer_call_at_end(op); }
int PyObject_VisitManagedDict(PyObject *op, visitproc visit, void *arg)
{
    PyObject **dict = object_dict_place(op);
    if (dict != NULL)
        Py_VISIT(*dict);
    return 0;
}
void PyObject_ClearManagedDict(PyObject *op)
{
    PyObject **dict = object_dict_place(op);
    if (dict != NULL)
        Py_CLEAR(*dict);
}

Py_hash_t PyObject_Hash(PyObject *op) { return object_hash(op); }
Py_hash_t PyObject_HashNotImplemented(PyObject *op) { return object_hash_refuse(op); }
Py_hash_t PyObject_GenericHash(PyObject *op) { return object_hash_identity(op); }
Py_hash_t Py_HashPointer(const void *pointer) { return object_hash_pointer(pointer); }
PyObject *PyObject_RichCompare(PyObject *a, PyObject *b, int op) { return object_compare(a, b, op); }
int PyObject_RichCompareBool(PyObject *a, PyObject *b, int op) { return object_compare_bool(a, b, op); }
int PyObject_IsTrue(PyObject *op) { return object_is_true(op); }
int PyObject_Not(PyObject *op)
{
    int truth = object_is_true(op);
    return truth < 0 ? -1 : !truth;
}
PyObject *PyObject_GetIter(PyObject *op) { return object_iter(op); }
PyObject *PyObject_SelfIter(PyObject *op) { return object_self(op); }
int PyIter_Check(PyObject *op) { return object_is_iterator(op); }
PyObject *PyIter_Next(PyObject *iterator) { return object_iter_next(iterator); }
PySendResult PyIter_Send(PyObject *iterator, PyObject *value, PyObject **result) { return object_iter_send(iterator, value, result); }

PyObject *PyBool_FromLong(long value) { return object_bool(value != 0); }

static void die(const char *message) { front_fatal(message, "%s", message); }

int front_objects_start(void)
{
    object_public.del = PyObject_Free;
    object_public.gc_del = PyObject_GC_Del;
    object_public.die = die;
    object_public.alloc = PyType_GenericAlloc;
    object_public.generic_get = PyObject_GenericGetAttr;
    object_public.generic_set = PyObject_GenericSetAttr;
    object_public.hash_refuse = PyObject_HashNotImplemented;
    object_public.handled = front_handled;
    if (object_start() != 0)
        return -1;
    gc_start();
    return 0;
}
