/* unicode_decode.c: strings from bytes: UTF-8, ASCII, Latin-1.
 *
 * Owns: what is well-formed, what is done about bytes that are not, and what is said about them. Does not own: the other
 * way (unicode_encode.c). Read first: the table of well-formed UTF-8 in the Unicode standard, chapter 3.9. */
#include "unicode_codec.h"

typedef enum utf8_fault { UTF8_GOOD, UTF8_START, UTF8_CONTINUATION, UTF8_END } utf8_fault;

static const char *const utf8_reasons[] = {"", "invalid start byte", "invalid continuation byte", "unexpected end of data"};

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Read one character at `at`. *length: its bytes, or those of the faulty beginning. */
static utf8_fault utf8_read(const unsigned char *at, const unsigned char *end, Py_UCS4 *character, Py_ssize_t *length)
{
    unsigned first = at[0];
    *length = 1;
    *character = first;
    if (first < 0x80)
        return UTF8_GOOD;
    if (first < 0xc2 || first > 0xf4)
        return UTF8_START;
    int rest = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    Py_UCS4 value = first & (0x3fu >> rest);
    unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80; /* no longer form than needed */
    unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf; /* no surrogates, nothing over 0x10ffff */
    for (int i = 1; i <= rest; i++, low = 0x80, high = 0xbf) {
        if (at + i >= end)
            return UTF8_END;
        if (at[i] < low || at[i] > high)
            return UTF8_CONTINUATION;
        value = value << 6 | (at[i] & 0x3fu);
        *length = i + 1;
    }
    *character = value;
    return UTF8_GOOD;
}

/* Handlers. ------------------------------------------------------------------------------------------------------------------- */

codec_handler codec_handler_find(const char *errors)
{
    static const char *const names[] = {"strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass",
                                        "xmlcharrefreplace"};
    for (size_t i = 0; errors != NULL && i < PYMM_COUNT_OF(names); i++)
        if (strcmp(errors, names[i]) == 0)
            return (codec_handler)i;
    return errors == NULL ? CODEC_STRICT : CODEC_UNKNOWN;
}

static void decode_error(const codec_fault *fault)
{
    PyObject *parts = object_build("(sy#nns)", fault->codec, fault->bytes, fault->count, fault->start, fault->end, fault->reason);
    if (parts != NULL)
        object_error_set_object(PyExc_UnicodeDecodeError, parts);
    Py_XDECREF(parts);
}

static void put_backslashes(object_text *text, const unsigned char *bytes, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        char escape[8];
        base_format(escape, sizeof escape, "\\x%02x", bytes[i]);
        object_text_ascii(text, escape);
    }
}

/* A surrogate that was encoded as if it were a character. */
static bool is_utf8_surrogate(const unsigned char *at, const unsigned char *end)
{
    return end - at >= 3 && at[0] == 0xed && (at[1] & 0xe0) == 0xa0 && (at[2] & 0xc0) == 0x80;
}

/* What a handler puts in place of faulty bytes. The place after them, or -1 with an exception. */
static Py_ssize_t fault_handle(object_text *text, const codec_fault *fault, const char *errors)
{
    const unsigned char *at = fault->bytes + fault->start;
    switch (codec_handler_find(errors)) {
    case CODEC_IGNORE:
        return fault->end;
    case CODEC_REPLACE:
        object_text_char(text, Py_UNICODE_REPLACEMENT_CHARACTER);
        return fault->end;
    case CODEC_BACKSLASH:
        put_backslashes(text, at, fault->end - fault->start);
        return fault->end;
    case CODEC_ESCAPE: /* a faulty byte is never ASCII */
        for (Py_ssize_t i = fault->start; i < fault->end; i++)
            object_text_char(text, 0xdc00 + fault->bytes[i]);
        return fault->end;
    case CODEC_PASS:
        if (fault->is_utf8 && is_utf8_surrogate(at, fault->bytes + fault->count)) {
            object_text_char(text, 0xd000 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu));
            return fault->start + 3;
        }
        decode_error(fault);
        return -1;
    case CODEC_XML:
        object_error_set(PyExc_TypeError, "don't know how to handle UnicodeDecodeError in error callback");
        return -1;
    case CODEC_UNKNOWN:
        object_error_format(PyExc_LookupError, "unknown error handler name '%.400s'", errors);
        return -1;
    default:
        decode_error(fault);
        return -1;
    }
}

/* UTF-8. ------------------------------------------------------------------------------------------------------------------------- */

/* What decoding will give: the largest character and the number of them; false if there is a fault. */
static bool utf8_measure(const unsigned char *at, const unsigned char *end, Py_UCS4 *largest, Py_ssize_t *count)
{
    Py_UCS4 all = 0;
    Py_ssize_t read = 0;
    while (at < end) {
        uint64_t word;
        Py_UCS4 character;
        Py_ssize_t length;
        if (end - at >= 8 && (memcpy(&word, at, 8), (word & HIGH_BITS) == 0)) {
            at += 8;
            read += 8;
            continue;
        }
        if (utf8_read(at, end, &character, &length) != UTF8_GOOD)
            return false;
        all |= character;
        read++;
        at += length;
    }
    *largest = all > 0x10ffff ? 0x10ffff : all;
    *count = read;
    return true;
}

