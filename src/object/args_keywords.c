/* args_keywords.c: PyArg_ParseTupleAndKeywords: arguments by place or by name.
 *
 * Names that are empty stand for arguments by place only; `|` begins those that may be left out, `$` those by name only.
 * Owns: the above. Does not own: single items. Read args.h first. */
#include "args.h"

typedef struct keyword_reader {
    args_reader reader;
    PyObject *args, *kwds; /* kwds: NULL, none */
    const char *const *names;
    int count, unnamed; /* names; those that are empty */
    int least, most;    /* INT_MAX until | and $ are met */
    Py_ssize_t given, named; /* arguments; those by name not yet found */
    bool is_short;      /* too few for those that are by place only: said when the format is known to its end */
} keyword_reader;

static bool fails(PyObject *error, const char *message)
{
    object_error_set(error, message);
    return false;
}

static bool names_count(keyword_reader *of)
{
    of->count = of->unnamed = 0;
    while (of->names[of->unnamed] != NULL && of->names[of->unnamed][0] == '\0')
        of->unnamed++;
    for (of->count = of->unnamed; of->names[of->count] != NULL; of->count++)
        if (of->names[of->count][0] == '\0')
            return fails(PyExc_SystemError, "Empty keyword parameter name");
    return true;
}

static bool place_count_fails(const keyword_reader *of, const char *how, int wanted)
{
    if (wanted == 0)
        object_error_format(PyExc_TypeError, "%.200s%s takes no positional arguments", args_name(&of->reader), args_parentheses(&of->reader));
    else
        object_error_format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", args_name(&of->reader),
                        args_parentheses(&of->reader), how, wanted, wanted == 1 ? "" : "s", of->given);
    return false;
}

/* | and $ before item `i`. *is_done: there are no more that could be given. */
static bool marks_read(keyword_reader *of, int i, bool *is_done)
{
    args_reader *reader = &of->reader;
    *is_done = false;
    if (*reader->format == '|') {
        if (of->least != INT_MAX)
            return fails(PyExc_SystemError, "Invalid format string (| specified twice)");
        of->least = i;
        reader->format++;
        if (of->most != INT_MAX)
            return fails(PyExc_SystemError, "Invalid format string ($ before |)");
    }
    if (*reader->format == '$') {
        if (of->most != INT_MAX)
            return fails(PyExc_SystemError, "Invalid format string ($ specified twice)");
        of->most = i;
        reader->format++;
        if (of->most < of->unnamed)
            return fails(PyExc_SystemError, "Empty parameter name after $");
        *is_done = of->is_short;
        if (!*is_done && of->most < of->given)
            return place_count_fails(of, of->least != INT_MAX ? "at most" : "exactly", of->most);
    }
    if (!*is_done && args_is_end(*reader->format)) {
        object_error_format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", of->count, i);
        return false;
    }
    return true;
}

/* New reference; NULL: not given, or an exception. */
static PyObject *argument_find(keyword_reader *of, int i)
{
    if (i < PyTuple_GET_SIZE(of->args))
        return Py_NewRef(PyTuple_GET_ITEM(of->args, i));
    if (of->named == 0 || i < of->unnamed)
        return NULL;
    PyObject *name = object_unicode_from_utf8(of->names[i]);
    PyObject *value = name == NULL ? NULL : Py_XNewRef(object_dict_get_error(of->kwds, name));
    Py_XDECREF(name);
    of->named -= value != NULL;
    return value;
}

/* Item `i`. *is_done: all that was given has been read. */
static bool item_read(keyword_reader *of, int i, bool *is_done)
{
    args_reader *reader = &of->reader;
    *is_done = false;
    if (!of->is_short) {
        PyObject *arg = argument_find(of, i);
        if (arg != NULL) {
            const char *message = args_item(reader, arg, reader->levels);
            if (message != NULL)
                args_fail(reader, i + 1, message);
            Py_DECREF(arg); /* the tuple or the dict still has it */
            return message == NULL;
        }
        if (object_error_occurred() != NULL)
            return false;
        if (i < of->least && i < of->unnamed) {
            of->is_short = true;
        } else if (i < of->least) {
            object_error_format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)", args_name(reader),
                                args_parentheses(reader), of->names[i], i + 1);
            return false;
        }
        *is_done = of->named == 0 && !of->is_short;
        if (*is_done)
            return true;
    }
    const char *rest = reader->format, *message = args_skip(reader);
    if (message != NULL)
        object_error_format(PyExc_SystemError, "%s: '%s'", message, rest);
    return message == NULL;
}

