/* collect.c: what is collected, what is not, and in which order: cycles, finalizers, resurrection, tp_del, depth, random graphs.
 *
 * Owns: nodes with up to three references, counted. Does not own: types and instances (tests/object). */
#include "support.h"

#include "pymm_gc.h"

#define LINK_COUNT 3

typedef struct node {
    PyObject_HEAD
    PyObject *links[LINK_COUNT];
    int number;
} node;

static int live_count;
static char order[64];
static PyObject *kept;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    for (int i = 0; i < LINK_COUNT; i++)
        Py_VISIT(((node *)self)->links[i]);
    return 0;
}

static int node_clear(PyObject *self)
{
    for (int i = 0; i < LINK_COUNT; i++)
        Py_CLEAR(((node *)self)->links[i]);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    live_count--;
    PyObject_GC_Del(self);
}

static void node_finalize(PyObject *self)
{
    (void)self;
    strcat(order, "f");
}
static int finalized_count;
static void node_count(PyObject *self)
{
    (void)self;
    finalized_count++;
}
static int noting_clear(PyObject *self)
{
    strcat(order, "c");
    return node_clear(self);
}
static void keep(PyObject *self)
{
    strcat(order, "k");
    kept = Py_NewRef(self);
}
static void del(PyObject *self) { (void)self; }

#define NODE_TYPE(...) {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Node", .tp_basicsize = sizeof(node), \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_dealloc = node_dealloc, \
    .tp_free = PyObject_GC_Del, __VA_ARGS__}
static PyTypeObject plain = NODE_TYPE(.tp_clear = node_clear);
static PyTypeObject finalized = NODE_TYPE(.tp_clear = noting_clear, .tp_finalize = node_finalize);
static PyTypeObject numbered = NODE_TYPE(.tp_clear = node_clear, .tp_finalize = node_count);
static PyTypeObject keeping = NODE_TYPE(.tp_clear = noting_clear, .tp_finalize = keep);
static PyTypeObject legacy = NODE_TYPE(.tp_clear = node_clear, .tp_del = del);

static node *node_new(PyTypeObject *type)
{
    node *self = PyObject_GC_New(node, type);
    assert_non_null(self);
    memset(self->links, 0, sizeof self->links);
    self->number = -1;
    live_count++;
    PyObject_GC_Track(self);
    return self;
}

static PyObject *self_cycle(PyTypeObject *type)
{
    node *self = node_new(type);
    self->links[0] = Py_NewRef((PyObject *)self);
    return (PyObject *)self;
}

static int ready(void **state)
{
    int result = setup(state);
    PyGC_Collect();
    memset(order, 0, sizeof order);
    live_count = 0;
    return result | PyType_Ready(&plain) | PyType_Ready(&finalized) | PyType_Ready(&numbered) | PyType_Ready(&keeping) | PyType_Ready(&legacy);
}

static void cycles(void **state)
{
    (void)state;
    Py_DECREF(self_cycle(&plain));
    assert_int_equal(PyGC_Collect(), 1);
    assert_int_equal(live_count, 0);
    node *first = node_new(&plain), *last = first; /* a ring; then the same held from outside */
    for (int i = 0; i < 999; i++) {
        node *next = node_new(&plain);
        last->links[0] = (PyObject *)next;
        last = next;
    }
    last->links[0] = Py_NewRef((PyObject *)first);
    assert_int_equal(PyGC_Collect(), 0);
    Py_DECREF(first);
    assert_int_equal(PyGC_Collect(), 1000);
    assert_int_equal(live_count, 0);
}

static void switches(void **state)
{
    (void)state;
    assert_int_equal(PyGC_IsEnabled(), 1);
    assert_int_equal(PyGC_Disable(), 1);
    Py_DECREF(self_cycle(&plain));
    assert_int_equal(PyGC_Collect(), 0);
    PyErr_SetString(PyExc_ValueError, "stays"); /* a birth: the hostile build collects at each */
    assert_int_equal(PyGC_Enable(), 0);
    assert_int_equal(PyGC_Collect(), 1);
    assert_error(PyExc_ValueError);
}

static void automatic(void **state)
{
    (void)state;
    for (int i = 0, count = scaled(100000); i < count; i++)
        Py_DECREF(self_cycle(&plain));
    assert_true(live_count <= 2001);
    PyGC_Collect();
    assert_int_equal(live_count, 0);
}

static void finalizers(void **state)
{
    (void)state;
    node *a = node_new(&finalized), *b = node_new(&finalized);
    a->links[0] = (PyObject *)b;
    b->links[0] = (PyObject *)a;
    assert_int_equal(PyGC_Collect(), 2);
    assert_int_equal(strncmp(order, "ffc", 3), 0);
    assert_int_equal(live_count, 0);
}

/* Of one type, in more memory than is looked at together: all that stays first, then all that ends. */
static void finalizers_of_many(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static PyObject *stay[COUNT];
    PyGC_Disable();
    for (int i = 0; i < COUNT; i++)
        stay[i] = self_cycle(&numbered);
    for (int i = 0; i < COUNT; i++)
        Py_DECREF(self_cycle(&numbered));
    PyGC_Enable();
    finalized_count = 0;
    assert_int_equal(PyGC_Collect(), COUNT);
    assert_int_equal(finalized_count, COUNT);
    for (int i = 0; i < COUNT; i++)
        Py_DECREF(stay[i]);
    assert_int_equal(PyGC_Collect(), COUNT);
    assert_int_equal(finalized_count, 2 * COUNT);
    assert_int_equal(live_count, 0);
}

