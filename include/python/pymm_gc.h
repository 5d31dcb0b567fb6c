/* pymm_gc.h: what Python's module gc does for Python code, for C programs on libpymm.
 *
 * Owns: thresholds, counts, statistics, callbacks, freezing, debug output, looking at objects and what refers to them. Does
 * not own: PyGC_Collect and its like (gc.h). Include it after Python.h. Every function needs the GIL. Generations are 0, 1
 * and 2, the oldest; a function that is given another one returns -1 and does nothing. Since pymm 0.1. */
#ifndef PYMM_GC_H_
#define PYMM_GC_H_

#include "Python.h"
#include "pymm.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PYMM_GC_GENERATIONS 3

/* Collect the generations up to this one, also while collection is off. How many objects were garbage; 0 within a collection. */
PYMM_API Py_ssize_t pymm_gc_collect(int generation);

/* When a birth collects. thresholds[0]: how many more have been born than have died; 0: never. The others: how many collections of
 * the generation before. At first 2000, 10, 10. */
PYMM_API void pymm_gc_get_threshold(size_t thresholds[PYMM_GC_GENERATIONS]);
PYMM_API void pymm_gc_set_threshold(const size_t thresholds[PYMM_GC_GENERATIONS]);
/* How much of each threshold is used up. */
PYMM_API void pymm_gc_get_count(size_t counts[PYMM_GC_GENERATIONS]);

/* Have no collection look at the objects there are now; have the oldest generation take them back; how many they are, with the
 * immortal ones. */
PYMM_API void pymm_gc_freeze(void);
PYMM_API void pymm_gc_unfreeze(void);
PYMM_API size_t pymm_gc_get_freeze_count(void);

/* Since the start: collections of a generation, objects found and ended in them, objects found and kept. 0, or -1. */
typedef struct pymm_gc_stats {
    size_t collections, collected, uncollectable;
} pymm_gc_stats;
PYMM_API int pymm_gc_get_stats(int generation, pymm_gc_stats *stats);

/* Call a function at the start and at the end of each collection. At the start the counts are 0. Callbacks are called in the order in
 * which they were added, and may run any code; an exception that they set is printed. 0; -1: no memory, or not there. */
typedef struct pymm_gc_info {
    int is_end, generation;
    size_t collected, uncollectable;
} pymm_gc_info;
typedef void (*pymm_gc_callback)(const pymm_gc_info *info, void *arg);
PYMM_API int pymm_gc_callback_add(pymm_gc_callback callback, void *arg);
PYMM_API int pymm_gc_callback_remove(pymm_gc_callback callback, void *arg);

/* What is written to stderr, as Python's module writes it, UNCOLLECTABLE also at the end of the program; SAVEALL: garbage is listed, and
 * not ended. 0 at first. */
#define PYMM_GC_DEBUG_STATS 1
#define PYMM_GC_DEBUG_COLLECTABLE 2
#define PYMM_GC_DEBUG_UNCOLLECTABLE 4
#define PYMM_GC_DEBUG_SAVEALL 32
#define PYMM_GC_DEBUG_LEAK (PYMM_GC_DEBUG_COLLECTABLE | PYMM_GC_DEBUG_UNCOLLECTABLE | PYMM_GC_DEBUG_SAVEALL)
PYMM_API void pymm_gc_set_debug(int flags);
PYMM_API int pymm_gc_get_debug(void);

/* These call a function for each object of a kind, which it holds meanwhile, until that returns 0. Collection is off meanwhile; objects that
 * are made meanwhile may be met or not. */
/* Tracked objects of a generation, or of all with -1; not what is frozen. 0, or -1. */
PYMM_API int pymm_gc_get_objects(int generation, int (*visit)(PyObject *op, void *arg), void *arg);
/* Tracked objects that refer to one of these. */
PYMM_API void pymm_gc_get_referrers(PyObject *const *objects, size_t count, int (*visit)(PyObject *op, void *arg), void *arg);
/* What an object refers to, as its tp_traverse says: more than once if it does so, and nothing where it has none. */
PYMM_API void pymm_gc_get_referents(PyObject *op, int (*visit)(PyObject *op, void *arg), void *arg);
/* The list of garbage that was not ended, for its tp_del or with SAVEALL; each is held by the list. */
PYMM_API void pymm_gc_get_garbage(int (*visit)(PyObject *op, void *arg), void *arg);
PYMM_API void pymm_gc_clear_garbage(void);

/* Prove what the collector claims of its own structures. 0; -1 with what does not hold in `message`. */
PYMM_API int pymm_gc_check(char *message, size_t message_bytes);

#ifdef __cplusplus
}
#endif
#endif
