/* unicode_compare.c: whether strings are the same, and which comes first; the hash that a string keeps; interned strings.
 *
 * Strings are in the smallest kind that holds them, so strings of different kinds differ. The table of interned strings
 * holds no references: a string that dies takes itself out. Open addressing, linear probing; a removal moves up what is
 * behind it, so that there are no marks of dead places. */
#include "object.h"

#define HEAD(op) ((PyASCIIObject *)(op))

Py_hash_t object_unicode_hash(PyObject *text)
{
    PyASCIIObject *head = HEAD(text);
    if (head->hash == -1)
        head->hash = object_hash_bytes(PyUnicode_DATA(text), (size_t)head->length * head->kind);
    return head->hash;
}

bool object_unicode_is_equal(PyObject *left, PyObject *right)
{
    const PyASCIIObject *a = HEAD(left), *b = HEAD(right);
    if (left == right)
        return true;
    if (a->length != b->length || a->kind != b->kind || (a->hash != b->hash && a->hash != -1 && b->hash != -1))
        return false;
    return memcmp(PyUnicode_DATA(left), PyUnicode_DATA(right), (size_t)a->length * a->kind) == 0;
}

static int order_of(PyObject *left, PyObject *right)
{
    Py_ssize_t a = PyUnicode_GET_LENGTH(left), b = PyUnicode_GET_LENGTH(right), both = a < b ? a : b;
    int left_kind = PyUnicode_KIND(left), right_kind = PyUnicode_KIND(right);
    const void *left_data = PyUnicode_DATA(left), *right_data = PyUnicode_DATA(right);
    if (left_kind == 1 && right_kind == 1) {
        int order = memcmp(left_data, right_data, (size_t)both);
        if (order != 0)
            return order < 0 ? -1 : 1;
    } else {
        for (Py_ssize_t i = 0; i < both; i++) {
            Py_UCS4 x = PyUnicode_READ(left_kind, left_data, i), y = PyUnicode_READ(right_kind, right_data, i);
            if (x != y)
                return x < y ? -1 : 1;
        }
    }
    return a == b ? 0 : a < b ? -1 : 1;
}

int object_unicode_compare(PyObject *left, PyObject *right)
{
    if (PyUnicode_Check(left) && PyUnicode_Check(right))
        return left == right ? 0 : order_of(left, right);
    object_error_format(PyExc_TypeError, "Can't compare %.100s and %.100s", Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
    return -1;
}

/* Bytes over 127 count as the Latin-1 characters that they are. */
int object_unicode_compare_ascii(PyObject *text, const char *ascii)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), i = 0;
    for (; i < count && ascii[i] != '\0'; i++) {
        Py_UCS4 a = PyUnicode_READ_CHAR(text, i), b = (unsigned char)ascii[i];
        if (a != b)
            return a < b ? -1 : 1;
    }
    return i < count ? 1 : ascii[i] != '\0' ? -1 : 0;
}

bool object_unicode_equals_utf8(PyObject *text, const char *utf8, Py_ssize_t bytes)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(text), left = bytes;
    if (PyUnicode_IS_ASCII(text))
        return count == bytes && memcmp(PyUnicode_DATA(text), utf8, (size_t)bytes) == 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        char buffer[4];
        Py_UCS4 character = PyUnicode_READ_CHAR(text, i);
        int length = object_unicode_utf8_put(buffer, character);
        if (Py_UNICODE_IS_SURROGATE(character) || left < length || memcmp(utf8 + bytes - left, buffer, (size_t)length) != 0)
            return false;
        left -= length;
    }
    return left == 0;
}

PyObject *object_unicode_compare_rich(PyObject *left, PyObject *right, int op)
{
    if (!PyUnicode_Check(left) || !PyUnicode_Check(right))
        return Py_NewRef(Py_NotImplemented);
    if (op == Py_EQ || op == Py_NE)
        return object_bool(object_unicode_is_equal(left, right) == (op == Py_EQ));
    int order = left == right ? 0 : order_of(left, right);
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

/* Interned. --------------------------------------------------------------------------------------------------------------------- */

static struct {
    PyObject **places; /* place_count of them, a power of two; at most two thirds are used */
    size_t place_count, used;
} interned;

static size_t home_of(PyObject *text)
{
    return ((size_t)object_unicode_hash(text) * (size_t)UINT64_C(0x9e3779b97f4a7c15)) >> 7 & (interned.place_count - 1);
}

/* The place of a string of these characters, or the free one where it would go. */
static PyObject **place_find(PyObject *text)
{
    size_t mask = interned.place_count - 1;
    for (size_t i = home_of(text);; i = (i + 1) & mask)
        if (interned.places[i] == NULL || object_unicode_is_equal(interned.places[i], text))
            return &interned.places[i];
}

static bool table_grow(void)
{
    PyObject **old = interned.places;
    size_t old_count = interned.place_count, new_count = old_count > 0 ? old_count * 2 : 256;
    PyObject **places = domain_calloc(PYMM_DOMAIN_MEM, new_count, sizeof *places);
    if (places == NULL)
        return false;
    interned.places = places;
    interned.place_count = new_count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i] != NULL)
            *place_find(old[i]) = old[i];
    domain_free(PYMM_DOMAIN_MEM, old);
    return true;
}

void object_unicode_intern(PyObject **object)
{
    PyObject *self = *object;
    if (self == NULL || !PyUnicode_CheckExact(self) || PyUnicode_CHECK_INTERNED(self))
        return;
    if (PyUnicode_GET_LENGTH(self) == 1 && PyUnicode_KIND(self) == 1) {
        *object = object_unicode_from_char(PyUnicode_READ_CHAR(self, 0));
        Py_DECREF(self);
        return;
    }
    if ((interned.used + 1) * 3 > interned.place_count * 2 && !table_grow())
        return; /* without memory a string stays as it is: nothing depends on its being the only one */
    PyObject **place = place_find(self);
    if (*place != NULL) {
        *object = Py_NewRef(*place);
        Py_DECREF(self);
        return;
    }
    *place = self;
    interned.used++;
    HEAD(self)->is_interned = 1;
}

void object_unicode_intern_forget(PyObject *text)
{
    size_t mask = interned.place_count - 1, hole = home_of(text);
    while (interned.places[hole] != text)
        hole = (hole + 1) & mask;
    for (size_t i = (hole + 1) & mask; interned.places[i] != NULL; i = (i + 1) & mask) {
        if (((i - home_of(interned.places[i])) & mask) >= ((i - hole) & mask)) {
            interned.places[hole] = interned.places[i];
            hole = i;
        }
    }
    interned.places[hole] = NULL;
    if (--interned.used == 0) {
        domain_free(PYMM_DOMAIN_MEM, interned.places);
        interned.places = NULL;
        interned.place_count = 0;
    }
}

PyObject *object_unicode_intern_utf8(const char *utf8)
{
    PyObject *text = object_unicode_from_utf8(utf8);
    if (text != NULL)
        object_unicode_intern(&text);
    return text;
}
