/* unicode_search.c: parts of strings, and of any rows of characters, found and compared.
 *
 * Does not own: what counting, replacing and splitting make of it (row.c). A search compares at each place that begins alike. Once that costs
 * more than a few looks at each character that it went over, it goes on by the two-way algorithm, so that no text makes it
 * quadratic. Read first: Crochemore and Perrin, "Two-way string-matching". */
#include "row.h"

#ifdef PYMM_HOSTILE /* go over to the other algorithm at once */
#define LOOKS_PER_PLACE 0
#define LOOKS_MORE 0
#else
#define LOOKS_PER_PLACE 8
#define LOOKS_MORE 64
#endif

/* A text in which a part is looked for, from either end: character i lies at base + i * step. */
typedef struct hay {
    int text_kind, part_kind, step;
    const void *text, *part;
    Py_ssize_t text_base, part_base, part_count;
} hay;

PYMM_INLINE Py_UCS4 text_at(const hay *h, Py_ssize_t i) { return PyUnicode_READ(h->text_kind, h->text, h->text_base + i * h->step); }
PYMM_INLINE Py_UCS4 part_at(const hay *h, Py_ssize_t i) { return PyUnicode_READ(h->part_kind, h->part, h->part_base + i * h->step); }

/* The last suffix of the part in the order of characters, or in the opposite one: where it begins, less one; and its period. */
static Py_ssize_t suffix_find(const hay *h, bool is_opposite, Py_ssize_t *period)
{
    Py_ssize_t before = -1, at = 0, more = 1;
    *period = 1;
    while (at + more < h->part_count) {
        Py_UCS4 a = part_at(h, at + more), b = part_at(h, before + more);
        if (a == b) {
            at += more == *period ? more : 0;
            more = more == *period ? 1 : more + 1;
        } else if ((a < b) != is_opposite) {
            at += more;
            more = 1;
            *period = at - before;
        } else {
            before = at++;
            more = *period = 1;
        }
    }
    return before;
}

static Py_ssize_t find_two_way(const hay *h, Py_ssize_t start, Py_ssize_t last)
{
    Py_ssize_t period, other_period, count = h->part_count, i = 0, known = -1; /* up to `known` is the same already */
    Py_ssize_t cut = suffix_find(h, false, &period), other = suffix_find(h, true, &other_period);
    if (other >= cut) {
        cut = other;
        period = other_period;
    }
    while (i <= cut && part_at(h, i) == part_at(h, period + i))
        i++;
    bool is_periodic = i > cut;
    if (!is_periodic)
        period = (cut + 1 > count - cut - 1 ? cut + 1 : count - cut - 1) + 1;
    for (Py_ssize_t at = start; at <= last;) {
        for (i = (cut > known ? cut : known) + 1; i < count && part_at(h, i) == text_at(h, at + i);)
            i++;
        if (i < count) {
            at += i - cut;
            known = -1;
            continue;
        }
        for (i = cut; i > known && part_at(h, i) == text_at(h, at + i);)
            i--;
        if (i <= known)
            return at;
        at += period;
        known = is_periodic ? count - period - 1 : -1;
    }
    return -1;
}

static bool is_same_at(const hay *h, Py_ssize_t at, Py_ssize_t *looks)
{
    Py_ssize_t same = 0;
    while (same < h->part_count && text_at(h, at + same) == part_at(h, same))
        same++;
    *looks += same;
    return same == h->part_count;
}

/* The first place in [start, last] where the part is, -1: none. The part is not empty. */
static Py_ssize_t find_first(const hay *h, Py_ssize_t start, Py_ssize_t last)
{
    Py_UCS4 first = part_at(h, 0);
    Py_ssize_t looks = 0;
    for (Py_ssize_t at = start; at <= last; at++) {
        if (h->text_kind == 1 && h->step == 1) {
            const char *from = (const char *)h->text + h->text_base, *found = memchr(from + at, (int)first, (size_t)(last - at + 1));
            if (found == NULL)
                return -1;
            at = found - from;
        } else if (text_at(h, at) != first) {
            continue;
        }
        if (is_same_at(h, at, &looks))
            return at;
        if (looks > LOOKS_PER_PLACE * (at - start) + LOOKS_MORE && at < last)
            return find_two_way(h, at + 1, last);
    }
    return -1;
}

