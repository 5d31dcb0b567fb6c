/* domain.h: the one header of the room `domain`: the tables {ctx, malloc, calloc, realloc, free} of the three domains.
 *
 * The table is the only seam between the heap and whoever allocates; a hook is a table that calls another.
 * pymm_allocator_get (pymm.h) returns the heap's own tables, which never change. */
#ifndef PYMM_DOMAIN_H
#define PYMM_DOMAIN_H

#include "heap/heap.h"
#endif
