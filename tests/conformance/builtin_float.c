/* builtin_float.c: floats as C code sees them. Owns: PyFloat_*, hash, comparison with int. Read first: check.h. */
#include "check_numbers.h"

#include <float.h>
#include <math.h>

static const double some[] = {0.0, -0.0, 1.0, -1.0, -2.0, 0.5, -0.1, 3.25, 1e16, -1e22, 1.7976931348623157e308, 5e-324, -5e-324,
                              2.2250738585072014e-308, 9007199254740992.0, 9007199254740994.0, 4611686018427387904.0,
                              2305843009213693951.0, 18446744073709551616.0, 1e100, -1e100, HUGE_VAL, -HUGE_VAL, NAN};
#define SOME_COUNT (sizeof some / sizeof *some)

static void values(void)
{
    Py_Initialize();
    for (size_t i = 0; i < SOME_COUNT; i++) {
        char name[40];
        snprintf(name, sizeof name, "%.17g", some[i]);
        PyObject *value = PyFloat_FromDouble(some[i]);
        CHECK_NUMBER(name, "AsDouble", "%a", PyFloat_AsDouble(value));
        CHECK_NUMBER(name, "AS_DOUBLE", "%a", PyFloat_AS_DOUBLE(value));
        CHECK_NUMBER(name, "true", "%d", PyObject_IsTrue(value));
        if (some[i] == some[i])
            CHECK_NUMBER(name, "hash", "%zd", PyObject_Hash(value));
        CHECK_NUMBER(name, "self", "%d", PyObject_RichCompareBool(value, value, Py_EQ));
    }
    check_bool("max", PyFloat_GetMax() == DBL_MAX && PyFloat_GetMin() == DBL_MIN);
    check_int("basicsize", PyFloat_Type.tp_basicsize);
    check_bool("check", PyFloat_Check(PyFloat_FromDouble(1)) && !PyFloat_Check(Py_True) && !PyFloat_CheckExact(Py_None));
}

static void conversions(void)
{
    Py_Initialize();
    CHECK_NUMBER("int", "AsDouble", "%a", PyFloat_AsDouble(PyLong_FromLong(-7)));
    CHECK_NUMBER("true", "AsDouble", "%a", PyFloat_AsDouble(Py_True));
    CHECK_NUMBER("none", "AsDouble", "%a", PyFloat_AsDouble(Py_None));
    CHECK_NUMBER("bytes", "AsDouble", "%a", PyFloat_AsDouble(PyBytes_FromString("1")));
    CHECK_NUMBER("null", "AsDouble", "%a", PyFloat_AsDouble(NULL));
    CHECK_NUMBER("large", "AsDouble", "%a", PyFloat_AsDouble(PyLong_FromDouble(DBL_MAX)));
}

/* Order holds exactly between int and float, also where a conversion would round. */
static void order(void)
{
    Py_Initialize();
    static const long long ints[] = {0, 1, -1, 3, -2, 1LL << 53, (1LL << 53) + 1, (1LL << 53) + 2, -(1LL << 53) - 1, INT64_MAX,
                                     INT64_MIN, (1LL << 62) + 1};
    for (size_t i = 0; i < SOME_COUNT; i++) {
        for (size_t k = 0; k < sizeof ints / sizeof *ints + SOME_COUNT; k++) {
            char name[80], answers[13];
            PyObject *a = PyFloat_FromDouble(some[i]), *b;
            if (k < SOME_COUNT && isfinite(some[k])) {
                b = PyLong_FromDouble(some[k]);
                snprintf(name, sizeof name, "%.17g and int %.17g", some[i], some[k]);
            } else if (k < SOME_COUNT) {
                b = PyFloat_FromDouble(some[k]);
                snprintf(name, sizeof name, "%.17g and %.17g", some[i], some[k]);
            } else {
                b = PyLong_FromLongLong(ints[k - SOME_COUNT]);
                snprintf(name, sizeof name, "%.17g and int %lld", some[i], ints[k - SOME_COUNT]);
            }
            for (int op = 0; op < 6; op++) {
                answers[op] = (char)('0' + PyObject_RichCompareBool(a, b, op));
                answers[6 + op] = (char)('0' + PyObject_RichCompareBool(b, a, op));
            }
            answers[12] = 0;
            check_text(name, "%s", answers);
        }
    }
    CHECK_NUMBER("none", "less", "%d", PyObject_RichCompareBool(PyFloat_FromDouble(1), Py_None, Py_LT));
}

static const check_case cases[] = {{"values", values, CHECK_UNBUFFERED}, {"conversions", conversions, CHECK_UNBUFFERED}, {"order", order, CHECK_UNBUFFERED}};
CHECK_MAIN(cases)
