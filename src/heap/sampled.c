/* sampled.c: blocks that a sampler above the heap has chosen: how they are served, and how the sampler hears of their end.
 *
 *   up to 32 KiB   slots of slabs of one shard of their own, which lie in regions of their own; no magazine holds them, but
 *                  a few that are free wait as spares
 *   larger         ordinary large blocks, marked in their header
 *
 * The free of such a block takes the slow way by itself, since it lies outside the first region or is large, and is
 * recognised there. Everything else (statistics, walks, checks) sees ordinary slabs and large blocks.
 * Does not own: which blocks are sampled, and what is done about it. Read heap.h first. */
#include "heap/internal.h"

#define SPARES_BYTES_MAX ((size_t)256 << 10)

static const heap_sampler *_Atomic the_sampler;

void heap_sampler_set(const heap_sampler *sampler) { atomic_store_explicit(&the_sampler, sampler, memory_order_release); }

/* Of each bin the slots that became free last: most are wanted again soon, and nothing of their slabs need be touched for it.
 * Nobody can give their pages back: so they are few. Under the lock of the sampled shard. */
static heap_spares spares[HEAP_BIN_COUNT];
static size_t spare_bytes; /* of all bins */

const heap_spares *heap_sampled_spares(unsigned bin) { return &spares[bin]; }

static void *spare_take(unsigned bin)
{
    if (spares[bin].count == 0)
        return NULL;
    spare_bytes -= heap_classes[heap_bin_class(bin)].slot_bytes;
    return spares[bin].slots[--spares[bin].count];
}

static bool is_used_slot(const void *slot)
{
    heap_place place = heap_slab_place(heap_region_of(slot), slot);
    const heap_class *class = heap_unit_class(heap_place_header(place));
    uint64_t offset = (uint64_t)((const char *)slot - heap_place_start(place));
    unsigned index = (unsigned)(offset * class->reciprocal >> 32);
    return (uint64_t)index * class->slot_bytes == offset && index < class->slot_count && !heap_slab_bit(heap_place_header(place), index);
}

/* False: no room, or it is no slot that is in use: its slab says what is wrong with it. */
static bool spare_put(unsigned bin, void *slot)
{
    heap_spares *of_bin = &spares[bin];
    size_t slot_bytes = heap_classes[heap_bin_class(bin)].slot_bytes;
    for (unsigned i = 0; i < of_bin->count; i++)
        if (of_bin->slots[i] == slot) {
            heap_misuse("freed twice", slot);
            return true;
        }
    if (of_bin->count == PYMM_COUNT_OF(of_bin->slots) || spare_bytes + slot_bytes > SPARES_BYTES_MAX || !is_used_slot(slot))
        return false;
    spare_bytes += slot_bytes;
    of_bin->slots[of_bin->count++] = slot;
    return true;
}

static void *take_slot(unsigned bin)
{
    heap_shard *shard = &heap_shards[HEAP_SHARD_SAMPLED];
    os_lock_take(&shard->lock);
    void *block = spare_take(bin);
    if (block != NULL) {
        os_lock_drop(&shard->lock);
        return block;
    }
    if (!shard->is_ready)
        heap_shard_init(HEAP_SHARD_SAMPLED);
    heap_shard_take(shard, bin, &block + 1, 1);
    os_lock_drop(&shard->lock);
    if (block != NULL)
        heap_pages_balance(true);
    return block;
}

static void put_slot(unsigned bin, void *block)
{
    heap_shard *shard = &heap_shards[HEAP_SHARD_SAMPLED];
    os_lock_take(&shard->lock);
    bool is_kept = spare_put(bin, block);
    os_lock_drop(&shard->lock);
    if (!is_kept)
        heap_shard_put(&block, 1);
}

void heap_sampled_flush(void)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT; bin++) {
        os_lock_take(&heap_shards[HEAP_SHARD_SAMPLED].lock);
        heap_spares flushed = {.count = 0};
        while (spares[bin].count > 0)
            flushed.slots[flushed.count++] = spare_take(bin);
        os_lock_drop(&heap_shards[HEAP_SHARD_SAMPLED].lock);
        if (flushed.count > 0)
            heap_shard_put(flushed.slots, flushed.count);
    }
}

PYMM_SAMPLING void *heap_sampled_malloc(unsigned domain, size_t bytes, bool is_zeroed)
{
    if (heap_init() != 0)
        return NULL;
    bytes = base_max(bytes, 1);
    if (bytes > HEAP_SMALL_MAX_BYTES) {
        void *block = heap_large_take(domain, bytes, is_zeroed);
        if (block != NULL)
            heap_sampled_mark(block, true);
        return block;
    }
    void *block = take_slot(heap_bin_of(domain, heap_class_of(bytes)));
    return block != NULL && is_zeroed ? memset(block, 0, bytes) : block;
}

bool heap_place_is_sampled(heap_place place)
{
    const heap_unit *unit = heap_place_header(place);
    return place.region->is_sampled || (unit->kind == HEAP_UNIT_LARGE && unit->is_sampled);
}

static heap_place place_at(const void *block) { return heap_place_of(heap_region_of(block), block); }

bool heap_is_sampled(const void *block) { return heap_place_is_sampled(place_at(block)); }

void heap_sampled_mark(void *block, bool is_sampled) { heap_place_header(place_at(block))->is_sampled = is_sampled; }

PYMM_SAMPLING void heap_sampled_put(heap_place place, void *block)
{
    atomic_load_explicit(&the_sampler, memory_order_acquire)->free(block);
    if (place.region->is_sampled)
        put_slot(place.region->bins[place.unit], block);
    else
        heap_large_put(place);
}

void *heap_sampled_realloc(unsigned domain, void *block, size_t bytes)
{
    return atomic_load_explicit(&the_sampler, memory_order_acquire)->realloc(domain, block, bytes);
}

bool heap_resize_in_place(void *block, size_t bytes)
{
    size_t usable_bytes = pymm_usable_size(block);
    if (usable_bytes > HEAP_SMALL_MAX_BYTES)
        return bytes > HEAP_SMALL_MAX_BYTES && heap_large_fit(place_at(block), bytes);
    return heap_fits_in_place(usable_bytes, bytes);
}
