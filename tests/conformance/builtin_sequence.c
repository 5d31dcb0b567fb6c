/* builtin_sequence.c: items, sequences and mappings of every type, slices, sorting, merging, recursive reprs, capsules.
 * Read first: containers.h. */
#include "containers.h"

static PyObject *some[8];
enum { SOME_COUNT = 8 };

static void make_some(void)
{
    Py_Initialize();
    some[0] = numbers(0, 4);
    some[1] = PyList_AsTuple(some[0]);
    some[2] = PyDict_New();
    some[3] = number(7);
    some[4] = PySet_New(NULL);
    some[5] = PyUnicode_FromString("abc");
    some[6] = PyObject_GetIter(some[0]);
    some[7] = Py_None;
    PyObject *one = number(1);
    PyDict_SetItem(some[2], one, some[5]);
}

/* What one call says of each of them. */
#define EACH(name, check, call)                 \
    for (int i = 0; i < SOME_COUNT; i++) {      \
        PyObject *op = some[i];                 \
        check(check_join(name, Py_TYPE(op)->tp_name), call); \
    }

static void protocols(void)
{
    make_some();
    PyObject *one = number(1), *big = PyLong_FromUnsignedLongLong(~0ULL), *text = PyUnicode_FromString("x");
    EACH("size", check_number, PyObject_Size(op))
    EACH("hint", check_number, PyObject_LengthHint(op, i == 6 ? 4 : 9))
    EACH("get", check_object, PyObject_GetItem(op, one))
    EACH("get_big", check_object, PyObject_GetItem(op, big))
    EACH("get_text", check_object, PyObject_GetItem(op, text))
    EACH("set_text", check_number, i == 2 ? 0 : PyObject_SetItem(op, text, Py_None))
    EACH("set", check_number, PyObject_SetItem(op, one, Py_None))
    EACH("delete_text", check_number, PyObject_DelItem(op, text))
    EACH("delete", check_number, PyObject_DelItem(op, one))
    EACH("delete_again", check_number, PyObject_DelItem(op, one))
    check_kept("list", some[0]);
    check_kept("dict", some[2]);
    make_some();
    EACH("is_sequence", check_number, PySequence_Check(op))
    EACH("is_mapping", check_number, PyMapping_Check(op))
    EACH("sequence_size", check_number, PySequence_Size(op))
    EACH("mapping_size", check_number, PyMapping_Size(op))
    for (Py_ssize_t k = -5; k < 5; k += 3) {
        EACH("sequence_get", check_object, PySequence_GetItem(op, k))
        EACH("sequence_slice", check_object, i == 2 ? PyList_New(0) : PySequence_GetSlice(op, k, k + 4)) /* 3.12: slices have hashes */
    }
    EACH("sequence_set", check_number, PySequence_SetItem(op, -1, Py_None))
    EACH("sequence_delete", check_number, PySequence_DelItem(op, 0))
    EACH("set_slice", check_number, i == 2 ? 0 : PySequence_SetSlice(op, 1, 2, some[1]))
    EACH("delete_slice", check_number, i == 2 ? 0 : PySequence_DelSlice(op, 0, 1))
    EACH("contains", check_number, PySequence_Contains(op, i == 5 ? text : one))
    some[6] = PyObject_GetIter(some[0]);
    EACH("count", check_number, PySequence_Count(op, one))
    some[6] = PyObject_GetIter(some[0]);
    EACH("index", check_number, PySequence_Index(op, one))
    EACH("concat", check_object, i == 5 ? PyList_New(0) : PySequence_Concat(op, some[0]))
    EACH("repeat", check_object, PySequence_Repeat(op, 2))
    EACH("inplace_concat", check_object, i == 5 ? PyList_New(0) : PySequence_InPlaceConcat(op, some[1]))
    EACH("inplace_repeat", check_object, PySequence_InPlaceRepeat(op, 2))
    some[6] = PyObject_GetIter(some[0]);
    EACH("tuple", check_object, PySequence_Tuple(op))
    EACH("as_list", check_object, PySequence_List(op))
    EACH("fast", check_object, PySequence_Fast(op, "not that"))
    check_number("has_key", PyMapping_HasKey(some[2], one)); /* of others, some versions say what they have dropped */
    check_number("has_key_string", PyMapping_HasKeyString(some[2], "x"));
    EACH("get_string", check_object, PyMapping_GetItemString(op, "x"))
    check_object("keys", PyMapping_Keys(some[2]));
    check_object("values", PyMapping_Values(some[2]));
    check_object("items", PyMapping_Items(some[2]));
    check_object("null_get", PyObject_GetItem(NULL, one));
    check_number("null_size", PyObject_Size(NULL));
    check_object("sequence_iterator", PySeqIter_New(some[1]));
}

