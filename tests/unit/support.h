/* support.h: what the C tests of the heap share: random numbers, patterns, checks that work in any thread, resident pages.
 *
 * Owns: nothing that lives longer than a test. Everything here is static inline, so a test stays one file.
 * Does not own: cmocka; a test may include it before this file, the stress, fuzz and oom programs do without.
 * Read first: include/pymm.h. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include "heap/heap.h"
#include "pymm.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PYMM_HOSTILE
#define PYMM_HOSTILE 0
#endif

#if defined(__SANITIZE_THREAD__)
#define TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TEST_TSAN 1
#endif
#endif
#ifndef TEST_TSAN
#define TEST_TSAN 0
#endif

#define TEST_SKIPPED 77 /* exit status that ctest is told to read as "skipped" */

/* Failure ---------------------------------------------------------------------------------------------------------
 * Unlike cmocka's assertions this works in any thread and in a forked child: it says where, then aborts. */

static inline _Noreturn void test_fail(const char *file, int line, const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: pid %d: not true: %s: ", file, line, (int)getpid(), what);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

#define TEST_REQUIRE(condition, ...) \
    do { \
        if (!(condition)) \
            test_fail(__FILE__, __LINE__, #condition, __VA_ARGS__); \
    } while (0)

static inline void test_heap_ok(const char *file, int line)
{
    char message[256] = "";
    if (pymm_check(message, sizeof message) != 0)
        test_fail(file, line, "pymm_check", "%s", message);
}

#define TEST_HEAP_OK() test_heap_ok(__FILE__, __LINE__)

/* Random numbers: splitmix64, the same on every machine. */

static inline uint64_t test_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline size_t test_random_below(uint64_t *state, size_t limit)
{
    return (size_t)(test_random(state) % limit);
}

/* Patterns ---------------------------------------------------------------------------------------------------------
 * Word k of a block holds test_word(seed, k); the bytes behind the last whole word are that word's first bytes.
 * Blocks over TEST_WHOLE_BYTES are written and read at both ends and at one word a page, to keep the tests quick. */

#define TEST_WHOLE_BYTES ((size_t)40 * 1024)
#define TEST_EDGE_BYTES ((size_t)4096)

static inline uint64_t test_word(uint64_t seed, size_t k)
{
    return (seed + k) * 0x9e3779b97f4a7c15u ^ seed;
}

static inline void test_fill_range(unsigned char *at, size_t from, size_t to, uint64_t seed)
{
    size_t i = from; /* a multiple of 8 */
    for (; i + 8 <= to; i += 8) {
        uint64_t word = test_word(seed, i / 8);
        memcpy(at + i, &word, 8);
    }
    if (i < to) {
        uint64_t word = test_word(seed, i / 8);
        memcpy(at + i, &word, to - i);
    }
}

static inline int test_range_is(const unsigned char *at, size_t from, size_t to, uint64_t seed)
{
    size_t i = from; /* a multiple of 8 */
    for (; i + 8 <= to; i += 8) {
        uint64_t word = test_word(seed, i / 8);
        if (memcmp(at + i, &word, 8) != 0)
            return 0;
    }
    uint64_t word = test_word(seed, i / 8);
    return i >= to || memcmp(at + i, &word, to - i) == 0;
}

static inline void test_fill(void *block, size_t bytes, uint64_t seed)
{
    if (bytes <= TEST_WHOLE_BYTES) {
        test_fill_range(block, 0, bytes, seed);
        return;
    }
    test_fill_range(block, 0, TEST_EDGE_BYTES, seed);
    for (size_t i = TEST_EDGE_BYTES; i + 8 <= bytes; i += 4096)
        test_fill_range(block, i, i + 8, seed);
    test_fill_range(block, (bytes - TEST_EDGE_BYTES) & ~(size_t)7, bytes, seed);
}

/* Are the first `bytes` of a block that was filled over `filled_bytes` what they were? */
static inline int test_holds(const void *block, size_t bytes, size_t filled_bytes, uint64_t seed)
{
    if (filled_bytes <= TEST_WHOLE_BYTES)
        return test_range_is(block, 0, bytes, seed);
    if (!test_range_is(block, 0, bytes < TEST_EDGE_BYTES ? bytes : TEST_EDGE_BYTES, seed))
        return 0;
    for (size_t i = TEST_EDGE_BYTES; i + 8 <= bytes; i += 4096)
        if (!test_range_is(block, i, i + 8, seed))
            return 0;
    size_t tail = (filled_bytes - TEST_EDGE_BYTES) & ~(size_t)7;
    return bytes <= tail || test_range_is(block, tail, bytes, seed);
}

static inline int test_is_zero(const void *block, size_t bytes)
{
    const unsigned char *at = block;
    return bytes == 0 || (at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0);
}

/* What the heap says ----------------------------------------------------------------------------------------------- */

static inline pymm_stats *test_stats(void)
{
    static _Thread_local pymm_stats stats;
    TEST_REQUIRE(pymm_stats_get(&stats, sizeof stats) == 0, "no statistics");
    return &stats;
}

static inline size_t test_live_count(void)
{
    pymm_stats *stats = test_stats();
    return stats->block_count[0] + stats->block_count[1] + stats->block_count[2];
}

/* Resident memory --------------------------------------------------------------------------------------------------- */

/* The page size the heap is to reckon with; larger than the machine's in the builds that pretend (see page_size.c). */
static inline size_t test_page_bytes(void)
{
#ifdef TEST_PAGE_BYTES
    return TEST_PAGE_BYTES;
#else
    return (size_t)sysconf(_SC_PAGESIZE);
#endif
}

/* Is any of the page at this address in memory? A page that is not mapped at all is not. */
static inline int test_page_is_resident(const void *address)
{
    unsigned char states[65536 / 4096] = {0};
    void *page = (void *)((uintptr_t)address & ~(uintptr_t)(test_page_bytes() - 1));
    if (mincore(page, test_page_bytes(), states) != 0)
        return 0;
    int is_resident = 0;
    for (size_t i = 0; i < sizeof states; i++)
        is_resident |= states[i] & 1;
    return is_resident;
}

static inline size_t test_resident_bytes(void)
{
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    TEST_REQUIRE(file != NULL, "/proc/self/statm");
    TEST_REQUIRE(fscanf(file, "%lu %lu", &total, &resident) == 2, "/proc/self/statm");
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* Children ------------------------------------------------------------------------------------------------------------ */

/* Wait for a child that must end with status 0. */
static inline void test_child_ended_well(const char *file, int line, pid_t pid)
{
    int status = 0;
    if (pid <= 0 || waitpid(pid, &status, 0) != pid)
        test_fail(file, line, "fork", "no child");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        test_fail(file, line, "child", "ended with wait status %#x", (unsigned)status);
}

#define TEST_CHILD_OK(pid) test_child_ended_well(__FILE__, __LINE__, pid)
#endif
