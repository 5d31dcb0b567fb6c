/* gc_module.c: what Python's module gc shows and does: callbacks, freezing, statistics, debug flags, the list of garbage, objects and
 * what refers to them. Owns: the above. Read first: gc_module.h. */
#include "gc_module.h"

/* Callbacks. --------------------------------------------------------------------------------------------------------------- */

static void cycle_drop(PyTypeObject *type) { Py_DECREF(node_pair(type)); }

static void note(const char *name, int is_end, int generation, long collected, long uncollectable)
{
    check_text(name, "%s %d, %ld and %ld", is_end ? "stop" : "start", generation, collected, uncollectable);
}
static void first(int is_end, int generation, long collected, long uncollectable)
{
    note("first", is_end, generation, collected, uncollectable);
}
static void second(int is_end, int generation, long collected, long uncollectable)
{
    note("second", is_end, generation, collected, uncollectable);
}

static void callbacks(void)
{
    module_begin();
    module_listen(0, first);
    module_listen(1, second);
    cycle_drop(&node_plain);
    cycle_drop(&node_legacy);
    check_int("found", module_collect(1));
    module_listen_no_more(0);
    check_int("found_again", module_collect(0));
    module_listen(0, first);
    check_int("in_order", module_collect(2));
}

static void collects(int is_end, int generation, long collected, long uncollectable)
{
    note("told", is_end, generation, collected, uncollectable);
    check_int("within", module_collect(2));
    check_int("within_all", PyGC_Collect());
    if (!is_end)
        cycle_drop(&node_plain);
}

/* What a callback drops at the start is found, what it drops at the end is for the next. */
static void callback_collects(void)
{
    module_begin();
    module_enable();
    module_listen(0, collects);
    check_int("found", module_collect(2));
    check_events("events");
}

static void drops_at_end(int is_end, int generation, long collected, long uncollectable)
{
    (void)generation, (void)collected, (void)uncollectable;
    if (is_end)
        cycle_drop(&node_plain);
}

static void callback_drops(void)
{
    module_begin();
    module_listen(0, drops_at_end);
    check_int("found", module_collect(2));
    check_int("found_next", module_collect(0));
    module_listen_no_more(0);
    check_int("found_last", module_collect(0));
    check_int("found_nothing", module_collect(2));
}

static void leaves(int is_end, int generation, long collected, long uncollectable)
{
    note("leaving", is_end, generation, collected, uncollectable);
    module_listen_no_more(0);
}
static void enters(int is_end, int generation, long collected, long uncollectable)
{
    note("entering", is_end, generation, collected, uncollectable);
    if (!is_end)
        module_listen(2, second);
}

/* The list is gone through by index: the one behind one that leaves misses its turn, and one that enters has it at once. */
static void callbacks_change(void)
{
    module_begin();
    module_listen(0, leaves);
    module_listen(1, first);
    module_collect(2);
    module_listen_no_more(1);
    module_listen(3, enters);
    module_collect(2);
}

static void fails(int is_end, int generation, long collected, long uncollectable)
{
    note("failing", is_end, generation, collected, uncollectable);
    PyErr_SetString(PyExc_ValueError, "from a callback");
}

static void exception_within(int is_end, int generation, long collected, long uncollectable)
{
    (void)is_end, (void)generation, (void)collected, (void)uncollectable;
    check_bool("set_within", PyErr_Occurred() != NULL);
}

static void callback_fails(void)
{
    module_begin();
    module_enable();
    cycle_drop(&node_final);
    module_listen(0, fails);
    module_listen(1, exception_within);
    module_listen(2, first);
    fclose(stderr); /* what is printed names a function */
    PyErr_SetString(PyExc_KeyError, "set before");
    check_int("found", PyGC_Collect());
    check_error("stays");
    check_events("events");
}

static void exception_set(void)
{
    module_begin();
    module_enable();
    module_listen(0, exception_within);
    cycle_drop(&node_final);
    PyErr_SetString(PyExc_KeyError, "set before");
    check_int("found", PyGC_Collect());
    check_events("events");
    check_error("stays");
}

/* Freezing. ---------------------------------------------------------------------------------------------------------------- */

static void freezing(void)
{
    module_begin();
    module_freeze();
    long before = module_freeze_count();
    module_unfreeze();
    check_int("none", module_freeze_count());
    PyObject *held = node_pair(&node_plain);
    cycle_drop(&node_plain);
    module_freeze();
    check_int("frozen", module_freeze_count() - before);
    check_int("seen", module_objects(-1));
    check_int("referrers", module_referrers(held, NULL));
    check_int("found", module_collect(2));
    Py_DECREF(held);
    check_int("found_dropped", module_collect(2));
    module_unfreeze();
    check_int("seen_again", module_objects(-1));
    check_int("found_again", module_collect(1));
    check_int("found_oldest", module_collect(2));
    check_events("events");
}

