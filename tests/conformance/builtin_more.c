/* builtin_more.c: methods of containers and of their iterators that have no function of their own in the C API. */
#include "text.h"

static PyObject *made(const char *type_name, PyTypeObject *base)
{
    return PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", type_name, base, "__module__", "m");
}

static void dicts(void)
{
    Py_Initialize();
    PyObject *dict = (PyObject *)&PyDict_Type, *sub = made("SubDict", &PyDict_Type);
    check_object("keys", PyObject_CallMethod(dict, "fromkeys", "s", "abca"));
    check_object("value", PyObject_CallMethod(dict, "fromkeys", "(ii)i", 3, 4, 5));
    check_object("of_dict", PyObject_CallMethod(dict, "fromkeys", "({s:i})", "a", 1));
    check_object("of_instance", PyObject_CallMethod(PyDict_New(), "fromkeys", "s", "x"));
    check_object("none", PyObject_CallMethod(dict, "fromkeys", NULL));
    check_object("many", PyObject_CallMethod(dict, "fromkeys", "(iii)ii", 1, 2, 3, 4, 5));
    check_object("number", PyObject_CallMethod(dict, "fromkeys", "i", 3));
    check_object("unhashable", PyObject_CallMethod(dict, "fromkeys", "([[]])"));
    PyObject *op = PyObject_CallMethod(sub, "fromkeys", "s", "xy");
    check_bool("sub", op != NULL && (PyObject *)Py_TYPE(op) == sub);
    check_object("sub_shown", op);
    PyObject *view = PyDictProxy_New(Py_BuildValue("{s:i}", "a", 1));
    check_object("view_get", PyObject_CallMethod(view, "get", "s", "a"));
    check_object("view_get_none", PyObject_CallMethod(view, "get", "s", "b"));
    check_object("view_get_default", PyObject_CallMethod(view, "get", "si", "b", 9));
    check_object("view_get_bad", PyObject_CallMethod(view, "get", NULL));
}

static void tuples(void)
{
    Py_Initialize();
    PyObject *tuple = Py_BuildValue("(iiisd)", 1, 2, 1, "x", 2.0);
    check_object("count", PyObject_CallMethod(tuple, "count", "i", 1));
    check_object("count_equal", PyObject_CallMethod(tuple, "count", "i", 2));
    check_object("count_none", PyObject_CallMethod(tuple, "count", "s", "y"));
    check_object("index", PyObject_CallMethod(tuple, "index", "i", 2));
    check_object("index_from", PyObject_CallMethod(tuple, "index", "ii", 1, 1));
    check_object("index_from_end", PyObject_CallMethod(tuple, "index", "ii", 2, -1));
    check_object("index_between", PyObject_CallMethod(tuple, "index", "iii", 2, 2, 4));
    check_object("index_missing", PyObject_CallMethod(tuple, "index", "s", "y"));
    check_object("index_bad", PyObject_CallMethod(tuple, "index", NULL));
    check_object("index_many", PyObject_CallMethod(tuple, "index", "iiii", 1, 2, 3, 4));
    check_object("index_of_none", PyObject_CallMethod(tuple, "index", "iO", 1, Py_None));
    check_object("index_text", PyObject_CallMethod(tuple, "index", "is", 1, "x"));
    PyObject *list = PySequence_List(tuple);
    check_object("list_index", PyObject_CallMethod(list, "index", "ii", 1, 1));
    check_object("list_count", PyObject_CallMethod(list, "count", "i", 1));
    check_object("list_missing", PyObject_CallMethod(list, "index", "s", "y"));
    check_object("list_remove", PyObject_CallMethod(list, "remove", "d", 1.0));
    check_object("list_left", list);
}

static PyObject *numbers(int first, int last)
{
    PyObject *set = PySet_New(NULL);
    for (int i = first; i < last; i++)
        PySet_Add(set, PyLong_FromLong(i));
    return set;
}

static void check_sorted(const char *name, PyObject *set)
{
    PyObject *list = PySequence_List(set);
    PyList_Sort(list);
    check_object(name, list);
}

