/* module_misuse.c: modules whose definitions contradict themselves, that fail in the making, or that are asked for what they have not. */
#include "text.h"

static PyObject *spec_named(PyObject *name)
{
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Spec"), *spec = PyObject_CallObject(type, NULL);
    if (name != NULL)
        PyObject_SetAttrString(spec, "name", name);
    return spec;
}

static int exec_good(PyObject *module) { return PyModule_AddIntConstant(module, "answer", 42); }
static int exec_fails(PyObject *module) { (void)module; return -1; }
static int exec_fails_loudly(PyObject *module) { (void)module; PyErr_SetString(PyExc_KeyError, "in exec"); return -1; }
static int exec_raises(PyObject *module) { (void)module; PyErr_SetString(PyExc_KeyError, "unreported"); return 0; }
static PyObject *create_null(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; return NULL; }
static PyObject *create_null_loudly(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; PyErr_SetString(PyExc_KeyError, "in create"); return NULL; }
static PyObject *create_list(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; return PyList_New(0); }
static PyObject *create_raises(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; PyErr_SetString(PyExc_KeyError, "unreported"); return PyList_New(0); }
static PyObject *create_module(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; return PyModule_New("another"); }
static PyObject *method(PyObject *self, PyObject *unused) { (void)self, (void)unused; Py_RETURN_NONE; }

#define SLOTS(...) (PyModuleDef_Slot[]){__VA_ARGS__, {0, NULL}}
#define CREATE(function) {Py_mod_create, (void *)(function)}
#define EXEC(function) {Py_mod_exec, (void *)(function)}

/* Makes and executes a module of the definition, and says where that ended. */
static PyObject *attempt(const char *name, PyModuleDef *def)
{
    PyObject *module = PyModule_FromDefAndSpec(def, spec_named(utf8(name)));
    check_pointer(name, module);
    if (module == NULL) {
        check_error(check_join(name, "error"));
        return NULL;
    }
    check_int(check_join(name, "exec"), PyModule_ExecDef(module, def));
    check_error(check_join(name, "exec_error"));
    return module;
}

static PyModuleDef *definition(const char *name, PyModuleDef_Slot *slots, Py_ssize_t size, PyMethodDef *methods)
{
    PyModuleDef *def = calloc(1, sizeof *def);
    *def = (PyModuleDef){PyModuleDef_HEAD_INIT, .m_name = name, .m_size = size, .m_slots = slots, .m_methods = methods};
    return def;
}

