/* unicode.c: the names of the functions on str and on text of any object; each is one of the object room's.
 *
 * Owns: nothing. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyObject_Repr(PyObject *op) { return object_repr(op); }
PyObject *PyObject_Str(PyObject *op) { return object_str(op); }
PyObject *PyObject_ASCII(PyObject *op) { return object_ascii(op); }
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
