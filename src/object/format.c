/* format.c: objects as text by a format specification: how it is read, that of str and of what knows none.
 *
 * Does not own: numbers (format_number.c), str.format (format_fields.c). Read format.h first. */
#include "format.h"

/* Read. ------------------------------------------------------------------------------------------------------------------------- */

Py_ssize_t format_number_read(PyObject *text, Py_ssize_t *at, Py_ssize_t end, Py_ssize_t *number)
{
    Py_ssize_t start = *at;
    int digit;
    for (*number = 0; *at < end && (digit = object_char_decimal(PyUnicode_READ_CHAR(text, *at))) >= 0; ++*at) {
        if (*number > (PY_SSIZE_T_MAX - digit) / 10) {
            object_error_set(PyExc_ValueError, "Too many decimal digits in format string");
            return -1;
        }
        *number = *number * 10 + digit;
    }
    return *at - start;
}

/* A character as messages show it. */
static const char *shown(Py_UCS4 c, char to[16])
{
    base_format(to, 16, c > 32 && c < 128 ? "%c" : "\\x%x", (int)c);
    return to;
}

PyObject *format_type_unknown(Py_UCS4 type, PyObject *value)
{
    char text[16];
    return object_error_format(PyExc_ValueError, "Unknown format code '%s' for object of type '%.200s'", shown(type, text),
                               Py_TYPE(value)->tp_name);
}

static bool refuse(const char *text)
{
    object_error_set(PyExc_ValueError, text);
    return false;
}

