/* object_types.c: types and instances without any built-in: what is inherited, who owns what, in which order they end.
 *
 * Owns: PyType_Ready and PyType_FromSpec as seen from C. Does not own: allocation (object_alloc.c). Read first: check.h. */
#include "check.h"

static PyObject *some_repr(PyObject *self) { Py_INCREF(self); return self; }
static Py_hash_t some_hash(PyObject *self) { (void)self; return 42; }
static PyObject *some_compare(PyObject *a, PyObject *b, int op) { (void)a; (void)b; (void)op; Py_RETURN_NOTIMPLEMENTED; }
static PyObject *some_add(PyObject *a, PyObject *b) { (void)b; Py_INCREF(a); return a; }
static int some_traverse(PyObject *self, visitproc visit, void *arg) { (void)self; (void)visit; (void)arg; return 0; }
static int some_clear(PyObject *self) { (void)self; return 0; }

/* The type of the exception that is set, cleared. */
static void check_error(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}

static PyNumberMethods base_numbers = {.nb_add = some_add};
static PyTypeObject base = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Base", .tp_basicsize = 48, .tp_itemsize = 4, .tp_repr = some_repr,
    .tp_hash = some_hash, .tp_richcompare = some_compare, .tp_as_number = &base_numbers,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew, .tp_dictoffset = 24};

static void inherit(void)
{
    static PyNumberMethods own;
    static PyTypeObject derived = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Derived", .tp_base = &base, .tp_as_number = &own};
    static PyTypeObject equal = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Equal", .tp_base = &base, .tp_richcompare = some_compare};
    static PyTypeObject plain = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Plain", .tp_basicsize = sizeof(PyObject)};
    Py_Initialize();
    check_int("ready", PyType_Ready(&derived));
    check_int("again", PyType_Ready(&derived));
    check_bool("base_is_ready", (base.tp_flags & Py_TPFLAGS_READY) != 0);
    check_int("basicsize", derived.tp_basicsize);
    check_int("itemsize", derived.tp_itemsize);
    check_int("dictoffset", derived.tp_dictoffset);
    check_bool("repr", derived.tp_repr == some_repr);
    check_bool("hash", derived.tp_hash == some_hash);
    check_bool("richcompare", derived.tp_richcompare == some_compare);
    check_bool("add", own.nb_add == some_add);
    check_bool("new", derived.tp_new == PyType_GenericNew);
    check_bool("base_flag", (derived.tp_flags & Py_TPFLAGS_BASETYPE) != 0);
    check_bool("free", derived.tp_free == PyObject_Free);
    check_bool("alloc", derived.tp_alloc == PyType_GenericAlloc);
    check_bool("type", Py_TYPE(&derived) == &PyType_Type);
    check_int("equal_ready", PyType_Ready(&equal));
    check_bool("equal_hashable", equal.tp_hash == some_hash);
    check_int("plain_ready", PyType_Ready(&plain));
    check_pointer("plain_new", (void *)plain.tp_new);
    check_bool("subtype", PyType_IsSubtype(&derived, &base));
    check_bool("not_subtype", PyType_IsSubtype(&base, &derived));
    check_bool("of_object", PyType_IsSubtype(&derived, &PyBaseObject_Type));
}

static void collected(void)
{
    static PyTypeObject tracked = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Tracked", .tp_basicsize = sizeof(PyObject), .tp_traverse = some_traverse,
        .tp_clear = some_clear, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE};
    static PyTypeObject heir = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Heir", .tp_base = &tracked};
    static PyTypeObject half = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Half", .tp_base = &tracked, .tp_clear = some_clear};
    Py_Initialize();
    check_int("ready", PyType_Ready(&heir));
    check_bool("has_gc", (heir.tp_flags & Py_TPFLAGS_HAVE_GC) != 0);
    check_bool("traverse", heir.tp_traverse == some_traverse);
    check_bool("free_is_plain", heir.tp_free == PyObject_Free);
    check_int("half_ready", PyType_Ready(&half));
    check_bool("half_has_gc", (half.tp_flags & Py_TPFLAGS_HAVE_GC) != 0);
}

