/* snapshot.c: all records at one moment, with their frames resolved once.
 *
 *   snapshot -> texts (shared by filtered copies)    traces[]: bytes, domain, table, stack
 *               stacks[]: frames as places           texts of files and functions, each once
 *
 * The world is held only while records and stacks are copied; names and lines are looked up afterwards. All memory comes
 * from pages of its own, so that a snapshot neither changes the heap nor waits for it.
 * Owns: pymm_trace_snapshot. Does not own: grouping (statistics.c), filters (filter.c). Read pymm_trace.h first. */
#include "trace/snapshot.h"

#include <string.h>

static size_t pages_bytes(size_t bytes) { return base_round_up(base_max(bytes, 1), os_page_bytes()); }

void *trace_scratch_take(size_t bytes)
{
    if (bytes > PTRDIFF_MAX)
        return NULL;
    void *start = os_reserve(pages_bytes(bytes), os_page_bytes());
    if (start != NULL && os_commit(start, pages_bytes(bytes)) != 0) {
        os_release(start, pages_bytes(bytes));
        start = NULL;
    }
    return start;
}

void trace_scratch_put(void *start, size_t bytes)
{
    if (start != NULL)
        os_release(start, pages_bytes(bytes));
}

/* Copying, the world being held -------------------------------------------------------------------------------------- */

typedef struct copied_items {
    trace_item *items;
    size_t count, capacity;
} copied_items;

static bool count_record(void *arg, const trace_record *record)
{
    (void)record;
    ((copied_items *)arg)->count++;
    return true;
}

static bool copy_record(void *arg, const trace_record *record)
{
    copied_items *copy = arg;
    if (copy->count == copy->capacity)
        return false;
    copy->items[copy->count++] = (trace_item){record->bytes, record->domain, record->stack, (uint8_t)record->table};
    return true;
}

static void visit_all(bool (*visit)(void *arg, const trace_record *record), void *arg)
{
    trace_shadow_visit(visit, arg);
    trace_store_visit(visit, arg);
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        if (state->is_parked)
            visit(arg, &state->parked);
}

/* Records, and all stacks with their frames one after the other. */
typedef struct raw_stacks {
    pymm_trace_frame *frames;
    size_t frame_count, frames_bytes;
    uint32_t count;
} raw_stacks;

static bool copy_stacks(trace_texts *texts, raw_stacks *raw)
{
    raw->count = trace_stack_count();
    for (uint32_t number = 1; number <= raw->count; number++)
        raw->frame_count += trace_stack_get(number)->frame_count;
    raw->frames_bytes = raw->frame_count * sizeof *raw->frames;
    texts->stack_count = raw->count;
    texts->stacks_bytes = (raw->count + 1) * sizeof *texts->stacks;
    texts->stacks = trace_scratch_take(texts->stacks_bytes);
    raw->frames = trace_scratch_take(raw->frames_bytes);
    if (texts->stacks == NULL || raw->frames == NULL)
        return false;
    size_t next = 0;
    for (uint32_t number = 1; number <= raw->count; number++) {
        const trace_stack *stack = trace_stack_get(number);
        texts->stacks[number] = (trace_shown){next, stack->frame_count, stack->total_count};
        memcpy(raw->frames + next, stack->frames, stack->frame_count * sizeof *raw->frames);
        next += stack->frame_count;
    }
    return true;
}

static int copy_all(pymm_trace_snapshot *snapshot, raw_stacks *raw)
{
    copied_items counted = {0}, copied = {0};
    visit_all(count_record, &counted);
    copied.capacity = counted.count;
    snapshot->items_bytes = counted.count * sizeof(trace_item);
    copied.items = snapshot->items = trace_scratch_take(snapshot->items_bytes);
    if (copied.items == NULL || !copy_stacks(snapshot->texts, raw))
        return -1;
    visit_all(copy_record, &copied);
    snapshot->count = copied.count;
    snapshot->limit = trace_frame_limit;
    return 0;
}

/* Names ------------------------------------------------------------------------------------------------------------ */

#define TEXT_PIECE_BYTES ((size_t)64 << 10)

typedef struct text_piece {
    struct text_piece *next;
    size_t bytes, used_bytes;
} text_piece;

/* A text for good; NULL without memory. */
static const char *text_keep(trace_texts *texts, const char *text)
{
    size_t bytes = strlen(text) + 1;
    text_piece *piece = texts->pieces;
    if (piece == NULL || piece->bytes - piece->used_bytes < bytes) {
        size_t piece_bytes = base_max(TEXT_PIECE_BYTES, sizeof *piece + bytes);
        piece = trace_scratch_take(piece_bytes);
        if (piece == NULL)
            return NULL;
        *piece = (text_piece){texts->pieces, piece_bytes, sizeof *piece};
        texts->pieces = piece;
    }
    char *kept = (char *)piece + piece->used_bytes;
    piece->used_bytes += bytes;
    return memcpy(kept, text, bytes);
}

/* Frames that were resolved already: open addressing by frame; index + 1 of a place. */
typedef struct seen_frames {
    uint32_t *slots;
    size_t mask, bytes;
} seen_frames;

