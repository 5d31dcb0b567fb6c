/* collector.c: what objects and their collection cost, as C code meets them: `collector QUESTION KIND COUNT`, one line of JSON.
 *
 *   drop KIND COUNT    make COUNT objects and drop them, in batches: ns for both, of one object
 *   memory KIND COUNT  resident bytes of one object
 *   cycles KIND COUNT  make COUNT objects in cycles of two with collection off, let go, collect: ns each, of one object
 *   live KIND COUNT    COUNT objects that stay, held by a list: ns of a full collection, of one object
 *   pause KIND COUNT   make COUNT objects that stay, with collection on: the longest step of 100, and all of it
 *
 * It is compiled against libpymm and against CPythons (part_collector.py). Nothing here knows which one it runs on. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef BENCH_CHECK
#define BENCH_CHECK() PyErr_CheckSignals() /* where newer CPythons collect */
#endif

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double resident_bytes(void)
{
    long pages = 0, shared = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*s %ld %ld", &pages, &shared) != 2)
        exit(3);
    fclose(file);
    return (double)(pages - shared) * (double)sysconf(_SC_PAGESIZE);
}

/* Kinds. Each takes references to two others, which may be NULL, and gives away a new one. ------------------------------------- */

typedef struct node {
    PyObject_HEAD
    PyObject *left, *right;
} node;

static int node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((node *)self)->left);
    Py_VISIT(((node *)self)->right);
    return 0;
}

static int node_clear(PyObject *self)
{
    Py_CLEAR(((node *)self)->left);
    Py_CLEAR(((node *)self)->right);
    return 0;
}

static void node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    node_clear(self);
    PyObject_GC_Del(self);
}

static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "bench.Node", .tp_basicsize = sizeof(node),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = node_traverse, .tp_clear = node_clear,
    .tp_dealloc = node_dealloc, .tp_free = PyObject_GC_Del};

static PyObject *or_none(PyObject *op)
{
    if (op == NULL)
        op = Py_None;
    Py_INCREF(op);
    return op;
}

static PyObject *node_make(PyObject *left, PyObject *right)
{
    node *self = PyObject_GC_New(node, &node_type);
    self->left = or_none(left);
    self->right = or_none(right);
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}
static void node_set(PyObject *self, PyObject *item)
{
    Py_INCREF(item);
    Py_SETREF(((node *)self)->left, item);
}

static PyObject *empty_make(PyObject *left, PyObject *right)
{
    (void)left, (void)right;
    return PyList_New(0);
}
static PyObject *list_make(PyObject *left, PyObject *right)
{
    PyObject *self = PyList_New(2);
    PyList_SET_ITEM(self, 0, or_none(left));
    PyList_SET_ITEM(self, 1, or_none(right));
    return self;
}
static void list_set(PyObject *self, PyObject *item)
{
    Py_INCREF(item);
    PyList_SetItem(self, 0, item);
}

static PyObject *tuple_make(PyObject *left, PyObject *right)
{
    PyObject *self = PyTuple_New(2);
    PyTuple_SET_ITEM(self, 0, or_none(left));
    PyTuple_SET_ITEM(self, 1, or_none(right));
    return self;
}

static PyObject *dict_make(PyObject *left, PyObject *right)
{
    (void)left, (void)right;
    return PyDict_New();
}

static PyObject *float_make(PyObject *left, PyObject *right)
{
    (void)left, (void)right;
    return PyFloat_FromDouble(1.5);
}

static PyObject *int_make(PyObject *left, PyObject *right)
{
    (void)left, (void)right;
    return PyLong_FromLong(1234567);
}

static PyObject *bytes_make(PyObject *left, PyObject *right)
{
    (void)left, (void)right;
    return PyBytes_FromStringAndSize("twenty bytes of text", 20);
}

typedef struct kind {
    const char *name;
    PyObject *(*make)(PyObject *left, PyObject *right);
    void (*set)(PyObject *self, PyObject *item); /* NULL: it cannot be in a cycle */
} kind;
static const kind kinds[] = {
    {"node", node_make, node_set}, {"list", list_make, list_set}, {"empty", empty_make, NULL}, {"tuple", tuple_make, NULL},
    {"dict", dict_make, NULL},     {"float", float_make, NULL},   {"int", int_make, NULL},     {"bytes", bytes_make, NULL},
};