/* May more bytes make a character of these? The beginning of a surrogate may, for who lets surrogates pass. */
static bool is_unfinished(utf8_fault kind, const unsigned char *at, Py_ssize_t left)
{
    return kind == UTF8_END || (kind == UTF8_CONTINUATION && left == 2 && at[0] == 0xed && (at[1] & 0xe0) == 0xa0);
}

/* Bytes with faults. */
static PyObject *utf8_decode_slowly(const unsigned char *bytes, Py_ssize_t count, const char *errors, Py_ssize_t *used)
{
    codec_fault fault = {.codec = "utf-8", .bytes = bytes, .count = count, .is_utf8 = true};
    object_text text;
    object_text_open(&text);
    Py_ssize_t at = 0;
    while (at < count) {
        Py_UCS4 character;
        Py_ssize_t length;
        utf8_fault kind = utf8_read(bytes + at, bytes + count, &character, &length);
        if (kind == UTF8_GOOD) {
            object_text_char(&text, character);
            at += length;
            continue;
        }
        if (used != NULL && is_unfinished(kind, bytes + at, count - at))
            break;
        fault.start = at;
        fault.end = at + length;
        fault.reason = utf8_reasons[kind];
        at = fault_handle(&text, &fault, errors);
        if (at < 0) {
            object_text_drop(&text);
            return NULL;
        }
    }
    if (used != NULL)
        *used = at;
    return object_text_close(&text);
}

static PyObject *utf8_decode_well(const unsigned char *at, Py_ssize_t bytes, Py_UCS4 largest, Py_ssize_t count)
{
    const unsigned char *end = at + bytes;
    Py_UCS4 character;
    Py_ssize_t length;
    if (count == 1) {
        utf8_read(at, end, &character, &length);
        return object_unicode_from_char(character);
    }
    PyObject *self = object_unicode_new(count, largest);
    if (self == NULL || count == 0)
        return self;
    int kind = PyUnicode_KIND(self);
    void *data = PyUnicode_DATA(self);
    if (largest < 0x80) {
        memcpy(data, at, (size_t)bytes);
        return self;
    }
    for (Py_ssize_t i = 0; i < count; i++, at += length) {
        utf8_read(at, end, &character, &length);
        PyUnicode_WRITE(kind, data, i, character);
    }
    return self;
}

PyObject *object_unicode_decode_utf8(const char *utf8, Py_ssize_t bytes, const char *errors, Py_ssize_t *used)
{
    const unsigned char *at = (const unsigned char *)utf8;
    Py_UCS4 largest;
    Py_ssize_t count;
    if (bytes < 0)
        return object_error_bad_call();
    if (!utf8_measure(at, at + bytes, &largest, &count))
        return utf8_decode_slowly(at, bytes, errors, used);
    if (used != NULL)
        *used = bytes;
    return utf8_decode_well(at, bytes, largest, count);
}

PyObject *object_unicode_from_utf8(const char *utf8) { return object_unicode_decode_utf8(utf8, (Py_ssize_t)strlen(utf8), NULL, NULL); }

PyObject *object_unicode_from_utf8_size(const char *utf8, Py_ssize_t bytes)
{
    if (bytes < 0)
        return object_error_set(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
    if (utf8 == NULL && bytes > 0)
        return object_error_set(PyExc_SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
    return bytes == 0 ? object_unicode_empty() : object_unicode_decode_utf8(utf8, bytes, NULL, NULL);
}

/* ASCII and Latin-1. -------------------------------------------------------------------------------------------------------------- */

PyObject *object_unicode_decode_latin1(const char *latin1, Py_ssize_t bytes) { return object_unicode_from_kind(1, latin1, bytes); }

PyObject *object_unicode_decode_ascii(const char *ascii, Py_ssize_t bytes, const char *errors)
{
    const unsigned char *data = (const unsigned char *)ascii;
    if (bytes <= 0 || object_unicode_largest(1, data, bytes) < 0x80)
        return object_unicode_from_kind(1, ascii, bytes);
    codec_fault fault = {.codec = "ascii", .bytes = data, .count = bytes, .reason = "ordinal not in range(128)"};
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t at = 0; at < bytes;) {
        if (data[at] < 0x80) {
            object_text_char(&text, data[at++]);
            continue;
        }
        fault.start = at;
        fault.end = at + 1;
        at = fault_handle(&text, &fault, errors);
        if (at < 0) {
            object_text_drop(&text);
            return NULL;
        }
    }
    return object_text_close(&text);
}
