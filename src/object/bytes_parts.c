/* bytes_parts.c: bytes put together from parts and taken apart, parts found and replaced, cases of ASCII.
 *
 * Owns: the functions behind those methods. Does not own: their table (bytes_methods.c). Read bytes.h first. */
#include "arguments.h"
#include "bytes.h"

Py_ssize_t bytes_find(const char *whole, Py_ssize_t size, const char *part, Py_ssize_t part_size, int direction)
{
    return object_row_find(PyUnicode_1BYTE_KIND, whole, PyUnicode_1BYTE_KIND, part, part_size, 0, size, direction);
}

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

/* Appends self[start:end]; false: an exception. */
static bool part_append(PyObject *list, PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *part = bytes_part(self, start, end);
    int result = part == NULL ? -1 : object_list_append(list, part);
    Py_XDECREF(part);
    return result == 0;
}

static bool split_spaces(PyObject *list, PyObject *self, Py_ssize_t most, bool from_end)
{
    const char *text = bytes_text(self);
    Py_ssize_t start = 0, end = Py_SIZE(self);
    for (;;) {
        while (from_end && start < end && bytes_is_space(text[end - 1]))
            end--;
        while (!from_end && start < end && bytes_is_space(text[start]))
            start++;
        if (start == end)
            return true;
        Py_ssize_t at = from_end ? end : start;
        if (most-- == 0) /* the rest as it is */
            return part_append(list, self, from_end ? 0 : start, from_end ? end : Py_SIZE(self));
        while (from_end ? at > start && !bytes_is_space(text[at - 1]) : at < end && !bytes_is_space(text[at]))
            at += from_end ? -1 : 1;
        if (!part_append(list, self, from_end ? at : start, from_end ? end : at))
            return false;
        *(from_end ? &end : &start) = at;
    }
}

static bool split_by(PyObject *list, PyObject *self, const Py_buffer *separator, Py_ssize_t most, bool from_end)
{
    const char *text = bytes_text(self);
    Py_ssize_t start = 0, end = Py_SIZE(self), at;
    while (most-- != 0 && (at = bytes_find(text + start, end - start, separator->buf, separator->len, from_end ? -1 : 1)) >= 0) {
        at += start;
        if (!part_append(list, self, from_end ? at + separator->len : start, from_end ? end : at))
            return false;
        if (from_end)
            end = at;
        else
            start = at + separator->len;
    }
    return part_append(list, self, start, end);
}

static PyObject *split(const char *format, PyObject *self, PyObject *args, PyObject *keywords, bool from_end)
{
    static const char *const names[] = {"sep", "maxsplit", NULL};
    PyObject *separator = Py_None, *list = NULL;
    Py_ssize_t most = -1;
    Py_buffer view;
    bool is_good;
    if (!object_args_parse_keywords(args, keywords, format, names, &separator, &most))
        return NULL;
    if (separator == Py_None) {
        is_good = (list = object_list_new(0)) != NULL && split_spaces(list, self, most, from_end);
    } else {
        if (object_buffer_get(separator, &view, PyBUF_SIMPLE) != 0)
            return NULL;
        if (view.len == 0)
            object_error_set(PyExc_ValueError, "empty separator");
        is_good = view.len > 0 && (list = object_list_new(0)) != NULL && split_by(list, self, &view, most, from_end);
        object_buffer_release(&view);
    }
    if (!is_good)
        Py_CLEAR(list);
    else if (from_end)
        object_list_reverse(list);
    return list;
}

PyObject *bytes_split(PyObject *self, PyObject *args, PyObject *keywords) { return split("|On:split", self, args, keywords, false); }
PyObject *bytes_rsplit(PyObject *self, PyObject *args, PyObject *keywords) { return split("|On:rsplit", self, args, keywords, true); }

/* Replaced. ------------------------------------------------------------------------------------------------------------------------- */

