/* builtin_rest.c: what else built-in types have: lists and dicts backwards, rounding, indices of slices, properties, sizes. Owns: the above. */
#include "text.h"

/* All that an iterator gives, as a list, with its hints of the length on the way. */
static void walk(const char *name, PyObject *iterator)
{
    PyObject *item, *list = PyList_New(0);
    if (iterator == NULL) {
        check_error(name);
        return;
    }
    check_text(check_join(name, "type"), "%s", Py_TYPE(iterator)->tp_name);
    check_int(check_join(name, "hint"), PyObject_LengthHint(iterator, -7));
    for (int i = 0; (item = PyIter_Next(iterator)) != NULL; i++) {
        PyList_Append(list, item);
        Py_DECREF(item);
        if (i == 1)
            check_int(check_join(name, "hint"), PyObject_LengthHint(iterator, -7));
    }
    check_error(check_join(name, "end"));
    check_object(name, list);
    check_bool(check_join(name, "again"), PyIter_Next(iterator) != NULL);
    PyErr_Clear();
    Py_DECREF(iterator);
}

static PyObject *backwards(PyObject *op) { return PyObject_CallMethod(op, "__reversed__", NULL); }

static void lists(void)
{
    Py_Initialize();
    PyObject *list = Py_BuildValue("[iiii]", 1, 2, 3, 4), *iterator;
    walk("four", backwards(list));
    walk("none", backwards(PyList_New(0)));
    iterator = backwards(list);
    Py_DECREF(PyIter_Next(iterator));
    PyList_SetSlice(list, 1, 4, NULL);
    walk("shorter", iterator);
    iterator = backwards(list);
    PyList_Append(list, Py_None);
    walk("longer", iterator);
    check_bool("iterator", PyIter_Check(backwards(list)));
}

static void dicts_since_3_8(void)
{
#if PY_VERSION_HEX >= 0x03080000
    Py_Initialize();
    PyObject *dict = Py_BuildValue("{s:i,s:i,s:i,s:i}", "a", 1, "b", 2, "c", 3, "d", 4), *iterator;
    walk("keys", backwards(dict));
    walk("view_keys", backwards(PyObject_CallMethod(dict, "keys", NULL)));
    walk("view_values", backwards(PyObject_CallMethod(dict, "values", NULL)));
    walk("view_items", backwards(PyObject_CallMethod(dict, "items", NULL)));
    walk("none", backwards(PyDict_New()));
    PyDict_DelItemString(dict, "b");
    PyDict_DelItemString(dict, "d");
    walk("with_gaps", backwards(dict));
    iterator = backwards(dict);
    PyDict_SetItemString(dict, "z", Py_None);
    walk("changed", iterator);
    dict = PyDict_New();
    for (long i = 0; i < 40; i++)
        PyDict_SetItem(dict, PyLong_FromLong(i), PyLong_FromLong(-i));
    for (long i = 3; i < 37; i++)
        PyDict_DelItem(dict, PyLong_FromLong(i));
    walk("many", backwards(PyObject_CallMethod(dict, "items", NULL)));
#endif
}

static void views(void)
{
    Py_Initialize();
    PyObject *dict = Py_BuildValue("{s:i,s:i}", "a", 1, "b", 2), *keys = PyObject_CallMethod(dict, "keys", NULL), *items = PyObject_CallMethod(dict, "items", NULL);
    check_call("apart", keys, "isdisjoint", "((ss))", "x", "y");
    check_call("common", keys, "isdisjoint", "([ss])", "x", "b");
    check_call("nothing", keys, "isdisjoint", "(())");
    check_call("items_apart", items, "isdisjoint", "([(si)])", "a", 2);
    check_call("items_common", items, "isdisjoint", "([(si)])", "a", 1);
    check_call("no_iterable", keys, "isdisjoint", "(i)", 3);
    check_call("no_hash", keys, "isdisjoint", "([[]])");
#if PY_VERSION_HEX >= 0x030a0000
    check_object("mapping", PyObject_GetAttrString(keys, "mapping"));
#endif
}

