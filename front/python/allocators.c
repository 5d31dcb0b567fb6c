/* allocators.c: a program's own tables, hooks that wrap, arenas, and what the allocators in force are called.
 *
 * Owns: the contract of these calls towards programs. Does not own: how a table becomes active while others allocate
 * (domain/active.c), which are chosen at the start (choice.c), arenas themselves (heap/arena.c). Read front.h first. */
#include "front.h"
#include "hook/hook.h"

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if (allocator == NULL) {
        base_warn("PyMem_GetAllocator: no place to copy the allocator to; nothing is done");
        return;
    }
    *allocator = (PyMemAllocatorEx){NULL, NULL, NULL, NULL, NULL};
    if ((unsigned)domain >= PYMM_DOMAIN_COUNT)
        return;
    front_choice_settle();
    const pymm_allocator *table = domain_active((unsigned)domain);
    *allocator = (PyMemAllocatorEx){table->ctx, table->malloc, table->calloc, table->realloc, table->free};
}

/* A table from before 3.5 has no calloc. The one that takes its place calls it through a copy. */
typedef struct plain_table {
    pymm_allocator own; /* first: other.ctx points here */
    struct plain_table *next;
} plain_table;

static os_lock plain_lock = OS_LOCK_INIT;
static plain_table *plain_tables;

static void *plain_malloc(void *ctx, size_t bytes)
{
    const pymm_allocator *own = ctx;
    return own->malloc(own->ctx, bytes);
}

static void *plain_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    size_t bytes = item_count * item_bytes; /* the product was checked where the call came in */
    void *block = plain_malloc(ctx, bytes);
    if (block != NULL)
        memset(block, 0, bytes);
    return block;
}

static void *plain_realloc(void *ctx, void *block, size_t bytes)
{
    const pymm_allocator *own = ctx;
    return own->realloc(own->ctx, block, bytes);
}

static void plain_free(void *ctx, void *block)
{
    const pymm_allocator *own = ctx;
    own->free(own->ctx, block);
}

static bool is_same(const pymm_allocator *a, const pymm_allocator *b)
{
    return a->ctx == b->ctx && a->malloc == b->malloc && a->realloc == b->realloc && a->free == b->free;
}

/* Give `table` a calloc. Returns 0, or -1 when there is no memory for the copy, which is made once for each table. */
static int complete(pymm_allocator *table)
{
    os_lock_take(&plain_lock);
    plain_table *copy = plain_tables;
    while (copy != NULL && !is_same(&copy->own, table))
        copy = copy->next;
    if (copy == NULL && (copy = heap_meta_take(sizeof *copy)) != NULL) {
        *copy = (plain_table){*table, plain_tables};
        plain_tables = copy;
    }
    os_lock_drop(&plain_lock);
    if (copy == NULL)
        return -1;
    *table = (pymm_allocator){&copy->own, plain_malloc, plain_calloc, plain_realloc, plain_free};
    return 0;
}

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if ((unsigned)domain >= PYMM_DOMAIN_COUNT)
        return;
    if (allocator == NULL || allocator->malloc == NULL || allocator->realloc == NULL || allocator->free == NULL) {
        base_warn("PyMem_SetAllocator: the allocator, its malloc, realloc or free is NULL; the one in force stays");
        return;
    }
    front_choice_settle();
    pymm_allocator table = {allocator->ctx, allocator->malloc, allocator->calloc, allocator->realloc, allocator->free};
    if ((table.calloc == NULL && complete(&table) != 0) || domain_set((unsigned)domain, &table) != 0)
        base_warn("PyMem_SetAllocator: no memory to keep a copy; the allocator in force stays");
    front_choice_replaced();
}

/* Debug hooks ------------------------------------------------------------------------------------------------------------ */

int front_debug_hooks_install(void)
{
    static const hook_debug_host host = {PyGILState_Check, front_state_write};
    hook_debug_host_set(&host);
    int result = 0;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        if (hook_debug_install(domain) != 0)
            result = -1;
    return result;
}

void PyMem_SetupDebugHooks(void)
{
    front_choice_settle();
    if (front_debug_hooks_install() != 0)
        base_warn("PyMem_SetupDebugHooks: no memory; a domain is left without debug hooks");
    front_choice_replaced();
}

/* Names ------------------------------------------------------------------------------------------------------------------ */

/* All domains are under debug hooks, or none is: otherwise there is no name for it. */
const char *_PyMem_GetCurrentAllocatorName(void)
{
    const pymm_allocator *inner[PYMM_DOMAIN_COUNT];
    unsigned debug_count = 0;
    front_choice_settle();
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        const pymm_allocator *active = domain_active(domain);
        inner[domain] = hook_fail_inner(hook_debug_inner(active));
        debug_count += hook_debug_inner(active) != active;
    }
    domain_name name = domain_name_of(inner);
    if (name == DOMAIN_NAME_NOT_SET || (debug_count != 0 && debug_count != PYMM_DOMAIN_COUNT))
        return NULL;
    return domain_name_text(debug_count == 0 ? name : name + 1);
}

/* Arenas ----------------------------------------------------------------------------------------------------------------- */

void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    if (allocator == NULL) {
        base_warn("PyObject_GetArenaAllocator: no place to copy the source to; nothing is done");
        return;
    }
    heap_arena_source source;
    heap_arena_source_get(&source);
    *allocator = (PyObjectArenaAllocator){source.ctx, source.alloc, source.free};
}

void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    if (allocator == NULL || allocator->alloc == NULL || allocator->free == NULL) {
        base_warn("PyObject_SetArenaAllocator: the source, its alloc or free is NULL; the one in force stays");
        return;
    }
    heap_arena_source source = {allocator->ctx, allocator->alloc, allocator->free};
    if (heap_arena_source_set(&source) != 0)
        base_warn("PyObject_SetArenaAllocator: no memory to keep a copy; the source in force stays");
}
