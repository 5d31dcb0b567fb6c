/* domain.c: the tables of the three domains, as the Python/C API asks for them.
 *
 * Owns: pymm_allocator_get and what its functions promise beyond the heap's own tests. Read first: include/pymm.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

static const pymm_allocator *table_of(int domain)
{
    const pymm_allocator *table = pymm_allocator_get((enum pymm_domain)domain);
    assert_non_null(table);
    assert_true(table->malloc && table->calloc && table->realloc && table->free);
    return table;
}

static void each_domain_has_its_constant_table(void **state)
{
    (void)state;
    for (int d = 0; d < PYMM_DOMAIN_COUNT; d++) {
        assert_ptr_equal(table_of(d), table_of(d));
        for (int other = 0; other < d; other++)
            assert_ptr_not_equal(table_of(d), table_of(other));
    }
    assert_null(pymm_allocator_get((enum pymm_domain)PYMM_DOMAIN_COUNT));
    assert_null(pymm_allocator_get((enum pymm_domain)-1));
    assert_null(pymm_allocator_get((enum pymm_domain)1000));
}

/* Blocks of a table are the heap's, of that domain, and hold what the contract says. */
static void tables_reach_the_heap_in_their_domain(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 512, 513, 5000, 40000, 2000000};
    for (int d = 0; d < PYMM_DOMAIN_COUNT; d++) {
        const pymm_allocator *table = table_of(d);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            pymm_stats before = *test_stats();
            void *plain = table->malloc(table->ctx, sizes[s]);
            void *zeroed = table->calloc(table->ctx, sizes[s], 1);
            void *from_null = table->realloc(table->ctx, NULL, sizes[s]);
            assert_true(plain && zeroed && from_null);
            assert_true(plain != zeroed && zeroed != from_null && plain != from_null);
            assert_true(test_is_zero(zeroed, sizes[s]));
            pymm_stats *now = test_stats();
            for (int other = 0; other < PYMM_DOMAIN_COUNT; other++)
                assert_int_equal(now->block_count[other] - before.block_count[other], other == d ? 3 : 0);
            test_fill(plain, sizes[s], s);
            plain = table->realloc(table->ctx, plain, sizes[s] * 2 + 1);
            assert_non_null(plain);
            assert_true(test_holds(plain, sizes[s], sizes[s], s));
            plain = table->realloc(table->ctx, plain, 0);
            assert_non_null(plain);
            now = test_stats();
            assert_int_equal(now->block_count[d] - before.block_count[d], 3);
            table->free(table->ctx, plain);
            table->free(table->ctx, zeroed);
            table->free(table->ctx, from_null);
            table->free(table->ctx, NULL); /* hooks do see it */
            now = test_stats();
            assert_int_equal(now->block_count[d], before.block_count[d]);
        }
    }
    TEST_HEAP_OK();
}

static void impossible_requests_are_refused(void **state)
{
    (void)state;
    for (int d = 0; d < PYMM_DOMAIN_COUNT; d++) {
        const pymm_allocator *table = table_of(d);
        void *block = table->malloc(table->ctx, 100);
        test_fill(block, 100, 1);
        assert_null(table->malloc(table->ctx, (size_t)PTRDIFF_MAX + 1));
        assert_null(table->malloc(table->ctx, SIZE_MAX));
        assert_null(table->calloc(table->ctx, SIZE_MAX / 2, 3));
        assert_null(table->calloc(table->ctx, (size_t)PTRDIFF_MAX, 2));
        assert_null(table->realloc(table->ctx, block, SIZE_MAX));
        assert_null(table->realloc(table->ctx, NULL, SIZE_MAX));
        assert_true(test_holds(block, 100, 100, 1));
        table->free(table->ctx, block);
        void *empty = table->calloc(table->ctx, SIZE_MAX, 0);
        assert_non_null(empty);
        table->free(table->ctx, empty);
    }
    TEST_HEAP_OK();
}

static void version_is_the_headers(void **state)
{
    (void)state;
    assert_string_equal(pymm_version(), PYMM_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_domain_has_its_constant_table),
        cmocka_unit_test(tables_reach_the_heap_in_their_domain),
        cmocka_unit_test(impossible_requests_are_refused),
        cmocka_unit_test(version_is_the_headers),
    };
    return cmocka_run_group_tests_name("domain", tests, NULL, NULL);
}
