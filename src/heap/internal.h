/* internal.h: the structures of the room `heap`, shared by its files only.
 *
 *   region   address space reserved once: [ segments of 1 MiB ][ unit headers ][ bin map ][ free bits ][ dirty bits ]
 *   segment  64 units; the granule of commitment; one word of free bits, one of dirty bits
 *   unit     16 KiB: of a slab, of a large block, or free; its header is beside it, never in it; all zero: free, clean
 *   slab     one unit, or four for slots over 1 KiB, cut into slots of one bin; free slots are bits: they touch no memory
 *   shard    the slabs that have one lock in common; threads share shard 0 until they contend
 *
 * Locks, in the order they are taken: threads, shards (by index), range, meta. A cache belongs to its thread.
 * Read heap.h first; then slab.c, range.c, cache.c. */
#ifndef PYMM_HEAP_INTERNAL_H
#define PYMM_HEAP_INTERNAL_H

#include "heap/heap.h"

/* Configuration; the hostile build shrinks everything so that every boundary is met all the time. */
#define HEAP_UNIT_BYTES ((size_t)1 << HEAP_UNIT_SHIFT)
#define HEAP_SEGMENT_UNITS 64
#define HEAP_SEGMENT_SHIFT (HEAP_UNIT_SHIFT + 6)
#define HEAP_SEGMENT_BYTES ((size_t)1 << HEAP_SEGMENT_SHIFT)
#define HEAP_SLAB_BYTES_MAX ((size_t)64 << 10)
#define HEAP_SLAB_PAGES_MAX 16
#define HEAP_SLOTS_LIMIT 512 /* bits in a header: with 16-byte slots a slab uses half of its unit */
#define HEAP_INLINE_PAGES 4
#define HEAP_REST_SHARE 4 /* a large block may have this share more than was asked for, in its last unit */
#define HEAP_HUGE_BYTES (2 * OS_HUGE_PAGE_BYTES) /* large blocks from this size on may have huge pages */
#define HEAP_SHARDS_MAX 17
#define HEAP_SHARD_SAMPLED (HEAP_SHARDS_MAX - 1) /* its slabs lie in sampled regions, and no others do */
#define HEAP_REGIONS_MAX 64
#define HEAP_BLOCK_MAX_BYTES ((size_t)PTRDIFF_MAX)
#ifdef PYMM_HOSTILE
#define HEAP_IS_HOSTILE 1
#define HEAP_SLOTS_MAX 2
#define HEAP_MAGAZINE_MAX 3
#define HEAP_MAGAZINE_MIN 1
#define HEAP_DIRTY_MIN_BYTES 0
#define HEAP_COMMIT_SEGMENTS_MIN 1
#define HEAP_MOVE_MIN_BYTES ((size_t)64 << 10)
#define HEAP_TICK_CALLS 16
#else
#define HEAP_IS_HOSTILE 0
#define HEAP_SLOTS_MAX HEAP_SLOTS_LIMIT
#define HEAP_MAGAZINE_MAX 63
#define HEAP_MAGAZINE_MIN 7
#define HEAP_DIRTY_MIN_BYTES ((size_t)512 << 10)
#define HEAP_COMMIT_SEGMENTS_MIN 8
#define HEAP_MOVE_MIN_BYTES ((size_t)128 << 10)
#define HEAP_TICK_CALLS 256
#endif
#define HEAP_DIRTY_SHARE 64 /* dirty pages stay below live pages / this (and HEAP_DIRTY_MIN_BYTES) */

typedef struct heap_class {
    uint32_t slot_bytes;
    uint32_t reciprocal; /* slot index = offset * reciprocal >> 32, exact below 64 KiB */
    uint16_t slot_count; /* slots in a slab */
    uint16_t magazine_max;
    uint8_t unit_count;   /* units in a slab, a power of two; a slab is aligned to its size */
    uint8_t page_count;
    uint8_t bitmap_words;
} heap_class;
extern heap_class heap_classes[HEAP_CLASS_COUNT]; /* filled by heap_init */
void heap_class_init(void);

PYMM_INLINE unsigned heap_bin_class(unsigned bin) { return (bin - 1) % HEAP_CLASS_COUNT; }

