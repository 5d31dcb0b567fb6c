/* statistics.c: records of a snapshot grouped by file, line or traceback; two snapshots compared.
 *
 * Records are gathered by stack first, which leaves few; each stack (or frame, when cumulative) is then one entry, entries
 * are sorted by place, equal ones are added up, and the sums are sorted by size.
 * Owns: the order, which is tracemalloc's. Read pymm_trace.h first. */
#include "trace/snapshot.h"

#include <string.h>

/* A list is an allocation with this in front. */
typedef struct list_head {
    size_t bytes;
    pymm_trace_statistic entries[];
} list_head;

int trace_place_compare(const pymm_trace_place *a, const pymm_trace_place *b)
{
    int order = a->file == b->file ? 0 : strcmp(a->file, b->file);
    if (order != 0)
        return order;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    /* Code without line numbers is told apart by its functions. */
    if (a->line != 0 || a->function == b->function)
        return 0;
    return strcmp(a->function == NULL ? "" : a->function, b->function == NULL ? "" : b->function);
}

/* Tracebacks are compared from the outermost frame on. */
static int compare_places(const pymm_trace_statistic *a, const pymm_trace_statistic *b)
{
    unsigned common = (unsigned)base_min(a->frame_count, b->frame_count);
    for (unsigned i = 1; i <= common; i++) {
        int order = trace_place_compare(&a->places[a->frame_count - i], &b->places[b->frame_count - i]);
        if (order != 0)
            return order;
    }
    return a->frame_count == b->frame_count ? 0 : a->frame_count < b->frame_count ? -1 : 1;
}

static size_t magnitude(ptrdiff_t value) { return value < 0 ? (size_t)0 - (size_t)value : (size_t)value; }

static int compare_sizes_from(size_t a, size_t b) { return a == b ? 0 : a > b ? -1 : 1; }

/* Largest first. */
static int compare_weights(const pymm_trace_statistic *a, const pymm_trace_statistic *b)
{
    int order = compare_sizes_from(magnitude(a->bytes_diff), magnitude(b->bytes_diff));
    if (order == 0)
        order = compare_sizes_from(a->bytes, b->bytes);
    if (order == 0)
        order = compare_sizes_from(magnitude(a->count_diff), magnitude(b->count_diff));
    if (order == 0)
        order = compare_sizes_from(a->count, b->count);
    return order != 0 ? order : compare_places(b, a);
}

typedef int (*comparison)(const pymm_trace_statistic *a, const pymm_trace_statistic *b);

static void sift_down(pymm_trace_statistic *entries, size_t at, size_t count, comparison compare)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare(&entries[child], &entries[child + 1]) < 0)
            child++;
        if (compare(&entries[at], &entries[child]) >= 0)
            return;
        pymm_trace_statistic swapped = entries[at];
        entries[at] = entries[child];
        entries[child] = swapped;
    }
}

/* Heapsort: in place, and no input makes it slow. */
static void sort(pymm_trace_statistic *entries, size_t count, comparison compare)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(entries, i, count, compare);
    for (size_t end = count; end-- > 1;) {
        pymm_trace_statistic swapped = entries[0];
        entries[0] = entries[end];
        entries[end] = swapped;
        sift_down(entries, 0, end, compare);
    }
}

/* Neighbours with the same place become one; returns how many are left. */
static size_t merge(pymm_trace_statistic *entries, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare_places(&entries[kept - 1], &entries[i]) == 0) {
            entries[kept - 1].bytes += entries[i].bytes;
            entries[kept - 1].count += entries[i].count;
            entries[kept - 1].bytes_diff += entries[i].bytes_diff;
            entries[kept - 1].count_diff += entries[i].count_diff;
        } else {
            entries[kept++] = entries[i];
        }
    }
    return kept;
}

/* Sums by stack. */
typedef struct stack_sum {
    size_t bytes, count;
} stack_sum;

static stack_sum *sum_by_stack(const pymm_trace_snapshot *snapshot, size_t *sums_bytes)
{
    *sums_bytes = ((size_t)snapshot->texts->stack_count + 1) * sizeof(stack_sum);
    stack_sum *sums = trace_scratch_take(*sums_bytes);
    for (size_t i = 0; sums != NULL && i < snapshot->count; i++) {
        sums[snapshot->items[i].stack].bytes += snapshot->items[i].bytes;
        sums[snapshot->items[i].stack].count++;
    }
    return sums;
}

static size_t entry_count_of(const pymm_trace_snapshot *snapshot, const stack_sum *sums, int is_cumulative)
{
    size_t count = 0;
    for (uint32_t i = 1; i <= snapshot->texts->stack_count; i++)
        if (sums[i].count != 0)
            count += is_cumulative ? snapshot->texts->stacks[i].frame_count : 1;
    return count;
}

