/* track.c: which objects the collector knows: memory for them, and the set of those that are tracked.
 *
 * The set is a hash table of addresses, open addressing, grown at half load. Owns: that table. Does not own: collection.
 * Read object.h first. */
#include "object.h"

static PyObject **tracked;
static size_t tracked_places, tracked_count;

static size_t place_of(PyObject *const *table, size_t places, const PyObject *op)
{
    size_t place = ((uintptr_t)op >> 4) * (size_t)0x9e3779b97f4a7c15u >> 7 & (places - 1);
    while (table[place] != NULL && table[place] != op)
        place = (place + 1) & (places - 1);
    return place;
}

static bool tracked_grow(void)
{
    size_t places = tracked_places == 0 ? 1024 : tracked_places * 2;
    PyObject **table = domain_calloc(PYMM_DOMAIN_RAW, places, sizeof *table);
    if (table == NULL)
        return false;
    for (size_t i = 0; i < tracked_places; i++)
        if (tracked[i] != NULL)
            table[place_of(table, places, tracked[i])] = tracked[i];
    domain_free(PYMM_DOMAIN_RAW, tracked);
    tracked = table;
    tracked_places = places;
    return true;
}

void *object_gc_take(size_t bytes, bool is_zeroed)
{
    return is_zeroed ? domain_calloc(PYMM_DOMAIN_OBJ, 1, bytes) : domain_malloc(PYMM_DOMAIN_OBJ, bytes);
}

PyObject *object_gc_new(PyTypeObject *type)
{
    return object_init(object_gc_take((size_t)type->tp_basicsize, false), type);
}

PyVarObject *object_gc_new_var(PyTypeObject *type, Py_ssize_t n)
{
    if (n < 0)
        return (PyVarObject *)object_error_bad_call();
    return object_init_var(object_gc_take(object_bytes(type, n), false), type, n);
}

PyVarObject *object_gc_resize(PyVarObject *op, Py_ssize_t n)
{
    PyVarObject *resized = domain_realloc(PYMM_DOMAIN_OBJ, op, object_bytes(Py_TYPE(op), n));
    if (resized == NULL)
        return (PyVarObject *)object_error_no_memory();
    resized->ob_size = n;
    return resized;
}

void object_gc_del(void *op)
{
    object_gc_untrack(op);
    domain_free(PYMM_DOMAIN_OBJ, op);
}

void object_gc_track(PyObject *op)
{
    if (2 * (tracked_count + 1) > tracked_places && !tracked_grow())
        return; /* an object that the collector does not know is only never collected */
    size_t place = place_of(tracked, tracked_places, op);
    if (tracked[place] == op)
        pymm_fatal("object already tracked by the garbage collector: %p of type %s", (void *)op, Py_TYPE(op)->tp_name);
    tracked[place] = op;
    tracked_count++;
}

bool object_gc_is_tracked(PyObject *op)
{
    return tracked_places != 0 && tracked[place_of(tracked, tracked_places, op)] == op;
}

void object_gc_untrack(PyObject *op)
{
    if (!object_gc_is_tracked(op))
        return;
    size_t hole = place_of(tracked, tracked_places, op), next = hole;
    tracked[hole] = NULL;
    tracked_count--;
    while (tracked[next = (next + 1) & (tracked_places - 1)] != NULL) { /* those behind the hole may belong before it */
        PyObject *moved = tracked[next];
        tracked[next] = NULL;
        tracked[place_of(tracked, tracked_places, moved)] = moved;
    }
}
