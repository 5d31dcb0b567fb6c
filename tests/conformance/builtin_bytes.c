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

/* Any object, as repr shows it. */
static void show_repr(const char *name, PyObject *value)
{
    PyObject *text = value == NULL ? NULL : PyObject_Repr(value);
    if (text == NULL)
        check_raised(name);
    else
        check_text(name, "%s", PyUnicode_AsUTF8(text));
    Py_XDECREF(text);
}

static void operations(void)
{
    Py_Initialize();
    PyObject *const some[] = {PyBytes_FromString(""), PyBytes_FromString("a"), PyBytes_FromString("ab"), PyBytes_FromString("b\xff"),
                              PyBytes_FromStringAndSize("a\0", 2), Py_None, PyUnicode_FromString("a"), PyLong_FromLong(97), PyLong_FromLong(256),
                              PyLong_FromLong(-1), PyFloat_FromDouble(1)};
    PyMappingMethods *mapping = PyBytes_Type.tp_as_mapping;
    PySequenceMethods *sequence = PyBytes_Type.tp_as_sequence;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 11; k++) {
            for (int op = 0; op < 6; op++)
                show_repr("compare", PyObject_RichCompare(some[i], some[k], op));
            show_repr("add", PyNumber_Add(some[i], some[k]));
            show_repr("multiply", k == 8 ? NULL : PyNumber_Multiply(some[i], some[k]));
            show_repr("subscript", mapping->mp_subscript(some[i], some[k]));
            CHECK_NUMBER("in", "it", "%d", sequence->sq_contains(some[i], some[k]));
        }
        for (Py_ssize_t index = -3; index < 3; index++)
            show_repr("item", sequence->sq_item(some[i], index));
        check_int("length", sequence->sq_length(some[i]));
        check_int("true", PyObject_IsTrue(some[i]));
        PyObject *iterator = PyObject_GetIter(some[i]), *item;
        check_text("iterator", "%s", Py_TYPE(iterator)->tp_name);
        while ((item = PyIter_Next(iterator)) != NULL)
            show_repr("next", item);
    }
    check_bool("hash", PyObject_Hash(some[2]) == PyObject_Hash(PyBytes_FromString("ab")));
    check_bool("hash_of_str", PyObject_Hash(some[2]) == PyObject_Hash(PyUnicode_FromString("ab")));
    check_bool("same", PyNumber_Multiply(some[2], PyLong_FromLong(1)) == some[2]);
    check_bool("sum_same", PyNumber_Add(some[0], some[2]) == some[2] && PyNumber_Add(some[2], some[0]) == some[2]);
    show_repr("too_long", PyNumber_Multiply(some[2], PyLong_FromSsize_t(PY_SSIZE_T_MAX)));
    show_repr("less", PyObject_RichCompare(some[1], some[6], Py_LT));
}

static void sliced(void)
{
    Py_Initialize();
    PyObject *bytes = PyBytes_FromString("0123456789"), *steps[] = {Py_None, PyLong_FromLong(1), PyLong_FromLong(3), PyLong_FromLong(-2),
                                                                   PyLong_FromLong(0), PyUnicode_FromString("x")};
    for (long start = -12; start < 13; start += 4)
        for (long stop = -11; stop < 13; stop += 5)
            for (int i = 0; i < 5; i++) {
                PyObject *slice = PySlice_New(start == 4 ? Py_None : PyLong_FromLong(start), PyLong_FromLong(stop), steps[i]);
                show_repr("slice", PyObject_GetItem(bytes, slice));
                show_repr("part", PySequence_GetSlice(bytes, start, stop));
            }
    show_repr("wrong", PyObject_GetItem(bytes, PySlice_New(steps[5], NULL, NULL)));
    show_repr("wrong_index", PyObject_GetItem(bytes, Py_None));
    show_repr("large_index", PyObject_GetItem(bytes, PyNumber_Lshift(steps[1], PyLong_FromLong(80))));
    show_repr("negative_index", PyObject_GetItem(bytes, PyLong_FromLong(-1)));
    check_bool("all_is_same", PyObject_GetItem(bytes, PySlice_New(NULL, NULL, NULL)) == bytes);
    check_bool("one_is_shared", PySequence_GetSlice(bytes, 3, 4) == PyBytes_FromString("3"));
    CHECK_NUMBER("length", "is", "%zd", PyObject_Length(bytes));
    CHECK_NUMBER("contains", "is", "%d", PySequence_Contains(bytes, PyBytes_FromString("345")));
    show_repr("concat", PySequence_Concat(bytes, bytes));
    show_repr("repeat", PySequence_Repeat(bytes, 2));
    show_repr("list", PySequence_List(bytes));
    CHECK_NUMBER("set", "is", "%d", PySequence_SetItem(bytes, 0, Py_None));
}

static void viewed(void)
{
    Py_Initialize();
    static const int flags[] = {PyBUF_SIMPLE, PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_FULL_RO, PyBUF_CONTIG_RO, PyBUF_C_CONTIGUOUS,
                                PyBUF_WRITABLE, PyBUF_FULL};
    PyObject *bytes = PyBytes_FromString("seen through a view");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        Py_buffer view;
        memset(&view, 0, sizeof view);
        CHECK_NUMBER("view", "got", "%d", PyObject_GetBuffer(bytes, &view, flags[i]));
        if (view.buf == NULL)
            continue;
        check_text("view", "%zd bytes, items of %zd, %d dimensions, format %s, readonly %d", view.len, view.itemsize, view.ndim,
                   view.format == NULL ? "none" : view.format, view.readonly);
        check_bool("shape", view.shape != NULL && view.shape[0] == view.len);
        check_bool("strides", view.strides != NULL && view.strides[0] == 1);
        check_bool("is_contents", view.buf == PyBytes_AS_STRING(bytes) && view.obj == bytes && view.suboffsets == NULL);
        check_int("references", Py_REFCNT(bytes));
        check_int("contiguous", PyBuffer_IsContiguous(&view, 'C') + PyBuffer_IsContiguous(&view, 'F') + PyBuffer_IsContiguous(&view, 'A'));
        PyBuffer_Release(&view);
        PyBuffer_Release(&view);
        check_pointer("released", view.obj);
        check_int("references", Py_REFCNT(bytes));
    }
    check_int("bytes", PyObject_CheckBuffer(bytes));
    check_int("none", PyObject_CheckBuffer(Py_None));
    Py_buffer view;
    CHECK_NUMBER("of_none", "got", "%d", PyObject_GetBuffer(Py_None, &view, PyBUF_SIMPLE));
}

