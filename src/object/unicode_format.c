/* unicode_format.c: strings made as printf makes them: PyUnicode_FromFormat.
 *
 * Owns: the formats c d i u x X o with l ll z j t, s p, A U V S R T N, %, flags - 0 #, width and precision. Does not own:
 * object_text, into which it writes (text.c). Read first: "PyUnicode_FromFormat" in Python's documentation. */
#include "object.h"

#include <limits.h>

typedef enum length_name { LENGTH_INT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_SIZE, LENGTH_MAX, LENGTH_DIFFERENCE } length_name;

#define NOT_GIVEN (-1)
#define NEGATIVE (-2) /* a precision given as a negative argument: none for numbers, nothing of a text */

typedef struct spec {
    bool is_left, is_zero, is_alternate;
    Py_ssize_t width, precision;
    length_name length;
    char type;
} spec;

/* Reading a format. ------------------------------------------------------------------------------------------------------------- */

/* The digits of a width or a precision. NULL: too big. */
static const char *number_read(const char *at, Py_ssize_t *number)
{
    for (; *at >= '0' && *at <= '9'; at++) {
        int digit = *at - '0';
        *number = *number == NOT_GIVEN ? 0 : *number;
        if (*number > (PY_SSIZE_T_MAX - digit) / 10)
            return NULL;
        *number = *number * 10 + digit;
    }
    return at;
}

static const char *flags_read(const char *at, spec *s)
{
    for (;; at++) {
        if (*at == '-')
            s->is_left = true;
        else if (*at == '0')
            s->is_zero = true;
        else if (*at == '#')
            s->is_alternate = true;
        else
            return at;
    }
}

static const char *width_read(const char *at, spec *s, va_list *arguments)
{
    if (*at != '*') {
        at = number_read(at, &s->width);
        if (at == NULL)
            object_error_set(PyExc_ValueError, "width too big");
        return at;
    }
    s->width = va_arg(*arguments, int);
    if (s->width < 0) {
        s->is_left = true;
        s->width = -s->width;
    }
    return at + 1;
}

static const char *precision_read(const char *at, spec *s, va_list *arguments)
{
    if (*at == '*') {
        s->precision = va_arg(*arguments, int);
        s->precision = s->precision < 0 ? NEGATIVE : s->precision;
        return at + 1;
    }
    at = number_read(at, &s->precision);
    if (at == NULL)
        object_error_set(PyExc_ValueError, "precision too big");
    return at;
}

static const char *length_read(const char *at, length_name *length)
{
    *length = at[0] == 'l' && at[1] == 'l' ? LENGTH_LONG_LONG
              : *at == 'l'                 ? LENGTH_LONG
              : *at == 'z'                 ? LENGTH_SIZE
              : *at == 'j'                 ? LENGTH_MAX
              : *at == 't'                 ? LENGTH_DIFFERENCE
                                           : LENGTH_INT;
    return at + (*length == LENGTH_LONG_LONG ? 2 : *length != LENGTH_INT);
}

/* What stands between `%` and the type. NULL with an exception. */
static const char *spec_read(const char *at, spec *s, va_list *arguments)
{
    *s = (spec){.width = NOT_GIVEN, .precision = NOT_GIVEN};
    at = width_read(flags_read(at, s), s, arguments);
    if (at != NULL && *at == '.')
        at = precision_read(at + 1, s, arguments);
    if (at == NULL)
        return NULL;
    at = length_read(at, &s->length);
    s->type = *at;
    return at;
}

/* Not every type goes with every length and width. */
static bool is_possible(const spec *s, bool is_plain)
{
    if (s->type == '\0')
        return false;
    if (strchr("diouxX", s->type) != NULL)
        return true;
    if (s->type == '%')
        return is_plain;
    if (s->type == 'c' || s->type == 'p')
        return s->length == LENGTH_INT && s->width == NOT_GIVEN && s->precision == NOT_GIVEN;
    if (s->type == 's' || s->type == 'V')
        return s->length == LENGTH_INT || s->length == LENGTH_LONG;
    return strchr("UASRTN", s->type) != NULL && s->length == LENGTH_INT;
}

