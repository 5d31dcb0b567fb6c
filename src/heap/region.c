/* region.c: address space: reserving regions, committing segments, the descriptors that lie behind them.
 *
 * Owns: the list of regions. One large region serves nearly every process; where the system limits address space, several
 * small ones do. Does not own: which units are free (range.c). Read internal.h first. */
#include "heap/internal.h"

#define REGION_LARGE_BYTES ((size_t)1 << 40)
#define REGION_SMALL_BYTES ((size_t)16 << 20)

heap_range heap_the_range;
heap_map heap_first_map = {.base = (uintptr_t)1 << (sizeof(uintptr_t) * 8 - 1)};

static bool array_commit(heap_array *array, size_t bytes)
{
    size_t page_bytes = os_page_bytes();
    bytes = base_round_up(bytes, page_bytes);
    if (bytes <= array->committed_bytes)
        return true;
    PYMM_ASSERT(bytes <= array->reserved_bytes);
    char *start = array->start + array->committed_bytes;
    if (os_commit(start, bytes - array->committed_bytes) != 0)
        return false;
    os_advise_huge(start, bytes - array->committed_bytes, false);
    array->committed_bytes = bytes;
    return true;
}

/* Lay an array out at *next and move *next behind it. */
static void *array_place(heap_array *array, char **next, size_t bytes)
{
    bytes = base_round_up(bytes, os_page_bytes());
    *array = (heap_array){*next, 0, bytes};
    *next += bytes;
    return array->start;
}

static size_t descriptor_bytes(size_t segment_count)
{
    size_t per_segment = HEAP_SEGMENT_UNITS * (sizeof(heap_unit) + sizeof(uint16_t)) + 2 * sizeof(uint64_t);
    return segment_count * per_segment + 5 * os_page_bytes();
}

static void region_lay_out(heap_region *region, char *start, size_t segment_count)
{
    char *next = start;
    *region = (heap_region){.base = (uintptr_t)start, .segment_count = segment_count};
    array_place(&region->data, &next, segment_count * HEAP_SEGMENT_BYTES);
    region->units = array_place(&region->unit_array, &next, segment_count * HEAP_SEGMENT_UNITS * sizeof(heap_unit));
    region->bins = array_place(&region->bin_array, &next, segment_count * HEAP_SEGMENT_UNITS * sizeof(uint16_t));
    region->free_bits = array_place(&region->free_array, &next, segment_count * sizeof(uint64_t));
    region->dirty_bits = array_place(&region->dirty_array, &next, segment_count * sizeof(uint64_t));
}

/* More of the first region is in use. */
static void map_extend(const heap_region *region, size_t segment_count)
{
    if (region != &heap_the_range.regions[0])
        return;
    atomic_store_explicit(&heap_first_map.bins, region->bins, memory_order_relaxed);
    atomic_store_explicit(&heap_first_map.aligned_count, segment_count * (HEAP_SEGMENT_BYTES / HEAP_ALIGN_BYTES),
                          memory_order_release);
    atomic_store_explicit(&heap_first_map.base, region->base, memory_order_release);
}

/* What to try to reserve: everything one could need, or a small part of a limited address space at a time. */
static size_t region_wish_bytes(void)
{
    size_t limit_bytes = os_address_limit_bytes();
    if (limit_bytes >= 16 * REGION_LARGE_BYTES)
        return REGION_LARGE_BYTES;
    return base_max(REGION_SMALL_BYTES, limit_bytes / 32 & ~(HEAP_SEGMENT_BYTES - 1));
}

