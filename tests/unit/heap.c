/* heap.c: what one thread sees of the heap: sizes, alignment, contents, refusals, ownership.
 *
 * Owns: the promises of heap/heap.h about single blocks. Walking and statistics are in heap_account.c, give-back in
 * heap_return.c, threads and fork in heap_thread.c. Read first: src/heap/heap.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

enum { WIDE = 70000 };
static const size_t KIB = 1024, MIB = 1024 * 1024;

static void zero_sizes_are_distinct_blocks(void **state)
{
    (void)state;
    enum { N = 300 };
    void *blocks[N];
    for (size_t i = 0; i < N; i++) {
        unsigned domain = (unsigned)(i % PYMM_DOMAIN_COUNT);
        switch (i % 5) {
        case 0: blocks[i] = heap_malloc(domain, 0); break;
        case 1: blocks[i] = heap_calloc(domain, 0, 0); break;
        case 2: blocks[i] = heap_calloc(domain, 0, 8); break;
        case 3: blocks[i] = heap_calloc(domain, SIZE_MAX, 0); break;
        default: blocks[i] = heap_realloc(domain, NULL, 0); break;
        }
        assert_non_null(blocks[i]);
        assert_true(pymm_owns(blocks[i]));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(blocks[i], blocks[k]);
    }
    TEST_HEAP_OK();
    for (size_t i = 0; i < N; i++)
        heap_free(blocks[i]);
    heap_free(NULL);
    TEST_HEAP_OK();
}

/* Comes first: of the two sizes nothing was allocated yet. */
static void a_rare_size_borrows_and_loses_little(void **state)
{
    (void)state;
    enum { N = 60 };
    void *larger[2], *rare[N];
    size_t lost_bytes = 0;
    for (size_t i = 0; i < 2; i++)
        larger[i] = heap_malloc(2, 960);
    for (size_t i = 0; i < N; i++) {
        rare[i] = heap_malloc(2, 608);
        lost_bytes += pymm_usable_size(rare[i]) - 608;
    }
    assert_true(PYMM_HOSTILE || lost_bytes >= 960 - 608);
    assert_true(lost_bytes <= 2048);
    for (size_t i = 0; i < N; i++)
        heap_free(rare[i]);
    for (size_t i = 0; i < 2; i++)
        heap_free(larger[i]);
    TEST_HEAP_OK();
}

static void every_size_is_aligned_usable_and_not_wasteful(void **state)
{
    (void)state;
    size_t small_bytes = 0, small_usable = 0;
    for (size_t bytes = 0; bytes <= WIDE; bytes++) {
        unsigned char *block = heap_malloc((unsigned)(bytes % 3), bytes);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        size_t usable = pymm_usable_size(block);
        assert_true(usable >= bytes);
        if (bytes <= 32 * KIB) {
            assert_true(usable <= 2 * bytes + 32); /* a rare size may borrow a slot of twice its class */
            small_bytes += bytes;
            small_usable += usable;
        }
        block[0] = 1;
        if (usable > 0)
            block[usable - 1] = 1;
        heap_free(block);
    }
    assert_true(small_usable <= small_bytes + small_bytes / 16);
    TEST_HEAP_OK();
}

/* Two blocks of each size live at once, all usable bytes written: neither may touch the other or a third. */
static void writing_all_usable_bytes_hurts_no_neighbour(void **state)
{
    (void)state;
    enum { N = 2600 };
    static void *blocks[N];
    static size_t usable[N];
    for (size_t i = 0; i < N; i++) {
        size_t bytes = i < 1100 ? i : 1100 + (i - 1100) * 47;
        blocks[i] = heap_malloc((unsigned)(i % 3), bytes);
        assert_non_null(blocks[i]);
        usable[i] = pymm_usable_size(blocks[i]);
        assert_true(usable[i] >= bytes);
        test_fill_range(blocks[i], 0, usable[i], i);
    }
    TEST_HEAP_OK();
    for (size_t i = 0; i < N; i++)
        assert_true(test_range_is(blocks[i], 0, usable[i], i));
    for (size_t i = 0; i < N; i += 2) /* free slots hold nothing of the heap's that a neighbour's write could hurt */
        heap_free(blocks[i]);
    TEST_HEAP_OK();
    for (size_t i = 1; i < N; i += 2) {
        assert_true(test_range_is(blocks[i], 0, usable[i], i));
        heap_free(blocks[i]);
    }
    TEST_HEAP_OK();
}