/* By file the line does not count: places without it, one for each entry, behind the entries. */
typedef struct entry_filling {
    pymm_trace_statistic *next;
    pymm_trace_place *next_place; /* NULL unless by file */
} entry_filling;

static void add_entry(entry_filling *to, const stack_sum *sum, const pymm_trace_place *places, unsigned frame_count, int sign)
{
    if (to->next_place != NULL) {
        *to->next_place = (pymm_trace_place){places->file, NULL, 0};
        places = to->next_place++;
    }
    *to->next++ = (pymm_trace_statistic){
        .bytes = sign < 0 ? 0 : sum->bytes,
        .count = sign < 0 ? 0 : sum->count,
        .bytes_diff = sign == 0 ? 0 : sign * (ptrdiff_t)sum->bytes,
        .count_diff = sign == 0 ? 0 : sign * (ptrdiff_t)sum->count,
        .frame_count = frame_count,
        .places = places,
    };
}

static void add_entries(entry_filling *to, const pymm_trace_snapshot *snapshot, const stack_sum *sums,
                        enum pymm_trace_key key, int is_cumulative, int sign)
{
    const trace_texts *texts = snapshot->texts;
    for (uint32_t i = 1; i <= texts->stack_count; i++) {
        const pymm_trace_place *places = texts->places + texts->stacks[i].first;
        if (sums[i].count == 0)
            continue;
        if (key == PYMM_TRACE_BY_TRACEBACK)
            add_entry(to, &sums[i], places, texts->stacks[i].frame_count, sign);
        else
            for (unsigned k = 0; k < (is_cumulative ? texts->stacks[i].frame_count : 1); k++)
                add_entry(to, &sums[i], places + k, 1, sign);
    }
}

static int group(const pymm_trace_snapshot *snapshot, const pymm_trace_snapshot *old, enum pymm_trace_key key,
                 int is_cumulative, pymm_trace_statistic **list, size_t *count)
{
    if ((unsigned)key > PYMM_TRACE_BY_TRACEBACK || (is_cumulative && key == PYMM_TRACE_BY_TRACEBACK))
        return -1;
    size_t sums_bytes = 0, old_sums_bytes = 0, entry_count = 0;
    stack_sum *sums = sum_by_stack(snapshot, &sums_bytes), *old_sums = old == NULL ? NULL : sum_by_stack(old, &old_sums_bytes);
    list_head *head = NULL;
    if (sums != NULL && (old == NULL || old_sums != NULL)) {
        entry_count = entry_count_of(snapshot, sums, is_cumulative);
        entry_count += old == NULL ? 0 : entry_count_of(old, old_sums, is_cumulative);
        size_t bytes = sizeof *head + entry_count * (sizeof(pymm_trace_statistic) + sizeof(pymm_trace_place));
        head = trace_scratch_take(bytes);
        if (head != NULL)
            head->bytes = bytes;
    }
    if (head != NULL) {
        entry_filling to = {head->entries, key == PYMM_TRACE_BY_FILE ? (void *)(head->entries + entry_count) : NULL};
        add_entries(&to, snapshot, sums, key, is_cumulative, old == NULL ? 0 : 1);
        if (old != NULL)
            add_entries(&to, old, old_sums, key, is_cumulative, -1);
        sort(head->entries, entry_count, compare_places);
        *count = merge(head->entries, entry_count);
        sort(head->entries, *count, compare_weights);
        *list = head->entries;
    }
    trace_scratch_put(sums, sums_bytes);
    trace_scratch_put(old_sums, old_sums_bytes);
    return head == NULL ? -1 : 0;
}

int pymm_trace_statistics(const pymm_trace_snapshot *snapshot, enum pymm_trace_key key, int is_cumulative,
                          pymm_trace_statistic **list, size_t *count)
{
    if (snapshot == NULL || list == NULL || count == NULL)
        return -1;
    return group(snapshot, NULL, key, is_cumulative, list, count);
}

int pymm_trace_compare(const pymm_trace_snapshot *snapshot, const pymm_trace_snapshot *old, enum pymm_trace_key key,
                       int is_cumulative, pymm_trace_statistic **list, size_t *count)
{
    if (snapshot == NULL || old == NULL || list == NULL || count == NULL)
        return -1;
    return group(snapshot, old, key, is_cumulative, list, count);
}

void pymm_trace_statistics_free(pymm_trace_statistic *list)
{
    if (list != NULL) {
        list_head *head = PYMM_CONTAINER_OF(list, list_head, entries);
        trace_scratch_put(head, head->bytes);
    }
}
