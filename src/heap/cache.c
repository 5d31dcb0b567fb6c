/* cache.c: what each thread keeps: magazines of free slots, filled from and emptied into its shard in batches.
 *
 * Owns: the life of a thread's cache, the slow ends of malloc and free for small blocks, the size of magazines.
 * A cache is only touched by its thread, except after fork and when all locks are held. Read heap.h first. */
#include "heap/internal.h"

#define GROW_CALLS 4
#define CONTENDED_CALLS 8

static void *no_slots[1];
heap_cache heap_no_cache = {.magazines = {PYMM_ALL(HEAP_BIN_COUNT - 1){no_slots, no_slots}}, .sample_left_bytes = -1};
#if OS_THREAD_LOCAL_LASTS
OS_THREAD_LOCAL heap_cache *heap_thread_cache = &heap_no_cache;
static void cache_set(heap_cache *cache) { heap_thread_cache = cache; }
#else /* 0, the word's first value, is heap_no_cache */
static void cache_set(heap_cache *cache) { os_thread_word_set((uintptr_t)cache - (uintptr_t)&heap_no_cache); }
#endif

os_lock heap_threads_lock;
base_list heap_threads = BASE_LIST_INIT(heap_threads);              /* caches in use, youngest first */
static base_list spare_threads = BASE_LIST_INIT(spare_threads);     /* caches of ended threads, to be used again */
static bool has_thread_key;

static heap_thread *thread_of(heap_cache *cache)
{
    return cache == &heap_no_cache ? NULL : PYMM_CONTAINER_OF(cache, heap_thread, cache);
}

PYMM_RACY size_t heap_magazine_count(const heap_thread *thread, unsigned bin)
{
    if (thread->capacity_log2[bin] == 0)
        return 0;
    const heap_magazine *magazine = &thread->cache.magazines[bin];
    size_t words = (size_t)1 << thread->capacity_log2[bin];
    return (size_t)(magazine->top - (magazine->end - (words - 1)));
}

heap_thread *heap_cache_own(void) { return thread_of(heap_cache_get()); }

static void **magazine_slots(const heap_thread *thread, unsigned bin) /* first slot, behind the NULL */
{
    return thread->cache.magazines[bin].end - (((size_t)1 << thread->capacity_log2[bin]) - 1) + 1;
}

static void thread_at_exit(void *value)
{
    (void)value;
    heap_thread_release();
}

void heap_cache_init(void) { has_thread_key = os_thread_key_create(thread_at_exit) == 0; }

static void thread_set_shard(heap_thread *thread, heap_shard *shard)
{
    if (thread->shard != NULL)
        atomic_fetch_sub_explicit(&thread->shard->thread_count, 1, memory_order_relaxed);
    if (shard != NULL)
        atomic_fetch_add_explicit(&shard->thread_count, 1, memory_order_relaxed);
    thread->shard = shard;
}

/* A cache for the calling thread, or NULL: it then works without one. A thread whose end could not be noticed, or whose
 * destructors run already, gets none: its slots would be lost. */
static heap_thread *thread_open(void)
{
    if (heap_init() != 0 || !has_thread_key || os_thread_has_ended())
        return NULL;
    heap_thread *thread = NULL;
    os_lock_take(&heap_threads_lock);
    if (!base_list_is_empty(&spare_threads)) {
        thread = PYMM_CONTAINER_OF(spare_threads.next, heap_thread, link);
        base_list_remove(&thread->link);
        thread->cache.sampler_thread = 0;
    } else if ((thread = heap_meta_take(sizeof *thread)) != NULL) {
        thread->cache = heap_no_cache;
    }
    bool is_open = thread != NULL && os_thread_key_set(thread) == 0;
    if (thread != NULL) {
        base_list_init(&thread->link);
        base_list_push_front(is_open ? &heap_threads : &spare_threads, &thread->link);
        thread_set_shard(thread, is_open ? &heap_shards[0] : NULL);
    }
    os_lock_drop(&heap_threads_lock);
    if (!is_open)
        return NULL;
    cache_set(&thread->cache);
    return thread;
}

/* Put the oldest slots of a magazine back and keep the newest `keep_count`, which are warm. They leave the magazine before
 * they are put: whoever looks meanwhile (a fork, a visit) may miss a slot, but never sees one that is free or live again. */
