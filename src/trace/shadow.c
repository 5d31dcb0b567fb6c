/* shadow.c: records beside the heap: one word for each block of the first region, at a place computed from its address.
 *
 *   heap's region  | unit 0      | unit 1      | ...        a block at offset o of unit u
 *   words          | 512 records | 512 records | ...        word u * 512 + (o >> shift of the unit's bin)
 *
 * Reserved for all of the region, committed as far as the heap is in use, never allocated per slab; a slab that changes its
 * bin needs nothing done, since it has no live block then and so no record.
 * Owns: trace_the_shadow. Read heap_record_at in heap.h first. */
#include "trace/internal.h"

#include <string.h>

trace_shadow trace_the_shadow;

static os_lock grow_lock = OS_LOCK_INIT; /* innermost */
static size_t reserved_bytes, committed_bytes; /* of the words */
static atomic_size_t region_bytes; /* of the heap's first region; 0: no words */

#define UNIT_WORDS_BYTES (HEAP_UNIT_RECORDS * sizeof(uint64_t))

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
    atomic_store(&trace_the_shadow.words, words);
    atomic_store(&region_bytes, wanted_bytes);
}

bool trace_shadow_may_cover(uintptr_t address)
{
    return address - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed) <
           atomic_load_explicit(&region_bytes, memory_order_relaxed);
}

void trace_shadow_close(void)
{
    if (reserved_bytes == 0)
        return;
    atomic_store(&trace_the_shadow.bytes, 0);
    os_release((void *)atomic_load(&trace_the_shadow.words), reserved_bytes);
    atomic_store(&trace_the_shadow.words, NULL);
    atomic_store(&region_bytes, 0);
    reserved_bytes = committed_bytes = 0;
}

void trace_shadow_clear(void)
{
    void *words = (void *)atomic_load(&trace_the_shadow.words);
    if (committed_bytes > 0 && os_purge(words, committed_bytes) != 0)
        memset(words, 0, committed_bytes);
    atomic_store(&trace_the_shadow.strays, 0);
}

bool trace_shadow_grow(void)
{
    bool has_grown = false;
    os_lock_take(&grow_lock);
    size_t heap_bytes = atomic_load_explicit(&heap_first_map.bytes, memory_order_acquire);
    size_t wanted_bytes = base_round_up((heap_bytes >> HEAP_UNIT_SHIFT) * UNIT_WORDS_BYTES, os_page_bytes());
    char *words = (char *)atomic_load(&trace_the_shadow.words);
    if (wanted_bytes <= reserved_bytes && heap_bytes > atomic_load(&trace_the_shadow.bytes)) {
        has_grown = wanted_bytes <= committed_bytes ||
                    os_commit(words + committed_bytes, wanted_bytes - committed_bytes) == 0;
        if (has_grown) {
            if (wanted_bytes > committed_bytes)
                os_advise_huge(words + committed_bytes, wanted_bytes - committed_bytes, false);
            committed_bytes = base_max(committed_bytes, wanted_bytes);
            atomic_store_explicit(&trace_the_shadow.bytes, heap_bytes, memory_order_release);
        }
    }
    os_lock_drop(&grow_lock);
    return has_grown;
}

size_t trace_shadow_resident_bytes(void)
{
    if (committed_bytes == 0)
        return 0;
    size_t page_count = os_resident_pages((void *)atomic_load(&trace_the_shadow.words), committed_bytes);
    return page_count == SIZE_MAX ? committed_bytes : page_count * os_page_bytes();
}

/* A unit without a slab has a record at its start at most, that of a large block. */
bool trace_shadow_visit(bool (*visit)(void *arg, const trace_record *record), void *arg)
{
    size_t unit_count = atomic_load(&trace_the_shadow.bytes) >> HEAP_UNIT_SHIFT;
    _Atomic(uint64_t) *words = atomic_load(&trace_the_shadow.words);
    for (size_t unit = 0; unit < unit_count; unit++, words += HEAP_UNIT_RECORDS) {
        size_t record_count = heap_unit_is_slab(unit) ? HEAP_UNIT_RECORDS : 1;
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
