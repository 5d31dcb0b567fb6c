/* heap_thread.c: threads and fork as seen by the heap: caches, blocks freed elsewhere, ends of threads, children.
 *
 * Owns: promises that need more than one thread or process. Random mixtures are tests/stress. In threads and children
 * TEST_REQUIRE is used, since cmocka's assertions only work in the test's own thread. Read first: src/heap/heap.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "support.h"

static void thread_run(void *(*body)(void *), void *arg)
{
    pthread_t thread;
    TEST_REQUIRE(pthread_create(&thread, NULL, body, arg) == 0, "no thread");
    TEST_REQUIRE(pthread_join(thread, NULL) == 0, "no thread");
}

enum { BATCH = 3000 };
typedef struct batch {
    void *blocks[BATCH];
    size_t bytes[BATCH];
    uint64_t seed;
} batch;

static void *batch_allocate(void *arg)
{
    batch *blocks = arg;
    uint64_t random = blocks->seed;
    for (size_t i = 0; i < BATCH; i++) {
        blocks->bytes[i] = test_random_below(&random, i % 100 == 0 ? 200 * 1024 : 600);
        blocks->blocks[i] = heap_malloc((unsigned)(i % 3), blocks->bytes[i]);
        TEST_REQUIRE(blocks->blocks[i] != NULL, "no memory");
        test_fill(blocks->blocks[i], blocks->bytes[i], i);
    }
    return NULL;
}

static void *batch_free(void *arg)
{
    batch *blocks = arg;
    for (size_t i = 0; i < BATCH; i++) {
        TEST_REQUIRE(test_holds(blocks->blocks[i], blocks->bytes[i], blocks->bytes[i], i), "block %zu lost its contents", i);
        heap_free(blocks->blocks[i]);
    }
    return NULL;
}

static void *batch_resize(void *arg)
{
    batch *blocks = arg;
    for (size_t i = 0; i < BATCH; i++) {
        size_t old = blocks->bytes[i], bytes = (old * 7 + i) % 1500;
        void *block = heap_realloc((unsigned)(i % 3), blocks->blocks[i], bytes);
        TEST_REQUIRE(block != NULL, "no memory");
        TEST_REQUIRE(test_holds(block, old < bytes ? old : bytes, old, i), "block %zu lost its contents", i);
        blocks->blocks[i] = block;
        blocks->bytes[i] = bytes;
        test_fill(block, bytes, i);
    }
    return NULL;
}

static void blocks_outlive_their_thread(void **state)
{
    (void)state;
    static batch shared;
    size_t live = test_live_count();
    for (int round = 0; round < 5; round++) {
        shared.seed = (uint64_t)round;
        thread_run(batch_allocate, &shared);
        assert_int_equal(test_live_count(), live + BATCH);
        TEST_HEAP_OK();
        if (round % 2)
            thread_run(batch_resize, &shared);
        TEST_HEAP_OK();
        if (round < 2)
            batch_free(&shared);
        else
            thread_run(batch_free, &shared);
        assert_int_equal(test_live_count(), live);
        TEST_HEAP_OK();
    }
}

/* Blocks always allocated in one thread and freed in another: memory must come round, not pile up. */
static void one_allocates_another_frees(void **state)
{
    (void)state;
    static batch shared;
    size_t resident = 0;
    for (int round = 0; round < 200; round++) {
        shared.seed = 77;
        batch_allocate(&shared);
        thread_run(batch_free, &shared);
        if (round == 20)
            resident = test_stats()->resident_bytes;
    }
    assert_true(test_stats()->resident_bytes <= resident + 4 * 1024 * 1024);
    TEST_HEAP_OK();
}

/* Two threads for as long as the test lasts, passing blocks along a ring. */
enum { RING = 512, PASSED = PYMM_HOSTILE ? 20000 : 200000 };
static _Atomic(void *) ring[RING];

static void *ring_fill(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < PASSED; i++) {
        uint64_t *block = heap_malloc(2, 16 + i % 300);
        TEST_REQUIRE(block != NULL, "no memory");
        block[0] = i;
        block[1] = ~i;
        while (atomic_load(&ring[i % RING]) != NULL)
            sched_yield();
        atomic_store(&ring[i % RING], block);
    }
    return NULL;
}

