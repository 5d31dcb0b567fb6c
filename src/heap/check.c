/* check.c: proves what the other files of the room claim: every equation of internal.h, for every unit, slab and list.
 *
 * Owns: pymm_check. It computes anew what the heap keeps up to date, and compares. Nothing here changes anything.
 * Read the equations in internal.h and range.c first. */
#include "heap/internal.h"

typedef struct check_sums {
    const char *failure; /* the first equation that does not hold */
    const void *at;
    size_t shard_resident[HEAP_SHARDS_MAX], shard_dirty[HEAP_SHARDS_MAX];
    size_t used_units, dirty_pages;
} check_sums;

static bool hold(check_sums *sums, bool condition, const char *claim, const void *at)
{
    if (!condition && sums->failure == NULL) {
        sums->failure = claim;
        sums->at = at;
    }
    return condition;
}

/* Every page in which one of these free slots starts is open. */
static void check_open_pages(check_sums *sums, heap_place place, unsigned base, uint64_t free)
{
    const heap_unit *unit = heap_place_header(place);
    uint32_t slot_bytes = heap_unit_class(unit)->slot_bytes;
    if (unit->open_pages == UINT16_MAX)
        return;
    for (; free != 0; free &= free - 1) {
        unsigned page = (base + base_ctz64(free)) * slot_bytes >> heap_the_range.page_shift;
        hold(sums, (unit->open_pages >> page & 1u) != 0, "a page with a free slot is open", heap_place_start(place));
    }
}

static void check_slab_pages(check_sums *sums, heap_place place)
{
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    const uint16_t *kept = heap_unit_live(unit, class);
    unsigned live[HEAP_SLAB_PAGES_MAX] = {0}, free_count = 0, page_shift = (unsigned)heap_the_range.page_shift;
    const void *start = heap_place_start(place);
    for (unsigned base = 0; base < class->slot_count; base += 64) {
        uint64_t free = unit->free_bits[base / 64], all = base_mask64(0, (unsigned)base_min(64, class->slot_count - base));
        hold(sums, (free & ~all) == 0, "no bits behind the last slot", start);
        free_count += base_popcount64(free);
        for (uint64_t left = ~free & all; left != 0; left &= left - 1) {
            unsigned offset = (base + base_ctz64(left)) * class->slot_bytes;
            unsigned last_page = (offset + class->slot_bytes - 1) >> page_shift;
            for (unsigned page = offset >> page_shift; page <= last_page; page++)
                live[page]++;
        }
        check_open_pages(sums, place, base, free);
    }
    hold(sums, free_count == unit->free_count, "free_count is the number of free bits", start);
    for (unsigned page = 0; page < class->page_count; page++) {
        bool is_resident = unit->resident >> page & 1u;
        hold(sums, live[page] == kept[page], "live[k] counts the live slots on page k", start);
        hold(sums, live[page] == 0 || is_resident, "a page with live slots is resident", start);
        sums->shard_resident[unit->shard] += is_resident && !unit->is_fixed;
        sums->shard_dirty[unit->shard] += is_resident && !unit->is_fixed && live[page] == 0;
    }
}

static void check_slab(check_sums *sums, heap_place place)
{
    const heap_unit *unit = heap_place_header(place);
    const void *start = heap_place_start(place);
    if (!hold(sums, unit->bin > 0 && unit->bin < HEAP_BIN_COUNT, "a slab has a bin", start) ||
        !hold(sums, unit->shard < HEAP_SHARDS_MAX && heap_shards[unit->shard].is_ready, "a slab has a shard", start))
        return;
    hold(sums, place.region->is_sampled == (unit->shard == HEAP_SHARD_SAMPLED), "sampled regions hold slabs of that shard, and only they", start);
    hold(sums, unit->is_fixed == (place.region->fixed_count != 0), "pages are fixed in arenas, and only there", start);
    for (size_t i = 0; i < heap_unit_class(unit)->unit_count; i++)
        hold(sums, place.region->bins[place.unit + i] == unit->bin, "the map names the slab's bin in each of its units", start);
    check_slab_pages(sums, place);
}

static bool unit_bit(const uint64_t *bits, size_t unit)
{
    return bits[unit / HEAP_SEGMENT_UNITS] >> (unit % HEAP_SEGMENT_UNITS) & 1u;
}

