/* sweep.c: going through the objects that the collector knows, in the order of their addresses.
 *
 * Owns: units that have garbage, the lists of stray garbage. Does not own: what is done with the objects. Objects that come
 * and go meanwhile are no harm: the state of each place is asked when its turn comes. Read internal.h first. */
#include "internal.h"

base_list gc_stray_garbage = BASE_LIST_INIT(gc_stray_garbage), gc_stray_legacy = BASE_LIST_INIT(gc_stray_legacy);

#define NO_UNIT SIZE_MAX

static size_t unit_next(const gc_units *units, size_t *index)
{
    while (*index < units->count) {
        size_t at = (*index)++;
        if (units->list != NULL)
            return units->list[at];
        if (object_map.unit_flags[at] & units->flag)
            return at;
    }
    return NO_UNIT;
}

gc_units gc_units_of(unsigned oldest)
{
    if (oldest < OBJECT_GENERATION_COUNT - 1)
        return (gc_units){object_map.young_units, object_map.young_unit_count, 0};
    if (oldest == GC_OF_GARBAGE)
        return (gc_units){object_map.garbage_units, object_map.garbage_unit_count, 0};
    return (gc_units){NULL, object_map.unit_count, OBJECT_UNIT_USED};
}

void gc_units_each(const gc_units *units, void (*look)(size_t unit))
{
    for (size_t index = 0, unit; (unit = unit_next(units, &index)) != NO_UNIT;)
        look(unit);
}

/* Strays of a list, each of which may leave it at any time: those that have had their turn wait on another one. */
static void strays_each(base_list *strays, void (*act)(PyObject *op, void *arg), void *arg)
{
    base_list done = BASE_LIST_INIT(done);
    while (!base_list_is_empty(strays)) {
        object_stray *stray = PYMM_CONTAINER_OF(strays->next, object_stray, list);
        base_list_remove(&stray->list);
        base_list_push_back(&done, &stray->list);
        act((PyObject *)stray->address, arg);
    }
    while (!base_list_is_empty(&done)) {
        base_list *node = done.next;
        base_list_remove(node);
        base_list_push_back(strays, node);
    }
}

PYMM_INLINE void unit_garbage_each(size_t unit, unsigned bit, void (*act)(PyObject *op, void *arg), void *arg)
{
    for (size_t i = unit * OBJECT_UNIT_PLACES; i < (unit + 1) * OBJECT_UNIT_PLACES; i += sizeof(uint64_t))
        for (uint64_t set = gc_bytes_set(gc_word_at(object_map.states + i) & bit * GC_ONES); set != 0;) {
            size_t place = i + gc_byte_next(&set);
            if (object_map.states[place] & bit)
                act(object_at(place), arg);
        }
}

void gc_garbage_each(unsigned bit, void (*act)(PyObject *op, void *arg), void *arg)
{
    for (size_t i = 0; i < object_map.garbage_unit_count; i++)
        unit_garbage_each(object_map.garbage_units[i], bit, act, arg);
    strays_each(bit == OBJECT_LEGACY ? &gc_stray_legacy : &gc_stray_garbage, act, arg);
}

void gc_garbage_special_each(void (*act)(PyObject *op, void *arg), void *arg)
{
    for (size_t i = 0; i < object_map.garbage_unit_count; i++)
        if (object_map.unit_flags[object_map.garbage_units[i]] & OBJECT_UNIT_SPECIAL)
            unit_garbage_each(object_map.garbage_units[i], OBJECT_GARBAGE, act, arg);
    strays_each(&gc_stray_garbage, act, arg);
}

/* What is left after all had its turn. */
static void unit_garbage_end(size_t unit, unsigned survivors)
{
    uint8_t *states = object_map.states + unit * OBJECT_UNIT_PLACES;
    object_map.unit_flags[unit] &= (uint8_t)~OBJECT_UNIT_GARBAGE;
    for (size_t i = 0; i < OBJECT_UNIT_PLACES; i += sizeof(uint64_t))
        for (uint64_t set = gc_bytes_set(gc_word_at(states + i) & GC_ONES * (OBJECT_GARBAGE | OBJECT_LEGACY)); set != 0;)
            object_generation_set(object_at(unit * OBJECT_UNIT_PLACES + i + gc_byte_next(&set)), survivors);
}

static void stray_garbage_end(base_list *strays, unsigned survivors)
{
    while (!base_list_is_empty(strays)) {
        object_stray *stray = PYMM_CONTAINER_OF(strays->next, object_stray, list);
        object_generation_set((PyObject *)stray->address, survivors);
    }
}

void gc_garbage_end(unsigned survivors)
{
    for (size_t i = 0; i < object_map.garbage_unit_count; i++)
        unit_garbage_end(object_map.garbage_units[i], survivors);
    object_map.garbage_unit_count = 0;
    stray_garbage_end(&gc_stray_garbage, survivors);
    stray_garbage_end(&gc_stray_legacy, survivors);
}

static bool unit_tracked_each(size_t unit, unsigned first, unsigned last, bool (*act)(PyObject *op, void *arg), void *arg)
{
    for (size_t place = unit * OBJECT_UNIT_PLACES; place < (unit + 1) * OBJECT_UNIT_PLACES; place++) {
        unsigned state = object_map.states[place], generation = object_state_generation(state);
        bool is_seen = (state & (OBJECT_TRACKED | OBJECT_GARBAGE | OBJECT_LEGACY)) == OBJECT_TRACKED;
        if (is_seen && generation - first <= last - first && Py_REFCNT(object_at(place)) > 0 && !act(object_at(place), arg))
            return false;
    }
    return true;
}

/* A cursor of its own on the list: whatever is removed or added meanwhile, it keeps its place. */
static bool strays_tracked_each(unsigned generation, bool (*act)(PyObject *op, void *arg), void *arg)
{
    base_list *strays = &object_strays[generation];
    object_stray cursor = {.address = 0};
    bool goes_on = true;
    base_list_init(&cursor.list);
    base_list_push_front(strays, &cursor.list);
    while (goes_on && cursor.list.next != strays) {
        base_list *node = cursor.list.next;
        PyObject *op = (PyObject *)PYMM_CONTAINER_OF(node, object_stray, list)->address;
        base_list_remove(&cursor.list);
        base_list_insert(&cursor.list, node, node->next);
        goes_on = op == NULL || Py_REFCNT(op) <= 0 || act(op, arg); /* NULL: another cursor */
    }
    base_list_remove(&cursor.list);
    return goes_on;
}

void gc_tracked_each(unsigned first, unsigned last, bool (*act)(PyObject *op, void *arg), void *arg)
{
    const gc_units units = gc_units_of(OBJECT_GENERATION_COUNT - 1);
    for (size_t index = 0, unit; (unit = unit_next(&units, &index)) != NO_UNIT;)
        if (!unit_tracked_each(unit, first, last, act, arg))
            return;
    for (unsigned generation = first; generation <= last; generation++)
        if (!strays_tracked_each(generation, act, arg))
            return;
}
