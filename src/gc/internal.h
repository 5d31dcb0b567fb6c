/* internal.h: what the files of the room `gc` share. Only they include it. Read gc.h first.
 *
 * A collection takes no memory. Its candidates are the objects whose state names a generation that is collected; each
 * has a mark, a byte beside the heap that is there since the object's memory was taken:
 *
 *   NONE     no candidate
 *   REACHED  in use, and on the stack of those whose references are still to be followed, or off it again
 *   PENDING  in use; its references are still to be followed, and it is not on the stack
 *   ROOT     in use, whatever is counted
 *   HEAVY    its count is over 120: references to it are counted in the upper half of that count, which has no other use
 *   LEAST..  ZERO + references to it from candidates - its own count, once its turn has come: ZERO in the end means that
 *            nothing outside refers to it
 *
 * Once garbage is known it is told by the state alone (OBJECT_GARBAGE) and marks are 0 again: then code of the program's
 * runs, objects end, and others begin at their addresses. */
#ifndef PYMM_GC_INTERNAL_H
#define PYMM_GC_INTERNAL_H

#include "gc/gc.h"

enum gc_mark {
    GC_MARK_NONE,
    GC_MARK_REACHED,
    GC_MARK_PENDING,
    GC_MARK_ROOT,
    GC_MARK_HEAVY,
    GC_MARK_LEAST,
    GC_MARK_ZERO = 130,
    GC_MARK_MOST = 255
};
#define GC_COUNT_LIGHT 120 /* a larger count is heavy from its turn on */
#define GC_HEAVY_ONE ((Py_ssize_t)1 << 32) /* a reference to one that is heavy, in its own count */

#ifdef PYMM_HOSTILE
#define GC_IS_HOSTILE 1
#define GC_STACK_COUNT 4
#else
#define GC_IS_HOSTILE 0
#define GC_STACK_COUNT ((size_t)1 << 15)
#endif

/* States and marks are looked at eight at a time where most are 0 or alike. */
#define GC_ONES UINT64_C(0x0101010101010101) /* 1 in each byte of a word */
PYMM_INLINE uint64_t gc_word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The top bit of each byte that is not 0. */
PYMM_INLINE uint64_t gc_bytes_set(uint64_t word) { return (((word & GC_ONES * 0x7f) + GC_ONES * 0x7f) | word) & GC_ONES * 0x80; }
/* The number of the first byte of which the top bit is set in `*tops`; the bit is taken out. */
PYMM_INLINE size_t gc_byte_next(uint64_t *tops)
{
    size_t first = base_ctz64(*tops) / 8;
    *tops &= *tops - 1;
    return first;
}

/* What types of objects have, for which there are steps of their own. */
enum { GC_HAS_DEL = 1, GC_HAS_FINALIZE = 2, GC_HAS_WEAK = 4 /* references to it, perhaps, or it is one */ };
unsigned gc_type_has(PyTypeObject *type); /* collect.c */

/* mark.c. Candidates: the tracked objects of the generations up to `oldest`, or the garbage that there is. */
#define GC_OF_GARBAGE OBJECT_GENERATION_COUNT
typedef struct gc_found {
    size_t reached, garbage; /* candidates that are in use, and the others */
} gc_found;
/* Find those to which nothing outside refers: these are OBJECT_GARBAGE afterwards, the others of generation `survivors`. */
gc_found gc_find(unsigned oldest, unsigned survivors);
/* Take garbage with a tp_del, and all that it refers to, out of the garbage: OBJECT_LEGACY, of generation `survivors`. */
gc_found gc_part_legacy(unsigned survivors);

/* verify.c. Under debug hooks: objects up to this generation that are none any more, or that refer to what is none, end the
 * process with a report. */
void gc_verify(unsigned oldest);
/* The same, once all references between candidates are counted: more of them than an object knows of. */
void gc_verify_counts(unsigned oldest);

/* schedule.c. A collection has begun; it has found this. */
void gc_schedule_begun(unsigned generation);
void gc_schedule_found(unsigned generation, gc_found found);
/* report.c. Called by a collection as it begins, as it knows what will be ended, and as it ends. */
void gc_report_begin(unsigned generation);
void gc_report_found(unsigned bit);
void gc_report_end(unsigned generation, size_t collected, size_t uncollectable);
extern int gc_debug_flags;
/* garbage.c. Note an object; without memory for that it is found again by a later collection. */
void gc_garbage_add(PyObject *op);
/* collect.c. Have collections come through a fork. */
void gc_fork_start(void);

/* sweep.c. Units to look at, each once: those of a list, or all that have a flag. */
typedef struct gc_units {
    const uint32_t *list;
    size_t count;
    uint8_t flag;
} gc_units;
gc_units gc_units_of(unsigned oldest);
void gc_units_each(const gc_units *units, void (*look)(size_t unit));

/* Garbage that lies outside of the heap; that which is kept for a tp_del. */
extern base_list gc_stray_garbage, gc_stray_legacy;
/* Call a function for each object that has the bit (OBJECT_GARBAGE, OBJECT_LEGACY) when its turn comes. Anything may happen
 * in there. */
void gc_garbage_each(unsigned bit, void (*act)(PyObject *op, void *arg), void *arg);
/* The same, but for garbage in units whose types have nothing of gc_type_has. */
void gc_garbage_special_each(void (*act)(PyObject *op, void *arg), void *arg);
/* The collection is over: nothing is garbage any more, no unit has any. What still exists is of generation `survivors`. */
void gc_garbage_end(unsigned survivors);
/* Call a function for each tracked object of the generations from `first` to `last`, until it returns false. The same
 * holds; what is tracked meanwhile may be met or not. Garbage is in no generation. */
void gc_tracked_each(unsigned first, unsigned last, bool (*act)(PyObject *op, void *arg), void *arg);

#endif
