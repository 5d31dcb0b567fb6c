/* heap_account.c: what the heap says about itself: the walker, the statistics and the checker agree with the truth.
 *
 * Owns: pymm_walk, pymm_stats_get, pymm_stats_print*, pymm_check as seen from outside. Read first: include/pymm.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

/* The truth: blocks in the order of their addresses. */
enum { MOST = 20000 };
typedef struct held {
    void *block;
    size_t bytes;
    unsigned domain;
    unsigned visits;
} held;
static held truth[MOST];
static size_t truth_count;

static int by_address(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)((const held *)left)->block, b = (uintptr_t)((const held *)right)->block;
    return (a > b) - (a < b);
}

static size_t random_size(uint64_t *random)
{
    switch (test_random_below(random, 20)) {
    case 0: return test_random_below(random, 400 * 1024);
    case 1: return test_random_below(random, 70 * 1024);
    case 2:
    case 3: return test_random_below(random, 9000);
    default: return test_random_below(random, 700);
    }
}

static void truth_fill(size_t count, uint64_t *random)
{
    truth_count = count;
    for (size_t i = 0; i < count; i++) {
        truth[i] = (held){.bytes = random_size(random), .domain = (unsigned)test_random_below(random, 3)};
        truth[i].block = heap_malloc(truth[i].domain, truth[i].bytes);
        assert_non_null(truth[i].block);
    }
}

static void truth_free(size_t kept, uint64_t *random)
{
    while (truth_count > kept) {
        size_t i = test_random_below(random, truth_count);
        heap_free(truth[i].block);
        truth[i] = truth[--truth_count];
    }
}

static int visit_truth(const pymm_block_info *info, void *arg)
{
    size_t *strangers = arg;
    held key = {.block = info->block};
    held *found = bsearch(&key, truth, truth_count, sizeof *truth, by_address);
    if (found == NULL) {
        ++*strangers;
        return 0;
    }
    found->visits++;
    TEST_REQUIRE(found->domain == (unsigned)info->domain, "block %p: domain %d, not %u", info->block, info->domain, found->domain);
    TEST_REQUIRE(info->usable_bytes >= found->bytes, "block %p: %zu usable of %zu", info->block, info->usable_bytes, found->bytes);
    return 0;
}

static void walk_equals_truth(size_t strangers_expected)
{
    qsort(truth, truth_count, sizeof *truth, by_address);
    for (size_t i = 0; i < truth_count; i++)
        truth[i].visits = 0;
    size_t strangers = 0;
    assert_int_equal(pymm_walk(visit_truth, &strangers), 0);
    assert_int_equal(strangers, strangers_expected);
    for (size_t i = 0; i < truth_count; i++)
        assert_int_equal(truth[i].visits, 1);
}

static int count_visit(const pymm_block_info *info, void *arg)
{
    size_t *counts = arg; /* by domain, then bytes by domain */
    counts[info->domain]++;
    counts[3 + info->domain] += info->usable_bytes;
    return 0;
}

static void stats_equal_walk(void)
{
    size_t counts[6] = {0};
    pymm_stats *stats = test_stats();
    assert_int_equal(pymm_walk(count_visit, counts), 0);
    for (size_t d = 0; d < PYMM_DOMAIN_COUNT; d++) {
        assert_int_equal(stats->block_count[d], counts[d]);
        assert_int_equal(stats->block_bytes[d], counts[3 + d]);
    }
    assert_int_equal(stats->live_bytes, counts[3] + counts[4] + counts[5]);
}

static void walker_visits_exactly_the_live_blocks(void **state)
{
    (void)state;
    uint64_t random = 42;
    size_t before = test_live_count();
    for (size_t round = 0; round < 6; round++) {
        truth_fill(round % 2 ? 300 : MOST / (PYMM_HOSTILE ? 10 : 1), &random);
        walk_equals_truth(before);
        stats_equal_walk();
        truth_free(truth_count / (2 + round), &random);
        walk_equals_truth(before);
        stats_equal_walk();
        if (round % 2)
            pymm_give_back();
        walk_equals_truth(before);
        TEST_HEAP_OK();
        truth_free(0, &random);
        walk_equals_truth(before);
        stats_equal_walk();
        TEST_HEAP_OK();
    }
    assert_int_equal(test_live_count(), before);
}

