/* heap_sampled.c: blocks that a sampler has chosen: served like any other, and never lost sight of.
 *
 * Owns: the promises of heap_sampled_*, heap_resize_in_place and heap_figures_get. Read first: src/heap/heap.h. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

enum { BLOCK_COUNT = 700 };
static const size_t KIB = 1024, MIB = 1024 * 1024;

static atomic_size_t told_count;
static const void *_Atomic last_told;
static atomic_size_t resize_count;

static void note_free(const void *block)
{
    last_told = block;
    atomic_fetch_add(&told_count, 1);
}

static void *note_realloc(unsigned domain, void *block, size_t bytes)
{
    resize_count++;
    void *moved = heap_malloc(domain, bytes);
    size_t usable_bytes = pymm_usable_size(block);
    memcpy(moved, block, usable_bytes < bytes ? usable_bytes : bytes);
    heap_free(block);
    return moved;
}

static const heap_sampler sampler = {note_free, note_realloc};

static int set_sampler(void **state)
{
    (void)state;
    heap_sampler_set(&sampler);
    return 0;
}

static size_t bytes_of(size_t i) { return i < 300 ? i * 5 : i < 600 ? i * 53 : i * 977; }

static void every_size_is_served_and_told_of_when_it_ends(void **state)
{
    (void)state;
    static unsigned char *blocks[BLOCK_COUNT];
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        size_t bytes = bytes_of(i);
        blocks[i] = heap_sampled_malloc((unsigned)(i % 3), bytes, i % 2 == 0);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        assert_true(pymm_owns(blocks[i]) && heap_is_sampled(blocks[i]));
        assert_true(pymm_usable_size(blocks[i]) >= bytes);
        heap_block found;
        assert_true(heap_block_find(blocks[i], &found));
        assert_int_equal(found.domain, i % 3);
        if (i % 2 == 0)
            assert_true(test_is_zero(blocks[i], bytes));
        test_fill(blocks[i], bytes, i);
    }
    TEST_HEAP_OK();
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        assert_true(test_holds(blocks[i], bytes_of(i), bytes_of(i), i));
        size_t before = atomic_load(&told_count);
        heap_free_in((unsigned)(i % 3), blocks[i]);
        assert_int_equal(atomic_load(&told_count), before + 1);
        assert_ptr_equal(last_told, blocks[i]);
    }
    TEST_HEAP_OK();
}

/* Slots that a sampled block leaves must not serve a block that is not sampled: its free would be told. */
static void no_other_block_is_ever_told_of(void **state)
{
    (void)state;
    static void *blocks[BLOCK_COUNT];
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < BLOCK_COUNT; i++)
            blocks[i] = i % 3 == round % 3 ? heap_sampled_malloc(1, bytes_of(i), false) : heap_malloc(1, bytes_of(i));
        for (size_t i = 0; i < BLOCK_COUNT; i++) {
            bool is_sampled = i % 3 == round % 3;
            assert_int_equal(heap_is_sampled(blocks[i]), is_sampled);
            size_t before = atomic_load(&told_count);
            heap_free(blocks[i]);
            assert_int_equal(atomic_load(&told_count) - before, is_sampled);
        }
        TEST_HEAP_OK();
        pymm_give_back();
        TEST_HEAP_OK();
    }
}

static void statistics_and_walks_count_them(void **state)
{
    (void)state;
    size_t before = test_stats()->block_count[2], large_before = test_stats()->large_count;
    void *small = heap_sampled_malloc(2, 100, false), *large = heap_sampled_malloc(2, MIB, false);
    assert_int_equal(test_stats()->block_count[2], before + 2);
    assert_int_equal(test_stats()->large_count, large_before + 1);
    assert_false(heap_block_is_free(small));
    heap_free(small);
    assert_true(heap_block_is_free(small));
    heap_free(large);
    assert_int_equal(test_stats()->block_count[2], before);
}

/* A few free slots wait for the next sampled block; their pages are nobody's when all is to go back. */
static void spare_slots_go_back_when_asked(void **state)
{
    (void)state;
    heap_figures before, with_spares, after;
    void *blocks[3];
    if (!OS_CAN_PURGE)
        skip();
    pymm_give_back();
    heap_figures_get(&before);
    for (size_t i = 0; i < 3; i++)
        test_fill(blocks[i] = heap_sampled_malloc(1, 32 * KIB, false), 32 * KIB, i);
    for (size_t i = 0; i < 3; i++)
        heap_free(blocks[i]);
    heap_figures_get(&with_spares);
    pymm_give_back();
    heap_figures_get(&after);
    assert_true(with_spares.resident_bytes > before.resident_bytes);
    assert_int_equal(after.resident_bytes, before.resident_bytes);
    TEST_HEAP_OK();
}

static void resizing_one_is_the_samplers_affair(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 600, 20000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *block = heap_sampled_malloc(0, sizes[i], false);
        test_fill(block, sizes[i], i);
        size_t before = resize_count;
        char *moved = heap_realloc(0, block, sizes[i] * 2);
        assert_int_equal(resize_count, before + 1);
        assert_true(test_holds(moved, sizes[i], sizes[i], i));
        moved = heap_realloc(0, moved, sizes[i]);
        assert_int_equal(resize_count, before + 1); /* it is not sampled any more */
        heap_free(moved);
    }
    TEST_HEAP_OK();
}

