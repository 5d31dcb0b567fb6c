/* builtin_str.c: strings made, read, compared and put together, as C code sees them. Read first: text.h. */
#include "text.h"

#define WIDE_TEXT "\xce\xb1\xce\xb2\xce\xb3"         /* 2 bytes a character */
#define HUGE_TEXT "a\xf0\x9f\x98\x80" "b"            /* 4 bytes a character */
#define LATIN_TEXT "caf\xc3\xa9"

static void layout(const char *name, PyObject *text)
{
    check_int(check_join(name, "length"), PyUnicode_GetLength(text));
    check_int(check_join(name, "kind"), PyUnicode_KIND(text));
    check_bool(check_join(name, "ascii"), PyUnicode_IS_ASCII(text));
    check_int(check_join(name, "max"), PyUnicode_MAX_CHAR_VALUE(text));
    check_int(check_join(name, "zero"), PyUnicode_READ(PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)));
    check_int(check_join(name, "ready"), PyUnicode_READY(text));
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++)
        check_int(check_join(name, "char"), PyUnicode_READ_CHAR(text, i));
}

static void layouts(void)
{
    Py_Initialize();
    layout("empty", utf8(""));
    layout("ascii", utf8("abc"));
    layout("latin", utf8(LATIN_TEXT));
    layout("wide", utf8(WIDE_TEXT));
    layout("huge", utf8(HUGE_TEXT));
    PyObject *made = PyUnicode_New(3, 0xffff);
    PyUnicode_WRITE(PyUnicode_KIND(made), PyUnicode_DATA(made), 0, 'x');
    PyUnicode_WRITE(PyUnicode_KIND(made), PyUnicode_DATA(made), 1, 0x3b1);
    check_int("write", PyUnicode_WriteChar(made, 2, 0xffff));
    layout("made", made);
    check_int("write_too_large", PyUnicode_WriteChar(made, 2, 0x10000));
    check_raised("write_too_large_error");
    check_int("write_outside", PyUnicode_WriteChar(made, 3, 'a'));
    check_raised("write_outside_error");
    check_int("hash", PyObject_Hash(made) != -1);
    check_int("write_hashed", PyUnicode_WriteChar(made, 2, 'a'));
    check_raised("write_hashed_error");
    check_int("read", PyUnicode_ReadChar(made, 1));
    check_int("read_outside", PyUnicode_ReadChar(made, -1));
    check_raised("read_outside_error");
    check_int("length_of_none", PyUnicode_GetLength(Py_None));
    check_raised("length_of_none_error");
    check_bool("one_empty", utf8("") == PyUnicode_New(0, 0x10ffff));
    check_bool("one_letter", PyUnicode_FromOrdinal('a') == utf8("a") && utf8("a") == PyUnicode_FromStringAndSize("a", 1));
    check_bool("one_latin", PyUnicode_FromOrdinal(0xe9) == utf8("\xc3\xa9"));
}

static void made(void)
{
    Py_Initialize();
    static const Py_UCS2 two[] = {'a', 'b', 0x20ac}, plain[] = {'a', 'b'};
    static const Py_UCS4 four[] = {0x1f600, 'x'}, high[] = {0xe9, 'x'};
    check_str("bytes", PyUnicode_FromStringAndSize("a\0b", 3));
    check_str("no_bytes", PyUnicode_FromStringAndSize(NULL, 0));
    check_str("negative", PyUnicode_FromStringAndSize("abc", -1));
    check_str("kind_2", PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, two, 3));
    layout("kind_2_ascii", PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, plain, 2));
    layout("kind_4", PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, four, 2));
    layout("kind_4_latin", PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, high, 2));
    check_str("kind_1", PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, "\xe9t\xe9", 3));
    check_str("kind_3", PyUnicode_FromKindAndData(3, two, 1));
    check_str("kind_negative", PyUnicode_FromKindAndData(1, "abc", -1));
    check_str("ordinal", PyUnicode_FromOrdinal(0x10ffff));
    check_str("ordinal_surrogate", PyUnicode_FromOrdinal(0xd800));
    check_str("ordinal_outside", PyUnicode_FromOrdinal(0x110000));
    check_str("ordinal_negative", PyUnicode_FromOrdinal(-1));
    check_str("wide", PyUnicode_FromWideChar(L"w\u00e9\U0001f600", -1));
    check_str("wide_part", PyUnicode_FromWideChar(L"wide", 2));
    check_str("wide_null", PyUnicode_FromWideChar(NULL, 0));
    check_str("new_negative", PyUnicode_New(-1, 0x7f));
    check_str("new_beyond", PyUnicode_New(1, 0x110000));
    check_str("from_none", PyUnicode_FromObject(Py_None));
    PyObject *text = utf8("text");
    check_bool("from_str", PyUnicode_FromObject(text) == text);
    check_bool("str_of_str", PyObject_Str(text) == text);
    check_str("null_repr", PyObject_Repr(NULL));
    check_str("null_str", PyObject_Str(NULL));
    check_str("null_ascii", PyObject_ASCII(NULL));
}

