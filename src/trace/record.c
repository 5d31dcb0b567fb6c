/* record.c: which record goes where: added, removed, moved, tracked.
 *
 * In domain 0 an address in the heap's first region that is a multiple of 16 has its record beside the heap; every other
 * has it in the table. The exceptions, what a word has no room for and large blocks, are in the table and counted as
 * strays: while there are any, the hot paths look there too.
 * A record and the counters change between trace_enter and trace_leave, so whoever holds the world sees them agree.
 * Owns: no state. Read internal.h first. */
#include "trace/internal.h"

/* What trace_enter began ends. */
static void leave(trace_state *state)
{
    if (PYMM_UNLIKELY(state->thread.headroom < 0))
        trace_leave_settled(&state->thread);
    else
        trace_leave(&state->thread);
}

/* Take a record out. What a node of the table held it in is kept in *node if that is free, else put back. */
static bool take_out(unsigned domain, uintptr_t address, trace_node **node, trace_record *old)
{
    bool is_beside = domain == 0 && trace_shadow_may_cover(address);
    if (is_beside) {
        _Atomic(trace_word) *word = trace_shadow_at(address);
        trace_word found = word == NULL ? 0 : atomic_load_explicit(word, memory_order_relaxed);
        if (found != 0) {
            atomic_store_explicit(word, 0, memory_order_relaxed);
            *old = trace_shadow_record(found, heap_bin_at((const void *)address));
            return true;
        }
        if (atomic_load_explicit(&trace_strays, memory_order_relaxed) == 0)
            return false;
    }
    trace_node *found = trace_store_take(domain, address, old);
    if (found == NULL)
        return false;
    if (is_beside)
        atomic_fetch_sub_explicit(&trace_strays, 1, memory_order_relaxed);
    if (node != NULL && *node == NULL)
        *node = found;
    else
        trace_node_put(address, found);
    return true;
}

/* Put a record in; what was there is replaced and returned in *old (stack 0: nothing). Fails only when *node is NULL and
 * there is no memory. */
static bool put_in(const trace_record *record, uintptr_t address, trace_node **node, trace_record *old)
{
    bool is_beside = record->domain == 0 && trace_shadow_may_cover(address);
    _Atomic(trace_word) *word = NULL;
    if (is_beside) {
        word = trace_shadow_at(address);
        if (word == NULL && trace_shadow_grow())
            word = trace_shadow_at(address);
    }
    bool is_in_word = word != NULL && trace_shadow_fits(record, address);
    if (!is_in_word && *node == NULL && (*node = trace_node_take(address)) == NULL)
        return false;
    *old = (trace_record){0};
    if (is_beside)
        take_out(0, address, node, old);
    if (is_in_word) {
        atomic_store_explicit(word, record->stack << TRACE_WORD_STACK_SHIFT | (trace_word)record->bytes, memory_order_relaxed);
        return true;
    }
    trace_record replaced;
    trace_store_put(address, record, node, &replaced);
    if (replaced.stack != 0)
        *old = replaced;
    if (is_beside)
        atomic_fetch_add_explicit(&trace_strays, 1, memory_order_relaxed);
    return true;
}

/* One C frame a stack, found without walking. */
static bool is_plain(unsigned mode)
{
    return mode == TRACE_ON && atomic_load_explicit(&trace_frame_limit, memory_order_relaxed) == 1 && trace_walk_is_plain();
}

/* The stack in state->frames. A single C frame that needed no walk is remembered for the hot path. */
static uint32_t intern(trace_state *state, unsigned mode, uintptr_t caller, unsigned frame_count, unsigned total_count)
{
    uint32_t stack = trace_stack_intern(state->frames, frame_count, total_count);
    if (stack != 0 && stack <= TRACE_WORD_STACK_MAX && is_plain(mode) && (uintptr_t)state->frames[0].code == caller)
        *trace_caller_of(&state->thread, caller) = (trace_caller){caller, stack << TRACE_WORD_STACK_SHIFT};
    return stack;
}

