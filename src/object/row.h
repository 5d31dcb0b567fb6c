/* row.h: rows of characters, and what is done alike with those of a str and of bytes.
 *
 * A row is the characters of a str, or bytes, which are characters of one byte each; what is looked for in one is a row as well.
 * Rows keep no references: what they were made of outlives them. Functions that return an object return a new reference, or
 * NULL with an exception. Only files of this room include this. Read unicode.h first. */
#ifndef PYMM_OBJECT_ROW_H
#define PYMM_OBJECT_ROW_H

#include "object.h"

/* What str and bytes do each in its own way. */
typedef struct row_methods {
    PyObject *(*part)(PyObject *owner, Py_ssize_t start, Py_ssize_t end); /* the owner itself if that is all and it may be */
    PyObject *(*close)(object_text *text);                                /* as object_text_close, to an object of the kind */
    bool (*is_space)(Py_UCS4 character), (*is_line_end)(Py_UCS4 character);
} row_methods;

typedef struct row {
    PyObject *owner; /* NULL: it is only looked for */
    const void *data;
    Py_ssize_t count;
    int kind;
    const row_methods *methods;
} row;

extern const row_methods row_str_methods, row_bytes_methods; /* unicode_split.c, bytes_parts.c */
PYMM_INLINE row row_of_str(PyObject *text)
{
    return (row){text, PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text), (int)PyUnicode_KIND(text), &row_str_methods};
}
PYMM_INLINE row row_of_bytes(PyObject *bytes)
{
    return (row){bytes, PyBytes_AS_STRING(bytes), Py_SIZE(bytes), PyUnicode_1BYTE_KIND, &row_bytes_methods};
}
PYMM_INLINE row row_of_buffer(const Py_buffer *view)
{
    return (row){NULL, view->buf == NULL ? "" : view->buf, view->len, PyUnicode_1BYTE_KIND, &row_bytes_methods};
}
PYMM_INLINE Py_UCS4 row_at(const row *self, Py_ssize_t at) { return PyUnicode_READ(self->kind, self->data, at); }
PYMM_INLINE PyObject *row_whole(const row *self) { return self->methods->part(self->owner, 0, self->count); }

/* Within [start, end), the first place (direction 1) or the last one (-1); -1: it is not there. */
Py_ssize_t row_find(const row *self, const row *part, Py_ssize_t start, Py_ssize_t end, int direction);
/* How often, one behind the other. An empty part is before each character and at the end, here and when it is replaced. */
Py_ssize_t row_count(const row *self, const row *part, Py_ssize_t start, Py_ssize_t end);
PyObject *row_replace(const row *self, const row *part, const row *put, Py_ssize_t most); /* most < 0: no limit */

/* Lists of parts; `separator` NULL: runs of white space; `most` < 0: no limit. An empty separator: ValueError. */
PyObject *row_split(const row *self, const row *separator, Py_ssize_t most, int direction);
PyObject *row_split_lines(const row *self, bool keeps_ends);
/* A tuple: what is before the separator, that itself, what is behind it. */
PyObject *row_partition(const row *self, const row *separator, PyObject *separator_object, int direction);
/* Without what is at its ends: `chars`, NULL: white space. Ends: 1 the left one, 2 the right one, 3 both. */
PyObject *row_strip(const row *self, const row *chars, int ends);

/* Wider (row_pad.c). Side: where the characters go on which it is short, both: halves, an odd one by the width's. */
enum row_side { ROW_LEFT = 1, ROW_RIGHT = 2, ROW_BOTH = 3 };
PyObject *row_pad(const row *self, Py_ssize_t width, Py_UCS4 fill, enum row_side side);
PyObject *row_zero_fill(const row *self, PyObject *width);
PyObject *row_expand_tabs(const row *self, PyObject *args, PyObject *keywords);
#endif
