/* dict.c: dicts through the Python/C API: a model under random operations, order, references, dicts that change while they are
 * searched. */
#include "keys.h"

#define KEY_COUNT 400

typedef struct model {
    long order[4096];          /* keys as they were put in; -1: taken out */
    long count, used, values[KEY_COUNT]; /* value -1: not there */
} model;

static void model_check(const model *m, PyObject *dict)
{
    Py_ssize_t at = 0;
    PyObject *found_key, *value;
    assert_int_equal(PyDict_Size(dict), m->used);
    for (long i = 0; i < m->count; i++) {
        if (m->order[i] < 0)
            continue;
        assert_int_equal(PyDict_Next(dict, &at, &found_key, &value), 1);
        assert_int_equal(((key *)found_key)->value, m->order[i]);
        assert_int_equal(((key *)value)->value, m->values[m->order[i]]);
    }
    assert_int_equal(PyDict_Next(dict, &at, &found_key, &value), 0);
}

static void model_take(model *m, long taken)
{
    m->values[taken] = -1;
    m->used--;
    for (long i = 0; i < m->count; i++)
        if (m->order[i] == taken)
            m->order[i] = -1;
}

/* One random operation on both; `spread`: how many keys have a hash in common. */
static void step(model *m, PyObject *dict, unsigned key_count, unsigned spread)
{
    long number = random_below(key_count);
    bool was_there = m->values[number] >= 0;
    PyObject *k = key_with_hash(number, number / spread * 64), *v = key_new(random_below(1000)), *result = NULL;
    long new_value = ((key *)v)->value;
    switch (random_below(8)) {
    case 0: case 1: case 2:
        assert_int_equal(PyDict_SetItem(dict, k, v), 0);
        m->values[number] = new_value;
        break;
    case 3:
        assert_int_equal(PyDict_SetDefaultRef(dict, k, v, &result), was_there);
        m->values[number] = was_there ? m->values[number] : new_value;
        assert_int_equal(((key *)result)->value, m->values[number]);
        break;
    case 4:
        assert_int_equal(PyDict_DelItem(dict, k), was_there ? 0 : -1);
        if (!was_there)
            assert_error(PyExc_KeyError);
        break;
    case 5:
        assert_int_equal(PyDict_Pop(dict, k, &result), was_there);
        assert_int_equal(result == NULL ? -1 : ((key *)result)->value, m->values[number]);
        break;
    case 6:
        assert_int_equal(PyDict_Contains(dict, k), was_there);
        assert_int_equal(PyDict_GetItemRef(dict, k, &result), was_there);
        break;
    default:
        assert_int_equal(PyDict_GetItemWithError(dict, k) != NULL, was_there);
        assert_null(PyErr_Occurred());
    }
    bool is_there = PyDict_Contains(dict, k) > 0;
    if (was_there && !is_there) {
        model_take(m, number);
    } else if (!was_there && is_there) {
        m->order[m->count++] = number;
        m->used++;
    }
    Py_XDECREF(result);
    Py_DECREF(k);
    Py_DECREF(v);
}

static void random_operations(void **state)
{
    (void)state;
    static const struct { unsigned keys, spread, steps; } runs[] = {{3, 1, 300}, {6, 6, 500}, {12, 2, 2000}, {KEY_COUNT, 1, 6000},
                                                                    {KEY_COUNT, 7, 4000}};
    for (unsigned round = 0; round < 10; round++)
        for (unsigned r = 0; r < sizeof runs / sizeof *runs; r++) {
            static model m;
            PyObject *dict = PyDict_New();
            m.count = m.used = 0;
            for (long i = 0; i < KEY_COUNT; i++)
                m.values[i] = -1;
            for (unsigned i = 0; i < runs[r].steps && m.count < 4000; i++) {
                step(&m, dict, runs[r].keys, runs[r].spread);
                if (i % 50 == 0)
                    model_check(&m, dict);
            }
            model_check(&m, dict);
            PyObject *copy = PyDict_Copy(dict);
            model_check(&m, copy);
            assert_int_equal(PyObject_RichCompareBool(copy, dict, Py_EQ), 1);
            PyDict_Clear(dict);
            assert_int_equal(PyDict_Size(dict), 0);
            assert_int_equal(PyObject_RichCompareBool(copy, dict, Py_EQ), m.used == 0);
            Py_DECREF(dict);
            model_check(&m, copy);
            Py_DECREF(copy);
            assert_int_equal(keys_alive, 0);
        }
}

