/* builtin_format.c: objects as text by format specifications: PyObject_Format, __format__, str.format and format_map. Owns: the above;
 * PyUnicode_FromFormat is builtin_str_format.c's, % builtin_str_percent.c's. */
#include "text.h"

static void format(const char *name, PyObject *op, const char *spec)
{
    PyObject *text = utf8(spec);
    check_str(name, PyObject_Format(op, text));
    Py_DECREF(text);
}

static void format_error(const char *name, PyObject *op, const char *spec)
{
    PyObject *text = utf8(spec);
    check_object(name, PyObject_Format(op, text));
    Py_DECREF(text);
}

static void texts(void)
{
    static const char *const specs[] = {"", "s", "10", "<10", ">10", "^10", "^9s", "*^10", "\xe2\x82\xac>6", ".2", "10.2", "<10.2s", ".0", "1", "<<5", ">=5", "<05"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        format(specs[i], utf8("abc"), specs[i]);
        format(specs[i], utf8("\xc3\xa9\xf0\x9f\x98\x80xyz"), specs[i]);
        format(specs[i], utf8(""), specs[i]);
    }
    check_str("none_given", PyObject_Format(utf8("abc"), NULL));
    check_object("no_spec", PyObject_Format(utf8("abc"), Py_None));
    check_str("object", PyObject_Format(Py_None, NULL));
    format_error("object_empty", Py_None, "");
    format_error("object_spec", Py_None, "5");
    format_error("list_spec", PyList_New(0), "s");
    check_call("method", utf8("abc"), "__format__", "(s)", ">5");
    check_call("method_object", PyList_New(0), "__format__", "(s)", "");
}

static void texts_refused(void)
{
    static const char *const specs[] = {"d", "+", "-5", "#", "=5", ",", "_", ",s", ".", "5.", "x", "10q", "5\x01", "99999999999999999999", ".99999999999999999999", "c"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        format_error(specs[i], utf8("abc"), specs[i]);
    check_call("method_none", utf8("abc"), "__format__", "(O)", Py_None);
    check_call("method_number", utf8("abc"), "__format__", "(i)", 3);
}

static void ints(void)
{
    static const char *const specs[] = {"", "d", "b", "o", "x", "X", "n", "c", "5", "<8", ">8", "^8", "=8", "08", "+", "-", " ", "+8d", "=+8", "#b", "#o", "#x",
        "#X", "#010x", "#10b", "*=10", "0<10", "x<+8", ",", "_", ",d", "_d", "_b", "_x", "_X", "#_x", "012,", "013,", "08_b", "010_x", "020,", "^20,", "+020,", "=20,",
        "e", ".2e", "E", "f", ".1f", "F", "g", ".3g", "G", "%", ".1%", ",.2f", "_f", "020,.3f", "\xe2\x82\xac^12d", "<012d", "\xd9\xa3""d"};
    static const char *const values[] = {"0", "1", "-1", "65", "255", "-1234567", "1234", "123456789012345678901234567890", "-0x8000000000000000"};
    Py_Initialize();
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        PyObject *value = PyLong_FromString(values[v], NULL, 0);
        for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
            format_error(check_join(values[v], specs[i]), value, specs[i]);
        Py_DECREF(value);
    }
    format("true", Py_True, "");
    format("true_d", Py_True, "d");
    format("true_5", Py_True, "5");
    format("false_x", Py_False, "#x");
    check_call("method", PyLong_FromLong(12), "__format__", "(s)", "5d");
}

static void numbers_refused(void)
{
    static const char *const specs[] = {"s", "q", ".2", ".2d", "5.1x", ",b", ",x", ",c", "_c", ",n", "_n", ",_", "_,", "+c", "#c", "=", "5 ", "\xe2\x82\xac", ".", "r", "10dd"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        format_error(check_join("int", specs[i]), PyLong_FromLong(3), specs[i]);
        format_error(check_join("float", specs[i]), PyFloat_FromDouble(3), specs[i]);
    }
    format_error("char_large", PyLong_FromLong(0x110000), "c");
    format_error("char_below", PyLong_FromLong(-1), "c");
    format_error("char_many", PyLong_FromString("100000000000000000000", NULL, 10), "c");
    format_error("float_many", PyNumber_Power(PyLong_FromLong(10), PyLong_FromLong(400), Py_None), "f");
    check_call("method_int", PyLong_FromLong(1), "__format__", "(i)", 3);
    check_call("method_float", PyFloat_FromDouble(1), "__format__", "(O)", Py_None);
}

