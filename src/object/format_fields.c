/* format_fields.c: str.format and str.format_map: which fields a text has, and which object each is.
 *
 * A field is {name!conversion:specification}; its name is a number or a key with .attributes and [items] behind it, and its
 * specification may have fields itself. Does not own: how an object is shown by a specification (format.c). Read format.h first. */
#include "format.h"

/* What fields are taken from. Numbers are in all fields or in none. */
typedef struct fields {
    PyObject *args, *names; /* args NULL: there is only a mapping; names NULL: there are none */
    enum { NUMBERS_UNKNOWN, NUMBERS_OWN, NUMBERS_GIVEN } numbers;
    Py_ssize_t next;
} fields;

/* A part of a text. */
typedef struct span {
    PyObject *text;
    Py_ssize_t at, end;
} span;

typedef struct field {
    span name, spec;
    Py_UCS4 conversion; /* 0: none */
    bool has_fields;    /* in its specification */
} field;

static bool refuse(PyObject *type, const char *text)
{
    object_error_set(type, text);
    return false;
}

static bool is_empty(const span *s) { return s->at >= s->end; }
static Py_UCS4 peek(const span *s) { return PyUnicode_READ_CHAR(s->text, s->at); }
static Py_UCS4 take(span *s) { return PyUnicode_READ_CHAR(s->text, s->at++); }
static PyObject *span_text(const span *s) { return object_unicode_substring(s->text, s->at, s->end); }

/* A number, if the span is nothing but one; else -1. False: it is too large. */
static bool number_of(span s, Py_ssize_t *number)
{
    Py_ssize_t digits = format_number_read(s.text, &s.at, s.end, number);
    if (digits == 0 || s.at < s.end)
        *number = -1;
    return digits >= 0;
}

/* Which object. -------------------------------------------------------------------------------------------------------------------- */

/* The name's beginning as a number, -1: it is a key. */
static bool first_number(const span *first, fields *from, Py_ssize_t *number)
{
    if (!number_of(*first, number))
        return false;
    bool is_own = is_empty(first);
    if (!is_own && *number < 0)
        return true;
    if (from->numbers == NUMBERS_UNKNOWN)
        from->numbers = is_own ? NUMBERS_OWN : NUMBERS_GIVEN;
    if (is_own && from->numbers == NUMBERS_GIVEN)
        return refuse(PyExc_ValueError, "cannot switch from manual field specification to automatic field numbering");
    if (!is_own && from->numbers == NUMBERS_OWN)
        return refuse(PyExc_ValueError, "cannot switch from automatic field numbering to manual field specification");
    if (is_own)
        *number = from->next++;
    return true;
}

static PyObject *first_object(const span *first, fields *from)
{
    Py_ssize_t number;
    if (!first_number(first, from, &number))
        return NULL;
    if (number >= 0 && from->args == NULL)
        return object_error_set(PyExc_ValueError, "Format string contains positional fields");
    if (number >= 0)
        return number < PyTuple_GET_SIZE(from->args)
                   ? Py_NewRef(PyTuple_GET_ITEM(from->args, number))
                   : object_error_format(PyExc_IndexError, "Replacement index %zd out of range for positional args tuple", number);
    PyObject *key = span_text(first), *found = NULL;
    if (key != NULL && from->names != NULL)
        found = object_item_get(from->names, key);
    else if (key != NULL)
        object_error_set_object(PyExc_KeyError, key);
    Py_XDECREF(key);
    return found;
}

/* object[what]: a number is an index. */
static PyObject *item_of(PyObject *object, const span *what)
{
    Py_ssize_t number;
    if (!number_of(*what, &number))
        return NULL;
    if (number >= 0 && object_sequence_check(object))
        return object_sequence_get(object, number);
    PyObject *key = number >= 0 ? object_int_from_int64(number) : span_text(what);
    PyObject *item = key == NULL ? NULL : object_item_get(object, key);
    Py_XDECREF(key);
    return item;
}

