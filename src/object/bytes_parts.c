/* bytes_parts.c: bytes put together from parts, taken apart, made wider, parts replaced.
 *
 * Owns: the functions behind those methods, what they take. Does not own: their table (bytes_methods.c), how rows of characters are
 * split or padded (row.c, row_pad.c). Read bytes.h first. */
#include "arguments.h"
#include "bytes.h"
#include "row.h"

Py_ssize_t bytes_find(const char *whole, Py_ssize_t size, const char *part, Py_ssize_t part_size, int direction)
{
    return object_row_find(PyUnicode_1BYTE_KIND, whole, PyUnicode_1BYTE_KIND, part, part_size, 0, size, direction);
}

static bool is_line_end(Py_UCS4 byte) { return byte == '\n' || byte == '\r'; }

PyObject *bytes_close(object_text *text)
{
    PyObject *made = text->has_failed ? object_error_no_memory() : object_bytes_from(text->data, text->used);
    object_text_drop(text);
    return made;
}

const row_methods row_bytes_methods = {bytes_part, bytes_close, bytes_is_space, is_line_end};

/* Put together. ------------------------------------------------------------------------------------------------------------------- */

/* Instead of what is set, if that is not the want of memory. */
static PyObject *join_refuse(Py_ssize_t index, PyObject *item)
{
    if (object_error_is(PyExc_MemoryError))
        return NULL;
    return object_error_format(PyExc_TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", index, Py_TYPE(item)->tp_name);
}

/* The list is not changed by anybody while it is gone through: it is ours, or the buffers run no code of programs' types twice. */
static PyObject *joined(PyObject *self, PyObject *items)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(items), total = 0, separator = Py_SIZE(self);
    Py_buffer *views = domain_malloc(PYMM_DOMAIN_MEM, (size_t)(count + 1) * sizeof *views);
    PyObject *made = NULL;
    Py_ssize_t taken = 0;
    bool is_good = views != NULL || object_error_no_memory() != NULL;
    for (; is_good && taken < count && taken < PySequence_Fast_GET_SIZE(items); taken++) {
        PyObject *item = PySequence_Fast_GET_ITEM(items, taken);
        if (object_buffer_get(item, &views[taken], PyBUF_SIMPLE) != 0) {
            join_refuse(taken, item);
            is_good = false;
            break;
        }
        Py_ssize_t more = views[taken].len + (taken > 0 ? separator : 0);
        if (more > PY_SSIZE_T_MAX - total) {
            object_error_set(PyExc_OverflowError, "join() result is too long");
            is_good = false;
        }
        total += is_good ? more : 0;
    }
    if (is_good && (made = object_bytes_new(total)) != NULL) {
        char *to = bytes_text(made);
        for (Py_ssize_t i = 0; i < taken; i++) {
            if (i > 0 && separator > 0)
                to = (char *)memcpy(to, bytes_text(self), (size_t)separator) + separator;
            if (views[i].len > 0)
                to = (char *)memcpy(to, views[i].buf, (size_t)views[i].len) + views[i].len;
        }
    }
    while (taken > 0)
        object_buffer_release(&views[--taken]);
    domain_free(PYMM_DOMAIN_MEM, views);
    return made;
}

PyObject *bytes_join(PyObject *self, PyObject *iterable)
{
    PyObject *items = object_sequence_fast(iterable, "can only join an iterable");
    PyObject *made = NULL;
    if (items == NULL)
        return NULL;
    if (PySequence_Fast_GET_SIZE(items) == 1 && PyBytes_CheckExact(PySequence_Fast_GET_ITEM(items, 0)))
        made = Py_NewRef(PySequence_Fast_GET_ITEM(items, 0));
    else
        made = joined(self, items);
    Py_DECREF(items);
    return made;
}

/* Taken apart. -------------------------------------------------------------------------------------------------------------------- */

