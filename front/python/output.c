/* output.c: text and objects written to the C library's streams, and text functions under CPython's names.
 *
 * Owns: the above. Does not own: what the library itself has to say (fatal.c, errors.c). Read python/sysmodule.h first. */
#include "front.h"

#include "object/object.h"

#define WRITTEN_BYTES 1000

int PyOS_vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    int length = size > (size_t)INT_MAX - 512 ? -666 : vsnprintf(text, size, format, arguments);
    if (size > 0)
        text[size - 1] = '\0';
    return length;
}

int PyOS_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = PyOS_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int PyOS_mystrnicmp(const char *left, const char *right, Py_ssize_t size)
{
    if (size == 0)
        return 0;
    while (--size > 0 && *left != '\0' && *right != '\0' && Py_TOLOWER(*left) == Py_TOLOWER(*right))
        left++, right++;
    return Py_TOLOWER(*left) - Py_TOLOWER(*right);
}

int PyOS_mystricmp(const char *left, const char *right) { return PyOS_mystrnicmp(left, right, PY_SSIZE_T_MAX); }

static void write_text(FILE *file, const char *format, va_list arguments)
{
    char text[WRITTEN_BYTES + 1];
    int length = vsnprintf(text, sizeof text, format, arguments);
    fputs(text, file);
    if (length < 0 || length > WRITTEN_BYTES)
        fputs("... truncated", file);
}

void PySys_WriteStdout(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_text(stdout, format, arguments);
    va_end(arguments);
}

void PySys_WriteStderr(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_text(stderr, format, arguments);
    va_end(arguments);
}

/* A str as UTF-8; what that has no place for as an escape. 0, or -1 with an exception. Takes the reference. */
static int write_str(FILE *file, PyObject *text)
{
    PyObject *bytes = text == NULL ? NULL : object_unicode_encode(text, "utf-8", "backslashreplace");
    Py_XDECREF(text);
    if (bytes == NULL)
        return -1;
    size_t size = (size_t)PyBytes_GET_SIZE(bytes);
    bool is_written = fwrite(PyBytes_AS_STRING(bytes), 1, size, file) == size;
    if (!is_written)
        PyErr_SetFromErrno(PyExc_OSError);
    Py_DECREF(bytes);
    return is_written ? 0 : -1;
}

static void write_objects(FILE *file, const char *format, va_list arguments)
{
    PyObject *error = object_error_take();
    if (write_str(file, object_unicode_from_format_list(format, arguments)) != 0)
        object_error_clear();
    object_error_restore(error);
}

void PySys_FormatStdout(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_objects(stdout, format, arguments);
    va_end(arguments);
}

void PySys_FormatStderr(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_objects(stderr, format, arguments);
    va_end(arguments);
}

int PyObject_Print(PyObject *op, FILE *file, int flags)
{
    if (op == NULL)
        return fputs("<nil>", file) < 0 ? (PyErr_SetFromErrno(PyExc_OSError), -1) : 0;
    return write_str(file, flags & Py_PRINT_RAW ? object_str(op) : object_repr(op));
}
