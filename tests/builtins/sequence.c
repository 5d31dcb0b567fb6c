/* sequence.c: sorting, slices with steps, dict views and iterators, merging, capsules; what the conformance sources cannot ask on
 * every CPython, or what changes things half-way. */
#include "keys.h"

static PyObject *numbers(long count, unsigned limit)
{
    PyObject *made = PyList_New(count);
    for (long i = 0; i < count; i++)
        PyList_SET_ITEM(made, i, key_with_hash(limit == 0 ? i : (long)random_below(limit), i)); /* hash: where it came from */
    return made;
}

static void sorted_and_stable(void **state)
{
    (void)state;
    for (long count = 0; count < 400; count += count < 40 ? 1 : 37)
        for (unsigned limit = 1; limit < 2000; limit *= 5) {
            PyObject *list = numbers(count, limit);
            long long sum = 0, after = 0;
            for (long i = 0; i < count; i++)
                sum += ((key *)PyList_GET_ITEM(list, i))->value * 31 + ((key *)PyList_GET_ITEM(list, i))->hash;
            assert_int_equal(PyList_Sort(list), 0);
            assert_int_equal(PyList_GET_SIZE(list), count);
            for (long i = 0; i < count; i++) {
                key *one = (key *)PyList_GET_ITEM(list, i), *next = i + 1 < count ? (key *)PyList_GET_ITEM(list, i + 1) : NULL;
                after += one->value * 31 + one->hash;
                assert_true(next == NULL || one->value < next->value || (one->value == next->value && one->hash < next->hash));
            }
            assert_true(sum == after);
            Py_DECREF(list);
            assert_int_equal(keys_alive, 0);
        }
    assert_int_equal(PyList_Sort(Py_None), -1);
    assert_error(PyExc_SystemError);
}

static PyObject *victim;
static int until_failure;

static int fail_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    (void)other;
    assert_int_equal(PyList_GET_SIZE(victim), 0); /* as good as empty meanwhile */
    return until_failure-- == 0;
}

static void sorting_fails(void **state)
{
    (void)state;
    for (long count = 2; count < 80; count += 11)
        for (int failing = 0; failing < 60; failing++) {
            bool seen[100] = {false};
            victim = numbers(count, 0);
            for (long i = 0; i < count / 2; i++)
                assert_int_equal(PyList_Reverse(victim), 0);
            until_failure = failing;
            key_at_compare = fail_at_compare;
            int result = PyList_Sort(victim);
            key_at_compare = NULL;
            if (result != 0)
                assert_error(PyExc_ValueError);
            assert_int_equal(PyList_GET_SIZE(victim), count);
            for (long i = 0; i < count; i++) {
                long value = ((key *)PyList_GET_ITEM(victim, i))->value;
                assert_false(seen[value]);
                seen[value] = true;
            }
            Py_DECREF(victim);
            assert_int_equal(keys_alive, 0);
        }
}

static long at_slice(PyObject *list, long i) { return ((key *)PyList_GET_ITEM(list, i))->value; }

static int append_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    return PyList_Size(victim) == 0 ? PyList_Append(victim, other) : 0;
}

/* What is put into a list while it is sorted is an error, and gone. */
static void changed_while_sorted(void **state)
{
    (void)state;
    for (long count = 2; count < 20; count++) {
        victim = numbers(count, 0);
        key_at_compare = append_at_compare;
        assert_int_equal(PyList_Sort(victim), -1);
        key_at_compare = NULL;
        assert_error(PyExc_ValueError);
        assert_int_equal(PyList_GET_SIZE(victim), count);
        for (long i = 0; i < count; i++)
            assert_int_equal(((key *)PyList_GET_ITEM(victim, i))->value, i);
        assert_int_equal(keys_alive, count);
        Py_DECREF(victim);
        assert_int_equal(keys_alive, 0);
    }
}

