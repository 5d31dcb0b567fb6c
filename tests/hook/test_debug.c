/* test_debug.c: the debug hooks from within: the layout of a block, its fill bytes, what an inner allocator gets to see,
 * blocks from before the hooks, installing. Linked a second time with hooks that number the calls (PYMEM_DEBUG_SERIALNO).
 *
 * Owns: what each rule of hook.h and debug_internal.h says of blocks that nobody misuses. Does not own: misuse
 * (test_debug_report.c, tests/death). Read first: debug_support.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "debug_support.h"

static void blocks_are_laid_out_as_documented(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 16, 100, 511, 70000, 300000};
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char *p = domain_malloc(domain, sizes[i]);
            assert_int_equal(inner.bytes, sizes[i] + 24 + 8 * DEBUG_HAS_SERIAL);
            check_layout(p, sizes[i], "rmo"[domain]);
            assert_true(is_filled(p, sizes[i], 0xCD));
            domain_free(domain, p);
            p = domain_calloc(domain, sizes[i], 1);
            assert_int_equal(inner.bytes, sizes[i] + 24 + 8 * DEBUG_HAS_SERIAL);
            assert_int_equal(inner.item_count, 1);
            check_layout(p, sizes[i], "rmo"[domain]);
            assert_true(is_filled(p, sizes[i], 0));
            domain_free(domain, p);
        }
}

static void freed_bytes_are_dead_before_they_go(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 16, 1000, 60000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *p = domain_malloc(2, sizes[i]);
        memset(p, 'x', sizes[i]);
        inner.look_bytes = sizes[i] + DEBUG_EXTRA_BYTES;
        domain_free(2, p);
        assert_true(is_filled(inner.seen, inner.look_bytes, 0xDD));
    }
    int before = inner.free_count;
    domain_free(2, NULL);
    assert_int_equal(inner.free_count, before);
}

static void resizing_erases_restores_and_fills(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 60, 64, 65, 100, 127, 128, 129, 200, 1000, 20000, 50000, 200000};
    const size_t count = sizeof sizes / sizeof *sizes;
    for (size_t i = 0; i < count * count * 2; i++) {
        size_t old_bytes = sizes[i % count], bytes = sizes[i / count % count];
        inner.is_moving = i / count / count != 0;
        unsigned char *p = domain_malloc(1, old_bytes), *old = p;
        number(p, old_bytes);
        inner.look_bytes = base_min(old_bytes, 60000) + 16;
        p = domain_realloc(1, p, bytes);
        size_t whole = old_bytes <= 128 ? old_bytes : 64;
        assert_true(is_filled(inner.seen, 16 + whole, 0xDD));
        if (old_bytes > 128 && old_bytes < 60000) {
            assert_true(is_filled(inner.seen + 16 + old_bytes - 64, 64, 0xDD));
            assert_true(memcmp(inner.seen + 16 + 64, (unsigned char[]){(64 * 7) & 0xff}, 1) == 0);
        }
        check_layout(p, bytes, 'm');
        assert_true(is_numbered(p, base_min(old_bytes, bytes)));
        if (bytes > old_bytes)
            assert_true(is_filled(p + old_bytes, bytes - old_bytes, 0xCD));
        size_t room = pymm_usable_size(p - 16) - 16;
        size_t end = base_min(old_bytes + DEBUG_EXTRA_BYTES - 16, room), from = bytes + DEBUG_EXTRA_BYTES - 16;
        if (p == old && end > from)
            assert_true(is_filled(p + from, end - from, 0xDD));
        domain_free(1, p);
    }
    inner.is_moving = false;
}

static void a_refused_resize_leaves_the_block(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 5, 64, 128, 129, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < 2; k++) {
            unsigned char *p = domain_malloc(0, sizes[i]);
            number(p, sizes[i]);
            size_t serial = DEBUG_HAS_SERIAL ? serial_of(p, sizes[i]) : 0;
            inner.is_refusing = true;
            inner.look_bytes = 0;
            assert_null(domain_realloc(0, p, k == 0 ? sizes[i] * 2 + 1 : sizes[i] / 2));
            inner.is_refusing = false;
            check_layout(p, sizes[i], 'r');
            assert_true(is_numbered(p, sizes[i]));
            assert_true(!DEBUG_HAS_SERIAL || serial == serial_of(p, sizes[i]));
            domain_free(0, p);
        }
    inner.is_refusing = true;
    assert_null(domain_malloc(1, 10));
    assert_null(domain_calloc(1, 10, 10));
    assert_null(domain_realloc(1, NULL, 10));
    inner.is_refusing = false;
}

static void impossible_sizes_do_not_reach_the_inner_allocator(void **state)
{
    (void)state;
    unsigned char *p = domain_malloc(1, 10);
    const pymm_allocator *table = domain_active(1);
    int calls = inner.malloc_count + inner.calloc_count + inner.realloc_count;
    for (size_t bytes = (size_t)PTRDIFF_MAX - 23 - 8 * DEBUG_HAS_SERIAL; bytes <= (size_t)PTRDIFF_MAX; bytes++) {
        assert_null(domain_malloc(1, bytes));
        assert_null(domain_calloc(1, 1, bytes));
        assert_null(domain_realloc(1, p, bytes));
        assert_null(domain_realloc(1, NULL, bytes));
    }
    assert_null(table->calloc(table->ctx, (size_t)1 << 62, 8));
    assert_int_equal(inner.malloc_count + inner.calloc_count + inner.realloc_count, calls);
    assert_null(domain_malloc(1, (size_t)PTRDIFF_MAX - 24 - 8 * DEBUG_HAS_SERIAL));
    assert_int_equal(inner.malloc_count, 2);
    check_layout(p, 10, 'm');
    domain_free(1, p);
}

static void serial_numbers_count_the_calls(void **state)
{
    (void)state;
    if (!DEBUG_HAS_SERIAL)
        return;
    unsigned char *p = domain_malloc(1, 10);
    size_t serial = serial_of(p, 10);
    unsigned char *q = domain_calloc(0, 3, 5);
    assert_int_equal(serial_of(q, 15), serial + 1);
    inner.look_bytes = 10 + DEBUG_EXTRA_BYTES;
    p = domain_realloc(1, p, 100);
    assert_true(is_filled(inner.seen, inner.look_bytes, 0xDD));
    assert_int_equal(serial_of(p, 100), serial + 2);
    p[100] = 1;
    run_child(free_mem, p);
    char line[100];
    snprintf(line, sizeof line, "    The block was made by call #%zu to debug malloc/realloc.\n    Data at p: ", serial + 2);
    assert_said(line);
    p[100] = 0xFD;
    domain_free(1, p);
    domain_free(0, q);
}

static void blocks_from_before_are_let_through(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 16, 100, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *p = heap_malloc(1, sizes[i]), *q = heap_malloc(1, sizes[i]);
        size_t live = test_live_count();
        domain_free(1, p);
        assert_int_equal(test_live_count(), live - 1);
        number(q, sizes[i]);
        inner.is_refusing = true;
        assert_null(domain_realloc(1, q, sizes[i] * 2));
        inner.is_refusing = false;
        assert_true(is_numbered(q, sizes[i]));
        q = domain_realloc(1, q, sizes[i] * 2);
        check_layout(q, sizes[i] * 2, 'm');
        assert_true(is_numbered(q, sizes[i]));
        domain_free(1, q);
        assert_int_equal(test_live_count(), live - 2);
    }
    TEST_HEAP_OK();
}

/* An inner allocator that puts something in front: what the heap knows of a pointer says nothing then. */
static void *offset_malloc(void *ctx, size_t bytes)
{
    unsigned char *start = heap_malloc((unsigned)(uintptr_t)ctx, bytes + 32);
    return start == NULL ? NULL : start + 32;
}
static void *offset_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    unsigned char *start = heap_calloc((unsigned)(uintptr_t)ctx, 1, item_count * item_bytes + 32);
    return start == NULL ? NULL : start + 32;
}
static void *offset_realloc(void *ctx, void *block, size_t bytes)
{
    unsigned char *start = heap_realloc((unsigned)(uintptr_t)ctx, (unsigned char *)block - 32, bytes + 32);
    return start == NULL ? NULL : start + 32;
}
static void offset_free(void *ctx, void *block)
{
    (void)ctx;
    heap_free((unsigned char *)block - 32);
}

