/* heap.h: the one header of the room `heap`, the heap for every size.
 *
 * Owns: the hot paths (inline, below) and the functions other rooms may call. Everything else of the room is in
 * heap/internal.h, which only the room includes. Words: a block is what a caller holds; a slot is the place in a slab that
 * holds it; a slab is one unit (16 KiB), or a few, cut into slots of one bin; a bin is a size class of one domain; a magazine is a
 * thread's stack of free slots of one bin; its cache is all its magazines.
 * Read ARCHITECTURE.md, "The life of one block", first. */
#ifndef PYMM_HEAP_H
#define PYMM_HEAP_H

#include "base/base.h"
#include "os/os.h"
#include "pymm.h"

#include <string.h>

/* Size classes: 16-byte steps to 1 KiB, then 16 steps a doubling up to 32 KiB. Larger blocks are runs of units. --------- */

#define HEAP_ALIGN_SHIFT 4
#define HEAP_ALIGN_BYTES (1 << HEAP_ALIGN_SHIFT)
#define HEAP_FINE_MAX_BYTES 1024
#define HEAP_FINE_CLASS_COUNT (HEAP_FINE_MAX_BYTES / HEAP_ALIGN_BYTES)
#define HEAP_SMALL_MAX_BYTES 32768
#define HEAP_STEP_COUNT 16
#define HEAP_CLASS_COUNT (HEAP_FINE_CLASS_COUNT + 5 * HEAP_STEP_COUNT)
#define HEAP_BIN_COUNT (1 + PYMM_DOMAIN_COUNT * HEAP_CLASS_COUNT) /* bin 0: no slab here */
#define HEAP_UNIT_SHIFT (OS_PAGE_SHIFT_MAX > 14 ? OS_PAGE_SHIFT_MAX : 14)

_Static_assert(HEAP_CLASS_COUNT == PYMM_STATS_CLASSES, "pymm.h publishes the number of classes");

/* Class of a small size; 1 <= bytes <= HEAP_SMALL_MAX_BYTES. */
PYMM_INLINE unsigned heap_class_of(size_t bytes)
{
    size_t last = bytes - 1;
    if (PYMM_LIKELY(last < HEAP_FINE_MAX_BYTES))
        return (unsigned)(last / HEAP_ALIGN_BYTES);
    unsigned log2 = base_log2_64(last);
    return HEAP_FINE_CLASS_COUNT + (log2 - 10) * HEAP_STEP_COUNT + ((unsigned)(last >> (log2 - 4)) & (HEAP_STEP_COUNT - 1));
}

PYMM_INLINE unsigned heap_bin_of(unsigned domain, unsigned size_class) { return 1 + domain * HEAP_CLASS_COUNT + size_class; }

/* A magazine: an array whose first word is NULL, used as a stack.
 *     [NULL][p][p][p][ ][ ]
 *                  ^top   ^end
 * Empty when *top is NULL, full when top == end. A bin never used has both at one shared NULL: empty and full at once, so
 * the first call of either kind takes the slow way without a test of its own. */
typedef struct heap_magazine {
    void **top;
    void **end;
} heap_magazine;

typedef struct heap_cache {
    heap_magazine magazines[HEAP_BIN_COUNT];
    int64_t sample_left_bytes; /* of a sampler above: until its next sample; negative in a new cache and without one */
    uint32_t sampler_thread;   /* of a sampler above: its number of this thread; 0 in a thread's new cache and without one */
} heap_cache;

/* The calling thread's cache; a constant empty one before its first slow call and after its end. */
extern heap_cache heap_no_cache;
#if OS_THREAD_LOCAL_LASTS
extern OS_THREAD_LOCAL heap_cache *heap_thread_cache;
PYMM_INLINE heap_cache *heap_cache_get(void) { return heap_thread_cache; }
#else
PYMM_INLINE heap_cache *heap_cache_get(void) { return (heap_cache *)((uintptr_t)&heap_no_cache + os_thread_word_get()); }
#endif

/* Where the first region lies and how much of it is in use: all that free needs. Until the heap is set up `base` is so high
 * that no address lies in the region, in whatever order another thread sees the members change. */
typedef struct heap_map {
    _Atomic uintptr_t base;
    atomic_size_t aligned_count; /* of its bytes in use: places where a block may begin */
    uint16_t *_Atomic bins; /* bin of each unit, 0 where there is no slab */
} heap_map;
extern heap_map heap_first_map;

PYMM_NOINLINE void *heap_malloc_slow(unsigned domain, size_t bytes);
PYMM_NOINLINE void heap_free_slow(unsigned domain, void *block);

