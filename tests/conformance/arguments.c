/* arguments.c: reading arguments by formats, and building values: what is stored, what is refused, and with which words.
 *
 * Owns: PyArg_*, Py_BuildValue. Read first: check.h, text.h. */
#include "check.h"
#include "text.h"

/* What became of a call: the exception, which is cleared, or "ok". */
static void result(const char *name, int is_good)
{
    if (is_good)
        check_text(name, "ok");
    else
        check_error(name);
}

#define PARSE(name, args, ...)                                                                                         \
    do {                                                                                                               \
        PyObject *tuple_ = (args);                                                                                     \
        result(name, PyArg_ParseTuple(tuple_, __VA_ARGS__));                                                           \
        Py_XDECREF(tuple_);                                                                                            \
    } while (0)

static void numbers(void)
{
    Py_Initialize();
    unsigned char b = 1;
    short h = 2;
    unsigned short hh = 3;
    int i = 4;
    unsigned u = 5;
    long l = 6;
    unsigned long k = 7;
    long long ll = 8;
    unsigned long long kk = 9;
    Py_ssize_t n = 10;
    float f = 11;
    double d = 12;
    PARSE("all", Py_BuildValue("(iiiiiiiiiiiff)", 255, 255, -32768, 65535, 7, -1, -7, -1, -9, 12, -2, 1.5, 2.5), "bBhHiIlkLKnfd", &b, &b, &h,
          &hh, &i, &u, &l, &k, &ll, &kk, &n, &f, &d);
    check_text("values", "%d %d %d %d %u %ld %lu %lld %llu %zd %g %g", b, h, hh, i, u, l, k, ll, kk, n, (double)f, d);
    PARSE("b_low", Py_BuildValue("(i)", -1), "b", &b);
    PARSE("b_high", Py_BuildValue("(i)", 256), "b", &b);
    PARSE("h_low", Py_BuildValue("(i)", -32769), "h", &h);
    PARSE("h_high", Py_BuildValue("(i)", 32768), "h", &h);
    PARSE("i_low", Py_BuildValue("(L)", -2147483649LL), "i", &i);
    PARSE("i_high", Py_BuildValue("(L)", 2147483648LL), "i", &i);
    PARSE("l_high", Py_BuildValue("(K)", 1ULL << 63), "l", &l);
    PARSE("L_high", Py_BuildValue("(K)", 1ULL << 63), "L", &ll);
    PARSE("n_high", Py_BuildValue("(K)", 1ULL << 63), "n", &n);
    PARSE("B_cut", Py_BuildValue("(i)", 257), "B", &b);
    check_int("B_value", b);
    PARSE("i_str", Py_BuildValue("(s)", "x"), "i", &i);
    PARSE("i_float", Py_BuildValue("(d)", 1.5), "i", &i);
    PARSE("k_str", Py_BuildValue("(s)", "x"), "k", &k);
    PARSE("d_int", Py_BuildValue("(i)", 3), "d", &d);
    check_text("d_value", "%g", d);
    PARSE("d_str", Py_BuildValue("(s)", "x"), "d", &d);
    PARSE("i_none", Py_BuildValue("(O)", Py_None), "i", &i);
    PARSE("p", Py_BuildValue("(s)", ""), "p", &i);
    check_int("p_value", i);
}

