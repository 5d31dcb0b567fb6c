/* A random walk: allocations of all families, resizes, frees, records of other memory, clearing and starting anew, beside a
 * simple model; after every step traced memory and peak are the model's, and now and then every record is.
 * Seeds: arguments, or 1 to 6. Read include/pymm_trace.h first. */
#include "Python.h"
#include "pymm_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_COUNT 200
#define STEP_COUNT 20000
#define TRACK_DOMAINS 3

static uint64_t random_state;
static uint32_t random_below(uint32_t end)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % end;
}

static struct {
    void *block;
    size_t bytes;
    int family, is_traced;
} blocks[BLOCK_COUNT];
static struct {
    size_t bytes;
    int is_traced;
} tracked[TRACK_DOMAINS][64];
static size_t traced, peak, step;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "model.c:%d: step %zu: %s does not hold\n", __LINE__, step, #condition);                   \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static void *family_realloc(int family, void *block, size_t bytes)
{
    return family == 0   ? PyMem_RawRealloc(block, bytes)
           : family == 1 ? PyMem_Realloc(block, bytes)
                         : PyObject_Realloc(block, bytes);
}

static void *family_calloc(int family, size_t bytes)
{
    return family == 0 ? PyMem_RawCalloc(1, bytes) : family == 1 ? PyMem_Calloc(1, bytes) : PyObject_Calloc(1, bytes);
}

static void *family_malloc(int family, size_t bytes)
{
    return family == 0 ? PyMem_RawMalloc(bytes) : family == 1 ? PyMem_Malloc(bytes) : PyObject_Malloc(bytes);
}

static void family_free(int family, void *block)
{
    if (family == 0)
        PyMem_RawFree(block);
    else if (family == 1)
        PyMem_Free(block);
    else
        PyObject_Free(block);
}

static size_t random_size(void)
{
    uint32_t kind = random_below(20);
    return kind < 14 ? random_below(300) : kind < 18 ? random_below(5000) : random_below(200000);
}

static void count(size_t added, size_t removed)
{
    traced = traced + added - removed;
    peak = traced > peak ? traced : peak;
}

static void forget(void)
{
    for (size_t i = 0; i < BLOCK_COUNT; i++)
        blocks[i].is_traced = 0;
    memset(tracked, 0, sizeof tracked);
    traced = peak = 0;
}

static void step_block(size_t i)
{
    size_t bytes = random_size();
    if (blocks[i].block == NULL) {
        blocks[i].family = (int)random_below(3);
        blocks[i].block = random_below(2) ? family_malloc(blocks[i].family, bytes) : family_calloc(blocks[i].family, bytes);
        CHECK(blocks[i].block != NULL);
        blocks[i].bytes = bytes;
        blocks[i].is_traced = pymm_trace_is_tracing();
        if (blocks[i].is_traced)
            count(bytes, 0);
    } else if (random_below(3) == 0) {
        if (random_below(8) == 0) /* fails, changes nothing */
            CHECK(family_realloc(blocks[i].family, blocks[i].block, PY_SSIZE_T_MAX) == NULL);
        blocks[i].block = family_realloc(blocks[i].family, blocks[i].block, bytes);
        CHECK(blocks[i].block != NULL);
        if (pymm_trace_is_tracing())
            count(bytes, blocks[i].is_traced ? blocks[i].bytes : 0);
        blocks[i].bytes = bytes;
        blocks[i].is_traced = pymm_trace_is_tracing();
    } else {
        family_free(blocks[i].family, blocks[i].block);
        if (blocks[i].is_traced)
            count(0, blocks[i].bytes);
        blocks[i].block = NULL;
        blocks[i].is_traced = 0;
    }
}

