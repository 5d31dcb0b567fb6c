/* tuple.c: tuples through the Python/C API: references, limits, slices, resizing, iteration, deep ones. */
#include "../object/support.h"

static long alive;

static void note_dealloc(PyObject *self)
{
    alive--;
    PyObject_Free(self);
}

static PyTypeObject note_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Note", .tp_basicsize = sizeof(PyObject),
                                 .tp_dealloc = note_dealloc};

static PyObject *note(void)
{
    assert_int_equal(PyType_Ready(&note_type), 0);
    alive++;
    return (PyObject *)PyObject_New(PyObject, &note_type);
}

static void references(void **state)
{
    (void)state;
    PyObject *a = note(), *pair = PyTuple_Pack(2, a, Py_None), *own = PyTuple_New(1);
    assert_int_equal(Py_REFCNT(a), 2);
    assert_ptr_equal(PyTuple_GetItem(pair, 0), a);
    assert_int_equal(Py_REFCNT(a), 2); /* borrowed */
    assert_int_equal(PyTuple_SetItem(own, 0, a), 0); /* stolen */
    assert_int_equal(Py_REFCNT(a), 2);
    Py_DECREF(pair);
    assert_int_equal(alive, 1);
    assert_int_equal(PyTuple_SetItem(own, 0, note()), 0); /* lets go of the old one */
    assert_int_equal(alive, 1);
    assert_int_equal(PyTuple_SetItem(own, 1, note()), -1); /* stolen all the same */
    assert_error(PyExc_IndexError);
    assert_int_equal(alive, 1);
    Py_INCREF(own);
    assert_int_equal(PyTuple_SetItem(own, 0, note()), -1); /* others have it */
    assert_error(PyExc_SystemError);
    assert_int_equal(alive, 1);
    Py_DECREF(own);
    Py_DECREF(own);
    assert_int_equal(alive, 0);
}

