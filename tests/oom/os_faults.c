/* os_faults.c: `os_faults [full]`: every call to the system fails in turn, and the heap must live with it.
 *
 * For each kind of call, and all together, and for every N: a child process runs a workload in which call N and all later
 * ones fail, then one in which only call N fails, until the workload makes fewer than N calls. The child sees to it that
 * every request was served or refused with NULL, that nothing was lost, that the checker is content, and that the heap
 * works as ever once the system does. Without `full`, N goes in growing steps from QUICK_CALLS on.
 * Read first: src/os/fault.c. */
#include "../unit/support.h"

#include <pthread.h>
#include <sys/resource.h>

#ifdef PYMM_FAULTS

enum { HELD = 700, NOT_REACHED = 3, QUICK_CALLS = 24 };

typedef struct held {
    unsigned char *block;
    size_t filled_bytes;
    uint64_t seed;
    unsigned domain;
} held;

static held table[HELD];
static size_t refused_count;

/* A block that was got is filled to its last usable byte; a refusal is counted. */
static void hold(held *at, unsigned char *block, unsigned domain, uint64_t seed)
{
    *at = (held){block, 0, seed, domain};
    if (block == NULL) {
        __atomic_fetch_add(&refused_count, 1, __ATOMIC_RELAXED);
        return;
    }
    at->filled_bytes = pymm_usable_size(block);
    test_fill(block, at->filled_bytes, seed);
}

static void verify(const held *at)
{
    TEST_REQUIRE(at->block == NULL || test_holds(at->block, at->filled_bytes, at->filled_bytes, at->seed), "%p+%zu lost its contents",
                 (void *)at->block, at->filled_bytes);
}

static void release(held *at)
{
    verify(at);
    heap_free(at->block);
    at->block = NULL;
}

static void allocate(held *at, size_t bytes, uint64_t seed)
{
    unsigned domain = (unsigned)(seed % 3);
    unsigned char *block;
    if (seed % 4 == 0) {
        block = heap_calloc(domain, 1, bytes);
        TEST_REQUIRE(block == NULL || test_is_zero(block, bytes), "calloc of %zu is not zero", bytes);
    } else
        block = heap_malloc(domain, bytes);
    hold(at, block, domain, seed);
}

static void resize(held *at, size_t bytes, uint64_t seed)
{
    if (at->block == NULL)
        return;
    unsigned char *block = heap_realloc(at->domain, at->block, bytes);
    if (block == NULL) {
        __atomic_fetch_add(&refused_count, 1, __ATOMIC_RELAXED);
        verify(at); /* as it was */
        return;
    }
    size_t kept = bytes < at->filled_bytes ? bytes : at->filled_bytes;
    TEST_REQUIRE(test_holds(block, kept, at->filled_bytes, at->seed), "%p lost its contents on the way to %zu bytes", (void *)block, bytes);
    TEST_REQUIRE(pymm_usable_size(block) >= bytes, "%p: too small after resizing", (void *)block);
    hold(at, block, at->domain, seed);
}

static size_t size_of(size_t i)
{
    static const size_t odd_sizes[] = {0, 33000, 70000, 200000, 600000, 5000000};
    return i % 40 == 39 ? odd_sizes[i / 40 % 6] : (i * i * 7 + i) % (i % 10 == 0 ? 9000 : 700);
}

static void *in_thread(void *arg)
{
    size_t from = (size_t)(uintptr_t)arg;
    for (size_t i = from; i < from + 100; i++)
        allocate(&table[i], size_of(i), i);
    for (size_t i = from; i < from + 100; i += 3)
        release(&table[i]);
    return NULL;
}

static void run_thread(size_t from)
{
    pthread_t thread;
    TEST_REQUIRE(pthread_create(&thread, NULL, in_thread, (void *)from) == 0, "no thread");
    pthread_join(thread, NULL);
}

/* Large blocks over one another's remains, zeroed ones among them, cut and stretched by pages: what could not be given
 * back must not shine through. */
static void large_over_large(void)
{
    uint64_t random = 3;
    for (size_t i = 0; i < 120; i++) {
        held *at = &table[test_random_below(&random, 8)];
        size_t bytes = 33000 + test_random_below(&random, 200000);
        if (at->block == NULL)
            allocate(at, bytes, test_random(&random));
        else if (i % 3 == 0)
            resize(at, at->filled_bytes - test_random_below(&random, at->filled_bytes / 2), i);
        else if (i % 3 == 1)
            resize(at, at->filled_bytes + test_random_below(&random, 70000), i);
        else
            release(at);
    }
    for (size_t i = 0; i < 8; i++)
        release(&table[i]);
}