/* Where the next part begins, from `at` on; an empty one is before each byte and at the end. -1: there is none. */
static Py_ssize_t place_next(PyObject *self, Py_ssize_t at, const Py_buffer *part)
{
    if (at > Py_SIZE(self))
        return -1;
    Py_ssize_t place = bytes_find(bytes_text(self) + at, Py_SIZE(self) - at, part->buf, part->len, 1);
    return place < 0 ? -1 : place + at;
}

static PyObject *replaced(PyObject *self, const Py_buffer *part, const Py_buffer *put, Py_ssize_t most)
{
    Py_ssize_t count = 0, at, step = Py_MAX(part->len, 1), size = Py_SIZE(self);
    for (at = 0; count != most && (at = place_next(self, at, part)) >= 0; at += step)
        count++;
    if (count == 0)
        return bytes_part(self, 0, size);
    if (put->len > part->len && put->len - part->len > (PY_SSIZE_T_MAX - size) / count)
        return object_error_set(PyExc_OverflowError, "replace bytes is too long");
    PyObject *made = object_bytes_new(size + count * (put->len - part->len));
    if (made == NULL)
        return NULL;
    char *to = bytes_text(made);
    Py_ssize_t from = 0;
    for (at = 0; count-- > 0; at += step) {
        at = place_next(self, at, part);
        to = (char *)memcpy(to, bytes_text(self) + from, (size_t)(at - from)) + (at - from);
        if (put->len > 0)
            to = (char *)memcpy(to, put->buf, (size_t)put->len) + put->len;
        from = at + part->len;
    }
    memcpy(to, bytes_text(self) + from, (size_t)(size - from));
    return made;
}

PyObject *bytes_replace(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Py_buffer part, put;
    Py_ssize_t most = -1;
    if (!arguments_check("replace", count, 2, 3) || object_buffer_get(args[0], &part, PyBUF_SIMPLE) != 0)
        return NULL;
    PyObject *made = NULL;
    if (object_buffer_get(args[1], &put, PyBUF_SIMPLE) == 0) {
        if (count == 3)
            most = object_number_as_ssize(args[2], PyExc_OverflowError);
        if (most != -1 || object_error_occurred() == NULL)
            made = replaced(self, &part, &put, most < 0 ? -1 : most);
        object_buffer_release(&put);
    }
    object_buffer_release(&part);
    return made;
}

/* Cases of ASCII. --------------------------------------------------------------------------------------------------------------------- */

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
static bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
static bool is_ascii(char c) { return (unsigned char)c < 128; }

static PyObject *changed(PyObject *self, bool (*is_other)(char))
{
    PyObject *made = object_bytes_new(Py_SIZE(self));
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(self); i++)
        bytes_text(made)[i] = (char)(bytes_text(self)[i] ^ (is_other(bytes_text(self)[i]) ? 0x20 : 0));
    return made;
}

PyObject *bytes_lower(PyObject *self, PyObject *unused) { (void)unused; return changed(self, is_upper); }
PyObject *bytes_upper(PyObject *self, PyObject *unused) { (void)unused; return changed(self, is_lower); }

/* All are, and there is one; with `other`, those that are neither do not matter. */
static PyObject *all_are(PyObject *self, bool (*is)(char), bool (*other)(char), bool of_nothing)
{
    bool has_one = of_nothing;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        char c = bytes_text(self)[i];
        if (other != NULL ? other(c) : !is(c))
            return Py_False;
        has_one = has_one || is(c);
    }
    return object_bool(has_one);
}

#define KIND(name, is, other, of_nothing)                                                                              \
    PyObject *bytes_##name(PyObject *self, PyObject *unused)                                                           \
    {                                                                                                                  \
        (void)unused;                                                                                                  \
        return all_are(self, is, other, of_nothing);                                                                   \
    }
KIND(isalnum, is_alnum, NULL, false)
KIND(isalpha, is_alpha, NULL, false)
KIND(isascii, is_ascii, NULL, true)
KIND(isdigit, is_digit, NULL, false)
KIND(isspace, bytes_is_space, NULL, false)
KIND(islower, is_lower, is_upper, false)
KIND(isupper, is_upper, is_lower, false)