/* Writing. ------------------------------------------------------------------------------------------------------------------------ */

static void put_padded(object_text *text, const spec *s, int kind, const void *data, Py_ssize_t count)
{
    if (s->precision != NOT_GIVEN && count > s->precision)
        count = s->precision < 0 ? 0 : s->precision;
    if (!s->is_left)
        object_text_fill(text, ' ', s->width - count);
    object_text_chars(text, kind, data, count);
    if (s->is_left)
        object_text_fill(text, ' ', s->width - count);
}

static int put_str(object_text *text, const spec *s, PyObject *string)
{
    put_padded(text, s, PyUnicode_KIND(string), PyUnicode_DATA(string), PyUnicode_GET_LENGTH(string));
    return 0;
}

/* Takes the reference; NULL: failed. */
static int put_new(object_text *text, const spec *s, PyObject *string)
{
    if (string == NULL)
        return -1;
    put_str(text, s, string);
    Py_DECREF(string);
    return 0;
}

/* UTF-8, of which the precision counts the bytes; no more than these are read. What is faulty or cut becomes U+FFFD. */
static int put_utf8(object_text *text, const spec *s, const char *utf8)
{
    Py_ssize_t bytes = 0, most = s->precision == NOT_GIVEN ? PY_SSIZE_T_MAX : s->precision;
    while (bytes < most && utf8[bytes] != '\0')
        bytes++;
    spec whole = *s;
    whole.precision = NOT_GIVEN;
    return put_new(text, &whole, object_unicode_decode_utf8(utf8, bytes, "replace", NULL));
}

static int put_wide(object_text *text, const spec *s, const wchar_t *wide)
{
    Py_ssize_t count = 0, most = s->precision == NOT_GIVEN ? PY_SSIZE_T_MAX : s->precision;
    while (count < most && wide[count] != L'\0')
        count++;
    return put_new(text, s, object_unicode_from_wide(wide, count));
}

static void put_digits(object_text *text, const spec *s, bool is_negative, const char *digits)
{
    Py_ssize_t count = (Py_ssize_t)strlen(digits), zeros = s->precision > count ? s->precision - count : 0;
    Py_ssize_t blank = s->width - count - zeros - is_negative;
    if (s->is_zero && !s->is_left && blank > 0) {
        zeros += blank;
        blank = 0;
    }
    if (!s->is_left)
        object_text_fill(text, ' ', blank);
    if (is_negative)
        object_text_char(text, '-');
    object_text_fill(text, '0', zeros);
    object_text_chars(text, 1, digits, count);
    if (s->is_left)
        object_text_fill(text, ' ', blank);
}

/* An integer of the arguments, its bits extended as its type says. */
static uintmax_t integer_take(length_name length, bool is_signed, va_list *arguments)
{
    switch (length) {
    case LENGTH_LONG: return is_signed ? (uintmax_t)va_arg(*arguments, long) : va_arg(*arguments, unsigned long);
    case LENGTH_LONG_LONG: return (uintmax_t)va_arg(*arguments, long long);
    case LENGTH_SIZE: return is_signed ? (uintmax_t)va_arg(*arguments, Py_ssize_t) : va_arg(*arguments, size_t);
    case LENGTH_MAX: return va_arg(*arguments, uintmax_t);
    case LENGTH_DIFFERENCE: return is_signed ? (uintmax_t)va_arg(*arguments, ptrdiff_t) : (size_t)va_arg(*arguments, ptrdiff_t);
    default: return is_signed ? (uintmax_t)va_arg(*arguments, int) : va_arg(*arguments, unsigned);
    }
}

