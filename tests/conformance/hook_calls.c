/* hook_calls.c: what a wrapping hook sees: which calls, with which sizes, in which order, and of which domain.
 *
 * Owns the calls that reach hooks. Does not own: the tables (allocators.c), failing hooks (hook_failures.c), debug hooks
 * (debug_inner.c). Read first: recorder.h. */
#include "check.h"
#include "recorder.h"

static recorder hooks[3];

static void start_all(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
        recorder_install(&hooks[d - check_domains], d->name, d->domain);
}

static void each_call(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        void *block = d->malloc(42);
        recorder_print(check_join(d->name, "malloc"));
        recorder_start();
        block = d->realloc(block, 100);
        recorder_print(check_join(d->name, "realloc"));
        recorder_start();
        d->free(block);
        recorder_print(check_join(d->name, "free"));
        recorder_start();
        block = d->calloc(3, 7);
        recorder_print(check_join(d->name, "calloc"));
        d->free(block);
    }
}

static void zero_and_null(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        void *block = d->malloc(0);
        recorder_print(check_join(d->name, "malloc_0"));
        recorder_start();
        block = d->realloc(block, 0);
        recorder_print(check_join(d->name, "realloc_0"));
        d->free(block);
        recorder_start();
        block = d->calloc(0, 0);
        recorder_print(check_join(d->name, "calloc_0_0"));
        d->free(block);
        recorder_start();
        block = d->calloc(0, 9);
        recorder_print(check_join(d->name, "calloc_0_9"));
        d->free(block);
        recorder_start();
        block = d->calloc(9, 0);
        recorder_print(check_join(d->name, "calloc_9_0"));
        d->free(block);
        recorder_start();
        block = d->realloc(NULL, 20);
        recorder_print(check_join(d->name, "realloc_null"));
        d->free(block);
        recorder_start();
        block = d->realloc(NULL, 0);
        recorder_print(check_join(d->name, "realloc_null_0"));
        d->free(block);
        recorder_start();
        d->free(NULL);
        recorder_print(check_join(d->name, "free_null"));
    }
}

/* Sizes that the functions refuse are seen by no hook. */
static void refused(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        void *block = d->malloc(10);
        recorder_start();
        d->malloc((size_t)PY_SSIZE_T_MAX + 1);
        d->malloc(SIZE_MAX);
        d->calloc((size_t)PY_SSIZE_T_MAX, 2);
        d->calloc(2, (size_t)PY_SSIZE_T_MAX);
        d->calloc((size_t)1 << 32, (size_t)1 << 32);
        d->realloc(block, (size_t)PY_SSIZE_T_MAX + 1);
        d->realloc(NULL, SIZE_MAX);
        recorder_print(check_join(d->name, "seen"));
        d->free(block);
    }
}

/* calloc(SIZE_MAX, 0) is no overflow, so it is seen as it was asked. */
static void huge_times_zero(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        void *block = d->calloc((size_t)PY_SSIZE_T_MAX, 0);
        recorder_print(check_join(d->name, "seen"));
        d->free(block);
    }
}

/* Up to 512 bytes only the domain's own hook sees a call. */
static void small_stays_in_its_domain(void)
{
    start_all();
    for (int warm = 0; warm < 3; warm++) /* a first block of a size may need room for more of them */
        CHECK_EACH_DOMAIN(d)
            d->free(d->realloc(d->malloc(512), 100));
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        d->free(d->realloc(d->malloc(512), 100));
        recorder_print(check_join(d->name, "seen"));
    }
}

/* Over 512 bytes CPython's small-object allocator turns to the raw domain, whose hook then sees the call as well. */
static void large_in_mem_and_obj(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        if (d->domain == PYMEM_DOMAIN_RAW)
            continue;
        recorder_start();
        void *block = d->malloc(513);
        recorder_print(check_join(d->name, "malloc_513"));
        recorder_start();
        block = d->realloc(block, 60000);
        recorder_print(check_join(d->name, "realloc_60000"));
        recorder_start();
        d->free(block);
        recorder_print(check_join(d->name, "free"));
        recorder_start();
        block = d->calloc(100, 10);
        recorder_print(check_join(d->name, "calloc_100_10"));
        d->free(block);
    }
}

static void large_in_raw(void)
{
    start_all();
    recorder_start();
    PyMem_RawFree(PyMem_RawRealloc(PyMem_RawMalloc(100000), 2000000));
    recorder_print("seen");
}

