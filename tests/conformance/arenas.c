/* arenas.c: PyObject_GetArenaAllocator and PyObject_SetArenaAllocator: fields, sizes, misaligned memory, NULL, restoring.
 *
 * Owns where memory for small blocks comes from. Does not own: hooks over domains (hook_calls.c). Read first: check.h. */
#include "check.h"
#include "recorder.h"

#include <sys/mman.h>

enum { ARENAS = 4000, BLOCKS = 40000, BLOCK_BYTES = 256 };

static struct {
    char *start;
    size_t bytes;
} arenas[ARENAS];
static size_t alloc_count, free_count, bad_frees, first_bytes, sizes_seen, misalignment;
static int is_failing, fails_seen;
static void *seen_ctx;

static void *source_alloc(void *ctx, size_t bytes)
{
    seen_ctx = ctx;
    if (is_failing) {
        fails_seen++;
        return NULL;
    }
    char *start = mmap(NULL, bytes + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || alloc_count == ARENAS)
        return NULL;
    sizes_seen += alloc_count == 0 || bytes != first_bytes;
    first_bytes = alloc_count == 0 ? bytes : first_bytes;
    arenas[alloc_count].start = start + misalignment;
    arenas[alloc_count++].bytes = bytes;
    return start + misalignment;
}

static void source_free(void *ctx, void *start, size_t bytes)
{
    (void)ctx;
    for (size_t index = 0; index < alloc_count; index++)
        if (arenas[index].start == start && arenas[index].bytes == bytes) {
            memset(start, 0xee, bytes); /* nobody may need it any more */
            arenas[index].start = NULL;
            free_count++;
            return;
        }
    bad_frees++;
}

static PyObjectArenaAllocator before;

static void start(void)
{
    PyObjectArenaAllocator source = {&arenas, source_alloc, source_free};
    Py_Initialize();
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&source);
}

static unsigned char *blocks[BLOCKS];

/* 10 MB of small blocks: what is open when the source is set is soon used up. Returns how many were had. */
static int take_blocks(void)
{
    int count = 0;
    for (int index = 0; index < BLOCKS; index++) {
        blocks[index] = PyObject_Malloc(BLOCK_BYTES);
        if (!blocks[index])
            continue;
        memset(blocks[index], index % 255, BLOCK_BYTES);
        count++;
    }
    return count;
}

static int blocks_hold(void)
{
    for (int index = 0; index < BLOCKS; index++)
        if (blocks[index] && (blocks[index][0] != index % 255 || blocks[index][BLOCK_BYTES - 1] != index % 255))
            return 0;
    return 1;
}

static int blocks_inside(void)
{
    int count = 0;
    for (int index = 0; index < BLOCKS; index++)
        for (size_t arena = 0; arena < alloc_count; arena++)
            count += blocks[index] && arenas[arena].start && (char *)blocks[index] >= arenas[arena].start &&
                     (char *)blocks[index] + BLOCK_BYTES <= arenas[arena].start + arenas[arena].bytes;
    return count;
}

static void free_blocks(void)
{
    for (int index = 0; index < BLOCKS; index++)
        PyObject_Free(blocks[index]);
}

static void fields(void)
{
    PyObjectArenaAllocator read, source = {&arenas, source_alloc, source_free};
    Py_Initialize();
    memset(&read, 0x11, sizeof read);
    PyObject_GetArenaAllocator(&read);
    check_bool("all_set", read.alloc && read.free);
    check_pointer("ctx", read.ctx);
    PyObject_SetArenaAllocator(&source);
    PyObjectArenaAllocator own;
    PyObject_GetArenaAllocator(&own);
    check_bool("read_back", own.ctx == &arenas && own.alloc == source_alloc && own.free == source_free);
    PyObject_SetArenaAllocator(&read);
    PyObject_GetArenaAllocator(&own);
    check_bool("restored", own.ctx == read.ctx && own.alloc == read.alloc && own.free == read.free);
}

/* The default source can be called, as a wrapping source does. */
static void default_source(void)
{
    PyObjectArenaAllocator source;
    Py_Initialize();
    PyObject_GetArenaAllocator(&source);
    unsigned char *arena = source.alloc(source.ctx, 1 << 20);
    check_pointer("arena", arena);
    memset(arena, 1, 1 << 20);
    source.free(source.ctx, arena, 1 << 20);
    check_text("freed", "yes");
}

static void sizes(void)
{
    start();
    int taken = take_blocks();
    check_int("taken", taken);
    check_bool("asked", alloc_count > 0);
    check_size("arena_bytes", first_bytes);
    check_bool("power_of_two", first_bytes && (first_bytes & (first_bytes - 1)) == 0);
    check_size("different_sizes", sizes_seen);
    check_bool("ctx", seen_ctx == &arenas);
    check_bool("most_blocks_inside", blocks_inside() > BLOCKS / 2);
    check_bool("contents", blocks_hold());
    free_blocks();
}