static void realloc_checked(void **block, unsigned domain, size_t *filled, uint64_t *seed, size_t bytes)
{
    void *moved = heap_realloc(domain, *block, bytes);
    assert_non_null(moved);
    assert_int_equal((uintptr_t)moved % 16, 0);
    assert_true(pymm_usable_size(moved) >= bytes);
    assert_true(test_range_is(moved, 0, *filled < bytes ? *filled : bytes, *seed));
    *block = moved;
    *filled = pymm_usable_size(moved);
    *seed += 1;
    test_fill_range(moved, 0, *filled, *seed);
}

/* Every class boundary is a multiple of 16 or close to one: walk over all of them by small steps, up and down. */
static void realloc_keeps_contents_over_every_class_boundary(void **state)
{
    (void)state;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        void *block = NULL;
        size_t filled = 0;
        uint64_t seed = domain;
        for (size_t bytes = 0; bytes <= 70 * KIB; bytes += bytes < 2 * KIB ? 1 : bytes / 97)
            realloc_checked(&block, domain, &filled, &seed, bytes);
        TEST_HEAP_OK();
        for (size_t bytes = 70 * KIB; bytes > 0; bytes -= bytes < 2 * KIB ? 1 : bytes / 89)
            realloc_checked(&block, domain, &filled, &seed, bytes);
        realloc_checked(&block, domain, &filled, &seed, 0);
        heap_free(block);
        TEST_HEAP_OK();
    }
}

static void realloc_jumps_keep_contents(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,     1,         15,         16,          17,       512,     1024,     1025,     4095,     4096,
                                   16384, 32 * 1024, 32769,      65535,       65536,    65537,   131072,   200000,   1048576,  4194303,
                                   4194304, 4194305, 9 * 1048576};
    enum { N = sizeof sizes / sizeof *sizes };
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            unsigned char *block = heap_malloc(1, sizes[i]);
            assert_non_null(block);
            size_t usable = pymm_usable_size(block);
            test_fill(block, usable, i);
            unsigned char *moved = heap_realloc(1, block, sizes[k]);
            assert_non_null(moved);
            assert_true(pymm_usable_size(moved) >= sizes[k]);
            assert_true(test_holds(moved, usable < sizes[k] ? usable : sizes[k], usable, i));
            test_fill(moved, pymm_usable_size(moved), k);
            heap_free(moved);
        }
    TEST_HEAP_OK();
}

static void realloc_to_zero_does_not_free(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 5000, 40000, 3000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t live = test_live_count();
        void *block = heap_malloc(2, sizes[i]);
        void *shrunk = heap_realloc(2, block, 0);
        assert_non_null(shrunk);
        assert_int_equal(test_live_count(), live + 1);
        assert_true(pymm_usable_size(shrunk) < 64 || PYMM_HOSTILE || sizes[i] < 64);
        void *grown = heap_realloc(2, shrunk, 300);
        assert_non_null(grown);
        heap_free(grown);
        assert_int_equal(test_live_count(), live);
    }
    TEST_HEAP_OK();
}

/* A shrunken block must not hold on to the memory of the old size. */
static void shrinking_gives_up_the_rest(void **state)
{
    (void)state;
    for (size_t bytes = 64; bytes <= 64 * MIB; bytes *= 4) {
        void *block = heap_malloc(0, bytes);
        assert_non_null(block);
        void *shrunk = heap_realloc(0, block, bytes / 4);
        assert_non_null(shrunk);
        assert_true(pymm_usable_size(shrunk) <= bytes / 2 + 64 * KIB);
        heap_free(shrunk);
    }
    TEST_HEAP_OK();
}

static void calloc_is_zero_after_dirty_reuse(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 16, 40, 100, 512, 1024, 3000, 8192, 20000, 32768, 32769, 65536, 100000, 1000000, 5000000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        enum { N = 24 };
        unsigned char *blocks[N];
        for (int round = 0; round < 4; round++) {
            for (size_t i = 0; i < N; i++) {
                blocks[i] = round == 0 ? heap_malloc(2, sizes[s]) : heap_calloc(2, i % 2 ? sizes[s] : 1, i % 2 ? 1 : sizes[s]);
                assert_non_null(blocks[i]);
                assert_true(round == 0 || test_is_zero(blocks[i], sizes[s]));
                memset(blocks[i], 0xA5, pymm_usable_size(blocks[i]));
            }
            for (size_t i = 0; i < N; i++)
                heap_free(blocks[(i * 7) % N]);
            if (round == 1)
                pymm_give_back();
        }
    }
    TEST_HEAP_OK();
}

