/* mark.c: garbage among the candidates of a collection: those to which only others of them refer.
 *
 * Every reference from one candidate to another is counted. An object whose own count is higher is referred to from
 * outside, and so is in use with all that it leads to. Objects are gone through twice, in the order of their addresses, and
 * what they refer to is only prefetched when it is met: its turn comes some references later.
 * Owns: marks, the stack of references to be followed. Does not own: what becomes of garbage (collect.c). Nothing here takes
 * memory, nothing but tp_traverse of the program's runs. Read internal.h first. */
#include "internal.h"

#include "hook/hook.h"

_Static_assert(sizeof(Py_ssize_t) == 8, "a count has an upper half");
_Static_assert(OBJECT_UNIT_PLACES % sizeof(uint64_t) == 0, "states and marks are read by the word");

#define RING_COUNT 16
#define LINE_COUNT 8

/* Places that were met, and objects that are about to be followed, wait a little until their memory is there. */
typedef struct marking {
    size_t ring[RING_COUNT]; /* `nowhere` where none waits */
    unsigned ring_next;
    unsigned candidates;     /* what gc_find was called with */
    size_t swept;            /* what is pending behind it will be met; SIZE_MAX: nothing is known to be */
    PyObject **top;          /* of the stack */
    bool has_overflown;      /* something is pending, and will not be met */
    unsigned survivors, reached_bits;
    gc_found found;
    PyTypeObject *last_type; /* what it has, `has` has too */
    unsigned has;            /* of the unit whose turn it is */
    PyObject *line[LINE_COUNT];
    PyObject *stack[GC_STACK_COUNT];
} marking;
static marking work;

/* 1 in each byte that is the state of a candidate. */
PYMM_INLINE uint64_t candidates_in(uint64_t states)
{
    uint64_t low = states >> OBJECT_GENERATION_SHIFT, high = states >> (OBJECT_GENERATION_SHIFT + 1);
    switch (work.candidates) {
    case 0: return states & ~low & ~high & GC_ONES;
    case 1: return states & ~high & GC_ONES;
    case 2: return states & ~(low & high) & GC_ONES;
    default: return states / OBJECT_GARBAGE & GC_ONES;
    }
}

/* Counting. --------------------------------------------------------------------------------------------------------------- */

/* From here on references to an object are counted in its own head. One that is immortal, that uses its whole count, or to
 * which there are more references than it knows of, is in use. */
static PYMM_NOINLINE void heavy_begin(size_t place, Py_ssize_t reference_count)
{
    PyObject *op = object_at(place);
    if (_Py_IsImmortal(op) || op->ob_refcnt <= GC_COUNT_LIGHT || op->ob_refcnt >= GC_HEAVY_ONE) {
        object_map.marks[place] = GC_MARK_ROOT;
        return;
    }
    op->ob_refcnt += reference_count * GC_HEAVY_ONE;
    object_map.marks[place] = GC_MARK_HEAVY;
    object_map.states[place] |= OBJECT_HEAVY;
}

PYMM_INLINE void mark_count(size_t place)
{
    uint8_t *mark = &object_map.marks[place];
    if (*mark >= GC_MARK_LEAST) {
        if (PYMM_LIKELY(*mark < GC_MARK_MOST))
            ++*mark;
        else
            heavy_begin(place, GC_MARK_MOST - GC_MARK_ZERO + 1);
    } else if (PYMM_UNLIKELY(*mark == GC_MARK_HEAVY))
        object_at(place)->ob_refcnt += GC_HEAVY_ONE;
}

/* Exchange a place that was just met for the one that waits longest. */
PYMM_INLINE size_t ring_pass(size_t place)
{
    size_t waiting = work.ring[work.ring_next];
    __builtin_prefetch(&object_map.marks[place], 1);
    work.ring[work.ring_next] = place;
    work.ring_next = (work.ring_next + 1) % RING_COUNT;
    return waiting;
}

static PYMM_NOINLINE int count_stray(PyObject *op)
{
    object_stray *stray = object_stray_find(op);
    if (stray != NULL)
        stray->references++;
    return 0;
}

