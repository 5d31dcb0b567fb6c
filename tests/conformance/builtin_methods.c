/* builtin_methods.c: methods and attributes of int, float, bytes and list that are called by their names. Owns: the above; those of str
 * are builtin_str_methods.c's and builtin_str_case.c's. */
#include "text.h"

#include <float.h>

static void call_names(const char *name, PyObject *self, const char *method, PyObject *args, PyObject *names)
{
    PyObject *bound = PyObject_GetAttrString(self, method);
    check_object(name, bound == NULL ? NULL : PyObject_Call(bound, args, names));
    Py_XDECREF(bound);
    Py_DECREF(args);
    Py_XDECREF(names);
}

static PyObject *integer(const char *text) { return PyLong_FromString(text, NULL, 0); }

static void ints(void)
{
    static const char *const values[] = {"0", "1", "-1", "255", "-256", "0x123456789abcdef0123456789", "-0x8000000000000000"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        PyObject *self = integer(values[i]);
        check_call(check_join(values[i], "bit_length"), self, "bit_length", "()");
        check_call(check_join(values[i], "conjugate"), self, "conjugate", "()");
        check_call(check_join(values[i], "trunc"), self, "__trunc__", "()");
        check_call(check_join(values[i], "to_bytes"), self, "to_bytes", "(is)", 14, "big");
        check_call(check_join(values[i], "to_bytes_4"), self, "to_bytes", "(is)", 4, "little");
        call_names(check_join(values[i], "to_bytes_signed"), self, "to_bytes", Py_BuildValue("(is)", 14, "little"),
                   Py_BuildValue("{s:O}", "signed", Py_True));
        check_object(check_join(values[i], "real"), PyObject_GetAttrString(self, "real"));
        check_object(check_join(values[i], "imag"), PyObject_GetAttrString(self, "imag"));
        check_object(check_join(values[i], "numerator"), PyObject_GetAttrString(self, "numerator"));
        check_object(check_join(values[i], "denominator"), PyObject_GetAttrString(self, "denominator"));
    }
    check_call("order", integer("1"), "to_bytes", "(is)", 1, "middle");
    check_call("length", integer("1"), "to_bytes", "(is)", -1, "big");
    PyObject *type = (PyObject *)&PyLong_Type;
    check_call("from_bytes", type, "from_bytes", "(y#s)", "\x01\x02\xff", (Py_ssize_t)3, "big");
    check_call("from_bytes_little", type, "from_bytes", "(y#s)", "\x01\x02\xff", (Py_ssize_t)3, "little");
    call_names("from_bytes_signed", type, "from_bytes", Py_BuildValue("(y#s)", "\xff\xfe", (Py_ssize_t)2, "big"),
               Py_BuildValue("{s:i}", "signed", 1));
    check_call("from_numbers", type, "from_bytes", "([iii]s)", 1, 2, 3, "big");
    check_call("from_nothing", type, "from_bytes", "(y#s)", "", (Py_ssize_t)0, "big");
    check_call("from_int", type, "from_bytes", "(Os)", Py_None, "big");
    check_call("of_bool", Py_True, "bit_length", "()");
    check_object("bool_real", PyObject_GetAttrString(Py_True, "real"));
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Number", type, "__module__", "__main__");
    PyObject *number = PyObject_CallMethod(derived, "from_bytes", "y#s", "\x07", (Py_ssize_t)1, "big");
    check_bool("derived", Py_TYPE(number) == (PyTypeObject *)derived);
    check_object("derived_value", number);
}

static void floats(void)
{
    const double values[] = {0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 3.0e15, 1e16 + 2, DBL_MIN, DBL_MIN / 3, DBL_MAX, 2.5, -2.5, HUGE_VAL, -HUGE_VAL};
    Py_Initialize();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[40];
        PyObject *self = PyFloat_FromDouble(values[i]);
        snprintf(name, sizeof name, "%.3g", values[i]);
        check_call(check_join(name, "is_integer"), self, "is_integer", "()");
        check_call(check_join(name, "as_integer_ratio"), self, "as_integer_ratio", "()");
        check_call(check_join(name, "hex"), self, "hex", "()");
        check_call(check_join(name, "trunc"), self, "__trunc__", "()");
        check_call(check_join(name, "conjugate"), self, "conjugate", "()");
        check_object(check_join(name, "real"), PyObject_GetAttrString(self, "real"));
        check_object(check_join(name, "imag"), PyObject_GetAttrString(self, "imag"));
    }
    check_call("nan_ratio", PyFloat_FromString(PyUnicode_FromString("nan")), "as_integer_ratio", "()");
    check_call("nan_hex", PyFloat_FromString(PyUnicode_FromString("nan")), "hex", "()");
    check_call("nan_is_integer", PyFloat_FromString(PyUnicode_FromString("nan")), "is_integer", "()");
}

