/* unicode_split.c: strings split into lists and tuples, and joined again.
 *
 * Owns: what is white space, what ends a line. Does not own: searching (unicode_search.c). Read unicode.h first. */
#include "items.h"

bool object_char_is_space(Py_UCS4 c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
    return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool object_char_is_line_end(Py_UCS4 c)
{
    return (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Joined. ---------------------------------------------------------------------------------------------------------------------- */

/* Every item is a str; the sum of lengths, and what all characters fit in. */
static bool join_measure(PyObject *separator, PyObject *items, Py_ssize_t *total, Py_UCS4 *largest)
{
    Py_ssize_t sum = 0, between = PyUnicode_GET_LENGTH(separator);
    *largest = PyUnicode_MAX_CHAR_VALUE(separator);
    for (Py_ssize_t i = 0; i < Py_SIZE(items); i++) {
        PyObject *item = items_of(items)[i];
        if (!PyUnicode_Check(item)) {
            object_error_format(PyExc_TypeError, "sequence item %zd: expected str instance, %.80s found", i, Py_TYPE(item)->tp_name);
            return false;
        }
        if (__builtin_add_overflow(sum, PyUnicode_GET_LENGTH(item), &sum) || (i > 0 && __builtin_add_overflow(sum, between, &sum))) {
            object_error_set(PyExc_OverflowError, "join() result is too long for a Python string");
            return false;
        }
        Py_UCS4 most = PyUnicode_MAX_CHAR_VALUE(item);
        *largest = most > *largest ? most : *largest;
    }
    *total = sum;
    return true;
}

static Py_ssize_t join_put(PyObject *self, Py_ssize_t at, PyObject *part)
{
    object_unicode_copy_chars(PyUnicode_KIND(self), PyUnicode_DATA(self), at, PyUnicode_KIND(part), PyUnicode_DATA(part),
                              PyUnicode_GET_LENGTH(part));
    return at + PyUnicode_GET_LENGTH(part);
}

static PyObject *join_items(PyObject *separator, PyObject *items)
{
    Py_ssize_t count = Py_SIZE(items), total, at = 0;
    Py_UCS4 largest;
    if (count == 0)
        return object_unicode_empty();
    if (count == 1 && PyUnicode_CheckExact(items_of(items)[0]))
        return Py_NewRef(items_of(items)[0]);
    if (!join_measure(separator, items, &total, &largest))
        return NULL;
    PyObject *self = object_unicode_new(total, largest);
    for (Py_ssize_t i = 0; self != NULL && total > 0 && i < count; i++) {
        at = i > 0 ? join_put(self, at, separator) : at;
        at = join_put(self, at, items_of(items)[i]);
    }
    return self;
}

PyObject *object_unicode_join(PyObject *separator, PyObject *items)
{
    if (separator == NULL)
        separator = object_unicode_from_char(' '); /* never dies */
    PyObject *fast = items_fast(items, "can only join an iterable"), *self = NULL;
    if (fast == NULL)
        return NULL;
    if (PyUnicode_Check(separator))
        self = join_items(separator, fast);
    else
        object_error_format(PyExc_TypeError, "separator: expected str instance, %.80s found", Py_TYPE(separator)->tp_name);
    Py_DECREF(fast);
    return self;
}

/* Split. -------------------------------------------------------------------------------------------------------------------------- */

static int put_part(PyObject *list, PyObject *text, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *part = object_unicode_substring(text, start, end);
    int result = part == NULL ? -1 : object_list_append(list, part);
    Py_XDECREF(part);
    return result;
}

static bool is_space_at(PyObject *text, Py_ssize_t at) { return object_char_is_space(PyUnicode_READ_CHAR(text, at)); }

static int split_space(PyObject *list, PyObject *text, Py_ssize_t most)
{
    for (Py_ssize_t count = PyUnicode_GET_LENGTH(text), at = 0, start;;) {
        while (at < count && is_space_at(text, at))
            at++;
        if (at == count)
            return 0;
        start = at;
        if (most-- <= 0)
            return put_part(list, text, start, count);
        while (at < count && !is_space_at(text, at))
            at++;
        if (put_part(list, text, start, at) < 0)
            return -1;
    }
}

static int split_space_back(PyObject *list, PyObject *text, Py_ssize_t most)
{
    for (Py_ssize_t at = PyUnicode_GET_LENGTH(text), end;;) {
        while (at > 0 && is_space_at(text, at - 1))
            at--;
        if (at == 0)
            return 0;
        end = at;
        if (most-- <= 0)
            return put_part(list, text, 0, end);
        while (at > 0 && !is_space_at(text, at - 1))
            at--;
        if (put_part(list, text, at, end) < 0)
            return -1;
    }
}

static int split_by(PyObject *list, PyObject *text, PyObject *separator, Py_ssize_t most)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), start = 0, found;
    for (; most > 0 && (found = object_unicode_find_in(text, separator, start, count, 1)) >= 0; most--) {
        if (put_part(list, text, start, found) < 0)
            return -1;
        start = found + PyUnicode_GET_LENGTH(separator);
    }
    return put_part(list, text, start, count);
}

static int split_by_back(PyObject *list, PyObject *text, PyObject *separator, Py_ssize_t most)
{
    Py_ssize_t end = PyUnicode_GET_LENGTH(text), found;
    for (; most > 0 && (found = object_unicode_find_in(text, separator, 0, end, -1)) >= 0; most--) {
        if (put_part(list, text, found + PyUnicode_GET_LENGTH(separator), end) < 0)
            return -1;
        end = found;
    }
    return put_part(list, text, 0, end);
}

static bool separator_check(PyObject *separator)
{
    if (!object_unicode_check(separator))
        return false;
    if (PyUnicode_GET_LENGTH(separator) == 0)
        object_error_set(PyExc_ValueError, "empty separator");
    return PyUnicode_GET_LENGTH(separator) != 0;
}

PyObject *object_unicode_split(PyObject *object, PyObject *separator, Py_ssize_t most, int direction)
{
    if (!object_unicode_check(object) || (separator != NULL && !separator_check(separator)))
        return NULL;
    PyObject *list = object_list_new(0);
    if (list == NULL)
        return NULL;
    most = most < 0 ? PY_SSIZE_T_MAX : most;
    int result = separator == NULL ? (direction > 0 ? split_space : split_space_back)(list, object, most)
                                   : (direction > 0 ? split_by : split_by_back)(list, object, separator, most);
    if (result == 0 && direction < 0)
        result = object_list_reverse(list);
    if (result < 0)
        Py_CLEAR(list);
    return list;
}

PyObject *object_unicode_split_lines(PyObject *object, bool keeps_ends)
{
    if (!object_unicode_check(object))
        return NULL;
    PyObject *list = object_list_new(0);
    Py_ssize_t count = PyUnicode_GET_LENGTH(object), start = 0, next;
    for (Py_ssize_t end = 0; list != NULL && start < count; start = end = next) {
        while (end < count && !object_char_is_line_end(PyUnicode_READ_CHAR(object, end)))
            end++;
        next = end + (end < count);
        if (next < count && PyUnicode_READ_CHAR(object, end) == '\r' && PyUnicode_READ_CHAR(object, next) == '\n')
            next++;
        if (put_part(list, object, start, keeps_ends ? next : end) < 0)
            Py_CLEAR(list);
    }
    return list;
}

/* What is before the separator, the separator, what is after it. */
PyObject *object_unicode_partition(PyObject *object, PyObject *separator, int direction)
{
    if (!object_unicode_check(object) || !separator_check(separator))
        return NULL;
    Py_ssize_t count = PyUnicode_GET_LENGTH(object), found = object_unicode_find_in(object, separator, 0, count, direction);
    PyObject *parts[3] = {object_unicode_empty(), object_unicode_empty(), object_unicode_empty()};
    if (found < 0) {
        parts[direction > 0 ? 0 : 2] = object_unicode_from_object(object);
    } else {
        parts[0] = object_unicode_substring(object, 0, found);
        parts[1] = Py_NewRef(separator);
        parts[2] = object_unicode_substring(object, found + PyUnicode_GET_LENGTH(separator), count);
    }
    PyObject *made = parts[0] != NULL && parts[2] != NULL ? object_tuple_from_items(parts, 3) : NULL;
    for (int i = 0; i < 3; i++)
        Py_XDECREF(parts[i]);
    return made;
}