enum heap_unit_kind { HEAP_UNIT_FREE = 0, HEAP_UNIT_SLAB = 1, HEAP_UNIT_LARGE = 2 };

/* Header of a unit. A slab or large block uses that of its first unit. Equations for a slab:
 *   free_count = set bits of free_bits
 *   live[k]    = slots not free that overlap page k; live[k] > 0 implies bit k of resident
 *   on its shard's partial list iff free_count > 0; on the dirty list only while it may have a resident page with live 0 */
typedef struct heap_unit {
    uint16_t bin;
    uint8_t kind; /* FREE in every unit that is not the first of a slab or a large block */
    uint8_t shard;
    uint16_t free_count;
    uint16_t resident;   /* bit k: page k may be in memory (slabs, and free units) */
    uint16_t open_pages; /* bit k clear: no free slot starts in page k */
    uint8_t size_class;  /* of bin */
    bool is_fixed;       /* a slab in an arena: its pages stay, and are not counted */
    bool is_sampled;     /* of a large block: a sampler wants to hear of it */
    uint16_t live[HEAP_INLINE_PAGES];
    union {
        struct {
            base_list partial, dirty;
        };
        struct {
            size_t large_bytes; /* usable bytes, whole pages */
            uint32_t unit_count;
            uint32_t domain;
        };
    };
    _Alignas(PYMM_CACHE_LINE_BYTES) uint64_t free_bits[HEAP_SLOTS_LIMIT / 64]; /* slab: a set bit is a free slot; live counts
                                                                                * of a slab of many pages lie behind them */
} heap_unit;
_Static_assert(sizeof(heap_unit) == 2 * PYMM_CACHE_LINE_BYTES, "a header is two cache lines, one of them the bits");

PYMM_INLINE const heap_class *heap_unit_class(const heap_unit *unit) { return &heap_classes[unit->size_class]; }
PYMM_INLINE uint16_t *heap_unit_live(heap_unit *unit, const heap_class *class)
{
    return class->page_count <= HEAP_INLINE_PAGES ? unit->live : (uint16_t *)(unit->free_bits + class->bitmap_words);
}

/* An array in reserved space, committed as far as it is used. */
typedef struct heap_array {
    char *start;
    size_t committed_bytes, reserved_bytes;
} heap_array;

typedef struct heap_region {
    uintptr_t base;         /* of the first segment */
    atomic_size_t segment_count;   /* reserved */
    atomic_size_t committed_count; /* segments committed so far: those below it may be used */
    size_t search_hint;     /* no segment below it has a free unit */
    size_t fixed_count;     /* of an arena: all its units; 0 in a region of the range */
    bool is_sampled;        /* its slabs hold sampled blocks, and it holds nothing else */
    heap_unit *units;
    uint16_t *bins;
    uint64_t *free_bits;  /* one word a segment, bit u: unit u is free */
    uint64_t *dirty_bits; /* subset of free_bits: the free unit has resident pages */
    heap_array data, unit_array, bin_array, free_array, dirty_array;
} heap_region;

/* Pages that one lock guards; published to heap_the_pages after each batch. */
typedef struct heap_page_counts {
    size_t resident; /* may be in memory */
    size_t dirty;    /* of these, without a live block */
    size_t faulted;  /* became resident, cumulative */
} heap_page_counts;

/* The range: all regions, one lock. */
typedef struct heap_range {
    os_lock lock;
    atomic_size_t region_count;
    heap_region regions[HEAP_REGIONS_MAX];
    size_t page_bytes, page_shift, pages_per_unit;
    heap_page_counts pages;   /* of free units (all dirty) and of large blocks */
    heap_page_counts published;
    size_t used_units;        /* units that are not free */
    atomic_size_t returned_pages;
} heap_range;
extern heap_range heap_the_range;

typedef struct heap_shard {
    os_lock lock;
    bool is_ready;
    uint8_t index;
    atomic_uint thread_count; /* that take slots from it */
    heap_page_counts pages; /* of its slabs */
    heap_page_counts published;
    base_list dirty;       /* slabs with such pages, oldest first */
    uint16_t loan_bytes[HEAP_BIN_COUNT]; /* lost so far by slots that a bin without slabs took from larger ones */
    uint8_t open_count[HEAP_BIN_COUNT]; /* slabs ever opened, as far as POPULATE_FROM_COUNT */
    base_list partial[HEAP_BIN_COUNT]; /* slabs with free slots; refills take from the front */
} heap_shard;
extern heap_shard heap_shards[HEAP_SHARDS_MAX];

