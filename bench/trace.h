/* trace.h: the packed trace: what trace_pack writes and replay plays.
 *
 * A header of one page, then events of one word; the file is mapped and read in order. A block is named by its slot, a
 * small number that is used again after the block has died, so the replayer's pointer table is as small as the program's
 * largest number of live blocks. The trace ends with a free for every block still alive: from `tail_event` on. */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include <stdint.h>

#define TRACE_MAGIC "PYMMTRC"
#define TRACE_VERSION 1
#define TRACE_HEADER_BYTES 4096

typedef struct trace_header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t word_count;       /* words after the header; a realloc has two, other events one */
    uint64_t event_count;      /* events, the tail included */
    uint64_t tail_event;       /* number of the first free that the program did not do itself */
    uint64_t tail_word;        /* where that one is */
    uint64_t slot_count;       /* slots are numbered below this; slot 0 is always NULL */
    uint64_t peak_bytes;       /* most bytes alive at once, as they were asked for */
    uint64_t peak_round_bytes; /* at that moment, each block rounded up to 16 and never 0 */
    uint64_t peak_block_count; /* at that moment */
    uint64_t peak_word;        /* the word after the event that reached the peak */
    uint64_t max_block_bytes;
    uint64_t op_counts[8];
    uint64_t domain_counts[3]; /* malloc, calloc and realloc by domain */
    uint64_t thread_count;
    uint64_t is_truncated;
} trace_header;

enum trace_op {
    TRACE_MALLOC = 1,      /* slot gets a block of size */
    TRACE_CALLOC = 2,      /* the same, zeroed */
    TRACE_REALLOC = 3,     /* slot's block gets size; the next word is the size it had */
    TRACE_REALLOC_NEW = 4, /* realloc(NULL, size) into slot; the next word is 0 */
    TRACE_FREE = 5,        /* slot's block dies; its size is repeated here */
    TRACE_FREE_NULL = 6    /* free(NULL) */
};

/* A word: bits 0-2 op, 3-4 domain, 5-29 slot, 30-63 size in bytes. */
#define TRACE_SLOT_COUNT_MAX (UINT64_C(1) << 25)
#define TRACE_SIZE_MAX ((UINT64_C(1) << 34) - 1)

static inline uint64_t trace_word(unsigned op, unsigned domain, uint64_t slot, uint64_t size_bytes)
{
    return op | domain << 3 | slot << 5 | size_bytes << 30;
}

static inline unsigned trace_word_op(uint64_t word) { return (unsigned)(word & 7); }
static inline unsigned trace_word_domain(uint64_t word) { return (unsigned)(word >> 3 & 3); }
static inline uint64_t trace_word_slot(uint64_t word) { return word >> 5 & (TRACE_SLOT_COUNT_MAX - 1); }
static inline uint64_t trace_word_size(uint64_t word) { return word >> 30; }

#endif
