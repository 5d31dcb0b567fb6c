/* text.c: a string in the making: characters are put at its end, its kind widens as they need.
 *
 * Owns: object_text. An error is kept until the text is closed, so that who writes does not check each step.
 * Read first: the declaration of object_text in unicode.h. */
#include "object.h"

void object_text_open(object_text *text)
{
    text->data = text->first;
    text->used = 0;
    text->room = (Py_ssize_t)sizeof text->first;
    text->kind = 1;
    text->all = 0;
    text->has_failed = false;
}

static void *block_of(object_text *text) { return text->data == (void *)text->first ? NULL : text->data; }

void object_text_drop(object_text *text)
{
    domain_free(PYMM_DOMAIN_MEM, block_of(text));
    text->data = text->first;
}

bool object_text_reserve(object_text *text, Py_ssize_t more, int kind)
{
    if (PYMM_LIKELY(kind <= text->kind && more <= text->room - text->used))
        return true;
    if (text->has_failed)
        return false;
    kind = kind > text->kind ? kind : text->kind;
    if (more > PY_SSIZE_T_MAX / 8 - text->used) {
        text->has_failed = true;
        return false;
    }
    Py_ssize_t room = text->used + more;
    room += room / 2;
    void *data = domain_malloc(PYMM_DOMAIN_MEM, (size_t)room * (size_t)kind);
    if (data == NULL) {
        text->has_failed = true;
        return false;
    }
    object_unicode_copy_chars(kind, data, 0, text->kind, text->data, text->used);
    object_text_drop(text);
    text->data = data;
    text->kind = kind;
    text->room = room;
    return true;
}

void object_text_char(object_text *text, Py_UCS4 character)
{
    if (!object_text_reserve(text, 1, object_unicode_kind_of(character)))
        return;
    PyUnicode_WRITE(text->kind, text->data, text->used++, character);
    text->all |= character;
}

void object_text_fill(object_text *text, Py_UCS4 character, Py_ssize_t count)
{
    if (count <= 0 || !object_text_reserve(text, count, object_unicode_kind_of(character)))
        return;
    for (Py_ssize_t i = 0; i < count; i++)
        PyUnicode_WRITE(text->kind, text->data, text->used++, character);
    text->all |= character;
}

void object_text_chars(object_text *text, int kind, const void *data, Py_ssize_t count)
{
    if (count <= 0)
        return;
    Py_UCS4 most = object_unicode_largest(kind, data, count);
    if (!object_text_reserve(text, count, object_unicode_kind_of(most)))
        return;
    object_unicode_copy_chars(text->kind, text->data, text->used, kind, data, count);
    text->used += count;
    text->all |= most;
}

void object_text_ascii(object_text *text, const char *ascii) { object_text_chars(text, 1, ascii, (Py_ssize_t)strlen(ascii)); }

void object_text_str(object_text *text, PyObject *string)
{
    object_text_chars(text, PyUnicode_KIND(string), PyUnicode_DATA(string), PyUnicode_GET_LENGTH(string));
}

int object_text_repr(object_text *text, PyObject *object)
{
    PyObject *repr = object_repr(object);
    if (repr == NULL)
        return -1;
    object_text_str(text, repr);
    Py_DECREF(repr);
    return 0;
}

PyObject *object_text_close(object_text *text)
{
    PyObject *string = NULL;
    Py_UCS4 largest = text->all > 0x10ffff ? 0x10ffff : text->all;
    if (text->has_failed)
        object_error_no_memory();
    else if (text->used == 1)
        string = object_unicode_from_char(PyUnicode_READ(text->kind, text->data, 0));
    else
        string = object_unicode_new(text->used, largest);
    if (string != NULL && text->used > 1)
        object_unicode_copy_chars(PyUnicode_KIND(string), PyUnicode_DATA(string), 0, text->kind, text->data, text->used);
    object_text_drop(text);
    return string;
}
