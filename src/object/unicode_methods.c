/* unicode_methods.c: the methods of str that no slot stands for, and what str(...) takes.
 *
 * Owns: unicode_methods, object_unicode_from_arguments. What methods do is in the other unicode_*.c.
 * Read unicode.h first. */
#include "arguments.h"
#include "format.h"
#include "row.h"
#include "sizeof.h"
#include "unicode_case.h"

static bool text_check(const char *name, int number, PyObject *arg)
{
    if (PyUnicode_Check(arg))
        return true;
    char which[16] = "argument";
    if (number > 0)
        base_format(which, sizeof which, "argument %d", number);
    object_error_format(PyExc_TypeError, "%s() %s must be str, not %.50s", name, which, arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return false;
}

/* A limit of a part: None leaves it as it is. */
static bool limit_read(PyObject *arg, Py_ssize_t *limit)
{
    if (arg == Py_None)
        return true;
    if (Py_TYPE(arg)->tp_as_number == NULL || Py_TYPE(arg)->tp_as_number->nb_index == NULL) {
        object_error_set(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return false;
    }
    *limit = object_number_as_ssize(arg, NULL);
    return *limit != -1 || object_error_occurred() == NULL;
}

/* name(what[, start[, end]]) */
static bool limits_read(const char *name, PyObject *const *args, Py_ssize_t count, Py_ssize_t *start, Py_ssize_t *end)
{
    *start = 0;
    *end = PY_SSIZE_T_MAX;
    return arguments_check(name, count, 1, 3) && (count < 2 || limit_read(args[1], start)) && (count < 3 || limit_read(args[2], end));
}

/* Searching. ------------------------------------------------------------------------------------------------------------------------ */

static PyObject *found(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, int direction, bool is_wanted)
{
    Py_ssize_t start, end;
    if (!arguments_check(name, count, 1, 3) || !text_check(name, 1, args[0]) || !limits_read(name, args, count, &start, &end))
        return NULL;
    Py_ssize_t place = object_unicode_find_in(self, args[0], start, end, direction);
    return place < 0 && is_wanted ? object_error_set(PyExc_ValueError, "substring not found") : object_int_from_int64(place);
}

static PyObject *str_find(PyObject *self, PyObject *const *args, Py_ssize_t count) { return found("find", self, args, count, 1, false); }
static PyObject *str_rfind(PyObject *self, PyObject *const *args, Py_ssize_t count) { return found("rfind", self, args, count, -1, false); }
static PyObject *str_index(PyObject *self, PyObject *const *args, Py_ssize_t count) { return found("index", self, args, count, 1, true); }
static PyObject *str_rindex(PyObject *self, PyObject *const *args, Py_ssize_t count) { return found("rindex", self, args, count, -1, true); }

static PyObject *str_count(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t start, end;
    if (!arguments_check("count", count, 1, 3) || !text_check("count", 1, args[0]) || !limits_read("count", args, count, &start, &end))
        return NULL;
    return object_int_from_int64(object_unicode_count(self, args[0], start, end));
}

/* Begins or ends it with a text, or with one of a tuple? */
static PyObject *tail(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, int direction)
{
    Py_ssize_t start, end;
    if (!limits_read(name, args, count, &start, &end))
        return NULL;
    if (PyUnicode_Check(args[0]))
        return object_bool(object_unicode_match_tail(self, args[0], start, end, direction) > 0);
    if (!PyTuple_Check(args[0]))
        return object_error_format(PyExc_TypeError, "%s first arg must be str or a tuple of str, not %.100s", name, Py_TYPE(args[0])->tp_name);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[0]); i++) {
        PyObject *part = PyTuple_GET_ITEM(args[0], i);
        if (!PyUnicode_Check(part))
            return object_error_format(PyExc_TypeError, "tuple for %s must only contain str, not %.100s", name, Py_TYPE(part)->tp_name);
        if (object_unicode_match_tail(self, part, start, end, direction) > 0)
            return Py_True;
    }
    return Py_False;
}

static PyObject *str_startswith(PyObject *self, PyObject *const *args, Py_ssize_t count) { return tail("startswith", self, args, count, -1); }
static PyObject *str_endswith(PyObject *self, PyObject *const *args, Py_ssize_t count) { return tail("endswith", self, args, count, 1); }

