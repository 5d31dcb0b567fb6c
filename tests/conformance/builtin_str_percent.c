/* builtin_str_percent.c: format % arguments. Read first: text.h. */
#include "text.h"

/* Steals the arguments. */
static void percent(const char *format, PyObject *args)
{
    PyObject *text = utf8(format);
    check_str(format, PyUnicode_Format(text, args));
    Py_DECREF(text);
    Py_XDECREF(args);
}

static PyObject *large(void)
{
    PyObject *one = PyLong_FromLong(1), *many = PyLong_FromLong(100), *made = PyNumber_Lshift(one, many);
    Py_DECREF(one);
    Py_DECREF(many);
    return made;
}

static void numbers(void)
{
    Py_Initialize();
    static const char *const formats[] = {"%d", "%i", "%u", "%5d|", "%-5d|", "%05d|", "%+d", "% d", "%+5d|", "%-+5d|", "%.3d", "%8.3d|", "%08.3d|", "%x",
                                          "%X", "%o", "%#x", "%#X", "%#o", "%#8x|", "%#08x|", "%-#8x|", "%#.5x", "%+#x", "% #o", "%ld", "%hx",
                                          "%e", "%f", "%g", "%.0f", "%#.0f", "%.3e", "%G", "%10.2f|", "%-10.2f|", "%010.2f|", "%+g", "% g", "%s", "%r", "%c"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        percent(formats[i], PyLong_FromLong(42));
        percent(formats[i], PyLong_FromLong(-42));
        percent(formats[i], PyLong_FromLong(0));
        percent(formats[i], large());
        percent(formats[i], PyFloat_FromDouble(3.75));
        percent(formats[i], PyFloat_FromDouble(-1e300 * 1e300));
        percent(formats[i], utf8("a"));
        percent(formats[i], PyBool_FromLong(1));
    }
}

static void texts(void)
{
    Py_Initialize();
    percent("%s and %s", PyTuple_Pack(2, utf8("one"), utf8("\xce\xb1")));
    percent("%r %a %s", PyTuple_Pack(3, utf8("\xc3\xa9"), utf8("\xc3\xa9"), Py_None));
    percent("%5s|%-5s|%.1s|%5.1s|", PyTuple_Pack(4, utf8("abc"), utf8("abc"), utf8("abc"), utf8("abc")));
    percent("%c%c", PyTuple_Pack(2, utf8("x"), PyLong_FromLong(0x1f600)));
    percent("%3c|%-3c|", PyTuple_Pack(2, utf8("x"), PyLong_FromLong(65)));
    percent("%.0c|%.0s|%3.0c|%.5c", PyTuple_Pack(4, utf8("x"), utf8("x"), PyLong_FromLong(65), utf8("x")));
    percent("%*s|%-*s|%.*s", PyTuple_Pack(6, PyLong_FromLong(4), utf8("a"), PyLong_FromLong(-4), utf8("b"), PyLong_FromLong(1), utf8("cd")));
    percent("100%%", PyTuple_New(0));
    percent("\xce\xb1 %s \xf0\x9f\x98\x80", utf8("x"));
    percent("", PyTuple_New(0));
    percent("%s", PyTuple_Pack(1, PyTuple_New(0)));
    PyObject *dict = PyDict_New(), *key = utf8("key"), *other = utf8("a(b)"), *value = PyLong_FromLong(7);
    PyDict_SetItem(dict, key, value);
    PyDict_SetItem(dict, other, key);
    const char *const formats[] = {"%(key)d %(key)5d %(a(b))s", "%s", "no format", "%(key", "%(key)", "%(key)*d", "%(key)s %s"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        Py_INCREF(dict);
        percent(formats[i], dict);
    }
    check_str("slot", PyNumber_Remainder(utf8("<%s>"), utf8("x")));
}

static void errors(void)
{
    Py_Initialize();
    percent("%s %s", utf8("x"));
    percent("%s", PyTuple_Pack(2, Py_None, Py_None));
    percent("none", utf8("x"));
    percent("%", PyTuple_New(0));
    percent("%5", utf8("x"));
    percent("%y", utf8("x"));
    percent("a%\xce\xb1", utf8("x"));
    percent("%(key)s", utf8("x"));
    percent("%*s", PyTuple_Pack(2, utf8("x"), utf8("x")));
    percent("%.*s", PyTuple_Pack(2, utf8("x"), utf8("x")));
    percent("%99999999999999999999s", utf8("x"));
    percent("%.99999999999s", utf8("x"));
    percent("%c", utf8("xy"));
    percent("%c", PyLong_FromLong(-1));
    percent("%c", PyLong_FromLong(0x110000));
    check_pointer("none", PyUnicode_Format(Py_None, Py_None));
    check_raised("none_error");
}

static const check_case cases[] = {{"numbers", numbers, NULL}, {"texts", texts, NULL}, {"texts_debug", texts, "PYTHONMALLOC=debug"}, {"errors", errors, NULL}};
CHECK_MAIN(cases)