bool heap_region_add_locked(size_t units_min, bool is_sampled)
{
    heap_range *range = &heap_the_range;
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_relaxed);
    if (region_count == HEAP_REGIONS_MAX || units_min > SIZE_MAX / 2 / HEAP_UNIT_BYTES)
        return false;
    size_t least_count = (units_min + HEAP_SEGMENT_UNITS - 1) / HEAP_SEGMENT_UNITS;
    size_t segment_count = base_max(least_count, region_wish_bytes() / HEAP_SEGMENT_BYTES);
    heap_region *region = &range->regions[region_count];
    for (;; segment_count = base_max(least_count, segment_count / 4)) {
        size_t bytes = segment_count * HEAP_SEGMENT_BYTES + descriptor_bytes(segment_count);
        char *start = os_reserve(bytes, base_max(HEAP_SEGMENT_BYTES, OS_HUGE_PAGE_BYTES));
        if (start != NULL) {
            /* Published only with its first segments committed: a request that the system refuses leaves nothing behind. */
            region_lay_out(region, start, segment_count);
            region->is_sampled = is_sampled;
            if (!heap_region_commit_locked(region, least_count)) {
                os_release(start, bytes);
                return false;
            }
            atomic_store_explicit(&range->region_count, region_count + 1, memory_order_release);
            return true;
        }
        if (segment_count == least_count)
            return false;
    }
}

heap_region *heap_region_next(heap_region *region)
{
    heap_range *range = &heap_the_range;
    heap_region *end = &range->regions[atomic_load_explicit(&range->region_count, memory_order_relaxed)];
    if (region == NULL)
        return &range->regions[0]; /* there is one since heap_init */
    if (region->fixed_count != 0)
        return heap_arena_next(region);
    return region + 1 < end ? region + 1 : heap_arena_next(NULL);
}

static void array_release_rest(heap_array *array)
{
    if (array->reserved_bytes > array->committed_bytes)
        os_release_part(array->start + array->committed_bytes, array->reserved_bytes - array->committed_bytes);
    array->reserved_bytes = array->committed_bytes;
}

void heap_release_reserve(void)
{
    heap_range *range = &heap_the_range;
    os_lock_take(&range->lock);
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_relaxed);
    for (size_t i = 0; i < region_count; i++) {
        heap_region *region = &range->regions[i];
        heap_array *arrays[] = {&region->data, &region->unit_array, &region->bin_array, &region->free_array,
                                &region->dirty_array};
        atomic_store_explicit(&region->segment_count,
                              atomic_load_explicit(&region->committed_count, memory_order_relaxed), memory_order_release);
        for (size_t a = 0; a < PYMM_COUNT_OF(arrays); a++)
            array_release_rest(arrays[a]);
    }
    os_lock_drop(&range->lock);
}

bool heap_region_commit_locked(heap_region *region, size_t segment_count)
{
    size_t committed_count = atomic_load_explicit(&region->committed_count, memory_order_relaxed);
    if (segment_count <= committed_count)
        return true;
    size_t reserved_count = atomic_load_explicit(&region->segment_count, memory_order_relaxed);
    if (segment_count > reserved_count)
        return false;
    size_t step_count = base_max(HEAP_COMMIT_SEGMENTS_MIN, committed_count / 8);
    size_t wish_count = base_min(base_max(segment_count, committed_count + step_count), reserved_count);
    /* The wish is a convenience, the need is not: when the system refuses the one, ask for the other. */
    for (size_t target_count = wish_count;; target_count = segment_count) {
        if (array_commit(&region->unit_array, target_count * HEAP_SEGMENT_UNITS * sizeof(heap_unit)) &&
            array_commit(&region->bin_array, target_count * HEAP_SEGMENT_UNITS * sizeof(uint16_t)) &&
            array_commit(&region->free_array, target_count * sizeof(uint64_t)) &&
            array_commit(&region->dirty_array, target_count * sizeof(uint64_t)) &&
            array_commit(&region->data, target_count * HEAP_SEGMENT_BYTES)) {
            for (size_t i = committed_count; i < target_count; i++)
                region->free_bits[i] = ~UINT64_C(0);
            atomic_store_explicit(&region->committed_count, target_count, memory_order_release);
            map_extend(region, target_count);
            return true;
        }
        if (target_count == segment_count)
            return false;
    }
}
