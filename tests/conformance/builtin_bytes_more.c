/* builtin_bytes_more.c: bytes taken apart, made wider, changed by case and table, and format % arguments. Owns: the above; the other
 * methods of bytes are builtin_methods.c's. */
#include "text.h"

static PyObject *bytes(const char *text) { return PyBytes_FromString(text); }
static PyObject *bytes_sized(const char *text, Py_ssize_t size) { return PyBytes_FromStringAndSize(text, size); }

static void parts(void)
{
    static const char *const texts[] = {"", "abc", "a,b", ",", "a,b,c", "a--b--c", "--"};
    static const char *const lines[] = {"", "\n", "a", "a\n", "a\nb", "a\r\nb\r", "\r\r\n\n", "a\vb\fc\x1c" "d\x85" "e"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_call("partition", bytes(texts[i]), "partition", "(y)", ",");
        check_call("rpartition", bytes(texts[i]), "rpartition", "(y)", ",");
        check_call("partition_two", bytes(texts[i]), "partition", "(y)", "--");
        check_call("rpartition_two", bytes(texts[i]), "rpartition", "(y)", "--");
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        check_call("splitlines", bytes(lines[i]), "splitlines", "()");
        check_call("splitlines_kept", bytes(lines[i]), "splitlines", "(i)", 1);
    }
    check_call("partition_empty", bytes("a"), "partition", "(y)", "");
    check_call("partition_str", bytes("a"), "partition", "(s)", "a");
    check_call("split_other_spaces", bytes("a\x1c" "b\x85" "c\vd\x1f" "e\xa0" "f g"), "split", "()");
    check_call("strip_other_spaces", bytes("\x1c\x85 a\v\f"), "strip", "()");
    check_call("rsplit_limit", bytes(" a  b  c "), "rsplit", "(Oi)", Py_None, 1);
    check_call("replace_long", bytes("aXbXc"), "replace", "(yy)", "X", "--------------------------------------------------------");
    check_call("replace_high", bytes("\xff\x80\xff"), "replace", "(yy)", "\xff", "\xfe\xfe");
    check_call("replace_none_many", bytes("abc"), "replace", "(yyi)", "", "\xe9", 3);
    check_call("count_empty", bytes("abc"), "count", "(y)", "");
    check_call("count_overlapping", bytes("aaaa"), "count", "(y)", "aa");
    check_call("count_part", bytes("aaaa"), "count", "(yii)", "a", 1, 3);
    check_call("bytes_of_itself", bytes("abc"), "hex", "()");
}

static void wider(void)
{
    static const char *const names[] = {"center", "ljust", "rjust"};
    static const char *const texts[] = {"", "a", "ab", "-5", "+", "\xff\xe9"};
    Py_Initialize();
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            for (int width = -1; width < 6; width++) {
                check_call(names[n], bytes(texts[i]), names[n], "(i)", width);
                check_call(names[n], bytes(texts[i]), names[n], "(iy)", width, "\xee");
            }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int width = -1; width < 6; width++)
            check_call("zfill", bytes(texts[i]), "zfill", "(i)", width);
    check_call("expandtabs", bytes("a\tbc\tdef\n\tx\r\ty\xff\tz"), "expandtabs", "()");
    check_call("expandtabs_4", bytes("a\tbc\tdef\n\tx\r\ty\xff\tz"), "expandtabs", "(i)", 4);
    check_call("expandtabs_0", bytes("a\tbc\t"), "expandtabs", "(i)", 0);
    check_call("expandtabs_below", bytes("a\tbc\t"), "expandtabs", "(i)", -3);
    check_call("center_no_width", bytes("a"), "center", "(s)", "x");
    check_call("zfill_no_width", bytes("a"), "zfill", "(s)", "x");
    check_call("center_str", bytes("a"), "center", "(is)", 5, "x");
    check_call("center_two", bytes("a"), "center", "(iy)", 5, "xy");
    check_call("ljust_none", bytes("a"), "ljust", "(iO)", 5, Py_None);
    check_call("rjust_empty", bytes("a"), "rjust", "(iy)", 5, "");
    check_call("zfill_large", bytes("a"), "zfill", "(O)", PyLong_FromString("1000000000000000000000", NULL, 10));
}

static void cases_of_letters(void)
{
    static const char *const names[] = {"title", "istitle", "capitalize", "swapcase", "upper", "lower"};
    static const char *const texts[] = {"", "a", "A", "hello world", "Hello World", "HELLO", "it's 3d x1Y", "\xe9T\xc9", " a", "12", "aB cD-eF"};
    Py_Initialize();
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            check_call(names[n], bytes(texts[i]), names[n], "()");
}

