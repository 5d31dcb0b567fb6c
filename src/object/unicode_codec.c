/* unicode_codec.c: encodings by name, names of files, wide characters.
 *
 * Owns: which names mean UTF-8, ASCII and Latin-1 (there are no other encodings); files' names, which are UTF-8 with
 * surrogates for other bytes, on every system; strings as wchar_t and as UCS-4. Does not own: how bytes are made or read
 * (unicode_encode.c, unicode_decode.c). Read unicode_codec.h first. */
#include "unicode_codec.h"

/* Names without case; what is no letter or digit does not count. */
static codec_name codec_find(const char *encoding)
{
    static const struct {
        const char *plain;
        codec_name name;
    } names[] = {
        {"utf8", CODEC_UTF8},      {"u8", CODEC_UTF8},          {"utf", CODEC_UTF8},         {"ascii", CODEC_ASCII}, {"usascii", CODEC_ASCII},
        {"646", CODEC_ASCII},      {"latin1", CODEC_LATIN1},    {"latin", CODEC_LATIN1},     {"l1", CODEC_LATIN1},
        {"iso88591", CODEC_LATIN1},
    };
    char plain[16];
    size_t used = 0;
    if (encoding == NULL)
        return CODEC_UTF8;
    for (; *encoding != '\0'; encoding++) {
        char c = *encoding >= 'A' && *encoding <= 'Z' ? (char)(*encoding | 0x20) : *encoding;
        if (c == '-' || c == '_' || c == ' ')
            continue;
        if (used == sizeof plain - 1)
            return CODEC_NONE;
        plain[used++] = c;
    }
    plain[used] = '\0';
    for (size_t i = 0; i < PYMM_COUNT_OF(names); i++)
        if (strcmp(plain, names[i].plain) == 0)
            return names[i].name;
    return CODEC_NONE;
}

PyObject *object_unicode_decode(const char *bytes, Py_ssize_t count, const char *encoding, const char *errors)
{
    switch (codec_find(encoding)) {
    case CODEC_UTF8: return object_unicode_decode_utf8(bytes, count, errors, NULL);
    case CODEC_ASCII: return object_unicode_decode_ascii(bytes, count, errors);
    case CODEC_LATIN1: return object_unicode_decode_latin1(bytes, count);
    default: return object_error_format(PyExc_LookupError, "unknown encoding: %s", encoding);
    }
}

PyObject *object_unicode_encode(PyObject *object, const char *encoding, const char *errors)
{
    codec_name name = codec_find(encoding);
    if (!PyUnicode_Check(object))
        return object_error_bad_argument();
    if (name == CODEC_NONE)
        return object_error_format(PyExc_LookupError, "unknown encoding: %s", encoding);
    return unicode_encode(name, object, errors);
}

PyObject *object_unicode_from_encoded(PyObject *object, const char *encoding, const char *errors)
{
    if (object == NULL)
        return object_error_bad_call();
    if (PyUnicode_Check(object))
        return object_error_set(PyExc_TypeError, "decoding str is not supported");
    if (!PyBytes_Check(object))
        return object_error_format(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found",
                                   Py_TYPE(object)->tp_name);
    if (PyBytes_GET_SIZE(object) == 0)
        return object_unicode_empty();
    return object_unicode_decode(PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object), encoding, errors);
}

/* Names of files. ---------------------------------------------------------------------------------------------------------------- */

#define CONVERTED 1
#define CONVERTED_AND_TO_BE_RELEASED 0x20000 /* what a converter of PyArg_Parse returns */

/* A name as the other kind of object, with no zero in it. NULL with an exception. */
static PyObject *name_convert(PyObject *object, bool to_bytes)
{
    bool is_text = PyUnicode_Check(object);
    if (!is_text && !PyBytes_Check(object))
        return object_error_format(PyExc_TypeError, "expected str, bytes or os.PathLike object, not %.200s", Py_TYPE(object)->tp_name);
    PyObject *made = is_text != to_bytes ? Py_NewRef(object)
                     : to_bytes          ? object_unicode_encode(object, NULL, "surrogateescape")
                                         : object_unicode_decode(PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object), NULL, "surrogateescape");
    if (made == NULL)
        return NULL;
    bool has_zero = to_bytes ? memchr(PyBytes_AS_STRING(made), 0, (size_t)PyBytes_GET_SIZE(made)) != NULL
                             : object_unicode_find_char(made, 0, 0, PY_SSIZE_T_MAX, 1) >= 0;
    if (has_zero) {
        object_error_set(PyExc_ValueError, to_bytes ? "embedded null byte" : "embedded null character");
        Py_CLEAR(made);
    }
    return made;
}