static void references(void **state)
{
    (void)state;
    PyObject *k = key_new(1), *again = key_new(1), *v = key_new(2), *dict = PyDict_New(), *result;
    assert_int_equal(PyDict_SetItem(dict, k, v), 0);
    assert_int_equal(Py_REFCNT(k), 2);
    assert_int_equal(Py_REFCNT(v), 2);
    assert_int_equal(PyDict_SetItem(dict, again, v), 0); /* the first key stays */
    assert_int_equal(Py_REFCNT(again), 1);
    assert_int_equal(Py_REFCNT(v), 2);
    assert_ptr_equal(PyDict_GetItem(dict, again), v);
    assert_ptr_equal(PyDict_SetDefault(dict, again, Py_None), v);
    assert_int_equal(Py_REFCNT(v), 2); /* both borrowed */
    assert_int_equal(PyDict_GetItemRef(dict, k, &result), 1);
    assert_int_equal(Py_REFCNT(v), 3);
    Py_DECREF(result);
    PyObject *keys = PyDict_Keys(dict), *values = PyDict_Values(dict), *items = PyDict_Items(dict);
    assert_ptr_equal(PyList_GET_ITEM(keys, 0), k);
    assert_ptr_equal(PyList_GET_ITEM(values, 0), v);
    assert_ptr_equal(PyTuple_GET_ITEM(PyList_GET_ITEM(items, 0), 1), v);
    assert_int_equal(Py_REFCNT(v), 4);
    Py_DECREF(keys);
    Py_DECREF(values);
    Py_DECREF(items);
    assert_int_equal(PyDict_Pop(dict, k, NULL), 1);
    assert_int_equal(Py_REFCNT(k), 1);
    assert_int_equal(Py_REFCNT(v), 1);
    assert_int_equal(PyDict_Pop(dict, k, &result), 0);
    assert_null(result);
    Py_DECREF(dict);
    Py_DECREF(k);
    Py_DECREF(again);
    Py_DECREF(v);
    assert_int_equal(keys_alive, 0);
}

static void wrong_arguments(void **state)
{
    (void)state;
    PyObject *dict = PyDict_New(), *list = PyList_New(0), *bad = key_with_hash(1, -1), *result;
    assert_int_equal(PyDict_SetItem(list, Py_None, Py_None), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyDict_DelItem(list, Py_None), -1);
    assert_error(PyExc_SystemError);
    assert_int_equal(PyDict_Size(list), -1);
    assert_error(PyExc_SystemError);
    assert_null(PyDict_Keys(list));
    assert_error(PyExc_SystemError);
    assert_null(PyDict_Items(list));
    assert_error(PyExc_SystemError);
    assert_null(PyDict_Copy(NULL));
    assert_error(PyExc_SystemError);
    assert_null(PyDict_GetItem(list, Py_None));
    assert_null(PyErr_Occurred());
    assert_int_equal(PyDict_SetItem(dict, list, Py_None), -1); /* cannot be hashed */
    assert_error(PyExc_TypeError);
    assert_int_equal(PyDict_SetItem(dict, bad, Py_None), -1);
    assert_error(PyExc_ValueError);
    assert_int_equal(PyDict_GetItemRef(dict, bad, &result), -1);
    assert_null(result);
    assert_error(PyExc_ValueError);
    assert_null(PyDict_GetItem(dict, bad));
    assert_null(PyErr_Occurred());
    assert_int_equal(PyDict_Contains(dict, bad), -1);
    assert_error(PyExc_ValueError);
    PyDict_Clear(list); /* nothing */
    Py_DECREF(dict);
    Py_DECREF(list);
    Py_DECREF(bad);
    assert_int_equal(keys_alive, 0);
}

