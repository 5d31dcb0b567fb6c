/* args_simple.c: one item of a format of PyArg_Parse*: which C type it is and what it accepts.
 *
 * Owns: the letters. Does not own: formats as a whole (args.c). Read args.h first. */
#include "args.h"

#include <limits.h>

/* Is the next character of the format this one? Then pass over it. */
static bool takes(args_reader *reader, char c)
{
    if (*reader->format != c)
        return false;
    reader->format++;
    return true;
}

#define PLACE(type) va_arg(reader->places, type *)
#define FAILED reader->message /* an exception is set */

/* Numbers. ------------------------------------------------------------------------------------------------------------------ */

/* b, h, i: *failed if it is not within the limits, and then an exception names the type as `what`. */
static long limited(PyObject *arg, long low, long high, const char *what, bool *failed)
{
    long value = object_int_as_long(arg);
    *failed = (value == -1 && object_error_occurred() != NULL) || value < low || value > high;
    if (*failed && object_error_occurred() == NULL)
        object_error_format(PyExc_OverflowError, "%s integer is %s", what, value < low ? "less than minimum" : "greater than maximum");
    return value;
}

static const char *limited_item(args_reader *reader, char code, PyObject *arg)
{
    bool failed;
    long value = code == 'b'   ? limited(arg, 0, UCHAR_MAX, "unsigned byte", &failed)
                 : code == 'h' ? limited(arg, SHRT_MIN, SHRT_MAX, "signed short", &failed)
                               : limited(arg, INT_MIN, INT_MAX, "signed", &failed);
    if (failed)
        return FAILED;
    if (code == 'b')
        *PLACE(unsigned char) = (unsigned char)value;
    else if (code == 'h')
        *PLACE(short) = (short)value;
    else
        *PLACE(int) = (int)value;
    return NULL;
}

/* B, H, I, k, K: cut off without a word. */
static const char *masked_item(args_reader *reader, char code, PyObject *arg)
{
    if ((code == 'k' || code == 'K') && !PyLong_Check(arg)) {
        (void)PLACE(void);
        return args_expected(reader, "int", arg);
    }
    uint64_t value = object_int_as_mask(arg);
    if (value == (uint64_t)-1 && object_error_occurred() != NULL)
        return FAILED;
    switch (code) {
    case 'B': *PLACE(unsigned char) = (unsigned char)value; break;
    case 'H': *PLACE(unsigned short) = (unsigned short)value; break;
    case 'I': *PLACE(unsigned) = (unsigned)value; break;
    case 'k': *PLACE(unsigned long) = (unsigned long)value; break;
    default: *PLACE(unsigned long long) = value; break;
    }
    return NULL;
}

static const char *number_item(args_reader *reader, char code, PyObject *arg)
{
    if (code == 'f' || code == 'd') {
        double value = object_float_as_double(arg);
        if (value == -1.0 && object_error_occurred() != NULL)
            return FAILED;
        if (code == 'f')
            *PLACE(float) = (float)value;
        else
            *PLACE(double) = value;
        return NULL;
    }
    PyObject *index = code == 'n' ? object_index(arg) : NULL;
    if (code == 'n' && index == NULL)
        return FAILED;
    long long value = code == 'n' ? object_int_as_ssize(index) : code == 'l' ? object_int_as_long(arg) : object_int_as_long_long(arg);
    Py_XDECREF(index);
    if (value == -1 && object_error_occurred() != NULL)
        return FAILED;
    if (code == 'n')
        *PLACE(Py_ssize_t) = (Py_ssize_t)value;
    else if (code == 'l')
        *PLACE(long) = (long)value;
    else
        *PLACE(long long) = value;
    return NULL;
}

/* Characters and truth. ------------------------------------------------------------------------------------------------------- */

static const char *byte_item(args_reader *reader, PyObject *arg)
{
    char *place = PLACE(char);
    if (!PyBytes_Check(arg) || PyBytes_GET_SIZE(arg) != 1)
        return args_expected(reader, "a byte string of length 1", arg);
    *place = PyBytes_AS_STRING(arg)[0];
    return NULL;
}

static const char *character_item(args_reader *reader, PyObject *arg)
{
    int *place = PLACE(int);
    if (!PyUnicode_Check(arg) || PyUnicode_GET_LENGTH(arg) != 1)
        return args_expected(reader, "a unicode character", arg);
    *place = (int)PyUnicode_READ_CHAR(arg, 0);
    return NULL;
}

static const char *truth_item(args_reader *reader, PyObject *arg)
{
    int truth = object_is_true(arg);
    if (truth < 0)
        return FAILED;
    *PLACE(int) = truth;
    return NULL;
}

/* Text and bytes. -------------------------------------------------------------------------------------------------------------- */

/* A buffer of contiguous bytes. NULL, or what it should have been. */
static const char *buffer_take(args_reader *reader, PyObject *arg, Py_buffer *view, int flags)
{
    if (object_buffer_get(arg, view, flags) != 0) {
        if (flags == PyBUF_SIMPLE || object_error_is(PyExc_MemoryError))
            return FAILED;
        object_error_clear();
        return args_expected(reader, "read-write bytes-like object", arg);
    }
    if (object_buffer_is_contiguous(view, 'C'))
        return NULL;
    object_buffer_release(view);
    return args_expected(reader, "contiguous buffer", arg);
}