static void range_cut(Py_ssize_t count, Py_ssize_t *start, Py_ssize_t *end)
{
    *end = *end > count ? count : *end < 0 ? *end + count : *end;
    *start = *start < 0 ? *start + count : *start;
    *end = *end < 0 ? 0 : *end;
    *start = *start < 0 ? 0 : *start;
}

Py_ssize_t object_row_find(int text_kind, const void *text, int part_kind, const void *part, Py_ssize_t part_count,
                           Py_ssize_t start, Py_ssize_t end, int direction)
{
    hay h = {.text_kind = text_kind, .part_kind = part_kind, .step = 1, .text = text, .part = part, .part_count = part_count};
    if (end - start < part_count)
        return -1;
    if (part_count == 0)
        return direction > 0 ? start : end;
    if (direction > 0)
        return find_first(&h, start, end - part_count);
    h.step = -1; /* the last one is the first one from the end, where all lies the other way round */
    h.text_base = end - 1;
    h.part_base = part_count - 1;
    Py_ssize_t found = find_first(&h, 0, end - start - part_count);
    return found < 0 ? -1 : end - found - part_count;
}

Py_ssize_t object_unicode_find_in(PyObject *text, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    range_cut(PyUnicode_GET_LENGTH(text), &start, &end);
    Py_ssize_t part_count = PyUnicode_GET_LENGTH(part);
    if (part_count > 0 && PyUnicode_KIND(part) > PyUnicode_KIND(text))
        return -1;
    return object_row_find(PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_KIND(part), PyUnicode_DATA(part), part_count, start, end,
                           direction);
}

bool object_unicode_check(PyObject *object)
{
    if (!PyUnicode_Check(object))
        object_error_format(PyExc_TypeError, "must be str, not %.100s", Py_TYPE(object)->tp_name);
    return PyUnicode_Check(object);
}

Py_ssize_t object_unicode_find(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (!object_unicode_check(object) || !object_unicode_check(part))
        return -2;
    return object_unicode_find_in(object, part, start, end, direction);
}

Py_ssize_t object_unicode_find_char(PyObject *text, Py_UCS4 character, Py_ssize_t start, Py_ssize_t end, int direction)
{
    range_cut(PyUnicode_GET_LENGTH(text), &start, &end);
    hay h = {.text_kind = PyUnicode_KIND(text), .part_kind = 4, .step = direction > 0 ? 1 : -1, .text = PyUnicode_DATA(text),
             .part = &character, .part_count = 1};
    if (start >= end || character > PyUnicode_MAX_CHAR_VALUE(text))
        return -1;
    if (direction > 0)
        return find_first(&h, start, end - 1);
    h.text_base = end - 1;
    Py_ssize_t found = find_first(&h, 0, end - start - 1);
    return found < 0 ? -1 : end - 1 - found;
}

Py_ssize_t object_unicode_count(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    if (!object_unicode_check(object) || !object_unicode_check(part))
        return -1;
    range_cut(PyUnicode_GET_LENGTH(object), &start, &end);
    row whole = row_of_str(object), looked_for = row_of_str(part);
    return row_count(&whole, &looked_for, start, end);
}

Py_ssize_t object_unicode_match_tail(PyObject *object, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (!object_unicode_check(object) || !object_unicode_check(part))
        return -1;
    Py_ssize_t looks = 0;
    range_cut(PyUnicode_GET_LENGTH(object), &start, &end);
    hay h = {.text_kind = PyUnicode_KIND(object), .part_kind = PyUnicode_KIND(part), .step = 1, .text = PyUnicode_DATA(object),
             .part = PyUnicode_DATA(part), .part_count = PyUnicode_GET_LENGTH(part)};
    return end - start >= h.part_count && is_same_at(&h, direction > 0 ? end - h.part_count : start, &looks);
}

int object_unicode_contains(PyObject *object, PyObject *part)
{
    if (!PyUnicode_Check(part)) {
        object_error_format(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", Py_TYPE(part)->tp_name);
        return -1;
    }
    return object_unicode_check(object) ? object_unicode_find_in(object, part, 0, PY_SSIZE_T_MAX, 1) >= 0 : -1;
}

PyObject *object_unicode_replace(PyObject *object, PyObject *part, PyObject *put, Py_ssize_t most)
{
    if (!object_unicode_check(object) || !object_unicode_check(part) || !object_unicode_check(put))
        return NULL;
    row whole = row_of_str(object), looked_for = row_of_str(part), put_there = row_of_str(put);
    return row_replace(&whole, &looked_for, &put_there, most);
}
