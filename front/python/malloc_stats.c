/* malloc_stats.c: statistics of the heap in the form in which CPython prints those of pymalloc, for PYTHONMALLOCSTATS.
 *
 * What CPython calls a pool is a slab or a free unit here, and an arena is a segment: the granule in which the heap gets
 * memory that may be touched. CPython prints at each new arena; here it is whenever the heap has grown by an eighth. Rows
 * that CPython does not have stand after the ones that it has.
 * Owns: this form. Does not own: the figures (pymm_stats_get). Read front.h first. */
#include "front.h"

/* "label   =      1,234,567": the label padded to 35, the number with commas to 21. */
static void print_row(FILE *out, const char *label, size_t value)
{
    char digits[32], grouped[32];
    size_t digit_count = base_format(digits, sizeof digits, "%zu", value), used = 0;
    for (size_t i = 0; i < digit_count; i++) {
        if (i > 0 && (digit_count - i) % 3 == 0)
            grouped[used++] = ',';
        grouped[used++] = digits[i];
    }
    grouped[used] = '\0';
    fprintf(out, "%-35s=%21s\n", label, grouped);
}

static void print_counted_row(FILE *out, size_t count, const char *what, size_t item_bytes, const char *unit)
{
    char label[64];
    base_format(label, sizeof label, "%zu %s * %zu %s", count, what, item_bytes, unit);
    print_row(out, label, count * item_bytes);
}

typedef struct totals {
    size_t used_bytes, free_bytes, lost_bytes;
} totals;

static void print_classes(FILE *out, const pymm_stats *stats, totals *sum)
{
    fprintf(out, "Small block threshold = %d, in %u size classes.\n\n"
                 "class   size   num pools   blocks in use  avail blocks\n"
                 "-----   ----   ---------   -------------  ------------\n", HEAP_SMALL_MAX_BYTES, (unsigned)stats->class_count);
    for (size_t i = 0; i < stats->class_count; i++) {
        const pymm_class_stats *row = &stats->classes[i];
        if (row->slab_count == 0)
            continue;
        size_t used_count = row->block_count[0] + row->block_count[1] + row->block_count[2];
        size_t free_count = row->free_count + row->cached_count;
        size_t slab_bytes = stats->unit_bytes * (row->slot_bytes > HEAP_FINE_MAX_BYTES ? 4 : 1) * row->slab_count;
        size_t slots_bytes = (used_count + free_count) * row->slot_bytes;
        fprintf(out, "%5u %6u %11zu %15zu %13zu\n", (unsigned)i, (unsigned)row->slot_bytes, row->slab_count, used_count,
                free_count);
        sum->used_bytes += used_count * row->slot_bytes;
        sum->free_bytes += free_count * row->slot_bytes;
        sum->lost_bytes += slab_bytes > slots_bytes ? slab_bytes - slots_bytes : 0;
    }
}

static void print_statistics(FILE *out, const pymm_stats *stats)
{
    totals sum = {0, 0, 0};
    print_classes(out, stats, &sum);
    size_t large_bytes = stats->live_bytes > sum.used_bytes ? stats->live_bytes - sum.used_bytes : 0;
    size_t total_bytes = stats->segment_count * stats->segment_bytes;
    size_t taken_bytes = sum.used_bytes + sum.free_bytes + sum.lost_bytes + large_bytes;
    size_t unused_bytes = total_bytes > taken_bytes ? total_bytes - taken_bytes : 0;
    fputc('\n', out);
    print_row(out, "# arenas allocated total", stats->segment_count);
    print_row(out, "# arenas reclaimed", 0);
    print_row(out, "# arenas highwater mark", stats->segment_count);
    print_row(out, "# arenas allocated current", stats->segment_count);
    print_counted_row(out, stats->segment_count, "arenas", stats->segment_bytes, "bytes/arena");
    fputc('\n', out);
    print_row(out, "# bytes in allocated blocks", sum.used_bytes);
    print_row(out, "# bytes in available blocks", sum.free_bytes);
    print_row(out, "# bytes in large blocks", large_bytes);
    print_counted_row(out, unused_bytes / stats->unit_bytes, "unused pools", stats->unit_bytes, "bytes");
    print_row(out, "# bytes lost to pool headers", 0); /* they lie beside the slabs, and are counted below */
    print_row(out, "# bytes lost to quantization", sum.lost_bytes + unused_bytes % stats->unit_bytes);
    print_row(out, "# bytes lost to arena alignment", 0);
    print_row(out, "Total", total_bytes);
    fputc('\n', out);
    print_row(out, "# bytes resident", stats->resident_bytes);
    print_row(out, "# bytes of descriptors", stats->metadata_bytes);
    print_row(out, "# bytes given back to the system", stats->returned_bytes);
    fputc('\n', out);
}

int _PyObject_DebugMallocStats(FILE *out)
{
    pymm_stats stats;
    if (out == NULL || !front_choice_is_heap() || pymm_stats_get(&stats, sizeof stats) != 0)
        return 0;
    print_statistics(out, &stats);
    return 1;
}

static atomic_bool is_wanted;

static void at_peak(void) { _PyObject_DebugMallocStats(stderr); }

void front_malloc_stats_start(void)
{
    if (!atomic_exchange(&is_wanted, true))
        heap_peak_watch(at_peak);
}

void front_malloc_stats_end(void)
{
    if (atomic_load(&is_wanted))
        _PyObject_DebugMallocStats(stderr);
}
