/* shard.c: batches of slots between threads' caches and slabs, under the lock of a shard.
 *
 * Owns: which slab serves a bin, when an empty slab is put back, when dirty pages are given back.
 * A slab with no free slot is on no list. Of the others the warm ones, whose free slots lie on resident pages, come first,
 * those filled most lately before the rest: so no page is faulted in while the bin has one, and the others can empty. Does not own: what a slab does inside (slab.c). Read internal.h first. */
#include "heap/internal.h"

#define LOAN_BYTES_MAX 2048 /* that a bin loses by larger slots before it has a slab: half a page */
#define POPULATE_FROM_COUNT 16

heap_shard heap_shards[HEAP_SHARDS_MAX];

void heap_shard_init(unsigned index)
{
    heap_shard *shard = &heap_shards[index];
    shard->index = (uint8_t)index;
    base_list_init(&shard->dirty);
    for (unsigned i = 0; i < HEAP_BIN_COUNT; i++)
        base_list_init(&shard->partial[i]);
    shard->is_ready = true;
}

/* A bin that opens slab after slab will touch all of this one too: its pages come in at once. Returns the pages it brought. */
static uint16_t populate(heap_shard *shard, heap_place place, unsigned bin, uint16_t resident)
{
    if (shard->open_count[bin] < POPULATE_FROM_COUNT) {
        shard->open_count[bin]++;
        return 0;
    }
    const heap_class *class = &heap_classes[heap_bin_class(bin)];
    size_t bytes = base_round_up((size_t)class->slot_count * class->slot_bytes, heap_the_range.page_bytes);
    if (resident != 0 || HEAP_IS_HOSTILE || class->unit_count > 1 || os_populate(heap_place_start(place), bytes) != 0)
        return 0;
    shard->pages.faulted += bytes >> heap_the_range.page_shift;
    return (uint16_t)base_mask64(0, (unsigned)(bytes >> heap_the_range.page_shift));
}

static heap_unit *partial_unit(base_list *link) { return PYMM_CONTAINER_OF(link, heap_unit, partial); }

static void move_to_back(heap_shard *shard, heap_unit *unit)
{
    base_list_remove(&unit->partial);
    base_list_push_back(&shard->partial[unit->bin], &unit->partial);
}

/* A slab for the bin with at least one free slot, or region NULL. */
static heap_place slab_for(heap_shard *shard, unsigned bin)
{
    base_list *partial = &shard->partial[bin];
    if (!base_list_is_empty(partial))
        return heap_unit_place(partial_unit(partial->next));
    heap_warmth warmth;
    unsigned unit_count = heap_classes[heap_bin_class(bin)].unit_count;
    bool is_sampled = shard->index == HEAP_SHARD_SAMPLED, is_fixed = !is_sampled && heap_arena_is_wanted(bin);
    heap_place place = is_fixed ? heap_arena_take(unit_count) : heap_range_take(unit_count, is_sampled, &warmth);
    if (place.region == NULL)
        return place;
    if (is_fixed)
        heap_slab_open(shard, place, bin, UINT16_MAX);
    else
        heap_slab_open(shard, place, bin, warmth.resident | populate(shard, place, bin, warmth.resident));
    base_list_push_front(partial, &heap_place_header(place)->partial);
    return place;
}

/* A slot for a bin that is hardly used, from a warm slab of a larger class: some bytes more for the block, but no page of its
 * own for the bin. Region NULL when there is none, or when the bin has lost so much by it that it deserves a slab. */
static heap_place lender_for(heap_shard *shard, unsigned bin)
{
    unsigned size_class = heap_bin_class(bin);
    uint32_t slot_bytes = heap_classes[size_class].slot_bytes, left_bytes = LOAN_BYTES_MAX - shard->loan_bytes[bin];
    uint32_t most_bytes = base_min(left_bytes, slot_bytes);
    for (unsigned class = size_class + 1, lender = bin + 1; class < HEAP_CLASS_COUNT; class++, lender++) {
        uint32_t more_bytes = heap_classes[class].slot_bytes - slot_bytes;
        if (more_bytes > most_bytes || HEAP_IS_HOSTILE)
            break;
        base_list *first = shard->partial[lender].next;
        if (first != &shard->partial[lender] && heap_slab_is_warm(partial_unit(first))) {
            shard->loan_bytes[bin] = (uint16_t)(shard->loan_bytes[bin] + more_bytes);
            return heap_unit_place(partial_unit(first));
        }
    }
    return (heap_place){NULL, 0};
}

/* Take up to `want_count` slots, written downwards from `slots_end`; 0 only when there is no memory, or no arena with room. The shard's lock is held. */
unsigned heap_shard_take(heap_shard *shard, unsigned bin, void **slots_end, unsigned want_count)
{
    heap_place place = {NULL, 0};
    if (base_list_is_empty(&shard->partial[bin]) && (place = lender_for(shard, bin)).region != NULL)
        want_count = 1;
    else
        place = slab_for(shard, bin);
    if (place.region == NULL)
        return 0;
    heap_unit *unit = heap_place_header(place);
    unsigned taken_count = heap_slab_take(shard, place, slots_end, want_count);
    if (unit->free_count == 0)
        base_list_remove(&unit->partial);
    else if (!heap_slab_is_warm(unit))
        move_to_back(shard, unit);
    PYMM_ASSERT(taken_count > 0);
    PYMM_ASSERT_INTERNAL(heap_slab_is_sound(place));
    heap_shard_publish(shard);
    return taken_count;
}

