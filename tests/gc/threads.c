/* threads.c: several threads make objects, hand them to each other, drop and collect them, each with the GIL and in between without.
 *
 * For the thread sanitizer above all: states, marks, types that are completed at first use, strings that are interned and the
 * error state are shared by threads of which only one at a time has the GIL. Counts are exact: in the end nothing is alive. */
#include "support.h"

#include "pymm_gc.h"

#include <pthread.h>

enum { THREAD_COUNT = 4, ROUND_COUNT = 40, SHARED_COUNT = 16 };

typedef struct node {
    PyObject_HEAD
    PyObject *link, *weak;
} node;
static Py_ssize_t live_count, called_count, finalized_count; /* with the GIL */
static PyObject *shared[SHARED_COUNT]; /* whoever comes takes and leaves */

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
/* What runs in a collection may let the others run. */
static void node_finalize(PyObject *self)
{
    (void)self;
    finalized_count++;
    if (finalized_count % 16 == 0) {
        Py_BEGIN_ALLOW_THREADS
        PyMem_RawFree(PyMem_RawMalloc(100));
        Py_END_ALLOW_THREADS
    }
}
static void node_dealloc(PyObject *self)
{
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    node_clear(self);
    live_count--;
    PyObject_GC_Del(self);
}
static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Node", .tp_basicsize = sizeof(node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_clear = node_clear,
    .tp_finalize = node_finalize, .tp_dealloc = node_dealloc, .tp_weaklistoffset = offsetof(node, weak), .tp_free = PyObject_GC_Del,
};

static PyObject *called(PyObject *self, PyObject *reference)
{
    (void)self;
    (void)reference;
    called_count++;
    return Py_NewRef(Py_None);
}
static PyMethodDef called_def = {"called", called, METH_O, NULL};

/* Something that refers to itself, through a list and a dict, and to `other`. */
static PyObject *ring_make(int number, PyObject *other)
{
    node *self = PyObject_GC_New(node, &node_type);
    PyObject *list = PyList_New(0), *dict = PyDict_New(), *key = PyUnicode_FromFormat("key %d", number % 7);
    live_count++;
    self->link = list;
    self->weak = NULL;
    PyObject_GC_Track(self);
    PyUnicode_InternInPlace(&key);
    PyDict_SetItem(dict, key, (PyObject *)self);
    PyList_Append(list, dict);
    if (other != NULL)
        PyList_Append(list, other);
    Py_DECREF(dict);
    Py_DECREF(key);
    return (PyObject *)self;
}

/* An exception, a call and a type of one's own. */
static void others_use(int number)
{
    PyErr_Format(PyExc_ValueError, "number %d", number);
    PyObject *error = PyErr_GetRaisedException(), *text = PyObject_Str(error);
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:i}", "Made", PyExc_ValueError, "number", number);
    PyObject *instance = PyObject_CallNoArgs(type), *found = PyObject_GetAttrString(instance, "number");
    PyObject_SetAttrString(instance, "me", instance);
    Py_XDECREF(found);
    Py_XDECREF(instance);
    Py_XDECREF(type);
    Py_XDECREF(text);
    Py_XDECREF(error);
}

static void work(unsigned thread)
{
    unsigned seed = thread * 7919 + 1;
    for (int round = 0; round < ROUND_COUNT; round++) {
        seed = seed * 1103515245 + 12345;
        PyGILState_STATE gil = PyGILState_Ensure();
        PyObject **place = &shared[(seed >> 16) % SHARED_COUNT], *taken = *place;
        *place = NULL;
        PyObject *made = ring_make(round, taken), *callback = PyCFunction_New(&called_def, made);
        PyObject *weak = PyWeakref_NewRef(made, round % 3 == 0 ? NULL : callback);
        Py_BEGIN_ALLOW_THREADS
        PyMem_RawFree(PyMem_RawMalloc(round + 1));
        Py_END_ALLOW_THREADS
        if (*place == NULL)
            *place = Py_NewRef(made);
        others_use(round);
        if (round % 20 == 0)
            pymm_gc_collect(round % 3);
        Py_XDECREF(weak);
        Py_XDECREF(callback);
        Py_XDECREF(taken);
        Py_DECREF(made);
        PyGILState_Release(gil);
    }
}

static void *thread_main(void *arg)
{
    work(*(unsigned *)arg);
    return NULL;
}

static void together(void **state)
{
    (void)state;
    pthread_t threads[THREAD_COUNT];
    unsigned numbers[THREAD_COUNT];
    char message[200];
    Py_BEGIN_ALLOW_THREADS
    for (unsigned i = 0; i < THREAD_COUNT; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, thread_main, &numbers[i]), 0);
    }
    for (unsigned i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    Py_END_ALLOW_THREADS
    for (int i = 0; i < SHARED_COUNT; i++)
        Py_CLEAR(shared[i]);
    pymm_gc_collect(2);
    assert_int_equal(live_count, 0);
    assert_true(finalized_count > 0);
    if (pymm_gc_check(message, sizeof message) != 0)
        fail_msg("%s", message);
}

/* Threads that come and go while another one collects again and again. */
static void one_collects(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 6; round++) {
        pthread_t thread;
        unsigned number = round;
        assert_int_equal(pthread_create(&thread, NULL, thread_main, &number), 0);
        for (int i = 0; i < 40; i++) {
            pymm_gc_collect(i % 3);
            Py_BEGIN_ALLOW_THREADS
            Py_END_ALLOW_THREADS
        }
        Py_BEGIN_ALLOW_THREADS
        assert_int_equal(pthread_join(thread, NULL), 0);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < SHARED_COUNT; i++)
        Py_CLEAR(shared[i]);
    pymm_gc_collect(2);
    assert_int_equal(live_count, 0);
}

static int let_others(PyObject *op, void *met_count)
{
    if (++*(int *)met_count % 8 == 0) {
        Py_BEGIN_ALLOW_THREADS
        PyMem_RawFree(PyMem_RawMalloc(100));
        Py_END_ALLOW_THREADS
    }
    assert_true(Py_REFCNT(op) > 0);
    return 1;
}

/* One looks at all objects, and lets others make, drop and collect some between them; now and then all are frozen. */
static void one_looks(void **state)
{
    (void)state;
    int met_count = 0;
    for (unsigned round = 0; round < 6; round++) {
        pthread_t thread;
        unsigned number = round;
        assert_int_equal(pthread_create(&thread, NULL, thread_main, &number), 0);
        for (int i = 0; i < 20; i++) {
            if (i % 2 == 0)
                PyUnstable_GC_VisitObjects(let_others, &met_count);
            else
                pymm_gc_get_referrers(&shared[i % SHARED_COUNT], 1, let_others, &met_count);
            if (i % 5 == 0)
                pymm_gc_freeze();
            else
                pymm_gc_unfreeze();
        }
        Py_BEGIN_ALLOW_THREADS
        assert_int_equal(pthread_join(thread, NULL), 0);
        Py_END_ALLOW_THREADS
    }
    pymm_gc_unfreeze();
    PyGC_Enable();
    for (int i = 0; i < SHARED_COUNT; i++)
        Py_CLEAR(shared[i]);
    pymm_gc_collect(2);
    assert_int_equal(live_count, 0);
    assert_true(met_count > 0);
}

static int start(void **state) { return setup(state) | PyType_Ready(&node_type); }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(together), cmocka_unit_test(one_collects), cmocka_unit_test(one_looks)};
    return cmocka_run_group_tests(tests, start, teardown);
}
