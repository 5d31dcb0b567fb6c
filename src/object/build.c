/* build.c: Py_BuildValue: objects out of C values, as a format says.
 *
 * After an error the rest of the format is gone through all the same: an object that it takes over (N) is not lost.
 * Owns: the letters of formats. Does not own: reading arguments (args.c). Read object.h first. */
#include "object.h"

typedef struct builder {
    const char *format;
    va_list values;
    bool has_failed; /* an exception is set; what is made from here on is dropped */
} builder;

static PyObject *value_build(builder *of);

static PyObject *fails(builder *of, const char *message)
{
    if (!of->has_failed && object_error_occurred() == NULL)
        object_error_set(PyExc_SystemError, message);
    of->has_failed = true;
    return NULL;
}

/* Items of a part of the format up to `end`. -1: a parenthesis is not closed. */
static Py_ssize_t item_count(const char *format, char end)
{
    Py_ssize_t count = 0;
    int level = 0;
    for (; level > 0 || *format != end; format++) {
        switch (*format) {
        case '\0': return -1;
        case '(': case '[': case '{':
            count += level++ == 0;
            break;
        case ')': case ']': case '}': level--; break;
        case '#': case '&': case ',': case ':': case ' ': case '\t': break;
        default: count += level == 0;
        }
    }
    return count;
}

/* Parts in parentheses. ------------------------------------------------------------------------------------------------------ */

/* Past the closing parenthesis; `made` if it is there. */
static PyObject *part_close(builder *of, char end, PyObject *made)
{
    if (of->has_failed || *of->format != end) {
        Py_XDECREF(made);
        made = fails(of, "Unmatched paren in format");
    }
    of->format += *of->format == end && end != '\0';
    return made;
}

/* Go through the values without keeping any. */
static void values_drop(builder *of, Py_ssize_t count)
{
    of->has_failed = true;
    PyObject *error = object_error_take();
    while (count-- > 0)
        Py_XDECREF(value_build(of));
    object_error_restore(error);
}

static PyObject *tuple_build(builder *of, char end, Py_ssize_t count)
{
    PyObject *made = of->has_failed ? NULL : object_tuple_new(count);
    if (made == NULL) {
        values_drop(of, count);
        return part_close(of, end, NULL);
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = value_build(of);
        if (item == NULL) {
            values_drop(of, count - i - 1);
            break;
        }
        PyTuple_SET_ITEM(made, i, item);
    }
    return part_close(of, end, made);
}

static PyObject *list_build(builder *of, Py_ssize_t count)
{
    PyObject *items = tuple_build(of, ']', count);
    PyObject *made = items == NULL ? NULL : object_list_from_iterable(items);
    Py_XDECREF(items);
    of->has_failed |= made == NULL;
    return made;
}

static PyObject *dict_build(builder *of, Py_ssize_t count)
{
    if (count % 2 != 0 && !of->has_failed)
        return fails(of, "Bad dict format");
    PyObject *made = of->has_failed ? NULL : object_dict_new();
    if (made == NULL) {
        values_drop(of, count);
        return part_close(of, '}', NULL);
    }
    for (Py_ssize_t i = 0; i < count; i += 2) {
        PyObject *key = value_build(of);
        bool is_key = key != NULL;
        if (!is_key)
            values_drop(of, 1);
        PyObject *value = is_key ? value_build(of) : NULL;
        bool is_good = value != NULL && object_dict_set(made, key, value) == 0;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (!is_good) {
            values_drop(of, count - i - 2);
            break;
        }
    }
    return part_close(of, '}', made);
}

static PyObject *part_build(builder *of, char open)
{
    char end = open == '(' ? ')' : open == '[' ? ']' : '}';
    Py_ssize_t count = item_count(of->format, end);
    if (count < 0)
        return fails(of, "unmatched paren in format");
    return open == '(' ? tuple_build(of, end, count) : open == '[' ? list_build(of, count) : dict_build(of, count);
}

