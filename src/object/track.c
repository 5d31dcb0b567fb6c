/* track.c: which objects the collector knows, and in which generation: states and marks beside the heap.
 *
 * A unit of the heap in which an object was ever tracked has a flag, so that a collection leaves the others out; units that
 * may have objects of the two younger generations are listed too, and young collections look at no others.
 * Owns: states, marks, units. Does not own: strays (stray.c), memory of objects (track_alloc.c), collection (room gc). A
 * state, and the mark with it, is there when memory for an object is taken, so that neither tracking nor collecting can
 * fail. Read track.h first. */
#include "track_state.h"

#define GROW_UNITS 256         /* committed at a time: whole pages of each array but the smallest, which are rounded up */
#define PURGE_UNITS_MIN 1024   /* marks of a smaller heap stay for the next collection */

object_track_map object_map;

static bool is_open;
static size_t unit_limit; /* units of the whole region */

/* The arrays over the units of the region. Marks have a page more: there is `nowhere`. */
enum { STATES, MARKS, FLAGS, YOUNG_UNITS, GARBAGE_UNITS, ARRAY_COUNT };
static const size_t array_unit_bytes[ARRAY_COUNT] = {OBJECT_UNIT_PLACES, OBJECT_UNIT_PLACES, 1, sizeof(uint32_t),
                                                     sizeof(uint32_t)};
static char *arrays[ARRAY_COUNT];

static size_t array_bytes(unsigned array, size_t units)
{
    return base_round_up(units * array_unit_bytes[array], os_page_bytes());
}

static size_t array_reserved_bytes(unsigned array, size_t units)
{
    return array_bytes(array, units) + (array == MARKS ? os_page_bytes() : 0);
}

static void arrays_release(unsigned count, size_t units)
{
    while (count-- > 0)
        os_release(arrays[count], array_reserved_bytes(count, units));
}

static bool arrays_reserve(size_t units)
{
    for (unsigned array = 0; array < ARRAY_COUNT; array++)
        if ((arrays[array] = os_reserve(array_reserved_bytes(array, units), os_page_bytes())) == NULL) {
            arrays_release(array, units);
            return false;
        }
    if (os_commit(arrays[MARKS] + array_bytes(MARKS, units), os_page_bytes()) == 0)
        return true;
    arrays_release(ARRAY_COUNT, units);
    return false;
}

/* Without address space for the arrays all objects are strays. */
static void open_map(void)
{
    is_open = true;
    size_t units = heap_first_reserved_bytes() >> HEAP_UNIT_SHIFT;
    if (units == 0 || !arrays_reserve(units))
        return;
    unit_limit = units;
    object_map.base = atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    object_map.states = (uint8_t *)arrays[STATES];
    object_map.marks = (uint8_t *)arrays[MARKS];
    object_map.unit_flags = (uint8_t *)arrays[FLAGS];
    object_map.young_units = (uint32_t *)arrays[YOUNG_UNITS];
    object_map.garbage_units = (uint32_t *)arrays[GARBAGE_UNITS];
    object_map.nowhere = array_bytes(MARKS, units);
}

/* Have states for the heap as far as it is in use, and for `unit`. */
static bool map_grow(size_t unit)
{
    size_t heap_places = atomic_load_explicit(&heap_first_map.aligned_count, memory_order_relaxed);
    size_t wanted = base_max(heap_places / OBJECT_UNIT_PLACES, unit + 1);
    wanted = base_min(base_round_up(wanted, GROW_UNITS), unit_limit);
    for (unsigned array = 0; array < ARRAY_COUNT; array++) {
        size_t has = array_bytes(array, object_map.unit_count), wants = array_bytes(array, wanted);
        if (wants > has && os_commit(arrays[array] + has, wants - has) != 0)
            return false; /* what was committed is committed again by the next attempt */
    }
    object_map.unit_count = wanted;
    object_map.place_count = wanted * OBJECT_UNIT_PLACES;
    return true;
}

uint8_t *track_state_add(const void *op)
{
    if (!is_open)
        open_map();
    size_t place = object_place(op);
    if (place < unit_limit * OBJECT_UNIT_PLACES) {
        bool has_place = place < object_map.place_count || map_grow(place / OBJECT_UNIT_PLACES);
        return has_place ? &object_map.states[place] : NULL;
    }
    object_stray *stray = stray_make(op);
    return stray == NULL ? NULL : &stray->state;
}

void track_unit_note(size_t unit)
{
    object_map.young_units[object_map.young_unit_count++] = (uint32_t)unit;
    object_map.unit_flags[unit] |= OBJECT_UNIT_USED | OBJECT_UNIT_YOUNG;
}

void track_enter(const void *op)
{
    uint8_t *state = object_state(op);
    *state = (*state & OBJECT_FINALIZED) | OBJECT_TRACKED;
    size_t place = object_place(op);
    if (place >= object_map.place_count)
        stray_enter(op, 0);
    else if (!(object_map.unit_flags[place / OBJECT_UNIT_PLACES] & OBJECT_UNIT_YOUNG))
        track_unit_note(place / OBJECT_UNIT_PLACES);
}

void object_young_forget(void)
{
    for (size_t i = 0; i < object_map.young_unit_count; i++)
        object_map.unit_flags[object_map.young_units[i]] &= (uint8_t)~OBJECT_UNIT_YOUNG;
    object_map.young_unit_count = 0;
}

/* A unit with an object of a younger generation has to be on the list of those. */
void object_generation_set(PyObject *op, unsigned generation)
{
    uint8_t *state = object_state(op);
    *state = (uint8_t)((*state & (OBJECT_TRACKED | OBJECT_FINALIZED)) | generation << OBJECT_GENERATION_SHIFT);
    size_t place = object_place(op), unit = place / OBJECT_UNIT_PLACES;
    if (place >= object_map.place_count)
        stray_enter(op, generation);
    else if (generation < OBJECT_GENERATION_COUNT - 1 && !(object_map.unit_flags[unit] & OBJECT_UNIT_YOUNG))
        track_unit_note(unit);
}

void object_marks_purge(void)
{
    if (object_map.unit_count >= PURGE_UNITS_MIN)
        (void)os_purge(arrays[MARKS], array_bytes(MARKS, object_map.unit_count)); /* else they stay, all 0 as they are */
}
