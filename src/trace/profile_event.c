/* profile_event.c: what happens for each sample, and for each free of one.
 *
 *   at once   its place is looked up, its record is stored into the file: whatever kills the process, it is there
 *   later     live samples, sums by site, the timeline of memory: for all events of some milliseconds together
 *
 * An event finds nothing of what it needs in the processor's caches, neither code nor data, and pushes out of them what the
 * program needs next. So as little as can be is done at once, and the rest for many events in a row.
 * Owns: the events that are not applied yet. Read profile_internal.h first. */
#include "trace/profile_internal.h"

#include <errno.h>

#define EVENT_COUNT 64
#define APPLY_NS UINT64_C(10000000) /* after so long an event is applied at once, and all before it */

static profile_live events[EVENT_COUNT]; /* a free has site 0, and the block alone */
static unsigned event_count;
static uint64_t applied_ns;

void profile_events_apply(void)
{
    int saved_errno = errno;
    profile_live freed;
    bool has_memory = true;
    for (unsigned i = 0; i < event_count; i++) {
        if (events[i].site == 0)
            profile_live_take(events[i].block, &freed);
        else
            has_memory &= profile_live_add(&events[i]);
    }
    event_count = 0;
    if (!has_memory && atomic_load_explicit(&profile_is_on, memory_order_relaxed))
        profile_give_up("no memory for", the_profile.path, ENOMEM);
    errno = saved_errno;
}

PYMM_NOINLINE static void apply(uint64_t now_ns)
{
    int saved_errno = errno;
    applied_ns = now_ns;
    profile_events_apply();
    if (atomic_load_explicit(&profile_is_on, memory_order_relaxed)) {
        profile_memory_note(&the_profile.file, now_ns, the_profile.start_ns, false);
        profile_settle();
    }
    errno = saved_errno;
}

/* The event in the next place is one. */
PYMM_SAMPLING static void event_done(uint64_t now_ns)
{
    event_count++;
    if (event_count == EVENT_COUNT || now_ns - applied_ns > APPLY_NS || the_profile.file.room_end == 0)
        apply(now_ns);
}

PYMM_NOINLINE static bool begin(void)
{
    int saved_errno = errno;
    bool is_ready = profile_begin() == 0;
    errno = saved_errno;
    return is_ready;
}

/* Is there a profile, and a file for it? The lock is held. */
static bool is_ready(void)
{
    return atomic_load_explicit(&profile_is_on, memory_order_relaxed) && (the_profile.has_file || begin());
}

PYMM_NOINLINE static void note_leaving(uint64_t now_ns)
{
    int saved_errno = errno;
    the_profile.has_left = true;
    profile_memory_note(&the_profile.file, now_ns, the_profile.start_ns, true);
    profile_account_note(&the_profile.file, 0, the_profile.start_ns, true);
    profile_leave record = {{0, PROFILE_LEAVE, 0}, now_ns - the_profile.start_ns};
    profile_file_append(&the_profile.file, &record, sizeof record);
    errno = saved_errno;
}

/* Frees that follow are no doing of the program's. Said once, before the first of them. */
static bool is_leaving(void)
{
    return !the_profile.has_left && the_profile.options.is_leaving != NULL && the_profile.options.is_leaving();
}

PYMM_SAMPLING static void add(unsigned domain, const void *block, size_t bytes, double weight)
{
    profile_file *file = &the_profile.file;
    uint64_t now_ns = os_clock_ns();
    uint32_t thread = profile_thread_now(file);
    const profile_place *place = profile_place_now(file, thread, domain);
    if (place->site == 0) {
        profile_give_up("no memory for", the_profile.path, ENOMEM);
        return;
    }
    profile_sample record = {
        {0, PROFILE_SAMPLE, 0}, now_ns - the_profile.start_ns, (uintptr_t)block, bytes, weight, place->stack, thread, (uint16_t)domain, 0, 0};
    profile_file_append(file, &record, sizeof record);
    events[event_count] = (profile_live){(uintptr_t)block, bytes, now_ns, weight, place->site};
    event_done(now_ns);
}

/* Since samples were thinned out, not each block that is told of has one. */
static bool has_sample(const void *block)
{
    if (PYMM_LIKELY(profile_interval_bytes() == the_profile.options.interval_bytes))
        return true;
    profile_events_apply();
    return profile_live_find((uintptr_t)block) != NULL;
}

PYMM_SAMPLING static void remove_block(const void *block)
{
    profile_file *file = &the_profile.file;
    uint64_t now_ns = os_clock_ns();
    if (PYMM_UNLIKELY(is_leaving()))
        note_leaving(now_ns);
    profile_free record = {{0, PROFILE_FREE, 0}, now_ns - the_profile.start_ns, (uintptr_t)block, profile_thread_now(file), 0};
    profile_file_append(file, &record, sizeof record);
    events[event_count] = (profile_live){.block = (uintptr_t)block};
    event_done(now_ns);
}

PYMM_SAMPLING void trace_profile_add(unsigned domain, const void *block, size_t bytes, double weight)
{
    os_lock_take(&trace_profile_lock);
    if (is_ready())
        add(domain, block, bytes, weight);
    os_lock_drop(&trace_profile_lock);
}

PYMM_SAMPLING void trace_profile_freed(const void *block)
{
    os_lock_take(&trace_profile_lock);
    if (is_ready() && has_sample(block))
        remove_block(block);
    os_lock_drop(&trace_profile_lock);
}

/* The live sample of a block; NULL: it has none. */
static const profile_live *live_of(const void *block)
{
    profile_events_apply();
    return is_ready() ? profile_live_find((uintptr_t)block) : NULL;
}

bool trace_profile_remove(const void *block, size_t *bytes, double *weight)
{
    os_lock_take(&trace_profile_lock);
    const profile_live *live = live_of(block);
    if (live != NULL) {
        *bytes = live->bytes;
        *weight = live->weight;
        remove_block(block);
    }
    os_lock_drop(&trace_profile_lock);
    return live != NULL;
}

/* Small changes are not worth a stack and a record each: a string that grows byte by byte may be resized for each of them. */
static bool is_worth_noting(size_t old_bytes, size_t bytes)
{
    size_t change = bytes > old_bytes ? bytes - old_bytes : old_bytes - bytes;
    return profile_sampler_is_exact() ? change > 0 : change > old_bytes / 16;
}

void trace_profile_resized(unsigned domain, const void *block, size_t bytes, double weight)
{
    os_lock_take(&trace_profile_lock);
    const profile_live *live = live_of(block);
    if (live != NULL && is_worth_noting(live->bytes, bytes)) {
        double old_weight = live->weight;
        remove_block(block);
        if (is_ready())
            add(domain, block, bytes, weight == 0 ? old_weight : weight);
    }
    os_lock_drop(&trace_profile_lock);
}
