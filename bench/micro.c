/* micro: two questions to one allocator, asked in C without Python.
 *
 *   micro threads --backend NAME [--lib PATH] --pattern own|cross --threads N [--rounds N]
 *   micro grow    --backend NAME [--lib PATH]
 *
 * own    each thread keeps a set of blocks and replaces them at random
 * cross  each thread allocates batches and frees those that the next thread hands it (alone: its own)
 * grow   one block from 1 KiB to 1 GiB by doubling, each new page touched, the old contents verified at the end
 * Prints one JSON object on a line. Read backends.h first. */
#include "backends.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREAD_COUNT_MAX 16
#define SET_COUNT 2048  /* blocks that a thread of `own` keeps */
#define BATCH_COUNT 128 /* blocks handed over at a time */
#define RING_COUNT 32   /* batches that may be under way to one thread */
#define RING_DEPTH                                                                                                     \
    16 /* batches that stay alive, also when a thread hands them to itself: the same set of blocks as own */

typedef struct ring { /* one writer, one reader */
    _Alignas(64) atomic_size_t written;
    _Alignas(64) atomic_size_t taken;
    _Alignas(64) void *batches[RING_COUNT][BATCH_COUNT];
} ring;

static backend chosen;
static pthread_barrier_t barrier;
static ring rings[THREAD_COUNT_MAX];
static double start_ns[THREAD_COUNT_MAX], end_ns[THREAD_COUNT_MAX];
static unsigned thread_count = 1;
static uint64_t round_count = 20000000;

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline void *block_new(size_t size_bytes)
{
    const backend_domain *d = &chosen.domains[PYMM_DOMAIN_MEM];
    char *block = chosen.is_plain ? d->plain.malloc(size_bytes) : d->table.malloc(d->table.ctx, size_bytes);
    if (block == NULL) {
        fputs("micro: no memory\n", stderr);
        exit(1);
    }
    block[0] = (char)size_bytes;
    block[size_bytes - 1] = 1;
    return block;
}

static inline void block_free(void *block)
{
    const backend_domain *d = &chosen.domains[PYMM_DOMAIN_MEM];
    (void)*(const volatile char *)block;
    if (chosen.is_plain)
        d->plain.free(block);
    else
        d->table.free(d->table.ctx, block);
}

static inline uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Python's sizes, roughly: most under 128 bytes, one in 16 up to 1 KiB, one in 256 up to 8 KiB. */
static inline size_t random_size(uint64_t bits)
{
    size_t most = (bits & 255) == 0 ? 8192 : (bits & 15) == 0 ? 1024 : 128;
    return 16 + (bits >> 8) % (most - 15);
}

static void run_own(unsigned number)
{
    static void *sets[THREAD_COUNT_MAX][SET_COUNT];
    void **set = sets[number];
    uint64_t seed = 88172645463325252u + number * 977;
    for (int i = 0; i < SET_COUNT; i++)
        set[i] = block_new(random_size(random_next(&seed)));
    pthread_barrier_wait(&barrier);
    start_ns[number] = now_ns();
    for (uint64_t i = 0; i < round_count; i++) {
        uint64_t bits = random_next(&seed);
        void **place = &set[(bits >> 40) % SET_COUNT];
        block_free(*place);
        *place = block_new(random_size(bits));
    }
    end_ns[number] = now_ns();
    for (int i = 0; i < SET_COUNT; i++)
        block_free(set[i]);
}

/* The blocks of a batch die; false when fewer than pending_min batches wait. */
static bool ring_take(ring *from, size_t pending_min)
{
    size_t taken = atomic_load_explicit(&from->taken, memory_order_relaxed);
    if (atomic_load_explicit(&from->written, memory_order_acquire) - taken < pending_min)
        return false;
    void **batch = from->batches[taken % RING_COUNT];
    for (int i = 0; i < BATCH_COUNT; i++)
        block_free(batch[i]);
    atomic_store_explicit(&from->taken, taken + 1, memory_order_release);
    return true;
}

static void run_cross(unsigned number)
{
    ring *to = &rings[(number + 1) % thread_count], *from = &rings[number];
    uint64_t seed = 88172645463325252u + number * 977, batch_count = round_count / BATCH_COUNT;
    pthread_barrier_wait(&barrier);
    start_ns[number] = now_ns();
    for (uint64_t done = 0, freed = 0; done < batch_count || freed < batch_count;) {
        size_t written = atomic_load_explicit(&to->written, memory_order_relaxed);
        bool has_room = written - atomic_load_explicit(&to->taken, memory_order_acquire) < RING_COUNT;
        if (done < batch_count && has_room) {
            void **batch = to->batches[written % RING_COUNT];
            for (int i = 0; i < BATCH_COUNT; i++)
                batch[i] = block_new(random_size(random_next(&seed)));
            atomic_store_explicit(&to->written, written + 1, memory_order_release);
            done++;
        }
        if (ring_take(from, done == batch_count ? 1 : RING_DEPTH))
            freed++;
        else if (!has_room || done == batch_count)
            sched_yield();
    }
    end_ns[number] = now_ns();
}

