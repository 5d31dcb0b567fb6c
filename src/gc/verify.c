/* verify.c: under debug hooks, before each collection: what is tracked is an object, and what its tp_traverse reports is one.
 *
 * Without this a collection would read through memory that was freed, or never was an object. An object may be read and has a
 * type, which has one too. Once references are counted: there are no more of them than the object knows of.
 * Owns: these looks, and what of them need not be repeated within one collection. Does not own: marks (mark.c), the report
 * (object/assert.c). Read internal.h first. */
#include "internal.h"

#include "os/os.h"

static unsigned oldest_verified;

/* Pages that may be read and types that are types, each in the place that its address gives it. */
#define SEEN_COUNT 256
static uintptr_t pages_seen[SEEN_COUNT];
static const PyTypeObject *types_seen[SEEN_COUNT];

static bool is_page_readable(uintptr_t address)
{
    uintptr_t page = address / os_page_bytes();
    if (pages_seen[page % SEEN_COUNT] != page) {
        if (!os_is_readable((const void *)address, 1))
            return false;
        pages_seen[page % SEEN_COUNT] = page;
    }
    return true;
}

/* Less than a page. */
static bool is_readable(const void *start, size_t bytes)
{
    uintptr_t address = (uintptr_t)start;
    return address % sizeof(void *) == 0 && is_page_readable(address) && is_page_readable(address + bytes - 1);
}

static bool is_type(PyTypeObject *type)
{
    const PyTypeObject **seen = &types_seen[(uintptr_t)type / sizeof(void *) % SEEN_COUNT];
    if (*seen == type)
        return true;
    if (!is_readable(type, sizeof *type) || !is_readable(Py_TYPE(type), sizeof *type) || !PyType_Check(type))
        return false;
    *seen = type;
    return true;
}

/* Of a program's, which PyType_Ready has not been called for: nothing but its name and sizes can be told. */
static bool is_unready_type(PyTypeObject *type)
{
    return is_readable(type, sizeof *type) && Py_TYPE(type) == NULL && type->tp_name != NULL && type->tp_basicsize >= (Py_ssize_t)sizeof(PyObject);
}

static int visit_verify(PyObject *op, void *parent)
{
    if (!is_readable(op, sizeof *op) || object_is_freed(op) || (!is_type(Py_TYPE(op)) && !is_unready_type(Py_TYPE(op))))
        object_assertion_failed("gc/verify.c", __LINE__, "tp_traverse", "object refers to what is no object, or is freed", parent);
    return 0;
}

static void object_verify(PyObject *op)
{
    if (object_is_freed(op))
        object_assertion_failed("gc/verify.c", __LINE__, "gc_verify", "object is freed and still tracked by the garbage collector", op);
    if (Py_TYPE(op)->tp_traverse == NULL)
        object_assertion_failed("gc/verify.c", __LINE__, "gc_verify", "object is tracked, and its type has no tp_traverse", op);
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
    memset(pages_seen, 0, sizeof pages_seen);
    memset(types_seen, 0, sizeof types_seen);
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