static void rounded_ints(void)
{
    static const char *const values[] = {"0", "1", "-1", "5", "15", "25", "-25", "149", "150", "250", "-350", "1250000000000000000000000", "-1350000000000000000000000"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        PyObject *value = PyLong_FromString(values[i], NULL, 10);
        check_call(values[i], value, "__round__", "()");
        for (int places = -24; places <= 2; places += places >= -4 ? 1 : 10)
            check_call(values[i], value, "__round__", "(i)", places);
    }
    check_call("bool", Py_True, "__round__", "()");
    check_call("bad", PyLong_FromLong(3), "__round__", "(s)", "x");
    check_call("bad_float", PyLong_FromLong(3), "__round__", "(d)", 1.0);
}

static void rounded_floats(void)
{
    static const double values[] = {0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2.675, 1.005, 1234.5678, -15.0, 25.0, 5.0, 50.0, 151.0, 949.99, 999.5, 1e22, 5e22,
        1.7e308, 5e-324, 1e16 + 2, 4503599627370495.5, 4503599627370497.0, 9.5, 99.5, 1e-10};
    Py_Initialize();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[40];
        PyObject *value = PyFloat_FromDouble(values[i]);
        snprintf(name, sizeof name, "%.17g", values[i]);
        check_call(name, value, "__round__", "()");
        for (int places = -4; places < 5; places++)
            check_call(name, value, "__round__", "(i)", places);
        check_call(name, value, "__round__", "(i)", -22);
        check_call(name, value, "__round__", "(i)", -308);
        check_call(name, value, "__round__", "(i)", -309);
        check_call(name, value, "__round__", "(i)", 323);
        check_call(name, value, "__round__", "(i)", 400);
    }
    PyObject *infinite = PyFloat_FromString(utf8("inf")), *none = PyFloat_FromString(utf8("nan"));
    check_call("inf", infinite, "__round__", "()");
    check_call("inf_places", infinite, "__round__", "(i)", 2);
    check_call("nan", none, "__round__", "()");
    check_call("nan_places", none, "__round__", "(i)", -2);
    check_call("none", PyFloat_FromDouble(2.5), "__round__", "(O)", Py_None);
    check_call("bad", PyFloat_FromDouble(2.5), "__round__", "(s)", "x");
    check_call("large_places", PyFloat_FromDouble(2.5), "__round__", "(N)", PyLong_FromString("100000000000000000000", NULL, 10));
    check_call("small_places", PyFloat_FromDouble(-2.5), "__round__", "(N)", PyLong_FromString("-100000000000000000000", NULL, 10));
}

static void hexadecimal(void)
{
    static const char *const texts[] = {"0x1.8p+3", "1.8p3", "0x.8", "0x8.", "ff", "-0X1P-1074", "0x1p-1075", "0x1.8p-1075", "0x1.0000000000001p-1075", "0x1.fffffffffffffp1023", "0x1.fffffffffffff7p1023",
        "0x1.fffffffffffff8p1023", "0x1p1024", " 0x1.8 ", "\t-inf\n", "Infinity", "+nan", "nan", "-0x0p0", "0x0p99999999999999999999", "0x1p-99999999999999999999", "0x1p99999999999999999999",
        "0x1.00000000000008", "0x1.000000000000080000001", "0x1.00000000000018", "0x123456789abcdef01234p-60", "", " ", "0x", ".", "0x.p1", "0x1p", "0x1p+", "1g", "0x1 2", "--1", "0x1.2.3", "inf2",
        "0x00000000000000000000000000000000000000000000000000001", "0x1p1_0", "\xe2\x82\xac"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_call(texts[i], (PyObject *)&PyFloat_Type, "fromhex", "(s)", texts[i]);
    check_call("null", (PyObject *)&PyFloat_Type, "fromhex", "(s#)", "1\0" "2", (Py_ssize_t)3);
    check_call("no_text", (PyObject *)&PyFloat_Type, "fromhex", "(i)", 3);
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Number", &PyFloat_Type, "__module__", "__main__");
    PyObject *made = PyObject_CallMethod(derived, "fromhex", "s", "0x10");
    check_bool("derived", made != NULL && Py_TYPE(made) == (PyTypeObject *)derived);
    check_object("derived_value", made);
}

/* A sequence of the program's, that is iterated over by index. */
static PyObject *three_item(PyObject *self, Py_ssize_t index)
{
    (void)self;
    if (index >= 3)
        return PyErr_Format(PyExc_IndexError, "end");
    return PyLong_FromSsize_t(index);
}
static Py_ssize_t three_length(PyObject *self) { (void)self; return 3; }
static PySequenceMethods three_methods = {.sq_item = three_item, .sq_length = three_length}, endless_methods = {.sq_item = three_item};
static PyTypeObject three_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Three", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                  .tp_as_sequence = &three_methods},
                    endless_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Endless", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
                                    .tp_as_sequence = &endless_methods};

