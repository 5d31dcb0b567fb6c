/* builtin_str_parts.c: strings searched, split, joined, filled, as bytes and as wide characters: what is an error, and the
 * edges. What they contain is compared at random in tests/builtins. Read first: text.h. */
#include "text.h"

/* bytes, and takes the reference. */
static void check_encoded(const char *name, PyObject *bytes)
{
    if (bytes == NULL)
        check_raised(name);
    else
        check_bytes(name, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes) + 1);
    Py_XDECREF(bytes);
}

static void check_count(const char *name, Py_ssize_t value)
{
    check_int(name, value);
    check_raised(check_join(name, "error"));
}

static void encoding(void)
{
    Py_Initialize();
    static const Py_UCS2 chars[] = {'a', 0xd800, 0xdc80, 0xdcff, 0xe9, 0x20ac};
    static const char *const codecs[] = {NULL, "utf-8", "UTF8", "utf_8", "latin-1", "Latin1", "iso-8859-1", "ascii", "US-ASCII", "no-such-codec"};
    static const char *const errors[] = {NULL, "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape",
                                         "surrogatepass", "no-such-handler"};
    PyObject *text = PyUnicode_FromKindAndData(2, chars, 6), *plain = utf8("plain"), *latin = utf8("caf\xc3\xa9");
    for (size_t c = 0; c < sizeof codecs / sizeof codecs[0]; c++) {
        const char *codec = codecs[c] == NULL ? "NULL" : codecs[c];
        check_encoded(check_join("plain", codec), PyUnicode_AsEncodedString(plain, codecs[c], NULL));
        check_encoded(check_join("latin", codec), PyUnicode_AsEncodedString(latin, codecs[c], "replace"));
        check_str(check_join("decode", codec), PyUnicode_Decode("a\xc3\xa9", 3, codecs[c], "replace"));
        PyObject *bytes = PyBytes_FromString("a\xc3\xa9");
        check_str(check_join("from_bytes", codec), PyUnicode_FromEncodedObject(bytes, codecs[c], NULL));
        Py_DECREF(bytes);
    }
    for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++)
        for (size_t c = 1; c < 9; c += 3) {
            const char *name = check_join(codecs[c], errors[e] == NULL ? "NULL" : errors[e]);
            check_encoded(name, PyUnicode_AsEncodedString(text, codecs[c], errors[e]));
        }
    check_encoded("utf8", PyUnicode_AsUTF8String(latin));
    check_encoded("latin1", PyUnicode_AsLatin1String(latin));
    check_encoded("ascii", PyUnicode_AsASCIIString(latin));
    check_encoded("utf8_none", PyUnicode_AsUTF8String(Py_None));
    check_encoded("latin1_none", PyUnicode_AsLatin1String(Py_None));
    check_encoded("ascii_none", PyUnicode_AsASCIIString(Py_None));
    check_encoded("none", PyUnicode_AsEncodedString(Py_None, NULL, NULL));
    check_str("from_str", PyUnicode_FromEncodedObject(text, NULL, NULL));
    check_str("from_none", PyUnicode_FromEncodedObject(Py_None, NULL, NULL));
    check_str("from_nothing", PyUnicode_FromEncodedObject(PyBytes_FromString(""), "no-such-codec", NULL));
    check_text("default", "%s", PyUnicode_GetDefaultEncoding());
}

static void convert(const char *name, int (*converter)(PyObject *, void *), PyObject *given)
{
    PyObject *result = NULL;
    int done = converter(given, &result);
    check_int(name, done);
    if (done == 0)
        check_raised(check_join(name, "error"));
    else if (PyBytes_Check(result))
        check_encoded(check_join(name, "result"), result);
    else
        check_object(check_join(name, "result"), result);
}

