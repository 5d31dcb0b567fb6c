/* verify.c: under debug hooks, before each collection: what is tracked is an object, and what its tp_traverse reports is one.
 *
 * Without this a collection would read through memory that was freed, or never was an object. What cannot be told apart from
 * an object is taken for one. Once references are counted: there are no more of them than the object knows of.
 * Owns: these looks. Does not own: marks (mark.c), the report (object/assert.c). Read internal.h first. */
#include "internal.h"

static unsigned oldest_verified;

static int visit_verify(PyObject *op, void *parent)
{
    if ((uintptr_t)op % sizeof(void *) != 0 || object_is_freed(op))
        object_assertion_failed("gc/verify.c", __LINE__, "tp_traverse", "object refers to what is no object, or is freed", parent);
    return 0;
}

static void object_verify(PyObject *op)
{
    if (object_is_freed(op))
        object_assertion_failed("gc/verify.c", __LINE__, "gc_verify", "object is freed and still tracked by the garbage collector", op);
    if (Py_REFCNT(op) > 0) /* else it is in the middle of its end */
        (void)Py_TYPE(op)->tp_traverse(op, visit_verify, op);
}

static void unit_verify(size_t unit)
{
    for (size_t place = unit * OBJECT_UNIT_PLACES; place < (unit + 1) * OBJECT_UNIT_PLACES; place++)
        if ((object_map.states[place] & OBJECT_TRACKED) && object_state_generation(object_map.states[place]) <= oldest_verified)
            object_verify(object_at(place));
}

static void strays_verify(void (*verify)(object_stray *stray))
{
    for (unsigned generation = 0; generation <= oldest_verified; generation++)
        for (base_list *node = object_strays[generation].next; node != &object_strays[generation]; node = node->next) {
            object_stray *stray = PYMM_CONTAINER_OF(node, object_stray, list);
            if (stray->address != 0) /* else a cursor */
                verify(stray);
        }
}

static void stray_verify(object_stray *stray) { object_verify((PyObject *)stray->address); }

void gc_verify(unsigned oldest)
{
    gc_units units = gc_units_of(oldest);
    oldest_verified = oldest;
    gc_units_each(&units, unit_verify);
    strays_verify(stray_verify);
}

static void excess_verify(PyObject *op, bool has_excess)
{
    if (!has_excess)
        return;
    op->ob_refcnt &= GC_HEAVY_ONE - 1;
    object_assertion_failed("gc/verify.c", __LINE__, "gc_decref", "refcount is too small", op);
}

static void unit_verify_counts(size_t unit)
{
    for (size_t place = unit * OBJECT_UNIT_PLACES; place < (unit + 1) * OBJECT_UNIT_PLACES; place++) {
        unsigned mark = object_map.marks[place];
        if (mark == GC_MARK_HEAVY)
            excess_verify(object_at(place), (uint32_t)(object_at(place)->ob_refcnt / GC_HEAVY_ONE) > (uint32_t)object_at(place)->ob_refcnt);
        else
            excess_verify(object_at(place), mark > GC_MARK_ZERO);
    }
}

static void stray_verify_counts(object_stray *stray)
{
    PyObject *op = (PyObject *)stray->address;
    excess_verify(op, stray->mark == GC_MARK_HEAVY && stray->references > (size_t)op->ob_refcnt);
}

void gc_verify_counts(unsigned oldest)
{
    gc_units units = gc_units_of(oldest);
    oldest_verified = oldest;
    gc_units_each(&units, unit_verify_counts);
    strays_verify(stray_verify_counts);
}
