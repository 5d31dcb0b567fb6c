/* track_state.h: making, entering, leaving and dropping states, inline: for track_alloc.c, and for the containers that are made
 * most often. Read track.h first. */
#ifndef PYMM_OBJECT_TRACK_STATE_H
#define PYMM_OBJECT_TRACK_STATE_H

#include "object.h"

/* The state of an address for which there is none yet, made; NULL: no memory for it. */
PYMM_NOINLINE uint8_t *track_state_add(const void *op);
/* The first object since the last collection of generation 1 is tracked in this unit. */
void track_unit_note(size_t unit);

/* stray.c */
object_stray *stray_make(const void *op); /* or the one there is; NULL: no memory */
void stray_forget(const void *op);        /* if there is one */
void stray_enter(const void *op, unsigned generation); /* it is in that generation, and was perhaps in another one */
void stray_leave(const void *op); /* if there is one */

PYMM_INLINE uint8_t *track_state_make(const void *op)
{
    size_t place = object_place(op);
    return PYMM_LIKELY(place < object_map.place_count) ? &object_map.states[place] : track_state_add(op);
}

/* Its memory goes; it is not tracked. */
PYMM_INLINE void track_state_drop(const void *op)
{
    size_t place = object_place(op);
    if (PYMM_LIKELY(place < object_map.place_count))
        object_map.states[place] = 0;
    else if (object_map.stray_count != 0)
        stray_forget(op);
}

/* Births are being counted, and there have been enough of them. */
PYMM_NOINLINE void track_collect(void);

/* New memory gets a state; returned it is, or NULL: no memory for that. Counts as a birth, and may collect: before the owner of
 * the memory sees it. */
PYMM_INLINE void *track_birth(void *op, size_t *place)
{
    if (PYMM_UNLIKELY(op == NULL))
        return NULL;
    *place = object_place(op);
    if (PYMM_LIKELY(*place < object_map.place_count)) {
        object_map.states[*place] = 0; /* of one that was here before and went another way than object_gc_del */
    } else {
        uint8_t *state = track_state_add(op);
        if (state == NULL) {
            domain_free(PYMM_DOMAIN_OBJ, op);
            return NULL;
        }
        *state = 0;
    }
    if (PYMM_UNLIKELY(++object_young.count > object_young.limit))
        track_collect();
    return op;
}

/* Memory for an object, and its place; NULL: no memory, no exception set. */
PYMM_INLINE void *track_take(size_t bytes, size_t *place) { return track_birth(domain_malloc_hot(PYMM_DOMAIN_OBJ, bytes), place); }

/* Its memory goes; it is not tracked, or is from now on not. */
PYMM_INLINE void track_free(void *op)
{
    track_state_drop(op);
    object_young.count -= object_young.count > 0;
    domain_free_hot(PYMM_DOMAIN_OBJ, op);
}

/* Is nothing but a state to be set when it becomes tracked? */
PYMM_INLINE bool track_is_easy(size_t place)
{
    return place < object_map.place_count && (object_map.unit_flags[place / OBJECT_UNIT_PLACES] & OBJECT_UNIT_YOUNG);
}

/* It becomes tracked, in the youngest generation; it has a state. */
PYMM_NOINLINE void track_enter(const void *op);
/* The same with one from track_take that was never tracked. */
PYMM_INLINE void track_new(void *op, size_t place)
{
    if (PYMM_LIKELY(track_is_easy(place)))
        object_map.states[place] = OBJECT_TRACKED;
    else
        track_enter(op);
}

/* It is tracked no longer, if it was. */
PYMM_INLINE void track_leave(const void *op)
{
    size_t place = object_place(op);
    if (PYMM_LIKELY(place < object_map.place_count))
        object_map.states[place] &= OBJECT_FINALIZED;
    else if (object_map.stray_count != 0)
        stray_leave(op);
}

#endif