/* Blocks of one size freed dirty, their memory coming back as another size: zero all the same. */
static void calloc_is_zero_after_reuse_as_another_size(void **state)
{
    (void)state;
    enum { N = 64 };
    unsigned char *blocks[N];
    uint64_t random = 7;
    for (int round = 0; round < 40; round++) {
        size_t bytes = test_random_below(&random, round % 2 ? 300 * KIB : 9 * KIB);
        for (size_t i = 0; i < N; i++) {
            blocks[i] = heap_calloc(0, bytes, 1);
            assert_non_null(blocks[i]);
            assert_true(test_is_zero(blocks[i], bytes));
            memset(blocks[i], 0x5A, pymm_usable_size(blocks[i]));
        }
        for (size_t i = 0; i < N; i++)
            heap_free(blocks[i]);
        if (round % 5 == 0)
            pymm_give_back();
    }
    TEST_HEAP_OK();
}

static void impossible_sizes_fail_and_leave_the_block(void **state)
{
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX - 4095, SIZE_MAX - 65535, SIZE_MAX / 2 + 2,
                                   (size_t)PTRDIFF_MAX + 1, (size_t)PTRDIFF_MAX, (size_t)PTRDIFF_MAX - 15, (size_t)PTRDIFF_MAX - 65535,
                                   (size_t)1 << 62, (size_t)1 << 56, (size_t)1 << 48, ((size_t)1 << 47) - 4096, (size_t)1 << 46, (size_t)1 << 44,
                                   (size_t)1 << 42};
    static const size_t held[] = {0, 100, 30000, 70000, 6000000};
    size_t live = test_live_count();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
            assert_null(heap_malloc(domain, sizes[i]));
            assert_null(heap_calloc(domain, 1, sizes[i]));
            assert_null(heap_calloc(domain, sizes[i], 1));
            assert_null(heap_realloc(domain, NULL, sizes[i]));
        }
        for (size_t h = 0; h < sizeof held / sizeof *held; h++) {
            void *block = heap_malloc(1, held[h]);
            size_t usable = pymm_usable_size(block);
            test_fill(block, usable, i);
            assert_null(heap_realloc(1, block, sizes[i]));
            assert_int_equal(pymm_usable_size(block), usable);
            assert_true(test_holds(block, usable, usable, i));
            heap_free(block);
        }
    }
    assert_int_equal(test_live_count(), live);
    TEST_HEAP_OK();
}

/* A request that is refused must not cost address space each time, or a program that asks often runs out of it. */
static void refused_requests_leave_no_trace(void **state)
{
    (void)state;
    assert_null(heap_malloc(0, (size_t)1 << 45));
    size_t reserved = test_stats()->reserved_bytes;
    for (int i = 0; i < 200; i++)
        for (int shift = 43; shift <= 47; shift++)
            assert_null(heap_malloc(0, (size_t)1 << shift));
    assert_true(test_stats()->reserved_bytes <= reserved);
    void *block = heap_malloc(0, 300 * MIB);
    assert_non_null(block);
    heap_free(block);
}

/* One terabyte may be more address space than there is or just as much; either way the heap stays whole. */
static void terabytes_fail_or_work_but_never_break(void **state)
{
    (void)state;
    for (int shift = 36; shift <= 41; shift++) {
        size_t live = test_live_count();
        unsigned char *block = heap_malloc(0, (size_t)1 << shift);
        if (block != NULL) {
            block[0] = 1;
            block[((size_t)1 << shift) - 1] = 1;
            TEST_HEAP_OK();
            heap_free(block);
        }
        assert_int_equal(test_live_count(), live);
        TEST_HEAP_OK();
        void *small = heap_malloc(0, 100);
        assert_non_null(small);
        heap_free(small);
    }
}

