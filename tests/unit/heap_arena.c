/* heap_arena.c: slabs in memory that a source of the program's supplies: at any alignment, until it runs out, and back again.
 *
 * The source here is a table of pieces cut from large maps, so that every address, size and order can be checked: what goes
 * back must be what was given, once. Owns: promises of heap_arena_source_set. Read first: src/heap/heap.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "support.h"

enum { PIECE_COUNT = 512, BLOCK_COUNT = PYMM_HOSTILE ? 6000 : 20000 }; /* a hostile slab has two slots */

typedef struct source_state {
    char *pieces[PIECE_COUNT]; /* NULL: not given out */
    size_t piece_limit;        /* so many at once, then NULL */
    size_t offset_bytes;       /* added to a page boundary */
    bool allocates;            /* the source itself uses the heap */
    pthread_mutex_t lock;
    size_t given_count, returned_count, held_count;
    void *kept[4];
} source_state;

static void *source_alloc(void *ctx, size_t bytes)
{
    source_state *state = ctx;
    if (state->allocates) { /* in each domain; and frees in the order that fills magazines */
        void *blocks[100];
        for (unsigned i = 0; i < 100; i++)
            TEST_REQUIRE((blocks[i] = heap_malloc(i % 3, 64)) != NULL, "no memory in the source");
        for (unsigned i = 0; i < 100; i++)
            heap_free(blocks[i]);
    }
    TEST_REQUIRE(bytes == HEAP_ARENA_BYTES, "an arena of %zu bytes", bytes);
    pthread_mutex_lock(&state->lock);
    void *start = NULL;
    for (size_t i = 0; i < state->piece_limit && start == NULL; i++) {
        if (state->pieces[i] != NULL)
            continue;
        char *map = mmap(NULL, bytes + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        TEST_REQUIRE(map != MAP_FAILED, "no memory");
        start = state->pieces[i] = map + state->offset_bytes;
        memset(start, 0xa5, bytes);
        state->given_count++;
        state->held_count++;
    }
    pthread_mutex_unlock(&state->lock);
    return start;
}

static void source_free(void *ctx, void *start, size_t bytes)
{
    source_state *state = ctx;
    TEST_REQUIRE(bytes == HEAP_ARENA_BYTES, "returned with %zu bytes", bytes);
    if (state->allocates)
        heap_free(heap_malloc(PYMM_DOMAIN_OBJ, 64));
    pthread_mutex_lock(&state->lock);
    size_t i = 0;
    while (i < PIECE_COUNT && state->pieces[i] != start)
        i++;
    TEST_REQUIRE(i < PIECE_COUNT, "%p was never given, or came back twice", start);
    TEST_REQUIRE(munmap(state->pieces[i] - state->offset_bytes, bytes + 8192) == 0, "unmap");
    state->pieces[i] = NULL;
    state->returned_count++;
    state->held_count--;
    pthread_mutex_unlock(&state->lock);
}

static bool is_in_source(const source_state *state, const void *block)
{
    for (size_t i = 0; i < PIECE_COUNT; i++)
        if (state->pieces[i] != NULL && (size_t)((const char *)block - state->pieces[i]) < HEAP_ARENA_BYTES)
            return true;
    return false;
}

static source_state state = {.lock = PTHREAD_MUTEX_INITIALIZER};
static heap_arena_source first_source;

static int source_begin(void **unused)
{
    (void)unused;
    heap_arena_source_get(&first_source);
    memset(state.pieces, 0, sizeof state.pieces);
    state.piece_limit = PIECE_COUNT;
    state.offset_bytes = 0;
    state.allocates = false;
    state.given_count = state.returned_count = 0;
    heap_arena_source source = {&state, source_alloc, source_free};
    return heap_arena_source_set(&source);
}

/* Whatever a test did: afterwards nothing of the source is in use. */
static int source_end(void **unused)
{
    (void)unused;
    TEST_REQUIRE(heap_arena_source_set(&first_source) == 0, "setting back");
    pymm_give_back();
    TEST_HEAP_OK();
    TEST_REQUIRE(state.held_count == 0, "%zu arenas were not returned", state.held_count);
    TEST_REQUIRE(test_stats()->arena_count == 0 && test_stats()->arena_bytes == 0, "arenas in the statistics");
    return 0;
}

static void *blocks[BLOCK_COUNT];
static size_t block_bytes[BLOCK_COUNT];

static size_t fill_blocks(uint64_t seed, size_t bytes_limit)
{
    size_t in_source = 0;
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        block_bytes[i] = test_random_below(&seed, bytes_limit);
        blocks[i] = heap_malloc(1 + i % 2, block_bytes[i]);
        TEST_REQUIRE(blocks[i] != NULL, "no memory for block %zu", i);
        TEST_REQUIRE((uintptr_t)blocks[i] % HEAP_ALIGN_BYTES == 0, "block %zu at %p", i, blocks[i]);
        test_fill(blocks[i], block_bytes[i], i);
        in_source += is_in_source(&state, blocks[i]);
    }
    return in_source;
}

