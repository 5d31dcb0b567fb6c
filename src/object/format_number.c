/* format_number.c: int and float as text by a format specification.
 *
 * Owns: signs, groups of digits, zeros up to a width. Does not own: digits themselves (int_text.c, float_text.c), how a
 * specification is read (format.c). Read format.h first. */
#include "format.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>

/* A number, taken apart: sign, prefix, digits, point, the rest. */
typedef struct number {
    bool is_negative, has_point;
    Py_ssize_t prefix_count, digit_count, rest_count;
    const char *prefix, *digits, *rest;
} number;

/* How digits are grouped, from the point on to the left: as localeconv says it. Separator, 0: there is none. */
typedef struct groups {
    Py_UCS4 separator, point;
    const char *sizes;
} groups;

static Py_UCS4 first_char(const char *text)
{
    wchar_t wide;
    return *text == '\0' ? 0 : mbtowc(&wide, text, strlen(text)) > 0 ? (Py_UCS4)wide : (unsigned char)*text;
}

static groups groups_of(const format_spec *s)
{
    groups of = {s->separator, '.', s->separator == 0 ? "" : s->type != 0 && s->type < 128 && strchr("boxX", (int)s->type) ? "\4" : "\3"};
    if (s->type == 'n') {
        const struct lconv *local = localeconv();
        of = (groups){first_char(local->thousands_sep), first_char(local->decimal_point), local->grouping};
    }
    return of;
}

/* The digits with zeros before them up to the width `least`, and separators; from the last one to the first. */
static void digits_put_back(object_text *back, const number *n, Py_ssize_t least, const groups *of)
{
    Py_ssize_t left = n->digit_count, size = 0;
    if (!object_text_reserve(back, Py_MAX(least, left), 1)) /* at once, for widths that there is no memory for */
        return;
    for (const char *sizes = of->sizes; !back->has_failed;) {
        if (*sizes != '\0')
            size = *sizes == CHAR_MAX ? 0 : *sizes++;
        Py_ssize_t count = Py_MAX(Py_MAX(left, least), 1);
        count = size > 0 ? Py_MIN(size, count) : count;
        least -= count;
        for (; count > 0 && left > 0; count--)
            object_text_char(back, (Py_UCS4)n->digits[--left]);
        object_text_fill(back, '0', count);
        if (size == 0 || (left == 0 && least <= 0))
            return;
        if (of->separator != 0)
            object_text_char(back, of->separator);
        least -= of->separator != 0;
    }
}

static PyObject *number_put(const format_spec *s, const number *n)
{
    groups of = groups_of(s);
    Py_UCS4 sign = n->is_negative ? '-' : s->sign == '+' || s->sign == ' ' ? s->sign : 0;
    Py_ssize_t others = (sign != 0) + n->prefix_count + n->has_point + n->rest_count;
    object_text text, back;
    object_text_open(&text);
    object_text_open(&back);
    if (n->digit_count > 0)
        digits_put_back(&back, n, s->fill == '0' && s->align == '=' ? s->width - others : 0, &of);
    Py_ssize_t space = Py_MAX(s->width - others - back.used, 0);
    Py_ssize_t left = s->align == '>' ? space : s->align == '^' ? space / 2 : 0, middle = s->align == '=' ? space : 0;
    object_text_fill(&text, s->fill, left);
    if (sign != 0)
        object_text_char(&text, sign);
    object_text_chars(&text, 1, n->prefix, n->prefix_count);
    object_text_fill(&text, s->fill, middle);
    for (Py_ssize_t i = back.used; i-- > 0;)
        object_text_char(&text, PyUnicode_READ(back.kind, back.data, i));
    if (n->has_point)
        object_text_char(&text, of.point);
    object_text_chars(&text, 1, n->rest, n->rest_count);
    object_text_fill(&text, s->fill, space - left - middle);
    text.has_failed = text.has_failed || back.has_failed;
    object_text_drop(&back);
    return object_text_close(&text);
}

/* float. --------------------------------------------------------------------------------------------------------------------------- */

