/* track.c: which objects the collector knows: memory for them, the set of those that are tracked, and who was finalized.
 *
 * The set is a hash table of addresses, open addressing, grown at half load. An object stays in it, with no bit set, until
 * its memory goes. Owns: that table. Does not own: collection. Read object.h first. */
#include "object.h"

#define TRACKED 1u
#define FINALIZED 2u
#define BITS 3u

static uintptr_t *places; /* address | bits; 0: empty */
static size_t place_count, used_count;

static size_t place_of(const uintptr_t *table, size_t count, uintptr_t address)
{
    size_t place = (address >> 4) * (size_t)0x9e3779b97f4a7c15u >> 7 & (count - 1);
    while (table[place] != 0 && (table[place] & ~(uintptr_t)BITS) != address)
        place = (place + 1) & (count - 1);
    return place;
}

static bool table_grow(void)
{
    size_t count = place_count == 0 ? 1024 : place_count * 2;
    uintptr_t *table = domain_calloc(PYMM_DOMAIN_RAW, count, sizeof *table);
    if (table == NULL)
        return false;
    for (size_t i = 0; i < place_count; i++)
        if (places[i] != 0)
            table[place_of(table, count, places[i] & ~(uintptr_t)BITS)] = places[i];
    domain_free(PYMM_DOMAIN_RAW, places);
    places = table;
    place_count = count;
    return true;
}

static bool has_bit(PyObject *op, uintptr_t bit)
{
    return place_count != 0 && (places[place_of(places, place_count, (uintptr_t)op)] & bit);
}

/* An object for which there is no place is never collected, and finalized again: no more harm than that. */
static void bit_set(PyObject *op, uintptr_t bit)
{
    if (2 * (used_count + 1) > place_count && !table_grow())
        return;
    uintptr_t *place = &places[place_of(places, place_count, (uintptr_t)op)];
    used_count += *place == 0;
    *place |= (uintptr_t)op | bit;
}

static void forget(void *op)
{
    if (place_count == 0)
        return;
    size_t hole = place_of(places, place_count, (uintptr_t)op), next = hole;
    used_count -= places[hole] != 0;
    places[hole] = 0;
    while (places[next = (next + 1) & (place_count - 1)] != 0) { /* those behind the hole may belong before it */
        uintptr_t moved = places[next];
        places[next] = 0;
        places[place_of(places, place_count, moved & ~(uintptr_t)BITS)] = moved;
    }
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
    bool is_finalized = has_bit((PyObject *)op, FINALIZED);
    PyVarObject *resized = domain_realloc(PYMM_DOMAIN_OBJ, op, object_bytes(Py_TYPE(op), n));
    if (resized == NULL)
        return (PyVarObject *)object_error_no_memory();
    if (resized != op) {
        forget(op);
        if (is_finalized)
            bit_set((PyObject *)resized, FINALIZED);
    }
    resized->ob_size = n;
    return resized;
}

void object_gc_del(void *op)
{
    forget(op);
    domain_free(PYMM_DOMAIN_OBJ, op);
}

void object_gc_track(PyObject *op)
{
    if (has_bit(op, TRACKED))
        pymm_fatal("object already tracked by the garbage collector: %p of type %s", (void *)op, Py_TYPE(op)->tp_name);
    bit_set(op, TRACKED);
}

void object_gc_untrack(PyObject *op)
{
    if (has_bit(op, TRACKED))
        places[place_of(places, place_count, (uintptr_t)op)] &= ~(uintptr_t)TRACKED;
}

bool object_gc_is_tracked(PyObject *op) { return has_bit(op, TRACKED); }
bool object_gc_is_finalized(PyObject *op) { return has_bit(op, FINALIZED); }
void object_gc_set_finalized(PyObject *op) { bit_set(op, FINALIZED); }