static void decode(const char *name, const char *bytes)
{
    static const char *const errors[] = {NULL, "strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass", "unknown"};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        check_str(check_join(name, errors[i] == NULL ? "none" : errors[i]), PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)strlen(bytes), errors[i]));
    Py_ssize_t used = -1;
    check_str(check_join(name, "stateful"), PyUnicode_DecodeUTF8Stateful(bytes, (Py_ssize_t)strlen(bytes), "replace", &used));
    check_int(check_join(name, "used"), used);
}

static void decoding(void)
{
    Py_Initialize();
    decode("good", "plain " LATIN_TEXT " " WIDE_TEXT " " HUGE_TEXT);
    decode("start", "ab\x80" "c");
    decode("overlong", "\xc0\x80");
    decode("overlong_3", "\xe0\x80\x80");
    decode("overlong_4", "\xf0\x80\x80\x80");
    decode("surrogate", "a\xed\xa0\x80" "b\xed\xbf\xbf");
    decode("half_surrogate", "a\xed\xa0");
    decode("beyond", "\xf4\x90\x80\x80");
    decode("never", "\xff\xfe\xf5");
    decode("end_2", "ab\xc3");
    decode("end_3", "ab\xe2\x82");
    decode("end_4", "ab\xf0\x9f\x98");
    decode("continuation", "\xe2\x28\xa1 \xf0\x9f\x28 \xf0\x28\x8c\xbc");
    check_str("ascii", PyUnicode_DecodeASCII("abc", 3, NULL));
    check_str("ascii_bad", PyUnicode_DecodeASCII("ab\xff" "c", 4, NULL));
    check_str("ascii_ignore", PyUnicode_DecodeASCII("ab\xff" "c", 4, "ignore"));
    check_str("ascii_replace", PyUnicode_DecodeASCII("ab\xff" "c", 4, "replace"));
    check_str("ascii_backslash", PyUnicode_DecodeASCII("ab\xff" "c", 4, "backslashreplace"));
    check_str("ascii_escape", PyUnicode_DecodeASCII("ab\xff" "c", 4, "surrogateescape"));
    check_str("ascii_pass", PyUnicode_DecodeASCII("ab\xed\xa0\x80", 5, "surrogatepass"));
    check_str("ascii_unknown", PyUnicode_DecodeASCII("ab\xff", 3, "unknown"));
    check_str("latin1", PyUnicode_DecodeLatin1("ab\xff\x80", 4, NULL));
}

static void as_utf8(const char *name, PyObject *text)
{
    Py_ssize_t bytes = -2;
    const char *start = PyUnicode_AsUTF8AndSize(text, &bytes);
    check_int(check_join(name, "bytes"), bytes);
    if (start == NULL) {
        check_raised(check_join(name, "error"));
        return;
    }
    check_bytes(check_join(name, "utf8"), start, (size_t)bytes + 1);
    check_bool(check_join(name, "kept"), PyUnicode_AsUTF8(text) == start);
}

static void encoding(void)
{
    Py_Initialize();
    static const Py_UCS2 lone[] = {'a', 0xd800, 'b'}, lones[] = {0xd800, 0xdfff};
    as_utf8("empty", utf8(""));
    as_utf8("ascii", utf8("abc"));
    as_utf8("one_latin", utf8("\xc3\xa9"));
    as_utf8("latin", utf8(LATIN_TEXT));
    as_utf8("wide", utf8(WIDE_TEXT));
    as_utf8("huge", utf8(HUGE_TEXT));
    as_utf8("zero", PyUnicode_FromStringAndSize("a\0b", 3));
    as_utf8("lone", PyUnicode_FromKindAndData(2, lone, 3));
    as_utf8("lones", PyUnicode_FromKindAndData(2, lones, 2));
    as_utf8("none", Py_None);
}