static void hints(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&three_type) + PyType_Ready(&endless_type));
    walk("bytes", PyObject_GetIter(PyBytes_FromString("abcd")));
    walk("three", PyObject_GetIter(PyType_GenericAlloc(&three_type, 0)));
    walk("endless", PyObject_GetIter(PyType_GenericAlloc(&endless_type, 0)));
    PyObject *op = PySet_New(NULL), *weak = PyWeakref_NewRef(op, Py_None), *other = PyWeakref_NewRef(op, (PyObject *)&PyBool_Type);
    check_object("callback_none", PyObject_GetAttrString(weak, "__callback__"));
    check_object("callback", PyObject_GetAttrString(other, "__callback__"));
    check_int("callback_set", PyObject_SetAttrString(other, "__callback__", Py_None));
    check_error("callback_set_error");
    Py_DECREF(op);
    check_error("callback_failed");
    check_object("callback_gone", PyObject_GetAttrString(other, "__callback__"));
}

/* Of derived types: what is returned whole is the object itself, where CPython's is. */
static void derived(void)
{
    Py_Initialize();
    PyTypeObject *const bases[] = {&PyUnicode_Type, &PyBytes_Type};
    for (int i = 0; i < 2; i++) {
        PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Own", bases[i], "__module__", "__main__");
        PyObject *self = i == 0 ? PyObject_CallFunction(type, "s", "abc") : PyObject_CallFunction(type, "y", "abc");
        const char *format = i == 0 ? "(s)" : "(y)";
        static const char *const names[] = {"partition", "rpartition", "split", "strip", "lstrip", "splitlines"};
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            PyObject *args = Py_BuildValue(n == 5 ? "()" : format, "z"), *bound = PyObject_GetAttrString(self, names[n]);
            PyObject *result = PyObject_Call(bound, args, NULL);
            for (Py_ssize_t at = 0; result != NULL && (PyTuple_Check(result) || PyList_Check(result)) && at < PySequence_Size(result); at++)
                check_bool(check_join(names[n], "itself"), PySequence_GetItem(result, at) == self);
            if (result != NULL && Py_TYPE(result) == bases[i])
                check_object(names[n], result);
            else
                check_bool(check_join(names[n], "derived"), result == self);
        }
        check_bool("center", Py_TYPE(PyObject_CallMethod(self, "center", "i", 2)) == bases[i]);
        check_bool("zfill", Py_TYPE(PyObject_CallMethod(self, "zfill", "i", 2)) == bases[i]);
        check_bool("lower", Py_TYPE(PyObject_CallMethod(self, "lower", NULL)) == bases[i]);
    }
}

static PyObject *integer(const char *text) { if (text != NULL) return PyLong_FromString(text, NULL, 10); Py_RETURN_NONE; }

static void indices(void)
{
    static const char *const limits[] = {NULL, "1", "-1", "-5", "10", "-11", "100000000000000000000"};
    static const char *const steps[] = {NULL, "-1", "3", "-100000000000000000000"};
    static const char *const lengths[] = {"0", "10", "300000000000000000000"};
    Py_Initialize();
    for (size_t s = 0; s < sizeof limits / sizeof *limits; s++)
        for (size_t e = 0; e < sizeof limits / sizeof *limits; e++)
            for (size_t t = 0; t < sizeof steps / sizeof *steps; t++)
                for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++) {
                    PyObject *slice = PySlice_New(integer(limits[s]), integer(limits[e]), integer(steps[t]));
                    check_call(lengths[n], slice, "indices", "(N)", integer(lengths[n]));
                }
    check_call("below", PySlice_New(NULL, NULL, NULL), "indices", "(i)", -1);
    check_call("no_step", PySlice_New(NULL, NULL, PyLong_FromLong(0)), "indices", "(i)", 5);
    check_call("no_number", PySlice_New(NULL, NULL, NULL), "indices", "(s)", "x");
    check_call("start_str", PySlice_New(utf8("a"), NULL, NULL), "indices", "(i)", 5);
    check_call("stop_float", PySlice_New(NULL, PyFloat_FromDouble(1), NULL), "indices", "(i)", 5);
    check_call("step_str", PySlice_New(NULL, NULL, utf8("a")), "indices", "(i)", 5);
}

