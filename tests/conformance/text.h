/* text.h: what the conformance sources about str share: strings and exceptions as lines. Read check.h first. */
#ifndef PYMM_CHECK_TEXT_H
#define PYMM_CHECK_TEXT_H

#include "check.h"

#if PY_VERSION_HEX < 0x03090000 /* not there yet */
#define PyObject_CallNoArgs(callable) PyObject_CallObject((callable), NULL)
#define PyObject_GC_IsTracked(op) 1
#endif

/* The exception that is set goes to stderr, which is compared too, under a line of its own in stdout. */
CHECK_UNUSED static void check_raised(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "no exception" : ((PyTypeObject *)type)->tp_name);
    if (type == NULL)
        return;
    check_print_raised();
}

/* A string as ascii() shows it, and takes the reference. NULL: the exception. */
CHECK_UNUSED static void check_str(const char *name, PyObject *text)
{
    if (text == NULL) {
        check_raised(name);
        return;
    }
    PyObject *shown = PyObject_ASCII(text);
    check_text(name, "%s%s", PyUnicode_AsUTF8(shown), PyErr_Occurred() == NULL ? "" : " AND AN EXCEPTION");
    Py_DECREF(shown);
    Py_DECREF(text);
}

/* The exception that is set, as a line: its type and its text. It is cleared. */
CHECK_UNUSED static void check_error(const char *name)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *text = value == NULL ? NULL : PyObject_Str(value);
    check_text(name, "%s: %s", type == NULL ? "no exception" : ((PyTypeObject *)type)->tp_name,
               text == NULL ? "" : PyUnicode_AsUTF8(text));
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    PyErr_Clear();
}

/* An object as repr() shows it, and takes the reference. NULL: the exception. */
CHECK_UNUSED static void check_object(const char *name, PyObject *op)
{
    PyObject *text = op == NULL ? NULL : PyObject_Repr(op);
    if (text == NULL)
        check_error(name);
    else
        check_text(name, "%s%s", PyUnicode_AsUTF8(text), PyErr_Occurred() == NULL ? "" : " AND AN EXCEPTION");
    Py_XDECREF(text);
    Py_XDECREF(op);
}

/* What a method returns, called by its name with the arguments that a format of Py_BuildValue makes, a tuple. */
CHECK_UNUSED static void check_call(const char *name, PyObject *self, const char *method, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *args = Py_VaBuildValue(format, values), *bound = PyObject_GetAttrString(self, method);
    va_end(values);
    check_object(name, bound == NULL || args == NULL ? NULL : PyObject_Call(bound, args, NULL));
    Py_XDECREF(bound);
    Py_XDECREF(args);
}

CHECK_UNUSED static PyObject *utf8(const char *text) { return PyUnicode_FromString(text); }
#endif
