/* backends.h: the allocators that the replayer can play a trace against, by name.
 *
 * Owns: finding each library and its functions. Two calling conventions are kept apart, so that no backend pays for a
 * wrapper: `table` functions take a ctx (pymm, CPython: what Python calls), `plain` ones are malloc's own. Each convention has
 * a null allocator of its own, whose time is what the replayer itself costs. */
#ifndef BENCH_BACKENDS_H
#define BENCH_BACKENDS_H

#include "pymm.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct plain_allocator {
    void *(*malloc)(size_t size_bytes);
    void *(*calloc)(size_t item_count, size_t item_bytes);
    void *(*realloc)(void *block, size_t size_bytes);
    void (*free)(void *block);
} plain_allocator;

/* One domain as the event loop sees it; which half is filled depends on the backend. */
typedef struct backend_domain {
    pymm_allocator table;
    plain_allocator plain;
} backend_domain;

typedef struct backend {
    const char *name;
    bool is_plain;
    char library[512]; /* the file that it really came from */
    backend_domain domains[PYMM_DOMAIN_COUNT];
} backend;

/* Find a backend. `library` overrides where it is looked for (NULL: the usual place). max_block_bytes is for the null ones.
 * May execute the program again with LD_PRELOAD set. On failure prints one line and exits with 1; with 3 when the library is
 * not installed. */
void backend_open(backend *out, const char *name, const char *library, size_t max_block_bytes, char **argv);

#endif
