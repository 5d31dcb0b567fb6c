/* unicode.c: strings come and go: their layout, the shared strings of one character, the type.
 *
 * Owns: making a str of given characters, the empty string and those of one Latin-1 character, the type object. Does not
 * own: bytes in and out (unicode_decode.c, unicode_encode.c), what is done with strings (unicode_*.c).
 * Read first: include/python/unicodeobject.h. The head of an ASCII string is 36 bytes, that of others 56; a zero ends both. */
#include "object.h"

#define ASCII_HEAD_BYTES offsetof(PyASCIIObject, ascii)
#define WIDE_HEAD_BYTES offsetof(PyUnicodeObject, data)
#define CHARACTER_MAX 0x10ffff

#define HEAD(op) ((PyASCIIObject *)(op))
#define WIDE(op) ((PyUnicodeObject *)(op))

/* The strings of one Latin-1 character and, last, the empty one. They are made when they are first asked for. */
#define EMPTY_INDEX 256
static PyUnicodeObject small_strings[EMPTY_INDEX + 1];

static void head_fill(PyObject *self, Py_ssize_t length, Py_UCS4 largest)
{
    PyASCIIObject *head = HEAD(self);
    head->length = length;
    head->hash = -1;
    head->kind = (uint8_t)object_unicode_kind_of(largest);
    head->is_ascii = largest < 0x80;
    head->is_interned = 0;
    head->is_apart = 0;
    if (!head->is_ascii) {
        WIDE(self)->utf8 = NULL;
        WIDE(self)->utf8_length = 0;
    }
}

static PyObject *small_make(unsigned index)
{
    PyObject *self = (PyObject *)&small_strings[index];
    Py_UCS4 character = index == EMPTY_INDEX ? 0 : index;
    head_fill(self, index != EMPTY_INDEX, character);
    unsigned char *data = PyUnicode_DATA(self);
    data[0] = (unsigned char)character;
    data[1] = 0;
    if (character >= 0x80) { /* their UTF-8 has room behind the character: they never die, so no block could be freed */
        WIDE(self)->utf8 = (char *)data + 2;
        WIDE(self)->utf8_length = object_unicode_utf8_put(WIDE(self)->utf8, character);
    }
    HEAD(self)->is_interned = 1;
    self->ob_refcnt = _Py_IMMORTAL_REFCNT;
    self->ob_type = &PyUnicode_Type;
    return self;
}

PYMM_INLINE PyObject *small_get(unsigned index)
{
    PyObject *self = (PyObject *)&small_strings[index];
    return PYMM_LIKELY(self->ob_type != NULL) ? self : small_make(index);
}

PyObject *object_unicode_empty(void) { return small_get(EMPTY_INDEX); }

/* Bytes of a string with its zero; SIZE_MAX: more than there can be. */
static size_t string_bytes(Py_ssize_t length, Py_UCS4 largest)
{
    size_t head = largest < 0x80 ? ASCII_HEAD_BYTES : WIDE_HEAD_BYTES, kind = (size_t)object_unicode_kind_of(largest);
    return (size_t)length > ((size_t)PY_SSIZE_T_MAX - head) / kind - 1 ? SIZE_MAX : head + ((size_t)length + 1) * kind;
}

PyObject *object_unicode_new(Py_ssize_t length, Py_UCS4 largest)
{
    if (length == 0)
        return object_unicode_empty();
    if (largest > CHARACTER_MAX)
        return object_error_set(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New");
    if (length < 0)
        return object_error_set(PyExc_SystemError, "Negative size passed to PyUnicode_New");
    PyObject *self = domain_malloc_hot(PYMM_DOMAIN_OBJ, string_bytes(length, largest));
    if (PYMM_UNLIKELY(self == NULL))
        return object_error_no_memory();
    self->ob_refcnt = 1;
    self->ob_type = &PyUnicode_Type;
    head_fill(self, length, largest);
    PyUnicode_WRITE(HEAD(self)->kind, PyUnicode_DATA(self), length, 0);
    return self;
}

/* Characters. -------------------------------------------------------------------------------------------------------------- */

static Py_UCS4 largest_of_bytes(const Py_UCS1 *data, Py_ssize_t length)
{
    uint64_t all = 0, word = 0;
    Py_ssize_t i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&word, data + i, 8);
        all |= word;
    }
    for (; i < length; i++)
        all |= data[i];
    return all & UINT64_C(0x8080808080808080) ? 0xff : 0x7f;
}

