/* shadow.c: records beside the heap: one word of 4 bytes for every 16 bytes of the first region.
 *
 *   a MiB of the heap's region   | 0 | 16 | 32 | 48 | 64 | 80 | ...                              offsets of blocks
 *   its words                    | 0 | 64 | 128 | ... | 16 | 80 | ... | 32 | 96 | ... | 48 | 112 | ...
 *
 * Reserved for all of the region, committed as far as the heap is in use; only pages with a record cost memory. A record is
 * found by arithmetic alone (trace_word_at). One word a slot would be denser, and was measured to be slower: the two loads
 * that find the size of the slot stand in the way of everything behind them (docs/internals/trace.md).
 * Owns: the words. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

atomic_size_t trace_strays;

static _Atomic(trace_word) *_Atomic the_words;
static atomic_size_t covered_bytes; /* of the region, from its start; 0: none */
static os_lock grow_lock = OS_LOCK_INIT; /* innermost */
static size_t reserved_bytes, committed_bytes; /* of the words */
static atomic_size_t region_bytes; /* of the heap's first region; 0: no words */

#define UNIT_PLACES ((size_t)1 << HEAP_UNIT_SHIFT >> HEAP_ALIGN_SHIFT) /* where a block may begin; a word for each */
#define UNIT_WORDS_BYTES (UNIT_PLACES * sizeof(trace_word))

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

_Atomic(trace_word) *trace_shadow_at(uintptr_t address)
{
    size_t offset = address - atomic_load_explicit(&heap_first_map.base, memory_order_relaxed);
    if (offset >= atomic_load_explicit(&covered_bytes, memory_order_acquire))
        return NULL;
    return atomic_load_explicit(&the_words, memory_order_relaxed) + trace_word_at(offset);
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

bool trace_shadow_fits(const trace_record *record, uintptr_t address)
{
    if (record->bytes > TRACE_WORD_SIZE_MAX || record->stack > TRACE_WORD_STACK_MAX || record->table == TRACE_TABLE_NONE)
        return false;
    unsigned bin = heap_bin_at((const void *)address);
    return bin != 0 && record->table == heap_bin_domain(bin);
}

trace_record trace_shadow_record(trace_word word, unsigned bin)
{
    return (trace_record){word & TRACE_WORD_SIZE_MAX, word >> TRACE_WORD_STACK_SHIFT, 0,
                          bin == 0 ? PYMM_DOMAIN_RAW : heap_bin_domain(bin)};
}

bool trace_shadow_visit(bool (*visit)(void *arg, const trace_record *record), void *arg)
{
    size_t unit_count = atomic_load(&covered_bytes) >> HEAP_UNIT_SHIFT;
    _Atomic(trace_word) *words = atomic_load(&the_words);
    for (size_t unit = 0; unit < unit_count; unit++) {
        unsigned bin = heap_unit_bin(unit);
        for (size_t i = 0; bin != 0 && i < UNIT_PLACES; i++) {
            size_t offset = (unit * UNIT_PLACES + i) * HEAP_ALIGN_BYTES;
            trace_word word = atomic_load_explicit(&words[trace_word_at(offset)], memory_order_relaxed);
            trace_record record = trace_shadow_record(word, bin);
            if (word != 0 && !visit(arg, &record))
                return false;
        }
    }
    return true;
}
