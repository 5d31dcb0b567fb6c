/* tracemalloc.c: PyTraceMalloc_Track and PyTraceMalloc_Untrack, with tracing off and on, with and without the GIL; and that
 * tracing changes nothing for allocation.
 *
 * Tracing is started by PYTHONTRACEMALLOC. Owns: the C functions. Does not own: reading traces, for which CPython has no
 * public C function. Read first: check.h. */
#include "check.h"

static void off(void)
{
    Py_Initialize();
    check_int("track", PyTraceMalloc_Track(1, 0x1000, 100));
    check_int("track_again", PyTraceMalloc_Track(1, 0x1000, 100));
    check_int("untrack", PyTraceMalloc_Untrack(1, 0x1000));
    check_int("untrack_unknown", PyTraceMalloc_Untrack(77, 0x9999));
    check_int("track_nothing", PyTraceMalloc_Track(0, 0, 0));
}

static void before_init(void)
{
    check_int("track", PyTraceMalloc_Track(1, 0x1000, 100));
    check_int("untrack", PyTraceMalloc_Untrack(1, 0x1000));
}

static void on(void)
{
    Py_Initialize();
    check_int("track", PyTraceMalloc_Track(5, 0x1000, 100));
    check_int("track_again", PyTraceMalloc_Track(5, 0x1000, 200));
    check_int("track_other_domain", PyTraceMalloc_Track(6, 0x1000, 300));
    check_int("untrack", PyTraceMalloc_Untrack(5, 0x1000));
    check_int("untrack_again", PyTraceMalloc_Untrack(5, 0x1000));
    check_int("untrack_other_domain", PyTraceMalloc_Untrack(6, 0x1000));
    check_int("untrack_unknown", PyTraceMalloc_Untrack(5, 0x2000));
    check_int("untrack_unknown_domain", PyTraceMalloc_Untrack(123456, 0x2000));
    check_int("track_null", PyTraceMalloc_Track(5, 0, 1));
    check_int("untrack_null", PyTraceMalloc_Untrack(5, 0));
    check_int("track_no_bytes", PyTraceMalloc_Track(5, 0x3000, 0));
    check_int("untrack_no_bytes", PyTraceMalloc_Untrack(5, 0x3000));
    check_int("track_huge", PyTraceMalloc_Track(5, 0x4000, SIZE_MAX / 4));
    check_int("untrack_huge", PyTraceMalloc_Untrack(5, 0x4000));
    check_int("track_odd_address", PyTraceMalloc_Track(5, 0x4001, 3));
    check_int("track_highest_address", PyTraceMalloc_Track(5, UINTPTR_MAX, 3));
    check_int("untrack_highest_address", PyTraceMalloc_Untrack(5, UINTPTR_MAX));
    check_int("track_highest_domain", PyTraceMalloc_Track(0xffffffffu, 0x5000, 3));
}

/* The domain 0 is that of Python's own blocks; a live one may be tracked again. */
static void own_blocks(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        void *block = d->malloc(40);
        check_int(check_join(d->name, "track"), PyTraceMalloc_Track(0, (uintptr_t)block, 40));
        check_int(check_join(d->name, "untrack"), PyTraceMalloc_Untrack(0, (uintptr_t)block));
        block = d->realloc(block, 4000);
        check_pointer(check_join(d->name, "realloc"), block);
        d->free(block);
    }
}

static void many(void)
{
    int failures = 0;
    Py_Initialize();
    for (uintptr_t index = 1; index <= 50000; index++)
        failures += PyTraceMalloc_Track(9, index * 32, index) != 0;
    for (uintptr_t index = 1; index <= 50000; index++)
        failures += PyTraceMalloc_Untrack(9, index * 32) != 0;
    check_int("failures", failures);
}

static void track_here(void)
{
    check_int("track", PyTraceMalloc_Track(3, 0x7000, 10));
    check_int("untrack", PyTraceMalloc_Untrack(3, 0x7000));
}

static void without_gil(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    track_here();
    check_in_thread(track_here);
    check_int("gil", PyGILState_Check());
    PyEval_RestoreThread(state);
    check_int("gil_after", PyGILState_Check());
}

static void after_finalize(void)
{
    Py_Initialize();
    Py_Finalize();
    track_here();
}

/* Allocation while tracing: contents, sizes, threads. */
static void raw_in_thread(void)
{
    for (size_t bytes = 0; bytes < 500; bytes++)
        PyMem_RawFree(PyMem_RawRealloc(PyMem_RawMalloc(bytes), bytes * 2));
}

static void allocates(void)
{
    int is_kept = 1;
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
        for (size_t bytes = 0; bytes < 2000; bytes += 7) {
            unsigned char *block = d->malloc(bytes), *zeroed = d->calloc(bytes, 2);
            memset(block, 0x12, bytes);
            block = d->realloc(block, bytes + 900);
            is_kept &= !bytes || (block[0] == 0x12 && block[bytes - 1] == 0x12 && zeroed[bytes] == 0);
            is_kept &= d->realloc(block, SIZE_MAX) == NULL;
            d->free(block);
            d->free(zeroed);
        }
    check_bool("is_kept", is_kept);
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(raw_in_thread);
    PyEval_RestoreThread(state);
    CHECK_EACH_DOMAIN(d)
    {
        check_pointer(check_join(d->name, "malloc_0"), d->malloc(0));
        check_pointer(check_join(d->name, "too_much"), d->malloc(SIZE_MAX));
        d->free(NULL);
    }
}

/* A report while tracing says where the block was made. */
static void overflow(void)
{
    Py_Initialize();
    unsigned char *block = PyMem_Malloc(16);
    memset(block, 'x', 17);
    PyMem_Free(block);
    check_text("alive", "yes");
}

static const check_case cases[] = {
    {"off", off, NULL},
    {"off_empty", off, "PYTHONTRACEMALLOC="},
    {"off_zero", off, "PYTHONTRACEMALLOC=0"},
    {"before_init", before_init, NULL},
    {"before_init_on", before_init, "PYTHONTRACEMALLOC=1"},
    {"on", on, "PYTHONTRACEMALLOC=1"},
    {"on_many_frames", on, "PYTHONTRACEMALLOC=25"},
    {"on_debug", on, "PYTHONTRACEMALLOC=1 PYTHONMALLOC=debug"},
    {"on_malloc", on, "PYTHONTRACEMALLOC=1 PYTHONMALLOC=malloc"},
    {"own_blocks", own_blocks, "PYTHONTRACEMALLOC=1"},
    {"own_blocks_off", own_blocks, NULL},
    {"many", many, "PYTHONTRACEMALLOC=1"},
    {"without_gil", without_gil, "PYTHONTRACEMALLOC=1"},
    {"without_gil_off", without_gil, NULL},
    {"after_finalize", after_finalize, "PYTHONTRACEMALLOC=1"},
    {"allocates", allocates, "PYTHONTRACEMALLOC=1"},
    {"allocates_frames", allocates, "PYTHONTRACEMALLOC=10"},
    {"allocates_debug", allocates, "PYTHONTRACEMALLOC=1 PYTHONMALLOC=debug"},
    {"overflow", overflow, "PYTHONTRACEMALLOC=1 PYTHONMALLOC=debug"},
    {"bad_setting", off, "PYTHONTRACEMALLOC=many"},
    {"negative_setting", off, "PYTHONTRACEMALLOC=-1"},
};
CHECK_MAIN(cases)
