/* test_fail.c: failures on demand: which calls fail, what is counted, putting the tables on and taking them off.
 *
 * Owns: what hook.h says of hook_fail_*. Does not own: PYMM_FAIL and whole programs (tests/oom). Read first: src/hook/hook.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "../unit/support.h"
#include "domain/domain.h"
#include "hook/hook.h"

enum { ALL = 7 };

static int tear_down(void **state)
{
    (void)state;
    hook_fail_stop();
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        domain_set(domain, pymm_allocator_get((enum pymm_domain)domain));
    return 0;
}

/* Six calls that ask for memory, in three domains, and the frees. Bit i of the result: call i got it. */
static unsigned six_calls(void)
{
    void *a = domain_malloc(0, 10), *b = domain_calloc(1, 2, 10), *c = domain_realloc(2, NULL, 10);
    void *d = domain_realloc(0, a, 100), *e = domain_malloc(1, 0), *f = domain_calloc(2, 1, 70000);
    domain_free(0, d != NULL ? d : a);
    domain_free(0, NULL);
    domain_free(1, b);
    domain_free(1, e);
    domain_free(2, c);
    domain_free(2, f);
    return (a != NULL) | (unsigned)(b != NULL) << 1 | (unsigned)(c != NULL) << 2 | (unsigned)(d != NULL) << 3 |
           (unsigned)(e != NULL) << 4 | (unsigned)(f != NULL) << 5;
}

static void the_chosen_calls_fail(void **state)
{
    (void)state;
    size_t live = test_live_count();
    for (size_t spared = 0; spared < 8; spared++) {
        assert_int_equal(hook_fail_start(ALL, spared, false), 0);
        assert_int_equal(six_calls(), ((1u << spared) - 1) & 63);
        assert_int_equal(hook_fail_count(), 6);
        assert_int_equal(hook_fail_failed_count(), spared < 6 ? 6 - spared : 0);
        assert_int_equal(hook_fail_start(ALL, spared, true), 0);
        assert_int_equal(six_calls(), 63 & ~(1u << spared));
        assert_int_equal(hook_fail_failed_count(), spared < 6);
        hook_fail_stop();
        assert_int_equal(six_calls(), 63);
        assert_int_equal(hook_fail_count(), 6);
    }
    assert_int_equal(test_live_count(), live);
}

static void a_failed_resize_leaves_the_block(void **state)
{
    (void)state;
    char *block = domain_malloc(1, 10);
    memset(block, 5, 10);
    assert_int_equal(hook_fail_start(ALL, 0, false), 0);
    assert_null(domain_realloc(1, block, 1000));
    assert_true(block[0] == 5 && block[9] == 5);
    domain_free(1, block);
}

static void domains_are_chosen_by_bits(void **state)
{
    (void)state;
    assert_int_equal(hook_fail_start(1u << 1, 0, false), 0);
    assert_int_equal(six_calls(), 63 & ~(1u << 1 | 1u << 4));
    assert_int_equal(hook_fail_count(), 2);
}

static void tables_are_taken_off_where_nothing_is_above(void **state)
{
    (void)state;
    const pymm_allocator *base = domain_active(1);
    assert_int_equal(hook_fail_start(ALL, 3, true), 0);
    const pymm_allocator *failing = domain_active(1);
    assert_ptr_not_equal(failing, base);
    assert_ptr_equal(hook_fail_inner(failing)->malloc, base->malloc);
    assert_ptr_equal(hook_fail_inner(base), base);
    assert_int_equal(hook_fail_start(ALL, 3, true), 0);
    assert_ptr_equal(domain_active(1), failing);
    assert_int_equal(hook_debug_install(1), 0);
    hook_fail_stop();
    assert_ptr_equal(hook_debug_inner(domain_active(1))->malloc, failing->malloc);
    assert_int_equal(six_calls(), 63);
    domain_set(1, base);
    assert_ptr_equal(domain_active(0), pymm_allocator_get(PYMM_DOMAIN_RAW));
    assert_int_equal(hook_fail_start(ALL, 0, false), 0);
    assert_ptr_equal(domain_active(1), failing);
}

static void covering_again_keeps_the_count(void **state)
{
    (void)state;
    assert_int_equal(hook_fail_start(ALL, 8, true), 0);
    six_calls();
    domain_set(0, pymm_allocator_get(PYMM_DOMAIN_RAW));
    assert_int_equal(hook_fail_cover(ALL), 0);
    assert_int_equal(hook_fail_count(), 6);
    assert_int_equal(six_calls(), 63 & ~(1u << 2));
}

/* Debug hooks above see an inner allocator that fails. */
static void debug_hooks_live_with_failures(void **state)
{
    (void)state;
    assert_int_equal(hook_fail_start(ALL, 0, false), 0);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        assert_int_equal(hook_debug_install(domain), 0);
    size_t live = test_live_count();
    for (size_t spared = 0; spared < 6; spared++) {
        assert_int_equal(hook_fail_start(0, spared, true), 0);
        assert_int_equal(six_calls(), 63 & ~(1u << spared));
    }
    assert_int_equal(test_live_count(), live);
}

static void *calling_thread(void *failed_count)
{
    size_t failed = 0;
    for (int i = 0; i < 20000; i++) {
        void *block = domain_malloc((unsigned)i % 3, 50);
        failed += block == NULL;
        domain_free((unsigned)i % 3, block);
    }
    *(size_t *)failed_count = failed;
    return NULL;
}

static void one_call_of_all_threads_fails(void **state)
{
    (void)state;
    assert_int_equal(hook_fail_start(ALL, 12345, true), 0);
    pthread_t threads[3];
    size_t failed[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, calling_thread, &failed[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failed[0] + failed[1] + failed[2], 1);
    assert_int_equal(hook_fail_count(), 60000);
    assert_int_equal(hook_fail_failed_count(), 1);
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_chosen_calls_fail, tear_down),
        cmocka_unit_test_teardown(a_failed_resize_leaves_the_block, tear_down),
        cmocka_unit_test_teardown(domains_are_chosen_by_bits, tear_down),
        cmocka_unit_test_teardown(tables_are_taken_off_where_nothing_is_above, tear_down),
        cmocka_unit_test_teardown(covering_again_keeps_the_count, tear_down),
        cmocka_unit_test_teardown(debug_hooks_live_with_failures, tear_down),
        cmocka_unit_test_teardown(one_call_of_all_threads_fails, tear_down),
    };
    return cmocka_run_group_tests_name("fail", tests, NULL, NULL);
}
