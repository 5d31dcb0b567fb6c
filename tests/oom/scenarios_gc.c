/* scenarios_gc.c: the collector's objects and collections, without memory: a collection takes none, so in the end nothing is alive.
 *
 * What runs within it (finalizers, callbacks of weak references) may want memory and do without. Read driver.h first. */
#include "driver.h"

#include "pymm_gc.h"

typedef struct node {
    PyObject_VAR_HEAD
    PyObject *link, *weak;
    PyObject *items[1];
} node;
static Py_ssize_t live_count;
static PyObject *back; /* what a finalizer brought back */

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

/* Wants memory, and leaves an exception behind when there is none. */
static void node_finalize(PyObject *self)
{
    PyObject *list = PyList_New(0);
    if (list != NULL && PyList_Append(list, self) == 0 && back == NULL && ((node *)self)->link == self)
        back = Py_NewRef(self);
    Py_XDECREF(list);
}

static void node_del(PyObject *self) { (void)self; }

#define NODE_TYPE(...) {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "oom.Node", .tp_basicsize = offsetof(node, items), \
    .tp_itemsize = sizeof(PyObject *), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, \
    .tp_clear = node_clear, .tp_dealloc = node_dealloc, .tp_weaklistoffset = offsetof(node, weak), .tp_free = PyObject_GC_Del, __VA_ARGS__}
static PyTypeObject plain_type = NODE_TYPE(.tp_new = NULL);
static PyTypeObject final_type = NODE_TYPE(.tp_finalize = node_finalize);
static PyTypeObject legacy_type = NODE_TYPE(.tp_del = node_del);

static int is_ready(void)
{
    int failed = PyType_Ready(&plain_type) | PyType_Ready(&final_type) | PyType_Ready(&legacy_type);
    if (failed)
        oom_require_no_memory();
    return !failed;
}

