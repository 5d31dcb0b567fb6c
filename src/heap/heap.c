/* heap.c: the slow ends of the public calls, and setting the room up.
 *
 * Owns: heap_init, dispatch between small, large and foreign blocks, refusal of what is no block.
 * The hot paths are inline in heap.h. Read that first. */
#include "heap/internal.h"

#define MISUSE_LINES_MAX 50

static atomic_int init_state; /* 0 not yet, 1 done, -1 failed */
static os_lock init_lock;
static const heap_foreign *foreign_handlers;

int heap_init(void)
{
    int state = atomic_load_explicit(&init_state, memory_order_acquire);
    if (PYMM_LIKELY(state == 1))
        return 0;
    os_lock_take(&init_lock);
    state = atomic_load_explicit(&init_state, memory_order_relaxed);
    if (state != 1) {
        heap_class_init();
        heap_shard_init(0);
        if (heap_range_init() == 0 && heap_fork_init() == 0) {
            heap_cache_init();
            state = 1;
            atomic_store_explicit(&init_state, 1, memory_order_release);
        }
    }
    os_lock_drop(&init_lock);
    return state == 1 ? 0 : -1;
}

void heap_foreign_set(const heap_foreign *foreign) { foreign_handlers = foreign; }

/* A caller's mistake that the heap survives: said, and otherwise ignored. */
void heap_misuse(const char *what, const void *block)
{
    static atomic_int line_count;
    int line = atomic_fetch_add_explicit(&line_count, 1, memory_order_relaxed);
    if (line < MISUSE_LINES_MAX)
        base_warn("block %p: %s; the call is ignored", block, what);
}

void *heap_malloc_slow(unsigned domain, size_t bytes)
{
    if (bytes == 0)
        return heap_malloc(domain, 1);
    if (bytes <= HEAP_SMALL_MAX_BYTES) {
        void *block = heap_cache_refill(heap_bin_of(domain, heap_class_of(bytes)));
        heap_arena_settle();
        return block;
    }
    return heap_large_take(domain, bytes, false);
}

static bool is_aligned(const void *block) { return (uintptr_t)block % HEAP_ALIGN_BYTES == 0; }

static bool is_large_start(heap_place place, const void *block)
{
    return heap_place_header(place)->kind == HEAP_UNIT_LARGE && heap_place_start(place) == (const char *)block;
}

static void put_slot(heap_place place, void *block)
{
    if (PYMM_UNLIKELY(place.region->is_sampled))
        heap_sampled_put(place, block);
    else
        heap_cache_overflow(place.region->bins[place.unit], block);
}

static void put_large(heap_place place, void *block)
{
    if (PYMM_UNLIKELY(heap_place_is_sampled(place)))
        heap_sampled_put(place, block);
    else
        heap_large_put(place);
}

PYMM_SAMPLING void heap_free_slow(unsigned domain, void *block)
{
    if (block == NULL)
        return;
    heap_region *region = heap_region_of(block);
    if (region == NULL) {
        if (foreign_handlers != NULL)
            foreign_handlers->free(domain, block);
        else
            heap_misuse("not pymm's to free", block);
        return;
    }
    heap_place place = heap_place_of(region, block);
    if (!is_aligned(block))
        heap_misuse("not the start of a block", block);
    else if (heap_place_is_committed(place) && region->bins[place.unit] != 0)
        put_slot(place, block);
    else if (heap_place_is_committed(place) && is_large_start(place, block))
        put_large(place, block);
    else
        heap_misuse("freed twice, or not the start of a block", block);
    heap_arena_settle();
}

void *heap_calloc(unsigned domain, size_t item_count, size_t item_bytes)
{
    if (item_bytes != 0 && item_count > HEAP_BLOCK_MAX_BYTES / item_bytes)
        return NULL;
    size_t bytes = item_count * item_bytes;
    if (bytes > HEAP_SMALL_MAX_BYTES)
        return heap_large_take(domain, bytes, true);
    void *block = heap_malloc(domain, bytes);
    return block == NULL ? NULL : memset(block, 0, bytes);
}

size_t pymm_usable_size(const void *block)
{
    heap_region *region = block == NULL ? NULL : heap_region_of(block);
    if (region == NULL)
        return 0;
    heap_place place = heap_place_of(region, block);
    if (!heap_place_is_committed(place))
        return 0;
    unsigned bin = region->bins[place.unit];
    if (bin != 0)
        return heap_classes[heap_bin_class(bin)].slot_bytes;
    return is_large_start(place, block) ? heap_place_header(place)->large_bytes : 0;
}

size_t heap_first_reserved_bytes(void)
{
    return heap_init() != 0 ? 0 : atomic_load(&heap_the_range.regions[0].segment_count) * HEAP_SEGMENT_BYTES;
}

int pymm_owns(const void *block) { return heap_region_of(block) != NULL; }

/* Shrinking stays in place while three quarters of the slot remain in use, as users of realloc expect of pymalloc. */
bool heap_fits_in_place(size_t usable_bytes, size_t bytes)
{
    return bytes <= usable_bytes && !HEAP_IS_HOSTILE &&
           (bytes > usable_bytes - usable_bytes / 4 || usable_bytes <= HEAP_ALIGN_BYTES);
}

static void *realloc_foreign(unsigned domain, void *block, size_t bytes)
{
    if (foreign_handlers != NULL)
        return foreign_handlers->realloc(domain, block, bytes);
    heap_misuse("not pymm's to resize", block);
    return NULL;
}

static void *move_block(unsigned domain, void *block, size_t usable_bytes, size_t bytes)
{
    void *moved = heap_malloc(domain, bytes);
    if (PYMM_UNLIKELY(moved == NULL))
        return bytes <= usable_bytes ? block : NULL;
    memcpy(moved, block, base_min(usable_bytes, bytes));
    heap_free(block);
    return moved;
}

void *heap_realloc_slow(unsigned domain, void *block, size_t bytes)
{
    heap_region *region = heap_region_of(block);
    if (region == NULL)
        return realloc_foreign(domain, block, bytes);
    size_t usable_bytes = is_aligned(block) ? pymm_usable_size(block) : 0;
    if (usable_bytes == 0) {
        heap_misuse("resized after its end, or not the start of a block", block);
        return NULL;
    }
    if (heap_place_is_sampled(heap_place_of(region, block)))
        return heap_sampled_realloc(domain, block, bytes);
    if (usable_bytes > HEAP_SMALL_MAX_BYTES && bytes > HEAP_SMALL_MAX_BYTES)
        return heap_large_resize(domain, heap_place_of(region, block), bytes);
    if (usable_bytes <= HEAP_SMALL_MAX_BYTES && heap_fits_in_place(usable_bytes, bytes))
        return block;
    return move_block(domain, block, usable_bytes, bytes);
}

PYMM_HOT void *heap_realloc_small(unsigned domain, unsigned bin, void *block, size_t bytes)
{
    size_t usable_bytes = heap_classes[heap_bin_class(bin)].slot_bytes;
    return heap_fits_in_place(usable_bytes, bytes) ? block : move_block(domain, block, usable_bytes, bytes);
}
