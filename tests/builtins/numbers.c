/* numbers.c: int, float and bytes: that nothing is left over, types derived from them, what is shared. What conversions say
 * is compared with CPython (tests/conformance/builtin_*.c). */
#include "../object/support.h"

#include <limits.h>
#include <string.h>

/* type(argument) of a type derived from `base`; the argument may be NULL. */
static PyTypeObject *derived(PyTypeObject *base)
{
    PyType_Slot slots[] = {{Py_tp_base, base}, {0, NULL}};
    PyType_Spec spec = {"test.Derived", 0, 0, Py_TPFLAGS_DEFAULT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    assert_non_null(type);
    return type;
}

static void int_counts(void **state)
{
    (void)state;
    PyObject *small = PyLong_FromLong(7), *large = PyLong_FromLong(LONG_MAX);
    Py_ssize_t count = Py_REFCNT(small);
    Py_INCREF(small);
    Py_DECREF(small);
    Py_DECREF(small);
    assert_int_equal(Py_REFCNT(small), count); /* it never dies */
    assert_int_equal(Py_REFCNT(large), 1);
    assert_int_equal(PyLong_AsLong(large), LONG_MAX);
    Py_DECREF(large);
}

/* Every number of bits, both signs, there and back. */
static void int_round_trips(void **state)
{
    (void)state;
    for (int bits = 0; bits < 64; bits++)
        for (int add = -1; add <= 1; add++) {
            unsigned long long value = (1ULL << bits) + (unsigned long long)(long long)add;
            PyObject *a = PyLong_FromUnsignedLongLong(value), *b = PyLong_FromLongLong((long long)value);
            assert_true(PyLong_AsUnsignedLongLong(a) == value);
            assert_true(PyLong_AsLongLong(b) == (long long)value);
            assert_true(PyLong_AsUnsignedLongLongMask(b) == value);
            assert_true(PyLong_AsVoidPtr(a) == (void *)(uintptr_t)value);
            assert_null(PyErr_Occurred());
            Py_DECREF(a);
            Py_DECREF(b);
        }
}

static void int_of_a_derived_type(void **state)
{
    (void)state;
    PyTypeObject *type = derived(&PyLong_Type);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases and its methods refer to it */
    PyObject *self = type->tp_alloc(type, 2);
    assert_true(PyLong_Check(self) && !PyLong_CheckExact(self));
    ((PyLongObject *)self)->pymm_digits[0] = 5;
    ((PyLongObject *)self)->pymm_digits[1] = 1;
    assert_int_equal(PyLong_AsLongLong(self), 0x100000005);
    PyObject *plain = Py_TYPE(self)->tp_as_number->nb_index(self);
    assert_true(PyLong_CheckExact(plain));
    assert_int_equal(PyLong_AsLongLong(plain), 0x100000005);
    assert_true(PyObject_Hash(self) == PyObject_Hash(plain));
    Py_DECREF(plain);
    Py_DECREF(self);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

static void float_of_a_derived_type(void **state)
{
    (void)state;
    PyTypeObject *type = derived(&PyFloat_Type);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases and its methods refer to it */
    PyObject *self = type->tp_alloc(type, 0);
    ((PyFloatObject *)self)->ob_fval = 2.5;
    assert_true(PyFloat_Check(self) && !PyFloat_CheckExact(self));
    assert_true(PyFloat_AsDouble(self) == 2.5);
    PyObject *same = PyFloat_FromDouble(2.5);
    assert_int_equal(PyObject_RichCompareBool(self, same, Py_EQ), 1);
    Py_DECREF(same);
    Py_DECREF(self);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

static void bytes_are_made_and_resized(void **state)
{
    (void)state;
    PyObject *bytes = PyBytes_FromString("");
    for (Py_ssize_t size = 1; size < 3000; size += size / 3 + 1) {
        assert_int_equal(_PyBytes_Resize(&bytes, size), 0);
        memset(PyBytes_AS_STRING(bytes), (int)size, (size_t)size);
        assert_int_equal(PyBytes_AS_STRING(bytes)[size], 0);
    }
    assert_int_equal(_PyBytes_Resize(&bytes, 2), 0);
    assert_int_equal(strlen(PyBytes_AsString(bytes)), 2);
    Py_DECREF(bytes);
    PyTypeObject *type = derived(&PyBytes_Type);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases and its methods refer to it */
    bytes = type->tp_alloc(type, 5);
    assert_int_equal(PyBytes_Size(bytes), 5);
    memcpy(PyBytes_AsString(bytes), "five!", 6);
    Py_DECREF(bytes);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

/* type(argument) */
static PyObject *called(PyTypeObject *type, PyObject *argument)
{
    PyObject *arguments = PyTuple_Pack(1, argument), *made = Py_TYPE(type)->tp_call((PyObject *)type, arguments, NULL);
    Py_DECREF(arguments);
    assert_non_null(made);
    return made;
}

static void derived_types_are_called(void **state)
{
    (void)state;
    PyObject *texts[] = {PyUnicode_FromString("123456789012345678901234567890"), PyUnicode_FromString("-2.5"), PyBytes_FromString("some")};
    PyTypeObject *const bases[] = {&PyLong_Type, &PyFloat_Type, &PyBytes_Type};
    for (int i = 0; i < 3; i++) {
        PyTypeObject *type = derived(bases[i]);
        Py_ssize_t type_count = Py_REFCNT(type);
        PyObject *plain = called(bases[i], texts[i]), *self = called(type, texts[i]), *sum;
        assert_ptr_equal(Py_TYPE(self), type);
        assert_int_equal(PyObject_RichCompareBool(self, plain, Py_EQ), 1);
        assert_true(PyObject_Hash(self) == PyObject_Hash(plain));
        sum = PyNumber_Add(self, plain); /* of a derived type, the result is of the base */
        assert_ptr_equal(Py_TYPE(sum), bases[i]);
        Py_DECREF(sum);
        Py_DECREF(self);
        Py_DECREF(plain);
        Py_DECREF(texts[i]);
        assert_int_equal(Py_REFCNT(type), type_count);
        Py_DECREF(type);
    }
}

static void bytes_end_well(void **state)
{
    (void)state;
    PyObject *bytes = PyBytes_FromString("one"), *more = PyBytes_FromString("two"), *iterator, *item;
    PyBytes_Concat(&bytes, more);
    assert_string_equal(PyBytes_AsString(bytes), "onetwo");
    assert_int_equal(Py_REFCNT(bytes), 1);
    assert_int_equal(Py_REFCNT(more), 1);
    iterator = PyObject_GetIter(bytes);
    assert_int_equal(Py_REFCNT(bytes), 2);
    int count = 0;
    for (; (item = PyIter_Next(iterator)) != NULL; count++)
        Py_DECREF(item);
    assert_int_equal(count, 6);
    assert_int_equal(Py_REFCNT(bytes), 1); /* an iterator at its end lets go */
    Py_DECREF(iterator);
    Py_DECREF(bytes);
    Py_DECREF(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int_counts),
        cmocka_unit_test(int_round_trips),
        cmocka_unit_test(int_of_a_derived_type),
        cmocka_unit_test(float_of_a_derived_type),
        cmocka_unit_test(bytes_are_made_and_resized),
        cmocka_unit_test(derived_types_are_called),
        cmocka_unit_test(bytes_end_well),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