/* Every slice of lists of up to 6 items, read, assigned and deleted, against the plain definition. */
static void stepped_slices(void **state)
{
    (void)state;
    for (long size = 0; size < 7; size++)
        for (long start = -8; start < 9; start++)
            for (long stop = -8; stop < 9; stop++)
                for (long step = -3; step < 4; step++) {
                    if (step == 0)
                        continue;
                    PyObject *list = numbers(size, 0), *a = PyLong_FromLong(start), *b = PyLong_FromLong(stop), *c = PyLong_FromLong(step);
                    PyObject *slice = PySlice_New(a, b, c);
                    Py_ssize_t first, end, by, count;
                    assert_int_equal(PySlice_GetIndicesEx(slice, size, &first, &end, &by, &count), 0);
                    bool taken[8] = {false};
                    long seen = 0;
                    for (long i = first; step > 0 ? i < end : i > end; i += step, seen++)
                        taken[i] = true;
                    assert_int_equal(seen, count);
                    PyObject *part = PyObject_GetItem(list, slice);
                    assert_int_equal(PyList_GET_SIZE(part), count);
                    for (long i = 0; i < count; i++)
                        assert_int_equal(at_slice(part, i), first + i * step);
                    assert_int_equal(PyList_Reverse(part), 0);
                    assert_int_equal(PyObject_SetItem(list, slice, part), 0);
                    for (long i = 0; i < count; i++)
                        assert_int_equal(at_slice(list, first + i * step), first + (count - 1 - i) * step);
                    assert_int_equal(PyObject_SetItem(list, slice, list), count == size || step == 1 ? 0 : -1);
                    PyErr_Clear();
                    Py_SETREF(list, numbers(size, 0));
                    assert_int_equal(PyObject_DelItem(list, slice), 0);
                    assert_int_equal(PyList_GET_SIZE(list), size - count);
                    for (long i = 0, k = 0; i < size; i++)
                        if (!taken[i])
                            assert_int_equal(at_slice(list, k++), i);
                    Py_DECREF(part);
                    Py_DECREF(slice);
                    Py_DECREF(a);
                    Py_DECREF(b);
                    Py_DECREF(c);
                    Py_DECREF(list);
                    assert_int_equal(keys_alive, 0);
                }
}

/* A method by its name, with up to two arguments. */
static PyObject *method(PyObject *self, const char *name, PyObject *a, PyObject *b)
{
    PyObject *text = PyUnicode_FromString(name), *result = PyObject_CallMethodObjArgs(self, text, a, b, NULL);
    Py_DECREF(text);
    return result;
}

