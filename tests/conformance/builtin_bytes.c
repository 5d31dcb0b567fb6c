/* builtin_bytes.c: bytes as C code sees them. Owns: PyBytes_*. Read first: check.h. */
#include "check_numbers.h"

static void show(const char *name, PyObject *bytes)
{
    if (bytes != NULL)
        check_bytes(name, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes) + 1);
    check_raised(name);
}

static void making(void)
{
    Py_Initialize();
    show("text", PyBytes_FromString("text"));
    show("empty", PyBytes_FromString(""));
    show("part", PyBytes_FromStringAndSize("part of it", 4));
    show("null_inside", PyBytes_FromStringAndSize("a\0b", 3));
    show("nothing", PyBytes_FromStringAndSize(NULL, 0));
    check_pointer("negative", PyBytes_FromStringAndSize(NULL, -1));
    check_raised("negative");
    check_pointer("negative_text", PyBytes_FromStringAndSize("a", -5));
    check_raised("negative_text");
    check_pointer("too_large", PyBytes_FromStringAndSize(NULL, PY_SSIZE_T_MAX));
    check_raised("too_large");
    check_pointer("large", PyBytes_FromStringAndSize(NULL, PY_SSIZE_T_MAX - 1000));
    check_raised("large");
    check_bool("one_empty", PyBytes_FromString("") == PyBytes_FromStringAndSize("abc", 0));
    check_bool("one_of_each_byte", PyBytes_FromString("x") == PyBytes_FromStringAndSize("xyz", 1));
    check_bool("own_if_written", PyBytes_FromStringAndSize(NULL, 1) != PyBytes_FromStringAndSize(NULL, 1));
    check_int("basicsize", PyBytes_Type.tp_basicsize);
    check_int("itemsize", PyBytes_Type.tp_itemsize);
}

static void reading(void)
{
    Py_Initialize();
    char *text = NULL;
    Py_ssize_t size = -7;
    PyObject *plain = PyBytes_FromString("plain"), *inside = PyBytes_FromStringAndSize("in\0side", 7);
    CHECK_NUMBER("plain", "Size", "%zd", PyBytes_Size(plain));
    CHECK_NUMBER("plain", "AsString", "%s", PyBytes_AsString(plain));
    CHECK_NUMBER("none", "Size", "%zd", PyBytes_Size(Py_None));
    CHECK_NUMBER("none", "AsString", "%d", PyBytes_AsString(Py_None) != NULL);
    CHECK_NUMBER("plain", "AsStringAndSize", "%d", PyBytes_AsStringAndSize(plain, &text, &size));
    check_text("plain_is", "%s %zd", text, size);
    CHECK_NUMBER("plain", "without_size", "%d", PyBytes_AsStringAndSize(plain, &text, NULL));
    CHECK_NUMBER("inside", "AsStringAndSize", "%d", PyBytes_AsStringAndSize(inside, &text, &size));
    check_int("inside_size", size);
    CHECK_NUMBER("inside", "without_size", "%d", PyBytes_AsStringAndSize(inside, &text, NULL));
    CHECK_NUMBER("none", "AsStringAndSize", "%d", PyBytes_AsStringAndSize(Py_None, &text, &size));
    check_int("null", PyBytes_AsStringAndSize(plain, NULL, &size));
    check_raised_type("null");
    check_bool("check", PyBytes_Check(plain) && PyBytes_CheckExact(plain) && !PyBytes_Check(Py_None));
}

static void resizing(void)
{
    Py_Initialize();
    PyObject *bytes = PyBytes_FromString("resized"), *other;
    check_int("grow", _PyBytes_Resize(&bytes, 100));
    check_bytes("grown", PyBytes_AS_STRING(bytes), 7);
    check_int("grown_end", PyBytes_AS_STRING(bytes)[100]);
    check_int("grown_size", PyBytes_GET_SIZE(bytes));
    check_int("shrink", _PyBytes_Resize(&bytes, 3));
    show("shrunk", bytes);
    check_int("same", _PyBytes_Resize(&bytes, 3));
    other = bytes;
    Py_INCREF(other);
    check_int("same_shared", _PyBytes_Resize(&bytes, 3));
    check_int("shared", _PyBytes_Resize(&bytes, 4));
    show("others_have", other);
    check_raised_type("shared");
    check_pointer("shared_is", bytes);
    check_int("others", Py_REFCNT(other));
    check_int("to_nothing", _PyBytes_Resize(&other, 0));
    check_bool("is_empty", other == PyBytes_FromString(""));
    check_int("from_nothing", _PyBytes_Resize(&other, 5));
    check_int("from_nothing_size", PyBytes_GET_SIZE(other));
    check_int("negative", _PyBytes_Resize(&other, -1));
    check_pointer("negative_is", other);
    check_raised_type("negative");
    other = PyBytes_FromString("xy");
    check_int("too_large", _PyBytes_Resize(&other, PY_SSIZE_T_MAX - 1000));
    check_pointer("too_large_is", other);
    check_raised_type("too_large");
    other = Py_None;
    check_int("none", _PyBytes_Resize(&other, 1));
    check_pointer("none_is", other);
    check_raised_type("none");
}

static const check_case cases[] = {
    {"making", making, CHECK_UNBUFFERED}, {"reading", reading, CHECK_UNBUFFERED}, {"resizing", resizing, CHECK_UNBUFFERED}, {"resizing_debug", resizing, CHECK_UNBUFFERED " PYTHONMALLOC=debug"}};
CHECK_MAIN(cases)
