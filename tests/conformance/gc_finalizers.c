/* gc_finalizers.c: finalizers that do what few do: untrack, track again, break the cycle, make objects that refer to garbage, bring
 * others back, wait for another thread. Owns: the above, and who calls a finalizer. Read first: gc_doing.h. */
#include "gc_doing.h"

/* Finalizers. -------------------------------------------------------------------------------------------------------------- */

/* What it leads to is in use: something that the collector does not know refers to it. */
static void untracks(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    gc_kept = self; /* borrowed */
}

static void finalizer_untracks(void)
{
    gc_begin();
    Py_DECREF(pair_doing(untracks));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_untracked", gc_collect_now());
    check_text("states", "%d %d, %d %d", is_tracked(gc_kept), is_finalized(gc_kept), is_tracked(((node *)gc_kept)->links[0]),
               is_finalized(((node *)gc_kept)->links[0]));
    PyObject_GC_Track(gc_kept);
    check_bool("still_finalized", is_finalized(gc_kept));
    check_int("found_tracked", gc_collect_now());
    check_events("events_tracked");
}

/* The same object, but new to the collector. */
static void tracks_again(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    PyObject_GC_Track(self);
}

static void finalizer_tracks_again(void)
{
    gc_begin();
    Py_DECREF(pair_doing(tracks_again));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

static void breaks(PyObject *self) { node_clear(self); }

/* Both end by their counts, one of them before its turn. */
static void finalizer_breaks(void)
{
    gc_begin();
    Py_DECREF(pair_doing(breaks));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
}

/* Something new refers to garbage, and nothing to it: it is garbage of the next collection. */
static void makes_referrer(PyObject *self)
{
    PyObject *made = node_new(&node_plain, NULL);
    Py_INCREF(self);
    Py_INCREF(made);
    ((node *)made)->links[0] = self;
    ((node *)made)->links[1] = made;
    Py_DECREF(made);
}

static void finalizer_makes_referrer(void)
{
    gc_begin();
    Py_DECREF(pair_doing(makes_referrer));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

/* Garbage refers to something new, which ends with it. */
static void makes_referent(PyObject *self)
{
    PyObject *made = node_new(&node_plain, NULL);
    Py_INCREF(self);
    ((node *)made)->links[0] = self;
    ((node *)self)->links[1] = made;
}

static void finalizer_makes_referent(void)
{
    gc_begin();
    Py_DECREF(pair_doing(makes_referent));
    check_int("found", gc_collect_now());
    check_events("events");
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

static PyObject *others[1];
static void keeps_other(PyObject *self)
{
    (void)self;
    Py_INCREF(others[0]);
}

/* One that knows nothing of it is brought back, and not the one that does it. */
static void finalizer_keeps_other(void)
{
    gc_begin();
    PyObject *pair = pair_doing(keeps_other);
    others[0] = node_pair(&node_final);
    Py_DECREF(others[0]);
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_events("events");
    check_text("kept", "%d %d", is_tracked(others[0]), is_finalized(others[0]));
    Py_DECREF(others[0]);
    check_int("found_again", gc_collect_now());
    check_events("events_again");
}

/* A reference taken and given back brings nothing back. */
static void gives_back(PyObject *self)
{
    Py_INCREF(self);
    gc_kept = self;
    Py_CLEAR(gc_kept);
}

static void finalizer_gives_back(void)
{
    gc_begin();
    Py_DECREF(pair_doing(gives_back));
    check_int("found", gc_collect_now());
    check_events("events");
}

static void notes_state(PyObject *self) { check_text("within", "%d %d %ld", is_tracked(self), is_finalized(self), (long)Py_REFCNT(self)); }

/* Called by the collector, by a program, and at the end of an object. */
static void finalized_within(void)
{
    gc_begin();
    Py_DECREF(pair_doing(notes_state));
    check_int("found", gc_collect_now());
    PyObject *self = node_new(&node_doing, NULL);
    does = notes_state;
    PyObject_CallFinalizer(self);
    check_bool("after", is_finalized(self));
    does = notes_state;
    PyObject_CallFinalizer(self);
    does = NULL;
    Py_DECREF(self);
    check_events("events");
}

static void node_end(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0) {
        gc_event("b");
        return;
    }
    node_dealloc(self);
}

/* A destructor that calls the finalizer: it is called once, whoever comes first, and may bring the object back. */
static void finalizer_from_dealloc(void)
{
    gc_begin();
    static PyTypeObject type = NODE_TYPE(.tp_finalize = node_keep), doing = NODE_TYPE(.tp_finalize = node_does);
    type.tp_dealloc = doing.tp_dealloc = node_end;
    if (PyType_Ready(&type) != 0 || PyType_Ready(&doing) != 0)
        exit(3);
    PyObject *self = node_new(&type, NULL);
    Py_DECREF(self);
    check_bool("back", gc_kept == self);
    check_text("state", "%d %d %ld", is_tracked(self), is_finalized(self), (long)Py_REFCNT(self));
    Py_CLEAR(gc_kept);
    check_events("events");
    Py_DECREF(node_pair(&type));
    check_int("found", gc_collect_now());
    Py_CLEAR(gc_kept);
    check_int("found_again", gc_collect_now());
    check_events("events_pair");
    Py_DECREF(node_pair(&doing));
    does = breaks;
    check_int("found_breaking", gc_collect_now());
    check_events("events_breaking");
}

/* Threads. ----------------------------------------------------------------------------------------------------------------- */

static PyObject *other;
static void thread_collects(void)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    Py_DECREF(node_pair(&node_plain));
    check_int("within", gc_collect_now());
    PyObject_GC_UnTrack(other);
    PyObject_GC_Track(other);
    PyGILState_Release(gil);
}

static void uses_thread(PyObject *self)
{
    (void)self;
    Py_BEGIN_ALLOW_THREADS
    check_in_thread(thread_collects);
    Py_END_ALLOW_THREADS
}

/* Another thread takes its turn within a collection, and garbage out of it. */
static void thread_within(void)
{
    gc_begin();
    PyObject *pair = pair_doing(uses_thread);
    other = self_cycle(&node_final);
    Py_DECREF(other);
    Py_DECREF(pair);
    check_int("found", gc_collect_now());
    check_int("found_again", gc_collect_now());
    check_text("events", "%zu", strlen(gc_events));
}

static const check_case cases[] = {
    {"finalizer_untracks", finalizer_untracks, NULL},
    {"finalizer_tracks_again", finalizer_tracks_again, NULL},
    {"finalizer_breaks", finalizer_breaks, NULL},
    {"finalizer_makes_referrer", finalizer_makes_referrer, NULL},
    {"finalizer_makes_referent", finalizer_makes_referent, NULL},
    {"finalizer_keeps_other", finalizer_keeps_other, NULL},
    {"finalizer_gives_back", finalizer_gives_back, NULL},
    {"finalized_within", finalized_within, NULL},
    {"finalizer_from_dealloc", finalizer_from_dealloc, NULL},
    {"thread_within", thread_within, NULL},
};
CHECK_MAIN(cases)