static void names_of_files(void)
{
    Py_Initialize();
    check_encoded("encode", PyUnicode_EncodeFSDefault(utf8("caf\xc3\xa9")));
    check_str("decode", PyUnicode_DecodeFSDefault("a\xff"));
    check_str("decode_part", PyUnicode_DecodeFSDefaultAndSize("a\xc3\xa9", 2));
    check_encoded("round", PyUnicode_EncodeFSDefault(PyUnicode_DecodeFSDefault("a\xff\xc3\xa9")));
    PyObject *zero = PyUnicode_FromStringAndSize("a\0b", 3), *bytes = PyBytes_FromStringAndSize("a\0b", 3);
    convert("to_bytes", PyUnicode_FSConverter, utf8("caf\xc3\xa9"));
    convert("to_bytes_bytes", PyUnicode_FSConverter, PyBytes_FromString("x\xff"));
    convert("to_bytes_zero", PyUnicode_FSConverter, zero);
    convert("to_bytes_bytes_zero", PyUnicode_FSConverter, bytes);
    convert("to_bytes_none", PyUnicode_FSConverter, Py_None);
    convert("to_str", PyUnicode_FSDecoder, utf8("caf\xc3\xa9"));
    convert("to_str_bytes", PyUnicode_FSDecoder, PyBytes_FromString("x\xff"));
    convert("to_str_zero", PyUnicode_FSDecoder, zero);
    convert("to_str_bytes_zero", PyUnicode_FSDecoder, bytes);
    convert("to_str_none", PyUnicode_FSDecoder, Py_None);
    PyObject *held = PyBytes_FromString("held");
    check_int("release", PyUnicode_FSConverter(NULL, &held));
    check_pointer("released", held);
}

static void wide(void)
{
    Py_Initialize();
    PyObject *text = utf8("a\xc3\xa9\xf0\x9f\x98\x80"), *zero = PyUnicode_FromStringAndSize("a\0b", 3);
    wchar_t room[8];
    for (Py_ssize_t count = 0; count < 6; count++) {
        memset(room, 0x11, sizeof room);
        check_int("count", PyUnicode_AsWideChar(text, room, count));
        check_bytes("wide", room, sizeof room / 2);
    }
    check_int("needed", PyUnicode_AsWideChar(text, NULL, 0));
    check_count("none", PyUnicode_AsWideChar(Py_None, room, 8));
    Py_ssize_t length = -1;
    wchar_t *copy = PyUnicode_AsWideCharString(zero, &length);
    check_int("copy", length);
    check_bytes("copied", copy, 4 * sizeof(wchar_t));
    PyMem_Free(copy);
    check_pointer("zero_inside", PyUnicode_AsWideCharString(zero, NULL));
    check_raised("zero_inside_error");
    Py_UCS4 four[5];
    for (Py_ssize_t count = 2; count < 6; count++)
        for (int ends = 0; ends < 2; ends++) {
            memset(four, 0x11, sizeof four);
            check_pointer("ucs4", PyUnicode_AsUCS4(text, four, count, ends));
            check_raised("ucs4_error");
            check_bytes("characters", four, sizeof four);
        }
    Py_UCS4 *all = PyUnicode_AsUCS4Copy(text);
    check_bytes("ucs4_copy", all, 4 * sizeof *all);
    PyMem_Free(all);
}

