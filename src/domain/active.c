/* active.c: the active table of each domain, and how it is swapped while other threads allocate.
 *
 * A table in use is never written: a new one is a copy beside it, and one store makes it active. Copies stay for the life
 * of the process, since a thread may be on its way into one at any time; each distinct table is copied once.
 * Owns: domain_tables and the list of copies. Read domain.h first. */
#include "domain/domain.h"

typedef struct table_copy {
    pymm_allocator table; /* first: domain_tables points here */
    struct table_copy *next;
} table_copy;

static os_lock copies_lock = OS_LOCK_INIT;
static table_copy *copies;

static bool is_same(const pymm_allocator *a, const pymm_allocator *b)
{
    return a->ctx == b->ctx && a->malloc == b->malloc && a->calloc == b->calloc && a->realloc == b->realloc &&
           a->free == b->free;
}

static const pymm_allocator *copy_of(const pymm_allocator *table)
{
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        if (is_same(table, pymm_allocator_get((enum pymm_domain)domain)))
            return pymm_allocator_get((enum pymm_domain)domain);
    for (table_copy *copy = copies; copy != NULL; copy = copy->next)
        if (is_same(table, &copy->table))
            return &copy->table;
    table_copy *copy = heap_meta_take(sizeof *copy);
    if (copy == NULL)
        return NULL;
    *copy = (table_copy){*table, copies};
    copies = copy;
    return &copy->table;
}

int domain_set(unsigned domain, const pymm_allocator *table)
{
    os_lock_take(&copies_lock);
    const pymm_allocator *copy = copy_of(table);
    if (copy != NULL)
        atomic_store_explicit(&domain_tables[domain], copy, memory_order_release);
    os_lock_drop(&copies_lock);
    return copy == NULL ? -1 : 0;
}
