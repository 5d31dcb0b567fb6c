/* row_pad.c: rows of characters made wider, and tabs made blanks.
 *
 * Owns: the above. Read row.h first. */
#include "arguments.h"
#include "row.h"

PyObject *row_pad(const row *self, Py_ssize_t width, Py_UCS4 fill, enum row_side side)
{
    Py_ssize_t space = width - Py_MIN(width, self->count);
    Py_ssize_t left = side == ROW_LEFT ? space : side == ROW_RIGHT ? 0 : space / 2 + (space & width & 1);
    if (space == 0)
        return row_whole(self);
    object_text text;
    object_text_open(&text);
    object_text_fill(&text, fill, left);
    object_text_chars(&text, self->kind, self->data, self->count);
    object_text_fill(&text, fill, space - left);
    return self->methods->close(&text);
}

/* Zeros behind the sign. */
PyObject *row_zero_fill(const row *self, PyObject *width_given)
{
    Py_ssize_t width;
    if (!arguments_ssize(width_given, &width))
        return NULL;
    if (width <= self->count)
        return row_whole(self);
    Py_ssize_t sign = self->count > 0 && (row_at(self, 0) == '+' || row_at(self, 0) == '-');
    object_text text;
    object_text_open(&text);
    object_text_chars(&text, self->kind, self->data, sign);
    object_text_fill(&text, '0', width - self->count);
    object_text_chars(&text, self->kind, (const char *)self->data + sign * self->kind, self->count - sign);
    return self->methods->close(&text);
}

PyObject *row_expand_tabs(const row *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"tabsize", NULL};
    int tab_size = 8;
    if (!object_args_parse_keywords(args, keywords, "|i:expandtabs", names, &tab_size))
        return NULL;
    object_text text;
    Py_ssize_t column = 0;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_UCS4 c = row_at(self, i);
        if (c == '\t') {
            Py_ssize_t more = tab_size > 0 ? tab_size - column % tab_size : 0;
            object_text_fill(&text, ' ', more);
            column += more;
            continue;
        }
        object_text_char(&text, c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return self->methods->close(&text);
}
