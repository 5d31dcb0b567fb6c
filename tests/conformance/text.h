/* text.h: what the conformance sources about str share: strings and exceptions as lines. Read check.h first. */
#ifndef PYMM_CHECK_TEXT_H
#define PYMM_CHECK_TEXT_H

#include "check.h"

/* The exception that is set goes to stderr, which is compared too, under a line of its own in stdout. */
CHECK_UNUSED static void check_raised(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "no exception" : ((PyTypeObject *)type)->tp_name);
    if (type == NULL)
        return;
    PyErr_Print();
#if PY_VERSION_HEX < 0x03080000 /* a text on stderr waited for the end of the interpreter there */
    Py_XDECREF(PyObject_CallMethod(PySys_GetObject("stderr"), "flush", NULL));
#endif
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

CHECK_UNUSED static PyObject *utf8(const char *text) { return PyUnicode_FromString(text); }
#endif
