/* sampler.c: the tables of a profiled heap: who is sampled, how often, and what the sums say.
 *
 * Owns: the promises of hook_sample_tables and trace/profile.h that need no Python. Estimates are compared with what was
 * really allocated, over many seeds that are always the same. Read first: docs/profile-format.md, "Samples". */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../unit/support.h"
#include "hook/hook.h"
#include "trace/profile_format.h"
#include "trace/profile_internal.h"

static pymm_allocator tables[PYMM_DOMAIN_COUNT];
static char folder[] = "/tmp/pymm-sampler-XXXXXX";

/* A profile of its own for each test: the state of the last one is forgotten by a fork. */
static void start(uint64_t interval_bytes, uint64_t seed)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/p", folder);
    trace_profile_options options = {.folder = folder,
                                     .file = path,
                                     .program = "sampler",
                                     .interval_bytes = interval_bytes,
                                     .seed = seed,
                                     .limit_bytes = TRACE_PROFILE_LIMIT_BYTES};
    TEST_REQUIRE(trace_profile_start(&options) == 0, "no profile");
    hook_sample_tables(tables);
}

static void *take(size_t bytes) { return tables[2].malloc(NULL, bytes); }
static void *resize(void *block, size_t bytes) { return tables[2].realloc(NULL, block, bytes); }
static void put(void *block) { tables[2].free(NULL, block); }

/* Live bytes as the file's sums have them. */
static double live_bytes(void)
{
    double bytes = 0;
    profile_events_apply();
    for (uint32_t site = 1; site <= 3; site++) {
        uint32_t found = profile_site_get(0, 1, site - 1);
        bytes += profile_site_at(found)->live_bytes;
    }
    return bytes;
}

static size_t sample_count(void)
{
    profile_events_apply();
    return profile_live_count();
}

static double live_count(void)
{
    profile_events_apply();
    return profile_site_at(profile_site_get(0, 1, 2))->live_count;
}

/* Run `test` in a child: it has a profile and a heap of its own. What it returns comes back. */
static double in_child(double (*test)(uint64_t seed), uint64_t seed)
{
    int ends[2];
    double result = NAN;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        result = test(seed);
        TEST_HEAP_OK();
        _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &result, sizeof result), sizeof result);
    close(ends[0]);
    TEST_CHILD_OK(pid);
    return result;
}

static double mean_of(double (*test)(uint64_t seed), unsigned seed_count)
{
    double sum = 0;
    for (unsigned seed = 1; seed <= seed_count; seed++)
        sum += in_child(test, seed);
    return sum / seed_count;
}

enum { INTERVAL = 4096 };

/* Estimate / truth for one size: 2 MiB of it. */
static size_t tested_bytes;
static double ratio_of_one_size(uint64_t seed)
{
    size_t count = 2 * 1024 * 1024 / (tested_bytes + 1) + 1;
    start(INTERVAL, seed);
    for (size_t i = 0; i < count; i++)
        TEST_REQUIRE(take(tested_bytes) != NULL, "no memory");
    return live_count() / (double)count;
}

static void every_size_is_estimated_without_bias(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 16, 100, 512, 1000, 5000, 32768, 32769, 50000, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        tested_bytes = sizes[i];
        double ratio = mean_of(ratio_of_one_size, 40);
        if (fabs(ratio - 1) > 0.05)
            fail_msg("%zu bytes: estimate / truth is %f", sizes[i], ratio);
    }
}

/* A mixture that comes and goes, with realloc by all its ways. */
static double ratio_of_a_mixture(uint64_t seed)
{
    enum { COUNT = 600 };
    static void *blocks[COUNT];
    static size_t bytes[COUNT];
    uint64_t random = 7;
    start(INTERVAL, seed);
    for (size_t step = 0; step < 20000; step++) {
        size_t i = test_random_below(&random, COUNT);
        size_t wanted = test_random_below(&random, 20) == 0 ? test_random_below(&random, 300000) : test_random_below(&random, 3000);
        size_t choice = test_random_below(&random, 4);
        if (choice == 0) {
            put(blocks[i]);
            blocks[i] = NULL;
            bytes[i] = 0;
            continue;
        }
        if (choice == 1 && bytes[i] > 0)
            wanted = bytes[i] + bytes[i] / 9 + 1;
        else if (choice == 2 && bytes[i] > 0)
            wanted = bytes[i] - bytes[i] / 5;
        blocks[i] = blocks[i] == NULL && choice == 3 ? tables[2].calloc(NULL, 1, wanted) : resize(blocks[i], wanted);
        bytes[i] = wanted;
    }
    double truth = 0;
    for (size_t i = 0; i < COUNT; i++)
        truth += (double)bytes[i];
    return live_bytes() / truth;
}

static void a_mixture_with_realloc_is_estimated_without_bias(void **state)
{
    (void)state;
    double ratio = mean_of(ratio_of_a_mixture, 60);
    if (fabs(ratio - 1) > 0.03)
        fail_msg("estimate / truth is %f", ratio);
}

