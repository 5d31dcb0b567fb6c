/* stress.c: `stress SEED OPERATIONS [THREADS]`: threads that allocate, free and resize each other's blocks, end, start
 * again and fork, until so many operations are done.
 *
 * Blocks pass through a market of places that every thread exchanges with; each block begins with its size, its seed and
 * their sum, so whoever gets it can tell whether it is whole. Owns the market. Read ../unit/support.h first. */
#include "../unit/support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MARKET = 4096, OWN = 128, THREADS_MOST = 32, LIFE = 20000 };

typedef struct goods {
    size_t bytes;
    uint64_t seed, sum;
    uint64_t domain;
} goods;

static _Atomic(goods *) market[MARKET];
static atomic_size_t operations_left, operations_done, lives, forks;

static void goods_mark(goods *block, size_t bytes, uint64_t seed, unsigned domain)
{
    *block = (goods){bytes, seed, bytes + seed + domain, domain};
    size_t rest = bytes - sizeof *block;
    test_fill((unsigned char *)(block + 1), rest, seed);
}

static void goods_verify(const goods *block)
{
    TEST_REQUIRE(block->sum == block->bytes + block->seed + block->domain && block->domain < 3, "%p: the head is broken", (const void *)block);
    size_t rest = block->bytes - sizeof *block;
    TEST_REQUIRE(test_holds(block + 1, rest, rest, block->seed), "%p+%zu lost its contents", (const void *)block, block->bytes);
    TEST_REQUIRE(pymm_usable_size(block) >= block->bytes, "%p: too few usable bytes", (const void *)block);
}

static size_t goods_size(uint64_t *random)
{
    size_t kind = test_random_below(random, 200);
    size_t most = kind == 0 ? 600 * 1024 : kind < 4 ? 60 * 1024 : kind < 30 ? 5000 : 400;
    return sizeof(goods) + test_random_below(random, most);
}

static goods *goods_new(uint64_t *random)
{
    unsigned domain = (unsigned)test_random_below(random, 3);
    size_t bytes = goods_size(random);
    int is_zeroed = test_random_below(random, 8) == 0;
    goods *block = is_zeroed ? heap_calloc(domain, bytes, 1) : heap_malloc(domain, bytes);
    TEST_REQUIRE(block != NULL, "no memory for %zu bytes", bytes);
    TEST_REQUIRE(!is_zeroed || test_is_zero(block, bytes), "calloc of %zu is not zero", bytes);
    goods_mark(block, bytes, test_random(random), domain);
    return block;
}

static void goods_free(goods *block)
{
    if (block == NULL)
        return;
    goods_verify(block);
    block->sum = ~block->sum; /* whoever still holds it will notice */
    heap_free(block);
}

static goods *goods_resize(goods *block, uint64_t *random)
{
    if (block == NULL)
        return goods_new(random);
    goods_verify(block);
    goods head = *block;
    size_t bytes = goods_size(random);
    goods *moved = heap_realloc((unsigned)head.domain, block, bytes);
    TEST_REQUIRE(moved != NULL, "no memory for %zu bytes", bytes);
    size_t kept = (bytes < head.bytes ? bytes : head.bytes) - sizeof head;
    TEST_REQUIRE(moved->sum == head.sum && test_holds(moved + 1, kept, head.bytes - sizeof head, head.seed), "%p: lost on resizing", (void *)moved);
    goods_mark(moved, bytes, head.seed + 1, (unsigned)head.domain);
    return moved;
}

/* What a child does: the heap is whole, the blocks of all threads are there and can be freed. */
static void child(uint64_t seed)
{
    alarm(120);
    TEST_HEAP_OK();
    for (size_t i = 0; i < MARKET; i++)
        goods_free(atomic_exchange(&market[i], NULL));
    for (int i = 0; i < 2000; i++)
        goods_free(goods_resize(goods_new(&seed), &seed));
    pymm_give_back();
    TEST_HEAP_OK();
    _exit(0);
}

static void do_fork(uint64_t seed)
{
    pid_t pid = fork();
    if (pid == 0)
        child(seed);
    TEST_CHILD_OK(pid);
    atomic_fetch_add(&forks, 1);
}

/* One life of a thread: some blocks of its own, the market, now and then something rare. It may leave blocks behind. */
static void *life(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    goods *own[OWN] = {NULL};
    size_t length = 1 + test_random_below(&random, LIFE), done = 0;
    for (; done < length && atomic_load_explicit(&operations_left, memory_order_relaxed) > done; done++) {
        size_t i = test_random_below(&random, OWN), place = test_random_below(&random, MARKET);
        size_t what = test_random_below(&random, 1000);
        if (what < 300) {
            goods_free(own[i]);
            own[i] = goods_new(&random);
        } else if (what < 700)
            own[i] = atomic_exchange(&market[place], own[i]);
        else if (what < 850)
            own[i] = goods_resize(own[i], &random);
        else if (what < 996) {
            goods_free(own[i]);
            own[i] = NULL;
        } else if (what < 998)
            pymm_give_back();
        else if (what < 999)
            heap_thread_release();
        else if (test_random_below(&random, 4) == 0)
            TEST_HEAP_OK();
        else if (test_random_below(&random, 16) == 0 && !TEST_TSAN)
            do_fork(random); /* TSan's runtime cannot go on in the child of a process with threads */
    }
    atomic_fetch_add(&operations_done, done);
    size_t left = atomic_load(&operations_left);
    while (!atomic_compare_exchange_weak(&operations_left, &left, left > done ? left - done : 0))
        ;
    for (size_t i = 0; i < OWN; i++) /* half goes to the market, half is freed */
        goods_free(i % 2 ? own[i] : atomic_exchange(&market[test_random_below(&random, MARKET)], own[i]));
    atomic_fetch_add(&lives, 1);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: stress SEED OPERATIONS [THREADS]\n");
        return 2;
    }
    uint64_t random = strtoull(argv[1], NULL, 0);
    atomic_store(&operations_left, strtoull(argv[2], NULL, 0));
    size_t thread_count = argc == 4 ? strtoull(argv[3], NULL, 0) : 4;
    thread_count = thread_count < THREADS_MOST ? thread_count : THREADS_MOST;
    pthread_t threads[THREADS_MOST];
    size_t live = test_live_count();
    for (size_t i = 0; i < thread_count; i++)
        TEST_REQUIRE(pthread_create(&threads[i], NULL, life, (void *)test_random(&random)) == 0, "no thread");
    for (size_t i = 0; atomic_load(&operations_left) > 0; i = (i + 1) % thread_count) {
        TEST_REQUIRE(pthread_join(threads[i], NULL) == 0, "no thread");
        TEST_REQUIRE(pthread_create(&threads[i], NULL, life, (void *)test_random(&random)) == 0, "no thread");
    }
    for (size_t i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    TEST_HEAP_OK();
    for (size_t i = 0; i < MARKET; i++)
        goods_free(atomic_load(&market[i]));
    heap_thread_release();
    pymm_give_back();
    TEST_HEAP_OK();
    TEST_REQUIRE(test_live_count() == live, "%zu blocks are left, %zu at the start", test_live_count(), live);
    size_t resident = test_stats()->resident_bytes;
    TEST_REQUIRE(!OS_CAN_PURGE || resident < (size_t)4 << 20, "%zu bytes stay resident", resident);
    printf("%zu operations, %zu threads lived, %zu forks, %zu bytes resident at the end\n", atomic_load(&operations_done), atomic_load(&lives),
           atomic_load(&forks), resident);
    return 0;
}
