/* inside.c: what programs of libpymm alone can do to a collection, or see of one: states of memory that went another way, resizing what
 * is tracked, collecting in a destructor, letting go of what is visited, forks within a collection.
 *
 * Owns: nodes with one reference, whose finalizer does what a test wants. Does not own: what CPython can be asked for too
 * (tests/conformance/gc_*.c). */
#include "support.h"

#include "pymm_gc.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct node {
    PyObject_VAR_HEAD
    PyObject *link;
} node;
static int live_count, finalized_count;
static void (*finalizer_does)(void);

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->link);
    return 0;
}
static int node_clear(PyObject *self)
{
    Py_CLEAR(((node *)self)->link);
    return 0;
}
static void node_finalize(PyObject *self)
{
    (void)self;
    void (*now)(void) = finalizer_does;
    finalizer_does = NULL;
    finalized_count++;
    if (now != NULL)
        now();
}
static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    live_count--;
    PyObject_GC_Del(self);
}
static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Node", .tp_basicsize = sizeof(node), .tp_itemsize = 8, .tp_free = PyObject_GC_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_clear = node_clear,
    .tp_finalize = node_finalize, .tp_dealloc = node_dealloc};

static node *node_new(PyObject *link)
{
    node *self = PyObject_GC_NewVar(node, &node_type, 0);
    assert_non_null(self);
    self->link = Py_XNewRef(link);
    live_count++;
    PyObject_GC_Track(self);
    return self;
}

static void cycle_drop(void)
{
    node *self = node_new(NULL);
    self->link = (PyObject *)self; /* its own reference */
}

static int ready(void **state)
{
    int result = setup(state) | PyType_Ready(&node_type);
    pymm_gc_collect(2);
    PyGC_Disable(); /* nothing is collected but when a test wants it */
    live_count = finalized_count = 0;
    finalizer_does = NULL;
    return result;
}

/* An object that is freed as a plain block leaves nothing to the next one at its address. With other allocators below, addresses are
 * not pymm's to tell. */
static void freed_as_a_block(void **state)
{
    (void)state;
    enum { COUNT = 16 };
    if (getenv("PYTHONMALLOC") != NULL || getenv("PYMM_TEST_REPLACED") != NULL)
        skip();
    for (int i = 0; i < COUNT; i++) {
        node *self = node_new(NULL), *next;
        PyObject_CallFinalizer((PyObject *)self);
        assert_true(PyObject_GC_IsFinalized((PyObject *)self));
        PyObject_GC_UnTrack(self);
        live_count--;
        PyObject_Free(self);
        next = node_new(NULL);
        assert_false(PyObject_GC_IsFinalized((PyObject *)next));
        Py_DECREF(next);
    }
    assert_int_equal(finalized_count, COUNT);
    assert_int_equal(live_count, 0);
}

static void resized(void **state)
{
    (void)state;
    assert_null(PyUnstable_Object_GC_NewWithExtraData(&node_type, SIZE_MAX));
    assert_error(PyExc_MemoryError);
    node *self = node_new(NULL);
    assert_null(PyObject_GC_Resize(node, self, 1000));
    assert_error(PyExc_SystemError);
    assert_int_equal(Py_SIZE(self), 0);
    PyObject_CallFinalizer((PyObject *)self);
    PyObject_GC_UnTrack(self);
    assert_null(PyObject_GC_Resize(node, self, PY_SSIZE_T_MAX));
    assert_error(PyExc_MemoryError);
    for (Py_ssize_t count = 1; count < 100000; count = count * 3 + 1) {
        self = PyObject_GC_Resize(node, self, count);
        assert_non_null(self);
        assert_int_equal(Py_SIZE(self), count);
        assert_true(PyObject_GC_IsFinalized((PyObject *)self));
        assert_false(PyObject_GC_IsTracked((PyObject *)self));
    }
    PyObject_GC_Track(self);
    assert_int_equal(pymm_gc_collect(2), 0);
    Py_DECREF(self);
    assert_int_equal(finalized_count, 1);
    assert_int_equal(live_count, 0);
}

/* Ends. -------------------------------------------------------------------------------------------------------------------- */

static int see_alive(PyObject *op, void *arg)
{
    (void)arg;
    assert_true(Py_REFCNT(op) > 1);
    return 1;
}

/* A destructor that looks around and collects first: what is at its end, or waits for it, is neither seen nor garbage. */
static void collecting_dealloc(PyObject *self)
{
    PyUnstable_GC_VisitObjects(see_alive, NULL);
    assert_int_equal(pymm_gc_collect(live_count % 3), 0);
    node_dealloc(self);
}

