/* no_memory.c: each allocation of a life of types, instances and exceptions fails once: MemoryError, and nothing is left over.
 *
 * Owns: the room's behaviour without memory. A program's own allocator counts, fails and keeps account. */
#include "support.h"

static struct {
    long calls, fail_at, live;
    PyMemAllocatorEx below[3];
} memory;

static int fails(void) { return ++memory.calls == memory.fail_at; }

static void *count(void *block) { return memory.live += block != NULL, block; }

static void *own_malloc(void *ctx, size_t bytes)
{
    PyMemAllocatorEx *below = ctx;
    return fails() ? NULL : count(below->malloc(below->ctx, bytes));
}

static void *own_calloc(void *ctx, size_t n, size_t bytes)
{
    PyMemAllocatorEx *below = ctx;
    return fails() ? NULL : count(below->calloc(below->ctx, n, bytes));
}

static void *own_realloc(void *ctx, void *block, size_t bytes)
{
    PyMemAllocatorEx *below = ctx;
    if (fails())
        return NULL;
    void *moved = below->realloc(below->ctx, block, bytes);
    return block == NULL ? count(moved) : moved;
}

static void own_free(void *ctx, void *block)
{
    PyMemAllocatorEx *below = ctx;
    memory.live -= block != NULL;
    below->free(below->ctx, block);
}

static int keep(PyObject *self, visitproc visit, void *arg) { Py_VISIT(Py_TYPE(self)); return 0; }
static PyObject *item_at(PyObject *self, Py_ssize_t i) { (void)self; (void)i; PyErr_SetString(PyExc_IndexError, "end"); return NULL; }

/* False: something failed, and an exception says what. */
static int life(void)
{
    static PyMemberDef members[] = {{"a", Py_T_INT, sizeof(PyObject), 0, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyType_Slot slots[] = {{Py_tp_doc, (char *)"text"}, {Py_tp_members, members}, {Py_tp_traverse, keep}, {Py_sq_item, item_at}, {0, NULL}};
    PyType_Spec spec = {"test.Made", sizeof(PyObject) + 8, 0, Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    PyObject *self = type == NULL ? NULL : PyType_GenericAlloc(type, 0);
    PyObject *iterator = self == NULL ? NULL : PyObject_GetIter(self);
    int is_done = iterator != NULL && PyIter_Next(iterator) == NULL && PyErr_Occurred() == NULL;
    if (is_done)
        PyErr_SetString(PyExc_ValueError, "all of it was there");
    Py_XDECREF(iterator);
    Py_XDECREF(self);
    Py_XDECREF(type);
    return is_done && PyErr_ExceptionMatches(PyExc_ValueError);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    assert_true(life()); /* what is made once and kept is made here */
    PyErr_Clear();
    PyGC_Collect();
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &memory.below[domain]);
        PyMemAllocatorEx own = {&memory.below[domain], own_malloc, own_calloc, own_realloc, own_free};
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &own);
    }
    int is_done = 0, failed_count = 0;
    while (!is_done) {
        memory.calls = memory.live = 0;
        memory.fail_at = ++failed_count;
        is_done = life();
        if (!is_done)
            assert_ptr_equal(PyErr_Occurred(), PyExc_MemoryError);
        memory.fail_at = 0;
        PyErr_Clear();
        PyGC_Collect(); /* a type is part of cycles */
        assert_int_equal(memory.live, 0);
    }
    assert_true(failed_count > 6);
    for (int domain = 0; domain < 3; domain++)
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &memory.below[domain]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails_once)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