/* pages.c: how many pages the heap holds, how many of them nobody uses, and how many of those it may keep. */
typedef struct heap_pages {
    atomic_size_t resident; /* published by the shards and the range after each batch */
    atomic_size_t dirty;
    atomic_size_t faulted;  /* pages that became resident, cumulative */
    atomic_size_t peak;
    atomic_size_t next_trim; /* resident pages at which some go back again to keep the peak low */
    atomic_size_t slack;    /* dirty pages kept beyond the base, because giving them back was regretted */
    atomic_size_t regretted; /* faulted - peak at the last decision */
    _Atomic uint64_t regret_time_ns;
} heap_pages;
extern heap_pages heap_the_pages;
void heap_pages_publish(const heap_page_counts *now, heap_page_counts *published);
/* After a batch, with no lock held: give back what should go, because more became free or because the heap grew. */
void heap_pages_balance(bool is_growing);
size_t heap_pages_give_back(size_t page_count);
void heap_pages_tick(void);

/* Units: where a unit and its header are. */
typedef struct heap_place {
    heap_region *region;
    size_t unit; /* index in the region */
} heap_place;

PYMM_INLINE heap_unit *heap_place_header(heap_place place) { return &place.region->units[place.unit]; }
PYMM_INLINE char *heap_place_start(heap_place place)
{
    return (char *)(place.region->base + (place.unit << HEAP_UNIT_SHIFT));
}
extern atomic_bool heap_has_arenas; /* there was one, ever */
heap_region *heap_arena_region_of(const void *address);
/* The region that holds an address, or NULL for a foreign one. */
PYMM_INLINE heap_region *heap_region_of(const void *address)
{
    heap_range *range = &heap_the_range;
    size_t region_count = atomic_load_explicit(&range->region_count, memory_order_acquire);
    for (size_t i = 0; i < region_count; i++)
        if ((uintptr_t)address - range->regions[i].base <
            atomic_load_explicit(&range->regions[i].segment_count, memory_order_relaxed) * HEAP_SEGMENT_BYTES)
            return &range->regions[i];
    return PYMM_UNLIKELY(atomic_load_explicit(&heap_has_arenas, memory_order_relaxed)) ? heap_arena_region_of(address) : NULL;
}
PYMM_INLINE heap_place heap_place_of(heap_region *region, const void *address)
{
    return (heap_place){region, ((uintptr_t)address - region->base) >> HEAP_UNIT_SHIFT};
}

/* The slab in which an address lies, known to be in one. */
PYMM_INLINE heap_place heap_slab_place(heap_region *region, const void *address)
{
    heap_place place = heap_place_of(region, address);
    size_t unit_count = heap_classes[heap_bin_class(region->bins[place.unit])].unit_count;
    place.unit &= ~(unit_count - 1);
    return place;
}

/* range.c, region.c: units. All take the range lock themselves unless they end in _locked. */
int heap_range_init(void);
bool heap_region_add_locked(size_t units_min, bool is_sampled);
bool heap_region_commit_locked(heap_region *region, size_t segment_count);
/* What a run of free units still has in memory. */
typedef struct heap_warmth {
    size_t page_count;      /* pages of all its units that may be in memory and hold anything; 0: all reads as zero */
    uint16_t resident;      /* which of its first 16 pages those are */
    uint16_t last_resident; /* which pages of the last unit */
} heap_warmth;
/* A free run of units for a slab, aligned to its size, a power of two; region NULL when there is no memory. */
heap_place heap_range_take(size_t unit_count, bool is_sampled, heap_warmth *warmth);
/* The same for a large block of `domain`, which it becomes, header and all; one that is growing may get more bytes. */
heap_place heap_range_take_large(size_t unit_count, size_t large_bytes, bool is_growing, unsigned domain, heap_warmth *warmth);
/* Let a large block have units right behind it, and maybe more bytes; false when they are not all free. `last_resident`: pages
 * of a new last unit that may be in memory, as those of heap_warmth. */
