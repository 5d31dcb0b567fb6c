/* debug_layout.c: the bytes that debug hooks put around and into a block.
 *
 * Owns what can be read through the user's own address: size, id, pads, fills. Does not own: what the allocator under the
 * hooks is asked for and left with (debug_inner.c), reports (death_*.c). Read first: check.h. */
#include "check.h"

enum { S = sizeof(size_t) };

static void print_head(const char *domain, const char *what, const unsigned char *block)
{
    check_bytes(check_join(check_join(domain, what), "size"), block - 2 * S, S);
    check_text(check_join(check_join(domain, what), "id"), "%c", block[-S]);
    check_bytes(check_join(check_join(domain, what), "pad"), block - S + 1, S - 1);
}

static void made_by_malloc(void)
{
    static const size_t sizes[] = {0, 1, 5, 16, 300, 70000};
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
            char what[32];
            snprintf(what, sizeof what, "malloc_%zu", sizes[index]);
            unsigned char *block = d->malloc(sizes[index]);
            print_head(d->name, what, block);
            check_bytes(check_join(check_join(d->name, what), "tail"), block + sizes[index], S);
            d->free(block);
        }
    }
}

static int is_filled(const unsigned char *block, size_t from, size_t to, unsigned char byte)
{
    for (size_t index = from; index < to; index++)
        if (block[index] != byte)
            return 0;
    return 1;
}

static const size_t fill_sizes[] = {1, 2, 8, 15, 16, 17, 64, 100, 128, 129, 256, 488, 489, 512, 513, 1000, 5000, 40000, 1000000};
enum { FILL_COUNT = sizeof fill_sizes / sizeof fill_sizes[0] };

static void fills(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *small = d->malloc(7), *zeroed = d->calloc(7, 1);
        check_bytes(check_join(d->name, "malloc_7"), small, 7);
        check_bytes(check_join(d->name, "calloc_7"), zeroed, 7);
        d->free(small), d->free(zeroed);
        int is_clean = 1, is_zero = 1, is_guarded = 1;
        for (size_t index = 0; index < FILL_COUNT; index++) {
            size_t bytes = fill_sizes[index];
            unsigned char *made = d->malloc(bytes), *empty = d->calloc(1, bytes);
            is_clean &= is_filled(made, 0, bytes, 0xcd);
            is_zero &= is_filled(empty, 0, bytes, 0);
            is_guarded &= is_filled(made, bytes, bytes + S, 0xfd) && is_filled(empty, bytes, bytes + S, 0xfd);
            d->free(made), d->free(empty);
        }
        check_bool(check_join(d->name, "malloc_is_clean_bytes"), is_clean);
        check_bool(check_join(d->name, "calloc_is_zeros"), is_zero);
        check_bool(check_join(d->name, "pads_follow"), is_guarded);
    }
}

static void made_by_calloc(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->calloc(3, 7);
        print_head(d->name, "calloc_3_7", block);
        check_bytes(check_join(d->name, "calloc_3_7.data"), block, 21);
        check_bytes(check_join(d->name, "calloc_3_7.tail"), block + 21, S);
        d->free(block);
        block = d->calloc(0, 7);
        print_head(d->name, "calloc_0_7", block);
        d->free(block);
    }
}

static void grown(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->malloc(6);
        memset(block, 0x11, 6);
        block = d->realloc(block, 18);
        print_head(d->name, "from_6_to_18", block);
        check_bytes(check_join(d->name, "from_6_to_18.data"), block, 18);
        check_bytes(check_join(d->name, "from_6_to_18.tail"), block + 18, S);
        d->free(block);
        block = d->calloc(1, 4);
        block = d->realloc(block, 9);
        check_bytes(check_join(d->name, "calloc_4_to_9.data"), block, 9);
        d->free(block);
        block = d->realloc(NULL, 5);
        print_head(d->name, "null_to_5", block);
        check_bytes(check_join(d->name, "null_to_5.data"), block, 5);
        d->free(block);
    }
}

static void shrunk(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->malloc(40);
        memset(block, 0x22, 40);
        block = d->realloc(block, 10);
        print_head(d->name, "from_40_to_10", block);
        check_bytes(check_join(d->name, "from_40_to_10.data"), block, 10);
        check_bytes(check_join(d->name, "from_40_to_10.tail"), block + 10, S);
        block = d->realloc(block, 0);
        print_head(d->name, "to_0", block);
        check_bytes(check_join(d->name, "to_0.tail"), block, S);
        block = d->realloc(block, 3);
        check_bytes(check_join(d->name, "back_to_3.data"), block, 3);
        d->free(block);
    }
}

