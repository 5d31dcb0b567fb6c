/* trace.h: the one header of the room `trace`: which stack every live block was allocated by.
 *
 * Owns: records of traced blocks, interned stacks, traced memory and its peak, snapshots and what is computed from them.
 * Does not own: the tables that call it for every block (hook/trace.c), the names for hosts (pymm_trace.h, whose functions
 * that need no table are this room's).
 * A record is {size, stack}. That of a block of the heap lies beside the heap, at a place computed from the block's address
 * (shadow.c); all others are in a table (store.c). The hot paths below are for the first kind, one C frame, no extras.
 * Everything else is in trace/internal.h. Read docs/internals/trace.md first. */
#ifndef PYMM_TRACE_ROOM_H
#define PYMM_TRACE_ROOM_H

#include "heap/heap.h"
#include "os/os.h"
#include "pymm_trace.h"

/* Which of the tables allocated a block: raw, mem, obj with the numbers of enum pymm_domain, or PyTraceMalloc_Track. */
#define TRACE_TABLE_NONE 3

/* What is on. Threads look at it once a call; HELD is alone: somebody needs all records at rest. */
enum {
    TRACE_ON = 1,
    TRACE_FAST_ADD = 2,    /* one C frame a stack: the hot path may add */
    TRACE_FAST_REMOVE = 4, /* freed blocks are not kept: the hot path may remove */
    TRACE_FREED_KEPT = 8,
    TRACE_HELD = 16
};
extern atomic_uint trace_mode;

/* A record in one word: size 32 bits, table 2, stack 30. 0: not traced. */
#define TRACE_WORD_SIZE_MAX UINT32_MAX
#define TRACE_WORD_TABLE_SHIFT 32
#define TRACE_WORD_STACK_SHIFT 34

/* Words beside the first region, as far as it is in use: heap_record_at gives the index. */
typedef struct trace_shadow {
    atomic_size_t bytes; /* of the region that is covered, from its start; 0: none */
    _Atomic(uint64_t) *_Atomic words;
    atomic_size_t strays; /* records of covered blocks that are in the table all the same */
} trace_shadow;
extern trace_shadow trace_the_shadow;

/* Traced memory. One thread, the owner, counts without atomic operations; all others share a counter.
 *   traced = own + shared    peak = the largest sum that any of them saw, before and after each change */
typedef struct trace_counts {
    _Alignas(PYMM_CACHE_LINE_BYTES) _Atomic(int64_t) own;
    _Atomic(int64_t) own_peak;
    _Alignas(PYMM_CACHE_LINE_BYTES) _Atomic(int64_t) shared;
    _Atomic(int64_t) shared_peak;
} trace_counts;
extern trace_counts trace_the_counts;

typedef struct trace_caller {
    uintptr_t address;
    uint64_t stack_bits; /* stack << TRACE_WORD_STACK_SHIFT */
} trace_caller;

#define TRACE_CALLER_COUNT 256

/* The part of a thread's state that the hot paths use. */
typedef struct trace_thread {
    atomic_uint is_busy; /* between trace_enter and trace_leave: records and counters may disagree */
    bool is_owner;
    unsigned inside_count; /* in a call that is not to be traced */
    trace_caller callers[TRACE_CALLER_COUNT];
} trace_thread;
extern OS_THREAD_LOCAL trace_thread *trace_this_thread; /* NULL before its first slow call and after its end */

PYMM_INLINE trace_caller *trace_caller_of(trace_thread *thread, uintptr_t address)
{
    return &thread->callers[(address ^ address >> 8) % TRACE_CALLER_COUNT];
}

