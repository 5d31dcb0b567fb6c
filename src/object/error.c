/* error.c: the error state of a thread: no exception, or one instance.
 *
 * Owns: the state, and how C code sets it. MemoryError cannot fail: when there is no memory for an instance, one that is
 * never freed serves. Does not own: types of exceptions (exception.c), what is written of them (error_print.c). Read object.h
 * first. */
#include "exception.h"

#include <stdio.h>

static OS_THREAD_LOCAL PyObject *error_current; /* owned; NULL: no exception */

/* Stands in for a MemoryError that there is no memory for. */
static PyBaseExceptionObject last_memory_error = {.ob_base = {{_Py_IMMORTAL_REFCNT}, NULL}};

PyObject *object_error_take(void)
{
    PyObject *error = error_current;
    error_current = NULL;
    return error;
}

void object_error_restore(PyObject *error)
{
    PyObject *old = error_current;
    error_current = error;
    Py_XDECREF(old);
}

void object_error_clear(void) { object_error_restore(NULL); }

PyObject *object_error_occurred(void) { return error_current == NULL ? NULL : (PyObject *)Py_TYPE(error_current); }

bool object_error_is(PyObject *type)
{
    return error_current != NULL && object_type_is_subtype(Py_TYPE(error_current), (PyTypeObject *)type);
}

bool object_error_matches(PyObject *error, PyObject *type)
{
    if (error == NULL || type == NULL)
        return false;
    if (PyTuple_Check(type)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type); i++)
            if (object_error_matches(error, PyTuple_GET_ITEM(type, i)))
                return true;
        return false;
    }
    if (PyExceptionInstance_Check(error))
        error = PyExceptionInstance_Class(error);
    if (PyExceptionClass_Check(error) && PyExceptionClass_Check(type))
        return object_type_is_subtype((PyTypeObject *)error, (PyTypeObject *)type);
    return error == type;
}

PyObject *object_error_stop_value(void)
{
    if (error_current == NULL)
        return Py_None;
    if (!object_error_is(PyExc_StopIteration))
        return NULL;
    PyObject *value = ((PyStopIterationObject *)error_current)->value;
    value = value == NULL ? Py_None : Py_NewRef(value);
    object_error_clear();
    return value;
}

/* What led to the exception being set: what is being handled (object_public.handled). An exception is never its own context,
 * however long the chain. */
static void context_set(PyObject *error)
{
    PyObject *handled = object_public.handled == NULL ? NULL : object_public.handled(); /* borrowed */
    PyBaseExceptionObject *at = (PyBaseExceptionObject *)handled, *made = (PyBaseExceptionObject *)error;
    if (handled == NULL || handled == error || error == (PyObject *)&last_memory_error)
        return;
    for (int links = 0; at != NULL && links < 1000; links++, at = (PyBaseExceptionObject *)at->context)
        if (at->context == error) {
            Py_CLEAR(at->context);
            break;
        }
    Py_XSETREF(made->context, Py_NewRef(handled));
}

/* Takes the reference over. */
static PyObject *error_set(PyObject *error)
{
    context_set(error);
    object_error_restore(error);
    return NULL;
}

static PyObject *error_no_memory_last(void)
{
    Py_SET_TYPE(&last_memory_error, (PyTypeObject *)PyExc_MemoryError);
    object_error_restore((PyObject *)&last_memory_error);
    return NULL;
}

PyObject *object_error_no_memory(void)
{
    PyObject *error = exception_plain_new((PyTypeObject *)PyExc_MemoryError, object_tuple_new(0));
    return error == NULL ? error_no_memory_last() : error_set(error);
}

/* An instance, with no exception set; NULL: another one is set. */
static PyObject *instance_made(PyObject *type, PyObject *value)
{
    object_error_clear(); /* nothing is called with an exception set */
    bool is_all = value != NULL && PyTuple_Check(value);
    PyObject *args = is_all ? Py_NewRef(value) : object_tuple_from_items(&value, value != NULL && value != Py_None);
    if (args == NULL)
        return NULL;
    PyObject *made = NULL;
    if (exception_is_plain((PyTypeObject *)type)) {
        made = exception_plain_new((PyTypeObject *)type, args);
        if (made == NULL)
            error_no_memory_last();
    } else {
        made = object_call(type, args, NULL);
    }
    Py_DECREF(args);
    if (made != NULL && !PyExceptionInstance_Check(made)) {
        object_error_format_objects(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %s", type,
                                    Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}

PyObject *object_error_set_object(PyObject *type, PyObject *value)
{
    if (type == NULL || !PyExceptionClass_Check(type))
        return object_error_format_objects(PyExc_SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", type);
    if (value != NULL && PyExceptionInstance_Check(value) && object_type_is_subtype(Py_TYPE(value), (PyTypeObject *)type))
        return error_set(Py_NewRef(value));
    Py_XINCREF(value);
    PyObject *error = instance_made(type, value);
    Py_XDECREF(value);
    return error == NULL ? NULL : error_set(error);
}

PyObject *object_error_set(PyObject *type, const char *text)
{
    PyObject *value = object_unicode_from_utf8(text);
    if (value != NULL)
        object_error_set_object(type, value);
    Py_XDECREF(value);
    return NULL;
}

/* For printf's formats. Names may be longer than there is room for: the text is cut. */
PyObject *object_error_format(PyObject *type, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    object_error_clear();
    PyObject *value = object_unicode_decode_utf8(text, (Py_ssize_t)strlen(text), "replace", NULL);
    if (value != NULL)
        object_error_set_object(type, value);
    Py_XDECREF(value);
    return NULL;
}

PyObject *object_error_format_list(PyObject *type, const char *format, va_list arguments)
{
    object_error_clear(); /* what is shown may run code */
    PyObject *value = object_unicode_from_format_list(format, arguments);
    if (value != NULL)
        object_error_set_object(type, value);
    Py_XDECREF(value);
    return NULL;
}

PyObject *object_error_format_objects(PyObject *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    object_error_format_list(type, format, arguments);
    va_end(arguments);
    return NULL;
}

void object_error_chain(PyObject *error, PyObject *cause)
{
    object_exception_set_cause(error, Py_NewRef(cause));
    Py_XSETREF(((PyBaseExceptionObject *)error)->context, Py_NewRef(cause));
}

PyObject *object_error_bad_argument(void)
{
    return object_error_set(PyExc_TypeError, "bad argument type for built-in operation");
}

/* The file as from the room: no path of the machine that built the library. */
PyObject *object_error_bad_call_at(const char *file, int line)
{
    const char *slash = strrchr(file, '/');
    return object_error_format(PyExc_SystemError, "object/%s:%d: bad argument to internal function",
                               slash == NULL ? file : slash + 1, line);
}
