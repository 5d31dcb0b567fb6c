/* stats.c: figures about the heap, derived from its structures when somebody asks; nothing is counted on the hot path.
 *
 * Owns: pymm_stats_get and its two printed forms. Does not own: the structure's meaning (pymm.h). */
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
    stats->resident_bytes = add_blocks(stats) + resident_pages * range->page_bytes;
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
    if (heap_visit_begin(&at_rest)) {
        stats_fill(&all);
        heap_visit_end(&at_rest);
    }
    memcpy(stats, &all, base_min(stats_bytes, sizeof all));
    return 0;
}

static const char *const domain_names[PYMM_DOMAIN_COUNT] = {"raw", "mem", "obj"};

/* Bytes for a person: at most four digits and a unit. */
static void print_bytes(base_out *out, const char *label, size_t bytes)
{
    static const char *const unit_names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t tenths = bytes * 10, unit = 0;
    for (; tenths >= 10240 && unit + 1 < PYMM_COUNT_OF(unit_names); unit++)
        tenths = (tenths + 512) / 1024;
    base_out_print(out, "%-22s %8zu.%zu %-3s", label, tenths / 10, tenths % 10, unit_names[unit]);
}

static void print_line(base_out *out, const char *label, size_t bytes, const char *meaning)
{
    print_bytes(out, label, bytes);
    base_out_print(out, "  %s\n", meaning);
}

static void print_histogram(base_out *out, const pymm_stats *stats)
{
    static const char bar[] = "########################################";
    size_t most_bytes = 1;
    for (size_t i = 0; i < stats->class_count; i++) {
        const pymm_class_stats *row = &stats->classes[i];
        most_bytes = base_max(most_bytes, (row->block_count[0] + row->block_count[1] + row->block_count[2]) * row->slot_bytes);
    }
    base_out_print(out, "\n   slot    raw blocks    mem blocks    obj blocks   free slots  slabs  bytes in blocks\n");
    for (size_t i = 0; i < stats->class_count; i++) {
        const pymm_class_stats *row = &stats->classes[i];
        size_t bytes = (row->block_count[0] + row->block_count[1] + row->block_count[2]) * row->slot_bytes;
        if (row->slab_count == 0)
            continue;
        base_out_print(out, "%7zu %13zu %13zu %13zu %12zu %6zu  ", row->slot_bytes, row->block_count[0],
                       row->block_count[1], row->block_count[2], row->free_count + row->cached_count, row->slab_count);
        base_out_text(out, bar, (sizeof bar - 1) * bytes / most_bytes);
        base_out_print(out, "\n");
    }
}

int pymm_stats_print(int fd)
{
    pymm_stats stats;
    base_out out;
    if (pymm_stats_get(&stats, sizeof stats) != 0)
        return -1;
    base_out_open(&out, fd);
    base_out_print(&out, "pymm " PYMM_VERSION " heap\n");
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++) {
        char label[32];
        base_format(label, sizeof label, "live in %s", domain_names[i]);
        print_bytes(&out, label, stats.block_bytes[i]);
        base_out_print(&out, "  in %zu blocks\n", stats.block_count[i]);
    }
    print_line(&out, "live", stats.live_bytes, "in all blocks");
    print_line(&out, "free", stats.free_bytes, "resident, in no block");
    print_line(&out, "metadata", stats.metadata_bytes, "resident, descriptors of the heap");
    print_line(&out, "resident", stats.resident_bytes, "live + free + metadata");
    print_line(&out, "returned", stats.returned_bytes, "given back to the system since the start");
    print_line(&out, "committed", stats.committed_bytes, "address space that may be touched");
    base_out_print(&out, "%zu segments of %zu KiB, %zu slabs, %zu large blocks, %zu threads, pages of %zu KiB\n",
                   stats.segment_count, stats.segment_bytes >> 10, stats.slab_count, stats.large_count,
                   stats.thread_count, stats.page_bytes >> 10);
    for (size_t i = 0; i < stats.largest_count; i++) {
        print_bytes(&out, i == 0 ? "largest blocks" : "", stats.largest[i].bytes);
        base_out_print(&out, "  %s\n", domain_names[stats.largest[i].domain]);
    }
    print_histogram(&out, &stats);
    return base_out_flush(&out);
}

static void print_json_domains(base_out *out, const char *name, const size_t values[PYMM_DOMAIN_COUNT])
{
    base_out_print(out, "\"%s\":{\"raw\":%zu,\"mem\":%zu,\"obj\":%zu}", name, values[0], values[1], values[2]);
}

static void print_json_classes(base_out *out, const pymm_stats *stats)
{
    const char *separator = "";
    base_out_print(out, ",\"classes\":[");
    for (size_t i = 0; i < stats->class_count; i++) {
        const pymm_class_stats *row = &stats->classes[i];
        if (row->slab_count == 0)
            continue;
        base_out_print(out, "%s{\"slot_bytes\":%zu,", separator, row->slot_bytes);
        print_json_domains(out, "block_count", row->block_count);
        base_out_print(out, ",\"cached_count\":%zu,\"free_count\":%zu,\"slab_count\":%zu}", row->cached_count,
                       row->free_count, row->slab_count);
        separator = ",";
    }
    base_out_print(out, "]");
}

int pymm_stats_print_json(int fd)
{
    pymm_stats stats;
    base_out out;
    if (pymm_stats_get(&stats, sizeof stats) != 0)
        return -1;
    base_out_open(&out, fd);
    base_out_print(&out, "{\"version\":\"" PYMM_VERSION "\",");
    print_json_domains(&out, "block_count", stats.block_count);
    base_out_print(&out, ",");
    print_json_domains(&out, "block_bytes", stats.block_bytes);
#define NUMBER(name) base_out_print(&out, ",\"%s\":%zu", #name, stats.name)
    NUMBER(live_bytes);
    NUMBER(free_bytes);
    NUMBER(metadata_bytes);
    NUMBER(resident_bytes);
    NUMBER(returned_bytes);
    NUMBER(reserved_bytes);
    NUMBER(committed_bytes);
    NUMBER(segment_count);
    NUMBER(slab_count);
    NUMBER(large_count);
    NUMBER(thread_count);
    NUMBER(page_bytes);
    NUMBER(unit_bytes);
    NUMBER(segment_bytes);
#undef NUMBER
    base_out_print(&out, ",\"largest\":[");
    for (size_t i = 0; i < stats.largest_count; i++)
        base_out_print(&out, "%s{\"bytes\":%zu,\"domain\":\"%s\"}", i == 0 ? "" : ",", stats.largest[i].bytes,
                       domain_names[stats.largest[i].domain]);
    base_out_print(&out, "]");
    print_json_classes(&out, &stats);
    base_out_print(&out, "}\n");
    return base_out_flush(&out);
}

const char *pymm_version(void) { return PYMM_VERSION; }