static void compared(void)
{
    Py_Initialize();
    static const char *const texts[] = {"", "a", "ab", "abc", "b", LATIN_TEXT, "caf\xc3\xaa", WIDE_TEXT, HUGE_TEXT, "a\xef\xbf\xbf"};
    static const int ops[] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    for (int a = 0; a < COUNT; a++)
        for (int b = 0; b < COUNT; b++) {
            PyObject *left = utf8(texts[a]), *right = utf8(texts[b]);
            check_int("compare", PyUnicode_Compare(left, right));
            for (int i = 0; i < 6; i++)
                check_bool("rich", PyUnicode_RichCompare(left, right, ops[i]) == Py_True);
            check_int("ascii", PyUnicode_CompareWithASCIIString(left, texts[b]));
            check_bool("hash", (PyObject_Hash(left) == PyObject_Hash(right)) == (a == b));
            Py_DECREF(left);
            Py_DECREF(right);
        }
    check_int("compare_none", PyUnicode_Compare(utf8("a"), Py_None));
    check_raised("compare_none_error");
    check_bool("rich_none", PyUnicode_RichCompare(utf8("a"), Py_None, Py_EQ) == Py_NotImplemented);
    check_pointer("less_none", PyObject_RichCompare(utf8("a"), Py_None, Py_LT));
    check_raised("less_none_error");
    PyObject *first = PyUnicode_InternFromString("interned text"), *second = utf8("interned text"), *third = PyUnicode_InternFromString("a");
    check_bool("two", first != second);
    PyUnicode_InternInPlace(&second);
    check_bool("one", first == second);
    check_bool("letter", third == utf8("a"));
}

static void put_together(void)
{
    Py_Initialize();
    check_str("concat", PyUnicode_Concat(utf8("abc"), utf8(WIDE_TEXT)));
    check_str("concat_narrow", PyUnicode_Concat(utf8(HUGE_TEXT), utf8("abc")));
    check_str("concat_left", PyUnicode_Concat(Py_None, utf8("abc")));
    check_str("concat_right", PyUnicode_Concat(utf8("abc"), Py_None));
    PyObject *text = utf8("abc"), *other = utf8("d");
    check_bool("concat_empty", PyUnicode_Concat(text, utf8("")) == text && PyUnicode_Concat(utf8(""), text) == text);
    PyUnicode_Append(&text, other);
    PyUnicode_AppendAndDel(&text, utf8(WIDE_TEXT));
    PyObject *same = text;
    Py_INCREF(same);
    PyUnicode_Append(&text, same);
    Py_INCREF(text);
    check_str("appended", text);
    as_utf8("appended", text);
    PyUnicode_Append(&text, other);
    as_utf8("appended_again", text);
    PyUnicode_Append(&text, Py_None);
    check_pointer("append_none", text);
    check_bool("append_none_error", PyErr_ExceptionMatches(PyExc_SystemError)); /* its text names a line */
    PyErr_Clear();
    text = utf8("0123456789");
    static const Py_ssize_t places[] = {-1, 0, 3, 10, 11};
    for (int a = 0; a < 5; a++)
        for (int b = 0; b < 5; b++)
            check_str("substring", PyUnicode_Substring(text, places[a], places[b]));
    text = utf8("ab" LATIN_TEXT);
    check_int("grow", PyUnicode_Resize(&text, 8));
    check_int("grown", PyUnicode_GET_LENGTH(text));
    check_int("shrink", PyUnicode_Resize(&text, 3));
    check_int("resize_negative", PyUnicode_Resize(&text, -1));
    PyErr_Clear();
    PyObject *none = Py_None;
    check_int("resize_none", PyUnicode_Resize(&none, 1));
    PyErr_Clear();
    PySequenceMethods *methods = PyUnicode_Type.tp_as_sequence;
    check_str("thrice", methods->sq_repeat(utf8(WIDE_TEXT), 3));
    check_str("letter_often", methods->sq_repeat(utf8("x"), 5));
    check_str("never", methods->sq_repeat(utf8("x"), -5));
    check_str("too_often", methods->sq_repeat(utf8("xyz"), PY_SSIZE_T_MAX / 2));
    check_str("item", methods->sq_item(utf8(HUGE_TEXT), 1));
    check_str("item_outside", methods->sq_item(utf8("x"), 1));
    PyObject *iterator = PyObject_GetIter(utf8(HUGE_TEXT)), *next;
    while ((next = PyIter_Next(iterator)) != NULL)
        check_str("next", next);
    check_pointer("after_the_last", PyIter_Next(iterator));
    check_int("length", methods->sq_length(utf8(WIDE_TEXT)));
}

