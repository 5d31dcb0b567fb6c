/* unicode_ops.c: strings put together, and parts of them.
 *
 * Owns: concatenation, growing in place, repetition, parts by place, characters read and written. Does not own: searching
 * (unicode_search.c). Read unicode.h first. */
#include "object.h"

#define HEAD(op) ((PyASCIIObject *)(op))

PyObject *object_unicode_concat(PyObject *left, PyObject *right)
{
    if (!PyUnicode_Check(left))
        return object_error_format(PyExc_TypeError, "must be str, not %.100s", Py_TYPE(left)->tp_name);
    if (!PyUnicode_Check(right))
        return object_error_format(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", Py_TYPE(right)->tp_name);
    Py_ssize_t a = PyUnicode_GET_LENGTH(left), b = PyUnicode_GET_LENGTH(right);
    if (a == 0 || b == 0)
        return object_unicode_from_object(a == 0 ? right : left);
    if (a > PY_SSIZE_T_MAX - b)
        return object_error_set(PyExc_OverflowError, "strings are too large to concat");
    Py_UCS4 largest = PyUnicode_MAX_CHAR_VALUE(left), other = PyUnicode_MAX_CHAR_VALUE(right);
    PyObject *self = object_unicode_new(a + b, largest > other ? largest : other);
    if (self == NULL)
        return NULL;
    int kind = PyUnicode_KIND(self);
    object_unicode_copy_chars(kind, PyUnicode_DATA(self), 0, PyUnicode_KIND(left), PyUnicode_DATA(left), a);
    object_unicode_copy_chars(kind, PyUnicode_DATA(self), a, PyUnicode_KIND(right), PyUnicode_DATA(right), b);
    return self;
}

/* May it be changed where it lies? Nobody else has it, and nobody has looked for it by its hash. */
static bool is_changeable(PyObject *text)
{
    return Py_REFCNT(text) == 1 && PyUnicode_CheckExact(text) && !HEAD(text)->is_interned && HEAD(text)->hash == -1;
}

/* Its characters change: what it keeps of them is no longer true. */
static void utf8_forget(PyObject *text)
{
    if (PyUnicode_IS_ASCII(text))
        return;
    domain_free(PYMM_DOMAIN_MEM, ((PyUnicodeObject *)text)->utf8);
    ((PyUnicodeObject *)text)->utf8 = NULL;
}

/* Another length for a string that may be changed and is not empty; `length` > 0. NULL: no memory, and it is as it was. */
static PyObject *length_change(PyObject *self, Py_ssize_t length)
{
    int kind = PyUnicode_KIND(self);
    size_t head_bytes = (size_t)((char *)PyUnicode_DATA(self) - (char *)self);
    if ((size_t)length > ((size_t)PY_SSIZE_T_MAX - head_bytes) / (size_t)kind - 1)
        return object_error_no_memory();
    utf8_forget(self);
    PyObject *other = domain_realloc(PYMM_DOMAIN_OBJ, self, head_bytes + ((size_t)length + 1) * (size_t)kind);
    if (other == NULL)
        return object_error_no_memory();
    HEAD(other)->length = length;
    PyUnicode_WRITE(kind, PyUnicode_DATA(other), length, 0);
    return other;
}

void object_unicode_append(PyObject **left, PyObject *right)
{
    PyObject *self = *left;
    if (self == NULL || right == NULL || !PyUnicode_Check(self) || !PyUnicode_Check(right)) {
        if (object_error_occurred() == NULL)
            object_error_bad_call();
        Py_CLEAR(*left);
        return;
    }
    Py_ssize_t a = PyUnicode_GET_LENGTH(self), b = PyUnicode_GET_LENGTH(right);
    if (!is_changeable(self) || self == right || a == 0 || b > PY_SSIZE_T_MAX - a || !PyUnicode_CheckExact(right) ||
        PyUnicode_MAX_CHAR_VALUE(right) > PyUnicode_MAX_CHAR_VALUE(self)) {
        *left = object_unicode_concat(self, right);
        Py_DECREF(self);
        return;
    }
    PyObject *longer = length_change(self, a + b);
    if (longer == NULL)
        Py_DECREF(self);
    else
        object_unicode_copy_chars(PyUnicode_KIND(longer), PyUnicode_DATA(longer), a, PyUnicode_KIND(right), PyUnicode_DATA(right), b);
    *left = longer;
}

/* A string that others have is replaced by a copy. */
int object_unicode_resize(PyObject **object, Py_ssize_t length)
{
    PyObject *self = object == NULL ? NULL : *object;
    if (self == NULL || !PyUnicode_Check(self) || length < 0) {
        object_error_bad_call();
        return -1;
    }
    Py_ssize_t had = PyUnicode_GET_LENGTH(self);
    if (length == had)
        return 0;
    PyObject *other;
    if (length > 0 && had > 0 && is_changeable(self)) {
        other = length_change(self, length);
        if (other != NULL)
            *object = other;
        return other != NULL ? 0 : -1;
    }
    other = object_unicode_new(length, PyUnicode_MAX_CHAR_VALUE(self));
    if (other == NULL)
        return -1;
    Py_ssize_t both = length < had ? length : had;
    if (both > 0)
        object_unicode_copy_chars(PyUnicode_KIND(other), PyUnicode_DATA(other), 0, PyUnicode_KIND(self), PyUnicode_DATA(self), both);
    *object = other;
    Py_DECREF(self);
    return 0;
}

/* As many characters as are there are copied, then twice as many, and so on. */
PyObject *object_unicode_repeat(PyObject *text, Py_ssize_t times)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text);
    if (times <= 0 || count == 0)
        return object_unicode_empty();
    if (times == 1)
        return object_unicode_from_object(text);
    if (count > PY_SSIZE_T_MAX / times)
        return object_error_set(PyExc_OverflowError, "repeated string is too long");
    PyObject *self = object_unicode_new(count * times, PyUnicode_MAX_CHAR_VALUE(text));
    if (self == NULL)
        return NULL;
    char *to = PyUnicode_DATA(self);
    size_t done = (size_t)(count * PyUnicode_KIND(text)), bytes = done * (size_t)times;
    memcpy(to, PyUnicode_DATA(text), done);
    if (done == 1)
        memset(to, to[0], bytes);
    for (; done < bytes && done > 1; done *= 2)
        memcpy(to + done, to, base_min(done, bytes - done));
    return self;
}

