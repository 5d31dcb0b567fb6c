/* object_modules.c: modules from their beginning to their end: imported, remembered, refused half-way, collected, let go of.
 *
 * Owns: the above. Does not own: what is wrong with a definition (object_more.c). Read check.h first. */
#include "text.h"

static int traversed, freed;
static int traverse(PyObject *self, visitproc visit, void *arg) { (void)self, (void)visit, (void)arg; traversed++; return 0; }
static int clear(PyObject *self) { (void)self; return 0; }
static void end(void *self) { (void)self; freed++; }

static PyModuleDef once_def = {PyModuleDef_HEAD_INIT, .m_name = "once", .m_size = 16};
static PyObject *once_init(void) { return PyModule_Create(&once_def); }

static int refuse(PyObject *self)
{
    (void)self;
    PyErr_SetString(PyExc_ValueError, "refused");
    return -1;
}
static PyModuleDef_Slot refusing_slots[] = {{Py_mod_exec, (void *)refuse}, {0, NULL}};
static PyModuleDef refusing_def = {PyModuleDef_HEAD_INIT, .m_name = "refusing", .m_slots = refusing_slots};
static PyObject *refusing_init(void) { return PyModuleDef_Init(&refusing_def); }

static int is_known(const char *name) { return PyDict_GetItemString(PyImport_GetModuleDict(), name) != NULL; }

static void imported(void)
{
    PyImport_AppendInittab("once", once_init);
    PyImport_AppendInittab("refusing", refusing_init);
    Py_Initialize();
    check_bool("before", PyState_FindModule(&once_def) == NULL);
    PyObject *first = PyImport_ImportModule("once"), *second = PyImport_ImportModule("once");
    check_bool("same", first == second && first != NULL);
    check_bool("remembered", PyState_FindModule(&once_def) == first);
    PyModuleDef_Init(&once_def);
    check_bool("remembered_still", PyState_FindModule(&once_def) == first);
    check_bool("definition", PyModule_GetDef(first) == &once_def && PyModule_GetState(first) != NULL);
    check_bytes("state", PyModule_GetState(first), 16);
    check_bool("refusing", PyImport_ImportModule("refusing") == NULL);
    check_error("refusing_error");
    check_bool("refused_is_known", is_known("refusing"));
    check_bool("once_is_known", is_known("once"));
    PyDict_SetItemString(PyImport_GetModuleDict(), "once", Py_None);
    check_bool("halted", PyImport_ImportModule("once") == NULL);
    check_error("halted_error");
}

static PyObject *gone(PyObject *self, PyObject *reference)
{
    (void)self;
    check_bool("callback", PyWeakref_Check(reference));
    Py_RETURN_NONE;
}
static PyMethodDef gone_def = {"gone", gone, METH_O, NULL};

/* Its functions are called with a state, with none, and with one that it will never have. */
static void ends(void)
{
    Py_Initialize();
    static PyModuleDef defs[] = {
        {PyModuleDef_HEAD_INIT, .m_name = "negative", .m_size = -1, .m_traverse = traverse, .m_clear = clear, .m_free = end},
        {PyModuleDef_HEAD_INIT, .m_name = "none", .m_size = 0, .m_traverse = traverse, .m_clear = clear, .m_free = end},
        {PyModuleDef_HEAD_INIT, .m_name = "some", .m_size = 8, .m_traverse = traverse, .m_clear = clear, .m_free = end}};
    for (int i = 0; i < 3; i++) {
        PyObject *module = PyModule_Create(&defs[i]), *reference;
        freed = traversed = 0;
        PyModule_AddObject(module, "itself", (Py_INCREF(module), module));
        reference = PyWeakref_NewRef(module, PyCFunction_New(&gone_def, NULL));
        Py_DECREF(module);
        PyGC_Collect();
        check_bool(check_join(defs[i].m_name, "gone"), PyWeakref_GetObject(reference) == Py_None);
        check_text(check_join(defs[i].m_name, "calls"), "%d %d", traversed > 0, freed); /* the dict or the module is cleared first */
    }
    PyObject *plain = PyModule_New("plain"), *reference = PyWeakref_NewRef(plain, PyCFunction_New(&gone_def, NULL));
    Py_DECREF(plain);
    check_bool("plain", PyWeakref_GetObject(reference) == Py_None);
}

