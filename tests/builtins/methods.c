/* methods.c: methods of built-in types that are called by name, and formats: nothing is left over, whether they succeed or fail, and widths
 * that no machine has memory for are MemoryError at once.
 *
 * Owns: the above; leaks.h looks. What they return is compared in tests/conformance/builtin_{bytes_more,format,rest}.c. */
#include "../object/support.h"

/* self.name(*args) as repr shows it, or the exception's type. self and args: formats of Py_BuildValue that take `more`. */
static void call(const char *self_format, const char *name, const char *args_format, const char *expected)
{
    PyObject *self = Py_BuildValue(self_format, "abc abd", (Py_ssize_t)7), *args = Py_BuildValue(args_format, "ab", "x{}y", 2);
    PyObject *method = PyObject_GetAttrString(self, name), *result = method == NULL ? NULL : PyObject_Call(method, args, NULL);
    if (result != NULL) {
        PyObject *shown = PyObject_Repr(result);
        assert_string_equal(PyUnicode_AsUTF8(shown), expected);
        Py_DECREF(shown);
    } else {
        assert_string_equal(PyExceptionClass_Name(PyErr_Occurred()), expected);
        PyErr_Clear();
    }
    Py_XDECREF(result);
    Py_XDECREF(method);
    Py_DECREF(self);
    Py_DECREF(args);
}

static void of_bytes(void **state)
{
    (void)state;
    call("y", "partition", "(y)", "(b'', b'ab', b'c abd')");
    call("y", "rpartition", "(y)", "(b'abc ', b'ab', b'd')");
    call("y", "partition", "(i)", "TypeError");
    call("y", "splitlines", "()", "[b'abc abd']");
    call("y", "rsplit", "(y)", "[b'', b'c ', b'd']");
    call("y", "replace", "(yy)", "b'x{}yc x{}yd'");
    call("y", "replace", "(yyi)", "b'x{}yc x{}yd'");
    call("y", "replace", "(ys)", "TypeError");
    call("y", "strip", "(y)", "b'c abd'");
    call("y", "count", "(y)", "2");
    call("y", "center", "(y)", "TypeError");
    call("y", "zfill", "(y)", "TypeError");
    call("y", "expandtabs", "()", "b'abc abd'");
    call("y", "title", "()", "b'Abc Abd'");
    call("y", "translate", "(y)", "ValueError");
    call("y", "maketrans", "(yy)", "ValueError");
    call("y", "fromhex", "(s)", "b'\\xab'");
    call("y", "fromhex", "(y)", "TypeError");
    call("y", "__mod__", "(y)", "TypeError");
}

static void of_str(void **state)
{
    (void)state;
    call("s", "format", "(ss)", "'abc abd'");
    call("s", "format_map", "(s)", "'abc abd'");
    call("s", "maketrans", "(ss)", "ValueError");
    call("s", "maketrans", "({s:s})", "ValueError");
    call("s", "maketrans", "({s:s,i:i})", "ValueError");
    call("s", "__format__", "(s)", "ValueError");
    call("s", "__sizeof__", "(s)", "TypeError");
    call("s", "partition", "(s)", "('', 'ab', 'c abd')");
    call("s", "rsplit", "(s)", "['', 'c ', 'd']");
    call("s", "strip", "(s)", "'c abd'");
    call("s", "replace", "(ss)", "'x{}yc x{}yd'");
}

static void of_others(void **state)
{
    (void)state;
    call("[s#]", "__reversed__", "(s)", "TypeError");
    call("{s:n}", "__reversed__", "(s)", "TypeError");
    call("(s)", "__format__", "(s)", "TypeError");
    call("(s)", "__sizeof__", "()", "32");
}

/* A format of str or a specification, used on these values. */
static void format(const char *text, const char *expected)
{
    PyObject *self = PyUnicode_FromString(text), *method = PyObject_GetAttrString(self, "format");
    PyObject *args = Py_BuildValue("(dLs)", 1234.5, 123456789012345LL, "text"), *names = Py_BuildValue("{s:i,s:[i]}", "width", 12, "list", 7);
    PyObject *result = PyObject_Call(method, args, names);
    if (result != NULL) {
        assert_string_equal(PyUnicode_AsUTF8(result), expected);
    } else {
        assert_string_equal(PyExceptionClass_Name(PyErr_Occurred()), expected);
        PyErr_Clear();
    }
    Py_XDECREF(result);
    Py_DECREF(names);
    Py_DECREF(args);
    Py_DECREF(method);
    Py_DECREF(self);
}