static void free_blocks(size_t step)
{
    for (size_t i = 0; i < BLOCK_COUNT; i += step) {
        if (blocks[i] == NULL)
            continue;
        TEST_REQUIRE(test_holds(blocks[i], block_bytes[i], block_bytes[i], i), "block %zu lost its contents", i);
        TEST_REQUIRE(pymm_owns(blocks[i]) && pymm_usable_size(blocks[i]) >= block_bytes[i], "block %zu is not known", i);
        heap_free(blocks[i]);
        blocks[i] = NULL;
    }
}

static void test_blocks_come_from_the_source(void **unused)
{
    (void)unused;
    static const size_t offsets[] = {0, 16, 1, 4096, 4095, 7777};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        state.offset_bytes = offsets[i];
        size_t in_source = fill_blocks(i, 700);
        assert_true(in_source > BLOCK_COUNT - 3000); /* the rest are free slots of slabs from before */
        TEST_HEAP_OK();
        free_blocks(3);
        TEST_HEAP_OK();
        free_blocks(1);
        pymm_give_back();
        assert_int_equal(state.held_count, 0); /* pieces of another offset must not mix */
    }
    assert_true(state.given_count > 10);
    assert_int_equal(state.given_count, state.returned_count);
}

static void test_raw_and_large_blocks_do_not(void **unused)
{
    (void)unused;
    void *raw[500], *large = heap_malloc(PYMM_DOMAIN_OBJ, 100000);
    for (unsigned i = 0; i < 500; i++) { /* enough for new slabs */
        raw[i] = heap_malloc(PYMM_DOMAIN_RAW, 300);
        assert_false(is_in_source(&state, raw[i]));
    }
    assert_false(is_in_source(&state, large));
    for (unsigned i = 0; i < 500; i++)
        heap_free(raw[i]);
    heap_free(large);
    assert_int_equal(state.given_count, 0);
}

static void test_no_arena_is_a_failed_allocation(void **unused)
{
    (void)unused;
    state.piece_limit = 2;
    size_t count = 0;
    for (void *block; count < BLOCK_COUNT && (block = heap_malloc(PYMM_DOMAIN_MEM, 5000)) != NULL; count++) {
        test_fill(block, 5000, count);
        blocks[count] = block;
        block_bytes[count] = 5000;
    }
    assert_in_range(count, 20, BLOCK_COUNT - 1); /* two slots a slab in the hostile build */
    assert_int_equal(state.held_count, 2);
    TEST_HEAP_OK();
    assert_null(heap_calloc(PYMM_DOMAIN_MEM, 1, 5000));
    assert_null(heap_realloc(PYMM_DOMAIN_MEM, blocks[0], 9000)); /* the block stays as it is */
    void *raw = heap_malloc(PYMM_DOMAIN_RAW, 5000);              /* what the source does not serve goes on */
    assert_non_null(raw);
    heap_free(raw);
    heap_free(blocks[--count]);
    blocks[count] = NULL;
    void *again = heap_malloc(PYMM_DOMAIN_MEM, 5000);
    assert_non_null(again);
    heap_free(again);
    free_blocks(1);
}

static void test_resizing_and_walking(void **unused)
{
    (void)unused;
    state.offset_bytes = 48;
    fill_blocks(5, 300);
    for (size_t i = 0; i < BLOCK_COUNT; i++) {
        size_t bytes = (block_bytes[i] * 5 + i) % 3000, kept = bytes < block_bytes[i] ? bytes : block_bytes[i];
        blocks[i] = heap_realloc(1 + i % 2, blocks[i], bytes);
        TEST_REQUIRE(blocks[i] != NULL && test_holds(blocks[i], kept, block_bytes[i], i), "block %zu", i);
        block_bytes[i] = bytes;
        test_fill(blocks[i], bytes, i);
    }
    pymm_stats *stats = test_stats();
    assert_int_equal(stats->arena_count, state.held_count);
    assert_int_equal(stats->arena_bytes, state.held_count * HEAP_ARENA_BYTES);
    assert_true(stats->block_count[1] + stats->block_count[2] >= BLOCK_COUNT);
    TEST_HEAP_OK();
    free_blocks(1);
}

/* A thread whose end cannot be noticed, or has begun, takes and puts its blocks one by one. */
static void *uncached_body(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = heap_malloc(PYMM_DOMAIN_OBJ, 900);
        TEST_REQUIRE(blocks[i] != NULL && is_in_source(&state, blocks[i]), "block %zu", i);
    }
    for (size_t i = 0; i < 200; i++)
        heap_free(blocks[i]);
    return NULL;
}

static pthread_key_t late_key;
static void at_late_exit(void *value)
{
    if (--*(int *)value > 0) /* again, after the heap's own destructor */
        pthread_setspecific(late_key, value);
    else
        uncached_body(NULL);
}