/* Of a long block the hooks save its two ends only; the middle must survive all the same. */
static void contents_around_the_saved_ends(void)
{
    static const size_t sizes[] = {100, 127, 128, 129, 130, 192, 256, 1000, 100000};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_kept = 1, is_clean = 1, is_guarded = 1;
        for (size_t from = 0; from < COUNT; from++)
            for (size_t to = 0; to < COUNT; to++) {
                unsigned char *block = d->malloc(sizes[from]);
                size_t common = sizes[from] < sizes[to] ? sizes[from] : sizes[to];
                for (size_t index = 0; index < sizes[from]; index++)
                    block[index] = (unsigned char)(index % 251);
                block = d->realloc(block, sizes[to]);
                for (size_t index = 0; index < common; index++)
                    is_kept &= block[index] == index % 251;
                is_clean &= is_filled(block, common, sizes[to], 0xcd);
                is_guarded &= is_filled(block, sizes[to], sizes[to] + S, 0xfd);
                d->free(block);
            }
        check_bool(check_join(d->name, "is_kept"), is_kept);
        check_bool(check_join(d->name, "growth_is_clean"), is_clean);
        check_bool(check_join(d->name, "pads_follow"), is_guarded);
    }
}

/* A failed resize leaves the block with its head, contents and tail. */
static void failed_resize(void)
{
    static const size_t sizes[] = {4, 128, 129, 1000};
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int is_kept = 1, is_refused = 1;
        unsigned char *last = NULL;
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            unsigned char *block = d->malloc(sizes[s]);
            memset(block, 0x44, sizes[s]);
            is_refused &= d->realloc(block, (size_t)PY_SSIZE_T_MAX) == NULL;
            is_refused &= d->realloc(block, (size_t)PY_SSIZE_T_MAX - 24) == NULL;
            is_refused &= d->realloc(block, (size_t)PY_SSIZE_T_MAX - 100) == NULL;
            is_kept &= is_filled(block, 0, sizes[s], 0x44) && is_filled(block, sizes[s], sizes[s] + S, 0xfd);
            if (last)
                d->free(last);
            last = block;
        }
        check_bool(check_join(d->name, "is_refused"), is_refused);
        check_bool(check_join(d->name, "is_kept"), is_kept);
        print_head(d->name, "after", last);
        d->free(last);
    }
}

/* The room for pads counts as well: just under PY_SSIZE_T_MAX there is nothing left. */
static void limits(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        check_pointer(check_join(d->name, "max"), d->malloc((size_t)PY_SSIZE_T_MAX));
        check_pointer(check_join(d->name, "max_minus_23"), d->malloc((size_t)PY_SSIZE_T_MAX - 23));
        check_pointer(check_join(d->name, "max_minus_31"), d->malloc((size_t)PY_SSIZE_T_MAX - 31));
        check_pointer(check_join(d->name, "calloc_max"), d->calloc((size_t)PY_SSIZE_T_MAX, 1));
        check_pointer(check_join(d->name, "calloc_max_minus_23"), d->calloc((size_t)PY_SSIZE_T_MAX - 23, 1));
    }
}

static const check_case cases[] = {
    {"malloc", made_by_malloc, "PYTHONMALLOC=debug"},
    {"malloc_malloc_debug", made_by_malloc, "PYTHONMALLOC=malloc_debug"},
    {"malloc_pymalloc_debug", made_by_malloc, "PYTHONMALLOC=pymalloc_debug"},
    {"malloc_dev", made_by_malloc, "PYTHONDEVMODE=1"},
    {"fills", fills, "PYTHONMALLOC=debug"},
    {"fills_malloc_debug", fills, "PYTHONMALLOC=malloc_debug"},
    {"calloc", made_by_calloc, "PYTHONMALLOC=debug"},
    {"grown", grown, "PYTHONMALLOC=debug"},
    {"grown_malloc_debug", grown, "PYTHONMALLOC=malloc_debug"},
    {"shrunk", shrunk, "PYTHONMALLOC=debug"},
    {"shrunk_malloc_debug", shrunk, "PYTHONMALLOC=malloc_debug"},
    {"saved_ends", contents_around_the_saved_ends, "PYTHONMALLOC=debug"},
    {"failed_resize", failed_resize, "PYTHONMALLOC=debug"},
    {"limits", limits, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
