/* builtin_number.c: the number protocol: whose slot is asked, what is refused and with which words.
 * Owns: PyNumber_*, integers as rows of bytes. Read first: check.h. */
#include "check_numbers.h"

#include <math.h>

/* A result as text: NotImplemented and results of the test's own types by name, numbers by value. */
static void show(const char *name, PyObject *value)
{
    if (value == NULL)
        check_raised(name);
    else if (PyFloat_Check(value))
        check_text(name, "%a", PyFloat_AsDouble(value));
    else if (PyLong_Check(value) && !PyBool_Check(value))
        check_text(name, "%s %lld", Py_TYPE(value)->tp_name, PyLong_AsLongLong(value));
    else if (PyBytes_Check(value))
        check_text(name, "bytes %s", PyBytes_AS_STRING(value));
    else if (PyTuple_Check(value))
        check_text(name, "tuple of %zd", PyTuple_GET_SIZE(value));
    else if (PyBool_Check(value))
        check_text(name, "%s", value == Py_True ? "True" : "False");
    else
        check_text(name, "%s", Py_TYPE(value)->tp_name);
    Py_XDECREF(value);
}

static PyObject *power(PyObject *a, PyObject *b) { return PyNumber_Power(a, b, Py_None); }
static PyObject *power_in_place(PyObject *a, PyObject *b) { return PyNumber_InPlacePower(a, b, Py_None); }

static const struct {
    const char *name;
    PyObject *(*run)(PyObject *, PyObject *);
} two[] = {
    {"Add", PyNumber_Add}, {"Subtract", PyNumber_Subtract}, {"Multiply", PyNumber_Multiply},
    {"MatrixMultiply", PyNumber_MatrixMultiply}, {"FloorDivide", PyNumber_FloorDivide}, {"TrueDivide", PyNumber_TrueDivide},
    {"Remainder", PyNumber_Remainder}, {"Divmod", PyNumber_Divmod}, {"Lshift", PyNumber_Lshift}, {"Rshift", PyNumber_Rshift},
    {"And", PyNumber_And}, {"Xor", PyNumber_Xor}, {"Or", PyNumber_Or}, {"Power", power},
    {"InPlaceAdd", PyNumber_InPlaceAdd}, {"InPlaceSubtract", PyNumber_InPlaceSubtract},
    {"InPlaceMultiply", PyNumber_InPlaceMultiply}, {"InPlaceMatrixMultiply", PyNumber_InPlaceMatrixMultiply},
    {"InPlaceFloorDivide", PyNumber_InPlaceFloorDivide}, {"InPlaceTrueDivide", PyNumber_InPlaceTrueDivide},
    {"InPlaceRemainder", PyNumber_InPlaceRemainder}, {"InPlaceLshift", PyNumber_InPlaceLshift},
    {"InPlaceRshift", PyNumber_InPlaceRshift}, {"InPlaceAnd", PyNumber_InPlaceAnd}, {"InPlaceXor", PyNumber_InPlaceXor},
    {"InPlaceOr", PyNumber_InPlaceOr}, {"InPlacePower", power_in_place},
};
static const struct {
    const char *name;
    PyObject *(*run)(PyObject *);
} one[] = {
    {"Negative", PyNumber_Negative}, {"Positive", PyNumber_Positive}, {"Absolute", PyNumber_Absolute},
    {"Invert", PyNumber_Invert}, {"Long", PyNumber_Long}, {"Float", PyNumber_Float}, {"Index", PyNumber_Index},
};

static void each_with_each(PyObject *const *some, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++)
            for (size_t op = 0; op < sizeof two / sizeof *two; op++) {
                char name[80];
                snprintf(name, sizeof name, "%s(%s, %s)", two[op].name, names[i], names[k]);
                show(name, two[op].run(some[i], some[k]));
            }
        for (size_t op = 0; op < sizeof one / sizeof *one; op++)
            show(check_join(names[i], one[op].name), one[op].run(some[i]));
        check_int(check_join(names[i], "Check"), PyNumber_Check(some[i]));
        check_int(check_join(names[i], "IndexCheck"), PyIndex_Check(some[i]));
        CHECK_NUMBER(names[i], "AsSsize_t", "%zd", PyNumber_AsSsize_t(some[i], PyExc_IndexError));
    }
}