static void searching(void)
{
    Py_Initialize();
    PyObject *text = utf8("abcabc"), *part = utf8("b"), *wide_part = utf8("\xce\xb1");
    check_count("find", PyUnicode_Find(text, part, 0, 6, 1));
    check_count("find_back", PyUnicode_Find(text, part, 0, 6, -1));
    check_count("find_wide", PyUnicode_Find(text, wide_part, 0, 6, 1));
    check_count("find_in_none", PyUnicode_Find(Py_None, part, 0, 6, 1));
    check_count("find_none", PyUnicode_Find(text, Py_None, 0, 6, 1));
    check_count("char", PyUnicode_FindChar(text, 'c', 0, 6, 1));
    check_count("char_back", PyUnicode_FindChar(text, 'c', 0, 5, -1));
    check_count("char_far", PyUnicode_FindChar(text, 'c', 3, PY_SSIZE_T_MAX, 1));
    check_count("char_not", PyUnicode_FindChar(text, 0x10ffff, 0, 6, 1));
    check_count("char_nowhere", PyUnicode_FindChar(text, 'a', 6, 3, 1));
    check_count("char_negative", PyUnicode_FindChar(text, 'a', -1, 6, 1));
    check_count("count", PyUnicode_Count(text, part, 0, 6));
    check_count("count_empty", PyUnicode_Count(text, utf8(""), 2, 6));
    check_count("count_none", PyUnicode_Count(text, Py_None, 0, 6));
    check_count("tail", PyUnicode_Tailmatch(text, utf8("bc"), 0, 6, 1));
    check_count("head", PyUnicode_Tailmatch(text, utf8("bc"), 1, 6, -1));
    check_count("head_none", PyUnicode_Tailmatch(text, Py_None, 0, 6, -1));
    check_count("contains", PyUnicode_Contains(text, part));
    check_count("contains_none", PyUnicode_Contains(text, Py_None));
    check_count("in_none", PyUnicode_Contains(Py_None, part));
    check_count("slot", PyUnicode_Type.tp_as_sequence->sq_contains(text, utf8("ca")));
    check_bool("replace_nothing", PyUnicode_Replace(text, wide_part, part, -1) == text);
    check_str("replace_none", PyUnicode_Replace(text, part, Py_None, -1));
    check_str("replace_in_none", PyUnicode_Replace(Py_None, part, part, -1));
    check_str("replace_in_empty", PyUnicode_Replace(utf8(""), utf8(""), part, -1));
    check_int("identifier", PyUnicode_IsIdentifier(utf8("_a1")));
    check_int("identifier_not", PyUnicode_IsIdentifier(utf8("1a")));
    check_int("identifier_empty", PyUnicode_IsIdentifier(utf8("")));
}

static void splitting(void)
{
    Py_Initialize();
    PyObject *text = utf8(" a,b ,c "), *comma = utf8(",");
    check_object("split", PyUnicode_Split(text, comma, -1));
    check_object("split_space", PyUnicode_Split(text, NULL, -1));
    check_object("rsplit_1", PyUnicode_RSplit(text, comma, 1));
    check_object("rsplit_space_0", PyUnicode_RSplit(text, NULL, 0));
    check_object("split_empty", PyUnicode_Split(text, utf8(""), -1));
    check_object("split_none", PyUnicode_Split(text, Py_None, -1));
    check_object("rsplit_of_none", PyUnicode_RSplit(Py_None, comma, -1));
    check_object("lines", PyUnicode_Splitlines(utf8("a\r\nb\n\nc"), 1));
    check_object("lines_of_none", PyUnicode_Splitlines(Py_None, 1));
    check_object("partition", PyUnicode_Partition(text, comma));
    check_object("rpartition", PyUnicode_RPartition(text, comma));
    check_object("partition_empty", PyUnicode_Partition(text, utf8("")));
    check_object("rpartition_none", PyUnicode_RPartition(text, Py_None));
    PyObject *list = PyList_New(0);
    check_str("join_nothing", PyUnicode_Join(comma, list));
    PyList_Append(list, text);
    check_bool("join_one", PyUnicode_Join(comma, list) == text);
    PyList_Append(list, utf8("\xce\xb1"));
    check_str("join", PyUnicode_Join(comma, list));
    check_str("join_by_space", PyUnicode_Join(NULL, list));
    check_str("join_letters", PyUnicode_Join(utf8("\xc3\xa9"), utf8("abc")));
    PyList_Append(list, Py_None);
    check_str("join_none", PyUnicode_Join(comma, list));
    check_str("join_by_none", PyUnicode_Join(Py_None, list));
    check_str("join_no_sequence", PyUnicode_Join(comma, Py_None));
}