/* Parts. ------------------------------------------------------------------------------------------------------------------------------- */

/* ends: 1 the left one, 2 the right one */
static PyObject *stripped(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, int ends)
{
    if (!arguments_check(name, count, 0, 1))
        return NULL;
    PyObject *chars = count == 0 ? Py_None : args[0];
    if (chars != Py_None && !PyUnicode_Check(chars))
        return object_error_format(PyExc_TypeError, "%s arg must be None or str", name);
    row whole = row_of_str(self), off = row_of_str(chars == Py_None ? self : chars);
    return row_strip(&whole, chars == Py_None ? NULL : &off, ends);
}

static PyObject *str_strip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("strip", self, args, count, 3); }
static PyObject *str_lstrip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("lstrip", self, args, count, 1); }
static PyObject *str_rstrip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("rstrip", self, args, count, 2); }

static PyObject *str_removeprefix(PyObject *self, PyObject *prefix)
{
    if (!text_check("removeprefix", 0, prefix))
        return NULL;
    bool has_it = object_unicode_match_tail(self, prefix, 0, PY_SSIZE_T_MAX, -1) > 0;
    return object_unicode_substring(self, has_it ? PyUnicode_GET_LENGTH(prefix) : 0, PY_SSIZE_T_MAX);
}

static PyObject *str_removesuffix(PyObject *self, PyObject *suffix)
{
    if (!text_check("removesuffix", 0, suffix))
        return NULL;
    bool has_it = object_unicode_match_tail(self, suffix, 0, PY_SSIZE_T_MAX, 1) > 0;
    return object_unicode_substring(self, 0, PyUnicode_GET_LENGTH(self) - (has_it ? PyUnicode_GET_LENGTH(suffix) : 0));
}

static PyObject *split_with(const char *format, PyObject *self, PyObject *args, PyObject *keywords, int direction)
{
    static const char *const names[] = {"sep", "maxsplit", NULL};
    PyObject *separator = Py_None;
    Py_ssize_t most = -1;
    if (!object_args_parse_keywords(args, keywords, format, names, &separator, &most))
        return NULL;
    if (separator != Py_None && !PyUnicode_Check(separator))
        return object_error_format(PyExc_TypeError, "must be str or None, not %.100s", Py_TYPE(separator)->tp_name);
    return object_unicode_split(self, separator == Py_None ? NULL : separator, most, direction);
}

static PyObject *str_split(PyObject *self, PyObject *args, PyObject *keywords) { return split_with("|On:split", self, args, keywords, 1); }
static PyObject *str_rsplit(PyObject *self, PyObject *args, PyObject *keywords) { return split_with("|On:rsplit", self, args, keywords, -1); }

static PyObject *str_splitlines(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"keepends", NULL};
    int keeps_ends = 0;
    if (!object_args_parse_keywords(args, keywords, "|p:splitlines", names, &keeps_ends))
        return NULL;
    return object_unicode_split_lines(self, keeps_ends != 0);
}

static PyObject *str_partition(PyObject *self, PyObject *separator) { return object_unicode_partition(self, separator, 1); }
static PyObject *str_rpartition(PyObject *self, PyObject *separator) { return object_unicode_partition(self, separator, -1); }
static PyObject *str_join(PyObject *self, PyObject *items) { return object_unicode_join(self, items); }

static PyObject *str_replace(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"", "", "count", NULL};
    PyObject *part, *put;
    Py_ssize_t most = -1;
    if (!object_args_parse_keywords(args, keywords, "UU|n:replace", names, &part, &put, &most))
        return NULL;
    return object_unicode_replace(self, part, put, most);
}

/* Of the whole. -------------------------------------------------------------------------------------------------------------------------- */

static PyObject *str_encode(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"encoding", "errors", NULL};
    const char *encoding = NULL, *errors = NULL;
    if (!object_args_parse_keywords(args, keywords, "|ss:encode", names, &encoding, &errors))
        return NULL;
    return object_unicode_encode(self, encoding, errors);
}

static PyObject *str_isidentifier(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_bool(object_unicode_is_identifier(self));
}

static PyObject *str_isascii(PyObject *self, PyObject *unused)
{
    (void)unused;
    return object_bool(PyUnicode_IS_ASCII(self));
}