/* y#, s# of what is no text: bytes that stay where they are when the buffer is let go of. */
static const char *bytes_borrow(args_reader *reader, PyObject *arg, const void **start, Py_ssize_t *bytes)
{
    PyBufferProcs *procs = Py_TYPE(arg)->tp_as_buffer;
    *start = NULL;
    if (procs != NULL && procs->bf_releasebuffer != NULL)
        return args_expected(reader, "read-only bytes-like object", arg);
    Py_buffer view;
    const char *message = buffer_take(reader, arg, &view, PyBUF_SIMPLE);
    if (message != NULL)
        return message;
    *start = view.buf;
    *bytes = view.len;
    object_buffer_release(&view);
    return NULL;
}

/* s*, z*, y*: into a Py_buffer. */
static const char *buffer_item(args_reader *reader, char code, PyObject *arg)
{
    Py_buffer *view = PLACE(Py_buffer);
    const char *message = NULL;
    if (code == 'z' && arg == Py_None) {
        object_buffer_fill(view, NULL, NULL, 0, true, 0);
    } else if (code != 'y' && PyUnicode_Check(arg)) {
        Py_ssize_t bytes;
        const char *utf8 = object_unicode_utf8(arg, &bytes);
        if (utf8 == NULL)
            return args_expected(reader, "(unicode conversion error)", arg);
        object_buffer_fill(view, arg, (void *)(uintptr_t)utf8, bytes, true, 0);
    } else {
        message = buffer_take(reader, arg, view, PyBUF_SIMPLE);
    }
    if (message == NULL)
        args_cleanup_add(reader, ARGS_BUFFER, view, NULL);
    return message;
}

/* s, z: the UTF-8 of a str; NULL for None if it is z. */
static const char *text_get(args_reader *reader, char code, PyObject *arg, const char **text, Py_ssize_t *bytes)
{
    *bytes = 0;
    *text = NULL;
    if (code == 'z' && arg == Py_None)
        return NULL;
    if (!PyUnicode_Check(arg))
        return args_expected(reader, code == 'z' ? "str or None" : "str", arg);
    *text = object_unicode_utf8(arg, bytes);
    return *text == NULL ? args_expected(reader, "(unicode conversion error)", arg) : NULL;
}

static const char *text_item(args_reader *reader, char code, PyObject *arg)
{
    if (takes(reader, '*'))
        return buffer_item(reader, code, arg);
    const void *start = NULL;
    const char *text = NULL, *message;
    Py_ssize_t bytes;
    const char **place = PLACE(const char *);
    bool has_size = takes(reader, '#');
    Py_ssize_t *size = has_size ? PLACE(Py_ssize_t) : NULL;
    bool is_buffer = code == 'y' || (has_size && !PyUnicode_Check(arg) && !(code == 'z' && arg == Py_None));
    if (is_buffer) {
        message = bytes_borrow(reader, arg, &start, &bytes);
        text = start;
    } else {
        message = text_get(reader, code, arg, &text, &bytes);
    }
    if (message == NULL || is_buffer) /* what is no text leaves the place as it was */
        *place = text;
    if (message != NULL)
        return message;
    if (has_size) {
        *size = bytes;
        return NULL;
    }
    if (text == NULL || strlen(text) == (size_t)bytes)
        return NULL;
    object_error_set(PyExc_ValueError, code == 'y' ? "embedded null byte" : "embedded null character");
    return FAILED;
}

static const char *writable_item(args_reader *reader, PyObject *arg)
{
    if (!takes(reader, '*'))
        return args_expected(reader, "(invalid use of 'w' format character)", arg);
    Py_buffer *view = PLACE(Py_buffer);
    const char *message = buffer_take(reader, arg, view, PyBUF_WRITABLE);
    if (message == NULL)
        args_cleanup_add(reader, ARGS_BUFFER, view, NULL);
    return message;
}

/* es, et: text in an encoding, in memory of its own or, with #, in the caller's. */
static const char *encoded_copy(args_reader *reader, PyObject *bytes, bool has_size)
{
    char **place = PLACE(char *);
    Py_ssize_t size = PyBytes_GET_SIZE(bytes), *room = has_size ? PLACE(Py_ssize_t) : NULL;
    bool is_given = has_size && *place != NULL;
    if (is_given && size + 1 > *room) {
        object_error_format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, *room - 1);
        return FAILED;
    }
    if (!has_size && strlen(PyBytes_AS_STRING(bytes)) != (size_t)size) {
        object_error_set(PyExc_ValueError, "embedded null byte");
        return FAILED;
    }
    if (!is_given) {
        if ((*place = domain_malloc(PYMM_DOMAIN_MEM, (size_t)size + 1)) == NULL) {
            object_error_no_memory();
            return FAILED;
        }
        args_cleanup_add(reader, ARGS_MEMORY, place, NULL);
    }
    memcpy(*place, PyBytes_AS_STRING(bytes), (size_t)size + 1);
    if (has_size)
        *room = size;
    return NULL;
}