bool heap_range_extend(heap_place place, size_t unit_count, size_t large_bytes, uint16_t *last_resident);
/* Cut a large block down to its first units (it may keep all) and bytes. */
void heap_range_trim(heap_place place, size_t unit_count, size_t large_bytes);
/* Free the units of a closed slab; `resident`: the pages it may have in memory. */
void heap_range_put(heap_place place, size_t unit_count, uint16_t resident);
/* Free a large block's units; when its pages have moved elsewhere, nothing of it is in memory. */
void heap_range_put_large(heap_place place, bool has_moved);
PYMM_INLINE uint16_t heap_all_pages(void)
{
    return (uint16_t)base_mask64(0, (unsigned)heap_the_range.pages_per_unit);
}
/* Give back dirty free units, about `page_count` pages of them. Returns how many. */
size_t heap_range_purge_locked(size_t page_count);

/* arena.c: memory from a source of the program's. */
bool heap_arena_is_wanted(unsigned bin); /* have slabs of this bin to lie in arenas, for this thread, now? */
heap_place heap_arena_take(size_t unit_count); /* units for a slab; region NULL when no arena has room */
void heap_arena_put(heap_place place, size_t unit_count);
/* The following three call the source: with no lock held. */
bool heap_arena_add(void);       /* false: the source gives nothing */
void heap_arena_settle(void);    /* let empty arenas go back that wait for it */
void heap_arena_give_back(void); /* all empty ones */
heap_place heap_arena_place(heap_unit *unit);
heap_region *heap_arena_next(heap_region *region); /* NULL: the first one, and behind the last */
size_t heap_arena_count(size_t *bytes);

/* slab.c: one slab. The shard's lock is held. */
void heap_slab_open(heap_shard *shard, heap_place place, unsigned bin, uint16_t resident);
void heap_slab_close(heap_shard *shard, heap_unit *unit);
/* Writes slots downwards from `slots_end`, so that in memory the highest address comes first. Returns how many. */
unsigned heap_slab_take(heap_shard *shard, heap_place place, void **slots_end, unsigned want_count);
/* Puts those of the first slots back that lie in this slab, one after the other; returns how many it went over. What is no
 * slot, or free already, is refused with a line on stderr. */
size_t heap_slab_put(heap_shard *shard, heap_place place, void **slots, size_t slot_count);
/* Pages on their way back, many in one call. They count as given back as soon as they are here; what the system would not
 * take counts again after the flush. Begins with both counts 0; one shard's. */
typedef struct heap_purge {
    os_span spans[OS_PURGE_MAX];
    heap_unit *units[OS_PURGE_MAX];
    uint16_t pages[OS_PURGE_MAX];
    size_t count;          /* spans that wait */
    size_t returned_pages; /* waiting ones included */
} heap_purge;
/* The dirty pages of a slab, which leaves the dirty list in any case: a page that the system would not take is tried again
 * when the next one of this slab becomes dirty. */
void heap_slab_purge(heap_shard *shard, heap_place place, heap_purge *purge);
void heap_purge_flush(heap_shard *shard, heap_purge *purge);
/* May a slot be had without a page fault? */
PYMM_INLINE bool heap_slab_is_warm(const heap_unit *unit) { return (unit->open_pages & unit->resident) != 0; }
PYMM_INLINE bool heap_slab_bit(const heap_unit *unit, unsigned slot)
{
    return (unit->free_bits[slot / 64] >> (slot % 64)) & 1u;
}
heap_place heap_unit_place(heap_unit *unit);

/* shard.c: batches of slots under a shard's lock. */
void heap_shard_init(unsigned index);
unsigned heap_shard_take(heap_shard *shard, unsigned bin, void **slots_end, unsigned want_count);
void heap_shard_put(void **slots, size_t slot_count);
size_t heap_shard_purge_locked(heap_shard *shard, size_t page_count);
void heap_shard_retire_locked(heap_shard *shard); /* also the last empty slabs of its bins */
void heap_shard_publish(heap_shard *shard);