static PyObject *double_put(format_spec *s, double value)
{
    bool is_percent = s->type == '%';
    char code = s->type == 0 ? (s->precision < 0 ? 'r' : 'g') : s->type == 'n' ? 'g' : is_percent ? 'f' : (char)s->type;
    int flags = (s->is_alternate ? OBJECT_FLOAT_ALTERNATE : 0) | (s->type == 0 ? OBJECT_FLOAT_DOT_0 : 0) |
                (s->is_positive_0 ? OBJECT_FLOAT_NO_NEGATIVE_0 : 0);
    if (s->precision > INT_MAX)
        return object_error_set(PyExc_ValueError, "precision too big");
    int precision = s->precision >= 0 ? (int)s->precision : code == 'r' ? 0 : 6;
    char *text = object_float_format(is_percent ? value * 100 : value, code, precision, flags, NULL);
    if (text == NULL)
        return NULL;
    number n = {.is_negative = *text == '-', .digits = text + (*text == '-')};
    while (n.digits[n.digit_count] >= '0' && n.digits[n.digit_count] <= '9')
        n.digit_count++;
    n.has_point = n.digits[n.digit_count] == '.';
    n.rest = n.digits + n.digit_count + n.has_point;
    n.rest_count = (Py_ssize_t)strlen(n.rest);
    if (is_percent)
        text[n.rest - text + n.rest_count++] = '%'; /* in the place of the null */
    PyObject *made = number_put(s, &n);
    domain_free(PYMM_DOMAIN_MEM, text);
    return made;
}

/* Is it a type of floats? */
static bool is_of_floats(Py_UCS4 type) { return type != 0 && type < 128 && strchr("eEfFgG%", (int)type) != NULL; }

PyObject *format_float(PyObject *self, PyObject *spec)
{
    format_spec s;
    if (!PyUnicode_Check(spec) || PyUnicode_GET_LENGTH(spec) == 0)
        return format_object(self, spec);
    if (!format_spec_read(spec, self, 0, '>', &s))
        return NULL;
    if (s.type != 0 && s.type != 'n' && !is_of_floats(s.type))
        return format_type_unknown(s.type, self);
    return double_put(&s, ((PyFloatObject *)self)->ob_fval);
}

/* int. ----------------------------------------------------------------------------------------------------------------------------- */

static PyObject *character_put(const format_spec *s, PyObject *self)
{
    if (s->sign != 0)
        return object_error_set(PyExc_ValueError, "Sign not allowed with integer format specifier 'c'");
    if (s->is_alternate)
        return object_error_set(PyExc_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    long code = object_int_as_long(self);
    if (code == -1 && object_error_occurred() != NULL)
        return NULL;
    if (code < 0 || code > 0x10ffff)
        return object_error_set(PyExc_OverflowError, "%c arg not in range(0x110000)");
    Py_ssize_t space = Py_MAX(s->width - 1, 0), left = s->align == '<' ? 0 : s->align == '^' ? space / 2 : space;
    object_text text;
    object_text_open(&text);
    object_text_fill(&text, s->fill, left);
    object_text_char(&text, (Py_UCS4)code);
    object_text_fill(&text, s->fill, space - left);
    return object_text_close(&text);
}

static PyObject *integer_put(const format_spec *s, PyObject *self)
{
    int base = s->type == 'b' ? 2 : s->type == 'o' ? 8 : s->type == 'x' || s->type == 'X' ? 16 : 10;
    PyObject *plain = object_number_to_base(self, base), *text;
    if (plain == NULL)
        return NULL;
    char *digits = PyUnicode_DATA(plain); /* with its prefix it is no string that others have */
    for (char *at = digits; s->type == 'X' && *at != '\0'; at++)
        *at = (char)(*at >= 'a' && *at <= 'x' ? *at - 0x20 : *at);
    number n = {.is_negative = *digits == '-', .digits = digits + (*digits == '-')};
    n.digit_count = PyUnicode_GET_LENGTH(plain) - n.is_negative;
    if (base != 10) {
        n.prefix = n.digits;
        n.prefix_count = s->is_alternate ? 2 : 0;
        n.digits += 2;
        n.digit_count -= 2;
    }
    text = number_put(s, &n);
    Py_DECREF(plain);
    return text;
}

PyObject *format_int(PyObject *self, PyObject *spec)
{
    format_spec s;
    if (!PyUnicode_Check(spec) || PyUnicode_GET_LENGTH(spec) == 0)
        return format_object(self, spec);
    if (!format_spec_read(spec, self, 'd', '>', &s))
        return NULL;
    if (is_of_floats(s.type)) {
        double value = object_int_as_double(self);
        return value == -1.0 && object_error_occurred() != NULL ? NULL : double_put(&s, value);
    }
    if (s.type >= 128 || strchr("bcdoxXn", (int)s.type) == NULL)
        return format_type_unknown(s.type, self);
    if (s.precision >= 0)
        return object_error_set(PyExc_ValueError, "Precision not allowed in integer format specifier");
    if (s.is_positive_0)
        return object_error_set(PyExc_ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
    return s.type == 'c' ? character_put(&s, self) : integer_put(&s, self);
}