/* Strings, and dicts that go over from strings alone to keys of all kinds and back. */
static void strings(void **state)
{
    (void)state;
    for (long count = 0; count < 60; count++) {
        PyObject *dict = PyDict_New(), *number = PyTuple_Pack(1, Py_None), *found, *same_number = PyTuple_Pack(1, Py_None);
        char name[20];
        for (long i = 0; i < count; i++) {
            snprintf(name, sizeof name, "name %ld", i);
            PyObject *k = PyUnicode_FromString(name), *v = PyLong_FromLong(i);
            assert_int_equal(PyDict_SetItem(dict, k, v), 0);
            Py_DECREF(k);
            Py_DECREF(v);
        }
        if (count % 3)
            assert_int_equal(PyDict_SetItem(dict, number, number), 0);
        for (long i = 0; i < count + 3; i++) {
            snprintf(name, sizeof name, "name %ld", i);
            PyObject *k = PyUnicode_FromString(name);
            assert_int_equal(PyDict_GetItemRef(dict, k, &found), i < count);
            assert_true(found == NULL || PyLong_AsLong(found) == i);
            Py_XDECREF(found);
            assert_int_equal(i >= count ? 0 : PyDict_DelItem(dict, k), 0);
            assert_int_equal(PyDict_Contains(dict, same_number), count % 3 != 0);
            Py_DECREF(k);
        }
        assert_int_equal(PyDict_Size(dict), count % 3 != 0);
        assert_int_equal(PyDict_SetItem(dict, number, number), 0);
        assert_int_equal(PyDict_DelItem(dict, number), 0);
        assert_int_equal(PyDict_SetItemString(dict, "a", number), 0);
        assert_ptr_equal(PyDict_GetItemString(dict, "a"), number);
        assert_int_equal(PyDict_ContainsString(dict, "a"), 1);
        assert_int_equal(PyDict_ContainsString(dict, "b"), 0);
        assert_null(PyDict_GetItemString(dict, "b"));
        assert_int_equal(PyDict_GetItemStringRef(dict, "a", &found), 1);
        Py_DECREF(found);
        assert_int_equal(PyDict_PopString(dict, "a", &found), 1);
        Py_DECREF(found);
        assert_int_equal(PyDict_DelItemString(dict, "a"), -1);
        assert_error(PyExc_KeyError);
        Py_DECREF(number);
        Py_DECREF(same_number);
        Py_DECREF(dict);
    }
}

/* Comparisons that change the dict which is being searched. ---------------------------------------------------------------- */

static PyObject *victim;
static int changes_left, change_kind;

static int change_at_compare(PyObject *self, PyObject *other)
{
    (void)other;
    if (changes_left-- <= 0)
        return 0;
    key_at_compare = NULL;
    PyObject *k;
    switch (change_kind) {
    case 0: PyDict_Clear(victim); break;
    case 1: PyDict_Pop(victim, self, NULL); break; /* what is being compared */
    case 2: /* grow beyond this table */
        for (long i = 100; i < 140; i++) {
            k = key_with_hash(i, 7);
            assert_int_equal(PyDict_SetItem(victim, k, k), 0);
            Py_DECREF(k);
        }
        break;
    case 3: /* the very key that is being looked for */
        k = key_with_hash(50, 7);
        assert_int_equal(PyDict_SetItem(victim, k, k), 0);
        Py_DECREF(k);
        break;
    default: /* a table of the same size, perhaps in the same place, with the key in another entry */
        PyDict_Clear(victim);
        for (long i = 50; i < 54; i++) {
            k = key_with_hash(i, 7);
            assert_int_equal(PyDict_SetItem(victim, k, k), 0);
            Py_DECREF(k);
        }
    }
    key_at_compare = change_at_compare;
    return 0;
}

/* Is there no key twice, and is the dict sound? */
static void check_unique(PyObject *dict)
{
    Py_ssize_t at = 0, count = 0;
    PyObject *one;
    bool seen[200] = {false};
    key_at_compare = NULL;
    while (PyDict_Next(dict, &at, &one, NULL)) {
        assert_false(seen[((key *)one)->value]);
        seen[((key *)one)->value] = true;
        assert_int_equal(PyDict_Contains(dict, one), 1);
        count++;
    }
    assert_int_equal(count, PyDict_Size(dict));
}

static void changed_by_comparisons(void **state)
{
    (void)state;
    for (change_kind = 0; change_kind < 5; change_kind++)
        for (int size = 1; size < 30; size++)
            for (int times = 1; times < 4; times++)
                for (int operation = 0; operation < 4; operation++) {
                    victim = PyDict_New();
                    for (long i = 0; i < size; i++) {
                        PyObject *k = key_with_hash(i, 7);
                        assert_int_equal(PyDict_SetItem(victim, k, k), 0);
                        Py_DECREF(k);
                    }
                    PyObject *sought = key_with_hash(50, 7), *result = NULL, *first = key_with_hash(0, 7);
                    if (size > 1) /* its place in the index is passed by every search, and must not be taken by a key that comes in */
                        assert_int_equal(PyDict_DelItem(victim, first), 0);
                    Py_DECREF(first);
                    changes_left = times;
                    key_at_compare = change_at_compare;
                    if (operation == 0)
                        assert_int_equal(PyDict_SetItem(victim, sought, sought), 0);
                    else if (operation == 1)
                        assert_int_not_equal(PyDict_SetDefaultRef(victim, sought, sought, &result), -1);
                    else if (operation == 2)
                        assert_int_not_equal(PyDict_Pop(victim, sought, &result), -1);
                    else
                        assert_int_not_equal(PyDict_GetItemRef(victim, sought, &result), -1);
                    check_unique(victim);
                    Py_XDECREF(result);
                    Py_DECREF(sought);
                    Py_DECREF(victim);
                    assert_int_equal(keys_alive, 0);
                }
}