static int count_visit(PyObject *op, void *arg)
{
    (void)arg;
    size_t place = object_place(op);
    if (PYMM_UNLIKELY(place >= object_map.place_count))
        return object_map.stray_count == 0 ? 0 : count_stray(op);
    mark_count(ring_pass(place));
    return 0;
}

/* What cannot be garbage is no candidate, and so what it refers to is in use: what is immortal, which later collections do
 * not look at either, and what is in the middle of its end. */
static bool is_excluded(PyObject *op)
{
    if (_Py_IsImmortal(op))
        object_generation_set(op, OBJECT_GENERATION_PERMANENT);
    else if (op->ob_refcnt <= 0)
        object_generation_set(op, work.survivors);
    else
        return false;
    return true;
}

/* Neighbours are often of one type. */
PYMM_INLINE void type_note(PyTypeObject *type)
{
    if (PYMM_LIKELY(type == work.last_type))
        return;
    work.last_type = type;
    work.has |= gc_type_has(type);
}

static void place_count(size_t place)
{
    PyObject *op = object_at(place);
    uint8_t *mark = &object_map.marks[place];
    if (PYMM_UNLIKELY(_Py_IsImmortal(op) || op->ob_refcnt <= 0) && is_excluded(op)) {
        *mark = GC_MARK_NONE;
        return;
    }
    type_note(Py_TYPE(op));
    if (PYMM_UNLIKELY(*mark >= GC_MARK_LEAST && op->ob_refcnt > GC_COUNT_LIGHT))
        heavy_begin(place, *mark - GC_MARK_ZERO);
    else if (*mark >= GC_MARK_LEAST)
        *mark = (uint8_t)(*mark - op->ob_refcnt);
    Py_TYPE(op)->tp_traverse(op, count_visit, NULL);
}

static void unit_begin(size_t unit)
{
    const uint8_t *states = object_map.states + unit * OBJECT_UNIT_PLACES;
    uint8_t *marks = object_map.marks + unit * OBJECT_UNIT_PLACES;
    uint64_t all = 0;
    for (size_t i = 0; i < OBJECT_UNIT_PLACES; i += sizeof(uint64_t)) {
        uint64_t word = gc_word_at(states + i), candidates = candidates_in(word) * GC_MARK_ZERO;
        all |= word;
        if (candidates != 0)
            memcpy(marks + i, &candidates, sizeof candidates);
    }
    object_map.unit_flags[unit] &= (uint8_t)~OBJECT_UNIT_SPECIAL;
    if (!(all & GC_ONES) && object_map.unit_flags[unit] == OBJECT_UNIT_USED)
        object_map.unit_flags[unit] = 0; /* until the next is tracked there */
}

static void unit_count(size_t unit)
{
    const uint8_t *marks = object_map.marks + unit * OBJECT_UNIT_PLACES;
    work.last_type = NULL;
    work.has = 0;
    for (size_t i = 0; i < OBJECT_UNIT_PLACES; i += sizeof(uint64_t))
        for (uint64_t set = gc_bytes_set(gc_word_at(marks + i)); set != 0;)
            place_count(unit * OBJECT_UNIT_PLACES + i + gc_byte_next(&set));
    if (work.has != 0)
        object_map.unit_flags[unit] |= OBJECT_UNIT_SPECIAL;
}

/* Following. -------------------------------------------------------------------------------------------------------------- */

PYMM_INLINE void stack_push(PyObject *op, uint8_t *mark)
{
    if (PYMM_UNLIKELY(work.top == work.stack + GC_STACK_COUNT)) {
        *mark = GC_MARK_PENDING;
        work.has_overflown = true;
        return;
    }
    *mark = GC_MARK_REACHED;
    *work.top++ = op;
}

PYMM_INLINE void mark_reach(size_t place)
{
    uint8_t *mark = &object_map.marks[place];
    if (*mark <= GC_MARK_PENDING)
        return;
    if (place > work.swept)
        *mark = GC_MARK_PENDING;
    else
        stack_push(object_at(place), mark);
}

