/* unicode_case.h: cases and kinds of characters: what the files unicode_case*.c share with others of this room.
 *
 * Tables are those of the Unicode that CPython 3.13 has. Read unicode.h first. */
#ifndef PYMM_OBJECT_UNICODE_CASE_H
#define PYMM_OBJECT_UNICODE_CASE_H

#include "object.h"

/* A run of characters: each `step` behind the one before it; what is to be added to one of them. */
typedef struct unicode_run {
    uint32_t first : 21, step : 11;
    uint32_t last;
    int32_t added;
} unicode_run;
/* The run that the character is in; NULL: in none. */
const unicode_run *unicode_run_of(const unicode_run *runs, size_t count, Py_UCS4 character);

/* unicode_case.c, unicode_pad.c: methods of str, for its table. */
PyObject *unicode_lower(PyObject *self, PyObject *unused);
PyObject *unicode_upper(PyObject *self, PyObject *unused);
PyObject *unicode_title(PyObject *self, PyObject *unused);
PyObject *unicode_capitalize(PyObject *self, PyObject *unused);
PyObject *unicode_swapcase(PyObject *self, PyObject *unused);
PyObject *unicode_casefold(PyObject *self, PyObject *unused);
PyObject *unicode_islower(PyObject *self, PyObject *unused);
PyObject *unicode_isupper(PyObject *self, PyObject *unused);
PyObject *unicode_istitle(PyObject *self, PyObject *unused);
PyObject *unicode_isalpha(PyObject *self, PyObject *unused);
PyObject *unicode_isalnum(PyObject *self, PyObject *unused);
PyObject *unicode_isdecimal(PyObject *self, PyObject *unused);
PyObject *unicode_isdigit(PyObject *self, PyObject *unused);
PyObject *unicode_isnumeric(PyObject *self, PyObject *unused);
PyObject *unicode_as_number(PyObject *self); /* with digits and spaces of ASCII: for int() and float() */
PyObject *unicode_center(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *unicode_ljust(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *unicode_rjust(PyObject *self, PyObject *const *args, Py_ssize_t count);
PyObject *unicode_zfill(PyObject *self, PyObject *width);
PyObject *unicode_expandtabs(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *unicode_translate(PyObject *self, PyObject *table);
PyObject *unicode_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t count);
#endif
