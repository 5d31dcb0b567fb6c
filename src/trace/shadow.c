/* shadow.c: records beside the heap: one word for every 16 bytes of the first region.
 *
 *   heap's region  | 16 bytes | 16 bytes | 16 bytes | ...       a block at offset o
 *   words          | 8 bytes  | 8 bytes  | 8 bytes  | ...       word o / 16
 *
 * Reserved for all of the region, committed as far as the heap is in use; only pages with a record cost memory. A record is
 * found by one subtraction and one shift. A denser layout, with one word a slot, was measured to be slower: the two loads
 * that find the size of the slot stand in the way of everything behind them (docs/internals/trace.md).
 * Owns: the words. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

atomic_size_t trace_strays;

static _Atomic(uint64_t) *_Atomic the_words;
static atomic_size_t covered_bytes; /* of the region, from its start; 0: none */
static os_lock grow_lock = OS_LOCK_INIT; /* innermost */
static size_t reserved_bytes, committed_bytes; /* of the words */
static atomic_size_t region_bytes; /* of the heap's first region; 0: no words */

#define UNIT_WORDS ((size_t)1 << HEAP_UNIT_SHIFT >> 4)
#define UNIT_WORDS_BYTES (UNIT_WORDS * sizeof(uint64_t))
#define START_WORDS 512 /* of a large block's unit: hooks below may put something in front of what the program gets */

void trace_shadow_open(void)
{
    size_t wanted_bytes = heap_first_reserved_bytes();
    if (reserved_bytes != 0 || wanted_bytes == 0)
        return;
    size_t words_bytes = (wanted_bytes >> HEAP_UNIT_SHIFT) * UNIT_WORDS_BYTES;
    void *words = os_reserve(words_bytes, os_page_bytes());
    if (words == NULL)
        return;
    reserved_bytes = words_bytes;
    committed_bytes = 0;
    atomic_store(&the_words, words);
    atomic_store(&region_bytes, wanted_bytes);
}

bool trace_shadow_may_cover(uintptr_t address)
{
    return address % HEAP_ALIGN_BYTES == 0 &&
           address - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed) <
           atomic_load_explicit(&region_bytes, memory_order_relaxed);
}

void trace_shadow_close(void)
{
    if (reserved_bytes == 0)
        return;
    atomic_store(&covered_bytes, 0);
    os_release((void *)atomic_load(&the_words), reserved_bytes);
    atomic_store(&the_words, NULL);
    atomic_store(&region_bytes, 0);
    reserved_bytes = committed_bytes = 0;
}

void trace_shadow_clear(void)
{
    void *words = (void *)atomic_load(&the_words);
    if (committed_bytes > 0 && os_purge(words, committed_bytes) != 0)
        memset(words, 0, committed_bytes);
    atomic_store(&trace_strays, 0);
}

bool trace_shadow_grow(void)
{
    bool has_grown = false;
    os_lock_take(&grow_lock);
    size_t heap_bytes = atomic_load_explicit(&heap_first_map.aligned_count, memory_order_acquire) * HEAP_ALIGN_BYTES;
    size_t wanted_bytes = base_round_up((heap_bytes >> HEAP_UNIT_SHIFT) * UNIT_WORDS_BYTES, os_page_bytes());
    char *words = (char *)atomic_load(&the_words);
    if (wanted_bytes <= reserved_bytes && heap_bytes > atomic_load(&covered_bytes)) {
        has_grown = wanted_bytes <= committed_bytes ||
                    os_commit(words + committed_bytes, wanted_bytes - committed_bytes) == 0;
        if (has_grown) {
            if (wanted_bytes > committed_bytes)
                os_advise_huge(words + committed_bytes, wanted_bytes - committed_bytes, false);
            committed_bytes = base_max(committed_bytes, wanted_bytes);
            atomic_store_explicit(&covered_bytes, heap_bytes, memory_order_release);
        }
    }
    os_lock_drop(&grow_lock);
    return has_grown;
}

_Atomic(uint64_t) *trace_shadow_at(uintptr_t address)
{
    size_t offset = address - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    if (offset >= atomic_load_explicit(&covered_bytes, memory_order_acquire))
        return NULL;
    return atomic_load_explicit(&the_words, memory_order_relaxed) + offset / HEAP_ALIGN_BYTES;
}

void trace_shadow_show(trace_thread *thread)
{
    thread->region = atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    thread->words = atomic_load_explicit(&the_words, memory_order_relaxed);
    size_t bytes = atomic_load_explicit(&covered_bytes, memory_order_acquire);
    atomic_store_explicit(&thread->covered_bytes, bytes, memory_order_relaxed);
}

size_t trace_shadow_resident_bytes(void)
{
    if (committed_bytes == 0)
        return 0;
    size_t page_count = os_resident_pages((void *)atomic_load(&the_words), committed_bytes);
    return page_count == SIZE_MAX ? committed_bytes : page_count * os_page_bytes();
}

/* A unit without a slab has a record at its start at most, that of a large block: the rest is not looked at. */
bool trace_shadow_visit(bool (*visit)(void *arg, const trace_record *record), void *arg)
{
    size_t unit_count = atomic_load(&covered_bytes) >> HEAP_UNIT_SHIFT;
    _Atomic(uint64_t) *words = atomic_load(&the_words);
    for (size_t unit = 0; unit < unit_count; unit++, words += UNIT_WORDS) {
        size_t record_count = heap_unit_is_slab(unit) ? UNIT_WORDS : START_WORDS;
        for (size_t i = 0; i < record_count; i++) {
            uint64_t word = atomic_load_explicit(&words[i], memory_order_relaxed);
            trace_record record = {(uint32_t)word, (uint32_t)(word >> TRACE_WORD_STACK_SHIFT), 0,
                                   (unsigned)(word >> TRACE_WORD_TABLE_SHIFT) & 3};
            if (word != 0 && !visit(arg, &record))
                return false;
        }
    }
    return true;
}
