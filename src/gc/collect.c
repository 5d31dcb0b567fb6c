/* collect.c: what a collection does, in the order that programs can see.
 *
 * Order: garbage is found; what a tp_del keeps is set aside; weak references to the rest are cleared, and callbacks of those
 * that are no garbage are called; finalizers, once in the life of each object; what they brought back is found; tp_clear of
 * the rest. Code of the program's runs from the callbacks on: objects may end at any time, and be followed by others at
 * their addresses, so the state is asked when the turn of an object comes (gc_garbage_each).
 * Owns: that order. Read internal.h first. */
#include "internal.h"

#include "hook/hook.h"

#include <errno.h>

static bool is_collecting;
static uintptr_t collector; /* the thread that collects; kept over a fork */

/* One collection, as its steps see it. `has`: of garbage. */
typedef struct collection {
    unsigned survivors; /* the generation that what is in use moves to */
    unsigned has;
    bool has_run; /* code of the program's has */
    object_weak_calls calls;
} collection;

unsigned gc_type_has(PyTypeObject *type)
{
    bool has_weak = type->tp_weaklistoffset > 0 || object_type_is_subtype(type, &_PyWeakref_RefType);
    return (type->tp_del != NULL ? GC_HAS_DEL : 0) | (type->tp_finalize != NULL ? GC_HAS_FINALIZE : 0) | (has_weak ? GC_HAS_WEAK : 0);
}

static void look(PyObject *op, void *arg)
{
    collection *now = arg;
    unsigned has = gc_type_has(Py_TYPE(op));
    if ((has & GC_HAS_WEAK) && !object_is_weak(op) && !object_has_weak(op))
        has &= ~(unsigned)GC_HAS_WEAK;
    now->has |= has;
}

/* A weak reference that is garbage itself calls nobody; one to what comes back stays cleared. */
static bool is_in_use(PyObject *reference) { return !object_state_has(reference, OBJECT_GARBAGE); }

static void weak_clear(PyObject *op, void *arg)
{
    if (object_is_weak(op))
        object_weak_leave(op);
    object_weak_clear(op, is_in_use, &((collection *)arg)->calls);
}

/* Those that finalizers made. Their callbacks would meet objects of which parts are gone. */
static void weak_clear_again(PyObject *op, void *arg) { object_weak_clear(op, NULL, &((collection *)arg)->calls); }

static void finalize(PyObject *op, void *arg)
{
    if (Py_TYPE(op)->tp_finalize == NULL || object_gc_is_finalized(op))
        return;
    ((collection *)arg)->has_run = true;
    object_gc_set_finalized(op);
    Py_INCREF(op);
    Py_TYPE(op)->tp_finalize(op);
    if (object_error_occurred() != NULL)
        object_error_unraisable(op);
    Py_DECREF(op);
}

static void clear(PyObject *op, void *arg)
{
    (void)arg;
    Py_INCREF(op);
    if (gc_debug_flags & PYMM_GC_DEBUG_SAVEALL)
        gc_garbage_add(op);
    else if (Py_TYPE(op)->tp_clear != NULL)
        (void)Py_TYPE(op)->tp_clear(op);
    if (object_error_occurred() != NULL)
        object_error_unraisable_in("tp_clear", Py_TYPE(op));
    Py_DECREF(op);
}

static void legacy_keep(PyObject *op, void *arg)
{
    object_generation_set(op, ((collection *)arg)->survivors);
    if (Py_TYPE(op)->tp_del != NULL || (gc_debug_flags & PYMM_GC_DEBUG_SAVEALL))
        gc_garbage_add(op);
}

