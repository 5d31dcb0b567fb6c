/* allocators.c: PyMem_GetAllocator and PyMem_SetAllocator: fields, unknown domains, what is copied, restoring.
 *
 * Owns the tables themselves. Does not own: what hooks see (hook_calls.c). Read first: check.h. */
#include "check.h"

static const PyMemAllocatorEx garbage = {(void *)1, (void *(*)(void *, size_t))1, (void *(*)(void *, size_t, size_t))1,
                                         (void *(*)(void *, void *, size_t))1, (void (*)(void *, void *))1};

static int is_same(const PyMemAllocatorEx *a, const PyMemAllocatorEx *b)
{
    return a->ctx == b->ctx && a->malloc == b->malloc && a->calloc == b->calloc && a->realloc == b->realloc && a->free == b->free;
}

static void fields(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx table = garbage, again = garbage;
        PyMem_GetAllocator(d->domain, &table);
        PyMem_GetAllocator(d->domain, &again);
        check_bool(check_join(d->name, "all_set"), table.malloc && table.calloc && table.realloc && table.free);
        check_bool(check_join(d->name, "written"), table.malloc != garbage.malloc && table.calloc != garbage.calloc &&
                                                       table.realloc != garbage.realloc && table.free != garbage.free);
        check_bool(check_join(d->name, "stable"), is_same(&table, &again));
    }
}

static void before_init(void)
{
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx table = garbage;
        PyMem_GetAllocator(d->domain, &table);
        check_bool(check_join(d->name, "all_set"), table.malloc && table.calloc && table.realloc && table.free);
    }
    Py_Initialize();
    check_int("initialized", Py_IsInitialized());
}

static void unknown_get(void)
{
    static const int unknown[] = {3, 4, 100, -1};
    Py_Initialize();
    for (size_t index = 0; index < sizeof unknown / sizeof unknown[0]; index++) {
        char name[16];
        PyMemAllocatorEx table = garbage;
        PyMem_GetAllocator((PyMemAllocatorDomain)unknown[index], &table);
        snprintf(name, sizeof name, "domain_%d", unknown[index]);
        check_bool(check_join(name, "all_null"), !table.ctx && !table.malloc && !table.calloc && !table.realloc && !table.free);
    }
}

static void unknown_set(void)
{
    static const int unknown[] = {3, 4, 100, -1};
    PyMemAllocatorEx before[3], after[3], table = garbage;
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
        PyMem_GetAllocator(d->domain, &before[d - check_domains]);
    for (size_t index = 0; index < sizeof unknown / sizeof unknown[0]; index++)
        PyMem_SetAllocator((PyMemAllocatorDomain)unknown[index], &table);
    CHECK_EACH_DOMAIN(d)
    {
        PyMem_GetAllocator(d->domain, &after[d - check_domains]);
        check_bool(check_join(d->name, "unchanged"), is_same(&before[d - check_domains], &after[d - check_domains]));
    }
    PyMem_GetAllocator((PyMemAllocatorDomain)3, &table);
    check_pointer("still_unknown", table.ctx);
}

/* A table may be called directly, as a wrapping hook does. */
static void calls_through_table(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx table;
        PyMem_GetAllocator(d->domain, &table);
        unsigned char *block = table.malloc(table.ctx, 40), *zeroed = table.calloc(table.ctx, 5, 8), *nothing;
        memset(block, 3, 40);
        block = table.realloc(table.ctx, block, 4000);
        check_bool(check_join(d->name, "kept"), block && block[0] == 3 && block[39] == 3);
        check_bool(check_join(d->name, "zeroed"), zeroed && zeroed[0] == 0 && zeroed[39] == 0);
        nothing = table.malloc(table.ctx, 0);
        check_pointer(check_join(d->name, "malloc_0"), nothing);
        table.free(table.ctx, nothing);
        nothing = table.calloc(table.ctx, 0, 0);
        check_pointer(check_join(d->name, "calloc_0"), nothing);
        nothing = table.realloc(table.ctx, nothing, 0);
        check_pointer(check_join(d->name, "realloc_0"), nothing);
        table.free(table.ctx, nothing);
        nothing = table.realloc(table.ctx, NULL, 12);
        check_pointer(check_join(d->name, "realloc_null"), nothing);
        table.free(table.ctx, nothing);
        table.free(table.ctx, NULL);
        /* Blocks of the table and of the function are the same kind. */
        d->free(block);
        table.free(table.ctx, d->malloc(24));
        d->free(zeroed);
    }
}

static int calls;

static void *counting_malloc(void *ctx, size_t bytes)
{
    PyMemAllocatorEx *under = ctx;
    calls++;
    return under->malloc(under->ctx, bytes);
}

static void *counting_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    PyMemAllocatorEx *under = ctx;
    calls++;
    return under->calloc(under->ctx, item_count, item_bytes);
}

static void *counting_realloc(void *ctx, void *block, size_t bytes)
{
    PyMemAllocatorEx *under = ctx;
    calls++;
    return under->realloc(under->ctx, block, bytes);
}