int object_unicode_name_converter(PyObject *object, PyObject **result, bool to_bytes)
{
    if (object == NULL) { /* a later argument was wrong */
        Py_CLEAR(*result);
        return CONVERTED;
    }
    PyObject *made = name_convert(object, to_bytes);
    if (made == NULL)
        return 0;
    *result = made;
    return CONVERTED_AND_TO_BE_RELEASED;
}

/* Wide characters. ------------------------------------------------------------------------------------------------------------------ */

/* Where wchar_t has two bytes, characters beyond these are pairs of surrogates. */
static bool is_pair(Py_UCS4 character) { return sizeof(wchar_t) == 2 && character > 0xffff; }

static Py_ssize_t wide_length(PyObject *text)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), length = count;
    for (Py_ssize_t i = 0; sizeof(wchar_t) == 2 && i < count; i++)
        length += is_pair(PyUnicode_READ_CHAR(text, i));
    return length;
}

/* At most `room` of them. */
static void wide_fill(PyObject *text, wchar_t *wide, Py_ssize_t room)
{
    Py_ssize_t used = 0;
    for (Py_ssize_t i = 0; used < room; i++) {
        Py_UCS4 character = PyUnicode_READ_CHAR(text, i);
        if (is_pair(character)) {
            wide[used++] = (wchar_t)Py_UNICODE_HIGH_SURROGATE(character);
            character = Py_UNICODE_LOW_SURROGATE(character);
        }
        if (used < room)
            wide[used++] = (wchar_t)character;
    }
}

Py_ssize_t object_unicode_as_wide(PyObject *object, wchar_t *wide, Py_ssize_t room)
{
    if (object == NULL || !PyUnicode_Check(object)) {
        if (object == NULL)
            object_error_bad_call();
        else
            object_error_bad_argument();
        return -1;
    }
    Py_ssize_t length = wide_length(object);
    if (wide == NULL)
        return length + 1;
    wide_fill(object, wide, length < room ? length : room);
    if (length >= room)
        return room;
    wide[length] = L'\0';
    return length;
}

wchar_t *object_unicode_as_wide_new(PyObject *object, Py_ssize_t *count)
{
    Py_ssize_t length = object_unicode_as_wide(object, NULL, 0) - 1;
    if (length < 0)
        return NULL;
    wchar_t *wide = domain_malloc(PYMM_DOMAIN_MEM, ((size_t)length + 1) * sizeof(wchar_t));
    if (wide == NULL)
        return (wchar_t *)object_error_no_memory();
    object_unicode_as_wide(object, wide, length + 1);
    if (count == NULL && wcslen(wide) != (size_t)length) {
        domain_free(PYMM_DOMAIN_MEM, wide);
        return (wchar_t *)object_error_set(PyExc_ValueError, "embedded null character");
    }
    if (count != NULL)
        *count = length;
    return wide;
}

Py_UCS4 *object_unicode_as_ucs4(PyObject *text, Py_UCS4 *buffer, Py_ssize_t room, bool has_end)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), needed = count + has_end;
    if (buffer == NULL || room < 0)
        return (Py_UCS4 *)object_error_bad_call();
    if (room < needed) {
        if (has_end && room > 0)
            buffer[0] = 0;
        return (Py_UCS4 *)object_error_set(PyExc_SystemError, "string is longer than the buffer");
    }
    object_unicode_copy_chars(4, buffer, 0, PyUnicode_KIND(text), PyUnicode_DATA(text), count);
    if (has_end)
        buffer[count] = 0;
    return buffer;
}

Py_UCS4 *object_unicode_as_ucs4_new(PyObject *text)
{
    size_t count = (size_t)PyUnicode_GET_LENGTH(text) + 1;
    Py_UCS4 *made = count > PTRDIFF_MAX / sizeof(Py_UCS4) ? NULL : domain_malloc(PYMM_DOMAIN_MEM, count * sizeof(Py_UCS4));
    return made == NULL ? (Py_UCS4 *)object_error_no_memory() : object_unicode_as_ucs4(text, made, (Py_ssize_t)count, true);
}
