/* trace_cost.c: what tracing costs a program that does little but allocate: rounds with and without it, in turns.
 *
 *   trace_cost [rounds [frames]]      prints one line a program: medians in ns an operation, and their ratio
 *
 * Each program allocates and frees through the Python/C API, writes to what it gets, and looks at it again, as programs do;
 * `pairs` is the exception, nothing but malloc and free of the same block, and so an upper bound.
 * Read first: docs/internals/trace.md, "What it costs". */
#include "Python.h"
#include "pymm_trace.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t random_state = 1;
static uint32_t random_next(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

static volatile size_t sink;

/* One block at a time. */
static size_t pairs(void)
{
    for (size_t i = 0; i < 1000000; i++) {
        char *block = PyObject_Malloc(48);
        *block = 1;
        PyObject_Free(block);
    }
    return 1000000;
}

/* Trees of small nodes, built and taken down: what parsers, compilers and binary-trees benchmarks do. */
typedef struct node {
    struct node *left, *right;
    size_t value;
} node;

static node *tree_make(unsigned depth)
{
    node *root = PyObject_Malloc(sizeof *root);
    root->value = depth;
    root->left = depth == 0 ? NULL : tree_make(depth - 1);
    root->right = depth == 0 ? NULL : tree_make(depth - 1);
    return root;
}

static size_t tree_sum_and_free(node *root)
{
    if (root == NULL)
        return 0;
    size_t sum = root->value + tree_sum_and_free(root->left) + tree_sum_and_free(root->right);
    PyObject_Free(root);
    return sum;
}

static size_t trees(void)
{
    for (unsigned i = 0; i < 8; i++)
        sink += tree_sum_and_free(tree_make(15));
    return 8 * 65535;
}

/* Records that come and go at random, of mixed sizes, in three domains: what a long-running service does. */
#define RECORD_COUNT 50000

static size_t records(void)
{
    static struct {
        unsigned char *block;
        size_t bytes;
    } table[RECORD_COUNT];
    for (size_t i = 0; i < 500000; i++) {
        size_t at = random_next() % RECORD_COUNT, bytes = 16 + random_next() % 200;
        if (table[at].block != NULL) {
            sink += table[at].block[table[at].bytes - 1];
            PyMem_Free(table[at].block);
        }
        table[at].block = PyMem_Malloc(bytes);
        table[at].bytes = bytes;
        memset(table[at].block, (int)i, bytes);
    }
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        PyMem_Free(table[i].block);
        table[i].block = NULL;
    }
    return 500000;
}

/* Words are split off a text, kept in a hash table with chains, and counted: strings, nodes, and arrays that grow. */
typedef struct word {
    struct word *next;
    char *text;
    size_t count;
} word;

static size_t words(void)
{
    enum { BUCKET_COUNT = 4096, WORD_COUNT = 200000 };
    static word *buckets[BUCKET_COUNT];
    size_t *counts = NULL, count_capacity = 0, count_used = 0;
    for (size_t i = 0; i < WORD_COUNT; i++) {
        char text[24], *copy;
        int length = snprintf(text, sizeof text, "word%u", random_next() % 20000);
        copy = PyMem_Malloc((size_t)length + 1);
        memcpy(copy, text, (size_t)length + 1);
        uint32_t hash = 0;
        for (int k = 0; k < length; k++)
            hash = hash * 31 + (unsigned char)copy[k];
        word *entry = buckets[hash % BUCKET_COUNT];
        while (entry != NULL && strcmp(entry->text, copy) != 0)
            entry = entry->next;
        if (entry != NULL) {
            entry->count++;
            PyMem_Free(copy);
            continue;
        }
        entry = PyObject_Malloc(sizeof *entry);
        *entry = (word){buckets[hash % BUCKET_COUNT], copy, 1};
        buckets[hash % BUCKET_COUNT] = entry;
    }
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        for (word *entry = buckets[i], *next; entry != NULL; entry = next) {
            if (count_used == count_capacity)
                counts = PyMem_Realloc(counts, (count_capacity += 64) * sizeof *counts);
            counts[count_used++] = entry->count;
            next = entry->next;
            PyMem_Free(entry->text);
            PyObject_Free(entry);
        }
        buckets[i] = NULL;
    }
    PyMem_Free(counts);
    return WORD_COUNT;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static double time_of(size_t (*program)(void), unsigned frame_count)
{
    if (frame_count > 0 && pymm_trace_start(frame_count) != 0)
        exit(1);
    random_state = 1;
    uint64_t start_ns = now_ns();
    size_t count = program();
    uint64_t end_ns = now_ns();
    pymm_trace_stop();
    return (double)(end_ns - start_ns) / (double)count;
}

int main(int argc, char **argv)
{
    size_t round_count = argc > 1 ? strtoul(argv[1], NULL, 10) : 21;
    unsigned frame_count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    static const struct {
        const char *name;
        size_t (*run)(void);
    } programs[] = {{"pairs", pairs}, {"trees", trees}, {"records", records}, {"words", words}};
    double *plain = calloc(round_count + 1, sizeof *plain), *traced = calloc(round_count + 1, sizeof *traced);
    printf("%-8s %12s %12s %6s\n", "program", "untraced ns", "traced ns", "ratio");
    for (size_t p = 0; p < sizeof programs / sizeof *programs; p++) {
        time_of(programs[p].run, 0);
        for (size_t i = 0; i < round_count; i++) {
            plain[i] = time_of(programs[p].run, 0);
            traced[i] = time_of(programs[p].run, frame_count);
        }
        double plain_ns = median(plain, round_count), traced_ns = median(traced, round_count);
        printf("%-8s %12.1f %12.1f %6.2f\n", programs[p].name, plain_ns, traced_ns, traced_ns / plain_ns);
    }
    free(plain);
    free(traced);
    return 0;
}
