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

/* A record in one word: size 32 bits, table 2, stack 30. 0: not traced. */
#define TRACE_WORD_SIZE_MAX UINT32_MAX
#define TRACE_WORD_TABLE_SHIFT 32
#define TRACE_WORD_STACK_SHIFT 34

typedef struct trace_caller {
    uintptr_t address;
    uint64_t stack_bits; /* stack << TRACE_WORD_STACK_SHIFT */
} trace_caller;

#define TRACE_CALLER_COUNT 512

/* The part of a thread's state that the hot paths use. Other threads change it only while the world is held. */
typedef struct trace_thread {
    atomic_uint is_busy;         /* between enter and leave: records and counters may disagree */
    atomic_size_t covered_bytes; /* of the first region, from its start: has words that the hot paths may use; 0: none */
    uintptr_t region;
    _Atomic(uint64_t) *words;    /* one for every 16 bytes of the region */
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

/* The same for blocks of the heap, which are aligned to 16 bytes; bytes < TRACE_WORD_SIZE_MAX. */
PYMM_INLINE int trace_add_fast(unsigned table, const void *block, size_t bytes, uintptr_t caller)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_UNLIKELY(thread == NULL))
        return trace_add(table, block, bytes, caller);
    const trace_caller *known = trace_caller_of(thread, caller);
    trace_enter_fast(thread);
    size_t offset = (uintptr_t)block - thread->region;
    if (PYMM_UNLIKELY(offset >= atomic_load_explicit(&thread->covered_bytes, memory_order_relaxed) ||
                      known->address != caller)) {
        trace_leave(thread);
        return trace_add(table, block, bytes, caller);
    }
    _Atomic(uint64_t) *word = &thread->words[offset / HEAP_ALIGN_BYTES];
    /* There is a record already when the block was freed behind tracing's back. */
    int64_t replaced = (int64_t)(uint32_t)atomic_load_explicit(word, memory_order_relaxed);
    atomic_store_explicit(word, known->stack_bits | (uint64_t)table << TRACE_WORD_TABLE_SHIFT | bytes, memory_order_relaxed);
    thread->headroom -= (int64_t)bytes - replaced;
    if (PYMM_UNLIKELY(thread->headroom < 0))
        trace_leave_settled(thread);
    else
        trace_leave(thread);
    return 0;
}

PYMM_INLINE void trace_remove_fast(const void *block, uintptr_t caller)
{
    trace_thread *thread = trace_this_thread;
    if (PYMM_UNLIKELY(thread == NULL)) {
        trace_remove(block, caller);
        return;
    }
    trace_enter_fast(thread);
    size_t offset = (uintptr_t)block - thread->region;
    if (PYMM_LIKELY(offset < atomic_load_explicit(&thread->covered_bytes, memory_order_relaxed))) {
        _Atomic(uint64_t) *word = &thread->words[offset / HEAP_ALIGN_BYTES];
        uint64_t record = atomic_load_explicit(word, memory_order_relaxed);
        if (PYMM_LIKELY(record != 0)) {
            atomic_store_explicit(word, 0, memory_order_relaxed);
            thread->headroom += (int64_t)(uint32_t)record;
            if (PYMM_UNLIKELY(thread->headroom < 0))
                trace_leave_settled(thread);
            else
                trace_leave(thread);
            return;
        }
    }
    trace_leave(thread);
    trace_remove(block, caller);
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
#endif