static bool is_align(Py_UCS4 c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

typedef struct spec_reader {
    PyObject *text;
    Py_ssize_t at, end;
} spec_reader;

static Py_UCS4 peek(const spec_reader *r, Py_ssize_t more) { return r->at + more < r->end ? PyUnicode_READ_CHAR(r->text, r->at + more) : 0; }

static bool take(spec_reader *r, Py_UCS4 wanted)
{
    bool is_there = r->at < r->end && peek(r, 0) == wanted;
    r->at += is_there;
    return is_there;
}

/* Fill and alignment, and what stands before the width. */
static void flags_read(spec_reader *r, format_spec *s)
{
    bool has_fill = false, has_align = true, is_right = s->align == '>';
    if (is_align(peek(r, 1))) {
        s->fill = peek(r, 0);
        s->align = peek(r, 1);
        has_fill = true;
        r->at += 2;
    } else if (is_align(peek(r, 0))) {
        s->align = peek(r, 0);
        r->at++;
    } else {
        has_align = false;
    }
    if (peek(r, 0) == '+' || peek(r, 0) == '-' || peek(r, 0) == ' ')
        s->sign = peek(r, 0);
    r->at += s->sign != 0;
    s->is_positive_0 = take(r, 'z');
    s->is_alternate = take(r, '#');
    if (!has_fill && take(r, '0')) {
        s->fill = '0';
        s->align = !has_align && is_right ? '=' : s->align;
    }
}

static bool grouping_read(spec_reader *r, format_spec *s)
{
    s->separator = take(r, ',') ? ',' : 0;
    if (take(r, '_')) {
        if (s->separator != 0 || peek(r, 0) == ',')
            return refuse("Cannot specify both ',' and '_'.");
        s->separator = '_';
    }
    return true;
}

/* Do the separators of thousands go with the type? */
static bool grouping_check(const format_spec *s)
{
    char text[16];
    if (s->separator == 0 || s->type == 0 || (s->type < 128 && strchr("defgEFG%", (int)s->type) != NULL) ||
        (s->separator == '_' && s->type < 128 && strchr("boxX", (int)s->type) != NULL))
        return true;
    object_error_format(PyExc_ValueError, "Cannot specify '%c' with '%s'.", (int)s->separator, shown(s->type, text));
    return false;
}

bool format_spec_read(PyObject *text, PyObject *value, Py_UCS4 type, Py_UCS4 align, format_spec *to)
{
    spec_reader r = {text, 0, PyUnicode_GET_LENGTH(text)};
    *to = (format_spec){.fill = ' ', .align = align, .type = type, .width = -1, .precision = -1};
    flags_read(&r, to);
    Py_ssize_t number, digits = format_number_read(text, &r.at, r.end, &number);
    if (digits < 0)
        return false;
    to->width = digits > 0 ? number : -1;
    if (!grouping_read(&r, to))
        return false;
    if (take(&r, '.')) {
        digits = format_number_read(text, &r.at, r.end, &to->precision);
        if (digits <= 0)
            return digits == 0 ? refuse("Format specifier missing precision") : false;
    }
    if (r.end - r.at > 1) {
        object_error_format_objects(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text,
                                    Py_TYPE(value)->tp_name);
        return false;
    }
    if (r.at < r.end)
        to->type = peek(&r, 0);
    return grouping_check(to);
}

/* str, and any other object. ------------------------------------------------------------------------------------------------------ */

static bool spec_check(PyObject *spec)
{
    if (!PyUnicode_Check(spec))
        object_error_format(PyExc_TypeError, "__format__() argument must be str, not %.50s", spec == Py_None ? "None" : Py_TYPE(spec)->tp_name);
    return PyUnicode_Check(spec);
}

PyObject *format_object(PyObject *self, PyObject *spec)
{
    if (!spec_check(spec))
        return NULL;
    if (PyUnicode_GET_LENGTH(spec) > 0)
        return object_error_format(PyExc_TypeError, "unsupported format string passed to %.200s.__format__", Py_TYPE(self)->tp_name);
    return object_str(self);
}

static const char *str_refusal(const format_spec *s)
{
    return s->sign == ' '     ? "Space not allowed in string format specifier"
           : s->sign != 0     ? "Sign not allowed in string format specifier"
           : s->is_positive_0 ? "Negative zero coercion (z) not allowed in string format specifier"
           : s->is_alternate  ? "Alternate form (#) not allowed in string format specifier"
           : s->align == '='  ? "'=' alignment not allowed in string format specifier"
                              : NULL;
}

PyObject *format_str(PyObject *self, PyObject *spec)
{
    format_spec s;
    if (!spec_check(spec))
        return NULL;
    if (PyUnicode_GET_LENGTH(spec) == 0)
        return object_str(self);
    if (!format_spec_read(spec, self, 's', '<', &s))
        return NULL;
    if (s.type != 's')
        return format_type_unknown(s.type, self);
    if (str_refusal(&s) != NULL)
        return object_error_set(PyExc_ValueError, str_refusal(&s));
    Py_ssize_t count = PyUnicode_GET_LENGTH(self);
    count = s.precision >= 0 && s.precision < count ? s.precision : count;
    Py_ssize_t space = Py_MAX(s.width - count, 0), left = s.align == '>' ? space : s.align == '^' ? space / 2 : 0;
    object_text text;
    object_text_open(&text);
    object_text_fill(&text, s.fill, left);
    object_text_chars(&text, (int)PyUnicode_KIND(self), PyUnicode_DATA(self), count);
    object_text_fill(&text, s.fill, space - left);
    return object_text_close(&text);
}

PyObject *object_format(PyObject *op, PyObject *spec)
{
    if (spec != NULL && !PyUnicode_Check(spec))
        return object_error_format(PyExc_SystemError, "Format specifier must be a string, not %.200s", Py_TYPE(spec)->tp_name);
    bool is_empty = spec == NULL || PyUnicode_GET_LENGTH(spec) == 0;
    if (is_empty && (PyUnicode_CheckExact(op) || PyLong_CheckExact(op)))
        return object_str(op);
    PyObject *method = object_type_special_utf8(op, "__format__"), *made;
    if (method == NULL)
        return object_error_occurred() != NULL
                   ? NULL : object_error_format(PyExc_TypeError, "Type %.100s doesn't define __format__", Py_TYPE(op)->tp_name);
    PyObject *empty = spec == NULL ? object_unicode_empty() : Py_NewRef(spec);
    made = object_vectorcall(method, &empty, 1, NULL);
    Py_DECREF(empty);
    Py_DECREF(method);
    if (made != NULL && !PyUnicode_Check(made)) {
        object_error_format(PyExc_TypeError, "__format__ must return a str, not %.200s", Py_TYPE(made)->tp_name);
        Py_CLEAR(made);
    }
    return made;
}
