/* gc_corners.c: what else of the program's runs within a collection: tp_clear that brings back, does nothing, fails; callbacks of weak
 * references that let go, collect, keep; weak references made meanwhile. Owns: the above. Read first: gc_doing.h. */
#include "gc_doing.h"

/* tp_clear. ---------------------------------------------------------------------------------------------------------------- */

static int clear_keeps(PyObject *self)
{
    Py_INCREF(self);
    gc_kept = self;
    return node_clear(self);
}

static void clear_brings_back(void)
{
    gc_begin();
    Py_DECREF(pair_clearing(clear_keeps));
    check_int("found", gc_collect_now());
    check_events("events");
    check_text("kept", "%d %d %ld", is_tracked(gc_kept), is_finalized(gc_kept), (long)Py_REFCNT(gc_kept));
    check_int("found_kept", gc_collect_now());
    Py_CLEAR(gc_kept);
    check_events("events_end");
}

static int clear_nothing(PyObject *self)
{
    (void)self;
    return -1; /* nobody looks at it */
}

/* The other one breaks the cycle. */
static void clear_of_one_does_nothing(void)
{
    gc_begin();
    Py_DECREF(pair_clearing(clear_nothing));
    check_int("found", gc_collect_now());
    check_events("events");
}

static void clear_does_nothing(void)
{
    gc_begin();
    Py_DECREF(pair_clearing(NULL));
    gc_collect_now();
    check_events("events");
    PyObject *self = self_cycle(&node_clearing);
    clears = clear_nothing;
    Py_DECREF(self);
    check_int("found", gc_collect_now());
    check_text("state", "%d %d %ld", is_tracked(self), is_finalized(self), (long)Py_REFCNT(self));
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

static int clear_makes_cycle(PyObject *self)
{
    Py_DECREF(node_pair(&node_plain));
    return node_clear(self);
}

static int clear_untracks(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    return node_clear(self);
}

static void clear_makes_and_untracks(void)
{
    gc_begin();
    Py_DECREF(pair_clearing(clear_makes_cycle));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_made", gc_collect_now());
    check_events("events_made");
    Py_DECREF(pair_clearing(clear_untracks));
    check_int("found_untracking", gc_collect_now());
    check_events("events_untracking");
}

static void no_clear(void)
{
    gc_begin();
    static PyTypeObject type = NODE_TYPE(.tp_finalize = node_finalize);
    type.tp_clear = NULL;
    if (PyType_Ready(&type) != 0)
        exit(3);
    PyObject *self = self_cycle(&type);
    ((node *)self)->links[1] = node_new(&node_plain, NULL);
    Py_DECREF(self);
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
    Py_CLEAR(((node *)self)->links[0]);
    check_events("events_end");
}

/* Weak references. --------------------------------------------------------------------------------------------------------- */

static PyObject *weak_made;
static void makes_weak(PyObject *self) { weak_made = PyWeakref_NewRef(self, gc_kept); }

static int clear_looks(PyObject *self)
{
    check_bool("dead_in_clear", PyWeakref_GetObject(weak_made) == Py_None);
    return node_clear(self);
}

/* One that a finalizer made to garbage is dead before anything of it is. */
static void finalizer_makes_weak(void)
{
    gc_begin();
    gc_kept = node_new(&callback_type, NULL);
    node_doing.tp_clear = node_clears;
    PyObject *pair = pair_doing(makes_weak);
    clears = clear_looks;
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_events("events");
    check_bool("dead", PyWeakref_GetObject(weak_made) == Py_None);
    Py_DECREF(weak_made);
    check_int("callback_count", Py_REFCNT(gc_kept));
}

static PyObject *all_called;
static void makes_weak_and_keeps(PyObject *self)
{
    makes_weak(self);
    Py_INCREF(self);
}

/* To what comes back it lives on. */
static void finalizer_makes_weak_and_keeps(void)
{
    gc_begin();
    gc_kept = node_new(&callback_type, NULL);
    PyObject *pair = pair_doing(makes_weak_and_keeps);
    PyObject *before = PyWeakref_NewRef(pair, NULL);
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_events("events");
    PyObject *back = PyWeakref_GetObject(weak_made);
    check_bool("dead_before", PyWeakref_GetObject(before) == Py_None);
    check_bool("alive", back != Py_None);
    Py_DECREF(back);
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

static PyObject *corner_call(PyObject *self, PyObject *args, PyObject *keywords);
static PyTypeObject corner_type = NODE_TYPE(.tp_call = corner_call);
static PyObject *references[2], *borrowed;
static int corner;
static int called_count;
enum { DROPS, COLLECTS, KEEPS, COUNTS, LOOKS };

static PyObject *corner_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)self, (void)args, (void)keywords;
    gc_event("w");
    called_count++;
    if (corner == LOOKS)
        check_bool("set_in_callback", PyErr_Occurred() != NULL);
    if (corner == COUNTS || corner == LOOKS)
        Py_RETURN_NONE;
    if (corner == DROPS) {
        Py_CLEAR(references[0]);
        Py_CLEAR(references[1]);
    } else if (corner == COLLECTS) {
        Py_DECREF(node_pair(&node_plain));
        check_int("within", gc_collect_now());
    } else {
        Py_INCREF(borrowed);
        corner = COLLECTS;
    }
    Py_RETURN_NONE;
}

