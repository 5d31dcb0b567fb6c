/* gc_native.c: pymm_gc_*, the collector as Python's module gc shows it; each is one of the room gc's.
 *
 * Owns: the numbers of generations that are none. Read python/pymm_gc.h for what is promised. */
#include "front.h"

#include "gc/gc.h"
#include "python/pymm_gc.h"

static bool is_generation(int generation) { return generation >= 0 && generation < OBJECT_GENERATION_COUNT; }

Py_ssize_t pymm_gc_collect(int generation) { return is_generation(generation) ? gc_collect((unsigned)generation) : -1; }
void pymm_gc_get_threshold(size_t thresholds[PYMM_GC_GENERATIONS]) { gc_threshold_get(thresholds); }
void pymm_gc_set_threshold(const size_t thresholds[PYMM_GC_GENERATIONS]) { gc_threshold_set(thresholds); }
void pymm_gc_get_count(size_t counts[PYMM_GC_GENERATIONS]) { gc_count_get(counts); }
void pymm_gc_freeze(void) { gc_freeze(); }
void pymm_gc_unfreeze(void) { gc_unfreeze(); }
size_t pymm_gc_get_freeze_count(void) { return gc_generation_count(OBJECT_GENERATION_PERMANENT); }

int pymm_gc_get_stats(int generation, pymm_gc_stats *stats)
{
    if (!is_generation(generation))
        return -1;
    *stats = *gc_stats_of((unsigned)generation);
    return 0;
}

int pymm_gc_callback_add(pymm_gc_callback callback, void *arg) { return gc_callback_add(callback, arg); }
int pymm_gc_callback_remove(pymm_gc_callback callback, void *arg) { return gc_callback_remove(callback, arg); }
void pymm_gc_set_debug(int flags) { gc_debug_set(flags); }
int pymm_gc_get_debug(void) { return gc_debug_get(); }

int pymm_gc_get_objects(int generation, int (*visit)(PyObject *op, void *arg), void *arg)
{
    if (generation != -1 && !is_generation(generation))
        return -1;
    unsigned first = generation == -1 ? 0 : (unsigned)generation;
    gc_objects_visit(first, generation == -1 ? OBJECT_GENERATION_COUNT - 1 : first, visit, arg);
    return 0;
}

void pymm_gc_get_referrers(PyObject *const *objects, size_t count, int (*visit)(PyObject *op, void *arg), void *arg)
{
    gc_referrers_visit(objects, count, visit, arg);
}
void pymm_gc_get_referents(PyObject *op, int (*visit)(PyObject *op, void *arg), void *arg) { gc_referents_visit(op, visit, arg); }
void pymm_gc_get_garbage(int (*visit)(PyObject *op, void *arg), void *arg) { gc_garbage_visit(visit, arg); }
void pymm_gc_clear_garbage(void) { gc_garbage_clear(); }
int pymm_gc_check(char *message, size_t message_bytes) { return gc_check(message, message_bytes) ? 0 : -1; }
