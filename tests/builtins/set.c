/* set.c: sets and frozensets through the Python/C API: a model under random operations, the operators, iteration, sets that change
 * while they are searched. */
#include "keys.h"

#define KEY_COUNT 64

/* A set of the keys whose bits are set. */
static PyObject *set_of(uint64_t bits, PyObject *(*make)(PyObject *))
{
    PyObject *made = make(NULL);
    for (long i = 0; i < KEY_COUNT; i++)
        if (bits >> i & 1) {
            PyObject *k = key_with_hash(i, i / 3);
            assert_int_equal(PySet_Add(made, k), 0);
            Py_DECREF(k);
        }
    return made;
}

static uint64_t bits_of(PyObject *set)
{
    uint64_t bits = 0;
    PyObject *iterator = PyObject_GetIter(set), *item;
    Py_ssize_t count = 0;
    while ((item = PyIter_Next(iterator)) != NULL) {
        assert_false(bits >> ((key *)item)->value & 1);
        bits |= UINT64_C(1) << ((key *)item)->value;
        count++;
        Py_DECREF(item);
    }
    assert_null(PyErr_Occurred());
    assert_int_equal(count, PySet_Size(set));
    Py_DECREF(iterator);
    return bits;
}

static uint64_t random_bits(void)
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits = bits << 16 | random_below(65536);
    return bits & (random_below(2) ? ~UINT64_C(0) : 0xff);
}

static void random_operations(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        uint64_t bits = random_bits() & random_bits();
        PyObject *set = set_of(bits, PySet_New), *item;
        for (int i = 0; i < 300; i++) {
            long number = random_below(KEY_COUNT);
            uint64_t bit = UINT64_C(1) << number;
            PyObject *k = key_with_hash(number, number / 3);
            switch (random_below(5)) {
            case 0: case 1:
                assert_int_equal(PySet_Add(set, k), 0);
                bits |= bit;
                break;
            case 2:
                assert_int_equal(PySet_Discard(set, k), (bits & bit) != 0);
                bits &= ~bit;
                break;
            case 3:
                assert_int_equal(PySet_Contains(set, k), (bits & bit) != 0);
                break;
            default:
                item = PySet_Pop(set);
                if (item == NULL)
                    assert_error(PyExc_KeyError);
                else
                    bits &= ~(UINT64_C(1) << ((key *)item)->value);
                Py_XDECREF(item);
            }
            Py_DECREF(k);
            assert_true(bits_of(set) == bits);
        }
        assert_int_equal(PySet_Clear(set), 0);
        assert_int_equal(PySet_GET_SIZE(set), 0);
        Py_DECREF(set);
        assert_int_equal(keys_alive, 0);
    }
}

/* What popping leaves behind is found at once, however often. */
static void popped_dry(void **state)
{
    (void)state;
    PyObject *set = PySet_New(NULL), *last = NULL;
    for (long i = 0, count = scaled(100000); i < count; i++) {
        PyObject *k = key_new(i);
        assert_int_equal(PySet_Add(set, k), 0);
        Py_DECREF(k);
    }
    while (PySet_GET_SIZE(set) > 0) {
        Py_XDECREF(last);
        last = PySet_Pop(set);
        assert_int_equal(PySet_Add(set, last), 0);
        Py_DECREF(last);
        last = PySet_Pop(set);
    }
    Py_DECREF(last);
    Py_DECREF(set);
    assert_int_equal(keys_alive, 0);
}

static void operators(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        uint64_t a = random_bits(), b = round % 5 == 0 ? a : round % 5 == 1 ? a & random_bits() : random_bits();
        PyObject *left = set_of(a, round % 2 ? PySet_New : PyFrozenSet_New), *right = set_of(b, round % 3 ? PySet_New : PyFrozenSet_New);
        PyNumberMethods *methods = Py_TYPE(left)->tp_as_number;
        const struct { binaryfunc function, in_place; uint64_t result; } all[] = {
            {methods->nb_or, methods->nb_inplace_or, a | b}, {methods->nb_and, methods->nb_inplace_and, a & b},
            {methods->nb_xor, methods->nb_inplace_xor, a ^ b}, {methods->nb_subtract, methods->nb_inplace_subtract, a & ~b},
        };
        for (int i = 0; i < 4; i++) {
            PyObject *made = all[i].function(left, right);
            assert_ptr_equal(Py_TYPE(made), Py_TYPE(left));
            assert_true(bits_of(made) == all[i].result);
            Py_DECREF(made);
            if (all[i].in_place != NULL) {
                PyObject *copy = PySet_New(left), *same = all[i].in_place(copy, right);
                assert_ptr_equal(same, copy);
                assert_true(bits_of(copy) == all[i].result);
                Py_DECREF(same);
                Py_DECREF(copy);
            }
        }
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_EQ), a == b);
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_NE), a != b);
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_LE), (a & ~b) == 0);
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_LT), (a & ~b) == 0 && a != b);
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_GE), (b & ~a) == 0);
        assert_int_equal(PyObject_RichCompareBool(left, right, Py_GT), (b & ~a) == 0 && a != b);
        PyObject *frozen = PyFrozenSet_New(left), *again = set_of(a, PyFrozenSet_New);
        assert_true(PyObject_Hash(frozen) == PyObject_Hash(again));
        Py_DECREF(frozen);
        Py_DECREF(again);
        Py_DECREF(left);
        Py_DECREF(right);
        assert_int_equal(keys_alive, 0);
    }
}

