/* range.c: the range: which units of all regions are free, which of the free ones still hold pages, and when those go back.
 *
 * Owns: taking, extending and putting runs of units. Lowest address first, so that
 * the top of the heap empties. Does not own: address space (region.c), pages inside slabs (slab.c). Read internal.h first.
 *
 * Equations (range lock held):  dirty_bits[s] is a subset of free_bits[s];
 *   bit u of dirty_bits <=> header of u has resident != 0 and u is free;  dirty_pages = sum of their populations. */
#include "heap/internal.h"


int heap_range_init(void)
{
    heap_range *range = &heap_the_range;
    range->page_bytes = os_page_bytes();
    if (range->page_bytes > HEAP_UNIT_BYTES || HEAP_SLAB_BYTES_MAX / range->page_bytes > HEAP_SLAB_PAGES_MAX)
        return -1;
    range->page_shift = base_ctz64(range->page_bytes);
    range->pages_per_unit = HEAP_UNIT_BYTES / range->page_bytes;
    os_lock_take(&range->lock);
    bool is_ready = heap_region_add_locked(HEAP_SEGMENT_UNITS, false);
    os_lock_drop(&range->lock);
    return is_ready ? 0 : -1;
}

static size_t committed_units(const heap_region *region)
{
    return atomic_load_explicit(&region->committed_count, memory_order_relaxed) * HEAP_SEGMENT_UNITS;
}

static size_t segments_of(size_t unit_count) { return (unit_count + HEAP_SEGMENT_UNITS - 1) / HEAP_SEGMENT_UNITS; }

static void publish(heap_range *range)
{
    heap_pages_publish(&range->pages, &range->published);
}

/* Mark units [first, first + count) free or used, a word of bits at a time. */
static void mark_units(heap_region *region, size_t first, size_t count, bool is_free)
{
    for (size_t unit = first, end = first + count; unit < end;) {
        size_t segment = unit / HEAP_SEGMENT_UNITS;
        size_t word_end = base_min(end, (segment + 1) * HEAP_SEGMENT_UNITS);
        unsigned low = (unsigned)(unit % HEAP_SEGMENT_UNITS);
        uint64_t mask = base_mask64(low, low + (unsigned)(word_end - unit));
        if (is_free)
            region->free_bits[segment] |= mask;
        else
            region->free_bits[segment] &= ~mask;
        unit = word_end;
    }
}

static void clean_unit(heap_range *range, heap_region *region, size_t unit)
{
    unsigned page_count = base_popcount64(region->units[unit].resident);
    range->pages.dirty -= page_count;
    range->pages.resident -= page_count;
    region->units[unit].resident = 0;
    region->dirty_bits[unit / HEAP_SEGMENT_UNITS] &= ~(UINT64_C(1) << (unit % HEAP_SEGMENT_UNITS));
}

/* First dirty unit of [first, end), or end. */
static size_t next_dirty(const heap_region *region, size_t first, size_t end)
{
    while (first < end) {
        uint64_t word = region->dirty_bits[first / HEAP_SEGMENT_UNITS] >> (first % HEAP_SEGMENT_UNITS);
        if (word != 0)
            return base_min(end, first + base_ctz64(word));
        first = (first / HEAP_SEGMENT_UNITS + 1) * HEAP_SEGMENT_UNITS;
    }
    return end;
}

/* Give runs of dirty units back in one call; what the system would not take stays dirty. Returns the pages given back. */
static size_t purge_runs(heap_range *range, heap_region *region, const os_span *runs, size_t run_count)
{
    size_t returned_pages = 0;
    for (size_t done_count = 0, next = 0; done_count < run_count; next = ++done_count) {
        done_count += os_purge_many(runs + done_count, run_count - done_count);
        for (; next < done_count; next++) {
            size_t unit = heap_place_of(region, (void *)runs[next].start).unit, end = unit + (runs[next].bytes >> HEAP_UNIT_SHIFT);
            for (; unit < end; unit++) {
                returned_pages += base_popcount64(region->units[unit].resident);
                clean_unit(range, region, unit);
            }
        }
    }
    return returned_pages;
}

