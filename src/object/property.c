/* property.c: attributes that are computed by calls: property(fget, fset, fdel, doc).
 *
 * Owns: the type. Does not own: attributes that C functions compute (descriptor.c). Read access.h first. */
#include "arguments.h"

#include <stddef.h>

typedef struct property {
    PyObject_HEAD
    PyObject *get, *set, *delete, *doc, *name; /* NULL: there is none */
    bool has_getters_doc;
} property;

#define PROPERTY(op) ((property *)(op))

static int property_clear(PyObject *self)
{
    Py_CLEAR(PROPERTY(self)->get);
    Py_CLEAR(PROPERTY(self)->set);
    Py_CLEAR(PROPERTY(self)->delete);
    Py_CLEAR(PROPERTY(self)->doc);
    Py_CLEAR(PROPERTY(self)->name);
    return 0;
}

static void property_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    property_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static int property_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(PROPERTY(self)->get);
    Py_VISIT(PROPERTY(self)->set);
    Py_VISIT(PROPERTY(self)->delete);
    Py_VISIT(PROPERTY(self)->doc);
    Py_VISIT(PROPERTY(self)->name);
    return 0;
}

/* Called and access. -------------------------------------------------------------------------------------------------------- */

/* "property 'x' of 'Type' object has no getter" */
static PyObject *refuse(PyObject *self, PyObject *op, const char *what)
{
    PyObject *type = object_type_qualified_name(Py_TYPE(op));
    if (type != NULL && PROPERTY(self)->name != NULL)
        object_error_format_objects(PyExc_AttributeError, "property %R of %R object has no %s", PROPERTY(self)->name, type, what);
    else if (type != NULL)
        object_error_format_objects(PyExc_AttributeError, "property of %R object has no %s", type, what);
    Py_XDECREF(type);
    return NULL;
}

static PyObject *property_get(PyObject *self, PyObject *op, PyObject *type)
{
    (void)type;
    if (op == NULL || op == Py_None)
        return Py_NewRef(self);
    return PROPERTY(self)->get == NULL ? refuse(self, op, "getter") : object_vectorcall(PROPERTY(self)->get, &op, 1, NULL);
}

static int property_set(PyObject *self, PyObject *op, PyObject *value)
{
    PyObject *function = value == NULL ? PROPERTY(self)->delete : PROPERTY(self)->set, *args[2] = {op, value};
    PyObject *result = function != NULL ? object_vectorcall(function, args, value == NULL ? 1 : 2, NULL)
                                        : refuse(self, op, value == NULL ? "deleter" : "setter");
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* None is none. A new reference. */
static PyObject *given(PyObject *function) { return function == NULL || function == Py_None ? NULL : Py_NewRef(function); }

static int property_init(PyObject *op, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"fget", "fset", "fdel", "doc", NULL};
    PyObject *get = NULL, *set = NULL, *delete = NULL, *doc = NULL;
    if (!object_args_parse_keywords(args, keywords, "|OOOO:property", names, &get, &set, &delete, &doc))
        return -1;
    property *self = PROPERTY(op);
    Py_XSETREF(self->get, given(get));
    Py_XSETREF(self->set, given(set));
    Py_XSETREF(self->delete, given(delete));
    Py_XSETREF(self->doc, given(doc));
    Py_CLEAR(self->name);
    self->has_getters_doc = false;
    if (self->doc != NULL || self->get == NULL)
        return 0;
    PyObject *found;
    if (object_attribute_find_utf8(self->get, "__doc__", &found) < 0)
        return -1;
    self->has_getters_doc = found != NULL;
    Py_XSETREF(self->doc, given(found));
    Py_XDECREF(found);
    return 0;
}

/* The same with one function changed. */
static PyObject *changed(PyObject *op, PyObject *get, PyObject *set, PyObject *delete)
{
    const property *self = PROPERTY(op);
    PyObject *parts[4] = {get != NULL ? get : self->get, set != NULL ? set : self->set, delete != NULL ? delete : self->delete,
                          self->has_getters_doc ? NULL : self->doc};
    for (size_t i = 0; i < PYMM_COUNT_OF(parts); i++)
        parts[i] = parts[i] == NULL ? Py_None : parts[i];
    PyObject *made = object_vectorcall((PyObject *)Py_TYPE(op), parts, PYMM_COUNT_OF(parts), NULL);
    if (made != NULL && object_type_is_subtype(Py_TYPE(made), &PyProperty_Type))
        Py_XSETREF(PROPERTY(made)->name, Py_XNewRef(self->name));
    return made;
}

static PyObject *getter_method(PyObject *self, PyObject *function) { return changed(self, function, NULL, NULL); }
static PyObject *setter_method(PyObject *self, PyObject *function) { return changed(self, NULL, function, NULL); }
static PyObject *deleter_method(PyObject *self, PyObject *function) { return changed(self, NULL, NULL, function); }

/* __set_name__(type, name): by the type that the property is an attribute of. */
static PyObject *set_name(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2)
        return object_error_format(PyExc_TypeError, "__set_name__() takes 2 positional arguments but %zd were given", count);
    Py_XSETREF(PROPERTY(self)->name, Py_NewRef(args[1]));
    return Py_None;
}

static PyMethodDef property_methods[] = {
    METHOD_ONE("getter", getter_method),
    METHOD_ONE("setter", setter_method),
    METHOD_ONE("deleter", deleter_method),
    METHOD_FAST("__set_name__", set_name),
    {NULL, NULL, 0, NULL},
};

static PyMemberDef property_members[] = {
    {"fget", _Py_T_OBJECT, offsetof(property, get), Py_READONLY, NULL},
    {"fset", _Py_T_OBJECT, offsetof(property, set), Py_READONLY, NULL},
    {"fdel", _Py_T_OBJECT, offsetof(property, delete), Py_READONLY, NULL},
    {"__doc__", _Py_T_OBJECT, offsetof(property, doc), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PyProperty_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "property",
    .tp_basicsize = sizeof(property),
    .tp_dealloc = property_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = property_traverse,
    .tp_clear = property_clear,
    .tp_methods = property_methods,
    .tp_members = property_members,
    .tp_descr_get = property_get,
    .tp_descr_set = property_set,
    .tp_init = property_init,
    .tp_new = object_generic_new,
    .tp_free = object_gc_del,
};