static void wrong_arguments(void **state)
{
    (void)state;
    assert_null(PyTuple_New(-1));
    assert_error(PyExc_SystemError);
    assert_null(PyTuple_New(PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    assert_int_equal(PyTuple_Size(Py_None), -1);
    assert_error(PyExc_SystemError);
    assert_null(PyTuple_GetItem(Py_None, 0));
    assert_error(PyExc_SystemError);
    assert_null(PyTuple_GetSlice(Py_None, 0, 1));
    assert_error(PyExc_SystemError);
    PyObject *one = PyTuple_Pack(1, Py_None);
    assert_null(PyTuple_GetItem(one, 1));
    assert_error(PyExc_IndexError);
    assert_null(PyTuple_GetItem(one, -1));
    assert_error(PyExc_IndexError);
    assert_null(PyTuple_Type.tp_as_sequence->sq_concat(one, Py_None));
    assert_error(PyExc_TypeError);
    assert_null(PyTuple_Type.tp_as_sequence->sq_repeat(one, PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    Py_DECREF(one);
}

static void slices(void **state)
{
    (void)state;
    PyObject *three = PyTuple_Pack(3, Py_None, Py_True, Py_False);
    static const int ranges[][4] = {{0, 2, 2, 0}, {1, 9, 2, 1}, {-5, 1, 1, 0}, {2, 1, 0, 0}, {7, 9, 0, 0}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        PyObject *part = PyTuple_GetSlice(three, ranges[i][0], ranges[i][1]);
        assert_int_equal(PyTuple_GET_SIZE(part), ranges[i][2]);
        if (ranges[i][2])
            assert_ptr_equal(PyTuple_GET_ITEM(part, 0), PyTuple_GET_ITEM(three, ranges[i][3]));
        Py_DECREF(part);
    }
    PyObject *same = PyTuple_GetSlice(three, 0, 3);
    assert_ptr_equal(same, three);
    Py_DECREF(same);
    Py_DECREF(three);
    assert_ptr_equal(PyTuple_New(0), PyTuple_Pack(0));
}

static void resizing(void **state)
{
    (void)state;
    PyObject *made = PyTuple_New(0);
    for (Py_ssize_t size = 1; size < 200; size++) {
        assert_int_equal(_PyTuple_Resize(&made, size), 0);
        assert_int_equal(PyTuple_GET_SIZE(made), size);
        assert_null(PyTuple_GET_ITEM(made, size - 1));
        PyTuple_SET_ITEM(made, size - 1, note());
    }
    assert_int_equal(_PyTuple_Resize(&made, 10), 0);
    assert_int_equal(alive, 10);
    Py_INCREF(made);
    PyObject *other = made;
    assert_int_equal(_PyTuple_Resize(&made, 11), -1);
    assert_null(made);
    assert_error(PyExc_SystemError);
    assert_int_equal(Py_REFCNT(other), 1);
    assert_int_equal(_PyTuple_Resize(&other, PY_SSIZE_T_MAX), -1); /* the old one is gone */
    assert_null(other);
    assert_error(PyExc_MemoryError);
    assert_int_equal(alive, 0);
    other = PyTuple_Pack(1, Py_None);
    assert_int_equal(_PyTuple_Resize(&other, 0), 0);
    assert_ptr_equal(other, PyTuple_New(0));
}

static void comparison_and_hash(void **state)
{
    (void)state;
    PyObject *none = PyTuple_Pack(1, Py_None), *again = PyTuple_Pack(1, Py_None), *two = PyTuple_Pack(2, Py_None, Py_True);
    assert_int_equal(PyObject_RichCompareBool(none, again, Py_EQ), 1);
    assert_int_equal(PyObject_RichCompareBool(none, two, Py_LT), 1);
    assert_int_equal(PyObject_RichCompareBool(two, none, Py_GT), 1);
    assert_int_equal(PyObject_RichCompareBool(none, two, Py_NE), 1);
    assert_true(PyObject_Hash(none) == PyObject_Hash(again));
    assert_true(PyObject_Hash(none) != PyObject_Hash(two));
    assert_int_equal(PyTuple_Type.tp_as_sequence->sq_contains(two, Py_True), 1);
    assert_int_equal(PyTuple_Type.tp_as_sequence->sq_contains(none, Py_True), 0);
    assert_int_equal(PyObject_RichCompareBool(none, Py_None, Py_LT), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PyObject_IsTrue(none), 1);
    assert_int_equal(PyObject_IsTrue(PyTuple_New(0)), 0);
    Py_DECREF(none);
    Py_DECREF(again);
    Py_DECREF(two);
}

/* tuple(items) */
static PyObject *called(PyTypeObject *type, PyObject *items)
{
    PyObject *args = PyTuple_Pack(1, items), *made = Py_TYPE(type)->tp_call((PyObject *)type, args, NULL);
    Py_DECREF(args);
    return made;
}

static void iteration(void **state)
{
    (void)state;
    PyObject *items = PyTuple_New(100), *iterator, *item, *made;
    for (Py_ssize_t i = 0; i < 100; i++)
        PyTuple_SET_ITEM(items, i, note());
    iterator = PyObject_GetIter(items);
    assert_ptr_equal(Py_TYPE(iterator), &PyTupleIter_Type);
    item = PyIter_Next(iterator);
    assert_ptr_equal(item, PyTuple_GET_ITEM(items, 0));
    Py_DECREF(item);
    made = called(&PyTuple_Type, iterator);
    assert_int_equal(PyTuple_GET_SIZE(made), 99);
    assert_null(PyIter_Next(iterator));
    assert_null(PyErr_Occurred());
    Py_DECREF(made);
    made = called(&PyTuple_Type, items);
    assert_ptr_equal(made, items);
    Py_DECREF(made);
    Py_DECREF(iterator);
    Py_DECREF(items);
    assert_int_equal(alive, 0);
    assert_null(called(&PyTuple_Type, Py_None));
    assert_error(PyExc_TypeError);
}

static void subclasses(void **state)
{
    (void)state;
    PyType_Slot slots[] = {{Py_tp_base, &PyTuple_Type}, {0, NULL}};
    PyType_Spec spec = {"test.Pair", 0, 0, Py_TPFLAGS_DEFAULT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases refers to it */
    PyObject *one = note(), *items = PyTuple_Pack(1, one), *made = called(type, items);
    assert_non_null(made);
    assert_true(PyTuple_Check(made) && !PyTuple_CheckExact(made));
    assert_int_equal(PyObject_RichCompareBool(made, items, Py_EQ), 1);
    Py_DECREF(made);
    Py_DECREF(items);
    Py_DECREF(one);
    assert_int_equal(alive, 0);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

static void deep_ones_end(void **state)
{
    (void)state;
    PyObject *top = note();
    for (int i = 0, count = scaled(1000000); i < count; i++) {
        PyObject *next = PyTuple_New(2); /* both places: the second one has a small tree */
        PyTuple_SET_ITEM(next, 0, top);
        PyTuple_SET_ITEM(next, 1, PyTuple_Pack(1, Py_None));
        top = next;
    }
    Py_DECREF(top);
    assert_int_equal(alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references), cmocka_unit_test(wrong_arguments), cmocka_unit_test(slices),
        cmocka_unit_test(resizing),   cmocka_unit_test(comparison_and_hash), cmocka_unit_test(iteration),
        cmocka_unit_test(subclasses), cmocka_unit_test(deep_ones_end),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
