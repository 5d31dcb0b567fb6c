/* native.c: pymm_gc.h: thresholds, freezing, callbacks, statistics, debug output, looking at objects.
 *
 * Owns: nodes with one reference. Births collect only where a test lets them. Does not own: what a collection does
 * (collect.c). */
#include "support.h"

#include "pymm_gc.h"

#include <unistd.h>

typedef struct node {
    PyObject_HEAD
    PyObject *link;
} node;
static int live_count;
static int is_stubborn; /* tp_clear does nothing */

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->link);
    return 0;
}
static int node_clear(PyObject *self)
{
    if (!is_stubborn)
        Py_CLEAR(((node *)self)->link);
    return 0;
}
static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    live_count--;
    PyObject_GC_Del(self);
}
static void del(PyObject *self) { (void)self; }
#define NODE_TYPE(...) {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Node", .tp_basicsize = sizeof(node), \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_dealloc = node_dealloc, \
    .tp_free = PyObject_GC_Del, .tp_clear = node_clear, __VA_ARGS__}
static PyTypeObject plain = NODE_TYPE(.tp_new = NULL);
static PyTypeObject legacy = NODE_TYPE(.tp_del = del);

static PyObject *node_new(PyTypeObject *type, PyObject *link)
{
    node *self = PyObject_GC_New(node, type);
    self->link = Py_XNewRef(link);
    live_count++;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static void cycle_drop(PyTypeObject *type)
{
    PyObject *self = node_new(type, NULL);
    ((node *)self)->link = self; /* its own reference */
}

static int ready(void **state)
{
    setup(state);
    PyGC_Enable();
    pymm_gc_collect(2);
    PyGC_Disable();
    live_count = 0;
    return PyType_Ready(&plain) | PyType_Ready(&legacy);
}

static int sound(void **state)
{
    (void)state;
    char message[200] = "";
    int result = pymm_gc_check(message, sizeof message);
    if (result != 0)
        print_error("%s\n", message);
    return result;
}

static void thresholds(void **state)
{
    (void)state;
    size_t before[3], none[3] = {0, 10, 10}, fifty[3] = {50, 10, 10}, got[3], counts[3];
    pymm_gc_get_threshold(before);
    assert_int_equal(before[0], 2000);
    pymm_gc_set_threshold(none);
    PyGC_Enable();
    for (int i = 0; i < 5000; i++)
        cycle_drop(&plain);
    assert_int_equal(live_count, 5000);
    pymm_gc_get_count(counts);
    assert_true(counts[0] >= 5000);
    for (int i = 0; i < 1000; i++)
        Py_DECREF(node_new(&plain, NULL)); /* a death makes up for a birth */
    pymm_gc_get_count(got);
    assert_int_equal(got[0], counts[0]);
    pymm_gc_set_threshold(fifty);
    pymm_gc_get_threshold(got);
    assert_int_equal(got[0], 50);
    for (int i = 0; i < 5000; i++)
        cycle_drop(&plain);
    assert_true(live_count <= 51);
    pymm_gc_set_threshold(before);
    pymm_gc_collect(2);
    assert_int_equal(live_count, 0);
    assert_int_equal(pymm_gc_collect(3), -1);
    assert_int_equal(pymm_gc_collect(-1), -1);
}

static void generations(void **state)
{
    (void)state;
    PyObject *self = node_new(&plain, NULL);
    ((node *)self)->link = Py_NewRef(self);
    pymm_gc_collect(0); /* to generation 1 */
    Py_DECREF(self);
    assert_int_equal(pymm_gc_collect(0), 0);
    assert_int_equal(live_count, 1);
    assert_int_equal(pymm_gc_collect(1), 1);
    assert_int_equal(live_count, 0);
    is_stubborn = 1;
    cycle_drop(&plain);
    assert_int_equal(pymm_gc_collect(0), 1); /* what tp_clear leaves alone is older afterwards */
    assert_int_equal(live_count, 1);
    is_stubborn = 0;
    assert_int_equal(pymm_gc_collect(0), 0);
    assert_int_equal(pymm_gc_collect(1), 1);
    assert_int_equal(live_count, 0);
}

static void freezing(void **state)
{
    (void)state;
    size_t before = pymm_gc_get_freeze_count();
    cycle_drop(&plain);
    pymm_gc_freeze();
    assert_true(pymm_gc_get_freeze_count() > before);
    assert_int_equal(pymm_gc_collect(2), 0);
    assert_int_equal(live_count, 1);
    pymm_gc_unfreeze();
    assert_int_equal(pymm_gc_get_freeze_count(), 0);
    assert_int_equal(pymm_gc_collect(2), 1);
    assert_int_equal(live_count, 0);
}

static PyObject *seen[8];
static int seen_count;
static int see(PyObject *op, void *arg)
{
    if (Py_TYPE(op) == &plain || Py_TYPE(op) == &legacy)
        seen[seen_count++ % 8] = op;
    return arg == NULL || seen_count < *(int *)arg;
}

/* Let go of all that is listed, and of what it was kept for. */
static void garbage_drop(void)
{
    seen_count = 0;
    pymm_gc_get_garbage(see, NULL);
    for (int i = 0; i < seen_count; i++)
        Py_CLEAR(((node *)seen[i])->link);
    pymm_gc_clear_garbage();
}

static pymm_gc_info told[8];
static int told_count;
static void listen(const pymm_gc_info *info, void *arg)
{
    assert_ptr_equal(arg, told);
    if (told_count < 8)
        told[told_count++] = *info;
    assert_int_equal(pymm_gc_collect(2), 0); /* within a collection */
}

static void callbacks_and_statistics(void **state)
{
    (void)state;
    pymm_gc_stats before, after;
    assert_int_equal(pymm_gc_get_stats(1, &before), 0);
    assert_int_equal(pymm_gc_get_stats(3, &before), -1);
    assert_int_equal(pymm_gc_callback_add(listen, told), 0);
    cycle_drop(&plain);
    cycle_drop(&legacy);
    assert_int_equal(pymm_gc_collect(1), 2);
    assert_int_equal(told_count, 2);
    assert_true(!told[0].is_end && told[0].generation == 1 && told[0].collected == 0 && told[0].uncollectable == 0);
    assert_true(told[1].is_end && told[1].generation == 1 && told[1].collected == 1 && told[1].uncollectable == 1);
    assert_int_equal(pymm_gc_get_stats(1, &after), 0);
    assert_int_equal(after.collections, before.collections + 1);
    assert_int_equal(after.collected, before.collected + 1);
    assert_int_equal(after.uncollectable, before.uncollectable + 1);
    assert_int_equal(pymm_gc_callback_remove(listen, NULL), -1);
    assert_int_equal(pymm_gc_callback_remove(listen, told), 0);
    pymm_gc_collect(1);
    assert_int_equal(told_count, 2);
    told_count = 0;
    garbage_drop();
    assert_int_equal(live_count, 0);
}

static void garbage(void **state)
{
    (void)state;
    pymm_gc_set_debug(PYMM_GC_DEBUG_SAVEALL);
    cycle_drop(&plain);
    assert_int_equal(pymm_gc_collect(2), 1);
    pymm_gc_set_debug(0);
    assert_int_equal(live_count, 1);
    seen_count = 0;
    pymm_gc_get_garbage(see, NULL);
    assert_int_equal(seen_count, 1);
    assert_int_equal(Py_REFCNT(seen[0]), 2);
    garbage_drop();
    assert_int_equal(live_count, 0);
}

static void looking(void **state)
{
    (void)state;
    PyObject *a = node_new(&plain, NULL), *b = node_new(&plain, a), *c = node_new(&plain, a);
    seen_count = 0;
    pymm_gc_get_referrers(&a, 1, see, NULL);
    assert_int_equal(seen_count, 2);
    assert_true((seen[0] == b && seen[1] == c) || (seen[0] == c && seen[1] == b));
    int one = 1;
    seen_count = 0;
    pymm_gc_get_referrers(&a, 1, see, &one);
    assert_int_equal(seen_count, 1);
    seen_count = 0;
    pymm_gc_get_referents(b, see, NULL);
    assert_true(seen_count == 1 && seen[0] == a);
    pymm_gc_get_referents(Py_None, see, NULL);
    assert_int_equal(seen_count, 1);
    seen_count = 0;
    assert_int_equal(pymm_gc_get_objects(-1, see, NULL), 0);
    assert_int_equal(seen_count, 3);
    pymm_gc_collect(0);
    seen_count = 0;
    assert_int_equal(pymm_gc_get_objects(0, see, NULL), 0);
    assert_int_equal(seen_count, 0);
    assert_int_equal(pymm_gc_get_objects(1, see, NULL), 0);
    assert_int_equal(seen_count, 3);
    assert_int_equal(pymm_gc_get_objects(3, see, NULL), -1);
    Py_DECREF(c);
    Py_DECREF(b);
    Py_DECREF(a);
}

static void debug_output(void **state)
{
    (void)state;
    char path[] = "/tmp/pymm-gc-test-XXXXXX", text[1000] = "";
    int file = mkstemp(path), before = dup(2);
    assert_true(file >= 0 && dup2(file, 2) == 2);
    unlink(path);
    pymm_gc_set_debug(PYMM_GC_DEBUG_STATS | PYMM_GC_DEBUG_COLLECTABLE | PYMM_GC_DEBUG_UNCOLLECTABLE);
    cycle_drop(&plain);
    cycle_drop(&legacy);
    pymm_gc_collect(0);
    pymm_gc_set_debug(0);
    dup2(before, 2);
    close(before);
    assert_true(pread(file, text, sizeof text - 1, 0) > 0);
    close(file);
    unsigned long seconds, rest;
    void *first, *second;
    size_t counts[4];
    assert_int_equal(sscanf(text,
                            "gc: collecting generation 0...\ngc: objects in each generation: %zu %zu %zu\n"
                            "gc: objects in permanent generation: %zu\ngc: collectable <test.Node %p>\n"
                            "gc: uncollectable <test.Node %p>\ngc: done, 2 unreachable, 1 uncollectable, %lu.%4lus elapsed\n",
                            &counts[0], &counts[1], &counts[2], &counts[3], &first, &second, &seconds, &rest), 8);
    garbage_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(thresholds, ready, sound), cmocka_unit_test_setup_teardown(generations, ready, sound),
        cmocka_unit_test_setup_teardown(freezing, ready, sound),
        cmocka_unit_test_setup_teardown(callbacks_and_statistics, ready, sound),
        cmocka_unit_test_setup_teardown(garbage, ready, sound), cmocka_unit_test_setup_teardown(looking, ready, sound),
        cmocka_unit_test_setup_teardown(debug_output, ready, sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
