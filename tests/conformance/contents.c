/* contents.c: what is in a block: kept on growth and shrink, zeroed by calloc, and no two blocks overlap.
 *
 * Owns contents over many sizes. Does not own: fill bytes of the debug hooks (debug_layout.c). Read first: check.h. */
#include "check.h"

static unsigned long long state = 12345;

static unsigned random_below(unsigned limit)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(state >> 33) % limit;
}

static unsigned char pattern_at(size_t index, unsigned seed)
{
    return (unsigned char)(index * 7 + (index >> 8) + seed);
}

static void pattern_write(unsigned char *block, size_t from, size_t to, unsigned seed)
{
    for (size_t index = from; index < to; index++)
        block[index] = pattern_at(index, seed);
}

static int pattern_holds(const unsigned char *block, size_t bytes, unsigned seed)
{
    for (size_t index = 0; index < bytes; index++)
        if (block[index] != pattern_at(index, seed))
            return 0;
    return 1;
}

static const size_t sizes[] = {1,    2,    8,    15,   16,   17,    31,    32,    33,    48,     64,     100,    127,    128,
                               129,  200,  255,  256,  257,  384,   500,   511,   512,   513,    600,    1000,   1024,   1025,
                               2048, 4095, 4096, 4097, 8000, 16384, 20000, 32768, 32769, 65536, 100000, 262144, 262145, 1100000};
enum { SIZE_COUNT = sizeof sizes / sizeof sizes[0] };

/* From each size to each other one: the common part stays. */
static void every_pair(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int grown = 1, shrunk = 1;
        size_t pairs = 0;
        for (unsigned from = 0; from < SIZE_COUNT; from++)
            for (unsigned to = 0; to < SIZE_COUNT; to++, pairs++) {
                unsigned char *block = d->malloc(sizes[from]);
                pattern_write(block, 0, sizes[from], from);
                block = d->realloc(block, sizes[to]);
                if (sizes[to] >= sizes[from])
                    grown &= pattern_holds(block, sizes[from], from);
                else
                    shrunk &= pattern_holds(block, sizes[to], from);
                d->free(block);
            }
        check_size(check_join(d->name, "pairs"), pairs);
        check_bool(check_join(d->name, "kept_on_growth"), grown);
        check_bool(check_join(d->name, "kept_on_shrink"), shrunk);
    }
}

/* One block up by single bytes, and down again. */
static void byte_by_byte(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = NULL;
        int up = 1, down = 1;
        for (size_t bytes = 1; bytes <= 3000; bytes++) {
            block = d->realloc(block, bytes);
            block[bytes - 1] = pattern_at(bytes - 1, 9);
            if (bytes % 50 == 0)
                up &= pattern_holds(block, bytes, 9);
        }
        for (size_t bytes = 3000; bytes >= 1; bytes--) {
            block = d->realloc(block, bytes);
            if (bytes % 50 == 0 || bytes < 40)
                down &= pattern_holds(block, bytes, 9);
        }
        d->free(block);
        check_bool(check_join(d->name, "up"), up);
        check_bool(check_join(d->name, "down"), down);
    }
}

static int is_zero(const unsigned char *block, size_t bytes)
{
    for (size_t index = 0; index < bytes; index++)
        if (block[index])
            return 0;
    return 1;
}

/* calloc zeroes memory that had been written, whatever its size and however the product is made. */
static void calloc_zeroes(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        int one = 1, many = 1, reused = 1;
        for (int round = 0; round < 3; round++)
            for (unsigned s = 0; s < SIZE_COUNT; s++) {
                unsigned char *dirty = d->malloc(sizes[s]);
                memset(dirty, 0xff, sizes[s]);
                d->free(dirty);
                unsigned char *first = d->calloc(1, sizes[s]), *second = d->calloc(sizes[s], 1), *third = d->calloc(3, sizes[s]);
                one &= is_zero(first, sizes[s]);
                many &= is_zero(second, sizes[s]);
                reused &= is_zero(third, 3 * sizes[s]);
                memset(first, 0xaa, sizes[s]), memset(second, 0xbb, sizes[s]), memset(third, 0xcc, 3 * sizes[s]);
                d->free(first), d->free(second), d->free(third);
            }
        check_bool(check_join(d->name, "one_item"), one);
        check_bool(check_join(d->name, "items_of_one"), many);
        check_bool(check_join(d->name, "three_items"), reused);
    }
}

/* Many blocks alive at once, made, resized and freed in a random order: each keeps its own bytes. */
static void many_blocks(void)
{
    enum { COUNT = 400, STEPS = 20000 };
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        static unsigned char *blocks[COUNT];
        static size_t bytes[COUNT];
        int is_kept = 1;
        memset(blocks, 0, sizeof blocks);
        for (int step = 0; step < STEPS; step++) {
            unsigned index = random_below(COUNT);
            size_t wanted = random_below(8) ? random_below(700) : random_below(40000);
            if (blocks[index])
                is_kept &= pattern_holds(blocks[index], bytes[index], index);
            if (!blocks[index] || random_below(2)) {
                size_t common = !blocks[index] ? 0 : bytes[index] < wanted ? bytes[index] : wanted;
                blocks[index] = d->realloc(blocks[index], wanted);
                is_kept &= pattern_holds(blocks[index], common, index);
                bytes[index] = wanted;
                pattern_write(blocks[index], common, wanted, index);
            } else {
                d->free(blocks[index]);
                blocks[index] = NULL;
            }
        }
        for (unsigned index = 0; index < COUNT; index++)
            d->free(blocks[index]);
        check_bool(check_join(d->name, "each_keeps_its_own"), is_kept);
    }
}

static const check_case cases[] = {
    {"every_pair", every_pair, NULL},
    {"every_pair_debug", every_pair, "PYTHONMALLOC=debug"},
    {"every_pair_malloc", every_pair, "PYTHONMALLOC=malloc"},
    {"byte_by_byte", byte_by_byte, NULL},
    {"byte_by_byte_debug", byte_by_byte, "PYTHONMALLOC=debug"},
    {"calloc", calloc_zeroes, NULL},
    {"calloc_debug", calloc_zeroes, "PYTHONMALLOC=debug"},
    {"calloc_malloc", calloc_zeroes, "PYTHONMALLOC=malloc"},
    {"many", many_blocks, NULL},
    {"many_debug", many_blocks, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
