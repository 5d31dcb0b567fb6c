/* start.c: which built-in types there are, and that they are ready.
 *
 * Owns: the list. Every static type of this room that users can come across is on it. Read object.h first. */
#include "bytes.h"
#include "exception.h"
#include "int.h"

static PyTypeObject *const builtin_types[] = {
    &PyBaseObject_Type,
    &PyType_Type,
    &PyLong_Type,
    &PyBool_Type,
    &PyFloat_Type,
    &PyBytes_Type,
    &PyBytesIter_Type,
    &PySeqIter_Type,
    &PyTuple_Type,
    &PyTupleIter_Type,
    &PyList_Type,
    &PyListIter_Type,
    &PyDict_Type,
    &PyUnicode_Type,
    &PyUnicodeIter_Type,
    &_PyWeakref_RefType,
    &PyDictKeys_Type,
    &PyDictValues_Type,
    &PyDictItems_Type,
    &PyDictIterKey_Type,
    &PyDictIterValue_Type,
    &PyDictIterItem_Type,
    &PySet_Type,
    &PyFrozenSet_Type,
    &PySetIter_Type,
    &PySlice_Type,
    &PyEllipsis_Type,
    &PyCapsule_Type,
};

int object_start(void)
{
    PyBaseObject_Type.tp_alloc = object_public.alloc; /* all others inherit these */
    PyBaseObject_Type.tp_free = object_public.del;
    for (size_t i = 0; i < PYMM_COUNT_OF(builtin_types); i++)
        if (object_type_ready(builtin_types[i]) != 0)
            return -1;
    if (object_type_ready(Py_TYPE(Py_None)) != 0 || object_type_ready(Py_TYPE(Py_NotImplemented)) != 0)
        return -1;
    int_start();
    bytes_start();
    return exception_start();
}
