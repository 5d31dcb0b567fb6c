/* heap_misuse.c: callers' mistakes that the heap notices are said on one line and do no harm.
 *
 * Owns: foreign pointers, addresses inside blocks, blocks freed twice. A mistake with a small block is noticed when the
 * thread's cache is emptied, so the tests empty it before anybody can get the slot again. The heap says no more than 50
 * lines in the life of a process; the tests before the last make do with fewer. Read first: src/heap/heap.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>

#include "support.h"

/* What is written to stderr between quiet_begin and quiet_end. */
static int saved_stderr, captured;
static char said[8192];

static void quiet_begin(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    captured = dup(fileno(file));
    fclose(file);
    saved_stderr = dup(STDERR_FILENO);
    dup2(captured, STDERR_FILENO);
}

static size_t quiet_end(void) /* returns the number of lines */
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    lseek(captured, 0, SEEK_SET);
    ssize_t bytes = read(captured, said, sizeof said - 1);
    close(captured);
    said[bytes < 0 ? 0 : bytes] = '\0';
    size_t lines = 0;
    for (const char *at = said; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

static void foreign_pointers_are_refused(void **state)
{
    (void)state;
    static char in_data[64];
    char on_stack[64];
    char *libc = malloc(64);
    void *foreign[] = {in_data, on_stack, libc + 16};
    memset(libc, 7, 64);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        quiet_begin();
        heap_free(foreign[i]);
        assert_int_equal(quiet_end(), 1);
        assert_memory_equal(said, "pymm: ", 6);
        quiet_begin();
        assert_null(heap_realloc(1, foreign[i], 100));
        assert_int_equal(quiet_end(), 1);
    }
    assert_true(libc[0] == 7 && libc[63] == 7);
    free(libc);
    TEST_HEAP_OK();
}

static size_t foreign_frees, foreign_reallocs;
static void foreign_free(unsigned domain, void *block)
{
    foreign_frees += domain == 2;
    free(block);
}

static void *foreign_realloc(unsigned domain, void *block, size_t bytes)
{
    foreign_reallocs += domain == 2;
    return realloc(block, bytes);
}

static void foreign_pointers_go_to_who_knows_them(void **state)
{
    (void)state;
    static const heap_foreign handlers = {foreign_free, foreign_realloc};
    heap_foreign_set(&handlers);
    quiet_begin();
    char *block = malloc(50);
    block[49] = 9;
    block = heap_realloc(2, block, 5000);
    assert_true(block[49] == 9);
    heap_free_in(2, block);
    heap_free_in(2, NULL);
    assert_int_equal(quiet_end(), 0);
    assert_true(foreign_frees == 1 && foreign_reallocs == 1);
    heap_foreign_set(NULL);
}

static void large_blocks_are_freed_once_and_at_their_start(void **state)
{
    (void)state;
    unsigned char *block = heap_malloc(0, 1000000), *other = heap_malloc(0, 1000000);
    test_fill(block, 1000000, 1);
    size_t live = test_live_count();
    static const size_t offsets[] = {16, 65536 * 3};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        quiet_begin();
        heap_free(block + offsets[i]);
        assert_null(heap_realloc(0, block + offsets[i], 2000000));
        assert_int_equal(quiet_end(), 2);
        assert_int_equal(pymm_usable_size(block + offsets[i]), 0);
    }
    assert_int_equal(test_live_count(), live);
    assert_true(test_holds(block, 1000000, 1000000, 1));
    heap_free(other);
    quiet_begin();
    heap_free(other);
    assert_null(heap_realloc(0, other, 100));
    assert_int_equal(quiet_end(), 2);
    heap_free(block);
    assert_int_equal(test_live_count(), live - 2);
    TEST_HEAP_OK();
}

static void addresses_never_used_are_refused(void **state)
{
    (void)state;
    unsigned char *block = heap_malloc(0, 100);
    size_t lines = 0;
    for (int shift = 30; shift < 39; shift += 3) {
        quiet_begin();
        heap_free(block + ((size_t)1 << shift)); /* most lie in what the heap has reserved and not committed */
        lines += quiet_end();
    }
    assert_true(lines <= 3);
    heap_free(block);
    TEST_HEAP_OK();
}