/* Single values. --------------------------------------------------------------------------------------------------------------- */

static PyObject *number_build(builder *of, char code)
{
    switch (code) {
    case 'b': case 'B': case 'h': case 'i': return object_int_from_int64(va_arg(of->values, int));
    case 'H': case 'I': return object_int_from_uint64(va_arg(of->values, unsigned));
    case 'n': return object_int_from_int64(va_arg(of->values, Py_ssize_t));
    case 'l': return object_int_from_int64(va_arg(of->values, long));
    case 'k': return object_int_from_uint64(va_arg(of->values, unsigned long));
    case 'L': return object_int_from_int64(va_arg(of->values, long long));
    case 'K': return object_int_from_uint64(va_arg(of->values, unsigned long long));
    default: return object_float_new(va_arg(of->values, double));
    }
}

/* s, z, U: str; y: bytes; u: str from wide characters. NULL is None. */
static PyObject *text_build(builder *of, char code)
{
    const void *start = va_arg(of->values, const void *);
    Py_ssize_t count = -1;
    if (*of->format == '#') {
        of->format++;
        count = va_arg(of->values, Py_ssize_t);
    }
    if (start == NULL)
        return Py_None;
    if (code == 'u')
        return object_unicode_from_wide(start, count);
    if (count < 0) {
        size_t length = strlen(start);
        if (length > PY_SSIZE_T_MAX)
            return object_error_set(PyExc_OverflowError, "string too long for Python string");
        count = (Py_ssize_t)length;
    }
    return code == 'y' ? object_bytes_from(start, count) : object_unicode_from_utf8_size(start, count);
}

/* O, S, N: an object, of which N is the reference itself; O&: what a function makes. */
static PyObject *object_build_value(builder *of, char code)
{
    if (*of->format == '&') {
        typedef PyObject *(*converter)(void *);
        converter convert = va_arg(of->values, converter);
        void *value = va_arg(of->values, void *);
        of->format++;
        return convert(value);
    }
    PyObject *value = va_arg(of->values, PyObject *);
    if (value != NULL && code != 'N')
        Py_INCREF(value);
    if (value == NULL && object_error_occurred() == NULL)
        return object_error_set(PyExc_SystemError, "NULL object passed to Py_BuildValue");
    return value;
}

static PyObject *single_build(builder *of, char code)
{
    switch (code) {
    case 'b': case 'B': case 'h': case 'i': case 'H': case 'I': case 'n': case 'l': case 'k': case 'L': case 'K': case 'f': case 'd':
        return number_build(of, code);
    case 'c': {
        char byte = (char)va_arg(of->values, int);
        return object_bytes_from(&byte, 1);
    }
    case 'C': return object_unicode_from_ordinal(va_arg(of->values, int));
    case 's': case 'z': case 'U': case 'y': case 'u': return text_build(of, code);
    case 'O': case 'S': case 'N': return object_build_value(of, code);
    default: return object_error_set(PyExc_SystemError, "bad format char passed to Py_BuildValue");
    }
}

static PyObject *value_build(builder *of)
{
    while (*of->format == ',' || *of->format == ':' || *of->format == ' ' || *of->format == '\t')
        of->format++;
    char code = *of->format;
    of->format += code != '\0';
    PyObject *made = code == '(' || code == '[' || code == '{' ? part_build(of, code) : single_build(of, code);
    of->has_failed |= made == NULL;
    return made;
}

PyObject *object_build(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *made = object_build_list(format, values);
    va_end(values);
    return made;
}

PyObject *object_build_list(const char *format, va_list values)
{
    Py_ssize_t count = item_count(format, '\0');
    if (count < 0)
        return object_error_set(PyExc_SystemError, "unmatched paren in format");
    if (count == 0)
        return Py_None;
    builder of = {.format = format};
    va_copy(of.values, values);
    PyObject *made = count == 1 ? value_build(&of) : tuple_build(&of, '\0', count);
    va_end(of.values);
    return made;
}