/* Give the pages of dirty units in [first, end) back, neighbours together. Returns the pages given back. */
static size_t purge_units(heap_range *range, heap_region *region, size_t first, size_t end)
{
    os_span runs[OS_PURGE_MAX];
    size_t returned_pages = 0, run_count = 0;
    for (size_t unit = next_dirty(region, first, end); unit < end; unit = next_dirty(region, unit, end)) {
        size_t run_end = unit + 1;
        while (run_end < end && next_dirty(region, run_end, run_end + 1) == run_end)
            run_end++;
        uintptr_t start = (uintptr_t)heap_place_start((heap_place){region, unit});
        runs[run_count++] = (os_span){start, (run_end - unit) << HEAP_UNIT_SHIFT};
        if (run_count == OS_PURGE_MAX) {
            returned_pages += purge_runs(range, region, runs, run_count);
            run_count = 0;
        }
        unit = run_end;
    }
    returned_pages += purge_runs(range, region, runs, run_count);
    atomic_fetch_add_explicit(&range->returned_pages, returned_pages, memory_order_relaxed);
    return returned_pages;
}

/* Headers of segments that are all free and clean hold nothing but zeros: they can go back as well. */
static void purge_headers(const heap_range *range, heap_region *region, size_t first, size_t end)
{
    const size_t segment_bytes = HEAP_SEGMENT_UNITS * sizeof(heap_unit);
    if (segment_bytes % range->page_bytes != 0)
        return;
    while (first < end) {
        size_t run_end = first;
        while (run_end < end && region->free_bits[run_end] == ~UINT64_C(0) && region->dirty_bits[run_end] == 0)
            run_end++;
        if (run_end > first)
            os_purge(&region->units[first * HEAP_SEGMENT_UNITS], (run_end - first) * segment_bytes);
        first = run_end + 1;
    }
}

/* Give back in one region, from the top down (the lowest units are the next to be used), neighbouring segments together. */
static size_t purge_region(heap_range *range, heap_region *region, size_t page_count)
{
    size_t returned_pages = 0;
    for (size_t end = committed_units(region) / HEAP_SEGMENT_UNITS; end > 0 && returned_pages < page_count; end--) {
        if (region->dirty_bits[end - 1] == 0)
            continue;
        size_t first = end - 1, found_pages = returned_pages;
        while (first > 0 && region->dirty_bits[first - 1] == ~UINT64_C(0) && found_pages < page_count) {
            found_pages += HEAP_SEGMENT_BYTES >> range->page_shift;
            first--;
        }
        returned_pages += purge_units(range, region, first * HEAP_SEGMENT_UNITS, end * HEAP_SEGMENT_UNITS);
        purge_headers(range, region, first, end);
        end = first + 1;
    }
    return returned_pages;
}

size_t heap_range_purge_locked(size_t page_count)
{
    heap_range *range = &heap_the_range;
    size_t returned_pages = 0;
    for (size_t i = atomic_load_explicit(&range->region_count, memory_order_relaxed); i-- > 0;)
        if (returned_pages < page_count && range->pages.dirty > 0)
            returned_pages += purge_region(range, &range->regions[i], page_count - returned_pages);
    publish(range);
    return returned_pages;
}

/* One free unit of a region, a dirty one first; its index, or SIZE_MAX. */
static size_t find_one(heap_range *range, heap_region *region)
{
    size_t first_free = SIZE_MAX;
    for (size_t segment = region->search_hint; segment < region->committed_count; segment++) {
        uint64_t dirty = region->dirty_bits[segment], free = region->free_bits[segment];
        if (dirty != 0)
            return segment * HEAP_SEGMENT_UNITS + base_ctz64(dirty);
        if (free != 0 && first_free == SIZE_MAX) {
            first_free = segment * HEAP_SEGMENT_UNITS + base_ctz64(free);
            region->search_hint = segment;
            if (range->pages.dirty == 0)
                break;
        }
    }
    return first_free;
}

