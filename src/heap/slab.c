/* slab.c: one slab: a unit or a few cut into equal slots, its free slots and its pages known from the header alone.
 *
 *     page 0          page 1          page 2               live = 5 | 2 | 0     slots that overlap each page
 *   [s][s][s][s][s]|[s][.][.][s][.]|[.][.][.][.][.] ...    resident: bit k while page k may be in memory
 *
 * A page with live = 0 that is resident is dirty: it can go back to the system without anybody noticing.
 * Owns: taking and putting slots, finding dirty pages, purging them. Does not own: which slab to use (shard.c).
 * The shard's lock is held throughout. Read the equations at heap_unit in internal.h first. */
#include "heap/internal.h"

heap_place heap_unit_place(heap_unit *unit)
{
    heap_range *range = &heap_the_range;
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_acquire);
    for (size_t i = 0; i < region_count; i++) {
        heap_region *region = &range->regions[i];
        if (unit >= region->units && unit < region->units + region->segment_count * HEAP_SEGMENT_UNITS)
            return (heap_place){region, (size_t)(unit - region->units)};
    }
    return heap_arena_place(unit);
}

void heap_slab_open(heap_shard *shard, heap_place place, unsigned bin, uint16_t resident)
{
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = &heap_classes[heap_bin_class(bin)];
    memset(unit, 0, sizeof *unit);
    for (unsigned i = 0; i < class->slot_count; i += 64)
        unit->free_bits[i / 64] = base_mask64(0, class->slot_count - i < 64 ? class->slot_count - i : 64);
    unit->bin = (uint16_t)bin;
    unit->size_class = (uint8_t)heap_bin_class(bin);
    unit->kind = HEAP_UNIT_SLAB;
    unit->shard = shard->index;
    unit->free_count = class->slot_count;
    unit->resident = resident;
    unit->open_pages = UINT16_MAX;
    unit->is_fixed = place.region->fixed_count != 0;
    base_list_init(&unit->partial);
    base_list_init(&unit->dirty);
    unsigned resident_pages = unit->is_fixed ? 0 : base_popcount64(resident);
    shard->pages.resident += resident_pages;
    shard->pages.dirty += resident_pages;
    if (resident_pages > 0)
        base_list_push_back(&shard->dirty, &unit->dirty);
    for (unsigned i = 0; i < class->unit_count; i++)
        place.region->bins[place.unit + i] = (uint16_t)bin;
}

/* The slab is empty: forget it, so that the unit can be put back. unit->resident stays for the caller. */
void heap_slab_close(heap_shard *shard, heap_unit *unit)
{
    const heap_class *class = heap_unit_class(unit);
    heap_place place = heap_unit_place(unit);
    PYMM_ASSERT(unit->free_count == class->slot_count);
    unsigned resident_pages = unit->is_fixed ? 0 : base_popcount64(unit->resident);
    shard->pages.resident -= resident_pages;
    shard->pages.dirty -= resident_pages;
    base_list_remove(&unit->partial);
    base_list_remove(&unit->dirty);
    unit->kind = HEAP_UNIT_FREE;
    for (unsigned i = 0; i < class->unit_count; i++)
        place.region->bins[place.unit + i] = 0;
}

PYMM_INLINE void page_enter(heap_shard *shard, heap_unit *unit, uint16_t *live, unsigned page, unsigned slot_count)
{
    if (live[page] == 0 && !unit->is_fixed) {
        if (unit->resident >> page & 1u) {
            shard->pages.dirty--;
        } else {
            shard->pages.resident++;
            shard->pages.faulted++;
        }
        unit->resident |= (uint16_t)(1u << page);
    }
    live[page] = (uint16_t)(live[page] + slot_count);
}

