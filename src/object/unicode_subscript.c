/* unicode_subscript.c: text[index], text[start:stop:step].
 *
 * Owns: object_unicode_subscript. Read slice.h first. */
#include "slice.h"

static PyObject *stepped(PyObject *text, slice_key at, Py_ssize_t count)
{
    object_text made;
    object_text_open(&made);
    for (Py_ssize_t i = 0; i < count; i++, at.start += at.step)
        object_text_char(&made, PyUnicode_READ_CHAR(text, at.start));
    return object_text_close(&made);
}

PyObject *object_unicode_subscript(PyObject *text, PyObject *key)
{
    slice_key at;
    if (!PySlice_Check(key) && !slice_is_index(key))
        return object_error_format(PyExc_TypeError, "string indices must be integers, not '%.200s'", Py_TYPE(key)->tp_name);
    if (!slice_key_read(key, "string", &at))
        return NULL;
    Py_ssize_t count = slice_key_cut(&at, PyUnicode_GET_LENGTH(text));
    if (!at.is_slice)
        return object_unicode_item(text, at.start);
    return at.step == 1 ? object_unicode_substring(text, at.start, at.start + count) : stepped(text, at, count);
}
