/* object_more.c: weak references that stand for their object, iterators over a callable, types in brackets, bytes of any object, objects
 * written to a stream, length hints, capsules of a module. Owns: the above. Read check.h first. */
#include "text.h"

static PyTypeObject *plain; /* a type with weak references and a dict */

static PyObject *made(void)
{
    if (plain == NULL)
        plain = (PyTypeObject *)PyObject_CallFunction((PyObject *)&PyType_Type, "s(){s:s}", "Plain", "__module__", "__main__");
    return PyObject_CallObject((PyObject *)plain, NULL);
}

static PyObject *gone(PyObject *self, PyObject *reference)
{
    (void)self;
    check_bool("callback_has_proxy", PyWeakref_CheckProxy(reference));
    Py_RETURN_NONE;
}
static PyMethodDef gone_method = {"gone", gone, METH_O, NULL};

/* A repr without addresses. */
CHECK_UNUSED static void check_shown(const char *name, PyObject *op)
{
    PyObject *text = PyObject_Repr(op);
    char shown[200];
    size_t length = 0;
    for (const char *at = PyUnicode_AsUTF8(text); *at != '\0' && length < sizeof shown - 1;) {
        if (strncmp(at, "0x", 2) == 0)
            for (at += 2; strchr("0123456789abcdef", *at) != NULL && *at != '\0';)
                at++;
        else
            shown[length++] = *at++;
    }
    shown[length] = '\0';
    check_text(name, "%s", shown);
    Py_DECREF(text);
}

static void proxies(void)
{
    Py_Initialize();
    PyObject *self = made(), *callback = PyCFunction_New(&gone_method, NULL);
    PyObject *proxy = PyWeakref_NewProxy(self, NULL), *called = PyWeakref_NewProxy(self, callback), *reference = PyWeakref_NewRef(self, NULL);
    check_bool("one_for_all", proxy == PyWeakref_NewProxy(self, Py_None) && proxy != called && proxy != reference);
    Py_DECREF(proxy);
    check_bool("reference_for_all", reference == PyWeakref_NewRef(self, NULL));
    Py_DECREF(reference);
    check_bool("checks", PyWeakref_Check(proxy) && PyWeakref_CheckProxy(proxy) && !PyWeakref_CheckRef(proxy) && !PyWeakref_CheckProxy(reference));
    check_bool("object", PyWeakref_GetObject(proxy) == self);
    check_int("set", PyObject_SetAttrString(proxy, "x", PyLong_FromLong(7)));
    check_object("get", PyObject_GetAttrString(self, "x"));
    check_object("get_by_proxy", PyObject_GetAttrString(proxy, "x"));
    check_bool("true", PyObject_IsTrue(proxy));
    check_bool("equal", PyObject_RichCompareBool(proxy, self, Py_EQ));
    check_int("hash", PyObject_Hash(proxy));
    check_error("hash_error");
    check_object("call", PyObject_CallObject(proxy, NULL));
    Py_DECREF(self);
    check_bool("object_gone", PyWeakref_GetObject(proxy) == Py_None);
    check_object("get_gone", PyObject_GetAttrString(proxy, "x"));
    check_int("set_gone", PyObject_SetAttrString(proxy, "x", Py_None));
    check_error("set_gone_error");
    check_object("str_gone", PyObject_Str(proxy));
    check_int("true_gone", PyObject_IsTrue(proxy));
    check_error("true_gone_error");
    check_pointer("none", PyWeakref_NewProxy(Py_None, NULL));
    check_error("none_error");
    PyObject *of_type = PyWeakref_NewProxy((PyObject *)&PyLong_Type, NULL);
    check_text("of_type", "%s", Py_TYPE(of_type)->tp_name);
    check_object("called", PyObject_CallFunction(of_type, "s", "12"));
}

