/* unicode.c: the names of the functions on str and on text of any object; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyObject_Repr(PyObject *op) { return object_repr(op); }
PyObject *PyObject_Str(PyObject *op) { return object_str(op); }
PyObject *PyObject_ASCII(PyObject *op) { return object_ascii(op); }
PyObject *PyObject_Format(PyObject *op, PyObject *spec) { return object_format(op, spec); }
int Py_ReprEnter(PyObject *op) { return object_repr_enter(op); }
void Py_ReprLeave(PyObject *op) { object_repr_leave(op); }

/* Made. ------------------------------------------------------------------------------------------------------------------------ */

PyObject *PyUnicode_New(Py_ssize_t length, Py_UCS4 largest) { return object_unicode_new(length, largest); }
PyObject *PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t length) { return object_unicode_from_kind(kind, data, length); }
PyObject *PyUnicode_FromString(const char *utf8) { return object_unicode_from_utf8(utf8); }
PyObject *PyUnicode_FromStringAndSize(const char *utf8, Py_ssize_t bytes) { return object_unicode_from_utf8_size(utf8, bytes); }
PyObject *PyUnicode_FromOrdinal(int character) { return object_unicode_from_ordinal(character); }
PyObject *PyUnicode_FromWideChar(const wchar_t *text, Py_ssize_t length) { return object_unicode_from_wide(text, length); }
PyObject *PyUnicode_FromObject(PyObject *text) { return object_unicode_from_object(text); }
PyObject *PyUnicode_FromFormatV(const char *format, va_list arguments) { return object_unicode_from_format_list(format, arguments); }
PyObject *PyUnicode_FromFormat(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = object_unicode_from_format_list(format, arguments);
    va_end(arguments);
    return text;
}

/* Bytes in and out. -------------------------------------------------------------------------------------------------------------- */

PyObject *PyUnicode_DecodeUTF8(const char *utf8, Py_ssize_t bytes, const char *errors)
{
    return object_unicode_decode_utf8(utf8, bytes, errors, NULL);
}
PyObject *PyUnicode_DecodeUTF8Stateful(const char *utf8, Py_ssize_t bytes, const char *errors, Py_ssize_t *consumed)
{
    return object_unicode_decode_utf8(utf8, bytes, errors, consumed);
}
PyObject *PyUnicode_DecodeLatin1(const char *latin1, Py_ssize_t bytes, const char *errors)
{
    (void)errors; /* there are no faults */
    return object_unicode_decode_latin1(latin1, bytes);
}
PyObject *PyUnicode_DecodeASCII(const char *ascii, Py_ssize_t bytes, const char *errors) { return object_unicode_decode_ascii(ascii, bytes, errors); }
const char *PyUnicode_AsUTF8(PyObject *text) { return object_unicode_utf8(text, NULL); }
const char *PyUnicode_AsUTF8AndSize(PyObject *text, Py_ssize_t *bytes) { return object_unicode_utf8(text, bytes); }
PyObject *PyUnicode_Decode(const char *bytes, Py_ssize_t count, const char *encoding, const char *errors)
{
    return object_unicode_decode(bytes, count, encoding, errors);
}
PyObject *PyUnicode_FromEncodedObject(PyObject *object, const char *encoding, const char *errors)
{
    return object_unicode_from_encoded(object, encoding, errors);
}
PyObject *PyUnicode_AsUTF8String(PyObject *text) { return object_unicode_encode(text, "utf-8", NULL); }
PyObject *PyUnicode_AsLatin1String(PyObject *text) { return object_unicode_encode(text, "latin-1", NULL); }
PyObject *PyUnicode_AsASCIIString(PyObject *text) { return object_unicode_encode(text, "ascii", NULL); }
PyObject *PyUnicode_AsEncodedString(PyObject *text, const char *encoding, const char *errors) { return object_unicode_encode(text, encoding, errors); }
const char *PyUnicode_GetDefaultEncoding(void) { return "utf-8"; }
PyObject *PyUnicode_DecodeFSDefault(const char *name) { return PyUnicode_DecodeFSDefaultAndSize(name, (Py_ssize_t)strlen(name)); }
PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *name, Py_ssize_t bytes) { return object_unicode_decode(name, bytes, NULL, "surrogateescape"); }
PyObject *PyUnicode_EncodeFSDefault(PyObject *text) { return object_unicode_encode(text, NULL, "surrogateescape"); }
int PyUnicode_FSConverter(PyObject *name, void *result) { return object_unicode_name_converter(name, result, true); }
int PyUnicode_FSDecoder(PyObject *name, void *result) { return object_unicode_name_converter(name, result, false); }
Py_UCS4 *PyUnicode_AsUCS4(PyObject *text, Py_UCS4 *buffer, Py_ssize_t room, int has_end) { return object_unicode_as_ucs4(text, buffer, room, has_end != 0); }
Py_UCS4 *PyUnicode_AsUCS4Copy(PyObject *text) { return object_unicode_as_ucs4_new(text); }
Py_ssize_t PyUnicode_AsWideChar(PyObject *text, wchar_t *wide, Py_ssize_t room) { return object_unicode_as_wide(text, wide, room); }
wchar_t *PyUnicode_AsWideCharString(PyObject *text, Py_ssize_t *count) { return object_unicode_as_wide_new(text, count); }

