/* stray.c: objects of the collector's that lie outside of the heap's first region: a descriptor each, in a hash table.
 *
 * Owns: the table, the lists of those that are tracked. Does not own: what is in a state (track.h). A descriptor is made when
 * memory for an object is taken, so that tracking cannot fail. Read track.h first. */
#include "track_state.h"

#define BUCKETS_MIN 1024

base_list object_strays[OBJECT_GENERATION_COUNT + 1] = {BASE_LIST_INIT(object_strays[0]), BASE_LIST_INIT(object_strays[1]),
                                                        BASE_LIST_INIT(object_strays[2]), BASE_LIST_INIT(object_strays[3])};
static object_stray **buckets;
static size_t bucket_count; /* a power of two, or 0 */

/* The top bits of the product: in lower ones, addresses that lie a power of two apart differ in few. */
static object_stray **bucket_of(object_stray **table, size_t count, uintptr_t address)
{
    return &table[(address >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - base_ctz64(count))];
}

object_stray *object_stray_find(const void *op)
{
    if (bucket_count == 0)
        return NULL;
    object_stray *stray = *bucket_of(buckets, bucket_count, (uintptr_t)op);
    while (stray != NULL && stray->address != (uintptr_t)op)
        stray = stray->next;
    return stray;
}

static bool buckets_grow(void)
{
    size_t count = bucket_count == 0 ? BUCKETS_MIN : bucket_count * 2;
    object_stray **table = domain_calloc(PYMM_DOMAIN_RAW, count, sizeof(object_stray *));
    if (table == NULL)
        return false;
    for (size_t i = 0; i < bucket_count; i++)
        for (object_stray *stray = buckets[i], *next; stray != NULL; stray = next) {
            object_stray **bucket = bucket_of(table, count, stray->address);
            next = stray->next;
            stray->next = *bucket;
            *bucket = stray;
        }
    domain_free(PYMM_DOMAIN_RAW, buckets);
    buckets = table;
    bucket_count = count;
    return true;
}

object_stray *stray_make(const void *op)
{
    object_stray *stray = object_stray_find(op);
    if (stray != NULL)
        return stray;
    if (object_map.stray_count >= bucket_count && !buckets_grow() && bucket_count == 0)
        return NULL;
    if ((stray = domain_calloc(PYMM_DOMAIN_RAW, 1, sizeof *stray)) == NULL)
        return NULL;
    object_stray **bucket = bucket_of(buckets, bucket_count, (uintptr_t)op);
    base_list_init(&stray->list);
    stray->address = (uintptr_t)op;
    stray->next = *bucket;
    *bucket = stray;
    object_map.stray_count++;
    return stray;
}

/* With the last one goes the table: a program that puts its allocators back finds nothing of ours in them. */
void stray_forget(const void *op)
{
    if (bucket_count == 0)
        return;
    object_stray **link = bucket_of(buckets, bucket_count, (uintptr_t)op), *stray;
    while ((stray = *link) != NULL && stray->address != (uintptr_t)op)
        link = &stray->next;
    if (stray == NULL)
        return;
    *link = stray->next;
    base_list_remove(&stray->list);
    domain_free(PYMM_DOMAIN_RAW, stray);
    if (--object_map.stray_count == 0) {
        domain_free(PYMM_DOMAIN_RAW, buckets);
        buckets = NULL;
        bucket_count = 0;
    }
}

void stray_enter(const void *op, unsigned generation)
{
    object_stray *stray = object_stray_find(op);
    base_list_remove(&stray->list);
    base_list_push_back(&object_strays[generation], &stray->list);
}

void stray_leave(const void *op)
{
    object_stray *stray = object_stray_find(op);
    if (stray == NULL)
        return;
    stray->state &= OBJECT_FINALIZED;
    base_list_remove(&stray->list);
}