/* What is not frozen keeps what is, and the other way round; what is frozen may end by its count. */
static void freezing_a_part(void)
{
    module_begin();
    PyObject *frozen = node_new(&node_plain, NULL);
    module_freeze();
    PyObject *young = node_pair(&node_plain);
    ((node *)frozen)->links[0] = young;
    check_int("kept_by_frozen", module_collect(2));
    Py_DECREF(frozen);
    check_events("ended");
    check_int("found", module_collect(2));
    check_events("events");
}

static void (*finalizer_does)(void);
static void node_does(PyObject *self)
{
    (void)self;
    gc_event("f");
    if (finalizer_does != NULL)
        finalizer_does();
    finalizer_does = NULL;
}
static PyTypeObject node_doing = NODE_TYPE(.tp_finalize = node_does);

static void begin_doing(void (*does)(void))
{
    module_begin();
    finalizer_does = does;
    if (PyType_Ready(&node_doing) != 0)
        exit(3);
}

/* Garbage is in no generation while it is being ended. */
static void freeze_in_finalizer(void)
{
    begin_doing(module_freeze);
    PyObject *held = node_pair(&node_plain);
    cycle_drop(&node_doing);
    check_int("found", module_collect(2));
    check_events("events");
    Py_DECREF(held);
    check_int("found_frozen", module_collect(2));
    module_unfreeze();
    check_int("found_again", module_collect(2));
}

static PyObject *looked_at;
static void look(void)
{
    check_int("objects", module_objects(-1));
    check_int("objects_old", module_objects(2));
    check_int("referrers", module_referrers(looked_at, NULL));
    check_int("referents", module_referents(looked_at));
}

static void look_in_finalizer(void)
{
    begin_doing(look);
    PyObject *held = node_pair(&node_plain);
    looked_at = node_pair(&node_doing);
    Py_DECREF(looked_at);
    check_int("found", module_collect(2));
    check_events("events");
    Py_DECREF(held);
}

static void look_at_legacy(void)
{
    begin_doing(look);
    looked_at = node_pair(&node_legacy);
    cycle_drop(&node_doing);
    Py_DECREF(looked_at);
    check_int("found", module_collect(2));
    check_int("objects_after", module_objects(-1));
    check_int("garbage", module_garbage());
}

static void unfreeze_in_finalizer(void)
{
    begin_doing(module_unfreeze);
    cycle_drop(&node_plain);
    module_freeze();
    cycle_drop(&node_doing);
    check_int("found", module_collect(2));
    check_int("found_again", module_collect(2));
    check_events("events");
}

/* What is immortal is frozen by the next collection. */
static void immortal_since_3_12(void)
{
    module_begin();
#if PY_VERSION_HEX >= 0x030C0000
    PyObject *self = node_new(&node_plain, NULL);
    module_collect(0);
    long before = module_freeze_count();
    Py_SET_REFCNT(self, _Py_IMMORTAL_REFCNT);
    check_int("objects", module_objects(-1));
    module_collect(0);
    check_int("young", module_objects(-1));
    module_collect(1);
    check_int("objects_after", module_objects(-1));
    check_int("frozen", module_freeze_count() - before);
    check_bool("tracked", PyObject_GC_IsTracked(self));
#endif
}

/* What can be seen. -------------------------------------------------------------------------------------------------------- */

static void objects(void)
{
    module_begin();
    PyObject *held = node_pair(&node_plain), *untracked = node_new(&node_plain, NULL);
    PyObject_GC_UnTrack(untracked);
    check_int("all", module_objects(-1));
    for (int i = 0; i < 4; i++) {
        check_text("by_generation", "%ld %ld %ld", module_objects(0), module_objects(1), module_objects(2));
        module_collect(i == 2 ? 1 : 0);
    }
    Py_DECREF(held);
    check_int("found_1", module_collect(1));
    check_int("found_2", module_collect(2));
}

static void references(void)
{
    module_begin();
    PyObject *to = node_new(&node_plain, NULL), *one = node_new(&node_plain, to), *two = node_new(&node_plain, to);
    Py_INCREF(to);
    Py_INCREF(to);
    ((node *)two)->links[1] = to; /* twice */
    check_int("referrers", module_referrers(to, NULL));
    check_int("referrers_of_two", module_referrers(to, one));
    check_int("referrers_of_none", module_referrers(one, NULL));
    check_int("referents", module_referents(one));
    check_int("referents_twice", module_referents(two));
    check_int("referents_none", module_referents(to));
    check_int("referents_of_number", module_referents(PyLong_FromLong(1000000)));
    PyObject_GC_UnTrack(one);
    check_int("referrers_tracked", module_referrers(to, NULL));
    check_int("referents_untracked", module_referents(one));
}

