/* bytes_text.c: bytes as text that shows them, and bytes made of text: formats, and bytes() of any object.
 *
 * Owns: repr, PyBytes_FromFormat, PyBytes_FromObject, the tp_new. Read bytes.h first. */
#include "bytes.h"

#include <limits.h>
#include <stdio.h>

PyObject *bytes_repr(PyObject *self) { return object_bytes_repr(self, true); }

PyObject *object_bytes_repr(PyObject *self, bool may_double_quote)
{
    const unsigned char *text = (unsigned char *)bytes_text(self);
    Py_ssize_t size = Py_SIZE(self);
    bool is_single = memchr(text, '\'', (size_t)size) != NULL, is_double = memchr(text, '"', (size_t)size) != NULL;
    char quote = may_double_quote && is_single && !is_double ? '"' : '\'';
    object_text shown;
    object_text_open(&shown);
    object_text_char(&shown, 'b');
    object_text_char(&shown, (Py_UCS4)quote);
    for (Py_ssize_t i = 0; i < size; i++) {
        static const char letters[] = "\tt\nn\rr";
        const char *letter = text[i] == '\0' ? NULL : strchr(letters, text[i]);
        char escape[5] = {(char)text[i], 0};
        if (text[i] == quote || text[i] == '\\')
            snprintf(escape, sizeof escape, "\\%c", text[i]);
        else if (letter != NULL && text[i] < ' ')
            snprintf(escape, sizeof escape, "\\%c", letter[1]);
        else if (text[i] < ' ' || text[i] >= 0x7f)
            snprintf(escape, sizeof escape, "\\x%02x", text[i]);
        object_text_ascii(&shown, escape);
    }
    object_text_char(&shown, (Py_UCS4)quote);
    return object_text_close(&shown);
}

/* Bytes that grow. -------------------------------------------------------------------------------------------------------- */

typedef struct writer {
    PyObject *bytes; /* NULL: it has failed */
    Py_ssize_t used;
} writer;

static void put(writer *to, const char *text, size_t size)
{
    if (to->bytes == NULL)
        return;
    if (size > (size_t)(PY_SSIZE_T_MAX / 4 - to->used)) {
        Py_CLEAR(to->bytes);
        object_error_no_memory();
        return;
    }
    Py_ssize_t needed = to->used + (Py_ssize_t)size;
    if (needed > Py_SIZE(to->bytes) && object_bytes_resize(&to->bytes, needed + needed / 2) < 0)
        return;
    memcpy(bytes_text(to->bytes) + to->used, text, size);
    to->used = needed;
}

static PyObject *finished(writer *from)
{
    if (from->bytes != NULL)
        object_bytes_resize(&from->bytes, from->used);
    return from->bytes;
}

/* One format behind its %, width and precision; `size`: 'l', 'z' or 0. False: it is none, and the rest is written as it is. */
static bool format_put(writer *to, char code, char size, long precision, va_list *arguments)
{
    char text[32];
    const char *string;
    int byte;
    switch (code) {
    case 'c':
        byte = va_arg(*arguments, int);
        if (byte < 0 || byte > 255) {
            Py_CLEAR(to->bytes);
            object_error_set(PyExc_OverflowError, "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]");
        } else {
            text[0] = (char)byte;
            put(to, text, 1);
        }
        return true;
    case 'd':
        snprintf(text, sizeof text, "%lld", size == 'l'   ? (long long)va_arg(*arguments, long)
                                            : size == 'z' ? (long long)va_arg(*arguments, Py_ssize_t)
                                                          : (long long)va_arg(*arguments, int));
        break;
    case 'u':
        snprintf(text, sizeof text, "%llu", size == 'l'   ? (unsigned long long)va_arg(*arguments, unsigned long)
                                            : size == 'z' ? (unsigned long long)va_arg(*arguments, size_t)
                                                          : (unsigned long long)va_arg(*arguments, unsigned));
        break;
    case 'i': snprintf(text, sizeof text, "%d", va_arg(*arguments, int)); break;
    case 'x': snprintf(text, sizeof text, "%x", va_arg(*arguments, unsigned)); break;
    case 'p': snprintf(text, sizeof text, "0x%llx", (unsigned long long)(uintptr_t)va_arg(*arguments, void *)); break;
    case '%': memcpy(text, "%", 2); break;
    case 's':
        string = va_arg(*arguments, const char *);
        put(to, string, precision > 0 ? strnlen(string, (size_t)precision) : strlen(string));
        return true;
    default: return false;
    }
    put(to, text, strlen(text));
    return true;
}

static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

PyObject *object_bytes_from_format(const char *format, va_list *arguments)
{
    writer made = {object_bytes_new(16), 0};
    while (*format != '\0' && made.bytes != NULL) {
        const char *percent = strchr(format, '%');
        put(&made, format, percent == NULL ? strlen(format) : (size_t)(percent - format));
        if (percent == NULL)
            break;
        const char *at = percent + 1;
        long precision = 0;
        while (*at >= '0' && *at <= '9') /* a width is not used */
            at++;
        if (*at == '.')
            for (at++; *at >= '0' && *at <= '9'; at++)
                precision = Py_MIN(precision * 10 + (*at - '0'), INT_MAX);
        while (*at != '\0' && *at != '%' && !is_letter(*at))
            at++;
        char size = (*at == 'l' || *at == 'z') && (at[1] == 'd' || at[1] == 'u') ? *at++ : '\0';
        if (!format_put(&made, *at, size, precision, arguments)) {
            put(&made, percent, strlen(percent));
            break;
        }
        format = at + 1;
    }
    return finished(&made);
}

