/* fork.c: all locks of the room at once: for fork, and for whoever must see the heap at rest.
 *
 * Owns: the order of the locks. Around fork they are held, so the child's copy of the heap is consistent; the child then
 * takes back what the threads that it lacks had cached. Read internal.h first. */
#include "heap/internal.h"

void heap_lock_all(void)
{
    os_lock_take(&heap_threads_lock);
    for (unsigned i = 0; i < HEAP_SHARDS_MAX; i++)
        os_lock_take(&heap_shards[i].lock);
    os_lock_take(&heap_the_range.lock);
    os_lock_take(&heap_meta_lock);
}

void heap_unlock_all(void)
{
    os_lock_drop(&heap_meta_lock);
    os_lock_drop(&heap_the_range.lock);
    for (unsigned i = HEAP_SHARDS_MAX; i-- > 0;)
        os_lock_drop(&heap_shards[i].lock);
    os_lock_drop(&heap_threads_lock);
}

static void lock_reset(os_lock *lock) { atomic_store(&lock->state, 0); }

static void fork_child(void)
{
    lock_reset(&heap_meta_lock);
    lock_reset(&heap_the_range.lock);
    for (unsigned i = 0; i < HEAP_SHARDS_MAX; i++)
        lock_reset(&heap_shards[i].lock);
    lock_reset(&heap_threads_lock);
    heap_threads_reclaim_after_fork();
}

int heap_fork_init(void) { return os_fork_register(heap_lock_all, heap_unlock_all, fork_child); }