static void work(unsigned domain)
{
    for (size_t i = 0; i < 300; i++) {
        unsigned char *p = i % 2 ? domain_malloc(domain, i * 97) : domain_calloc(domain, i, 97);
        number(p, i * 97);
        p = domain_realloc(domain, p, i * 300);
        assert_true(is_numbered(p, i * 97));
        p = domain_realloc(domain, p, i * 20);
        assert_true(is_numbered(p, i * 20));
        check_layout(p, i * 20, "rmo"[domain]);
        domain_free(domain, p);
    }
}

static void any_allocator_can_be_wrapped(void **state)
{
    (void)state;
    pymm_allocator offset = {(void *)1, offset_malloc, offset_calloc, offset_realloc, offset_free};
    const pymm_allocator *wrapped[] = {domain_libc_table(), &offset, domain_active(1)};
    for (size_t i = 0; i < sizeof wrapped / sizeof *wrapped; i++) {
        assert_int_equal(domain_set(1, wrapped[i]), 0);
        assert_int_equal(hook_debug_install(1), 0);
        work(1);
        unsigned char *p = domain_malloc(1, 200);
        ASSERT_DEATH(free_twice, p, "_PyMem_DebugRawFree: block freed twice");
        p[200] = 0;
        ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad trailing pad byte");
        p[200] = 0xFD;
        domain_free(1, p);
    }
    TEST_HEAP_OK();
}