Py_UCS4 object_unicode_largest(int kind, const void *data, Py_ssize_t length)
{
    if (kind == 1)
        return largest_of_bytes(data, length);
    Py_UCS4 all = 0;
    if (kind == 2)
        for (Py_ssize_t i = 0; i < length; i++)
            all |= ((const Py_UCS2 *)data)[i];
    else
        for (Py_ssize_t i = 0; i < length; i++)
            all |= ((const Py_UCS4 *)data)[i];
    return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : CHARACTER_MAX;
}

void object_unicode_copy_chars(int to_kind, void *to, Py_ssize_t at, int kind, const void *data, Py_ssize_t length)
{
    if (to_kind == kind)
        memcpy((char *)to + at * kind, data, (size_t)(length * kind));
    else if (to_kind == 2 && kind == 1)
        for (Py_ssize_t i = 0; i < length; i++)
            ((Py_UCS2 *)to)[at + i] = ((const Py_UCS1 *)data)[i];
    else
        for (Py_ssize_t i = 0; i < length; i++)
            PyUnicode_WRITE(to_kind, to, at + i, PyUnicode_READ(kind, data, i));
}

/* Of characters. ------------------------------------------------------------------------------------------------------------- */

static bool has_beyond_unicode(const Py_UCS4 *data, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++)
        if (data[i] > CHARACTER_MAX)
            return true;
    return false;
}

PyObject *object_unicode_from_kind(int kind, const void *data, Py_ssize_t length)
{
    if (length < 0)
        return object_error_set(PyExc_ValueError, "size must be positive");
    if (kind != 1 && kind != 2 && kind != 4)
        return object_error_set(PyExc_SystemError, "invalid kind");
    if (length == 1 && PyUnicode_READ(kind, data, 0) < 256)
        return small_get(PyUnicode_READ(kind, data, 0));
    Py_UCS4 largest = object_unicode_largest(kind, data, length);
    if (kind == 4 && largest == CHARACTER_MAX && has_beyond_unicode(data, length))
        return object_error_set(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New");
    PyObject *self = object_unicode_new(length, largest);
    if (self != NULL && length > 0)
        object_unicode_copy_chars(HEAD(self)->kind, PyUnicode_DATA(self), 0, kind, data, length);
    return self;
}

PyObject *object_unicode_from_char(Py_UCS4 character)
{
    if (character < 256)
        return small_get(character);
    PyObject *self = object_unicode_new(1, character);
    if (self != NULL)
        PyUnicode_WRITE(HEAD(self)->kind, PyUnicode_DATA(self), 0, character);
    return self;
}

PyObject *object_unicode_from_ordinal(int character)
{
    if (character < 0 || character > CHARACTER_MAX)
        return object_error_set(PyExc_ValueError, "chr() arg not in range(0x110000)");
    return object_unicode_from_char((Py_UCS4)character);
}

/* Where wchar_t has two bytes, a pair of surrogates is one character. */
static PyObject *from_pairs(const wchar_t *wide, Py_ssize_t length)
{
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 character = (Py_UCS4)wide[i];
        if (Py_UNICODE_IS_HIGH_SURROGATE(character) && i + 1 < length && Py_UNICODE_IS_LOW_SURROGATE((Py_UCS4)wide[i + 1]))
            character = Py_UNICODE_JOIN_SURROGATES(character, (Py_UCS4)wide[++i]);
        object_text_char(&text, character);
    }
    return object_text_close(&text);
}

