/* world.c: the threads of the room, and how all of them are held for a moment.
 *
 * A thread in the middle of a call says so in a word of its own (is_busy): a plain store on the hot path, and no fence.
 * Who holds the world changes trace_mode, which keeps threads out of the slow paths, then takes from every thread what its
 * hot paths need (covered_bytes), and after each step makes every processor see that with os_barrier_all and waits until no
 * thread is busy. A thread gets it back in its next slow call. Where the system has no such barrier the hot paths stay off.
 * Owns: trace_mode, the states of threads, the room's memory. Read trace.h and internal.h first. */
#include "trace/internal.h"

atomic_uint trace_mode;
OS_THREAD_LOCAL trace_thread *trace_this_thread;
trace_state *trace_states;
atomic_size_t trace_own_bytes;

os_lock trace_world_lock = OS_LOCK_INIT; /* held by who holds the world; guards trace_states */
static OS_THREAD_LOCAL trace_state *own_state;
static atomic_bool has_barrier;

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

/* Holding the world -------------------------------------------------------------------------------------------------- */

unsigned trace_enter(trace_state *state)
{
    for (;;) {
        atomic_store_explicit(&state->thread.is_busy, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        unsigned mode = atomic_load_explicit(&trace_mode, memory_order_acquire);
        if (PYMM_LIKELY(mode != TRACE_HELD)) {
            if (mode == TRACE_ON && atomic_load_explicit(&has_barrier, memory_order_relaxed))
                trace_shadow_show(&state->thread);
            return mode;
        }
        trace_leave(&state->thread);
        os_lock_take(&trace_world_lock);
        os_lock_drop(&trace_world_lock);
    }
}

static void wait_until_idle(void)
{
    atomic_store_explicit(&has_barrier, os_barrier_all() == 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        while (atomic_load_explicit(&state->thread.is_busy, memory_order_acquire) != 0)
            os_thread_yield();
}

unsigned trace_world_hold(void)
{
    PYMM_ASSERT(own_state == NULL || own_state->thread.is_busy == 0);
    os_lock_take(&trace_world_lock);
    unsigned mode = atomic_exchange(&trace_mode, TRACE_HELD);
    if (mode == 0 && trace_states == NULL)
        return mode;
    wait_until_idle();
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        atomic_store_explicit(&state->thread.covered_bytes, 0, memory_order_relaxed);
    wait_until_idle();
    return mode;
}

void trace_world_release(unsigned mode)
{
    atomic_store_explicit(&trace_mode, mode, memory_order_release);
    os_lock_drop(&trace_world_lock);
}

void trace_leave_settled(trace_thread *thread)
{
    bool is_settled = trace_headroom_settle(thread);
    trace_leave(thread);
    if (!is_settled) {
        unsigned mode = trace_world_hold();
        trace_peak_collect();
        trace_world_release(mode);
    }
}

/* Threads ---------------------------------------------------------------------------------------------------------- */

/* World held, as whenever threads come and go: they are on the list, and share the slack below the peak. */
static trace_state *state_take(void)
{
    trace_state *state = trace_states;
    while (state != NULL && state->is_used)
        state = state->next;
    if (state == NULL && (state = trace_meta_take(sizeof *state)) != NULL) {
        trace_headroom_init(&state->thread);
        state->next = trace_states;
        trace_states = state;
    }
    if (state == NULL || os_trace_key_set(state) != 0)
        return NULL;
    state->is_used = true;
    trace_peak_collect();
    return state;
}

void trace_state_close(void *value)
{
    trace_state *state = value;
    trace_this_thread = NULL;
    own_state = NULL;
    unsigned mode = trace_world_hold();
    state->inside_count = 0;
    state->is_used = false;
    trace_peak_collect();
    trace_world_release(mode);
}

static PYMM_NOINLINE trace_state *state_open(void)
{
    unsigned mode = trace_world_hold();
    trace_state *state = state_take();
    trace_world_release(mode);
    own_state = state;
    trace_this_thread = state == NULL ? NULL : &state->thread;
    return state;
}

trace_state *trace_state_get(void) { return PYMM_LIKELY(own_state != NULL) ? own_state : state_open(); }

void trace_inside_begin(void)
{
    trace_state *state = trace_is_on() ? trace_state_get() : own_state;
    if (state != NULL && state->inside_count++ == 0)
        trace_this_thread = NULL;
}

void trace_inside_end(void)
{
    if (own_state != NULL && own_state->inside_count > 0 && --own_state->inside_count == 0)
        trace_this_thread = &own_state->thread;
}

/* In the child of a fork, whose other threads are gone. World held. */
void trace_states_reset(void)
{
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        if (state != own_state) {
            trace_parked_drop(state);
            state->is_used = state->is_walking = state->is_moving = false;
            state->inside_count = 0;
        }
    trace_peak_collect();
}