static void large_blocks_can_be_marked_later(void **state)
{
    (void)state;
    char *block = heap_malloc(1, 300 * KIB);
    assert_false(heap_is_sampled(block));
    heap_sampled_mark(block, true);
    assert_true(heap_is_sampled(block));
    heap_sampled_mark(block, false);
    size_t before = atomic_load(&told_count);
    heap_free(block);
    block = heap_sampled_malloc(1, 300 * KIB, false);
    heap_free(block);
    assert_int_equal(atomic_load(&told_count), before + 1);
    block = heap_malloc(1, 300 * KIB); /* most likely the same units: the mark has gone with the block */
    assert_false(heap_is_sampled(block));
    heap_free(block);
    assert_int_equal(atomic_load(&told_count), before + 1);
}

static void in_place_means_in_place(void **state)
{
    (void)state;
    for (size_t bytes = 1; bytes < 500 * KIB; bytes += 1 + bytes / 7) {
        char *block = bytes % 2 ? heap_malloc(0, bytes) : heap_sampled_malloc(0, bytes, false);
        test_fill(block, bytes, bytes);
        for (size_t percent = 60; percent <= 140; percent += 10) {
            size_t wanted = bytes * percent / 100 + 1, usable = pymm_usable_size(block);
            bool is_resized = heap_resize_in_place(block, wanted);
            assert_true(pymm_usable_size(block) >= (is_resized ? wanted : usable));
            assert_true(!is_resized || PYMM_HOSTILE == 0);
            assert_true(test_range_is((unsigned char *)block, 0, bytes < 4096 ? bytes / 2 : 4096, bytes));
        }
        heap_free(block);
    }
    TEST_HEAP_OK();
}

static void freed_twice_is_refused(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        int lines[2];
        char text[256] = "";
        void *blocks[5], *again[5]; /* more than wait as spares */
        for (size_t i = 0; i < 5; i++)
            blocks[i] = heap_sampled_malloc(0, 50, false);
        if (pipe(lines) != 0 || dup2(lines[1], STDERR_FILENO) < 0)
            _exit(2);
        for (size_t i = 0; i < 5; i++)
            heap_free(blocks[i]);
        for (size_t i = 0; i < 5; i++) {
            memset(text, 0, sizeof text);
            heap_free(blocks[i]);
            if (read(lines[0], text, sizeof text - 1) <= 0 || strstr(text, "freed twice") == NULL)
                _exit(3);
        }
        for (size_t i = 0; i < 2; i++) /* now there is room among the spares */
            again[i] = heap_sampled_malloc(0, 50, false);
        void *wrong[] = {blocks[3], blocks[4], (char *)again[0] + 16};
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            heap_free(wrong[i]);
            if (read(lines[0], text, sizeof text - 1) <= 0)
                _exit(6);
        }
        for (size_t i = 2; i < 5; i++) {
            again[i] = heap_sampled_malloc(0, 50, false);
            for (size_t k = 0; k < i; k++)
                if (again[k] == again[i])
                    _exit(5);
        }
        _exit(pymm_check(NULL, 0) == 0 ? 0 : 4);
    }
    TEST_CHILD_OK(pid);
}

enum { THREAD_COUNT = 4, ROUND_COUNT = 3000 };
static void *_Atomic exchange[64];

static void *work(void *arg)
{
    uint64_t random = (uintptr_t)arg;
    for (size_t i = 0; i < ROUND_COUNT; i++) {
        size_t bytes = test_random_below(&random, i % 50 == 0 ? 200 * KIB : 3 * KIB);
        void *block = test_random_below(&random, 3) == 0 ? heap_sampled_malloc(0, bytes, false) : heap_malloc(0, bytes);
        TEST_REQUIRE(block != NULL, "no memory");
        heap_free(atomic_exchange(&exchange[test_random_below(&random, 64)], block));
    }
    return NULL;
}

static void threads_free_each_others(void **state)
{
    (void)state;
    pthread_t threads[THREAD_COUNT];
    for (uintptr_t i = 0; i < THREAD_COUNT; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)(i + 1)), 0);
    for (size_t i = 0; i < THREAD_COUNT; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 64; i++)
        heap_free(atomic_exchange(&exchange[i], NULL));
    TEST_HEAP_OK();
}

static void figures_follow_the_heap(void **state)
{
    (void)state;
    heap_figures before, full, after;
    heap_figures_get(&before);
    void *block = heap_malloc(0, 20 * MIB);
    heap_figures_get(&full);
    assert_true(full.live_bytes >= before.live_bytes + 20 * MIB && full.resident_bytes >= full.live_bytes);
    heap_free(block);
    pymm_give_back();
    heap_figures_get(&after);
    assert_true(after.live_bytes < full.live_bytes - 19 * MIB);
    size_t reserved_bytes = test_stats()->reserved_bytes; /* of units; their headers and bins are reserved beside them */
    assert_true(after.unused_bytes <= reserved_bytes + reserved_bytes / 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spare_slots_go_back_when_asked), /* first: there are none yet */
        cmocka_unit_test(every_size_is_served_and_told_of_when_it_ends),
        cmocka_unit_test(no_other_block_is_ever_told_of),
        cmocka_unit_test(statistics_and_walks_count_them),
        cmocka_unit_test(resizing_one_is_the_samplers_affair),
        cmocka_unit_test(large_blocks_can_be_marked_later),
        cmocka_unit_test(in_place_means_in_place),
        cmocka_unit_test(freed_twice_is_refused),
        cmocka_unit_test(threads_free_each_others),
        cmocka_unit_test(figures_follow_the_heap),
    };
    return cmocka_run_group_tests(tests, set_sampler, NULL);
}
