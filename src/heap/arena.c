/* arena.c: memory for slabs from a source that the program has set (PyObject_SetArenaAllocator).
 *
 *   what the source returns   |--|unit|unit|unit| ... |unit|--|      any alignment: the ends are lost
 *   an arena                  one region of that many units, its descriptors beside it, never in it
 *
 * An address finds its arena in two steps by its upper bits: a window as large as an arena meets two arenas at most. Slabs
 * go into the fullest arena that has room; one that is empty goes back to the source it came from, except one that is kept.
 * The source is called with no lock held, so it may allocate itself; slabs that it needs meanwhile come from the range.
 * Its memory is never purged: it may be pinned, shared or counted by whoever supplies it.
 * Owns: the source in force, arenas. Does not own: slabs (slab.c), the range's own memory. Read internal.h first. */
#include "heap/internal.h"

#define WINDOW_BITS_ALL (48 - HEAP_SEGMENT_SHIFT) /* of an address; arenas above are refused */
#define LEAF_BITS (WINDOW_BITS_ALL / 2)
#define ROOT_BITS (WINDOW_BITS_ALL - LEAF_BITS)
#define ARENA_PITCH_BYTES ((size_t)16 << 10) /* descriptors are aligned to it: a header finds its own */
#define ARENA_GROUP_COUNT 16                 /* descriptors reserved at a time */
#define EMPTY_LIST (HEAP_SEGMENT_UNITS + 1)
#define ROOM_LISTS (EMPTY_LIST + 1) /* arenas by the number of free units; the empty ones apart */

/* Equations: free_count = set bits of free_bits; on by_free[free_count], or [EMPTY_LIST] when all are free, unless leaving. */
typedef struct heap_arena {
    heap_unit units[HEAP_SEGMENT_UNITS]; /* first: headers begin at the descriptor */
    heap_region region;
    uint16_t bins[HEAP_SEGMENT_UNITS];
    uint64_t free_bits, dirty_bits;
    base_list all, room; /* on the list of all arenas; on that of its free_count, or of those that leave */
    const heap_arena_source *source;
    char *start; /* what the source returned */
    unsigned free_count;
} heap_arena;
_Static_assert(sizeof(heap_arena) <= ARENA_PITCH_BYTES, "a descriptor fits its place");

typedef struct window {
    heap_arena *_Atomic arenas[2];
} window;

atomic_bool heap_has_arenas;
static window *_Atomic roots[(size_t)1 << ROOT_BITS];
/* Below: under the range's lock. */
static base_list arenas = BASE_LIST_INIT(arenas), leaving = BASE_LIST_INIT(leaving), spare = BASE_LIST_INIT(spare);
static base_list by_free[ROOM_LISTS]; /* links zero until the first arena */
static atomic_size_t arena_count; /* changes under the range's lock */
static atomic_bool is_any_leaving;

/* The source in force. ------------------------------------------------------------------------------------------- */

typedef struct source_copy {
    heap_arena_source source; /* first */
    struct source_copy *next;
} source_copy;

static source_copy *source_copies;
static const heap_arena_source *_Atomic arena_source; /* NULL: the range's own memory */
static OS_THREAD_LOCAL bool is_calling_source;

static void *pages_alloc(void *ctx, size_t bytes)
{
    (void)ctx;
    bytes = base_round_up(bytes, os_page_bytes());
    void *start = os_reserve(bytes, os_page_bytes());
    if (start != NULL && os_commit(start, bytes) != 0) {
        os_release(start, bytes);
        return NULL;
    }
    return start;
}

static void pages_free(void *ctx, void *start, size_t bytes)
{
    (void)ctx;
    os_release(start, base_round_up(bytes, os_page_bytes()));
}

void heap_arena_source_get(heap_arena_source *source)
{
    const heap_arena_source *current = atomic_load_explicit(&arena_source, memory_order_acquire);
    *source = current != NULL ? *current : (heap_arena_source){NULL, pages_alloc, pages_free};
}

static bool is_same(const heap_arena_source *a, const heap_arena_source *b)
{
    return a->ctx == b->ctx && a->alloc == b->alloc && a->free == b->free;
}