static void magazine_drain(heap_thread *thread, unsigned bin, size_t keep_count)
{
    heap_magazine *magazine = &thread->cache.magazines[bin];
    size_t slot_count = heap_magazine_count(thread, bin);
    if (slot_count <= keep_count)
        return;
    void *taken[HEAP_MAGAZINE_MAX];
    void **slots = magazine_slots(thread, bin);
    size_t put_count = slot_count - keep_count;
    memcpy(taken, slots, put_count * sizeof *slots);
    magazine->top = slots - 1;
    atomic_thread_fence(memory_order_release);
    memmove(slots, slots + put_count, keep_count * sizeof *slots);
    atomic_thread_fence(memory_order_release);
    magazine->top = slots + keep_count - 1;
    heap_shard_put(taken, put_count);
}

void heap_thread_flush(heap_thread *thread)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++)
        magazine_drain(thread, bin, 0);
}

void heap_thread_release(void)
{
    heap_thread *thread = thread_of(heap_cache_get());
    if (thread == NULL)
        return;
    os_thread_key_set(NULL);
    heap_thread_flush(thread);
    cache_set(&heap_no_cache);
    os_lock_take(&heap_threads_lock);
    thread_set_shard(thread, NULL);
    base_list_remove(&thread->link);
    base_list_push_front(&spare_threads, &thread->link);
    os_lock_drop(&heap_threads_lock);
}

/* Larger array for a magazine (or its first), up to what its class allows. Slowly: a slot that waits in a magazine is memory
 * that nobody uses. False: it stays as it is. */
static bool magazine_grow(heap_thread *thread, unsigned bin)
{
    heap_magazine *magazine = &thread->cache.magazines[bin];
    unsigned log2 = thread->capacity_log2[bin], max_count = heap_classes[heap_bin_class(bin)].magazine_max;
    if (log2 != 0 && ++thread->slow_count[bin] % GROW_CALLS != 0)
        return false;
    size_t slot_count = heap_magazine_count(thread, bin);
    unsigned wish_count = log2 == 0 ? (unsigned)base_min(HEAP_MAGAZINE_MIN, max_count) : (2u << log2) - 1;
    if (wish_count > max_count)
        return false;
    size_t words = wish_count + 1;
    void **array = heap_meta_take(words * sizeof *array);
    if (array == NULL)
        return false;
    void **old = log2 == 0 ? NULL : magazine_slots(thread, bin) - 1;
    if (old != NULL)
        memcpy(array, old, (slot_count + 1) * sizeof *array);
    thread->capacity_log2[bin] = 0; /* whoever looks meanwhile sees no magazine rather than half of each */
    atomic_thread_fence(memory_order_release);
    magazine->top = array + slot_count;
    magazine->end = array + wish_count;
    atomic_thread_fence(memory_order_release);
    thread->capacity_log2[bin] = (uint8_t)base_log2_64(words);
    if (old != NULL)
        heap_meta_put(old, sizeof *array << log2);
    return true;
}

/* Now and then: magazines that did not move since the last time give all they hold back. */
static void thread_tick(heap_thread *thread)
{
    if (++thread->slow_calls % HEAP_TICK_CALLS != 0)
        return;
    heap_pages_tick();
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++) {
        size_t slot_count = heap_magazine_count(thread, bin);
        if (slot_count != 0 && slot_count == thread->seen_count[bin]) {
            magazine_drain(thread, bin, 0);
            slot_count = 0;
        }
        thread->seen_count[bin] = (uint8_t)slot_count;
    }
}

/* Threads that keep meeting at a lock part: this one takes its future slabs from the shard that fewest others use. One that
 * is alone in its shard stays: it meets those who free its blocks, and would meet them anywhere, leaving slabs behind. */
static void thread_part(heap_thread *thread)
{
    heap_shard *least = thread->shard;
    unsigned least_count = atomic_load_explicit(&least->thread_count, memory_order_relaxed) - 1;
    for (unsigned i = 0; i < HEAP_SHARD_SAMPLED && least_count > 0; i++) {
        unsigned count = atomic_load_explicit(&heap_shards[i].thread_count, memory_order_relaxed);
        if (count < least_count) {
            least = &heap_shards[i];
            least_count = count;
        }
    }
    if (least != thread->shard)
        thread_set_shard(thread, least);
}