/* A life in short: small and large, growing and shrinking, threads that end, memory given back and taken again. */
static void workload(void)
{
    large_over_large();
    for (size_t i = 0; i < HELD - 300; i++)
        allocate(&table[i], size_of(i), i);
    run_thread(HELD - 300);
    TEST_HEAP_OK();
    for (size_t i = 0; i < HELD; i += 2)
        release(&table[i]);
    for (size_t i = 39; i < HELD - 300; i += 40) { /* the large ones, hemmed in and free to grow */
        resize(&table[i], size_of(i) * 2 + 100000, i + 1);
        resize(&table[i], 500000 + i * 5000, i + 2);
        resize(&table[i], 40000, i + 3);
        resize(&table[i], 900000, i + 4);
    }
    for (size_t i = 1; i < HELD; i += 6)
        resize(&table[i], size_of(i + 5), i + 5);
    pymm_give_back();
    run_thread(HELD - 200);
    run_thread(HELD - 100);
    for (size_t i = 0; i < HELD - 300; i += 2)
        allocate(&table[i], size_of(i + 17), i + 17);
    heap_thread_release();
    TEST_HEAP_OK();
    for (size_t i = 0; i < HELD; i++)
        verify(&table[i]);
}

static void all_works_now(void)
{
    refused_count = 0;
    workload();
    TEST_REQUIRE(refused_count == 0, "%zu requests were refused though the system does all again", refused_count);
    for (size_t i = 0; i < HELD; i++)
        release(&table[i]);
    TEST_HEAP_OK();
    TEST_REQUIRE(test_live_count() == 0, "%zu blocks are left", test_live_count());
}

static _Noreturn void child(unsigned kinds, long after)
{
    alarm(120);
    os_fault_set(kinds, after);
    workload();
    for (size_t i = 0; i < HELD; i += 2)
        release(&table[i]);
    TEST_HEAP_OK();
    int is_reached = os_fault_count() > after;
    os_fault_set(0, 0);
    TEST_HEAP_OK();
    TEST_REQUIRE(is_reached || refused_count == 0, "%zu requests were refused though no call failed", refused_count);
    for (size_t i = 0; i < HELD; i++)
        release(&table[i]);
    TEST_HEAP_OK();
    TEST_REQUIRE(test_live_count() == 0, "%zu blocks are left", test_live_count());
    all_works_now();
    pymm_give_back();
    size_t resident = test_stats()->resident_bytes;
    TEST_REQUIRE(!OS_CAN_PURGE || resident < (size_t)3 << 20, "%zu bytes stay resident", resident);
    _exit(is_reached ? 0 : NOT_REACHED);
}

/* With purging refused for good (as under mlockall), the rest of a block's last unit stays dirty; when the block's pages
 * move away, that rest must not be taken for zero. */
static _Noreturn void child_stale_tail(void)
{
    enum { UNITS = 48 };
    size_t unit = test_stats()->unit_bytes;
    os_fault_set(OS_FAULT_PURGE, 0);
    unsigned char *dirty = heap_malloc(0, UNITS * unit);
    memset(dirty, 0xEE, UNITS * unit);
    unsigned char *hedge = heap_malloc(0, 40000); /* nothing grows in place past this */
    heap_free(dirty);
    size_t bytes = (UNITS - 1) * unit + 1;
    unsigned char *block = heap_malloc(0, bytes);
    memset(block, 1, bytes);
    block = heap_realloc(0, block, 4 * bytes);
    TEST_REQUIRE(block != NULL && block[0] == 1 && block[bytes - 1] == 1, "lost by moving");
    for (size_t units = UNITS; units > 0; units--) {
        unsigned char *zeroed = heap_calloc(0, units, unit);
        TEST_REQUIRE(zeroed != NULL && test_is_zero(zeroed, units * unit), "calloc of %zu units is not zero", units);
    }
    heap_free(hedge);
    TEST_HEAP_OK();
    _exit(0);
}

/* Returns whether the workload got as far as that call. */
static int one_plan(const char *name, unsigned kinds, long after)
{
    pid_t pid = fork();
    if (pid == 0)
        child(kinds, after);
    int status = 0;
    TEST_REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid, "no child");
    int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    TEST_REQUIRE(exit_status == 0 || exit_status == NOT_REACHED, "with %s, call %ld: wait status %#x", name, after, (unsigned)status);
    return exit_status == 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        unsigned kinds;
    } plans[] = {{"reserve", OS_FAULT_RESERVE}, {"commit", OS_FAULT_COMMIT}, {"purge", OS_FAULT_PURGE}, {"remap", OS_FAULT_REMAP},
                 {"thread", OS_FAULT_THREAD}, {"all", OS_FAULT_RESERVE | OS_FAULT_COMMIT | OS_FAULT_PURGE | OS_FAULT_REMAP | OS_FAULT_THREAD}};
    int is_full = argc == 2 && strcmp(argv[1], "full") == 0;
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    pid_t pid = fork();
    if (pid == 0)
        child_stale_tail();
    TEST_CHILD_OK(pid);
    for (size_t p = 0; p < sizeof plans / sizeof *plans; p++)
        for (unsigned once = 0; once <= OS_FAULT_ONCE; once += OS_FAULT_ONCE) {
            long after = 0, runs = 1;
            for (; one_plan(plans[p].name, plans[p].kinds | once, after); runs++)
                after += is_full || after < QUICK_CALLS ? 1 : after / 6;
            printf("%s, %s: %ld runs, up to call %ld\n", plans[p].name, once ? "one call fails" : "all later calls fail", runs, after);
            fflush(stdout);
        }
    return 0;
}

#else

int main(void)
{
    printf("os_faults: this build has no PYMM_FAULTS\n");
    return TEST_SKIPPED;
}

#endif
