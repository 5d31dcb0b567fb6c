/* gc_order.c: what happens to garbage, and in which order. Owns: finalizers, what comes back, tp_del, weak references within a
 * collection. Read first: gc_node.h. */
#include "gc_node.h"

static void plain_cycles(void)
{
    gc_begin();
    PyObject *pair = node_pair(&node_plain);
    check_int("held", gc_collect_now());
    Py_DECREF(pair);
    check_int("garbage", gc_collect_now());
    check_events("events");
    check_int("nothing_left", gc_collect_now());
    PyObject *self = node_new(&node_plain, NULL);
    Py_INCREF(self);
    ((node *)self)->links[0] = self;
    Py_DECREF(self);
    check_int("self", gc_collect_now());
    PyObject *outer = node_pair(&node_plain), *tail = node_new(&node_plain, NULL);
    ((node *)outer)->links[1] = tail; /* hangs on the cycle, is on none */
    Py_DECREF(outer);
    check_int("with_tail", gc_collect_now());
    check_events("events_tail");
}

static void finalizers(void)
{
    gc_begin();
    Py_DECREF(node_pair(&node_final));
    check_int("garbage", gc_collect_now());
    check_events("events");
    PyObject *mixed = node_pair(&node_final);
    ((node *)mixed)->links[1] = node_new(&node_plain, NULL);
    Py_DECREF(mixed);
    check_int("mixed", gc_collect_now());
    check_events("events_mixed");
}

static void resurrection(void)
{
    gc_begin();
    PyObject *self = node_pair(&node_keeping);
    gc_watched = PyWeakref_NewRef(self, NULL);
    Py_DECREF(self);
    check_int("back", gc_collect_now());
    check_events("events");
    check_bool("weak_is_dead", PyWeakref_GetObject(gc_watched) == Py_None);
#if PY_VERSION_HEX >= 0x03090000
    check_bool("tracked", PyObject_GC_IsTracked(gc_kept));
    check_bool("finalized", PyObject_GC_IsFinalized(gc_kept));
#endif
    Py_CLEAR(gc_kept);
    check_int("second_death", gc_collect_now());
    check_events("events_second");
}

/* One comes back, and what it leads to; the rest goes. */
static void resurrection_of_a_part(void)
{
    gc_begin();
    PyObject *a = node_pair(&node_final), *b = node_new(&node_keeping, NULL);
    Py_INCREF(b);
    ((node *)b)->links[0] = b;
    ((node *)b)->links[1] = node_new(&node_plain, NULL);
    Py_INCREF(b);
    ((node *)a)->links[1] = b;
    Py_DECREF(b);
    Py_DECREF(a);
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("count", Py_REFCNT(gc_kept));
}

static void legacy(void)
{
    gc_begin();
    PyObject *self = node_pair(&node_legacy);
    ((node *)self)->links[1] = node_new(&node_final, NULL); /* kept for its sake */
    Py_DECREF(self);
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("count", Py_REFCNT(self));
    check_int("once", gc_collect_now());
}

static void weak_references(void)
{
    gc_begin();
    PyObject *self = node_pair(&node_final), *callback = node_new(&callback_type, NULL);
    PyObject *called = PyWeakref_NewRef(self, callback);
    gc_watched = PyWeakref_NewRef(self, NULL);
    Py_DECREF(self);
    check_int("found", gc_collect_now());
    check_events("events");
    check_bool("dead_in_callback_and_finalizer", gc_was_dead);
    check_bool("dead", PyWeakref_GetObject(called) == Py_None);
}

/* A weak reference that is garbage itself calls nobody. */
static void weak_garbage(void)
{
    gc_begin();
    PyObject *self = node_pair(&node_plain), *callback = node_new(&callback_type, NULL);
    ((node *)self)->links[1] = PyWeakref_NewRef(self, callback);
    Py_DECREF(self);
    check_int("found", gc_collect_now());
    check_events("events");
    PyObject *outside = node_new(&node_plain, NULL); /* alive, and referred to by a reference that dies */
    self = node_pair(&node_plain);
    ((node *)self)->links[1] = PyWeakref_NewRef(outside, callback);
    Py_DECREF(self);
    check_int("found_reference", gc_collect_now());
    check_events("events_reference");
    Py_DECREF(outside);
    check_events("events_outside");
}

static void callback_fails(void)
{
    gc_begin();
    PyObject *self = node_pair(&node_plain), *callback = node_new(&callback_type, NULL);
    Py_INCREF(Py_None);
    ((node *)callback)->links[0] = Py_None;
    PyObject *called = PyWeakref_NewRef(self, callback);
    Py_DECREF(self);
    PyErr_SetString(PyExc_KeyError, "set before");
    fclose(stderr); /* what is printed names an address */
    check_int("found", gc_collect_now());
    check_error("stays");
    check_events("events");
    check_bool("dead", PyWeakref_GetObject(called) == Py_None);
}

static Py_ssize_t nested = -2;
static void collect_in_finalizer(PyObject *self)
{
    (void)self;
    nested = gc_collect_now();
}

static void collection_in_collection(void)
{
    gc_begin();
    static PyTypeObject type = NODE_TYPE(.tp_finalize = collect_in_finalizer);
    if (PyType_Ready(&type) != 0)
        exit(3);
    Py_DECREF(node_pair(&type));
    check_int("found", gc_collect_now());
    check_int("nested", nested);
}

static void depth(void)
{
    gc_begin();
    PyObject *list = PyList_New(0);
    for (int i = 0; i < 1000000; i++) {
        PyObject *outer = PyList_New(1);
        PyList_SET_ITEM(outer, 0, list);
        list = outer;
    }
    Py_DECREF(list);
    PyObject *tuple = PyTuple_New(0);
    for (int i = 0; i < 1000000; i++) {
        PyObject *outer = PyTuple_New(1);
        PyTuple_SET_ITEM(outer, 0, tuple);
        tuple = outer;
    }
    Py_DECREF(tuple);
    check_text("alive", "yes");
}

static const check_case cases[] = {
    {"plain_cycles", plain_cycles, NULL},
    {"finalizers", finalizers, NULL},
    {"resurrection", resurrection, NULL},
    {"resurrection_of_a_part", resurrection_of_a_part, NULL},
    {"legacy", legacy, NULL},
    {"weak_references", weak_references, NULL},
    {"weak_garbage", weak_garbage, NULL},
    {"callback_fails", callback_fails, NULL},
    {"collection_in_collection", collection_in_collection, NULL},
    {"depth", depth, NULL},
};
CHECK_MAIN(cases)