static int add(trace_state *state, unsigned domain, unsigned table, uintptr_t address, size_t bytes,
               uintptr_t caller)
{
    unsigned total_count, frame_count = trace_walk(state, caller, &total_count);
    if (frame_count == 0)
        return -1;
    unsigned mode = trace_enter(state);
    int result = mode == 0 ? -2 : -1;
    trace_record record = {bytes, 0, domain, table}, old;
    if (mode != 0)
        record.stack = intern(state, mode, caller, frame_count, total_count);
    if (record.stack != 0 && put_in(&record, address, &state->spare_node, &old)) {
        trace_count(state, (int64_t)bytes - (int64_t)old.bytes);
        result = 0;
    }
    leave(state);
    return result;
}

int trace_add(unsigned table, const void *block, size_t bytes, uintptr_t caller)
{
    if (!trace_is_on())
        return 0;
    trace_state *state = trace_state_get();
    if (state == NULL)
        return -1;
    if (state->inside_count != 0)
        return 0;
    return add(state, 0, table, (uintptr_t)block, bytes, caller) == -1 ? -1 : 0;
}

int trace_track(unsigned domain, uintptr_t address, size_t bytes, uintptr_t caller)
{
    if (!trace_is_on())
        return -2;
    trace_state *state = trace_state_get();
    if (state == NULL || state->is_walking)
        return -1;
    return add(state, domain, TRACE_TABLE_NONE, address, bytes, caller);
}

/* Where is this block freed? 0: not asked for, or no memory to remember it. */
static uint32_t stack_of_free(trace_state *state, uintptr_t caller)
{
    unsigned mode = atomic_load_explicit(&trace_mode, memory_order_relaxed), total_count, frame_count;
    if (mode != (TRACE_ON | TRACE_FREED_KEPT) || caller == 0 || state->is_walking ||
        (frame_count = trace_walk(state, caller, &total_count)) == 0)
        return 0;
    uint32_t stack = 0;
    if (trace_enter(state) != 0)
        stack = trace_stack_intern(state->frames, frame_count, total_count);
    leave(state);
    return stack;
}

/* There is no memory for a state of this thread, and the record has to go all the same: while all others stand still. */
static PYMM_COLD int remove_without_state(unsigned domain, uintptr_t address)
{
    trace_record old;
    unsigned mode = trace_world_hold();
    if (mode != 0 && take_out(domain, address, NULL, &old))
        trace_count_held(-(int64_t)old.bytes);
    trace_world_release(mode);
    return mode == 0 ? -2 : 0;
}

static int remove_record(unsigned domain, uintptr_t address, uintptr_t caller)
{
    if (!trace_is_on())
        return -2;
    trace_state *state = trace_state_get();
    if (state == NULL)
        return remove_without_state(domain, address);
    unsigned generation = atomic_load(&trace_generation);
    uint32_t freed_stack = stack_of_free(state, caller);
    trace_record old;
    unsigned mode = trace_enter(state);
    if (mode != 0 && take_out(domain, address, &state->spare_node, &old)) {
        trace_count(state, -(int64_t)old.bytes);
        if (freed_stack != 0 && generation == atomic_load(&trace_generation))
            trace_freed_add((const void *)address, &old, freed_stack);
    }
    leave(state);
    return mode == 0 ? -2 : 0;
}

void trace_remove(const void *block, uintptr_t caller)
{
    remove_record(0, (uintptr_t)block, caller);
}

int trace_untrack(unsigned domain, uintptr_t address) { return remove_record(domain, address, 0); }

/* Moves ------------------------------------------------------------------------------------------------------------ */

