/* start.c: which built-in types there are, and that they are ready.
 *
 * Owns: the list. Every static type of this room that users can come across is on it. Read object.h first. */
#include "bytes.h"
#include "exception.h"
#include "int.h"
#include "module.h"

static PyTypeObject *const builtin_types[] = {
    &PyBaseObject_Type,
    &PyType_Type,
    &PyLong_Type,
    &PyBool_Type,
    &PyFloat_Type,
    &PyBytes_Type,
    &PyBytesIter_Type,
    &PySeqIter_Type,
    &PyCFunction_Type,
    &PyCMethod_Type,
    &PyMethod_Type,
    &PyStaticMethod_Type,
    &PyProperty_Type,
    &PyClassMethod_Type,
    &PyMethodDescr_Type,
    &PyClassMethodDescr_Type,
    &PyMemberDescr_Type,
    &PyGetSetDescr_Type,
    &PyWrapperDescr_Type,
    &_PyMethodWrapper_Type,
    &PyDictProxy_Type,
    &PyTuple_Type,
    &PyTupleIter_Type,
    &PyList_Type,
    &PyListIter_Type,
    &PyListRevIter_Type,
    &PyDict_Type,
    &PyUnicode_Type,
    &PyUnicodeIter_Type,
    &_PyWeakref_RefType,
    &_PyWeakref_ProxyType,
    &_PyWeakref_CallableProxyType,
    &PyDictKeys_Type,
    &PyDictValues_Type,
    &PyDictItems_Type,
    &PyDictIterKey_Type,
    &PyDictIterValue_Type,
    &PyDictIterItem_Type,
    &PyDictRevIterKey_Type,
    &PyDictRevIterValue_Type,
    &PyDictRevIterItem_Type,
    &PySet_Type,
    &PyFrozenSet_Type,
    &PySetIter_Type,
    &PySlice_Type,
    &PyEllipsis_Type,
    &PyCapsule_Type,
    &PyModule_Type,
    &PyCallIter_Type,
    &Py_GenericAliasType,
    &PyModuleDef_Type,
    &module_spec_type,
};

static int all_ready(void)
{
    for (size_t i = 0; i < PYMM_COUNT_OF(builtin_types); i++)
        if (object_type_ready(builtin_types[i]) != 0)
            return -1;
    if (object_type_ready(Py_TYPE(Py_None)) != 0 || object_type_ready(Py_TYPE(Py_NotImplemented)) != 0)
        return -1;
    return exception_start();
}

int object_start(void)
{
    PyBaseObject_Type.tp_alloc = object_public.alloc; /* all others inherit these */
    PyBaseObject_Type.tp_free = object_public.del;
    PyBaseObject_Type.tp_getattro = object_public.generic_get;
    PyBaseObject_Type.tp_setattro = object_public.generic_set;
    object_types_start(true);
    int result = all_ready();
    object_types_start(false);
    int_start();
    bytes_start();
    return result;
}