static bool is_named(const keyword_reader *of, PyObject *key)
{
    for (int i = of->unnamed; i < of->count; i++)
        if (object_unicode_equals_utf8(key, of->names[i], (Py_ssize_t)strlen(of->names[i])))
            return true;
    return false;
}

/* Names are left over: one that was given by place too, or that nobody knows. */
static bool names_fail(keyword_reader *of)
{
    args_reader *reader = &of->reader;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    for (int i = of->unnamed; i < of->given && i < of->count; i++) {
        PyObject *name = object_unicode_from_utf8(of->names[i]);
        bool is_twice = name != NULL && object_dict_get_error(of->kwds, name) != NULL;
        Py_XDECREF(name);
        if (is_twice)
            object_error_format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)", args_name(reader),
                                args_parentheses(reader), of->names[i], i + 1);
        if (object_error_occurred() != NULL)
            return false;
    }
    while (object_dict_next(of->kwds, &at, &key, &value)) {
        if (!PyUnicode_Check(key))
            return fails(PyExc_TypeError, "keywords must be strings");
        if (!is_named(of, key)) {
            object_error_format_objects(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'",
                                        reader->function == NULL ? "this function" : reader->function, args_parentheses(reader), key);
            return false;
        }
    }
    return true;
}

static bool all_read(keyword_reader *of)
{
    args_reader *reader = &of->reader;
    if (of->given + of->named > of->count) {
        object_error_format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", args_name(reader),
                            args_parentheses(reader), of->count, of->given == 0 ? "keyword " : "", of->count == 1 ? "" : "s",
                            of->given + of->named);
        return false;
    }
    int i = 0;
    for (bool is_done; i < of->count; i++) {
        if (!marks_read(of, i, &is_done))
            return false;
        if (is_done)
            break;
        if (!item_read(of, i, &is_done))
            return false;
        if (is_done)
            return true;
    }
    if (of->is_short) {
        int wanted = of->unnamed < of->least ? of->unnamed : of->least;
        return place_count_fails(of, wanted < i ? "at least" : "exactly", wanted);
    }
    if (!args_is_end(*reader->format) && *reader->format != '|' && *reader->format != '$') {
        object_error_format(PyExc_SystemError, "more argument specifiers than keyword list entries (remaining format:'%s')",
                            reader->format);
        return false;
    }
    return of->named <= 0 || names_fail(of);
}

bool object_args_parse_keywords_list(PyObject *args, PyObject *kwds, const char *format, const char *const *names, va_list places)
{
    if (args == NULL || !PyTuple_Check(args) || (kwds != NULL && !PyDict_Check(kwds)) || format == NULL || names == NULL) {
        object_error_bad_call();
        return false;
    }
    keyword_reader of = {.args = args, .kwds = kwds, .names = names, .least = INT_MAX, .most = INT_MAX};
    of.given = PyTuple_GET_SIZE(args);
    of.named = kwds == NULL ? 0 : object_dict_size(kwds);
    if (!names_count(&of) || !args_open(&of.reader, format))
        return false;
    va_copy(of.reader.places, places);
    bool is_good = all_read(&of);
    va_end(of.reader.places);
    return args_close(&of.reader, is_good);
}

bool object_args_parse_keywords(PyObject *args, PyObject *kwds, const char *format, const char *const *names, ...)
{
    va_list places;
    va_start(places, names);
    bool is_good = object_args_parse_keywords_list(args, kwds, format, names, places);
    va_end(places);
    return is_good;
}

bool object_args_check_keywords(PyObject *kwds)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (!PyDict_Check(kwds)) {
        object_error_bad_call();
        return false;
    }
    while (object_dict_next(kwds, &at, &key, &value))
        if (!PyUnicode_Check(key))
            return fails(PyExc_TypeError, "keywords must be strings");
    return true;
}
