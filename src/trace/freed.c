/* freed.c: the last freed blocks, for reports on a block that is used or freed once more; and these reports.
 *
 * Kept only when asked for (trace_freed_keep): it costs a stack at every free. A ring: the oldest entry makes room.
 * Owns: the ring. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

#define FREED_COUNT 1024
#define HEADER_BYTES 16 /* what a hook below the program puts in front of a block */
#define SHOWN_FRAMES_MAX 100

typedef struct freed_block {
    const void *block;
    size_t bytes;
    uint32_t allocated_stack, freed_stack;
} freed_block;

os_lock trace_freed_lock = OS_LOCK_INIT;
static freed_block freed[FREED_COUNT];
static size_t freed_next;

void trace_freed_add(const void *block, const trace_record *record, uint32_t freed_stack)
{
    os_lock_take(&trace_freed_lock);
    freed[freed_next++ % FREED_COUNT] = (freed_block){block, record->bytes, record->stack, freed_stack};
    os_lock_drop(&trace_freed_lock);
}

void trace_freed_clear(void)
{
    os_lock_take(&trace_freed_lock);
    if (freed_next != 0)
        memset(freed, 0, sizeof freed);
    freed_next = 0;
    os_lock_drop(&trace_freed_lock);
}

static bool freed_find(const void *block, freed_block *found)
{
    bool is_found = false;
    os_lock_take(&trace_freed_lock);
    for (size_t i = 1; i <= FREED_COUNT && !is_found && i <= freed_next; i++) {
        *found = freed[(freed_next - i) % FREED_COUNT];
        is_found = found->block == block;
    }
    os_lock_drop(&trace_freed_lock);
    return is_found;
}

void trace_place_write(base_out *out, const pymm_trace_place *place)
{
    if (place->line != 0)
        base_out_print(out, "  File \"%s\", line %u\n", place->file, place->line);
    else if (place->function != NULL)
        base_out_print(out, "  File \"%s\", in %s\n", place->file, place->function);
    else
        base_out_print(out, "  File \"%s\"\n", place->file);
}

static void stack_write(base_out *out, const char *what, uint32_t number)
{
    const trace_stack *stack = trace_stack_get(number);
    if (stack == NULL)
        return;
    base_out_print(out, "Memory block %s at (most recent call first):\n", what);
    trace_symbols *symbols = trace_symbols_open();
    for (unsigned i = 0; i < stack->frame_count && i < SHOWN_FRAMES_MAX; i++) {
        pymm_trace_place place;
        trace_symbols_find(symbols, &stack->frames[i], &place);
        trace_place_write(out, &place);
    }
    trace_symbols_close(symbols);
    if (stack->frame_count > SHOWN_FRAMES_MAX)
        base_out_print(out, "  ...\n");
    base_out_print(out, "\n");
}

/* What a program calls `block` may lie behind what a hook put in front of it: then it reaches beyond that. A hook below may
 * report on the block that this thread is resizing. */
static bool find_live(const trace_state *state, const void *block, trace_record *record)
{
    if (state->is_parked && state->parked_block == block) {
        *record = state->parked;
        return true;
    }
    return trace_lookup(0, (uintptr_t)block, record) ||
           (trace_lookup(0, (uintptr_t)block - HEADER_BYTES, record) && record->bytes > HEADER_BYTES);
}

static bool find_freed(const void *block, freed_block *found)
{
    return freed_find(block, found) || (freed_find((const char *)block - HEADER_BYTES, found) && found->bytes > HEADER_BYTES);
}

bool trace_block_write(base_out *out, unsigned domain, const void *block, bool with_freed)
{
    (void)domain;
    trace_state *state = trace_is_on() && block != NULL ? trace_state_get() : NULL;
    if (state == NULL)
        return false;
    trace_record record = {0};
    freed_block last = {0};
    /* Between enter and leave the stacks stay; what symbols allocate comes from the C library. */
    trace_inside_begin();
    if (trace_enter(state) != 0) {
        if (!find_live(state, block, &record)) {
            last = find_freed(block, &last) ? last : (freed_block){0};
            record.stack = last.allocated_stack;
        }
        if (record.stack != 0)
            stack_write(out, "allocated", record.stack);
        if (with_freed && last.freed_stack != 0)
            stack_write(out, "freed", last.freed_stack);
    }
    trace_leave(&state->thread);
    trace_inside_end();
    return record.stack != 0 || (with_freed && last.freed_stack != 0);
}

int pymm_trace_write_block(const void *block, int fd)
{
    base_out out;
    base_out_open(&out, fd);
    bool is_known = trace_block_write(&out, PYMM_DOMAIN_RAW, block, true);
    return base_out_flush(&out) == 0 && is_known ? 0 : -1;
}
