/* format.h: objects as text by a format specification: what the files format*.c share. Only files of this room include it.
 *
 * A specification is [[fill]align][sign][z][#][0][width][grouping][.precision][type]. Read first: "Format Specification
 * Mini-Language" and "Format String Syntax" in Python's documentation. */
#ifndef PYMM_OBJECT_FORMAT_H
#define PYMM_OBJECT_FORMAT_H

#include "object.h"

typedef struct format_spec {
    Py_UCS4 fill, align, sign, separator, type; /* sign, separator: 0 if there is none; align is one of < > = ^ */
    bool is_alternate, is_positive_0;           /* positive 0: what is rounded to -0 is shown as 0 */
    Py_ssize_t width, precision;                /* -1: not given */
} format_spec;

/* Read a specification for `value`, with what holds where it says nothing. False: ValueError. */
bool format_spec_read(PyObject *text, PyObject *value, Py_UCS4 type, Py_UCS4 align, format_spec *to);
/* Digits of any script from *at on, which moves behind them; how many, -1: ValueError, they are too many. */
Py_ssize_t format_number_read(PyObject *text, Py_ssize_t *at, Py_ssize_t end, Py_ssize_t *number);
PyObject *format_type_unknown(Py_UCS4 type, PyObject *value); /* ValueError */

/* The methods __format__. */
PyObject *format_object(PyObject *self, PyObject *spec);
PyObject *format_str(PyObject *self, PyObject *spec);
PyObject *format_int(PyObject *self, PyObject *spec);
PyObject *format_float(PyObject *self, PyObject *spec);
/* str.format and str.format_map (format_fields.c). */
PyObject *unicode_format(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *unicode_format_map(PyObject *self, PyObject *mapping);
#endif
