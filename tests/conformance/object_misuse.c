/* object_misuse.c: objects and types that are asked for what cannot be: sizes below 0, types that are not ready, bases and slots that
 * do not go together, destructors out of turn. Each is an error or the end of the process, the same in both. */
#include "text.h"

static int some_traverse(PyObject *self, visitproc visit, void *arg) { (void)self, (void)visit, (void)arg; return 0; }
static PyObject *some_repr(PyObject *self) { (void)self; return PyUnicode_FromString("<some>"); }

/* An object or NULL, and with which exception: a SystemError names a line of the source. */
static void check_made(const char *name, void *made)
{
    check_pointer(name, made);
    if (made == NULL && PyErr_Occurred() != NULL && PyErr_ExceptionMatches(PyExc_SystemError)) {
        check_text(check_join(name, "error"), "SystemError");
        PyErr_Clear();
    } else
        check_error(check_join(name, "error"));
}

static void sizes(void)
{
    static PyTypeObject type = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Sized", .tp_basicsize = sizeof(PyVarObject), .tp_itemsize = 8,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = some_traverse, .tp_free = PyObject_GC_Del};
    Py_Initialize();
    check_int("ready", PyType_Ready(&type));
    check_made("gc_new_var", PyObject_GC_NewVar(PyVarObject, &type, -1));
    check_made("gc_new_var_least", PyObject_GC_NewVar(PyVarObject, &type, PY_SSIZE_T_MIN));
    check_made("tuple", PyTuple_New(-1));
    check_made("list", PyList_New(-1));
    check_made("bytes", PyBytes_FromStringAndSize("x", -1));
    check_made("str", PyUnicode_FromStringAndSize("x", -1));
    check_made("str_new", PyUnicode_New(-1, 127));
    check_made("list_huge", PyList_New(PY_SSIZE_T_MAX));
    check_made("tuple_huge", PyTuple_New(PY_SSIZE_T_MAX));
    check_made("bytes_huge", PyBytes_FromStringAndSize(NULL, PY_SSIZE_T_MAX));
    check_made("str_huge", PyUnicode_New(PY_SSIZE_T_MAX, 0x10ffff));
    PyObject *shared = PyTuple_New(1);
    Py_INCREF(shared);
    check_int("shared_resize", _PyTuple_Resize(&shared, 3));
    check_made("shared_left", shared);
}

/* The type is made ready when something is looked up in it. */
static void unready(void)
{
    static PyTypeObject type = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "test.Unready", .tp_basicsize = sizeof(PyObject),
                                .tp_flags = Py_TPFLAGS_DEFAULT, .tp_repr = some_repr};
    Py_Initialize();
    PyObject *op = PyObject_New(PyObject, &type);
    check_bool("ready_before", (type.tp_flags & Py_TPFLAGS_READY) != 0);
    check_made("attribute", PyObject_GenericGetAttr(op, PyUnicode_FromString("nothing")));
    check_bool("ready_after", (type.tp_flags & Py_TPFLAGS_READY) != 0);
    check_made("repr", PyObject_GetAttrString(op, "__repr__"));
}

static void check_spec(const char *name, PyType_Spec *spec, PyObject *of)
{
    PyObject *made = PyType_FromSpecWithBases(spec, of);
    check_pointer(name, made);
    check_error(check_join(name, "error"));
}

