/* unicode.h: the part of object.h that is about str; object.h includes it, and nobody else need.
 *
 * Functions do what the PyUnicode_* of like names do (include/python/unicodeobject.h), and what is said of them there holds.
 * "Text" is an object that is a str; an argument called `object` is checked. Read first: docs/internals/object.md. */
#ifndef PYMM_OBJECT_UNICODE_H
#define PYMM_OBJECT_UNICODE_H

#include "python/unicodeobject.h"

#include <stdarg.h>

/* Made (unicode.c). --------------------------------------------------------------------------------------------------------- */

PyObject *object_unicode_new(Py_ssize_t length, Py_UCS4 largest);
PyObject *object_unicode_empty(void);
PyObject *object_unicode_from_char(Py_UCS4 character); /* up to 0x10ffff */
PyObject *object_unicode_from_ordinal(int character);
PyObject *object_unicode_from_kind(int kind, const void *data, Py_ssize_t length);
PyObject *object_unicode_from_wide(const wchar_t *wide, Py_ssize_t length);
PyObject *object_unicode_from_object(PyObject *object);
int object_unicode_resize(PyObject **object, Py_ssize_t length);

/* Characters by themselves. */
PYMM_INLINE int object_unicode_kind_of(Py_UCS4 largest) { return largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4; }
/* A value that none of them exceeds and that needs as many bytes as the largest of them; 0x7f for ASCII. */
Py_UCS4 object_unicode_largest(int kind, const void *data, Py_ssize_t length);
/* Copy `length` characters to place `at` of characters of another kind, in which they fit. */
void object_unicode_copy_chars(int to_kind, void *to, Py_ssize_t at, int kind, const void *data, Py_ssize_t length);

/* A string in the making (text.c): characters are put at its end, its kind widens as they need. An error is kept until it is
 * closed, so who writes need not look at each step. Close gives the string, or NULL with MemoryError; drop gives it up. */
typedef struct object_text {
    void *data;
    Py_ssize_t used, room; /* characters */
    int kind;
    Py_UCS4 all; /* every character or-ed */
    bool has_failed;
    unsigned char first[200]; /* where it begins; later in a block */
} object_text;
void object_text_open(object_text *text);
/* Room for `more` characters of which the widest needs `kind` bytes. False: there is no memory for them. */
bool object_text_reserve(object_text *text, Py_ssize_t more, int kind);
void object_text_char(object_text *text, Py_UCS4 character);
void object_text_fill(object_text *text, Py_UCS4 character, Py_ssize_t count);
void object_text_chars(object_text *text, int kind, const void *data, Py_ssize_t count);
void object_text_ascii(object_text *text, const char *ascii);
void object_text_str(object_text *text, PyObject *string);
int object_text_repr(object_text *text, PyObject *object); /* its repr; 0, or -1 with an exception */
PyObject *object_text_close(object_text *text);
void object_text_drop(object_text *text);

/* Bytes in and out (unicode_decode.c, unicode_encode.c). ---------------------------------------------------------------------- */

PyObject *object_unicode_from_utf8(const char *utf8);
PyObject *object_unicode_from_utf8_size(const char *utf8, Py_ssize_t bytes);
/* `used` not NULL: an unfinished character at the end is no error and left out; *used is the bytes decoded. */
PyObject *object_unicode_decode_utf8(const char *utf8, Py_ssize_t bytes, const char *errors, Py_ssize_t *used);
PyObject *object_unicode_decode_ascii(const char *ascii, Py_ssize_t bytes, const char *errors);
PyObject *object_unicode_decode_latin1(const char *latin1, Py_ssize_t bytes);
PyObject *object_unicode_decode(const char *bytes, Py_ssize_t count, const char *encoding, const char *errors);
PyObject *object_unicode_encode(PyObject *object, const char *encoding, const char *errors); /* encoding NULL: UTF-8 */
PyObject *object_unicode_from_encoded(PyObject *object, const char *encoding, const char *errors);
/* As converters of PyArg_Parse: the name of a file as bytes or as a str. */
int object_unicode_name_converter(PyObject *object, PyObject **result, bool to_bytes);
Py_ssize_t object_unicode_as_wide(PyObject *object, wchar_t *wide, Py_ssize_t room);
wchar_t *object_unicode_as_wide_new(PyObject *object, Py_ssize_t *count);
Py_UCS4 *object_unicode_as_ucs4(PyObject *text, Py_UCS4 *buffer, Py_ssize_t room, bool has_end);
Py_UCS4 *object_unicode_as_ucs4_new(PyObject *text);
/* The UTF-8 that a string keeps, and its length if `bytes` is not NULL. NULL: an exception is set. */
const char *object_unicode_utf8(PyObject *object, Py_ssize_t *bytes);
/* One character as UTF-8 into 4 bytes; their number. */
int object_unicode_utf8_put(char *to, Py_UCS4 character);

/* Compared (unicode_compare.c). ------------------------------------------------------------------------------------------------ */

Py_hash_t object_unicode_hash(PyObject *text);
bool object_unicode_is_equal(PyObject *left, PyObject *right); /* two texts */
int object_unicode_compare(PyObject *left, PyObject *right);
int object_unicode_compare_ascii(PyObject *text, const char *ascii);
bool object_unicode_equals_utf8(PyObject *text, const char *utf8, Py_ssize_t bytes);
PyObject *object_unicode_compare_rich(PyObject *left, PyObject *right, int op);
void object_unicode_intern(PyObject **object);
PyObject *object_unicode_intern_utf8(const char *utf8);
void object_unicode_intern_forget(PyObject *text); /* it is interned, and dies */

/* Put together (unicode_ops.c). -------------------------------------------------------------------------------------------------- */