static void shown(void)
{
    Py_Initialize();
    static const char *const texts[] = {"", "it's", "say \"x\"", "'\"", "\t\n\r\\ nrt", "\x01\x1f\x7f", "\xc2\x80\xc2\xa0\xc2\xad\xc3\xbf",
                                        WIDE_TEXT "\xe2\x80\xa8\xe2\x80\x8b", HUGE_TEXT "\xf3\xa0\x80\x81", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        PyObject *text = utf8(texts[i]), *repr = PyObject_Repr(text);
        check_text("repr", "%s", PyUnicode_AsUTF8(repr));
        check_str("repr_ascii", PyObject_ASCII(text));
    }
    check_str("none", PyObject_Repr(Py_None));
    check_str("not_implemented", PyObject_Str(Py_NotImplemented));
    check_str("type", PyObject_Repr((PyObject *)&PyUnicode_Type));
    check_str("type_type", PyObject_Str((PyObject *)&PyType_Type));
    check_str("tuple_0", PyObject_Repr(PyTuple_New(0)));
    check_str("tuple_1", PyObject_Repr(PyTuple_Pack(1, Py_None)));
    check_str("tuple_2", PyObject_Str(PyTuple_Pack(2, utf8("a"), PyTuple_Pack(1, utf8(LATIN_TEXT)))));
    PyObject *list = PyList_New(0), *dict = PyDict_New();
    check_str("list_0", PyObject_Repr(list));
    check_str("dict_0", PyObject_Repr(dict));
    PyList_Append(list, utf8("a"));
    PyDict_SetItem(dict, utf8("key"), list);
    PyDict_SetItem(dict, utf8("other key"), Py_None);
    PyList_Append(list, list);
    check_str("list_2", PyObject_Str(list));
    check_str("dict_2", PyObject_Str(dict));
    PyDict_SetItem(dict, Py_None, dict);
    check_str("dict_3", PyObject_Str(dict));
    PyObject *loop = PyTuple_New(2);
    PyTuple_SET_ITEM(loop, 0, utf8("x"));
    Py_INCREF(loop);
    PyTuple_SET_ITEM(loop, 1, loop);
    check_str("loop", PyObject_Repr(loop));
    check_int("enter", Py_ReprEnter(loop));
    check_int("enter_again", Py_ReprEnter(loop));
    Py_ReprLeave(loop);
    check_int("enter_anew", Py_ReprEnter(loop));
}

static void hashes(void)
{
    Py_Initialize();
    static const char *const texts[] = {"", "a", "abc", "abcdefg", "abcdefgh", "abcdefghijklmnopq", LATIN_TEXT, WIDE_TEXT, HUGE_TEXT};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_int("hash", PyObject_Hash(utf8(texts[i])));
}

static const check_case cases[] = {
    {"layouts", layouts, NULL},
    {"made", made, NULL},
    {"made_debug", made, "PYTHONMALLOC=debug"},
    {"decoding", decoding, NULL},
    {"encoding", encoding, NULL},
    {"compared", compared, NULL},
    {"put_together", put_together, NULL},
    {"put_together_debug", put_together, "PYTHONMALLOC=debug"},
    {"shown", shown, NULL},
    {"hashes_of_0", hashes, "PYTHONHASHSEED=0"},
    {"hashes_of_1", hashes, "PYTHONHASHSEED=1"},
    {"hashes_of_4294967295", hashes, "PYTHONHASHSEED=4294967295"},
    {"hashes_of_too_much", hashes, "PYTHONHASHSEED=4294967296"},
    {"hashes_of_text", hashes, "PYTHONHASHSEED=x1"},
};
CHECK_MAIN(cases)
