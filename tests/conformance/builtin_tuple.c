/* builtin_tuple.c: tuples as C code sees them. Owns: PyTuple_* and the type's slots. Read first: check.h. */
#include "check.h"

/* The exception that is set, cleared. */
static void check_error(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}

static void limits(void)
{
    Py_Initialize();
    PyObject *two = PyTuple_Pack(2, Py_None, Py_True), *part;
    check_pointer("negative", PyTuple_New(-1));
    check_error("negative_error");
    check_int("size_of_none", PyTuple_Size(Py_None));
    check_error("size_of_none_error");
    check_int("size", PyTuple_Size(two));
    for (Py_ssize_t i = -1; i < 3; i++) {
        PyObject *item = PyTuple_GetItem(two, i);
        check_text("item", "%s", item == Py_None ? "None" : item == Py_True ? "True" : "NULL");
        check_error("item_error");
        for (Py_ssize_t k = -1; k < 4; k++) {
            part = PyTuple_GetSlice(two, i, k);
            check_int("slice", PyTuple_GET_SIZE(part));
            check_bool("slice_is_all", part == two);
            Py_DECREF(part);
        }
    }
    check_bool("one_empty", PyTuple_New(0) == PyTuple_Pack(0));
    Py_INCREF(two);
    check_int("set_shared", PyTuple_SetItem(two, 0, Py_False));
    check_error("set_shared_error");
    Py_DECREF(two);
    check_int("set", PyTuple_SetItem(two, 0, Py_False));
    check_int("set_outside", PyTuple_SetItem(two, 2, Py_False));
    check_error("set_outside_error");
    check_int("grow", _PyTuple_Resize(&two, 5));
    check_int("grown", PyTuple_Size(two));
    check_pointer("new_place", PyTuple_GET_ITEM(two, 4));
    check_int("shrink", _PyTuple_Resize(&two, 1));
    check_bool("kept", PyTuple_GET_ITEM(two, 0) == Py_False);
    Py_INCREF(two);
    check_int("resize_shared", _PyTuple_Resize(&two, 3));
    check_pointer("resized_shared", two);
    check_error("resize_shared_error");
}

static void slots(void)
{
    Py_Initialize();
    static const int ops[] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    PyObject *some[4] = {PyTuple_New(0), PyTuple_Pack(1, Py_False), PyTuple_Pack(2, Py_False, Py_None), PyTuple_Pack(1, Py_None)};
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++) {
            for (int op = 0; op < 6; op++)
                if ((a != 1 && a != 2) || b != 3 || op == 2 || op == 3)
                    if (a != 3 || (b != 1 && b != 2) || op == 2 || op == 3)
                        check_int("compare", PyObject_RichCompareBool(some[a], some[b], ops[op]));
            check_bool("hash", PyObject_Hash(some[a]) == PyObject_Hash(some[b]));
        }
    PySequenceMethods *methods = PyTuple_Type.tp_as_sequence;
    PyObject *sum = methods->sq_concat(some[1], some[2]), *thrice = methods->sq_repeat(some[2], 3);
    check_int("sum", methods->sq_length(sum));
    check_int("thrice", methods->sq_length(thrice));
    check_bool("twice_nothing", methods->sq_repeat(some[0], 2) == some[0]);
    check_bool("once", methods->sq_repeat(some[2], 1) == some[2]);
    check_int("contains", methods->sq_contains(thrice, Py_None));
    check_int("contains_not", methods->sq_contains(thrice, Py_True));
    check_pointer("concat_none", methods->sq_concat(some[1], Py_None));
    check_error("concat_none_error");
    check_pointer("item_outside", methods->sq_item(some[1], 1));
    check_error("item_outside_error");
    check_pointer("less", PyObject_RichCompare(some[1], Py_None, Py_LT));
    check_error("less_error");
    PyObject *iterator = PyObject_GetIter(thrice), *item;
    check_text("iterator", "%s", Py_TYPE(iterator)->tp_name);
    while ((item = PyIter_Next(iterator)) != NULL)
        check_bool("next", item == Py_None);
    check_error("end");
    check_int("true", PyObject_IsTrue(sum));
    check_int("empty_true", PyObject_IsTrue(some[0]));
    check_int("basicsize", PyTuple_Type.tp_basicsize - (Py_ssize_t)sizeof(PyVarObject));
    check_int("itemsize", PyTuple_Type.tp_itemsize);
    check_text("name", "%s", PyTuple_Type.tp_name);
}

static void deep(void)
{
    Py_Initialize();
    PyObject *top = PyTuple_New(0);
    for (int i = 0; i < 1000000; i++) {
        PyObject *next = PyTuple_Pack(1, top);
        Py_DECREF(top);
        top = next;
    }
    Py_DECREF(top);
    check_text("deep", "gone");
}

static const check_case cases[] = {{"limits", limits, NULL}, {"slots", slots, NULL}, {"deep", deep, NULL}, {"deep_debug", deep, "PYTHONMALLOC=debug"}};
CHECK_MAIN(cases)
