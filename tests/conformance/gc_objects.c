/* gc_objects.c: objects of the collector's one by one. Owns: their memory, tracking, weak references outside of collections,
 * misuse that ends the process. Read first: gc_node.h. */
#include "gc_node.h"

static void tracking(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x03090000
    node *made = PyObject_GC_New(node, &node_plain);
    memset(made->links, 0, sizeof made->links);
    made->weak = NULL;
    check_bool("new", PyObject_GC_IsTracked((PyObject *)made));
    PyObject_GC_Track((PyObject *)made);
    check_bool("tracked", PyObject_GC_IsTracked((PyObject *)made));
    PyObject_GC_UnTrack((PyObject *)made);
    PyObject_GC_UnTrack((PyObject *)made);
    check_bool("untracked", PyObject_GC_IsTracked((PyObject *)made));
    PyObject_GC_Track((PyObject *)made);
    check_bool("finalized", PyObject_GC_IsFinalized((PyObject *)made));
    Py_DECREF(made);
    check_events("events");
    PyObject *tuple = PyTuple_Pack(1, Py_None);
    check_bool("none", PyObject_GC_IsTracked(Py_None));
    check_bool("type", PyObject_GC_IsTracked((PyObject *)&PyTuple_Type));
    check_bool("tuple", PyObject_GC_IsTracked(tuple));
    PyObject *list = PyList_New(0);
    check_bool("list", PyObject_GC_IsTracked(list));
    PyObject *alloc = PyType_GenericAlloc(&node_plain, 0);
    check_bool("generic_alloc", PyObject_GC_IsTracked(alloc));
    check_int("is_gc", PyObject_IS_GC(alloc));
    check_int("is_gc_none", PyObject_IS_GC(Py_None));
    check_int("is_gc_static_type", PyObject_IS_GC((PyObject *)&PyTuple_Type));
#endif
}

/* A tuple of things that cannot be in a cycle is left alone from the first collection on. */
static void tuples_untracked(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x03090000
    PyObject *atoms = PyTuple_Pack(2, Py_None, Py_True), *holder = PyTuple_Pack(1, PyList_New(0)), *nested = PyTuple_Pack(1, atoms);
    gc_collect_now();
    gc_collect_now();
    check_bool("atoms", PyObject_GC_IsTracked(atoms));
    check_bool("holder", PyObject_GC_IsTracked(holder));
    check_bool("nested", PyObject_GC_IsTracked(nested));
#endif
}

typedef struct items {
    PyObject_VAR_HEAD
    PyObject *items[1];
} items;
static int items_traverse(PyObject *self, visitproc visit, void *arg)
{
    (void)self, (void)visit, (void)arg;
    return 0;
}
static PyTypeObject items_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Items", .tp_basicsize = offsetof(items, items), .tp_itemsize = sizeof(PyObject *),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = items_traverse, .tp_free = PyObject_GC_Del};

static void sizes(void)
{
    gc_begin();
    if (PyType_Ready(&items_type) != 0)
        exit(3);
    items *made = PyObject_GC_NewVar(items, &items_type, 3);
    check_int("size", Py_SIZE(made));
    check_int("count", Py_REFCNT(made));
    for (int i = 0; i < 3; i++)
        made->items[i] = Py_None + i;
    made = PyObject_GC_Resize(items, made, 1000);
    check_int("resized", Py_SIZE(made));
    check_bool("kept", made->items[2] == Py_None + 2);
    check_pointer("too_large", PyObject_GC_Resize(items, made, PY_SSIZE_T_MAX / 8));
    check_error("too_large_error");
    check_int("as_it_was", Py_SIZE(made));
    check_pointer("negative", PyObject_GC_NewVar(items, &items_type, -1));
    check_error("negative_error");
    check_pointer("new_too_large", PyObject_GC_NewVar(items, &items_type, PY_SSIZE_T_MAX / 8));
    check_error("new_too_large_error");
    PyObject_GC_Del(made);
}

static void extra_data(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *made = PyUnstable_Object_GC_NewWithExtraData(&node_plain, 24);
    check_bytes("zeros", (char *)made + sizeof(PyObject), sizeof(node) - sizeof(PyObject) + 24);
    check_int("count", Py_REFCNT(made));
    check_bool("tracked", PyObject_GC_IsTracked(made));
    Py_DECREF(made);
    check_events("events");
    check_pointer("too_large", PyUnstable_Object_GC_NewWithExtraData(&node_plain, PY_SSIZE_T_MAX - sizeof(node)));
    check_error("too_large_error");
#endif
}

#if PY_VERSION_HEX >= 0x030C0000
typedef struct seen {
    int nodes, limit;
} seen;
static int see(PyObject *op, void *arg)
{
    seen *of = arg;
    of->nodes += Py_TYPE(op) == &node_plain;
    return of->nodes < of->limit;
}
#endif

static void visits(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x030C0000
    for (int i = 0; i < 5; i++)
        node_new(&node_plain, NULL);
    gc_collect_now(); /* older ones, too, are visited */
    for (int i = 0; i < 5; i++)
        node_new(&node_plain, NULL);
    seen all = {0, 1000}, some = {0, 3};
    PyGC_Enable();
    PyUnstable_GC_VisitObjects(see, &all);
    PyUnstable_GC_VisitObjects(see, &some);
    check_int("all", all.nodes);
    check_int("some", some.nodes);
    check_int("enabled_again", PyGC_IsEnabled());
#endif
}

