/* allocation.c: memory of instances: heads, zeros, sizes that are too large.
 *
 * Owns: PyObject_Init, InitVar, New, NewVar, Del, PyType_GenericAlloc, PyType_GenericNew. Does not own: objects with GC. */
#include "support.h"

typedef struct {
    PyObject_HEAD
    int value;
    char bytes[60];
} thing;

typedef struct {
    PyObject_VAR_HEAD
    short items[1];
} row;

static PyTypeObject thing_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Thing", .tp_basicsize = sizeof(thing)};
static PyTypeObject row_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Row", .tp_basicsize = offsetof(row, items), .tp_itemsize = sizeof(short)};
static PyTypeObject huge_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Huge", .tp_basicsize = 64, .tp_itemsize = (PY_SSIZE_T_MAX >> 3) + 1};

static struct {
    size_t malloc_bytes, calloc_bytes;
    PyMemAllocatorEx below;
} spy;

static void *spy_malloc(void *ctx, size_t bytes)
{
    (void)ctx;
    spy.malloc_bytes = bytes;
    return spy.below.malloc(spy.below.ctx, bytes);
}

static void *spy_calloc(void *ctx, size_t count, size_t bytes)
{
    (void)ctx;
    spy.calloc_bytes = count * bytes;
    return spy.below.calloc(spy.below.ctx, count, bytes);
}

static void *spy_realloc(void *ctx, void *block, size_t bytes) { (void)ctx; return spy.below.realloc(spy.below.ctx, block, bytes); }
static void spy_free(void *ctx, void *block) { (void)ctx; spy.below.free(spy.below.ctx, block); }

static void ready(void **state)
{
    setup(state);
    assert_int_equal(PyType_Ready(&thing_type), 0);
    assert_int_equal(PyType_Ready(&row_type), 0);
    assert_int_equal(PyType_Ready(&huge_type), 0);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &spy.below);
    PyMemAllocatorEx table = {NULL, spy_malloc, spy_calloc, spy_realloc, spy_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &table);
}

static void new_sets_the_head(void **state)
{
    ready(state);
    thing *made = PyObject_New(thing, &thing_type);
    assert_int_equal(spy.malloc_bytes, sizeof(thing));
    assert_int_equal(Py_REFCNT(made), 1);
    assert_ptr_equal(Py_TYPE(made), &thing_type);
    assert_true(Py_IS_TYPE(made, &thing_type));
    PyObject_Del(made);
    row *several = PyObject_NewVar(row, &row_type, 7);
    assert_int_equal(Py_SIZE(several), 7);
    assert_int_equal(spy.malloc_bytes, 40); /* 24 + 14, whole pointers */
    assert_int_equal(_PyObject_VAR_SIZE(&row_type, 7), 40);
    PyObject_Del(several);
}

static void init_of_foreign_memory(void **state)
{
    ready(state);
    thing *block = PyObject_Malloc(sizeof *block);
    block->value = 5;
    assert_ptr_equal(PyObject_Init((PyObject *)block, &thing_type), block);
    assert_int_equal(Py_REFCNT(block), 1);
    assert_int_equal(block->value, 5);
    PyObject_Free(block);
    row *several = PyObject_Malloc(64);
    assert_ptr_equal(PyObject_InitVar((PyVarObject *)several, &row_type, 12), several);
    assert_int_equal(Py_SIZE(several), 12);
    PyObject_Free(several);
    assert_null(PyObject_Init(NULL, &thing_type));
    assert_error(PyExc_MemoryError);
    assert_null(PyObject_InitVar(NULL, &row_type, 1));
    assert_error(PyExc_MemoryError);
}

static void generic_alloc_zeroes(void **state)
{
    ready(state);
    for (int round = 0; round < 20; round++) {
        thing *made = (thing *)PyType_GenericAlloc(&thing_type, 0);
        assert_int_equal(spy.calloc_bytes, sizeof(thing));
        assert_int_equal(Py_REFCNT(made), 1);
        for (size_t i = 0; i < sizeof made->bytes; i++)
            assert_int_equal(made->bytes[i], 0);
        memset(made->bytes, 0xee, sizeof made->bytes);
        PyObject_Del(made);
    }
    row *several = (row *)PyType_GenericAlloc(&row_type, 4);
    assert_int_equal(Py_SIZE(several), 4);
    assert_int_equal(spy.calloc_bytes, 40); /* 24 + 5 * 2: one item more */
    PyObject_Del(several);
    PyObject *made = PyType_GenericNew(&thing_type, NULL, NULL);
    assert_ptr_equal(Py_TYPE(made), &thing_type);
    PyObject_Del(made);
}

static void too_large_is_memory_error(void **state)
{
    ready(state);
    const Py_ssize_t counts[] = {PY_SSIZE_T_MAX, PY_SSIZE_T_MAX - 1, PY_SSIZE_T_MAX / 2, PY_SSIZE_T_MAX - 12, PY_SSIZE_T_MAX / 2 - 4, -1, PY_SSIZE_T_MIN};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        spy.malloc_bytes = spy.calloc_bytes = 0;
        assert_null(PyObject_NewVar(row, &row_type, counts[i]));
        assert_error(PyExc_MemoryError);
        assert_true(spy.malloc_bytes < 256 && spy.calloc_bytes < 256); /* the exception; nobody was asked for the rest */
        if (counts[i] != -1) { /* with its one item more this is none */
            assert_null(PyType_GenericAlloc(&row_type, counts[i]));
            assert_error(PyExc_MemoryError);
            assert_true(spy.calloc_bytes < 256);
        }
    }
    for (Py_ssize_t n = 6; n < 40; n++) { /* 16 items wrap to nothing in CPython */
        assert_null(PyObject_NewVar(PyVarObject, &huge_type, n + 2));
        assert_error(PyExc_MemoryError);
        assert_null(PyType_GenericAlloc(&huge_type, n + 1));
        assert_error(PyExc_MemoryError);
    }
}

static int restore(void **state)
{
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &spy.below);
    return teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(new_sets_the_head, restore),
        cmocka_unit_test_teardown(init_of_foreign_memory, restore),
        cmocka_unit_test_teardown(generic_alloc_zeroes, restore),
        cmocka_unit_test_teardown(too_large_is_memory_error, restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