static void refused(void)
{
    static PyTypeObject nameless = {PyVarObject_HEAD_INIT(NULL, 0).tp_basicsize = sizeof(PyObject)};
    static PyTypeObject mixed = {
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Mixed", .tp_basicsize = sizeof(PyObject), .tp_free = PyObject_Free,
        .tp_traverse = some_traverse, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE};
    static PyTypeObject blind = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Blind", .tp_basicsize = sizeof(PyObject),
                                 .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC};
    static PyType_Slot on_bool[] = {{Py_tp_base, &PyBool_Type}, {0, NULL}}, wrong[] = {{1000, some_repr}, {0, NULL}};
    PyType_Spec of_bool = {"test.A", 0, 0, Py_TPFLAGS_DEFAULT, on_bool}, bad_slot = {"test.B", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, wrong};
    Py_Initialize();
    check_int("nameless", PyType_Ready(&nameless));
    check_error("nameless_error");
    check_int("mixed", PyType_Ready(&mixed));
    check_error("mixed_error");
    check_int("blind", PyType_Ready(&blind));
    check_error("blind_error");
    check_pointer("slot", PyType_FromSpec(&bad_slot));
    check_error("slot_error");
    check_pointer("final_base", PyType_FromSpec(&of_bool));
    check_error("final_base_error");
}

static char order[32];
static PyObject *kept;

static PyObject *noting_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    strcat(order, "n");
    return type->tp_alloc(type, 0);
}
static void noting_finalize(PyObject *self)
{
    strcat(order, "f");
    check_int("count_in_finalizer", Py_REFCNT(self));
}
static void keeping_finalize(PyObject *self)
{
    strcat(order, "k");
    Py_INCREF(self);
    kept = self;
}
static void noting_del(PyObject *self) { (void)self; strcat(order, "d"); }

static PyTypeObject *make(PyType_Slot *slots, unsigned flags)
{
    PyType_Spec spec = {"test.Made", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_FINALIZE | flags, slots};
    order[0] = 0;
    kept = NULL;
    return (PyTypeObject *)PyType_FromSpec(&spec);
}

static void life(void)
{
    Py_Initialize();
    PyType_Slot slots[] = {{Py_tp_new, noting_new}, {Py_tp_finalize, noting_finalize}, {Py_tp_del, noting_del}, {0, NULL}};
    PyTypeObject *type = make(slots, 0);
    Py_ssize_t before = Py_REFCNT(type);
    PyObject *self = type->tp_new(type, NULL, NULL);
    check_int("instance_owns_type", Py_REFCNT(type) - before);
    Py_DECREF(self);
    check_int("gives_it_back", Py_REFCNT(type) - before);
    check_text("order", "%s", order);
}

static int type_traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(Py_TYPE(self)); return 0; }

static void back_to_life(void)
{
    Py_Initialize();
    for (int has_gc = 0; has_gc < 2; has_gc++) {
        PyType_Slot slots[] = {{Py_tp_finalize, keeping_finalize}, {has_gc ? Py_tp_traverse : 0, (void *)type_traverse}, {0, NULL}};
        PyTypeObject *type = make(slots, has_gc ? Py_TPFLAGS_HAVE_GC : 0);
        PyObject *self = type->tp_alloc(type, 0);
        const char *name = has_gc ? "gc" : "plain";
        Py_DECREF(self);
        check_bool(check_join(name, "is_back"), kept == self);
        check_int(check_join(name, "count"), Py_REFCNT(self));
        Py_DECREF(self);
        check_text(check_join(name, "order"), "%s", order);
    }
}

static const check_case cases[] = {
    {"inherit", inherit, NULL},       {"collected", collected, NULL}, {"refused", refused, NULL},
    {"life", life, NULL},             {"life_debug", life, "PYTHONMALLOC=debug"},
    {"back_to_life", back_to_life, NULL},
};
CHECK_MAIN(cases)
