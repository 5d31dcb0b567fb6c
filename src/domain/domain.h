/* domain.h: the one header of the room `domain`: the tables {ctx, malloc, calloc, realloc, free} of the three domains.
 *
 * The table is the only seam between the heap and whoever allocates; a hook is a table that calls another.
 * pymm_allocator_get (pymm.h) returns the heap's own tables, which never change. Of the tables here one is active in each
 * domain; it may be swapped at any moment, while other threads allocate. Under CPython the interpreter keeps the active
 * tables itself and those here are not used.
 * Owns: the active tables, the C library's table, the names of allocators. Does not own: hooks (hook/). */
#ifndef PYMM_DOMAIN_H
#define PYMM_DOMAIN_H

#include "heap/heap.h"

/* The active table of each domain: an immutable copy, never freed, so that a thread may go on using the one it read. */
extern const pymm_allocator *_Atomic domain_tables[PYMM_DOMAIN_COUNT];

PYMM_INLINE const pymm_allocator *domain_active(unsigned domain)
{
    return atomic_load_explicit(&domain_tables[domain], memory_order_acquire);
}

/* Make a copy of `table` the active one. The same table is copied once however often it is installed.
 * Returns 0; -1 when there is no memory for a copy, and nothing has changed. */
int domain_set(unsigned domain, const pymm_allocator *table);

/* malloc, calloc, realloc and free of the C library, with the API's rule for zero bytes. */
const pymm_allocator *domain_libc_table(void);

/* The calls as the API defines them: sizes over PTRDIFF_MAX are refused here, no table ever sees them. */
PYMM_INLINE void *domain_malloc(unsigned domain, size_t bytes)
{
    if (PYMM_UNLIKELY(bytes > PTRDIFF_MAX))
        return NULL;
    const pymm_allocator *table = domain_active(domain);
    return table->malloc(table->ctx, bytes);
}

PYMM_INLINE void *domain_calloc(unsigned domain, size_t item_count, size_t item_bytes)
{
    if (PYMM_UNLIKELY(item_bytes != 0 && item_count > PTRDIFF_MAX / item_bytes))
        return NULL;
    const pymm_allocator *table = domain_active(domain);
    return table->calloc(table->ctx, item_count, item_bytes);
}

PYMM_INLINE void *domain_realloc(unsigned domain, void *block, size_t bytes)
{
    if (PYMM_UNLIKELY(bytes > PTRDIFF_MAX))
        return NULL;
    const pymm_allocator *table = domain_active(domain);
    return table->realloc(table->ctx, block, bytes);
}

PYMM_INLINE void domain_free(unsigned domain, void *block)
{
    const pymm_allocator *table = domain_active(domain);
    table->free(table->ctx, block);
}

/* The same in the hottest places: where the heap serves the domain, which is nearly always, its hot path is inlined. */
extern const pymm_allocator domain_heap_tables[PYMM_DOMAIN_COUNT]; /* what pymm_allocator_get returns */
PYMM_INLINE void *domain_malloc_hot(unsigned domain, size_t bytes)
{
    return PYMM_LIKELY(domain_active(domain) == &domain_heap_tables[domain]) ? heap_malloc(domain, bytes) : domain_malloc(domain, bytes);
}

PYMM_INLINE void domain_free_hot(unsigned domain, void *block)
{
    if (PYMM_LIKELY(domain_active(domain) == &domain_heap_tables[domain]))
        heap_free_in(domain, block);
    else
        domain_free(domain, block);
}

/* Names: the values of PYTHONMALLOC, with the numbers of CPython 3.13. ----------------------------------------------- */

typedef enum domain_name {
    DOMAIN_NAME_NOT_SET = 0,
    DOMAIN_NAME_DEFAULT = 1,
    DOMAIN_NAME_DEBUG = 2,
    DOMAIN_NAME_MALLOC = 3,
    DOMAIN_NAME_MALLOC_DEBUG = 4,
    DOMAIN_NAME_PYMALLOC = 5,
    DOMAIN_NAME_PYMALLOC_DEBUG = 6,
    DOMAIN_NAME_MIMALLOC = 7,
    DOMAIN_NAME_MIMALLOC_DEBUG = 8
} domain_name;

/* The number of a name, DOMAIN_NAME_NOT_SET for NULL and "", -1 for anything unknown. Case matters. */
int domain_name_find(const char *text);
/* The text of a name, NULL for a number that is none. */
const char *domain_name_text(domain_name name);
/* Does the name ask for debug hooks? `default` asks for what this build does by default. */
bool domain_name_is_debug(domain_name name);
/* Make the allocators of a name active in all domains, without debug hooks. 0, or -1 when there is no memory. */
int domain_name_install(domain_name name);
/* The name of what is active, hooks apart: which of the heap (PYMALLOC or MIMALLOC, as it was installed) and libc serves
 * all domains; NOT_SET when a table is neither. `tables`: those under the hooks, the active ones if NULL. */
domain_name domain_name_of(const pymm_allocator *const tables[PYMM_DOMAIN_COUNT]);
#endif
