/* list.c: lists through the Python/C API: a model under random operations, references, limits, lists that change while they are
 * compared or destroyed. */
#include "keys.h"

#define LIMIT 300

typedef struct model {
    long items[4 * LIMIT];
    long count;
} model;

static void model_check(const model *m, PyObject *list)
{
    assert_int_equal(PyList_Size(list), m->count);
    for (long i = 0; i < m->count; i++)
        assert_int_equal(((key *)PyList_GET_ITEM(list, i))->value, m->items[i]);
}

/* Replace [low, high) by `count` values from `first` on. */
static void model_put(model *m, long low, long high, long first, long count)
{
    memmove(m->items + low + count, m->items + high, (size_t)(m->count - high) * sizeof *m->items);
    for (long i = 0; i < count; i++)
        m->items[low + i] = first + i;
    m->count += count - (high - low);
}

static PyObject *numbers(long first, long count, int is_tuple)
{
    PyObject *made = is_tuple ? PyTuple_New(count) : PyList_New(count);
    for (long i = 0; i < count; i++)
        if (is_tuple)
            PyTuple_SET_ITEM(made, i, key_new(first + i));
        else
            PyList_SET_ITEM(made, i, key_new(first + i));
    return made;
}

static void step(model *m, PyObject *list)
{
    long value = random_below(1000), count = m->count, low = random_below((unsigned)count + 1);
    long high = low + random_below((unsigned)(count - low) + 1), added = random_below(8);
    PyObject *item = key_new(value), *some;
    switch (random_below(9)) {
    case 0: case 1:
        assert_int_equal(PyList_Append(list, item), 0);
        model_put(m, count, count, value, 1);
        break;
    case 2:
        assert_int_equal(PyList_Insert(list, low - (long)random_below(2) * count, item), 0); /* negative: from the end */
        for (low = 0; PyList_GET_ITEM(list, low) != item; low++)
            ;
        model_put(m, low, low, value, 1);
        break;
    case 3:
        if (low < count) {
            assert_int_equal(PyList_SetItem(list, low, Py_NewRef(item)), 0);
            m->items[low] = value;
        }
        break;
    case 4:
        assert_int_equal(PyList_SetSlice(list, low, high, NULL), 0);
        model_put(m, low, high, 0, 0);
        break;
    case 5:
        some = numbers(value, added, value % 2);
        assert_int_equal(PyList_SetSlice(list, low, high, some), 0);
        model_put(m, low, high, value, added);
        Py_DECREF(some);
        break;
    case 6:
        some = numbers(value, added, value % 2);
        assert_int_equal(PyList_Extend(list, some), 0);
        model_put(m, count, count, value, added);
        Py_DECREF(some);
        break;
    case 7:
        some = PyList_GetSlice(list, low, high);
        assert_int_equal(PyList_GET_SIZE(some), high - low);
        for (long i = low; i < high; i++)
            assert_ptr_equal(PyList_GET_ITEM(some, i - low), PyList_GET_ITEM(list, i));
        Py_DECREF(some);
        break;
    default:
        assert_int_equal(PyList_Reverse(list), 0);
        for (long i = 0; i < count / 2; i++) {
            long other = m->items[i];
            m->items[i] = m->items[count - 1 - i];
            m->items[count - 1 - i] = other;
        }
    }
    Py_DECREF(item);
    if (m->count > LIMIT) {
        assert_int_equal(PyList_Clear(list), 0);
        m->count = 0;
    }
}

static void random_operations(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        static model m;
        m.count = round % 6;
        for (long i = 0; i < m.count; i++)
            m.items[i] = 7 + i;
        PyObject *list = numbers(7, m.count, 0);
        for (unsigned i = 0; i < 1500; i++) {
            step(&m, list);
            model_check(&m, list);
        }
        Py_DECREF(list);
        assert_int_equal(keys_alive, 0);
    }
}