/* To one object more references than a mark can count. */
static void hub(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    node *middle = node_new(&plain), *spokes[COUNT];
    for (int i = 0; i < COUNT; i++) {
        spokes[i] = node_new(&plain);
        spokes[i]->links[0] = Py_NewRef((PyObject *)middle);
        spokes[i]->links[1] = Py_XNewRef((PyObject *)(i == 0 ? NULL : spokes[i - 1]));
    }
    middle->links[0] = Py_NewRef((PyObject *)spokes[COUNT - 1]);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(PyGC_Collect(), 0);
        assert_int_equal(Py_REFCNT(middle), COUNT + 1);
    }
    for (int i = 0; i < COUNT; i++)
        Py_DECREF(spokes[i]);
    assert_int_equal(PyGC_Collect(), 0);
    assert_int_equal(Py_REFCNT(middle), COUNT + 1);
    Py_DECREF(middle);
    assert_int_equal(PyGC_Collect(), COUNT + 1);
    assert_int_equal(live_count, 0);
}

static void resurrection(void **state)
{
    (void)state;
    Py_DECREF(self_cycle(&keeping));
    assert_int_equal(PyGC_Collect(), 0);
    assert_int_equal(live_count, 1);
    assert_true(PyObject_GC_IsTracked(kept) && PyObject_GC_IsFinalized(kept));
    Py_CLEAR(kept);
    assert_int_equal(PyGC_Collect(), 1);
    assert_string_equal(order, "kc");
    assert_int_equal(live_count, 0);
}

static void legacy_garbage(void **state)
{
    (void)state;
    node *self = (node *)self_cycle(&legacy);
    Py_DECREF(self);
    assert_int_equal(PyGC_Collect(), 1);
    assert_int_equal(PyGC_Collect(), 0);
    assert_int_equal(Py_REFCNT(self), 2);
    Py_CLEAR(self->links[0]);
    pymm_gc_clear_garbage();
    assert_int_equal(live_count, 0);
}

static void depth(void **state)
{
    (void)state;
    int count = scaled(1000000);
    node *head = node_new(&plain), *first = head;
    for (int i = 0; i < count; i++) {
        node *next = node_new(&plain);
        next->links[0] = (PyObject *)head;
        head = next;
    }
    first->links[0] = Py_NewRef((PyObject *)head);
    assert_int_equal(PyGC_Collect(), 0);
    Py_DECREF(head);
    assert_int_equal(PyGC_Collect(), count + 1);
    assert_int_equal(live_count, 0);
}

/* Nodes with random links, some held: after a collection those are alive that a held one leads to. */
static void graphs(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        node *nodes[COUNT];
        int to[COUNT][LINK_COUNT], held[COUNT], reached[COUNT], expected = 0;
        for (int i = 0; i < COUNT; i++)
            nodes[i] = node_new(&plain);
        for (int i = 0; i < COUNT; i++) {
            for (int j = 0; j < LINK_COUNT; j++) {
                seed = seed * 1103515245 + 12345;
                to[i][j] = (seed >> 16) % 3 == 0 ? (int)((seed >> 8) % COUNT) : -1;
                if (to[i][j] >= 0)
                    nodes[i]->links[j] = Py_NewRef((PyObject *)nodes[to[i][j]]);
            }
            held[i] = reached[i] = (seed >> 20) % 10 == 0;
        }
        for (int is_more = 1; is_more;) {
            is_more = 0;
            for (int i = 0; i < COUNT; i++)
                for (int j = 0; reached[i] && j < LINK_COUNT; j++)
                    if (to[i][j] >= 0 && !reached[to[i][j]])
                        reached[to[i][j]] = is_more = 1;
        }
        for (int i = 0; i < COUNT; i++)
            expected += reached[i];
        for (int i = 0; i < COUNT; i++)
            if (!held[i])
                Py_DECREF(nodes[i]);
        PyGC_Collect();
        assert_int_equal(live_count, expected);
        for (int i = 0; i < COUNT; i++)
            if (held[i])
                Py_DECREF(nodes[i]);
        PyGC_Collect();
        assert_int_equal(live_count, 0);
    }
}

/* The same with objects that lie outside the heap. */
static void *libc_malloc(void *ctx, size_t bytes) { (void)ctx; return malloc(bytes + !bytes); }
static void *libc_calloc(void *ctx, size_t count, size_t bytes) { (void)ctx; return calloc(count + !count, bytes + !bytes); }
static void *libc_realloc(void *ctx, void *block, size_t bytes) { (void)ctx; return realloc(block, bytes + !bytes); }
static void libc_free(void *ctx, void *block) { (void)ctx; free(block); }

static void elsewhere(void **state)
{
    PyMemAllocatorEx before, libc = {NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &libc);
    cycles(state);
    automatic(state);
    graphs(state);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cycles, ready),       cmocka_unit_test_setup(switches, ready),
        cmocka_unit_test_setup(automatic, ready),    cmocka_unit_test_setup(finalizers, ready),
        cmocka_unit_test_setup(finalizers_of_many, ready), cmocka_unit_test_setup(hub, ready),
        cmocka_unit_test_setup(resurrection, ready), cmocka_unit_test_setup(legacy_garbage, ready),
        cmocka_unit_test_setup(depth, ready),        cmocka_unit_test_setup(graphs, ready),
        cmocka_unit_test_setup(elsewhere, ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