static void built_in(void)
{
    Py_Initialize();
    PyObject *const some[] = {PyLong_FromLong(-7), PyLong_FromLong(3), PyLong_FromLong(0), PyFloat_FromDouble(2.5),
                              PyFloat_FromDouble(0.0), Py_True, Py_False, Py_None, PyTuple_Pack(2, Py_None, Py_None)};
    static const char *const names[] = {"-7", "3", "0", "2.5", "0.0", "True", "False", "None", "tuple"};
    each_with_each(some, names, 9);
}

/* Types with slots of their own, that say which of them was asked. -------------------------------------------------------- */

static int declines;
static char asked_in[40]; /* which operation, of which operands */
static PyObject *answer(const char *who)
{
    check_text(check_join(asked_in, "asked"), "%s", who);
    if (declines) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyLong_FromLong(77);
}
static PyObject *base_add(PyObject *a, PyObject *b) { (void)a; (void)b; return answer("base"); }
static PyObject *derived_add(PyObject *a, PyObject *b) { (void)a; (void)b; return answer("derived"); }
static PyObject *other_add(PyObject *a, PyObject *b) { (void)a; (void)b; return answer("other"); }
static PyObject *other_in_place(PyObject *a, PyObject *b) { (void)a; (void)b; return answer("other in place"); }
static PyObject *base_power(PyObject *a, PyObject *b, PyObject *c) { (void)a; (void)b; (void)c; return answer("base power"); }
static PyObject *other_power(PyObject *a, PyObject *b, PyObject *c) { (void)a; (void)b; (void)c; return answer("other power"); }
static PyObject *other_float(PyObject *self) { (void)self; return declines ? PyLong_FromLong(1) : PyFloat_FromDouble(1.5); }
static PyObject *other_int(PyObject *self) { (void)self; return declines ? PyFloat_FromDouble(1.5) : PyLong_FromLong(9); }
static PyNumberMethods base_methods = {.nb_add = base_add, .nb_power = base_power};
static PyNumberMethods derived_methods = {.nb_add = derived_add};
static PyNumberMethods other_methods = {.nb_add = other_add, .nb_inplace_add = other_in_place, .nb_power = other_power,
                                        .nb_float = other_float, .nb_int = other_int, .nb_inplace_power = other_power};
static PyTypeObject base_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Base", .tp_basicsize = sizeof(PyObject),
                                 .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_as_number = &base_methods};
static PyTypeObject derived_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Derived", .tp_base = &base_type,
                                    .tp_as_number = &derived_methods};
static PyTypeObject other_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Other", .tp_basicsize = sizeof(PyObject),
                                  .tp_as_number = &other_methods};

/* An operation on the operands i and k. */
#define OWN(name, call) (snprintf(asked_in, sizeof asked_in, "%s.%d.%d", name, i, k), show(name, call))

static void own_types(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&base_type) + PyType_Ready(&derived_type) + PyType_Ready(&other_type));
    PyObject *some[] = {PyType_GenericAlloc(&base_type, 0), PyType_GenericAlloc(&derived_type, 0),
                        PyType_GenericAlloc(&other_type, 0), PyLong_FromLong(5), Py_None};
    for (declines = 0; declines < 2; declines++)
        for (int i = 0; i < 5; i++) {
            for (int k = 0; k < 5; k++) {
                OWN("Add", PyNumber_Add(some[i], some[k]));
                OWN("InPlaceAdd", PyNumber_InPlaceAdd(some[i], some[k]));
                OWN("Subtract", PyNumber_Subtract(some[i], some[k]));
                OWN("Power", PyNumber_Power(some[i], some[k], Py_None));
                for (int m = 0; m < 4; m++)
                    OWN("Power3", PyNumber_Power(some[i], some[k], some[m]));
                OWN("InPlacePower", PyNumber_InPlacePower(some[i], some[k], some[3]));
            }
            for (size_t op = 0; op < sizeof one / sizeof *one; op++)
                show(one[op].name, one[op].run(some[i]));
            CHECK_NUMBER("some", "AsDouble", "%a", PyFloat_AsDouble(some[i]));
        }
}