static void tables(void)
{
    Py_Initialize();
    PyObject *type = (PyObject *)&PyBytes_Type, *table = PyObject_CallMethod(type, "maketrans", "yy", "abc", "xyz");
    check_int("table_size", PyBytes_Size(table));
    check_object("table_part", PySequence_GetSlice(table, 95, 102));
    check_call("translate", bytes("aabbccdd"), "translate", "(O)", table);
    check_call("translate_off", bytes("aabbccdd"), "translate", "(Oy)", table, "bd");
    check_call("translate_none", bytes("aabbccdd"), "translate", "(Oy)", Py_None, "bd");
    check_call("translate_nothing", bytes("aabb"), "translate", "(O)", Py_None);
    check_call("translate_short", bytes("aabb"), "translate", "(y)", "abc");
    check_call("translate_str", bytes("aabb"), "translate", "(s)", "abc");
    check_call("maketrans_lengths", type, "maketrans", "(yy)", "abc", "xy");
    check_call("maketrans_str", type, "maketrans", "(sy)", "abc", "xyz");
    check_call("maketrans_of_instance", bytes(""), "maketrans", "(yy)", "", "");
    check_call("fromhex", type, "fromhex", "(s)", "01 fe\t7F\n00");
    check_call("fromhex_empty", type, "fromhex", "(s)", "");
    check_call("fromhex_spaces", type, "fromhex", "(s)", "  ");
    check_call("fromhex_bad", type, "fromhex", "(s)", "01 0g");
    check_call("fromhex_odd_space", type, "fromhex", "(s)", "0 1");
    check_call("fromhex_wide", type, "fromhex", "(s)", "\xc4\x80" "0");
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Row", type, "__module__", "__main__");
    PyObject *made = PyObject_CallMethod(derived, "fromhex", "s", "4142");
    check_bool("derived", made != NULL && Py_TYPE(made) == (PyTypeObject *)derived);
    check_object("derived_value", made);
}

/* format % args */
static void percent(const char *name, PyObject *format, PyObject *args)
{
    check_object(name, PyNumber_Remainder(format, args));
    Py_DECREF(format);
    Py_DECREF(args);
}

static void percents(void)
{
    Py_Initialize();
    percent("plain", bytes("abc"), Py_BuildValue("()"));
    percent("two", bytes("%d-%s"), Py_BuildValue("(iy)", 3, "x"));
    percent("b", bytes("%b|%5b|%-5b|%.2b"), Py_BuildValue("(yyyy)", "ab", "cd", "ef", "ghi"));
    percent("high", bytes("\xff%s\xfe"), Py_BuildValue("(y)", "\x80\xe9"));
    percent("one", bytes("<%s>"), bytes("x"));
    percent("numbers", bytes("%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%#o|%i|%u"), Py_BuildValue("(iiiiiiiiiii)", 42, 42, 42, 42, 42, 255, 255, 255, 8, -3, 7));
    percent("large", bytes("%d %x"), Py_BuildValue("(NN)", PyLong_FromString("123456789012345678901234567890", NULL, 10), PyLong_FromString("-0xffffffffffffffffffff", NULL, 16)));
    percent("floats", bytes("%f %.2f %e %g %8.3f|%-8.1f|%08.2f %G"), Py_BuildValue("(dddddddd)", 1.5, 2.675, 12345.678, 0.0001, 3.14159, 2.5, -1.25, 1e-10));
    percent("chars", bytes("%c%c%3c|%-3c|"), Py_BuildValue("(iyiy)", 65, "B", 67, "D"));
    percent("reprs", bytes("%r %a %.3r"), Py_BuildValue("(sss)", "\xc3\xa9", "\xe2\x82\xac", "abc"));
    percent("signs", bytes("100%%"), Py_BuildValue("()"));
    percent("star", bytes("%*d|%.*f|%-*d|"), Py_BuildValue("(iiidii)", 6, 42, 2, 3.14159, 4, 7));
    percent("key", bytes("%(a)s %(b)d"), Py_BuildValue("{y:y,y:i}", "a", "x", "b", 3));
    percent("key_bad", bytes("%(c)s"), Py_BuildValue("{y:y}", "a", "x"));
    percent("key_str", bytes("%(a)s"), Py_BuildValue("{s:y}", "a", "x"));
    percent("key_no_mapping", bytes("%(a)s"), Py_BuildValue("(y)", "a"));
    percent("key_open", bytes("%(a"), Py_BuildValue("{y:y}", "a", "x"));
    percent("few", bytes("%s %s"), Py_BuildValue("(y)", "a"));
    percent("many", bytes("%s"), Py_BuildValue("(yy)", "a", "b"));
    percent("many_one", bytes("x"), bytes("a"));
    percent("str", bytes("%s"), Py_BuildValue("(s)", "a"));
    percent("number_as_bytes", bytes("%b"), Py_BuildValue("(i)", 3));
    percent("no_number", bytes("%d"), Py_BuildValue("(y)", "3"));
    percent("no_float", bytes("%f"), Py_BuildValue("(y)", "3"));
    percent("char_large", bytes("%c"), Py_BuildValue("(i)", 256));
    percent("char_below", bytes("%c"), Py_BuildValue("(i)", -1));
    percent("incomplete", bytes("%"), Py_BuildValue("(i)", 1));
    percent("incomplete_width", bytes("%5"), Py_BuildValue("(i)", 1));
    percent("unknown", bytes("ab%q"), Py_BuildValue("(i)", 1));
    percent("star_bytes", bytes("%*d"), Py_BuildValue("(yi)", "a", 1));
    percent("other_side", Py_BuildValue("i", 3), bytes("%d"));
    percent("char_two", bytes("%c"), Py_BuildValue("(y)", "ab"));
    percent("char_str", bytes("%c"), Py_BuildValue("(s)", "a"));
    percent("char_none", bytes("%c"), Py_BuildValue("(O)", Py_None));
    percent("no_real", bytes("%x"), Py_BuildValue("(d)", 1.0));
    percent("nulls", bytes_sized("a\0%s", 4), Py_BuildValue("(y#)", "b\0c", (Py_ssize_t)3));
}

static const check_case cases[] = {
    {"parts", parts, NULL},
    {"wider", wider, NULL},
    {"cases_of_letters", cases_of_letters, NULL},
    {"tables", tables, NULL},
    {"percents", percents, NULL},
};
CHECK_MAIN(cases)