static void counting_free(void *ctx, void *block)
{
    PyMemAllocatorEx *under = ctx;
    calls++;
    under->free(under->ctx, block);
}

/* The table that is given is copied: what happens to the variable later changes nothing. */
static void table_is_copied(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx under, hook = {&under, counting_malloc, counting_calloc, counting_realloc, counting_free}, read;
        PyMem_GetAllocator(d->domain, &under);
        PyMem_SetAllocator(d->domain, &hook);
        PyMem_GetAllocator(d->domain, &read);
        check_bool(check_join(d->name, "read_back"), is_same(&hook, &read));
        hook = garbage;
        calls = 0;
        d->free(d->realloc(d->malloc(1), 2));
        check_int(check_join(d->name, "calls"), calls);
        PyMem_SetAllocator(d->domain, &under);
        PyMem_GetAllocator(d->domain, &read);
        check_bool(check_join(d->name, "restored"), is_same(&under, &read));
        calls = 0;
        d->free(d->realloc(d->malloc(1), 2));
        check_int(check_join(d->name, "calls_after"), calls);
    }
}

/* Installing in one domain changes no other. */
static void other_domains(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx under, hook = {&under, counting_malloc, counting_calloc, counting_realloc, counting_free}, before, after;
        PyMem_GetAllocator(d->domain, &under);
        int is_unchanged = 1;
        CHECK_EACH_DOMAIN(other)
        {
            if (other == d)
                continue;
            PyMem_GetAllocator(other->domain, &before);
            PyMem_SetAllocator(d->domain, &hook);
            PyMem_GetAllocator(other->domain, &after);
            PyMem_SetAllocator(d->domain, &under);
            is_unchanged &= is_same(&before, &after);
        }
        check_bool(check_join(d->name, "others_unchanged"), is_unchanged);
    }
}

/* Blocks outlive hooks that only pass on: made under the hook, freed without it, and the other way round. */
static void blocks_outlive_hooks(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMemAllocatorEx under, hook = {&under, counting_malloc, counting_calloc, counting_realloc, counting_free};
        unsigned char *before = d->malloc(50);
        memset(before, 1, 50);
        PyMem_GetAllocator(d->domain, &under);
        PyMem_SetAllocator(d->domain, &hook);
        unsigned char *during = d->malloc(60);
        memset(during, 2, 60);
        before = d->realloc(before, 700);
        PyMem_SetAllocator(d->domain, &under);
        during = d->realloc(during, 10);
        check_bool(check_join(d->name, "kept"), before[0] == 1 && before[49] == 1 && during[0] == 2 && during[9] == 2);
        d->free(before);
        d->free(during);
    }
}

/* The C library behind a domain before Python starts: everything of that domain then comes from it. */
static size_t taken;

static void *own_malloc(void *ctx, size_t bytes)
{
    (void)ctx;
    taken++;
    return malloc(bytes ? bytes : 1);
}

static void *own_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    taken++;
    return item_count && item_bytes ? calloc(item_count, item_bytes) : calloc(1, 1);
}

static void *own_realloc(void *ctx, void *block, size_t bytes)
{
    (void)ctx;
    return realloc(block, bytes ? bytes : 1);
}

static void own_free(void *ctx, void *block)
{
    (void)ctx;
    free(block);
}

static void replacement_before_init(void)
{
    PyMemAllocatorEx own = {NULL, own_malloc, own_calloc, own_realloc, own_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &own);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &own);
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        if (d->domain == PYMEM_DOMAIN_RAW)
            continue;
        taken = 0;
        void *block = d->malloc(33), *zeroed = d->calloc(3, 5);
        check_size(check_join(d->name, "taken"), taken);
        block = d->realloc(block, 90);
        free(block); /* the C library's, and that is known here */
        d->free(zeroed);
        PyMemAllocatorEx table;
        PyMem_GetAllocator(d->domain, &table);
        check_bool(check_join(d->name, "still_there"), is_same(&table, &own));
    }
}

static const check_case cases[] = {
    {"fields", fields, NULL},
    {"fields_debug", fields, "PYTHONMALLOC=debug"},
    {"before_init", before_init, NULL},
    {"unknown_get", unknown_get, NULL},
    {"unknown_set", unknown_set, NULL},
    {"calls_through_table", calls_through_table, NULL},
    {"calls_through_table_debug", calls_through_table, "PYTHONMALLOC=debug"},
    {"calls_through_table_malloc", calls_through_table, "PYTHONMALLOC=malloc"},
    {"table_is_copied", table_is_copied, NULL},
    {"other_domains", other_domains, NULL},
    {"blocks_outlive_hooks", blocks_outlive_hooks, NULL},
    {"blocks_outlive_hooks_debug", blocks_outlive_hooks, "PYTHONMALLOC=debug"},
    {"replacement_before_init", replacement_before_init, NULL},
};
CHECK_MAIN(cases)
