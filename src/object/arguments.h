/* arguments.h: checks of how many arguments a method of a built-in type got. Only files of this room include it. */
#ifndef PYMM_OBJECT_ARGUMENTS_H
#define PYMM_OBJECT_ARGUMENTS_H

#include "object.h"

/* A method in a table, by how it takes its arguments. */
#define METHOD_FAST(name, function) {name, _PyCFunction_CAST(function), METH_FASTCALL, NULL}
#define METHOD_ONE(name, function) {name, function, METH_O, NULL}
#define METHOD_KEYWORDS(name, function) {name, _PyCFunction_CAST(function), METH_VARARGS | METH_KEYWORDS, NULL}
#define METHOD_NONE(name, function) {name, function, METH_NOARGS, NULL}

/* The type in brackets. */
#define METHOD_BRACKETS {"__class_getitem__", object_generic_alias, METH_O | METH_CLASS, "See PEP 585"}

/* Between `least` and `most`? False: TypeError. */
PYMM_INLINE bool arguments_check(const char *name, Py_ssize_t count, Py_ssize_t least, Py_ssize_t most)
{
    if (count >= least && count <= most)
        return true;
    bool is_few = count < least;
    Py_ssize_t limit = is_few ? least : most;
    object_error_format(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", name, least == most ? "" : is_few ? "at least " : "at most ",
                        limit, limit == 1 ? "" : "s", count);
    return false;
}

/* A number of items as an argument. False: TypeError, or OverflowError. */
PYMM_INLINE bool arguments_ssize(PyObject *arg, Py_ssize_t *value)
{
    PyObject *number = object_number_index(arg);
    *value = number == NULL ? -1 : object_int_as_ssize(number);
    Py_XDECREF(number);
    return *value != -1 || object_error_occurred() == NULL;
}
#endif
