/* unicode_pad.c: methods of str that make it wider or change characters by a table.
 *
 * Owns: center, ljust, rjust, zfill, expandtabs, translate. Read unicode_case.h first. */
#include "arguments.h"
#include "unicode_case.h"

static PyObject *padded(PyObject *self, Py_ssize_t left, Py_ssize_t right, Py_UCS4 fill)
{
    if (left <= 0 && right <= 0)
        return object_unicode_substring(self, 0, PY_SSIZE_T_MAX);
    if (left > PY_SSIZE_T_MAX - PyUnicode_GET_LENGTH(self) || right > PY_SSIZE_T_MAX - left - PyUnicode_GET_LENGTH(self))
        return object_error_set(PyExc_OverflowError, "padded string is too long");
    object_text text;
    object_text_open(&text);
    object_text_fill(&text, fill, left);
    object_text_str(&text, self);
    object_text_fill(&text, fill, right);
    return object_text_close(&text);
}

/* name(width, fillchar=' '). `left_of`: how much of the space goes to the left. */
static PyObject *justified(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count,
                           Py_ssize_t (*left_of)(Py_ssize_t space, Py_ssize_t width))
{
    if (!arguments_check(name, count, 1, 2))
        return NULL;
    Py_ssize_t width = object_number_as_ssize(args[0], PyExc_OverflowError);
    if (width == -1 && object_error_occurred() != NULL)
        return NULL;
    if (count == 2 && !PyUnicode_Check(args[1]))
        return object_error_format(PyExc_TypeError, "The fill character must be a unicode character, not %.100s", Py_TYPE(args[1])->tp_name);
    if (count == 2 && PyUnicode_GET_LENGTH(args[1]) != 1)
        return object_error_set(PyExc_TypeError, "The fill character must be exactly one character long");
    Py_ssize_t space = width - Py_MIN(width, PyUnicode_GET_LENGTH(self)), left = left_of(space, width);
    return padded(self, left, space - left, count == 2 ? PyUnicode_READ_CHAR(args[1], 0) : ' ');
}

static Py_ssize_t half(Py_ssize_t space, Py_ssize_t width) { return space / 2 + (space & width & 1); }
static Py_ssize_t none(Py_ssize_t space, Py_ssize_t width) { return (void)space, (void)width, 0; }
static Py_ssize_t all(Py_ssize_t space, Py_ssize_t width) { return (void)width, space; }

PyObject *unicode_center(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("center", self, args, count, half); }
PyObject *unicode_ljust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("ljust", self, args, count, none); }
PyObject *unicode_rjust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("rjust", self, args, count, all); }

/* Zeros behind the sign. */
PyObject *unicode_zfill(PyObject *self, PyObject *width_given)
{
    Py_ssize_t width = object_number_as_ssize(width_given, PyExc_OverflowError), length = PyUnicode_GET_LENGTH(self);
    if (width == -1 && object_error_occurred() != NULL)
        return NULL;
    if (width <= length)
        return object_unicode_substring(self, 0, PY_SSIZE_T_MAX);
    Py_UCS4 sign = length > 0 ? PyUnicode_READ_CHAR(self, 0) : 0;
    Py_ssize_t at = sign == '+' || sign == '-';
    object_text text;
    object_text_open(&text);
    if (at > 0)
        object_text_char(&text, sign);
    object_text_fill(&text, '0', width - length);
    for (; at < length; at++)
        object_text_char(&text, PyUnicode_READ_CHAR(self, at));
    return object_text_close(&text);
}

PyObject *unicode_expandtabs(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"tabsize", NULL};
    int tab_size = 8;
    if (!object_args_parse_keywords(args, keywords, "|i:expandtabs", names, &tab_size))
        return NULL;
    object_text text;
    Py_ssize_t column = 0;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        if (c == '\t') {
            Py_ssize_t more = tab_size > 0 ? tab_size - column % tab_size : 0;
            object_text_fill(&text, ' ', more);
            column += more;
            continue;
        }
        object_text_char(&text, c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return object_text_close(&text);
}

/* What a table has for a character: another one, a str, None for nothing; what it has not stays. False: an exception. */
static bool translate_one(object_text *text, PyObject *table, Py_UCS4 c)
{
    PyObject *key = object_int_from_int64((int64_t)c), *found = key == NULL ? NULL : object_item_get(table, key);
    Py_XDECREF(key);
    int64_t code = -1;
    bool is_good = true;
    if (found == NULL) {
        is_good = object_error_is(PyExc_LookupError);
        if (is_good) {
            object_error_clear();
            object_text_char(text, c);
        }
    } else if (PyUnicode_Check(found)) {
        object_text_str(text, found);
    } else if (PyLong_Check(found)) {
        is_good = object_int_read(found, &code) == 0 && code >= 0 && code <= 0x10ffff;
        if (is_good)
            object_text_char(text, (Py_UCS4)code);
        else
            object_error_set(PyExc_ValueError, "character mapping must be in range(0x110000)");
    } else if (found != Py_None) {
        object_error_set(PyExc_TypeError, "character mapping must return integer, None or str");
        is_good = false;
    }
    Py_XDECREF(found);
    return is_good;
}

PyObject *unicode_translate(PyObject *self, PyObject *table)
{
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++)
        if (!translate_one(&text, table, PyUnicode_READ_CHAR(self, i))) {
            object_text_drop(&text);
            return NULL;
        }
    return object_text_close(&text);
}
