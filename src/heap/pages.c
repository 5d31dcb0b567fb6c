/* pages.c: how many dirty pages the heap may keep.
 *
 * A dirty page is resident and holds no live block. Giving it back costs a system call, and taking it again a page fault
 * that is dearer than many allocations; keeping it costs memory. The rule:
 *   dirty <= base + slack,   base = live / 64 (at least HEAP_DIRTY_MIN_BYTES),   slack <= live / 2
 * slack is learnt. Pages that became resident beyond the peak were given back before and wanted again: that many purges
 * were regretted, and so many pages more are kept from now on. A purge without regret, and time, let slack shrink. So a
 * program that drops its data for good gets it all returned, one that breathes keeps the air it breathes; and as slack is
 * bounded by what is live, a heap that empties gives everything back whatever it has learnt.
 *
 * Owns: heap_the_pages. Does not own: which pages go (shard.c, range.c). Read internal.h first. */
#include "heap/internal.h"

#define SLACK_SHARE 2          /* of the live pages */
#define SLACK_FORGET_SHARE 16  /* lost by a purge that nothing was regretted before */
#define SLACK_HALF_TIME_NS UINT64_C(5000000000)

heap_pages heap_the_pages;

static size_t load(const atomic_size_t *counter) { return atomic_load_explicit(counter, memory_order_relaxed); }

/* Bring one lock's share of the totals up to date. */
void heap_pages_publish(size_t *published_resident, size_t resident, size_t *published_dirty, size_t dirty)
{
    heap_pages *pages = &heap_the_pages;
    if (resident != *published_resident) {
        if (resident > *published_resident)
            atomic_fetch_add_explicit(&pages->faulted, resident - *published_resident, memory_order_relaxed);
        atomic_fetch_add_explicit(&pages->resident, resident - *published_resident, memory_order_relaxed);
        *published_resident = resident;
    }
    if (dirty != *published_dirty) {
        atomic_fetch_add_explicit(&pages->dirty, dirty - *published_dirty, memory_order_relaxed);
        *published_dirty = dirty;
    }
}

static size_t live_pages(void)
{
    size_t resident = load(&heap_the_pages.resident);
    return resident - base_min(resident, load(&heap_the_pages.dirty));
}

size_t heap_pages_dirty_base(void)
{
    if (HEAP_IS_HOSTILE)
        return 0;
    return base_max(HEAP_DIRTY_MIN_BYTES / heap_the_range.page_bytes, live_pages() / HEAP_DIRTY_SHARE);
}

static size_t limit_pages(void)
{
    size_t slack = base_min(load(&heap_the_pages.slack), live_pages() / SLACK_SHARE);
    return heap_pages_dirty_base() + (HEAP_IS_HOSTILE ? 0 : slack);
}

/* Pages wanted again after they were given back, since the last time this was asked. */
static size_t new_regret(void)
{
    heap_pages *pages = &heap_the_pages;
    size_t faulted = load(&pages->faulted), regretted = faulted - base_min(faulted, load(&pages->peak));
    size_t before = atomic_exchange_explicit(&pages->regretted, regretted, memory_order_relaxed);
    return regretted > before ? regretted - before : 0;
}

size_t heap_pages_excess(void)
{
    heap_pages *pages = &heap_the_pages;
    if (load(&pages->dirty) <= limit_pages())
        return 0;
    size_t slack = load(&pages->slack), regret = new_regret();
    slack = regret > 0 ? base_min(slack + regret, load(&pages->peak)) : slack - slack / SLACK_FORGET_SHARE;
    atomic_store_explicit(&pages->slack, slack, memory_order_relaxed);
    if (regret > 0)
        atomic_store_explicit(&pages->regret_time_ns, os_clock_ns(), memory_order_relaxed);
    size_t dirty = load(&pages->dirty), limit = limit_pages();
    return dirty > limit ? dirty - limit + limit / 4 : 0;
}

bool heap_pages_at_peak(void)
{
    heap_pages *pages = &heap_the_pages;
    size_t resident = load(&pages->resident);
    if (resident <= load(&pages->peak))
        return false;
    atomic_store_explicit(&pages->peak, resident, memory_order_relaxed);
    return load(&pages->dirty) > heap_pages_dirty_base();
}

/* Now and then: what was learnt long ago counts for less. */
void heap_pages_tick(void)
{
    heap_pages *pages = &heap_the_pages;
    size_t slack = load(&pages->slack);
    if (slack == 0)
        return;
    uint64_t now_ns = os_clock_ns();
    if (now_ns - atomic_load_explicit(&pages->regret_time_ns, memory_order_relaxed) < SLACK_HALF_TIME_NS)
        return;
    atomic_store_explicit(&pages->slack, slack / 2, memory_order_relaxed);
    atomic_store_explicit(&pages->regret_time_ns, now_ns, memory_order_relaxed);
}
