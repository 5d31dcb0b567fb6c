/* unicode.c: strings: what a comparison with CPython cannot see: whose memory it is, where a string grows, interning, keys.
 *
 * Owns: the above, and sizes that no machine has. What strings contain is compared in tests/conformance/builtin_str.c. */
#include "../object/support.h"

static void sizes(void **state)
{
    (void)state;
    assert_null(PyUnicode_New(PY_SSIZE_T_MAX, 0x7f));
    assert_error(PyExc_MemoryError);
    assert_null(PyUnicode_New(PY_SSIZE_T_MAX / 4, 0x10ffff));
    assert_error(PyExc_MemoryError);
    assert_null(PyUnicode_New(PY_SSIZE_T_MAX / 2, 0xffff));
    assert_error(PyExc_MemoryError);
    PyObject *text = PyUnicode_FromString("abc");
    assert_int_equal(PyUnicode_Resize(&text, PY_SSIZE_T_MAX - 4), -1);
    assert_error(PyExc_MemoryError);
    assert_int_equal(PyUnicode_CompareWithASCIIString(text, "abc"), 0);
    PyObject *wide = PyUnicode_FromString("\xce\xb1");
    assert_null(PyUnicode_Type.tp_as_sequence->sq_repeat(wide, PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    assert_null(PyUnicode_Type.tp_as_sequence->sq_repeat(text, PY_SSIZE_T_MAX));
    assert_error(PyExc_OverflowError);
    Py_DECREF(wide);
    Py_DECREF(text);
}

/* A string that nobody else has and nobody has hashed grows where it is; others are left alone. */
static void growth(void **state)
{
    (void)state;
    PyObject *text = PyUnicode_FromString("begin"), *more = PyUnicode_FromString(" more"), *seen = Py_NewRef(text);
    PyUnicode_Append(&text, more);
    assert_ptr_not_equal(text, seen);
    assert_int_equal(PyUnicode_CompareWithASCIIString(seen, "begin"), 0);
    Py_DECREF(seen);
    for (int i = 0; i < 1000; i++)
        PyUnicode_Append(&text, more);
    assert_int_equal(PyUnicode_GET_LENGTH(text), 5 + 1001 * 5);
    assert_int_equal(strlen(PyUnicode_AsUTF8(text)), 5 + 1001 * 5);
    assert_string_equal(PyUnicode_AsUTF8(text) + 5000, " more more");
    PyObject *interned = PyUnicode_InternFromString("to be kept"), *copy = Py_NewRef(interned);
    Py_DECREF(copy);
    PyUnicode_Append(&interned, more);
    copy = PyUnicode_InternFromString("to be kept");
    assert_int_equal(PyUnicode_CompareWithASCIIString(copy, "to be kept"), 0);
    assert_int_equal(PyUnicode_CompareWithASCIIString(interned, "to be kept more"), 0);
    assert_int_equal(PyUnicode_Resize(&copy, 5), 0);
    assert_int_equal(PyUnicode_CompareWithASCIIString(copy, "to be"), 0);
    Py_DECREF(copy);
    Py_DECREF(interned);
    Py_DECREF(more);
    Py_DECREF(text);
}

/* The UTF-8 that a string keeps is that of its characters, also after these have changed. */
static void kept_utf8(void **state)
{
    (void)state;
    PyObject *text = PyUnicode_FromString("\xce\xb1\xce\xb2"), *more = PyUnicode_FromString("c");
    assert_string_equal(PyUnicode_AsUTF8(text), "\xce\xb1\xce\xb2");
    PyUnicode_Append(&text, more);
    assert_string_equal(PyUnicode_AsUTF8(text), "\xce\xb1\xce\xb2" "c");
    assert_int_equal(PyUnicode_Resize(&text, 1), 0);
    assert_string_equal(PyUnicode_AsUTF8(text), "\xce\xb1");
    assert_int_equal(PyUnicode_WriteChar(text, 0, 0x3b3), 0);
    assert_string_equal(PyUnicode_AsUTF8(text), "\xce\xb3");
    Py_DECREF(more);
    Py_DECREF(text);
}

#define NAME_COUNT 3000

/* Names come, are found again, and leave the table when they die, in any order. */
static void interned(void **state)
{
    (void)state;
    static PyObject *names[NAME_COUNT];
    char name[32];
    unsigned random = 12345;
    for (int round = 0; round < 20000; round++) {
        random = random * 1103515245u + 12345u;
        int i = (int)(random >> 8) % NAME_COUNT;
        snprintf(name, sizeof name, "name_%d", i);
        PyObject *other = PyUnicode_InternFromString(name);
        assert_int_equal(PyUnicode_CHECK_INTERNED(other), 1);
        assert_int_equal(PyUnicode_CompareWithASCIIString(other, name), 0);
        if (names[i] != NULL) {
            assert_ptr_equal(other, names[i]);
            Py_DECREF(other);
            assert_int_equal(Py_REFCNT(names[i]), 1);
            Py_CLEAR(names[i]);
        } else {
            names[i] = other;
        }
    }
    for (int i = 0; i < NAME_COUNT; i++)
        Py_CLEAR(names[i]);
    PyObject *none = NULL, *number = Py_NewRef(Py_None);
    PyUnicode_InternInPlace(&none);
    PyUnicode_InternInPlace(&number);
    assert_ptr_equal(number, Py_None);
}

/* No more memory for a short string than 36 bytes and its characters; shared ones are free. */
static void small(void **state)
{
    (void)state;
    assert_int_equal((char *)PyUnicode_DATA(PyUnicode_FromString("a")) - (char *)PyUnicode_FromString("a"), 36);
    for (int c = 0; c < 256; c++) {
        PyObject *one = PyUnicode_FromOrdinal(c), *same = PyUnicode_FromKindAndData(4, &(Py_UCS4){(Py_UCS4)c}, 1);
        assert_ptr_equal(one, same);
        assert_int_equal(PyUnicode_READ_CHAR(one, 0), c);
        assert_int_equal(PyUnicode_GET_LENGTH(one), 1);
        Py_ssize_t bytes;
        assert_non_null(PyUnicode_AsUTF8AndSize(one, &bytes));
        assert_int_equal(bytes, c < 128 ? 1 : 2);
        PyObject *again = PyUnicode_DecodeUTF8(PyUnicode_AsUTF8(one), bytes, NULL);
        assert_ptr_equal(again, one);
    }
}

static void equal_to_utf8(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "abc", "ab", "abd", "\xc3\xa9", "\xc3\xaa", "\xce\xb1x", "\xce\xb1", "\xf0\x9f\x98\x80", "\xf0\x9f\x98"};
    for (size_t a = 0; a < 9; a++)
        for (size_t b = 0; b < 10; b++) {
            PyObject *text = PyUnicode_FromString(texts[a]);
            assert_int_equal(PyUnicode_EqualToUTF8(text, texts[b]), a == b);
            assert_int_equal(PyUnicode_EqualToUTF8AndSize(text, texts[b], (Py_ssize_t)strlen(texts[b])), a == b);
            Py_DECREF(text);
        }
    PyObject *zero = PyUnicode_FromStringAndSize("a\0b", 3);
    assert_false(PyUnicode_EqualToUTF8(zero, "a"));
    assert_true(PyUnicode_EqualToUTF8AndSize(zero, "a\0b", 3));
    Py_DECREF(zero);
    PyObject *lone = PyUnicode_FromKindAndData(2, &(Py_UCS2){0xd800}, 1);
    assert_false(PyUnicode_EqualToUTF8(lone, "\xed\xa0\x80"));
    Py_DECREF(lone);
}

/* What a mapping gave for the last name is let go of, however the format ends; leaks.h sees that it is. */
static void formatted_with_mapping(void **state)
{
    (void)state;
    static const char *const formats[] = {"%(a)s", "%(a)s %%", "%(a)s %(none)s", "%(a)d"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        PyObject *format = PyUnicode_FromString(formats[i]), *value = PyList_New(1000);
        for (Py_ssize_t item = 0; item < 1000; item++)
            PyList_SET_ITEM(value, item, Py_None);
        PyObject *mapping = Py_BuildValue("{s:N}", "a", value), *text = PyUnicode_Format(format, mapping);
        assert_int_equal(text != NULL, i < 2);
        assert_int_equal(Py_REFCNT(value), 1);
        PyErr_Clear();
        Py_XDECREF(text);
        Py_DECREF(mapping);
        Py_DECREF(format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),    cmocka_unit_test(growth), cmocka_unit_test(kept_utf8),
        cmocka_unit_test(interned), cmocka_unit_test(small),  cmocka_unit_test(equal_to_utf8),
        cmocka_unit_test(formatted_with_mapping),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
