/* unicode_percent.c: format % arguments, of str and of bytes, whose format is taken for a str of as many characters.
 *
 * Owns: reading formats, which argument each takes, widths and signs. Does not own: numbers as text (int_text.c, float_text.c).
 * Read first: "printf-style String Formatting" in Python's documentation. */
#include "row.h"

#include <limits.h>

typedef struct percent {
    PyObject *format, *args, *mapping; /* mapping: NULL, if the arguments are none */
    Py_ssize_t at, arg, arg_count;     /* arg: the next one; a single argument is number -2 of -1 */
    bool is_bytes;
    object_text text;
    PyObject *value; /* a reference: what a key of the mapping has brought, for as long as the format lasts */
} percent;

typedef struct spec {
    bool is_left, has_sign, has_blank, is_alternate, is_zero;
    Py_ssize_t width, precision; /* -1: not given */
    Py_UCS4 type;
} spec;

#define NO_ARGUMENTS (-1)

static Py_UCS4 peek(const percent *p) { return p->at < PyUnicode_GET_LENGTH(p->format) ? PyUnicode_READ_CHAR(p->format, p->at) : 0; }
static bool is_end(const percent *p) { return p->at >= PyUnicode_GET_LENGTH(p->format); }

/* Borrowed. */
static PyObject *argument_next(percent *p)
{
    if (p->arg >= p->arg_count)
        return object_error_set(PyExc_TypeError, "not enough arguments for format string");
    p->arg++;
    return p->arg_count < 0 ? p->args : PyTuple_GET_ITEM(p->args, p->arg - 1);
}

/* (key): the mapping's value is the only argument from now on. */
static bool key_read(percent *p)
{
    Py_ssize_t start = ++p->at, open = 1;
    if (p->mapping == NULL) {
        object_error_set(PyExc_TypeError, "format requires a mapping");
        return false;
    }
    for (; open > 0 && !is_end(p); p->at++)
        open += peek(p) == '(' ? 1 : peek(p) == ')' ? -1 : 0;
    if (open > 0) {
        object_error_set(PyExc_ValueError, "incomplete format key");
        return false;
    }
    PyObject *key = p->is_bytes ? object_bytes_from((char *)PyUnicode_DATA(p->format) + start, p->at - 1 - start)
                                : object_unicode_substring(p->format, start, p->at - 1);
    PyObject *value = key == NULL ? NULL : object_item_get(p->mapping, key);
    Py_XDECREF(key);
    if (value == NULL)
        return false;
    Py_XSETREF(p->value, value);
    p->args = value;
    p->arg = NO_ARGUMENTS - 1;
    p->arg_count = NO_ARGUMENTS;
    return true;
}

static void flags_read(percent *p, spec *s)
{
    for (;; p->at++)
        switch (peek(p)) {
        case '-': s->is_left = true; break;
        case '+': s->has_sign = true; break;
        case ' ': s->has_blank = true; break;
        case '#': s->is_alternate = true; break;
        case '0': s->is_zero = true; break;
        default: return;
        }
}

/* A number, or `*`. False: an exception is set. */
static bool number_read(percent *p, Py_ssize_t *number, Py_ssize_t most, const char *too_big)
{
    if (peek(p) == '*') {
        PyObject *value = argument_next(p);
        p->at++;
        if (value == NULL)
            return false;
        if (!PyLong_Check(value)) {
            object_error_set(PyExc_TypeError, "* wants int");
            return false;
        }
        *number = object_int_as_ssize(value);
        return *number != -1 || object_error_occurred() == NULL;
    }
    for (*number = 0; peek(p) >= '0' && peek(p) <= '9'; p->at++) {
        int digit = (int)(peek(p) - '0');
        if (*number > (most - digit) / 10) {
            object_error_set(PyExc_ValueError, too_big);
            return false;
        }
        *number = *number * 10 + digit;
    }
    return true;
}

