/* heap_return.c: memory goes back to the system when its blocks are freed, page by page, and comes back when needed.
 *
 * Owns: what the kernel says about the heap's pages (mincore, statm). Sizes are chosen so that a heap which keeps what
 * it was given, or gives back only whole slabs, fails by far. Read first: include/pymm.h, pymm_give_back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

static const size_t KIB = 1024, MIB = 1024 * 1024;

static int count_block(const pymm_block_info *info, void *count)
{
    (void)info;
    ++*(size_t *)count;
    return 0;
}

/* Many blocks of one size, as objects of a program are; every byte touched. */
enum { MOST = 400000 };
static unsigned char *blocks[MOST];

static void blocks_fill(size_t count, size_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        blocks[i] = heap_malloc(2, bytes);
        assert_non_null(blocks[i]);
        memset(blocks[i], 0xC3, bytes);
    }
}

static int by_address(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t)*(unsigned char *const *)left, b = (uintptr_t)*(unsigned char *const *)right;
    return (a > b) - (a < b);
}

/* Free all blocks but every `one_in`-th at random; the pages that held them are counted, with and without survivors. */
typedef struct pages {
    size_t total_count, live_count, resident_count;
    size_t dead_resident_count; /* resident though they hold no survivor */
} pages;

static pages free_most(size_t count, size_t block_bytes, size_t one_in, uint64_t seed, int give_back)
{
    static unsigned char survives[MOST];
    pages result = {0};
    size_t page_bytes = test_page_bytes();
    qsort(blocks, count, sizeof *blocks, by_address);
    for (size_t i = 0; i < count; i++) {
        survives[i] = one_in > 0 && test_random_below(&seed, one_in) == 0;
        if (!survives[i])
            heap_free(blocks[i]);
    }
    if (give_back)
        pymm_give_back();
    TEST_HEAP_OK();
    uintptr_t page = 0, live_page = 0;
    for (size_t i = 0; i < count; i++) { /* pages in the order of addresses; a page is judged when the next one begins */
        uintptr_t first = (uintptr_t)blocks[i] / page_bytes, last = ((uintptr_t)blocks[i] + block_bytes - 1) / page_bytes;
        for (uintptr_t p = first; p <= last; p++) {
            if (p != page) {
                int is_live = 0;
                for (size_t k = i; k < count && (uintptr_t)blocks[k] / page_bytes <= p; k++)
                    is_live |= survives[k];
                is_live |= p == live_page;
                int is_resident = test_page_is_resident((void *)(p * page_bytes));
                result.total_count++;
                result.live_count += (size_t)is_live;
                result.resident_count += (size_t)is_resident;
                result.dead_resident_count += is_resident && !is_live;
                page = p;
            }
        }
        if (survives[i])
            live_page = last;
    }
    for (size_t i = 0; i < count; i++)
        if (survives[i]) {
            assert_true(blocks[i][0] == 0xC3 && blocks[i][block_bytes - 1] == 0xC3);
            heap_free(blocks[i]);
        }
    TEST_HEAP_OK();
    return result;
}

static size_t many(void) { return PYMM_HOSTILE ? 20000 : MOST; }

static void free_slots_cost_no_memory(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    static const size_t sizes[] = {48, 64, 208, 1024};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t count = many() / (sizes[s] > 500 ? 4 : 1);
        blocks_fill(count, sizes[s]);
        size_t one_in = sizes[s] > 500 ? 100 : 300;
        pages seen = free_most(count, sizes[s], one_in, s, 1);
        print_message("%zu bytes, 1 in %zu kept: %zu pages, %zu with survivors, %zu resident, %zu of them without survivors\n", sizes[s],
                      one_in, seen.total_count, seen.live_count, seen.resident_count, seen.dead_resident_count);
        assert_true(seen.dead_resident_count <= 8);
    }
}

/* Without being asked: what stays is bounded by a small limit, not by what was there. */
static void memory_follows_the_live_bytes_by_itself(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    pymm_give_back();
    blocks_fill(many(), 96);
    pages seen = free_most(many(), 96, 0, 3, 0);
    print_message("96 bytes, all freed: %zu pages, %zu resident\n", seen.total_count, seen.resident_count);
    assert_true(seen.resident_count * test_page_bytes() <= 4 * MIB);
    assert_true(PYMM_HOSTILE || seen.total_count * test_page_bytes() > 30 * MIB);
}

static void all_of_it_goes_back_and_works_again(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own */
    size_t start = 0;
    for (int round = 0; round < 3; round++) {
        blocks_fill(many(), 100);
        size_t peak = test_resident_bytes();
        for (size_t i = 0; i < many(); i++)
            heap_free(blocks[i]);
        size_t returned = pymm_give_back();
        size_t end = test_resident_bytes();
        if (round == 0)
            start = end;
        assert_true(end <= start + 512 * KIB);
        assert_true(PYMM_HOSTILE || peak - end > many() * 90);
        assert_true(returned <= peak);
        assert_true(pymm_give_back() <= 256 * KIB); /* nothing left to give the second time */
    }
    TEST_HEAP_OK();
}

