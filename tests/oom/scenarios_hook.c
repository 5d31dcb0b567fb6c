/* scenarios_hook.c: allocators that are swapped and wrapped, debug hooks, and arenas of the program's own, without memory.
 *
 * Read driver.h first. */
#include "driver.h"

/* A hook that keeps a block of the raw domain beside each block: two calls, of which either may fail. */
typedef struct beside {
    struct beside *next;
    void *block;
} beside;

typedef struct hook {
    PyMemAllocatorEx next;
    beside *list;
} hook;

static void *noted(hook *into, void *block)
{
    beside *note = block == NULL ? NULL : (beside *)PyMem_RawMalloc(sizeof *note);
    if (note == NULL) {
        into->next.free(into->next.ctx, block);
        return NULL;
    }
    *note = (beside){into->list, block};
    into->list = note;
    return block;
}

static beside **note_of(hook *in, void *block)
{
    beside **at = &in->list;
    while (*at != NULL && (*at)->block != block)
        at = &(*at)->next;
    OOM_REQUIRE(*at != NULL);
    return at;
}

static void *hook_malloc(void *ctx, size_t size)
{
    hook *own = (hook *)ctx;
    return noted(own, own->next.malloc(own->next.ctx, size));
}

static void *hook_calloc(void *ctx, size_t nelem, size_t elsize)
{
    hook *own = (hook *)ctx;
    return noted(own, own->next.calloc(own->next.ctx, nelem, elsize));
}

static void *hook_realloc(void *ctx, void *ptr, size_t new_size)
{
    hook *own = (hook *)ctx;
    void *moved = own->next.realloc(own->next.ctx, ptr, new_size);
    if (ptr == NULL)
        return noted(own, moved);
    if (moved != NULL)
        (*note_of(own, ptr))->block = moved;
    return moved;
}

static void hook_free(void *ctx, void *ptr)
{
    hook *own = (hook *)ctx;
    if (ptr != NULL) {
        beside **at = note_of(own, ptr), *note = *at;
        *at = note->next;
        PyMem_RawFree(note);
    }
    own->next.free(own->next.ctx, ptr);
}

static void put_on(hook *own, PyMemAllocatorDomain domain)
{
    PyMemAllocatorEx table = {own, hook_malloc, hook_calloc, hook_realloc, hook_free};
    own->list = NULL;
    PyMem_GetAllocator(domain, &own->next);
    PyMem_SetAllocator(domain, &table);
}

/* Where there is no memory to set a table, the one before stays, and nothing is called that was not put on. */
static int is_on(hook *own, PyMemAllocatorDomain domain)
{
    PyMemAllocatorEx active;
    PyMem_GetAllocator(domain, &active);
    return active.ctx == own;
}

static void use(void)
{
    void *blocks[] = {PyMem_Malloc(10), PyMem_Calloc(10, 100), PyObject_Malloc(700), PyObject_Calloc(2, 3)};
    for (int i = 0; i < 4; i++) {
        void *moved = blocks[i] == NULL ? NULL : i < 2 ? PyMem_Realloc(blocks[i], 5000) : PyObject_Realloc(blocks[i], 90);
        blocks[i] = moved != NULL ? moved : blocks[i];
    }
    for (int i = 0; i < 4; i++)
        i < 2 ? PyMem_Free(blocks[i]) : PyObject_Free(blocks[i]);
}

static void wrapping_hooks(void)
{
    static hook own[2]; /* tables are copied, what they point to is not */
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++)
            put_on(&own[i], (PyMemAllocatorDomain)(i + 1));
        use();
        for (int i = 0; i < 2; i++) {
            OOM_REQUIRE(own[i].list == NULL);
            if (is_on(&own[i], (PyMemAllocatorDomain)(i + 1)))
                PyMem_SetAllocator((PyMemAllocatorDomain)(i + 1), &own[i].next);
        }
        use();
    }
}

/* mem's blocks from the table of obj, and back. */
static void swapped_tables(void)
{
    PyMemAllocatorEx tables[3];
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &tables[domain]);
    for (int round = 1; round <= 3; round++) {
        for (int domain = 0; domain < 3; domain++)
            PyMem_SetAllocator((PyMemAllocatorDomain)domain, &tables[domain == 0 ? 0 : 1 + (domain + round) % 2]);
        use();
        PyMem_RawFree(PyMem_RawRealloc(NULL, 1000));
    }
    for (int domain = 0; domain < 3; domain++)
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &tables[domain]);
}

