/* snapshot.h: the structure of a snapshot, for the files that compute something from it. Read snapshot.c first. */
#ifndef PYMM_TRACE_SNAPSHOT_H
#define PYMM_TRACE_SNAPSHOT_H

#include "trace/internal.h"

typedef struct trace_item {
    size_t bytes;
    uint32_t domain;
    uint32_t stack;
    uint8_t table;
} trace_item;

typedef struct trace_shown {
    size_t first; /* of its places */
    unsigned frame_count, total_count;
} trace_shown;

struct text_piece;
typedef struct trace_texts {
    atomic_uint user_count; /* snapshots */
    uint32_t stack_count;
    trace_shown *stacks; /* by number, from 1 */
    pymm_trace_place *places;
    size_t stacks_bytes, places_bytes;
    struct text_piece *pieces;
} trace_texts;

struct pymm_trace_snapshot {
    trace_texts *texts;
    trace_item *items;
    size_t count, items_bytes;
    unsigned limit;
};

/* A snapshot without traces; texts NULL: with texts of its own. NULL: no memory. */
pymm_trace_snapshot *trace_snapshot_new(trace_texts *texts);
void *trace_scratch_take(size_t bytes); /* zeroed pages; NULL: no memory */
void trace_scratch_put(void *start, size_t bytes);

/* statistics.c: order of places, as tracemalloc sorts them: file, then line. */
int trace_place_compare(const pymm_trace_place *a, const pymm_trace_place *b);
#endif
