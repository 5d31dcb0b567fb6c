/* module.h: what the files module*.c and import.c share. Only they include it. Read include/python/moduleobject.h first. */
#ifndef PYMM_OBJECT_MODULE_H
#define PYMM_OBJECT_MODULE_H

#include "object.h"

typedef struct module_object {
    PyObject_HEAD
    PyObject *dict;
    PyModuleDef *def; /* NULL: made without one */
    void *state;      /* def->m_size bytes, of the mem domain */
    PyObject *weak_list;
} module_object;
#define MODULE(op) ((module_object *)(op))

/* What is known of a module that was found: its name, where it comes from. */
typedef struct module_spec {
    PyObject_HEAD
    PyObject *name, *origin;
} module_spec;
PyObject *module_spec_new(PyObject *name);
extern PyTypeObject module_spec_type;
/* SystemError from the exception that is set, which should not be: the call said that it succeeded. NULL. */
PyObject *module_failed_unreported(const char *format, const char *name);
#endif
