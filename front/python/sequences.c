/* sequences.c: the names of the functions on slices, and of the item, sequence and mapping protocols; each is one of the object
 * room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PySlice_New(PyObject *start, PyObject *stop, PyObject *step) { return object_slice_new(start, stop, step); }
int PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    return object_slice_unpack(slice, start, stop, step);
}
Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    return object_slice_adjust(length, start, stop, step);
}
int PySlice_GetIndicesEx(PyObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step,
                         Py_ssize_t *slicelength)
{
    if (object_slice_unpack(slice, start, stop, step) != 0)
        return -1;
    *slicelength = object_slice_adjust(length, start, stop, *step);
    return 0;
}

Py_ssize_t PyObject_Size(PyObject *op) { return object_size(op); }
Py_ssize_t PyObject_Length(PyObject *op) { return object_size(op); }
Py_ssize_t PyObject_LengthHint(PyObject *op, Py_ssize_t otherwise) { return object_length_hint(op, otherwise); }
PyObject *PyObject_GetItem(PyObject *op, PyObject *key) { return object_item_get(op, key); }
int PyObject_SetItem(PyObject *op, PyObject *key, PyObject *value) { return object_item_set(op, key, value); }
int PyObject_DelItem(PyObject *op, PyObject *key) { return object_item_delete(op, key); }

int PySequence_Check(PyObject *op) { return object_sequence_check(op); }
Py_ssize_t PySequence_Size(PyObject *op) { return object_sequence_size(op); }
Py_ssize_t PySequence_Length(PyObject *op) { return object_sequence_size(op); }
PyObject *PySequence_GetItem(PyObject *op, Py_ssize_t index) { return object_sequence_get(op, index); }
int PySequence_SetItem(PyObject *op, Py_ssize_t index, PyObject *value) { return object_sequence_set(op, index, value); }
int PySequence_DelItem(PyObject *op, Py_ssize_t index) { return object_sequence_delete(op, index); }
PyObject *PySequence_GetSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high) { return object_sequence_slice(op, low, high); }
int PySequence_SetSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    return object_sequence_set_slice(op, low, high, value);
}
int PySequence_DelSlice(PyObject *op, Py_ssize_t low, Py_ssize_t high) { return object_sequence_set_slice(op, low, high, NULL); }
PyObject *PySequence_Concat(PyObject *a, PyObject *b) { return object_sequence_concat(a, b); }
PyObject *PySequence_Repeat(PyObject *op, Py_ssize_t times) { return object_sequence_repeat(op, times); }
PyObject *PySequence_InPlaceConcat(PyObject *a, PyObject *b) { return object_sequence_inplace_concat(a, b); }
PyObject *PySequence_InPlaceRepeat(PyObject *op, Py_ssize_t times) { return object_sequence_inplace_repeat(op, times); }
Py_ssize_t PySequence_Count(PyObject *op, PyObject *item) { return object_sequence_count(op, item); }
int PySequence_Contains(PyObject *op, PyObject *item) { return object_sequence_contains(op, item); }
int PySequence_In(PyObject *op, PyObject *item) { return object_sequence_contains(op, item); }
Py_ssize_t PySequence_Index(PyObject *op, PyObject *item) { return object_sequence_index(op, item); }
PyObject *PySequence_Tuple(PyObject *iterable) { return object_sequence_tuple(iterable); }
PyObject *PySequence_List(PyObject *iterable) { return object_sequence_list(iterable); }
PyObject *PySequence_Fast(PyObject *iterable, const char *text) { return object_sequence_fast(iterable, text); }

int PyMapping_Check(PyObject *op) { return object_mapping_check(op); }
Py_ssize_t PyMapping_Size(PyObject *op) { return object_mapping_size(op); }
Py_ssize_t PyMapping_Length(PyObject *op) { return object_mapping_size(op); }
int PyMapping_HasKey(PyObject *op, PyObject *key)
{
    int found = object_mapping_has(op, key);
    if (found < 0)
        PyErr_FormatUnraisable("Exception ignored in PyMapping_HasKey(); consider using PyMapping_HasKeyWithError(), "
                               "PyMapping_GetOptionalItem() or PyObject_GetItem()");
    return found > 0;
}
int PyMapping_HasKeyWithError(PyObject *op, PyObject *key) { return object_mapping_has(op, key); }
int PyMapping_GetOptionalItem(PyObject *op, PyObject *key, PyObject **result) { return object_mapping_find(op, key, result); }
PyObject *PyMapping_Keys(PyObject *op) { return object_mapping_keys(op); }
PyObject *PyMapping_Values(PyObject *op) { return object_mapping_values(op); }
PyObject *PyMapping_Items(PyObject *op) { return object_mapping_items(op); }

PyObject *PyCallIter_New(PyObject *callable, PyObject *sentinel) { return object_call_iter(callable, sentinel); }
PyObject *PySeqIter_New(PyObject *sequence)
{
    return object_sequence_check(sequence) ? object_sequence_iter(sequence) : object_error_bad_call();
}
