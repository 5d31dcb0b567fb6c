/* world.c: the threads of the room, and how all of them are held for a moment; start, stop, clear; traced memory.
 *
 * A thread in the middle of a call says so in a word of its own (trace_enter, trace_leave): a plain store on the hot path.
 * Who holds the world changes trace_mode, makes every processor see that with os_barrier_all, and waits until no word is
 * set. Where the system has no such barrier the hot paths stay off and trace_enter has a fence of its own.
 * Owns: trace_mode, the states of threads, the counters, fork. Read trace.h and internal.h first. */
#include "trace/internal.h"

#include <string.h>

atomic_uint trace_mode;
trace_counts trace_the_counts;
OS_THREAD_LOCAL trace_thread *trace_this_thread;
atomic_uint trace_frame_limit = 1;
static atomic_bool is_tracing; /* as trace_mode, but while the world is held */
atomic_uint trace_generation;
trace_state *trace_states;
atomic_size_t trace_own_bytes;

static os_lock world_lock = OS_LOCK_INIT;   /* held by who starts, stops, clears or looks at all records */
static os_lock threads_lock = OS_LOCK_INIT; /* trace_states, owner */
static trace_state *owner;
static bool is_set_up, is_freed_kept;

/* Memory ----------------------------------------------------------------------------------------------------------- */

void *trace_pages_take(size_t bytes)
{
    bytes = base_round_up(bytes, os_page_bytes());
    void *start = os_reserve(bytes, os_page_bytes());
    if (start == NULL)
        return NULL;
    if (os_commit(start, bytes) != 0) {
        os_release(start, bytes);
        return NULL;
    }
    atomic_fetch_add_explicit(&trace_own_bytes, bytes, memory_order_relaxed);
    return start;
}

void trace_pages_put(void *start, size_t bytes)
{
    bytes = base_round_up(bytes, os_page_bytes());
    atomic_fetch_sub_explicit(&trace_own_bytes, bytes, memory_order_relaxed);
    os_release(start, bytes);
}

void *trace_meta_take(size_t bytes)
{
    void *start = heap_meta_take(bytes);
    if (start != NULL)
        atomic_fetch_add_explicit(&trace_own_bytes, bytes, memory_order_relaxed);
    return start;
}

void trace_meta_put(void *start, size_t bytes)
{
    atomic_fetch_sub_explicit(&trace_own_bytes, bytes, memory_order_relaxed);
    heap_meta_put(start, bytes);
}

/* Threads ---------------------------------------------------------------------------------------------------------- */

static void state_close(void *value)
{
    trace_state *state = value;
    trace_this_thread = NULL;
    os_lock_take(&threads_lock);
    state->is_used = false;
    state->thread.inside_count = 0;
    if (owner == state) {
        owner = NULL;
        state->thread.is_owner = false;
    }
    os_lock_drop(&threads_lock);
}

static trace_state *state_find_spare(void)
{
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        if (!state->is_used)
            return state;
    trace_state *state = trace_meta_take(sizeof *state);
    if (state != NULL) {
        state->next = trace_states;
        trace_states = state;
    }
    return state;
}

static PYMM_NOINLINE trace_state *state_open(void)
{
    os_lock_take(&threads_lock);
    trace_state *state = state_find_spare();
    if (state != NULL && os_trace_key_set(state) != 0)
        state = NULL;
    if (state != NULL) {
        state->is_used = true;
        if (owner == NULL) {
            owner = state;
            state->thread.is_owner = true;
        }
        trace_this_thread = &state->thread;
    }
    os_lock_drop(&threads_lock);
    return state;
}

trace_state *trace_state_get(void)
{
    return PYMM_LIKELY(trace_this_thread != NULL) ? (trace_state *)trace_this_thread : state_open();
}