static void sets(void)
{
    static const char *const names[] = {"difference_update", "intersection_update", "symmetric_difference_update"};
    Py_Initialize();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        PyObject *set = numbers(0, 9), *same = set;
        check_object(names[i], PyObject_CallMethod(set, names[i], "O", numbers(4, 12)));
        check_sorted(names[i], set);
        check_object(names[i], PyObject_CallMethod(set, names[i], "((iii))", 1, 4, 100));
        check_sorted(names[i], set);
        check_object(names[i], PyObject_CallMethod(set, names[i], "O", same));
        check_sorted(names[i], set);
        check_object(names[i], PyObject_CallMethod(set, names[i], "O", Py_None));
        check_object(names[i], PyObject_CallMethod(set, names[i], "(([]))"));
        check_bool(names[i], PyObject_HasAttrString(PyFrozenSet_New(NULL), names[i]));
    }
    PyObject *set = numbers(0, 9);
    check_object("difference_of_none", PyObject_CallMethod(set, "difference_update", NULL));
    check_object("difference_of_two", PyObject_CallMethod(set, "difference_update", "(ii)(ii)", 1, 2, 2, 3));
    check_sorted("difference_of_two", set);
    check_object("intersection_of_two", PyObject_CallMethod(set, "intersection_update", "(iii)(iii)", 4, 5, 6, 5, 6, 7));
    check_sorted("intersection_of_two", set);
}

static void hints(void)
{
    Py_Initialize();
    PyObject *all[] = {Py_BuildValue("(iii)", 1, 2, 3), Py_BuildValue("[iii]", 1, 2, 3), utf8("a\xc3\xa9" "c"), numbers(0, 3),
                       Py_BuildValue("{sisisi}", "a", 1, "b", 2, "c", 3)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        PyObject *iterator = PyObject_GetIter(all[i]), *item;
        const char *name = Py_TYPE(iterator)->tp_name;
        check_object(name, PyObject_CallMethod(iterator, "__length_hint__", NULL));
        while ((item = PyIter_Next(iterator)) != NULL) {
            check_int(name, PyObject_LengthHint(iterator, 77));
            Py_DECREF(item);
        }
        check_object(name, PyObject_CallMethod(iterator, "__length_hint__", NULL));
    }
    PyObject *list = Py_BuildValue("[iii]", 1, 2, 3), *iterator = PyObject_GetIter(list);
    Py_XDECREF(PyIter_Next(iterator));
    Py_XDECREF(PyIter_Next(iterator));
    PyList_SetSlice(list, 0, 3, NULL);
    check_int("shorter", PyObject_LengthHint(iterator, 77));
    PyObject *dict = Py_BuildValue("{sisi}", "a", 1, "b", 2);
    iterator = PyObject_GetIter(dict);
    PyDict_SetItemString(dict, "c", Py_None);
    check_int("changed", PyObject_LengthHint(iterator, 77));
}

#if PY_VERSION_HEX >= 0x03090000
static void brackets_since_3_9(void)
{
    PyTypeObject *types[] = {&PyList_Type, &PyTuple_Type, &PyDict_Type, &PySet_Type, &PyFrozenSet_Type};
    Py_Initialize();
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        check_object(types[i]->tp_name, PyObject_GetItem((PyObject *)types[i], (PyObject *)&PyLong_Type));
        check_object(types[i]->tp_name, PyObject_CallMethod((PyObject *)types[i], "__class_getitem__", "O", &PyLong_Type));
    }
    PyObject *alias = PyObject_GetItem((PyObject *)&PyList_Type, (PyObject *)&PyLong_Type);
    check_object("called", PyObject_CallFunction(alias, "s", "ab"));
}
#endif

static PyObject *nothing(PyObject *self, PyObject *unused) { (void)self, (void)unused; Py_RETURN_NONE; }
static PyMethodDef methods[] = {{"nothing", nothing, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "named", .m_methods = methods};

static void names(void)
{
    Py_Initialize();
    PyObject *function = PyObject_GetAttrString(PyModule_Create(&def), "nothing");
    check_object("of_module", PyObject_GetAttrString(function, "__qualname__"));
    check_object("of_list", PyObject_GetAttrString(PyObject_GetAttrString(PyList_New(0), "append"), "__qualname__"));
    check_object("of_none", PyObject_GetAttrString(PyCFunction_New(methods, NULL), "__qualname__"));
}

static const check_case cases[] = {
    {"dicts", dicts, NULL}, {"tuples", tuples, NULL}, {"sets", sets, NULL}, {"hints", hints, NULL}, {"names", names, NULL},
#if PY_VERSION_HEX >= 0x03090000
    {"brackets_since_3_9", brackets_since_3_9, NULL},
#endif
};
CHECK_MAIN(cases)
