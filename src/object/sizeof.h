/* sizeof.h: the methods __sizeof__, for the tables of the types. Only files of this room include it. */
#ifndef PYMM_OBJECT_SIZEOF_H
#define PYMM_OBJECT_SIZEOF_H

#include "object.h"

/* All are called with NULL, and return an int: bytes. */
PyObject *sizeof_object(PyObject *self, PyObject *unused);
PyObject *sizeof_int(PyObject *self, PyObject *unused);
PyObject *sizeof_str(PyObject *self, PyObject *unused);
PyObject *sizeof_list(PyObject *self, PyObject *unused);
PyObject *sizeof_table(PyObject *self, PyObject *unused); /* of dicts and sets */
#endif