/* A block from the thread's magazine; NULL: heap_malloc_slow has to be asked. A size of 0 wraps to a huge `bytes - 1` and
 * leaves by the slow way. */
PYMM_INLINE void *heap_malloc_fast(unsigned domain, size_t bytes)
{
    size_t last = bytes - 1;
    heap_magazine *magazine;
    if (PYMM_LIKELY(last < HEAP_FINE_MAX_BYTES))
        magazine = &heap_cache_get()->magazines[heap_bin_of(domain, 0) + last / HEAP_ALIGN_BYTES];
    else if (last < HEAP_SMALL_MAX_BYTES)
        magazine = &heap_cache_get()->magazines[heap_bin_of(domain, heap_class_of(bytes))];
    else
        return NULL;
    void **top = magazine->top;
    void *block = *top;
    if (PYMM_LIKELY(block != NULL))
        magazine->top = top - 1;
    return block;
}

/* The hot path of every allocation. */
PYMM_INLINE void *heap_malloc(unsigned domain, size_t bytes)
{
    void *block = heap_malloc_fast(domain, bytes);
    return PYMM_LIKELY(block != NULL) ? block : heap_malloc_slow(domain, bytes);
}

/* Bin of the slab at an address of the first region; 0 for any other address. Rotated by the bits that a block's address
 * has clear, an offset that has one of them set is beyond all limits: refusing it takes no test of its own. */
PYMM_INLINE unsigned heap_bin_at(const void *address)
{
    size_t offset = (uintptr_t)address - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    size_t rotated = offset >> HEAP_ALIGN_SHIFT | offset << (sizeof offset * 8 - HEAP_ALIGN_SHIFT);
    if (PYMM_UNLIKELY(rotated >= atomic_load_explicit(&heap_first_map.aligned_count, memory_order_relaxed)))
        return 0;
    return atomic_load_explicit(&heap_first_map.bins, memory_order_relaxed)[rotated >> (HEAP_UNIT_SHIFT - HEAP_ALIGN_SHIFT)];
}

/* For rooms above that keep something beside the blocks of the first region.
 * The bin of this unit of the first region, which is in use there. Other threads may be changing it. */
PYMM_RACY static inline unsigned heap_unit_bin(size_t unit)
{
    return atomic_load_explicit(&heap_first_map.bins, memory_order_relaxed)[unit];
}
/* The domain of a bin that is not 0. */
PYMM_INLINE unsigned heap_bin_domain(unsigned bin) { return (bin - 1) / HEAP_CLASS_COUNT; }
/* How much address space the first region may ever use; sets the heap up. 0 without memory. */
size_t heap_first_reserved_bytes(void);

/* The hot path of every free. `domain` is the one that was called, not needed for the heap's own blocks: the bin comes from the address alone, nothing is read near the block. NULL, foreign pointers
 * and large blocks fall outside the map or in bin 0, whose magazine is always full. */
PYMM_INLINE void heap_free_in(unsigned domain, void *block)
{
    heap_magazine *magazine = &heap_cache_get()->magazines[heap_bin_at(block)];
    void **top = magazine->top;
    if (PYMM_UNLIKELY(top == magazine->end || *top == block)) { /* full, or freed just before */
        heap_free_slow(domain, block);
        return;
    }
    top[1] = block;
    atomic_signal_fence(memory_order_release); /* a fork between the two must not find an empty place */
    magazine->top = top + 1;
}

PYMM_INLINE void heap_free(void *block) { heap_free_in(PYMM_DOMAIN_RAW, block); }

void *heap_calloc(unsigned domain, size_t item_count, size_t item_bytes); /* zeroed; NULL on overflow */

void *heap_realloc_small(unsigned domain, unsigned bin, void *block, size_t bytes); /* a block of this bin */
PYMM_NOINLINE void *heap_realloc_slow(unsigned domain, void *block, size_t bytes);  /* one of no bin, and not NULL */

/* NULL: no memory, the block is unchanged. A list's first items come from realloc, of no block: as fast as malloc. */
PYMM_INLINE void *heap_realloc(unsigned domain, void *block, size_t bytes)
{
    unsigned bin = heap_bin_at(block);
    if (PYMM_LIKELY(bin != 0))
        return heap_realloc_small(domain, bin, block, bytes);
    return block == NULL ? heap_malloc(domain, bytes) : heap_realloc_slow(domain, block, bytes);
}

/* Set-up happens by itself at the first allocation; a front may do it earlier. Returns 0, or -1 with no memory. */
int heap_init(void);
/* What lies at an address, told from maps and headers: nothing is read at the address itself, which may be anything. False:
 * foreign, or in the heap and neither in a slot nor the start of a large block. Whether the slot is live is not looked at. */
