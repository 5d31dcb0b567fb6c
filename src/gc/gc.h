/* gc.h: the one header of the room `gc`: finding and ending objects that only refer to each other.
 *
 * Owns: when a collection happens and what it does. Does not own: the state of objects and their memory (object/track.h).
 * All of it is called by the thread that holds the GIL. Generations: 0 to 2, the oldest. Read docs/internals/gc.md first. */
#ifndef PYMM_GC_H
#define PYMM_GC_H

#include "object/object.h"
#include "python/pymm_gc.h"

/* Collections begin: from now on births may lead to one. */
void gc_start(void);

/* Collect the generations up to `generation` whether or not collections are enabled. How many objects were garbage, those
 * that had to be kept included; 0 within a collection. The exception that is set stays. */
Py_ssize_t gc_collect(unsigned generation);
/* Allow collections at births and by PyGC_Collect, or not; what it was before. */
bool gc_enable(bool is_enabled);
bool gc_is_enabled(void);

/* schedule.c: as pymm_gc_* of the same name. */
void gc_threshold_get(size_t got[OBJECT_GENERATION_COUNT]);
void gc_threshold_set(const size_t wanted[OBJECT_GENERATION_COUNT]);
void gc_count_get(size_t counts[OBJECT_GENERATION_COUNT]);

/* inspect.c. Visits go on until `visit` returns 0; collections are off meanwhile. */
void gc_objects_visit(unsigned first, unsigned last, int (*visit)(PyObject *op, void *arg), void *arg);
void gc_referrers_visit(PyObject *const *objects, size_t count, int (*visit)(PyObject *op, void *arg), void *arg);
void gc_referents_visit(PyObject *op, int (*visit)(PyObject *op, void *arg), void *arg);
size_t gc_generation_count(unsigned generation); /* tracked objects of it */
/* All tracked objects to the permanent generation; all of that to the oldest other one. */
void gc_freeze(void);
void gc_unfreeze(void);

/* report.c. Who is told of collections, what is written about them, how many there were. */
int gc_callback_add(pymm_gc_callback callback, void *arg);
int gc_callback_remove(pymm_gc_callback callback, void *arg);
void gc_debug_set(int flags);
int gc_debug_get(void);
const pymm_gc_stats *gc_stats_of(unsigned generation);

/* garbage.c. Objects that were found to be garbage and are kept. */
void gc_garbage_visit(int (*visit)(PyObject *op, void *arg), void *arg);
void gc_garbage_clear(void);
void gc_garbage_show(void); /* at the end of the program, to stderr, if a debug flag asks for what is uncollectable */

/* Does everything hold that docs/internals/gc.md says of states, marks and units? False: what does not is in `message`. */
bool gc_check(char *message, size_t message_bytes);

#endif
