/* containers.c: the names of the functions on lists, dicts, sets and capsules; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyList_New(Py_ssize_t size) { return object_list_new(size); }
Py_ssize_t PyList_Size(PyObject *list) { return object_list_size(list); }
PyObject *PyList_GetItem(PyObject *list, Py_ssize_t index) { return object_list_get(list, index); }
PyObject *PyList_GetItemRef(PyObject *list, Py_ssize_t index) { return object_list_get_new(list, index); }
int PyList_SetItem(PyObject *list, Py_ssize_t index, PyObject *item) { return object_list_set(list, index, item); }
int PyList_Insert(PyObject *list, Py_ssize_t index, PyObject *item) { return object_list_insert(list, index, item); }
int PyList_Append(PyObject *list, PyObject *item) { return object_list_append(list, item); }
int PyList_Extend(PyObject *list, PyObject *iterable)
{
    return list != NULL && PyList_Check(list) ? object_list_extend(list, iterable) : (object_error_bad_call(), -1);
}
int PyList_Clear(PyObject *list)
{
    return list != NULL && PyList_Check(list) ? object_list_clear(list) : (object_error_bad_call(), -1);
}
PyObject *PyList_GetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high) { return object_list_slice(list, low, high); }
int PyList_SetSlice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *items)
{
    return object_list_set_slice(list, low, high, items);
}
int PyList_Sort(PyObject *list) { return object_list_sort(list, NULL, false); }
int PyList_Reverse(PyObject *list) { return object_list_reverse(list); }
PyObject *PyList_AsTuple(PyObject *list) { return object_list_as_tuple(list); }

PyObject *PyDict_New(void) { return object_dict_new(); }
PyObject *PyDict_GetItem(PyObject *dict, PyObject *key) { return object_dict_get(dict, key); }
PyObject *PyDict_GetItemWithError(PyObject *dict, PyObject *key) { return object_dict_get_error(dict, key); }
int PyDict_GetItemRef(PyObject *dict, PyObject *key, PyObject **result) { return object_dict_get_new(dict, key, result); }
int PyDict_SetItem(PyObject *dict, PyObject *key, PyObject *value) { return object_dict_set(dict, key, value); }
PyObject *PyDict_SetDefault(PyObject *dict, PyObject *key, PyObject *value)
{
    PyObject *result;
    object_dict_set_default(dict, key, value, &result);
    Py_XDECREF(result); /* borrowed: the dict has it */
    return result;
}
int PyDict_SetDefaultRef(PyObject *dict, PyObject *key, PyObject *value, PyObject **result)
{
    return object_dict_set_default(dict, key, value, result);
}
int PyDict_DelItem(PyObject *dict, PyObject *key) { return object_dict_delete(dict, key); }
int PyDict_Pop(PyObject *dict, PyObject *key, PyObject **result) { return object_dict_pop(dict, key, result); }
int PyDict_Contains(PyObject *dict, PyObject *key) { return object_dict_contains(dict, key); }
Py_ssize_t PyDict_Size(PyObject *dict) { return object_dict_size(dict); }
void PyDict_Clear(PyObject *dict) { object_dict_clear(dict); }
int PyDict_Next(PyObject *dict, Py_ssize_t *position, PyObject **key, PyObject **value)
{
    return object_dict_next(dict, position, key, value);
}
PyObject *PyDict_Keys(PyObject *dict) { return object_dict_keys(dict); }
PyObject *PyDict_Values(PyObject *dict) { return object_dict_values(dict); }
PyObject *PyDict_Items(PyObject *dict) { return object_dict_items(dict); }
PyObject *PyDict_Copy(PyObject *dict) { return object_dict_copy(dict); }
int PyDict_Merge(PyObject *dict, PyObject *other, int override) { return object_dict_merge(dict, other, override != 0); }
int PyDict_Update(PyObject *dict, PyObject *other) { return object_dict_merge(dict, other, true); }
int PyDict_MergeFromSeq2(PyObject *dict, PyObject *pairs, int override) { return object_dict_merge_pairs(dict, pairs, override != 0); }

PyObject *PySet_New(PyObject *iterable) { return object_set_new(iterable); }
PyObject *PyFrozenSet_New(PyObject *iterable) { return object_frozenset_new(iterable); }
Py_ssize_t PySet_Size(PyObject *anyset) { return object_set_size(anyset); }
int PySet_Contains(PyObject *anyset, PyObject *item) { return object_set_contains(anyset, item); }
int PySet_Add(PyObject *set, PyObject *item) { return object_set_add(set, item); }
int PySet_Discard(PyObject *set, PyObject *item) { return object_set_discard(set, item); }
PyObject *PySet_Pop(PyObject *set) { return object_set_pop(set); }
int PySet_Clear(PyObject *set) { return object_set_clear(set); }

PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor at_end)
{
    return object_capsule_new(pointer, name, at_end);
}
void *PyCapsule_GetPointer(PyObject *capsule, const char *name) { return object_capsule_pointer(capsule, name); }
PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *capsule) { return object_capsule_destructor(capsule); }
const char *PyCapsule_GetName(PyObject *capsule) { return object_capsule_name(capsule); }
void *PyCapsule_GetContext(PyObject *capsule) { return object_capsule_context(capsule); }
int PyCapsule_IsValid(PyObject *capsule, const char *name) { return object_capsule_is_valid(capsule, name); }
int PyCapsule_SetPointer(PyObject *capsule, void *pointer) { return object_capsule_set_pointer(capsule, pointer); }
int PyCapsule_SetDestructor(PyObject *capsule, PyCapsule_Destructor at_end)
{
    return object_capsule_set_destructor(capsule, at_end);
}
int PyCapsule_SetName(PyObject *capsule, const char *name) { return object_capsule_set_name(capsule, name); }
int PyCapsule_SetContext(PyObject *capsule, void *context) { return object_capsule_set_context(capsule, context); }
