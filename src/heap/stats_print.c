/* stats_print.c: the statistics as text for a person and as JSON for a program. Allocates nothing.
 *
 * Owns: the two forms. Does not own: the figures (stats.c). */
#include "heap/internal.h"

static const char *const domain_names[PYMM_DOMAIN_COUNT] = {"raw", "mem", "obj"};

/* Bytes for a person: at most four digits and a unit. */
void heap_print_bytes(base_out *out, const char *label, size_t bytes)
{
    static const char *const unit_names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t tenths = bytes * 10, unit = 0;
    for (; tenths >= 10240 && unit + 1 < PYMM_COUNT_OF(unit_names); unit++)
        tenths = (tenths + 512) / 1024;
    base_out_print(out, "%-22s %8zu.%zu %-3s", label, tenths / 10, tenths % 10, unit_names[unit]);
}

static void print_line(base_out *out, const char *label, size_t bytes, const char *meaning)
{
    heap_print_bytes(out, label, bytes);
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

void heap_stats_write_text(base_out *out, const pymm_stats *stats)
{
    for (unsigned i = 0; i < PYMM_DOMAIN_COUNT; i++) {
        char label[32];
        base_format(label, sizeof label, "live in %s", domain_names[i]);
        heap_print_bytes(out, label, stats->block_bytes[i]);
        base_out_print(out, "  in %zu blocks\n", stats->block_count[i]);
    }
    print_line(out, "live", stats->live_bytes, "in all blocks");
    print_line(out, "free", stats->free_bytes, "resident, in no block");
    print_line(out, "metadata", stats->metadata_bytes, "resident, descriptors of the heap");
    print_line(out, "resident", stats->resident_bytes, "live + free + metadata");
    print_line(out, "returned", stats->returned_bytes, "given back to the system since the start");
    print_line(out, "committed", stats->committed_bytes, "address space that may be touched");
    base_out_print(out, "%zu segments of %zu KiB, %zu slabs, %zu large blocks, %zu threads, pages of %zu KiB\n",
                   stats->segment_count, stats->segment_bytes >> 10, stats->slab_count, stats->large_count,
                   stats->thread_count, stats->page_bytes >> 10);
    if (stats->arena_count > 0)
        base_out_print(out, "%zu arenas of %zu KiB from the program's source\n", stats->arena_count,
                       HEAP_ARENA_BYTES >> 10);
    for (size_t i = 0; i < stats->largest_count; i++) {
        heap_print_bytes(out, i == 0 ? "largest blocks" : "", stats->largest[i].bytes);
        base_out_print(out, "  %s\n", domain_names[stats->largest[i].domain]);
    }
    print_histogram(out, stats);
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

void heap_stats_write_json(base_out *out, const pymm_stats *stats)
{
    print_json_domains(out, "block_count", stats->block_count);
    base_out_print(out, ",");
    print_json_domains(out, "block_bytes", stats->block_bytes);
#define NUMBER(name) base_out_print(out, ",\"%s\":%zu", #name, stats->name)
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
    NUMBER(arena_count);
    NUMBER(arena_bytes);
#undef NUMBER
    base_out_print(out, ",\"largest\":[");
    for (size_t i = 0; i < stats->largest_count; i++)
        base_out_print(out, "%s{\"bytes\":%zu,\"domain\":\"%s\"}", i == 0 ? "" : ",", stats->largest[i].bytes,
                       domain_names[stats->largest[i].domain]);
    base_out_print(out, "]");
    print_json_classes(out, stats);
}

int pymm_stats_print(int fd)
{
    pymm_stats stats;
    base_out out;
    if (pymm_stats_get(&stats, sizeof stats) != 0)
        return -1;
    base_out_open(&out, fd);
    base_out_print(&out, "pymm " PYMM_VERSION " heap\n");
    heap_stats_write_text(&out, &stats);
    return base_out_flush(&out);
}

static int write_json(base_out *out)
{
    pymm_stats stats;
    if (pymm_stats_get(&stats, sizeof stats) != 0)
        return -1;
    base_out_print(out, "{\"version\":\"" PYMM_VERSION "\",");
    heap_stats_write_json(out, &stats);
    base_out_print(out, "}\n");
    return base_out_flush(out);
}

int pymm_stats_print_json(int fd)
{
    base_out out;
    base_out_open(&out, fd);
    return write_json(&out);
}

size_t pymm_stats_json(char *text, size_t text_bytes)
{
    base_out out;
    if (text == NULL)
        text_bytes = 0;
    base_out_open_text(&out, text, text_bytes == 0 ? 0 : text_bytes - 1);
    if (write_json(&out) != 0)
        out.length_bytes = 0;
    if (text_bytes > 0)
        text[base_min(out.length_bytes, text_bytes - 1)] = '\0';
    return out.length_bytes;
}