int heap_arena_source_set(const heap_arena_source *source)
{
    if (heap_init() != 0)
        return -1;
    bool is_own = source->alloc == pages_alloc;
    os_lock_take(&heap_the_range.lock);
    source_copy *copy = source_copies;
    while (copy != NULL && !is_same(&copy->source, source))
        copy = copy->next;
    if (copy == NULL && !is_own && (copy = heap_meta_take(sizeof *copy)) != NULL) {
        *copy = (source_copy){*source, source_copies};
        source_copies = copy;
    }
    if (copy != NULL || is_own)
        atomic_store_explicit(&arena_source, is_own ? NULL : &copy->source, memory_order_release);
    os_lock_drop(&heap_the_range.lock);
    return copy != NULL || is_own ? 0 : -1;
}

bool heap_arena_is_wanted(unsigned bin)
{
    return heap_bin_domain(bin) != PYMM_DOMAIN_RAW && !is_calling_source &&
           atomic_load_explicit(&arena_source, memory_order_relaxed) != NULL;
}

/* From an address to its arena. ---------------------------------------------------------------------------------- */

static uintptr_t window_index(const void *address) { return (uintptr_t)address >> HEAP_SEGMENT_SHIFT; }

/* The window at an index, or NULL: none of its neighbours has met an arena yet (and, with is_new, there is no memory). */
static window *window_at(uintptr_t index, bool is_new)
{
    if (index >> WINDOW_BITS_ALL != 0)
        return NULL;
    window *_Atomic *root = &roots[index >> LEAF_BITS];
    window *leaf = atomic_load_explicit(root, memory_order_acquire);
    if (leaf == NULL && is_new) {
        leaf = pages_alloc(NULL, sizeof *leaf << LEAF_BITS);
        atomic_store_explicit(root, leaf, memory_order_release);
    }
    return leaf == NULL ? NULL : &leaf[index & (((uintptr_t)1 << LEAF_BITS) - 1)];
}

static bool has_address(const heap_arena *arena, const void *address)
{
    return (uintptr_t)address - arena->region.base < arena->region.fixed_count << HEAP_UNIT_SHIFT;
}

heap_region *heap_arena_region_of(const void *address)
{
    window *at = window_at(window_index(address), false);
    for (unsigned i = 0; at != NULL && i < PYMM_COUNT_OF(at->arenas); i++) {
        heap_arena *arena = atomic_load_explicit(&at->arenas[i], memory_order_acquire);
        if (arena != NULL && has_address(arena, address))
            return &arena->region;
    }
    return NULL;
}

static bool window_replace(uintptr_t index, heap_arena *old_arena, heap_arena *new_arena)
{
    window *at = window_at(index, new_arena != NULL);
    for (unsigned i = 0; at != NULL && i < PYMM_COUNT_OF(at->arenas); i++)
        if (atomic_load_explicit(&at->arenas[i], memory_order_relaxed) == old_arena) {
            atomic_store_explicit(&at->arenas[i], new_arena, memory_order_release);
            return true;
        }
    return false;
}

static void unmap(heap_arena *arena)
{
    uintptr_t first = window_index(arena->start), last = window_index(arena->start + HEAP_ARENA_BYTES - 1);
    for (uintptr_t index = first; index <= last; index++)
        window_replace(index, arena, NULL);
}

static bool map(heap_arena *arena)
{
    uintptr_t first = window_index(arena->start), last = window_index(arena->start + HEAP_ARENA_BYTES - 1);
    if (window_replace(first, NULL, arena) && (last == first || window_replace(last, NULL, arena)))
        return true;
    unmap(arena);
    return false;
}

static heap_arena *arena_of(heap_region *region) { return PYMM_CONTAINER_OF(region, heap_arena, region); }

heap_place heap_arena_place(heap_unit *unit)
{
    heap_arena *arena = (heap_arena *)((uintptr_t)unit & ~(uintptr_t)(ARENA_PITCH_BYTES - 1));
    return (heap_place){&arena->region, (size_t)(unit - arena->units)};
}

