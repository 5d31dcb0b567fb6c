/* table.c: the heap's own allocator tables, one for each domain, with the hot paths inlined into their functions.
 *
 * Owns: the functions that CPython, or a host, calls for every block; the tables that are active at the start. Read domain.h first. */
#include "domain/domain.h"

#define HEAP_TABLE(name, domain)                                                                                       \
    PYMM_HOT static void *name##_malloc(void *ctx, size_t bytes)                                                       \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return heap_malloc(domain, bytes);                                                                             \
    }                                                                                                                  \
    PYMM_HOT static void *name##_calloc(void *ctx, size_t item_count, size_t item_bytes)                               \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return heap_calloc(domain, item_count, item_bytes);                                                            \
    }                                                                                                                  \
    PYMM_HOT static void *name##_realloc(void *ctx, void *block, size_t bytes)                                         \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return heap_realloc(domain, block, bytes);                                                                     \
    }                                                                                                                  \
    PYMM_HOT static void name##_free(void *ctx, void *block)                                                           \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        heap_free_in(domain, block);                                                                                   \
    }
HEAP_TABLE(raw, PYMM_DOMAIN_RAW)
HEAP_TABLE(mem, PYMM_DOMAIN_MEM)
HEAP_TABLE(obj, PYMM_DOMAIN_OBJ)

const pymm_allocator domain_heap_tables[PYMM_DOMAIN_COUNT] = {
    {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free},
    {NULL, mem_malloc, mem_calloc, mem_realloc, mem_free},
    {NULL, obj_malloc, obj_calloc, obj_realloc, obj_free},
};

const pymm_allocator *_Atomic domain_tables[PYMM_DOMAIN_COUNT] = {&domain_heap_tables[0], &domain_heap_tables[1],
                                                                  &domain_heap_tables[2]};

const pymm_allocator *pymm_allocator_get(enum pymm_domain domain)
{
    return (unsigned)domain < PYMM_DOMAIN_COUNT ? &domain_heap_tables[domain] : NULL;
}