static int reach_visit(PyObject *op, void *arg)
{
    (void)arg;
    size_t place = object_place(op);
    if (PYMM_LIKELY(place < object_map.place_count))
        mark_reach(ring_pass(place));
    else if (object_map.stray_count != 0) {
        object_stray *stray = object_stray_find(op);
        if (stray != NULL && stray->mark > GC_MARK_PENDING)
            stack_push(op, &stray->mark);
    }
    return 0;
}

/* A tuple of what can never be in a cycle, which it will stay. NULL: it is being made. */
static bool is_atomic(PyObject *tuple)
{
    for (Py_ssize_t i = Py_SIZE(tuple); --i >= 0;) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        if (item == NULL || (object_is_gc(item) && (!PyTuple_CheckExact(item) || object_gc_is_tracked(item))))
            return false;
    }
    return true;
}

/* Have all that it refers to marked; an atomic tuple is nothing to the collector from now on (a stray: once its list is not
 * being gone through). */
static void follow(PyObject *op)
{
    size_t place = object_place(op);
    if (PyTuple_CheckExact(op) && place < object_map.place_count && is_atomic(op)) {
        object_map.marks[place] = GC_MARK_NONE;
        object_gc_untrack(op);
    } else
        Py_TYPE(op)->tp_traverse(op, reach_visit, NULL);
}

/* All places that wait are marked. */
static void ring_flush(void (*mark)(size_t place))
{
    for (unsigned i = 0; i < RING_COUNT; i++) {
        size_t place = work.ring[i];
        work.ring[i] = object_map.nowhere;
        if (place != object_map.nowhere)
            mark(place);
    }
}
static void ring_count(size_t place) { mark_count(place); }
static void ring_reach(size_t place) { mark_reach(place); }

/* Follow all that is on the stack, and what that leads to, until nothing waits anywhere. */
static void stack_drain(void)
{
    unsigned first = 0, count = 0;
    do {
        while (work.top > work.stack || count > 0) {
            if (work.top > work.stack && count < LINE_COUNT) {
                PyObject *op = *--work.top;
                __builtin_prefetch(op);
                work.line[(first + count++) % LINE_COUNT] = op;
                continue;
            }
            PyObject *op = work.line[first];
            first = (first + 1) % LINE_COUNT;
            count--;
            follow(op);
        }
        ring_flush(ring_reach);
    } while (work.top > work.stack);
}

/* One to which more references are found than it knows of stays. */
static PYMM_NOINLINE bool is_root(size_t place)
{
    PyObject *op = object_at(place);
    return object_map.marks[place] != GC_MARK_HEAVY || (uint32_t)(op->ob_refcnt / GC_HEAVY_ONE) != (uint32_t)op->ob_refcnt;
}

/* Of a word of marks: 1 in each byte that may be ZERO or REACHED, and the word that it is if no other marks are in it. */
_Static_assert(GC_MARK_ZERO >= 128 && GC_MARK_ZERO % 2 == 0 && GC_MARK_REACHED == 1, "they are told by one bit");
PYMM_INLINE uint64_t zeros_in(uint64_t marks) { return marks >> 7 & GC_ONES; }
PYMM_INLINE uint64_t reached_in(uint64_t marks) { return marks & ~zeros_in(marks) & GC_ONES; }
PYMM_INLINE uint64_t settled_as(uint64_t zeros, uint64_t reached) { return zeros * GC_MARK_ZERO | reached * GC_MARK_REACHED; }

static void place_reach(size_t place)
{
    uint8_t *mark = &object_map.marks[place];
    work.swept = work.candidates == OBJECT_GENERATION_COUNT - 1 ? place : SIZE_MAX; /* units of lists are in no order */
    if (*mark == GC_MARK_REACHED || *mark == GC_MARK_ZERO || (*mark != GC_MARK_PENDING && !is_root(place)))
        return;
    *mark = GC_MARK_REACHED;
    follow(object_at(place));
    if (work.top > work.stack + GC_STACK_COUNT / 2)
        stack_drain();
}

