/* stack.c: stacks, each kept once and named by a number from 1.
 *
 * A lookup happens only when a thread's own cache of callers does not know the answer, so one lock is enough.
 * Stacks are never changed, and go all at once with the records that name them.
 * Owns: the stacks. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

#define LEAF_COUNT 4096
#define ARENA_BYTES ((size_t)256 << 10)

typedef struct stack_arena {
    struct stack_arena *next;
    size_t bytes, used_bytes;
} stack_arena;

os_lock trace_stack_lock = OS_LOCK_INIT;
static stack_arena *arenas;      /* the one with room first */
static atomic_uint stack_count;
static uint32_t *slots;    /* open addressing: numbers, 0 for none */
static size_t slot_count;  /* a power of two */
static const trace_stack *_Atomic *_Atomic leaves[TRACE_STACKS_MAX / LEAF_COUNT];

static uint64_t hash_frames(const pymm_trace_frame *frames, unsigned frame_count, unsigned total_count)
{
    uint64_t hash = frame_count + ((uint64_t)total_count << 32);
    for (unsigned i = 0; i < frame_count; i++) {
        hash = (hash ^ (uintptr_t)frames[i].code) * UINT64_C(0x9E3779B97F4A7C15);
        hash = (hash ^ hash >> 29 ^ frames[i].position) * UINT64_C(0xBF58476D1CE4E5B9);
    }
    return hash ^ hash >> 32;
}

const trace_stack *trace_stack_get(uint32_t number)
{
    const trace_stack *_Atomic *leaf = atomic_load_explicit(&leaves[number / LEAF_COUNT], memory_order_acquire);
    return leaf == NULL ? NULL : atomic_load_explicit(&leaf[number % LEAF_COUNT], memory_order_acquire);
}

uint32_t trace_stack_count(void) { return atomic_load(&stack_count); }

static bool is_same(const trace_stack *stack, uint64_t hash, const pymm_trace_frame *frames, unsigned frame_count,
                    unsigned total_count)
{
    return stack->hash == hash && stack->frame_count == frame_count && stack->total_count == total_count &&
           memcmp(stack->frames, frames, frame_count * sizeof *frames) == 0;
}

static bool slots_grow(void)
{
    size_t count = slot_count == 0 ? 1024 : slot_count * 2;
    uint32_t *grown = trace_pages_take(count * sizeof *grown);
    if (grown == NULL)
        return false;
    for (size_t i = 0; i < slot_count; i++) {
        if (slots[i] == 0)
            continue;
        size_t at = trace_stack_get(slots[i])->hash & (count - 1);
        while (grown[at] != 0)
            at = (at + 1) & (count - 1);
        grown[at] = slots[i];
    }
    if (slot_count != 0)
        trace_pages_put(slots, slot_count * sizeof *slots);
    slots = grown;
    slot_count = count;
    return true;
}

static void *arena_take(size_t bytes)
{
    bytes = base_round_up(bytes, sizeof(uint64_t));
    if (arenas == NULL || arenas->bytes - arenas->used_bytes < bytes) {
        size_t arena_bytes = base_max(ARENA_BYTES, base_round_up(bytes + sizeof(stack_arena), os_page_bytes()));
        stack_arena *fresh = trace_pages_take(arena_bytes);
        if (fresh == NULL)
            return NULL;
        *fresh = (stack_arena){arenas, arena_bytes, base_round_up(sizeof *fresh, sizeof(uint64_t))};
        arenas = fresh;
    }
    void *start = (char *)arenas + arenas->used_bytes;
    arenas->used_bytes += bytes;
    return start;
}

/* The place of a number that is about to be given; NULL without memory. */
static const trace_stack *_Atomic *place_of(uint32_t number)
{
    const trace_stack *_Atomic *leaf = atomic_load(&leaves[number / LEAF_COUNT]);
    if (leaf == NULL) {
        leaf = trace_meta_take(LEAF_COUNT * sizeof *leaf);
        if (leaf == NULL)
            return NULL;
        atomic_store_explicit(&leaves[number / LEAF_COUNT], leaf, memory_order_release);
    }
    return &leaf[number % LEAF_COUNT];
}

static uint32_t add(size_t at, uint64_t hash, const pymm_trace_frame *frames, unsigned frame_count, unsigned total_count)
{
    uint32_t number = atomic_load(&stack_count) + 1;
    if (number >= TRACE_STACKS_MAX)
        return 0;
    const trace_stack *_Atomic *place = place_of(number);
    trace_stack *stack = place == NULL ? NULL : arena_take(sizeof *stack + frame_count * sizeof *frames);
    if (stack == NULL)
        return 0;
    *stack = (trace_stack){hash, number, (uint16_t)frame_count, (uint16_t)base_min(total_count, TRACE_FRAMES_MAX)};
    memcpy(stack->frames, frames, frame_count * sizeof *frames);
    atomic_store_explicit(place, stack, memory_order_release);
    atomic_store(&stack_count, number);
    slots[at] = number;
    return number;
}

uint32_t trace_stack_intern(const pymm_trace_frame *frames, unsigned frame_count, unsigned total_count)
{
    total_count = (unsigned)base_min(total_count, TRACE_FRAMES_MAX);
    uint64_t hash = hash_frames(frames, frame_count, total_count);
    uint32_t number = 0;
    os_lock_take(&trace_stack_lock);
    if ((size_t)atomic_load(&stack_count) * 2 < slot_count || slots_grow()) {
        size_t at = hash & (slot_count - 1);
        while (slots[at] != 0 && !is_same(trace_stack_get(slots[at]), hash, frames, frame_count, total_count))
            at = (at + 1) & (slot_count - 1);
        number = slots[at] != 0 ? slots[at] : add(at, hash, frames, frame_count, total_count);
    }
    os_lock_drop(&trace_stack_lock);
    return number;
}

void trace_stack_clear(void)
{
    os_lock_take(&trace_stack_lock);
    for (stack_arena *next; arenas != NULL; arenas = next) {
        next = arenas->next;
        trace_pages_put(arenas, arenas->bytes);
    }
    for (uint32_t i = 0; i <= atomic_load(&stack_count) / LEAF_COUNT; i++) {
        const trace_stack *_Atomic *leaf = atomic_exchange(&leaves[i], NULL);
        if (leaf != NULL)
            trace_meta_put((void *)leaf, LEAF_COUNT * sizeof *leaf);
    }
    if (slot_count != 0)
        trace_pages_put(slots, slot_count * sizeof *slots);
    slots = NULL;
    slot_count = 0;
    atomic_store(&stack_count, 0);
    os_lock_drop(&trace_stack_lock);
}