/* Two hooks over one another: the later one is called first and the earlier one by it. */
static void order(void)
{
    static recorder inner, outer;
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_install(&inner, "inner", d->domain);
        recorder_install(&outer, "outer", d->domain);
        recorder_start();
        void *block = d->malloc(8);
        recorder_print(check_join(d->name, "malloc"));
        recorder_start();
        d->free(block);
        recorder_print(check_join(d->name, "free"));
        recorder_remove(&outer);
        recorder_start();
        d->free(d->malloc(8));
        recorder_print(check_join(d->name, "without_outer"));
        recorder_remove(&inner);
        recorder_start();
        d->free(d->malloc(8));
        recorder_print(check_join(d->name, "without_both"));
    }
}

/* Ten over one another. */
static void ten_deep(void)
{
    static recorder deep[10];
    static const char *const names[10] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    Py_Initialize();
    for (int index = 0; index < 10; index++)
        recorder_install(&deep[index], names[index], PYMEM_DOMAIN_OBJ);
    recorder_start();
    void *block = PyObject_Malloc(5);
    recorder_print("malloc");
    recorder_start();
    PyObject_Free(block);
    recorder_print("free");
    for (int index = 9; index >= 0; index--)
        recorder_remove(&deep[index]);
    recorder_start();
    PyObject_Free(PyObject_Malloc(5));
    recorder_print("after");
}

/* A hook that allocates from another domain while it works. */
static recorder raw_under;
static PyMemAllocatorEx nested_under;

static void *nested_malloc(void *ctx, size_t bytes)
{
    void *note = PyMem_RawMalloc(bytes + 1);
    (void)ctx;
    memset(note, 0, bytes + 1);
    PyMem_RawFree(note);
    return nested_under.malloc(nested_under.ctx, bytes);
}

static void *nested_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    return nested_under.calloc(nested_under.ctx, item_count, item_bytes);
}

static void *nested_realloc(void *ctx, void *block, size_t bytes)
{
    (void)ctx;
    return nested_under.realloc(nested_under.ctx, block, bytes);
}

static void nested_free(void *ctx, void *block)
{
    (void)ctx;
    nested_under.free(nested_under.ctx, block);
}

static void allocates_in_hook(void)
{
    PyMemAllocatorEx hook = {NULL, nested_malloc, nested_calloc, nested_realloc, nested_free};
    Py_Initialize();
    PyObject_Free(PyObject_Malloc(40));
    recorder_install(&raw_under, "raw", PYMEM_DOMAIN_RAW);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &nested_under);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &hook);
    recorder_start();
    void *block = PyObject_Malloc(40);
    recorder_print("seen");
    check_pointer("block", block);
    PyObject_Free(block);
}

/* Raw hooks are called in threads that have no thread state, and before initialisation. */
static void raw_in_thread(void)
{
    PyMem_RawFree(PyMem_RawMalloc(77));
}

static void raw_hook_in_thread(void)
{
    static recorder raw;
    recorder_install(&raw, "raw", PYMEM_DOMAIN_RAW);
    recorder_start();
    PyMem_RawFree(PyMem_RawMalloc(76));
    recorder_print("before_init");
    recorder_start();
    check_in_thread(raw_in_thread);
    recorder_print("in_thread_before_init");
    recorder_remove(&raw);
    Py_Initialize();
    recorder_install(&raw, "raw", PYMEM_DOMAIN_RAW);
    recorder_start();
    check_in_thread(raw_in_thread);
    recorder_print("in_thread_after_init");
}

static const check_case cases[] = {
    {"each_call", each_call, NULL},
    {"each_call_malloc", each_call, "PYTHONMALLOC=malloc"},
    {"zero_and_null", zero_and_null, NULL},
    {"zero_and_null_malloc", zero_and_null, "PYTHONMALLOC=malloc"},
    {"refused", refused, NULL},
    {"refused_debug", refused, "PYTHONMALLOC=debug"},
    {"huge_times_zero", huge_times_zero, NULL},
    {"small", small_stays_in_its_domain, NULL},
    {"large", large_in_mem_and_obj, NULL},
    {"large_malloc", large_in_mem_and_obj, "PYTHONMALLOC=malloc"},
    {"large_raw", large_in_raw, NULL},
    {"order", order, NULL},
    {"ten_deep", ten_deep, NULL},
    {"allocates_in_hook", allocates_in_hook, NULL},
    {"raw_in_thread", raw_hook_in_thread, NULL},
};
CHECK_MAIN(cases)
