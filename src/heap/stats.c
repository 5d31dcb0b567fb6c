/* stats.c: figures about the heap, derived from its structures when somebody asks; nothing is counted on the hot path.
 *
 * Owns: pymm_stats_get. Does not own: the structure's meaning (pymm.h), how it is shown (stats_print.c). */
#include "heap/internal.h"

static void add_largest(pymm_stats *stats, size_t bytes, unsigned domain)
{
    size_t at = stats->largest_count < PYMM_STATS_LARGEST ? stats->largest_count++ : PYMM_STATS_LARGEST - 1;
    if (at == PYMM_STATS_LARGEST - 1 && stats->largest[at].bytes >= bytes && stats->largest[at].bytes != 0)
        return;
    for (; at > 0 && stats->largest[at - 1].bytes < bytes; at--)
        stats->largest[at] = stats->largest[at - 1];
    stats->largest[at].bytes = bytes;
    stats->largest[at].domain = (int)domain;
}

static void add_slab(pymm_stats *stats, const heap_unit *unit)
{
    unsigned domain = heap_bin_domain(unit->bin);
    const heap_class *class = heap_unit_class(unit);
    pymm_class_stats *row = &stats->classes[heap_bin_class(unit->bin)];
    size_t free_count = 0;
    for (unsigned i = 0; i < class->slot_count; i += 64)
        free_count += base_popcount64(unit->free_bits[i / 64]);
    size_t live_count = class->slot_count - free_count;
    row->block_count[domain] += live_count;
    row->cached_count += free_count - unit->free_count; /* the visit shows slots of magazines as free */
    row->free_count += unit->free_count;
    row->slab_count++;
    stats->slab_count++;
    stats->block_count[domain] += live_count;
    stats->block_bytes[domain] += live_count * class->slot_bytes;
    for (size_t i = 0; i < live_count && i < PYMM_STATS_LARGEST; i++)
        add_largest(stats, class->slot_bytes, domain);
}

static size_t add_blocks(pymm_stats *stats)
{
    size_t large_bytes = 0;
    for (heap_place place = {0}; heap_visit_next(&place);) {
        const heap_unit *unit = heap_place_header(place);
        if (unit->kind == HEAP_UNIT_SLAB) {
            add_slab(stats, unit);
            place.unit += heap_unit_class(unit)->unit_count;
        } else {
            stats->large_count++;
            stats->block_count[unit->domain]++;
            stats->block_bytes[unit->domain] += unit->large_bytes;
            large_bytes += unit->large_bytes;
            add_largest(stats, unit->large_bytes, unit->domain);
            place.unit += unit->unit_count;
        }
    }
    return large_bytes;
}

static size_t array_resident_bytes(const heap_array *array)
{
    size_t pages = os_resident_pages(array->start, array->committed_bytes);
    return pages == SIZE_MAX ? array->committed_bytes : pages * heap_the_range.page_bytes;
}

static void add_regions(pymm_stats *stats)
{
    heap_range *range = &heap_the_range;
    size_t region_count = atomic_load(&range->region_count);
    for (size_t i = 0; i < region_count; i++) {
        heap_region *region = &range->regions[i];
        const heap_array *arrays[] = {&region->unit_array, &region->bin_array, &region->free_array, &region->dirty_array};
        stats->segment_count += atomic_load(&region->committed_count);
        stats->committed_bytes += region->data.committed_bytes;
        stats->reserved_bytes += region->data.reserved_bytes;
        for (size_t a = 0; a < PYMM_COUNT_OF(arrays); a++)
            stats->metadata_bytes += array_resident_bytes(arrays[a]);
    }
    stats->metadata_bytes += heap_meta_resident_bytes();
    stats->arena_count = heap_arena_count(&stats->arena_bytes);
    stats->segment_count += stats->arena_count;
    stats->committed_bytes += stats->arena_bytes;
    stats->reserved_bytes += stats->arena_bytes;
}

static void stats_fill(pymm_stats *stats)
{
    heap_range *range = &heap_the_range;
    stats->page_bytes = range->page_bytes;
    stats->unit_bytes = HEAP_UNIT_BYTES;
    stats->segment_bytes = HEAP_SEGMENT_BYTES;
    stats->class_count = HEAP_CLASS_COUNT;
    for (unsigned i = 0; i < HEAP_CLASS_COUNT; i++)
        stats->classes[i].slot_bytes = heap_classes[i].slot_bytes;
    size_t resident_pages = range->pages.dirty;
    for (unsigned i = 0; i < HEAP_SHARDS_MAX; i++)
        resident_pages += heap_shards[i].pages.resident;
    heap_arena_count(&stats->arena_bytes); /* taken as resident throughout: they are the program's, and never purged */
    stats->resident_bytes = add_blocks(stats) + resident_pages * range->page_bytes + stats->arena_bytes;
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++)
        stats->live_bytes += stats->block_bytes[i];
    stats->free_bytes = stats->resident_bytes - base_min(stats->live_bytes, stats->resident_bytes);
    stats->returned_bytes = atomic_load(&range->returned_pages) * range->page_bytes;
    stats->thread_count = heap_threads_count();
    add_regions(stats);
    stats->resident_bytes += stats->metadata_bytes;
}

int pymm_stats_get(pymm_stats *stats, size_t stats_bytes)
{
    if (stats == NULL || stats_bytes < sizeof stats->struct_bytes)
        return -1;
    heap_visit at_rest;
    pymm_stats all = {.struct_bytes = sizeof all};
    if (!heap_visit_begin(&at_rest))
        return -1;
    stats_fill(&all);
    heap_visit_end(&at_rest);
    memcpy(stats, &all, base_min(stats_bytes, sizeof all));
    return 0;
}

const char *pymm_version(void) { return PYMM_VERSION; }
