/* unicodeobject.h: str.
 *
 * Owns: the layout of strings, PyUnicode_* and the macros that read characters. Include Python.h, not this file.
 * A string holds its characters in 1, 2 or 4 bytes each, as few as its largest needs, and a zero behind them. Text that
 * comes in or goes out as `char *` is UTF-8. A function that gets something else than a str fails with TypeError (bad
 * argument type for built-in operation) where nothing else is said. The GIL is to be held. Since pymm 0.1; text:
 * "Unicode Objects and Codecs". Encodings are UTF-8, ASCII and Latin-1; others: LookupError. */
#ifndef Py_UNICODEOBJECT_H
#define Py_UNICODEOBJECT_H

#include <stdarg.h>
#include <wchar.h>

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t Py_UCS4;
typedef uint16_t Py_UCS2;
typedef uint8_t Py_UCS1;

enum PyUnicode_Kind { PyUnicode_1BYTE_KIND = 1, PyUnicode_2BYTE_KIND = 2, PyUnicode_4BYTE_KIND = 4 };
#define Py_UNICODE_REPLACEMENT_CHARACTER ((Py_UCS4)0xFFFD)

/* The head of every string. The characters of ASCII strings follow it, those of others a PyUnicodeObject. Programs use the
 * macros below; the layout is not CPython's. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t length;      /* characters */
    Py_hash_t hash;         /* -1 until it is computed */
    uint8_t kind;           /* bytes of a character */
    uint8_t is_ascii;
    uint8_t is_interned;
    uint8_t is_apart;       /* a subclass's: the characters are in a block of their own */
    unsigned char ascii[4]; /* the characters, if is_ascii and not is_apart */
} PyASCIIObject;

typedef struct {
    PyASCIIObject _base;
    Py_ssize_t utf8_length;
    char *utf8; /* made when it is asked for; never for ASCII strings */
    union {
        void *any;             /* is_apart: where the characters are */
        unsigned char text[8]; /* else the characters */
    } data;
} PyUnicodeObject;
typedef PyUnicodeObject PyCompactUnicodeObject;

PyAPI_DATA(PyTypeObject) PyUnicode_Type;
PyAPI_DATA(PyTypeObject) PyUnicodeIter_Type;

#define PyUnicode_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyUnicode_Type)

/* Characters. Nothing is checked: the object is a str, the index lies in it. ------------------------------------------------ */