static void wrong_arguments(void **state)
{
    (void)state;
    PyObject *none = Py_None, *list = PyList_New(2);
    PyList_SET_ITEM(list, 0, key_new(0));
    PyList_SET_ITEM(list, 1, key_new(1));
    assert_null(PyList_New(-1));
    assert_error(PyExc_SystemError);
    assert_null(PyList_New(PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    assert_int_equal(PyList_Size(none), -1);
    assert_error(PyExc_SystemError);
    assert_null(PyList_GetItem(none, 0));
    assert_error(PyExc_SystemError);
    assert_null(PyList_GetItem(list, 2));
    assert_error(PyExc_IndexError);
    assert_null(PyList_GetItem(list, -1));
    assert_error(PyExc_IndexError);
    assert_null(PyList_GetItemRef(none, 0));
    assert_error(PyExc_TypeError);
    assert_null(PyList_GetItemRef(list, 2));
    assert_error(PyExc_IndexError);
    assert_int_equal(PyList_SetItem(list, 2, key_new(2)), -1); /* stolen all the same */
    assert_error(PyExc_IndexError);
    assert_int_equal(PyList_SetItem(none, 0, key_new(2)), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(keys_alive, 2);
    assert_int_equal(PyList_Append(none, none), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyList_Append(list, NULL), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyList_Insert(list, 0, NULL), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyList_SetSlice(list, 0, 1, none), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PyList_Extend(list, none), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PyList_Extend(none, list), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyList_Clear(none), -1);
    assert_error(PyExc_SystemError);
    assert_null(PyList_AsTuple(none));
    assert_error(PyExc_SystemError);
    assert_true(PyObject_Hash(list) == -1);
    assert_error(PyExc_TypeError);
    assert_null(PyList_Type.tp_as_sequence->sq_repeat(list, PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    assert_null(PyList_Type.tp_as_sequence->sq_concat(list, none));
    assert_error(PyExc_TypeError);
    assert_int_equal(PyList_GET_SIZE(list), 2);
    Py_DECREF(list);
    assert_int_equal(keys_alive, 0);
}

static void joined(void **state)
{
    (void)state;
    PySequenceMethods *methods = PyList_Type.tp_as_sequence;
    for (long n = 0; n < 12; n++) {
        PyObject *list = numbers(0, n, 0), *sum = methods->sq_concat(list, list), *thrice = methods->sq_repeat(list, 3);
        PyObject *tuple = PyList_AsTuple(list);
        assert_int_equal(PyTuple_GET_SIZE(tuple), n);
        assert_int_equal(PyList_GET_SIZE(sum), 2 * n);
        assert_int_equal(PyList_GET_SIZE(thrice), 3 * n);
        for (long i = 0; i < 3 * n; i++)
            assert_int_equal(((key *)PyList_GET_ITEM(thrice, i))->value, i % n);
        PyObject *same = methods->sq_inplace_repeat(list, 2);
        assert_ptr_equal(same, list);
        assert_int_equal(PyObject_RichCompareBool(list, sum, Py_EQ), 1);
        Py_DECREF(same);
        same = methods->sq_inplace_concat(list, tuple);
        assert_int_equal(PyObject_RichCompareBool(list, thrice, Py_EQ), 1);
        Py_DECREF(same);
        assert_int_equal(PyList_Extend(list, list), 0); /* by itself */
        assert_int_equal(PyList_GET_SIZE(list), 6 * n);
        assert_int_equal(PyList_SetSlice(list, n, 2 * n, list), 0); /* by itself */
        assert_int_equal(PyList_GET_SIZE(list), 11 * n);
        for (long i = 0; i < 11 * n; i++)
            assert_int_equal(((key *)PyList_GET_ITEM(list, i))->value, i % n);
        same = methods->sq_inplace_repeat(list, -1);
        assert_int_equal(PyList_GET_SIZE(list), 0);
        Py_DECREF(same);
        Py_DECREF(tuple);
        Py_DECREF(thrice);
        Py_DECREF(sum);
        Py_DECREF(list);
        assert_int_equal(keys_alive, 0);
    }
}

/* A list in a part of itself, with room and without. */
static void put_into_itself(void **state)
{
    (void)state;
    for (long n = 2; n < 40; n++)
        for (long room = 0; room < 2; room++) {
            PyObject *list = numbers(0, n, 0), *more = numbers(0, 3 * n, 0);
            assert_int_equal(room ? PyList_Extend(list, more) : 0, 0);
            assert_int_equal(PyList_SetSlice(list, n, PyList_GET_SIZE(list), NULL), 0);
            assert_int_equal(PyList_SetSlice(list, 1, 2, list), 0);
            assert_int_equal(PyList_GET_SIZE(list), 2 * n - 1);
            for (long i = 0; i < 2 * n - 1; i++)
                assert_int_equal(((key *)PyList_GET_ITEM(list, i))->value, i == 0 ? 0 : i <= n ? i - 1 : i - n + 1);
            Py_DECREF(list);
            Py_DECREF(more);
            assert_int_equal(keys_alive, 0);
        }
}

/* list(items) */
static PyObject *called(PyTypeObject *type, PyObject *items)
{
    PyObject *args = items != NULL ? PyTuple_Pack(1, items) : PyTuple_New(0), *made = Py_TYPE(type)->tp_call((PyObject *)type, args, NULL);
    Py_DECREF(args);
    return made;
}

static void iteration_and_calls(void **state)
{
    (void)state;
    PyObject *items = numbers(0, 100, 1), *iterator = PyObject_GetIter(items), *list = called(&PyList_Type, iterator), *item;
    assert_int_equal(PyList_GET_SIZE(list), 100);
    Py_DECREF(iterator);
    iterator = PyObject_GetIter(list);
    assert_ptr_equal(Py_TYPE(iterator), &PyListIter_Type);
    for (long i = 0; (item = PyIter_Next(iterator)) != NULL; i++) {
        assert_int_equal(((key *)item)->value, i);
        Py_DECREF(item);
        if (i == 49)
            assert_int_equal(PyList_SetSlice(list, 60, 100, NULL), 0); /* it ends earlier */
        assert_true(i < 60);
    }
    assert_int_equal(PyList_Append(list, Py_None), 0); /* what has ended stays so */
    assert_null(PyIter_Next(iterator));
    Py_DECREF(iterator);
    Py_DECREF(list);
    list = called(&PyList_Type, NULL);
    assert_int_equal(PyList_GET_SIZE(list), 0);
    Py_DECREF(list);
    assert_null(called(&PyList_Type, Py_None));
    assert_error(PyExc_TypeError);
    Py_DECREF(items);
    assert_int_equal(keys_alive, 0);
}

static void subclasses(void **state)
{
    (void)state;
    PyType_Slot slots[] = {{Py_tp_base, &PyList_Type}, {0, NULL}};
    PyType_Spec spec = {"test.Stack", sizeof(PyListObject) + 32, 0, Py_TPFLAGS_DEFAULT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    Py_ssize_t type_count = Py_REFCNT(type); /* its order of bases refers to it */
    PyObject *items = numbers(0, 2, 0), *made = called(type, items);
    assert_true(PyList_Check(made) && !PyList_CheckExact(made));
    for (int i = 0; i < 20; i++)
        assert_int_equal(PyList_Append(made, PyList_GET_ITEM(items, 0)), 0);
    assert_int_equal(PyList_SetSlice(made, 1, 22, NULL), 0);
    assert_int_equal(PyList_SetSlice(made, 0, 1, NULL), 0);
    assert_int_equal(PyList_Append(made, Py_None), 0);
    Py_DECREF(made);
    Py_DECREF(items);
    assert_int_equal(keys_alive, 0);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

/* Other code in between. ------------------------------------------------------------------------------------------------------ */

static PyObject *victim;

static int clear_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    (void)other;
    return PyList_Clear(victim);
}

static void changed_by_comparisons(void **state)
{
    (void)state;
    for (long n = 1; n < 8; n++) {
        PyObject *other = numbers(0, n, 0), *sought = key_new(-5);
        victim = numbers(0, n, 0);
        key_at_compare = clear_at_compare;
        assert_int_equal(PyObject_RichCompareBool(victim, other, Py_EQ), 0);
        assert_int_equal(PyList_GET_SIZE(victim), 0);
        key_at_compare = NULL;
        assert_int_equal(PyList_Extend(victim, other), 0);
        key_at_compare = clear_at_compare;
        assert_int_equal(PyList_Type.tp_as_sequence->sq_contains(victim, sought), 0);
        assert_int_equal(PyList_GET_SIZE(victim), 0);
        key_at_compare = NULL;
        Py_DECREF(victim);
        Py_DECREF(other);
        Py_DECREF(sought);
        assert_int_equal(keys_alive, 0);
    }
}

static void append_at_dealloc(PyObject *self)
{
    (void)self;
    assert_int_equal(PyList_Append(victim, Py_None), 0);
    assert_true(PyList_GET_ITEM(victim, 0) != NULL);
}

static void changed_by_destructors(void **state)
{
    (void)state;
    for (long n = 1; n < 12; n++)
        for (int kind = 0; kind < 3; kind++) {
            victim = numbers(0, n, 0);
            key_at_dealloc = append_at_dealloc;
            if (kind == 0)
                assert_int_equal(PyList_Clear(victim), 0);
            else if (kind == 1)
                assert_int_equal(PyList_SetSlice(victim, 0, n, NULL), 0);
            else
                for (long i = 0; i < n; i++)
                    assert_int_equal(PyList_SetItem(victim, i, Py_None), 0);
            key_at_dealloc = NULL;
            assert_int_equal(PyList_GET_SIZE(victim), kind == 2 ? 2 * n : n);
            Py_DECREF(victim);
            assert_int_equal(keys_alive, 0);
        }
}

static void deep_ones_end(void **state)
{
    (void)state;
    PyObject *top = numbers(0, 5, 0);
    for (int i = 0, count = scaled(1000000); i < count; i++) {
        PyObject *next = i % 3 ? PyList_New(1 + i % 5) : PyDict_New();
        if (i % 3) {
            PyList_SET_ITEM(next, i % 5, top);
        } else {
            PyDict_SetItem(next, Py_None, top);
            Py_DECREF(top);
        }
        top = next;
    }
    Py_DECREF(top);
    assert_int_equal(keys_alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations),      cmocka_unit_test(wrong_arguments),        cmocka_unit_test(joined), cmocka_unit_test(put_into_itself),
        cmocka_unit_test(iteration_and_calls),    cmocka_unit_test(subclasses),             cmocka_unit_test(changed_by_comparisons),
        cmocka_unit_test(changed_by_destructors), cmocka_unit_test(deep_ones_end),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
