/* modules.c: the names of the functions on modules; each is one of the object room's.
 *
 * Owns: what they do with references that are given up. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyModule_NewObject(PyObject *name) { return object_module_new(name); }
PyObject *PyModule_New(const char *name)
{
    PyObject *text = object_unicode_from_utf8(name), *module = text == NULL ? NULL : object_module_new(text);
    Py_XDECREF(text);
    return module;
}
PyObject *PyModule_Create2(PyModuleDef *def, int api_version) { return object_module_create(def, api_version); }
PyObject *PyModuleDef_Init(PyModuleDef *def) { return object_module_def_init(def); }
PyObject *PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int api_version)
{
    return object_module_from_def(def, spec, api_version);
}
int PyModule_ExecDef(PyObject *module, PyModuleDef *def) { return object_module_exec(module, def); }

PyObject *PyModule_GetDict(PyObject *module) { return object_module_dict(module); }
PyObject *PyModule_GetNameObject(PyObject *module) { return object_module_text(module, "__name__", "nameless module"); }
PyObject *PyModule_GetFilenameObject(PyObject *module) { return object_module_text(module, "__file__", "module filename missing"); }

/* The module keeps the text. */
static const char *utf8_of(PyObject *text)
{
    const char *utf8 = text == NULL ? NULL : object_unicode_utf8(text, NULL);
    Py_XDECREF(text);
    return utf8;
}
const char *PyModule_GetName(PyObject *module) { return utf8_of(PyModule_GetNameObject(module)); }
const char *PyModule_GetFilename(PyObject *module) { return utf8_of(PyModule_GetFilenameObject(module)); }
PyModuleDef *PyModule_GetDef(PyObject *module) { return object_module_def(module); }
void *PyModule_GetState(PyObject *module) { return object_module_state(module); }

int PyModule_AddObjectRef(PyObject *module, const char *name, PyObject *value) { return object_module_add(module, name, value); }
int PyModule_Add(PyObject *module, const char *name, PyObject *value)
{
    int result = object_module_add(module, name, value);
    Py_XDECREF(value);
    return result;
}
int PyModule_AddObject(PyObject *module, const char *name, PyObject *value)
{
    int result = object_module_add(module, name, value);
    if (result == 0)
        Py_DECREF(value);
    return result;
}
int PyModule_AddIntConstant(PyObject *module, const char *name, long value)
{
    return PyModule_Add(module, name, object_int_from_int64(value));
}
int PyModule_AddStringConstant(PyObject *module, const char *name, const char *value)
{
    return PyModule_Add(module, name, object_unicode_from_utf8(value));
}
int PyModule_AddType(PyObject *module, PyTypeObject *type)
{
    return object_type_ready(type) != 0 ? -1 : object_module_add(module, object_type_name(type), (PyObject *)type);
}
int PyModule_AddFunctions(PyObject *module, PyMethodDef *functions) { return object_module_add_functions(module, functions); }
int PyModule_SetDocString(PyObject *module, const char *doc) { return object_module_set_doc(module, doc); }

PyObject *PyState_FindModule(PyModuleDef *def) { return object_module_found(def); }
int PyState_AddModule(PyObject *module, PyModuleDef *def)
{
    if (def == NULL)
        front_fatal(__func__, "module definition is NULL");
    if (def->m_slots == NULL && object_module_found(def) == module)
        front_fatal(__func__, "module %p already added", (void *)module);
    return object_module_remember(module, def);
}
int PyState_RemoveModule(PyModuleDef *def) { return object_module_forget(def); }

void *PyType_GetModuleState(PyTypeObject *type)
{
    PyObject *module = PyType_GetModule(type);
    return module == NULL ? NULL : object_module_state(module);
}

PyObject *PyType_GetModuleByDef(PyTypeObject *type, PyModuleDef *def)
{
    PyObject *bases = type->tp_mro;
    for (Py_ssize_t i = 0; bases != NULL && i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        PyObject *module = base->tp_flags & Py_TPFLAGS_HEAPTYPE ? ((PyHeapTypeObject *)base)->ht_module : NULL;
        if (module != NULL && PyModule_Check(module) && object_module_def(module) == def)
            return module;
    }
    return object_error_format(PyExc_TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->tp_name);
}

/* Modules by name. ------------------------------------------------------------------------------------------------------------ */

int PyImport_ExtendInittab(struct _inittab *newtab)
{
    if (front_phase_get() == FRONT_INITIALIZED)
        front_fatal(__func__, "PyImport_ExtendInittab() may not be called after Py_Initialize()");
    return object_import_table_add(newtab);
}
int PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void))
{
    if (front_phase_get() == FRONT_INITIALIZED)
        front_fatal(__func__, "PyImport_AppendInittab() may not be called after Py_Initialize()");
    struct _inittab one[] = {{name, initfunc}, {NULL, NULL}};
    return object_import_table_add(one);
}

static PyObject *by_name(const char *name, PyObject *(*get)(PyObject *))
{
    PyObject *text = object_unicode_from_utf8(name), *module = text == NULL ? NULL : get(text);
    Py_XDECREF(text);
    return module;
}
PyObject *PyImport_ImportModule(const char *name) { return by_name(name, object_import); }
PyObject *PyImport_ImportModuleNoBlock(const char *name) { return by_name(name, object_import); }
PyObject *PyImport_Import(PyObject *name) { return object_import(name); }
PyObject *PyImport_GetModule(PyObject *name) { return object_import_found(name); }
PyObject *PyImport_GetModuleDict(void) { return object_import_dict(); }
PyObject *PyImport_AddModuleRef(const char *name) { return by_name(name, object_import_add); }
PyObject *PyImport_AddModuleObject(PyObject *name)
{
    PyObject *module = object_import_add(name);
    Py_XDECREF(module); /* borrowed: the dict of modules has it */
    return module;
}
PyObject *PyImport_AddModule(const char *name)
{
    PyObject *module = PyImport_AddModuleRef(name);
    Py_XDECREF(module); /* as above */
    return module;
}

/* The next part of a name with dots: of `of`, a reference that is taken, or if that is NULL a module. */
static PyObject *part_get(PyObject *of, const char *part)
{
    PyObject *found = of == NULL ? PyImport_ImportModule(part) : object_attribute_get_utf8(of, part);
    if (of == NULL && found == NULL && !object_error_is(PyExc_MemoryError))
        object_error_format(PyExc_ImportError, "PyCapsule_Import could not import module \"%s\"", part);
    Py_XDECREF(of);
    return found;
}

void *PyCapsule_Import(const char *name, int no_block)
{
    (void)no_block;
    size_t size = strlen(name) + 1;
    char *copy = domain_malloc(PYMM_DOMAIN_MEM, size), *part = copy;
    PyObject *object = NULL;
    if (copy == NULL)
        return object_error_no_memory();
    memcpy(copy, name, size);
    do {
        char *dot = strchr(part, '.');
        if (dot != NULL)
            *dot++ = '\0';
        object = part_get(object, part);
        part = dot;
    } while (object != NULL && part != NULL);
    domain_free(PYMM_DOMAIN_MEM, copy);
    void *pointer = NULL;
    if (object != NULL && PyCapsule_IsValid(object, name))
        pointer = PyCapsule_GetPointer(object, name);
    else if (object != NULL)
        object_error_format(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    Py_XDECREF(object);
    return pointer;
}