static int stop_at_third(const pymm_block_info *info, void *arg)
{
    (void)info;
    size_t *count = arg;
    return ++*count == 3 ? 77 : 0;
}

static void walk_stops_when_told_and_says_so(void **state)
{
    (void)state;
    uint64_t random = 1;
    size_t count = 0;
    truth_fill(100, &random);
    assert_int_equal(pymm_walk(stop_at_third, &count), 77);
    assert_int_equal(count, 3);
    truth_free(0, &random);
}

/* The classes of the statistics are the truth about the slots: increasing sizes, counts that add up. */
static void classes_add_up(void **state)
{
    (void)state;
    uint64_t random = 5;
    truth_fill(5000, &random);
    truth_free(3000, &random);
    pymm_stats *stats = test_stats();
    assert_int_equal(stats->struct_bytes, sizeof *stats);
    assert_int_equal(stats->page_bytes, test_page_bytes());
    assert_true(stats->class_count > 0 && stats->class_count <= PYMM_STATS_CLASSES);
    size_t blocks = 0, bytes = 0, slabs = 0;
    for (size_t c = 0; c < stats->class_count; c++) {
        const pymm_class_stats *class = &stats->classes[c];
        assert_true(class->slot_bytes % 16 == 0 && (c == 0 || class->slot_bytes > stats->classes[c - 1].slot_bytes));
        size_t count = class->block_count[0] + class->block_count[1] + class->block_count[2];
        blocks += count;
        bytes += count * class->slot_bytes;
        slabs += class->slab_count;
        assert_true(class->slab_count > 0 || count + class->cached_count + class->free_count == 0);
        void *block = heap_malloc(1, class->slot_bytes);
        assert_true(pymm_usable_size(block) >= class->slot_bytes); /* more, when it is lent by a larger class */
        heap_free(block);
        if (c > 0) {
            block = heap_malloc(1, stats->classes[c - 1].slot_bytes + 1);
            assert_true(pymm_usable_size(block) >= class->slot_bytes);
            heap_free(block);
        }
    }
    assert_int_equal(slabs, stats->slab_count);
    size_t large = stats->block_count[0] + stats->block_count[1] + stats->block_count[2] - blocks;
    assert_int_equal(large, stats->large_count);
    assert_true(bytes <= stats->live_bytes);
    assert_true(stats->reserved_bytes >= stats->committed_bytes);
    assert_true(stats->committed_bytes >= stats->resident_bytes || stats->resident_bytes - stats->committed_bytes <= stats->metadata_bytes);
    assert_true(stats->thread_count >= 1);
    truth_free(0, &random);
}

static void largest_blocks_are_named(void **state)
{
    (void)state;
    void *blocks[12];
    for (size_t i = 0; i < 12; i++)
        blocks[i] = heap_malloc((unsigned)(i % 3), (i + 1) << 20);
    pymm_stats *stats = test_stats();
    assert_int_equal(stats->largest_count, PYMM_STATS_LARGEST);
    for (size_t i = 0; i < PYMM_STATS_LARGEST; i++) {
        assert_int_equal(stats->largest[i].bytes, pymm_usable_size(blocks[11 - i]));
        assert_int_equal(stats->largest[i].domain, (11 - i) % 3);
    }
    for (size_t i = 0; i < 12; i++)
        heap_free(blocks[i]);
}