static void slices(void)
{
    make_some();
    static const long starts[] = {-100, -3, 0, 2, 5, 100}, steps[] = {-3, -1, 1, 2, 100};
    PyObject *none = PySlice_New(NULL, NULL, NULL), *big = PyLong_FromUnsignedLongLong(~0ULL);
    Py_ssize_t start, stop, step, count;
    check_kept("none", none);
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
            for (int k = 0; k < 5; k++) {
                PyObject *slice = PySlice_New(number(starts[i]), number(starts[j]), number(steps[k]));
                check_number("unpack", PySlice_Unpack(slice, &start, &stop, &step));
                check_text("unpacked", "%zd %zd %zd", start, stop, step);
                for (Py_ssize_t length = 0; length < 7; length += 3) {
                    check_number("indices", PySlice_GetIndicesEx(slice, length, &start, &stop, &step, &count));
                    check_text("cut", "%zd %zd %zd %zd", start, stop, step, count);
                }
                PyObject *list = numbers(0, 5);
                check_object("get", PyObject_GetItem(list, slice));
                check_object("get_of_tuple", PyObject_GetItem(PyList_AsTuple(list), slice));
                check_object("get_of_text", PyObject_GetItem(some[5], slice));
                check_number("set", PyObject_SetItem(list, slice, some[1]));
                check_kept("set_list", list);
                check_number("delete", PyObject_DelItem(list, slice));
                check_object("deleted", list);
            }
    check_number("big", PySlice_Unpack(PySlice_New(big, NULL, big), &start, &stop, &step));
    check_text("big_unpacked", "%zd %zd %zd", start, stop, step);
    check_number("zero", PySlice_Unpack(PySlice_New(NULL, NULL, number(0)), &start, &stop, &step));
    check_number("text", PySlice_Unpack(PySlice_New(some[5], NULL, NULL), &start, &stop, &step));
    check_number("set_none", PyObject_SetItem(some[0], PySlice_New(NULL, NULL, number(2)), Py_None));
    check_object("compare", PyObject_RichCompare(PySlice_New(number(1), NULL, NULL), PySlice_New(number(2), NULL, NULL), Py_LT));
    check_number("equal", PyObject_RichCompareBool(none, PySlice_New(NULL, NULL, NULL), Py_EQ));
    check_kept("ellipsis", Py_Ellipsis);
    check_text("name", "%s", Py_TYPE(Py_Ellipsis)->tp_name);
}

static void sorted(void)
{
    Py_Initialize();
    PyObject *list = PyList_New(0);
    for (long i = 0; i < 200; i++)
        PyList_Append(list, number(i * 7919 % 211 - 100));
    check_number("sort", PyList_Sort(list));
    check_kept("sorted", list);
    check_number("reverse", PyList_Reverse(list));
    check_number("sort_again", PyList_Sort(list));
    check_number("append_none", PyList_Append(list, Py_None));
    check_number("sort_mixed", PyList_Sort(list));
    check_number("still", PyList_Size(list));
}