static PyObject *nothing(PyObject *self, PyObject *unused) { (void)self, (void)unused; Py_RETURN_NONE; }
static PyMethodDef static_methods[] = {{"nothing", nothing, METH_NOARGS | METH_STATIC, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef class_methods[] = {{"nothing", nothing, METH_NOARGS | METH_CLASS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef good_methods[] = {{"nothing", nothing, METH_NOARGS, "a text"}, {NULL, NULL, 0, NULL}};

static PyObject *make_list(PyObject *spec, PyModuleDef *def) { (void)spec, (void)def; return PyList_New(0); }
static PyModuleDef_Slot list_slots[] = {{Py_mod_create, (void *)make_list}, {0, NULL}};

static void refused(void)
{
    Py_Initialize();
    PyObject *module = PyModule_New("functions");
    check_int("static", PyModule_AddFunctions(module, static_methods));
    check_error("static_error");
    check_int("class", PyModule_AddFunctions(module, class_methods));
    check_error("class_error");
    check_int("good", PyModule_AddFunctions(module, good_methods));
    check_object("called", PyObject_CallMethod(module, "nothing", NULL));
    check_object("of_module", PyObject_GetAttrString(PyObject_GetAttrString(module, "nothing"), "__module__"));
    static PyModuleDef defs[] = {{PyModuleDef_HEAD_INIT, .m_name = "traverses", .m_slots = list_slots, .m_traverse = traverse},
                                 {PyModuleDef_HEAD_INIT, .m_name = "clears", .m_slots = list_slots, .m_clear = clear},
                                 {PyModuleDef_HEAD_INIT, .m_name = "frees", .m_slots = list_slots, .m_free = end},
                                 {PyModuleDef_HEAD_INIT, .m_name = "sized", .m_slots = list_slots, .m_size = 1},
                                 {PyModuleDef_HEAD_INIT, .m_name = "listed", .m_slots = list_slots}};
    PyObject *spec = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Spec");
    for (size_t i = 0; i < sizeof defs / sizeof *defs; i++) {
        PyObject_SetAttrString(spec, "name", PyUnicode_FromString(defs[i].m_name));
        PyObject *made = PyModule_FromDefAndSpec(&defs[i], spec);
        check_text(defs[i].m_name, "%s", made == NULL ? "refused" : Py_TYPE(made)->tp_name);
        check_error(check_join(defs[i].m_name, "error"));
    }
}

/* More than any first room for them; pads of debug hooks tell who writes beside it. */
static void remembered(void)
{
    Py_Initialize();
    static PyModuleDef defs[100];
    int found = 0, forgotten = 0;
    for (int i = 0; i < 100; i++) {
        defs[i] = (PyModuleDef){PyModuleDef_HEAD_INIT, .m_name = "many", .m_size = 0};
        PyObject *module = PyModule_Create(&defs[i]);
        Py_ssize_t before = Py_REFCNT(module);
        PyState_AddModule(module, &defs[i]);
        found += PyState_FindModule(&defs[i]) == module && Py_REFCNT(module) == before + 1;
    }
    for (int i = 0; i < 100; i++) {
        PyObject *module = PyState_FindModule(&defs[i]);
        Py_ssize_t before = Py_REFCNT(module);
        forgotten += PyState_RemoveModule(&defs[i]) == 0 && PyState_FindModule(&defs[i]) == NULL && Py_REFCNT(module) == before - 1;
    }
    check_text("count", "%d %d", found, forgotten);
}

static const check_case cases[] = {
    {"imported", imported, NULL}, {"ends", ends, NULL}, {"refused", refused, NULL}, {"remembered", remembered, NULL},
    {"remembered_debug", remembered, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