/* Each size class and each large size: after give-back the memory of a lone freed block is not resident. */
/* 64 MiB have 512 KiB of descriptors; asking what is left of them does not bring them back. */
static void descriptors_go_back_with_the_memory(void **state)
{
    (void)state;
    static pymm_stats stats;
    if (PYMM_HOSTILE || !OS_CAN_PURGE || test_page_bytes() > 8 * KIB)
        skip(); /* few blocks fill the heap, nothing goes back, or descriptors of a segment are less than a page */
    blocks_fill(MOST / 2, 320);
    assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
    size_t full_bytes = stats.metadata_bytes;
    assert_true(full_bytes > 400 * KIB);
    for (size_t i = 0; i < MOST / 2; i++)
        heap_free(blocks[i]);
    pymm_give_back();
    for (int turn = 0; turn < 2; turn++) {
        pymm_account account;
        assert_int_equal(pymm_account_get(&account, sizeof account), 0);
        assert_int_equal(pymm_walk(count_block, &(size_t){0}), 0);
        assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
        assert_true(stats.metadata_bytes < full_bytes - 350 * KIB);
    }
    TEST_HEAP_OK();
}

static void every_size_goes_back(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    for (size_t bytes = 4 * KIB; bytes <= 40 * MIB; bytes += bytes / 5) {
        unsigned char *first = heap_malloc(1, bytes), *second = heap_malloc(1, bytes);
        assert_true(first && second);
        memset(first, 1, bytes);
        memset(second, 2, bytes);
        heap_free(first);
        pymm_give_back();
        /* Pages wholly inside the block; a page at either end may be shared with the live one. */
        size_t page_bytes = test_page_bytes();
        unsigned char *from = (unsigned char *)(((uintptr_t)first + page_bytes - 1) & ~(page_bytes - 1));
        for (unsigned char *at = from; at + page_bytes <= first + bytes; at += page_bytes)
            assert_false(test_page_is_resident(at));
        assert_true(second[0] == 2 && second[bytes / 2] == 2 && second[bytes - 1] == 2);
        heap_free(second);
    }
    TEST_HEAP_OK();
}

static void a_large_block_goes_back_when_freed(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own */
    size_t before = test_resident_bytes();
    unsigned char *block = heap_malloc(0, 200 * MIB);
    assert_non_null(block);
    assert_true(test_resident_bytes() <= before + 2 * MIB); /* not touched, not paid */
    memset(block, 1, 200 * MIB);
    assert_true(test_resident_bytes() >= before + 190 * MIB);
    heap_free(block);
    assert_true(test_resident_bytes() <= before + 8 * MIB);
    pymm_give_back();
    assert_true(test_resident_bytes() <= before + 3 * MIB); /* headers of units that were used stay */
}

static void shrinking_a_large_block_gives_the_rest_back(void **state)
{
    (void)state;
    if (!OS_CAN_PURGE)
        skip(); /* nothing goes back */
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own */
    unsigned char *block = heap_malloc(0, 64 * MIB);
    assert_non_null(block);
    memset(block, 7, 64 * MIB);
    size_t peak = test_resident_bytes();
    block = heap_realloc(0, block, 8 * MIB);
    assert_non_null(block);
    pymm_give_back();
    assert_true(peak - test_resident_bytes() >= 54 * MIB);
    assert_true(block[0] == 7 && block[8 * MIB - 1] == 7);
    heap_free(block);
    TEST_HEAP_OK();
}

/* calloc of fresh memory need not write it: large zeroed blocks that are not touched cost nothing. */
static void fresh_calloc_is_not_touched(void **state)
{
    (void)state;
    if (TEST_TSAN)
        skip(); /* what is resident is mostly TSan's own */
    size_t before = test_resident_bytes();
    unsigned char *block = heap_calloc(0, 300 * MIB, 1);
    assert_non_null(block);
    assert_true(PYMM_HOSTILE || test_resident_bytes() <= before + 4 * MIB);
    assert_true(block[0] == 0 && block[150 * MIB] == 0 && block[300 * MIB - 1] == 0);
    heap_free(block);
}

/* A block grows into units that hold what others wrote, then its pages move away: the rest of its last unit, which it never
 * reached, is as empty as what it leaves behind, and calloc finds zeros there. */
static void growing_into_used_units_leaves_nothing_behind(void **state)
{
    (void)state;
    size_t unit_bytes = (size_t)1 << HEAP_UNIT_SHIFT;
    pymm_give_back(); /* moving pages is for where no others are in memory */
    unsigned char *used = heap_malloc(0, 20 * unit_bytes), *behind = heap_malloc(0, 4 * unit_bytes);
    assert_true(used != NULL && behind != NULL);
    memset(used, 0xC3, 20 * unit_bytes);
    heap_free(used);
    unsigned char *block = heap_malloc(0, 10 * unit_bytes);
    block = heap_realloc(0, block, 10 * unit_bytes + 1);
    block = heap_realloc(0, block, 80 * unit_bytes);
    assert_non_null(block);
    unsigned char *zeroed = heap_calloc(0, 11 * unit_bytes, 1);
    assert_true(zeroed != NULL && (PYMM_HOSTILE || zeroed == used));
    assert_true(test_is_zero(zeroed, 11 * unit_bytes));
    heap_free(zeroed);
    heap_free(block);
    heap_free(behind);
}

