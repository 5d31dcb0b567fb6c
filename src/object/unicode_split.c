/* unicode_split.c: strings joined, and split as rows of characters are.
 *
 * Owns: what is white space, what ends a line, joining. Does not own: splitting (row.c). Read unicode.h first. */
#include "items.h"
#include "row.h"

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

const row_methods row_str_methods = {object_unicode_substring, object_text_close, object_char_is_space, object_char_is_line_end};

PyObject *object_unicode_split(PyObject *object, PyObject *separator, Py_ssize_t most, int direction)
{
    if (!object_unicode_check(object) || (separator != NULL && !object_unicode_check(separator)))
        return NULL;
    row self = row_of_str(object), by = row_of_str(separator == NULL ? object : separator);
    return row_split(&self, separator == NULL ? NULL : &by, most, direction);
}

PyObject *object_unicode_split_lines(PyObject *object, bool keeps_ends)
{
    if (!object_unicode_check(object))
        return NULL;
    row self = row_of_str(object);
    return row_split_lines(&self, keeps_ends);
}

PyObject *object_unicode_partition(PyObject *object, PyObject *separator, int direction)
{
    if (!object_unicode_check(object) || !object_unicode_check(separator))
        return NULL;
    row self = row_of_str(object), by = row_of_str(separator);
    return row_partition(&self, &by, separator, direction);
}