int trace_move_begin(trace_move *move, unsigned table, const void *block, size_t bytes, uintptr_t caller)
{
    *move = (trace_move){.table = table, .old_block = block, .bytes = bytes};
    if (!trace_is_on())
        return 0;
    trace_state *state = trace_state_get();
    if (state == NULL)
        return -1;
    bool is_nested = state->inside_count != 0;
    if (state->is_moving)
        return 0; /* a move within a move: its blocks are not traced */
    unsigned total_count = 0, frame_count = is_nested ? 0 : trace_walk(state, caller, &total_count);
    if (frame_count == 0 && !is_nested)
        return -1;
    unsigned mode = trace_enter(state);
    bool is_done = true;
    if (mode != 0) {
        move->generation = atomic_load(&trace_generation);
        if (!is_nested)
            move->stack = intern(state, mode, caller, frame_count, total_count);
        if (state->spare_node == NULL)
            state->spare_node = trace_node_take((uintptr_t)block);
        is_done = move->is_traced = state->spare_node != NULL && (move->stack != 0 || is_nested);
    }
    if (move->is_traced) {
        state->is_moving = true;
        state->is_parked = block != NULL && take_out(0, (uintptr_t)block, NULL, &state->parked);
        state->parked_block = block;
        }
    leave(state);
    return is_done ? 0 : -1;
}

/* The move failed: the record goes back to where it was. */
static void unpark(trace_state *state)
{
    trace_record none;
    if (state->is_parked)
        put_in(&state->parked, (uintptr_t)state->parked_block, &state->spare_node, &none);
}

/* Whether a thread that the child of a fork lacks had moved its block already is not known, and the old place may be
 * another's by now: the block is nobody's, and so is its record. */
void trace_parked_drop(trace_state *state)
{
    if (state->is_parked)
        trace_count(state, -(int64_t)state->parked.bytes);
    state->is_parked = false;
}

void trace_move_end(trace_move *move, const void *block)
{
    trace_state *state = move->is_traced ? trace_state_get() : NULL;
    if (state == NULL)
        return;
    unsigned mode = trace_enter(state);
    uint32_t freed_stack = state->is_parked && block != NULL && block != move->old_block ? move->stack : 0;
    state->is_moving = false;
    bool is_same_generation = move->generation == atomic_load(&trace_generation);
    if (mode != 0 && is_same_generation && block == NULL) {
        unpark(state);
    } else if (mode != 0 && is_same_generation) {
        trace_record record = {move->bytes, move->stack, 0, move->table}, old = {0};
        if (move->stack != 0)
            put_in(&record, (uintptr_t)block, &state->spare_node, &old);
        int64_t parked_bytes = state->is_parked ? (int64_t)state->parked.bytes : 0;
        trace_count(state, (move->stack != 0 ? (int64_t)move->bytes : 0) - (int64_t)old.bytes - parked_bytes);
        if (freed_stack != 0 && (mode & TRACE_FREED_KEPT) != 0)
            trace_freed_add(move->old_block, &state->parked, freed_stack);
    }
    state->is_parked = false;
    leave(state);
}

/* Lookups ---------------------------------------------------------------------------------------------------------- */

/* The record of an address; of domain 0 also of one inside a block. */
bool trace_lookup(unsigned domain, uintptr_t address, trace_record *record)
{
    bool is_found = false;
    if (domain == 0 && trace_shadow_may_cover(address)) {
        _Atomic(trace_word) *word = trace_shadow_at(address);
        trace_word found = word == NULL ? 0 : atomic_load_explicit(word, memory_order_relaxed);
        is_found = found != 0;
        if (is_found)
            *record = trace_shadow_record(found, heap_bin_at((const void *)address));
    }
    return is_found || trace_store_get(domain, address, record);
}

unsigned pymm_trace_get_traceback(unsigned domain, const void *block, pymm_trace_frame *frames, unsigned frame_max,
                                  unsigned *total_count)
{
    trace_state *state = trace_is_on() ? trace_state_get() : NULL;
    unsigned frame_count = 0;
    if (total_count != NULL)
        *total_count = 0;
    if (state == NULL)
        return 0;
    if (frames == NULL)
        frame_max = 0;
    trace_record record;
    if (trace_enter(state) != 0 && trace_lookup(domain, (uintptr_t)block, &record)) {
        const trace_stack *stack = trace_stack_get(record.stack);
        for (; frame_count < frame_max && frame_count < stack->frame_count; frame_count++)
            frames[frame_count] = stack->frames[frame_count];
        if (total_count != NULL)
            *total_count = stack->total_count;
    }
    leave(state);
    return frame_count;
}