/* First unit of [first, end) that is free (or, with `flip` all ones, that is used); `end` when there is none. */
static size_t next_unit(const heap_region *region, size_t first, size_t end, uint64_t flip)
{
    while (first < end) {
        uint64_t word = (region->free_bits[first / HEAP_SEGMENT_UNITS] ^ flip) >> (first % HEAP_SEGMENT_UNITS);
        if (word != 0)
            return base_min(end, first + base_ctz64(word));
        first = (first / HEAP_SEGMENT_UNITS + 1) * HEAP_SEGMENT_UNITS;
    }
    return end;
}

static size_t next_free(const heap_region *region, size_t first, size_t end) { return next_unit(region, first, end, 0); }
static size_t next_used(const heap_region *region, size_t first, size_t end)
{
    return next_unit(region, first, end, ~UINT64_C(0));
}

/* First run of free units in the committed part, `align_count` aligned; its first unit, or SIZE_MAX. */
static size_t find_run(const heap_region *region, size_t unit_count, size_t align_count)
{
    size_t end = committed_units(region);
    size_t unit = next_free(region, region->search_hint * HEAP_SEGMENT_UNITS, end);
    while (unit < end) {
        size_t first = base_round_up(unit, align_count);
        if (first >= end || unit_count > end - first)
            return SIZE_MAX;
        size_t run_end = next_used(region, first, first + unit_count);
        if (run_end == first + unit_count)
            return first;
        unit = next_free(region, run_end, end);
    }
    return SIZE_MAX;
}

/* Free units at the very end of the committed part. */
static size_t tail_count(const heap_region *region)
{
    size_t count = 0;
    for (size_t segment = region->committed_count; segment-- > 0;) {
        uint64_t used = ~region->free_bits[segment];
        if (used != 0)
            return count + (63 - base_log2_64(used));
        count += HEAP_SEGMENT_UNITS;
    }
    return count;
}

/* A run in this region, committing more of it when needed. `is_refused`: there is room, but the system promises no memory. */
static size_t find_or_commit(heap_range *range, heap_region *region, size_t unit_count, size_t align_count,
                             bool *is_refused)
{
    size_t unit = unit_count == 1 ? find_one(range, region) : find_run(region, unit_count, align_count);
    if (unit != SIZE_MAX)
        return unit;
    size_t first = base_round_up(committed_units(region) - tail_count(region), align_count);
    if (heap_region_commit_locked(region, segments_of(first + unit_count)))
        return first;
    *is_refused = segments_of(first + unit_count) <= region->segment_count;
    return SIZE_MAX;
}

static heap_place take_run(heap_range *range, size_t unit_count, size_t align_count, bool is_sampled)
{
    for (bool is_refused = false;;) {
        size_t region_count = atomic_load_explicit(&range->region_count, memory_order_relaxed);
        for (size_t i = 0; i < region_count; i++) {
            heap_region *region = &range->regions[i];
            if (region->is_sampled != is_sampled)
                continue;
            size_t unit = find_or_commit(range, region, unit_count, align_count, &is_refused);
            if (unit != SIZE_MAX) {
                mark_units(region, unit, unit_count, false);
                range->used_units += unit_count;
                return (heap_place){region, unit};
            }
        }
        if (is_refused || !heap_region_add_locked(unit_count + align_count, is_sampled))
            return (heap_place){NULL, 0};
    }
}

/* Large blocks of several huge pages begin at one: their page tables then move, and huge pages fit, as wholes. */
static size_t align_units(size_t large_bytes)
{
    return large_bytes >= HEAP_HUGE_BYTES ? OS_HUGE_PAGE_BYTES >> HEAP_UNIT_SHIFT : 1;
}

/* Units [first, end) are no longer free: forget that they were dirty. */
static void clean_units(heap_range *range, heap_region *region, size_t first, size_t end)
{
    for (size_t unit = next_dirty(region, first, end); unit < end; unit = next_dirty(region, unit, end))
        clean_unit(range, region, unit);
}

