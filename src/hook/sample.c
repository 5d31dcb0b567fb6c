/* sample.c: the tables of a heap that is profiled: the heap's own, with a countdown to the next sampled block in front.
 *
 * Every thread counts down by the bytes it allocates, in a word beside its magazines. What a block that is not sampled costs
 * is the subtraction, and a compare; its free costs nothing at all, as the heap tells of sampled blocks (heap/sampled.c).
 * realloc: a block that is moved is freed and allocated anew. A large one that grows is sampled by the bytes it grows by; so
 * at any time each block is sampled with the probability that belongs to its size, however it came by it.
 * Does not own: which block is sampled, and what is recorded (trace/profile.h). Read hook.h and docs/internals/profile.md. */
#include "hook/hook.h"

#include "domain/domain.h"
#include "heap/heap.h"
#include "trace/trace.h"

#include <string.h>

PYMM_SAMPLING PYMM_NOINLINE static void *malloc_due(unsigned domain, size_t bytes, bool is_zeroed)
{
    double weight;
    void *block = NULL;
    if (trace_profile_is_due(trace_profile_counted(bytes), &weight))
        block = heap_sampled_malloc(domain, bytes, is_zeroed);
    if (block != NULL)
        trace_profile_add(domain, block, bytes, weight);
    else
        block = is_zeroed ? heap_calloc(domain, 1, bytes) : heap_malloc(domain, bytes);
    return block;
}

/* Count a block of this many bytes; true: the countdown has come to its end, and is left as it was. */
PYMM_INLINE bool count_down(size_t counted)
{
    heap_cache *cache = heap_cache_get();
    int64_t left_bytes = cache->sample_left_bytes - (int64_t)counted;
    if (PYMM_UNLIKELY(left_bytes < 0))
        return true;
    cache->sample_left_bytes = left_bytes;
    return false;
}

/* Blocks that the heap serves in whole pages count for those, others for their bytes, and of no bytes for one. */
PYMM_INLINE size_t counted_of(size_t bytes)
{
    return PYMM_LIKELY(bytes - 1 < HEAP_SMALL_MAX_BYTES) ? bytes : trace_profile_counted(bytes);
}

PYMM_NOINLINE static void *malloc_any(unsigned domain, size_t bytes, bool is_zeroed)
{
    if (bytes > PTRDIFF_MAX)
        return NULL;
    if (count_down(counted_of(bytes)))
        return malloc_due(domain, bytes, is_zeroed);
    return is_zeroed ? heap_calloc(domain, 1, bytes) : heap_malloc(domain, bytes);
}

PYMM_INLINE void *small_malloc(unsigned domain, size_t bytes)
{
    return count_down(bytes) ? malloc_due(domain, bytes, false) : heap_malloc(domain, bytes);
}

/* Nearly all blocks are fine ones. The compares are those that heap_malloc needs anyhow, which is inlined behind both. */
PYMM_INLINE void *sample_malloc(unsigned domain, size_t bytes)
{
    if (PYMM_LIKELY(bytes - 1 < HEAP_FINE_MAX_BYTES))
        return small_malloc(domain, bytes);
    if (PYMM_LIKELY(bytes - 1 < HEAP_SMALL_MAX_BYTES))
        return small_malloc(domain, bytes);
    return malloc_any(domain, bytes, false);
}

PYMM_INLINE void *sample_calloc(unsigned domain, size_t item_count, size_t item_bytes)
{
    if (item_bytes != 0 && item_count > PTRDIFF_MAX / item_bytes)
        return NULL;
    size_t bytes = item_count * item_bytes;
    if (PYMM_UNLIKELY(bytes - 1 >= HEAP_FINE_MAX_BYTES))
        return malloc_any(domain, bytes, true);
    if (count_down(bytes))
        return malloc_due(domain, bytes, true);
    return heap_calloc(domain, 1, bytes);
}

static void *move(unsigned domain, void *block, size_t usable_bytes, size_t bytes)
{
    void *moved = sample_malloc(domain, bytes);
    if (PYMM_UNLIKELY(moved == NULL))
        return bytes <= usable_bytes ? block : NULL;
    memcpy(moved, block, base_min(usable_bytes, bytes));
    heap_free_in(domain, block);
    return moved;
}

/* Is a large block that gets another size a sampled one from now on? */
static bool is_sampled_after(bool was_sampled, size_t old_bytes, size_t bytes, double *weight)
{
    size_t old_counted = trace_profile_counted(old_bytes), counted = trace_profile_counted(bytes);
    if (counted < old_counted)
        return was_sampled && trace_profile_stays(old_counted, counted, weight);
    double ignored;
    bool is_due = count_down(counted - old_counted) && trace_profile_is_due(counted - old_counted, &ignored);
    if (!was_sampled && !is_due)
        return false;
    *weight = trace_profile_weight(counted);
    return true;
}

static void unsample(void *block)
{
    trace_profile_freed(block);
    heap_sampled_mark(block, false);
}

static void sample(unsigned domain, void *block, size_t bytes, double weight)
{
    heap_sampled_mark(block, true);
    trace_profile_add(domain, block, bytes, weight);
}