static void small_blocks_are_freed_once_and_at_their_start(void **state)
{
    (void)state;
    static const size_t sizes[] = {112, 5000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        unsigned char *first = heap_malloc(1, sizes[s]), *second = heap_malloc(1, sizes[s]);
        test_fill_range(second, 0, sizes[s], s);
        size_t live = test_live_count();
        quiet_begin();
        heap_free(first + 8);
        heap_thread_release();
        assert_true(quiet_end() >= 1);
        assert_int_equal(test_live_count(), live);
        heap_free(first);
        heap_thread_release();
        assert_int_equal(test_live_count(), live - 1);
        quiet_begin();
        heap_free(first);
        heap_thread_release();
        assert_true(quiet_end() >= 1);
        assert_int_equal(test_live_count(), live - 1);
        assert_true(test_range_is(second, 0, sizes[s], s));
        heap_free(second);
        TEST_HEAP_OK();
    }
}

/* Behind the last slot of a slab there may be room that is no slot. */
static void the_rest_of_a_slab_is_no_block(void **state)
{
    (void)state;
    static const size_t sizes[] = {16, 48, 5000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        char *block = heap_malloc(1, sizes[s]);
        size_t slab_bytes = base_max((size_t)1 << HEAP_UNIT_SHIFT, sizes[s] <= 1024 ? 0 : 65536), live = test_live_count();
        char *rest = block - (uintptr_t)block % slab_bytes + slab_bytes - HEAP_ALIGN_BYTES;
        quiet_begin();
        heap_free(rest);
        heap_thread_release();
        assert_true(quiet_end() >= 1);
        assert_int_equal(test_live_count(), live);
        heap_free(block);
        TEST_HEAP_OK();
    }
}

/* An address that no block can have is refused at once; others inside a block only when the slot goes back to its slab. */
static void addresses_without_alignment(void **state)
{
    (void)state;
    char *block = heap_malloc(2, 200);
    size_t live = test_live_count();
    for (size_t i = 1; i < 16; i += 7) {
        quiet_begin();
        heap_free(block + i);
        assert_null(heap_realloc(2, block + i, 4000));
        assert_int_equal(quiet_end(), 2);
    }
    assert_int_equal(test_live_count(), live);
    void *other = heap_malloc(2, 200);
    assert_int_equal((uintptr_t)other % 16, 0);
    heap_free(other);
    heap_free(block);
    TEST_HEAP_OK();
}

/* Twice in a row, the commonest way to free twice, is noticed at once: the slot is not handed out twice. */
static void a_block_freed_again_at_once(void **state)
{
    (void)state;
    static const size_t sizes[] = {48, 3000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        void *block = heap_malloc(2, sizes[s]);
        heap_free(block);
        quiet_begin();
        heap_free(block);
        assert_int_equal(quiet_end(), 1);
        assert_non_null(strstr(said, "freed twice"));
        void *one = heap_malloc(2, sizes[s]), *other = heap_malloc(2, sizes[s]);
        assert_ptr_not_equal(one, other);
        heap_free(one);
        heap_free(other);
        TEST_HEAP_OK();
    }
}

static void complaints_have_an_end(void **state)
{
    (void)state;
    static char in_data[64];
    quiet_begin();
    for (int i = 0; i < 1000; i++)
        heap_free(in_data + i % 64);
    assert_true(quiet_end() <= 50);
}

int main(void)
{
    TEST_REQUIRE(heap_init() == 0, "no heap");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_pointers_are_refused),
        cmocka_unit_test(foreign_pointers_go_to_who_knows_them),
        cmocka_unit_test(large_blocks_are_freed_once_and_at_their_start),
        cmocka_unit_test(addresses_never_used_are_refused),
        cmocka_unit_test(the_rest_of_a_slab_is_no_block),
        cmocka_unit_test(small_blocks_are_freed_once_and_at_their_start),
        cmocka_unit_test(addresses_without_alignment),
        cmocka_unit_test(a_block_freed_again_at_once),
        cmocka_unit_test(complaints_have_an_end),
    };
    return cmocka_run_group_tests_name("heap_misuse", tests, NULL, NULL);
}
