/* check.c: proves what the other files of the room and object/track.c claim of states, marks, units and strays.
 *
 * Owns: gc_check, which holds outside of collections and changes nothing. Read internal.h first. */
#include "internal.h"

typedef struct check_result {
    const char *failure; /* the first claim that does not hold */
    const void *at;
} check_result;
static check_result result;

static void hold(bool condition, const char *claim, const void *at)
{
    if (!condition && result.failure == NULL)
        result = (check_result){claim, at};
}

static void check_object(PyObject *op, unsigned state)
{
    unsigned temporary = OBJECT_GARBAGE | OBJECT_LEGACY | OBJECT_HEAVY;
    hold((state & temporary) == 0, "outside of collections nothing is garbage or heavy", op);
    if (!(state & OBJECT_TRACKED)) {
        hold(object_state_generation(state) == 0, "what is not tracked has no generation", op);
        return;
    }
    hold(Py_TYPE(op) != NULL && (Py_TYPE(op)->tp_flags & Py_TPFLAGS_HAVE_GC) && Py_TYPE(op)->tp_traverse != NULL,
         "a tracked object is of a type with GC", op);
}

static void check_unit(size_t unit)
{
    unsigned flags = object_map.unit_flags[unit];
    bool has_tracked = false, has_young = false;
    for (size_t place = unit * OBJECT_UNIT_PLACES; place < (unit + 1) * OBJECT_UNIT_PLACES; place++) {
        unsigned state = object_map.states[place];
        bool is_tracked = (state & OBJECT_TRACKED) != 0;
        if (place % sizeof(uint64_t) == 0)
            hold(gc_word_at(object_map.marks + place) == 0, "outside of collections there are no marks", object_at(place));
        if (state == 0)
            continue;
        check_object(object_at(place), state);
        has_tracked |= is_tracked;
        has_young |= is_tracked && object_state_generation(state) < OBJECT_GENERATION_COUNT - 1;
    }
    const void *at = object_at(unit * OBJECT_UNIT_PLACES);
    hold(!has_tracked || (flags & OBJECT_UNIT_USED), "a unit with a tracked object is in use", at);
    hold(!has_young || (flags & OBJECT_UNIT_YOUNG), "a unit with a young object is young", at);
    hold(!(flags & OBJECT_UNIT_GARBAGE), "outside of collections no unit has garbage", at);
}

static void check_young_list(void)
{
    size_t flagged = 0;
    for (size_t unit = 0; unit < object_map.unit_count; unit++)
        flagged += (object_map.unit_flags[unit] & OBJECT_UNIT_YOUNG) != 0;
    hold(flagged == object_map.young_unit_count, "the list has as many units as are young", object_map.young_units);
    for (size_t i = 0; i < object_map.young_unit_count; i++)
        hold(object_map.unit_flags[object_map.young_units[i]] & OBJECT_UNIT_YOUNG, "units on the list are young",
             &object_map.young_units[i]);
}

static void check_strays(void)
{
    size_t listed = 0;
    for (unsigned generation = 0; generation <= OBJECT_GENERATION_PERMANENT; generation++)
        for (base_list *node = object_strays[generation].next; node != &object_strays[generation]; node = node->next) {
            object_stray *stray = PYMM_CONTAINER_OF(node, object_stray, list);
            const void *at = (const void *)stray->address;
            hold(node->next->prev == node && node->prev->next == node, "links of a list agree", at);
            if (at == NULL || result.failure != NULL) /* a cursor */
                continue;
            listed++;
            check_object((PyObject *)stray->address, stray->state);
            hold(object_stray_find(at) == stray, "a tracked stray is found by its address", at);
            hold((stray->state & OBJECT_TRACKED) && object_state_generation(stray->state) == generation,
                 "a stray is on the list of its generation", at);
            hold(stray->mark == GC_MARK_NONE, "outside of collections there are no marks", at);
        }
    hold(listed <= object_map.stray_count, "all strays are counted", NULL);
    hold(base_list_is_empty(&gc_stray_garbage) && base_list_is_empty(&gc_stray_legacy), "no stray is garbage", NULL);
}

bool gc_check(char *message, size_t message_bytes)
{
    result = (check_result){NULL, NULL};
    for (size_t unit = 0; unit < object_map.unit_count; unit++)
        if (object_map.unit_flags[unit] != 0)
            check_unit(unit);
    check_young_list();
    check_strays();
    if (result.failure != NULL)
        base_format(message, message_bytes, "collector check: does not hold at %p: %s", result.at, result.failure);
    return result.failure == NULL;
}
