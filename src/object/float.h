/* float.h: what the files float*.c share. Only they include it. Read include/python/floatobject.h first. */
#ifndef PYMM_OBJECT_FLOAT_H
#define PYMM_OBJECT_FLOAT_H

#include "object.h"

extern PyNumberMethods float_as_number;           /* float_math.c */
double float_power_positive(double x, double y); /* float_power.c: x > 0, both finite; infinity when it is too large */
extern PyMethodDef float_methods[];              /* float_methods.c */
extern PyGetSetDef float_attributes[];
PyObject *float_repr(PyObject *self);            /* float_text.c */
PyObject *float_from_hex(PyObject *type, PyObject *text); /* float_parse.c: the class method fromhex */
/* The nearest number with so many decimal places, below 0: of tens; finite, but the result may be infinite. -330 < places < 330. */
double float_rounded(double value, int places);
#endif