/* What was found is ended; returned is what was, and as `reached` what was kept. Steps that nothing needs are left out. */
static gc_found end_garbage(unsigned survivors, gc_found found)
{
    collection now = {.survivors = survivors};
    gc_garbage_special_each(look, &now);
    gc_found parted = now.has & GC_HAS_DEL ? gc_part_legacy(survivors) : (gc_found){0, found.garbage};
    gc_report_found(OBJECT_GARBAGE);
    if (now.has & GC_HAS_WEAK)
        gc_garbage_each(OBJECT_GARBAGE, weak_clear, &now);
    now.has_run = now.calls.first != NULL;
    size_t ended_references = object_weak_call(&now.calls, true);
    if ((now.has & GC_HAS_FINALIZE) || now.has_run)
        gc_garbage_each(OBJECT_GARBAGE, finalize, &now);
    if (now.has_run) {
        parted.garbage = gc_find(GC_OF_GARBAGE, survivors).garbage;
        gc_garbage_each(OBJECT_GARBAGE, weak_clear_again, &now);
    }
    gc_garbage_each(OBJECT_GARBAGE, clear, NULL);
    if (now.has & GC_HAS_DEL) {
        gc_report_found(OBJECT_LEGACY);
        gc_garbage_each(OBJECT_LEGACY, legacy_keep, &now);
    }
    gc_garbage_end(survivors); /* what still exists: nothing more can be done for it */
    parted.garbage += ended_references;
    return parted;
}

/* In the hostile build, before and after each collection, of a large heap as often as costs no more than it does. */
static void check(void)
{
    enum { UNITS_A_TIME = 4, STRAYS_AS_A_UNIT = 256 };
    static size_t credit_units;
    char message[160];
    if (PYMM_ASSERT_LEVEL < 3 || (credit_units += UNITS_A_TIME) < object_map.unit_count + object_map.stray_count / STRAYS_AS_A_UNIT)
        return;
    credit_units = 0;
    if (!gc_check(message, sizeof message))
        pymm_fatal("%s", message);
}

static gc_found collect(unsigned generation)
{
    unsigned survivors = (unsigned)base_min(generation + 1, OBJECT_GENERATION_COUNT - 1);
    gc_schedule_begun(generation);
    if (hook_debug_is_installed(PYMM_DOMAIN_OBJ))
        gc_verify(generation);
    gc_found found = gc_find(generation, survivors);
    if (generation > 0)
        object_young_forget();
    gc_schedule_found(generation, found);
    gc_found ended = found.garbage == 0 ? (gc_found){0, 0} : end_garbage(survivors, found);
    if (generation == OBJECT_GENERATION_COUNT - 1)
        object_marks_purge();
    return ended;
}

Py_ssize_t gc_collect(unsigned generation)
{
    if (is_collecting)
        return 0;
    is_collecting = true;
    collector = (uintptr_t)&errno;
    check();
    PyObject *error = object_error_take();
    gc_report_begin(generation);
    gc_found ended = collect(generation);
    gc_report_end(generation, ended.garbage, ended.reached);
    object_error_restore(error);
    check();
    is_collecting = false;
    return (Py_ssize_t)(ended.garbage + ended.reached);
}

static void unit_reset(size_t unit)
{
    for (size_t place = unit * OBJECT_UNIT_PLACES; place < (unit + 1) * OBJECT_UNIT_PLACES; place++) {
        if (object_map.states[place] & OBJECT_HEAVY)
            object_at(place)->ob_refcnt &= GC_HEAVY_ONE - 1;
        object_map.states[place] &= (uint8_t)~OBJECT_HEAVY;
        object_map.marks[place] = GC_MARK_NONE;
    }
}

/* What a collection that will never end had noted. */
static void marks_reset(void)
{
    gc_units units = gc_units_of(OBJECT_GENERATION_COUNT - 1);
    gc_units_each(&units, unit_reset);
    gc_garbage_end(OBJECT_GENERATION_COUNT - 1);
}

/* The child of a fork lacks the thread that was collecting, unless that is the one that forked. */
static void fork_child(void)
{
    if (!is_collecting || collector == (uintptr_t)&errno)
        return;
    marks_reset();
    is_collecting = false;
}

static void fork_nothing(void) {}

void gc_fork_start(void)
{
    static bool is_registered;
    if (!is_registered)
        is_registered = os_fork_register(fork_nothing, fork_nothing, fork_child) == 0;
}
