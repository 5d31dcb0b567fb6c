/* bytes_methods.c: methods of bytes that no slot stands for: parts looked for and taken off, text, lists.
 *
 * Owns: bytes_methods. Other objects take part through their buffers. Does not own: parts (bytes_parts.c), cases
 * (bytes_case.c), how a part is found (unicode_search.c). Read bytes.h first. */
#include "arguments.h"
#include "bytes.h"
#include "row.h"

/* What is looked for: a buffer, or one byte as a number. Close: object_buffer_release. */
static bool part_open(PyObject *object, Py_buffer *part, unsigned char *byte)
{
    if (!object_is_index(object) || PyObject_CheckBuffer(object))
        return object_buffer_get(object, part, PyBUF_SIMPLE) == 0;
    Py_ssize_t value = object_number_as_ssize(object, NULL);
    if (value == -1 && object_error_occurred() != NULL)
        return false;
    if (value < 0 || value > 255) {
        object_error_set(PyExc_ValueError, "byte must be in range(0, 256)");
        return false;
    }
    *byte = (unsigned char)value;
    return object_buffer_fill(part, NULL, byte, 1, true, PyBUF_SIMPLE) == 0;
}

/* name(what[, start[, end]]): limits as of a slice. */
static bool limits_read(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, Py_ssize_t *start, Py_ssize_t *end)
{
    Py_ssize_t step;
    if (!arguments_check(name, count, 1, 3))
        return false;
    PyObject *slice = object_slice_new(count > 1 ? args[1] : NULL, count > 2 ? args[2] : NULL, NULL);
    int result = slice == NULL ? -1 : object_slice_unpack(slice, start, end, &step);
    Py_XDECREF(slice);
    if (result != 0)
        return false;
    Py_ssize_t length = Py_SIZE(self); /* a start behind the end stays there, so that nothing is found, not even nothing */
    *end = *end < 0 ? Py_MAX(*end + length, 0) : Py_MIN(*end, length);
    *start = *start < 0 ? Py_MAX(*start + length, 0) : *start;
    return true;
}

static PyObject *found(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, int direction, bool is_wanted)
{
    Py_ssize_t start, end, place = -1;
    Py_buffer part;
    unsigned char byte;
    if (!limits_read(name, self, args, count, &start, &end) || !part_open(args[0], &part, &byte))
        return NULL;
    if (start <= end && (place = bytes_find(bytes_text(self) + start, end - start, part.buf, part.len, direction)) >= 0)
        place += start;
    object_buffer_release(&part);
    return place < 0 && is_wanted ? object_error_set(PyExc_ValueError, "subsection not found") : object_int_from_int64(place);
}