/* From one size over 32 KiB to another. */
static void *resize_large(unsigned domain, void *block, size_t usable_bytes, size_t bytes)
{
    double weight = 1, old_weight = 1;
    size_t old_bytes = usable_bytes;
    bool was_sampled = heap_is_sampled(block), is_sampled = is_sampled_after(was_sampled, usable_bytes, bytes, &weight);
    if (heap_resize_in_place(block, bytes)) {
        if (was_sampled && is_sampled)
            trace_profile_resized(domain, block, bytes, weight);
        else if (was_sampled)
            unsample(block);
        else if (is_sampled)
            sample(domain, block, bytes, weight);
        return block;
    }
    if (was_sampled) { /* before its address can be another's */
        trace_profile_remove(block, &old_bytes, &old_weight);
        heap_sampled_mark(block, false);
    }
    void *moved = heap_realloc(domain, block, bytes);
    if (moved != NULL && is_sampled)
        sample(domain, moved, bytes, weight);
    else if (moved == NULL && was_sampled)
        sample(domain, block, old_bytes, old_weight);
    return moved;
}

/* Blocks that are large, sampled, outside the first region, or no blocks of the heap's. */
PYMM_NOINLINE static void *resize_slow(unsigned domain, void *block, size_t bytes)
{
    size_t usable_bytes = (uintptr_t)block % HEAP_ALIGN_BYTES == 0 ? pymm_usable_size(block) : 0;
    if (usable_bytes == 0 || bytes > PTRDIFF_MAX)
        return heap_realloc(domain, block, bytes);
    if (usable_bytes > HEAP_SMALL_MAX_BYTES && bytes > HEAP_SMALL_MAX_BYTES)
        return resize_large(domain, block, usable_bytes, bytes);
    if (!heap_resize_in_place(block, bytes))
        return move(domain, block, usable_bytes, bytes);
    if (heap_is_sampled(block))
        trace_profile_resized(domain, block, bytes, 0);
    return block;
}

/* A block that was moved at the end of the countdown: it is to be sampled where it is now, or moves once more. */
PYMM_NOINLINE static void *moved_due(unsigned domain, void *block, size_t bytes)
{
    double weight;
    if (!trace_profile_is_due(trace_profile_counted(bytes), &weight))
        return block;
    if (bytes > HEAP_SMALL_MAX_BYTES) {
        sample(domain, block, bytes, weight);
        return block;
    }
    void *sampled = heap_sampled_malloc(domain, bytes, false);
    if (sampled == NULL)
        return block;
    memcpy(sampled, block, bytes);
    heap_free_in(domain, block);
    trace_profile_add(domain, sampled, bytes, weight);
    return sampled;
}

/* A block of a bin is small and not sampled: the heap resizes it as ever, and one that it has moved counts as a new one. */
PYMM_HOT PYMM_NOINLINE static void *resize_small(unsigned domain, unsigned bin, void *block, size_t bytes)
{
    void *moved = heap_realloc_small(domain, bin, block, bytes);
    if (moved == block || moved == NULL || !count_down(counted_of(bytes)))
        return moved;
    return moved_due(domain, moved, bytes);
}

PYMM_INLINE void *sample_realloc(unsigned domain, void *block, size_t bytes)
{
    unsigned bin = heap_bin_at(block);
    if (PYMM_LIKELY(bin != 0))
        return resize_small(domain, bin, block, bytes);
    return block == NULL ? sample_malloc(domain, bytes) : resize_slow(domain, block, bytes);
}

#define SAMPLE_TABLE(name, domain)                                                                                     \
    PYMM_HOT static void *name##_malloc(void *ctx, size_t bytes)                                                       \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return sample_malloc(domain, bytes);                                                                           \
    }                                                                                                                  \
    PYMM_HOT static void *name##_calloc(void *ctx, size_t item_count, size_t item_bytes)                               \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return sample_calloc(domain, item_count, item_bytes);                                                          \
    }                                                                                                                  \
    PYMM_HOT static void *name##_realloc(void *ctx, void *block, size_t bytes)                                         \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return sample_realloc(domain, block, bytes);                                                                   \
    }
SAMPLE_TABLE(raw, PYMM_DOMAIN_RAW)
SAMPLE_TABLE(mem, PYMM_DOMAIN_MEM)
SAMPLE_TABLE(obj, PYMM_DOMAIN_OBJ)

void hook_sample_tables(pymm_allocator tables[PYMM_DOMAIN_COUNT])
{
    static const heap_sampler sampler = {trace_profile_freed, resize_slow};
    const pymm_allocator *heap = domain_heap_tables; /* a free is the heap's own */
    tables[PYMM_DOMAIN_RAW] = (pymm_allocator){NULL, raw_malloc, raw_calloc, raw_realloc, heap[PYMM_DOMAIN_RAW].free};
    tables[PYMM_DOMAIN_MEM] = (pymm_allocator){NULL, mem_malloc, mem_calloc, mem_realloc, heap[PYMM_DOMAIN_MEM].free};
    tables[PYMM_DOMAIN_OBJ] = (pymm_allocator){NULL, obj_malloc, obj_calloc, obj_realloc, heap[PYMM_DOMAIN_OBJ].free};
    heap_sampler_set(&sampler);
}
