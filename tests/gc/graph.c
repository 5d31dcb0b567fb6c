/* graph.c: `gc_graph [GRAPHS [SEED]]`: random graphs of every kind of container, changed at random, beside a model of what can be
 * reached.
 *
 * Nodes refer to each other through what wrap() makes. The model knows roots and edges; at any time what it can reach is alive,
 * and after a full collection nothing else is. In every other graph nodes have finalizers that bring them back, make weak
 * references or garbage. With MIXED, every other object lies in the C library's memory: a stray. In the hostile build every
 * birth collects, and the checker runs around each collection. Graph n of a run is graph 1 of one with SEED + n - 1. */
#include "support.h"

#include "pymm_gc.h"

enum { NODE_COUNT = 40, EDGE_COUNT = 6, OPERATION_COUNT = 300, MANY = 200, KEPT_COUNT = 64 };
enum action { NOTHING, COME_BACK, BE_WATCHED, MAKE_GARBAGE, ACTION_COUNT };

typedef struct node {
    PyObject_HEAD
    PyObject *list; /* what wrap() made, an item for each edge */
    PyObject *weak;
    int id;
} node;

/* What is known of a node. Dead: `self` is NULL. */
static struct model {
    node *self;
    int root_count;      /* references that the test itself holds */
    enum action action;
    int is_finalized, is_untracked;
    int edge_count;
    struct {
        int to;          /* -1: led somewhere until its callback was given up */
        PyObject *watch; /* the weak reference whose callback holds `to`, borrowed */
    } edges[EDGE_COUNT];
    PyObject *reference; /* a weak one to it, owned, or NULL */
} model[NODE_COUNT];
static int reached[NODE_COUNT];
static PyObject *kept[KEPT_COUNT];
static int kept_count;
static uint64_t random_state;
static int is_calm; /* no finalizers */

static unsigned draw(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % limit;
}

/* The type of the nodes. --------------------------------------------------------------------------------------------------- */

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->list);
    return 0;
}

static int node_clear(PyObject *self)
{
    model[((node *)self)->id].edge_count = 0;
    Py_CLEAR(((node *)self)->list);
    return 0;
}

static PyObject *is_gone(PyObject *none, PyObject *reference)
{
    PyObject *op;
    (void)none;
    assert_int_equal(PyWeakref_GetRef(reference, &op), 0);
    return Py_NewRef(Py_None);
}
static PyMethodDef is_gone_def = {"is_gone", is_gone, METH_O, NULL};

static void garbage_make(void)
{
    PyObject *list = PyList_New(0), *tuple = PyTuple_Pack(1, list);
    assert_int_equal(PyList_Append(list, tuple), 0);
    Py_DECREF(tuple);
    Py_DECREF(list);
}

/* All that it refers to is still whole. */
static void node_finalize(PyObject *self)
{
    struct model *known = &model[((node *)self)->id];
    assert_ptr_equal(known->self, self);
    assert_false(known->is_finalized);
    assert_non_null(((node *)self)->list);
    for (int i = 0; i < known->edge_count; i++)
        assert_true(known->edges[i].to < 0 || model[known->edges[i].to].self->list != NULL);
    known->is_finalized = 1;
    if (known->action == COME_BACK) {
        Py_INCREF(self);
        known->root_count++;
    } else if (known->action == BE_WATCHED && kept_count < KEPT_COUNT) {
        PyObject *callback = PyCFunction_New(&is_gone_def, NULL);
        kept[kept_count] = PyWeakref_NewRef(self, callback);
        assert_non_null(kept[kept_count++]);
        Py_DECREF(callback);
    } else if (known->action == MAKE_GARBAGE)
        garbage_make();
}

static void node_dealloc(PyObject *self)
{
    int id = ((node *)self)->id;
    if (PyObject_CallFinalizerFromDealloc(self) < 0)
        return;
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    node_clear(self);
    assert_int_equal(model[id].root_count, 0);
    model[id].self = NULL;
    PyObject_GC_Del(self);
}

static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Node", .tp_basicsize = sizeof(node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_clear = node_clear,
    .tp_finalize = node_finalize, .tp_dealloc = node_dealloc, .tp_weaklistoffset = offsetof(node, weak), .tp_free = PyObject_GC_Del,
};