PyObject *object_unicode_concat(PyObject *left, PyObject *right);
void object_unicode_append(PyObject **left, PyObject *right);
PyObject *object_unicode_repeat(PyObject *text, Py_ssize_t times);
PyObject *object_unicode_substring(PyObject *text, Py_ssize_t start, Py_ssize_t end);
PyObject *object_unicode_item(PyObject *text, Py_ssize_t index);
PyObject *object_unicode_subscript(PyObject *text, PyObject *key); /* unicode_subscript.c */
PyObject *object_unicode_iter(PyObject *text); /* unicode_iter.c */
Py_UCS4 object_unicode_read(PyObject *object, Py_ssize_t index);
int object_unicode_write(PyObject *object, Py_ssize_t index, Py_UCS4 character);

Py_ssize_t object_unicode_fill(PyObject *object, Py_ssize_t start, Py_ssize_t length, Py_UCS4 character);
Py_ssize_t object_unicode_copy(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t count);
bool object_unicode_is_identifier(PyObject *text);

/* Searched and split (unicode_search.c, unicode_split.c). `direction`: 1 from the start on, -1 from the end. ----------------------- */

bool object_unicode_check(PyObject *object); /* TypeError: must be str, not ... */
/* In a row of characters of 1, 2 or 4 bytes (the kinds), a part of no larger ones; bytes are characters of 1. -1: it is not there. */
Py_ssize_t object_row_find(int text_kind, const void *text, int part_kind, const void *part, Py_ssize_t part_count,
                           Py_ssize_t start, Py_ssize_t end, int direction);
Py_ssize_t object_unicode_find_in(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction); /* two texts */
Py_ssize_t object_unicode_find(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction);
Py_ssize_t object_unicode_find_char(PyObject *text, Py_UCS4 character, Py_ssize_t start, Py_ssize_t end, int direction);
Py_ssize_t object_unicode_count(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end);
Py_ssize_t object_unicode_match_tail(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction);
int object_unicode_contains(PyObject *object, PyObject *part);
PyObject *object_unicode_replace(PyObject *object, PyObject *part, PyObject *put, Py_ssize_t most);
PyObject *object_unicode_join(PyObject *separator, PyObject *items);
PyObject *object_unicode_split(PyObject *object, PyObject *separator, Py_ssize_t most, int direction);
PyObject *object_unicode_split_lines(PyObject *object, bool keeps_ends);
PyObject *object_unicode_partition(PyObject *object, PyObject *separator, int direction);
bool object_char_is_space(Py_UCS4 character);
bool object_char_is_line_end(Py_UCS4 character);

/* Shown (unicode_repr.c, unicode_format.c). ---------------------------------------------------------------------------------------- */

PyObject *object_unicode_repr(PyObject *text);
PyObject *object_ascii(PyObject *op); /* its repr with escapes for all that is not ASCII; op may be NULL */
PyObject *object_unicode_from_format(const char *format, ...); /* PyUnicode_FromFormat's formats */
PyObject *object_unicode_from_format_list(const char *format, va_list arguments);

/* format % args (unicode_percent.c). Remainder: NotImplemented if `left` is no str. */
PyObject *object_unicode_percent(PyObject *format, PyObject *args);
PyObject *object_unicode_remainder(PyObject *left, PyObject *right);

/* Methods, and the arguments of str() (unicode_methods.c). ---------------------------------------------------------------------------- */

extern PyMethodDef object_unicode_methods[];
PyObject *object_unicode_from_arguments(PyObject *args, PyObject *keywords);

/* Which characters are what (unicode_table.c, generated). */
bool object_char_is_printable(Py_UCS4 character);
bool object_char_is_identifier_start(Py_UCS4 character);
bool object_char_is_identifier_part(Py_UCS4 character);

/* Cases and numbers (unicode_kind_table.c, unicode_case_table.c, generated), as in the Unicode of CPython 3.13. */
bool object_char_is_lower(Py_UCS4 character);
bool object_char_is_upper(Py_UCS4 character);
bool object_char_is_title(Py_UCS4 character);
bool object_char_is_cased(Py_UCS4 character);
bool object_char_is_case_ignorable(Py_UCS4 character);
bool object_char_is_alphabetic(Py_UCS4 character);
bool object_char_is_numeric(Py_UCS4 character);
/* To one character. Special: to several, three places up to a 0; NULL: one is enough. */
Py_UCS4 object_char_to_lower(Py_UCS4 character);
Py_UCS4 object_char_to_upper(Py_UCS4 character);
Py_UCS4 object_char_to_title(Py_UCS4 character);
Py_UCS4 object_char_to_folded(Py_UCS4 character);
const Py_UCS4 *object_char_special_lower(Py_UCS4 character);
const Py_UCS4 *object_char_special_upper(Py_UCS4 character);
const Py_UCS4 *object_char_special_title(Py_UCS4 character);
const Py_UCS4 *object_char_special_folded(Py_UCS4 character);
/* The value of a digit of decimal numbers, or of any digit; -1: it is none. */
int object_char_decimal(Py_UCS4 character);
int object_char_digit(Py_UCS4 character);
PYMM_INLINE bool object_char_is_alphanumeric(Py_UCS4 character)
{
    return object_char_is_alphabetic(character) || object_char_decimal(character) >= 0 || object_char_digit(character) >= 0 ||
           object_char_is_numeric(character);
}

/* The hash of bytes (hash.c): keyed, so that nobody outside can choose texts whose hashes are alike. Never -1. */
Py_hash_t object_hash_bytes(const void *data, size_t bytes);
/* The key, once, before the first hash: from a seed as PYTHONHASHSEED gives it, or if `is_random` from the system. */
void object_hash_seed(bool is_random, uint32_t seed);
#endif