/* Blocks that grow step by step from 100 bytes to 500 KiB, where each step is small beside the block. */
static double ratio_of_growing_blocks(uint64_t seed)
{
    enum { COUNT = 12 };
    double truth = 0;
    start(65536, seed);
    for (size_t i = 0; i < COUNT; i++) {
        void *block = take(100);
        size_t bytes = 100;
        for (; bytes < 500000; bytes += bytes / 15 + 10)
            block = resize(block, bytes);
        for (; bytes > 300000; bytes -= 7001)
            block = resize(block, bytes);
        block = resize(block, bytes);
        truth += (double)bytes;
    }
    return live_bytes() / truth;
}

static void growing_blocks_are_estimated_without_bias(void **state)
{
    (void)state;
    double ratio = mean_of(ratio_of_growing_blocks, 100);
    if (fabs(ratio - 1) > 0.05)
        fail_msg("estimate / truth is %f", ratio);
}

static double exact_error(uint64_t seed)
{
    static char *blocks[500];
    double truth = 0;
    start(1, seed);
    for (size_t i = 0; i < 500; i++)
        blocks[i] = take(i * i);
    for (size_t i = 0; i < 500; i += 3)
        blocks[i] = resize(blocks[i], i * i + i + 1);
    for (size_t i = 0; i < 500; i++) {
        bool is_freed = i % 5 == 0;
        truth += is_freed ? 0 : (double)(i % 3 == 0 ? i * i + i + 1 : i * i);
        if (is_freed)
            put(blocks[i]);
    }
    return fabs(live_bytes() - truth) + fabs(live_count() - 400) + fabs((double)sample_count() - 400);
}

static void with_an_interval_of_one_every_block_is_recorded(void **state)
{
    (void)state;
    assert_true(in_child(exact_error, 1) < 0.001);
}

static double some_estimate(uint64_t seed)
{
    start(INTERVAL, seed);
    for (size_t i = 0; i < 3000; i++)
        take(i % 700);
    return live_bytes();
}

static void a_seed_decides_everything(void **state)
{
    (void)state;
    double first = in_child(some_estimate, 5);
    assert_true(first > 0);
    assert_true(in_child(some_estimate, 5) == first);
    assert_false(in_child(some_estimate, 6) == first);
}

/* Contents survive realloc by whatever way, sampled or not. */
static double contents_hold(uint64_t seed)
{
    uint64_t random = seed;
    size_t bytes = 10;
    start(seed % 2 ? 1 : 3000, seed);
    unsigned char *block = take(bytes);
    test_fill(block, bytes, 1);
    for (size_t step = 0; step < 1500; step++) {
        size_t wanted = 1 + test_random_below(&random, step % 3 == 0 ? 300000 : 40000);
        unsigned char *moved = resize(block, wanted);
        TEST_REQUIRE(moved != NULL && test_holds(moved, bytes < wanted ? bytes : wanted, bytes, step + 1), "step %zu", step);
        block = moved;
        bytes = wanted;
        test_fill(block, bytes, step + 2);
    }
    put(block);
    return (double)sample_count();
}

static void realloc_keeps_contents(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++)
        assert_true(in_child(contents_hold, seed) == 0);
}

static double refuses_what_the_heap_refuses(uint64_t seed)
{
    start(seed, seed);
    bool is_refused = take((size_t)PTRDIFF_MAX + 1) == NULL && tables[0].calloc(NULL, SIZE_MAX / 2, 3) == NULL &&
                      resize(NULL, SIZE_MAX) == NULL && tables[1].calloc(NULL, 0, 5) != NULL;
    void *block = take(100000);
    is_refused &= resize(block, (size_t)PTRDIFF_MAX - 5) == NULL;
    put(block);
    put(NULL);
    return is_refused && sample_count() <= 1;
}

static void sizes_out_of_bounds_are_refused(void **state)
{
    (void)state;
    assert_true(in_child(refuses_what_the_heap_refuses, 1) == 1);
    assert_true(in_child(refuses_what_the_heap_refuses, 4096) == 1);
}

/* Thinned down again and again, the samples stand for the same bytes. */
static double ratio_after_thinning(uint64_t seed)
{
    double truth = 0;
    start(64, seed);
    for (size_t i = 0; i < 20000; i++) {
        truth += (double)(i % 900);
        take(i % 900);
    }
    profile_events_apply();
    profile_live_thin(700);
    TEST_REQUIRE(sample_count() <= 700 && profile_interval_bytes() > 64, "%zu are left", sample_count());
    for (size_t i = 0; i < 2000; i++) {
        truth += 3000;
        take(3000);
    }
    return live_bytes() / truth;
}

static void thinning_keeps_the_sums(void **state)
{
    (void)state;
    double ratio = mean_of(ratio_after_thinning, 30);
    if (fabs(ratio - 1) > 0.03)
        fail_msg("estimate / truth is %f", ratio);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_estimated_without_bias),
        cmocka_unit_test(a_mixture_with_realloc_is_estimated_without_bias),
        cmocka_unit_test(growing_blocks_are_estimated_without_bias),
        cmocka_unit_test(with_an_interval_of_one_every_block_is_recorded),
        cmocka_unit_test(a_seed_decides_everything),
        cmocka_unit_test(realloc_keeps_contents),
        cmocka_unit_test(sizes_out_of_bounds_are_refused),
        cmocka_unit_test(thinning_keeps_the_sums),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