/* One unit, or all those of a large block; returns how many. */
static size_t check_unit(check_sums *sums, heap_place place)
{
    const heap_region *region = place.region;
    const heap_unit *unit = heap_place_header(place);
    const void *start = heap_place_start(place);
    bool is_free = unit_bit(region->free_bits, place.unit), is_dirty = unit_bit(region->dirty_bits, place.unit);
    hold(sums, is_free || !is_dirty, "only free units are dirty", start);
    hold(sums, is_free == (unit->kind == HEAP_UNIT_FREE), "a unit is free or begins something", start);
    if (is_free) {
        hold(sums, region->bins[place.unit] == 0, "a free unit has no bin", start);
        hold(sums, is_dirty == (unit->resident != 0), "dirty iff it has resident pages", start);
        sums->dirty_pages += base_popcount64(unit->resident);
        return 1;
    }
    if (unit->kind == HEAP_UNIT_SLAB) {
        check_slab(sums, place);
        for (size_t i = 0; i < heap_unit_class(unit)->unit_count; i++)
            hold(sums, !unit_bit(region->free_bits, place.unit + i), "no unit of a slab is free", start);
        hold(sums, base_list_has(&unit->partial) == (unit->free_count > 0), "on the partial list iff it has free slots", start);
        sums->used_units += heap_unit_class(unit)->unit_count;
        return heap_unit_class(unit)->unit_count;
    }
    hold(sums, !region->is_sampled, "no large block lies in a sampled region", start);
    size_t end = place.unit + unit->unit_count;
    if (!hold(sums, unit->unit_count > 0 && end <= atomic_load(&region->committed_count) * HEAP_SEGMENT_UNITS,
              "a large block lies in its region", start))
        return 1;
    hold(sums, unit->large_bytes > HEAP_SMALL_MAX_BYTES && unit->large_bytes <= (size_t)unit->unit_count << HEAP_UNIT_SHIFT,
         "a large block fits its units", start);
    for (size_t i = place.unit; i < end; i++)
        hold(sums, !unit_bit(region->free_bits, i) && !unit_bit(region->dirty_bits, i) && region->bins[i] == 0,
             "units of a large block are used and have no bin", start);
    sums->used_units += unit->unit_count;
    return unit->unit_count;
}

bool heap_slab_is_sound(heap_place place)
{
    check_sums sums = {0};
    check_slab(&sums, place);
    return sums.failure == NULL;
}

static void check_shard(check_sums *sums, const heap_shard *shard)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
        for (const base_list *link = shard->partial[bin].next; link != &shard->partial[bin]; link = link->next) {
            const heap_unit *unit = PYMM_CONTAINER_OF(link, heap_unit, partial);
            if (!hold(sums, unit->kind == HEAP_UNIT_SLAB && unit->bin == bin && unit->shard == shard->index,
                      "a partial list holds slabs of its bin and shard", unit) ||
                !hold(sums, link->next->prev == link && link->prev->next == link, "links of a list agree", unit))
                return;
        }
    hold(sums, shard->pages.resident == sums->shard_resident[shard->index], "a shard counts its resident pages", shard);
    hold(sums, shard->pages.dirty == sums->shard_dirty[shard->index], "a shard counts its dirty pages", shard);
}

/* The caller's own magazines: of other threads' nothing can be claimed while they run. */
static void check_magazines(check_sums *sums, const heap_thread *thread)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++) {
        const heap_magazine *magazine = &thread->cache.magazines[bin];
        size_t slot_count = heap_magazine_count(thread, bin);
        hold(sums, magazine->top <= magazine->end, "a magazine does not overflow", magazine);
        for (size_t i = 0; i < slot_count; i++) {
            const void *slot = magazine->top[-(ptrdiff_t)i];
            heap_region *region = heap_region_of(slot);
            if (!hold(sums, region != NULL && !region->is_sampled && region->bins[heap_place_of(region, slot).unit] == bin,
                      "a magazine holds slots of its bin, and no sampled ones", slot))
                return;
        }
        if (thread->capacity_log2[bin] != 0)
            hold(sums, magazine->top[-(ptrdiff_t)slot_count] == NULL, "a magazine begins with NULL", magazine);
    }
}

static void check_spares(check_sums *sums)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++) {
        const heap_spares *spares = heap_sampled_spares(bin);
        hold(sums, spares->count <= PYMM_COUNT_OF(spares->slots), "spares do not overflow", spares);
        for (size_t i = 0; i < spares->count; i++) {
            heap_region *region = heap_region_of(spares->slots[i]);
            hold(sums, region != NULL && region->is_sampled && region->bins[heap_place_of(region, spares->slots[i]).unit] == bin,
                 "spares are sampled slots of their bin", spares->slots[i]);
        }
    }
}

static void check_all(check_sums *sums)
{
    heap_range *range = &heap_the_range;
    for (heap_region *region = heap_region_next(NULL); region != NULL; region = heap_region_next(region))
        for (heap_place place = {region, 0}; heap_place_is_committed(place);)
            place.unit += check_unit(sums, place);
    hold(sums, sums->used_units == range->used_units, "the range counts its used units", range);
    hold(sums, sums->dirty_pages == range->pages.dirty, "the range counts its dirty pages", range);
    for (unsigned i = 0; i < HEAP_SHARDS_MAX; i++)
        if (heap_shards[i].is_ready)
            check_shard(sums, &heap_shards[i]);
    check_spares(sums);
    if (heap_cache_own() != NULL)
        check_magazines(sums, heap_cache_own());
}

int pymm_check(char *message, size_t message_bytes)
{
    if (heap_init() != 0)
        return 0;
    check_sums sums = {0};
    heap_lock_all();
    check_all(&sums);
    heap_unlock_all();
    if (sums.failure == NULL)
        return 0;
    base_format(message, message == NULL ? 0 : message_bytes, "heap check: does not hold at %p: %s", sums.at, sums.failure);
    return -1;
}