static PyObject *all_are(PyObject *self, bool (*is)(Py_UCS4 character), bool of_nothing)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(self), at = 0;
    while (at < count && is(PyUnicode_READ_CHAR(self, at)))
        at++;
    return object_bool(count == 0 ? of_nothing : at == count);
}

static bool is_shown(Py_UCS4 character) { return object_char_is_printable(character); }

static PyObject *str_isprintable(PyObject *self, PyObject *unused)
{
    (void)unused;
    return all_are(self, is_shown, true);
}

static PyObject *str_isspace(PyObject *self, PyObject *unused)
{
    (void)unused;
    return all_are(self, object_char_is_space, false);
}

PyMethodDef object_unicode_methods[] = {
    METHOD_FAST("find", str_find),
    METHOD_FAST("rfind", str_rfind),
    METHOD_FAST("index", str_index),
    METHOD_FAST("rindex", str_rindex),
    METHOD_FAST("count", str_count),
    METHOD_FAST("startswith", str_startswith),
    METHOD_FAST("endswith", str_endswith),
    METHOD_FAST("strip", str_strip),
    METHOD_FAST("lstrip", str_lstrip),
    METHOD_FAST("rstrip", str_rstrip),
    METHOD_ONE("removeprefix", str_removeprefix),
    METHOD_ONE("removesuffix", str_removesuffix),
    METHOD_ONE("partition", str_partition),
    METHOD_ONE("rpartition", str_rpartition),
    METHOD_ONE("join", str_join),
    METHOD_KEYWORDS("split", str_split),
    METHOD_KEYWORDS("rsplit", str_rsplit),
    METHOD_KEYWORDS("splitlines", str_splitlines),
    METHOD_KEYWORDS("replace", str_replace),
    METHOD_KEYWORDS("encode", str_encode),
    METHOD_NONE("isidentifier", str_isidentifier),
    METHOD_NONE("isascii", str_isascii),
    METHOD_NONE("isprintable", str_isprintable),
    METHOD_NONE("isspace", str_isspace),
    METHOD_NONE("lower", unicode_lower),
    METHOD_NONE("upper", unicode_upper),
    METHOD_NONE("title", unicode_title),
    METHOD_NONE("capitalize", unicode_capitalize),
    METHOD_NONE("swapcase", unicode_swapcase),
    METHOD_NONE("casefold", unicode_casefold),
    METHOD_NONE("islower", unicode_islower),
    METHOD_NONE("isupper", unicode_isupper),
    METHOD_NONE("istitle", unicode_istitle),
    METHOD_NONE("isalpha", unicode_isalpha),
    METHOD_NONE("isalnum", unicode_isalnum),
    METHOD_NONE("isdecimal", unicode_isdecimal),
    METHOD_NONE("isdigit", unicode_isdigit),
    METHOD_NONE("isnumeric", unicode_isnumeric),
    METHOD_FAST("center", unicode_center),
    METHOD_FAST("ljust", unicode_ljust),
    METHOD_FAST("rjust", unicode_rjust),
    METHOD_ONE("zfill", unicode_zfill),
    METHOD_KEYWORDS("expandtabs", unicode_expandtabs),
    METHOD_ONE("translate", unicode_translate),
    {"maketrans", _PyCFunction_CAST(unicode_maketrans), METH_FASTCALL | METH_STATIC, NULL},
    METHOD_KEYWORDS("format", unicode_format),
    METHOD_ONE("format_map", unicode_format_map),
    METHOD_ONE("__format__", format_str),
    METHOD_NONE("__sizeof__", sizeof_str),
    {NULL, NULL, 0, NULL},
};

/* str(object=''), str(bytes, encoding='utf-8', errors='strict') */
PyObject *object_unicode_from_arguments(PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"object", "encoding", "errors", NULL};
    PyObject *object = NULL;
    const char *encoding = NULL, *errors = NULL;
    if (!object_args_parse_keywords(args, keywords, "|Oss:str", names, &object, &encoding, &errors))
        return NULL;
    if (object == NULL)
        return object_unicode_empty();
    return encoding != NULL || errors != NULL ? object_unicode_from_encoded(object, encoding, errors) : object_str(object);
}
