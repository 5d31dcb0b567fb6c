/* import.c: modules by name: those that the program brings with it, and those that were made.
 *
 * Owns: the table of PyInit_* functions, the dict of modules, what is known of a module that was found. Nothing is looked for in
 * files. Does not own: making modules (module_def.c). Read module.h first. */
#include "module.h"

#include <stddef.h>

static struct _inittab *table; /* up to a NULL */
static size_t table_count;
static PyObject *modules; /* by name */

int object_import_table_add(const struct _inittab *more)
{
    size_t count = 0;
    while (more[count].name != NULL)
        count++;
    struct _inittab *grown = domain_realloc(PYMM_DOMAIN_RAW, table, (table_count + count + 1) * sizeof *grown);
    if (grown == NULL)
        return -1;
    memcpy(grown + table_count, more, (count + 1) * sizeof *grown);
    table = grown;
    table_count += count;
    return 0;
}

PyObject *object_import_dict(void)
{
    if (modules == NULL)
        modules = object_dict_new();
    return modules;
}

PyObject *object_import_found(PyObject *name)
{
    PyObject *all = object_import_dict(), *module = NULL;
    if (all != NULL)
        object_dict_get_new(all, name, &module);
    return module;
}

PyObject *object_import_add(PyObject *name)
{
    PyObject *module = object_import_found(name);
    if (module != NULL && PyModule_Check(module))
        return module;
    Py_CLEAR(module);
    if (object_error_occurred() == NULL && (module = object_module_new(name)) != NULL &&
        object_dict_set(object_import_dict(), name, module) != 0)
        Py_CLEAR(module);
    return module;
}

/* What is known of a module. ---------------------------------------------------------------------------------------------------- */

PyObject *module_spec_new(PyObject *name)
{
    PyObject *origin = object_unicode_from_utf8("built-in"), *self = origin == NULL ? NULL : object_new(&module_spec_type);
    if (self == NULL) {
        Py_XDECREF(origin);
        return NULL;
    }
    ((module_spec *)self)->name = Py_NewRef(name);
    ((module_spec *)self)->origin = origin;
    return self;
}

static void spec_dealloc(PyObject *self)
{
    Py_DECREF(((module_spec *)self)->name);
    Py_DECREF(((module_spec *)self)->origin);
    object_del(self);
}

static PyMemberDef spec_members[] = {
    {"name", _Py_T_OBJECT, offsetof(module_spec, name), Py_READONLY, NULL},
    {"origin", _Py_T_OBJECT, offsetof(module_spec, origin), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject module_spec_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "ModuleSpec",
    .tp_basicsize = sizeof(module_spec),
    .tp_dealloc = spec_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_members = spec_members,
};

/* Imported. ---------------------------------------------------------------------------------------------------------------------- */

/* Under its name, with what is known of it; an object that is no module may refuse that. */
static int entered(PyObject *module, PyObject *name, PyObject *spec)
{
    if (PyModule_Check(module) && object_attribute_set_utf8(module, "__spec__", spec) != 0)
        return -1;
    return object_dict_set(object_import_dict(), name, module);
}

static PyObject *of_definition(PyModuleDef *def, PyObject *name, PyObject *spec)
{
    PyObject *module = object_module_from_def(def, spec, PYTHON_API_VERSION);
    if (module == NULL || (entered(module, name, spec) == 0 && (!PyModule_Check(module) || object_module_exec(module, def) == 0)))
        return module;
    PyObject *error = object_error_take();
    if (object_dict_pop(object_import_dict(), name, NULL) < 0)
        object_error_clear();
    object_error_restore(error);
    Py_DECREF(module);
    return NULL;
}

/* What PyInit_* returns is a definition, borrowed, or a module. */
static PyObject *initialized(const struct _inittab *entry, PyObject *name)
{
    PyObject *spec = module_spec_new(name), *made = spec == NULL ? NULL : entry->initfunc();
    if (spec == NULL)
        return NULL;
    if (made == NULL) {
        if (object_error_occurred() == NULL)
            object_error_format(PyExc_SystemError, "initialization of %s failed without raising an exception", entry->name);
    } else if (object_error_occurred() != NULL) {
        made = module_failed_unreported("initialization of %s raised unreported exception", entry->name);
    } else if (Py_TYPE(made) == NULL) { /* a definition that is not initialized has no count either */
        made = object_error_format(PyExc_SystemError, "init function of %s returned uninitialized object", entry->name);
    } else if (Py_IS_TYPE(made, &PyModuleDef_Type)) {
        made = of_definition((PyModuleDef *)made, name, spec);
    } else if (entered(made, name, spec) != 0 || (PyModule_Check(made) && MODULE(made)->def != NULL &&
                                                  object_module_remember(made, MODULE(made)->def) != 0)) {
        Py_CLEAR(made);
    }
    Py_DECREF(spec);
    return made;
}

/* Takes `text` over. NULL. */
static PyObject *not_found(PyObject *name, PyObject *text)
{
    if (text != NULL)
        object_error_set_import(PyExc_ModuleNotFoundError, text, name, NULL);
    Py_XDECREF(text);
    return NULL;
}

/* Made already, or in the table. NULL without an exception: neither. */
static PyObject *known(PyObject *name)
{
    PyObject *module = object_import_found(name);
    if (module == Py_None)
        return not_found(name, object_unicode_from_format("import of %U halted; None in sys.modules", name));
    if (module != NULL || object_error_occurred() != NULL)
        return module;
    for (size_t i = 0; i < table_count; i++)
        if (object_unicode_equals_utf8(name, table[i].name, (Py_ssize_t)strlen(table[i].name)))
            return initialized(&table[i], name);
    return NULL;
}

/* Each part up to a dot is imported before what follows it; the exception names the first that is missing. */
static PyObject *parts_import(PyObject *name)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    PyObject *parent = NULL, *part = NULL;
    bool is_known = true;
    for (Py_ssize_t dot = 1; is_known && dot <= length; dot++) {
        dot = object_unicode_find_char(name, '.', dot, length, 1);
        dot = dot < 0 ? length : dot;
        Py_XSETREF(parent, part);
        part = object_unicode_substring(name, 0, dot);
        PyObject *module = part == NULL || dot == length ? NULL : known(part);
        is_known = module != NULL;
        Py_XDECREF(module);
    }
    if (part != NULL && object_error_occurred() == NULL)
        not_found(part, parent == NULL ? object_unicode_from_format("No module named %R", part)
                                       : object_unicode_from_format("No module named %R; %R is not a package", part, parent));
    Py_XDECREF(parent);
    Py_XDECREF(part);
    return NULL;
}

PyObject *object_import(PyObject *name)
{
    if (!PyUnicode_Check(name))
        return object_error_format(PyExc_TypeError, "module name must be a string");
    if (PyUnicode_GET_LENGTH(name) == 0)
        return object_error_set(PyExc_ValueError, "Empty module name");
    PyObject *module = known(name);
    return module != NULL || object_error_occurred() != NULL ? module : parts_import(name);
}
