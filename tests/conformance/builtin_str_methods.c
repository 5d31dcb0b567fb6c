/* builtin_str_methods.c: methods of str as C code calls them, str() with its arguments, exceptions of encodings. What methods do
 * to contents is compared elsewhere: here it is arguments. Read first: text.h. */
#include "text.h"

#define LATIN_TEXT "caf\xc3\xa9 caf\xc3\xa9 "
#define CALL(name, ...) show(name, PyObject_CallMethod(text, name, __VA_ARGS__))

static void show(const char *name, PyObject *result)
{
    if (result == NULL) {
        check_raised(name);
    } else if (PyBytes_Check(result)) {
        check_bytes(name, PyBytes_AS_STRING(result), (size_t)PyBytes_GET_SIZE(result));
    } else {
        check_str(name, PyObject_Repr(result));
    }
    Py_XDECREF(result);
}

static void searching(void)
{
    Py_Initialize();
    PyObject *text = utf8(LATIN_TEXT), *huge = PyLong_FromUnsignedLongLong(~0ULL);
    CALL("find", "s", "caf");
    CALL("find", "si", "caf", 1);
    CALL("find", "sOi", "caf", Py_None, 3);
    CALL("find", "sOO", "caf", Py_None, huge);
    CALL("rfind", "s", "caf");
    CALL("rfind", "si", "caf", -3);
    CALL("index", "s", "f");
    CALL("rindex", "s", "f");
    CALL("index", "s", "nowhere");
    CALL("rindex", "s", "nowhere");
    CALL("count", "s", "caf");
    CALL("count", "sii", "", 2, 4);
    CALL("find", "ss", "a", "b");
    CALL("startswith", "s", "caf");
    CALL("startswith", "si", "caf", 5);
    CALL("startswith", "((sss))", "x", "", "y");
    CALL("startswith", "(())");
    CALL("endswith", "s", " ");
    CALL("endswith", "sii", "f", 0, 3);
    CALL("startswith", "i", 1);
    CALL("endswith", "((si))", "x", 1);
}

static void parts(void)
{
    Py_Initialize();
    PyObject *text = utf8("  a,b,, c\t");
    CALL("strip", NULL);
    CALL("lstrip", NULL);
    CALL("rstrip", "O", Py_None);
    CALL("strip", "s", " \tac");
    CALL("strip", "s", "");
    CALL("strip", "i", 1);
    CALL("rstrip", "i", 1);
    CALL("split", NULL);
    CALL("split", "s", ",");
    CALL("split", "si", ",", 1);
    CALL("split", "Oi", Py_None, 1);
    CALL("rsplit", "si", ",", 1);
    CALL("split", "s", "");
    CALL("split", "i", 1);
    CALL("splitlines", NULL);
    CALL("splitlines", "i", 1);
    CALL("partition", "s", ",");
    CALL("rpartition", "s", ",");
    CALL("partition", "i", 1);
    CALL("replace", "ss", ",", ";");
    CALL("replace", "ssi", ",", ";", 2);
    CALL("join", "[sss]", "x", "y", "z");
    CALL("join", "[si]", "x", 1);
    CALL("join", "i", 1);
    CALL("isidentifier", NULL);
    CALL("isascii", NULL);
    CALL("isprintable", NULL);
    CALL("isspace", NULL);
    Py_DECREF(text);
    text = utf8("");
    CALL("isidentifier", NULL);
    CALL("isascii", NULL);
    CALL("isprintable", NULL);
    CALL("isspace", NULL);
}

/* Versions count in different words. */
static void counts_of_arguments(void)
{
    Py_Initialize();
    PyObject *text = utf8("text");
    check_bool("too_few", PyObject_CallMethod(text, "find", NULL) == NULL && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    check_bool("too_many", PyObject_CallMethod(text, "find", "siii", "a", 1, 2, 3) == NULL && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
}

static void since_3_9(void)
{
#if PY_VERSION_HEX >= 0x03090000
    Py_Initialize();
    PyObject *text = utf8("prefix and suffix");
    CALL("removeprefix", "s", "prefix");
    CALL("removeprefix", "s", "suffix");
    CALL("removesuffix", "s", "suffix");
    CALL("removesuffix", "s", "");
    CALL("removesuffix", "i", 1);
#endif
}

static void encoding(void)
{
    Py_Initialize();
    PyObject *text = utf8(LATIN_TEXT), *bytes = PyBytes_FromString("caf\xc3\xa9\xff"), *type = (PyObject *)&PyUnicode_Type;
    CALL("encode", NULL);
    CALL("encode", "s", "latin-1");
    CALL("encode", "ss", "ascii", "replace");
    CALL("encode", "s", "ascii");
    CALL("encode", "s", "no-such-codec");
    show("str", PyObject_CallFunction(type, NULL));
    show("str_none", PyObject_CallFunction(type, "O", Py_None));
    show("str_bytes", PyObject_CallFunction(type, "Oss", bytes, "utf-8", "replace"));
    show("str_bytes_strict", PyObject_CallFunction(type, "Os", bytes, "utf-8"));
    show("str_text_encoding", PyObject_CallFunction(type, "Os", text, "utf-8"));
    show("str_int_encoding", PyObject_CallFunction(type, "is", 1, "utf-8"));
    PyObject *keywords = PyDict_New(), *none = PyTuple_New(0);
    PyDict_SetItem(keywords, utf8("object"), bytes);
    PyDict_SetItem(keywords, utf8("errors"), utf8("ignore"));
    show("str_keywords", PyObject_Call(type, none, keywords));
    PyDict_SetItem(keywords, utf8("unknown"), bytes);
    check_pointer("str_unknown", PyObject_Call(type, none, keywords));
    check_bool("str_unknown_error", PyErr_ExceptionMatches(PyExc_TypeError)); /* words differ between versions */
    PyErr_Clear();
}

static void exceptions(void)
{
    Py_Initialize();
    static const char *const names[] = {"encoding", "object", "start", "end", "reason"};
    for (int i = 0; i < 2; i++) {
        PyObject *type, *value, *traceback;
        PyObject *text = PyUnicode_FromKindAndData(2, (Py_UCS2[]){'a', 0xd800, 0xd801, 'b'}, 4);
        check_pointer("none", i == 0 ? PyUnicode_AsUTF8String(text) : PyUnicode_DecodeUTF8("a\xe2\x82z", 4, NULL));
        PyErr_Fetch(&type, &value, &traceback);
        PyErr_NormalizeException(&type, &value, &traceback);
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            show(names[k], PyObject_GetAttrString(value, names[k]));
        show("str", PyObject_Str(value));
    }
}

static const check_case cases[] = {
    {"searching", searching, NULL}, {"parts", parts, NULL}, {"parts_debug", parts, "PYTHONMALLOC=debug"}, {"since_3_9", since_3_9, NULL},
    {"counts_of_arguments", counts_of_arguments, NULL},
    {"encoding", encoding, NULL}, {"exceptions", exceptions, NULL},
};
CHECK_MAIN(cases)