static void texts(void)
{
    Py_Initialize();
    const char *s = "old";
    Py_ssize_t n = -5;
    Py_buffer view;
    int c = 0;
    char byte = 0;
    PyObject *o = NULL;
    PARSE("s", Py_BuildValue("(s)", "text"), "s", &s);
    PARSE("s_none", Py_BuildValue("(O)", Py_None), "s", &s);
    PARSE("s_int", Py_BuildValue("(i)", 1), "s", &s);
    PARSE("s_bytes", Py_BuildValue("(y)", "b"), "s", &s);
    PARSE("s_null", Py_BuildValue("(s#)", "a\0b", (Py_ssize_t)3), "s", &s);
    PARSE("s_size", Py_BuildValue("(s#)", "a\0b", (Py_ssize_t)3), "s#", &s, &n);
    check_int("s_size_value", n);
    PARSE("s_size_bytes", Py_BuildValue("(y#)", "abcd", (Py_ssize_t)4), "s#", &s, &n);
    check_int("s_size_bytes_value", n);
    PARSE("s_size_int", Py_BuildValue("(i)", 4), "s#", &s, &n);
    PARSE("z", Py_BuildValue("(O)", Py_None), "z", &s);
    check_pointer("z_value", s);
    PARSE("z_int", Py_BuildValue("(i)", 4), "z", &s);
    PARSE("z_size", Py_BuildValue("(O)", Py_None), "z#", &s, &n);
    check_int("z_size_value", n);
    PARSE("y", Py_BuildValue("(y)", "bytes"), "y", &s);
    PARSE("y_str", Py_BuildValue("(s)", "bytes"), "y", &s);
    PARSE("y_null", Py_BuildValue("(y#)", "a\0b", (Py_ssize_t)3), "y", &s);
    PyObject *args = Py_BuildValue("(ss)", "one", "two");
    Py_buffer second;
    result("s_buffer", PyArg_ParseTuple(args, "s*s*", &view, &second));
    check_text("s_buffer_value", "%zd %.3s %d", view.len, (char *)view.buf, view.readonly);
    PyBuffer_Release(&view);
    PyBuffer_Release(&second);
    result("s_buffer_given_up", PyArg_ParseTuple(args, "s*i", &view, &c)); /* the first is released */
    Py_DECREF(args);
    PARSE("y_buffer_int", Py_BuildValue("(i)", 1), "y*", &view);
    PARSE("w_buffer", Py_BuildValue("(y)", "fixed"), "w*", &view);
    PARSE("C", Py_BuildValue("(s)", "\xc3\xa9"), "C", &c);
    check_int("C_value", c);
    PARSE("C_two", Py_BuildValue("(i)", 3), "C", &c);
    PARSE("c", Py_BuildValue("(y)", "x"), "c", &byte);
    check_int("c_value", byte);
    PARSE("S", Py_BuildValue("(y)", "x"), "S", &o);
    PARSE("S_str", Py_BuildValue("(s)", "x"), "S", &o);
    PARSE("U", Py_BuildValue("(s)", "x"), "U", &o);
    PARSE("U_bytes", Py_BuildValue("(y)", "x"), "U", &o);
}

static void encoded(void)
{
    Py_Initialize();
    char *made = NULL, room[4], *given = room;
    Py_ssize_t n = sizeof room;
    PARSE("es", Py_BuildValue("(s)", "\xc3\xa9"), "es", "latin-1", &made);
    check_int("es_value", (unsigned char)made[0]);
    PyMem_Free(made);
    made = NULL;
    PARSE("es_default", Py_BuildValue("(s)", "\xc3\xa9"), "es", NULL, &made);
    check_size("es_default_length", strlen(made));
    PyMem_Free(made);
    made = NULL;
    PARSE("et_bytes", Py_BuildValue("(y)", "raw"), "et", "utf-8", &made);
    check_text("et_value", "%s", made);
    PyMem_Free(made);
    PARSE("es_bytes", Py_BuildValue("(y)", "raw"), "es", "utf-8", &made);
    PARSE("es_size", Py_BuildValue("(s)", "abc"), "es#", "utf-8", &given, &n);
    check_text("es_size_value", "%s %zd", given, n);
    n = 3;
    PARSE("es_size_short", Py_BuildValue("(s)", "abc"), "es#", "utf-8", &given, &n);
    PARSE("es_unknown", Py_BuildValue("(s)", "abc"), "es", "no such", &made);
}

static int converted_count;
static int convert(PyObject *op, void *place)
{
    if (op == NULL) {
        converted_count--;
        return 1;
    }
    if (!PyLong_Check(op))
        return 0;
    converted_count++;
    *(long *)place = PyLong_AsLong(op);
    return Py_CLEANUP_SUPPORTED;
}

static void objects(void)
{
    Py_Initialize();
    PyObject *o = NULL, *list = PyList_New(0);
    long value = 0;
    int i = 0;
    PARSE("O", Py_BuildValue("(O)", list), "O", &o);
    check_bool("O_value", o == list);
    PARSE("O_type", Py_BuildValue("(O)", list), "O!", &PyList_Type, &o);
    PARSE("O_other_type", Py_BuildValue("(O)", list), "O!", &PyDict_Type, &o);
    PARSE("O_convert", Py_BuildValue("(i)", 7), "O&", convert, &value);
    check_int("O_convert_value", value + converted_count);
    PARSE("O_convert_refused", Py_BuildValue("(s)", "x"), "O&", convert, &value);
    PARSE("O_convert_given_up", Py_BuildValue("(is)", 7, "x"), "O&i", convert, &value, &i);
    check_int("O_convert_left", converted_count);
    Py_DECREF(list);
}

