/* row.c: rows of characters searched, split, replaced, stripped: the methods that str and bytes have in common.
 *
 * Owns: the above. Does not own: how a part is found (unicode_search.c), padding (row_pad.c). Read row.h first. */
#include "row.h"

/* Searched. -------------------------------------------------------------------------------------------------------------------- */

Py_ssize_t row_find(const row *self, const row *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (part->count > 0 && part->kind > self->kind)
        return -1;
    return object_row_find(self->kind, self->data, part->kind, part->data, part->count, start, end, direction);
}

Py_ssize_t row_count(const row *self, const row *part, Py_ssize_t start, Py_ssize_t end)
{
    Py_ssize_t found, times = 0;
    if (part->count == 0)
        return end >= start ? end - start + 1 : 0;
    for (; start < end && (found = row_find(self, part, start, end, 1)) >= 0; times++)
        start = found + part->count;
    return times;
}

static void put_range(object_text *to, const row *from, Py_ssize_t start, Py_ssize_t end)
{
    object_text_chars(to, from->kind, (const char *)from->data + start * from->kind, end - start);
}

PyObject *row_replace(const row *self, const row *part, const row *put, Py_ssize_t most)
{
    Py_ssize_t count = self->count, at = 0, found;
    if (most == 0 || row_find(self, part, 0, count, 1) < 0)
        return row_whole(self);
    object_text made;
    object_text_open(&made);
    for (most = most < 0 ? PY_SSIZE_T_MAX : most; most > 0 && at <= count; most--) {
        found = row_find(self, part, at, count, 1);
        if (found < 0)
            break;
        put_range(&made, self, at, found);
        put_range(&made, put, 0, put->count);
        if (part->count == 0 && found < count)
            put_range(&made, self, found, found + 1);
        at = found + Py_MAX(part->count, 1);
    }
    put_range(&made, self, at, count);
    return self->methods->close(&made);
}

/* Split. -------------------------------------------------------------------------------------------------------------------------- */

static int part_append(PyObject *list, const row *self, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *part = self->methods->part(self->owner, start, end);
    int result = part == NULL ? -1 : object_list_append(list, part);
    Py_XDECREF(part);
    return result;
}

static bool is_space_at(const row *self, Py_ssize_t at) { return self->methods->is_space(row_at(self, at)); }

static int split_space(PyObject *list, const row *self, Py_ssize_t most)
{
    for (Py_ssize_t at = 0, start;;) {
        while (at < self->count && is_space_at(self, at))
            at++;
        if (at == self->count)
            return 0;
        start = at;
        if (most-- <= 0) /* the rest as it is */
            return part_append(list, self, start, self->count);
        while (at < self->count && !is_space_at(self, at))
            at++;
        if (part_append(list, self, start, at) < 0)
            return -1;
    }
}

static int split_space_back(PyObject *list, const row *self, Py_ssize_t most)
{
    for (Py_ssize_t at = self->count, end;;) {
        while (at > 0 && is_space_at(self, at - 1))
            at--;
        if (at == 0)
            return 0;
        end = at;
        if (most-- <= 0)
            return part_append(list, self, 0, end);
        while (at > 0 && !is_space_at(self, at - 1))
            at--;
        if (part_append(list, self, at, end) < 0)
            return -1;
    }
}

static int split_by(PyObject *list, const row *self, const row *separator, Py_ssize_t most, int direction)
{
    Py_ssize_t start = 0, end = self->count, found;
    for (; most > 0 && (found = row_find(self, separator, start, end, direction)) >= 0; most--) {
        Py_ssize_t behind = found + separator->count;
        if (part_append(list, self, direction > 0 ? start : behind, direction > 0 ? found : end) < 0)
            return -1;
        *(direction > 0 ? &start : &end) = direction > 0 ? behind : found;
    }
    return part_append(list, self, start, end);
}

static bool separator_check(const row *separator)
{
    if (separator->count == 0)
        object_error_set(PyExc_ValueError, "empty separator");
    return separator->count != 0;
}

PyObject *row_split(const row *self, const row *separator, Py_ssize_t most, int direction)
{
    PyObject *list = separator != NULL && !separator_check(separator) ? NULL : object_list_new(0);
    if (list == NULL)
        return NULL;
    most = most < 0 ? PY_SSIZE_T_MAX : most;
    int result = separator != NULL ? split_by(list, self, separator, most, direction)
                 : direction > 0   ? split_space(list, self, most)
                                   : split_space_back(list, self, most);
    if (result == 0 && direction < 0)
        result = object_list_reverse(list);
    if (result < 0)
        Py_CLEAR(list);
    return list;
}

PyObject *row_split_lines(const row *self, bool keeps_ends)
{
    PyObject *list = object_list_new(0);
    Py_ssize_t start = 0, next;
    for (Py_ssize_t end = 0; list != NULL && start < self->count; start = end = next) {
        while (end < self->count && !self->methods->is_line_end(row_at(self, end)))
            end++;
        next = end + (end < self->count);
        if (next < self->count && row_at(self, end) == '\r' && row_at(self, next) == '\n')
            next++;
        if (part_append(list, self, start, keeps_ends ? next : end) < 0)
            Py_CLEAR(list);
    }
    return list;
}

PyObject *row_partition(const row *self, const row *separator, PyObject *separator_object, int direction)
{
    if (!separator_check(separator))
        return NULL;
    Py_ssize_t found = row_find(self, separator, 0, self->count, direction);
    PyObject *parts[3] = {NULL, NULL, NULL}, *made = NULL;
    if (found >= 0) {
        parts[0] = self->methods->part(self->owner, 0, found);
        parts[1] = Py_NewRef(separator_object);
        parts[2] = self->methods->part(self->owner, found + separator->count, self->count);
    } else { /* the owner itself, also where it is of a derived type, and two that are empty */
        for (int i = 0; i < 3; i++)
            parts[i] = i == (direction > 0 ? 0 : 2) ? Py_NewRef(self->owner) : self->methods->part(self->owner, 0, 0);
    }
    if (parts[0] != NULL && parts[1] != NULL && parts[2] != NULL)
        made = object_tuple_from_items(parts, 3);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(parts[i]);
    return made;
}

/* Stripped. ----------------------------------------------------------------------------------------------------------------------- */

static bool is_off(const row *self, const row *chars, Py_ssize_t at)
{
    Py_UCS4 character = row_at(self, at);
    if (chars == NULL)
        return self->methods->is_space(character);
    for (Py_ssize_t i = 0; i < chars->count; i++)
        if (row_at(chars, i) == character)
            return true;
    return false;
}

PyObject *row_strip(const row *self, const row *chars, int ends)
{
    Py_ssize_t start = 0, end = self->count;
    while ((ends & 1) && start < end && is_off(self, chars, start))
        start++;
    while ((ends & 2) && start < end && is_off(self, chars, end - 1))
        end--;
    return self->methods->part(self->owner, start, end);
}