/* Take free slots that start in one page, lowest address first. Only the last slot of a page can reach into others. */
static unsigned take_from_page(heap_shard *shard, heap_unit *unit, char *start, unsigned page, void **slots_end,
                               unsigned want_count)
{
    const heap_class *class = heap_unit_class(unit);
    unsigned page_shift = (unsigned)heap_the_range.page_shift;
    uint32_t slot_bytes = class->slot_bytes;
    unsigned first = (unsigned)((((uint64_t)page << page_shift) + slot_bytes - 1) * class->reciprocal >> 32);
    unsigned end = (unsigned)((((uint64_t)(page + 1) << page_shift) + slot_bytes - 1) * class->reciprocal >> 32);
    end = end < class->slot_count ? end : class->slot_count;
    void **next_slot = slots_end, **stop = slots_end - want_count;
    unsigned last = 0;
    for (unsigned base = first & ~63u; base < end && next_slot > stop; base += 64) {
        uint64_t *word = &unit->free_bits[base / 64];
        uint64_t wanted = *word & base_mask64(first > base ? first - base : 0, end - base < 64 ? end - base : 64);
        uint64_t left = wanted;
        for (; left != 0 && next_slot > stop; left &= left - 1) {
            last = base + base_ctz64(left);
            *--next_slot = start + (size_t)last * slot_bytes;
        }
        *word &= ~(wanted ^ left);
    }
    unsigned taken_count = (unsigned)(slots_end - next_slot);
    if (taken_count == 0)
        return 0;
    uint16_t *live = heap_unit_live(unit, class);
    unsigned last_page = (last * slot_bytes + slot_bytes - 1) >> page_shift;
    page_enter(shard, unit, live, page, taken_count);
    for (unsigned next = page + 1; next <= last_page; next++)
        page_enter(shard, unit, live, next, 1);
    unit->free_count = (uint16_t)(unit->free_count - taken_count);
    return taken_count;
}

/* Resident pages first, then others, so that a purged page stays purged while there is room elsewhere in the slab. */
unsigned heap_slab_take(heap_shard *shard, heap_place place, void **slots_end, unsigned want_count)
{
    heap_unit *unit = heap_place_header(place);
    char *start = heap_place_start(place);
    unsigned page_mask = (1u << heap_unit_class(unit)->page_count) - 1;
    unsigned taken_count = 0;
    for (unsigned pass = 0; pass < 2; pass++) {
        unsigned pages = unit->open_pages & (pass == 0 ? unit->resident : page_mask);
        for (; pages != 0 && taken_count < want_count; pages &= pages - 1) {
            unsigned page = base_ctz64(pages), wanted_count = want_count - taken_count;
            unsigned got_count = take_from_page(shard, unit, start, page, slots_end - taken_count, wanted_count);
            if (got_count < wanted_count)
                unit->open_pages &= (uint16_t)~(1u << page);
            taken_count += got_count;
        }
    }
    return taken_count;
}

/* So many slots of a page are free now. When it lost its last live one, it is dirty. */
static void page_leave(heap_shard *shard, heap_unit *unit, uint16_t *live, unsigned page, unsigned slot_count)
{
    live[page] = (uint16_t)(live[page] - slot_count);
    if (PYMM_LIKELY(live[page] != 0) || unit->is_fixed)
        return;
    shard->pages.dirty++;
    if (!base_list_has(&unit->dirty))
        base_list_push_back(&shard->dirty, &unit->dirty);
}

/* Mark the first slots free, as far as they lie from `first` to `last`, in bytes from the start of the slab; `put_count` gets
 * how many. Returns how many it went over. */
PYMM_INLINE size_t slots_put(uint64_t *free_bits, const heap_class *class, const char *start, uint32_t first, uint32_t last,
                             void **slots, size_t slot_count, unsigned *put_count)
{
    const uint32_t slot_bytes = class->slot_bytes, span = last - first;
    const uint64_t reciprocal = class->reciprocal;
    size_t i = 0;
    for (; i < slot_count; i++) {
        size_t offset = (size_t)((char *)slots[i] - start);
        if (offset - first > span)
            break;
        uint32_t index = (uint32_t)(offset * reciprocal >> 32);
        uint64_t bit = UINT64_C(1) << (index % 64), word = free_bits[index / 64];
        if (PYMM_UNLIKELY(index * slot_bytes != offset || (word & bit) != 0)) {
            heap_misuse("freed twice, or not the start of a block", slots[i]);
            continue;
        }
        free_bits[index / 64] = word | bit;
        ++*put_count;
    }
    return i;
}