static void calloc_overflow_fails(void **state)
{
    (void)state;
    static const size_t pairs[][2] = {{SIZE_MAX, 2}, {2, SIZE_MAX}, {SIZE_MAX, SIZE_MAX}, {(size_t)1 << 32, (size_t)1 << 32},
                                      {((size_t)1 << 32) + 1, (size_t)1 << 32}, {(size_t)1 << 63, 2}, {SIZE_MAX / 16 + 1, 16},
                                      {SIZE_MAX / 3 + 1, 3}, {(size_t)PTRDIFF_MAX / 2 + 1, 2}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
            assert_null(heap_calloc(domain, pairs[i][0], pairs[i][1]));
    TEST_HEAP_OK();
}

/* The classic growing buffer, in both ways of growing; contents are checked whole at every step. */
static void growth_keeps_contents(unsigned char *(*grow)(unsigned char *, size_t), size_t last)
{
    unsigned char *block = heap_malloc(2, KIB);
    assert_non_null(block);
    test_fill_range(block, 0, KIB, 99);
    size_t bytes = KIB;
    while (bytes < last) {
        block = grow(block, bytes * 2);
        assert_non_null(block);
        assert_true(pymm_usable_size(block) >= bytes * 2);
        assert_true(test_range_is(block, 0, bytes, 99));
        test_fill_range(block, bytes, bytes * 2, 99);
        bytes *= 2;
    }
    TEST_HEAP_OK();
    while (bytes > KIB) {
        bytes /= 2;
        block = heap_realloc(2, block, bytes);
        assert_non_null(block);
        assert_true(test_range_is(block, 0, bytes, 99));
    }
    heap_free(block);
    TEST_HEAP_OK();
}

static unsigned char *grow_freely(unsigned char *block, size_t bytes)
{
    return heap_realloc(2, block, bytes);
}

static unsigned char *grow_hemmed_in(unsigned char *block, size_t bytes)
{
    static void *hedge;
    heap_free(hedge);
    hedge = heap_malloc(2, 70 * 1024); /* takes the place behind or before, so that the block has to move */
    return heap_realloc(2, block, bytes);
}

static void large_blocks_grow_with_their_contents(void **state)
{
    (void)state;
    growth_keeps_contents(grow_freely, 256 * MIB);
    growth_keeps_contents(grow_hemmed_in, 64 * MIB);
}

static void large_block_grows_in_small_steps(void **state)
{
    (void)state;
    void *block = NULL;
    size_t filled = 0;
    uint64_t seed = 1;
    for (size_t bytes = 33 * KIB; bytes < 6 * MIB; bytes += bytes / 16 + 1)
        realloc_checked(&block, 1, &filled, &seed, bytes);
    heap_free(block);
    TEST_HEAP_OK();
}

static int counted_static;
static void foreign_pointers_are_not_owned(void **state)
{
    (void)state;
    int on_stack = 0;
    void *own = heap_malloc(0, 100), *large = heap_malloc(0, 10 * MIB), *libc = malloc(100), *libc_large = malloc(3 * MIB);
    void *mapped = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const void *foreign[] = {NULL, &on_stack, &counted_static, libc, libc_large, mapped, (void *)1, (void *)16, (void *)4096,
                             (void *)UINTPTR_MAX, (void *)(UINTPTR_MAX - 65535), (void *)((uintptr_t)1 << 47), (void *)((uintptr_t)1 << 63),
                             (void *)(uintptr_t)&foreign_pointers_are_not_owned, (void *)0x123456789000};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        assert_false(pymm_owns(foreign[i]));
        assert_int_equal(pymm_usable_size(foreign[i]), 0);
    }
    assert_true(pymm_owns(own));
    assert_true(pymm_owns((char *)own + 50));
    assert_true(pymm_owns(large));
    assert_true(pymm_owns((char *)large + 9 * MIB));
    for (int shift = 23; shift < 46; shift++) { /* places the heap may have reserved and never used: nothing is read there */
        (void)pymm_owns((char *)own + ((size_t)1 << shift));
        (void)pymm_owns((char *)own - ((size_t)1 << shift));
        if (shift > 30) {
            assert_int_equal(pymm_usable_size((char *)own + ((size_t)1 << shift)), 0);
            assert_int_equal(pymm_usable_size((char *)own - ((size_t)1 << shift)), 0);
        }
    }
    munmap(mapped, 65536);
    free(libc);
    free(libc_large);
    heap_free(own);
    heap_free(large);
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rare_size_borrows_and_loses_little),
        cmocka_unit_test(zero_sizes_are_distinct_blocks),
        cmocka_unit_test(every_size_is_aligned_usable_and_not_wasteful),
        cmocka_unit_test(writing_all_usable_bytes_hurts_no_neighbour),
        cmocka_unit_test(realloc_keeps_contents_over_every_class_boundary),
        cmocka_unit_test(realloc_jumps_keep_contents),
        cmocka_unit_test(realloc_to_zero_does_not_free),
        cmocka_unit_test(shrinking_gives_up_the_rest),
        cmocka_unit_test(calloc_is_zero_after_dirty_reuse),
        cmocka_unit_test(calloc_is_zero_after_reuse_as_another_size),
        cmocka_unit_test(impossible_sizes_fail_and_leave_the_block),
        cmocka_unit_test(refused_requests_leave_no_trace),
        cmocka_unit_test(terabytes_fail_or_work_but_never_break),
        cmocka_unit_test(calloc_overflow_fails),
        cmocka_unit_test(large_blocks_grow_with_their_contents),
        cmocka_unit_test(large_block_grows_in_small_steps),
        cmocka_unit_test(foreign_pointers_are_not_owned),
    };
    return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