static bool spec_read(percent *p, spec *s)
{
    *s = (spec){.width = -1, .precision = -1};
    if (peek(p) == '(' && !key_read(p))
        return false;
    flags_read(p, s);
    if ((peek(p) == '*' || (peek(p) >= '1' && peek(p) <= '9')) && !number_read(p, &s->width, PY_SSIZE_T_MAX, "width too big"))
        return false;
    if (s->width < -1) {
        s->is_left = true;
        s->width = -s->width;
    }
    if (peek(p) == '.') {
        p->at++;
        if (!number_read(p, &s->precision, INT_MAX, p->is_bytes ? "prec too big" : "precision too big"))
            return false;
        s->precision = s->precision < 0 ? 0 : s->precision;
    }
    if (peek(p) == 'h' || peek(p) == 'l' || peek(p) == 'L')
        p->at++;
    if (is_end(p)) {
        object_error_set(PyExc_ValueError, "incomplete format");
        return false;
    }
    s->type = peek(p);
    p->at++;
    return true;
}

/* Arguments as text. New references. --------------------------------------------------------------------------------------------------- */

static PyObject *integer_of(PyObject *value, Py_UCS4 type)
{
    bool is_index = type == 'o' || type == 'x' || type == 'X';
    PyObject *number = !object_is_number(value) ? NULL : is_index ? object_index(value) : object_number_int(value);
    if (number == NULL && (object_error_occurred() == NULL || object_error_is(PyExc_TypeError)))
        object_error_format(PyExc_TypeError, "%%%c format: %s is required, not %.200s", (int)type, is_index ? "an integer" : "a real number",
                            Py_TYPE(value)->tp_name);
    return number;
}