/* Slots that come together mostly lie in one page: they are taken off its count at once. */
size_t heap_slab_put(heap_shard *shard, heap_place place, void **slots, size_t slot_count)
{
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    const char *start = heap_place_start(place);
    uint16_t *live = heap_unit_live(unit, class);
    unsigned page_shift = (unsigned)heap_the_range.page_shift, put_count = 0;
    uint32_t slot_bytes = class->slot_bytes, slab_bytes = (uint32_t)class->unit_count << HEAP_UNIT_SHIFT;
    uint32_t last_slot = slot_bytes * (class->slot_count - 1u);
    size_t i = 0, offset;
    while (i < slot_count && (offset = (size_t)((char *)slots[i] - start)) < slab_bytes) {
        unsigned page = (unsigned)(offset >> page_shift), last_page = (unsigned)((offset + slot_bytes - 1) >> page_shift);
        uint32_t first = (uint32_t)offset, last = first;
        if (page == last_page) {
            first = page << page_shift;
            last = (uint32_t)base_min(((page + 1) << page_shift) - slot_bytes, last_slot);
        }
        unsigned run_count = 0;
        if (PYMM_UNLIKELY(offset > last_slot))
            heap_misuse("not the start of a block", slots[i++]);
        else
            i += slots_put(unit->free_bits, class, start, first, last, slots + i, slot_count - i, &run_count);
        if (PYMM_UNLIKELY(run_count == 0))
            continue;
        for (unsigned k = page; k <= last_page; k++)
            page_leave(shard, unit, live, k, run_count);
        unit->open_pages |= (uint16_t)(1u << page);
        put_count += run_count;
    }
    unit->free_count = (uint16_t)(unit->free_count + put_count);
    return i;
}

static void purge_count(heap_shard *shard, heap_purge *purge, size_t at, bool is_gone)
{
    unsigned page_count = base_popcount64(purge->pages[at]);
    size_t change = is_gone ? page_count : 0u - (size_t)page_count;
    purge->units[at]->resident ^= purge->pages[at];
    shard->pages.dirty -= change;
    shard->pages.resident -= change;
    purge->returned_pages += change;
}

void heap_purge_flush(heap_shard *shard, heap_purge *purge)
{
    for (size_t done_count = 0; done_count < purge->count; done_count++) {
        done_count += os_purge_many(purge->spans + done_count, purge->count - done_count);
        if (done_count < purge->count)
            purge_count(shard, purge, done_count, false);
    }
    purge->count = 0;
}

void heap_slab_purge(heap_shard *shard, heap_place place, heap_purge *purge)
{
    heap_unit *unit = heap_place_header(place);
    const heap_class *class = heap_unit_class(unit);
    const uint16_t *live = heap_unit_live(unit, class);
    unsigned page_count = class->page_count, page_shift = (unsigned)heap_the_range.page_shift;
    for (unsigned page = 0; page < page_count; page++) {
        unsigned end = page;
        while (end < page_count && live[end] == 0 && (unit->resident >> end & 1u))
            end++;
        if (end == page)
            continue;
        if (purge->count == OS_PURGE_MAX)
            heap_purge_flush(shard, purge);
        uintptr_t start = (uintptr_t)heap_place_start(place) + ((size_t)page << page_shift);
        purge->spans[purge->count] = (os_span){start, (size_t)(end - page) << page_shift};
        purge->units[purge->count] = unit;
        purge->pages[purge->count] = (uint16_t)base_mask64(page, end);
        purge_count(shard, purge, purge->count++, true);
        page = end;
    }
    base_list_remove(&unit->dirty);
}