static void concatenated(void)
{
    Py_Initialize();
    PyObject *sum = PyBytes_FromString("one"), *more = PyBytes_FromString("two");
    PyBytes_Concat(&sum, more);
    show_repr("sum", sum);
    check_int("others", Py_REFCNT(more));
    PyBytes_ConcatAndDel(&sum, more);
    show_repr("sum", sum);
    PyBytes_Concat(&sum, Py_None);
    check_pointer("with_none", sum);
    check_raised("with_none");
    PyBytes_Concat(&sum, NULL);
    check_pointer("of_null", sum);
    sum = PyBytes_FromString("one");
    PyBytes_Concat(&sum, NULL);
    check_pointer("with_null", sum);
}

static void formats(void)
{
    static const char *const wrong[] = {"", "100%% %", "a %q b %d", "%", "%.", "%l", "%lx", "%zi", "%5.3", "%+d"}; /* to a compiler */
    Py_Initialize();
    show_repr("none", PyBytes_FromFormat("plain"));
    show_repr("numbers", PyBytes_FromFormat("%d %u %i %x %ld %lu %zd %zu", -1, 4000000000u, -5, 255, -6L, 7UL, (Py_ssize_t)-8, (size_t)9));
    show_repr("texts", PyBytes_FromFormat("<%s|%.2s|%10s|%c%c>", "all", "cut", "wide", 'x', 255));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        show_repr("wrong", PyBytes_FromFormat(wrong[i], 1));
    show_repr("pointer", PyBytes_FromFormat("%p", (void *)(uintptr_t)0x1234));
    show_repr("byte", PyBytes_FromFormat("%c", 256));
    show_repr("byte", PyBytes_FromFormat("%c", -1));
    char many[3000];
    memset(many, 'm', sizeof many - 1);
    many[sizeof many - 1] = 0;
    check_int("many", PyBytes_Size(PyBytes_FromFormat("%s%s", many, many)));
}

static void shown(void)
{
    Py_Initialize();
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    show_repr("all", PyBytes_FromStringAndSize(all, 256));
    static const char *const texts[] = {"", "it's", "\"double\"", "it's \"both\"", "back\\slash"};
    for (int i = 0; i < 5; i++) {
        PyObject *bytes = PyBytes_FromString(texts[i]);
        show_repr("repr", bytes);
        check_text("str", "%s", PyUnicode_AsUTF8(PyObject_Str(bytes)));
        check_text("plain", "%s", PyUnicode_AsUTF8(PyBytes_Repr(bytes, 0)));
        check_text("smart", "%s", PyUnicode_AsUTF8(PyBytes_Repr(bytes, 1)));
    }
}

static PyObject *called(PyObject *first, PyObject *second)
{
    PyObject *arguments = second != NULL ? PyTuple_Pack(2, first, second) : first != NULL ? PyTuple_Pack(1, first) : PyTuple_New(0);
    return PyBytes_Type.tp_new(&PyBytes_Type, arguments, NULL);
}

static void from_objects(void)
{
    Py_Initialize();
    PyObject *list = PyTuple_Pack(2, PyLong_FromLong(65), PyLong_FromLong(255));
    PyObject *const some[] = {list, PyBytes_FromString("as it is"), PyUnicode_FromString("text"), Py_None, PyLong_FromLong(3),
                              PyTuple_Pack(1, PyLong_FromLong(256)), PyTuple_Pack(1, PyLong_FromLong(-1)), PyTuple_Pack(1, Py_None),
                              PyLong_FromLong(-3), PyFloat_FromDouble(1), PyTuple_New(0)};
    for (int i = 0; i < 11; i++) {
        show_repr("FromObject", i == 4 || i == 8 ? NULL : PyBytes_FromObject(some[i]));
        show_repr("called", called(some[i], NULL));
        show_repr("with_encoding", called(some[i], PyUnicode_FromString("utf-8")));
    }
    show_repr("nothing", called(NULL, NULL));
    show_repr("unknown_encoding", called(some[2], PyUnicode_FromString("no-such")));
    check_bool("same", PyBytes_FromObject(some[1]) == some[1]);
}

static const check_case cases[] = {
    {"operations", operations, CHECK_UNBUFFERED}, {"concatenated", concatenated, CHECK_UNBUFFERED}, {"sliced", sliced, CHECK_UNBUFFERED}, {"viewed", viewed, CHECK_UNBUFFERED},
    {"formats", formats, CHECK_UNBUFFERED}, {"shown", shown, CHECK_UNBUFFERED}, {"from_objects", from_objects, CHECK_UNBUFFERED},
    {"making", making, CHECK_UNBUFFERED}, {"reading", reading, CHECK_UNBUFFERED}, {"resizing", resizing, CHECK_UNBUFFERED}, {"resizing_debug", resizing, CHECK_UNBUFFERED " PYTHONMALLOC=debug"}};
CHECK_MAIN(cases)