static int instance_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return PyObject_VisitManagedDict(self, visit, arg);
}
static int instance_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}
static PyType_Slot instance_slots[] = {{Py_tp_traverse, instance_traverse}, {Py_tp_clear, instance_clear}, {0, NULL}};
static PyType_Spec instance_spec = {"test.Instance", sizeof(PyObject), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT, instance_slots};
static PyTypeObject *instance_type;

/* What leads from one node to another. --------------------------------------------------------------------------------------- */

enum kind { ITSELF, TUPLE, DICT, KEY, SET, METHOD, FUNCTION, EXCEPTION, ITERATOR, VIEW, OFTEN, RING, INSTANCE, CLASS, WATCH, KIND_COUNT };

/* A collection leaves the callback where it was, and what that holds with it; the end of an object does not. */
static PyObject *watch_called(PyObject *self, PyObject *reference)
{
    assert_non_null(((node *)self)->list);
    int is_kept = ((PyWeakReference *)reference)->wr_callback != NULL;
    for (int id = 0; id < NODE_COUNT && !is_kept; id++)
        for (int i = 0; i < model[id].edge_count; i++)
            if (model[id].edges[i].watch == reference)
                model[id].edges[i].to = -1;
    return is_gone(NULL, reference);
}
static PyMethodDef watch_def = {"watch", watch_called, METH_O, NULL};
static PyMethodDef nothing_def = {"nothing", is_gone, METH_O, NULL};

static PyObject *holding(PyObject *container, int result)
{
    assert_int_equal(result, 0);
    return container;
}

static PyObject *list_of(PyObject *op, int count)
{
    PyObject *list = PyList_New(count);
    assert_non_null(list);
    for (int i = 0; i < count; i++)
        PyList_SET_ITEM(list, i, Py_NewRef(op));
    return list;
}

/* Something made of `container`, whose reference goes to it. */
static PyObject *made_of(PyObject *container, PyObject *made)
{
    assert_non_null(made);
    Py_DECREF(container);
    return made;
}

/* Holds `op`; WATCH: by the callback of a weak reference to `other`. */
static PyObject *wrap(enum kind kind, PyObject *op, PyObject *other)
{
    PyObject *container;
    switch (kind) {
    case TUPLE: return PyTuple_Pack(2, op, Py_None);
    case DICT: return container = PyDict_New(), holding(container, PyDict_SetItemString(container, "key", op));
    case KEY: return container = PyDict_New(), holding(container, PyDict_SetItem(container, op, Py_None));
    case SET: return container = PySet_New(NULL), holding(container, PySet_Add(container, op));
    case METHOD: return container = PyCFunction_New(&nothing_def, NULL), made_of(container, PyMethod_New(container, op));
    case FUNCTION: return PyCFunction_New(&nothing_def, op);
    case EXCEPTION: return PyObject_CallOneArg(PyExc_ValueError, op);
    case ITERATOR: return container = list_of(op, 2), made_of(container, PyObject_GetIter(container));
    case VIEW: return container = wrap(DICT, op, NULL), made_of(container, PyObject_CallMethod(container, "values", NULL));
    case OFTEN: return list_of(op, MANY);
    case RING: return container = list_of(op, 1), holding(container, PyList_Append(container, container));
    case INSTANCE: return container = PyType_GenericAlloc(instance_type, 0), holding(container, PyObject_SetAttrString(container, "x", op));
    case CLASS:
        container = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Class");
        return holding(container, PyObject_SetAttrString(container, "x", op));
    case WATCH: return container = PyCFunction_New(&watch_def, op), made_of(container, PyWeakref_NewRef(other, container));
    default: return Py_NewRef(op);
    }
}

/* What is known. ------------------------------------------------------------------------------------------------------------- */

static void reach(int id)
{
    if (reached[id]++)
        return;
    assert_non_null(model[id].self);
    for (int i = 0; i < model[id].edge_count; i++)
        if (model[id].edges[i].to >= 0)
            reach(model[id].edges[i].to);
}