heap_region *heap_arena_next(heap_region *region)
{
    base_list *next = region == NULL ? arenas.next : arena_of(region)->all.next;
    return next == &arenas ? NULL : &PYMM_CONTAINER_OF(next, heap_arena, all)->region;
}

/* Taking and putting units. --------------------------------------------------------------------------------------- */

static bool is_empty(const heap_arena *arena) { return arena->free_count == arena->region.fixed_count; }

static void list_by_free(heap_arena *arena)
{
    arena->free_count = base_popcount64(arena->free_bits);
    base_list_remove(&arena->room);
    base_list_push_front(&by_free[is_empty(arena) ? EMPTY_LIST : arena->free_count], &arena->room);
}

/* First free run of `unit_count`, a power of two, aligned to it; its first unit, or SIZE_MAX. */
static size_t find_run(const heap_arena *arena, size_t unit_count)
{
    uint64_t run = base_mask64(0, (unsigned)unit_count);
    for (size_t unit = 0; unit + unit_count <= arena->region.fixed_count; unit += unit_count)
        if ((arena->free_bits >> unit & run) == run)
            return unit;
    return SIZE_MAX;
}

heap_place heap_arena_take(size_t unit_count)
{
    const heap_arena_source *source = atomic_load_explicit(&arena_source, memory_order_acquire);
    heap_place place = {NULL, 0};
    os_lock_take(&heap_the_range.lock);
    size_t arenas_there = atomic_load_explicit(&arena_count, memory_order_relaxed);
    for (size_t count = unit_count; count <= EMPTY_LIST && arenas_there > 0 && place.region == NULL; count++)
        for (base_list *link = by_free[count].next; link != &by_free[count]; link = link->next) {
            heap_arena *arena = PYMM_CONTAINER_OF(link, heap_arena, room);
            size_t unit = arena->source == source ? find_run(arena, unit_count) : SIZE_MAX;
            if (unit == SIZE_MAX)
                continue;
            arena->free_bits &= ~(base_mask64(0, (unsigned)unit_count) << unit);
            heap_the_range.used_units += unit_count;
            list_by_free(arena);
            place = (heap_place){&arena->region, unit};
            break;
        }
    os_lock_drop(&heap_the_range.lock);
    return place;
}

/* Out of sight: nothing finds it any more, and its memory is about to go back. */
static void arena_leave(heap_arena *arena)
{
    unmap(arena);
    base_list_remove(&arena->all);
    base_list_remove(&arena->room);
    base_list_push_back(&leaving, &arena->room);
    atomic_fetch_sub_explicit(&arena_count, 1, memory_order_relaxed);
    atomic_store_explicit(&is_any_leaving, true, memory_order_relaxed);
}

/* Let empty arenas leave, but for `keep_count` of them. */
static void empty_leave(unsigned keep_count)
{
    base_list *empty = &by_free[EMPTY_LIST];
    for (base_list *link = empty->next, *next; link != NULL && link != empty; link = next) {
        next = link->next;
        if (keep_count > 0)
            keep_count--;
        else
            arena_leave(PYMM_CONTAINER_OF(link, heap_arena, room));
    }
}

void heap_arena_put(heap_place place, size_t unit_count)
{
    heap_arena *arena = arena_of(place.region);
    os_lock_take(&heap_the_range.lock);
    heap_place_header(place)->resident = 0;
    arena->free_bits |= base_mask64(0, (unsigned)unit_count) << place.unit;
    heap_the_range.used_units -= unit_count;
    list_by_free(arena);
    if (is_empty(arena))
        empty_leave(1);
    os_lock_drop(&heap_the_range.lock);
}

/* Arenas come and go with no lock held. ---------------------------------------------------------------------------- */

static heap_arena *descriptor_take(void)
{
    if (base_list_is_empty(&spare)) {
        char *group = os_reserve(ARENA_GROUP_COUNT * ARENA_PITCH_BYTES, ARENA_PITCH_BYTES);
        if (group == NULL)
            return NULL;
        if (os_commit(group, ARENA_GROUP_COUNT * ARENA_PITCH_BYTES) != 0) {
            os_release(group, ARENA_GROUP_COUNT * ARENA_PITCH_BYTES);
            return NULL;
        }
        for (unsigned i = 0; i < ARENA_GROUP_COUNT; i++)
            base_list_push_back(&spare, &((heap_arena *)(void *)(group + i * ARENA_PITCH_BYTES))->room);
    }
    heap_arena *arena = PYMM_CONTAINER_OF(spare.next, heap_arena, room);
    base_list_remove(&arena->room);
    return arena;
}

