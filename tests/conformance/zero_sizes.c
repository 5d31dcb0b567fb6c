/* zero_sizes.c: requests for nothing: malloc(0), calloc with a zero, realloc to zero, and what may be done with the result.
 *
 * Owns zero bytes in the twelve functions. Does not own: the hooks' view of them (hook_calls.c). Read first: check.h. */
#include "check.h"

enum { BLOCK_COUNT = 200 };

/* `count` blocks of nothing, all alive at once: is each one non-NULL and unlike every other? */
static int all_distinct(const check_domain *d, void *(*make)(const check_domain *d))
{
    void *blocks[BLOCK_COUNT];
    int is_distinct = 1;
    for (int index = 0; index < BLOCK_COUNT; index++) {
        blocks[index] = make(d);
        is_distinct &= blocks[index] != NULL;
        for (int other = 0; other < index; other++)
            is_distinct &= blocks[other] != blocks[index];
    }
    for (int index = 0; index < BLOCK_COUNT; index++)
        d->free(blocks[index]);
    return is_distinct;
}

static void *make_malloc(const check_domain *d) { return d->malloc(0); }
static void *make_calloc(const check_domain *d) { return d->calloc(0, 0); }
static void *make_calloc_items(const check_domain *d) { return d->calloc(0, 8); }
static void *make_calloc_bytes(const check_domain *d) { return d->calloc(8, 0); }
static void *make_realloc(const check_domain *d) { return d->realloc(NULL, 0); }

static void distinct(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_bool(check_join(d->name, "malloc_0"), all_distinct(d, make_malloc));
        check_bool(check_join(d->name, "calloc_0_0"), all_distinct(d, make_calloc));
        check_bool(check_join(d->name, "calloc_0_8"), all_distinct(d, make_calloc_items));
        check_bool(check_join(d->name, "calloc_8_0"), all_distinct(d, make_calloc_bytes));
        check_bool(check_join(d->name, "realloc_null_0"), all_distinct(d, make_realloc));
    }
}

/* No product overflows when one factor is zero, however large the other is. */
static void huge_times_zero(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        void *first = d->calloc(SIZE_MAX, 0), *second = d->calloc(0, SIZE_MAX);
        void *third = d->calloc((size_t)PY_SSIZE_T_MAX + 1, 0), *fourth = d->calloc(0, (size_t)PY_SSIZE_T_MAX + 1);
        check_pointer(check_join(d->name, "calloc_max_0"), first);
        check_pointer(check_join(d->name, "calloc_0_max"), second);
        check_pointer(check_join(d->name, "calloc_half_0"), third);
        check_pointer(check_join(d->name, "calloc_0_half"), fourth);
        d->free(first), d->free(second), d->free(third), d->free(fourth);
    }
}

/* realloc(block, 0) resizes: the result is a block that must still be freed, and that can grow again. */
static void resize_to_zero(void)
{
    static const size_t sizes[] = {0, 1, 16, 100, 512, 513, 4096, 100000, 3000000};
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_block = 1, is_alone = 1, can_grow = 1;
        for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
            void *block = d->realloc(d->malloc(sizes[index]), 0), *others[64];
            is_block &= block != NULL;
            for (int other = 0; other < 64; other++)
                is_alone &= (others[other] = d->malloc(1)) != block; /* were it freed, one of them would get it */
            unsigned char *grown = d->realloc(block, 300);
            can_grow &= grown != NULL;
            memset(grown, 0x5a, 300);
            for (int other = 0; other < 64; other++)
                d->free(others[other]);
            d->free(grown);
        }
        check_bool(check_join(d->name, "is_block"), is_block);
        check_bool(check_join(d->name, "is_not_freed"), is_alone);
        check_bool(check_join(d->name, "can_grow"), can_grow);
    }
}

static void resize_to_zero_again_and_again(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        void *block = d->malloc(0);
        int is_block = 1;
        for (int count = 0; count < 1000; count++)
            is_block &= (block = d->realloc(block, 0)) != NULL;
        d->free(block);
        check_bool(check_join(d->name, "stays_a_block"), is_block);
    }
}

static void free_null(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        d->free(NULL);
        check_text(check_join(d->name, "free_null"), "nothing happened");
    }
}

static void realloc_null(void)
{
    static const size_t sizes[] = {1, 8, 511, 512, 513, 5000, 200000};
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_malloc = 1;
        for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
            unsigned char *block = d->realloc(NULL, sizes[index]);
            is_malloc &= block != NULL;
            memset(block, 7, sizes[index]);
            is_malloc &= block[sizes[index] - 1] == 7;
            d->free(block);
        }
        check_bool(check_join(d->name, "is_malloc"), is_malloc);
    }
}

/* One byte may be written: zero bytes are asked for as one. */
static void one_byte_is_there(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *blocks[BLOCK_COUNT];
        int is_kept = 1;
        for (int index = 0; index < BLOCK_COUNT; index++) {
            blocks[index] = index % 2 ? d->malloc(0) : d->calloc(0, 4);
            *blocks[index] = (unsigned char)index;
        }
        for (int index = 0; index < BLOCK_COUNT; index++) {
            is_kept &= *blocks[index] == (unsigned char)index;
            d->free(blocks[index]);
        }
        check_bool(check_join(d->name, "holds"), is_kept);
    }
}

static const check_case cases[] = {
    {"distinct", distinct, NULL},
    {"distinct_debug", distinct, "PYTHONMALLOC=debug"},
    {"distinct_malloc", distinct, "PYTHONMALLOC=malloc"},
    {"huge_times_zero", huge_times_zero, NULL},
    {"huge_times_zero_debug", huge_times_zero, "PYTHONMALLOC=debug"},
    {"resize_to_zero", resize_to_zero, NULL},
    {"resize_to_zero_debug", resize_to_zero, "PYTHONMALLOC=debug"},
    {"resize_to_zero_malloc", resize_to_zero, "PYTHONMALLOC=malloc"},
    {"again", resize_to_zero_again_and_again, NULL},
    {"free_null", free_null, NULL},
    {"free_null_debug", free_null, "PYTHONMALLOC=debug"},
    {"free_null_malloc", free_null, "PYTHONMALLOC=malloc"},
    {"realloc_null", realloc_null, NULL},
    {"realloc_null_debug", realloc_null, "PYTHONMALLOC=debug"},
    {"one_byte", one_byte_is_there, NULL},
};
CHECK_MAIN(cases)