/* Words in which all is settled, one way or the other, are most of those with garbage. */
static void unit_reach(size_t unit)
{
    const uint8_t *marks = object_map.marks + unit * OBJECT_UNIT_PLACES;
    for (size_t i = 0; i < OBJECT_UNIT_PLACES; i += sizeof(uint64_t)) {
        uint64_t mark = gc_word_at(marks + i);
        if (mark != settled_as(zeros_in(mark), reached_in(mark)))
            for (uint64_t set = gc_bytes_set(mark); set != 0;)
                place_reach(unit * OBJECT_UNIT_PLACES + i + gc_byte_next(&set));
    }
}

static void reach_legacy(PyObject *op, void *arg)
{
    (void)arg;
    size_t place = object_place(op);
    if (Py_TYPE(op)->tp_del == NULL)
        return;
    if (place < object_map.place_count)
        mark_reach(place);
    else
        reach_visit(op, NULL);
    if (work.top > work.stack + GC_STACK_COUNT / 2)
        stack_drain();
}

/* Settling. --------------------------------------------------------------------------------------------------------------- */

static void unit_note_garbage(size_t unit)
{
    if (!(object_map.unit_flags[unit] & OBJECT_UNIT_GARBAGE))
        object_map.garbage_units[object_map.garbage_unit_count++] = (uint32_t)unit;
    object_map.unit_flags[unit] |= OBJECT_UNIT_GARBAGE;
}

static void place_settle(size_t place, size_t unit)
{
    uint8_t *state = &object_map.states[place];
    if (*state & OBJECT_HEAVY) {
        object_at(place)->ob_refcnt &= GC_HEAVY_ONE - 1;
        *state &= (uint8_t)~OBJECT_HEAVY;
    }
    if (object_map.marks[place] == GC_MARK_REACHED) {
        *state = (uint8_t)((*state & (OBJECT_TRACKED | OBJECT_FINALIZED)) | work.reached_bits);
        work.found.reached++;
    } else {
        *state |= OBJECT_GARBAGE;
        unit_note_garbage(unit);
        work.found.garbage++;
    }
}

/* Eight places at once where no candidate is heavy. */
static void unit_settle(size_t unit)
{
    uint8_t *states = object_map.states + unit * OBJECT_UNIT_PLACES, *marks = object_map.marks + unit * OBJECT_UNIT_PLACES;
    uint64_t all_zeros = 0;
    for (size_t i = 0; i < OBJECT_UNIT_PLACES; i += sizeof(uint64_t)) {
        uint64_t mark = gc_word_at(marks + i), state = gc_word_at(states + i), none = 0;
        if (mark == 0)
            continue;
        uint64_t zeros = zeros_in(mark), reached = reached_in(mark);
        if (PYMM_LIKELY(mark == settled_as(zeros, reached) && !(state & GC_ONES * OBJECT_HEAVY))) {
            state = (state & ~(reached * 0xff)) | (state & reached * (OBJECT_TRACKED | OBJECT_FINALIZED)) |
                    reached * work.reached_bits | zeros * OBJECT_GARBAGE;
            memcpy(states + i, &state, sizeof state);
            work.found.reached += reached * GC_ONES >> 56;
            work.found.garbage += zeros * GC_ONES >> 56;
            all_zeros |= zeros;
        } else
            for (size_t k = i; k < i + sizeof(uint64_t); k++)
                if (marks[k] != GC_MARK_NONE)
                    place_settle(unit * OBJECT_UNIT_PLACES + k, unit);
        memcpy(marks + i, &none, sizeof none);
    }
    if (all_zeros != 0)
        unit_note_garbage(unit);
}

/* The same for strays, whose descriptors hold more and which are few. --------------------------------------------------------- */

static void strays_each(void (*look)(object_stray *stray))
{
    base_list *lists[OBJECT_GENERATION_COUNT] = {&gc_stray_garbage};
    size_t count = 1;
    if (work.candidates != GC_OF_GARBAGE)
        for (count = 0; count <= work.candidates; count++)
            lists[count] = &object_strays[count];
    for (size_t i = 0; i < count; i++)
        for (base_list *node = lists[i]->next, *next; node != lists[i]; node = next) {
            next = node->next;
            look(PYMM_CONTAINER_OF(node, object_stray, list));
        }
}