static uint64_t seed = 88172645463325252u;
static size_t below(size_t count)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % count);
}

/* Questions. --------------------------------------------------------------------------------------------------------------- */

#define BATCH 1000

static void drop(const kind *of, size_t count)
{
    static PyObject *batch[BATCH];
    double start = now_ns();
    for (size_t done = 0; done < count; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            batch[i] = of->make(NULL, NULL);
        for (size_t i = 0; i < BATCH; i++)
            Py_DECREF(batch[i]);
    }
    printf("{\"ns\": %.2f}\n", (now_ns() - start) / (double)count);
}

static void memory(const kind *of, size_t count)
{
    PyObject **all = malloc(count * sizeof(PyObject *));
    memset(all, 1, count * sizeof(PyObject *));
    double before = resident_bytes();
    for (size_t i = 0; i < count; i++)
        all[i] = of->make(NULL, NULL);
    double after = resident_bytes();
    PyGC_Enable();
    PyGC_Collect();
    printf("{\"bytes\": %.2f, \"collected_bytes\": %.2f}\n", (after - before) / (double)count,
           (resident_bytes() - before) / (double)count);
}

static void cycles(const kind *of, size_t count)
{
    double start = now_ns();
    PyObject *last = NULL;
    for (size_t i = 0; i < count; i += 2) {
        PyObject *one = of->make(NULL, NULL), *two = of->make(one, last);
        of->set(one, two);
        Py_XDECREF(last);
        last = one;
        Py_DECREF(two);
    }
    double built = now_ns();
    Py_XDECREF(last);
    PyGC_Enable();
    Py_ssize_t found = PyGC_Collect();
    double end = now_ns();
    if (found < (Py_ssize_t)count)
        exit(4);
    printf("{\"build_ns\": %.2f, \"collect_ns\": %.2f, \"ns\": %.2f}\n", (built - start) / (double)count, (end - built) / (double)count,
           (end - start) / (double)count);
}

/* A list holds all of them; each refers to the one made before it and to any of the last 100,000. */
static PyObject *live_make(const kind *of, size_t count, double *longest_ns)
{
    PyObject *all = PyList_New((Py_ssize_t)count);
    double before = now_ns();
    for (size_t i = 0; i < count; i++) {
        size_t other = i == 0 ? 0 : i - 1 - below(i < 100000 ? i : 100000);
        PyObject *made = i == 0 ? of->make(NULL, NULL) : of->make(PyList_GET_ITEM(all, i - 1), PyList_GET_ITEM(all, other));
        PyList_SET_ITEM(all, i, made);
        if (longest_ns != NULL && i % 100 == 0) {
            BENCH_CHECK();
            double now = now_ns();
            if (now - before > *longest_ns)
                *longest_ns = now - before;
            before = now;
        }
    }
    return all;
}

static void live(const kind *of, size_t count)
{
    live_make(of, count, NULL);
    PyGC_Enable();
    PyGC_Collect(); /* the first moves them to the oldest generation */
    double best = 1e300;
    for (int round = 0; round < 3; round++) {
        double start = now_ns();
        if (PyGC_Collect() != 0)
            exit(4);
        double took = now_ns() - start;
        best = took < best ? took : best;
    }
    printf("{\"ns\": %.2f, \"ms\": %.1f}\n", best / (double)count, best / 1e6);
}

static void pause_longest(const kind *of, size_t count)
{
    double longest = 0, start = now_ns();
    PyGC_Enable();
    live_make(of, count, &longest);
    printf("{\"longest_ms\": %.2f, \"ns\": %.2f}\n", longest / 1e6, (now_ns() - start) / (double)count);
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*ask)(const kind *of, size_t count);
    } questions[] = {{"drop", drop}, {"memory", memory}, {"cycles", cycles}, {"live", live}, {"pause", pause_longest}};
    if (count != 4)
        return 2;
    Py_Initialize();
    if (PyType_Ready(&node_type) != 0)
        return 3;
    PyGC_Disable();
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (strcmp(arguments[1], questions[q].name) == 0 && strcmp(arguments[2], kinds[k].name) == 0) {
                questions[q].ask(&kinds[k], strtoull(arguments[3], NULL, 10));
                fflush(stdout);
                _exit(0); /* taking millions of objects down is not measured */
            }
    return 2;
}
