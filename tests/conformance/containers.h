/* containers.h: printing objects and exceptions for the conformance sources on containers. Read check.h first. */
#ifndef PYMM_CHECK_CONTAINERS_H
#define PYMM_CHECK_CONTAINERS_H

#include "check.h"

/* Objects are written here and not by their reprs, so that what is compared is what is in a container. */
typedef struct check_writer {
    char text[4000];
    size_t length;
} check_writer;

CHECK_UNUSED __attribute__((format(printf, 2, 3))) static void check_write(check_writer *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(to->text + to->length, sizeof to->text - to->length, format, arguments);
    va_end(arguments);
    to->length += (size_t)length < sizeof to->text - to->length ? (size_t)length : 0;
}

CHECK_UNUSED static void check_write_object(check_writer *to, PyObject *op)
{
    Py_ssize_t at = 0;
    PyObject *key, *value;
    if (op == Py_None || op == Py_NotImplemented)
        check_write(to, op == Py_None ? "None" : "NotImplemented");
    else if (PyBool_Check(op))
        check_write(to, op == Py_True ? "True" : "False");
    else if (PyLong_Check(op))
        check_write(to, "%ld", PyLong_AsLong(op));
    else if (PyUnicode_Check(op))
        check_write(to, "'%s'", PyUnicode_AsUTF8(op));
    else if (PySlice_Check(op)) {
        check_write_object(to, ((PySliceObject *)op)->start);
        check_write(to, ":");
        check_write_object(to, ((PySliceObject *)op)->stop);
    } else if (PyDict_Check(op)) {
        check_write(to, "{");
        while (PyDict_Next(op, &at, &key, &value)) {
            check_write_object(to, key);
            check_write(to, ":");
            check_write_object(to, value);
            check_write(to, " ");
        }
        check_write(to, "}");
    } else if (PyList_Check(op) || PyTuple_Check(op) || PyAnySet_Check(op)) {
        PyObject *iterator = PyObject_GetIter(op);
        check_write(to, "%s(", Py_TYPE(op)->tp_name);
        while ((value = PyIter_Next(iterator)) != NULL) {
            check_write_object(to, value);
            check_write(to, " ");
            Py_DECREF(value);
        }
        check_write(to, ")");
        Py_DECREF(iterator);
    } else {
        check_write(to, "a %s", Py_TYPE(op)->tp_name);
    }
}

/* An object, of which the reference is given up, or the exception that stands in its place: cleared, its text is on stderr. Not that
 * of a SystemError, which names a line of the source, nor that of a KeyError, which shows the key by its repr. */
CHECK_UNUSED static void check_object(const char *name, PyObject *object)
{
    check_writer to = {"", 0};
    if (object != NULL) {
        check_write_object(&to, object);
        check_text(name, "%s", to.text);
        Py_DECREF(object);
    } else if (PyErr_Occurred() == NULL) {
        check_text(name, "none");
    } else {
        check_text(name, "%s", ((PyTypeObject *)PyErr_Occurred())->tp_name);
        if (PyErr_ExceptionMatches(PyExc_SystemError) || PyErr_ExceptionMatches(PyExc_KeyError))
            PyErr_Clear();
        else
            check_print_raised();
    }
}

/* An object whose reference is kept. (Py_NewRef came with 3.10.) */
CHECK_UNUSED static void check_kept(const char *name, PyObject *object)
{
    Py_XINCREF(object);
    check_object(name, object);
}

/* A number; with the exception if there is one. */
CHECK_UNUSED static void check_number(const char *name, Py_ssize_t number)
{
    check_int(name, number);
    if (PyErr_Occurred() != NULL)
        check_object(name, NULL);
}

CHECK_UNUSED static PyObject *number(long value) { return PyLong_FromLong(value); }

/* A list or, by PyList_AsTuple and the like, something made of one: numbers from `first` up. */
CHECK_UNUSED static PyObject *numbers(long first, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; i < count; i++)
        PyList_SET_ITEM(list, i, PyLong_FromLong(first + (long)i));
    return list;
}
#endif