/* What can be reached is alive; `is_exact`: nothing else is. */
static void check(int is_exact)
{
    char message[200];
    memset(reached, 0, sizeof reached);
    for (int id = 0; id < NODE_COUNT; id++)
        if (model[id].self != NULL && (model[id].root_count > 0 || model[id].is_untracked))
            reach(id);
    for (int id = 0; id < NODE_COUNT; id++) {
        PyObject *op = NULL;
        assert_true(!is_exact || reached[id] || model[id].self == NULL);
        if (model[id].reference != NULL && PyWeakref_GetRef(model[id].reference, &op) == 0)
            assert_true(model[id].self == NULL || !reached[id] || !is_calm);
        assert_true(op == NULL || op == (PyObject *)model[id].self);
        Py_XDECREF(op);
    }
    if (is_exact && pymm_gc_check(message, sizeof message) != 0)
        fail_msg("%s", message);
}

/* Operations. Those on nodes are on such as can be reached. -------------------------------------------------------------------- */

/* -1: none. */
static int any_reached(void)
{
    int first = (int)draw(NODE_COUNT);
    for (int i = 0; i < NODE_COUNT; i++)
        if (reached[(first + i) % NODE_COUNT])
            return (first + i) % NODE_COUNT;
    return -1;
}

static void root_drop(int id)
{
    if (model[id].root_count > 0) {
        model[id].root_count--;
        Py_DECREF(model[id].self);
    }
}

static void node_make(void)
{
    int id = 0;
    while (id < NODE_COUNT && model[id].self != NULL)
        id++;
    if (id == NODE_COUNT)
        return;
    PyObject *list = PyList_New(0), *reference = model[id].reference;
    node *self = PyObject_GC_New(node, &node_type);
    assert_true(list != NULL && self != NULL);
    model[id] = (struct model){.self = self, .root_count = 1, .action = is_calm ? NOTHING : (enum action)draw(ACTION_COUNT)};
    *self = (node){.ob_base = self->ob_base, .list = list, .id = id};
    PyObject_GC_Track(self);
    Py_XDECREF(reference); /* to the node that was here before */
    if (draw(2) == 0)
        model[id].reference = PyWeakref_NewRef((PyObject *)self, NULL);
}

static void edge_make(int from, int to, int other)
{
    struct model *known = &model[from];
    enum kind kind = (enum kind)draw(KIND_COUNT);
    if (known->edge_count == EDGE_COUNT)
        return;
    PyObject *wrapped = wrap(kind, (PyObject *)model[to].self, (PyObject *)model[other].self);
    assert_non_null(wrapped);
    assert_int_equal(PyList_Append(known->self->list, wrapped), 0);
    known->edges[known->edge_count].to = to;
    known->edges[known->edge_count++].watch = kind == WATCH ? wrapped : NULL;
    Py_DECREF(wrapped);
}

/* The last edge takes its place. */
static void edge_drop(int from)
{
    struct model *known = &model[from];
    if (known->edge_count == 0)
        return;
    Py_ssize_t index = draw((unsigned)known->edge_count), last = --known->edge_count;
    PyObject *list = known->self->list, *item = Py_NewRef(PyList_GET_ITEM(list, index));
    known->edges[index] = known->edges[last];
    assert_int_equal(PyList_SetItem(list, index, Py_NewRef(PyList_GET_ITEM(list, last))), 0);
    assert_int_equal(PyList_SetSlice(list, last, last + 1, NULL), 0);
    Py_DECREF(item);
}

static void tracking_change(int id)
{
    if (model[id].is_untracked)
        PyObject_GC_Track(model[id].self);
    else
        PyObject_GC_UnTrack(model[id].self);
    assert_int_equal(PyObject_GC_IsTracked((PyObject *)model[id].self), model[id].is_untracked);
    model[id].is_untracked ^= 1;
}

static int alive_count(int *untracked_count)
{
    int count = *untracked_count = 0;
    for (int id = 0; id < NODE_COUNT; id++) {
        count += model[id].self != NULL;
        *untracked_count += model[id].self != NULL && model[id].is_untracked;
    }
    return count;
}

/* One collection finds all garbage. Only what a finalizer brought back, or what is not tracked, may end within one and leave garbage
 * to the next. */
static void collect_all(void)
{
    int untracked_count, before = alive_count(&untracked_count), now = before;
    pymm_gc_unfreeze();
    do {
        before = now;
        pymm_gc_collect(2);
        int is_enough = is_calm && untracked_count == 0;
        now = is_enough ? before : alive_count(&untracked_count);
    } while (now != before);
    check(1);
}