unsigned trace_enter(trace_state *state)
{
    for (;;) {
        atomic_store_explicit(&state->thread.is_busy, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        unsigned mode = atomic_load_explicit(&trace_mode, memory_order_acquire);
        if (PYMM_LIKELY(mode != TRACE_HELD))
            return mode;
        trace_leave(&state->thread);
        os_lock_take(&world_lock);
        os_lock_drop(&world_lock);
    }
}

static bool has_barrier;

unsigned trace_world_hold(void)
{
    PYMM_ASSERT(trace_this_thread == NULL || trace_this_thread->is_busy == 0);
    os_lock_take(&world_lock);
    unsigned mode = atomic_exchange(&trace_mode, TRACE_HELD);
    has_barrier = os_barrier_all() == 0;
    atomic_thread_fence(memory_order_seq_cst);
    os_lock_take(&threads_lock);
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        while (atomic_load_explicit(&state->thread.is_busy, memory_order_acquire) != 0)
            os_thread_yield();
    os_lock_drop(&threads_lock);
    return mode;
}

void trace_world_release(unsigned mode)
{
    atomic_store_explicit(&trace_mode, mode, memory_order_release);
    os_lock_drop(&world_lock);
}

/* Counters --------------------------------------------------------------------------------------------------------- */

void trace_count_shared(int64_t change)
{
    trace_counts *counts = &trace_the_counts;
    int64_t shared = atomic_fetch_add(&counts->shared, change);
    int64_t highest = shared + atomic_load(&counts->own) + (change > 0 ? change : 0);
    trace_peak_raise(highest);
}

void trace_peak_raise(int64_t traced)
{
    int64_t peak = atomic_load_explicit(&trace_the_counts.shared_peak, memory_order_relaxed);
    while (traced > peak && !atomic_compare_exchange_weak(&trace_the_counts.shared_peak, &peak, traced))
        continue;
}

static void peak_reset(void) /* world held */
{
    int64_t traced = atomic_load(&trace_the_counts.own) + atomic_load(&trace_the_counts.shared);
    atomic_store(&trace_the_counts.own_peak, traced);
    atomic_store(&trace_the_counts.shared_peak, traced);
}

void pymm_trace_get_traced_memory(size_t *current_bytes, size_t *peak_bytes)
{
    unsigned mode = trace_world_hold();
    int64_t traced = atomic_load(&trace_the_counts.own) + atomic_load(&trace_the_counts.shared);
    trace_peak_raise(traced);
    int64_t own_peak = atomic_load(&trace_the_counts.own_peak), peak = atomic_load(&trace_the_counts.shared_peak);
    trace_world_release(mode);
    if (current_bytes != NULL)
        *current_bytes = (size_t)traced;
    if (peak_bytes != NULL)
        *peak_bytes = (size_t)(own_peak > peak ? own_peak : peak);
}

void pymm_trace_reset_peak(void)
{
    unsigned mode = trace_world_hold();
    peak_reset();
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
    atomic_store(&trace_the_counts.own, 0);
    atomic_store(&trace_the_counts.shared, 0);
    peak_reset();
    atomic_fetch_add(&trace_generation, 1);
}

/* What the hot paths may do. */
static unsigned mode_now(void)
{
    unsigned mode = is_freed_kept ? TRACE_ON | TRACE_FREED_KEPT : TRACE_ON;
    if (has_barrier && trace_frame_limit == 1 && trace_walk_is_plain())
        mode |= TRACE_FAST_ADD;
    if (has_barrier && !is_freed_kept)
        mode |= TRACE_FAST_REMOVE;
    return mode;
}

/* Around fork the world is held and the locks are taken: the child's records are whole, and agree with the counters. */
static unsigned fork_mode;

static void fork_before(void)
{
    fork_mode = trace_world_hold();
    os_lock_take(&threads_lock);
    trace_store_locks(true);
    os_lock_take(&trace_stack_lock);
    os_lock_take(&trace_freed_lock);
}

static void fork_parent(void)
{
    os_lock_drop(&trace_freed_lock);
    os_lock_drop(&trace_stack_lock);
    trace_store_locks(false);
    os_lock_drop(&threads_lock);
    trace_world_release(fork_mode);
}

/* Of the child's threads only one is left; what the others were moving stays where it was. */
static void fork_child(void)
{
    atomic_store(&trace_freed_lock.state, 0);
    atomic_store(&trace_stack_lock.state, 0);
    atomic_store(&trace_code_lock.state, 0);
    trace_store_locks_reset();
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        if (&state->thread != trace_this_thread) {
            trace_unpark(state);
            state->is_used = false;
            state->thread.is_owner = false;
            state->thread.inside_count = 0;
            state->is_walking = false;
        }
    if (owner != NULL && &owner->thread != trace_this_thread)
        owner = NULL;
    atomic_store(&threads_lock.state, 0);
    atomic_store(&world_lock.state, 0);
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
    if (!has_key && os_trace_key_create(state_close) != 0)
        return -1;
    has_key = true;
    if (os_fork_register(fork_before, fork_parent, fork_child) != 0)
        return -1;
    is_set_up = true;
    return 0;
}

static int start_held(unsigned frame_count)
{
    trace_state *state;
    if (set_up() != 0 || (state = trace_state_get()) == NULL)
        return -1;
    unsigned limit = trace_frame_limit;
    trace_frame_limit = frame_count;
    if (trace_walk_prepare(state) != 0) {
        trace_frame_limit = limit;
        return -1;
    }
    trace_shadow_open();
    forget();
    is_freed_kept = false;
    return 0;
}

int trace_start(unsigned frame_count)
{
    if (frame_count < 1 || frame_count > TRACE_FRAMES_MAX) {
        base_warn("tracing cannot start: %u frames; the number of frames must be in range [1; %u]", frame_count,
                  TRACE_FRAMES_MAX);
        return -1;
    }
    unsigned mode = trace_world_hold();
    int result = mode != 0 ? 0 : start_held(frame_count);
    if (mode == 0 && result == 0) {
        mode = mode_now();
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
    if (mode != 0) {
        is_freed_kept = true;
        mode = mode_now();
    }
    trace_world_release(mode);
}

bool trace_is_on(void) { return atomic_load_explicit(&is_tracing, memory_order_acquire); }
int pymm_trace_is_tracing(void) { return trace_is_on(); }
unsigned pymm_trace_get_limit(void) { return trace_frame_limit; }

void trace_inside_begin(void)
{
    trace_state *state = trace_state_get();
    if (state != NULL)
        state->thread.inside_count++;
}

void trace_inside_end(void)
{
    if (trace_this_thread != NULL && trace_this_thread->inside_count > 0)
        trace_this_thread->inside_count--;
}
