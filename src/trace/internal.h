/* internal.h: what the files of the room `trace` share.
 *
 *   world.c     threads, who is in the middle of a call, holding them all
 *   control.c   start, stop, clear; fork
 *   peak.c      traced memory and its peak
 *   record.c    add, remove, move, track: which record goes where
 *   shadow.c    records beside the heap          store.c   records of everything else
 *   stack.c     interned stacks                  walk.c    frames of the caller
 *   symbol.c    from frames to file and line     freed.c   the last freed blocks, reports on a block
 *   snapshot.c, statistics.c, filter.c, text.c   what pymm_trace.h offers on top
 *
 * Locks, in the order they are taken: world, shards of the store by index, stacks, freed; then the heap's meta.
 * While a thread is busy it may take those behind the world; who holds the world waits for busy threads before it takes any.
 * Read trace.h first. */
#ifndef PYMM_TRACE_INTERNAL_H
#define PYMM_TRACE_INTERNAL_H

#include "trace/trace.h"

#define TRACE_FRAMES_MAX 65535
#define TRACE_STACKS_MAX ((uint32_t)1 << 26)

typedef struct trace_record {
    size_t bytes;
    uint32_t stack; /* 0: none */
    unsigned domain;
    unsigned table;
} trace_record;

typedef struct trace_node trace_node;

/* All of a thread's state; never freed, used again by later threads. */
typedef struct trace_state {
    trace_thread thread; /* first: trace_this_thread points here */
    bool is_used; /* by a thread; world held */
    bool is_walking, is_moving;
    unsigned inside_count; /* in a call that is not to be traced */
    struct trace_state *next; /* of all */
    /* A moving block: its old record, held back until the move succeeds or fails. */
    bool is_parked;
    const void *parked_block;
    trace_record parked;
    trace_node *spare_node; /* room for a record in the table, so that the end of a move cannot fail */
    /* Frames of the call in progress. */
    unsigned frame_capacity;
    pymm_trace_frame *frames;
    void **addresses;
} trace_state;

/* world.c */
trace_state *trace_state_get(void); /* the calling thread's; NULL: no memory */
/* From here to trace_leave the world is not held. Returns the mode. */
unsigned trace_enter(trace_state *state);
/* Wait until no thread is busy, and let none become so. Returns the mode to give to trace_world_release. */
unsigned trace_world_hold(void);
void trace_world_release(unsigned mode);
extern atomic_uint trace_mode;
extern atomic_uint trace_frame_limit;
extern atomic_uint trace_generation; /* of records: counts starts and clears */
extern trace_state *trace_states;    /* world held */
void trace_state_close(void *state); /* a thread ends */
void trace_states_reset(void);       /* the other threads are gone; world held */
extern os_lock trace_world_lock; /* for fork */

/* peak.c */
#define TRACE_HUGE_BYTES (INT64_C(1) << 60)
void trace_count_huge(trace_thread *thread, int64_t change); /* beyond what headroom is made for */
PYMM_INLINE void trace_count(trace_state *state, int64_t change)
{
    if (PYMM_LIKELY(change < TRACE_HUGE_BYTES && change > -TRACE_HUGE_BYTES))
        state->thread.headroom -= change;
    else
        trace_count_huge(&state->thread, change);
}
void trace_count_held(int64_t change); /* world held: in nobody's name; change <= 0 */
/* Between enter and leave, the headroom being negative. False: trace_peak_collect is needed, the world being held. */
void trace_headroom_init(trace_thread *thread);
bool trace_headroom_settle(trace_thread *thread);
void trace_peak_collect(void); /* world held; also when threads come and go */
int64_t trace_peak_traced(int64_t *peak_bytes); /* world held */
void trace_peak_set(int64_t traced);            /* world held: traced memory and peak are that */

/* Memory of the room's own, counted. From os pages: zeroed; NULL without memory. */
void *trace_pages_take(size_t bytes);
void trace_pages_put(void *start, size_t bytes);
extern atomic_size_t trace_own_bytes;
void *trace_meta_take(size_t bytes); /* from heap_meta_take */
void trace_meta_put(void *start, size_t bytes);