/* A large block has new size: its pages count as resident, touched or not; `warm_pages` of them were so before. */
static void count_large(heap_range *range, size_t old_bytes, size_t large_bytes, size_t warm_pages)
{
    size_t old_pages = old_bytes >> range->page_shift, page_count = large_bytes >> range->page_shift;
    range->pages.resident += page_count - old_pages;
    if (page_count > old_pages + warm_pages)
        range->pages.faulted += page_count - old_pages - warm_pages;
}

static void resize_large(heap_range *range, heap_unit *header, size_t large_bytes, size_t warm_pages)
{
    count_large(range, header->large_bytes, large_bytes, warm_pages);
    header->large_bytes = large_bytes;
}

/* A block that grows will grow again, and gets the rest of its last unit too where that is in memory already: going back,
 * those pages would be faulted in again soon. A quarter of the block at most. */
static size_t with_warm_rest(const heap_range *range, size_t unit_count, size_t large_bytes, uint16_t last_resident)
{
    size_t rest_bytes = (unit_count << HEAP_UNIT_SHIFT) - large_bytes, rest_pages = rest_bytes >> range->page_shift;
    uint64_t rest = base_mask64((unsigned)(range->pages_per_unit - rest_pages), (unsigned)range->pages_per_unit);
    return (last_resident & rest) == rest && rest_bytes <= large_bytes / HEAP_REST_SHARE ? large_bytes + rest_bytes : large_bytes;
}

/* Take a run, and forget that its units were dirty. */
static heap_place take_warm_run(heap_range *range, size_t unit_count, size_t align_count, bool is_sampled, heap_warmth *warmth)
{
    *warmth = (heap_warmth){0};
    heap_place place = take_run(range, unit_count, align_count, is_sampled);
    if (place.region == NULL)
        return place;
    size_t end = place.unit + unit_count, dirty_pages = range->pages.dirty;
    for (size_t i = 0; i < unit_count && i * range->pages_per_unit < HEAP_SLAB_PAGES_MAX; i++)
        warmth->resident |= (uint16_t)(place.region->units[place.unit + i].resident << (i * range->pages_per_unit));
    warmth->last_resident = place.region->units[end - 1].resident;
    clean_units(range, place.region, place.unit, end);
    warmth->page_count = dirty_pages - range->pages.dirty;
    return place;
}

heap_place heap_range_take(size_t unit_count, bool is_sampled, heap_warmth *warmth)
{
    heap_range *range = &heap_the_range;
    os_lock_take(&range->lock);
    heap_place place = take_warm_run(range, unit_count, unit_count, is_sampled, warmth);
    publish(range);
    os_lock_drop(&range->lock);
    return place;
}

heap_place heap_range_take_large(size_t unit_count, size_t large_bytes, bool is_growing, unsigned domain, heap_warmth *warmth)
{
    heap_range *range = &heap_the_range;
    os_lock_take(&range->lock);
    heap_place place = take_warm_run(range, unit_count, align_units(large_bytes), false, warmth);
    if (place.region != NULL) {
        heap_unit *unit = heap_place_header(place);
        if (is_growing)
            large_bytes = with_warm_rest(range, unit_count, large_bytes, warmth->last_resident);
        unit->kind = HEAP_UNIT_LARGE;
        unit->is_sampled = false;
        unit->large_bytes = large_bytes;
        unit->unit_count = (uint32_t)unit_count;
        unit->domain = domain;
        count_large(range, 0, large_bytes, warmth->page_count);
    }
    publish(range);
    os_lock_drop(&range->lock);
    return place;
}