static void formats(void **state)
{
    (void)state;
    format("{:,.2f}|{:_}|{!r:>8}", "1,234.50|123_456_789_012_345|  'text'");
    format("{0:{width}}|{list[0]}", "      1234.5|7");
    format("{1:x} {1:#b}", "7048860ddf79 0b11100000100100010000110000011011101111101111001");
    format("{0:{1}}", "MemoryError"); /* a width */
    format("{2:{list}}", "ValueError");
    format("{0.none}", "AttributeError");
    format("{0[0]}", "TypeError");
    format("{list[1]}", "IndexError");
    format("{none}", "KeyError");
    format("{9}", "IndexError");
    format("{0:{1:{2}}}", "ValueError");
    format("text {2!x}", "ValueError");
    format("text {", "ValueError");
    format("{2:s} {2:d}", "ValueError");
}

/* 10**18 characters. */
static void widths(void **state)
{
    (void)state;
    static const char *const specs[] = {"1000000000000000000", "01000000000000000000", "01000000000000000000,", "^1000000000000000000", "x>1000000000000000000,"};
    PyObject *const values[] = {PyLong_FromLong(1234567), PyFloat_FromDouble(1.5)};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        for (size_t v = 0; v < 2; v++) {
            PyObject *spec = PyUnicode_FromString(specs[i]);
            assert_null(PyObject_Format(values[v], spec));
            assert_error(PyExc_MemoryError);
            Py_DECREF(spec);
        }
    Py_DECREF(values[0]);
    Py_DECREF(values[1]);
    PyObject *text = PyUnicode_FromString("a"), *row = PyBytes_FromString("a");
    assert_null(PyObject_CallMethod(text, "center", "n", PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    assert_null(PyObject_CallMethod(row, "zfill", "n", PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    Py_DECREF(text);
    Py_DECREF(row);
}

static PyObject *answer(PyObject *self, PyObject *op) { (void)op; return Py_NewRef(self); }
static PyMethodDef answer_method = {"answer", answer, METH_O, "The answer."};

/* A property and the functions behind it refer to each other only one way, but a type and its property do both. */
static void properties(void **state)
{
    (void)state;
    PyObject *seven = PyLong_FromLong(7), *get = PyCFunction_New(&answer_method, seven);
    PyObject *property = PyObject_CallFunctionObjArgs((PyObject *)&PyProperty_Type, get, NULL);
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:O}", "Has", &PyBaseObject_Type, "it", property);
    PyObject *op = PyObject_CallNoArgs(type), *value = PyObject_GetAttrString(op, "it");
    assert_int_equal(PyLong_AsLong(value), 7);
    assert_int_equal(PyObject_SetAttrString(op, "it", value), -1);
    assert_error(PyExc_AttributeError);
    PyObject *other = PyObject_CallMethod(property, "setter", "O", type);
    assert_int_equal(PyObject_SetAttrString(type, "other", other), 0);
    Py_DECREF(other);
    Py_DECREF(value);
    Py_DECREF(op);
    Py_DECREF(type);
    Py_DECREF(property);
    Py_DECREF(get);
    Py_DECREF(seven);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        int places;
        double expected;
    } floats[] = {{2.5, 0, 2.0}, {-1350.0, -2, -1400.0}, {2.675, 2, 2.67}, {1e22, -21, 1e22}, {0.5, -1, 0.0}};
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
        PyObject *value = PyFloat_FromDouble(floats[i].value), *result = PyObject_CallMethod(value, "__round__", "i", floats[i].places);
        assert_true(PyFloat_AsDouble(result) == floats[i].expected);
        Py_DECREF(value);
        Py_DECREF(result);
    }
    PyObject *large = PyLong_FromString("1250000000000000000000", NULL, 10), *result = PyObject_CallMethod(large, "__round__", "i", -20);
    PyObject *shown = PyObject_Repr(result);
    assert_string_equal(PyUnicode_AsUTF8(shown), "1200000000000000000000");
    Py_DECREF(shown);
    Py_DECREF(result);
    PyObject *slice = PySlice_New(NULL, large, NULL);
    result = PyObject_CallMethod(slice, "indices", "i", 5);
    assert_int_equal(PyLong_AsLong(PyTuple_GET_ITEM(result, 1)), 5);
    Py_DECREF(result);
    assert_null(PyObject_CallMethod(slice, "indices", "i", -5));
    assert_error(PyExc_ValueError);
    Py_DECREF(slice);
    Py_DECREF(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_bytes),   cmocka_unit_test(of_str), cmocka_unit_test(of_others), cmocka_unit_test(formats),
                                       cmocka_unit_test(properties), cmocka_unit_test(numbers), cmocka_unit_test(widths)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
