/* Tracing while several threads allocate, resize and free each other's blocks, and while the process forks: every record is
 * there once, figures agree with records, the peak is reached. Run under the thread sanitizer too.
 * Read include/pymm_trace.h first. */
#include "Python.h"
#include "pymm_trace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREAD_COUNT 4
#define SLOT_COUNT 64

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "threads.c:%d: %s does not hold\n", __LINE__, #condition);                                 \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static _Atomic(void *) exchanged[SLOT_COUNT]; /* blocks change hands here */
static atomic_bool is_over;
static unsigned step_count = 20000;

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void *work(void *arg)
{
    uint64_t random = (uintptr_t)arg + 1;
    for (unsigned i = 0; i < step_count; i++) {
        uint32_t choice = next_random(&random);
        void *mine = atomic_exchange(&exchanged[choice % SLOT_COUNT], NULL);
        size_t bytes = next_random(&random) % (choice % 50 == 0 ? 100000 : 400);
        if (mine == NULL)
            mine = choice & 1024 ? PyMem_Malloc(bytes) : PyMem_Calloc(1, bytes);
        else if (choice & 2048)
            mine = PyMem_Realloc(mine, bytes);
        CHECK(mine != NULL);
        if (choice % 3 != 0)
            mine = atomic_exchange(&exchanged[(choice >> 8) % SLOT_COUNT], mine);
        PyMem_Free(mine);
        if (choice % 100 == 0) {
            CHECK(PyTraceMalloc_Track(7, choice % 512 * 8, bytes) != -1);
            CHECK(PyTraceMalloc_Untrack(7, (choice >> 9) % 512 * 8) != -1);
        }
    }
    return NULL;
}

static size_t sum_of_records(size_t *count)
{
    pymm_trace_snapshot *snapshot;
    CHECK(pymm_trace_snapshot_take(&snapshot) == 0);
    size_t sum = 0;
    pymm_trace_info info;
    *count = pymm_trace_snapshot_count(snapshot);
    for (size_t i = 0; pymm_trace_snapshot_get(snapshot, i, &info) == 0; i++)
        sum += info.bytes;
    pymm_trace_snapshot_free(snapshot);
    return sum;
}

static void run(void *(*each)(void *), void (*meanwhile)(void))
{
    pthread_t threads[THREAD_COUNT];
    for (uintptr_t i = 0; i < THREAD_COUNT; i++)
        CHECK(pthread_create(&threads[i], NULL, each, (void *)i) == 0);
    if (meanwhile != NULL)
        meanwhile();
    for (unsigned i = 0; i < THREAD_COUNT; i++)
        pthread_join(threads[i], NULL);
}

static void free_exchanged(void)
{
    for (unsigned i = 0; i < SLOT_COUNT; i++)
        PyMem_Free(atomic_exchange(&exchanged[i], NULL));
    for (uintptr_t i = 0; i < 512; i++)
        PyTraceMalloc_Untrack(7, i * 8);
}

static void every_block_has_one_record(void)
{
    CHECK(pymm_trace_start(1) == 0);
    run(work, NULL);
    size_t live = 0, count, traced, peak;
    for (uintptr_t i = 0; i < 512; i++)
        PyTraceMalloc_Untrack(7, i * 8);
    for (unsigned i = 0; i < SLOT_COUNT; i++)
        live += atomic_load(&exchanged[i]) != NULL;
    size_t sum = sum_of_records(&count);
    pymm_trace_get_traced_memory(&traced, &peak);
    CHECK(count == live);
    CHECK(sum == traced);
    CHECK(peak >= traced);
    free_exchanged();
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == 0);
    pymm_trace_stop();
}

static void look(void)
{
    for (int i = 0; i < 40; i++) {
        size_t count, traced, peak;
        sum_of_records(&count);
        pymm_trace_get_traced_memory(&traced, &peak);
        CHECK(traced <= peak);
        CHECK(peak < (size_t)1 << 30);
        if (i % 4 == 0)
            pymm_trace_reset_peak();
        if (i % 8 == 7)
            pymm_trace_clear();
    }
}

static void start_and_stop(void)
{
    for (int i = 0; i < 40; i++) {
        pymm_trace_stop();
        CHECK(pymm_trace_start(1 + (unsigned)i % 2) == 0);
    }
}

static void others_may_look_clear_and_restart(void)
{
    CHECK(pymm_trace_start(1) == 0);
    run(work, look);
    free_exchanged();
    run(work, start_and_stop);
    free_exchanged();
    size_t traced, count;
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == 0);
    CHECK(sum_of_records(&count) == 0 && count == 0);
    pymm_trace_stop();
}