#define SEARCH(name, direction, is_wanted)                                                                             \
    static PyObject *method_##name(PyObject *self, PyObject *const *args, Py_ssize_t count)                            \
    {                                                                                                                  \
        return found(#name, self, args, count, direction, is_wanted);                                                  \
    }
SEARCH(find, 1, false)
SEARCH(rfind, -1, false)
SEARCH(index, 1, true)
SEARCH(rindex, -1, true)

static PyObject *method_count(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_ssize_t start, end;
    Py_buffer part;
    unsigned char byte;
    if (!limits_read("count", self, args, count, &start, &end) || !part_open(args[0], &part, &byte))
        return NULL;
    row whole = row_of_bytes(self), looked_for = row_of_buffer(&part);
    Py_ssize_t times = row_count(&whole, &looked_for, start, end);
    object_buffer_release(&part);
    return object_int_from_int64(times);
}

/* 1, 0 or -1. */
static int matches(PyObject *self, PyObject *object, Py_ssize_t start, Py_ssize_t end, bool at_end)
{
    Py_buffer part;
    if (object_buffer_get(object, &part, PyBUF_SIMPLE) != 0)
        return -1;
    bool is_there = start <= end && end - start >= part.len &&
                    memcmp(bytes_text(self) + (at_end ? end - part.len : start), part.buf, (size_t)part.len) == 0;
    object_buffer_release(&part);
    return is_there;
}

static PyObject *tail(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, bool at_end)
{
    Py_ssize_t start, end;
    int result = 0;
    if (!limits_read(name, self, args, count, &start, &end))
        return NULL;
    if (PyTuple_Check(args[0])) {
        for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(args[0]); i++)
            result = matches(self, PyTuple_GET_ITEM(args[0], i), start, end, at_end);
    } else {
        result = matches(self, args[0], start, end, at_end);
        if (result < 0 && object_error_is(PyExc_TypeError))
            object_error_format(PyExc_TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", name, Py_TYPE(args[0])->tp_name);
    }
    return result < 0 ? NULL : object_bool(result > 0);
}

static PyObject *method_startswith(PyObject *self, PyObject *const *args, Py_ssize_t count) { return tail("startswith", self, args, count, false); }
static PyObject *method_endswith(PyObject *self, PyObject *const *args, Py_ssize_t count) { return tail("endswith", self, args, count, true); }

/* Taken off. ---------------------------------------------------------------------------------------------------------------------- */

PyObject *bytes_part(PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    return start == 0 && end == Py_SIZE(self) && PyBytes_CheckExact(self) ? Py_NewRef(self)
                                                                         : object_bytes_from(bytes_text(self) + start, end - start);
}

bool bytes_is_space(Py_UCS4 byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/* ends: 1 the left one, 2 the right one */
static PyObject *stripped(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, int ends)
{
    Py_buffer set;
    row whole = row_of_bytes(self);
    if (!arguments_check(name, count, 0, 1))
        return NULL;
    if (count == 0 || args[0] == Py_None)
        return row_strip(&whole, NULL, ends);
    if (object_buffer_get(args[0], &set, PyBUF_SIMPLE) != 0)
        return NULL;
    row off = row_of_buffer(&set);
    PyObject *made = row_strip(&whole, &off, ends);
    object_buffer_release(&set);
    return made;
}

static PyObject *method_strip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("strip", self, args, count, 3); }
static PyObject *method_lstrip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("lstrip", self, args, count, 1); }
static PyObject *method_rstrip(PyObject *self, PyObject *const *args, Py_ssize_t count) { return stripped("rstrip", self, args, count, 2); }

static PyObject *removed(PyObject *self, PyObject *object, bool at_end)
{
    Py_buffer part;
    int is_there = matches(self, object, 0, Py_SIZE(self), at_end);
    if (is_there < 0 || object_buffer_get(object, &part, PyBUF_SIMPLE) != 0)
        return NULL;
    Py_ssize_t length = is_there ? part.len : 0;
    object_buffer_release(&part);
    return bytes_part(self, at_end ? 0 : length, Py_SIZE(self) - (at_end ? length : 0));
}

static PyObject *method_removeprefix(PyObject *self, PyObject *part) { return removed(self, part, false); }
static PyObject *method_removesuffix(PyObject *self, PyObject *part) { return removed(self, part, true); }

/* As text. -------------------------------------------------------------------------------------------------------------------------- */

static PyObject *method_decode(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"encoding", "errors", NULL};
    const char *encoding = NULL, *errors = NULL;
    if (!object_args_parse_keywords(args, keywords, "|ss:decode", names, &encoding, &errors))
        return NULL;
    return object_unicode_from_encoded(self, encoding, errors);
}

/* Two digits for each byte; separators between groups that are counted from the end, or if `group` < 0 from the start. */
static PyObject *method_hex(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"sep", "bytes_per_sep", NULL};
    static const char digits[] = "0123456789abcdef";
    PyObject *separator = NULL;
    int group = 1;
    if (!object_args_parse_keywords(args, keywords, "|Oi:hex", names, &separator, &group))
        return NULL;
    Py_UCS4 between = 0;
    if (separator != NULL) {
        PyObject *text = PyUnicode_Check(separator) ? Py_NewRef(separator) : object_unicode_from_encoded(separator, "latin-1", NULL);
        if (text == NULL)
            return NULL;
        Py_ssize_t length = PyUnicode_GET_LENGTH(text);
        between = length == 1 ? PyUnicode_READ_CHAR(text, 0) : 0;
        Py_DECREF(text);
        if (length != 1)
            return object_error_set(PyExc_ValueError, "sep must be length 1.");
        if (between > 127)
            return object_error_set(PyExc_ValueError, "sep must be ASCII.");
    }
    object_text out;
    object_text_open(&out);
    Py_ssize_t count = Py_SIZE(self), size = group < 0 ? -(Py_ssize_t)group : group;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (separator != NULL && size > 0 && i > 0 && (group < 0 ? i : count - i) % size == 0)
            object_text_char(&out, between);
        object_text_char(&out, (Py_UCS4)digits[(unsigned char)bytes_text(self)[i] >> 4]);
        object_text_char(&out, (Py_UCS4)digits[bytes_text(self)[i] & 15]);
    }
    return object_text_close(&out);
}