static void given_back(void)
{
    start();
    take_blocks();
    size_t peak = alloc_count;
    free_blocks();
    check_bool("some_freed", free_count > 0);
    check_bool("all_but_a_few_freed", free_count + 3 >= peak);
    check_size("wrong_pointer_or_size", bad_frees);
    take_blocks();
    check_bool("contents_after", blocks_hold());
    free_blocks();
    check_size("wrong_pointer_or_size_after", bad_frees);
}

static void misaligned(size_t by)
{
    misalignment = by;
    start();
    int taken = take_blocks(), aligned = 0;
    for (int index = 0; index < BLOCKS; index++)
        aligned += (uintptr_t)blocks[index] % 16 == 0;
    check_int("taken", taken);
    check_int("aligned", aligned);
    check_bool("most_blocks_inside", blocks_inside() > BLOCKS / 2);
    check_bool("contents", blocks_hold());
    free_blocks();
    check_bool("some_freed", free_count > 0);
    check_size("wrong_pointer_or_size", bad_frees);
}

static void misaligned_16(void) { misaligned(16); }
static void misaligned_48(void) { misaligned(48); }
static void misaligned_page(void) { misaligned(4096); }
static void misaligned_odd(void) { misaligned(8 + 4096); }

/* The source gives nothing, and the raw domain nothing either: then there is nothing, and nothing worse. */
static void nothing_left(void)
{
    static recorder raw;
    start();
    recorder_install(&raw, "raw", PYMEM_DOMAIN_RAW);
    is_failing = 1;
    raw.is_failing = 1;
    int taken = take_blocks();
    raw.is_failing = 0;
    check_bool("asked", fails_seen > 0);
    check_bool("some_are_null", taken < BLOCKS);
    check_bool("contents", blocks_hold());
    free_blocks();
    is_failing = 0;
    check_int("taken_after", take_blocks());
    check_bool("contents_after", blocks_hold());
    free_blocks();
    check_size("wrong_pointer_or_size", bad_frees);
}

/* The source gives nothing, and raw memory is there: CPython falls back on that. */
static void nothing_from_source(void)
{
    start();
    is_failing = 1;
    int taken = take_blocks();
    check_bool("asked", fails_seen > 0);
    check_bool("some_are_null", taken < BLOCKS);
    check_bool("contents", blocks_hold());
    free_blocks();
}

/* A source over a source. */
static size_t other_allocs, other_frees;

static void *other_alloc(void *ctx, size_t bytes)
{
    PyObjectArenaAllocator *under = ctx;
    other_allocs++;
    return under->alloc(under->ctx, bytes);
}

static void other_free(void *ctx, void *start, size_t bytes)
{
    PyObjectArenaAllocator *under = ctx;
    other_frees++;
    under->free(under->ctx, start, bytes);
}

static void wrapped(void)
{
    static PyObjectArenaAllocator under;
    start();
    PyObject_GetArenaAllocator(&under);
    PyObjectArenaAllocator hook = {&under, other_alloc, other_free};
    PyObject_SetArenaAllocator(&hook);
    take_blocks();
    check_bool("hook_called", other_allocs > 0);
    check_bool("passed_on", other_allocs == alloc_count);
    free_blocks();
    check_bool("hook_freed", other_frees > 0);
    check_bool("frees_passed_on", other_frees == free_count);
    check_size("wrong_pointer_or_size", bad_frees);
}

static void restored(void)
{
    start();
    PyObject_SetArenaAllocator(&before);
    size_t asked = alloc_count;
    take_blocks();
    check_bool("not_asked", alloc_count == asked);
    free_blocks();
    check_size("wrong_pointer_or_size", bad_frees);
}

/* Large blocks are none of the arenas' business. */
static void large_blocks(void)
{
    start();
    take_blocks();
    size_t asked = alloc_count;
    void *large = PyObject_Malloc(5000000), *larger = PyMem_Malloc(20000000);
    check_bool("are_blocks", large && larger);
    check_bool("not_asked", alloc_count == asked);
    PyObject_Free(large);
    PyMem_Free(larger);
    free_blocks();
}

/* With PYTHONMALLOC=malloc nobody asks for an arena. */
static void unused(void)
{
    start();
    check_int("taken", take_blocks());
    check_size("asked", alloc_count);
    free_blocks();
}

static const check_case cases[] = {
    {"fields", fields, NULL},
    {"default_source", default_source, NULL},
    {"sizes", sizes, NULL},
    {"sizes_debug", sizes, "PYTHONMALLOC=debug"},
    {"given_back", given_back, NULL},
    {"misaligned_16", misaligned_16, NULL},
    {"misaligned_48", misaligned_48, NULL},
    {"misaligned_page", misaligned_page, NULL},
    {"misaligned_odd", misaligned_odd, NULL},
    {"nothing_left", nothing_left, NULL},
    {"nothing_from_source", nothing_from_source, NULL},
    {"wrapped", wrapped, NULL},
    {"restored", restored, NULL},
    {"large_blocks", large_blocks, NULL},
    {"malloc", unused, "PYTHONMALLOC=malloc"},
};
CHECK_MAIN(cases)