static void bases(void)
{
    static PyTypeObject closed = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Closed", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT};
    static PyTypeObject on_heap_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.OnHeap", .tp_flags = Py_TPFLAGS_DEFAULT};
    static PyTypeObject on_closed = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.OnClosed", .tp_flags = Py_TPFLAGS_DEFAULT, .tp_base = &closed};
    PyType_Slot none[] = {{0, NULL}};
    PyType_Spec base = {"test.Base", sizeof(PyObject) + 32, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, none};
    PyType_Spec other = {"test.Other", sizeof(PyObject) + 64, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, none};
    PyType_Spec derived = {"test.Derived", 0, 0, Py_TPFLAGS_DEFAULT, none};
    Py_Initialize();
    PyObject *one = PyType_FromSpec(&base), *two = PyType_FromSpec(&other);
    check_int("closed", PyType_Ready(&closed));
    check_spec("of_numbers", &derived, Py_BuildValue("(i)", 3));
    check_spec("of_closed", &derived, PyTuple_Pack(1, (PyObject *)&closed));
    check_spec("of_both", &derived, PyTuple_Pack(2, one, two));
    check_spec("of_twice", &derived, PyTuple_Pack(2, one, one));
    check_object("order", PyType_FromSpecWithBases(&derived, PyTuple_Pack(2, (PyObject *)&PyBaseObject_Type, one)));
    on_heap_type.tp_base = (PyTypeObject *)one;
    check_int("static_of_heap", PyType_Ready(&on_heap_type));
    check_error("static_of_heap.error");
    check_int("static_of_closed", PyType_Ready(&on_closed));
    check_error("static_of_closed.error");
    check_made("called", PyObject_CallFunction((PyObject *)&PyType_Type, "s(OO){}", "Both", one, two));
    check_made("called_closed", PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){}", "Of", &PyBool_Type));
    check_made("called_number", PyObject_CallFunction((PyObject *)&PyType_Type, "s(i){}", "Of", 3));
}

static void slots(void)
{
    PyType_Slot unknown[] = {{-1, some_repr}, {0, NULL}}, far[] = {{500, some_repr}, {0, NULL}};
    PyType_Slot docs[] = {{Py_tp_doc, (void *)"one"}, {Py_tp_repr, some_repr}, {0, NULL}}, none[] = {{0, NULL}};
    PyType_Spec specs[] = {
        {"test.Unknown", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, unknown}, {"test.Far", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, far},
        {"test.Docs", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, docs}, {NULL, sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, none},
        {"test.Blind", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, none},
    };
    Py_Initialize();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        check_spec(specs[i].name == NULL ? "nameless" : specs[i].name, &specs[i], NULL);
    static PyTypeObject free_is_plain = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Plain", .tp_basicsize = sizeof(PyObject), .tp_traverse = some_traverse,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_free = PyObject_Free};
    check_int("free", PyType_Ready(&free_is_plain));
    check_error("free.error");
    static PyTypeObject closed = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.NotMade", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT};
    check_int("closed", PyType_Ready(&closed));
    check_made("closed.call", PyObject_CallNoArgs((PyObject *)&closed));
}

static PyObject *gc_object(void)
{
    static PyTypeObject type = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Known", .tp_basicsize = sizeof(PyObject), .tp_free = PyObject_GC_Del,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = some_traverse};
    Py_Initialize();
    return PyType_Ready(&type) == 0 ? PyType_GenericAlloc(&type, 0) : NULL;
}

/* What a destructor forgot: it is no longer known, and nobody is hurt. */
static void del_tracked(void)
{
    PyObject *op = gc_object();
    PyObject_GC_Del(op);
    PyGC_Collect();
    op = gc_object();
    PyObject_GC_UnTrack(op);
    PyObject_GC_UnTrack(op);
    PyGC_Collect();
    PyObject_GC_Del(op);
    check_text("alive", "yes");
}

static void finalized_alive(void)
{
    PyObject *op = gc_object();
    check_int("result", PyObject_CallFinalizerFromDealloc(op));
    check_text("alive", "yes");
}

static const check_case cases[] = {
    {"sizes", sizes, NULL}, {"unready", unready, NULL}, {"bases", bases, NULL}, {"slots", slots, NULL},
    {"del_tracked", del_tracked, NULL}, {"del_tracked_debug", del_tracked, "PYTHONMALLOC=debug"},
    {"finalized_alive", finalized_alive, NULL},
};
CHECK_MAIN(cases)
