/* visit.c: the heap at rest, for whoever looks at all of it: the walker, the checker's last step, statistics, give-back.
 *
 * Slots that lie in magazines, or are spares, are not free in their slabs. A visit marks them free for its duration, from a copy of
 * the magazines, so that "not free" means "live". Other threads may push and pop their magazines meanwhile; they cannot reach
 * the slabs. Owns: heap_visit, pymm_walk, pymm_give_back. Read internal.h first. */
#include "heap/internal.h"

PYMM_RACY static size_t cached_slot_count(void)
{
    size_t slot_count = 0;
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
        slot_count += heap_sampled_spares(bin)->count;
    for (base_list *link = heap_threads.next; link != &heap_threads; link = link->next)
        for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
            slot_count += heap_magazine_count(PYMM_CONTAINER_OF(link, heap_thread, link), bin);
    return slot_count;
}

static uint64_t *slot_word(const void *slot, uint64_t *bit)
{
    heap_region *region = heap_region_of(slot);
    if (region == NULL)
        return NULL;
    heap_place place = heap_place_of(region, slot);
    if (!heap_place_is_committed(place) || region->bins[place.unit] == 0)
        return NULL;
    place = heap_slab_place(region, slot);
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    uint64_t offset = (uint64_t)((const char *)slot - heap_place_start(place));
    unsigned index = (unsigned)(offset * class->reciprocal >> 32);
    *bit = UINT64_C(1) << (index % 64);
    return &unit->free_bits[index / 64];
}

static void mark_slot(heap_visit *visit, void *slot, size_t slots_max)
{
    uint64_t bit, *word = slot_word(slot, &bit);
    if (word == NULL || (*word & bit) != 0 || visit->slot_count == slots_max)
        return;
    *word |= bit;
    visit->slots[visit->slot_count++] = slot;
}

/* A thread that pushes or pops meanwhile can make us see a slot twice or one that is live again for a moment: each slot is
 * marked once, and unmarked exactly when it was marked. */
PYMM_RACY static void mark_magazine(heap_visit *visit, const heap_thread *thread, unsigned bin, size_t slots_max)
{
    size_t slot_count = heap_magazine_count(thread, bin);
    void **top = thread->cache.magazines[bin].top;
    for (size_t i = 0; i < slot_count; i++)
        mark_slot(visit, top[-(ptrdiff_t)i], slots_max);
}

static void mark_spares(heap_visit *visit, unsigned bin, size_t slots_max)
{
    const heap_spares *spares = heap_sampled_spares(bin);
    for (size_t i = 0; i < spares->count; i++)
        mark_slot(visit, spares->slots[i], slots_max);
}

PYMM_RACY bool heap_visit_begin(heap_visit *visit)
{
    *visit = (heap_visit){0};
    if (heap_init() != 0)
        return false;
    heap_lock_all();
    size_t slots_max = cached_slot_count() + 1024;
    visit->mapped_bytes = base_round_up(slots_max * sizeof *visit->slots, os_page_bytes());
    visit->slots = os_reserve(visit->mapped_bytes, os_page_bytes());
    if (visit->slots == NULL || os_commit(visit->slots, visit->mapped_bytes) != 0) {
        if (visit->slots != NULL)
            os_release(visit->slots, visit->mapped_bytes);
        heap_unlock_all();
        return false;
    }
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
        mark_spares(visit, bin, slots_max);
    for (base_list *link = heap_threads.next; link != &heap_threads; link = link->next)
        for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
            mark_magazine(visit, PYMM_CONTAINER_OF(link, heap_thread, link), bin, slots_max);
    return true;
}

void heap_visit_end(heap_visit *visit)
{
    for (size_t i = 0; i < visit->slot_count; i++) {
        uint64_t bit, *word = slot_word(visit->slots[i], &bit);
        *word &= ~bit;
    }
    os_release(visit->slots, visit->mapped_bytes);
    heap_unlock_all();
}

bool heap_visit_next(heap_place *place)
{
    if (place->region == NULL)
        *place = (heap_place){heap_region_next(NULL), 0};
    for (; place->region != NULL; *place = (heap_place){heap_region_next(place->region), 0})
        while (heap_place_is_committed(*place)) {
            size_t free_count = heap_free_units(*place);
            if (free_count == 0 && heap_place_header(*place)->kind != HEAP_UNIT_FREE)
                return true;
            place->unit += base_max(free_count, 1);
        }
    return false;
}

static int walk_slab(heap_place place, int (*visit)(const pymm_block_info *info, void *arg), void *arg)
{
    const heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    pymm_block_info info = {NULL, class->slot_bytes, (enum pymm_domain)heap_bin_domain(unit->bin)};
    int result = 0;
    for (unsigned i = 0; i < class->slot_count && result == 0; i++) {
        if (heap_slab_bit(unit, i))
            continue;
        info.block = heap_place_start(place) + (size_t)i * class->slot_bytes;
        result = visit(&info, arg);
    }
    return result;
}

int pymm_walk(int (*visit)(const pymm_block_info *info, void *arg), void *arg)
{
    heap_visit at_rest;
    int result = 0;
    if (visit == NULL || !heap_visit_begin(&at_rest))
        return -1;
    for (heap_place place = {0}; result == 0 && heap_visit_next(&place);) {
        const heap_unit *unit = heap_place_header(place);
        if (unit->kind == HEAP_UNIT_SLAB) {
            result = walk_slab(place, visit, arg);
            place.unit += heap_unit_class(unit)->unit_count;
        } else {
            pymm_block_info info = {heap_place_start(place), unit->large_bytes, (enum pymm_domain)unit->domain};
            result = visit(&info, arg);
            place.unit += unit->unit_count;
        }
    }
    heap_visit_end(&at_rest);
    return result;
}

size_t pymm_give_back(void)
{
    if (heap_init() != 0)
        return 0;
    size_t before_pages = atomic_load(&heap_the_range.returned_pages);
    if (heap_cache_own() != NULL)
        heap_thread_flush(heap_cache_own());
    heap_sampled_flush();
    for (unsigned i = 0; i < HEAP_SHARDS_MAX; i++) {
        os_lock_take(&heap_shards[i].lock);
        heap_shard_retire_locked(&heap_shards[i]);
        os_lock_drop(&heap_shards[i].lock);
    }
    heap_pages_give_back(SIZE_MAX);
    heap_arena_give_back();
    return (atomic_load(&heap_the_range.returned_pages) - before_pages) * heap_the_range.page_bytes;
}