static void counts(void)
{
    Py_Initialize();
    int a = 1, b = 2, c = 3;
    const char *text;
    PARSE("none", PyTuple_New(0), "");
    PARSE("none_given_one", Py_BuildValue("(i)", 1), "");
    PARSE("none_named", Py_BuildValue("(i)", 1), ":none");
    PARSE("one_given_none", PyTuple_New(0), "i");
    PARSE("one_named", PyTuple_New(0), "i:one");
    PARSE("optional", Py_BuildValue("(i)", 5), "i|ii:some", &a, &b, &c);
    check_text("optional_values", "%d %d %d", a, b, c);
    PARSE("optional_given_four", Py_BuildValue("(iiii)", 5, 6, 7, 8), "i|ii:some", &a, &b, &c);
    PARSE("optional_given_none", PyTuple_New(0), "i|ii:some", &a, &b, &c);
    PARSE("said", PyTuple_New(0), "i;an int is wanted", &a);
    PARSE("said_type", Py_BuildValue("(s)", "x"), "i;an int is wanted", &a);
    PARSE("named_type", Py_BuildValue("(is)", 1, "x"), "is:f", &a, &text);
    PARSE("named_type_bad", Py_BuildValue("(iO)", 1, Py_None), "iS:f", &a, &b);
    PARSE("nested", Py_BuildValue("((ii)i)", 1, 2, 3), "(ii)i", &a, &b, &c);
    check_text("nested_values", "%d %d %d", a, b, c);
    PARSE("nested_short", Py_BuildValue("((i)i)", 1, 2), "(ii)i:f", &a, &b, &c);
    PARSE("nested_none", Py_BuildValue("(Oi)", Py_None, 2), "(ii)i:f", &a, &b, &c);
    PARSE("nested_item", Py_BuildValue("((iO)i)", 1, Py_None, 2), "(iS)i:f", &a, &b, &c);
    PARSE("bad_letter", Py_BuildValue("(i)", 1), "@");
    PARSE("bad_letter_named", Py_BuildValue("(i)", 1), "X:f", &a);
    result("no_tuple", PyArg_ParseTuple(Py_None, "O", &a));
    PyObject *five = PyLong_FromLong(5);
    result("single", PyArg_Parse(five, "i", &a));
    text = "as it was";
    result("single_bad", PyArg_Parse(five, "s", &text));
    check_text("single_bad_place", "%s", text);
    result("single_features", PyArg_Parse(five, "i|i", &a, &b));
}

static void unpacked(void)
{
    Py_Initialize();
    PyObject *a = NULL, *b = NULL, *two = Py_BuildValue("(is)", 1, "x"), *none = PyTuple_New(0);
    result("two", PyArg_UnpackTuple(two, "f", 1, 2, &a, &b));
    check_bool("values", a == PyTuple_GET_ITEM(two, 0) && b == PyTuple_GET_ITEM(two, 1));
    result("few", PyArg_UnpackTuple(none, "f", 1, 2, &a, &b));
    result("exactly", PyArg_UnpackTuple(two, "f", 1, 1, &a));
    result("many", PyArg_UnpackTuple(two, "f", 0, 1, &a));
    result("many_unnamed", PyArg_UnpackTuple(two, NULL, 0, 1, &a));
    result("few_unnamed", PyArg_UnpackTuple(none, NULL, 2, 2, &a, &b));
    result("list", PyArg_UnpackTuple(Py_None, "f", 0, 1, &a));
}

static void keyword(const char *name, PyObject *args, PyObject *kwds, const char *format, char **names)
{
    int a = -1, b = -1, c = -1, d = -1;
    int is_good = PyArg_ParseTupleAndKeywords(args, kwds, format, names, &a, &b, &c, &d);
    result(name, is_good);
    check_text(check_join(name, "values"), "%d %d %d %d", a, b, c, d);
    Py_DECREF(args);
    Py_XDECREF(kwds);
}