static void floats(void)
{
    static const char *const specs[] = {"", "e", "E", "f", "F", "g", "G", "n", "%", ".0f", ".1f", ".3f", ".10f", ".0e", ".3e", ".3", ".3g", ".0", ".1", "#.0f", "#.3g", "#g", "#",
        "10", "<10", "^10", "=10", "010", "+", " ", "-", "+.2f", "+010.2f", ",", "_", ",.2f", "_.2f", "020,.2f", "021,.1f", "^20,.2f", "*=+15.1f", "0>12", "0<12", ".2%", "+.1%", "12%",
        ",.1%", "_g", ",g", ",e", ".17g", ".20f", "x^12.3e"};
    static const double values[] = {0.0, -0.0, 1.0, -1.5, 0.1, 1234567.891, 1e16, 123456789012.5, 1e22, 1e-7, 2.5, 0.5, 999999.5, 1e300, 5e-324, -1e-10};
    Py_Initialize();
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        char name[40];
        PyObject *value = PyFloat_FromDouble(values[v]);
        snprintf(name, sizeof name, "%g", values[v]);
        for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
            format_error(check_join(name, specs[i]), value, specs[i]);
        Py_DECREF(value);
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        PyObject *infinite = PyFloat_FromString(utf8("-inf")), *none = PyFloat_FromString(utf8("nan"));
        format_error(check_join("inf", specs[i]), infinite, specs[i]);
        format_error(check_join("nan", specs[i]), none, specs[i]);
    }
}

static void floats_since_3_11(void)
{
#if PY_VERSION_HEX >= 0x030b0000
    Py_Initialize();
    static const char *const specs[] = {"z", "z.1f", "z.0e", "+z.1f", "z+.1f", "z#.2g", "z08.1f", " z.2f", "z.1%"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        format_error(check_join("small", specs[i]), PyFloat_FromDouble(-0.0001), specs[i]);
        format_error(check_join("zero", specs[i]), PyFloat_FromDouble(-0.0), specs[i]);
        format_error(check_join("number", specs[i]), PyFloat_FromDouble(-2.25), specs[i]);
        format_error(check_join("int", specs[i]), PyLong_FromLong(0), specs[i]);
    }
    format_error("int_z", PyLong_FromLong(3), "zd");
    format_error("str_z", utf8("abc"), "z");
    format_error("str_space", utf8("abc"), " ");
    format_error("str_zeros", utf8("abc"), "05");
#endif
}

