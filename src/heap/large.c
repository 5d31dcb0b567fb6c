/* large.c: blocks over 32 KiB: runs of units that begin at a unit, sized in whole pages, grown in place or by moving pages.
 *
 * Only the pages a block needs are ever touched: the rest of its last unit costs address space, not memory.
 * Owns: heap_unit of kind LARGE. Does not own: which units are free (range.c). Read internal.h first. */
#include "heap/internal.h"

#define MOVE_ALWAYS_BYTES ((size_t)32 << 20)
#define SMALL_MOVES_MAX 8000

static size_t unit_count_of(size_t bytes) { return (bytes + HEAP_UNIT_BYTES - 1) >> HEAP_UNIT_SHIFT; }

/* The part of a block that whole huge pages can back, from `from_bytes` on. A block that asks for zeros gets none: it may
 * well be sparse. When the block ends or moves the advice is taken back, as single pages are given back there. */
static void advise_huge(heap_place place, size_t from_bytes, size_t bytes, bool is_huge)
{
    size_t first = from_bytes & ~(OS_HUGE_PAGE_BYTES - 1), end = bytes & ~(OS_HUGE_PAGE_BYTES - 1);
    if (bytes >= HEAP_HUGE_BYTES && end > first)
        os_advise_huge(heap_place_start(place) + first, end - first, is_huge);
}

/* The rest of a block's last unit holds nothing, ever: no memory where the system takes it back, zeros where it does not. */
static void clear_tail(char *start, size_t bytes)
{
    if (bytes > 0 && os_purge(start, bytes) != 0)
        memset(start, 0, bytes);
}

/* The same for a last unit just taken, in which these pages may be in memory. */
static void clear_taken_tail(heap_place place, size_t bytes, uint16_t last_resident)
{
    size_t tail_bytes = (unit_count_of(bytes) << HEAP_UNIT_SHIFT) - bytes;
    size_t tail_pages = tail_bytes >> heap_the_range.page_shift;
    if (last_resident >> (heap_the_range.pages_per_unit - tail_pages) != 0)
        clear_tail(heap_place_start(place) + bytes, tail_bytes);
}

/* Zeros are written where every page is in memory already; where some are not, all of them go back rather than come in. */
static void make_zero(char *start, size_t bytes, size_t warm_pages)
{
    if (warm_pages >= bytes >> heap_the_range.page_shift || os_purge(start, bytes) != 0)
        memset(start, 0, bytes);
}

static void *take(unsigned domain, size_t bytes, bool is_zeroed, bool is_growing, size_t *warm_pages)
{
    if (bytes > HEAP_BLOCK_MAX_BYTES - HEAP_UNIT_BYTES || heap_init() != 0)
        return NULL;
    bytes = base_round_up(bytes, heap_the_range.page_bytes);
    size_t unit_count = unit_count_of(bytes);
    heap_warmth warmth;
    heap_place place = heap_range_take_large(unit_count, bytes, is_growing, domain, &warmth);
    if (place.region == NULL)
        return NULL;
    heap_pages_balance(true);
    *warm_pages = warmth.page_count;
    char *start = heap_place_start(place);
    clear_taken_tail(place, heap_place_header(place)->large_bytes, warmth.last_resident);
    if (!is_zeroed)
        advise_huge(place, 0, bytes, true);
    else if (warmth.page_count > 0)
        make_zero(start, bytes, warmth.page_count);
    return start;
}

void *heap_large_take(unsigned domain, size_t bytes, bool is_zeroed)
{
    size_t warm_pages;
    return take(domain, bytes, is_zeroed, false, &warm_pages);
}

void heap_large_put(heap_place place)
{
    advise_huge(place, 0, heap_place_header(place)->large_bytes, false);
    heap_range_put_large(place, false);
    heap_pages_balance(false);
}

static void shrink_in_place(heap_place place, size_t bytes)
{
    heap_unit *unit = heap_place_header(place);
    advise_huge(place, base_round_up(bytes, OS_HUGE_PAGE_BYTES), unit->large_bytes, false);
    size_t unit_count = unit_count_of(bytes);
    size_t old_end_bytes = base_min(unit->large_bytes, unit_count << HEAP_UNIT_SHIFT);
    if (old_end_bytes > bytes)
        clear_tail(heap_place_start(place) + bytes, old_end_bytes - bytes);
    heap_range_trim(place, unit_count, bytes);
    heap_pages_balance(false);
}

/* Each move leaves the system up to two mappings that never join again, and it allows a process only some 65,000: the
 * smaller blocks are moved this way so many times only, and copied from then on. Where the new place is in memory already,
 * copying is cheaper: the pages that a move takes along are missed, and faulted in again, where they were. */
static bool is_worth_moving(size_t bytes, size_t warm_pages)
{
    static atomic_uint small_move_count;
    if (warm_pages > (bytes >> heap_the_range.page_shift) / 2 && !HEAP_IS_HOSTILE)
        return false;
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
    size_t old_bytes = unit->large_bytes, kept_bytes = base_min(old_bytes, bytes);
    size_t warm_pages = 0;
    char *start = take(domain, bytes, false, bytes > old_bytes, &warm_pages);
    if (start == NULL)
        return NULL;
    bool has_moved = is_worth_moving(kept_bytes, warm_pages) && os_move(old_start, start, kept_bytes) == 0;
    if (!has_moved)
        memcpy(start, old_start, kept_bytes);
    if (has_moved)
        clear_tail(old_start + kept_bytes, old_bytes - kept_bytes);
    advise_huge(place, 0, old_bytes, false);
    heap_range_put_large(place, has_moved);
    heap_pages_balance(false);
    return start;
}

bool heap_large_fit(heap_place place, size_t bytes)
{
    heap_unit *unit = heap_place_header(place);
    size_t old_bytes = unit->large_bytes;
    if (HEAP_IS_HOSTILE || bytes > HEAP_BLOCK_MAX_BYTES - HEAP_UNIT_BYTES)
        return false;
    bytes = base_round_up(bytes, heap_the_range.page_bytes);
    if (bytes <= old_bytes) {
        if (unit_count_of(bytes) != unit->unit_count || old_bytes - bytes > bytes / HEAP_REST_SHARE)
            shrink_in_place(place, bytes);
        return true;
    }
    uint16_t last_resident;
    if (!heap_range_extend(place, unit_count_of(bytes), bytes, &last_resident))
        return false;
    clear_taken_tail(place, unit->large_bytes, last_resident);
    advise_huge(place, old_bytes, bytes, true);
    return true;
}

void *heap_large_resize(unsigned domain, heap_place place, size_t bytes)
{
    if (heap_large_fit(place, bytes))
        return heap_place_start(place);
    if (bytes > HEAP_BLOCK_MAX_BYTES - HEAP_UNIT_BYTES)
        return NULL;
    return move(domain, place, base_round_up(bytes, heap_the_range.page_bytes));
}