PyObject *object_unicode_substring(PyObject *text, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text);
    end = end < count ? end : count;
    if (start == 0 && end == count)
        return object_unicode_from_object(text);
    if (start < 0 || end < 0)
        return object_error_set(PyExc_IndexError, "string index out of range");
    if (start >= end)
        return object_unicode_empty();
    int kind = PyUnicode_KIND(text);
    return object_unicode_from_kind(kind, (char *)PyUnicode_DATA(text) + start * kind, end - start);
}

/* Characters. ----------------------------------------------------------------------------------------------------------------- */

PyObject *object_unicode_item(PyObject *text, Py_ssize_t index)
{
    if (index < 0 || index >= PyUnicode_GET_LENGTH(text))
        return object_error_set(PyExc_IndexError, "string index out of range");
    return object_unicode_from_char(PyUnicode_READ_CHAR(text, index));
}

static bool index_check(PyObject *object, Py_ssize_t index)
{
    if (!PyUnicode_Check(object))
        object_error_bad_argument();
    else if (index < 0 || index >= PyUnicode_GET_LENGTH(object))
        object_error_set(PyExc_IndexError, "string index out of range");
    else
        return true;
    return false;
}

Py_UCS4 object_unicode_read(PyObject *object, Py_ssize_t index)
{
    return index_check(object, index) ? PyUnicode_READ_CHAR(object, index) : (Py_UCS4)-1;
}

