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
void PyErr_WriteUnraisable(PyObject *where) { object_error_unraisable(where); }

/* What led to an exception. ---------------------------------------------------------------------------------------------- */

static PyBaseExceptionObject *base_of(PyObject *exception) { return (PyBaseExceptionObject *)exception; }

PyObject *PyException_GetCause(PyObject *exception) { return Py_XNewRef(base_of(exception)->cause); }
PyObject *PyException_GetContext(PyObject *exception) { return Py_XNewRef(base_of(exception)->context); }
void PyException_SetContext(PyObject *exception, PyObject *context) { Py_XSETREF(base_of(exception)->context, context); }
void PyException_SetCause(PyObject *exception, PyObject *cause)
{
    base_of(exception)->suppress_context = 1;
    Py_XSETREF(base_of(exception)->cause, cause);
}

const char *PyExceptionClass_Name(PyObject *type) { return ((PyTypeObject *)type)->tp_name; }