/* With its sign and, for the alternate form, its prefix; zeros up to the precision stand behind these. */
static PyObject *integer_text(PyObject *value, const spec *s)
{
    PyObject *number = integer_of(value, s->type);
    if (number == NULL)
        return NULL;
    int base = s->type == 'o' ? 8 : s->type == 'x' || s->type == 'X' ? 16 : 10;
    PyObject *plain = object_number_to_base(number, base);
    Py_DECREF(number);
    if (plain == NULL)
        return NULL;
    Py_ssize_t count = PyUnicode_GET_LENGTH(plain), sign = PyUnicode_READ_CHAR(plain, 0) == '-', prefix = base == 10 ? 0 : 2;
    const unsigned char *digits = PyUnicode_DATA(plain);
    object_text text;
    object_text_open(&text);
    object_text_chars(&text, 1, digits, sign + (s->is_alternate ? prefix : 0));
    object_text_fill(&text, '0', s->precision - (count - sign - prefix));
    object_text_chars(&text, 1, digits + sign + prefix, count - sign - prefix);
    Py_DECREF(plain);
    PyObject *made = object_text_close(&text);
    if (made == NULL || s->type != 'X')
        return made;
    PyObject *upper = object_unicode_new(PyUnicode_GET_LENGTH(made), 0x7f);
    for (Py_ssize_t i = 0; upper != NULL && i < PyUnicode_GET_LENGTH(made); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(made, i);
        PyUnicode_WRITE(1, PyUnicode_DATA(upper), i, c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    Py_DECREF(made);
    return upper;
}

static PyObject *float_text(const percent *p, PyObject *value, const spec *s)
{
    double number = object_float_as_double(value);
    if (number == -1.0 && object_error_occurred() != NULL) {
        if (p->is_bytes && !object_error_is(PyExc_MemoryError))
            object_error_format(PyExc_TypeError, "float argument required, not %.200s", Py_TYPE(value)->tp_name);
        return NULL;
    }
    char *text = object_float_format(number, (char)s->type, s->precision < 0 ? 6 : (int)s->precision,
                                     s->is_alternate ? OBJECT_FLOAT_ALTERNATE : 0, NULL);
    PyObject *made = text == NULL ? NULL : object_unicode_from_utf8(text);
    domain_free(PYMM_DOMAIN_MEM, text);
    return made;
}

static PyObject *byte_text(PyObject *value)
{
    int overflow = 0;
    if (PyBytes_Check(value) && Py_SIZE(value) == 1)
        return object_unicode_from_char((unsigned char)PyBytes_AS_STRING(value)[0]);
    if (!object_is_index(value) || PyBytes_Check(value))
        return object_error_set(PyExc_TypeError, "%c requires an integer in range(256) or a single byte");
    int64_t byte = object_int_as_clamped(value, 0, 255, &overflow);
    if (overflow != 0)
        return object_error_set(PyExc_OverflowError, "%c arg not in range(256)");
    return byte < 0 ? NULL : object_unicode_from_char((Py_UCS4)byte);
}

/* What has bytes, as a str of as many characters. */
static PyObject *bytes_text_of(PyObject *value)
{
    PyObject *method = PyBytes_CheckExact(value) ? NULL : object_type_special_utf8(value, "__bytes__"), *bytes, *text;
    if (method == NULL && object_error_occurred() != NULL)
        return NULL;
    if (method == NULL && !PyObject_CheckBuffer(value))
        return object_error_format(PyExc_TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                                   Py_TYPE(value)->tp_name);
    Py_XDECREF(method);
    bytes = object_bytes_of(value);
    text = bytes == NULL ? NULL : object_unicode_decode_latin1(PyBytes_AS_STRING(bytes), Py_SIZE(bytes));
    Py_XDECREF(bytes);
    return text;
}

static PyObject *char_text(PyObject *value)
{
    if (PyUnicode_Check(value) && PyUnicode_GET_LENGTH(value) == 1)
        return Py_NewRef(value);
    int overflow = 0;
    int64_t character = PyUnicode_Check(value) ? -1 : object_int_as_clamped(value, 0, 0x10ffff, &overflow);
    if (overflow != 0)
        return object_error_set(PyExc_OverflowError, "%c arg not in range(0x110000)");
    if (character >= 0)
        return object_unicode_from_char((Py_UCS4)character);
    if (object_error_occurred() == NULL || object_error_is(PyExc_TypeError))
        object_error_set(PyExc_TypeError, "%c requires int or char");
    return NULL;
}

static bool is_one_of(Py_UCS4 type, const char *types) { return type != 0 && type < 0x80 && strchr(types, (int)type) != NULL; }

static PyObject *argument_text(percent *p, PyObject *value, const spec *s)
{
    if (is_one_of(s->type, "diuoxX"))
        return integer_text(value, s);
    if (is_one_of(s->type, "eEfFgG"))
        return float_text(p, value, s);
    switch (s->type) {
    case 'c': return p->is_bytes ? byte_text(value) : char_text(value);
    case 's': return p->is_bytes ? bytes_text_of(value) : object_str(value);
    case 'r': return p->is_bytes ? object_ascii(value) : object_repr(value);
    case 'a': return object_ascii(value);
    case 'b':
        if (p->is_bytes)
            return bytes_text_of(value);
        /* fall through */
    default:
        return object_error_format(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                                   s->type >= 31 && s->type <= 126 ? (int)s->type : '?', (unsigned)s->type, p->at - 1);
    }
}

/* Written. -------------------------------------------------------------------------------------------------------------------------------- */

/* Sign and prefix stand before zeros and behind blanks. */
static void number_put(object_text *to, const spec *s, PyObject *text)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text);
    Py_UCS4 first = PyUnicode_READ_CHAR(text, 0), sign = first == '-' || first == '+' ? first : s->has_sign ? '+' : s->has_blank ? ' ' : 0;
    const unsigned char *digits = PyUnicode_DATA(text);
    Py_ssize_t start = first == '-' || first == '+', prefix = s->is_alternate && is_one_of(s->type, "xXo") ? 2 : 0;
    Py_ssize_t blank = s->width - (count - start) - (sign != 0);
    if (!s->is_left && !s->is_zero)
        object_text_fill(to, ' ', blank);
    if (sign != 0)
        object_text_char(to, sign);
    object_text_chars(to, 1, digits + start, prefix);
    if (!s->is_left && s->is_zero)
        object_text_fill(to, '0', blank);
    object_text_chars(to, 1, digits + start + prefix, count - start - prefix);
    if (s->is_left)
        object_text_fill(to, ' ', blank);
}