/* All threads hold their blocks at one moment: the peak is known exactly. */
static pthread_barrier_t barrier;

static void *climb(void *arg)
{
    (void)arg;
    void *blocks[100];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++)
            blocks[i] = PyMem_Malloc(1000);
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < 100; i++)
            PyMem_Free(blocks[i]);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void the_peak_of_several_threads_is_exact(void)
{
    pthread_barrier_init(&barrier, NULL, THREAD_COUNT);
    for (int i = 0; i < 3; i++) {
        CHECK(pymm_trace_start(1) == 0);
        run(climb, NULL);
        size_t traced, peak;
        pymm_trace_get_traced_memory(&traced, &peak);
        CHECK(traced == 0);
        CHECK(peak == (size_t)THREAD_COUNT * 100 * 1000);
        pymm_trace_stop();
    }
    pthread_barrier_destroy(&barrier);
}

/* Slack below the peak is with all threads when one of them needs more than there is: the peak rises by what is missing. */
static void *share(void *arg)
{
    for (int i = 0; i < 200; i++)
        PyMem_Free(PyMem_Malloc(100));
    pthread_barrier_wait(&barrier);
    if (arg == NULL)
        PyMem_Free(PyMem_Malloc((size_t)65 << 20));
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void the_peak_is_exact_when_others_have_slack(void)
{
    pthread_barrier_init(&barrier, NULL, THREAD_COUNT);
    CHECK(pymm_trace_start(1) == 0);
    PyMem_Free(PyMem_Malloc((size_t)64 << 20));
    run(share, NULL);
    size_t traced, peak;
    pymm_trace_get_traced_memory(&traced, &peak);
    CHECK(traced == 0);
    CHECK(peak == (size_t)65 << 20);
    pymm_trace_stop();
    pthread_barrier_destroy(&barrier);
}

static void *keep_busy(void *arg)
{
    uint64_t random = (uintptr_t)arg + 1;
    while (!atomic_load(&is_over)) {
        void *block = PyMem_Malloc(next_random(&random) % 3000);
        block = PyMem_Realloc(block, next_random(&random) % 3000);
        PyMem_Free(block);
    }
    return NULL;
}

static void in_child(void *kept)
{
    size_t traced, count, peak;
    pymm_trace_get_traced_memory(&traced, &peak);
    CHECK(sum_of_records(&count) == traced && traced <= peak);
    size_t before = traced;
    void *block = PyMem_Malloc(500);
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == before + 500);
    PyMem_Free(block);
    PyMem_Free(kept);
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == before - 77);
    pymm_trace_stop();
    CHECK(pymm_trace_start(2) == 0);
    block = PyMem_Malloc(5);
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == 5);
    _exit(0);
}

static void fork_often(void)
{
    for (int i = 0; i < 20; i++) {
        void *kept = PyMem_Malloc(77);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            in_child(kept);
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        PyMem_Free(kept);
    }
    atomic_store(&is_over, true);
}

#ifdef __SANITIZE_THREAD__ /* its runtime does not outlive a fork of many threads */
enum { HAS_THREAD_SANITIZER = 1 };
#else
enum { HAS_THREAD_SANITIZER = 0 };
#endif

static void a_child_has_the_records_of_its_parent(void)
{
    atomic_store(&is_over, false);
    CHECK(pymm_trace_start(1) == 0);
    run(keep_busy, fork_often);
    size_t traced;
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == 0);
    pymm_trace_stop();
}

static void threads_may_come_and_go(void)
{
    CHECK(pymm_trace_start(1) == 0);
    step_count = 50;
    size_t first = 0;
    for (int i = 0; i < 60; i++) {
        run(work, NULL);
        if (i == 10)
            first = pymm_trace_get_memory();
    }
    CHECK(pymm_trace_get_memory() < first + ((size_t)4 << 20));
    free_exchanged();
    size_t traced;
    pymm_trace_get_traced_memory(&traced, NULL);
    CHECK(traced == 0);
    pymm_trace_stop();
}

int main(void)
{
    every_block_has_one_record();
    others_may_look_clear_and_restart();
    the_peak_of_several_threads_is_exact();
    the_peak_is_exact_when_others_have_slack();
    if (!HAS_THREAD_SANITIZER)
        a_child_has_the_records_of_its_parent();
    threads_may_come_and_go();
    return 0;
}
