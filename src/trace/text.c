/* text.c: the largest groups of a snapshot as text for a person. Owns: its form. Read pymm_trace.h first. */
#include "trace/snapshot.h"

static void write_kib(base_out *out, size_t bytes)
{
    size_t tenths = bytes / 1024 * 10 + (bytes % 1024 * 10 + 512) / 1024;
    base_out_print(out, "%zu.%zu KiB", tenths / 10, tenths % 10);
}

static void write_group(base_out *out, size_t rank, const pymm_trace_statistic *group, enum pymm_trace_key key)
{
    const pymm_trace_place *place = &group->places[0];
    base_out_print(out, "#%zu: %s", rank, place->file);
    if (place->line != 0)
        base_out_print(out, ":%u", place->line);
    else if (place->function != NULL)
        base_out_print(out, " in %s", place->function);
    base_out_print(out, ": ");
    write_kib(out, group->bytes);
    base_out_print(out, " in %zu %s\n", group->count, group->count == 1 ? "block" : "blocks");
    for (unsigned i = 0; key == PYMM_TRACE_BY_TRACEBACK && i < group->frame_count; i++)
        trace_place_write(out, &group->places[i]);
}

int pymm_trace_write_top(const pymm_trace_snapshot *snapshot, enum pymm_trace_key key, size_t top_count, int fd)
{
    static const char *const names[] = {"files", "lines", "tracebacks"};
    pymm_trace_statistic *list;
    size_t count, total_bytes = 0, other_bytes = 0;
    if (pymm_trace_statistics(snapshot, key, 0, &list, &count) != 0)
        return -1;
    base_out out;
    base_out_open(&out, fd);
    base_out_print(&out, "Top %zu %s\n", top_count, names[key]);
    for (size_t i = 0; i < count; i++) {
        total_bytes += list[i].bytes;
        if (i < top_count)
            write_group(&out, i + 1, &list[i], key);
        else
            other_bytes += list[i].bytes;
    }
    if (count > top_count) {
        base_out_print(&out, "%zu other: ", count - top_count);
        write_kib(&out, other_bytes);
        base_out_print(&out, "\n");
    }
    base_out_print(&out, "Total allocated size: ");
    write_kib(&out, total_bytes);
    base_out_print(&out, "\n");
    pymm_trace_statistics_free(list);
    return base_out_flush(&out);
}