static PyObject *bytes(const char *text) { return PyBytes_FromString(text); }

static void bytes_found(void)
{
    static const char *const names[] = {"find", "rfind", "index", "rindex", "count"};
    Py_Initialize();
    PyObject *self = bytes("abcabcab");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        check_call(check_join(names[i], "ab"), self, names[i], "(y)", "ab");
        check_call(check_join(names[i], "from_1"), self, names[i], "(yi)", "ab", 1);
        check_call(check_join(names[i], "part"), self, names[i], "(yii)", "ab", 1, -1);
        check_call(check_join(names[i], "none"), self, names[i], "(y)", "x");
        check_call(check_join(names[i], "empty"), self, names[i], "(y)", "");
        check_call(check_join(names[i], "empty_behind"), self, names[i], "(yi)", "", 9);
        check_call(check_join(names[i], "empty_at_end"), self, names[i], "(yi)", "", 8);
        check_call(check_join(names[i], "byte"), self, names[i], "(i)", 'b');
        check_call(check_join(names[i], "large_byte"), self, names[i], "(i)", 256);
        check_call(check_join(names[i], "long"), self, names[i], "(y)", "abcabcabc");
        check_call(check_join(names[i], "limits_none"), self, names[i], "(yOO)", "c", Py_None, Py_None);
    }
    check_call("startswith", self, "startswith", "(y)", "abc");
    check_call("startswith_not", self, "startswith", "(y)", "b");
    check_call("startswith_at", self, "startswith", "(yi)", "b", 1);
    check_call("startswith_tuple", self, "startswith", "((yy))", "x", "a");
    check_call("startswith_str", self, "startswith", "(s)", "a");
    check_call("startswith_in_tuple", self, "startswith", "((s))", "a");
    check_call("endswith", self, "endswith", "(y)", "cab");
    check_call("endswith_part", self, "endswith", "(yii)", "ca", 0, -1);
    check_call("endswith_long", self, "endswith", "(y)", "aabcabcab");
    check_call("endswith_none", self, "endswith", "(i)", 3);
}

static void bytes_parts(void)
{
    Py_Initialize();
    PyObject *self = bytes(" \t a b  c\n");
    check_call("strip", self, "strip", "()");
    check_call("lstrip", self, "lstrip", "()");
    check_call("rstrip", self, "rstrip", "(O)", Py_None);
    check_call("strip_set", bytes("xyaxby"), "strip", "(y)", "yx");
    check_call("strip_all", bytes("xyx"), "strip", "(y)", "yx");
    check_call("strip_str", self, "strip", "(s)", "x");
    check_call("split", self, "split", "()");
    check_call("split_1", self, "split", "(Oi)", Py_None, 1);
    check_call("split_0", self, "split", "(Oi)", Py_None, 0);
    check_call("rsplit", self, "rsplit", "()");
    check_call("rsplit_1", self, "rsplit", "(Oi)", Py_None, 1);
    check_call("split_by", bytes("a,b,,c,"), "split", "(y)", ",");
    check_call("split_by_1", bytes("a,b,,c"), "split", "(yi)", ",", 1);
    check_call("rsplit_by_2", bytes("a,b,,c"), "rsplit", "(yi)", ",", 2);
    check_call("split_by_two", bytes("a--b---c"), "split", "(y)", "--");
    check_call("rsplit_by_two", bytes("a--b---c"), "rsplit", "(y)", "--");
    check_call("split_empty", bytes(""), "split", "()");
    check_call("split_empty_by", bytes(""), "split", "(y)", ",");
    check_call("split_by_nothing", bytes("a"), "split", "(y)", "");
    check_call("split_by_str", bytes("a"), "split", "(s)", "a");
    check_call("join", bytes(", "), "join", "([yyy])", "a", "b", "c");
    check_call("join_one", bytes(", "), "join", "((y))", "a");
    check_call("join_none", bytes(", "), "join", "(())");
    check_call("join_str", bytes(", "), "join", "([ys])", "a", "b");
    check_call("join_number", bytes(", "), "join", "(i)", 3);
    check_call("replace", bytes("abab"), "replace", "(yy)", "b", "xyz");
    check_call("replace_1", bytes("abab"), "replace", "(yyi)", "ab", "", 1);
    check_call("replace_empty", bytes("ab"), "replace", "(yy)", "", "-");
    check_call("replace_empty_2", bytes("ab"), "replace", "(yyi)", "", "-", 2);
    check_call("replace_none", bytes("ab"), "replace", "(yy)", "x", "-");
    check_call("replace_0", bytes("ab"), "replace", "(yyi)", "a", "-", 0);
    check_call("replace_few", bytes("ab"), "replace", "(y)", "a");
    check_call("decode", bytes("h\xc3\xa9"), "decode", "()");
    check_call("decode_latin", bytes("h\xe9"), "decode", "(s)", "latin-1");
    check_call("decode_bad", bytes("h\xe9"), "decode", "()");
    check_call("decode_replace", bytes("h\xe9"), "decode", "(ss)", "utf-8", "replace");
    check_call("hex", bytes("\x01\xfe z"), "hex", "()");
    check_call("upper", bytes("aZ\xe9 1"), "upper", "()");
    check_call("lower", bytes("aZ\xc9 1"), "lower", "()");
}

