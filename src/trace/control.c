/* control.c: start, stop, clear; what tracing says of itself; fork.
 *
 * Owns: whether something is traced, and with how many frames. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

atomic_uint trace_frame_limit = 1;
atomic_uint trace_generation;
static atomic_bool is_tracing; /* as trace_mode, but also while the world is held */
static bool is_set_up;

bool trace_is_on(void) { return atomic_load_explicit(&is_tracing, memory_order_acquire); }
int pymm_trace_is_tracing(void) { return trace_is_on(); }
unsigned pymm_trace_get_limit(void) { return trace_frame_limit; }

void pymm_trace_get_traced_memory(size_t *current_bytes, size_t *peak_bytes)
{
    unsigned mode = trace_world_hold();
    int64_t peak, traced = trace_peak_traced(&peak);
    trace_world_release(mode);
    if (current_bytes != NULL)
        *current_bytes = (size_t)traced;
    if (peak_bytes != NULL)
        *peak_bytes = (size_t)peak;
}

void pymm_trace_reset_peak(void)
{
    unsigned mode = trace_world_hold();
    int64_t peak;
    trace_peak_set(trace_peak_traced(&peak));
    trace_world_release(mode);
}

size_t pymm_trace_get_memory(void)
{
    unsigned mode = trace_world_hold();
    size_t bytes = atomic_load(&trace_own_bytes) + trace_shadow_resident_bytes();
    trace_world_release(mode);
    return bytes;
}

/* Start, stop, clear ----------------------------------------------------------------------------------------------- */

/* All records are gone, and what refers to them; world held. Stacks go only when nothing will look for them. */
static void forget(void)
{
    trace_shadow_clear();
    trace_store_clear();
    trace_freed_clear();
    trace_stack_clear();
    for (trace_state *state = trace_states; state != NULL; state = state->next) {
        memset(state->thread.callers, 0, sizeof state->thread.callers);
        state->is_parked = false;
        state->spare_node = NULL;
    }
    trace_peak_set(0);
    atomic_fetch_add(&trace_generation, 1);
}

/* Around fork the world is held and the locks are taken: the child's records are whole, and agree with the counters. */
static unsigned fork_mode;

static void fork_before(void)
{
    fork_mode = trace_world_hold();
    trace_store_locks(true);
    os_lock_take(&trace_stack_lock);
    os_lock_take(&trace_freed_lock);
}

static void fork_parent(void)
{
    os_lock_drop(&trace_freed_lock);
    os_lock_drop(&trace_stack_lock);
    trace_store_locks(false);
    trace_world_release(fork_mode);
}

/* Of the child's threads only one is left. */
static void fork_child(void)
{
    atomic_store(&trace_freed_lock.state, 0);
    atomic_store(&trace_stack_lock.state, 0);
    atomic_store(&trace_code_lock.state, 0);
    trace_store_locks_reset();
    trace_states_reset();
    atomic_store(&trace_world_lock.state, 0);
    atomic_store(&trace_mode, fork_mode);
}

static int set_up(void)
{
    if (is_set_up)
        return 0;
    if (heap_init() != 0)
        return -1;
    /* Tracing is taken off the heap's locks, so its handlers must run before the heap's: registered later. */
    static bool has_key;
    if (!has_key && os_trace_key_create(trace_state_close) != 0)
        return -1;
    has_key = true;
    if (os_fork_register(fork_before, fork_parent, fork_child) != 0)
        return -1;
    is_set_up = true;
    return 0;
}

static int start_held(trace_state *state, unsigned frame_count)
{
    unsigned limit = trace_frame_limit;
    trace_frame_limit = frame_count;
    if (trace_walk_prepare(state) != 0) {
        trace_frame_limit = limit;
        return -1;
    }
    trace_shadow_open();
    forget();
    return 0;
}

int trace_start(unsigned frame_count)
{
    if (frame_count < 1 || frame_count > TRACE_FRAMES_MAX) {
        base_warn("tracing cannot start: %u frames; the number of frames must be in range [1; %u]", frame_count,
                  TRACE_FRAMES_MAX);
        return -1;
    }
    trace_state *state;
    if (set_up() != 0 || (state = trace_state_get()) == NULL)
        return -1;
    unsigned mode = trace_world_hold();
    int result = mode != 0 ? 0 : start_held(state, frame_count);
    if (mode == 0 && result == 0) {
        mode = TRACE_ON;
        atomic_store(&is_tracing, true);
    }
    trace_world_release(mode);
    return result;
}

void trace_stop(void)
{
    unsigned mode = trace_world_hold();
    if (mode != 0) {
        forget();
        trace_shadow_close();
        atomic_store(&is_tracing, false);
    }
    trace_world_release(0);
}

void pymm_trace_clear(void)
{
    unsigned mode = trace_world_hold();
    if (mode != 0)
        forget();
    trace_world_release(mode);
}

void trace_freed_keep(void)
{
    unsigned mode = trace_world_hold();
    trace_world_release(mode == 0 ? 0 : mode | TRACE_FREED_KEPT);
}