static void *ring_drain(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < PASSED; i++) {
        uint64_t *block;
        while ((block = atomic_load(&ring[i % RING])) == NULL)
            sched_yield();
        TEST_REQUIRE(block[0] == i && block[1] == ~i, "block %zu arrived as %zu", i, (size_t)block[0]);
        heap_free(block);
        atomic_store(&ring[i % RING], NULL);
    }
    return NULL;
}

static void producer_and_consumer(void **state)
{
    (void)state;
    size_t live = test_live_count();
    pthread_t fill, drain;
    assert_int_equal(pthread_create(&fill, NULL, ring_fill, NULL), 0);
    assert_int_equal(pthread_create(&drain, NULL, ring_drain, NULL), 0);
    for (int i = 0; i < 50; i++) {
        TEST_HEAP_OK();
        test_stats();
        pymm_give_back();
    }
    pthread_join(fill, NULL);
    pthread_join(drain, NULL);
    assert_int_equal(test_live_count(), live);
    assert_true(test_stats()->resident_bytes < 64 * 1024 * 1024);
    TEST_HEAP_OK();
}

static void *short_life(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    void *blocks[100];
    for (size_t i = 0; i < 100; i++)
        blocks[i] = heap_malloc((unsigned)(i % 3), test_random_below(&random, 2000));
    for (size_t i = 0; i < 100; i++)
        heap_free(blocks[i]);
    return NULL;
}

static void many_short_threads_leave_nothing(void **state)
{
    (void)state;
    pymm_stats before = {0};
    size_t resident = 0;
    for (size_t i = 0; i < 1500; i++) {
        thread_run(short_life, (void *)i);
        if (i == 100) {
            before = *test_stats();
            resident = test_stats()->resident_bytes;
        }
    }
    pymm_stats *after = test_stats();
    assert_int_equal(after->thread_count, before.thread_count);
    assert_int_equal(after->live_bytes, before.live_bytes);
    assert_true(after->metadata_bytes <= before.metadata_bytes + 256 * 1024);
    assert_true(test_stats()->resident_bytes <= resident + 2 * 1024 * 1024);
    TEST_HEAP_OK();
}

/* Destructors of thread data --------------------------------------------------------------------------------------
 * Keys made before and after the heap's own, so that some destructors run before it and some behind it; they free and
 * allocate, and come back for as many rounds as the system allows. */
enum { KEYS = 6 };
static pthread_key_t keys[KEYS];
static atomic_int destructor_runs;

typedef struct last_words {
    void *blocks[40];
    pthread_key_t key;
    int rounds;
} last_words;

static void last_words_free(void *value)
{
    last_words *words = value;
    atomic_fetch_add(&destructor_runs, 1);
    for (size_t i = 0; i < 40; i++) {
        heap_free(words->blocks[i]);
        words->blocks[i] = words->rounds > 0 ? heap_malloc(1, i * 13) : NULL;
    }
    if (words->rounds-- > 0)
        pthread_setspecific(words->key, words);
    else
        heap_free(words);
}

static void *thread_with_last_words(void *arg)
{
    for (size_t k = 0; k < KEYS; k++) {
        last_words *words = heap_calloc(0, 1, sizeof *words);
        TEST_REQUIRE(words != NULL, "no memory");
        for (size_t i = 0; i < 40; i++)
            words->blocks[i] = heap_malloc(2, i * 17);
        words->key = keys[k];
        words->rounds = (int)(uintptr_t)arg % 4; /* 3 more rounds are the most there are */
        pthread_setspecific(keys[k], words);
    }
    return NULL;
}

static void destructors_may_use_the_heap(void **state)
{
    (void)state;
    for (size_t k = KEYS / 2; k < KEYS; k++)
        assert_int_equal(pthread_key_create(&keys[k], last_words_free), 0);
    pymm_stats before = {0};
    for (size_t i = 0; i < 400; i++) {
        thread_run(thread_with_last_words, (void *)i);
        if (i == 40)
            before = *test_stats();
    }
    assert_true(atomic_load(&destructor_runs) >= 400 * KEYS);
    pymm_stats *after = test_stats();
    assert_int_equal(after->live_bytes, before.live_bytes);
    assert_true(after->thread_count <= before.thread_count + 1);
    assert_true(after->metadata_bytes <= before.metadata_bytes + 128 * 1024);
    TEST_HEAP_OK();
}

/* Fork ------------------------------------------------------------------------------------------------------------- */