/* What trace_enter and trace_leave are on the hot path: os_barrier_all stands for the fence (world.c). */
PYMM_INLINE bool trace_enter_fast(trace_thread *thread, unsigned wanted)
{
    atomic_store_explicit(&thread->is_busy, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    return (atomic_load_explicit(&trace_mode, memory_order_acquire) & wanted) == wanted;
}

PYMM_INLINE void trace_leave(trace_thread *thread) { atomic_store_explicit(&thread->is_busy, 0, memory_order_release); }

/* Where the record of a block of the heap lies; NULL when it can only be in the table. */
PYMM_INLINE _Atomic(uint64_t) *trace_shadow_at(const void *block)
{
    size_t offset = (uintptr_t)block - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    if (PYMM_UNLIKELY(offset >= atomic_load_explicit(&trace_the_shadow.bytes, memory_order_acquire)))
        return NULL;
    return atomic_load_explicit(&trace_the_shadow.words, memory_order_relaxed) + heap_record_at(offset);
}

PYMM_INLINE void trace_count_own(int64_t change)
{
    trace_counts *counts = &trace_the_counts;
    int64_t own = atomic_load_explicit(&counts->own, memory_order_relaxed);
    int64_t shared = atomic_load_explicit(&counts->shared, memory_order_relaxed);
    int64_t highest = own + shared + (change > 0 ? change : 0);
    atomic_store_explicit(&counts->own, own + change, memory_order_relaxed);
    if (highest > atomic_load_explicit(&counts->own_peak, memory_order_relaxed))
        atomic_store_explicit(&counts->own_peak, highest, memory_order_relaxed);
}
void trace_count_shared(int64_t change);

PYMM_INLINE void trace_count(const trace_thread *thread, int64_t change)
{
    if (PYMM_LIKELY(thread->is_owner))
        trace_count_own(change);
    else
        trace_count_shared(change);
}

/* Of every block that a table gave out; is_direct: it came straight from the heap, so it starts a slot or a large block.
 * 0; -1 when there is no memory for the record, and then nothing is recorded. When nothing is traced: 0. */
int trace_add(unsigned table, bool is_direct, const void *block, size_t bytes, uintptr_t caller);
/* Before a block is freed. */
void trace_remove(bool is_direct, const void *block, uintptr_t caller);

/* The same for blocks that come straight from the heap. */
PYMM_INLINE int trace_add_fast(unsigned table, const void *block, size_t bytes, uintptr_t caller)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_UNLIKELY(thread == NULL || thread->inside_count != 0))
        return trace_add(table, true, block, bytes, caller);
    trace_caller *known = trace_caller_of(thread, caller);
    if (PYMM_LIKELY(trace_enter_fast(thread, TRACE_ON | TRACE_FAST_ADD) && known->address == caller)) {
        _Atomic(uint64_t) *word = trace_shadow_at(block);
        if (PYMM_LIKELY(word != NULL && bytes < TRACE_WORD_SIZE_MAX &&
                        (atomic_load_explicit(word, memory_order_relaxed) |
                         atomic_load_explicit(&trace_the_shadow.strays, memory_order_relaxed)) == 0)) {
            uint64_t record = known->stack_bits | (uint64_t)table << TRACE_WORD_TABLE_SHIFT | bytes;
            atomic_store_explicit(word, record, memory_order_relaxed);
            trace_count(thread, (int64_t)bytes);
            trace_leave(thread);
            return 0;
        }
    }
    trace_leave(thread);
    return trace_add(table, true, block, bytes, caller);
}

PYMM_INLINE void trace_remove_fast(const void *block, uintptr_t caller)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_LIKELY(thread != NULL && trace_enter_fast(thread, TRACE_ON | TRACE_FAST_REMOVE))) {
        _Atomic(uint64_t) *word = trace_shadow_at(block);
        uint64_t record = word == NULL ? 0 : atomic_load_explicit(word, memory_order_relaxed);
        if (PYMM_LIKELY(record != 0)) {
            atomic_store_explicit(word, 0, memory_order_relaxed);
            trace_count(thread, -(int64_t)(uint32_t)record);
            trace_leave(thread);
            return;
        }
    }
    if (thread != NULL)
        trace_leave(thread);
    trace_remove(true, block, caller);
}

/* A block changes its place or size. Between begin and end the old address may be given to another thread; the record
 * is out of the way, and counted. */
typedef struct trace_move {
    bool is_traced;
    bool is_direct;
    unsigned table;
    uint32_t stack;
    unsigned generation;
    const void *old_block;
    size_t bytes;
} trace_move;
/* 0; -1 when there is no memory for a new record: then the block must not be touched. */
int trace_move_begin(trace_move *move, unsigned table, bool is_direct, const void *block, size_t bytes, uintptr_t caller);
/* `block`: where it is now; NULL: the call failed and the old block lives on. */
void trace_move_end(trace_move *move, const void *block);
/* Calls in between are not to be traced: a table below may call another domain's. */
void trace_inside_begin(void);
void trace_inside_end(void);

/* PyTraceMalloc_Track and _Untrack; domain 0 is that of the tables. 0; -1 no memory; -2 nothing is traced. */
int trace_track(unsigned domain, uintptr_t address, size_t bytes, uintptr_t caller);
int trace_untrack(unsigned domain, uintptr_t address);

/* Start without the tables: records are kept from now on. 0; -1 no memory, or frame_count not in [1, 65535]. */
int trace_start(unsigned frame_count);
void trace_stop(void);
bool trace_is_on(void);

/* Whether frees are remembered, a bounded number of them, so that a report can say where a block was freed. Costs time at
 * each free; debug hooks ask for it. Lasts until trace_stop. */
void trace_freed_keep(void);

/* For reports on a block, `block` as the program knows it: nothing when nothing is known; otherwise
 *     Memory block allocated at (most recent call first):
 *       File "x.c", line 13
 *     <blank>
 * and, where `with_freed`, the same for "freed at" when it is among the last freed ones. Who reports while a block is being
 * freed leaves that out: this very call may be recorded as its end already. Returns whether anything was written.
 * `domain` is PYMM_DOMAIN_RAW, _MEM or _OBJ; the address alone decides, since these share domain 0 of tracing. */
bool trace_block_write(base_out *out, unsigned domain, const void *block, bool with_freed);
#endif