static int digit_of(Py_UCS4 c) { return c >= '0' && c <= '9' ? (int)c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (int)(c | 0x20) - 'a' + 10 : -1; }

/* A class method: pairs of digits, with white space of ASCII between them. A derived type is called with the bytes. */
static PyObject *method_fromhex(PyObject *type, PyObject *text)
{
    if (!PyUnicode_Check(text))
        return object_error_format(PyExc_TypeError, "fromhex() argument must be str, not %.50s", text == Py_None ? "None" : Py_TYPE(text)->tp_name);
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), used = 0, at = 0;
    PyObject *made = object_bytes_new(count / 2);
    while (made != NULL && at < count) {
        if (bytes_is_space(PyUnicode_READ_CHAR(text, at))) {
            at++;
            continue;
        }
        int high = digit_of(PyUnicode_READ_CHAR(text, at)), low = high < 0 || at + 1 == count ? -1 : digit_of(PyUnicode_READ_CHAR(text, at + 1));
        if (low < 0) {
            Py_DECREF(made);
            return object_error_format(PyExc_ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", at + (high >= 0));
        }
        bytes_text(made)[used++] = (char)(high << 4 | low);
        at += 2;
    }
    if (made != NULL && object_bytes_resize(&made, used) == 0 && type != (PyObject *)&PyBytes_Type)
        Py_SETREF(made, object_vectorcall(type, &made, 1, NULL));
    return made;
}

static PyObject *method_bytes(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyBytes_CheckExact(self) ? Py_NewRef(self) : object_bytes_from(bytes_text(self), Py_SIZE(self));
}

PyMethodDef bytes_methods[] = {
    METHOD_FAST("find", method_find),
    METHOD_FAST("rfind", method_rfind),
    METHOD_FAST("index", method_index),
    METHOD_FAST("rindex", method_rindex),
    METHOD_FAST("count", method_count),
    METHOD_FAST("startswith", method_startswith),
    METHOD_FAST("endswith", method_endswith),
    METHOD_FAST("strip", method_strip),
    METHOD_FAST("lstrip", method_lstrip),
    METHOD_FAST("rstrip", method_rstrip),
    METHOD_ONE("removeprefix", method_removeprefix),
    METHOD_ONE("removesuffix", method_removesuffix),
    METHOD_KEYWORDS("decode", method_decode),
    METHOD_KEYWORDS("hex", method_hex),
    METHOD_ONE("join", bytes_join),
    METHOD_KEYWORDS("split", bytes_split),
    METHOD_KEYWORDS("rsplit", bytes_rsplit),
    METHOD_FAST("replace", bytes_replace),
    METHOD_NONE("lower", bytes_lower),
    METHOD_NONE("upper", bytes_upper),
    METHOD_NONE("isalnum", bytes_isalnum),
    METHOD_NONE("isalpha", bytes_isalpha),
    METHOD_NONE("isascii", bytes_isascii),
    METHOD_NONE("isdigit", bytes_isdigit),
    METHOD_NONE("islower", bytes_islower),
    METHOD_NONE("isspace", bytes_isspace),
    METHOD_NONE("isupper", bytes_isupper),
    METHOD_NONE("istitle", bytes_istitle),
    METHOD_NONE("title", bytes_title),
    METHOD_NONE("capitalize", bytes_capitalize),
    METHOD_NONE("swapcase", bytes_swapcase),
    METHOD_KEYWORDS("splitlines", bytes_splitlines),
    METHOD_ONE("partition", bytes_partition),
    METHOD_ONE("rpartition", bytes_rpartition),
    METHOD_FAST("center", bytes_center),
    METHOD_FAST("ljust", bytes_ljust),
    METHOD_FAST("rjust", bytes_rjust),
    METHOD_ONE("zfill", bytes_zfill),
    METHOD_KEYWORDS("expandtabs", bytes_expandtabs),
    METHOD_KEYWORDS("translate", bytes_translate),
    {"maketrans", _PyCFunction_CAST(bytes_maketrans), METH_FASTCALL | METH_STATIC, NULL},
    {"fromhex", method_fromhex, METH_O | METH_CLASS, NULL},
    METHOD_NONE("__bytes__", method_bytes),
    {NULL, NULL, 0, NULL},
};
