/* track.h: part of object.h: where the collector's state of an object is found, for this room and the room gc.
 *
 *   heap's first region | 16 bytes | 16 bytes | ...     an object at offset o
 *   states              | 1 byte   | 1 byte   | ...     place o / 16
 *   marks               | 1 byte   | 1 byte   | ...     of a collection; all 0, and most of them no memory, outside of one
 *
 * Nothing stands in front of an object. What lies elsewhere (another allocator, an arena of a program's) is a stray and has
 * a descriptor, found through a hash table. Owns: the layout of a state. All of it is used with the GIL held. */
#ifndef PYMM_OBJECT_TRACK_H
#define PYMM_OBJECT_TRACK_H

#include "python/object.h"

#include "heap/heap.h"

enum {
    OBJECT_TRACKED = 1,
    OBJECT_FINALIZED = 2,
    /* Within a collection; an object that is untracked, or dies, loses these. */
    OBJECT_GARBAGE = 4,
    OBJECT_LEGACY = 8, /* garbage that is kept, for the sake of a tp_del */
    OBJECT_HEAVY = 16, /* what a collection counts is in the upper half of the object's own count */
    OBJECT_GENERATION_SHIFT = 6
};
#define OBJECT_GENERATION_COUNT 3
#define OBJECT_GENERATION_PERMANENT 3u /* no collection looks at it */

/* Of a unit: an object was ever tracked in it; it is on the list of those with objects of generations 0 and 1; garbage of the
 * collection that is under way lies in it; types of the candidates that the last collection met in it have more to their end
 * than tp_clear. */
enum { OBJECT_UNIT_USED = 1, OBJECT_UNIT_YOUNG = 2, OBJECT_UNIT_GARBAGE = 4, OBJECT_UNIT_SPECIAL = 8 };
#define OBJECT_UNIT_PLACES ((size_t)1 << (HEAP_UNIT_SHIFT - HEAP_ALIGN_SHIFT))

typedef struct object_track_map {
    uintptr_t base;     /* of the heap's first region */
    size_t place_count; /* of 16 bytes each, for which there are states */
    uint8_t *states, *marks;
    size_t nowhere;     /* a place with a mark, and none of an object */
    uint8_t *unit_flags;
    size_t unit_count;
    uint32_t *young_units;
    size_t young_unit_count;
    uint32_t *garbage_units; /* those with OBJECT_UNIT_GARBAGE */
    size_t garbage_unit_count;
    size_t stray_count;
} object_track_map;
extern object_track_map object_map;

typedef struct object_stray {
    base_list list; /* with those of its generation, or with garbage; on no list: not tracked */
    struct object_stray *next; /* in its bucket */
    uintptr_t address;
    size_t references; /* what a collection counts */
    uint8_t state, mark;
} object_stray;
extern base_list object_strays[OBJECT_GENERATION_COUNT + 1]; /* tracked ones, by generation; a new one at the end */

object_stray *object_stray_find(const void *op); /* NULL: none */

/* The place of an address; one that is no multiple of 16 or not in the region is beyond all limits. */
PYMM_INLINE size_t object_place(const void *op)
{
    size_t offset = (uintptr_t)op - object_map.base;
    return offset >> HEAP_ALIGN_SHIFT | offset << (sizeof offset * 8 - HEAP_ALIGN_SHIFT);
}

PYMM_INLINE PyObject *object_at(size_t place) { return (PyObject *)(object_map.base + place * HEAP_ALIGN_BYTES); }

/* The state of what lies at an address, which need not be an object; NULL: the collector does not know it. */
PYMM_INLINE uint8_t *object_state(const void *op)
{
    size_t place = object_place(op);
    if (PYMM_LIKELY(place < object_map.place_count))
        return &object_map.states[place];
    object_stray *stray = object_map.stray_count == 0 ? NULL : object_stray_find(op);
    return stray == NULL ? NULL : &stray->state;
}

PYMM_INLINE bool object_state_has(const void *op, unsigned bits)
{
    const uint8_t *state = object_state(op);
    return state != NULL && (*state & bits);
}

PYMM_INLINE unsigned object_state_generation(unsigned state) { return state >> OBJECT_GENERATION_SHIFT; }

/* Births minus deaths since the last collection of the youngest; beyond the limit, with no exception set, a birth calls
 * `collect`. The room gc sets limit and function. */
typedef struct object_births {
    size_t count, limit;
    void (*collect)(void);
} object_births;
extern object_births object_young;

/* Move a tracked object; what a collection had noted of it is gone. */
void object_generation_set(PyObject *op, unsigned generation);
/* There is nothing in generations 0 and 1 any more but garbage: no unit is young. */
void object_young_forget(void);
/* A large collection is over: marks cost no memory any more. */
void object_marks_purge(void);
#endif
