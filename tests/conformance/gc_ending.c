/* gc_ending.c: what an interpreter that ends does with garbage and with what is kept. Owns: the above. Read first: gc_module.h. */
#include "gc_module.h"

static void garbage(void)
{
    module_begin();
    Py_DECREF(node_pair(&node_final));
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void garbage_enabled(void)
{
    module_begin();
    module_enable();
    Py_DECREF(node_pair(&node_final));
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void kept(void)
{
    module_begin();
    gc_kept = node_pair(&node_final);
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void legacy(void)
{
    module_begin();
    Py_DECREF(node_pair(&node_legacy));
    module_collect(2);
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void legacy_told(void)
{
    module_begin();
    Py_DECREF(node_pair(&node_legacy));
    module_collect(2);
    module_set_debug(MODULE_UNCOLLECTABLE);
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void frozen(void)
{
    module_begin();
    Py_DECREF(node_pair(&node_final));
    module_freeze();
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static void tell(int is_end, int generation, long collected, long uncollectable)
{
    (void)generation, (void)collected, (void)uncollectable;
    gc_event(is_end ? ">" : "<");
}
static void callbacks(void)
{
    module_begin();
    module_enable();
    module_listen(0, tell);
    Py_DECREF(node_pair(&node_final));
    check_int("finalize", Py_FinalizeEx());
    check_bool("events", strchr(gc_events, 'f') != NULL);
    check_text("all", "%s", gc_events);
}
static void weak(void)
{
    module_begin();
    PyObject *pair = node_pair(&node_plain);
    PyWeakref_NewRef(pair, node_new(&callback_type, NULL));
    Py_DECREF(pair);
    check_int("finalize", Py_FinalizeEx());
    check_events("events");
}
static const check_case cases[] = {{"garbage", garbage, NULL}, {"garbage_enabled", garbage_enabled, NULL}, {"kept", kept, NULL}, {"legacy", legacy, NULL},
    {"legacy_told", legacy_told, NULL}, {"frozen", frozen, NULL}, {"callbacks", callbacks, NULL}, {"weak", weak, NULL}};
CHECK_MAIN(cases)
