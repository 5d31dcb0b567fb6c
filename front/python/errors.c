/* errors.c: the names of the functions on exceptions; each is one of the object room's.
 *
 * Owns: the end of the process at a SystemExit that is printed, and the three parts into which older programs take an
 * exception. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

#include <stdlib.h>
#include <unistd.h>

void PyErr_SetObject(PyObject *exception, PyObject *value) { object_error_set_object(exception, value); }
void PyErr_SetNone(PyObject *exception) { object_error_set_object(exception, NULL); }
int PyErr_ExceptionMatches(PyObject *exception) { return object_error_matches(object_error_occurred(), exception); }
int PyErr_GivenExceptionMatches(PyObject *given, PyObject *exception) { return object_error_matches(given, exception); }
PyObject *PyErr_NoMemory(void) { return object_error_no_memory(); }
void PyErr_SetString(PyObject *exception, const char *text) { object_error_set(exception, text); }
PyObject *PyErr_Occurred(void) { return object_error_occurred(); }
void PyErr_Clear(void) { object_error_clear(); }
PyObject *PyErr_GetRaisedException(void) { return object_error_take(); }
void PyErr_SetRaisedException(PyObject *exception) { object_error_restore(exception); }
PyObject *PyErr_FormatV(PyObject *exception, const char *format, va_list arguments)
{
    return object_error_format_list(exception, format, arguments);
}
PyObject *PyErr_Format(PyObject *exception, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    object_error_format_list(exception, format, arguments);
    va_end(arguments);
    return NULL;
}
PyObject *PyErr_SetFromErrno(PyObject *exception) { return object_error_from_errno(exception, NULL, NULL); }
PyObject *PyErr_SetFromErrnoWithFilename(PyObject *exception, const char *filename)
{
    return object_error_from_errno_utf8(exception, filename);
}
PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *exception, PyObject *filename)
{
    return object_error_from_errno(exception, filename, NULL);
}
PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *exception, PyObject *filename, PyObject *filename2)
{
    return object_error_from_errno(exception, filename, filename2);
}
PyObject *PyErr_SetImportError(PyObject *message, PyObject *name, PyObject *path)
{
    return object_error_set_import(PyExc_ImportError, message, name, path);
}
PyObject *PyErr_SetImportErrorSubclass(PyObject *exception, PyObject *message, PyObject *name, PyObject *path)
{
    return object_error_set_import(exception, message, name, path);
}
PyObject *PyErr_NewException(const char *name, PyObject *base, PyObject *dict) { return object_error_type_new(name, NULL, base, dict); }
PyObject *PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict)
{
    return object_error_type_new(name, doc, base, dict);
}
int PyErr_CheckSignals(void) { return 0; }
int PyErr_BadArgument(void)
{
    object_error_bad_argument();
    return 0;
}


#undef PyErr_BadInternalCall
void _PyErr_BadInternalCall(const char *file, int line)
{
    object_error_format(PyExc_SystemError, "%s:%d: bad argument to internal function", file, line);
}

/* In parts. -------------------------------------------------------------------------------------------------------------- */

void PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback)
{
    *value = object_error_take();
    *type = *value == NULL ? NULL : Py_NewRef(Py_TYPE(*value));
    *traceback = *value == NULL ? NULL : Py_XNewRef(((PyBaseExceptionObject *)*value)->traceback);
}

void PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (type == NULL)
        object_error_clear();
    else if (value != NULL && PyExceptionInstance_Check(value))
        object_error_restore(Py_NewRef(value));
    else
        object_error_set_object(type, value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

void PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback)
{
    if (*type == NULL || (*value != NULL && PyExceptionInstance_Check(*value)))
        return;
    PyObject *current = object_error_take();
    PyErr_Restore(*type, *value, *traceback);
    PyErr_Fetch(type, value, traceback);
    object_error_restore(current);
}

/* Printed. --------------------------------------------------------------------------------------------------------------- */

void PyErr_DisplayException(PyObject *exception)
{
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    object_error_print(&out, exception);
    base_out_flush(&out);
}

void PyErr_PrintEx(int set_sys_last_vars)
{
    (void)set_sys_last_vars;
    PyObject *error = object_error_take();
    if (error == NULL)
        return;
    int code;
    if (object_error_exit_code(error, &code)) {
        Py_DECREF(error);
        exit(Py_FinalizeEx() < 0 ? 120 : code);
    }
    PyErr_DisplayException(error);
    Py_DECREF(error);
}

