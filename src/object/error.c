/* error.c: the error state of a thread: no exception, or one instance.
 *
 * Owns: the state, and how C code sets it. MemoryError cannot fail: when there is no memory for an instance, one that is
 * never freed serves. Does not own: types of exceptions (exception.c). Read object.h first. */
#include "exception.h"

#include <stdio.h>

static OS_THREAD_LOCAL PyObject *error_current; /* owned; NULL: no exception */

/* Stands in for a MemoryError that there is no memory for. */
static exception last_memory_error = {.base.ob_base = {{_Py_IMMORTAL_REFCNT}, NULL}};

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
    if (PyType_FastSubclass(Py_TYPE(type), Py_TPFLAGS_TUPLE_SUBCLASS)) {
        PyObject **items = (PyObject **)((PyVarObject *)type + 1);
        for (Py_ssize_t i = 0; i < Py_SIZE(type); i++)
            if (object_error_matches(error, items[i]))
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
    exception *error = (exception *)error_current;
    PyObject *value = error->value == NULL ? Py_None : Py_NewRef(error->value);
    object_error_clear();
    return value;
}

static PyObject *error_no_memory_last(void)
{
    Py_SET_TYPE(&last_memory_error, (PyTypeObject *)PyExc_MemoryError);
    object_error_restore((PyObject *)&last_memory_error);
    return NULL;
}

/* An instance of which the arguments are still to be made; NULL: no memory, and that is set. Takes `text` over. */
static exception *error_new(PyObject *type, char *text)
{
    exception *error = object_gc_take((size_t)((PyTypeObject *)type)->tp_basicsize, true);
    if (error == NULL) {
        domain_free(PYMM_DOMAIN_OBJ, text);
        error_no_memory_last();
        return NULL;
    }
    error->text = text;
    object_head_init((PyObject *)error, (PyTypeObject *)type);
    object_gc_track((PyObject *)error);
    return error;
}

PyObject *object_error_set(PyObject *type, const char *text)
{
    char *copy = NULL;
    if (text != NULL) {
        size_t bytes = strlen(text) + 1;
        copy = domain_malloc(PYMM_DOMAIN_OBJ, bytes);
        if (copy == NULL)
            return error_no_memory_last();
        memcpy(copy, text, bytes);
    }
    exception *error = error_new(type, copy);
    if (error != NULL)
        object_error_restore((PyObject *)error);
    return NULL;
}

PyObject *object_error_set_object(PyObject *type, PyObject *value)
{
    if (value != NULL && PyExceptionInstance_Check(value) && object_type_is_subtype(Py_TYPE(value), (PyTypeObject *)type)) {
        object_error_restore(Py_NewRef(value));
        return NULL;
    }
    exception *error = error_new(type, NULL);
    if (error == NULL)
        return NULL;
    error->value = value == Py_None ? NULL : Py_XNewRef(value);
    object_error_restore((PyObject *)error);
    return NULL;
}

PyObject *object_error_format(PyObject *type, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return object_error_set(type, text);
}

PyObject *object_error_format_objects(PyObject *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = object_unicode_from_format_list(format, arguments);
    va_end(arguments);
    const char *utf8 = text == NULL ? NULL : object_unicode_utf8(text, NULL);
    if (utf8 != NULL)
        object_error_set(type, utf8);
    Py_XDECREF(text);
    return NULL;
}

PyObject *object_error_no_memory(void) { return object_error_set(PyExc_MemoryError, NULL); }

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
