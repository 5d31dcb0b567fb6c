/* module.c: modules: an object whose attributes are those of a dict, with the state of an extension.
 *
 * Owns: the type, what is read from a module and put into it. Does not own: modules made of definitions (module_def.c), finding
 * them by name (import.c). Read module.h first. */
#include "module.h"

#include <stddef.h>

static int dict_put(PyObject *dict, const char *name, PyObject *value)
{
    PyObject *key = object_unicode_intern_utf8(name);
    int result = key == NULL ? -1 : object_dict_set(dict, key, value);
    Py_XDECREF(key);
    return result;
}

/* What every module has. */
static int dict_fill(PyObject *self, PyObject *name, PyObject *doc)
{
    static const char *const others[] = {"__package__", "__loader__", "__spec__"};
    PyObject *dict = MODULE(self)->dict;
    if (dict_put(dict, "__name__", name) != 0 || dict_put(dict, "__doc__", doc) != 0)
        return -1;
    for (size_t i = 0; i < PYMM_COUNT_OF(others); i++)
        if (dict_put(dict, others[i], Py_None) != 0)
            return -1;
    return 0;
}

static PyObject *module_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords;
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL && (MODULE(self)->dict = object_dict_new()) == NULL)
        Py_CLEAR(self);
    return self;
}

PyObject *object_module_new(PyObject *name)
{
    PyObject *self = module_type_new(&PyModule_Type, NULL, NULL);
    if (self != NULL && dict_fill(self, name, Py_None) != 0)
        Py_CLEAR(self);
    return self;
}

static int module_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"name", "doc", NULL};
    PyObject *name, *doc = Py_None;
    if (!object_args_parse_keywords(args, keywords, "O|O:module", names, &name, &doc))
        return -1;
    if (!PyUnicode_Check(name)) {
        object_error_format(PyExc_TypeError, "module() argument 'name' must be str, not %.50s", name == Py_None ? "None" : Py_TYPE(name)->tp_name);
        return -1;
    }
    if (MODULE(self)->dict == NULL && (MODULE(self)->dict = object_dict_new()) == NULL)
        return -1;
    return dict_fill(self, name, doc);
}

/* Its end. An extension's own functions are called while the module has its state, or when it wants none. ----------------------- */

static bool has_functions(const module_object *self) { return self->def != NULL && (self->def->m_size <= 0 || self->state != NULL); }

static int module_traverse(PyObject *op, visitproc visit, void *arg)
{
    module_object *self = MODULE(op);
    if (has_functions(self) && self->def->m_traverse != NULL) {
        int result = self->def->m_traverse(op, visit, arg);
        if (result != 0)
            return result;
    }
    Py_VISIT(self->dict);
    return 0;
}

static int module_clear(PyObject *op)
{
    module_object *self = MODULE(op);
    if (has_functions(self) && self->def->m_clear != NULL && self->def->m_clear(op) != 0)
        object_error_unraisable(op);
    Py_CLEAR(self->dict);
    return 0;
}

static void module_dealloc(PyObject *op)
{
    module_object *self = MODULE(op);
    object_gc_untrack(op);
    object_weak_end(op, true);
    if (has_functions(self) && self->def->m_free != NULL)
        self->def->m_free(op);
    Py_XDECREF(self->dict);
    domain_free(PYMM_DOMAIN_MEM, self->state);
    Py_TYPE(op)->tp_free(op);
}

/* Attributes. --------------------------------------------------------------------------------------------------------------- */

/* What the dict has under that name, a new reference; NULL: nothing, or with an exception an error. */
static PyObject *dict_find(PyObject *op, const char *name)
{
    PyObject *key = MODULE(op)->dict == NULL ? NULL : object_unicode_intern_utf8(name), *value = NULL;
    if (key != NULL)
        object_dict_get_new(MODULE(op)->dict, key, &value);
    Py_XDECREF(key);
    return value;
}

/* An attribute that is nowhere is what the module's own __getattr__ says. */
static PyObject *module_attribute(PyObject *op, PyObject *name)
{
    PyObject *value = object_generic_find(op, name, NULL), *get;
    if (value != NULL || object_error_occurred() != NULL)
        return value;
    if ((get = dict_find(op, "__getattr__")) != NULL) {
        value = object_vectorcall(get, &name, 1, NULL);
        Py_DECREF(get);
        return value;
    }
    if (object_error_occurred() != NULL)
        return NULL;
    PyObject *own = dict_find(op, "__name__");
    if (own != NULL && PyUnicode_Check(own))
        object_error_format_objects(PyExc_AttributeError, "module '%U' has no attribute '%U'", own, name);
    else if (object_error_occurred() == NULL)
        object_error_format_objects(PyExc_AttributeError, "module has no attribute '%U'", name);
    Py_XDECREF(own);
    return NULL;
}