static void slots(void)
{
    static PyMethodDef methods[] = {{"method", method, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
    Py_Initialize();
    struct { const char *name; PyModuleDef_Slot *slots; Py_ssize_t size; } tries[] = {
        {"good", SLOTS(EXEC(exec_good)), 8}, {"good_twice", SLOTS(EXEC(exec_good), EXEC(exec_good)), 0},
        {"create_twice", SLOTS(CREATE(create_module), CREATE(create_module)), 0},
        {"create_after_exec", SLOTS(EXEC(exec_good), CREATE(create_module)), 0},
        {"exec_without_create", SLOTS(EXEC(exec_good)), 0}, {"negative", SLOTS(EXEC(exec_good)), -1},
        {"very_negative", NULL, PY_SSIZE_T_MIN}, {"huge", NULL, PY_SSIZE_T_MAX},
        {"exec_fails", SLOTS(EXEC(exec_fails)), 0}, {"exec_fails_loudly", SLOTS(EXEC(exec_fails_loudly), EXEC(exec_good)), 0},
        {"exec_raises", SLOTS(EXEC(exec_raises)), 0}, {"create_null", SLOTS(CREATE(create_null)), 0},
        {"create_null_loudly", SLOTS(CREATE(create_null_loudly)), 0}, {"create_list", SLOTS(CREATE(create_list)), 0},
        {"create_list_state", SLOTS(CREATE(create_list)), 8}, {"create_list_exec", SLOTS(CREATE(create_list), EXEC(exec_good)), 0},
        {"create_raises", SLOTS(CREATE(create_raises)), 0}, {"unknown", SLOTS({77, NULL}), 0}, {"below", SLOTS({-3, NULL}), 0},
        {"unknown_after", SLOTS(EXEC(exec_good), {77, NULL}), 0},
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        PyObject *module = attempt(tries[i].name, definition(tries[i].name, tries[i].slots, tries[i].size, NULL));
        if (module != NULL && PyModule_Check(module))
            check_pointer(check_join(tries[i].name, "state"), PyModule_GetState(module));
    }
    check_object("list_with_methods", attempt("list_with_methods", definition("list_with_methods", SLOTS(CREATE(create_list)), 0, methods)));
}

#if PY_VERSION_HEX >= 0x030D0000
static void slots_since_3_13(void)
{
    Py_Initialize();
    (void)attempt("gil_twice", definition("gil_twice", SLOTS({Py_mod_gil, Py_MOD_GIL_USED}, {Py_mod_gil, Py_MOD_GIL_USED}), 0, NULL));
    (void)attempt("interpreters_twice", definition("interpreters_twice",
        SLOTS({Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
              {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED}), 0, NULL));
    (void)attempt("both", definition("both", SLOTS({Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
                                                   {Py_mod_gil, Py_MOD_GIL_NOT_USED}, EXEC(exec_good)), 0, NULL));
}
#endif

static void specs(void)
{
    Py_Initialize();
    PyModuleDef *def = definition("spec", NULL, 0, NULL);
    check_object("no_name", PyModule_FromDefAndSpec(def, spec_named(NULL)));
    check_object("none", PyModule_FromDefAndSpec(def, Py_None));
    check_object("number", PyModule_FromDefAndSpec(def, spec_named(PyLong_FromLong(3))));
    check_object("surrogate", PyModule_FromDefAndSpec(def, spec_named(PyUnicode_FromOrdinal(0xd800))));
    PyObject *module = PyModule_FromDefAndSpec(def, spec_named(utf8("")));
    check_object("empty", PyObject_Repr(module));
    check_object("dotted", PyObject_Repr(PyModule_FromDefAndSpec(def, spec_named(utf8("a.b")))));
    PyModule_FromDefAndSpec2(def, spec_named(utf8("old")), 3);
    check_raised("old");
    check_object("def_type", (PyObject *)Py_TYPE(PyModuleDef_Init(def)));
}

static void methods(void)
{
    static PyMethodDef bad[][2] = {
        {{"class_method", method, METH_NOARGS | METH_CLASS, NULL}, {NULL, NULL, 0, NULL}},
        {{"static_method", method, METH_NOARGS | METH_STATIC, NULL}, {NULL, NULL, 0, NULL}},
    };
    Py_Initialize();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        PyModuleDef *def = definition("methods", NULL, 0, bad[i]);
        check_object(bad[i]->ml_name, PyModule_Create(def));
        check_int("functions", PyModule_AddFunctions(PyModule_New("m"), bad[i]));
        check_error("functions_error");
    }
    PyObject *module = PyModule_New("m");
    check_int("null", PyModule_AddObject(module, "x", NULL));
    check_error("null_error");
    PyErr_SetString(PyExc_KeyError, "already");
    check_int("null_raised", PyModule_AddObject(module, "x", NULL));
    check_error("null_raised_error");
    check_int("no_module", PyModule_AddObject(Py_None, "x", Py_None));
    check_error("no_module_error");
    check_int("int_of_no_module", PyModule_AddIntConstant(Py_None, "x", 3));
    check_error("int_of_no_module_error");
    check_int("string_null", PyModule_AddStringConstant(module, "x", "\xff"));
    check_error("string_null_error");
    check_int("doc", PyModule_SetDocString(module, "its doc"));
    check_object("doc_is", PyObject_GetAttrString(module, "__doc__"));
    check_int("doc_of_none", PyModule_SetDocString(Py_None, "its doc"));
    check_error("doc_of_none_error");
    check_int("deleted", PyObject_SetAttrString(module, "__doc__", NULL));
    check_int("deleted_again", PyObject_SetAttrString(module, "__doc__", NULL));
    check_error("deleted_again_error");
    check_object("missing", PyObject_GetAttrString(module, "missing"));
    check_pointer("state_none", PyModule_GetState(module));
    check_pointer("def_none", PyModule_GetDef(module));
    check_bool("name", strcmp(PyModule_GetName(module), "m") == 0);
}

static void found(void)
{
    Py_Initialize();
    PyModuleDef *def = definition("found", NULL, -1, NULL), *with_slots = definition("slots", SLOTS(EXEC(exec_good)), 0, NULL);
    check_pointer("never", PyState_FindModule(def));
    PyObject *module = PyModule_Create(def);
    check_pointer("made", PyState_FindModule(def));
    check_int("add", PyState_AddModule(module, def));
    check_bool("found", PyState_FindModule(def) == module);
    check_int("remove", PyState_RemoveModule(def));
    check_pointer("removed", PyState_FindModule(def));
    check_int("slots_add", PyState_AddModule(module, with_slots));
    check_error("slots_add_error");
    check_int("slots_remove", PyState_RemoveModule(with_slots));
    check_error("slots_remove_error");
    check_pointer("slots_find", PyState_FindModule(with_slots));
    check_pointer("with_slots", PyModule_Create(with_slots));
    check_error("with_slots_error");
}

static PyModuleDef given_def = {PyModuleDef_HEAD_INIT, .m_name = "given", .m_slots = (PyModuleDef_Slot[]){EXEC(exec_good), {0, NULL}}};
static PyModuleDef failing_def = {PyModuleDef_HEAD_INIT, .m_name = "failing", .m_slots = (PyModuleDef_Slot[]){EXEC(exec_fails_loudly), {0, NULL}}};
static PyModuleDef once_def = {PyModuleDef_HEAD_INIT, .m_name = "once", .m_size = -1};
static PyObject *init_given(void) { return PyModuleDef_Init(&given_def); }
static PyObject *init_failing(void) { return PyModuleDef_Init(&failing_def); }
static PyObject *init_once(void) { check_text("once", "asked"); return PyModule_Create(&once_def); }

static void imported(void)
{
    PyImport_AppendInittab("given", init_given);
    PyImport_AppendInittab("failing", init_failing);
    PyImport_AppendInittab("once", init_once);
    Py_Initialize();
    PyObject *given = PyImport_ImportModule("given");
    check_object("given", given == NULL ? NULL : PyObject_GetAttrString(given, "answer"));
    check_bool("given_again", PyImport_ImportModule("given") == given);
    check_object("failing", PyImport_ImportModule("failing"));
    check_bool("failing_is_out", PyDict_GetItemString(PyImport_GetModuleDict(), "failing") == NULL);
    PyObject *once = PyImport_ImportModule("once");
    check_bool("once_again", once != NULL && PyImport_ImportModule("once") == once);
    check_object("nothing", PyImport_ImportModule("no_such_module"));
    check_object("dotted", PyImport_ImportModule("given.part"));
    check_object("no_parent", PyImport_ImportModule("no_such.part.of_it"));
    check_object("dots", PyImport_ImportModule("given..x"));
    check_object("last_dot", PyImport_ImportModule("given."));
    check_object("first_dot", PyImport_ImportModule(".given"));
    check_bool("number", PyImport_Import(PyLong_FromLong(3)) == NULL && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    check_object("empty", PyImport_ImportModule(""));
}

#if PY_VERSION_HEX >= 0x030D0000
static PyModuleDef unready_def = {PyModuleDef_HEAD_INIT, .m_name = "unready"};
static PyObject *init_null(void) { return NULL; }
static PyObject *init_raises(void) { PyErr_SetString(PyExc_KeyError, "unreported"); return PyModule_Create(&once_def); }
static PyObject *init_unready(void) { return (PyObject *)&unready_def; }

/* Before 3.13 the interpreter says this of a function of its own, or dies. */
static void imported_since_3_13(void)
{
    PyImport_AppendInittab("null", init_null);
    PyImport_AppendInittab("raises", init_raises);
    PyImport_AppendInittab("unready", init_unready);
    Py_Initialize();
    check_object("null", PyImport_ImportModule("null"));
    check_object("raises", PyImport_ImportModule("raises"));
    check_object("unready", PyImport_ImportModule("unready"));
}
#endif

static const check_case cases[] = {
    {"slots", slots, NULL}, {"specs", specs, NULL}, {"methods", methods, NULL}, {"found", found, NULL}, {"imported", imported, NULL},
#if PY_VERSION_HEX >= 0x030D0000
    {"slots_since_3_13", slots_since_3_13, NULL}, {"imported_since_3_13", imported_since_3_13, NULL},
#endif
    {"slots_debug", slots, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
