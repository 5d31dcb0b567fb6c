/* module_def.c: modules made of a PyModuleDef, in one step or in two, and which definition has one.
 *
 * Owns: PyModuleDef as an object, its slots, the list behind PyState_FindModule. Read module.h first. */
#include "module.h"

PyTypeObject PyModuleDef_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "moduledef",
    .tp_basicsize = sizeof(PyModuleDef),
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

static Py_ssize_t definition_count;

PyObject *object_module_def_init(PyModuleDef *def)
{
    if (def->m_base.m_index == 0) {
        Py_SET_REFCNT((PyObject *)def, 1);
        Py_SET_TYPE((PyObject *)def, &PyModuleDef_Type);
        def->m_base.m_index = ++definition_count;
    }
    return (PyObject *)def;
}

/* NULL, for `return failed(...)`. */
static PyObject *failed(const char *format, const char *name) { return object_error_format(PyExc_SystemError, format, name); }

PyObject *module_failed_unreported(const char *format, const char *name)
{
    PyObject *cause = object_error_take();
    failed(format, name);
    PyObject *error = object_error_take();
    object_error_chain(error, cause);
    Py_DECREF(cause);
    object_error_restore(error);
    return NULL;
}

static bool version_check(const char *name, int version)
{
    return version == PYTHON_API_VERSION || version == PYTHON_ABI_VERSION ||
           object_warn_format(PyExc_RuntimeWarning,
                              "Python C API version mismatch for module %.100s: This Python has API version %d, module %.100s "
                              "has version %d.", name, PYTHON_API_VERSION, name, version) == 0;
}

static bool state_make(PyObject *self, PyModuleDef *def)
{
    if (MODULE(self)->state == NULL && (MODULE(self)->state = domain_calloc(PYMM_DOMAIN_MEM, 1, (size_t)def->m_size)) == NULL)
        object_error_no_memory();
    return MODULE(self)->state != NULL;
}

static bool parts_add(PyObject *self, PyModuleDef *def)
{
    return (def->m_methods == NULL || object_module_add_functions(self, def->m_methods) == 0) &&
           (def->m_doc == NULL || object_module_set_doc(self, def->m_doc) == 0);
}

PyObject *object_module_create(PyModuleDef *def, int api_version)
{
    object_module_def_init(def);
    if (!version_check(def->m_name, api_version))
        return NULL;
    if (def->m_slots != NULL)
        return failed("module %s: PyModule_Create is incompatible with m_slots", def->m_name);
    PyObject *name = object_unicode_from_utf8(def->m_name), *self = name == NULL ? NULL : object_module_new(name);
    Py_XDECREF(name);
    if (self != NULL && ((def->m_size > 0 && !state_make(self, def)) || !parts_add(self, def)))
        Py_CLEAR(self);
    if (self != NULL)
        MODULE(self)->def = def;
    return self;
}

/* In two steps. --------------------------------------------------------------------------------------------------------------- */

typedef struct slots_facts {
    PyObject *(*create)(PyObject *spec, PyModuleDef *def);
    bool has_exec;
} slots_facts;

/* Each kind at most once, but for what is executed. */
static bool slots_read(PyModuleDef *def, const char *name, slots_facts *facts)
{
    static const char *const twice[] = {[Py_mod_create] = "module %s has multiple create slots",
                                        [Py_mod_multiple_interpreters] = "module %s has more than one 'multiple interpreters' slots",
                                        [Py_mod_gil] = "module %s has more than one 'gil' slot"};
    unsigned seen = 0;
    for (PyModuleDef_Slot *each = def->m_slots; each != NULL && each->slot != 0; each++) {
        if (each->slot < 0 || each->slot >= (int)PYMM_COUNT_OF(twice)) {
            object_error_format(PyExc_SystemError, "module %s uses unknown slot ID %i", name, each->slot);
            return false;
        }
        if (twice[each->slot] != NULL && (seen & (1u << each->slot))) {
            failed(twice[each->slot], name);
            return false;
        }
        seen |= 1u << each->slot;
        if (each->slot == Py_mod_create)
            memcpy(&facts->create, &each->value, sizeof each->value);
    }
    facts->has_exec = (seen & (1u << Py_mod_exec)) != 0;
    return true;
}

/* What the definition's own function makes may be any object. */
static PyObject *created(PyModuleDef *def, PyObject *spec, const char *name, const slots_facts *facts)
{
    PyObject *made = facts->create(spec, def);
    if (made == NULL)
        return object_error_occurred() != NULL ? NULL : failed("creation of module %s failed without setting an exception", name);
    if (object_error_occurred() != NULL) {
        Py_DECREF(made);
        return module_failed_unreported("creation of module %s raised unreported exception", name);
    }
    if (PyModule_Check(made))
        return made;
    bool wants_state = def->m_size > 0 || def->m_traverse != NULL || def->m_clear != NULL || def->m_free != NULL;
    if (!wants_state && !facts->has_exec)
        return made;
    Py_DECREF(made);
    return failed(wants_state ? "module %s is not a module object, but requests module state"
                              : "module %s specifies execution slots, but did not create a ModuleType instance", name);
}