#define _PyASCIIObject_CAST(op) ((PyASCIIObject *)(op))
#define PyUnicode_IS_READY(op) 1
#define PyUnicode_READY(op) 0
static inline Py_ssize_t PyUnicode_GET_LENGTH(PyObject *text) { return _PyASCIIObject_CAST(text)->length; }
static inline int PyUnicode_KIND(PyObject *text) { return _PyASCIIObject_CAST(text)->kind; }
static inline unsigned int PyUnicode_IS_ASCII(PyObject *text) { return _PyASCIIObject_CAST(text)->is_ascii; }
static inline unsigned int PyUnicode_CHECK_INTERNED(PyObject *text) { return _PyASCIIObject_CAST(text)->is_interned; }
static inline int PyUnicode_IS_COMPACT(PyObject *text) { return !_PyASCIIObject_CAST(text)->is_apart; }
static inline int PyUnicode_IS_COMPACT_ASCII(PyObject *text)
{
    return _PyASCIIObject_CAST(text)->is_ascii && !_PyASCIIObject_CAST(text)->is_apart;
}
static inline void *PyUnicode_DATA(PyObject *text)
{
    if (_PyASCIIObject_CAST(text)->is_apart)
        return ((PyUnicodeObject *)text)->data.any;
    return _PyASCIIObject_CAST(text)->is_ascii ? (void *)_PyASCIIObject_CAST(text)->ascii
                                               : (void *)((PyUnicodeObject *)text)->data.text;
}
static inline Py_UCS4 PyUnicode_READ(int kind, const void *data, Py_ssize_t index)
{
    if (kind == PyUnicode_1BYTE_KIND)
        return ((const Py_UCS1 *)data)[index];
    return kind == PyUnicode_2BYTE_KIND ? ((const Py_UCS2 *)data)[index] : ((const Py_UCS4 *)data)[index];
}
static inline void PyUnicode_WRITE(int kind, void *data, Py_ssize_t index, Py_UCS4 character)
{
    if (kind == PyUnicode_1BYTE_KIND)
        ((Py_UCS1 *)data)[index] = (Py_UCS1)character;
    else if (kind == PyUnicode_2BYTE_KIND)
        ((Py_UCS2 *)data)[index] = (Py_UCS2)character;
    else
        ((Py_UCS4 *)data)[index] = character;
}
#define PyUnicode_GET_LENGTH(op) PyUnicode_GET_LENGTH(_PyObject_CAST(op))
#define PyUnicode_KIND(op) PyUnicode_KIND(_PyObject_CAST(op))
#define PyUnicode_IS_ASCII(op) PyUnicode_IS_ASCII(_PyObject_CAST(op))
#define PyUnicode_CHECK_INTERNED(op) PyUnicode_CHECK_INTERNED(_PyObject_CAST(op))
#define PyUnicode_IS_COMPACT(op) PyUnicode_IS_COMPACT(_PyObject_CAST(op))
#define PyUnicode_IS_COMPACT_ASCII(op) PyUnicode_IS_COMPACT_ASCII(_PyObject_CAST(op))
#define PyUnicode_DATA(op) PyUnicode_DATA(_PyObject_CAST(op))
#define PyUnicode_1BYTE_DATA(op) ((Py_UCS1 *)PyUnicode_DATA(op))
#define PyUnicode_2BYTE_DATA(op) ((Py_UCS2 *)PyUnicode_DATA(op))
#define PyUnicode_4BYTE_DATA(op) ((Py_UCS4 *)PyUnicode_DATA(op))
#define PyUnicode_READ(kind, data, index) PyUnicode_READ((int)(kind), (data), (index))
#define PyUnicode_WRITE(kind, data, index, value) PyUnicode_WRITE((int)(kind), (data), (index), (value))
#define PyUnicode_READ_CHAR(op, index) PyUnicode_READ(PyUnicode_KIND(op), PyUnicode_DATA(op), (index))
/* No character of the string is larger. */
#define PyUnicode_MAX_CHAR_VALUE(op)                                                                                   \
    (PyUnicode_IS_ASCII(op) ? 0x7fu : PyUnicode_KIND(op) == 1 ? 0xffu : PyUnicode_KIND(op) == 2 ? 0xffffu : 0x10ffffu)