static void arena_lay_out(heap_arena *arena, char *start, const heap_arena_source *source)
{
    uintptr_t base = base_round_up((uintptr_t)start, HEAP_UNIT_BYTES);
    size_t unit_count = ((uintptr_t)start + HEAP_ARENA_BYTES - base) >> HEAP_UNIT_SHIFT;
    memset(arena, 0, sizeof *arena);
    arena->region.base = base;
    arena->region.fixed_count = unit_count;
    arena->region.units = arena->units;
    arena->region.bins = arena->bins;
    arena->region.free_bits = &arena->free_bits;
    arena->region.dirty_bits = &arena->dirty_bits;
    atomic_store(&arena->region.segment_count, 1);
    atomic_store(&arena->region.committed_count, 1);
    arena->free_bits = base_mask64(0, (unsigned)unit_count);
    arena->start = start;
    arena->source = source;
    base_list_init(&arena->all);
    base_list_init(&arena->room);
}

static bool adopt(char *start, const heap_arena_source *source)
{
    if (by_free[0].next == NULL)
        for (unsigned i = 0; i < ROOM_LISTS; i++)
            base_list_init(&by_free[i]);
    heap_arena *arena = descriptor_take();
    if (arena == NULL)
        return false;
    arena_lay_out(arena, start, source);
    if (!map(arena)) {
        base_list_push_front(&spare, &arena->room);
        return false;
    }
    base_list_push_back(&arenas, &arena->all);
    list_by_free(arena);
    atomic_fetch_add_explicit(&arena_count, 1, memory_order_relaxed);
    atomic_store_explicit(&heap_has_arenas, true, memory_order_release);
    return true;
}

bool heap_arena_add(void)
{
    const heap_arena_source *source = atomic_load_explicit(&arena_source, memory_order_acquire);
    if (source == NULL)
        return true; /* set back meanwhile: the range serves again */
    is_calling_source = true;
    char *start = source->alloc(source->ctx, HEAP_ARENA_BYTES);
    is_calling_source = false;
    if (start == NULL)
        return false;
    os_lock_take(&heap_the_range.lock);
    bool is_adopted = adopt(start, source);
    os_lock_drop(&heap_the_range.lock);
    if (!is_adopted) {
        is_calling_source = true;
        source->free(source->ctx, start, HEAP_ARENA_BYTES);
        is_calling_source = false;
    }
    return is_adopted;
}

PYMM_COLD static void release_leaving(void)
{
    for (;;) {
        os_lock_take(&heap_the_range.lock);
        if (base_list_is_empty(&leaving)) {
            atomic_store_explicit(&is_any_leaving, false, memory_order_relaxed);
            os_lock_drop(&heap_the_range.lock);
            return;
        }
        heap_arena *arena = PYMM_CONTAINER_OF(leaving.next, heap_arena, room);
        const heap_arena_source *source = arena->source;
        char *start = arena->start;
        base_list_remove(&arena->room);
        base_list_push_front(&spare, &arena->room);
        os_lock_drop(&heap_the_range.lock);
        is_calling_source = true;
        source->free(source->ctx, start, HEAP_ARENA_BYTES);
        is_calling_source = false;
    }
}

void heap_arena_settle(void)
{
    if (PYMM_UNLIKELY(atomic_load_explicit(&is_any_leaving, memory_order_relaxed)) && !is_calling_source)
        release_leaving();
}

void heap_arena_give_back(void)
{
    os_lock_take(&heap_the_range.lock);
    empty_leave(0);
    os_lock_drop(&heap_the_range.lock);
    heap_arena_settle();
}

size_t heap_arena_count(size_t *bytes)
{
    size_t count = atomic_load_explicit(&arena_count, memory_order_relaxed);
    *bytes = count * HEAP_ARENA_BYTES;
    return count;
}