static bool changeable_check(PyObject *text)
{
    if (!is_changeable(text))
        object_error_set(PyExc_SystemError, "Cannot modify a string currently used");
    return is_changeable(text);
}

int object_unicode_write(PyObject *object, Py_ssize_t index, Py_UCS4 character)
{
    if (!index_check(object, index) || !changeable_check(object))
        return -1;
    if (character > PyUnicode_MAX_CHAR_VALUE(object)) {
        object_error_set(PyExc_ValueError, "character out of range");
        return -1;
    }
    utf8_forget(object);
    PyUnicode_WRITE(PyUnicode_KIND(object), PyUnicode_DATA(object), index, character);
    return 0;
}

/* Many of them. ------------------------------------------------------------------------------------------------------------------ */

Py_ssize_t object_unicode_fill(PyObject *object, Py_ssize_t start, Py_ssize_t length, Py_UCS4 character)
{
    if (!PyUnicode_Check(object)) {
        object_error_bad_call();
        return -1;
    }
    if (!changeable_check(object))
        return -1;
    if (character > PyUnicode_MAX_CHAR_VALUE(object)) {
        object_error_set(PyExc_ValueError, "fill character is bigger than the string maximum character");
        return -1;
    }
    if (start < 0) {
        object_error_set(PyExc_IndexError, "string index out of range");
        return -1;
    }
    Py_ssize_t room = PyUnicode_GET_LENGTH(object) - start;
    length = length < room ? length : room;
    utf8_forget(object);
    for (Py_ssize_t i = 0; i < length; i++)
        PyUnicode_WRITE(PyUnicode_KIND(object), PyUnicode_DATA(object), start + i, character);
    return length < 0 ? 0 : length;
}

static const char *kind_name(PyObject *text)
{
    int kind = PyUnicode_KIND(text);
    return PyUnicode_IS_ASCII(text) ? "ascii" : kind == 1 ? "latin1" : kind == 2 ? "UCS2" : "UCS4";
}

Py_ssize_t object_unicode_copy(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t count)
{
    if (!PyUnicode_Check(from) || !PyUnicode_Check(to)) {
        object_error_bad_call();
        return -1;
    }
    Py_ssize_t from_count = PyUnicode_GET_LENGTH(from), to_count = PyUnicode_GET_LENGTH(to);
    if (from_start < 0 || from_start > from_count || to_start < 0 || to_start > to_count) {
        object_error_set(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (count < 0) {
        object_error_set(PyExc_SystemError, "how_many cannot be negative");
        return -1;
    }
    count = count < from_count - from_start ? count : from_count - from_start;
    if (count > to_count - to_start) {
        object_error_format(PyExc_SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", count, to_start,
                            to_count);
        return -1;
    }
    if (count == 0)
        return 0;
    if (!changeable_check(to))
        return -1;
    int kind = PyUnicode_KIND(from);
    const char *data = (const char *)PyUnicode_DATA(from) + from_start * kind;
    if (PyUnicode_MAX_CHAR_VALUE(from) > PyUnicode_MAX_CHAR_VALUE(to) &&
        object_unicode_largest(kind, data, count) > PyUnicode_MAX_CHAR_VALUE(to)) {
        object_error_format(PyExc_SystemError, "Cannot copy %s characters into a string of %s characters", kind_name(from), kind_name(to));
        return -1;
    }
    utf8_forget(to);
    object_unicode_copy_chars(PyUnicode_KIND(to), PyUnicode_DATA(to), to_start, kind, data, count);
    return count;
}

bool object_unicode_is_identifier(PyObject *text)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), i = 1;
    if (count == 0 || !object_char_is_identifier_start(PyUnicode_READ_CHAR(text, 0)))
        return false;
    while (i < count && object_char_is_identifier_part(PyUnicode_READ_CHAR(text, i)))
        i++;
    return i == count;
}
