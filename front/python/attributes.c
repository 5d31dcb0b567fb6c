/* attributes.c: the names of the functions on attributes, descriptors, C functions and types' names; each is one of the object
 * room's.
 *
 * Owns: what the older functions do with errors that they cannot report. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#undef PyCFunction_New
#undef PyCFunction_NewEx
#undef PyObject_DelAttr
#undef PyObject_DelAttrString

PyObject *PyObject_GetAttr(PyObject *op, PyObject *name) { return object_attribute_get(op, name); }
PyObject *PyObject_GetAttrString(PyObject *op, const char *name) { return object_attribute_get_utf8(op, name); }
int PyObject_GetOptionalAttr(PyObject *op, PyObject *name, PyObject **result) { return object_attribute_find(op, name, result); }
int PyObject_GetOptionalAttrString(PyObject *op, const char *name, PyObject **result)
{
    return object_attribute_find_utf8(op, name, result);
}
int PyObject_SetAttr(PyObject *op, PyObject *name, PyObject *value) { return object_attribute_set(op, name, value); }
int PyObject_SetAttrString(PyObject *op, const char *name, PyObject *value) { return object_attribute_set_utf8(op, name, value); }
int PyObject_DelAttr(PyObject *op, PyObject *name) { return object_attribute_set(op, name, NULL); }
int PyObject_DelAttrString(PyObject *op, const char *name) { return object_attribute_set_utf8(op, name, NULL); }

int PyObject_HasAttrWithError(PyObject *op, PyObject *name)
{
    PyObject *value;
    int answer = object_attribute_find(op, name, &value);
    Py_XDECREF(value);
    return answer;
}

int PyObject_HasAttrStringWithError(PyObject *op, const char *name)
{
    PyObject *value;
    int answer = object_attribute_find_utf8(op, name, &value);
    Py_XDECREF(value);
    return answer;
}

/* 0 for an error, which is written and not passed on. */
static int without_error(int answer, const char *function)
{
    if (answer >= 0)
        return answer;
    PyErr_FormatUnraisable("Exception ignored in %s(); consider using %sWithError(), PyObject_GetOptionalAttr%s() or "
                           "PyObject_GetAttr%s()",
                           function, function, strstr(function, "String") == NULL ? "" : "String",
                           strstr(function, "String") == NULL ? "" : "String");
    return 0;
}

int PyObject_HasAttr(PyObject *op, PyObject *name) { return without_error(PyObject_HasAttrWithError(op, name), __func__); }
int PyObject_HasAttrString(PyObject *op, const char *name) { return without_error(PyObject_HasAttrStringWithError(op, name), __func__); }

PyObject *PyObject_GenericGetAttr(PyObject *op, PyObject *name) { return object_generic_get(op, name); }
int PyObject_GenericSetAttr(PyObject *op, PyObject *name, PyObject *value) { return object_generic_set(op, name, value); }
PyObject *PyObject_GenericGetDict(PyObject *op, void *context) { return object_generic_get_dict(op, context); }
int PyObject_GenericSetDict(PyObject *op, PyObject *value, void *context) { return object_generic_set_dict(op, value, context); }
PyObject **_PyObject_GetDictPtr(PyObject *op) { return object_dict_place(op); }

PyObject *PyObject_Type(PyObject *op)
{
    if (op != NULL)
        return Py_NewRef(Py_TYPE(op));
    if (PyErr_Occurred() == NULL)
        object_error_set(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}
PyObject *Py_GenericAlias(PyObject *origin, PyObject *args) { return object_generic_alias(origin, args); }
int PyObject_IsInstance(PyObject *op, PyObject *cls) { return object_is_instance(op, cls); }
int PyObject_IsSubclass(PyObject *derived, PyObject *cls) { return object_is_subclass(derived, cls); }

/* Functions and methods. ------------------------------------------------------------------------------------------------- */

PyObject *PyCMethod_New(PyMethodDef *ml, PyObject *self, PyObject *module, PyTypeObject *cls)
{
    return object_function_new(ml, self, module, cls);
}
PyObject *PyCFunction_NewEx(PyMethodDef *ml, PyObject *self, PyObject *module) { return object_function_new(ml, self, module, NULL); }
PyObject *PyCFunction_New(PyMethodDef *ml, PyObject *self) { return object_function_new(ml, self, NULL, NULL); }

/* False: SystemError. */
static bool is_function(PyObject *op)
{
    if (PyCFunction_Check(op))
        return true;
    PyErr_BadInternalCall();
    return false;
}

PyCFunction PyCFunction_GetFunction(PyObject *function) { return is_function(function) ? PyCFunction_GET_FUNCTION(function) : NULL; }
PyObject *PyCFunction_GetSelf(PyObject *function) { return is_function(function) ? PyCFunction_GET_SELF(function) : NULL; }
int PyCFunction_GetFlags(PyObject *function) { return is_function(function) ? PyCFunction_GET_FLAGS(function) : -1; }

PyObject *PyMethod_New(PyObject *func, PyObject *self) { return object_method_new(func, self); }
PyObject *PyMethod_Function(PyObject *method)
{
    if (PyMethod_Check(method))
        return PyMethod_GET_FUNCTION(method);
    PyErr_BadInternalCall();
    return NULL;
}
PyObject *PyMethod_Self(PyObject *method)
{
    if (PyMethod_Check(method))
        return PyMethod_GET_SELF(method);
    PyErr_BadInternalCall();
    return NULL;
}
PyObject *PyStaticMethod_New(PyObject *callable) { return object_static_method(callable); }
PyObject *PyClassMethod_New(PyObject *callable) { return object_class_method(callable); }

PyObject *PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *method) { return object_method_descriptor(type, method); }
PyObject *PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *method) { return object_class_method_descriptor(type, method); }
PyObject *PyDescr_NewMember(PyTypeObject *type, PyMemberDef *member) { return object_member_descriptor(type, member); }
PyObject *PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *getset) { return object_getset_descriptor(type, getset); }
int PyDescr_IsData(PyObject *descriptor) { return Py_TYPE(descriptor)->tp_descr_set != NULL; }