/* Debug hooks over everything there is, twice, and hooks of the program's own above. */
static void debug_hooks(void)
{
    static hook own;
    PyMem_SetupDebugHooks();
    PyMem_SetupDebugHooks();
    use();
    put_on(&own, PYMEM_DOMAIN_OBJ);
    use();
    if (is_on(&own, PYMEM_DOMAIN_OBJ))
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &own.next);
    OOM_REQUIRE(own.list == NULL);
    unsigned char *block = (unsigned char *)PyMem_Malloc(100), *moved;
    if (block == NULL)
        return;
    OOM_REQUIRE(block[99] == 0xCD);
    memset(block, 1, 100);
    moved = (unsigned char *)PyMem_Realloc(block, 200000);
    OOM_REQUIRE((moved != NULL ? moved : block)[99] == 1 && (moved == NULL || moved[100] == 0xCD));
    block = moved != NULL ? moved : block;
    moved = (unsigned char *)PyMem_Realloc(block, 10);
    OOM_REQUIRE((moved != NULL ? moved : block)[9] == 1);
    PyMem_Free(moved != NULL ? moved : block);
}

/* Arenas -------------------------------------------------------------------------------------------------------------- */

typedef struct source {
    int calls, fail_at, is_once, live;
} source;

static void *source_alloc(void *ctx, size_t size)
{
    source *from = (source *)ctx;
    from->calls++;
    if (from->is_once ? from->calls == from->fail_at : from->calls >= from->fail_at)
        return NULL;
    void *arena = malloc(size);
    from->live += arena != NULL;
    return arena;
}

static void source_free(void *ctx, void *ptr, size_t size)
{
    (void)size;
    ((source *)ctx)->live--;
    free(ptr);
}

static int refused_with(source *from)
{
    enum { COUNT = 30 };
    static void *blocks[COUNT];
    int refused = 0;
    PyObjectArenaAllocator own = {from, source_alloc, source_free}, before;
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&own);
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = i % 2 ? PyObject_Malloc(512) : PyMem_Calloc(1, (size_t)i * 130);
        refused += blocks[i] == NULL;
        if (blocks[i] != NULL)
            memset(blocks[i], i, (size_t)(i % 2 ? 512 : i * 130));
    }
    for (int i = 0; i < COUNT; i++)
        i % 2 ? PyObject_Free(blocks[i]) : PyMem_Free(blocks[i]);
    PyObject_SetArenaAllocator(&before);
    pymm_give_back();
    return refused;
}

/* The source fails at its N-th call, while allocations fail at theirs. */
static void arenas_that_fail(void)
{
    static source sources[12]; /* they have to live as long as their arenas */
    for (int i = 0; i < 12; i++) {
        sources[i] = (source){0, 1 + i / 2, i % 2, 0};
        refused_with(&sources[i]);
        OOM_REQUIRE(sources[i].live >= 0);
    }
}

/* The statistics and names, which allocate nothing of the program's; from the system they may need a page to look with. */
static void statistics(void)
{
    static pymm_stats stats;
    char text[200];
    void *block = PyMem_Malloc(1000);
    OOM_REQUIRE(pymm_stats_get(&stats, sizeof stats) == 0 || oom_does_system_fail());
    OOM_REQUIRE(pymm_stats_json(text, sizeof text) > 0 || oom_does_system_fail());
    (void)_PyMem_GetCurrentAllocatorName();
    FILE *out = tmpfile();
    if (out != NULL) {
        _PyObject_DebugMallocStats(out);
        pymm_stats_print(fileno(out));
        fclose(out);
    }
    PyMem_Free(block);
}

const oom_scenario oom_hook_scenarios[] = {
    {"wrapping_hooks", wrapping_hooks, 0, 0, 0},     {"swapped_tables", swapped_tables, 0, 0, 0}, {"debug_hooks", debug_hooks, 0, 0, 0},
    {"arenas_that_fail", arenas_that_fail, 0, 0, 0}, {"statistics", statistics, 0, 0, 0},         {NULL, NULL, 0, 0, 0},
};
