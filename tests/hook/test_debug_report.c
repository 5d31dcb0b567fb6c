/* test_debug_report.c: what the debug hooks find, in which order, and what they call it. Linked a second time with hooks that
 * number the calls (PYMEM_DEBUG_SERIALNO).
 *
 * Owns: each kind of wound and of strange pointer, and what a report shows of a block. Does not own: whole reports as a user
 * sees them (tests/death). Read first: debug_support.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "debug_support.h"

/* In a block with several wounds the first in this order is named. */
static void checks_have_an_order(void **state)
{
    (void)state;
    unsigned char *p = domain_malloc(1, 10);
    p[10] = 0;
    ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad trailing pad byte");
    ASSERT_DEATH(resize_mem, p, "_PyMem_DebugRawRealloc: bad trailing pad byte");
    p[-16] = 0x40;
    ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad size");
    assert_said("    No block has that many bytes here: the trailing pad bytes are not read.\n");
    p[-7] = 0;
    ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad leading pad byte");
    assert_said("        at p-7: 0x00 *** OUCH\n        at p-6: 0xfd\n");
    p[-16] = 0;
    ASSERT_DEATH(free_raw, p, "_PyMem_DebugRawFree: bad ID: Allocated using API 'm', verified using API 'r'");
    p[-8] = 'z';
    ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad ID: Allocated using API 'z', verified using API 'm'");
    p[-8] = 'm';
    p[-7] = p[10] = 0xFD;
    for (int i = 1; i < 8; i++) {
        p[-i] ^= 1;
        ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad leading pad byte");
        p[-i] ^= 1;
        p[9 + i] ^= 1;
        ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad trailing pad byte");
        p[9 + i] ^= 1;
    }
    p[17] ^= 1;
    ASSERT_DEATH(free_mem, p, "_PyMem_DebugRawFree: bad trailing pad byte");
    p[17] ^= 1;
    domain_free(1, p);
}

static void data_is_shown_at_both_ends(void **state)
{
    (void)state;
    static const struct {
        size_t bytes;
        const char *line;
    } cases[] = {{0, "tail+7: 0xfd\n"},
                 {1, "    Data at p: 00\n"},
                 {16, "    Data at p: 00 07 0e 15 1c 23 2a 31 38 3f 46 4d 54 5b 62 69\n"},
                 {17, "    Data at p: 00 07 0e 15 1c 23 2a 31 ... 3f 46 4d 54 5b 62 69 70\n"},
                 {100, "    Data at p: 00 07 0e 15 1c 23 2a 31 ... 84 8b 92 99 a0 a7 ae b5\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char *p = domain_malloc(1, cases[i].bytes);
        number(p, cases[i].bytes);
        p[cases[i].bytes] = 1;
        run_child(free_mem, p);
        assert_said(cases[i].line);
        assert_true(cases[i].bytes != 0 || strstr(said, "Data at p") == NULL);
        p[cases[i].bytes] = 0xFD;
        domain_free(1, p);
    }
}

/* So many blocks that the hooks no longer remember this one. */
static void free_twice_long_ago(void *p)
{
    static void *others[30000];
    for (size_t i = 0; i < 30000; i++)
        others[i] = domain_malloc(1, 5000);
    domain_free(1, p);
    for (size_t i = 0; i < 30000; i++)
        domain_free(1, others[i]);
    domain_free(1, p);
}

static void free_twice_after_give_back(void *p)
{
    domain_free(1, p);
    pymm_give_back();
    domain_free(1, p);
}

static void resize_after_free(void *p)
{
    domain_free(1, p);
    domain_realloc(1, p, 1000);
}

static void *freeing_thread(void *p)
{
    domain_free(1, p);
    return NULL;
}

static void free_twice_in_threads(void *p)
{
    pthread_t thread;
    pthread_create(&thread, NULL, freeing_thread, p);
    pthread_join(thread, NULL);
    domain_free(1, p);
}

static void blocks_freed_twice_are_called_that(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 5000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *p = domain_malloc(1, sizes[i]);
        ASSERT_DEATH(free_twice, p, "_PyMem_DebugRawFree: block freed twice");
        assert_said("    block freed twice: it is not read, since its memory may be gone.\n");
        ASSERT_DEATH(free_twice_after_give_back, p, "_PyMem_DebugRawFree: block freed twice");
        ASSERT_DEATH(free_twice_in_threads, p, "_PyMem_DebugRawFree: block freed twice");
        ASSERT_DEATH(resize_after_free, p, "_PyMem_DebugRawRealloc: block resized after it was freed");
        domain_free(1, p);
    }
    if (TEST_TSAN)
        return;
    unsigned char *p = domain_malloc(1, 100), *q = domain_malloc(1, 100);
    ASSERT_DEATH(free_twice_long_ago, p, "_PyMem_DebugRawFree: block freed twice");
    domain_free(1, p);
    domain_free(1, q);
}

