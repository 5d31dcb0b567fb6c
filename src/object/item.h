/* item.h: what item.c, sequence.c and mapping.c share. Only files of this room include it. Read object.h first. */
#ifndef PYMM_OBJECT_ITEM_H
#define PYMM_OBJECT_ITEM_H

#include "object.h"

/* Of a type without the group: one with nothing in it. */
extern PySequenceMethods item_no_sequence;
extern PyMappingMethods item_no_mapping;
PYMM_INLINE const PySequenceMethods *item_sequence(PyObject *op)
{
    return Py_TYPE(op)->tp_as_sequence != NULL ? Py_TYPE(op)->tp_as_sequence : &item_no_sequence;
}
PYMM_INLINE const PyMappingMethods *item_mapping(PyObject *op)
{
    return Py_TYPE(op)->tp_as_mapping != NULL ? Py_TYPE(op)->tp_as_mapping : &item_no_mapping;
}

/* Both return NULL. An argument is NULL: SystemError, unless an exception is set. */
PyObject *item_null(void);
/* TypeError; %s in the format is the name of op's type, cut to 200 characters. */
PyObject *item_refuse(PyObject *op, const char *format);
#endif
