/* alignment.c: blocks of every size from 1 to 4096 bytes, and some larger ones, lie on multiples of 16.
 *
 * Owns alignment in the three domains, made and resized. Read first: check.h. */
#include "check.h"

enum { ALIGNMENT = 16, LARGEST = 4096 };

static int is_aligned(const void *block)
{
    return block && (uintptr_t)block % ALIGNMENT == 0;
}

static void *make_malloc(const check_domain *d, size_t bytes) { return d->malloc(bytes); }
static void *make_calloc(const check_domain *d, size_t bytes) { return d->calloc(bytes, 1); }
static void *make_grown(const check_domain *d, size_t bytes) { return d->realloc(d->malloc(1), bytes); }
static void *make_shrunk(const check_domain *d, size_t bytes) { return d->realloc(d->malloc(5000), bytes); }

/* Two of each size alive together, so that not every one is the first of its place. Returns how many were aligned. */
static size_t aligned_count(const check_domain *d, void *(*make)(const check_domain *d, size_t bytes), size_t from, size_t step)
{
    size_t count = 0;
    for (size_t bytes = from; bytes < from + LARGEST * step; bytes += step) {
        void *first = make(d, bytes), *second = make(d, bytes);
        count += is_aligned(first) && is_aligned(second);
        d->free(first);
        d->free(second);
    }
    return count;
}

static void every_size(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_size(check_join(d->name, "malloc"), aligned_count(d, make_malloc, 1, 1));
        check_size(check_join(d->name, "calloc"), aligned_count(d, make_calloc, 1, 1));
        check_size(check_join(d->name, "grown"), aligned_count(d, make_grown, 1, 1));
        check_size(check_join(d->name, "shrunk"), aligned_count(d, make_shrunk, 1, 1));
    }
}

static void larger_sizes(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
        check_size(check_join(d->name, "malloc"), aligned_count(d, make_malloc, 4097, 37));
}

static void zero_bytes(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        size_t count = 0;
        for (int index = 0; index < 100; index++)
            count += is_aligned(d->malloc(0)); /* kept, so that the next one lies elsewhere */
        check_size(check_join(d->name, "malloc_0"), count);
    }
}

static void *alive[LARGEST];

static void all_alive(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        size_t count = 0;
        for (size_t bytes = 1; bytes <= LARGEST; bytes++)
            count += is_aligned(alive[bytes - 1] = d->malloc(bytes));
        for (size_t bytes = 1; bytes <= LARGEST; bytes++)
            d->free(alive[bytes - 1]);
        check_size(check_join(d->name, "malloc"), count);
    }
}

static const check_case cases[] = {
    {"every_size", every_size, NULL},
    {"every_size_debug", every_size, "PYTHONMALLOC=debug"},
    {"every_size_malloc", every_size, "PYTHONMALLOC=malloc"},
    {"larger_sizes", larger_sizes, NULL},
    {"zero_bytes", zero_bytes, NULL},
    {"all_alive", all_alive, NULL},
};
CHECK_MAIN(cases)