/* One .attribute or [item] at the start of the rest, which moves behind it. */
static PyObject *part_of(PyObject *object, span *rest)
{
    Py_UCS4 mark = take(rest);
    span what = *rest;
    if (mark != '.' && mark != '[')
        return object_error_set(PyExc_ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    while (!is_empty(rest) && (mark == '.' ? peek(rest) != '.' && peek(rest) != '[' : peek(rest) != ']'))
        rest->at++;
    what.end = rest->at;
    if (mark == '[' && is_empty(rest))
        return object_error_set(PyExc_ValueError, "Missing ']' in format string");
    rest->at += mark == '[';
    if (is_empty(&what))
        return object_error_set(PyExc_ValueError, "Empty attribute in format string");
    if (mark == '[')
        return item_of(object, &what);
    PyObject *name = span_text(&what), *value = name == NULL ? NULL : object_attribute_get(object, name);
    Py_XDECREF(name);
    return value;
}

static PyObject *object_of(const span *name, fields *from)
{
    span first = *name, rest = *name;
    while (!is_empty(&rest) && peek(&rest) != '.' && peek(&rest) != '[')
        rest.at++;
    first.end = rest.at;
    PyObject *object = first_object(&first, from);
    while (object != NULL && !is_empty(&rest))
        Py_SETREF(object, part_of(object, &rest));
    return object;
}

/* Texts with fields. -------------------------------------------------------------------------------------------------------------- */

/* The end of a name: behind its last character, and the one that ended it. Brackets hide what is in them. */
static bool name_read(span *text, field *to, Py_UCS4 *ended_by)
{
    bool is_hidden = false;
    to->name = *text;
    for (*ended_by = 0; !is_empty(text); is_hidden = is_hidden ? *ended_by != ']' : *ended_by == '[') {
        *ended_by = take(text);
        if (!is_hidden && *ended_by == '{')
            return refuse(PyExc_ValueError, "unexpected '{' in field name");
        if (!is_hidden && (*ended_by == '}' || *ended_by == ':' || *ended_by == '!')) {
            to->name.end = text->at - 1;
            return true;
        }
    }
    return refuse(PyExc_ValueError, "expected '}' before end of string");
}

/* Behind the name. */
static bool spec_read(span *text, field *to, Py_UCS4 ended_by)
{
    to->spec = (span){text->text, text->at, text->at};
    if (ended_by == '!') {
        if (is_empty(text))
            return refuse(PyExc_ValueError, "end of string while looking for conversion specifier");
        to->conversion = take(text);
        Py_UCS4 next = is_empty(text) ? ':' : take(text);
        if (next == '}')
            return true;
        if (next != ':')
            return refuse(PyExc_ValueError, "expected ':' after conversion specifier");
    }
    to->spec.at = text->at;
    for (Py_ssize_t open = ended_by == '}' ? 0 : 1; open > 0; to->spec.end = text->at - 1) {
        if (is_empty(text))
            return refuse(PyExc_ValueError, "unmatched '{' in format spec");
        Py_UCS4 c = take(text);
        open += c == '{' ? 1 : c == '}' ? -1 : 0;
        to->has_fields = to->has_fields || c == '{';
    }
    return true;
}

/* Text up to the next field goes to `out`. 1: there is a field, 0: there is none yet or no more, -1: an exception. */
static int field_next(span *text, object_text *out, field *to)
{
    Py_ssize_t start = text->at;
    int kind = (int)PyUnicode_KIND(text->text);
    while (!is_empty(text) && peek(text) != '{' && peek(text) != '}')
        text->at++;
    object_text_chars(out, kind, (const char *)PyUnicode_DATA(text->text) + start * kind, text->at - start);
    if (is_empty(text))
        return 0;
    Py_UCS4 brace = take(text);
    if (!is_empty(text) && peek(text) == brace) {
        object_text_char(out, take(text));
        return 0;
    }
    if (brace == '}' || is_empty(text)) {
        object_error_format(PyExc_ValueError, "Single '%c' encountered in format string", (int)brace);
        return -1;
    }
    Py_UCS4 ended_by;
    *to = (field){.conversion = 0};
    return name_read(text, to, &ended_by) && spec_read(text, to, ended_by) ? 1 : -1;
}

static PyObject *converted(PyObject *object, Py_UCS4 conversion)
{
    switch (conversion) {
    case 'r': return object_repr(object);
    case 's': return object_str(object);
    case 'a': return object_ascii(object);
    default:
        return object_error_format(PyExc_ValueError, conversion > 32 && conversion < 127 ? "Unknown conversion specifier %c"
                                                                                         : "Unknown conversion specifier \\x%x",
                                   (int)conversion);
    }
}

static bool fields_put(object_text *out, span text, fields *from, int depth);

static PyObject *spec_made(const field *of, fields *from, int depth)
{
    if (!of->has_fields)
        return span_text(&of->spec);
    object_text text;
    object_text_open(&text);
    if (fields_put(&text, of->spec, from, depth))
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

static bool field_put(object_text *out, const field *one, fields *from, int depth)
{
    PyObject *object = object_of(&one->name, from), *spec = NULL, *text = NULL;
    if (object != NULL && one->conversion != 0)
        Py_SETREF(object, converted(object, one->conversion));
    if (object != NULL)
        spec = spec_made(one, from, depth - 1);
    if (spec != NULL)
        text = object_format(object, spec);
    if (text != NULL)
        object_text_str(out, text);
    Py_XDECREF(object);
    Py_XDECREF(spec);
    Py_XDECREF(text);
    return text != NULL;
}

static bool fields_put(object_text *out, span text, fields *from, int depth)
{
    int found = 0;
    if (depth == 0)
        return refuse(PyExc_ValueError, "Max string recursion exceeded");
    while (found >= 0 && !is_empty(&text)) {
        field one;
        found = field_next(&text, out, &one);
        if (found > 0 && !field_put(out, &one, from, depth))
            found = -1;
    }
    return found >= 0;
}

static PyObject *formatted(PyObject *self, PyObject *args, PyObject *names)
{
    fields from = {.args = args, .names = names, .numbers = NUMBERS_UNKNOWN};
    object_text text;
    object_text_open(&text);
    if (fields_put(&text, (span){self, 0, PyUnicode_GET_LENGTH(self)}, &from, 2))
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

PyObject *unicode_format(PyObject *self, PyObject *args, PyObject *keywords) { return formatted(self, args, keywords); }
PyObject *unicode_format_map(PyObject *self, PyObject *mapping) { return formatted(self, NULL, mapping); }
