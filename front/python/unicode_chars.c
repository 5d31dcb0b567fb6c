/* unicode_chars.c: the names of the functions on characters; each is one of the object room's.
 *
 * Owns: nothing. Read python/unicodeobject.h first. */
#include "front.h"

#include "object/object.h"

int _PyUnicode_IsLowercase(Py_UCS4 character) { return object_char_is_lower(character); }
int _PyUnicode_IsUppercase(Py_UCS4 character) { return object_char_is_upper(character); }
int _PyUnicode_IsTitlecase(Py_UCS4 character) { return object_char_is_title(character); }
int _PyUnicode_IsWhitespace(Py_UCS4 character) { return object_char_is_space(character); }
int _PyUnicode_IsLinebreak(Py_UCS4 character) { return object_char_is_line_end(character); }
int _PyUnicode_IsDecimalDigit(Py_UCS4 character) { return object_char_decimal(character) >= 0; }
int _PyUnicode_IsDigit(Py_UCS4 character) { return object_char_digit(character) >= 0; }
int _PyUnicode_IsNumeric(Py_UCS4 character) { return object_char_is_numeric(character); }
int _PyUnicode_IsPrintable(Py_UCS4 character) { return object_char_is_printable(character); }
int _PyUnicode_IsAlpha(Py_UCS4 character) { return object_char_is_alphabetic(character); }
Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 character) { return object_char_to_lower(character); }
Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 character) { return object_char_to_upper(character); }
Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 character) { return object_char_to_title(character); }
int _PyUnicode_ToDecimalDigit(Py_UCS4 character) { return object_char_decimal(character); }
int _PyUnicode_ToDigit(Py_UCS4 character) { return object_char_digit(character); }
