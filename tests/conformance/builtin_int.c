/* builtin_int.c: integers as C code sees them. Owns: PyLong_From* and PyLong_As*, with what they refuse. Read first: check.h. */
#include "check_numbers.h"

#include <limits.h>
#include <math.h>

#if PY_VERSION_HEX < 0x030D0000
#define PyLong_AsInt _PyLong_AsInt
#endif

/* What every conversion says of one object. */
static void convert(const char *name, PyObject *value)
{
    int overflow = 7;
    CHECK_NUMBER(name, "AsLong", "%ld", PyLong_AsLong(value));
    CHECK_NUMBER(name, "AsLongLong", "%lld", PyLong_AsLongLong(value));
    CHECK_NUMBER(name, "AsSsize_t", "%zd", PyLong_AsSsize_t(value));
    CHECK_NUMBER(name, "AsSize_t", "%zu", PyLong_AsSize_t(value));
    CHECK_NUMBER(name, "AsUnsignedLong", "%lu", PyLong_AsUnsignedLong(value));
    CHECK_NUMBER(name, "AsUnsignedLongLong", "%llu", PyLong_AsUnsignedLongLong(value));
    CHECK_NUMBER(name, "AsUnsignedLongMask", "%lx", PyLong_AsUnsignedLongMask(value));
    CHECK_NUMBER(name, "AsUnsignedLongLongMask", "%llx", PyLong_AsUnsignedLongLongMask(value));
    CHECK_NUMBER(name, "AsLongAndOverflow", "%ld", PyLong_AsLongAndOverflow(value, &overflow));
    check_int(check_join(name, "overflow"), overflow);
    overflow = 7;
    CHECK_NUMBER(name, "AsLongLongAndOverflow", "%lld", PyLong_AsLongLongAndOverflow(value, &overflow));
    check_int(check_join(name, "overflow"), overflow);
    CHECK_NUMBER(name, "AsDouble", "%a", PyLong_AsDouble(value));
    CHECK_NUMBER(name, "AsVoidPtr", "%td", (char *)PyLong_AsVoidPtr(value) - (char *)NULL);
    CHECK_NUMBER(name, "AsInt", "%d", PyLong_AsInt(value));
    check_int(check_join(name, "true"), PyObject_IsTrue(value));
    if (PyLong_Check(value))
        check_int(check_join(name, "hash"), (long long)PyObject_Hash(value));
    check_raised(name);
}

static void limits(void)
{
    Py_Initialize();
    static const long long some[] = {0, 1, -1, 2, -5, -6, 256, 257, INT_MAX, INT_MIN, INT_MAX + 1LL, INT_MIN - 1LL, 0xffffffff,
                                     0x100000000, -0x100000000, LLONG_MAX, LLONG_MIN, LLONG_MIN + 1, 1LL << 61, (1LL << 61) - 1,
                                     (1LL << 61) - 2, -((1LL << 61) - 1), 1LL << 53, (1LL << 53) + 1, (1LL << 62) + 257};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char name[40];
        snprintf(name, sizeof name, "%lld", some[i]);
        convert(name, PyLong_FromLongLong(some[i]));
        convert(name, PyLong_FromUnsignedLongLong((unsigned long long)some[i]));
    }
    convert("double", PyLong_FromDouble(-0.9));
    convert("double", PyLong_FromDouble(1e18 + 257));
    convert("double", PyLong_FromDouble(ldexp(1, 63)));
    convert("double", PyLong_FromDouble(-ldexp(1, 63)));
    convert("double", PyLong_FromDouble(-ldexp(4097, 52)));
    convert("double", PyLong_FromDouble(ldexp(9007199254740991.0, 11)));
    convert("double", PyLong_FromDouble(ldexp(9007199254740991.0, 12)));
    convert("double", PyLong_FromDouble(-1.7976931348623157e308));
    convert("true", Py_True);
    convert("false", Py_False);
    convert("none", Py_None);
    convert("float", PyFloat_FromDouble(2.5));
}

static void refused(void)
{
    Py_Initialize();
    check_pointer("infinity", PyLong_FromDouble(HUGE_VAL));
    check_raised("infinity");
    check_pointer("nan", PyLong_FromDouble(NAN));
    check_raised("nan");
    check_int("null", PyLong_AsLong(NULL));
    check_raised_type("null");
    check_int("null_ssize", PyLong_AsSsize_t(NULL));
    check_raised_type("null_ssize");
    check_int("null_mask", (long long)PyLong_AsUnsignedLongMask(NULL));
    check_raised_type("null_mask");
    check_int("null_double", (long long)PyLong_AsDouble(NULL));
    check_raised_type("null_double");
}

static void shared(void)
{
    Py_Initialize();
    for (long value = -7; value < 260; value++)
        if (value < 8 || value > 250) {
            PyObject *one = PyLong_FromLong(value), *two = PyLong_FromSize_t((size_t)value), *three = PyLong_FromDouble((double)value);
            check_bool("one", one == PyLong_FromLongLong(value));
            check_bool("two", value >= 0 && one == two);
            check_bool("three", one == three);
        }
    check_text("name", "%s", PyLong_Type.tp_name);
    check_bool("bool_is_int", PyBool_Type.tp_base == &PyLong_Type);
    check_bool("check", PyLong_Check(Py_True) && !PyLong_CheckExact(Py_True) && PyLong_CheckExact(PyLong_FromLong(7)));
    check_int("pointer", PyLong_AsLong(PyLong_FromVoidPtr((void *)(uintptr_t)77)));
}

static int index_kind;
static PyObject *index_of(PyObject *self)
{
    (void)self;
    switch (index_kind) {
    case 0: return PyLong_FromLongLong(-300);
    case 1: return PyLong_FromDouble(1e30);
    case 2: return PyFloat_FromDouble(1.0);
    case 3: PyErr_SetString(PyExc_KeyError, "no index today"); return NULL;
    default: Py_INCREF(Py_True); return Py_True;
    }
}
static PyNumberMethods index_methods = {.nb_index = index_of};
static PyTypeObject index_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Index", .tp_basicsize = sizeof(PyObject),
                                  .tp_as_number = &index_methods, .tp_new = PyType_GenericNew};

static void index_used(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&index_type));
    PyObject *self = PyType_GenericAlloc(&index_type, 0);
    for (index_kind = 0; index_kind < 4; index_kind++) {
        static const char *const names[] = {"small", "large", "float", "raises"};
        convert(names[index_kind], self);
    }
}

static const check_case cases[] = {
    {"limits", limits, CHECK_UNBUFFERED}, {"refused", refused, CHECK_UNBUFFERED}, {"shared", shared, CHECK_UNBUFFERED}, {"index_used", index_used, CHECK_UNBUFFERED}};
CHECK_MAIN(cases)
