/* args.c: PyArg_ParseTuple and its like: a format says what each argument has to be and where it goes.
 *
 * Owns: formats as a whole: how many items, parentheses, messages; what to give up after a failure. Does not own: single items
 * (args_simple.c), keywords (args_keywords.c). Read args.h first. */
#include "args.h"

#include <ctype.h>

bool args_open(args_reader *reader, const char *format)
{
    size_t length = strlen(format);
    const char *colon = strchr(format, ':'), *semicolon = strchr(format, ';');
    reader->format = format;
    reader->levels[0] = 0;
    reader->message[0] = '\0';
    reader->cleanups = reader->few;
    reader->cleanup_count = 0;
    reader->function = colon != NULL && (semicolon == NULL || colon < semicolon) ? colon + 1 : NULL;
    reader->said = semicolon != NULL && reader->function == NULL ? semicolon + 1 : NULL;
    if (length > ARGS_CLEANUPS) { /* an item makes at most one cleanup */
        reader->cleanups = domain_malloc(PYMM_DOMAIN_MEM, length * sizeof *reader->cleanups);
        if (reader->cleanups == NULL) {
            object_error_no_memory();
            return false;
        }
    }
    return true;
}

void args_cleanup_add(args_reader *reader, int kind, void *place, int (*convert)(PyObject *, void *))
{
    args_cleanup *added = &reader->cleanups[reader->cleanup_count++];
    added->kind = kind;
    added->place = place;
    added->convert = convert;
}

bool args_close(args_reader *reader, bool is_success)
{
    while (!is_success && reader->cleanup_count > 0) {
        args_cleanup *last = &reader->cleanups[--reader->cleanup_count];
        switch (last->kind) {
        case ARGS_MEMORY:
            domain_free(PYMM_DOMAIN_MEM, *(void **)last->place);
            *(void **)last->place = NULL;
            break;
        case ARGS_BUFFER: object_buffer_release(last->place); break;
        case ARGS_CONVERTED: last->convert(NULL, last->place); break;
        }
    }
    if (reader->cleanups != reader->few)
        domain_free(PYMM_DOMAIN_MEM, reader->cleanups);
    return is_success;
}

const char *args_expected(args_reader *reader, const char *expected, PyObject *arg)
{
    if (expected[0] == '(')
        snprintf(reader->message, sizeof reader->message, "%.100s", expected);
    else
        snprintf(reader->message, sizeof reader->message, "must be %.50s, not %.50s", expected,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return reader->message;
}

void args_fail(args_reader *reader, int number, const char *message)
{
    if (object_error_occurred() != NULL)
        return;
    char text[512];
    int used = 0;
    if (reader->function != NULL)
        used = snprintf(text, sizeof text, "%.200s() ", reader->function);
    used += number == 0 ? snprintf(text + used, sizeof text - (size_t)used, "argument")
                        : snprintf(text + used, sizeof text - (size_t)used, "argument %d", number);
    for (int i = 0; number != 0 && i < ARGS_LEVELS && reader->levels[i] > 0 && used < 220; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, ", item %d", reader->levels[i] - 1);
    snprintf(text + used, sizeof text - (size_t)used, " %.256s", message);
    object_error_set(message[0] == '(' ? PyExc_SystemError : PyExc_TypeError, reader->said != NULL ? reader->said : text);
}

/* Items. -------------------------------------------------------------------------------------------------------------------- */

/* Items of the part of a format that ends at its closing parenthesis. */
static int item_count(const char *format)
{
    int level = 0, count = 0;
    for (;; format++) {
        if (*format == '(') {
            count += level++ == 0;
        } else if (*format == ')') {
            if (level-- == 0)
                return count;
        } else if (args_is_end(*format)) {
            return count;
        } else if (level == 0 && isalpha((unsigned char)*format)) {
            count++;
            format += *format == 'e' && format[1] != '\0'; /* es and et are one item */
        }
    }
}

static bool is_sequence(PyObject *op)
{
    const PySequenceMethods *sequence = Py_TYPE(op)->tp_as_sequence;
    return sequence != NULL && sequence->sq_item != NULL && sequence->sq_length != NULL && !PyDict_Check(op);
}

/* (items): a sequence with as many. */
static const char *args_tuple(args_reader *reader, PyObject *arg, int *levels)
{
    int count = item_count(reader->format);
    const char *type = arg == Py_None ? "None" : Py_TYPE(arg)->tp_name;
    levels[0] = 0;
    if (!is_sequence(arg) || PyBytes_Check(arg)) {
        snprintf(reader->message, sizeof reader->message, "must be %d-item sequence, not %.50s", count, type);
        return reader->message;
    }
    Py_ssize_t length = Py_TYPE(arg)->tp_as_sequence->sq_length(arg);
    if (length != count) {
        snprintf(reader->message, sizeof reader->message, "must be sequence of length %d, not %zd", count, length);
        return reader->message;
    }
    for (int i = 0; i < count; i++) {
        PyObject *item = Py_TYPE(arg)->tp_as_sequence->sq_item(arg, i);
        if (item == NULL) {
            object_error_clear();
            levels[0] = i + 1;
            levels[1] = 0;
            snprintf(reader->message, sizeof reader->message, "is not retrievable");
            return reader->message;
        }
        const char *message = args_item(reader, item, levels + 1);
        Py_DECREF(item);
        if (message != NULL) {
            levels[0] = i + 1;
            return message;
        }
    }
    return NULL;
}

const char *args_item(args_reader *reader, PyObject *arg, int *levels)
{
    if (*reader->format != '(') {
        const char *message = args_simple(reader, arg);
        if (message != NULL)
            levels[0] = 0;
        return message;
    }
    if (levels - reader->levels >= ARGS_LEVELS - 2)
        return "(too many tuple nesting levels in argument format string)";
    reader->format++;
    const char *message = args_tuple(reader, arg, levels);
    if (message == NULL)
        reader->format++; /* the closing parenthesis */
    return message;
}

/* Whole formats. ------------------------------------------------------------------------------------------------------------- */

/* How many arguments the format wants. False: it contradicts itself, SystemError. */
static bool counts_read(args_reader *reader, int *least, int *most)
{
    int level = 0;
    *least = -1;
    *most = 0;
    for (const char *at = reader->format; !args_is_end(*at); at++) {
        if (*at == '(') {
            *most += level++ == 0;
        } else if (*at == ')') {
            if (level-- == 0) {
                object_error_set(PyExc_SystemError, "excess ')' in getargs format");
                return false;
            }
        } else if (level == 0 && *at == '|') {
            *least = *most;
        } else if (level == 0 && isalpha((unsigned char)*at)) {
            (*most)++;
            at += *at == 'e' && at[1] != '\0';
        }
    }
    if (level != 0) {
        object_error_set(PyExc_SystemError, "missing ')' in getargs format");
        return false;
    }
    if (*least < 0)
        *least = *most;
    return true;
}

static void count_fails(const args_reader *reader, Py_ssize_t count, int least, int most)
{
    int wanted = count < least ? least : most;
    if (reader->said != NULL)
        object_error_set(PyExc_TypeError, reader->said);
    else
        object_error_format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", args_name(reader), args_parentheses(reader),
                            least == most   ? "exactly"
                            : count < least ? "at least"
                                            : "at most",
                            wanted, wanted == 1 ? "" : "s", count);
}