/* bytes(object). ------------------------------------------------------------------------------------------------------------ */

static PyObject *from_iterable(PyObject *iterable)
{
    PyObject *iterator = object_iter(iterable), *item;
    if (iterator == NULL) {
        if (object_error_is(PyExc_TypeError))
            object_error_format(PyExc_TypeError, "cannot convert '%.200s' object to bytes", Py_TYPE(iterable)->tp_name);
        return NULL;
    }
    writer made = {object_bytes_new(16), 0};
    while (made.bytes != NULL && (item = object_iter_next(iterator)) != NULL) {
        Py_ssize_t value = object_number_as_ssize(item, NULL);
        char byte = (char)value;
        Py_DECREF(item);
        if (value >= 0 && value < 256) {
            put(&made, &byte, 1);
            continue;
        }
        Py_CLEAR(made.bytes);
        if (value != -1 || object_error_occurred() == NULL)
            object_error_set(PyExc_ValueError, "bytes must be in range(0, 256)");
    }
    Py_DECREF(iterator);
    if (object_error_occurred() != NULL)
        Py_CLEAR(made.bytes);
    return finished(&made);
}

PyObject *object_bytes_from_object(PyObject *object)
{
    Py_buffer view;
    if (object == NULL)
        return object_error_bad_call();
    if (PyBytes_CheckExact(object))
        return Py_NewRef(object);
    if (Py_TYPE(object)->tp_as_buffer != NULL && Py_TYPE(object)->tp_as_buffer->bf_getbuffer != NULL) {
        if (object_buffer_get(object, &view, PyBUF_SIMPLE) < 0)
            return NULL;
        PyObject *made = object_bytes_from(view.buf, view.len);
        object_buffer_release(&view);
        return made;
    }
    if (PyUnicode_Check(object))
        return object_error_format(PyExc_TypeError, "cannot convert '%.200s' object to bytes", Py_TYPE(object)->tp_name);
    return from_iterable(object);
}

static PyObject *from_text(PyObject *text, PyObject *encoding, PyObject *errors)
{
    const char *encoding_name = object_unicode_utf8(encoding, NULL);
    const char *errors_name = encoding_name == NULL || errors == NULL ? NULL : object_unicode_utf8(errors, NULL);
    if (encoding_name == NULL || (errors != NULL && errors_name == NULL))
        return NULL;
    return object_unicode_encode(text, encoding_name, errors_name);
}

static PyObject *from_size(PyObject *number)
{
    Py_ssize_t size = object_number_as_ssize(number, PyExc_OverflowError);
    if (size == -1 && object_error_occurred() != NULL)
        return NULL;
    if (size < 0)
        return object_error_set(PyExc_ValueError, "negative count");
    PyObject *made = object_bytes_new(size);
    if (made != NULL && size > 0)
        memset(bytes_text(made), 0, (size_t)size);
    return made;
}

/* bytes(), bytes(size), bytes(object), bytes(text, encoding, errors) */
PyObject *bytes_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    Py_ssize_t count = args == NULL ? 0 : PyTuple_GET_SIZE(args);
    PyObject *first = count > 0 ? PyTuple_GET_ITEM(args, 0) : NULL, *made;
    if (count > 3)
        return object_error_format(PyExc_TypeError, "bytes() takes at most 3 arguments (%zd given)", count);
    if (keywords != NULL && object_dict_size(keywords) > 0)
        return object_error_set(PyExc_TypeError, "bytes() got an unexpected keyword argument");
    if (first == NULL)
        made = object_bytes_new(0);
    else if (PyUnicode_Check(first) && count > 1)
        made = from_text(first, PyTuple_GET_ITEM(args, 1), count > 2 ? PyTuple_GET_ITEM(args, 2) : NULL);
    else if (PyUnicode_Check(first) || count > 1)
        made = object_error_set(PyExc_TypeError, count > 1 ? "encoding without a string argument" : "string argument without an encoding");
    else
        made = object_is_index(first) ? from_size(first) : object_bytes_from_object(first);
    if (made == NULL || type == &PyBytes_Type)
        return made;
    PyObject *self = type->tp_alloc(type, Py_SIZE(made));
    if (self != NULL) {
        memcpy(bytes_text(self), bytes_text(made), (size_t)Py_SIZE(made));
        ((PyBytesObject *)self)->ob_shash = -1;
    }
    Py_DECREF(made);
    return self;
}

PyObject *object_bytes_of(PyObject *op)
{
    if (op == NULL)
        return object_bytes_from("<NULL>", 6);
    if (PyBytes_CheckExact(op))
        return Py_NewRef(op);
    PyObject *method = object_type_special_utf8(op, "__bytes__");
    if (method == NULL)
        return object_error_occurred() != NULL ? NULL : object_bytes_from_object(op);
    PyObject *made = object_vectorcall(method, NULL, 0, NULL);
    Py_DECREF(method);
    if (made != NULL && !PyBytes_Check(made)) {
        object_error_format(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}
