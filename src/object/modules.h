/* modules.h: the part of object.h that is modules. Include object.h, not this file.
 *
 * What is called object_module_* does what the PyModule_* of the same meaning does: include/python/moduleobject.h, import.h. */
#ifndef PYMM_OBJECT_MODULES_H
#define PYMM_OBJECT_MODULES_H

#include "python/import.h"
#include "python/moduleobject.h"

/* Modules (module.c). */
PyObject *object_module_new(PyObject *name);
PyObject *object_module_dict(PyObject *module); /* borrowed; SystemError for what is no module */
PyObject *object_module_text(PyObject *module, const char *key, const char *missing); /* a str of its dict; SystemError `missing` */
PyModuleDef *object_module_def(PyObject *module);
void *object_module_state(PyObject *module);
int object_module_add(PyObject *module, const char *name, PyObject *value); /* PyModule_AddObjectRef */
int object_module_add_functions(PyObject *module, PyMethodDef *functions);
int object_module_set_doc(PyObject *module, const char *doc);

/* Modules of definitions (module_def.c). */
PyObject *object_module_def_init(PyModuleDef *def);
PyObject *object_module_create(PyModuleDef *def, int api_version);
PyObject *object_module_from_def(PyModuleDef *def, PyObject *spec, int api_version);
int object_module_exec(PyObject *module, PyModuleDef *def);
PyObject *object_module_found(PyModuleDef *def); /* PyState_FindModule */
int object_module_remember(PyObject *module, PyModuleDef *def);
int object_module_forget(PyModuleDef *def);

/* Modules by name (import.c). */
int object_import_table_add(const struct _inittab *more); /* up to a NULL; -1: no memory, no exception */
PyObject *object_import(PyObject *name);
PyObject *object_import_found(PyObject *name);
PyObject *object_import_add(PyObject *name);
PyObject *object_import_dict(void); /* borrowed */
#endif