static void *late_body(void *value)
{
    heap_free(heap_malloc(PYMM_DOMAIN_OBJ, 10));
    pthread_setspecific(late_key, value);
    return NULL;
}

static void test_without_a_cache(void **unused)
{
    (void)unused;
    int rounds = 2;
    pthread_t thread;
    pymm_give_back();
    assert_int_equal(pthread_key_create(&late_key, at_late_exit), 0);
    assert_int_equal(pthread_create(&thread, NULL, late_body, &rounds), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(rounds, 0);
    pthread_key_delete(late_key);
    memset(blocks, 0, sizeof blocks);
}

static void test_the_source_may_allocate(void **unused)
{
    (void)unused;
    state.allocates = true;
    fill_blocks(9, 100);
    free_blocks(2);
    TEST_HEAP_OK();
    free_blocks(1);
    state.allocates = false;
}

/* An empty arena is kept, so that a program at the edge does not ask and return for ever. */
static void test_one_empty_arena_is_kept(void **unused)
{
    (void)unused;
    size_t before = state.given_count;
    for (unsigned i = 0; i < 100; i++) {
        void *block = heap_malloc(PYMM_DOMAIN_OBJ, 20000);
        assert_non_null(block);
        heap_free(block);
        heap_thread_release(); /* no magazine holds it */
    }
    assert_in_range(state.given_count - before, 1, 2);
    size_t count = PYMM_HOSTILE ? BLOCK_COUNT : 4 * HEAP_ARENA_BYTES / 900;
    assert_in_range(count, 1, BLOCK_COUNT);
    for (size_t i = 0; i < count; i++)
        assert_non_null(blocks[i] = heap_malloc(PYMM_DOMAIN_OBJ, 900));
    assert_true(state.held_count >= 4);
    for (size_t i = 0; i < count; i++)
        heap_free(blocks[i]);
    memset(blocks, 0, sizeof blocks);
    assert_in_range(state.held_count, 1, 3); /* the others have left by themselves; a magazine holds the last slots */
}

static void *thread_body(void *arg)
{
    uint64_t random = (uintptr_t)arg;
    void *own[200] = {0};
    for (unsigned i = 0; i < 20000; i++) {
        size_t at = test_random_below(&random, 200), bytes = test_random_below(&random, 2000);
        heap_free(own[at]);
        own[at] = heap_malloc(1 + i % 2, bytes);
        TEST_REQUIRE(own[at] != NULL, "no memory");
        memset(own[at], (int)i, bytes);
    }
    for (unsigned i = 0; i < 200; i++)
        heap_free(own[i]);
    return NULL;
}

static void test_threads_share_arenas(void **unused)
{
    (void)unused;
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_body, (void *)(i + 1)), 0);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    TEST_HEAP_OK();
}

static void test_sources_change(void **unused)
{
    (void)unused;
    static source_state other = {.lock = PTHREAD_MUTEX_INITIALIZER, .piece_limit = PIECE_COUNT, .offset_bytes = 2048};
    heap_arena_source second = {&other, source_alloc, source_free}, now;
    fill_blocks(3, 500);
    size_t given_count = state.given_count;
    for (unsigned i = 0; i < 300; i++) { /* the same two again and again take no memory */
        assert_int_equal(heap_arena_source_set(&second), 0);
        heap_arena_source_get(&now);
        assert_ptr_equal(now.ctx, &other);
        assert_int_equal(heap_arena_source_set(&first_source), 0);
    }
    assert_int_equal(heap_arena_source_set(&second), 0);
    void *more[2000];
    for (unsigned i = 0; i < 2000; i++)
        assert_non_null(more[i] = heap_malloc(PYMM_DOMAIN_OBJ, 3000));
    assert_int_equal(state.given_count, given_count);
    assert_true(other.held_count > 0);
    TEST_HEAP_OK();
    free_blocks(1); /* go back to the one they came from */
    for (unsigned i = 0; i < 2000; i++)
        heap_free(more[i]);
    pymm_give_back();
    assert_int_equal(other.held_count, 0);
}

static void test_a_child_goes_on(void **unused)
{
    (void)unused;
    fill_blocks(11, 200);
    pid_t pid = fork();
    if (pid == 0) {
        free_blocks(1);
        fill_blocks(12, 400);
        TEST_HEAP_OK();
        _exit(0);
    }
    TEST_CHILD_OK(pid);
    free_blocks(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_blocks_come_from_the_source, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_raw_and_large_blocks_do_not, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_no_arena_is_a_failed_allocation, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_resizing_and_walking, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_without_a_cache, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_the_source_may_allocate, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_one_empty_arena_is_kept, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_threads_share_arenas, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_sources_change, source_begin, source_end),
        cmocka_unit_test_setup_teardown(test_a_child_goes_on, source_begin, source_end),
    };
    return cmocka_run_group_tests_name("heap_arena", tests, NULL, NULL);
}