static void merged(void)
{
    make_some();
    PyObject *dict = PyDict_New(), *other = PyDict_New(), *pairs;
    for (long i = 0; i < 20; i++) {
        PyDict_SetItem(dict, number(i), number(i));
        PyDict_SetItem(other, number(2 * i), Py_None);
    }
    PyObject *copy = PyDict_Copy(dict);
    check_number("merge", PyDict_Merge(copy, other, 0));
    check_kept("merged", copy);
    check_number("update", PyDict_Update(dict, other));
    check_kept("updated", dict);
    check_number("update_self", PyDict_Update(dict, dict));
    EACH("update", check_number, PyDict_Update(dict, op))
    pairs = PyDict_Items(other);
    check_number("pairs", PyDict_MergeFromSeq2(copy, pairs, 0));
    check_number("pairs_override", PyDict_MergeFromSeq2(copy, pairs, 1));
    check_kept("pairs_merged", copy);
    EACH("pairs", check_number, PyDict_MergeFromSeq2(copy, op, 1))
    PyList_Append(pairs, some[1]);
    check_number("pairs_of_four", PyDict_MergeFromSeq2(copy, pairs, 1));
    PyList_SetItem(pairs, 3, number(3));
    check_number("pairs_of_int", PyDict_MergeFromSeq2(copy, pairs, 1));
    check_number("string", PyDict_SetItemString(copy, "name", Py_None));
    check_kept("get_string", PyDict_GetItemString(copy, "name"));
    check_number("delete_string", PyDict_DelItemString(copy, "name"));
    check_number("delete_string_again", PyDict_DelItemString(copy, "name"));
    PyObject *iterator = PyObject_GetIter(copy);
    check_text("iterator", "%s", Py_TYPE(iterator)->tp_name);
    check_object("first", PyIter_Next(iterator));
    PyDict_SetItemString(copy, "name", Py_None);
    check_object("changed", PyIter_Next(iterator));
}

static void unions(void)
{
    make_some();
    check_object("or", PyNumber_Or(some[2], some[2]));
    check_object("or_list", PyNumber_Or(some[2], some[0]));
}

static void recursive(void)
{
    Py_Initialize();
    PyObject *list = PyList_New(0), *dict = PyDict_New(), *tuple = PyTuple_New(1);
    PyList_Append(list, list);
    PyList_Append(list, dict);
    PyDict_SetItemString(dict, "d", dict);
    PyDict_SetItemString(dict, "l", list);
    PyTuple_SetItem(tuple, 0, list);
    check_text("list", "%s", PyUnicode_AsUTF8(PyObject_Repr(list)));
    check_text("dict", "%s", PyUnicode_AsUTF8(PyObject_Repr(dict)));
    check_text("tuple", "%s", PyUnicode_AsUTF8(PyObject_Repr(tuple)));
    PyObject *items[] = {PySet_New(NULL), PyFrozenSet_New(NULL), PySlice_New(Py_None, Py_Ellipsis, NULL), Py_Ellipsis, PyTuple_New(0)};
    for (int i = 0; i < 5; i++)
        check_text("repr", "%s", PyUnicode_AsUTF8(PyObject_Repr(items[i])));
    PySet_Add(items[0], Py_None);
    PySet_Add(items[1], Py_None);
    for (int i = 0; i < 2; i++)
        check_text("repr_of_one", "%s", PyUnicode_AsUTF8(PyObject_Repr(items[i])));
    check_number("equal", PyObject_RichCompareBool(list, list, Py_EQ));
}

static void capsules(void)
{
    Py_Initialize();
    static int place;
    char name[] = "a.name";
    PyObject *capsule = PyCapsule_New(&place, "a.name", NULL);
    check_object("null", PyCapsule_New(NULL, "a.name", NULL));
    check_bool("pointer", PyCapsule_GetPointer(capsule, name) == &place);
    check_bool("valid", PyCapsule_IsValid(capsule, name));
    check_bool("valid_other", PyCapsule_IsValid(capsule, "b.name"));
    check_bool("valid_null", PyCapsule_IsValid(capsule, NULL));
    check_pointer("wrong", PyCapsule_GetPointer(capsule, "b.name"));
    check_object("wrong_error", NULL);
    check_pointer("of_none", PyCapsule_GetPointer(Py_None, NULL));
    check_object("of_none_error", NULL);
    check_pointer("name_of_none", PyCapsule_GetName(Py_None));
    check_object("name_of_none_error", NULL);
    check_number("set_null", PyCapsule_SetPointer(capsule, NULL));
    check_number("set_name", PyCapsule_SetName(capsule, NULL));
    check_bool("valid_after", PyCapsule_IsValid(capsule, NULL));
    check_number("set_context_of_none", PyCapsule_SetContext(Py_None, NULL));
    check_text("type", "%s", Py_TYPE(capsule)->tp_name);
}

static const check_case cases[] = {
    {"protocols", protocols, NULL}, {"slices", slices, NULL},       {"sorted", sorted, NULL},
    {"merged", merged, NULL},       {"unions", unions, NULL},       {"recursive", recursive, NULL},
    {"capsules", capsules, NULL},
};
CHECK_MAIN(cases)