static void collected_at_ends(void **state)
{
    (void)state;
    PyObject *chain = PyList_New(0); /* a hundred at the end of a chain, which is longer than what ends within each other */
    for (int i = 0; i < 100; i++) {
        PyObject *one = (PyObject *)node_new(NULL);
        assert_int_equal(PyList_Append(chain, one), 0);
        Py_DECREF(one);
    }
    for (int i = 0; i < 50; i++) {
        PyObject *outer = (PyObject *)node_new(chain), *list = PyList_New(0);
        Py_DECREF(chain);
        assert_int_equal(PyList_Append(list, outer), 0);
        Py_DECREF(outer);
        chain = list;
    }
    node_type.tp_dealloc = collecting_dealloc;
    Py_DECREF(chain);
    node_type.tp_dealloc = node_dealloc;
    assert_int_equal(live_count, 0);
}

/* Visits. ------------------------------------------------------------------------------------------------------------------ */

static PyObject *last_references[4];
static int let_go_count;
static int let_go(PyObject *op, void *arg)
{
    (void)arg;
    for (int i = 0; i < 4; i++)
        if (last_references[i] == op) {
            Py_CLEAR(last_references[i]);
            assert_int_equal(Py_REFCNT(op), 1);
            assert_int_equal(live_count, 4 - let_go_count++ % 4); /* it is still there */
        }
    return 1;
}

/* What is visited is held, and may be let go of. */
static void let_go_in_visits(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            last_references[i] = (PyObject *)node_new(NULL);
        if (round == 0)
            PyUnstable_GC_VisitObjects(let_go, NULL);
        else if (round == 1)
            pymm_gc_get_objects(0, let_go, NULL);
        else {
            PyObject *shared = PyList_New(0);
            for (int i = 0; i < 4; i++)
                ((node *)last_references[i])->link = Py_NewRef(shared);
            pymm_gc_get_referrers(&shared, 1, let_go, NULL);
            Py_DECREF(shared);
        }
        assert_int_equal(live_count, 0);
    }
}

/* Forks. ------------------------------------------------------------------------------------------------------------------- */

static pid_t child;
static int is_child;

/* How the child ended. */
static int child_status(void)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

static void sound_or_exit(void)
{
    char message[200];
    if (pymm_gc_check(message, sizeof message) != 0)
        _exit(40);
    if (pymm_check(message, sizeof message) != 0)
        _exit(41);
}

static void forks(void)
{
    child = fork();
    is_child = child == 0;
}

/* The thread that collects forks: both go on with the collection. */
static void forked_within(void **state)
{
    (void)state;
    cycle_drop();
    cycle_drop();
    finalizer_does = forks;
    Py_ssize_t found = pymm_gc_collect(2);
    if (is_child) {
        sound_or_exit();
        cycle_drop();
        _exit(found == 2 && live_count == 1 && finalized_count == 2 && pymm_gc_collect(2) == 1 ? 0 : 42);
    }
    assert_int_equal(found, 2);
    assert_int_equal(child_status(), 0);
    assert_int_equal(live_count, 0);
}

/* In the child there is nobody who would end the collection: it has to be possible to begin another one. One object stays, to which
 * the thread that is gone held a reference. */
static void *fork_main(void *arg)
{
    (void)arg;
    PyGILState_STATE gil = PyGILState_Ensure();
    forks();
    if (is_child) {
        sound_or_exit();
        Py_ssize_t found = pymm_gc_collect(2);
        sound_or_exit();
        _exit(found == 1 && live_count == 1 && finalized_count == 2 ? 0 : 43);
    }
    PyGILState_Release(gil);
    return NULL;
}

static void another_forks(void)
{
    pthread_t thread;
    Py_BEGIN_ALLOW_THREADS
    assert_int_equal(pthread_create(&thread, NULL, fork_main, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    Py_END_ALLOW_THREADS
}

static void forked_by_another(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* its run-time cannot go on in the child of a process with threads */
#endif
    cycle_drop();
    cycle_drop();
    finalizer_does = another_forks;
    assert_int_equal(pymm_gc_collect(2), 2);
    assert_int_equal(child_status(), 0);
    assert_int_equal(live_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(freed_as_a_block, ready), cmocka_unit_test_setup(resized, ready),
        cmocka_unit_test_setup(collected_at_ends, ready), cmocka_unit_test_setup(let_go_in_visits, ready),
        cmocka_unit_test_setup(forked_within, ready), cmocka_unit_test_setup(forked_by_another, ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
