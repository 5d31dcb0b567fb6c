/* unicode_encode.c: bytes from strings, and the UTF-8 that a string keeps.
 *
 * Owns: writing UTF-8, ASCII and Latin-1; what is done and said about characters that an encoding does not have. Read
 * unicode_codec.h first. */
#include "unicode_codec.h"

static int utf8_length(Py_UCS4 character) { return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4; }

int object_unicode_utf8_put(char *to, Py_UCS4 character)
{
    int length = utf8_length(character);
    if (length == 1) {
        to[0] = (char)character;
        return 1;
    }
    for (int i = length - 1; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3f));
    to[0] = (char)((0xf00u >> length & 0xf0u) | character);
    return length;
}

/* Characters [start, end) of `text` cannot be encoded. */
static void encode_error(const char *codec, PyObject *text, Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    PyObject *parts = object_build("(sOnns)", codec, text, start, end, reason);
    if (parts != NULL)
        object_error_set_object(PyExc_UnicodeEncodeError, parts);
    Py_XDECREF(parts);
}

/* Bytes that the UTF-8 of `text` has; -1 with UnicodeEncodeError if there is a surrogate in it. */
static Py_ssize_t utf8_size(PyObject *text)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t bytes = 0, count = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, i);
        if (Py_UNICODE_IS_SURROGATE(character)) {
            Py_ssize_t end = i + 1;
            while (end < count && Py_UNICODE_IS_SURROGATE(PyUnicode_READ(kind, data, end)))
                end++;
            encode_error("utf-8", text, i, end, "surrogates not allowed");
            return -1;
        }
        bytes += utf8_length(character);
    }
    return bytes;
}

static void utf8_fill(PyObject *text, char *to)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0, count = PyUnicode_GET_LENGTH(text); i < count; i++)
        to += object_unicode_utf8_put(to, PyUnicode_READ(kind, data, i));
}

/* The string's own UTF-8, made. False: an exception is set. */
static bool utf8_make(PyUnicodeObject *self)
{
    Py_ssize_t size = utf8_size((PyObject *)self);
    if (size < 0)
        return false;
    char *utf8 = domain_malloc(PYMM_DOMAIN_MEM, (size_t)size + 1);
    if (utf8 == NULL) {
        object_error_no_memory();
        return false;
    }
    utf8_fill((PyObject *)self, utf8);
    utf8[size] = '\0';
    self->utf8 = utf8;
    self->utf8_length = size;
    return true;
}

const char *object_unicode_utf8(PyObject *object, Py_ssize_t *bytes)
{
    PyUnicodeObject *self = (PyUnicodeObject *)object;
    bool is_text = PyUnicode_Check(object);
    if (!is_text)
        object_error_bad_argument();
    if (is_text && PyUnicode_IS_ASCII(object)) {
        if (bytes != NULL)
            *bytes = PyUnicode_GET_LENGTH(object);
        return PyUnicode_DATA(object);
    }
    bool is_made = is_text && (self->utf8 != NULL || utf8_make(self));
    if (bytes != NULL)
        *bytes = is_made ? self->utf8_length : -1;
    return is_made ? self->utf8 : NULL;
}

/* Bytes. ----------------------------------------------------------------------------------------------------------------------- */

static const struct encoding {
    const char *name, *reason;
    Py_UCS4 limit; /* what it has lies below; UTF-8 has no surrogates either */
} encodings[] = {
    [CODEC_UTF8] = {"utf-8", "surrogates not allowed", 0x110000},
    [CODEC_ASCII] = {"ascii", "ordinal not in range(128)", 0x80},
    [CODEC_LATIN1] = {"latin-1", "ordinal not in range(256)", 0x100},
};

static bool is_encodable(codec_name name, Py_UCS4 character)
{
    return character < encodings[name].limit && (name != CODEC_UTF8 || !Py_UNICODE_IS_SURROGATE(character));
}

/* Characters [start, end) of `text` are not in the encoding: what a handler puts for them. False: an exception is set. Bytes in
 * the making are characters below 256 in `out`. */
static bool characters_handle(object_text *out, codec_name name, PyObject *text, Py_ssize_t start, Py_ssize_t end, const char *errors)
{
    codec_handler handler = codec_handler_find(errors);
    for (; handler != CODEC_STRICT && handler != CODEC_UNKNOWN && start < end; start++) {
        Py_UCS4 character = PyUnicode_READ_CHAR(text, start);
        char buffer[16];
        if (handler == CODEC_REPLACE) {
            object_text_char(out, '?');
        } else if (handler == CODEC_BACKSLASH || handler == CODEC_XML) {
            base_format(buffer, sizeof buffer,
                        handler == CODEC_XML      ? "&#%u;"
                        : character < 0x100   ? "\\x%02x"
                        : character < 0x10000 ? "\\u%04x"
                                              : "\\U%08x", character);
            object_text_ascii(out, buffer);
        } else if (handler == CODEC_ESCAPE && character >= 0xdc80 && character <= 0xdcff) {
            object_text_char(out, character & 0xff);
        } else if (handler == CODEC_PASS && name == CODEC_UTF8) {
            object_text_chars(out, 1, buffer, object_unicode_utf8_put(buffer, character));
        } else if (handler != CODEC_IGNORE) {
            break;
        }
    }
    if (start == end)
        return true;
    if (handler == CODEC_UNKNOWN)
        object_error_format(PyExc_LookupError, "unknown error handler name '%.400s'", errors);
    else
        encode_error(encodings[name].name, text, start, end, encodings[name].reason);
    return false;
}

/* A text that has characters which the encoding has not. */
static PyObject *encode_slowly(codec_name name, PyObject *text, const char *errors)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), end;
    object_text out;
    object_text_open(&out);
    for (Py_ssize_t at = 0; at < count; at = end) {
        Py_UCS4 character = PyUnicode_READ_CHAR(text, at);
        char buffer[4];
        end = at + 1;
        if (is_encodable(name, character)) {
            if (name == CODEC_UTF8)
                object_text_chars(&out, 1, buffer, object_unicode_utf8_put(buffer, character));
            else
                object_text_char(&out, character);
            continue;
        }
        while (end < count && !is_encodable(name, PyUnicode_READ_CHAR(text, end)))
            end++;
        if (!characters_handle(&out, name, text, at, end, errors)) {
            object_text_drop(&out);
            return NULL;
        }
    }
    PyObject *bytes = out.has_failed ? object_error_no_memory() : object_bytes_from(out.data, out.used);
    object_text_drop(&out);
    return bytes;
}

PyObject *unicode_encode(codec_name name, PyObject *text, const char *errors)
{
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), bytes = 0, at = 0;
    if (PyUnicode_IS_ASCII(text) || (kind == 1 && name == CODEC_LATIN1))
        return object_bytes_from(data, count);
    for (; at < count && is_encodable(name, PyUnicode_READ(kind, data, at)); at++)
        bytes += utf8_length(PyUnicode_READ(kind, data, at));
    if (at < count || name != CODEC_UTF8)
        return encode_slowly(name, text, errors);
    PyObject *made = object_bytes_new(bytes);
    if (made != NULL)
        utf8_fill(text, PyBytes_AS_STRING(made));
    return made;
}
