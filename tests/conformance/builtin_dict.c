/* builtin_dict.c: dicts as C code sees them. Owns: PyDict_* and the type's slots. Read first: check.h. */
#include "check.h"

/* The exception that is set, cleared. */
static void check_error(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}

/* Key number i: a tuple of that many None, or None, True, False. */
static PyObject *key_of(int i)
{
    static PyObject *keys[40];
    if (keys[i] == NULL) {
        PyObject *made = i == 0 ? Py_None : i == 1 ? Py_True : i == 2 ? Py_False : PyTuple_New(i - 3);
        for (int k = 0; k < i - 3; k++) {
            Py_INCREF(Py_None);
            PyTuple_SetItem(made, k, Py_None);
        }
        keys[i] = made;
    }
    return keys[i];
}

static int number_of(PyObject *key)
{
    return key == Py_None ? 0 : key == Py_True ? 1 : key == Py_False ? 2 : 3 + (int)PyTuple_GET_SIZE(key);
}

/* Keys in their order, each with the number of the key that is its value. */
static void check_dict(const char *name, PyObject *dict)
{
    char text[2000] = "";
    size_t length = 0;
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(dict, &at, &key, &value))
        length += (size_t)snprintf(text + length, sizeof text - length, " %d:%d", number_of(key), number_of(value));
    check_text(name, "%zd%s", PyDict_Size(dict), text);
}

static void items(void)
{
    Py_Initialize();
    PyObject *dict = PyDict_New();
    for (int i = 0; i < 40; i++) {
        check_int("set", PyDict_SetItem(dict, key_of(i * 7 % 40), key_of(i)));
        if (i % 3 == 2)
            check_int("delete", PyDict_DelItem(dict, key_of((i - 1) * 7 % 40)));
        check_dict("dict", dict);
        check_int("contains", PyDict_Contains(dict, key_of(i)));
        check_pointer("get", PyDict_GetItemWithError(dict, key_of(i)));
    }
    check_int("again", PyDict_SetItem(dict, key_of(0), key_of(39)));
    check_bool("default", PyDict_SetDefault(dict, key_of(0), key_of(1)) == key_of(39));
    check_int("delete_again", PyDict_DelItem(dict, key_of(7)));
    check_int("delete_missing", PyDict_DelItem(dict, key_of(7)));
    check_error("delete_missing_error");
    check_bool("default_missing", PyDict_SetDefault(dict, key_of(7), key_of(1)) == key_of(1));
    check_dict("changed", dict);
    PyObject *copy = PyDict_Copy(dict), *keys = PyDict_Keys(dict), *pairs = PyDict_Items(dict);
    check_dict("copy", copy);
    check_int("equal", PyObject_RichCompareBool(copy, dict, Py_EQ));
    check_int("delete_in_copy", PyDict_DelItem(copy, key_of(7)));
    check_int("equal_no_more", PyObject_RichCompareBool(copy, dict, Py_EQ));
    check_int("unequal", PyObject_RichCompareBool(copy, dict, Py_NE));
    check_int("less", PyObject_RichCompareBool(copy, dict, Py_LT));
    check_error("less_error");
    check_int("set_in_copy", PyDict_SetItem(copy, key_of(7), key_of(1)));
    check_int("equal_again", PyObject_RichCompareBool(copy, dict, Py_EQ));
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys); i++) {
        check_int("key", number_of(PyList_GET_ITEM(keys, i)));
        check_int("pair", number_of(PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 1)));
    }
    PyDict_Clear(dict);
    check_dict("cleared", dict);
    check_dict("copy_stays", copy);
}

static void wrong(void)
{
    Py_Initialize();
    PyObject *dict = PyDict_New(), *list = PyList_New(0);
    check_int("set_in_list", PyDict_SetItem(list, Py_None, Py_None));
    check_error("set_in_list_error");
    check_int("delete_in_list", PyDict_DelItem(list, Py_None));
    check_error("delete_in_list_error");
    check_int("size_of_list", PyDict_Size(list));
    check_error("size_of_list_error");
    check_pointer("get_in_list", PyDict_GetItem(list, Py_None));
    check_error("get_in_list_error");
    check_pointer("get_with_error_in_list", PyDict_GetItemWithError(list, Py_None));
    check_error("get_with_error_in_list_error");
    check_pointer("keys_of_list", PyDict_Keys(list));
    check_error("keys_of_list_error");
    check_pointer("copy_of_list", PyDict_Copy(list));
    check_error("copy_of_list_error");
    check_pointer("default_in_list", PyDict_SetDefault(list, Py_None, Py_None));
    check_error("default_in_list_error");
    check_int("next_of_list", PyDict_Next(list, &(Py_ssize_t){0}, NULL, NULL));
    PyDict_Clear(list);
    check_error("clear_list_error");
    check_int("set_list", PyDict_SetItem(dict, list, Py_None));
    check_error("set_list_error");
    check_int("contains_list", PyDict_Contains(dict, list));
    check_error("contains_list_error");
    check_int("delete_list", PyDict_DelItem(dict, list));
    check_error("delete_list_error");
    check_pointer("get_list", PyDict_GetItemWithError(dict, list));
    check_error("get_list_error");
    check_int("hash", (long long)PyObject_Hash(dict));
    check_error("hash_error");
}

static void slots(void)
{
    Py_Initialize();
    PyMappingMethods *methods = PyDict_Type.tp_as_mapping;
    PyObject *dict = PyDict_New();
    check_int("true", PyObject_IsTrue(dict));
    check_int("set", methods->mp_ass_subscript(dict, Py_None, Py_True));
    check_int("length", methods->mp_length(dict));
    check_bool("get", methods->mp_subscript(dict, Py_None) == Py_True);
    check_pointer("get_missing", methods->mp_subscript(dict, Py_True));
    check_error("get_missing_error");
    check_int("contains", PyDict_Type.tp_as_sequence->sq_contains(dict, Py_None));
    check_int("delete", methods->mp_ass_subscript(dict, Py_None, NULL));
    check_int("delete_missing", methods->mp_ass_subscript(dict, Py_None, NULL));
    check_error("delete_missing_error");
    check_int("length_after", methods->mp_length(dict));
    check_text("name", "%s", PyDict_Type.tp_name);
}

static const check_case cases[] = {{"items", items, NULL}, {"wrong", wrong, NULL}, {"slots", slots, NULL}};
CHECK_MAIN(cases)
