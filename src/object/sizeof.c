/* sizeof.c: the bytes that an object takes, with blocks that are its own: the methods __sizeof__.
 *
 * Does not own: layouts (alloc.c and each type's own file). Read sizeof.h first. */
#include "sizeof.h"
#include "int.h"
#include "list.h"
#include "table.h"

static PyObject *sum(size_t first, size_t more) { return object_int_from_uint64((uint64_t)first + more); }
static size_t base_of(PyObject *self) { return (size_t)Py_TYPE(self)->tp_basicsize; }

PyObject *sizeof_object(PyObject *self, PyObject *unused)
{
    (void)unused;
    size_t item = (size_t)Py_TYPE(self)->tp_itemsize;
    return sum(base_of(self), item == 0 ? 0 : item * (size_t)Py_ABS(Py_SIZE(self)));
}

/* Two digits are in the fixed part. */
PyObject *sizeof_int(PyObject *self, PyObject *unused)
{
    (void)unused;
    return sum(sizeof(PyLongObject), sizeof(uint32_t) * (size_t)Py_MAX(int_count(self) - 2, 0));
}

PyObject *sizeof_str(PyObject *self, PyObject *unused)
{
    (void)unused;
    size_t characters = ((size_t)PyUnicode_GET_LENGTH(self) + 1) * (size_t)PyUnicode_KIND(self);
    if (PyUnicode_IS_COMPACT_ASCII(self))
        return sum(offsetof(PyASCIIObject, ascii), characters);
    const PyUnicodeObject *wide = (PyUnicodeObject *)self;
    size_t utf8 = wide->utf8 == NULL || PyUnicode_IS_ASCII(self) ? 0 : (size_t)wide->utf8_length + 1;
    return sum((PyUnicode_IS_COMPACT(self) ? offsetof(PyUnicodeObject, data) : base_of(self)) + utf8, characters);
}

/* Items behind the head or in an array: as many places either way. */
PyObject *sizeof_list(PyObject *self, PyObject *unused)
{
    (void)unused;
    return sum(base_of(self), sizeof(PyObject *) * (size_t)LIST(self)->allocated);
}

/* Of dicts and sets. The table of empty ones is everybody's. */
PyObject *sizeof_table(PyObject *self, PyObject *unused)
{
    (void)unused;
    table *its = table_of(self);
    bool is_shared = its == &table_empty_dict.head || its == &table_empty_set.head;
    size_t end = (size_t)((char *)table_entry(its, its->room) - (char *)its);
    return sum(base_of(self), is_shared ? 0 : end);
}
