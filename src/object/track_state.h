/* track_state.h: what track.c and stray.c do for track_alloc.c: making, entering, leaving and dropping states.
 * Read track.h first. */
#ifndef PYMM_OBJECT_TRACK_STATE_H
#define PYMM_OBJECT_TRACK_STATE_H

#include "object.h"

/* The state of an address for which there is none yet, made; NULL: no memory for it. */
PYMM_COLD uint8_t *track_state_add(const void *op);
/* The first object since the last collection of generation 1 is tracked in this unit. */
PYMM_COLD void track_unit_note(size_t unit);

/* stray.c */
object_stray *stray_make(const void *op); /* or the one there is; NULL: no memory */
void stray_forget(const void *op);        /* if there is one */
void stray_enter(const void *op, unsigned generation); /* it is in that generation, and was perhaps in another one */
void stray_leave(const void *op);

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

/* It becomes tracked, in the youngest generation; `state` is its own. */
PYMM_INLINE void track_enter(const void *op, uint8_t *state)
{
    *state = (*state & OBJECT_FINALIZED) | OBJECT_TRACKED;
    size_t place = object_place(op);
    if (PYMM_UNLIKELY(place >= object_map.place_count))
        stray_enter(op, 0);
    else if (PYMM_UNLIKELY(!(object_map.unit_flags[place / OBJECT_UNIT_PLACES] & OBJECT_UNIT_YOUNG)))
        track_unit_note(place / OBJECT_UNIT_PLACES);
}

/* It is tracked no longer. */
PYMM_INLINE void track_leave(const void *op, uint8_t *state)
{
    *state &= OBJECT_FINALIZED;
    if (PYMM_UNLIKELY(object_place(op) >= object_map.place_count))
        stray_leave(op);
}

#endif
