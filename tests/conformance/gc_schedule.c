/* gc_schedule.c: which births lead to a collection, and of which generations: thresholds, the counts behind them, the rule that the
 * oldest generation waits for what is new to it. Owns: the above. Read first: gc_module.h.
 *
 * The test keeps all that it makes, and tells a collection by the objects whose tp_traverse is called. */
#include "gc_module.h"

enum { BIRTHS_MAX = 4000 };
typedef struct mark {
    PyObject_HEAD
    int is_met, generation;
} mark;
static mark *marks[BIRTHS_MAX];
static int birth_count;

static int mark_traverse(PyObject *self, visitproc visit, void *arg)
{
    (void)visit, (void)arg;
    ((mark *)self)->is_met = 1;
    return 0;
}
static PyTypeObject mark_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Mark", .tp_basicsize = sizeof(mark), .tp_free = PyObject_GC_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = mark_traverse};

/* The generation that was collected since the last call, or -1; each mark in it is a generation older. */
static int collected(void)
{
    int oldest = -1;
    for (int i = 0; i < birth_count; i++)
        if (marks[i]->is_met && marks[i]->generation > oldest)
            oldest = marks[i]->generation;
    for (int i = 0; i < birth_count; i++) {
        if (marks[i]->is_met)
            marks[i]->generation = oldest < 2 ? oldest + 1 : 2;
        marks[i]->is_met = 0;
    }
    return oldest;
}

/* One more; the generation that it led to a collection of, or -1. Since 3.12 it is itself among what is collected. */
static int birth(void)
{
    mark *self = PyObject_GC_New(mark, &mark_type);
    self->is_met = self->generation = 0;
    PyObject_GC_Track((PyObject *)self);
    module_poll();
    int is_older = self->is_met, generation = collected();
    if (birth_count < BIRTHS_MAX)
        marks[birth_count++] = self;
    self->is_met = 0;
    self->generation = !is_older ? 0 : generation < 2 ? generation + 1 : 2;
    return generation;
}

/* All that an interpreter has is out of the way, and nothing is counted yet. */
static void begin(int first, int second, int third)
{
    module_begin();
    if (PyType_Ready(&mark_type) != 0)
        exit(3);
    module_set_threshold(first, second, third);
    module_freeze();
    module_enable();
    PyGC_Collect();
}

static void births_print(int count)
{
    printf("collections:");
    for (int i = 1; i <= count; i++) {
        int generation = birth();
        if (generation >= 0)
            printf(" %d:%d", i, generation);
    }
    printf("\n");
}

static void thresholds(void)
{
    begin(7, 3, 2);
    births_print(400);
}

static void thresholds_of_one(void)
{
    begin(1, 1, 1);
    births_print(60);
}

static void thresholds_of_none(void)
{
    begin(2, 0, 0);
    births_print(60);
}

/* The oldest of all only when a quarter is new. */
static void growing(void)
{
    begin(19, 1, 1);
    printf("full:");
    for (int i = 1; i <= BIRTHS_MAX; i++)
        if (birth() == 2)
            printf(" %d", i);
    printf("\n");
}

static void off(void)
{
    begin(0, 1, 1);
    births_print(50);
    module_set_threshold(3, 10, 10);
    births_print(9);
}

/* A death makes up for a birth. */
static void deaths(void)
{
    begin(5, 10, 10);
    printf("collections:");
    for (int i = 1; i <= 40; i++) {
        int generation = birth();
        if (generation >= 0)
            printf(" %d:%d", i, generation);
        if (i % 3 == 0) {
            mark *last = marks[--birth_count];
            PyObject_GC_UnTrack((PyObject *)last);
            PyObject_GC_Del(last);
        }
    }
    printf("\n");
}

/* With an exception set nothing is collected. */
static void exception_set(void)
{
    begin(3, 10, 10);
    PyErr_SetString(PyExc_KeyError, "set before");
    printf("collections:");
    for (int i = 1; i <= 12; i++) {
        mark *self = PyObject_GC_New(mark, &mark_type);
        self->is_met = self->generation = 0;
        PyObject_GC_Track((PyObject *)self);
        marks[birth_count++] = self;
        printf(" %d", collected());
    }
    printf("\n");
    check_error("stays");
    births_print(6);
}

static void explicit_ones(void)
{
    begin(1000, 2, 2);
    long counts[3];
    static const int asked[] = {0, 0, 1, 0, 0, 0, 1, 1, 0, 2, 1, 0};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        birth();
        module_collect(asked[i]);
        check_int("collected", collected());
        module_get_count(counts);
        check_text("counts", "%ld %ld", counts[1], counts[2]);
    }
    module_collect(0);
    module_collect(0);
    module_freeze();
    module_get_count(counts);
    check_text("counts_frozen", "%ld %ld", counts[1], counts[2]);
}

static const check_case cases[] = {
    {"thresholds", thresholds, NULL},
    {"thresholds_of_one", thresholds_of_one, NULL},
    {"thresholds_of_none", thresholds_of_none, NULL},
    {"growing", growing, NULL},
    {"off", off, NULL},
    {"deaths", deaths, NULL},
    {"exception_set", exception_set, NULL},
    {"explicit_ones", explicit_ones, NULL},
};
CHECK_MAIN(cases)