static void smaller_statistics_are_filled_as_far_as_they_go(void **state)
{
    (void)state;
    union {
        pymm_stats stats;
        unsigned char bytes[sizeof(pymm_stats)];
    } part;
    assert_int_equal(pymm_stats_get(NULL, sizeof part), -1);
    assert_int_equal(pymm_stats_get(&part.stats, 0), -1);
    assert_int_equal(pymm_stats_get(&part.stats, sizeof(size_t) - 1), -1);
    memset(&part, 0xEE, sizeof part);
    size_t offset = offsetof(pymm_stats, metadata_bytes);
    assert_int_equal(pymm_stats_get(&part.stats, offset), 0);
    assert_int_equal(part.stats.struct_bytes, sizeof part.stats);
    for (size_t i = offset; i < sizeof part; i++)
        assert_int_equal(part.bytes[i], 0xEE);
    unsigned char more[sizeof(pymm_stats) + 64];
    memset(more, 0xEE, sizeof more);
    assert_int_equal(pymm_stats_get((pymm_stats *)(void *)more, sizeof more), 0);
    for (size_t i = sizeof(pymm_stats); i < sizeof more; i++)
        assert_true(more[i] == 0xEE || more[i] == 0);
}

/* The heap's own idea of what is in memory is close to the system's: it may say more (not touched yet), never much less. */
static void resident_bytes_are_near_the_truth(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* what was never touched counts as dirty for ever */
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own */
    uint64_t random = 9;
    pymm_give_back();
    ptrdiff_t outside = (ptrdiff_t)(test_resident_bytes() - test_stats()->resident_bytes);
    truth_fill(MOST / (PYMM_HOSTILE ? 4 : 1), &random);
    for (size_t i = 0; i < truth_count; i++)
        memset(truth[i].block, 1, truth[i].bytes);
    pymm_stats *stats = test_stats();
    ptrdiff_t drift = (ptrdiff_t)(test_resident_bytes() - stats->resident_bytes) - outside;
    print_message("%zu bytes resident by the heap's count, %td more by the system's\n", stats->resident_bytes, drift);
    assert_true(drift < 4 * 1024 * 1024);
    if (test_page_bytes() == (size_t)sysconf(_SC_PAGESIZE)) /* parts of pages that are only pretended are not resident */
        assert_true(drift > -4 * 1024 * 1024);
    truth_free(0, &random);
    pymm_give_back();
}

static size_t printed(int (*print)(int), char *text, size_t text_bytes)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(print(fileno(file)), 0);
    rewind(file);
    size_t bytes = fread(text, 1, text_bytes - 1, file);
    text[bytes] = '\0';
    fclose(file);
    return bytes;
}

static void statistics_print_as_text_and_as_one_json_line(void **state)
{
    (void)state;
    static char text[64 * 1024];
    void *block = heap_malloc(2, 123456);
    size_t live = test_live_count();
    assert_true(printed(pymm_stats_print, text, sizeof text) > 100);
    assert_int_equal(test_live_count(), live);
    size_t bytes = printed(pymm_stats_print_json, text, sizeof text);
    assert_true(bytes > 100 && bytes < sizeof text - 1);
    assert_true(text[0] == '{' && text[bytes - 1] == '\n' && text[bytes - 2] == '}');
    assert_null(memchr(text, '\n', bytes - 1));
    int depth = 0;
    for (size_t i = 0; i < bytes; i++) {
        depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
        assert_true(depth > 0 || i + 2 >= bytes);
    }
    assert_int_equal(depth, 0);
    assert_int_equal(pymm_stats_print(-1), -1);
    assert_int_equal(pymm_stats_print_json(-1), -1);
    heap_free(block);
}

static void checker_takes_no_message_and_short_ones(void **state)
{
    (void)state;
    char message[4] = {'x', 'x', 'x', 'x'};
    assert_int_equal(pymm_check(NULL, 0), 0);
    assert_int_equal(pymm_check(message, 0), 0);
    assert_int_equal(pymm_check(message, 1), 0);
    assert_int_equal(message[3], 'x');
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walker_visits_exactly_the_live_blocks),
        cmocka_unit_test(walk_stops_when_told_and_says_so),
        cmocka_unit_test(classes_add_up),
        cmocka_unit_test(largest_blocks_are_named),
        cmocka_unit_test(smaller_statistics_are_filled_as_far_as_they_go),
        cmocka_unit_test(resident_bytes_are_near_the_truth),
        cmocka_unit_test(statistics_print_as_text_and_as_one_json_line),
        cmocka_unit_test(checker_takes_no_message_and_short_ones),
    };
    return cmocka_run_group_tests_name("heap_account", tests, NULL, NULL);
}
