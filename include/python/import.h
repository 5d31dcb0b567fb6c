/* import.h: modules by their names: those that a program brings with it.
 *
 * Owns: PyImport_*: the table of PyInit_* functions and the dict of modules that were made. Nothing is looked for in files.
 * Include Python.h, not this file. The GIL is to be held. Since pymm 0.1; text: "Importing Modules". */
#ifndef Py_IMPORT_H
#define Py_IMPORT_H

#include "moduleobject.h"

#ifdef __cplusplus
extern "C" {
#endif

struct _inittab {
    const char *name; /* NULL ends a table */
    PyObject *(*initfunc)(void);
};

/* Before Py_Initialize: a module that the program has. 0, or -1: no memory. ExtendInittab copies the table. */
PyAPI_FUNC(int) PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void));
PyAPI_FUNC(int) PyImport_ExtendInittab(struct _inittab *newtab);

/* The module of that name, made if it was not yet; a new reference. ModuleNotFoundError. */
PyAPI_FUNC(PyObject *) PyImport_ImportModule(const char *name);
PyAPI_FUNC(PyObject *) PyImport_ImportModuleNoBlock(const char *name);
PyAPI_FUNC(PyObject *) PyImport_Import(PyObject *name);
/* One that is there already, a new reference; NULL with no exception: none is. */
PyAPI_FUNC(PyObject *) PyImport_GetModule(PyObject *name);
/* The same, or an empty module of that name. Borrowed; Ref: a new reference. */
PyAPI_FUNC(PyObject *) PyImport_AddModuleObject(PyObject *name);
PyAPI_FUNC(PyObject *) PyImport_AddModule(const char *name);
PyAPI_FUNC(PyObject *) PyImport_AddModuleRef(const char *name);
/* All of them by name; borrowed. */
PyAPI_FUNC(PyObject *) PyImport_GetModuleDict(void);

#ifdef __cplusplus
}
#endif
#endif