static int functions_add(PyObject *made, PyModuleDef *def, PyObject *name)
{
    if (PyModule_Check(made))
        return parts_add(made, def) ? 0 : -1;
    for (PyMethodDef *each = def->m_methods; each != NULL && each->ml_name != NULL; each++) {
        PyObject *function = object_function_new(each, made, name, NULL);
        int result = function == NULL ? -1 : object_attribute_set_utf8(made, each->ml_name, function);
        Py_XDECREF(function);
        if (result != 0)
            return -1;
    }
    return def->m_doc == NULL ? 0 : object_module_set_doc(made, def->m_doc);
}

PyObject *object_module_from_def(PyModuleDef *def, PyObject *spec, int api_version)
{
    object_module_def_init(def);
    PyObject *name = object_attribute_get_utf8(spec, "name"), *made = NULL;
    const char *text = name == NULL ? NULL : object_unicode_utf8(name, NULL);
    slots_facts facts = {NULL, false};
    if (text != NULL && version_check(text, api_version)) {
        if (def->m_size < 0)
            failed("module %s: m_size may not be negative for multi-phase initialization", text);
        else if (slots_read(def, text, &facts))
            made = facts.create != NULL ? created(def, spec, text, &facts) : object_module_new(name);
    }
    if (made != NULL && PyModule_Check(made))
        MODULE(made)->def = def;
    if (made != NULL && functions_add(made, def, name) != 0)
        Py_CLEAR(made);
    Py_XDECREF(name);
    return made;
}

static int executed(PyObject *self, const PyModuleDef_Slot *slot, const char *name)
{
    int (*execute)(PyObject *) = NULL;
    memcpy(&execute, &slot->value, sizeof slot->value);
    bool is_good = execute(self) == 0;
    if (!is_good && object_error_occurred() == NULL)
        failed("execution of module %s failed without setting an exception", name);
    else if (is_good && object_error_occurred() != NULL)
        module_failed_unreported("execution of module %s raised unreported exception", name);
    return object_error_occurred() != NULL ? -1 : 0;
}

int object_module_exec(PyObject *self, PyModuleDef *def)
{
    PyObject *name = object_module_text(self, "__name__", "nameless module");
    const char *text = name == NULL ? NULL : object_unicode_utf8(name, NULL);
    int result = text != NULL && (def->m_size < 0 || state_make(self, def)) ? 0 : -1;
    for (PyModuleDef_Slot *each = def->m_slots; result == 0 && each != NULL && each->slot != 0; each++) {
        if (each->slot == Py_mod_exec) {
            result = executed(self, each, text);
        } else if (each->slot < 0 || each->slot > Py_mod_gil) {
            object_error_format(PyExc_SystemError, "module %s initialized with unknown slot %i", text, each->slot);
            result = -1;
        }
    }
    Py_XDECREF(name);
    return result;
}

/* Which definition has a module: by the number of the definition. --------------------------------------------------------------- */

static PyObject **found;
static Py_ssize_t found_room;

PyObject *object_module_found(PyModuleDef *def)
{
    Py_ssize_t index = def->m_base.m_index;
    return def->m_slots != NULL || index == 0 || index >= found_room ? NULL : found[index];
}

static bool room_make(Py_ssize_t index)
{
    if (index < found_room)
        return true;
    PyObject **more = domain_realloc(PYMM_DOMAIN_RAW, found, (size_t)(index + 8) * sizeof *more);
    if (more == NULL)
        return object_error_no_memory() != NULL;
    memset(more + found_room, 0, (size_t)(index + 8 - found_room) * sizeof *more);
    found = more;
    found_room = index + 8;
    return true;
}

int object_module_remember(PyObject *self, PyModuleDef *def)
{
    object_module_def_init(def);
    if (def->m_slots != NULL) {
        object_error_set(PyExc_SystemError, "PyState_AddModule called on module with slots");
        return -1;
    }
    if (!room_make(def->m_base.m_index))
        return -1;
    Py_XSETREF(found[def->m_base.m_index], Py_NewRef(self));
    return 0;
}

int object_module_forget(PyModuleDef *def)
{
    if (def->m_slots != NULL) {
        object_error_set(PyExc_SystemError, "PyState_RemoveModule called on module with slots");
        return -1;
    }
    if (object_module_found(def) != NULL)
        Py_CLEAR(found[def->m_base.m_index]);
    return 0;
}
