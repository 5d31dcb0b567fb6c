/* model.h: a byte string played against the heap and against a simple model of it; any difference stops the process.
 *
 *   bytes -> operations (allocate, resize, free, calloc, hand to a thread, give back, ...) -> heap
 *                     \-> model: slots with address, size, domain, pattern; an ordered list of intervals
 *
 * After every operation: alignment, usable size, overlap with every other live block, contents of the block and its
 * neighbours. After every `check_every` operations: pymm_check. Now and then: all contents, and the walker against the
 * model. model.c owns the model, workers.c the threads that blocks are handed to. */
#ifndef TESTS_FUZZ_MODEL_H
#define TESTS_FUZZ_MODEL_H

#include "../unit/support.h"

enum { MODEL_SLOTS = 512, MODEL_WORKERS = 3, MODEL_BATCH = 24 };

/* A block of the model's. Free slots have block NULL. */
typedef struct model_slot {
    unsigned char *block;
    size_t bytes;        /* asked for */
    size_t filled_bytes; /* usable size, all of it filled with the pattern of `seed` */
    uint64_t seed;
    uint8_t domain;
    uint8_t is_away; /* with a worker: not in the list of intervals until it comes back */
} model_slot;

typedef struct model_options {
    size_t check_every;   /* operations between two runs of the checker; 0: only at the end */
    int is_lockstep;      /* wait for every worker's operation at once: the same bytes do the same again */
} model_options;

void model_start(const model_options *options);
size_t model_play(const uint8_t *bytes, size_t byte_count); /* returns operations done */
void model_finish(void);                                    /* free all, check that nothing is left */

/* Operations on one slot, in whichever thread they are called. They check what they can see alone. */
void slot_allocate(model_slot *slot, size_t bytes, int is_zeroed);
void slot_resize(model_slot *slot, size_t bytes);
void slot_free(model_slot *slot);
void slot_verify(const model_slot *slot);

/* Workers. A request names a slot, which is away from then on until worker_collect has called `came_back` for it. */
typedef enum model_request_kind { MODEL_ALLOCATE, MODEL_RESIZE, MODEL_FREE, MODEL_RELEASE } model_request_kind;
typedef struct model_request {
    model_request_kind kind;
    model_slot *slot;
    size_t bytes;
} model_request;

void workers_start(void (*came_back)(model_slot *slot));
void worker_request(unsigned worker, model_request request);
void worker_collect(unsigned worker); /* do what is waiting, wait until done */
void worker_restart(unsigned worker); /* end the thread, start another */
/* arenas.c: have slabs lie in arenas of one of three sources, or in the heap's own range again; all arenas have come back. */
void arenas_choose(unsigned choice);
void arenas_finish(void);
#endif
