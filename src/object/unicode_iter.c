/* unicode_iter.c: iterators over the characters of a string. Owns: their type. Read unicode.h first. */
#include "arguments.h"

typedef struct unicode_iterator {
    PyObject_HEAD
    Py_ssize_t index;
    PyObject *text; /* NULL once it has ended */
} unicode_iterator;

PyObject *object_unicode_iter(PyObject *text)
{
    unicode_iterator *made = (unicode_iterator *)object_gc_new(&PyUnicodeIter_Type);
    if (made == NULL)
        return NULL;
    made->index = 0;
    made->text = Py_NewRef(text);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    Py_XDECREF(((unicode_iterator *)self)->text);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((unicode_iterator *)self)->text);
    return 0;
}

static PyObject *iterator_next(PyObject *op)
{
    unicode_iterator *self = (unicode_iterator *)op;
    if (self->text == NULL)
        return NULL;
    if (self->index < PyUnicode_GET_LENGTH(self->text))
        return object_unicode_from_char(PyUnicode_READ_CHAR(self->text, self->index++));
    Py_CLEAR(self->text);
    return NULL;
}

static PyObject *iterator_hint(PyObject *op, PyObject *unused)
{
    (void)unused;
    const unicode_iterator *self = (unicode_iterator *)op;
    return object_int_from_int64(self->text == NULL ? 0 : PyUnicode_GET_LENGTH(self->text) - self->index);
}

static PyMethodDef iterator_methods[] = {METHOD_NONE("__length_hint__", iterator_hint), {NULL, NULL, 0, NULL}};

PyTypeObject PyUnicodeIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "str_iterator",
    .tp_basicsize = sizeof(unicode_iterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_iter = object_self,
    .tp_iternext = iterator_next,
    .tp_methods = iterator_methods,
};