static void child_uses_and_leaves(batch *blocks)
{
    alarm(60); /* a lock that was held at fork would stop the child for ever */
    TEST_HEAP_OK();
    TEST_REQUIRE(test_stats()->thread_count <= 1, "caches of %zu threads that the child does not have", test_stats()->thread_count);
    if (blocks != NULL) {
        TEST_REQUIRE(test_live_count() >= BATCH, "blocks are missing");
        batch_free(blocks);
    }
    for (uintptr_t i = 0; i < 10; i++)
        short_life((void *)i);
    thread_run(short_life, NULL);
    pymm_give_back();
    TEST_HEAP_OK();
    _exit(0);
}

static void child_has_the_heap_and_parent_keeps_it(void **state)
{
    (void)state;
    static batch shared;
    for (int i = 0; i < 5; i++) {
        shared.seed = (uint64_t)i;
        batch_allocate(&shared);
        pid_t pid = fork();
        if (pid == 0)
            child_uses_and_leaves(&shared);
        TEST_CHILD_OK(pid);
        batch_free(&shared);
        TEST_HEAP_OK();
    }
}

static atomic_bool is_over;
static atomic_uint begun_count; /* threads that are in the heap; before that, a sanitizer holds locks of its own for them */

static void *busy(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    void *blocks[200] = {NULL};
    atomic_fetch_add(&begun_count, 1);
    while (!atomic_load(&is_over)) {
        size_t i = test_random_below(&random, 200);
        size_t bytes = test_random_below(&random, 50) == 0 ? 100000 : test_random_below(&random, 3000);
        if (test_random_below(&random, 3) == 0)
            blocks[i] = heap_realloc(0, blocks[i], bytes);
        else {
            heap_free(blocks[i]);
            blocks[i] = heap_malloc(0, bytes);
        }
        if (test_random_below(&random, 4000) == 0)
            pymm_give_back();
    }
    for (size_t i = 0; i < 200; i++)
        heap_free(blocks[i]);
    return NULL;
}

static void fork_while_other_threads_work(void **state)
{
    (void)state;
    if (TEST_TSAN)
        skip(); /* TSan's runtime does not survive new threads in the child of a process with threads */
    pthread_t threads[4];
    atomic_store(&is_over, false);
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, busy, (void *)i), 0);
    while (atomic_load(&begun_count) < 4)
        sched_yield();
    for (int i = 0; i < 60; i++) {
        pid_t pid = fork();
        if (pid == 0)
            child_uses_and_leaves(NULL);
        TEST_CHILD_OK(pid);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    TEST_HEAP_OK();
}

/* Pops and pushes, refills and overflows again and again: a fork finds a thread between any two of their instructions.
 * Blocks freed in the order they came leave live ones in the places that the next pushes write. */
static void *push_and_pop(void *arg)
{
    size_t bytes = (size_t)(uintptr_t)arg;
    while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
        void *blocks[90];
        size_t count = bytes % 2 ? 2 : 90;
        for (size_t i = 0; i < count; i++)
            blocks[i] = heap_malloc(2, bytes);
        for (size_t i = 0; i < count; i++)
            heap_free(blocks[i]);
    }
    return NULL;
}

static void fork_between_two_instructions(void **state)
{
    (void)state;
    if (TEST_TSAN)
        skip();
    pthread_t threads[3];
    FILE *complaints = tmpfile();
    assert_non_null(complaints);
    int saved_stderr = dup(STDERR_FILENO);
    dup2(fileno(complaints), STDERR_FILENO);
    atomic_store(&is_over, false);
    for (uintptr_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, push_and_pop, (void *)(32 + i)), 0);
    for (int i = 0; i < 80; i++) {
        pid_t pid = fork(); /* the child takes back what the threads had cached before fork returns there */
        if (pid == 0) {
            TEST_HEAP_OK();
            _exit(0);
        }
        TEST_CHILD_OK(pid);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    long said_bytes = (fseek(complaints, 0, SEEK_END), ftell(complaints));
    fclose(complaints);
    assert_int_equal(said_bytes, 0);
    TEST_HEAP_OK();
}

static void *fork_in_thread(void *arg)
{
    pid_t pid = fork();
    if (pid == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0)
            child_uses_and_leaves(arg);
        TEST_CHILD_OK(grandchild);
        child_uses_and_leaves(arg);
    }
    TEST_CHILD_OK(pid);
    return NULL;
}