static void text_put(object_text *to, const spec *s, PyObject *text)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text);
    if (s->type != 'c' && s->precision >= 0 && count > s->precision)
        count = s->precision;
    if (!s->is_left)
        object_text_fill(to, ' ', s->width - count);
    object_text_chars(to, PyUnicode_KIND(text), PyUnicode_DATA(text), count);
    if (s->is_left)
        object_text_fill(to, ' ', s->width - count);
}

static bool refuse_rest(const percent *p)
{
    object_error_format(PyExc_TypeError, "not all arguments converted during %s formatting", p->is_bytes ? "bytes" : "string");
    return false;
}

static bool one_put(percent *p)
{
    spec s;
    if (!spec_read(p, &s))
        return false;
    if (s.type == '%') {
        object_text_char(&p->text, '%');
        return true;
    }
    PyObject *value = argument_next(p), *text = value == NULL ? NULL : argument_text(p, value, &s);
    if (text == NULL)
        return false;
    if (is_one_of(s.type, "diuoxXeEfFgG"))
        number_put(&p->text, &s, text);
    else
        text_put(&p->text, &s, text);
    Py_DECREF(text);
    return p->mapping == NULL || p->arg >= p->arg_count || refuse_rest(p);
}

static bool all_put(percent *p)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(p->format);
    int kind = PyUnicode_KIND(p->format);
    const char *data = PyUnicode_DATA(p->format);
    while (p->at < count) {
        Py_ssize_t end = object_unicode_find_char(p->format, '%', p->at, count, 1);
        end = end < 0 ? count : end;
        object_text_chars(&p->text, kind, data + p->at * kind, end - p->at);
        p->at = end + 1;
        if (end < count && !one_put(p))
            return false;
    }
    return p->arg >= p->arg_count || p->mapping != NULL || refuse_rest(p);
}

/* `format` is a str, also of bytes; `of`: what is made. */
static PyObject *percent_made(PyObject *format, PyObject *args, const row_methods *of)
{
    percent p = {.format = format, .args = args, .arg = NO_ARGUMENTS - 1, .arg_count = NO_ARGUMENTS, .is_bytes = of == &row_bytes_methods};
    if (PyTuple_Check(args)) {
        p.arg = 0;
        p.arg_count = PyTuple_GET_SIZE(args);
    } else if (!PyUnicode_Check(args) && !(p.is_bytes && PyBytes_Check(args)) && object_mapping_check(args)) {
        p.mapping = args;
    }
    object_text_open(&p.text);
    bool is_good = all_put(&p);
    Py_XDECREF(p.value);
    if (is_good)
        return of->close(&p.text);
    object_text_drop(&p.text);
    return NULL;
}

PyObject *object_unicode_percent(PyObject *format, PyObject *args)
{
    if (format == NULL || args == NULL)
        return object_error_bad_call();
    return object_unicode_check(format) ? percent_made(format, args, &row_str_methods) : NULL;
}

PyObject *object_unicode_remainder(PyObject *left, PyObject *right)
{
    return PyUnicode_Check(left) ? object_unicode_percent(left, right) : Py_NewRef(Py_NotImplemented);
}

PyObject *object_bytes_remainder(PyObject *left, PyObject *right)
{
    if (!PyBytes_Check(left))
        return Py_NewRef(Py_NotImplemented);
    PyObject *format = object_unicode_decode_latin1(PyBytes_AS_STRING(left), Py_SIZE(left));
    PyObject *made = format == NULL ? NULL : percent_made(format, right, &row_bytes_methods);
    Py_XDECREF(format);
    return made;
}