static void corner_begin(int which)
{
    gc_begin();
    corner = which;
    if (PyType_Ready(&corner_type) != 0)
        exit(3);
    borrowed = node_pair(&node_final);
    all_called = node_new(&corner_type, NULL);
    references[0] = PyWeakref_NewRef(borrowed, all_called);
    references[1] = PyWeakref_NewRef(((node *)borrowed)->links[0], all_called);
    Py_DECREF(borrowed);
}

/* Both are called, though the first call lets go of both. */
static void callback_drops_references(void)
{
    corner_begin(DROPS);
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("count", Py_REFCNT(all_called));
    PyObject *self = node_new(&node_plain, NULL);
    references[0] = PyWeakref_NewRef(self, all_called);
    references[1] = PyWeakref_NewRef(self, all_called);
    Py_DECREF(self);
    check_events("events_by_count");
    check_int("count_by_count", Py_REFCNT(all_called));
}

static void callback_collects(void)
{
    corner_begin(COLLECTS);
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

/* The finalizers run all the same, and the references stay dead. */
static void callback_keeps(void)
{
    corner_begin(KEEPS);
    check_int("found", gc_collect_now());
    check_events("events");
    check_bool("dead", PyWeakref_GetObject(references[0]) == Py_None && PyWeakref_GetObject(references[1]) == Py_None);
    check_text("kept", "%d %d %ld", is_tracked(borrowed), is_finalized(borrowed), (long)Py_REFCNT(borrowed));
    Py_DECREF(borrowed);
    gc_collect_now();
    check_events("events_end");
}

/* A reference that a collection cleared keeps its callback until it ends itself; one that an object's end cleared does not. */
static void callback_of_the_dead(void)
{
    gc_begin();
    PyObject *callback = node_new(&callback_type, NULL), *pair = node_pair(&node_plain), *one = node_new(&node_plain, NULL);
    PyObject *of_pair = PyWeakref_NewRef(pair, callback), *of_one = PyWeakref_NewRef(one, callback);
    check_int("before", Py_REFCNT(callback));
    Py_DECREF(one);
    check_int("by_count", Py_REFCNT(callback));
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_int("by_collection", Py_REFCNT(callback));
    check_events("events");
    Py_DECREF(of_pair);
    Py_DECREF(of_one);
    check_int("after", Py_REFCNT(callback));
}

/* Whichever of them is met first: a reference that is garbage calls nobody. */
static void weak_garbage_of_many(void)
{
    gc_begin();
    corner = COUNTS;
    if (PyType_Ready(&corner_type) != 0)
        exit(3);
    all_called = node_new(&corner_type, NULL);
    for (int i = 0; i < 2000; i++) {
        PyObject *self = node_pair(&node_plain), *reference = PyWeakref_NewRef(self, all_called);
        ((node *)self)->links[1] = reference;
        Py_DECREF(self);
    }
    gc_collect_now();
    check_int("called", called_count);
}

static PyObject *garbage_reference;
static void looks_through(PyObject *self)
{
    (void)self;
    check_bool("dead_in_finalizer", PyWeakref_GetObject(garbage_reference) == Py_None);
    Py_INCREF(garbage_reference);
}

/* A reference that is garbage is dead, even if what it refers to is alive, and stays so when it comes back. */
static void weak_garbage_to_the_living(void)
{
    gc_begin();
    PyObject *outside = node_new(&node_plain, NULL), *pair = pair_doing(looks_through);
    garbage_reference = PyWeakref_NewRef(outside, NULL);
    ((node *)pair)->links[1] = garbage_reference;
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_bool("dead", PyWeakref_GetObject(garbage_reference) == Py_None);
    check_events("events");
    check_bool("another", PyWeakref_NewRef(outside, NULL) != garbage_reference);
}

/* A cycle through a callback; a reference and its object, both garbage, through each other. */
static void weak_cycles(void)
{
    gc_begin();
    PyObject *callback = node_new(&callback_type, NULL), *self = node_new(&node_final, NULL);
    PyObject *reference = PyWeakref_NewRef(self, callback);
    Py_INCREF(reference);
    ((node *)callback)->links[1] = reference; /* the callback holds its reference */
    Py_DECREF(callback);
    Py_DECREF(reference);
    check_int("found", gc_collect_now());
    check_bool("called", strchr(gc_events, 'w') != NULL);
    check_bool("ended", strchr(gc_events, 'd') != NULL);
    gc_events[0] = '\0';
    Py_DECREF(self); /* nobody is left to be called */
    check_events("events_self");
    callback = node_new(&callback_type, NULL);
    self = node_new(&node_final, NULL);
    Py_INCREF(self);
    ((node *)callback)->links[1] = self; /* a callback that keeps what is watched */
    reference = PyWeakref_NewRef(self, callback);
    Py_DECREF(callback);
    Py_DECREF(self);
    check_int("found_kept", gc_collect_now());
    Py_DECREF(reference);
    check_events("events_kept");
}

/* Exceptions. -------------------------------------------------------------------------------------------------------------- */

static int clear_fails(PyObject *self)
{
    PyErr_SetString(PyExc_ValueError, "from a tp_clear");
    return node_clear(self);
}

static void clear_raises(void)
{
    gc_begin();
    Py_DECREF(pair_clearing(clear_fails));
    PyErr_SetString(PyExc_KeyError, "set before");
    check_int("found", gc_collect_now());
    check_error("stays");
    check_events("events");
}

/* Callbacks that the end of an object calls see no exception, and what was set stays, though they fail. */
static void exception_at_an_end(void)
{
    gc_begin();
    corner = LOOKS;
    if (PyType_Ready(&corner_type) != 0)
        exit(3);
    PyObject *self = node_new(&node_plain, NULL), *called = node_new(&corner_type, NULL), *failing = node_new(&callback_type, NULL);
    Py_INCREF(Py_None);
    ((node *)failing)->links[0] = Py_None;
    PyWeakref_NewRef(self, called);
    PyWeakref_NewRef(self, failing);
    fclose(stderr); /* what is printed names an address */
    PyErr_SetString(PyExc_KeyError, "set before");
    Py_DECREF(self);
    check_error("stays");
    check_events("events");
}

static void looks_for_error(PyObject *self)
{
    (void)self;
    check_bool("set_in_finalizer", PyErr_Occurred() != NULL);
}

static void exception_set(void)
{
    gc_begin();
    PyObject *pair = pair_doing(looks_for_error);
    Py_DECREF(pair);
    PyErr_SetString(PyExc_KeyError, "set before");
    check_int("found", gc_collect_now());
    check_error("stays");
    check_events("events");
}

static const check_case cases[] = {
    {"clear_brings_back", clear_brings_back, NULL},
    {"clear_of_one_does_nothing", clear_of_one_does_nothing, NULL},
    {"clear_does_nothing", clear_does_nothing, NULL},
    {"clear_makes_and_untracks", clear_makes_and_untracks, NULL},
    {"no_clear", no_clear, NULL},
    {"finalizer_makes_weak", finalizer_makes_weak, NULL},
    {"finalizer_makes_weak_and_keeps", finalizer_makes_weak_and_keeps, NULL},
    {"callback_drops_references", callback_drops_references, NULL},
    {"callback_collects", callback_collects, NULL},
    {"callback_keeps", callback_keeps, NULL},
    {"callback_of_the_dead", callback_of_the_dead, NULL},
    {"weak_garbage_of_many", weak_garbage_of_many, NULL},
    {"weak_garbage_to_the_living", weak_garbage_to_the_living, NULL},
    {"weak_cycles", weak_cycles, NULL},
    {"clear_raises", clear_raises, NULL},
    {"exception_at_an_end", exception_at_an_end, NULL},
    {"exception_set", exception_set, NULL},
};
CHECK_MAIN(cases)