static bool is_cross;

static void *thread_main(void *number)
{
    (is_cross ? run_cross : run_own)((unsigned)(uintptr_t)number);
    return NULL;
}

static void measure_threads(void)
{
    pthread_t threads[THREAD_COUNT_MAX];
    pthread_barrier_init(&barrier, NULL, thread_count);
    for (uintptr_t i = 0; i < thread_count; i++)
        pthread_create(&threads[i], NULL, thread_main, (void *)i);
    for (unsigned i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    double first_ns = start_ns[0], last_ns = end_ns[0], pairs = (double)round_count * thread_count;
    for (unsigned i = 1; i < thread_count; i++) {
        first_ns = start_ns[i] < first_ns ? start_ns[i] : first_ns;
        last_ns = end_ns[i] > last_ns ? end_ns[i] : last_ns;
    }
    double wall = last_ns - first_ns;
    printf("{\"backend\": \"%s\", \"library\": \"%s\", \"pattern\": \"%s\", \"threads\": %u, \"ns_per_pair\": %.3f, "
           "\"pairs_per_second\": %.0f}\n",
           chosen.name, chosen.library, is_cross ? "cross" : "own", thread_count, wall / pairs, pairs * 1e9 / wall);
}

#define GROW_FIRST_BYTES ((size_t)1 << 10)
#define GROW_LAST_BYTES ((size_t)1 << 30)
#define GROW_STEP_BYTES ((size_t)4096)

static void measure_grow(void)
{
    const backend_domain *d = &chosen.domains[PYMM_DOMAIN_RAW];
    double start = now_ns();
    char *block = NULL;
    for (size_t old_bytes = 0, bytes = GROW_FIRST_BYTES; bytes <= GROW_LAST_BYTES; old_bytes = bytes, bytes *= 2) {
        block = chosen.is_plain ? d->plain.realloc(block, bytes) : d->table.realloc(d->table.ctx, block, bytes);
        if (block == NULL) {
            fputs("micro: no memory\n", stderr);
            exit(1);
        }
        for (size_t at = old_bytes; at < bytes; at += GROW_STEP_BYTES)
            block[at] = (char)(at / GROW_STEP_BYTES % 251 + 1);
        block[bytes - 1] = 1;
    }
    double wall = now_ns() - start;
    for (size_t at = GROW_STEP_BYTES; at < GROW_LAST_BYTES; at += GROW_STEP_BYTES)
        if (block[at] != (char)(at / GROW_STEP_BYTES % 251 + 1)) {
            fprintf(stderr, "micro: contents lost at byte %zu\n", at);
            exit(1);
        }
    double free_start = now_ns();
    if (chosen.is_plain)
        d->plain.free(block);
    else
        d->table.free(d->table.ctx, block);
    printf("{\"backend\": \"%s\", \"library\": \"%s\", \"grow_ms\": %.3f, \"free_ms\": %.3f}\n", chosen.name,
           chosen.library, wall / 1e6, (now_ns() - free_start) / 1e6);
}

static _Noreturn void usage(void)
{
    fputs("usage: micro threads --backend NAME [--lib PATH] --pattern own|cross --threads N [--rounds N]\n"
          "       micro grow --backend NAME [--lib PATH]\n",
          stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    const char *name = NULL, *library = NULL, *pattern = "own", *threads = "1", *rounds = NULL;
    if (argc < 2)
        usage();
    for (int i = 2; i < argc; i += 2) {
        const char **value = strcmp(argv[i], "--backend") == 0   ? &name
                             : strcmp(argv[i], "--lib") == 0     ? &library
                             : strcmp(argv[i], "--pattern") == 0 ? &pattern
                             : strcmp(argv[i], "--threads") == 0 ? &threads
                             : strcmp(argv[i], "--rounds") == 0  ? &rounds
                                                                 : NULL;
        if (value == NULL || i + 1 == argc)
            usage();
        *value = argv[i + 1];
    }
    thread_count = (unsigned)strtoul(threads, NULL, 10);
    is_cross = strcmp(pattern, "cross") == 0;
    if (rounds != NULL)
        round_count = strtoull(rounds, NULL, 10);
    /* The null allocator gives the same memory to all: no use here. */
    if (name == NULL || strncmp(name, "null", 4) == 0 || thread_count == 0 || thread_count > THREAD_COUNT_MAX ||
        round_count == 0)
        usage();
    backend_open(&chosen, name, library, 0, argv);
    if (strcmp(argv[1], "threads") == 0)
        measure_threads();
    else if (strcmp(argv[1], "grow") == 0)
        measure_grow();
    else
        usage();
    return 0;
}