static void views(void **state)
{
    (void)state;
    PyObject *dict = PyDict_New(), *other = PyDict_New(), *item;
    for (long i = 0; i < 20; i++) {
        PyObject *k = PyLong_FromLong(i), *v = PyLong_FromLong(i * i);
        assert_int_equal(PyDict_SetItem(dict, k, v), 0);
        assert_int_equal(i % 2 ? 0 : PyDict_SetItem(other, k, k), 0);
        Py_DECREF(k);
        Py_DECREF(v);
    }
    PyObject *keys = method(dict, "keys", NULL, NULL), *others = method(other, "keys", NULL, NULL);
    PyObject *items = method(dict, "items", NULL, NULL), *values = method(dict, "values", NULL, NULL), *same;
    assert_int_equal(PyObject_Size(keys), 20);
    assert_int_equal(PyObject_RichCompareBool(others, keys, Py_LT), 1);
    assert_int_equal(PyObject_RichCompareBool(keys, others, Py_EQ), 0);
    assert_int_equal(PyObject_RichCompareBool(keys, others, Py_GE), 1);
    same = PyDictKeys_Type.tp_as_number->nb_and(keys, others);
    assert_int_equal(PyObject_RichCompareBool(same, others, Py_EQ), 1);
    assert_int_equal(PyObject_RichCompareBool(others, same, Py_EQ), 1);
    Py_DECREF(same);
    PyObject *iterator = PyObject_GetIter(items);
    for (long i = 0; (item = PyIter_Next(iterator)) != NULL; i++) {
        assert_int_equal(PyLong_AsLong(PyTuple_GET_ITEM(item, 1)), i * i);
        assert_int_equal(PySequence_Contains(items, item), 1);
        assert_int_equal(PySequence_Contains(values, PyTuple_GET_ITEM(item, 1)), 1);
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    iterator = PyObject_GetIter(keys);
    assert_int_equal(PyDict_SetItem(dict, Py_None, Py_None), 0);
    assert_null(PyIter_Next(iterator));
    assert_error(PyExc_RuntimeError);
    Py_DECREF(iterator);
    item = method(dict, "popitem", NULL, NULL);
    assert_ptr_equal(PyTuple_GET_ITEM(item, 0), Py_None);
    Py_DECREF(item);
    assert_ptr_equal(method(dict, "get", Py_None, NULL), Py_None);
    assert_ptr_equal(method(dict, "pop", Py_None, Py_True), Py_True);
    assert_null(method(dict, "pop", Py_None, NULL));
    assert_error(PyExc_KeyError);
    assert_null(method(dict, "get", NULL, NULL));
    assert_error(PyExc_TypeError);
    Py_DECREF(keys);
    Py_DECREF(others);
    Py_DECREF(items);
    Py_DECREF(values);
    Py_DECREF(dict);
    Py_DECREF(other);
}

/* What a method returns: a number, or True or False; it is given up. */
static long result_of(PyObject *made)
{
    assert_non_null(made);
    long value = PyLong_AsLong(made);
    Py_DECREF(made);
    return value;
}

static void list_methods(void **state)
{
    (void)state;
    PyObject *list = PyList_New(0), *numbers[5], *item;
    for (long i = 0; i < 5; i++) {
        numbers[i] = PyLong_FromLong(1000 + i);
        assert_ptr_equal(method(list, "append", numbers[i], NULL), Py_None);
    }
    assert_ptr_equal(method(list, "insert", PyLong_FromLong(1), numbers[4]), Py_None); /* 0 4 1 2 3 4 */
    assert_int_equal(result_of(method(list, "index", numbers[4], NULL)), 1);
    assert_int_equal(result_of(method(list, "index", numbers[4], PyLong_FromLong(2))), 5);
    assert_int_equal(result_of(method(list, "count", numbers[4], NULL)), 2);
    assert_ptr_equal(method(list, "remove", numbers[4], NULL), Py_None);
    item = method(list, "pop", PyLong_FromLong(0), NULL);
    assert_ptr_equal(item, numbers[0]);
    Py_DECREF(item);
    item = method(list, "pop", NULL, NULL);
    assert_ptr_equal(item, numbers[4]);
    Py_DECREF(item);
    assert_null(method(list, "remove", numbers[4], NULL));
    assert_error(PyExc_ValueError);
    assert_null(method(list, "index", numbers[4], NULL));
    assert_error(PyExc_ValueError);
    assert_null(method(list, "pop", PyLong_FromLong(3), NULL));
    assert_error(PyExc_IndexError);
    assert_null(method(list, "pop", Py_None, NULL));
    assert_error(PyExc_TypeError);
    assert_null(method(list, "insert", Py_None, NULL));
    assert_error(PyExc_TypeError);
    PyObject *copy = method(list, "copy", NULL, NULL);
    assert_ptr_equal(method(list, "reverse", NULL, NULL), Py_None);
    assert_int_equal(PyObject_RichCompareBool(list, copy, Py_EQ), 0);
    assert_ptr_equal(method(list, "sort", NULL, NULL), Py_None);
    assert_int_equal(PyObject_RichCompareBool(list, copy, Py_EQ), 1);
    assert_ptr_equal(method(list, "extend", copy, NULL), Py_None);
    assert_int_equal(PyList_GET_SIZE(list), 6);
    assert_ptr_equal(method(list, "clear", NULL, NULL), Py_None);
    assert_null(method(list, "pop", NULL, NULL));
    assert_error(PyExc_IndexError);
    for (long i = 0; i < 5; i++) {
        assert_int_equal(Py_REFCNT(numbers[i]), i > 0 && i < 4 ? 2 : 1);
        Py_DECREF(numbers[i]);
    }
    Py_DECREF(copy);
    Py_DECREF(list);
}

static void set_methods(void **state)
{
    (void)state;
    PyObject *list = PyList_New(0), *set = PySet_New(NULL), *made;
    for (long i = 0; i < 6; i++) {
        PyObject *number = PyLong_FromLong(i);
        assert_ptr_equal(method(set, "add", number, NULL), Py_None);
        assert_int_equal(i % 2 ? 0 : PyList_Append(list, number), 0);
        Py_DECREF(number);
    }
    static const struct { const char *name; Py_ssize_t size; } all[] = {
        {"union", 6}, {"intersection", 3}, {"difference", 3}, {"symmetric_difference", 3}};
    for (int i = 0; i < 4; i++) {
        made = method(set, all[i].name, list, NULL);
        assert_int_equal(PySet_Size(made), all[i].size);
        assert_ptr_equal(Py_TYPE(made), &PySet_Type);
        Py_DECREF(made);
        PyObject *frozen = PyFrozenSet_New(set);
        made = method(frozen, all[i].name, list, NULL);
        assert_int_equal(PySet_Size(made), all[i].size);
        assert_ptr_equal(Py_TYPE(made), &PyFrozenSet_Type);
        Py_DECREF(made);
        Py_DECREF(frozen);
    }
    assert_null(method(set, "union", Py_None, NULL));
    assert_error(PyExc_TypeError);
    assert_ptr_equal(method(set, "issuperset", list, NULL), Py_True);
    assert_ptr_equal(method(set, "issubset", list, NULL), Py_False);
    assert_ptr_equal(method(set, "isdisjoint", list, NULL), Py_False);
    assert_ptr_equal(method(set, "remove", Py_False, NULL), Py_None); /* 0 */
    assert_null(method(set, "remove", Py_False, NULL));
    assert_error(PyExc_KeyError);
    assert_ptr_equal(method(set, "discard", Py_False, NULL), Py_None);
    assert_ptr_equal(method(set, "update", list, NULL), Py_None);
    made = method(set, "copy", NULL, NULL);
    assert_int_equal(PyObject_RichCompareBool(made, set, Py_EQ), 1);
    assert_ptr_equal(method(set, "clear", NULL, NULL), Py_None);
    assert_null(method(set, "pop", NULL, NULL));
    assert_error(PyExc_KeyError);
    Py_DECREF(made);
    Py_DECREF(list);
    Py_DECREF(set);
}

static PyObject *changed;

static int grow_at_compare(PyObject *self, PyObject *other)
{
    (void)self;
    (void)other;
    key_at_compare = NULL;
    return PyDict_SetItem(changed, Py_None, Py_None);
}

static void merged(void **state)
{
    (void)state;
    PyObject *one = key_with_hash(1, 1), *again = key_with_hash(1, 1), *two = key_new(2), *dict = PyDict_New();
    changed = PyDict_New();
    assert_int_equal(PyDict_SetItem(dict, one, two), 0);
    assert_int_equal(PyDict_SetItem(changed, again, one), 0);
    assert_int_equal(PyDict_SetItem(changed, two, two), 0);
    assert_int_equal(PyDict_Merge(dict, changed, 0), 0);
    assert_int_equal(PyDict_Size(dict), 2);
    assert_ptr_equal(PyDict_GetItem(dict, one), two);
    assert_int_equal(PyDict_Update(dict, changed), 0);
    assert_ptr_equal(PyDict_GetItem(dict, one), one);
    key_at_compare = grow_at_compare;
    assert_int_equal(PyDict_Update(dict, changed), -1); /* it changes while it is read */
    assert_error(PyExc_RuntimeError);
    PyObject *pairs = PyDict_Items(changed);
    PyDict_Clear(dict);
    assert_int_equal(PyDict_MergeFromSeq2(dict, pairs, 1), 0);
    assert_int_equal(PyObject_RichCompareBool(dict, changed, Py_EQ), 1);
    assert_int_equal(PyList_Append(pairs, PyTuple_New(0)), 0);
    assert_int_equal(PyDict_MergeFromSeq2(dict, pairs, 1), -1);
    assert_error(PyExc_ValueError);
    assert_int_equal(PyList_SetItem(pairs, 0, Py_None), 0);
    assert_int_equal(PyDict_MergeFromSeq2(dict, pairs, 1), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(PyDict_Update(dict, pairs), -1);
    assert_error(PyExc_AttributeError);
    assert_int_equal(PyDict_Update(pairs, dict), -1);
    assert_error(PyExc_SystemError);
    Py_DECREF(pairs);
    Py_DECREF(dict);
    Py_DECREF(changed);
    Py_DECREF(one);
    Py_DECREF(again);
    Py_DECREF(two);
    assert_int_equal(keys_alive, 0);
}

static PyObject *shelf_keys(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("[ii]", 1, 2);
}

static PyObject *shelf_get(PyObject *self, PyObject *asked)
{
    (void)self;
    return PyTuple_Pack(1, asked);
}

static PyObject *missing(PyObject *self, PyObject *asked)
{
    (void)self;
    return PyTuple_Pack(1, asked);
}

/* A type that has keys() and items by key is a mapping; a type derived from dict may say what is there for what is not. */
static void mappings_by_methods(void **state)
{
    (void)state;
    static PyMethodDef methods[] = {{"keys", shelf_keys, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
    static PyMethodDef missing_methods[] = {{"__missing__", missing, METH_O, NULL}, {NULL, NULL, 0, NULL}};
    PyType_Slot slots[] = {{Py_mp_subscript, shelf_get}, {Py_tp_methods, methods}, {0, NULL}};
    PyType_Slot dict_slots[] = {{Py_tp_base, &PyDict_Type}, {Py_tp_methods, missing_methods}, {0, NULL}};
    PyType_Spec spec = {"test.Shelf", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, slots};
    PyType_Spec dict_spec = {"test.Default", sizeof(PyDictObject), 0, Py_TPFLAGS_DEFAULT, dict_slots};
    PyObject *type = PyType_FromSpec(&spec), *dict_type = PyType_FromSpec(&dict_spec), *none = Py_None;
    PyObject *shelf = PyObject_CallNoArgs(type), *dict = PyDict_New(), *keys = PyMapping_Keys(shelf);
    assert_int_equal(PyList_Size(keys), 2);
    assert_int_equal(PyDict_Update(dict, shelf), 0);
    assert_int_equal(PyDict_Size(dict), 2);
    assert_ptr_equal(PyDict_GetItem(dict, PyList_GET_ITEM(keys, 0)) != NULL ? none : NULL, none);
    PyObject *made = PyObject_CallOneArg((PyObject *)&PyDict_Type, shelf);
    assert_int_equal(PyObject_RichCompareBool(made, dict, Py_EQ), 1);
    Py_DECREF(made);
    assert_null(PyMapping_Values(shelf));
    assert_error(PyExc_AttributeError);
    made = PyObject_CallNoArgs(dict_type);
    PyObject *found = PyObject_GetItem(made, none);
    assert_true(PyTuple_CheckExact(found));
    assert_int_equal(PyDict_Size(made), 0);
    Py_DECREF(found);
    assert_null(PyObject_GetItem(dict, none));
    assert_error(PyExc_KeyError);
    found = PyObject_CallMethod(dict, "get", "(i)", 2);
    assert_true(PyTuple_CheckExact(found));
    Py_DECREF(found);
    Py_DECREF(made);
    Py_DECREF(keys);
    Py_DECREF(dict);
    Py_DECREF(shelf);
    Py_DECREF(type);
    Py_DECREF(dict_type);
}

static int ended;
static void note_end(PyObject *capsule)
{
    assert_ptr_equal(PyCapsule_GetPointer(capsule, "test.name"), &ended);
    ended++;
}

static void capsules(void **state)
{
    (void)state;
    char name[] = "test.name";
    ended = 0;
    PyObject *capsule = PyCapsule_New(&ended, name, note_end);
    assert_true(PyCapsule_IsValid(capsule, "test.name"));
    assert_false(PyCapsule_IsValid(capsule, NULL));
    assert_false(PyCapsule_IsValid(Py_None, NULL));
    assert_null(PyCapsule_GetPointer(capsule, "other"));
    assert_error(PyExc_ValueError);
    assert_null(PyCapsule_GetPointer(Py_None, NULL));
    assert_error(PyExc_ValueError);
    assert_null(PyCapsule_New(NULL, NULL, NULL));
    assert_error(PyExc_ValueError);
    assert_int_equal(PyCapsule_SetPointer(capsule, NULL), -1);
    assert_error(PyExc_ValueError);
    assert_null(PyCapsule_GetContext(capsule));
    assert_int_equal(PyCapsule_SetContext(capsule, name), 0);
    assert_ptr_equal(PyCapsule_GetContext(capsule), name);
    assert_ptr_equal(PyCapsule_GetName(capsule), name);
    assert_ptr_equal(PyCapsule_GetDestructor(capsule), note_end);
    Py_DECREF(capsule);
    assert_int_equal(ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_and_stable), cmocka_unit_test(sorting_fails), cmocka_unit_test(changed_while_sorted), cmocka_unit_test(stepped_slices),
        cmocka_unit_test(views),             cmocka_unit_test(list_methods), cmocka_unit_test(set_methods), cmocka_unit_test(mappings_by_methods), cmocka_unit_test(merged),        cmocka_unit_test(capsules),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