/* <module 'a' from 'file'>; what a finder said of it comes first. */
static PyObject *module_repr(PyObject *op)
{
    PyObject *name = NULL, *file = NULL, *spec = dict_find(op, "__spec__"), *text = NULL;
    if (spec != NULL && Py_IS_TYPE(spec, &module_spec_type)) {
        text = object_unicode_from_format("<module %R (built-in)>", ((module_spec *)spec)->name);
    } else if (object_error_occurred() == NULL && ((name = dict_find(op, "__name__")) != NULL || object_error_occurred() == NULL)) {
        file = dict_find(op, "__file__");
        if (file != NULL)
            text = object_unicode_from_format("<module %R from %R>", name, file);
        else if (object_error_occurred() == NULL)
            text = name == NULL ? object_unicode_from_utf8("<module '?'>") : object_unicode_from_format("<module %R>", name);
    }
    Py_XDECREF(spec);
    Py_XDECREF(name);
    Py_XDECREF(file);
    return text;
}

static PyMemberDef module_members[] = {
    {"__dict__", _Py_T_OBJECT, offsetof(module_object, dict), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PyModule_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "module",
    .tp_basicsize = sizeof(module_object),
    .tp_dealloc = module_dealloc,
    .tp_repr = module_repr,
    .tp_getattro = module_attribute,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = module_traverse,
    .tp_clear = module_clear,
    .tp_weaklistoffset = offsetof(module_object, weak_list),
    .tp_members = module_members,
    .tp_dictoffset = offsetof(module_object, dict),
    .tp_init = module_init,
    .tp_new = module_type_new,
};

/* Read. ---------------------------------------------------------------------------------------------------------------------- */

PyObject *object_module_dict(PyObject *op) { return PyModule_Check(op) ? MODULE(op)->dict : object_error_bad_call(); }

PyObject *object_module_text(PyObject *op, const char *key, const char *missing)
{
    if (!PyModule_Check(op))
        return object_error_bad_argument();
    PyObject *value = dict_find(op, key);
    if (value != NULL && PyUnicode_Check(value))
        return value;
    Py_XDECREF(value);
    return object_error_occurred() != NULL ? NULL : object_error_set(PyExc_SystemError, missing);
}

PyModuleDef *object_module_def(PyObject *op)
{
    if (PyModule_Check(op))
        return MODULE(op)->def;
    object_error_bad_argument();
    return NULL;
}

void *object_module_state(PyObject *op)
{
    if (PyModule_Check(op))
        return MODULE(op)->state;
    object_error_bad_argument();
    return NULL;
}

/* Put in. -------------------------------------------------------------------------------------------------------------------- */

int object_module_add(PyObject *op, const char *name, PyObject *value)
{
    if (!PyModule_Check(op)) {
        object_error_set(PyExc_TypeError, "PyModule_AddObjectRef() first argument must be a module");
        return -1;
    }
    if (value == NULL) {
        if (object_error_occurred() == NULL)
            object_error_set(PyExc_SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
        return -1;
    }
    return dict_put(MODULE(op)->dict, name, value);
}

int object_module_add_functions(PyObject *op, PyMethodDef *functions)
{
    PyObject *name = object_module_text(op, "__name__", "nameless module");
    int result = name == NULL ? -1 : 0;
    for (PyMethodDef *each = functions; result == 0 && each->ml_name != NULL; each++) {
        PyObject *function = NULL;
        if (each->ml_flags & (METH_CLASS | METH_STATIC))
            object_error_set(PyExc_ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
        else
            function = object_function_new(each, op, name, NULL);
        result = function == NULL ? -1 : object_attribute_set_utf8(op, each->ml_name, function);
        Py_XDECREF(function);
    }
    Py_XDECREF(name);
    return result;
}

int object_module_set_doc(PyObject *op, const char *doc)
{
    PyObject *text = object_unicode_from_utf8(doc);
    int result = text == NULL ? -1 : object_attribute_set_utf8(op, "__doc__", text);
    Py_XDECREF(text);
    return result;
}
