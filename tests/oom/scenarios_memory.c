/* scenarios_memory.c: the three domains, their macros, and small programs of the usual kinds, without memory.
 *
 * Read driver.h first. */
#include "driver.h"

static void *(*const mallocs[3])(size_t) = {PyMem_RawMalloc, PyMem_Malloc, PyObject_Malloc};
static void *(*const callocs[3])(size_t, size_t) = {PyMem_RawCalloc, PyMem_Calloc, PyObject_Calloc};
static void *(*const reallocs[3])(void *, size_t) = {PyMem_RawRealloc, PyMem_Realloc, PyObject_Realloc};
static void (*const frees[3])(void *) = {PyMem_RawFree, PyMem_Free, PyObject_Free};

static int holds(const unsigned char *block, size_t bytes, unsigned char value)
{
    for (size_t i = 0; i < bytes; i++)
        if (block[i] != value)
            return 0;
    return 1;
}

static void domains(void)
{
    static const size_t sizes[] = {0, 1, 16, 100, 512, 513, 4000, 40000, 300000, 3 << 20};
    for (int domain = 0; domain < 3; domain++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char *block = mallocs[domain](sizes[i]), *cleared = callocs[domain](sizes[i], 1);
            if (block != NULL)
                memset(block, 7, sizes[i]);
            OOM_REQUIRE(cleared == NULL || holds(cleared, sizes[i], 0));
            for (size_t bytes = 1; bytes < 3000000 && block != NULL; bytes = bytes * 9 + 1) {
                size_t kept = bytes < sizes[i] ? bytes : sizes[i];
                unsigned char *moved = reallocs[domain](block, bytes);
                OOM_REQUIRE(moved != NULL || holds(block, 1 < sizes[i] ? 1 : sizes[i], 7)); /* a failed resize leaves the block */
                block = moved != NULL ? moved : block;
                OOM_REQUIRE(moved == NULL || holds(block, kept < 1 ? kept : 1, 7));
            }
            frees[domain](cleared);
            frees[domain](block);
        }
}

/* Resizing NULL allocates, and to zero does not free. */
static void edges_of_resizing(void)
{
    for (int domain = 0; domain < 3; domain++) {
        void *block = reallocs[domain](NULL, 50);
        void *moved = block == NULL ? NULL : reallocs[domain](block, 0);
        frees[domain](moved != NULL ? moved : block);
        OOM_REQUIRE(mallocs[domain]((size_t)PY_SSIZE_T_MAX + 1) == NULL);
        OOM_REQUIRE(callocs[domain]((size_t)PY_SSIZE_T_MAX / 2, 3) == NULL);
        void *kept = mallocs[domain](10);
        OOM_REQUIRE(reallocs[domain](kept, (size_t)PY_SSIZE_T_MAX + 1) == NULL);
        frees[domain](kept);
    }
}

typedef struct pair {
    double value;
    struct pair *next;
} pair;

static void typed_macros(void)
{
    pair *pairs = PyMem_New(pair, 20), *old = pairs;
    if (pairs != NULL) {
        pairs[19].value = 19;
        PyMem_Resize(pairs, pair, 2000);
        OOM_REQUIRE((pairs != NULL ? pairs : old)[19].value == 19);
        pairs = pairs != NULL ? pairs : old;
        old = pairs;
        PyMem_RESIZE(pairs, pair, PY_SSIZE_T_MAX);
        OOM_REQUIRE(pairs == NULL);
        PyMem_Del(old);
    }
    OOM_REQUIRE(PyMem_New(pair, PY_SSIZE_T_MAX) == NULL);
    char *text = (char *)PyMem_MALLOC(30), *grown = text == NULL ? NULL : (char *)PyMem_REALLOC(text, 60);
    PyMem_FREE(grown != NULL ? grown : text);
    pair *one = PyMem_NEW(pair, 1);
    PyMem_DEL(one);
    PyObject_FREE(PyObject_MALLOC(3));
}

/* A list that is built as far as memory goes. */
static void list_of_blocks(void)
{
    pair *first = NULL;
    for (int i = 0; i < 60; i++) {
        pair *made = (pair *)PyObject_Malloc(sizeof *made);
        if (made == NULL)
            break;
        *made = (pair){i, first};
        first = made;
    }
    double expected = first == NULL ? -1 : first->value;
    while (first != NULL) {
        OOM_REQUIRE(first->value == expected--);
        pair *next = first->next;
        PyObject_Free(first);
        first = next;
    }
    OOM_REQUIRE(expected == -1);
}

/* Texts that grow step by step; where one cannot, it stays as long as it is. */
static void growing_texts(void)
{
    char *texts[8] = {NULL};
    size_t lengths[8] = {0};
    for (int i = 0; i < 100; i++) {
        int at = i * 7 % 8;
        char *grown = (char *)PyMem_Realloc(texts[at], lengths[at] + 37);
        if (grown == NULL)
            continue;
        memset(grown + lengths[at], 'a' + at, 37);
        texts[at] = grown;
        lengths[at] += 37;
    }
    for (int at = 0; at < 8; at++) {
        OOM_REQUIRE(texts[at] == NULL || holds((unsigned char *)texts[at], lengths[at], (unsigned char)('a' + at)));
        PyMem_Free(texts[at]);
    }
}

/* More than the threads' caches hold, so that slabs are opened, emptied and given back. */
static void many_blocks(void)
{
    enum { COUNT = 250 };
    void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++)
        blocks[i] = mallocs[i % 3]((size_t)i * 40);
    for (int i = 0; i < COUNT; i += 2) {
        frees[i % 3](blocks[i]);
        blocks[i] = NULL;
    }
    pymm_give_back();
    for (int i = 0; i < COUNT; i++)
        frees[i % 3](blocks[i]);
    pymm_give_back();
}

const oom_scenario oom_memory_scenarios[] = {
    {"domains", domains, 0, 0, 0},           {"edges_of_resizing", edges_of_resizing, 0, 0, 0}, {"typed_macros", typed_macros, 0, 0, 0},
    {"list_of_blocks", list_of_blocks, 0, 0, 0}, {"growing_texts", growing_texts, 0, 0, 0},     {"many_blocks", many_blocks, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};