PyObject *object_unicode_from_wide(const wchar_t *wide, Py_ssize_t length)
{
    if (wide == NULL && length != 0)
        return object_error_bad_call();
    if (length < 0)
        length = (Py_ssize_t)wcslen(wide);
    if (sizeof(wchar_t) == 2)
        return from_pairs(wide, length);
    return length == 0 ? object_unicode_empty() : object_unicode_from_kind((int)sizeof(wchar_t), wide, length);
}

PyObject *object_unicode_from_object(PyObject *object)
{
    if (PyUnicode_CheckExact(object))
        return Py_NewRef(object);
    if (PyUnicode_Check(object))
        return object_unicode_from_kind(PyUnicode_KIND(object), PyUnicode_DATA(object), PyUnicode_GET_LENGTH(object));
    return object_error_format(PyExc_TypeError, "Can't convert '%.100s' object to str implicitly", Py_TYPE(object)->tp_name);
}

/* The type. -------------------------------------------------------------------------------------------------------------------- */

static void unicode_dealloc(PyObject *self)
{
    PyASCIIObject *head = HEAD(self);
    if (PYMM_UNLIKELY(head->is_interned)) {
        if (self >= (PyObject *)small_strings && self <= (PyObject *)&small_strings[EMPTY_INDEX])
            pymm_fatal("deallocating a shared string of one character: it lost references it never had");
        object_unicode_intern_forget(self);
    }
    if (head->is_apart)
        domain_free(PYMM_DOMAIN_MEM, WIDE(self)->data.any);
    if (!head->is_ascii && WIDE(self)->utf8 != NULL)
        domain_free(PYMM_DOMAIN_MEM, WIDE(self)->utf8);
    Py_TYPE(self)->tp_free(self);
}

/* A str of a subclass, with the characters of `text` in a block of their own. */
static PyObject *subclass_new(PyTypeObject *type, PyObject *text)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    size_t bytes = (size_t)(PyUnicode_GET_LENGTH(text) + 1) * (size_t)PyUnicode_KIND(text);
    head_fill(self, PyUnicode_GET_LENGTH(text), PyUnicode_MAX_CHAR_VALUE(text));
    WIDE(self)->data.any = domain_malloc(PYMM_DOMAIN_MEM, bytes);
    HEAD(self)->is_apart = 1;
    if (WIDE(self)->data.any == NULL) {
        Py_DECREF(self);
        return object_error_no_memory();
    }
    memcpy(WIDE(self)->data.any, PyUnicode_DATA(text), bytes);
    return self;
}

static PyObject *unicode_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *text = object_unicode_from_arguments(args, keywords);
    if (text == NULL || type == &PyUnicode_Type)
        return text;
    PyObject *self = subclass_new(type, text);
    Py_DECREF(text);
    return self;
}

static Py_ssize_t unicode_length(PyObject *self) { return PyUnicode_GET_LENGTH(self); }

static PyNumberMethods unicode_as_number = {.nb_remainder = object_unicode_remainder};

static PySequenceMethods unicode_as_sequence = {
    .sq_length = unicode_length,
    .sq_concat = object_unicode_concat,
    .sq_repeat = object_unicode_repeat,
    .sq_item = object_unicode_item,
    .sq_contains = object_unicode_contains,
};
static PyMappingMethods unicode_as_mapping = {
    .mp_length = unicode_length,
    .mp_subscript = object_unicode_subscript,
};

PyTypeObject PyUnicode_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "str",
    .tp_basicsize = sizeof(PyUnicodeObject),
    .tp_dealloc = unicode_dealloc,
    .tp_repr = object_unicode_repr,
    .tp_as_number = &unicode_as_number,
    .tp_as_sequence = &unicode_as_sequence,
    .tp_as_mapping = &unicode_as_mapping,
    .tp_hash = object_unicode_hash,
    .tp_str = object_unicode_from_object,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS,
    .tp_richcompare = object_unicode_compare_rich,
    .tp_iter = object_unicode_iter,
    .tp_methods = object_unicode_methods,
    .tp_new = unicode_type_new,
};