/* record.c: forget the record of a moving block, whose thread is gone; world held. */
void trace_parked_drop(trace_state *state);
bool trace_lookup(unsigned domain, uintptr_t address, trace_record *record); /* between enter and leave */

/* shadow.c */
extern atomic_size_t trace_strays; /* records of addresses that belong beside the heap, in the table all the same */
_Atomic(trace_word) *trace_shadow_at(uintptr_t address); /* of a multiple of 16; NULL: not covered */
void trace_shadow_show(trace_thread *thread);           /* what is covered, to the hot paths */
void trace_shadow_open(void); /* without address space for it the table serves */
/* Can a word hold this record of a block? And the record that a word stands for; `bin` is that of the slab at its place. */
bool trace_shadow_fits(const trace_record *record, uintptr_t address);
trace_record trace_shadow_record(trace_word word, unsigned bin);
/* Does the record of this address belong beside the heap, as soon as that is covered? */
bool trace_shadow_may_cover(uintptr_t address);
void trace_shadow_close(void); /* world held, as for the next */
void trace_shadow_clear(void);
/* Cover all of the heap that is in use. */
bool trace_shadow_grow(void);
size_t trace_shadow_resident_bytes(void);
/* `visit` for each record; world held. Stops when it returns false. */
bool trace_shadow_visit(bool (*visit)(void *arg, const trace_record *record), void *arg);

/* store.c: records by domain and address. */
trace_node *trace_node_take(uintptr_t address); /* room for a record of this address; NULL: no memory */
void trace_node_put(uintptr_t address, trace_node *node);
/* Put a record there; *old gets the one that was there (stack 0: none). Uses *node when it needs one and sets it to NULL. */
void trace_store_put(uintptr_t address, const trace_record *record, trace_node **node, trace_record *old);
/* Take it out; the node is the caller's, or NULL when there was no record. */
trace_node *trace_store_take(unsigned domain, uintptr_t address, trace_record *old);
bool trace_store_get(unsigned domain, uintptr_t address, trace_record *record);
void trace_store_clear(void); /* world held */
bool trace_store_visit(bool (*visit)(void *arg, const trace_record *record), void *arg);
void trace_store_locks(bool is_taken);
void trace_store_locks_reset(void);

/* stack.c */
typedef struct trace_stack {
    uint64_t hash;
    uint32_t number;
    uint16_t frame_count;
    uint16_t total_count; /* frames there were, TRACE_FRAMES_MAX at most */
    pymm_trace_frame frames[];
} trace_stack;
/* The number of a stack, from 1; 0 without memory. */
uint32_t trace_stack_intern(const pymm_trace_frame *frames, unsigned frame_count, unsigned total_count);
const trace_stack *trace_stack_get(uint32_t number);
uint32_t trace_stack_count(void);
void trace_stack_clear(void); /* world held */
extern os_lock trace_stack_lock;

/* walk.c: the frames of a call, into state->frames; the number, and how many there were in *total_count. */
int trace_walk_prepare(trace_state *state);
unsigned trace_walk(trace_state *state, uintptr_t caller, unsigned *total_count);
bool trace_walk_is_plain(void); /* no walker is registered */
extern os_lock trace_code_lock;

/* symbol.c */
typedef struct trace_symbols trace_symbols;
trace_symbols *trace_symbols_open(void); /* never NULL */
void trace_symbols_close(trace_symbols *symbols);
/* Texts are valid until close. */
void trace_walker_resolve(const pymm_trace_frame *frame, pymm_trace_place *place); /* walk.c */
void trace_symbols_find(trace_symbols *symbols, const pymm_trace_frame *frame, pymm_trace_place *place);

/* freed.c */
void trace_freed_add(const void *block, const trace_record *record, uint32_t freed_stack);
void trace_freed_clear(void);
void trace_place_write(base_out *out, const pymm_trace_place *place); /* one line of a traceback */
extern os_lock trace_freed_lock;
#endif