static void wrong_arguments(void **state)
{
    (void)state;
    PyObject *list = PyList_New(0), *set = PySet_New(NULL), *frozen = PyFrozenSet_New(NULL), *bad = key_with_hash(1, -1);
    assert_null(PySet_New(Py_None));
    assert_error(PyExc_TypeError);
    assert_int_equal(PySet_Size(list), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PySet_Contains(list, list), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PySet_Add(list, list), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PySet_Add(set, list), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PySet_Add(set, bad), -1);
    assert_error(PyExc_ValueError);
    Py_INCREF(frozen);
    assert_int_equal(PySet_Add(frozen, Py_None), -1); /* others have it */
    assert_error(PyExc_SystemError);
    Py_DECREF(frozen);
    assert_int_equal(PySet_Discard(frozen, Py_None), -1);
    assert_error(PyExc_SystemError);
    assert_null(PySet_Pop(frozen));
    assert_error(PyExc_SystemError);
    assert_int_equal(PySet_Clear(frozen), -1);
    assert_error(PyExc_SystemError);
    assert_true(PyObject_Hash(set) == -1);
    assert_error(PyExc_TypeError);
    /* `set in sets` asks for the frozenset that is equal to it */
    assert_int_equal(PySet_Add(set, frozen), 0);
    PyObject *empty = PySet_New(NULL);
    assert_int_equal(PySet_Contains(set, empty), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PySequence_Contains(set, empty), 1);
    PyObject *iterator = PyObject_GetIter(set);
    assert_int_equal(PySet_Add(set, Py_None), 0);
    assert_null(PyIter_Next(iterator));
    assert_error(PyExc_RuntimeError);
    Py_DECREF(iterator);
    Py_DECREF(empty);
    Py_DECREF(list);
    Py_DECREF(set);
    Py_DECREF(frozen);
    Py_DECREF(bad);
    assert_int_equal(keys_alive, 0);
}

static PyObject *victim;
static int changes_left;

static int change_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    (void)other;
    if (changes_left-- > 0) {
        key_at_compare = NULL;
        assert_int_equal(PySet_Clear(victim), 0);
        for (long i = 0; i < 3; i++) {
            PyObject *k = key_with_hash(i, 7);
            assert_int_equal(PySet_Add(victim, k), 0);
            Py_DECREF(k);
        }
        key_at_compare = change_at_compare;
    }
    return 0;
}

static void changed_by_comparisons(void **state)
{
    (void)state;
    for (int operation = 0; operation < 5; operation++)
        for (long size = 1; size < 20; size++) {
            PyObject *other = PySet_New(NULL), *sought = key_with_hash(50, 7), *made = NULL;
            victim = PySet_New(NULL);
            for (long i = 0; i < size; i++) {
                PyObject *k = key_with_hash(i, 7), *again = key_with_hash(i, 7);
                assert_int_equal(PySet_Add(victim, k), 0);
                assert_int_equal(PySet_Add(other, again), 0);
                Py_DECREF(k);
                Py_DECREF(again);
            }
            changes_left = 2;
            key_at_compare = change_at_compare;
            if (operation == 0)
                assert_int_equal(PySet_Add(victim, sought), 0);
            else if (operation == 1)
                assert_int_equal(PySet_Contains(victim, sought), 0);
            else if (operation == 2)
                assert_int_not_equal(PyObject_RichCompareBool(victim, other, Py_LE), -1);
            else
                made = (operation == 3 ? PySet_Type.tp_as_number->nb_inplace_and : PySet_Type.tp_as_number->nb_inplace_xor)(victim, other);
            key_at_compare = NULL;
            if (operation == 0)
                assert_int_equal(PySet_Contains(victim, sought), 1);
            bits_of(victim);
            Py_XDECREF(made);
            Py_DECREF(other);
            Py_DECREF(sought);
            Py_DECREF(victim);
            assert_int_equal(keys_alive, 0);
        }
}

static PyObject *called(PyTypeObject *type, PyObject *items)
{
    PyObject *args = items != NULL ? PyTuple_Pack(1, items) : PyTuple_New(0), *made = Py_TYPE(type)->tp_call((PyObject *)type, args, NULL);
    Py_DECREF(args);
    return made;
}

static void calls_and_subclasses(void **state)
{
    (void)state;
    PyType_Slot slots[] = {{Py_tp_base, &PySet_Type}, {0, NULL}};
    PyType_Spec spec = {"test.Bag", 0, 0, Py_TPFLAGS_DEFAULT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases refers to it */
    PyObject *items = set_of(0x1ff, PySet_New), *made = called(type, items), *frozen = called(&PyFrozenSet_Type, items);
    assert_true(PySet_Check(made) && !PySet_CheckExact(made));
    assert_true(bits_of(made) == 0x1ff);
    assert_int_equal(PyObject_RichCompareBool(made, frozen, Py_EQ), 1);
    PyObject *weak = PyWeakref_NewRef(items, NULL), *referent;
    assert_int_equal(PyWeakref_GetRef(weak, &referent), 1);
    assert_ptr_equal(referent, items);
    Py_DECREF(referent);
    PyObject *same = called(&PyFrozenSet_Type, frozen), *dict = PyDict_New();
    assert_ptr_equal(same, frozen);
    assert_int_equal(PyDict_SetItem(dict, frozen, Py_None), 0);
    assert_int_equal(PyDict_Contains(dict, same), 1);
    PyObject *from_dict = called(&PySet_Type, dict);
    assert_int_equal(PySet_Contains(from_dict, frozen), 1);
    Py_DECREF(from_dict);
    Py_DECREF(dict);
    Py_DECREF(same);
    Py_DECREF(made);
    Py_DECREF(items);
    assert_int_equal(PyWeakref_GetRef(weak, &referent), 0);
    Py_DECREF(weak);
    Py_DECREF(frozen);
    assert_int_equal(keys_alive, 0);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations), cmocka_unit_test(popped_dry),
        cmocka_unit_test(operators),         cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(changed_by_comparisons), cmocka_unit_test(calls_and_subclasses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
