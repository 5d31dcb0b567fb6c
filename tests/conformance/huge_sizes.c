/* huge_sizes.c: requests that cannot be had: over PY_SSIZE_T_MAX, products that overflow, and what a failure leaves alone.
 *
 * Owns refused sizes in the twelve functions. Does not own: typed macros (typed.c). Read first: check.h. */
#include "check.h"

#define HALF ((size_t)PY_SSIZE_T_MAX)

static void malloc_too_much(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_pointer(check_join(d->name, "max_plus_1"), d->malloc(HALF + 1));
        check_pointer(check_join(d->name, "size_max"), d->malloc(SIZE_MAX));
        check_pointer(check_join(d->name, "size_max_minus_16"), d->malloc(SIZE_MAX - 16));
        check_pointer(check_join(d->name, "max"), d->malloc(HALF));
        check_pointer(check_join(d->name, "max_minus_1"), d->malloc(HALF - 1));
        check_pointer(check_join(d->name, "max_minus_24"), d->malloc(HALF - 24));
        check_pointer(check_join(d->name, "max_minus_4096"), d->malloc(HALF - 4096));
    }
}

static void calloc_too_much(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_pointer(check_join(d->name, "half_by_3"), d->calloc(HALF, 3));
        check_pointer(check_join(d->name, "3_by_half"), d->calloc(3, HALF));
        check_pointer(check_join(d->name, "max_by_1"), d->calloc(HALF, 1));
        check_pointer(check_join(d->name, "1_by_max"), d->calloc(1, HALF));
        check_pointer(check_join(d->name, "max_plus_1_by_1"), d->calloc(HALF + 1, 1));
        check_pointer(check_join(d->name, "1_by_max_plus_1"), d->calloc(1, HALF + 1));
        check_pointer(check_join(d->name, "size_max_by_size_max"), d->calloc(SIZE_MAX, SIZE_MAX));
        check_pointer(check_join(d->name, "size_max_by_2"), d->calloc(SIZE_MAX, 2));
        /* 2^32 * 2^32 is zero in 64 bits; 2^33 * (2^31 + 1) is a small number. */
        check_pointer(check_join(d->name, "wraps_to_zero"), d->calloc((size_t)1 << 32, (size_t)1 << 32));
        check_pointer(check_join(d->name, "wraps_to_little"), d->calloc((size_t)1 << 33, ((size_t)1 << 31) + 1));
        check_pointer(check_join(d->name, "half_plus_half"), d->calloc(2, HALF / 2 + 1));
    }
}

static int is_pattern(const unsigned char *block, size_t bytes)
{
    for (size_t index = 0; index < bytes; index++)
        if (block[index] != (unsigned char)(index * 31 + 5))
            return 0;
    return 1;
}

static unsigned char *patterned(const check_domain *d, size_t bytes)
{
    unsigned char *block = d->malloc(bytes);
    for (size_t index = 0; index < bytes; index++)
        block[index] = (unsigned char)(index * 31 + 5);
    return block;
}

/* A resize that fails returns NULL, and the block is as it was: its contents, and that it can be resized and freed. */
static void failed_resize(void)
{
    static const size_t sizes[] = {1, 7, 16, 64, 100, 511, 512, 513, 4096, 33000, 1000000};
    static const size_t too_much[] = {SIZE_MAX / 2 + 1, SIZE_MAX, SIZE_MAX - 8, SIZE_MAX / 2, SIZE_MAX / 2 - 64};
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_refused = 1, is_kept = 1, is_usable = 1;
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            unsigned char *block = patterned(d, sizes[s]);
            for (size_t t = 0; t < sizeof too_much / sizeof too_much[0]; t++) {
                is_refused &= d->realloc(block, too_much[t]) == NULL;
                is_kept &= is_pattern(block, sizes[s]);
            }
            unsigned char *grown = d->realloc(block, sizes[s] * 2);
            is_usable &= grown && is_pattern(grown, sizes[s]);
            d->free(grown);
        }
        check_bool(check_join(d->name, "is_refused"), is_refused);
        check_bool(check_join(d->name, "contents_are_kept"), is_kept);
        check_bool(check_join(d->name, "block_is_usable"), is_usable);
    }
}

static void realloc_null_too_much(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_pointer(check_join(d->name, "max_plus_1"), d->realloc(NULL, HALF + 1));
        check_pointer(check_join(d->name, "size_max"), d->realloc(NULL, SIZE_MAX));
        check_pointer(check_join(d->name, "max"), d->realloc(NULL, HALF));
    }
}

/* Refused requests cost nothing: a great many of them change nothing for those that follow. */
static void again_and_again(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_refused = 1;
        for (int count = 0; count < 20000; count++)
            is_refused &= d->malloc(SIZE_MAX - (size_t)count) == NULL && d->calloc(HALF, (size_t)count + 2) == NULL;
        void *block = d->malloc(100);
        check_bool(check_join(d->name, "is_refused"), is_refused);
        check_pointer(check_join(d->name, "then"), block);
        d->free(block);
    }
}

/* Raw memory needs no initialisation: the same before it. */
static void raw_before_init(void)
{
    check_pointer("malloc_max_plus_1", PyMem_RawMalloc(HALF + 1));
    check_pointer("malloc_max", PyMem_RawMalloc(HALF));
    check_pointer("calloc_overflow", PyMem_RawCalloc(HALF, 2));
    unsigned char *block = patterned(&check_domains[0], 200);
    check_pointer("realloc_size_max", PyMem_RawRealloc(block, SIZE_MAX));
    check_bool("contents_are_kept", is_pattern(block, 200));
    PyMem_RawFree(block);
}

static const check_case cases[] = {
    {"malloc", malloc_too_much, NULL},
    {"malloc_debug", malloc_too_much, "PYTHONMALLOC=debug"},
    {"malloc_malloc", malloc_too_much, "PYTHONMALLOC=malloc"},
    {"calloc", calloc_too_much, NULL},
    {"calloc_debug", calloc_too_much, "PYTHONMALLOC=debug"},
    {"calloc_malloc", calloc_too_much, "PYTHONMALLOC=malloc"},
    {"failed_resize", failed_resize, NULL},
    {"failed_resize_debug", failed_resize, "PYTHONMALLOC=debug"},
    {"failed_resize_malloc", failed_resize, "PYTHONMALLOC=malloc"},
    {"realloc_null", realloc_null_too_much, NULL},
    {"again", again_and_again, NULL},
    {"raw_before_init", raw_before_init, NULL},
};
CHECK_MAIN(cases)