static void stray_begin(object_stray *stray)
{
    stray->mark = stray->address == 0 ? GC_MARK_NONE : GC_MARK_HEAVY; /* 0: somebody's cursor */
    stray->references = 0;
}

static void stray_count(object_stray *stray)
{
    PyObject *op = (PyObject *)stray->address;
    if (stray->mark == GC_MARK_NONE)
        return;
    if (is_excluded(op))
        stray->mark = GC_MARK_NONE;
    else
        Py_TYPE(op)->tp_traverse(op, count_visit, NULL);
}

static void stray_reach(object_stray *stray)
{
    PyObject *op = (PyObject *)stray->address;
    bool is_outside = stray->mark == GC_MARK_HEAVY && stray->references != (size_t)op->ob_refcnt &&
                      !(work.reached_bits & OBJECT_LEGACY); /* there nothing is counted */
    if (stray->mark == GC_MARK_PENDING || is_outside) {
        stray->mark = GC_MARK_REACHED;
        follow(op);
        stack_drain();
    }
}

static void stray_settle(object_stray *stray)
{
    PyObject *op = (PyObject *)stray->address;
    if (stray->mark == GC_MARK_REACHED && PyTuple_CheckExact(op) && is_atomic(op))
        object_gc_untrack(op);
    else if (stray->mark == GC_MARK_REACHED) {
        stray->state = (uint8_t)((stray->state & (OBJECT_TRACKED | OBJECT_FINALIZED)) | work.reached_bits);
        base_list_remove(&stray->list);
        base_list_push_back(work.reached_bits & OBJECT_LEGACY ? &gc_stray_legacy : &object_strays[work.survivors], &stray->list);
        work.found.reached++;
    } else if (stray->mark != GC_MARK_NONE) {
        stray->state |= OBJECT_GARBAGE;
        base_list_remove(&stray->list);
        base_list_push_back(&gc_stray_garbage, &stray->list);
        work.found.garbage++;
    }
    stray->mark = GC_MARK_NONE;
}

/* The whole. -------------------------------------------------------------------------------------------------------------- */

static gc_units begin(unsigned candidates, unsigned survivors, unsigned reached_bits)
{
    gc_units units = gc_units_of(candidates);
    work.candidates = candidates;
    work.survivors = survivors;
    work.reached_bits = reached_bits | survivors << OBJECT_GENERATION_SHIFT;
    work.top = work.stack;
    work.swept = SIZE_MAX;
    work.has_overflown = false;
    work.found = (gc_found){0, 0};
    for (unsigned i = 0; i < RING_COUNT; i++)
        work.ring[i] = object_map.nowhere;
    gc_units_each(&units, unit_begin);
    strays_each(stray_begin);
    return units;
}

/* What did not fit on the stack is pending, and found by going through all again. */
static void reach_rest(const gc_units *units)
{
    stack_drain();
    while (work.has_overflown) {
        work.has_overflown = false;
        gc_units_each(units, unit_reach);
        work.swept = SIZE_MAX;
        strays_each(stray_reach);
        stack_drain();
    }
}

static gc_found settle(const gc_units *units)
{
    gc_units_each(units, unit_settle);
    strays_each(stray_settle); /* one that moves to the end of a list is met again there, without a mark */
    return work.found;
}

gc_found gc_find(unsigned oldest, unsigned survivors)
{
    gc_units units = begin(oldest, survivors, 0);
    gc_units_each(&units, unit_count);
    strays_each(stray_count);
    ring_flush(ring_count);
    if (oldest < GC_OF_GARBAGE && hook_debug_is_installed(PYMM_DOMAIN_OBJ))
        gc_verify_counts(oldest);
    work.has_overflown = true;
    reach_rest(&units);
    return settle(&units);
}

gc_found gc_part_legacy(unsigned survivors)
{
    gc_units units = begin(GC_OF_GARBAGE, survivors, OBJECT_LEGACY);
    gc_garbage_each(OBJECT_GARBAGE, reach_legacy, NULL);
    reach_rest(&units);
    return settle(&units);
}