static void keywords(void)
{
    static char *names[] = {"a", "b", "c", NULL}, *unnamed[] = {"", "b", "c", NULL}, *short_names[] = {"a", NULL},
                *empty_later[] = {"a", "", NULL};
    Py_Initialize();
    keyword("places", Py_BuildValue("(iii)", 1, 2, 3), NULL, "iii:f", names);
    keyword("mixed", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i,s:i}", "c", 3, "b", 2), "iii:f", names);
    keyword("optional", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i|ii:f", names);
    keyword("missing", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "iii:f", names);
    keyword("missing_unnamed", PyTuple_New(0), NULL, "i", names);
    keyword("many", Py_BuildValue("(iiii)", 1, 2, 3, 4), NULL, "iii:f", names);
    keyword("many_names", PyTuple_New(0), Py_BuildValue("{s:i,s:i}", "a", 3, "b", 2), "i:f", short_names);
    keyword("twice", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "a", 3), "i|ii:f", names);
    keyword("only_names", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i$ii:f", names);
    keyword("only_names_optional", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i|$ii:f", names);
    keyword("only_names_given_by_place", Py_BuildValue("(ii)", 1, 2), NULL, "i|$ii:f", names);
    keyword("by_place_only", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i|ii:f", unnamed);
    keyword("by_place_only_missing", PyTuple_New(0), Py_BuildValue("{s:i}", "c", 3), "i|ii:f", unnamed);
    keyword("type", Py_BuildValue("(i)", 1), Py_BuildValue("{s:s}", "b", "x"), "i|ii:f", names);
    keyword("format_short", Py_BuildValue("(i)", 1), NULL, "ii:f", names);
    keyword("format_long", Py_BuildValue("(i)", 1), NULL, "iii:f", short_names);
    keyword("empty_later", Py_BuildValue("(i)", 1), NULL, "ii:f", empty_later);
    keyword("bar_twice", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i|i|i:f", names);
    keyword("bar_after_dollar", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "c", 3), "i$i|i:f", names);
    PyObject *good = Py_BuildValue("{s:i}", "a", 1), *bad = Py_BuildValue("{i:i}", 1, 1);
    result("validate", PyArg_ValidateKeywordArguments(good));
    result("validate_bad", PyArg_ValidateKeywordArguments(bad));
    keyword("no_strings", PyTuple_New(0), bad, "|iii:f", names);
}

static void unknown_keyword(void)
{
    static char *names[] = {"a", "b", "c", NULL};
    Py_Initialize();
    keyword("unknown", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "zz", 3), "i|ii:f", names);
    keyword("unknown_unnamed", Py_BuildValue("(i)", 1), Py_BuildValue("{s:i}", "zz", 3), "i|ii", names);
}

static PyObject *make_seven(void *unused)
{
    (void)unused;
    return PyLong_FromLong(7);
}

#define BUILD(name, ...) check_object(name, Py_BuildValue(__VA_ARGS__))

static void built(void)
{
    Py_Initialize();
    BUILD("nothing", "");
    BUILD("one", "i", 1);
    BUILD("one_in_tuple", "(i)", 1);
    BUILD("two", "ii", 1, 2);
    BUILD("empty_tuple", "()");
    BUILD("numbers", "bBhHiIlkLKnfd", -1, 255, -2, 3, -4, 4000000000u, -6L, 7UL, -8LL, 9ULL, (Py_ssize_t)-10, 1.5, 2.5);
    BUILD("texts", "szUys#y#", "a", NULL, "\xc3\xa9", "b", "abc", (Py_ssize_t)2, "a\0b", (Py_ssize_t)3);
    BUILD("characters", "cC", 'x', 0x20ac);
    BUILD("wide", "u", L"wide");
    BUILD("nested", "(i[ii(s)]{s:i,s:(ii)})", 1, 2, 3, "x", "k", 4, "l", 5, 6);
    BUILD("empties", "[]{}()");
    BUILD("object", "OS", Py_None, Py_True);
    BUILD("stolen", "N", PyLong_FromLong(1000));
    BUILD("converted", "O&", make_seven, NULL);
    BUILD("separators", "i, i:\ti", 1, 2, 3);
    BUILD("null", "O", NULL);
    BUILD("null_in_tuple", "(iO)", 1, NULL);
    BUILD("letter", "@", 1);
    BUILD("open", "(i", 1);
    BUILD("wrong_close", "(i]", 1);
    BUILD("odd_dict", "{s}", "x");
    BUILD("bad_text", "s", "\xff");
}

static const check_case cases[] = {
    {"numbers", numbers, NULL},   {"texts", texts, NULL},     {"encoded", encoded, NULL},   {"objects", objects, NULL},
    {"counts", counts, NULL},     {"unpacked", unpacked, NULL}, {"keywords", keywords, NULL}, {"unknown_keyword", unknown_keyword, NULL},
    {"built", built, NULL},
};
CHECK_MAIN(cases)