static void bytes_kinds(void)
{
    static const char *const texts[] = {"", "abc", "ABC", "aB", "123", "a1", " \t", "a b", "\xe9", "a1B", "-"};
    static const char *const names[] = {"isalnum", "isalpha", "isdigit", "islower", "isspace", "isupper"};
    Py_Initialize();
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            check_call(check_join(names[n], "of"), bytes(texts[i]), names[n], "()");
}

static PyObject *negated(PyObject *self, PyObject *op)
{
    (void)self;
    return PyNumber_Negative(op);
}
static PyObject *first_of(PyObject *self, PyObject *op)
{
    (void)self;
    return PySequence_GetItem(op, 0);
}
static PyObject *put_in(PyObject *self, PyObject *op)
{
    return PyList_Append(self, op) < 0 ? NULL : PyNumber_Negative(op);
}
static PyMethodDef keys[] = {{"negated", negated, METH_O, NULL}, {"first_of", first_of, METH_O, NULL}, {"put_in", put_in, METH_O, NULL}};

static void sort(const char *name, PyObject *list, PyObject *key, int is_reverse)
{
    PyObject *names = PyDict_New(), *bound = PyObject_GetAttrString(list, "sort"), *result;
    if (key != NULL)
        PyDict_SetItemString(names, "key", key);
    if (is_reverse)
        PyDict_SetItemString(names, "reverse", Py_True);
    result = PyObject_Call(bound, PyTuple_New(0), names);
    check_object(check_join(name, "result"), result);
    check_object(name, list);
}

static void sorted(void)
{
    Py_Initialize();
    PyObject *by_negated = PyCFunction_New(&keys[0], NULL), *by_first = PyCFunction_New(&keys[1], NULL);
    sort("plain", Py_BuildValue("[iii]", 3, 1, 2), NULL, 0);
    sort("none", Py_BuildValue("[iii]", 3, 1, 2), Py_None, 0);
    sort("reverse", Py_BuildValue("[iii]", 3, 1, 2), NULL, 1);
    sort("key", Py_BuildValue("[iiii]", 3, 1, 2, -4), by_negated, 0);
    sort("key_reverse", Py_BuildValue("[iiii]", 3, 1, 2, -4), by_negated, 1);
    sort("stable", Py_BuildValue("[sssss]", "b1", "a1", "b2", "a2", "b3"), by_first, 0);
    sort("stable_reverse", Py_BuildValue("[sssss]", "b1", "a1", "b2", "a2", "b3"), by_first, 1);
    sort("key_fails", Py_BuildValue("[isi]", 3, "x", 2), by_negated, 0);
    sort("key_fails_one", Py_BuildValue("[s]", "x"), by_negated, 0);
    sort("key_no_function", Py_BuildValue("[ii]", 2, 1), Py_True, 0);
    sort("compare_fails", Py_BuildValue("[is]", 3, "x"), NULL, 1);
    PyObject *list = PyList_New(0);
    for (long i = 0; i < 300; i++)
        PyList_Append(list, Py_BuildValue("(ll)", i * 7919 % 31, i));
    sort("many", list, by_first, 0);
    for (long i = 0; i < 3; i++)
        PyList_Append(list, Py_BuildValue("(ll)", 15L, i));
    sort("many_reverse", list, by_first, 1);
    list = Py_BuildValue("[iii]", 3, 1, 2);
    sort("changed", list, PyCFunction_New(&keys[2], list), 0);
    check_object("by_place", PyObject_CallMethod(Py_BuildValue("[ii]", 2, 1), "sort", "O", by_negated));
}

static const check_case cases[] = {
    {"ints", ints, NULL},
    {"floats", floats, NULL},
    {"bytes_found", bytes_found, NULL},
    {"bytes_parts", bytes_parts, NULL},
    {"bytes_kinds", bytes_kinds, NULL},
    {"sorted", sorted, NULL},
};
CHECK_MAIN(cases)