static void step_track(void)
{
    unsigned domain = random_below(TRACK_DOMAINS), at = random_below(64);
    size_t bytes = random_size();
    int expected = pymm_trace_is_tracing() ? 0 : -2;
    size_t old = tracked[domain][at].is_traced ? tracked[domain][at].bytes : 0;
    if (random_below(2)) {
        CHECK(PyTraceMalloc_Track(domain + 1, (uintptr_t)at * 4, bytes) == expected);
        if (expected == 0) {
            count(bytes, old);
            tracked[domain][at].bytes = bytes;
            tracked[domain][at].is_traced = 1;
        }
    } else {
        CHECK(PyTraceMalloc_Untrack(domain + 1, (uintptr_t)at * 4) == expected);
        if (expected == 0) {
            count(0, old);
            tracked[domain][at].is_traced = 0;
        }
    }
}

/* The record of a block that is the tables', set or removed by its address. */
static void step_retrack(size_t i)
{
    if (blocks[i].block == NULL || !pymm_trace_is_tracing())
        return;
    size_t old = blocks[i].is_traced ? blocks[i].bytes : 0;
    if (random_below(2)) {
        size_t bytes = random_below(4) == 0 ? ((size_t)5 << 30) + random_size() : random_size();
        CHECK(PyTraceMalloc_Track(0, (uintptr_t)blocks[i].block, bytes) == 0);
        count(bytes, old);
        blocks[i].bytes = bytes;
        blocks[i].is_traced = 1;
    } else {
        CHECK(PyTraceMalloc_Untrack(0, (uintptr_t)blocks[i].block) == 0);
        count(0, old);
        blocks[i].is_traced = 0;
    }
}

static void check_counts(void)
{
    size_t seen, seen_peak;
    pymm_trace_get_traced_memory(&seen, &seen_peak);
    CHECK(seen == traced);
    CHECK(seen_peak == peak);
}

static void check_records(void)
{
    size_t count_expected = 0, sum = 0;
    pymm_trace_frame frame;
    for (size_t i = 0; i < BLOCK_COUNT; i++)
        if (blocks[i].block != NULL) {
            count_expected += (size_t)blocks[i].is_traced;
            CHECK((int)pymm_trace_get_traceback(0, blocks[i].block, &frame, 1, NULL) == blocks[i].is_traced);
        }
    for (unsigned domain = 0; domain < TRACK_DOMAINS; domain++)
        for (unsigned at = 0; at < 64; at++) {
            count_expected += (size_t)tracked[domain][at].is_traced;
            CHECK((int)pymm_trace_get_traceback(domain + 1, (void *)(uintptr_t)(at * 4), &frame, 1, NULL) ==
                  tracked[domain][at].is_traced);
        }
    pymm_trace_snapshot *snapshot;
    int result = pymm_trace_snapshot_take(&snapshot);
    CHECK(result == (pymm_trace_is_tracing() ? 0 : -2));
    if (result != 0)
        return;
    CHECK(pymm_trace_snapshot_count(snapshot) == count_expected);
    pymm_trace_info info;
    for (size_t i = 0; pymm_trace_snapshot_get(snapshot, i, &info) == 0; i++)
        sum += info.bytes;
    CHECK(sum == traced);
    pymm_trace_snapshot_free(snapshot);
}

static void walk(uint64_t seed)
{
    random_state = seed;
    forget();
    for (step = 0; step < STEP_COUNT; step++) {
        uint32_t kind = random_below(1000);
        if (kind < 880)
            step_block(random_below(BLOCK_COUNT));
        else if (kind < 960)
            step_track();
        else if (kind < 985)
            step_retrack(random_below(BLOCK_COUNT));
        else if (kind < 990) {
            pymm_trace_reset_peak();
            peak = traced;
        } else if (kind < 993) {
            pymm_trace_clear();
            forget();
        } else if (kind < 996) {
            pymm_trace_stop();
            forget();
        } else if (!pymm_trace_is_tracing()) {
            CHECK(pymm_trace_start(1 + random_below(3)) == 0);
        }
        check_counts();
        if (step % 500 == 0)
            check_records();
    }
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        family_free(blocks[i].family, blocks[i].block);
        blocks[i].block = NULL;
    }
    pymm_trace_stop();
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        walk(strtoull(argv[i], NULL, 10));
    for (uint64_t seed = 1; argc < 2 && seed <= 6; seed++)
        walk(seed);
    return 0;
}