/* It refers to `link`, or to itself. NULL: no memory. */
static PyObject *node_new(PyTypeObject *type, PyObject *link)
{
    node *self = PyObject_GC_NewVar(node, type, 2);
    if (self == NULL) {
        oom_require_no_memory();
        return NULL;
    }
    live_count++;
    self->weak = NULL;
    self->link = Py_NewRef(link == NULL ? (PyObject *)self : link);
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

static void all_end(void)
{
    char message[200] = "";
    Py_CLEAR(back);
    pymm_gc_collect(2);
    Py_CLEAR(back);
    pymm_gc_collect(2);
    OOM_REQUIRE(live_count == 0);
    OOM_REQUIRE(PyErr_Occurred() == NULL);
    if (pymm_gc_check(message, sizeof message) != 0)
        oom_fail(__FILE__, __LINE__, message);
}

static PyObject *called(PyObject *self, PyObject *reference)
{
    (void)self;
    return PyTuple_Pack(2, reference, Py_None);
}
static PyMethodDef called_def = {"called", called, METH_O, NULL};

/* Rings with finalizers and with weak references to them, some with callbacks. */
static void collected(void)
{
    PyObject *references[20];
    if (!oom_is_alive())
        return;
    if (is_ready()) {
        for (int i = 0; i < 20; i++) {
            PyObject *first = node_new(i % 2 ? &final_type : &plain_type, NULL), *callback = PyCFunction_New(&called_def, NULL);
            references[i] = first == NULL ? NULL : PyWeakref_NewRef(first, i % 3 ? callback : NULL);
            if (callback == NULL || (first != NULL && references[i] == NULL))
                oom_require_no_memory();
            PyErr_Clear();
            Py_XDECREF(callback);
            Py_XDECREF(first);
        }
        pymm_gc_collect(0);
        pymm_gc_collect(1);
        for (int i = 0; i < 20; i++)
            Py_XDECREF(references[i]);
        all_end();
    }
    Py_FinalizeEx();
}

/* Objects of several sizes; what cannot grow stays as it is. */
static void resized(void)
{
    if (!oom_is_alive())
        return;
    if (is_ready()) {
        PyObject *op = node_new(&plain_type, NULL), *extra = PyUnstable_Object_GC_NewWithExtraData(&plain_type, 5000);
        if (extra == NULL)
            oom_require_no_memory();
        else
            PyObject_GC_Del(extra);
        for (Py_ssize_t size = 4; op != NULL && size < 100000; size *= 5) {
            PyObject_GC_UnTrack(op);
            Py_CLEAR(((node *)op)->link);
            node *grown = PyObject_GC_Resize(node, op, size);
            if (grown == NULL)
                oom_require_no_memory();
            else
                op = (PyObject *)grown;
            OOM_REQUIRE(grown == NULL || Py_SIZE(grown) == size);
            ((node *)op)->link = Py_NewRef(Py_None);
            PyObject_GC_Track(op);
        }
        Py_XDECREF(op);
        all_end();
    }
    Py_FinalizeEx();
}

static int see(PyObject *op, void *arg)
{
    ++*(size_t *)arg;
    PyObject *list = PyList_New(0); /* collection is off meanwhile */
    if (list != NULL && PyList_Append(list, op) != 0)
        oom_require_no_memory();
    PyErr_Clear();
    Py_XDECREF(list);
    return 1;
}

/* What pymm_gc.h has: each finds all of its objects, with or without memory. */
static void looked_at(void)
{
    if (!oom_is_alive())
        return;
    if (is_ready()) {
        PyObject *ring = node_new(&plain_type, NULL), *referrer = ring == NULL ? NULL : node_new(&plain_type, ring);
        size_t count = 0;
        if (referrer != NULL) {
            pymm_gc_get_referrers(&ring, 1, see, &count);
            OOM_REQUIRE(count == 2);
            pymm_gc_get_referents(referrer, see, &count);
            OOM_REQUIRE(count == 3);
            pymm_gc_get_objects(-1, see, &count);
            PyUnstable_GC_VisitObjects(see, &count);
            OOM_REQUIRE(count >= 7 && PyGC_IsEnabled());
            pymm_gc_freeze();
            OOM_REQUIRE(pymm_gc_get_freeze_count() >= 2);
            pymm_gc_unfreeze();
        }
        Py_XDECREF(ring);
        Py_XDECREF(referrer);
        all_end();
    }
    Py_FinalizeEx();
}

static void listen(const pymm_gc_info *info, void *arg)
{
    *(int *)arg += info->is_end;
    oom_give_up(PyList_New(3));
}

static int loosen(PyObject *op, void *arg)
{
    (void)arg;
    if (Py_TYPE(op) == &legacy_type || Py_TYPE(op) == &plain_type)
        Py_CLEAR(((node *)op)->link);
    return 1;
}

/* Callbacks that are told, or could not be added; garbage that is listed, or found again by the next collection. */
static void kept(void)
{
    int told_count = 0;
    if (!oom_is_alive())
        return;
    if (is_ready()) {
        int is_added = pymm_gc_callback_add(listen, &told_count) == 0;
        for (int i = 0; i < 40; i++)
            Py_XDECREF(node_new(i % 2 ? &legacy_type : &plain_type, NULL));
        pymm_gc_set_debug(PYMM_GC_DEBUG_SAVEALL);
        pymm_gc_collect(2);
        pymm_gc_set_debug(0);
        pymm_gc_collect(2);
        OOM_REQUIRE(told_count == 2 * is_added);
        OOM_REQUIRE(pymm_gc_callback_remove(listen, &told_count) == is_added - 1);
        pymm_gc_get_objects(-1, loosen, NULL);
        pymm_gc_get_garbage(loosen, NULL);
        pymm_gc_clear_garbage();
        all_end();
    }
    Py_FinalizeEx();
}

const oom_scenario oom_gc_scenarios[] = {
    {"gc_collected", collected, 1, 1, 0}, {"gc_resized", resized, 1, 1, 0}, {"gc_looked_at", looked_at, 1, 1, 0}, {"gc_kept", kept, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};
