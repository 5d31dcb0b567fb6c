/* mapping_view.c: a mapping that can be read and not changed (mappingproxy): the __dict__ of types.
 *
 * Owns: the type. All is passed on to the mapping. Read object.h first. */
#include "arguments.h"

typedef struct mapping_view {
    PyObject_HEAD
    PyObject *mapping;
} mapping_view;

#define MAPPING(op) (((mapping_view *)(op))->mapping)

PyObject *object_mapping_view(PyObject *mapping)
{
    const PyMappingMethods *methods = Py_TYPE(mapping)->tp_as_mapping;
    if (methods == NULL || methods->mp_subscript == NULL || PyList_Check(mapping) || PyTuple_Check(mapping))
        return object_error_format(PyExc_TypeError, "mappingproxy() argument must be a mapping, not %s", Py_TYPE(mapping)->tp_name);
    mapping_view *made = (mapping_view *)object_gc_new(&PyDictProxy_Type);
    if (made == NULL)
        return NULL;
    made->mapping = Py_NewRef(mapping);
    object_gc_track((PyObject *)made);
    return (PyObject *)made;
}

static void view_dealloc(PyObject *op)
{
    object_gc_untrack(op);
    Py_DECREF(MAPPING(op));
    object_gc_del(op);
}

static int view_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(MAPPING(op));
    return 0;
}

static Py_ssize_t view_length(PyObject *op)
{
    const PyMappingMethods *methods = Py_TYPE(MAPPING(op))->tp_as_mapping;
    if (methods->mp_length != NULL)
        return methods->mp_length(MAPPING(op));
    object_error_format(PyExc_TypeError, "object of type '%.200s' has no len()", Py_TYPE(MAPPING(op))->tp_name);
    return -1;
}

static PyObject *view_get(PyObject *op, PyObject *key) { return Py_TYPE(MAPPING(op))->tp_as_mapping->mp_subscript(MAPPING(op), key); }

static int view_contains(PyObject *op, PyObject *key)
{
    const PySequenceMethods *methods = Py_TYPE(MAPPING(op))->tp_as_sequence;
    if (methods != NULL && methods->sq_contains != NULL)
        return methods->sq_contains(MAPPING(op), key);
    object_error_format(PyExc_TypeError, "argument of type '%.200s' is not iterable", Py_TYPE(MAPPING(op))->tp_name);
    return -1;
}

static PyObject *view_iter(PyObject *op) { return object_iter(MAPPING(op)); }
static PyObject *view_str(PyObject *op) { return object_str(MAPPING(op)); }
static PyObject *view_repr(PyObject *op) { return object_unicode_from_format("mappingproxy(%R)", MAPPING(op)); }
static PyObject *view_compare(PyObject *op, PyObject *other, int sign) { return object_compare(MAPPING(op), other, sign); }

static PyObject *passed_on(PyObject *op, const char *name)
{
    PyObject *method = object_attribute_get_utf8(MAPPING(op), name);
    PyObject *result = method == NULL ? NULL : object_vectorcall(method, NULL, 0, NULL);
    Py_XDECREF(method);
    return result;
}

static PyObject *view_keys(PyObject *op, PyObject *none) { (void)none; return passed_on(op, "keys"); }
static PyObject *view_values(PyObject *op, PyObject *none) { (void)none; return passed_on(op, "values"); }
static PyObject *view_items(PyObject *op, PyObject *none) { (void)none; return passed_on(op, "items"); }
static PyObject *view_copy(PyObject *op, PyObject *none) { (void)none; return passed_on(op, "copy"); }

static PyObject *view_get_or(PyObject *op, PyObject *const *args, Py_ssize_t count)
{
    if (!arguments_check("get", count, 1, 2))
        return NULL;
    PyObject *const all[2] = {args[0], count == 2 ? args[1] : Py_None};
    PyObject *method = object_attribute_get_utf8(MAPPING(op), "get");
    PyObject *result = method == NULL ? NULL : object_vectorcall(method, all, 2, NULL);
    Py_XDECREF(method);
    return result;
}

static PyMethodDef view_methods[] = {
    METHOD_FAST("get", view_get_or),
    {"keys", view_keys, METH_NOARGS, NULL},
    {"values", view_values, METH_NOARGS, NULL},
    {"items", view_items, METH_NOARGS, NULL},
    {"copy", view_copy, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMappingMethods view_as_mapping = {.mp_length = view_length, .mp_subscript = view_get};
static PySequenceMethods view_as_sequence = {.sq_contains = view_contains};

PyTypeObject PyDictProxy_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "mappingproxy",
    .tp_basicsize = sizeof(mapping_view),
    .tp_dealloc = view_dealloc,
    .tp_repr = view_repr,
    .tp_as_sequence = &view_as_sequence,
    .tp_as_mapping = &view_as_mapping,
    .tp_str = view_str,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
    .tp_traverse = view_traverse,
    .tp_richcompare = view_compare,
    .tp_iter = view_iter,
    .tp_methods = view_methods,
};
