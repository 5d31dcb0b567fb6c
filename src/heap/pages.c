/* pages.c: how many dirty pages the heap may keep.
 *
 * A dirty page is resident and holds no live block. Giving it back costs a system call, and taking it again a page fault
 * that is dearer than many allocations; keeping it costs memory. The rule:
 *   dirty <= base + slack,   base = live / 64 (at least HEAP_DIRTY_MIN_BYTES)
 *                            slack <= live / 2, or live * 2 as far as 16 MiB (at least 1 MiB)
 * slack is learnt. Pages that became resident beyond the peak were given back before and wanted again: that many purges
 * were regretted, and so many pages more are kept from now on. A purge without regret, and time, let slack shrink. So a
 * program that drops its data for good gets it all returned, one that breathes keeps the air it breathes; and as slack is
 * bounded by what is live, a heap that empties gives everything back whatever it has learnt.
 *
 * Owns: heap_the_pages, and when pages go back. Does not own: which pages (shard.c, range.c). Read internal.h first. */
#include "heap/internal.h"

#define SLACK_SHARE 2                       /* of the live pages */
#define SLACK_SMALL_BYTES ((size_t)16 << 20) /* as far as here a small heap may keep SLACK_SMALL_TIMES of what is live */
#define SLACK_SMALL_TIMES 2
#define SLACK_ALWAYS_BYTES ((size_t)1 << 20) /* may be learnt however little is live: a buffer that comes and goes */
#define SLACK_FORGET_SHARE 16  /* lost by a purge that nothing was regretted before */
#define PEAK_SHARE 16          /* dirty pages tolerated while the heap grows beyond its peak */
#define PEAK_TRIM_SHARE 32     /* growth of the peak between two times that pages go back for its sake */
#define PEAK_STEP_SHARE 8      /* growth that is told to a watcher */
#define CHECK_BATCHES 512      /* between two checks of everything, at assertion level 3 */
#define SLACK_HALF_TIME_NS UINT64_C(5000000000)

heap_pages heap_the_pages;

static size_t load(const atomic_size_t *counter) { return atomic_load_explicit(counter, memory_order_relaxed); }

/* Differences may be negative: they wrap, and are only added. */
static size_t add_change(atomic_size_t *total, size_t now, size_t published)
{
    if (now == published)
        return 0;
    return atomic_fetch_add_explicit(total, now - published, memory_order_relaxed) + (now - published);
}

/* Bring one lock's share of the totals up to date. */
void heap_pages_publish(const heap_page_counts *now, heap_page_counts *published)
{
    heap_pages *pages = &heap_the_pages;
    add_change(&pages->dirty, now->dirty, published->dirty);
    add_change(&pages->faulted, now->faulted, published->faulted);
    size_t resident = add_change(&pages->resident, now->resident, published->resident);
    if (resident > load(&pages->peak))
        atomic_store_explicit(&pages->peak, resident, memory_order_relaxed);
    *published = *now;
}

static size_t live_pages(void)
{
    size_t resident = load(&heap_the_pages.resident);
    return resident - base_min(resident, load(&heap_the_pages.dirty));
}

PYMM_RACY static size_t unused_bytes(const heap_array *array) { return array->reserved_bytes - array->committed_bytes; }

PYMM_RACY void heap_figures_get(heap_figures *figures)
{
    heap_range *range = &heap_the_range;
    *figures = (heap_figures){load(&heap_the_pages.resident) * range->page_bytes, live_pages() * range->page_bytes, 0};
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_acquire);
    for (size_t i = 0; i < region_count; i++) {
        const heap_region *region = &range->regions[i];
        figures->unused_bytes += unused_bytes(&region->data) + unused_bytes(&region->unit_array) + unused_bytes(&region->bin_array);
    }
}

static size_t dirty_base_pages(void)
{
    if (HEAP_IS_HOSTILE)
        return 0;
    return base_max(HEAP_DIRTY_MIN_BYTES / heap_the_range.page_bytes, live_pages() / HEAP_DIRTY_SHARE);
}

/* The most that may be learnt: however much a program breathes, a heap that empties gives everything back. */
static size_t slack_max_pages(void)
{
    size_t live = live_pages(), page_shift = heap_the_range.page_shift;
    size_t small = base_min(live * SLACK_SMALL_TIMES, SLACK_SMALL_BYTES >> page_shift);
    return base_max(base_max(live / SLACK_SHARE, small), SLACK_ALWAYS_BYTES >> page_shift);
}

static size_t limit_pages(void)
{
    size_t slack = base_min(load(&heap_the_pages.slack), slack_max_pages());
    return dirty_base_pages() + (HEAP_IS_HOSTILE ? 0 : slack);
}

