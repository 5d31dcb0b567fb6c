/* find.c: what the heap knows of an address, for hooks that must judge a pointer before they read anything near it.
 *
 * Owns: heap_block_find, which looks at maps and headers only, and heap_block_is_free, which looks into magazines as well.
 * Does not own: refusing what is no block (heap.c, slab.c). Read heap.h first. */
#include "heap/internal.h"

PYMM_RACY static bool find_in_slab(heap_region *region, const void *address, heap_block *found)
{
    heap_place place = heap_slab_place(region, address);
    unsigned bin = region->bins[place.unit];
    if (bin == 0) /* the slab ended meanwhile */
        return false;
    const heap_class *class = &heap_classes[heap_bin_class(bin)];
    char *start = heap_place_start(place);
    uint64_t offset = (uint64_t)((const char *)address - start);
    unsigned index = (unsigned)(offset * class->reciprocal >> 32);
    if (index >= class->slot_count)
        return false;
    *found = (heap_block){start + (size_t)index * class->slot_bytes, class->slot_bytes, heap_bin_domain(bin)};
    return true;
}

/* The unit may be another thread's, which is changing it: what is read then is bounded, and the answer about an address that
 * the caller has no block at may be that of a moment ago. */
PYMM_RACY bool heap_block_find(const void *address, heap_block *found)
{
    heap_region *region = address == NULL ? NULL : heap_region_of(address);
    if (region == NULL)
        return false;
    heap_place place = heap_place_of(region, address);
    if (!heap_place_is_committed(place))
        return false;
    if (region->bins[place.unit] != 0)
        return find_in_slab(region, address, found);
    const heap_unit *unit = heap_place_header(place);
    if (unit->kind != HEAP_UNIT_LARGE || heap_place_start(place) != (const char *)address)
        return false;
    *found = (heap_block){heap_place_start(place), unit->large_bytes, unit->domain};
    return true;
}

/* With the heap at rest, cached slots show as free in their slabs. */
bool heap_block_is_free(const void *address)
{
    heap_visit at_rest;
    if (!heap_visit_begin(&at_rest))
        return false;
    heap_block found;
    bool is_free = pymm_owns(address);
    if (heap_block_find(address, &found)) {
        heap_region *region = heap_region_of(address);
        is_free = false;
        if (region->bins[heap_place_of(region, address).unit] != 0) {
            heap_place place = heap_slab_place(region, address);
            size_t offset = (size_t)((char *)found.start - heap_place_start(place));
            is_free = heap_slab_bit(heap_place_header(place), (unsigned)(offset / found.usable_bytes));
        }
    }
    heap_visit_end(&at_rest);
    return is_free;
}