typedef struct heap_block {
    void *start; /* of the slot, or the large block */
    size_t usable_bytes;
    unsigned domain;
} heap_block;
bool heap_block_find(const void *address, heap_block *found);
/* Is there heap at the address and no live block? Looks into the magazines of all threads, under all locks: for reports. */
bool heap_block_is_free(const void *address);
/* Put the calling thread's cached slots back and drop its cache; the next call makes a new one. */
void heap_thread_release(void);

/* Memory for descriptors, of this room and of those above it, apart from the blocks the heap serves: powers of two from 16
 * bytes to 512 KiB, zeroed; NULL when there is none. What is put back is used again, and never returned to the system. */
void *heap_meta_take(size_t bytes);
void heap_meta_put(void *start, size_t bytes);

/* Where the slabs of the mem and obj domains lie: memory that a source hands out, an arena at a time. Slabs opened before a
 * set stay where they are until they are empty; an arena goes back to the source it came from when nothing lives in it,
 * but for one that is kept. NULL from the source is an allocation failure. The source is called with no lock held. */
#define HEAP_ARENA_BYTES ((size_t)64 << HEAP_UNIT_SHIFT)
typedef struct heap_arena_source {
    void *ctx;
    void *(*alloc)(void *ctx, size_t bytes);
    void (*free)(void *ctx, void *start, size_t bytes);
} heap_arena_source;
/* The source in force: at first one of the system's pages; setting that again sets the heap back to its own range. */
void heap_arena_source_get(heap_arena_source *source);
int heap_arena_source_set(const heap_arena_source *source); /* 0; -1 when there is no memory, and nothing has changed */

/* Address space is about to become scarce: give back all that is reserved and not in use. From then on the heap reserves
 * little at a time. */
void heap_release_reserve(void);

/* Blocks that a sampler above wants to hear of again. Such a block of up to 32 KiB lies in a region of its own, a larger one
 * is marked in its header: so a free of any other block costs nothing more, and has nothing to look up. */
typedef struct heap_sampler {
    void (*free)(const void *block); /* before the block is freed, by whatever way; no lock is held */
    void *(*realloc)(unsigned domain, void *block, size_t bytes); /* in the place of heap_realloc */
} heap_sampler;
void heap_sampler_set(const heap_sampler *sampler); /* constant; before the first sampled block, and only once */
/* A sampled block, aligned and zeroed as asked. NULL: no memory, or no address space for sampled blocks. */
void *heap_sampled_malloc(unsigned domain, size_t bytes, bool is_zeroed);
/* Is this live block of the heap a sampled one? */
bool heap_is_sampled(const void *block);
/* Mark a live block over 32 KiB, whoever owns it being the caller. */
void heap_sampled_mark(void *block, bool is_sampled);
/* Have a live block of the heap, sampled or not, resized without being moved. False: it cannot be, and is as it was. */
bool heap_resize_in_place(void *block, size_t bytes);

/* What the heap holds, from counters that are up to date to a batch: asking costs a few loads. */
typedef struct heap_figures {
    size_t resident_bytes; /* pages that may be in memory, without descriptors */
    size_t live_bytes;     /* of these: pages with a live block */
    size_t unused_bytes;   /* address space that is reserved, and not committed */
} heap_figures;
void heap_figures_get(heap_figures *figures);

/* Have `at_peak` called, with no lock held, whenever the heap has grown by an eighth beyond all it held before. It must
 * not allocate from the heap. NULL: no longer. */
void heap_peak_watch(void (*at_peak)(void));
/* While this says so, pages do not go back by themselves: the host takes itself down. Called with no lock held; NULL: it never does. */
void heap_end_watch(int (*is_ending)(void));
/* The statistics as pymm_stats_print and pymm_stats_print_json write them, without heading and braces. */
void heap_stats_write_text(base_out *out, const pymm_stats *stats);
void heap_stats_write_json(base_out *out, const pymm_stats *stats);
/* The same of where resident memory is; struct_bytes 0: it is not known, which is said. */
void heap_account_write_text(base_out *out, const pymm_account *account);
void heap_account_write_json(base_out *out, const pymm_account *account);

/* What to do with pointers that are not the heap's. Without these they are refused with a line on stderr. */
typedef struct heap_foreign {
    void (*free)(unsigned domain, void *block);
    void *(*realloc)(unsigned domain, void *block, size_t bytes);
} heap_foreign;
void heap_foreign_set(const heap_foreign *foreign);
#endif
