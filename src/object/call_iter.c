/* call_iter.c: iterators over what a callable returns, until it is equal to a value that ends it.
 *
 * Owns: the type, object_call_iter. Read object.h first. */
#include "object.h"

typedef struct call_iterator {
    PyObject_HEAD
    PyObject *callable, *end; /* NULL once it has ended */
} call_iterator;

PyObject *object_call_iter(PyObject *callable, PyObject *end)
{
    call_iterator *made = (call_iterator *)object_gc_new(&PyCallIter_Type);
    if (made == NULL)
        return NULL;
    made->callable = Py_NewRef(callable);
    made->end = Py_NewRef(end);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static int iterator_clear(PyObject *self)
{
    Py_CLEAR(((call_iterator *)self)->callable);
    Py_CLEAR(((call_iterator *)self)->end);
    return 0;
}

static void iterator_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    iterator_clear(self);
    object_gc_del(self);
}

static int iterator_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((call_iterator *)self)->callable);
    Py_VISIT(((call_iterator *)self)->end);
    return 0;
}

static PyObject *iterator_next(PyObject *op)
{
    call_iterator *self = (call_iterator *)op;
    if (self->callable == NULL)
        return NULL;
    PyObject *callable = Py_NewRef(self->callable), *result = object_vectorcall(callable, NULL, 0, NULL);
    Py_DECREF(callable);
    if (result == NULL) {
        if (object_error_is(PyExc_StopIteration)) {
            object_error_clear();
            iterator_clear(op);
        }
        return NULL;
    }
    PyObject *end = Py_XNewRef(self->end); /* the call may have gone through the iterator to its end */
    int is_end = end == NULL ? 1 : object_compare_bool(end, result, Py_EQ);
    Py_XDECREF(end);
    if (is_end == 0)
        return result;
    if (is_end > 0)
        iterator_clear(op);
    Py_DECREF(result);
    return NULL;
}

PyTypeObject PyCallIter_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "callable_iterator",
    .tp_basicsize = sizeof(call_iterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = iterator_traverse,
    .tp_clear = iterator_clear,
    .tp_iter = object_self,
    .tp_iternext = iterator_next,
};
