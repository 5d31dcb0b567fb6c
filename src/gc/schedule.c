/* schedule.c: when a collection happens, and of which generations.
 *
 * Owns: thresholds, counts of collections, on and off. Does not own: what a collection does (collect.c). Read internal.h
 * first. */
#include "internal.h"

#define BIRTHS_AT_FIRST 2000
static size_t thresholds[OBJECT_GENERATION_COUNT] = {BIRTHS_AT_FIRST, 10, 10};
static size_t collection_counts[OBJECT_GENERATION_COUNT]; /* of generation n - 1, since the last of n; 0 is not used */
static size_t old_count, pending_count; /* survivors of the last full collection; of those of generation 1 since then */
static bool is_enabled = true;

/* In the hostile build every birth collects, unless the program has a threshold of its own. */
static void limit_set(void)
{
    bool is_at_every_birth = GC_IS_HOSTILE && thresholds[0] == BIRTHS_AT_FIRST;
    object_young.limit = !is_enabled || thresholds[0] == 0 ? SIZE_MAX : is_at_every_birth ? 0 : thresholds[0];
}

bool gc_is_enabled(void) { return is_enabled; }

bool gc_enable(bool enable)
{
    bool was_enabled = is_enabled;
    is_enabled = enable;
    limit_set();
    return was_enabled;
}

void gc_threshold_get(size_t got[OBJECT_GENERATION_COUNT]) { memcpy(got, thresholds, sizeof thresholds); }

void gc_threshold_set(const size_t wanted[OBJECT_GENERATION_COUNT])
{
    memcpy(thresholds, wanted, sizeof thresholds);
    limit_set();
}

void gc_count_get(size_t counts[OBJECT_GENERATION_COUNT])
{
    memcpy(counts, collection_counts, sizeof collection_counts);
    counts[0] = object_young.count;
}

void gc_schedule_begun(unsigned generation)
{
    object_young.count = 0;
    for (unsigned i = 0; i <= generation; i++)
        collection_counts[i] = 0;
    if (generation + 1 < OBJECT_GENERATION_COUNT)
        collection_counts[generation + 1]++;
}

void gc_schedule_found(unsigned generation, gc_found found)
{
    if (generation == OBJECT_GENERATION_COUNT - 1) {
        old_count = found.reached;
        pending_count = 0;
    } else if (generation == OBJECT_GENERATION_COUNT - 2)
        pending_count += found.reached;
}

/* The oldest generation that is due; the oldest of all only when what is new to it is a quarter of the rest, so that a
 * growing heap costs time in proportion to its size. */
static void births_collect(void)
{
    unsigned generation = 0;
    for (unsigned i = 1; i < OBJECT_GENERATION_COUNT; i++)
        if (collection_counts[i] > thresholds[i] && (i < OBJECT_GENERATION_COUNT - 1 || pending_count >= old_count / 4))
            generation = i;
    gc_collect(generation);
}

void gc_start(void)
{
    object_young.collect = births_collect;
    limit_set();
    gc_fork_start();
}