/* cache.c: threads. */
typedef struct heap_thread {
    heap_cache cache; /* first: heap_cache_get() points here */
    base_list link;   /* on the list of all caches, or of spare ones */
    heap_shard *shard;
    unsigned contended_count, slow_calls; /* refills that found the shard's lock taken, all calls of the slow ways */
    uint8_t capacity_log2[HEAP_BIN_COUNT]; /* array of a magazine has 1 << this words; 0: none yet */
    uint8_t seen_count[HEAP_BIN_COUNT];    /* slots at the last tick */
    uint8_t slow_count[HEAP_BIN_COUNT];    /* refills and overflows; every few of them a magazine grows */
} heap_thread;
extern os_lock heap_threads_lock;
extern base_list heap_threads;
size_t heap_threads_count(void);
heap_thread *heap_cache_own(void); /* the calling thread's, or NULL */
void heap_cache_init(void);
void *heap_cache_refill(unsigned bin);
void heap_cache_overflow(unsigned bin, void *block);
size_t heap_magazine_count(const heap_thread *thread, unsigned bin);
void heap_thread_flush(heap_thread *thread);
void heap_threads_reclaim_after_fork(void);

/* meta.c; taking and putting are in heap.h. */
size_t heap_meta_resident_bytes(void);
extern os_lock heap_meta_lock;

/* large.c: blocks over HEAP_SMALL_MAX_BYTES. */
void *heap_large_take(unsigned domain, size_t bytes, bool is_zeroed);
void heap_large_put(heap_place place);
void *heap_large_resize(unsigned domain, heap_place place, size_t bytes); /* to another large size */
bool heap_large_fit(heap_place place, size_t bytes);                      /* the same where it is; false: it cannot be */

/* sampled.c */
/* Slots of sampled blocks that are free, and not so in their slabs. Under the lock of the sampled shard. */
typedef struct heap_spares {
    void *slots[3];
    size_t count;
} heap_spares;
const heap_spares *heap_sampled_spares(unsigned bin);
void heap_sampled_flush(void); /* all spares back into their slabs */
bool heap_place_is_sampled(heap_place place); /* of a slab, or the first unit of a large block */
void heap_sampled_put(heap_place place, void *block); /* tell the sampler, and free it */
void *heap_sampled_realloc(unsigned domain, void *block, size_t bytes);

/* check.c */
bool heap_slab_is_sound(heap_place place); /* of one slab: all but its place on lists; its shard's lock is held */

/* visit.c: the heap at rest, with cached slots shown as free. */
typedef struct heap_visit {
    void **slots; /* slots of magazines, marked free in their slabs meanwhile */
    size_t slot_count, mapped_bytes;
} heap_visit;
bool heap_visit_begin(heap_visit *visit); /* takes all locks; false: no memory for the visit, nothing is locked */
void heap_visit_end(heap_visit *visit);
/* Next unit at or behind *place that is a slab or begins a large block; false at the end. */
bool heap_visit_next(heap_place *place);
PYMM_INLINE bool heap_place_is_committed(heap_place place)
{
    size_t fixed_count = place.region->fixed_count;
    size_t committed_count = atomic_load_explicit(&place.region->committed_count, memory_order_acquire);
    return place.unit < (fixed_count != 0 ? fixed_count : committed_count * HEAP_SEGMENT_UNITS);
}
/* Units that are free from here on, as far as the segment goes: their headers may not be in memory, and have nothing to say. */
PYMM_INLINE size_t heap_free_units(heap_place place)
{
    uint64_t used = ~(place.region->free_bits[place.unit / HEAP_SEGMENT_UNITS] >> (place.unit % HEAP_SEGMENT_UNITS));
    return used == 0 ? HEAP_SEGMENT_UNITS : base_ctz64(used);
}
/* All regions and arenas, one after the other: the first for NULL, NULL behind the last. The range's lock is held. */
heap_region *heap_region_next(heap_region *region);

/* heap.c */
bool heap_fits_in_place(size_t usable_bytes, size_t bytes);
PYMM_COLD void heap_misuse(const char *what, const void *block);
/* stats_print.c: a label and bytes for a person, without the end of the line */
void heap_print_bytes(base_out *out, const char *label, size_t bytes);
/* fork.c: all locks of the room, for fork, checks, walks and snapshots. */
void heap_lock_all(void);
void heap_unlock_all(void);
int heap_fork_init(void);
#endif
