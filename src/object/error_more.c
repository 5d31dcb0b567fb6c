/* error_more.c: exceptions made from what the system says (errno), new types of exceptions, and warnings.
 *
 * A warning is a line on standard error, once for each text and category; there are no filters to change, and categories that
 * only developers want are not shown. Owns: the above. Read exception.h first. */
#include "exception.h"

#include <errno.h>
#include <unistd.h>

/* An entry of a dict, unless it is there. Takes `value` over, which may be NULL with an exception set. */
static bool entry_default(PyObject *dict, const char *name, PyObject *value)
{
    PyObject *key = value == NULL ? NULL : object_unicode_intern_utf8(name);
    int result = key == NULL ? -1 : object_dict_set_default(dict, key, value, NULL);
    Py_XDECREF(key);
    Py_XDECREF(value);
    return result >= 0;
}

/* errno. ------------------------------------------------------------------------------------------------------------------- */

PyObject *object_error_from_errno(PyObject *type, PyObject *file, PyObject *file2)
{
    int number = errno;
    PyObject *text = number != 0 ? object_unicode_decode_utf8(strerror(number), (Py_ssize_t)strlen(strerror(number)), "replace", NULL)
                                 : object_unicode_from_utf8("Error"); /* sometimes it is not set */
    PyObject *code = object_int_from_int64(number), *args = NULL;
    if (text != NULL && code != NULL) {
        PyObject *all[] = {code, text, file, Py_None, file2}; /* the fourth is a number of Windows' */
        args = object_tuple_from_items(all, file == NULL ? 2 : file2 == NULL ? 3 : 5);
    }
    Py_XDECREF(text);
    Py_XDECREF(code);
    PyObject *error = args == NULL ? NULL : object_call(type, args, NULL);
    Py_XDECREF(args);
    if (error != NULL)
        object_error_set_object((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
    return NULL;
}

PyObject *object_error_from_errno_utf8(PyObject *type, const char *file)
{
    int number = errno;
    PyObject *name = file == NULL ? NULL : object_unicode_decode_utf8(file, (Py_ssize_t)strlen(file), "surrogateescape", NULL);
    if (file != NULL && name == NULL)
        return NULL;
    errno = number;
    object_error_from_errno(type, name, NULL);
    Py_XDECREF(name);
    return NULL;
}

PyObject *object_error_set_import(PyObject *type, PyObject *message, PyObject *name, PyObject *path)
{
    if (!PyExceptionClass_Check(type) || !object_type_is_subtype((PyTypeObject *)type, (PyTypeObject *)PyExc_ImportError))
        return object_error_set(PyExc_TypeError, "expected a subclass of ImportError");
    if (message == NULL)
        return object_error_set(PyExc_TypeError, "expected a message argument");
    PyObject *kwds = object_dict_new(), *error = NULL;
    if (kwds != NULL && entry_default(kwds, "name", Py_NewRef(name == NULL ? Py_None : name)) &&
        entry_default(kwds, "path", Py_NewRef(path == NULL ? Py_None : path)))
        error = object_vectorcall_dict(type, &message, 1, kwds);
    Py_XDECREF(kwds);
    if (error != NULL)
        object_error_set_object((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
    return NULL;
}

/* New types. --------------------------------------------------------------------------------------------------------------- */

PyObject *object_error_type_new(const char *name, const char *doc, PyObject *base, PyObject *dict)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL)
        return object_error_set(PyExc_SystemError, "PyErr_NewException: name must be module.class");
    if (base == NULL)
        base = PyExc_Exception;
    dict = dict == NULL ? object_dict_new() : Py_NewRef(dict);
    PyObject *bases = PyTuple_Check(base) ? Py_NewRef(base) : object_tuple_from_items(&base, 1), *made = NULL;
    PyObject *text = object_unicode_from_utf8(dot + 1);
    if (dict != NULL && bases != NULL && text != NULL &&
        (doc == NULL || entry_default(dict, "__doc__", object_unicode_from_utf8(doc))) &&
        entry_default(dict, "__module__", object_unicode_from_utf8_size(name, dot - name))) {
        PyObject *args[] = {text, bases, dict};
        made = object_vectorcall((PyObject *)&PyType_Type, args, 3, NULL);
    }
    Py_XDECREF(text);
    Py_XDECREF(bases);
    Py_XDECREF(dict);
    return made;
}

/* Warnings. ---------------------------------------------------------------------------------------------------------------- */

static bool is_shown(PyTypeObject *category)
{
    PyObject *const quiet[] = {PyExc_DeprecationWarning, PyExc_PendingDeprecationWarning, PyExc_ImportWarning, PyExc_ResourceWarning,
                               PyExc_BytesWarning};
    for (size_t i = 0; i < PYMM_COUNT_OF(quiet); i++)
        if (object_type_is_subtype(category, (PyTypeObject *)quiet[i]))
            return false;
    return true;
}

/* 1: the same has been said already, from the same place; 0: not yet, and it is remembered; -1. */
static int is_said(PyObject *category, PyObject *text, PyObject *file, int line)
{
    static PyObject *said; /* (category, text, file, line) of all that were said; the GIL guards it */
    if (said == NULL && (said = object_dict_new()) == NULL)
        return -1;
    PyObject *number = object_int_from_int64(line), *key = NULL;
    PyObject *parts[] = {category, text, file == NULL ? Py_None : file, number};
    if (number != NULL)
        key = object_tuple_from_items(parts, 4);
    int result = key == NULL ? -1 : object_dict_set_default(said, key, Py_True, NULL);
    Py_XDECREF(number);
    Py_XDECREF(key);
    return result;
}

int object_warn(PyObject *category, PyObject *text, PyObject *file, int line)
{
    if (category == NULL)
        category = PyExc_RuntimeWarning;
    if (!PyExceptionClass_Check(category) || !object_type_is_subtype((PyTypeObject *)category, (PyTypeObject *)PyExc_Warning)) {
        object_error_format(PyExc_TypeError, "category must be a Warning subclass, not '%s'", Py_TYPE(category)->tp_name);
        return -1;
    }
    int is_old = is_shown((PyTypeObject *)category) ? is_said(category, text, file, line) : 1;
    if (is_old != 0)
        return is_old < 0 ? -1 : 0;
    PyObject *shown = file == NULL ? object_unicode_from_format("<sys>:0: %s: %S\n", object_type_name((PyTypeObject *)category), text)
                                   : object_unicode_from_format("%S:%d: %s: %S\n", file, line,
                                                                object_type_name((PyTypeObject *)category), text);
    const char *utf8 = shown == NULL ? NULL : object_unicode_utf8(shown, NULL);
    if (utf8 != NULL) {
        base_out out;
        base_out_open(&out, STDERR_FILENO);
        base_out_text(&out, utf8, strlen(utf8));
        base_out_flush(&out);
    }
    Py_XDECREF(shown);
    return utf8 == NULL ? -1 : 0;
}

int object_warn_format(PyObject *category, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = object_unicode_from_format_list(format, arguments);
    va_end(arguments);
    int result = text == NULL ? -1 : object_warn(category, text, NULL, 0);
    Py_XDECREF(text);
    return result;
}
