/* unicode_repr.c: strings in quotes, with escapes for what cannot be shown.
 *
 * Owns: repr of str, ascii(). Does not own: which characters can be shown (unicode_table.c). Read unicode.h first. */
#include "object.h"

static void put_escape(object_text *text, Py_UCS4 character)
{
    char escape[16];
    base_format(escape, sizeof escape, character < 0x100 ? "\\x%02x" : character < 0x10000 ? "\\u%04x" : "\\U%08x", character);
    object_text_ascii(text, escape);
}

static void put_quoted(object_text *text, Py_UCS4 character, Py_UCS4 quote)
{
    static const char shorts[] = "\tt\nn\rr\\\\";
    const char *escape = character < 0x80 && character != 0 ? strchr(shorts, (int)character) : NULL;
    bool is_short = escape != NULL && (escape - shorts) % 2 == 0; /* not the letter of an escape */
    if (character == quote || is_short) {
        object_text_char(text, '\\');
        object_text_char(text, is_short ? (Py_UCS4)escape[1] : character);
    } else if (character < 0x7f ? character >= 0x20 : object_char_is_printable(character)) {
        object_text_char(text, character);
    } else {
        put_escape(text, character);
    }
}

PyObject *object_unicode_repr(PyObject *self)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(self);
    bool has_single = false, has_double = false;
    int kind = PyUnicode_KIND(self);
    const void *data = PyUnicode_DATA(self);
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, i);
        has_single |= character == '\'';
        has_double |= character == '"';
    }
    Py_UCS4 quote = has_single && !has_double ? '"' : '\'';
    object_text text;
    object_text_open(&text);
    object_text_char(&text, quote);
    for (Py_ssize_t i = 0; i < count; i++)
        put_quoted(&text, PyUnicode_READ(kind, data, i), quote);
    object_text_char(&text, quote);
    return object_text_close(&text);
}

PyObject *object_ascii(PyObject *op)
{
    PyObject *repr = object_repr(op);
    if (repr == NULL || PyUnicode_IS_ASCII(repr))
        return repr;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0, count = PyUnicode_GET_LENGTH(repr); i < count; i++) {
        Py_UCS4 character = PyUnicode_READ_CHAR(repr, i);
        if (character < 0x80)
            object_text_char(&text, character);
        else
            put_escape(&text, character);
    }
    Py_DECREF(repr);
    return object_text_close(&text);
}