static void operate(void)
{
    check(0);
    int id = any_reached();
    unsigned what = draw(100);
    if (id < 0 || what < 25)
        node_make();
    else if (what < 55)
        edge_make(id, any_reached(), any_reached());
    else if (what < 65)
        edge_drop(id);
    else if (what < 80)
        root_drop(id);
    else if (what < 84) {
        model[id].root_count++;
        Py_INCREF(model[id].self);
    } else if (what < 87)
        tracking_change(id);
    else if (what < 93)
        pymm_gc_collect((int)draw(2));
    else if (what < 94)
        (void)(PyGC_IsEnabled() ? PyGC_Disable() : PyGC_Enable());
    else if (what < 96)
        pymm_gc_freeze();
    else
        collect_all();
}

/* All is let go of: nothing may be left. Each node comes back once at most. */
static void end(void)
{
    int untracked_count;
    PyGC_Enable();
    for (int round = 0; round <= NODE_COUNT && (round == 0 || alive_count(&untracked_count) > 0); round++) {
        for (int id = 0; id < NODE_COUNT; id++) {
            if (model[id].self != NULL && model[id].is_untracked)
                tracking_change(id);
            while (model[id].self != NULL && model[id].root_count > 0)
                root_drop(id);
        }
        collect_all();
    }
    for (int id = 0; id < NODE_COUNT; id++) {
        assert_null(model[id].self);
        Py_CLEAR(model[id].reference);
    }
    while (kept_count > 0)
        Py_DECREF(kept[--kept_count]);
}

#ifdef MIXED
/* Every other block of the object domain is the C library's; a head says which. */
typedef struct head {
    _Alignas(16) int is_libc;
} head;
static PyMemAllocatorEx below;

static void *mixed_malloc(void *ctx, size_t bytes)
{
    static unsigned turn;
    (void)ctx;
    int is_libc = turn++ % 2 == 0;
    head *block = bytes > PY_SSIZE_T_MAX - sizeof(head) ? NULL
                  : is_libc                              ? malloc(bytes + sizeof(head))
                                                         : below.malloc(below.ctx, bytes + sizeof(head));
    if (block == NULL)
        return NULL;
    block->is_libc = is_libc;
    return block + 1;
}

static void *mixed_calloc(void *ctx, size_t count, size_t bytes)
{
    size_t all;
    void *block = __builtin_mul_overflow(count, bytes, &all) ? NULL : mixed_malloc(ctx, all);
    return block == NULL ? NULL : memset(block, 0, all);
}

static void *mixed_realloc(void *ctx, void *block, size_t bytes)
{
    if (block == NULL)
        return mixed_malloc(ctx, bytes);
    head *before = (head *)block - 1, *moved = NULL;
    if (bytes <= PY_SSIZE_T_MAX - sizeof(head))
        moved = before->is_libc ? realloc(before, bytes + sizeof(head)) : below.realloc(below.ctx, before, bytes + sizeof(head));
    return moved == NULL ? NULL : moved + 1;
}

static void mixed_free(void *ctx, void *block)
{
    (void)ctx;
    head *start = block == NULL ? NULL : (head *)block - 1;
    if (start != NULL && start->is_libc)
        free(start);
    else
        below.free(below.ctx, start);
}

static void mixed_install(void)
{
    PyMemAllocatorEx mixed = {NULL, mixed_malloc, mixed_calloc, mixed_realloc, mixed_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &mixed);
}
#endif

static unsigned graph_count = 24;
static uint64_t first_seed = 1;

static void graphs(void **state)
{
    (void)state;
    for (unsigned graph = 0; graph < graph_count; graph++) {
        random_state = first_seed + graph;
        is_calm = graph % 2;
        for (int i = 0; i < OPERATION_COUNT; i++)
            operate();
        end();
    }
}

static int start(void **state)
{
    int result = setup(state);
    instance_type = (PyTypeObject *)PyType_FromSpec(&instance_spec);
    return result | PyType_Ready(&node_type) | (instance_type == NULL);
}

static int stop(void **state)
{
    Py_CLEAR(instance_type);
    return teardown(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(graphs)};
    if (argc > 1)
        graph_count = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
#ifdef MIXED
    mixed_install();
#endif
    return cmocka_run_group_tests(tests, start, stop);
}