static void subscripts(void)
{
    Py_Initialize();
    static const long places[] = {-7, -6, -3, 0, 2, 5, 6, 9};
    static const long steps[] = {-9, -2, -1, 1, 2, 9};
    PyObject *text = utf8("ab\xce\xb1" "def");
    for (int i = 0; i < 8; i++) {
        PyObject *at = PyLong_FromLong(places[i]);
        check_str("item", PyObject_GetItem(text, at));
        for (int k = 0; k < 8; k++) {
            PyObject *end = PyLong_FromLong(places[k]);
            for (int s = 0; s < 6; s++) {
                PyObject *step = PyLong_FromLong(steps[s]), *slice = PySlice_New(at, end, step);
                check_str("slice", PyObject_GetItem(text, slice));
                Py_DECREF(slice);
                Py_DECREF(step);
            }
            Py_DECREF(end);
        }
        Py_DECREF(at);
    }
    PyObject *all = PySlice_New(NULL, NULL, NULL), *zero = PySlice_New(NULL, NULL, PyLong_FromLong(0));
    check_bool("all", PyObject_GetItem(text, all) == text);
    check_str("zero", PyObject_GetItem(text, zero));
    check_bool("by_none", PyObject_GetItem(text, Py_None) == NULL && PyErr_ExceptionMatches(PyExc_TypeError)); /* other words before 3.11 */
    PyErr_Clear();
    check_str("far", PyObject_GetItem(text, PyLong_FromUnsignedLongLong(~0ULL)));
}

static void filling(void)
{
    Py_Initialize();
    PyObject *text = PyUnicode_New(5, 0x7f), *latin = utf8("caf\xc3\xa9"), *wide_text = PyUnicode_New(3, 0xffff);
    check_count("fill", PyUnicode_Fill(text, 0, 5, 'x'));
    check_count("fill_end", PyUnicode_Fill(text, 3, PY_SSIZE_T_MAX, 'y'));
    check_count("fill_behind", PyUnicode_Fill(text, 7, 2, 'z'));
    check_count("fill_negative", PyUnicode_Fill(text, -1, 2, 'z'));
    check_count("fill_less", PyUnicode_Fill(text, 1, -2, 'z'));
    check_count("fill_large", PyUnicode_Fill(text, 1, 2, 0x80));
    check_count("copy", PyUnicode_CopyCharacters(text, 0, latin, 0, 3));
    check_count("copy_large", PyUnicode_CopyCharacters(text, 0, latin, 0, 4));
    check_count("copy_wide", PyUnicode_CopyCharacters(wide_text, 0, latin, 1, 9));
    check_count("copy_too_many", PyUnicode_CopyCharacters(wide_text, 1, latin, 0, 4));
    check_count("copy_negative", PyUnicode_CopyCharacters(wide_text, 0, latin, 0, -1));
    check_count("copy_outside", PyUnicode_CopyCharacters(wide_text, 4, latin, 0, 0));
    check_count("copy_from_outside", PyUnicode_CopyCharacters(wide_text, 0, latin, 5, 1));
    check_count("copy_nothing", PyUnicode_CopyCharacters(latin, 0, text, 5, 1));
    check_int("hash", PyObject_Hash(latin) != 0);
    check_count("copy_hashed", PyUnicode_CopyCharacters(latin, 0, text, 0, 1));
    check_count("fill_hashed", PyUnicode_Fill(latin, 0, 1, 'x'));
    check_str("filled", text);
    check_str("copied", wide_text);
}

static const check_case cases[] = {
    {"encoding", encoding, NULL},   {"names_of_files", names_of_files, NULL}, {"wide", wide, NULL},
    {"searching", searching, NULL}, {"splitting", splitting, NULL},           {"splitting_debug", splitting, "PYTHONMALLOC=debug"},
    {"subscripts", subscripts, NULL}, {"filling", filling, NULL},
};
CHECK_MAIN(cases)