/* Functions behind a property. */
static PyObject *getter_called(PyObject *self, PyObject *op)
{
    (void)self;
    return PyUnicode_FromFormat("got from %s", Py_TYPE(op)->tp_name);
}
static PyObject *setter_called(PyObject *self, PyObject *args)
{
    (void)self;
    check_object("set", PySequence_GetItem(args, 1));
    Py_RETURN_NONE;
}
static PyObject *deleter_called(PyObject *self, PyObject *op)
{
    (void)self;
    check_text("deleted", "%s", Py_TYPE(op)->tp_name);
    PyErr_SetString(PyExc_KeyError, "gone");
    return NULL;
}
static PyMethodDef functions[] = {{"getter", getter_called, METH_O, "The words of the getter."}, {"setter", setter_called, METH_VARARGS, NULL},
                                  {"deleter", deleter_called, METH_O, NULL}};

static void properties(void)
{
    Py_Initialize();
    PyObject *get = PyCFunction_New(&functions[0], NULL), *set = PyCFunction_New(&functions[1], NULL), *delete = PyCFunction_New(&functions[2], NULL);
    PyObject *whole = PyObject_CallFunction((PyObject *)&PyProperty_Type, "OOO", get, set, delete);
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:O,s:N,s:s}", "Has", &PyBaseObject_Type, "all", whole, "nothing",
                                           PyObject_CallObject((PyObject *)&PyProperty_Type, NULL), "__module__", "__main__");
    PyObject *op = PyObject_CallObject(type, NULL);
    check_object("get", PyObject_GetAttrString(op, "all"));
    check_int("set", PyObject_SetAttrString(op, "all", Py_True));
    check_int("delete", PyObject_DelAttrString(op, "all"));
    check_error("delete_error");
    check_bool("of_type", PyObject_GetAttrString(type, "all") == whole);
    check_object("doc", PyObject_GetAttrString(whole, "__doc__"));
    check_bool("fget", PyObject_GetAttrString(whole, "fget") == get);
    check_object("no_fset", PyObject_GetAttrString(PyObject_GetAttrString(type, "nothing"), "fset"));
    PyObject *changed = PyObject_CallMethod(whole, "setter", "O", Py_None);
    check_bool("new_one", changed != whole && Py_TYPE(changed) == &PyProperty_Type);
    check_object("new_doc", PyObject_GetAttrString(changed, "__doc__"));
    check_bool("new_fset", PyObject_GetAttrString(changed, "fset") == set || PyObject_GetAttrString(changed, "fset") == Py_None);
    changed = PyObject_CallMethod(whole, "getter", "O", set);
    check_bool("new_fget", PyObject_GetAttrString(changed, "fget") == set);
    check_object("with_doc", PyObject_GetAttrString(PyObject_CallFunction((PyObject *)&PyProperty_Type, "OOOs", get, Py_None, Py_None, "own words"), "__doc__"));
    check_bool("many", PyObject_CallFunction((PyObject *)&PyProperty_Type, "OOOOO", get, get, get, get, get) != NULL);
    check_error("many_error");
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Derived", &PyProperty_Type, "__module__", "__main__");
    check_object("derived_get", PyObject_CallMethod(PyObject_CallFunctionObjArgs(derived, get, NULL), "__get__", "OO", op, type));
}

