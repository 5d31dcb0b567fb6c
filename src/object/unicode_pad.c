/* unicode_pad.c: methods of str that make it wider or change characters by a table.
 *
 * Owns: translate, maketrans, and what center and the like take. Does not own: padding (row_pad.c). Read unicode_case.h first. */
#include "arguments.h"
#include "row.h"
#include "unicode_case.h"

/* name(width, fillchar=' ') */
static PyObject *justified(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, enum row_side side)
{
    Py_ssize_t width;
    if (!arguments_check(name, count, 1, 2) || !arguments_ssize(args[0], &width))
        return NULL;
    if (count == 2 && !PyUnicode_Check(args[1]))
        return object_error_format(PyExc_TypeError, "The fill character must be a unicode character, not %.100s", Py_TYPE(args[1])->tp_name);
    if (count == 2 && PyUnicode_GET_LENGTH(args[1]) != 1)
        return object_error_set(PyExc_TypeError, "The fill character must be exactly one character long");
    row whole = row_of_str(self);
    return row_pad(&whole, width, count == 2 ? PyUnicode_READ_CHAR(args[1], 0) : ' ', side);
}

PyObject *unicode_center(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("center", self, args, count, ROW_BOTH); }
PyObject *unicode_ljust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("ljust", self, args, count, ROW_RIGHT); }
PyObject *unicode_rjust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("rjust", self, args, count, ROW_LEFT); }

PyObject *unicode_zfill(PyObject *self, PyObject *width)
{
    row whole = row_of_str(self);
    return row_zero_fill(&whole, width);
}

PyObject *unicode_expandtabs(PyObject *self, PyObject *args, PyObject *keywords)
{
    row whole = row_of_str(self);
    return row_expand_tabs(&whole, args, keywords);
}

/* What a table has for a character: another one, a str, None for nothing; what it has not stays. False: an exception. */
static bool translate_one(object_text *text, PyObject *table, Py_UCS4 c)
{
    PyObject *key = object_int_from_int64((int64_t)c), *found = key == NULL ? NULL : object_item_get(table, key);
    Py_XDECREF(key);
    int64_t code = -1;
    bool is_good = true;
    if (found == NULL) {
        is_good = object_error_is(PyExc_LookupError);
        if (is_good) {
            object_error_clear();
            object_text_char(text, c);
        }
    } else if (PyUnicode_Check(found)) {
        object_text_str(text, found);
    } else if (PyLong_Check(found)) {
        is_good = object_int_read(found, &code) == 0 && code >= 0 && code <= 0x10ffff;
        if (is_good)
            object_text_char(text, (Py_UCS4)code);
        else
            object_error_set(PyExc_ValueError, "character mapping must be in range(0x110000)");
    } else if (found != Py_None) {
        object_error_set(PyExc_TypeError, "character mapping must return integer, None or str");
        is_good = false;
    }
    Py_XDECREF(found);
    return is_good;
}

PyObject *unicode_translate(PyObject *self, PyObject *table)
{
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++)
        if (!translate_one(&text, table, PyUnicode_READ_CHAR(self, i))) {
            object_text_drop(&text);
            return NULL;
        }
    return object_text_close(&text);
}

/* A character that a table is to have: a str of one, or its number. */
static PyObject *table_key(PyObject *key)
{
    if (PyLong_Check(key))
        return Py_NewRef(key);
    if (!PyUnicode_Check(key))
        return object_error_set(PyExc_TypeError, "keys in translate table must be strings or integers");
    if (PyUnicode_GET_LENGTH(key) != 1)
        return object_error_set(PyExc_ValueError, "string keys in translate table must be of length 1");
    return object_int_from_int64((int64_t)PyUnicode_READ_CHAR(key, 0));
}

/* The keys of a dict as numbers. */
static int table_from_dict(PyObject *table, PyObject *dict)
{
    PyObject *key, *value;
    int result = 0;
    if (!PyDict_CheckExact(dict))
        return object_error_set(PyExc_TypeError, "if you give only one argument to maketrans it must be a dict"), -1;
    for (Py_ssize_t at = 0; result == 0 && object_dict_next(dict, &at, &key, &value);) {
        Py_INCREF(value);
        PyObject *number = table_key(key);
        result = number == NULL ? -1 : object_dict_set(table, number, value);
        Py_XDECREF(number);
        Py_DECREF(value);
    }
    return result;
}

/* Each character of `from` to the one of `to` in its place, or to None if that is NULL. */
static int table_from_texts(PyObject *table, PyObject *from, PyObject *to)
{
    int result = 0;
    for (Py_ssize_t i = 0; result == 0 && i < PyUnicode_GET_LENGTH(from); i++) {
        PyObject *key = object_int_from_int64((int64_t)PyUnicode_READ_CHAR(from, i));
        PyObject *value = to == NULL ? Py_None : object_int_from_int64((int64_t)PyUnicode_READ_CHAR(to, i));
        result = key == NULL || value == NULL ? -1 : object_dict_set(table, key, value);
        Py_XDECREF(key);
        if (value != Py_None)
            Py_XDECREF(value);
    }
    return result;
}

/* maketrans(dict), maketrans(from, to[, removed]): a table for translate. */
PyObject *unicode_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t count)
{
    (void)unused;
    if (!arguments_check("maketrans", count, 1, 3))
        return NULL;
    for (Py_ssize_t i = 1; i < count; i++)
        if (!PyUnicode_Check(args[i]))
            return object_error_format(PyExc_TypeError, "maketrans() argument %zd must be str, not %.50s", i + 1,
                                       args[i] == Py_None ? "None" : Py_TYPE(args[i])->tp_name);
    if (count > 1 && !PyUnicode_Check(args[0]))
        return object_error_set(PyExc_TypeError, "first maketrans argument must be a string if there is a second argument");
    if (count > 1 && PyUnicode_GET_LENGTH(args[0]) != PyUnicode_GET_LENGTH(args[1]))
        return object_error_set(PyExc_ValueError, "the first two maketrans arguments must have equal length");
    PyObject *table = object_dict_new();
    int result = table == NULL ? -1 : count > 1 ? table_from_texts(table, args[0], args[1]) : table_from_dict(table, args[0]);
    if (result == 0 && count > 2)
        result = table_from_texts(table, args[2], NULL);
    if (result != 0)
        Py_CLEAR(table);
    return table;
}
