/* builtins.c: the names of the functions on built-in types; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyTuple_New(Py_ssize_t size) { return object_tuple_new(size); }
PyObject *PyTuple_Pack(Py_ssize_t n, ...)
{
    va_list items;
    va_start(items, n);
    PyObject *made = object_tuple_pack(n, &items);
    va_end(items);
    return made;
}
Py_ssize_t PyTuple_Size(PyObject *tuple) { return object_tuple_size(tuple); }
PyObject *PyTuple_GetItem(PyObject *tuple, Py_ssize_t index) { return object_tuple_get(tuple, index); }
int PyTuple_SetItem(PyObject *tuple, Py_ssize_t index, PyObject *item) { return object_tuple_set(tuple, index, item); }
PyObject *PyTuple_GetSlice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high) { return object_tuple_slice(tuple, low, high); }
int _PyTuple_Resize(PyObject **tuple, Py_ssize_t new_size) { return object_tuple_resize(tuple, new_size); }