/* Other words before. */
static void properties_since_3_13(void)
{
#if PY_VERSION_HEX >= 0x030d0000
    Py_Initialize();
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:N,s:s}", "Has", &PyBaseObject_Type, "nothing",
                                           PyObject_CallObject((PyObject *)&PyProperty_Type, NULL), "__module__", "__main__");
    PyObject *op = PyObject_CallObject(type, NULL), *alone = PyObject_CallObject((PyObject *)&PyProperty_Type, NULL);
    check_object("no_getter", PyObject_GetAttrString(op, "nothing"));
    check_int("no_setter", PyObject_SetAttrString(op, "nothing", Py_True));
    check_error("no_setter_error");
    check_int("no_deleter", PyObject_DelAttrString(op, "nothing"));
    check_error("no_deleter_error");
    check_call("without_name", alone, "__get__", "(O)", op);
    check_call("set_name", alone, "__set_name__", "(O)", type);
#endif
}

static PyTypeObject sized_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Sized", .tp_basicsize = sizeof(PyVarObject) + 8, .tp_itemsize = 4,
                                  .tp_flags = Py_TPFLAGS_DEFAULT};

static void sizes(void)
{
    Py_Initialize();
    PyType_Ready(&sized_type);
    check_call("object", PyObject_CallObject((PyObject *)&PyBaseObject_Type, NULL), "__sizeof__", "()");
    check_call("none", (PyObject *)PyType_GenericAlloc(&sized_type, 0), "__sizeof__", "()");
    check_call("five", (PyObject *)PyType_GenericAlloc(&sized_type, 5), "__sizeof__", "()");
    check_call("float", PyFloat_FromDouble(1), "__sizeof__", "()");
    check_call("bytes", PyBytes_FromString("12345"), "__sizeof__", "()");
    check_call("tuple", PyTuple_New(3), "__sizeof__", "()");
    /* What these take is no promise; that more of it takes more is. */
    static const char *const more[] = {"short", "as long as this one is, which takes more memory"};
    PyObject *one = PyObject_CallMethod(utf8(more[0]), "__sizeof__", NULL), *two = PyObject_CallMethod(utf8(more[1]), "__sizeof__", NULL);
    check_int("str_more", PyLong_AsLong(two) - PyLong_AsLong(one));
    one = PyObject_CallMethod(PyLong_FromLong(1), "__sizeof__", NULL);
    two = PyObject_CallMethod(PyNumber_Power(PyLong_FromLong(2), PyLong_FromLong(959), Py_None), "__sizeof__", NULL);
    check_bool("int_more", PyLong_AsLong(two) - PyLong_AsLong(one) >= 96);
    one = PyObject_CallMethod(PyList_New(10), "__sizeof__", NULL);
    two = PyObject_CallMethod(PyList_New(20), "__sizeof__", NULL);
    check_int("list_more", PyLong_AsLong(two) - PyLong_AsLong(one));
    PyObject *dict = PyDict_New(), *set = PySet_New(NULL);
    one = PyObject_CallMethod(dict, "__sizeof__", NULL);
    two = PyObject_CallMethod(set, "__sizeof__", NULL);
    check_bool("dict_base", PyLong_AsLong(one) >= (long)sizeof(PyObject));
    for (long i = 0; i < 100; i++) {
        PyDict_SetItem(dict, PyLong_FromLong(i), Py_None);
        PySet_Add(set, PyLong_FromLong(i));
    }
    check_bool("dict_more", PyLong_AsLong(PyObject_CallMethod(dict, "__sizeof__", NULL)) >= PyLong_AsLong(one) + 1600);
    check_bool("set_more", PyLong_AsLong(PyObject_CallMethod(set, "__sizeof__", NULL)) >= PyLong_AsLong(two) + 800);
}

static const check_case cases[] = {
    {"lists", lists, NULL},
    {"dicts_since_3_8", dicts_since_3_8, NULL},
    {"views", views, NULL},
    {"rounded_ints", rounded_ints, NULL},
    {"rounded_floats", rounded_floats, NULL},
    {"hexadecimal", hexadecimal, NULL},
    {"hints", hints, NULL},
    {"derived", derived, NULL},
    {"indices", indices, NULL},
    {"properties", properties, NULL},
    {"properties_since_3_13", properties_since_3_13, NULL},
    {"sizes", sizes, NULL},
};
CHECK_MAIN(cases)