static bool place_keep(trace_texts *texts, pymm_trace_place *kept, const pymm_trace_place *place)
{
    kept->line = place->line;
    kept->file = text_keep(texts, place->file);
    kept->function = place->function == NULL ? NULL : text_keep(texts, place->function);
    return kept->file != NULL && (place->function == NULL || kept->function != NULL);
}

static bool resolve_all(trace_texts *texts, const raw_stacks *raw, seen_frames *seen)
{
    texts->places_bytes = raw->frame_count * sizeof *texts->places;
    texts->places = trace_scratch_take(texts->places_bytes);
    size_t slot_count = 1024;
    while (slot_count < raw->frame_count * 2)
        slot_count *= 2;
    seen->bytes = slot_count * sizeof *seen->slots;
    seen->mask = slot_count - 1;
    seen->slots = trace_scratch_take(seen->bytes);
    if (texts->places == NULL || seen->slots == NULL || raw->frame_count >= UINT32_MAX)
        return false;
    bool is_done = true;
    trace_symbols *symbols = trace_symbols_open();
    for (size_t i = 0; i < raw->frame_count && is_done; i++) {
        const pymm_trace_frame *frame = &raw->frames[i];
        uint64_t hash = ((uintptr_t)frame->code ^ frame->position * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
        size_t at = (hash >> 20) & seen->mask;
        while (seen->slots[at] != 0 && memcmp(&raw->frames[seen->slots[at] - 1], frame, sizeof *frame) != 0)
            at = (at + 1) & seen->mask;
        if (seen->slots[at] != 0) {
            texts->places[i] = texts->places[seen->slots[at] - 1];
            continue;
        }
        pymm_trace_place place;
        trace_symbols_find(symbols, frame, &place);
        is_done = place_keep(texts, &texts->places[i], &place);
        seen->slots[at] = (uint32_t)i + 1;
    }
    trace_symbols_close(symbols);
    return is_done;
}

/* Life of a snapshot --------------------------------------------------------------------------------------------------- */

pymm_trace_snapshot *trace_snapshot_new(trace_texts *texts)
{
    pymm_trace_snapshot *snapshot = heap_meta_take(sizeof *snapshot);
    bool is_first = texts == NULL;
    if (snapshot != NULL && is_first)
        texts = heap_meta_take(sizeof *texts);
    if (texts == NULL) {
        if (snapshot != NULL)
            heap_meta_put(snapshot, sizeof *snapshot);
        return NULL;
    }
    if (snapshot != NULL) {
        atomic_fetch_add(&texts->user_count, 1);
        snapshot->texts = texts;
    }
    return snapshot;
}

static void texts_drop(trace_texts *texts)
{
    if (atomic_fetch_sub(&texts->user_count, 1) != 1)
        return;
    for (text_piece *piece = texts->pieces, *next; piece != NULL; piece = next) {
        next = piece->next;
        trace_scratch_put(piece, piece->bytes);
    }
    trace_scratch_put(texts->places, texts->places_bytes);
    trace_scratch_put(texts->stacks, texts->stacks_bytes);
    heap_meta_put(texts, sizeof *texts);
}

void pymm_trace_snapshot_free(pymm_trace_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    trace_scratch_put(snapshot->items, snapshot->items_bytes);
    texts_drop(snapshot->texts);
    heap_meta_put(snapshot, sizeof *snapshot);
}

int pymm_trace_snapshot_take(pymm_trace_snapshot **taken)
{
    if (taken == NULL)
        return -1;
    if (!trace_is_on())
        return -2;
    pymm_trace_snapshot *snapshot = trace_snapshot_new(NULL);
    if (snapshot == NULL)
        return -1;
    raw_stacks raw = {0};
    seen_frames seen = {0};
    unsigned mode = trace_world_hold();
    int result = mode == 0 ? -2 : copy_all(snapshot, &raw);
    trace_world_release(mode);
    trace_inside_begin(); /* a host's resolver may allocate */
    if (result == 0 && !resolve_all(snapshot->texts, &raw, &seen))
        result = -1;
    trace_inside_end();
    trace_scratch_put(raw.frames, raw.frames_bytes);
    trace_scratch_put(seen.slots, seen.bytes);
    if (result == 0)
        *taken = snapshot;
    else
        pymm_trace_snapshot_free(snapshot);
    return result;
}

size_t pymm_trace_snapshot_count(const pymm_trace_snapshot *snapshot)
{
    return snapshot == NULL ? 0 : snapshot->count;
}

unsigned pymm_trace_snapshot_limit(const pymm_trace_snapshot *snapshot)
{
    return snapshot == NULL ? 0 : snapshot->limit;
}

int pymm_trace_snapshot_get(const pymm_trace_snapshot *snapshot, size_t index, pymm_trace_info *info)
{
    if (snapshot == NULL || info == NULL || index >= snapshot->count)
        return -1;
    const trace_item *item = &snapshot->items[index];
    const trace_shown *stack = &snapshot->texts->stacks[item->stack];
    *info = (pymm_trace_info){
        .bytes = item->bytes,
        .domain = item->domain,
        .table = item->table == TRACE_TABLE_NONE ? -1 : item->table,
        .frame_count = stack->frame_count,
        .total_count = stack->total_count,
        .places = snapshot->texts->places + stack->first,
    };
    return 0;
}
