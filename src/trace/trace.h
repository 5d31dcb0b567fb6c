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

/* What is on; HELD is alone: somebody needs all records at rest. */
enum { TRACE_ON = 1, TRACE_FREED_KEPT = 2, TRACE_HELD = 4 };

/* A record in one word: size 15 bits, stack 17; the table is the domain of the slab. 0: not traced. */
typedef uint32_t trace_word;
#define TRACE_WORD_STACK_SHIFT 15
#define TRACE_WORD_SIZE_MAX (((uint32_t)1 << TRACE_WORD_STACK_SHIFT) - 1)
#define TRACE_WORD_STACK_MAX (UINT32_MAX >> TRACE_WORD_STACK_SHIFT)

/* Which word belongs to an offset in the region. Of each MiB first come the words of all offsets that are multiples of 64:
 * many slots have sizes that are, or two of them make one, and so their words share cache lines. */
PYMM_INLINE size_t trace_word_at(size_t offset)
{
    size_t place = offset >> HEAP_ALIGN_SHIFT;
    uint16_t in_piece = (uint16_t)place;
    return (place & ~(size_t)UINT16_MAX) | (uint16_t)(in_piece >> 2 | in_piece << 14);
}

typedef struct trace_caller {
    uintptr_t address;
    trace_word stack_bits; /* stack << TRACE_WORD_STACK_SHIFT */
} trace_caller;

#define TRACE_CALLER_COUNT 512

/* The part of a thread's state that the hot paths use. Other threads change it only while the world is held. */
typedef struct trace_thread {
    atomic_uint is_busy;         /* between enter and leave: records and counters may disagree */
    atomic_size_t covered_bytes; /* of the first region, from its start: has words that the hot paths may use; 0: none */
    uintptr_t region;
    _Atomic(trace_word) *words;  /* one for every 16 bytes of the region */
    int64_t headroom;            /* bytes that may be allocated before somebody has to be asked (peak.c); < 0: ask */
    trace_caller callers[TRACE_CALLER_COUNT];
} trace_thread;
extern OS_THREAD_LOCAL trace_thread *trace_this_thread; /* NULL: the hot paths do not know; so in a call that is not traced */

PYMM_INLINE trace_caller *trace_caller_of(trace_thread *thread, uintptr_t address)
{
    return &thread->callers[address % TRACE_CALLER_COUNT];
}

/* The hot paths begin so: os_barrier_all stands for the fence (world.c). */
PYMM_INLINE void trace_enter_fast(trace_thread *thread)
{
    atomic_store_explicit(&thread->is_busy, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

PYMM_INLINE void trace_leave(trace_thread *thread) { atomic_store_explicit(&thread->is_busy, 0, memory_order_release); }

/* Of every block that a table gave out. 0; -1 when there is no memory for the record, and then nothing is recorded. When nothing is traced: 0. */
int trace_add(unsigned table, const void *block, size_t bytes, uintptr_t caller);
/* Before a block is freed. */
void trace_remove(const void *block, uintptr_t caller);
/* The thread's headroom is negative. Called between enter and leave, which it does itself. */
PYMM_NOINLINE void trace_leave_settled(trace_thread *thread);

/* How a hot path ended. They call nothing, so that a table's function that ends in a call of its slow way needs no frame. */
enum trace_fast {
    TRACE_DONE,
    TRACE_NEGATIVE, /* done, and the thread's headroom is: trace_leave_settled(trace_this_thread) has to follow */
    TRACE_REFUSED   /* nothing has happened: trace_add, trace_remove know what to do */
};

PYMM_INLINE enum trace_fast trace_leave_fast(trace_thread *thread)
{
    if (PYMM_UNLIKELY(thread->headroom < 0))
        return TRACE_NEGATIVE;
    trace_leave(thread);
    return TRACE_DONE;
}

/* trace_add of a block in a slab of the table's domain; bytes <= TRACE_WORD_SIZE_MAX. */
PYMM_INLINE enum trace_fast trace_add_fast(const void *block, size_t bytes, uintptr_t caller)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_UNLIKELY(thread == NULL))
        return TRACE_REFUSED;
    const trace_caller *known = trace_caller_of(thread, caller);
    trace_enter_fast(thread);
    size_t offset = (uintptr_t)block - thread->region;
    if (PYMM_UNLIKELY(offset >= atomic_load_explicit(&thread->covered_bytes, memory_order_relaxed) ||
                      known->address != caller)) {
        trace_leave(thread);
        return TRACE_REFUSED;
    }
    _Atomic(trace_word) *word = &thread->words[trace_word_at(offset)];
    /* There is a record already when the block was freed behind tracing's back. */
    int64_t replaced = (int64_t)(atomic_load_explicit(word, memory_order_relaxed) & TRACE_WORD_SIZE_MAX);
    atomic_store_explicit(word, known->stack_bits | (trace_word)bytes, memory_order_relaxed);
    thread->headroom -= (int64_t)bytes - replaced;
    return trace_leave_fast(thread);
}

PYMM_INLINE enum trace_fast trace_remove_fast(const void *block)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_UNLIKELY(thread == NULL))
        return TRACE_REFUSED;
    trace_enter_fast(thread);
    size_t offset = (uintptr_t)block - thread->region;
    if (PYMM_LIKELY(offset < atomic_load_explicit(&thread->covered_bytes, memory_order_relaxed))) {
        _Atomic(trace_word) *word = &thread->words[trace_word_at(offset)];
        trace_word record = atomic_load_explicit(word, memory_order_relaxed);
        if (PYMM_LIKELY(record != 0)) {
            atomic_store_explicit(word, 0, memory_order_relaxed);
            thread->headroom += (int64_t)(record & TRACE_WORD_SIZE_MAX);
            return trace_leave_fast(thread);
        }
    }
    trace_leave(thread);
    return TRACE_REFUSED;
}

/* A block changes its place or size. Between begin and end the old address may be given to another thread; the record
 * is out of the way, and counted. */
typedef struct trace_move {
    bool is_traced;
    unsigned table;
    uint32_t stack;
    unsigned generation;
    const void *old_block;
    size_t bytes;
} trace_move;
/* 0; -1 when there is no memory for a new record: then the block must not be touched. */
int trace_move_begin(trace_move *move, unsigned table, const void *block, size_t bytes, uintptr_t caller);
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

#include "trace/profile.h" /* profiles: the other half of what the room offers */
#endif