void heap_shard_publish(heap_shard *shard)
{
    heap_pages_publish(&shard->pages, &shard->published);
}

/* Give back dirty pages of slabs, about `page_count` of them, those first that are dirty longest. */
size_t heap_shard_purge_locked(heap_shard *shard, size_t page_count)
{
    heap_purge purge;
    purge.count = purge.returned_pages = 0;
    while (purge.returned_pages < page_count && !base_list_is_empty(&shard->dirty)) {
        heap_unit *unit = PYMM_CONTAINER_OF(shard->dirty.next, heap_unit, dirty);
        heap_slab_purge(shard, heap_unit_place(unit), &purge);
        if (unit->free_count > 0 && !heap_slab_is_warm(unit))
            move_to_back(shard, unit);
    }
    heap_purge_flush(shard, &purge);
    atomic_fetch_add_explicit(&heap_the_range.returned_pages, purge.returned_pages, memory_order_relaxed);
    heap_shard_publish(shard);
    return purge.returned_pages;
}

static void retire(heap_shard *shard, heap_place place)
{
    heap_unit *unit = heap_place_header(place);
    unsigned unit_count = heap_unit_class(unit)->unit_count;
    heap_slab_close(shard, unit);
    heap_shard_publish(shard);
    if (unit->is_fixed)
        heap_arena_put(place, unit_count);
    else
        heap_range_put(place, unit_count, unit->resident);
}

/* An empty slab goes back, unless it is the only one its bin has: that one would be wanted again at once. In an arena it
 * goes in any case: it would keep the whole arena. */
static void retire_if_spare(heap_shard *shard, heap_place place)
{
    heap_unit *unit = heap_place_header(place);
    base_list *partial = &shard->partial[unit->bin];
    if (partial->next != partial->prev || unit->is_fixed || HEAP_IS_HOSTILE)
        retire(shard, place);
}

static bool is_empty(const heap_unit *unit) { return unit->free_count == heap_unit_class(unit)->slot_count; }

void heap_shard_retire_locked(heap_shard *shard)
{
    for (unsigned bin = 1; bin < HEAP_BIN_COUNT && shard->is_ready; bin++)
        for (base_list *link = shard->partial[bin].next, *next; link != &shard->partial[bin]; link = next) {
            next = link->next;
            if (is_empty(partial_unit(link)))
                retire(shard, heap_unit_place(partial_unit(link)));
        }
}

/* Put back the first slots, as far as they lie in one slab; returns how many that were. */
static size_t put_run(heap_shard *shard, heap_place place, void **slots, size_t slot_count)
{
    heap_unit *unit = heap_place_header(place);
    bool was_warm = unit->free_count > 0 && heap_slab_is_warm(unit);
    size_t run_count = heap_slab_put(shard, place, slots, slot_count);
    PYMM_ASSERT_INTERNAL(heap_slab_is_sound(place));
    if (!was_warm && unit->free_count > 0) {
        base_list_remove(&unit->partial);
        base_list_push_front(&shard->partial[unit->bin], &unit->partial);
    }
    if (is_empty(unit))
        retire_if_spare(shard, place);
    return run_count;
}

/* The slab of a slot; region NULL for what cannot be put: the slot was freed twice and its slab is gone, or (in a forked
 * child) it stood in a magazine that its thread was just changing. */
static heap_place slab_of(const void *slot)
{
    heap_region *region = heap_region_of(slot);
    if (region == NULL)
        return (heap_place){NULL, 0};
    if (PYMM_LIKELY(region->bins[heap_place_of(region, slot).unit] != 0))
        return heap_slab_place(region, slot);
    heap_misuse("freed twice: its slab is gone", slot);
    return (heap_place){NULL, 0};
}

/* Put slots of any shards and bins back, one shard after the other: each lock is taken once. Reorders `slots`. */
void heap_shard_put(void **slots, size_t slot_count)
{
    while (slot_count > 0) {
        heap_shard *shard = NULL;
        size_t left_count = 0;
        for (size_t i = 0; i < slot_count;) {
            heap_place place = slab_of(slots[i]);
            if (PYMM_UNLIKELY(place.region == NULL)) {
                i++;
                continue;
            }
            heap_shard *owner = &heap_shards[heap_place_header(place)->shard];
            if (shard == NULL) {
                shard = owner;
                os_lock_take(&shard->lock);
            }
            if (PYMM_LIKELY(owner == shard))
                i += put_run(shard, place, slots + i, slot_count - i);
            else
                slots[left_count++] = slots[i++];
        }
        if (shard == NULL)
            break;
        heap_shard_publish(shard);
        os_lock_drop(&shard->lock);
        slot_count = left_count;
    }
    heap_pages_balance(false);
}