static void fork_from_a_thread_and_from_a_child(void **state)
{
    (void)state;
    static batch shared;
    shared.seed = 5;
    batch_allocate(&shared);
    if (!TEST_TSAN)
        thread_run(fork_in_thread, &shared);
    batch_free(&shared);
    TEST_HEAP_OK();
}

static void *release_and_go_on(void *arg)
{
    (void)arg;
    for (uintptr_t i = 0; i < 50; i++) {
        short_life((void *)i);
        heap_thread_release();
        if (i % 10 == 0)
            TEST_HEAP_OK();
    }
    return NULL;
}

static void a_thread_may_drop_its_cache_at_any_time(void **state)
{
    (void)state;
    release_and_go_on(NULL);
    size_t threads = test_stats()->thread_count;
    thread_run(release_and_go_on, NULL);
    assert_true(test_stats()->thread_count <= threads + 1);
    heap_thread_release();
    heap_thread_release();
    size_t cached = 0;
    pymm_stats *stats = test_stats();
    for (size_t c = 0; c < stats->class_count; c++)
        cached += stats->classes[c].cached_count;
    assert_int_equal(cached, 0);
    TEST_HEAP_OK();
}

/* Two threads that hand each other all their blocks meet at locks all the time. Each keeps to one shard all the same: a shard
 * that a thread has left keeps an empty slab of each bin. */
enum { EXCHANGE_BLOCKS = 64, EXCHANGE_ROUNDS = 20000, EXCHANGE_CLASSES = 40 };
static void **_Atomic exchange_place;

static void *exchange(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    void **own = calloc(EXCHANGE_BLOCKS, sizeof *own);
    TEST_REQUIRE(own != NULL, "no memory");
    for (size_t round = 0; round < EXCHANGE_ROUNDS / (PYMM_HOSTILE ? 20 : 1); round++) {
        for (size_t i = 0; i < EXCHANGE_BLOCKS; i++) {
            heap_free(own[i]);
            own[i] = heap_malloc(0, 1 + test_random_below(&random, EXCHANGE_CLASSES * HEAP_ALIGN_BYTES));
        }
        void **others = atomic_exchange(&exchange_place, own);
        own = others != NULL ? others : calloc(EXCHANGE_BLOCKS, sizeof *own);
        TEST_REQUIRE(own != NULL, "no memory");
    }
    for (size_t i = 0; i < EXCHANGE_BLOCKS; i++)
        heap_free(own[i]);
    free(own);
    return NULL;
}

static void threads_that_exchange_blocks_keep_to_their_shards(void **state)
{
    (void)state;
    static pymm_stats before, after;
    pymm_give_back();
    TEST_REQUIRE(pymm_stats_get(&before, sizeof before) == 0, "no statistics");
    pthread_t threads[2];
    for (uintptr_t i = 0; i < 2; i++)
        TEST_REQUIRE(pthread_create(&threads[i], NULL, exchange, (void *)(i + 1)) == 0, "no thread");
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    void **rest = atomic_exchange(&exchange_place, NULL);
    for (size_t i = 0; i < EXCHANGE_BLOCKS; i++)
        heap_free(rest[i]);
    free(rest);
    TEST_REQUIRE(pymm_stats_get(&after, sizeof after) == 0, "no statistics");
    assert_true(after.slab_count <= before.slab_count + 4 * EXCHANGE_CLASSES);
}

int main(void)
{
    for (size_t k = 0; k < KEYS / 2; k++) /* before the heap makes its own key */
        TEST_REQUIRE(pthread_key_create(&keys[k], last_words_free) == 0, "no key");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_outlive_their_thread),
        cmocka_unit_test(one_allocates_another_frees),
        cmocka_unit_test(producer_and_consumer),
        cmocka_unit_test(many_short_threads_leave_nothing),
        cmocka_unit_test(destructors_may_use_the_heap),
        cmocka_unit_test(child_has_the_heap_and_parent_keeps_it),
        cmocka_unit_test(fork_while_other_threads_work),
        cmocka_unit_test(fork_between_two_instructions),
        cmocka_unit_test(fork_from_a_thread_and_from_a_child),
        cmocka_unit_test(a_thread_may_drop_its_cache_at_any_time),
        cmocka_unit_test(threads_that_exchange_blocks_keep_to_their_shards),
    };
    return cmocka_run_group_tests_name("heap_thread", tests, NULL, NULL);
}