static bool items_read(args_reader *reader, PyObject *const *args, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (*reader->format == '|')
            reader->format++;
        const char *message = args_item(reader, args[i], reader->levels);
        if (message != NULL) {
            args_fail(reader, (int)i + 1, message);
            return false;
        }
    }
    char next = *reader->format;
    if (args_is_end(next) || isalpha((unsigned char)next) || next == '(' || next == '|')
        return true;
    object_error_format(PyExc_SystemError, "bad format string: %.200s", reader->format);
    return false;
}

/* A message that begins with a parenthesis is about the format. */
bool object_args_parse_list(PyObject *args, const char *format, va_list places)
{
    args_reader reader;
    int least, most;
    if (!PyTuple_Check(args)) {
        object_error_set(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return false;
    }
    if (!args_open(&reader, format))
        return false;
    va_copy(reader.places, places);
    bool is_good = counts_read(&reader, &least, &most);
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (is_good && (count < least || count > most)) {
        count_fails(&reader, count, least, most);
        is_good = false;
    }
    is_good = is_good && items_read(&reader, &PyTuple_GET_ITEM(args, 0), count);
    va_end(reader.places);
    return args_close(&reader, is_good);
}

bool object_args_parse(PyObject *args, const char *format, ...)
{
    va_list places;
    va_start(places, format);
    bool is_good = object_args_parse_list(args, format, places);
    va_end(places);
    return is_good;
}

/* One argument that is no tuple of them. */
bool object_args_parse_one(PyObject *arg, const char *format, va_list places)
{
    args_reader reader;
    int least, most;
    if (!args_open(&reader, format))
        return false;
    va_copy(reader.places, places);
    bool is_good = counts_read(&reader, &least, &most);
    if (is_good && most == 0) {
        if (arg != NULL) {
            object_error_format(PyExc_TypeError, "%.200s%s takes no arguments", args_name(&reader), args_parentheses(&reader));
            is_good = false;
        }
    } else if (is_good && (least != 1 || most != 1)) {
        object_error_set(PyExc_SystemError, "old style getargs format uses new features");
        is_good = false;
    } else if (is_good && arg == NULL) {
        object_error_format(PyExc_TypeError, "%.200s%s takes at least one argument", args_name(&reader), args_parentheses(&reader));
        is_good = false;
    } else if (is_good) {
        const char *message = args_item(&reader, arg, reader.levels);
        if (message != NULL)
            args_fail(&reader, reader.levels[0], message);
        is_good = message == NULL;
    }
    va_end(reader.places);
    return args_close(&reader, is_good);
}

bool object_args_unpack(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, va_list places)
{
    if (!PyTuple_Check(args)) {
        object_error_set(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return false;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count < least || count > most) {
        Py_ssize_t wanted = count < least ? least : most;
        const char *how = least == most ? "" : count < least ? "at least " : "at most ", *plural = wanted == 1 ? "" : "s";
        if (name != NULL)
            object_error_format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, how, wanted, plural, count);
        else
            object_error_format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", how, wanted, plural, count);
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        *va_arg(places, PyObject **) = PyTuple_GET_ITEM(args, i);
    return true;
}