/* What a set has, asked of a proxy. */
static void proxies_of_sets(void)
{
    Py_Initialize();
    PyObject *a = PySet_New(PyTuple_New(0)), *b = PySet_New(NULL), *pa = PyWeakref_NewProxy(a, NULL), *pb = PyWeakref_NewProxy(b, NULL);
    PySet_Add(a, PyLong_FromLong(1));
    PySet_Add(b, PyLong_FromLong(2));
    check_int("length", PyObject_Size(pa));
    check_int("contains", PySequence_Contains(pa, PyLong_FromLong(1)));
    check_object("or", PyNumber_Or(pa, pb));
    check_object("or_one", PyNumber_Or(a, pb));
    check_object("and", PyNumber_And(pa, b));
    check_object("minus", PyNumber_Subtract(pa, pb));
    check_object("add", PyNumber_Add(pa, pb));
    check_object("inplace", PyNumber_InPlaceOr(pa, pb));
    check_object("negative", PyNumber_Negative(pa));
    check_object("less", PyObject_RichCompare(pb, pa, Py_LT));
    check_object("list", PySequence_List(pb));
    check_object("item", PyObject_GetItem(pa, Py_None));
    check_int("set_item", PyObject_SetItem(pa, Py_None, Py_None));
    check_error("set_item_error");
    check_object("str", PyObject_Str(pb));
    check_object("method", PyObject_CallMethod(pa, "pop", NULL) == NULL ? NULL : PyUnicode_FromString("one"));
    PyObject *function = PyObject_GetAttrString(b, "add"), *pf = PyWeakref_NewProxy(function, NULL);
    check_object("called", PyObject_CallFunction(pf, "i", 5));
    check_int("length_after", PyObject_Size(b));
    Py_DECREF(function);
    check_object("called_gone", PyObject_CallFunction(pf, "i", 5));
}

#if PY_VERSION_HEX >= 0x030D0000
static void shown_since_3_13(void)
{
    Py_Initialize();
    PyObject *self = made(), *proxy = PyWeakref_NewProxy(self, NULL), *reference = PyWeakref_NewRef(self, NULL);
    check_object("next", Py_TYPE(proxy)->tp_iternext(proxy));
    check_shown("proxy", proxy);
    check_shown("reference", reference);
    check_shown("of_type", PyWeakref_NewRef((PyObject *)&PyLong_Type, NULL));
    Py_DECREF(self);
    check_shown("proxy_dead", proxy);
    check_shown("reference_dead", reference);
    for (unsigned i = 0; i < 10; i++)
        check_object("constant", Py_GetConstant(i));
    check_bool("no_constant", Py_GetConstantBorrowed(10) == NULL && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    check_bool("generic_hash", PyObject_Hash((PyObject *)&PyLong_Type) == PyObject_GenericHash((PyObject *)&PyLong_Type));
    check_int("has_key", PyMapping_HasKey(Py_None, Py_None));
    check_int("has_key_string", PyMapping_HasKeyString(Py_None, "x"));
}

/* Types whose module nobody knows, and those of the program itself. */
static void full_names_since_3_13(void)
{
    PyType_Slot none[] = {{0, NULL}};
    PyType_Spec main_spec = {"__main__.Own", 0, 0, Py_TPFLAGS_DEFAULT, none}, spec = {"place.Other", 0, 0, Py_TPFLAGS_DEFAULT, none};
    Py_Initialize();
    PyObject *types[] = {PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Nowhere"), PyType_FromSpec(&main_spec),
                         PyType_FromSpec(&spec), (PyObject *)&PyLong_Type};
    PyObject_SetAttrString(types[2], "extra", Py_None);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        check_object("full", PyType_GetFullyQualifiedName((PyTypeObject *)types[i]));
        check_object("alias", PyObject_Repr(Py_GenericAlias(types[i], types[i])));
        check_object("format", PyUnicode_FromFormat("%N", types[i]));
    }
    PyObject_SetAttrString(types[2], "__module__", Py_None);
    check_object("full_none", PyType_GetFullyQualifiedName((PyTypeObject *)types[2]));
    check_object("alias_none", PyObject_Repr(Py_GenericAlias(types[2], types[2])));
}
#endif

/* Called: numbers down from the one it has. */
static PyObject *down(PyObject *self, PyObject *unused)
{
    (void)unused;
    Py_ssize_t last = PyList_Size(self) - 1;
    if (last < 0) {
        PyErr_SetString(PyExc_StopIteration, "nothing is left");
        return NULL;
    }
    PyObject *item = PyList_GetItem(self, last);
    Py_INCREF(item);
    PyList_SetSlice(self, last, last + 1, NULL);
    return item;
}
static PyMethodDef down_method = {"down", down, METH_NOARGS, NULL};