/* Pages wanted again after they were given back, since the last time this was asked. */
static size_t new_regret(void)
{
    heap_pages *pages = &heap_the_pages;
    size_t faulted = load(&pages->faulted), regretted = faulted - base_min(faulted, load(&pages->peak));
    size_t before = atomic_exchange_explicit(&pages->regretted, regretted, memory_order_relaxed);
    return regretted > before ? regretted - before : 0;
}

/* Dirty pages that should go back now. Asked when there are too many, it learns from what became of the last ones. */
static size_t excess_pages(void)
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

/* While the heap grows beyond its peak, fewer are kept: what it holds then is what it is measured by. */
static size_t excess_pages_at_peak(void)
{
    heap_pages *pages = &heap_the_pages;
    size_t peak = load(&pages->peak), dirty = load(&pages->dirty), limit = dirty_base_pages() + peak / PEAK_SHARE;
    if (load(&pages->resident) < base_max(peak, load(&pages->next_trim)) || dirty <= limit)
        return 0;
    atomic_store_explicit(&pages->next_trim, peak + peak / PEAK_TRIM_SHARE, memory_order_relaxed);
    return dirty - limit;
}

/* Pages inside slabs first: they serve one bin only, those of free units serve any. */
size_t heap_pages_give_back(size_t page_count)
{
    size_t returned_pages = 0;
    for (unsigned i = 0; i < HEAP_SHARDS_MAX && returned_pages < page_count; i++) {
        os_lock_take(&heap_shards[i].lock);
        if (heap_shards[i].pages.dirty > 0)
            returned_pages += heap_shard_purge_locked(&heap_shards[i], page_count - returned_pages);
        os_lock_drop(&heap_shards[i].lock);
    }
    os_lock_take(&heap_the_range.lock);
    if (heap_the_range.pages.dirty > 0 && returned_pages < page_count)
        returned_pages += heap_range_purge_locked(page_count - returned_pages);
    os_lock_drop(&heap_the_range.lock);
    return returned_pages;
}

static void (*_Atomic peak_watcher)(void);
static atomic_size_t watched_pages; /* from so many resident pages on the watcher is called again */

void heap_peak_watch(void (*at_peak)(void)) { atomic_store(&peak_watcher, at_peak); }

PYMM_COLD static void tell_peak(void (*watcher)(void))
{
    size_t arena_bytes;
    heap_arena_count(&arena_bytes);
    size_t resident = load(&heap_the_pages.resident) + arena_bytes / os_page_bytes();
    if (resident <= load(&watched_pages))
        return;
    atomic_store_explicit(&watched_pages, resident + resident / PEAK_STEP_SHARE, memory_order_relaxed);
    watcher();
}

/* The hostile build proves the whole heap now and then; batches come here with no lock held. */
static void check_now_and_then(void)
{
    static atomic_uint batch_count;
    char message[160];
    if (atomic_fetch_add_explicit(&batch_count, 1, memory_order_relaxed) % CHECK_BATCHES == 0 &&
        pymm_check(message, sizeof message) != 0)
        pymm_fatal("%s", message);
}

static int (*_Atomic end_watcher)(void);

void heap_end_watch(int (*is_ending)(void)) { atomic_store(&end_watcher, is_ending); }

#define ENDING_NS UINT64_C(2000000000) /* a host that is there for longer goes on without what it has taken down */

/* All of the memory goes back soon. Threads that a host has not waited for may still read what it has freed, as they may with
 * other allocators, which leave that as it was. */
static bool is_host_ending(void)
{
    int (*is_ending)(void) = atomic_load_explicit(&end_watcher, memory_order_relaxed);
    static _Atomic uint64_t since_ns;
    if (is_ending == NULL || !is_ending()) {
        atomic_store_explicit(&since_ns, 0, memory_order_relaxed);
        return false;
    }
    uint64_t now_ns = os_clock_ns(), none = 0;
    atomic_compare_exchange_strong(&since_ns, &none, now_ns);
    return none == 0 || now_ns - none < ENDING_NS;
}

void heap_pages_balance(bool is_growing)
{
    if (PYMM_ASSERT_LEVEL >= 3)
        check_now_and_then();
    void (*watcher)(void) = atomic_load_explicit(&peak_watcher, memory_order_relaxed);
    if (PYMM_UNLIKELY(watcher != NULL) && is_growing)
        tell_peak(watcher);
    if (!OS_CAN_PURGE) /* dirty pages stay; looking for them after each batch would take ever longer */
        return;
    size_t page_count = is_growing ? excess_pages_at_peak() : excess_pages();
    if (PYMM_UNLIKELY(page_count > 0) && !is_host_ending())
        heap_pages_give_back(page_count);
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
