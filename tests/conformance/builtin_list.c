/* builtin_list.c: lists as C code sees them. Owns: PyList_* and the type's slots. Read first: check.h. */
#include "check.h"

/* The exception that is set, cleared. */
static void check_error(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}

static PyObject *some[3];

/* A list of `count` items: None, True, False, None, ... */
static PyObject *list_of(Py_ssize_t count)
{
    PyObject *made = PyList_New(count);
    some[0] = Py_None, some[1] = Py_True, some[2] = Py_False;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_INCREF(some[i % 3]);
        PyList_SET_ITEM(made, i, some[i % 3]);
    }
    return made;
}

static void check_list(const char *name, PyObject *list)
{
    char text[200] = "NULL";
    for (Py_ssize_t i = 0; list != NULL && i <= PyList_GET_SIZE(list); i++) {
        PyObject *item = i < PyList_GET_SIZE(list) ? PyList_GET_ITEM(list, i) : NULL;
        text[i] = item == NULL ? 0 : item == Py_None ? 'N' : item == Py_True ? 'T' : item == Py_False ? 'F' : '?';
    }
    check_text(name, "%s", text);
}

static void limits(void)
{
    Py_Initialize();
    PyObject *list = list_of(3);
    check_pointer("negative", PyList_New(-1));
    check_error("negative_error");
    check_int("size_of_none", PyList_Size(Py_None));
    check_error("size_of_none_error");
    for (Py_ssize_t i = -2; i < 5; i++) {
        check_pointer("item", PyList_GetItem(list, i));
        check_error("item_error");
        PyObject *other = list_of(4);
        check_int("insert", PyList_Insert(other, i, Py_False));
        check_list("inserted", other);
        Py_INCREF(Py_True);
        check_int("set", PyList_SetItem(list, i, Py_True));
        check_error("set_error");
        for (Py_ssize_t k = -2; k < 5; k++) {
            check_list("slice", PyList_GetSlice(list, i, k));
            Py_DECREF(other);
            other = list_of(4);
            check_int("set_slice", PyList_SetSlice(other, i, k, list));
            check_list("slice_set", other);
            check_int("delete_slice", PyList_SetSlice(other, i, k, NULL));
            check_list("slice_deleted", other);
        }
        Py_DECREF(other);
    }
    check_int("set_slice_self", PyList_SetSlice(list, 1, 2, list));
    check_list("slice_set_self", list);
    check_int("set_slice_none", PyList_SetSlice(list, 1, 2, Py_None));
    check_error("set_slice_none_error");
    check_int("set_slice_of_none", PyList_SetSlice(Py_None, 1, 2, NULL));
    check_error("set_slice_of_none_error");
    check_int("append_to_none", PyList_Append(Py_None, Py_None));
    check_error("append_to_none_error");
    check_int("append_null", PyList_Append(list, NULL));
    check_error("append_null_error");
    check_int("reverse", PyList_Reverse(list));
    check_list("reversed", list);
    check_int("reverse_none", PyList_Reverse(Py_None));
    check_error("reverse_none_error");
    check_int("tuple", PyTuple_Size(PyList_AsTuple(list)));
    check_pointer("tuple_of_none", PyList_AsTuple(Py_None));
    check_error("tuple_of_none_error");
}

static void compared(void)
{
    static const int ops[] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    Py_Initialize();
    PyObject *lists[4] = {PyList_New(0), list_of(2), list_of(3), list_of(3)};
    PyList_SetItem(lists[3], 0, PyList_New(0));
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            for (int op = 0; op < 6; op++) {
                check_int("compare", PyObject_RichCompareBool(lists[a], lists[b], ops[op]));
                check_error("compare_error");
            }
    check_int("with_tuple", PyObject_RichCompareBool(lists[0], PyTuple_New(0), Py_EQ));
    check_int("less_than_tuple", PyObject_RichCompareBool(lists[0], PyTuple_New(0), Py_LT));
    check_error("less_than_tuple_error");
    check_int("hash", (long long)PyObject_Hash(lists[0]));
    check_error("hash_error");
    check_int("true", PyObject_IsTrue(lists[1]));
    check_int("empty_true", PyObject_IsTrue(lists[0]));
    check_text("name", "%s", PyList_Type.tp_name);
}

static void slots(void)
{
    Py_Initialize();
    PySequenceMethods *methods = PyList_Type.tp_as_sequence;
    PyObject *two = list_of(2), *five = list_of(5), *iterator, *item;
    check_int("length", methods->sq_length(five));
    check_list("sum", methods->sq_concat(two, five));
    check_pointer("sum_none", methods->sq_concat(two, Py_None));
    check_error("sum_none_error");
    check_pointer("sum_tuple", methods->sq_concat(two, PyTuple_New(0)));
    check_error("sum_tuple_error");
    for (int i = -1; i < 4; i++)
        check_list("repeat", methods->sq_repeat(two, i));
    check_int("contains", methods->sq_contains(two, Py_True));
    check_int("contains_not", methods->sq_contains(two, Py_False));
    check_pointer("item_outside", methods->sq_item(two, 2));
    check_error("item_outside_error");
    check_int("set", methods->sq_ass_item(two, 1, Py_False));
    check_list("was_set", two);
    check_int("delete", methods->sq_ass_item(two, 0, NULL));
    check_list("deleted", two);
    check_int("set_outside", methods->sq_ass_item(two, 1, Py_False));
    check_error("set_outside_error");
    check_bool("inplace_concat", methods->sq_inplace_concat(two, PyTuple_Pack(2, Py_None, Py_True)) == two);
    check_list("concatenated", two);
    check_pointer("inplace_concat_none", methods->sq_inplace_concat(two, Py_None));
    check_error("inplace_concat_none_error");
    check_bool("inplace_repeat", methods->sq_inplace_repeat(two, 2) == two);
    check_list("repeated", two);
    check_bool("inplace_repeat_never", methods->sq_inplace_repeat(two, -2) == two);
    check_list("repeated_never", two);
    iterator = PyObject_GetIter(five);
    check_text("iterator", "%s", Py_TYPE(iterator)->tp_name);
    PyList_SetSlice(five, 0, 2, NULL);
    while ((item = PyIter_Next(iterator)) != NULL)
        check_bool("next", item == Py_None);
    check_error("end");
}

static void deep(void)
{
    Py_Initialize();
    PyObject *top = PyList_New(0);
    for (int i = 0; i < 1000000; i++) {
        PyObject *next = PyList_New(1);
        PyList_SET_ITEM(next, 0, top);
        top = next;
    }
    Py_DECREF(top);
    check_text("deep", "gone");
}

static const check_case cases[] = {
    {"limits", limits, NULL}, {"compared", compared, NULL},
    {"slots", slots, NULL},   {"deep", deep, NULL}, {"deep_debug", deep, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