/* What it grows into is in memory already: it gets all of its last unit, stays there while it grows on, and gives back what
 * it shrinks by. Where nothing is in memory it gets the pages it asked for. */
static void a_block_that_grows_keeps_what_is_warm(void **state)
{
    (void)state;
    if (PYMM_HOSTILE)
        skip(); /* no block grows in place */
    size_t unit_bytes = (size_t)1 << HEAP_UNIT_SHIFT, page_bytes = test_page_bytes();
    if (page_bytes == unit_bytes)
        skip(); /* a unit has no rest */
    unsigned char *used = heap_malloc(0, 20 * unit_bytes), *behind = heap_malloc(0, 4 * unit_bytes);
    assert_true(used != NULL && behind != NULL);
    memset(used, 0xC3, 20 * unit_bytes);
    heap_free(used);
    unsigned char *block = heap_malloc(0, 10 * unit_bytes);
    assert_ptr_equal(block, used);
    test_fill_range(block, 0, 10 * unit_bytes, 1);
    assert_ptr_equal(heap_realloc(0, block, 10 * unit_bytes + 1), block);
    assert_int_equal(pymm_usable_size(block), 11 * unit_bytes);
    memset(block + 10 * unit_bytes, 0x11, unit_bytes);
    assert_ptr_equal(heap_realloc(0, block, 10 * unit_bytes + page_bytes + 1), block);
    assert_int_equal(pymm_usable_size(block), 11 * unit_bytes);
    assert_true(test_range_is(block, 0, 10 * unit_bytes, 1));
    TEST_HEAP_OK();
    assert_ptr_equal(heap_realloc(0, block, 9 * unit_bytes), block);
    assert_int_equal(pymm_usable_size(block), 9 * unit_bytes);
    pymm_give_back();
    assert_ptr_equal(heap_realloc(0, block, 10 * unit_bytes + 1), block);
    if (OS_CAN_PURGE)
        assert_int_equal(pymm_usable_size(block), 10 * unit_bytes + page_bytes);
    heap_free(block);
    heap_free(behind);
    TEST_HEAP_OK();
}

/* Purged pages must not keep old contents visible to calloc, nor lose the contents of live neighbours. */
static void contents_survive_giving_back(void **state)
{
    (void)state;
    uint64_t random = 11;
    enum { N = 6000 };
    static size_t bytes[N];
    for (size_t i = 0; i < N; i++) {
        bytes[i] = 16 + test_random_below(&random, i % 50 ? 2000 : 100000);
        blocks[i] = heap_malloc(0, bytes[i]);
        test_fill_range(blocks[i], 0, bytes[i], i);
    }
    for (size_t round = 0; round < 12; round++) {
        for (size_t k = 0; k < N / 2; k++) {
            size_t i = test_random_below(&random, N);
            assert_true(test_range_is(blocks[i], 0, bytes[i], i));
            heap_free(blocks[i]);
            blocks[i] = NULL;
            if (k % 3 == 0)
                pymm_give_back();
            if (k % 3 == 0 && PYMM_HOSTILE == 0 && round > 0)
                k += 40;
            blocks[i] = heap_calloc(0, 1, bytes[i]);
            assert_non_null(blocks[i]);
            assert_true(test_is_zero(blocks[i], bytes[i]));
            test_fill_range(blocks[i], 0, bytes[i], i);
        }
        for (size_t i = 0; i < N; i++)
            assert_true(test_range_is(blocks[i], 0, bytes[i], i));
        TEST_HEAP_OK();
    }
    for (size_t i = 0; i < N; i++)
        heap_free(blocks[i]);
    TEST_HEAP_OK();
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_slots_cost_no_memory),
        cmocka_unit_test(memory_follows_the_live_bytes_by_itself),
        cmocka_unit_test(all_of_it_goes_back_and_works_again),
        cmocka_unit_test(descriptors_go_back_with_the_memory),
        cmocka_unit_test(every_size_goes_back),
        cmocka_unit_test(a_large_block_goes_back_when_freed),
        cmocka_unit_test(shrinking_a_large_block_gives_the_rest_back),
        cmocka_unit_test(fresh_calloc_is_not_touched),
        cmocka_unit_test(growing_into_used_units_leaves_nothing_behind),
        cmocka_unit_test(a_block_that_grows_keeps_what_is_warm),
        cmocka_unit_test(contents_survive_giving_back),
    };
    return cmocka_run_group_tests_name("heap_return", tests, NULL, NULL);
}
