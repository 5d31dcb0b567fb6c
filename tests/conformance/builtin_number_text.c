/* builtin_number_text.c: numbers as text: what is shown, what is read, and with which words a text is refused.
 * Owns: repr of numbers, PyLong_FromString, PyNumber_ToBase, PyFloat_FromString, PyOS_*_double. Read first: check.h. */
#include "check_numbers.h"

#include <math.h>

static void show(const char *name, PyObject *value)
{
    PyObject *text = value == NULL ? NULL : PyObject_Repr(value);
    if (text == NULL)
        check_raised(name);
    else
        check_text(name, "%s", PyUnicode_AsUTF8(text));
    Py_XDECREF(text);
    Py_XDECREF(value);
}

static const char *const texts[] = {"0", "12", "-12", " +7 ", "1_000", "1__0", "_1", "1_", "0x1f", "0b11", "0o17", "017", "00", "zz", "Zz",
                                    "12abc", "", " ", "-", "0x", "9223372036854775808", "-170141183460469231731687303715884105728",
                                    "1.5", "it's", "a\"b'c", "\n1\t", "12 34"};
#define TEXT_COUNT (sizeof texts / sizeof *texts)

static void from_string(void)
{
    Py_Initialize();
    static const int bases[] = {10, 0, 16, 36, 2, 1, 37, -1};
    for (size_t i = 0; i < TEXT_COUNT; i++)
        for (size_t k = 0; k < sizeof bases / sizeof *bases; k++) {
            char name[120], *end = NULL;
            snprintf(name, sizeof name, "text %zu in %d", i, bases[k]);
            show(name, PyLong_FromString(texts[i], NULL, bases[k]));
            PyObject *number = PyLong_FromString(texts[i], &end, bases[k]);
            check_int(check_join(name, "stopped"), end == NULL ? -1 : end - texts[i]);
            show(check_join(name, "with_end"), number);
            PyObject *text = PyUnicode_FromString(texts[i]);
            show(check_join(name, "str"), PyLong_FromUnicodeObject(text, bases[k]));
            Py_DECREF(text);
        }
}

static void from_objects(void)
{
    Py_Initialize();
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        PyObject *text = PyUnicode_FromString(texts[i]), *bytes = PyBytes_FromString(texts[i]);
        char name[40];
        snprintf(name, sizeof name, "text %zu", i);
        show(check_join(name, "Long"), PyNumber_Long(text));
        show(check_join(name, "Float"), PyNumber_Float(text));
        show(check_join(name, "bytes.Long"), PyNumber_Long(bytes));
        show(check_join(name, "bytes.Float"), PyNumber_Float(bytes));
        show(check_join(name, "FromString"), PyFloat_FromString(text));
    }
    show("none_float", PyFloat_FromString(Py_None));
    show("none_int", PyNumber_Long(Py_None));
    char many[5001];
    memset(many, '7', 5000);
    many[5000] = '\0';
    show("many", PyLong_FromString(many, NULL, 10));
    show("many_hex", PyNumber_Rshift(PyLong_FromString(many, NULL, 16), PyLong_FromLong(19900)));
    show("many_shown", PyLong_FromString(many, NULL, 32));
}

/* type(arguments) */
static PyObject *called(PyTypeObject *type, PyObject *first, PyObject *second)
{
    PyObject *arguments = second != NULL ? PyTuple_Pack(2, first, second) : first != NULL ? PyTuple_Pack(1, first) : PyTuple_New(0);
    return type->tp_new(type, arguments, NULL);
}

static void types_called(void)
{
    Py_Initialize();
    PyObject *const some[] = {NULL, Py_None, Py_True, PyLong_FromLong(16), PyFloat_FromDouble(-2.75), PyUnicode_FromString("ff"),
                              PyBytes_FromString("11"), PyLong_FromLong(-3), PyFloat_FromDouble(NAN)};
    for (int i = 0; i < 9; i++) {
        show("int", called(&PyLong_Type, some[i], NULL));
        show("float", called(&PyFloat_Type, some[i], NULL));
        show("bool", called(&PyBool_Type, some[i], NULL));
        for (int k = 1; i > 0 && k < 9; k++)
            show("int2", called(&PyLong_Type, some[i], some[k]));
        show("float2", i == 0 ? NULL : called(&PyFloat_Type, some[i], Py_None));
        show("bool2", i == 0 ? NULL : called(&PyBool_Type, some[i], Py_None));
    }
}

static void bases(void)
{
    Py_Initialize();
    PyObject *const some[] = {PyLong_FromLong(0), PyLong_FromLong(-1), PyLong_FromLong(255), PyLong_FromLongLong(-0x7fffffff00000001),
                              PyNumber_Lshift(PyLong_FromLong(5), PyLong_FromLong(100)), Py_True, Py_None, PyFloat_FromDouble(1)};
    for (int i = 0; i < 8; i++)
        for (int base = 2; base < 17; base += base < 8 ? 6 : 2)
            show("base", base == 12 || base == 14 ? NULL : PyNumber_ToBase(some[i], base));
    show("base_3", PyNumber_ToBase(some[0], 3));
}

static void doubles(void)
{
    Py_Initialize();
    static const double some[] = {0.0, -0.0, 1.0, -1.5, 1e16, 1e15, 123456789012345678.0, 0.0001, 0.00001, 1e22, 1e23, 5e-324,
                                  1.7976931348623157e308, 0.1, 2.0 / 3, 1e100, HUGE_VAL, -HUGE_VAL, NAN, 9007199254740993.0};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        show("repr", PyFloat_FromDouble(some[i]));
        for (const char *code = "rgGeEfF"; *code != '\0'; code++)
            for (int flags = 0; flags < 8; flags++) {
                int type = -1;
                char *text = PyOS_double_to_string(some[i], *code, *code == 'r' ? 0 : 6, flags, &type);
                check_text("format", "%s %d", text, type);
                PyMem_Free(text);
            }
    }
    check_pointer("wrong_code", PyOS_double_to_string(1.0, 'x', 0, 0, NULL));
    check_raised_type("wrong_code");
    check_pointer("wrong_precision", PyOS_double_to_string(1.0, 'r', 1, 0, NULL));
    check_raised_type("wrong_precision");
}

static void read_doubles(void)
{
    Py_Initialize();
    static const char *const some[] = {"1.5", "-2e3x", "inf", "-nan", "1e400", "-1e400", "1e-400", "x", "", " 1", "1 ", "0x10", ".", "1_0",
                                       "+.5e1", "infinite", "1e", "1e+"};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char name[40], *end = NULL;
        snprintf(name, sizeof name, "<%s>", some[i]);
        CHECK_NUMBER(name, "all", "%g", PyOS_string_to_double(some[i], NULL, NULL));
        CHECK_NUMBER(name, "overflow", "%g", PyOS_string_to_double(some[i], NULL, PyExc_OverflowError));
        CHECK_NUMBER(name, "part", "%g", PyOS_string_to_double(some[i], &end, PyExc_OverflowError));
        check_int(check_join(name, "stopped"), end == NULL ? -1 : end - some[i]);
    }
}

static const check_case cases[] = {{"from_string", from_string, CHECK_UNBUFFERED}, {"from_objects", from_objects, CHECK_UNBUFFERED},
                                   {"types_called", types_called, CHECK_UNBUFFERED}, {"bases", bases, CHECK_UNBUFFERED},
                                   {"doubles", doubles, CHECK_UNBUFFERED}, {"read_doubles", read_doubles, CHECK_UNBUFFERED}};
CHECK_MAIN(cases)