#if PY_VERSION_HEX >= 0x030C0000
static int act(PyObject *op, void *met)
{
    if (Py_TYPE(op) != &node_plain || ++*(int *)met > 1)
        return 1;
    check_int("held", Py_REFCNT(op));
    check_int("enabled_within", PyGC_IsEnabled());
    check_int("collected_within", PyGC_Collect());
    PyGC_Enable();
    return 1;
}
#endif

/* Each is held while it is visited, and nothing is collected meanwhile. */
static void visits_that_act(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x030C0000
    int met = 0;
    Py_DECREF(node_pair(&node_plain));
    PyUnstable_GC_VisitObjects(act, &met);
    check_int("enabled", PyGC_IsEnabled());
    check_events("events");
    PyGC_Enable();
    met = 0;
    PyUnstable_GC_VisitObjects(act, &met);
    check_int("enabled_as_before", PyGC_IsEnabled());
    check_int("found", PyGC_Collect());
#endif
}

static void switches(void)
{
    gc_begin();
#if PY_VERSION_HEX >= 0x030A0000
    check_int("is", PyGC_IsEnabled());
    Py_DECREF(node_pair(&node_plain));
    check_int("disabled", PyGC_Collect());
    check_int("enable", PyGC_Enable());
    check_int("enable_again", PyGC_Enable());
    check_int("enabled", PyGC_Collect());
    check_int("disable", PyGC_Disable());
    check_int("disable_again", PyGC_Disable());
#endif
}

static void weak_references(void)
{
    gc_begin();
    PyObject *self = node_new(&node_plain, NULL), *callback = node_new(&callback_type, NULL);
    PyObject *first = PyWeakref_NewRef(self, NULL), *same = PyWeakref_NewRef(self, Py_None), *called = PyWeakref_NewRef(self, callback);
    check_bool("shared", first == same);
    check_bool("own", first != called && called != PyWeakref_NewRef(self, callback));
    check_bool("check", PyWeakref_Check(first) && PyWeakref_CheckRef(first) && PyWeakref_CheckRefExact(first));
    check_bool("object", PyWeakref_GetObject(called) == self);
    check_int("equal", PyObject_RichCompareBool(first, called, Py_EQ));
    check_bool("hash", PyObject_Hash(first) == PyObject_Hash(self));
    check_int("count", Py_REFCNT(self));
    gc_watched = first;
    Py_DECREF(self);
    check_events("events");
    check_bool("dead_in_callback", gc_was_dead);
    check_bool("dead", PyWeakref_GetObject(called) == Py_None);
    check_int("unequal", PyObject_RichCompareBool(first, called, Py_EQ));
    check_bool("hash_is_known", PyObject_Hash(first) != -1);
    check_int("hash_is_not", PyObject_Hash(called));
    check_error("hash_error");
    check_pointer("none", PyWeakref_NewRef(Py_None, NULL));
    check_error("none_error");
    check_pointer("no_weakref", PyWeakref_GetObject(Py_None));
    check_error("no_weakref_error");
    PyObject_ClearWeakRefs(Py_None);
    check_error("clear_none_error");
    PyObject_ClearWeakRefs(callback);
    check_error("clear_alive_error");
    PyObject *to_type = PyWeakref_NewRef((PyObject *)&node_plain, NULL);
    check_bool("type", to_type != NULL && PyWeakref_GetObject(to_type) == (PyObject *)&node_plain);
}

static int calls;
static PyObject *order_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)self, (void)keywords;
    check_int("call", ++calls);
    PyObject **all = (PyObject **)gc_kept;
    for (int i = 0; i < 3; i++) {
        check_bool("is_dead", PyWeakref_GetObject(all[i]) == Py_None);
        check_bool("is_this", PyTuple_GET_ITEM(args, 0) == all[i]);
    }
    Py_RETURN_NONE;
}

/* All are dead before the first is called; the newest comes first. */
static void callbacks(void)
{
    gc_begin();
    static PyTypeObject type = NODE_TYPE(.tp_call = order_call);
    if (PyType_Ready(&type) != 0)
        exit(3);
    PyObject *self = node_new(&node_plain, NULL), *callback = node_new(&type, NULL), *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = PyWeakref_NewRef(self, callback);
    gc_kept = (PyObject *)all;
    Py_DECREF(self);
    check_int("calls", calls);
}

static void track_twice(void)
{
    gc_begin();
    PyObject_GC_Track(node_new(&node_plain, NULL));
    check_text("alive", "yes");
}

static const check_case cases[] = {
    {"tracking", tracking, NULL},
    {"tuples_untracked", tuples_untracked, NULL},
    {"sizes", sizes, NULL},
    {"extra_data", extra_data, NULL},
    {"visits", visits, NULL},
    {"visits_that_act", visits_that_act, NULL},
    {"switches", switches, NULL},
    {"weak_references", weak_references, NULL},
    {"callbacks", callbacks, NULL},
    {"track_twice", track_twice, NULL},
};
CHECK_MAIN(cases)