/* The slot belongs to somebody else: the second free takes that one's block away, who is told when it frees it. */
static void free_twice_after_reuse(void *p)
{
    domain_free(1, p);
    void *other;
    do
        other = domain_malloc(1, 100);
    while (other != p);
    domain_free(1, p);
    domain_free(1, other);
}

static void a_reused_slot_hides_a_double_free_once(void **state)
{
    (void)state;
    unsigned char *p = domain_malloc(1, 100);
    ASSERT_DEATH(free_twice_after_reuse, p, "_PyMem_DebugRawFree: block freed twice");
    domain_free(1, p);
}

static void strange_pointers_are_told_apart(void **state)
{
    (void)state;
    static char in_data[256];
    unsigned char *p = domain_malloc(1, 1000), *large = domain_malloc(1, 100000);
    ASSERT_DEATH(free_mem, in_data + 128, "_PyMem_DebugRawFree: not a block of this allocator");
    ASSERT_DEATH(free_mem, (void *)(uintptr_t)0x10, "_PyMem_DebugRawFree: not a block of this allocator");
    ASSERT_DEATH(resize_mem, in_data + 128, "_PyMem_DebugRawRealloc: not a block of this allocator");
    ASSERT_DEATH(free_mem, p + 512, "_PyMem_DebugRawFree: not the start of a block");
    ASSERT_DEATH(free_mem, large + 50000, "_PyMem_DebugRawFree: block freed before, or not the start of a block");
    unsigned char *unhooked = heap_malloc(0, 50);
    ASSERT_DEATH(free_mem, unhooked,
                 "_PyMem_DebugRawFree: bad ID: Allocated using API 'r' without debug hooks, verified using API 'm'");
    heap_free(unhooked);
    domain_free(1, p);
    domain_free(1, large);
}

static void allocate_mem(void *p) { domain_malloc(1, p == NULL); }
static void calloc_obj(void *p) { domain_calloc(2, 1, p == NULL); }
static int gil_is_held = 1;
static int is_gil_held(void) { return gil_is_held; }
static void write_state(base_out *out) { base_out_print(out, "State of the host\n"); }

static void the_gil_is_checked_in_mem_and_obj(void **state)
{
    (void)state;
    static const hook_debug_host host = {is_gil_held, write_state};
    hook_debug_host_set(&host);
    unsigned char *p = domain_malloc(1, 10);
    gil_is_held = 0;
    const char *tail = ": Python memory allocator called without holding the GIL\nState of the host\n";
    static const struct {
        void (*act)(void *);
        const char *name;
    } cases[] = {{allocate_mem, "_PyMem_DebugMalloc"}, {calloc_obj, "_PyMem_DebugCalloc"},
                 {resize_mem, "_PyMem_DebugRealloc"}, {free_mem, "_PyMem_DebugFree"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_child(cases[i].act, p);
        char expected[200];
        snprintf(expected, sizeof expected, "Fatal Python error: %s%s", cases[i].name, tail);
        assert_string_equal(said, expected);
    }
    domain_free(0, domain_realloc(0, domain_malloc(0, 10), 20));
    domain_free(0, domain_calloc(0, 1, 20));
    gil_is_held = 1;
    domain_free(1, p);
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        DEBUG_TEST(checks_have_an_order),
        DEBUG_TEST(data_is_shown_at_both_ends),
        DEBUG_TEST(blocks_freed_twice_are_called_that),
        DEBUG_TEST(a_reused_slot_hides_a_double_free_once),
        DEBUG_TEST(strange_pointers_are_told_apart),
        DEBUG_TEST(the_gil_is_checked_in_mem_and_obj),
    };
    return cmocka_run_group_tests_name("debug_report", tests, NULL, NULL);
}