static void limits(void)
{
    Py_Initialize();
    PyObject *one_int = PyLong_FromLong(1), *large = PyNumber_Lshift(one_int, PyLong_FromLong(70)), *minus = PyNumber_Negative(large);
    show("shift_by_large", PyNumber_Lshift(one_int, large));
    show("zero_shift_by_large", PyNumber_Lshift(PyLong_FromLong(0), large));
    show("shift_by_negative", PyNumber_Lshift(one_int, minus));
    show("shift_right_by_large", PyNumber_Rshift(minus, large));
    show("shift_right_by_negative", PyNumber_Rshift(one_int, PyLong_FromLong(-1)));
    CHECK_NUMBER("large", "AsSsize_t", "%zd", PyNumber_AsSsize_t(large, NULL));
    CHECK_NUMBER("minus", "AsSsize_t", "%zd", PyNumber_AsSsize_t(minus, NULL));
    CHECK_NUMBER("minus", "AsSsize_t_error", "%zd", PyNumber_AsSsize_t(minus, PyExc_ValueError));
    show("repeat_too_often", PyNumber_Multiply(PyTuple_Pack(1, Py_None), large));
    show("repeat_from_the_left", PyNumber_Multiply(PyLong_FromLong(3), PyTuple_Pack(1, Py_None)));
    show("modulus_0", PyNumber_Power(one_int, one_int, PyLong_FromLong(0)));
    show("no_inverse", PyNumber_Power(PyLong_FromLong(6), PyLong_FromLong(-1), PyLong_FromLong(9)));
    show("inverse", PyNumber_Power(PyLong_FromLong(5), PyLong_FromLong(-1), PyLong_FromLong(-9)));
    show("modulus_1", PyNumber_Power(PyLong_FromLong(0), PyLong_FromLong(-1), PyLong_FromLong(1)));
    show("float_modulus", PyNumber_Power(one_int, one_int, PyFloat_FromDouble(2)));
    show("float_power_modulus", PyNumber_Power(PyFloat_FromDouble(2), one_int, one_int));
    show("negative_power", PyNumber_Power(PyLong_FromLong(2), PyLong_FromLong(-2), Py_None));
    show("zero_negative_power", PyNumber_Power(PyLong_FromLong(0), PyLong_FromLong(-2), Py_None));
    show("float_too_large", PyNumber_Power(PyFloat_FromDouble(10), PyFloat_FromDouble(400), Py_None));
    PyObject *huge = PyNumber_Lshift(one_int, PyLong_FromLong(5000));
    show("huge_float", PyNumber_Float(huge));
    show("huge_plus_float", PyNumber_Add(huge, PyFloat_FromDouble(1)));
    show("huge_divided", PyNumber_TrueDivide(huge, PyLong_FromLong(3)));
    show("huge_quotient", PyNumber_TrueDivide(huge, PyNumber_Add(huge, PyNumber_Rshift(huge, PyLong_FromLong(40)))));
    show("null_negative", PyNumber_Negative(NULL));
    show("null_index", PyNumber_Index(NULL));
    show("null_int", PyNumber_Long(NULL));
    show("null_float", PyNumber_Float(NULL));
    check_int("null_check", PyNumber_Check(NULL));
}