static void stats_print(const char *name, int generation, const long before[3][3])
{
    long after[3];
    module_get_stats(generation, after);
    check_text(name, "%ld %ld %ld", after[0] - before[generation][0], after[1] - before[generation][1], after[2] - before[generation][2]);
}

static void statistics(void)
{
    module_begin();
    long before[3][3];
    for (int i = 0; i < 3; i++)
        module_get_stats(i, before[i]);
    cycle_drop(&node_plain);
    module_collect(0);
    cycle_drop(&node_final);
    cycle_drop(&node_keeping);
    module_collect(1);
    cycle_drop(&node_legacy);
    cycle_drop(&node_plain);
    module_collect(2);
    module_collect(2);
    for (int i = 0; i < 3; i++)
        stats_print("stats", i, (const long (*)[3])before);
}

/* Debug flags. ------------------------------------------------------------------------------------------------------------- */

static void written(void)
{
    module_begin();
    check_int("flags", module_get_debug());
    cycle_drop(&node_plain);
    cycle_drop(&node_legacy);
    module_written_begin();
    module_set_debug(MODULE_STATS);
    module_collect(0);
    module_written_end("stats");
    cycle_drop(&node_plain);
    module_written_begin();
    module_set_debug(MODULE_COLLECTABLE);
    cycle_drop(&node_legacy);
    module_collect(1);
    module_written_end("collectable");
    module_written_begin();
    module_set_debug(MODULE_UNCOLLECTABLE);
    cycle_drop(&node_plain);
    cycle_drop(&node_legacy);
    module_collect(2);
    module_written_end("uncollectable");
    check_int("flags_set", module_get_debug());
    module_written_begin();
    module_set_debug(MODULE_STATS | MODULE_COLLECTABLE | MODULE_UNCOLLECTABLE);
    module_collect(2);
    module_written_end("nothing_found");
    module_set_debug(0);
    module_written_begin();
    cycle_drop(&node_plain);
    module_collect(2);
    module_written_end("off");
}

static void saved(void)
{
    module_begin();
    PyObject *pair = node_pair(&node_final), *callback = node_new(&callback_type, NULL), *weak = PyWeakref_NewRef(pair, callback);
    module_set_debug(MODULE_SAVEALL);
    Py_DECREF(pair);
    check_int("found", module_collect(2));
    check_events("events");
    check_int("garbage", module_garbage());
    check_int("count", Py_REFCNT(pair));
    check_bool("dead", PyWeakref_GetObject(weak) == Py_None);
    check_int("found_again", module_collect(2));
    check_int("garbage_again", module_garbage());
    module_set_debug(0);
    check_int("found_unset", module_collect(2));
    module_garbage_empty();
    check_int("found_let_go", module_collect(2));
    check_events("events_let_go");
    check_int("garbage_after", module_garbage());
}

static void saved_legacy(void)
{
    module_begin();
    PyObject *self = node_pair(&node_legacy);
    ((node *)self)->links[1] = node_new(&node_plain, NULL);
    Py_DECREF(self);
    check_int("found", module_collect(2));
    check_int("garbage", module_garbage());
    module_garbage_end();
    check_events("events");
    self = node_pair(&node_legacy);
    ((node *)self)->links[1] = node_new(&node_plain, NULL);
    module_set_debug(MODULE_SAVEALL);
    Py_DECREF(self);
    check_int("found_all", module_collect(2));
    check_int("garbage_all", module_garbage());
    module_set_debug(0);
    module_garbage_end();
    check_events("events_all");
}

static const check_case cases[] = {
    {"callbacks", callbacks, NULL},
    {"callback_collects", callback_collects, NULL},
    {"callback_drops", callback_drops, NULL},
    {"callbacks_change", callbacks_change, NULL},
    {"callback_fails", callback_fails, NULL},
    {"exception_set", exception_set, NULL},
    {"freezing", freezing, NULL},
    {"freezing_a_part", freezing_a_part, NULL},
    {"freeze_in_finalizer", freeze_in_finalizer, NULL},
    {"look_in_finalizer", look_in_finalizer, NULL},
    {"look_at_legacy", look_at_legacy, NULL},
    {"unfreeze_in_finalizer", unfreeze_in_finalizer, NULL},
    {"immortal_since_3_12", immortal_since_3_12, NULL},
    {"objects", objects, NULL},
    {"references", references, NULL},
    {"statistics", statistics, NULL},
    {"written", written, NULL},
    {"saved", saved, NULL},
    {"saved_legacy", saved_legacy, NULL},
};
CHECK_MAIN(cases)