static void call_iterators(void)
{
    Py_Initialize();
    PyObject *list = Py_BuildValue("[iiiii]", 5, 4, 3, 2, 1), *function = PyCFunction_New(&down_method, list);
    PyObject *iterator = PyCallIter_New(function, PyLong_FromLong(3));
    check_bool("check", PyCallIter_Check(iterator) && PyIter_Check(iterator) && !PySeqIter_Check(iterator));
    check_text("type", "%s", Py_TYPE(iterator)->tp_name);
    check_object("next", PyIter_Next(iterator));
    check_object("rest", PySequence_List(iterator));
    check_bool("end", PyIter_Next(iterator) == NULL && !PyErr_Occurred());
    check_object("until_it_stops", PySequence_List(PyCallIter_New(function, Py_None)));
    check_object("no_function", PySequence_List(PyCallIter_New(Py_None, Py_None)));
}

#if PY_VERSION_HEX >= 0x03090000
static PyMethodDef boxed_methods[] = {{"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, NULL}, {NULL, NULL, 0, NULL}};
static PyType_Slot boxed_slots[] = {{Py_tp_methods, boxed_methods}, {0, NULL}};
static PyType_Spec boxed_spec = {"box.Boxed", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, boxed_slots};

static void brackets_since_3_9(void)
{
    Py_Initialize();
    PyObject *type = PyType_FromSpec(&boxed_spec), *one = PyObject_GetItem(type, (PyObject *)&PyLong_Type);
    PyObject *two = PyObject_GetItem(type, Py_BuildValue("(OsO)", (PyObject *)&PyUnicode_Type, "x", Py_Ellipsis));
    check_object("one", PyObject_Repr(one));
    check_object("two", PyObject_Repr(two));
    check_object("none", PyObject_Repr(PyObject_GetItem(type, PyTuple_New(0))));
    check_object("of_itself", PyObject_Repr(PyObject_GetItem(type, one)));
    check_object("origin", PyObject_GetAttrString(one, "__origin__"));
    check_object("args", PyObject_GetAttrString(two, "__args__"));
    check_object("parameters", PyObject_GetAttrString(two, "__parameters__"));
    check_object("name", PyObject_GetAttrString(one, "__name__"));
    check_bool("equal", PyObject_RichCompareBool(one, PyObject_GetItem(type, (PyObject *)&PyLong_Type), Py_EQ));
    check_bool("unlike", PyObject_RichCompareBool(one, two, Py_NE));
    check_bool("hash", PyObject_Hash(one) == PyObject_Hash(PyObject_GetItem(type, (PyObject *)&PyLong_Type)));
    PyObject *instance = PyObject_CallObject(one, NULL);
    check_bool("instance", Py_TYPE(instance) == (PyTypeObject *)type);
    check_object("plain", PyObject_GetItem((PyObject *)&PyLong_Type, Py_None));
    check_object("type", PyObject_Repr(PyObject_GetItem((PyObject *)&PyType_Type, (PyObject *)&PyLong_Type)));
    check_object("made", PyObject_Repr(Py_GenericAlias((PyObject *)&PyList_Type, (PyObject *)&PyFloat_Type)));
}
#endif

static PyObject *as_bytes(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyBytes_FromString("as bytes");
}
static PyObject *as_number(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyLong_FromLong(4);
}
static PyMethodDef byte_methods[] = {{"__bytes__", as_bytes, METH_NOARGS, NULL}, {"__length_hint__", as_number, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef bad_methods[] = {{"__bytes__", as_number, METH_NOARGS, NULL}, {"__length_hint__", as_bytes, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyTypeObject byte_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.byte", .tp_basicsize = sizeof(PyObject),
                                 .tp_methods = byte_methods, .tp_new = PyType_GenericNew};
static PyTypeObject bad_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.bad", .tp_basicsize = sizeof(PyObject),
                                .tp_methods = bad_methods, .tp_new = PyType_GenericNew};

static void bytes_and_hints(void)
{
    Py_Initialize();
    PyType_Ready(&byte_type);
    PyType_Ready(&bad_type);
    PyObject *good = PyObject_CallObject((PyObject *)&byte_type, NULL), *bad = PyObject_CallObject((PyObject *)&bad_type, NULL);
    check_object("bytes", PyObject_Bytes(PyBytes_FromString("x")));
    check_object("null", PyObject_Bytes(NULL));
    check_object("method", PyObject_Bytes(good));
    check_object("wrong", PyObject_Bytes(bad));
    check_object("numbers", PyObject_Bytes(Py_BuildValue("(ii)", 65, 66)));
    check_object("str", PyObject_Bytes(PyUnicode_FromString("x")));
    check_object("int", PyObject_Bytes(PyLong_FromLong(3)));
    check_int("hint", PyObject_LengthHint(good, 9));
    check_int("hint_wrong", PyObject_LengthHint(bad, 9));
    check_error("hint_wrong_error");
    check_int("hint_none", PyObject_LengthHint(Py_None, 9));
    check_int("hint_list", PyObject_LengthHint(Py_BuildValue("[i]", 1), 9));
}

static void written(void)
{
    Py_Initialize();
    check_int("repr", PyObject_Print(PyUnicode_FromString("a\xc3\xa9\n"), stdout, 0));
    printf("\n");
    check_int("str", PyObject_Print(PyUnicode_FromString("a\xc3\xa9"), stdout, Py_PRINT_RAW));
    printf("\n");
    check_int("null", PyObject_Print(NULL, stdout, 0));
    printf("\n");
    check_int("list", PyObject_Print(Py_BuildValue("[is]", 1, "x"), stdout, 0));
    printf("\n");
    char text[8];
    check_int("snprintf", PyOS_snprintf(text, sizeof text, "%s", "0123456789"));
    check_text("snprintf_text", "%s", text);
    check_bool("compared", PyOS_stricmp("aBc", "AbC") == 0 && PyOS_stricmp("a", "B") < 0 && PyOS_stricmp("b", "") > 0);
    check_bool("compared_part", PyOS_strnicmp("aBcd", "AbCx", 3) == 0 && PyOS_strnicmp("a", "b", 0) == 0 && PyOS_strnicmp("abd", "abc", 3) > 0);
}

static PyModuleDef capsules = {PyModuleDef_HEAD_INIT, .m_name = "capsules", .m_size = 0};
static int pointed_to;
PyMODINIT_FUNC PyInit_capsules(void);
PyMODINIT_FUNC PyInit_capsules(void)
{
    PyObject *module = PyModule_Create(&capsules);
    PyModule_AddObject(module, "api", PyCapsule_New(&pointed_to, "capsules.api", NULL));
    PyModule_AddObject(module, "other", PyCapsule_New(&pointed_to, "capsules.another", NULL));
    return module;
}

static PyObject *fails(void) { return NULL; }
static PyObject *fails_with_exception(void)
{
    PyErr_SetString(PyExc_KeyError, "no key");
    return NULL;
}

static void imported(void)
{
    PyImport_AppendInittab("capsules", PyInit_capsules);
    PyImport_AppendInittab("failing", fails);
    PyImport_AppendInittab("raising", fails_with_exception);
    Py_Initialize();
    check_bool("pointer", PyCapsule_Import("capsules.api", 0) == &pointed_to);
    check_bool("other", PyCapsule_Import("capsules.other", 0) == NULL);
    check_error("other_error");
    check_bool("missing", PyCapsule_Import("capsules.missing", 0) == NULL);
    check_error("missing_error");
    check_bool("no_module", PyCapsule_Import("no_such.api", 0) == NULL);
    check_error("no_module_error");
    check_object("failing", PyImport_ImportModule("failing"));
    check_object("raising", PyImport_ImportModule("raising"));
    check_object("added", PyObject_Repr(PyImport_AddModule("added")));
    check_bool("added_again", PyImport_AddModule("added") == PyImport_GetModule(PyUnicode_FromString("added")));
    check_bool("not_added", PyImport_GetModule(PyUnicode_FromString("not_added")) == NULL && !PyErr_Occurred());
    check_object("imported", PyImport_Import(PyUnicode_FromString("capsules")));
}

static int exec_fails(PyObject *module)
{
    (void)module;
    return -1;
}
static int exec_raises(PyObject *module)
{
    (void)module;
    PyErr_SetString(PyExc_KeyError, "no key");
    return 0;
}
static PyObject *create_none(PyObject *spec, PyModuleDef *def)
{
    (void)spec;
    (void)def;
    Py_RETURN_NONE;
}
static PyModuleDef_Slot fails_slots[] = {{Py_mod_exec, (void *)exec_fails}, {0, NULL}};
static PyModuleDef_Slot raises_slots[] = {{Py_mod_exec, (void *)exec_raises}, {0, NULL}};
static PyModuleDef_Slot twice_slots[] = {{Py_mod_create, (void *)create_none}, {Py_mod_create, (void *)create_none}, {0, NULL}};
static PyModuleDef_Slot none_slots[] = {{Py_mod_create, (void *)create_none}, {Py_mod_exec, (void *)exec_fails}, {0, NULL}};
static PyModuleDef_Slot unknown_slots[] = {{999, NULL}, {0, NULL}};

static void modules(void)
{
    Py_Initialize();
    struct { const char *name; PyModuleDef_Slot *slots; Py_ssize_t size; } tries[] = {
        {"fails", fails_slots, 0}, {"raises", raises_slots, 0}, {"twice", twice_slots, 0}, {"create_and_exec", none_slots, 0},
        {"unknown", unknown_slots, 0}, {"negative", NULL, -1}};
    PyObject *spec = made();
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        static PyModuleDef defs[8];
        defs[i] = (PyModuleDef){PyModuleDef_HEAD_INIT, .m_name = tries[i].name, .m_size = tries[i].size, .m_slots = tries[i].slots};
        PyObject_SetAttrString(spec, "name", PyUnicode_FromString(tries[i].name));
        PyObject *module = PyModule_FromDefAndSpec(&defs[i], spec);
        if (module == NULL)
            check_error(tries[i].name);
        else {
            check_int(tries[i].name, PyModule_ExecDef(module, &defs[i]));
            check_error(check_join(tries[i].name, "exec"));
        }
    }
    static PyModuleDef with_slots = {PyModuleDef_HEAD_INIT, .m_name = "with_slots", .m_slots = fails_slots};
    check_object("create_with_slots", PyModule_Create(&with_slots));
    PyObject *module = PyModule_New("bare");
    check_object("bare", module == NULL ? NULL : PyObject_Repr(module));
    check_bool("dict", PyModule_GetDict(module) != NULL && PyModule_Check(module) && PyModule_CheckExact(module));
    check_bool("nothing", PyModule_GetDef(module) == NULL && PyModule_GetState(module) == NULL);
    check_error("no_exception");
    check_bool("no_file", PyModule_GetFilenameObject(module) == NULL);
    check_error("no_file_error");
    PyModule_AddStringConstant(module, "__file__", "/a/file");
    check_object("file", PyModule_GetFilenameObject(module));
    check_object("from_file", PyObject_Repr(module));
    PyDict_DelItemString(PyModule_GetDict(module), "__name__");
    check_bool("nameless", PyModule_GetName(module) == NULL);
    check_error("nameless_error");
    check_object("nameless_attribute", PyObject_GetAttrString(module, "x"));
    check_bool("no_module_dict", PyModule_GetDict(Py_None) == NULL && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    check_bool("no_module_name", PyModule_GetName(Py_None) == NULL);
    check_error("no_module_name_error");
    check_object("called", PyObject_Repr(PyObject_CallFunction((PyObject *)&PyModule_Type, "ss", "made", "its doc")));
    check_object("called_bad", PyObject_CallFunction((PyObject *)&PyModule_Type, "i", 1));
}

static const check_case cases[] = {
    {"proxies", proxies, NULL},
    {"proxies_of_sets", proxies_of_sets, NULL},
    {"call_iterators", call_iterators, NULL},
    {"bytes_and_hints", bytes_and_hints, NULL},
    {"written", written, NULL},
    {"imported", imported, NULL},
    {"modules", modules, NULL},
#if PY_VERSION_HEX >= 0x03090000
    {"brackets_since_3_9", brackets_since_3_9, NULL},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {"shown_since_3_13", shown_since_3_13, NULL},
    {"full_names_since_3_13", full_names_since_3_13, NULL},
#endif
};
CHECK_MAIN(cases)