static PyObject *split(const char *format, PyObject *self, PyObject *args, PyObject *keywords, int direction)
{
    static const char *const names[] = {"sep", "maxsplit", NULL};
    PyObject *separator = Py_None;
    Py_ssize_t most = -1;
    Py_buffer view;
    row whole = row_of_bytes(self);
    if (!object_args_parse_keywords(args, keywords, format, names, &separator, &most))
        return NULL;
    if (separator == Py_None)
        return row_split(&whole, NULL, most, direction);
    if (object_buffer_get(separator, &view, PyBUF_SIMPLE) != 0)
        return NULL;
    row by = row_of_buffer(&view);
    PyObject *list = row_split(&whole, &by, most, direction);
    object_buffer_release(&view);
    return list;
}

PyObject *bytes_split(PyObject *self, PyObject *args, PyObject *keywords) { return split("|On:split", self, args, keywords, 1); }
PyObject *bytes_rsplit(PyObject *self, PyObject *args, PyObject *keywords) { return split("|On:rsplit", self, args, keywords, -1); }

PyObject *bytes_splitlines(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"keepends", NULL};
    int keeps_ends = 0;
    row whole = row_of_bytes(self);
    if (!object_args_parse_keywords(args, keywords, "|p:splitlines", names, &keeps_ends))
        return NULL;
    return row_split_lines(&whole, keeps_ends != 0);
}

static PyObject *partition(PyObject *self, PyObject *separator, int direction)
{
    Py_buffer view;
    if (object_buffer_get(separator, &view, PyBUF_SIMPLE) != 0)
        return NULL;
    row whole = row_of_bytes(self), by = row_of_buffer(&view);
    PyObject *parts = row_partition(&whole, &by, separator, direction);
    object_buffer_release(&view);
    return parts;
}

PyObject *bytes_partition(PyObject *self, PyObject *separator) { return partition(self, separator, 1); }
PyObject *bytes_rpartition(PyObject *self, PyObject *separator) { return partition(self, separator, -1); }

PyObject *bytes_replace(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_buffer part, put;
    Py_ssize_t most = -1;
    if (!arguments_check("replace", count, 2, 3) || object_buffer_get(args[0], &part, PyBUF_SIMPLE) != 0)
        return NULL;
    PyObject *made = NULL;
    if (object_buffer_get(args[1], &put, PyBUF_SIMPLE) == 0) {
        row whole = row_of_bytes(self), looked_for = row_of_buffer(&part), put_there = row_of_buffer(&put);
        if (count < 3 || arguments_ssize(args[2], &most))
            made = row_replace(&whole, &looked_for, &put_there, most);
        object_buffer_release(&put);
    }
    object_buffer_release(&part);
    return made;
}

/* Wider. ------------------------------------------------------------------------------------------------------------------------------ */

/* name(width, fillbyte=b' ') */
static PyObject *justified(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count, enum row_side side)
{
    Py_ssize_t width;
    if (!arguments_check(name, count, 1, 2) || !arguments_ssize(args[0], &width))
        return NULL;
    if (count == 2 && !(PyBytes_Check(args[1]) && Py_SIZE(args[1]) == 1))
        return object_error_format(PyExc_TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", name,
                                   args[1] == Py_None ? "None" : Py_TYPE(args[1])->tp_name);
    row whole = row_of_bytes(self);
    return row_pad(&whole, width, count == 2 ? (unsigned char)bytes_text(args[1])[0] : ' ', side);
}

PyObject *bytes_center(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("center", self, args, count, ROW_BOTH); }
PyObject *bytes_ljust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("ljust", self, args, count, ROW_RIGHT); }
PyObject *bytes_rjust(PyObject *self, PyObject *const *args, Py_ssize_t count) { return justified("rjust", self, args, count, ROW_LEFT); }

PyObject *bytes_zfill(PyObject *self, PyObject *width)
{
    row whole = row_of_bytes(self);
    return row_zero_fill(&whole, width);
}

PyObject *bytes_expandtabs(PyObject *self, PyObject *args, PyObject *keywords)
{
    row whole = row_of_bytes(self);
    return row_expand_tabs(&whole, args, keywords);
}