bool heap_range_extend(heap_place place, size_t unit_count, size_t large_bytes, uint16_t *last_resident)
{
    heap_range *range = &heap_the_range;
    heap_region *region = place.region;
    heap_unit *header = heap_place_header(place);
    size_t first = place.unit + header->unit_count, end = place.unit + unit_count;
    if (end > region->segment_count * HEAP_SEGMENT_UNITS)
        return false;
    os_lock_take(&range->lock);
    size_t committed_end = base_min(end, committed_units(region));
    bool is_extended = next_used(region, first, committed_end) >= committed_end &&
                       heap_region_commit_locked(region, segments_of(end));
    if (is_extended) {
        mark_units(region, first, end - first, false);
        range->used_units += end - first;
        size_t dirty_pages = range->pages.dirty;
        *last_resident = end > first ? region->units[end - 1].resident : 0;
        large_bytes = with_warm_rest(range, unit_count, large_bytes, *last_resident);
        clean_units(range, region, first, end);
        header->unit_count = (uint32_t)unit_count;
        resize_large(range, header, large_bytes, dirty_pages - range->pages.dirty);
        publish(range);
    }
    os_lock_drop(&range->lock);
    return is_extended;
}

/* A unit is free now, with these pages that may be in memory. */
static void put_unit(heap_range *range, heap_region *region, size_t unit, uint16_t resident)
{
    if (resident == 0)
        return;
    region->units[unit].resident = resident;
    region->dirty_bits[unit / HEAP_SEGMENT_UNITS] |= UINT64_C(1) << (unit % HEAP_SEGMENT_UNITS);
    range->pages.dirty += base_popcount64(resident);
    range->pages.resident += base_popcount64(resident);
}

static void put_run(heap_range *range, heap_place place, size_t unit_count)
{
    mark_units(place.region, place.unit, unit_count, true);
    range->used_units -= unit_count;
    place.region->search_hint = base_min(place.region->search_hint, place.unit / HEAP_SEGMENT_UNITS);
}

/* Pages of the last unit that a large block has reached. */
static uint16_t last_unit_pages(const heap_range *range, const heap_unit *header)
{
    size_t first_bytes = (size_t)(header->unit_count - 1) << HEAP_UNIT_SHIFT;
    return (uint16_t)base_mask64(0, (unsigned)((header->large_bytes - first_bytes) >> range->page_shift));
}

/* Free the units of a large block from the `keep_count`-th on, which all may be in memory (unless the block has moved). */
static void put_large_units(heap_range *range, heap_place place, size_t keep_count, bool has_moved)
{
    heap_unit *header = heap_place_header(place);
    size_t end = place.unit + header->unit_count;
    uint16_t last_pages = last_unit_pages(range, header);
    for (size_t unit = place.unit + keep_count; unit < end && !has_moved; unit++)
        put_unit(range, place.region, unit, unit == end - 1 ? last_pages : heap_all_pages());
    put_run(range, (heap_place){place.region, place.unit + keep_count}, header->unit_count - keep_count);
}

void heap_range_trim(heap_place place, size_t unit_count, size_t large_bytes)
{
    heap_range *range = &heap_the_range;
    heap_unit *header = heap_place_header(place);
    os_lock_take(&range->lock);
    put_large_units(range, place, unit_count, false);
    resize_large(range, header, large_bytes, 0);
    header->unit_count = (uint32_t)unit_count;
    publish(range);
    os_lock_drop(&range->lock);
}

void heap_range_put(heap_place place, size_t unit_count, uint16_t resident)
{
    heap_range *range = &heap_the_range;
    os_lock_take(&range->lock);
    heap_place_header(place)->resident = 0;
    for (size_t i = 0; i < unit_count; i++)
        put_unit(range, place.region, place.unit + i,
                 (uint16_t)(resident >> (i * range->pages_per_unit)) & heap_all_pages());
    put_run(range, place, unit_count);
    publish(range);
    os_lock_drop(&range->lock);
}

void heap_range_put_large(heap_place place, bool has_moved)
{
    heap_range *range = &heap_the_range;
    heap_unit *header = heap_place_header(place);
    os_lock_take(&range->lock);
    if (has_moved) /* its pages are counted where they went, and nothing was faulted in for that */
        range->pages.faulted -= base_min(range->pages.faulted, header->large_bytes >> range->page_shift);
    put_large_units(range, place, 0, has_moved);
    resize_large(range, header, 0, 0);
    header->kind = HEAP_UNIT_FREE;
    publish(range);
    os_lock_drop(&range->lock);
}