/* Read and compared. --------------------------------------------------------------------------------------------------------------- */

Py_ssize_t PyUnicode_GetLength(PyObject *text)
{
    if (PyUnicode_Check(text))
        return PyUnicode_GET_LENGTH(text);
    object_error_bad_argument();
    return -1;
}
Py_UCS4 PyUnicode_ReadChar(PyObject *text, Py_ssize_t index) { return object_unicode_read(text, index); }
int PyUnicode_WriteChar(PyObject *text, Py_ssize_t index, Py_UCS4 character) { return object_unicode_write(text, index, character); }
Py_ssize_t PyUnicode_Fill(PyObject *text, Py_ssize_t start, Py_ssize_t length, Py_UCS4 character)
{
    return object_unicode_fill(text, start, length, character);
}
Py_ssize_t PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t length)
{
    return object_unicode_copy(to, to_start, from, from_start, length);
}
int PyUnicode_Resize(PyObject **text, Py_ssize_t length) { return object_unicode_resize(text, length); }
int PyUnicode_Compare(PyObject *left, PyObject *right) { return object_unicode_compare(left, right); }
int PyUnicode_CompareWithASCIIString(PyObject *text, const char *ascii) { return object_unicode_compare_ascii(text, ascii); }
int PyUnicode_EqualToUTF8AndSize(PyObject *text, const char *utf8, Py_ssize_t bytes) { return object_unicode_equals_utf8(text, utf8, bytes); }
int PyUnicode_EqualToUTF8(PyObject *text, const char *utf8) { return object_unicode_equals_utf8(text, utf8, (Py_ssize_t)strlen(utf8)); }
PyObject *PyUnicode_RichCompare(PyObject *left, PyObject *right, int op) { return object_unicode_compare_rich(left, right, op); }
void PyUnicode_InternInPlace(PyObject **text) { object_unicode_intern(text); }
PyObject *PyUnicode_InternFromString(const char *utf8) { return object_unicode_intern_utf8(utf8); }

/* Out of strings. ------------------------------------------------------------------------------------------------------------------ */

PyObject *PyUnicode_Concat(PyObject *left, PyObject *right) { return object_unicode_concat(left, right); }
void PyUnicode_Append(PyObject **left, PyObject *right) { object_unicode_append(left, right); }
void PyUnicode_AppendAndDel(PyObject **left, PyObject *right)
{
    object_unicode_append(left, right);
    Py_XDECREF(right);
}
PyObject *PyUnicode_Substring(PyObject *text, Py_ssize_t start, Py_ssize_t end) { return object_unicode_substring(text, start, end); }
PyObject *PyUnicode_Format(PyObject *format, PyObject *args) { return object_unicode_percent(format, args); }
PyObject *PyUnicode_Join(PyObject *separator, PyObject *items) { return object_unicode_join(separator, items); }
PyObject *PyUnicode_Split(PyObject *text, PyObject *separator, Py_ssize_t most) { return object_unicode_split(text, separator, most, 1); }
PyObject *PyUnicode_RSplit(PyObject *text, PyObject *separator, Py_ssize_t most) { return object_unicode_split(text, separator, most, -1); }
PyObject *PyUnicode_Splitlines(PyObject *text, int keeps_ends) { return object_unicode_split_lines(text, keeps_ends != 0); }
PyObject *PyUnicode_Partition(PyObject *text, PyObject *separator) { return object_unicode_partition(text, separator, 1); }
PyObject *PyUnicode_RPartition(PyObject *text, PyObject *separator) { return object_unicode_partition(text, separator, -1); }
PyObject *PyUnicode_Replace(PyObject *text, PyObject *part, PyObject *put, Py_ssize_t most) { return object_unicode_replace(text, part, put, most); }

/* Looked for. ------------------------------------------------------------------------------------------------------------------------ */

Py_ssize_t PyUnicode_Find(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    return object_unicode_find(text, part, start, end, direction);
}
Py_ssize_t PyUnicode_FindChar(PyObject *text, Py_UCS4 character, Py_ssize_t start, Py_ssize_t end, int direction)
{
    return object_unicode_find_char(text, character, start, end, direction);
}
Py_ssize_t PyUnicode_Count(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    return object_unicode_count(text, part, start, end);
}
Py_ssize_t PyUnicode_Tailmatch(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    return object_unicode_match_tail(text, part, start, end, direction);
}
int PyUnicode_Contains(PyObject *text, PyObject *part) { return object_unicode_contains(text, part); }
int PyUnicode_IsIdentifier(PyObject *text) { return object_unicode_is_identifier(text); }