static int put_integer(object_text *text, const spec *s, va_list *arguments)
{
    char buffer[72], *at = buffer + sizeof buffer - 1;
    bool is_signed = s->type == 'd' || s->type == 'i';
    unsigned base = s->type == 'x' || s->type == 'X' ? 16 : s->type == 'o' ? 8 : 10;
    uintmax_t value = integer_take(s->length, is_signed, arguments);
    bool is_negative = is_signed && (intmax_t)value < 0;
    value = is_negative ? 0 - value : value;
    *at = '\0';
    do
        *--at = (s->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
    while ((value /= base) != 0);
    put_digits(text, s, is_negative, at);
    return 0;
}

/* NULL looks as it does where CPython runs on this kind of system. */
static int put_pointer(object_text *text, const void *pointer)
{
    char address[32];
    if (pointer == NULL)
        base_format(address, sizeof address, "0x(nil)");
    else
        base_format(address, sizeof address, "%p", pointer);
    object_text_ascii(text, address);
    return 0;
}

static int put_char(object_text *text, int character)
{
    if (character < 0 || character > 0x10ffff) {
        object_error_set(PyExc_OverflowError, "character argument not in range(0x110000)");
        return -1;
    }
    object_text_char(text, (Py_UCS4)character);
    return 0;
}

/* The name of a type with its module's; ':' between them for %#T and %#N. */
static int put_type(object_text *text, const spec *s, PyObject *type)
{
    if (PyType_Check(type))
        return put_new(text, s, object_type_full_name((PyTypeObject *)type, s->is_alternate ? ':' : '.'));
    object_error_set(PyExc_TypeError, "%N argument must be a type");
    return -1;
}

/* One format with its argument. 0, or -1 with an exception. */
static int put_one(object_text *text, const spec *s, va_list *arguments)
{
    PyObject *object;
    switch (s->type) {
    case '%': object_text_char(text, '%'); return 0;
    case 'c': return put_char(text, va_arg(*arguments, int));
    case 'p': return put_pointer(text, va_arg(*arguments, void *));
    case 'A': return put_new(text, s, object_ascii(va_arg(*arguments, PyObject *)));
    case 'R': return put_new(text, s, object_repr(va_arg(*arguments, PyObject *)));
    case 'S': return put_new(text, s, object_str(va_arg(*arguments, PyObject *)));
    case 'U': return put_str(text, s, va_arg(*arguments, PyObject *));
    case 'T': return put_type(text, s, (PyObject *)Py_TYPE(va_arg(*arguments, PyObject *)));
    case 'N': return put_type(text, s, va_arg(*arguments, PyObject *));
    case 's':
    case 'V':
        object = s->type == 'V' ? va_arg(*arguments, PyObject *) : NULL;
        if (s->length == LENGTH_LONG) {
            const wchar_t *wide = va_arg(*arguments, const wchar_t *);
            return object != NULL ? put_str(text, s, object) : put_wide(text, s, wide);
        }
        const char *utf8 = va_arg(*arguments, const char *);
        return object != NULL ? put_str(text, s, object) : put_utf8(text, s, utf8);
    default: return put_integer(text, s, arguments);
    }
}

static int put_all(object_text *text, const char *format, va_list *arguments)
{
    while (*format != '\0') {
        const char *end = format;
        for (; *end != '\0' && *end != '%'; end++) {
            if ((unsigned char)*end < 0x80)
                continue;
            object_error_format(PyExc_ValueError,
                                "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x%02x",
                                (unsigned char)*end);
            return -1;
        }
        object_text_chars(text, 1, format, end - format);
        if (*end == '\0')
            return 0;
        spec s;
        format = spec_read(end + 1, &s, arguments);
        if (format == NULL)
            return -1;
        if (!is_possible(&s, format == end + 1)) {
            object_error_format(PyExc_SystemError, "invalid format string: %s", end);
            return -1;
        }
        if (put_one(text, &s, arguments) < 0)
            return -1;
        format++;
    }
    return 0;
}

PyObject *object_unicode_from_format_list(const char *format, va_list arguments)
{
    va_list copy;
    object_text text;
    va_copy(copy, arguments);
    object_text_open(&text);
    int result = put_all(&text, format, &copy);
    va_end(copy);
    if (result == 0)
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

PyObject *object_unicode_from_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = object_unicode_from_format_list(format, arguments);
    va_end(arguments);
    return text;
}