static void rows_of_bytes(void)
{
    Py_Initialize();
    unsigned char bytes[24];
    for (int i = 0; i < 24; i++)
        bytes[i] = (unsigned char)(i % 8 == 0 ? 0x80 : i % 5 == 0 ? 0xff : 0);
    for (size_t n = 0; n <= 24; n++)
        for (int kind = 0; kind < 4; kind++) {
            PyObject *value = _PyLong_FromByteArray(bytes + (n > 12), n > 23 ? 23 : n, kind & 1, kind & 2);
            unsigned char back[26];
            memset(back, 0x55, sizeof back);
#if PY_VERSION_HEX >= 0x030D0000
            int is_refused = _PyLong_AsByteArray((PyLongObject *)value, back, n > 23 ? 23 : n, kind & 1, kind & 2, 1);
#else
            int is_refused = _PyLong_AsByteArray((PyLongObject *)value, back, n > 23 ? 23 : n, kind & 1, kind & 2);
#endif
            check_bool("there_and_back", is_refused == 0 && memcmp(back, bytes + (n > 12), n > 23 ? 23 : n) == 0);
            check_int("bits", (long long)_PyLong_NumBits(value));
            check_int("sign", _PyLong_Sign(value));
            check_int("hash", (long long)PyObject_Hash(value));
            Py_DECREF(value);
        }
}

#if PY_VERSION_HEX >= 0x030D0000
/* The answers for some sizes on one line, and a sum of what was written. */
static void native_sizes(PyObject *value, int shift, int add, int sign, int flags)
{
    static const Py_ssize_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 20};
    unsigned char bytes[24];
    unsigned long sum = 0;
    printf("%s2**%d%+d, %d:", sign ? "-" : "", shift, add, flags);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        memset(bytes, 0x55, sizeof bytes);
        printf(" %zd", PyLong_AsNativeBytes(value, bytes, sizes[k], flags));
        if (PyErr_Occurred() == NULL) {
            PyObject *back = PyLong_FromNativeBytes(bytes, (size_t)sizes[k], flags);
            sum = sum * 31 + PyLong_AsUnsignedLongMask(back);
            Py_DECREF(back);
        }
        PyErr_Clear();
        for (size_t i = 0; i < sizeof bytes; i++)
            sum = sum * 31 + bytes[i];
    }
    printf(" %lx\n", sum);
}

static void native_bytes(void)
{
    Py_Initialize();
    static const int flags[] = {-1, 0, 1, 3, 4, 5, 8, 13, 16};
    PyObject *one_int = PyLong_FromLong(1);
    for (int shift = 0; shift < 140; shift += shift < 70 ? 1 : 13)
        for (int add = -1; add <= 1; add++)
            for (int sign = 0; sign < 2; sign++) {
                PyObject *value = PyNumber_Add(PyNumber_Lshift(one_int, PyLong_FromLong(shift)), PyLong_FromLong(add));
                if (sign)
                    value = PyNumber_Negative(value);
                for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
                    native_sizes(value, shift, add, sign, flags[i]);
            }
    unsigned char bytes[8];
    CHECK_NUMBER("none", "is", "%zd", PyLong_AsNativeBytes(Py_None, bytes, 8, 16));
    CHECK_NUMBER("float", "is", "%zd", PyLong_AsNativeBytes(PyFloat_FromDouble(1), bytes, 8, -1));
    CHECK_NUMBER("true", "is", "%zd", PyLong_AsNativeBytes(Py_True, bytes, 8, 1));
}
#define NATIVE_BYTES , {"native_bytes", native_bytes, CHECK_UNBUFFERED}
#else
#define NATIVE_BYTES
#endif

static const check_case cases[] = {{"built_in", built_in, CHECK_UNBUFFERED},
                                   {"own_types", own_types, CHECK_UNBUFFERED},
                                   {"limits", limits, CHECK_UNBUFFERED},
                                   {"rows_of_bytes", rows_of_bytes, CHECK_UNBUFFERED} NATIVE_BYTES};
CHECK_MAIN(cases)
