/* gc.h: the one header of the room `gc`: finding and ending objects that only refer to each other.
 *
 * Owns: when a collection happens and what it does. Does not own: the state of objects and their memory (object/track.h).
 * All of it is called by the thread that holds the GIL. Generations: 0 to 2, the oldest. Read docs/internals/gc.md first. */
#ifndef PYMM_GC_H
#define PYMM_GC_H

#include "object/object.h"

/* Collections begin: from now on births may lead to one. */
void gc_start(void);

/* Collect the generations up to `generation` whether or not collections are enabled. How many objects were garbage, those
 * that had to be kept included; 0 within a collection. The exception that is set stays. */
Py_ssize_t gc_collect(unsigned generation);
/* Allow collections at births and by PyGC_Collect, or not; what it was before. */
bool gc_enable(bool is_enabled);
bool gc_is_enabled(void);

/* Call `visit` for each tracked object, collections being off meanwhile, until it returns 0. */
void gc_objects_visit(int (*visit)(PyObject *op, void *arg), void *arg);
/* Objects with a tp_del that were found to be garbage and are kept, alive for good. */
size_t gc_garbage_count(void);

/* Does everything hold that docs/internals/gc.md says of states, marks and units? False: what does not is in `message`. */
bool gc_check(char *message, size_t message_bytes);

#endif
