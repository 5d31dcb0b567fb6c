/* peak.c: traced memory and its peak, exact, although threads count without atomic operations.
 *
 * What may still be allocated before the peak rises is divided up like money:
 *
 *   peak = traced + pool + sum of all threads' headroom          (each thread's share of the slack below the peak)
 *
 * A thread pays for a block from its own headroom and is paid back when it frees one: that changes no other term. Only when
 * its headroom is used up it asks the pool; when that is empty too, all shares are collected, the world being held, and the
 * peak rises by what is missing. One thread alone has all of it, and needs no collecting.
 * Near the peak shares would be collected all the time; then no thread has one (TIGHT), and each change goes to the pool at
 * once, until there is enough slack again. A block is counted at some moment within the call that makes it.
 * Owns: peak, pool. Read trace_thread.headroom in trace.h first. */
#include "trace/internal.h"

#define TIGHT (-(INT64_C(1) << 62)) /* headroom of a thread that has none: any change leaves it negative */
#define SHARE_MIN_BYTES ((int64_t)64 << 10) /* less slack than this a thread is tight */

static _Atomic(int64_t) peak, pool;
static os_lock pool_lock = OS_LOCK_INIT; /* who raises the peak, gives or takes a share */
static unsigned loose_count;             /* threads that have one; pool_lock */
static unsigned share_count;             /* threads that may have one; changes while the world is held */

static bool is_tight(int64_t headroom) { return headroom < TIGHT / 2; }
static int64_t share_of(const trace_thread *thread)
{
    return is_tight(thread->headroom) ? thread->headroom - TIGHT : thread->headroom;
}

void trace_headroom_init(trace_thread *thread) { thread->headroom = TIGHT; }

/* All shares to the pool, or to the only thread; world held. */
void trace_peak_collect(void)
{
    int64_t slack = atomic_load(&pool);
    trace_state *last = NULL;
    share_count = loose_count = 0;
    for (trace_state *state = trace_states; state != NULL; state = state->next) {
        slack += share_of(&state->thread);
        state->thread.headroom = TIGHT;
        if (state->is_used) {
            share_count++;
            last = state;
        }
    }
    if (slack < 0) {
        atomic_fetch_sub(&peak, slack);
        slack = 0;
    }
    if (share_count == 1) {
        loose_count = 1;
        last->thread.headroom = slack;
        slack = 0;
    }
    atomic_store(&pool, slack);
}

int64_t trace_peak_traced(int64_t *peak_bytes)
{
    if (atomic_load(&pool) < 0)
        trace_peak_collect();
    int64_t traced = atomic_load(&peak) - atomic_load(&pool);
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        traced -= share_of(&state->thread);
    *peak_bytes = atomic_load(&peak);
    return traced;
}

void trace_peak_set(int64_t traced)
{
    for (trace_state *state = trace_states; state != NULL; state = state->next)
        state->thread.headroom = TIGHT;
    atomic_store(&pool, 0);
    atomic_store(&peak, traced);
    trace_peak_collect();
}

/* The pool is overdrawn. When nobody has a share, that is what the peak lacks. */
static bool raise_peak(void)
{
    os_lock_take(&pool_lock);
    bool is_known = loose_count == 0;
    int64_t slack = atomic_load(&pool);
    if (is_known && slack < 0) {
        atomic_fetch_sub(&peak, slack);
        atomic_fetch_sub(&pool, slack);
    }
    os_lock_drop(&pool_lock);
    return is_known || slack >= 0;
}

/* Slack for a thread that has none, where there is plenty. */
static void share_take(trace_thread *thread)
{
    os_lock_take(&pool_lock);
    int64_t share = atomic_load(&pool) / (4 * (int64_t)share_count);
    if (share >= SHARE_MIN_BYTES) {
        atomic_fetch_sub(&pool, share); /* what others draw meanwhile they answer for themselves */
        thread->headroom = share;
        loose_count++;
    }
    os_lock_drop(&pool_lock);
}

static bool share_give(trace_thread *thread)
{
    int64_t change = share_of(thread);
    if (!is_tight(thread->headroom)) {
        os_lock_take(&pool_lock);
        loose_count--;
        os_lock_drop(&pool_lock);
    }
    thread->headroom = TIGHT;
    int64_t slack = atomic_fetch_add(&pool, change) + change;
    if (slack < 0)
        return raise_peak();
    if (slack / (4 * (int64_t)base_max(share_count, 1)) >= SHARE_MIN_BYTES)
        share_take(thread);
    return true;
}

bool trace_headroom_settle(trace_thread *thread)
{
    if (share_count != 1)
        return share_give(thread);
    /* The only thread has all there is; the peak rises by what is missing. */
    int64_t slack = share_of(thread) + atomic_exchange_explicit(&pool, 0, memory_order_relaxed);
    if (slack < 0) {
        atomic_store_explicit(&peak, atomic_load_explicit(&peak, memory_order_relaxed) - slack, memory_order_relaxed);
        slack = 0;
    }
    loose_count = 1;
    thread->headroom = slack;
    return true;
}

void trace_count_held(int64_t change) { atomic_fetch_sub(&pool, change); }

void trace_count_huge(trace_thread *thread, int64_t change)
{
    atomic_fetch_sub(&pool, change);
    if (!trace_headroom_settle(thread))
        thread->headroom = TIGHT; /* so that leaving settles it once more */
}
