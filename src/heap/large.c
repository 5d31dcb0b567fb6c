/* large.c: blocks over 32 KiB: runs of units that begin at a unit, sized in whole pages, grown in place or by moving pages.
 *
 * Only the pages a block needs are ever touched: the rest of its last unit costs address space, not memory.
 * Owns: heap_unit of kind LARGE. Does not own: which units are free (range.c). Read internal.h first. */
#include "heap/internal.h"

#define MOVE_ALWAYS_BYTES ((size_t)32 << 20)
#define SMALL_MOVES_MAX 8000
#define ZERO_BY_PURGE_BYTES ((size_t)256 << 10) /* from here giving pages back beats writing zeros */

static size_t unit_count_of(size_t bytes) { return (bytes + HEAP_UNIT_BYTES - 1) >> HEAP_UNIT_SHIFT; }

void *heap_large_take(unsigned domain, size_t bytes, bool *is_zero)
{
    if (bytes > HEAP_BLOCK_MAX_BYTES - HEAP_UNIT_BYTES || heap_init() != 0)
        return NULL;
    bytes = base_round_up(bytes, heap_the_range.page_bytes);
    size_t unit_count = unit_count_of(bytes);
    uint16_t resident;
    heap_place place = heap_range_take(unit_count, bytes, domain, &resident);
    if (place.region == NULL)
        return NULL;
    char *start = heap_place_start(place);
    size_t tail_bytes = (unit_count << HEAP_UNIT_SHIFT) - bytes;
    if (resident != 0 && tail_bytes > 0)
        os_purge(start + bytes, tail_bytes);
    if (resident != 0 && is_zero != NULL && *is_zero && bytes >= ZERO_BY_PURGE_BYTES && os_purge(start, bytes) == 0)
        resident = 0;
    if (is_zero != NULL)
        *is_zero = resident == 0;
    return start;
}

void heap_large_put(heap_place place) { heap_range_put(place, heap_place_header(place)->unit_count, heap_all_pages()); }

static void shrink_in_place(heap_place place, size_t bytes)
{
    heap_unit *unit = heap_place_header(place);
    size_t unit_count = unit_count_of(bytes);
    size_t old_end_bytes = base_min(unit->large_bytes, unit_count << HEAP_UNIT_SHIFT);
    if (old_end_bytes > bytes)
        os_purge(heap_place_start(place) + bytes, old_end_bytes - bytes);
    heap_range_trim(place, unit_count, bytes);
}

/* Each move leaves the system up to two mappings that never join again, and it allows a process only some 65,000: the
 * smaller blocks are moved this way so many times only, and copied from then on. */
static bool is_worth_moving(size_t bytes)
{
    static atomic_uint small_move_count;
    if (bytes >= MOVE_ALWAYS_BYTES)
        return true;
    return bytes >= HEAP_MOVE_MIN_BYTES &&
           atomic_fetch_add_explicit(&small_move_count, 1, memory_order_relaxed) < SMALL_MOVES_MAX;
}

/* A new place for the block; its pages move there where that is cheaper than copying. */
static void *move(unsigned domain, heap_place place, size_t bytes)
{
    heap_unit *unit = heap_place_header(place);
    char *old_start = heap_place_start(place);
    size_t kept_bytes = base_min(unit->large_bytes, bytes), unit_count = unit->unit_count;
    char *start = heap_large_take(domain, bytes, NULL);
    if (start == NULL)
        return NULL;
    if (is_worth_moving(kept_bytes) && os_move(old_start, start, kept_bytes) == 0) {
        size_t tail_bytes = (unit_count << HEAP_UNIT_SHIFT) - kept_bytes;
        bool is_clean = tail_bytes == 0 || os_purge(old_start + kept_bytes, tail_bytes) == 0;
        heap_range_put(place, unit_count, is_clean ? 0 : heap_all_pages());
    } else {
        memcpy(start, old_start, kept_bytes);
        heap_large_put(place);
    }
    return start;
}

void *heap_large_resize(unsigned domain, heap_place place, size_t bytes)
{
    heap_unit *unit = heap_place_header(place);
    if (bytes > HEAP_BLOCK_MAX_BYTES - HEAP_UNIT_BYTES)
        return NULL;
    bytes = base_round_up(bytes, heap_the_range.page_bytes);
    if (HEAP_IS_HOSTILE)
        return move(domain, place, bytes);
    if (bytes <= unit->large_bytes) {
        shrink_in_place(place, bytes);
        return heap_place_start(place);
    }
    if (heap_range_extend(place, unit_count_of(bytes), bytes))
        return heap_place_start(place);
    return move(domain, place, bytes);
}