static heap_shard *shard_take_lock(heap_thread *thread)
{
    if (PYMM_UNLIKELY(!os_lock_try(&thread->shard->lock))) {
        if (++thread->contended_count % CONTENDED_CALLS == 0)
            thread_part(thread);
        os_lock_take(&thread->shard->lock);
    }
    if (PYMM_UNLIKELY(!thread->shard->is_ready))
        heap_shard_init((unsigned)(thread->shard - heap_shards));
    return thread->shard;
}

static void *take_uncached(unsigned bin)
{
    void *block = NULL;
    if (heap_init() != 0)
        return NULL;
    do {
        os_lock_take(&heap_shards[0].lock);
        heap_shard_take(&heap_shards[0], bin, &block + 1, 1);
        os_lock_drop(&heap_shards[0].lock);
    } while (block == NULL && heap_arena_is_wanted(bin) && heap_arena_add());
    return block;
}

/* The magazine of `bin` is empty: fill half of it and return one slot more. */
void *heap_cache_refill(unsigned bin)
{
    heap_thread *thread = thread_of(heap_cache_get());
    if (thread == NULL && (thread = thread_open()) == NULL)
        return take_uncached(bin);
    thread_tick(thread);
    if (!magazine_grow(thread, bin) && thread->capacity_log2[bin] == 0)
        return take_uncached(bin);
    heap_magazine *magazine = &thread->cache.magazines[bin];
    void *taken[HEAP_MAGAZINE_MAX + 1], **taken_end = taken + PYMM_COUNT_OF(taken);
    unsigned want_count = (1u << thread->capacity_log2[bin]) / 2, taken_count;
    for (;;) {
        heap_shard *shard = shard_take_lock(thread);
        taken_count = heap_shard_take(shard, bin, taken_end, want_count);
        os_lock_drop(&shard->lock);
        if (taken_count > 0)
            break;
        if (!heap_arena_is_wanted(bin) || !heap_arena_add())
            return NULL;
        if (*magazine->top != NULL) /* the source itself has freed blocks of this bin */
            return *magazine->top--;
    }
    memcpy(magazine->top + 1, taken_end - taken_count, (taken_count - 1) * sizeof *taken); /* lowest address on top */
    atomic_thread_fence(memory_order_release); /* as in heap_free */
    magazine->top += taken_count - 1;
    heap_pages_balance(true);
    return taken_end[-1];
}

/* A free that the hot path could not do: the magazine of `bin` is full, or there is none yet, or the block lies outside
 * the first region. */
void heap_cache_overflow(unsigned bin, void *block)
{
    heap_thread *thread = thread_of(heap_cache_get());
    if (thread == NULL && (thread = thread_open()) == NULL) {
        heap_shard_put(&block, 1);
        return;
    }
    heap_magazine *magazine = &thread->cache.magazines[bin];
    if (*magazine->top == block) {
        heap_misuse("freed twice", block);
        return;
    }
    if (magazine->top == magazine->end) {
        thread_tick(thread);
        if (!magazine_grow(thread, bin)) {
            if (thread->capacity_log2[bin] == 0) {
                heap_shard_put(&block, 1);
                return;
            }
            magazine_drain(thread, bin, (((size_t)1 << thread->capacity_log2[bin]) - 1) / 2);
        }
    }
    magazine->top[1] = block;
    atomic_thread_fence(memory_order_release); /* as in heap_free */
    magazine->top++;
}

size_t heap_threads_count(void)
{
    size_t thread_count = 0;
    for (base_list *link = heap_threads.next; link != &heap_threads; link = link->next)
        thread_count++;
    return thread_count;
}

/* In a forked child only the calling thread lives on; what the others had cached is free. */
void heap_threads_reclaim_after_fork(void)
{
    base_list *next;
    for (base_list *link = heap_threads.next; link != &heap_threads; link = next) {
        next = link->next;
        heap_thread *thread = PYMM_CONTAINER_OF(link, heap_thread, link);
        if (&thread->cache == heap_cache_get())
            continue;
        heap_thread_flush(thread);
        thread_set_shard(thread, NULL);
        base_list_remove(link);
        base_list_push_front(&spare_threads, link);
    }
}