void PyErr_Print(void) { PyErr_PrintEx(1); }
void PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)
{
    (void)type;
    (void)traceback;
    PyErr_DisplayException(value);
}
void PyErr_WriteUnraisable(PyObject *where) { object_error_unraisable(where); }
void PyErr_FormatUnraisable(const char *format, ...)
{
    PyObject *error = object_error_take(), *message = NULL; /* the text is made without the exception that it is about */
    va_list arguments;
    va_start(arguments, format);
    message = format == NULL ? NULL : object_unicode_from_format_list(format, arguments);
    va_end(arguments);
    object_error_restore(error);
    object_error_unraisable_said(message, NULL);
}

/* The exception that is being handled. ----------------------------------------------------------------------------------- */

PyObject *front_handled(void)
{
    PyObject **place = front_handled_place();
    return place == NULL ? NULL : *place;
}

PyObject *PyErr_GetHandledException(void) { return Py_XNewRef(front_handled()); }
void PyErr_SetHandledException(PyObject *exception)
{
    PyObject **place = front_handled_place();
    if (place != NULL)
        Py_XSETREF(*place, exception == Py_None ? NULL : Py_XNewRef(exception));
}

void PyErr_GetExcInfo(PyObject **type, PyObject **value, PyObject **traceback)
{
    *value = PyErr_GetHandledException();
    *type = *value == NULL ? Py_None : Py_NewRef(Py_TYPE(*value));
    *traceback = Py_None;
    if (*value == NULL)
        *value = Py_None;
}
void PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyErr_SetHandledException(value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* Warnings. ---------------------------------------------------------------------------------------------------------------- */

int PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t stack_level)
{
    (void)stack_level;
    return object_warn_format(category, "%s", message);
}
static int warn_format(PyObject *category, const char *format, va_list arguments)
{
    PyObject *text = object_unicode_from_format_list(format, arguments);
    int result = text == NULL ? -1 : object_warn(category, text, NULL, 0);
    Py_XDECREF(text);
    return result;
}
int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...)
{
    (void)stack_level;
    va_list arguments;
    va_start(arguments, format);
    int result = warn_format(category, format, arguments);
    va_end(arguments);
    return result;
}
int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...)
{
    (void)source;
    (void)stack_level;
    va_list arguments;
    va_start(arguments, format);
    int result = warn_format(PyExc_ResourceWarning, format, arguments);
    va_end(arguments);
    return result;
}
int PyErr_WarnExplicitObject(PyObject *category, PyObject *message, PyObject *filename, int lineno, PyObject *module, PyObject *registry)
{
    (void)module;
    (void)registry;
    return object_warn(category, message, filename, lineno);
}
int PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int lineno, const char *module, PyObject *registry)
{
    (void)module;
    (void)registry;
    PyObject *text = object_unicode_from_utf8(message), *file = text == NULL ? NULL : object_unicode_from_utf8(filename);
    int result = file == NULL ? -1 : object_warn(category, text, file, lineno);
    Py_XDECREF(text);
    Py_XDECREF(file);
    return result;
}

/* What led to an exception. ---------------------------------------------------------------------------------------------- */

static PyBaseExceptionObject *base_of(PyObject *exception) { return (PyBaseExceptionObject *)exception; }

PyObject *PyException_GetTraceback(PyObject *exception) { return Py_XNewRef(base_of(exception)->traceback); }
int PyException_SetTraceback(PyObject *exception, PyObject *traceback) { return object_exception_set_traceback(exception, traceback); }
PyObject *PyException_GetArgs(PyObject *exception) { return Py_XNewRef(base_of(exception)->args); }
void PyException_SetArgs(PyObject *exception, PyObject *args) { Py_XSETREF(base_of(exception)->args, Py_NewRef(args)); }
PyObject *PyException_GetCause(PyObject *exception) { return Py_XNewRef(base_of(exception)->cause); }
PyObject *PyException_GetContext(PyObject *exception) { return Py_XNewRef(base_of(exception)->context); }
void PyException_SetContext(PyObject *exception, PyObject *context) { Py_XSETREF(base_of(exception)->context, context); }
void PyException_SetCause(PyObject *exception, PyObject *cause)
{
    object_exception_set_cause(exception, cause);
}

const char *PyExceptionClass_Name(PyObject *type) { return ((PyTypeObject *)type)->tp_name; }