static int replace_at_compare(PyObject *self, PyObject *other)
{
    (void)other;
    key_at_compare = NULL;
    PyObject *k = key_with_hash(60, 7);
    assert_int_equal(PyDict_Pop(victim, self, NULL), 1);
    assert_int_equal(PyDict_SetItem(victim, k, Py_False), 0);
    Py_DECREF(k);
    return 0;
}

/* The last key, which is equal, goes while it is compared, and another one comes into its place. */
static void replaced_by_comparisons(void **state)
{
    (void)state;
    for (long size = 1; size < 30; size++) {
        PyObject *sought = key_with_hash(50, 7), *other = key_with_hash(60, 7);
        victim = PyDict_New();
        for (long i = size - 1; i >= 0; i--) {
            PyObject *k = key_with_hash(50 - i, i == 0 ? 7 : 8);
            assert_int_equal(PyDict_SetItem(victim, k, Py_None), 0);
            Py_DECREF(k);
        }
        key_at_compare = replace_at_compare;
        assert_int_equal(PyDict_SetItem(victim, sought, Py_True), 0);
        assert_ptr_equal(PyDict_GetItem(victim, sought), Py_True);
        assert_ptr_equal(PyDict_GetItem(victim, other), Py_False);
        assert_int_equal(PyDict_Size(victim), size + 1);
        Py_DECREF(sought);
        Py_DECREF(other);
        Py_DECREF(victim);
        assert_int_equal(keys_alive, 0);
    }
}

static int fail_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    (void)other;
    return 1;
}

static void failing_comparisons(void **state)
{
    (void)state;
    PyObject *dict = PyDict_New(), *k = key_with_hash(1, 7), *other = key_with_hash(2, 7), *result;
    PyDict_SetItem(dict, k, k);
    key_at_compare = fail_at_compare;
    assert_int_equal(PyDict_SetItem(dict, other, other), -1);
    assert_error(PyExc_ValueError);
    assert_int_equal(PyDict_DelItem(dict, other), -1);
    assert_error(PyExc_ValueError);
    assert_int_equal(PyDict_Pop(dict, other, &result), -1);
    assert_error(PyExc_ValueError);
    assert_null(PyDict_GetItem(dict, other)); /* the error is dropped */
    assert_null(PyErr_Occurred());
    assert_null(PyDict_GetItemWithError(dict, other));
    assert_error(PyExc_ValueError);
    key_at_compare = NULL;
    assert_int_equal(PyDict_Size(dict), 1);
    Py_DECREF(dict);
    Py_DECREF(k);
    Py_DECREF(other);
    assert_int_equal(keys_alive, 0);
}

/* The destructor of what is taken out finds a dict that is whole, and changes it. */
static void put_at_dealloc(PyObject *self)
{
    if (((key *)self)->value < 10) {
        PyObject *k = key_new(((key *)self)->value + 50);
        assert_int_equal(PyDict_SetItem(victim, k, k), 0);
        Py_DECREF(k);
        assert_int_equal(PyDict_Contains(victim, Py_None), 1);
    }
}

static void changed_by_destructors(void **state)
{
    (void)state;
    PyObject *sought[5];
    victim = PyDict_New();
    for (long i = 0; i < 10; i++) {
        PyObject *k = key_new(i), *v = key_new(i);
        assert_int_equal(PyDict_SetItem(victim, k, v), 0);
        Py_DECREF(k);
        Py_DECREF(v);
    }
    assert_int_equal(PyDict_SetItem(victim, Py_None, Py_None), 0);
    for (long i = 0; i < 5; i++)
        sought[i] = key_new(i);
    key_at_dealloc = put_at_dealloc;
    for (long i = 0; i < 5; i++) {
        assert_int_equal(PyDict_SetItem(victim, sought[i], Py_None), 0); /* the old value goes */
        assert_int_equal(PyDict_DelItem(victim, sought[i]), 0);          /* the key goes */
    }
    assert_int_equal(PyDict_Size(victim), 11);
    key_at_dealloc = NULL;
    assert_int_equal(PyDict_DelItem(victim, Py_None), 0);
    check_unique(victim);
    for (long i = 0; i < 5; i++)
        Py_DECREF(sought[i]);
    Py_DECREF(victim);
    assert_int_equal(keys_alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations),  cmocka_unit_test(references), cmocka_unit_test(strings), cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(changed_by_comparisons), cmocka_unit_test(replaced_by_comparisons), cmocka_unit_test(failing_comparisons),
        cmocka_unit_test(changed_by_destructors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