static void installing_twice_is_installing_once(void **state)
{
    (void)state;
    const pymm_allocator *table = domain_active(1);
    assert_true(hook_debug_is_installed(1));
    assert_int_equal(hook_debug_install(1), 0);
    assert_ptr_equal(domain_active(1), table);
    assert_ptr_equal(hook_debug_inner(table)->malloc, inner_malloc);
    assert_ptr_equal(hook_debug_inner(domain_libc_table()), domain_libc_table());
    domain_set(1, hook_debug_inner(table));
    assert_false(hook_debug_is_installed(1));
    assert_int_equal(hook_debug_install(1), 0);
    assert_ptr_equal(domain_active(1), table);
    assert_int_equal(hook_debug_install(3), -1);
    assert_false(hook_debug_is_installed(3));
    unsigned char *p = domain_malloc(1, 10);
    assert_int_equal(inner.malloc_count, 1);
    domain_free(1, p);
}

/* Below tracing and failures the hooks are still in force, and are not put on once more. */
static void other_hooks_above_are_seen_through(void **state)
{
    (void)state;
    unsigned char *before = domain_malloc(1, 50);
    assert_int_equal(hook_trace_start(1), 0);
    assert_int_equal(hook_fail_start(1u << 1, 1000000, true), 0);
    const pymm_allocator *top = domain_active(1);
    assert_true(hook_debug_is_installed(1));
    assert_int_equal(hook_debug_install(1), 0);
    assert_ptr_equal(domain_active(1), top);
    domain_free(1, before);
    work(1);
    hook_fail_stop();
    hook_trace_stop();
    assert_ptr_equal(hook_debug_inner(domain_active(1))->malloc, inner_malloc);
}

/* Hooks come while other threads allocate and hold blocks from before. What was made under hooks must be freed under them, so
 * they are taken off again between rounds only. */
static atomic_bool is_over;

static void *busy_thread(void *seed)
{
    uint64_t random = (uintptr_t)seed;
    void *held[64] = {NULL};
    while (!atomic_load(&is_over)) {
        size_t k = test_random_below(&random, 64), bytes = test_random_below(&random, 3000);
        unsigned domain = (unsigned)(k % PYMM_DOMAIN_COUNT);
        if (held[k] == NULL) {
            held[k] = domain_malloc(domain, bytes);
            memset(held[k], 1, bytes);
        } else if (bytes % 2) {
            held[k] = domain_realloc(domain, held[k], bytes);
        } else {
            domain_free(domain, held[k]);
            held[k] = NULL;
        }
    }
    for (size_t k = 0; k < 64; k++)
        domain_free((unsigned)(k % PYMM_DOMAIN_COUNT), held[k]);
    return NULL;
}

static void hooks_can_be_installed_while_others_allocate(void **state)
{
    (void)state;
    size_t live = test_live_count();
    for (int round = 0; round < 20; round++) {
        tear_down(NULL);
        pthread_t threads[3];
        atomic_store(&is_over, false);
        for (uintptr_t i = 0; i < 3; i++)
            pthread_create(&threads[i], NULL, busy_thread, (void *)(i + 100 * (uintptr_t)round));
        usleep(2000);
        for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
            assert_int_equal(hook_debug_install(domain), 0);
        usleep(5000);
        atomic_store(&is_over, true);
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
    }
    assert_int_equal(test_live_count(), live);
    TEST_HEAP_OK();
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        DEBUG_TEST(blocks_are_laid_out_as_documented),
        DEBUG_TEST(freed_bytes_are_dead_before_they_go),
        DEBUG_TEST(resizing_erases_restores_and_fills),
        DEBUG_TEST(a_refused_resize_leaves_the_block),
        DEBUG_TEST(impossible_sizes_do_not_reach_the_inner_allocator),
        DEBUG_TEST(serial_numbers_count_the_calls),
        DEBUG_TEST(blocks_from_before_are_let_through),
        DEBUG_TEST(any_allocator_can_be_wrapped),
        DEBUG_TEST(installing_twice_is_installing_once),
        DEBUG_TEST(other_hooks_above_are_seen_through),
        DEBUG_TEST(hooks_can_be_installed_while_others_allocate),
    };
    return cmocka_run_group_tests_name("debug", tests, NULL, NULL);
}