/* A type of the program's with a __format__ of its own. */
static PyObject *own_format(PyObject *self, PyObject *spec)
{
    (void)self;
    return PyUnicode_CompareWithASCIIString(spec, "bad") == 0 ? PyLong_FromLong(3) : PyUnicode_FromFormat("<own %U>", spec);
}
static PyMethodDef own_methods[] = {{"__format__", own_format, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyTypeObject own_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Own", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                .tp_methods = own_methods, .tp_new = PyType_GenericNew};

static void formatted(const char *text, const char *args_format, ...)
{
    va_list values;
    va_start(values, args_format);
    PyObject *args = Py_VaBuildValue(args_format, values), *bound = PyObject_GetAttrString(utf8(text), "format");
    PyObject *names = Py_BuildValue("{s:s,s:i,s:[iii],s:{s:s,i:s}}", "name", "N", "width", 7, "list", 10, 20, 30, "dict", "key", "value", 5, "five");
    va_end(values);
    check_object(text, PyObject_Call(bound, args, names));
    Py_DECREF(bound);
    Py_DECREF(args);
    Py_DECREF(names);
}

static void fields(void)
{
    static const char *const with_two[] = {"", "plain", "{}", "{} {}", "{0} {1}", "{1}{0}{1}", "{{}}", "{{{}}}", "a{}b{}c", "{:5}|{:>5}", "{!r} {!s}", "{!a:>8}|{1}", "{0:{width}}|",
        "{:{}}", "{0:>{width}.{list[0]}}|", "{name}", "{name!r:>5}", "{list[1]}", "{dict[key]}", "{dict[5]}", "{0.__class__}", "{name.real}", "{0[0]}", "{0[1]}{0[9]}", "{list}", "{0:}", "{0!s:}",
        "}", "{", "a}b", "a{", "{}}", "{{}", "{0", "{0!", "{0!r", "{0:", "{0!x}", "{0!r1}", "{0!}", "{!", "{2}", "{} {} {}", "{none}", "{0} {}", "{} {0}", "{0.}", "{0[}", "{0[]}", "{0[1]x}",
        "{0..a}", "{0:{1:{1}}}", "{a{b}}", "{0:q}", "{0.none}", "{list[7]}", "{dict[none]}", "{dict[key}", "{99999999999999999999}", "{0[99999999999999999999]}", "{[0]}", "{.__class__}", "{list[-1]}",
        "{ name}", "{name }", "{0:{name}}", "\xe2\x82\xac{}\xf0\x9f\x98\x80{}", "{dict[a}b]}", "{-1}", "{0:{{}}}", "{!\xe2\x82\xac}"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof with_two / sizeof *with_two; i++)
        formatted(with_two[i], "(ss)", "\xc3\xa9t", "two");
    formatted("{:d} {:x} {:.2f} {:,}", "(iidi)", 42, 255, 3.14159, 1234567);
    formatted("{!s:>{width}}|{!r}", "(ii)", 5, 6);
    PyType_Ready(&own_type);
    formatted("{} {:x y} {!r:.5}", "(NNN)", PyObject_CallObject((PyObject *)&own_type, NULL), PyObject_CallObject((PyObject *)&own_type, NULL), utf8("abcdef"));
    formatted("{:bad}", "(N)", PyObject_CallObject((PyObject *)&own_type, NULL));
    PyObject *bound = PyObject_GetAttrString(utf8("{a}{b}"), "format");
    check_object("no_names", PyObject_Call(bound, PyTuple_New(0), NULL));
    check_call("map", utf8("{a} {b[0]}"), "format_map", "({s:i,s:(i)})", "a", 1, "b", 2);
    check_call("map_missing", utf8("{c}"), "format_map", "({s:i})", "a", 1);
    check_call("map_positional", utf8("{} {0}"), "format_map", "({s:i})", "a", 1);
    check_call("map_none", utf8("{a}"), "format_map", "(O)", Py_None);
    check_call("map_view", utf8("{a}"), "format_map", "(N)", PyDictProxy_New(Py_BuildValue("{s:i}", "a", 1)));
}

static void maketrans(void)
{
    Py_Initialize();
    PyObject *type = (PyObject *)&PyUnicode_Type;
    check_call("two", type, "maketrans", "(ss)", "ab", "x\xe2\x82\xac");
    check_call("three", type, "maketrans", "(sss)", "ab", "xy", "cd");
    check_call("dict", type, "maketrans", "({s:i,i:s,s:O})", "a", 1, 98, "B", "\xe2\x82\xac", Py_None);
    check_call("same", type, "maketrans", "(sss)", "aa", "xy", "a");
    check_call("empty", type, "maketrans", "(ss)", "", "");
    check_call("lengths", type, "maketrans", "(ss)", "ab", "x");
    check_call("no_dict", type, "maketrans", "(s)", "ab");
    check_call("long_key", type, "maketrans", "({s:i})", "ab", 1);
    check_call("bad_key", type, "maketrans", "({d:i})", 1.5, 1);
    check_call("first_no_str", type, "maketrans", "(is)", 1, "a");
    check_call("second_no_str", type, "maketrans", "(si)", "a", 1);
    check_call("third_no_str", type, "maketrans", "(ssO)", "a", "b", Py_None);
    check_call("of_instance", utf8(""), "maketrans", "(ss)", "a", "b");
    check_call("used", utf8("banana"), "translate", "(N)", PyObject_CallMethod(type, "maketrans", "sss", "an", "os", "b"));
}

static const check_case cases[] = {
    {"texts", texts, NULL},
    {"texts_refused", texts_refused, NULL},
    {"ints", ints, NULL},
    {"numbers_refused", numbers_refused, NULL},
    {"floats", floats, NULL},
    {"floats_since_3_11", floats_since_3_11, NULL},
    {"fields", fields, NULL},
    {"maketrans", maketrans, NULL},
};
CHECK_MAIN(cases)