static const char *encoded_item(args_reader *reader, PyObject *arg)
{
    const char *encoding = va_arg(reader->places, const char *);
    bool is_text = takes(reader, 's');
    if (!is_text && !takes(reader, 't'))
        return args_expected(reader, "(unknown parser marker combination)", arg);
    bool has_size = takes(reader, '#');
    PyObject *bytes;
    if (!is_text && PyBytes_Check(arg))
        bytes = Py_NewRef(arg);
    else if (!PyUnicode_Check(arg))
        return args_expected(reader, is_text ? "str" : "str, bytes or bytearray", arg);
    else if ((bytes = object_unicode_encode(arg, encoding, NULL)) == NULL)
        return args_expected(reader, "(encoding failed)", arg);
    const char *message = encoded_copy(reader, bytes, has_size);
    Py_DECREF(bytes);
    return message;
}

/* Objects. ------------------------------------------------------------------------------------------------------------------------ */

static const char *object_item(args_reader *reader, PyObject *arg)
{
    if (takes(reader, '!')) {
        PyTypeObject *type = va_arg(reader->places, PyTypeObject *);
        PyObject **place = PLACE(PyObject *);
        if (!object_type_is_subtype(Py_TYPE(arg), type))
            return args_expected(reader, type->tp_name, arg);
        *place = arg;
        return NULL;
    }
    if (takes(reader, '&')) {
        typedef int (*converter)(PyObject *, void *);
        converter convert = va_arg(reader->places, converter);
        void *place = va_arg(reader->places, void *);
        int result = convert(arg, place);
        if (result == 0)
            return args_expected(reader, "(unspecified)", arg);
        if (result == Py_CLEANUP_SUPPORTED)
            args_cleanup_add(reader, ARGS_CONVERTED, place, convert);
        return NULL;
    }
    *PLACE(PyObject *) = arg;
    return NULL;
}

static const char *typed_item(args_reader *reader, bool is_right, const char *name, PyObject *arg)
{
    PyObject **place = PLACE(PyObject *);
    if (!is_right)
        return args_expected(reader, name, arg);
    *place = arg;
    return NULL;
}

const char *args_simple(args_reader *reader, PyObject *arg)
{
    char code = *reader->format++;
    switch (code) {
    case 'b': case 'h': case 'i': return limited_item(reader, code, arg);
    case 'B': case 'H': case 'I': case 'k': case 'K': return masked_item(reader, code, arg);
    case 'n': case 'l': case 'L': case 'f': case 'd': return number_item(reader, code, arg);
    case 'c': return byte_item(reader, arg);
    case 'C': return character_item(reader, arg);
    case 'p': return truth_item(reader, arg);
    case 'y': return takes(reader, '*') ? buffer_item(reader, code, arg) : text_item(reader, code, arg);
    case 's': case 'z': return text_item(reader, code, arg);
    case 'w': return writable_item(reader, arg);
    case 'e': return encoded_item(reader, arg);
    case 'S': return typed_item(reader, PyBytes_Check(arg), "bytes", arg);
    case 'U': return typed_item(reader, PyUnicode_Check(arg), "str", arg);
    case 'Y': return typed_item(reader, false, "bytearray", arg); /* there are none */
    case 'O': return object_item(reader, arg);
    default: reader->format--; return args_expected(reader, "(impossible<bad format char>)", arg);
    }
}

/* Passed over. ------------------------------------------------------------------------------------------------------------------------ */

static const char *skip_simple(args_reader *reader)
{
    char code = *reader->format++;
    switch (code) {
    case 'e':
        (void)va_arg(reader->places, const char *);
        if (!takes(reader, 's') && !takes(reader, 't'))
            return "unknown parser marker combination";
        (void)va_arg(reader->places, char **);
        if (takes(reader, '#'))
            (void)va_arg(reader->places, Py_ssize_t *);
        return NULL;
    case 'O':
        if (takes(reader, '!'))
            (void)va_arg(reader->places, PyTypeObject *);
        else if (takes(reader, '&'))
            (void)va_arg(reader->places, void (*)(void));
        (void)va_arg(reader->places, void *);
        return NULL;
    case 's': case 'z': case 'y': case 'w':
        (void)va_arg(reader->places, void *);
        if (code != 'w' && takes(reader, '#'))
            (void)va_arg(reader->places, Py_ssize_t *);
        else
            takes(reader, '*');
        return NULL;
    default:
        if (strchr("bBhHiIlkLKnfdcCpSYU", code) == NULL)
            return "impossible<bad format char>";
        (void)va_arg(reader->places, void *);
        return NULL;
    }
}

const char *args_skip(args_reader *reader)
{
    if (*reader->format != '(')
        return skip_simple(reader);
    reader->format++;
    const char *message = NULL;
    while (message == NULL && *reader->format != ')')
        message = args_is_end(*reader->format) ? "Unmatched left paren in format string" : args_skip(reader);
    reader->format += message == NULL;
    return message;
}
