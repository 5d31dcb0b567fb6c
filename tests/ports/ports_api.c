/* ports_api.c: libpymm as a program links it, on every system: `ports_api` ends with 0, or says what is not true.
 *
 * The three families, arenas of the default source and of one's own, allocators swapped while threads allocate, the GIL, the
 * ends of threads as the library (not the program) is told of them. Details of each call are tests/python_api's.
 * Read first: include/python/Python.h. */
#include "ports.h"

#include <Python.h>
#include <pymm.h>

static const struct {
    PyMemAllocatorDomain domain;
    void *(*malloc)(size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
} families[] = {{PYMEM_DOMAIN_RAW, PyMem_RawMalloc, PyMem_RawRealloc, PyMem_RawFree},
                {PYMEM_DOMAIN_MEM, PyMem_Malloc, PyMem_Realloc, PyMem_Free},
                {PYMEM_DOMAIN_OBJ, PyObject_Malloc, PyObject_Realloc, PyObject_Free}};
enum { FAMILIES = 3 };

static void check_families(void)
{
    for (unsigned f = 0; f < FAMILIES; f++)
        for (size_t bytes = 0; bytes < 300000; bytes += 1 + bytes / 9) {
            unsigned char *block = families[f].malloc(bytes);
            CHECK(block != NULL && (uintptr_t)block % 16 == 0, "family %u: %p", f, (void *)block);
            port_fill(block, bytes, f);
            block = families[f].realloc(block, bytes * 2 + 1);
            CHECK(block != NULL && port_holds(block, bytes, bytes, f), "family %u: resizing lost contents", f);
            families[f].free(block);
        }
}

/* Arenas ------------------------------------------------------------------------------------------------------------- */

static PyObjectArenaAllocator system_source;
static size_t taken_count, returned_count, taken_bytes, returned_bytes;

static void *arena_take(void *ctx, size_t bytes)
{
    void *start = system_source.alloc(system_source.ctx, bytes);
    CHECK(ctx == &system_source, "another context");
    if (start == NULL)
        return NULL;
    memset(start, 0xCC, bytes);
    taken_count++;
    taken_bytes += bytes;
    return start;
}

static void arena_return(void *ctx, void *start, size_t bytes)
{
    CHECK(ctx == &system_source, "another context");
    returned_count++;
    returned_bytes += bytes;
    system_source.free(system_source.ctx, start, bytes);
}

static void check_arenas(void)
{
    enum { COUNT = 100000 };
    static unsigned char *blocks[COUNT];
    PyObjectArenaAllocator own = {&system_source, arena_take, arena_return};
    PyObject_GetArenaAllocator(&system_source);
    unsigned char *start = system_source.alloc(system_source.ctx, 256 * 1024);
    CHECK(start != NULL, "no arena");
    memset(start, 1, 256 * 1024);
    system_source.free(system_source.ctx, start, 256 * 1024);
    PyObject_SetArenaAllocator(&own);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < COUNT; i++) {
            blocks[i] = i % 2 == 0 ? PyObject_Malloc(i % 500) : PyMem_Calloc(1, i % 500);
            CHECK(blocks[i] != NULL, "no block %u", i);
            CHECK(i % 2 == 0 || port_is_zero(blocks[i], i % 500), "block %u is not zero", i);
            memset(blocks[i], 0xAA, i % 500);
        }
        CHECK(taken_count > returned_count + 10, "%llu arenas were taken", (unsigned long long)taken_count);
        for (unsigned i = 0; i < COUNT; i++)
            (i % 2 == 0 ? PyObject_Free : PyMem_Free)(blocks[i]);
        pymm_give_back();
    }
    CHECK(taken_count - returned_count <= taken_count / 10, "%llu arenas of %llu were returned", (unsigned long long)returned_count,
          (unsigned long long)taken_count);
    CHECK(returned_bytes / returned_count == taken_bytes / taken_count, "another size was returned");
    PyObject_SetArenaAllocator(&system_source);
}

/* Allocators of one's own, threads, the GIL ---------------------------------------------------------------------------- */

static PyMemAllocatorEx inner;
static void *outer_malloc(void *ctx, size_t bytes) { return inner.malloc(ctx, bytes); }
static void *outer_calloc(void *ctx, size_t count, size_t bytes) { return inner.calloc(ctx, count, bytes); }
static void *outer_realloc(void *ctx, void *block, size_t bytes) { return inner.realloc(ctx, block, bytes); }
static void outer_free(void *ctx, void *block) { inner.free(ctx, block); }

static size_t shared_count; /* the GIL guards it */

static void use_all(void *arg)
{
    uint64_t random = (uintptr_t)arg;
    for (unsigned i = 0; i < 20000; i++) {
        unsigned f = (unsigned)(port_random(&random) % FAMILIES);
        size_t bytes = port_random(&random) % 2000;
        unsigned char *block = families[f].malloc(bytes);
        CHECK(block != NULL, "no memory");
        port_fill(block, bytes, i & 255);
        CHECK(port_holds(block, bytes, bytes, i & 255), "changed");
        families[f].free(block);
        if (i % 50 == 0) {
            PyGILState_STATE state = PyGILState_Ensure();
            CHECK(PyGILState_Check() == 1, "the lock is not held");
            shared_count++;
            PyGILState_Release(state);
        }
    }
}

static void check_threads(void)
{
    enum { THREADS = 4 };
    port_thread threads[THREADS];
    PyMemAllocatorEx outer = {NULL, outer_malloc, outer_calloc, outer_realloc, outer_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &inner);
    outer.ctx = inner.ctx;
    PyThreadState *saved = PyEval_SaveThread();
    for (unsigned i = 0; i < THREADS; i++)
        port_thread_start(&threads[i], use_all, (void *)(uintptr_t)(i + 1));
    for (unsigned i = 0; i < 200; i++) {
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, i % 2 == 0 ? &outer : &inner);
        port_pause_ms(1);
    }
    for (unsigned i = 0; i < THREADS; i++)
        port_thread_join(&threads[i]);
    PyEval_RestoreThread(saved);
    CHECK(shared_count == THREADS * 400, "%llu turns under the GIL", (unsigned long long)shared_count);
    static pymm_stats stats;
    char message[256] = "";
    CHECK(pymm_stats_get(&stats, sizeof stats) == 0 && stats.thread_count == 1, "%llu caches are left",
          (unsigned long long)stats.thread_count);
    CHECK(pymm_check(message, sizeof message) == 0, "%s", message);
}

int main(void)
{
    check_families();
    check_arenas();
    Py_Initialize();
    CHECK(Py_IsInitialized(), "not initialised");
    check_threads();
    CHECK(PyTraceMalloc_Track(7, 0x1000, 10) == -2, "tracing is on");
    CHECK(Py_FinalizeEx() == 0, "not finalised");
    check_families();
    printf("[       OK ] libpymm\n");
    return 0;
}