/* False: SystemError. */
static bool has_absolute_offset(const PyMemberDef *member, const char *function)
{
    if (!(member->flags & Py_RELATIVE_OFFSET))
        return true;
    object_error_format(PyExc_SystemError, "%s used with Py_RELATIVE_OFFSET", function);
    return false;
}

PyObject *PyMember_GetOne(const char *start, PyMemberDef *member)
{
    return has_absolute_offset(member, __func__) ? object_member_get(start, member) : NULL;
}
int PyMember_SetOne(char *start, PyMemberDef *member, PyObject *value)
{
    return has_absolute_offset(member, __func__) ? object_member_set(start, member, value) : -1;
}

PyObject *PyDictProxy_New(PyObject *mapping) { return object_mapping_view(mapping); }

/* Buffers. --------------------------------------------------------------------------------------------------------------- */

int PyObject_GetBuffer(PyObject *op, Py_buffer *view, int flags) { return object_buffer_get(op, view, flags); }
void PyBuffer_Release(Py_buffer *view) { object_buffer_release(view); }
int PyBuffer_IsContiguous(const Py_buffer *view, char order) { return object_buffer_is_contiguous(view, order); }
int PyBuffer_FillInfo(Py_buffer *view, PyObject *op, void *buf, Py_ssize_t len, int readonly, int flags)
{
    return object_buffer_fill(view, op, buf, len, readonly != 0, flags);
}
#undef PyObject_CheckBuffer
int PyObject_CheckBuffer(PyObject *op)
{
    return Py_TYPE(op)->tp_as_buffer != NULL && Py_TYPE(op)->tp_as_buffer->bf_getbuffer != NULL;
}

/* Types. ----------------------------------------------------------------------------------------------------------------- */

PyObject *PyType_GetName(PyTypeObject *type) { return object_type_name_text(type); }
PyObject *PyType_GetQualName(PyTypeObject *type) { return object_type_qualified_name(type); }
PyObject *PyType_GetModuleName(PyTypeObject *type) { return object_type_module_name(type); }
PyObject *PyType_GetFullyQualifiedName(PyTypeObject *type) { return object_type_full_name(type, '.'); }
PyObject *PyType_GetDict(PyTypeObject *type) { return object_type_ready(type) != 0 ? NULL : Py_XNewRef(type->tp_dict); }
PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name) { return object_type_lookup(type, name); }
void PyType_Modified(PyTypeObject *type) { (void)type; }
unsigned int PyType_ClearCache(void) { return 0; }

PyObject *PyType_GetModule(PyTypeObject *type)
{
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        return object_error_format(PyExc_TypeError, "PyType_GetModule: Type '%s' is not a heap type", type->tp_name);
    PyObject *module = ((PyHeapTypeObject *)type)->ht_module;
    if (module == NULL)
        object_error_format(PyExc_TypeError, "PyType_GetModule: Type '%s' has no associated module", type->tp_name);
    return module;
}

static Py_ssize_t aligned(Py_ssize_t bytes) { return (Py_ssize_t)base_round_up((size_t)bytes, _Alignof(max_align_t)); }
void *PyObject_GetTypeData(PyObject *op, PyTypeObject *cls) { return (char *)op + aligned(cls->tp_base->tp_basicsize); }
Py_ssize_t PyType_GetTypeDataSize(PyTypeObject *cls)
{
    Py_ssize_t bytes = cls->tp_basicsize - aligned(cls->tp_base->tp_basicsize);
    return bytes < 0 ? 0 : bytes;
}
void *PyObject_GetItemData(PyObject *op)
{
    if (Py_TYPE(op)->tp_flags & Py_TPFLAGS_ITEMS_AT_END)
        return (char *)op + Py_TYPE(op)->tp_basicsize;
    return object_error_format(PyExc_TypeError, "type '%s' does not have Py_TPFLAGS_ITEMS_AT_END", Py_TYPE(op)->tp_name);
}

/* All of these are immortal or held by the library for ever, so that a new reference is as good as a borrowed one. */
PyObject *Py_GetConstant(unsigned int constant)
{
    switch (constant) {
    case Py_CONSTANT_NONE: return Py_None;
    case Py_CONSTANT_FALSE: return Py_False;
    case Py_CONSTANT_TRUE: return Py_True;
    case Py_CONSTANT_ELLIPSIS: return Py_Ellipsis;
    case Py_CONSTANT_NOT_IMPLEMENTED: return Py_NotImplemented;
    case Py_CONSTANT_ZERO: return object_int_from_int64(0);
    case Py_CONSTANT_ONE: return object_int_from_int64(1);
    case Py_CONSTANT_EMPTY_STR: return object_unicode_empty();
    case Py_CONSTANT_EMPTY_BYTES: return object_bytes_from("", 0);
    case Py_CONSTANT_EMPTY_TUPLE: return object_tuple_new(0);
    default: return object_error_bad_call();
    }
}

PyObject *Py_GetConstantBorrowed(unsigned int constant) { return Py_GetConstant(constant); }