/* What a character is, in the Unicode of CPython 3.13; in which case it is; -1: it is no digit. */
PyAPI_FUNC(int) _PyUnicode_IsLowercase(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsUppercase(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsTitlecase(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsWhitespace(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsLinebreak(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsDecimalDigit(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsDigit(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsNumeric(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsPrintable(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_IsAlpha(Py_UCS4 character);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToLowercase(Py_UCS4 character);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToUppercase(Py_UCS4 character);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToTitlecase(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_ToDecimalDigit(Py_UCS4 character);
PyAPI_FUNC(int) _PyUnicode_ToDigit(Py_UCS4 character);
#define Py_UNICODE_ISSPACE(c) _PyUnicode_IsWhitespace(c)
#define Py_UNICODE_ISLOWER(c) _PyUnicode_IsLowercase(c)
#define Py_UNICODE_ISUPPER(c) _PyUnicode_IsUppercase(c)
#define Py_UNICODE_ISTITLE(c) _PyUnicode_IsTitlecase(c)
#define Py_UNICODE_ISLINEBREAK(c) _PyUnicode_IsLinebreak(c)
#define Py_UNICODE_TOLOWER(c) _PyUnicode_ToLowercase(c)
#define Py_UNICODE_TOUPPER(c) _PyUnicode_ToUppercase(c)
#define Py_UNICODE_TOTITLE(c) _PyUnicode_ToTitlecase(c)
#define Py_UNICODE_ISDECIMAL(c) _PyUnicode_IsDecimalDigit(c)
#define Py_UNICODE_ISDIGIT(c) _PyUnicode_IsDigit(c)
#define Py_UNICODE_ISNUMERIC(c) _PyUnicode_IsNumeric(c)
#define Py_UNICODE_ISPRINTABLE(c) _PyUnicode_IsPrintable(c)
#define Py_UNICODE_TODECIMAL(c) _PyUnicode_ToDecimalDigit(c)
#define Py_UNICODE_TODIGIT(c) _PyUnicode_ToDigit(c)
#define Py_UNICODE_ISALPHA(c) _PyUnicode_IsAlpha(c)
#define Py_UNICODE_ISALNUM(c) (Py_UNICODE_ISALPHA(c) || Py_UNICODE_ISDECIMAL(c) || Py_UNICODE_ISDIGIT(c) || Py_UNICODE_ISNUMERIC(c))

#define Py_UNICODE_IS_SURROGATE(c) (0xD800 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_IS_HIGH_SURROGATE(c) (0xD800 <= (c) && (c) <= 0xDBFF)
#define Py_UNICODE_IS_LOW_SURROGATE(c) (0xDC00 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_JOIN_SURROGATES(high, low) (0x10000 + ((((Py_UCS4)(high)&0x03FF) << 10) | ((Py_UCS4)(low)&0x03FF)))
#define Py_UNICODE_HIGH_SURROGATE(c) (0xD800 - (0x10000 >> 10) + ((c) >> 10))
#define Py_UNICODE_LOW_SURROGATE(c) (0xDC00 + ((c)&0x3FF))

/* Strings made. New references. --------------------------------------------------------------------------------------------- */

/* `length` characters, to be written before anybody else sees the string; none may be larger than `largest`. */
PyAPI_FUNC(PyObject *) PyUnicode_New(Py_ssize_t length, Py_UCS4 largest);
/* A copy of characters of 1, 2 or 4 bytes each, in the kind that they need. */
PyAPI_FUNC(PyObject *) PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t length);
/* From UTF-8; UnicodeDecodeError if it is not. A negative size, and NULL with a size: SystemError. */
PyAPI_FUNC(PyObject *) PyUnicode_FromString(const char *utf8);
PyAPI_FUNC(PyObject *) PyUnicode_FromStringAndSize(const char *utf8, Py_ssize_t bytes);
/* A string of one character; ValueError beyond 0x10ffff. */
PyAPI_FUNC(PyObject *) PyUnicode_FromOrdinal(int character);
PyAPI_FUNC(PyObject *) PyUnicode_FromWideChar(const wchar_t *text, Py_ssize_t length); /* -1: up to its zero */
/* A str itself, or a true str with the characters of a subclass's. */
PyAPI_FUNC(PyObject *) PyUnicode_FromObject(PyObject *text);

/* As printf, with Python's formats: c; d i u x X o with l ll z j t; s (UTF-8) and ls; p; U (a str), V (a str, or if it is NULL
 * the text after it), S R A (str, repr or ascii of an object), T (the name of its type), N (the name of a type); %. Width and
 * precision, a number or *, flags - and 0; # writes ':' between module and name in T and N. An unknown format: SystemError. */
PyAPI_FUNC(PyObject *) PyUnicode_FromFormat(const char *format, ...);
PyAPI_FUNC(PyObject *) PyUnicode_FromFormatV(const char *format, va_list arguments);

/* Bytes in and out. --------------------------------------------------------------------------------------------------------- */

/* `errors` says what is done about faults. NULL and "strict": UnicodeDecodeError. "ignore", "replace" (U+FFFD),
 * "backslashreplace", "surrogateescape", "surrogatepass" (UTF-8 only). Others: LookupError, once there is a fault. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF8(const char *utf8, Py_ssize_t bytes, const char *errors);
/* `consumed` not NULL: an unfinished character at the end is left out, and *consumed is the bytes before it. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF8Stateful(const char *utf8, Py_ssize_t bytes, const char *errors, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLatin1(const char *latin1, Py_ssize_t bytes, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeASCII(const char *ascii, Py_ssize_t bytes, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_Decode(const char *bytes, Py_ssize_t count, const char *encoding, const char *errors);
/* From bytes; `encoding` NULL: UTF-8. A str, or something else: TypeError. */
PyAPI_FUNC(PyObject *) PyUnicode_FromEncodedObject(PyObject *object, const char *encoding, const char *errors);
/* As bytes. The first three are strict. Handlers as above, UnicodeEncodeError, "replace" puts '?', and "xmlcharrefreplace". */
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF8String(PyObject *text);
PyAPI_FUNC(PyObject *) PyUnicode_AsLatin1String(PyObject *text);
PyAPI_FUNC(PyObject *) PyUnicode_AsASCIIString(PyObject *text);
PyAPI_FUNC(PyObject *) PyUnicode_AsEncodedString(PyObject *text, const char *encoding, const char *errors);
PyAPI_FUNC(const char *) PyUnicode_GetDefaultEncoding(void); /* "utf-8" */
/* Names of files: UTF-8 with "surrogateescape", on every system. The converters are for "O&" of PyArg_Parse*: a str or bytes
 * becomes the other or stays; a zero within: ValueError. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefault(const char *name);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefaultAndSize(const char *name, Py_ssize_t bytes);
PyAPI_FUNC(PyObject *) PyUnicode_EncodeFSDefault(PyObject *text);
PyAPI_FUNC(int) PyUnicode_FSConverter(PyObject *name, void *result); /* PyObject **: bytes */
PyAPI_FUNC(int) PyUnicode_FSDecoder(PyObject *name, void *result);   /* PyObject **: a str */
/* As UCS-4, with a zero at the end if `has_end`. Too little room: SystemError. Copy: to be freed by PyMem_Free. */
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4(PyObject *text, Py_UCS4 *buffer, Py_ssize_t room, int has_end);
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4Copy(PyObject *text);
/* As wchar_t. Up to `room` of them, with a zero if there is room for it; the count of others, or with NULL for `wide` all that
 * would be needed, the zero too. String: to be freed by PyMem_Free; `count` NULL: ValueError if a zero is within. */
PyAPI_FUNC(Py_ssize_t) PyUnicode_AsWideChar(PyObject *text, wchar_t *wide, Py_ssize_t room);
PyAPI_FUNC(wchar_t *) PyUnicode_AsWideCharString(PyObject *text, Py_ssize_t *count);
/* The UTF-8 of the string, which keeps it; a zero byte ends it. UnicodeEncodeError for surrogates. */
PyAPI_FUNC(const char *) PyUnicode_AsUTF8(PyObject *text);
PyAPI_FUNC(const char *) PyUnicode_AsUTF8AndSize(PyObject *text, Py_ssize_t *bytes);

/* Strings read and compared. ------------------------------------------------------------------------------------------------- */

PyAPI_FUNC(Py_ssize_t) PyUnicode_GetLength(PyObject *text); /* characters; -1 */
/* IndexError outside: (Py_UCS4)-1. */
PyAPI_FUNC(Py_UCS4) PyUnicode_ReadChar(PyObject *text, Py_ssize_t index);
/* Only into a string that nobody else has and that was never hashed: else SystemError. 0, or -1. */
PyAPI_FUNC(int) PyUnicode_WriteChar(PyObject *text, Py_ssize_t index, Py_UCS4 character);
/* The same for up to `length` characters, and for those of another string; how many were written, or -1. */
PyAPI_FUNC(Py_ssize_t) PyUnicode_Fill(PyObject *text, Py_ssize_t start, Py_ssize_t length, Py_UCS4 character);
PyAPI_FUNC(Py_ssize_t) PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start,
                                                Py_ssize_t length);
/* Change the length of a string that nobody else has, or put a shorter or longer copy in its place. New characters are
 * undefined. 0; -1: it is as it was. */
PyAPI_FUNC(int) PyUnicode_Resize(PyObject **text, Py_ssize_t length);
/* -1, 0, 1 by code points. Compare: -1 with TypeError if one is no str. WithASCIIString cannot fail; bytes over 127 are
 * Latin-1. EqualTo: 1 or 0; cannot fail. */
PyAPI_FUNC(int) PyUnicode_Compare(PyObject *left, PyObject *right);
PyAPI_FUNC(int) PyUnicode_CompareWithASCIIString(PyObject *text, const char *ascii);
PyAPI_FUNC(int) PyUnicode_EqualToUTF8(PyObject *text, const char *utf8);
PyAPI_FUNC(int) PyUnicode_EqualToUTF8AndSize(PyObject *text, const char *utf8, Py_ssize_t bytes);
/* True, false, or NotImplemented if one is no str. */
PyAPI_FUNC(PyObject *) PyUnicode_RichCompare(PyObject *left, PyObject *right, int op);
/* The one string of these characters. InPlace changes *text to it, and the reference with it; anything but an exact str
 * stays as it is. */
PyAPI_FUNC(void) PyUnicode_InternInPlace(PyObject **text);
PyAPI_FUNC(PyObject *) PyUnicode_InternFromString(const char *utf8);

/* Strings out of strings. New references. -------------------------------------------------------------------------------------- */

PyAPI_FUNC(PyObject *) PyUnicode_Concat(PyObject *left, PyObject *right);
/* *left becomes the concatenation, where it lies if nobody else has it; NULL on error. AndDel also drops `right`. */
PyAPI_FUNC(void) PyUnicode_Append(PyObject **left, PyObject *right);
PyAPI_FUNC(void) PyUnicode_AppendAndDel(PyObject **left, PyObject *right);
/* Characters [start, end); a large end is cut, a negative place: IndexError. */
PyAPI_FUNC(PyObject *) PyUnicode_Substring(PyObject *text, Py_ssize_t start, Py_ssize_t end);
/* format % args: args is a tuple, one argument, or a mapping for formats with keys. */
PyAPI_FUNC(PyObject *) PyUnicode_Format(PyObject *format, PyObject *args);
/* The items of a sequence, which have to be str; `separator` NULL: a space. */
PyAPI_FUNC(PyObject *) PyUnicode_Join(PyObject *separator, PyObject *items);
/* Lists. `separator` NULL: runs of white space; empty: ValueError. `most` < 0: no limit. RSplit begins at the end. */
PyAPI_FUNC(PyObject *) PyUnicode_Split(PyObject *text, PyObject *separator, Py_ssize_t most);
PyAPI_FUNC(PyObject *) PyUnicode_RSplit(PyObject *text, PyObject *separator, Py_ssize_t most);
PyAPI_FUNC(PyObject *) PyUnicode_Splitlines(PyObject *text, int keeps_ends);
/* Three strings in a tuple: before the first, or last, separator, that, and after it. */
PyAPI_FUNC(PyObject *) PyUnicode_Partition(PyObject *text, PyObject *separator);
PyAPI_FUNC(PyObject *) PyUnicode_RPartition(PyObject *text, PyObject *separator);
/* `most` < 0: all. */
PyAPI_FUNC(PyObject *) PyUnicode_Replace(PyObject *text, PyObject *part, PyObject *put, Py_ssize_t most);

/* Parts looked for in text[start:end]; direction 1: the first, -1: the last. ------------------------------------------------------- */

PyAPI_FUNC(Py_ssize_t) PyUnicode_Find(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction); /* -1: none; -2 */
PyAPI_FUNC(Py_ssize_t) PyUnicode_FindChar(PyObject *text, Py_UCS4 character, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Count(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end); /* -1 */
/* 1, 0 or -1. Tailmatch: does it begin (direction -1) or end (1) with the part? */
PyAPI_FUNC(Py_ssize_t) PyUnicode_Tailmatch(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(int) PyUnicode_Contains(PyObject *text, PyObject *part);
PyAPI_FUNC(int) PyUnicode_IsIdentifier(PyObject *text);

#ifdef __cplusplus
}
#endif
#endif
