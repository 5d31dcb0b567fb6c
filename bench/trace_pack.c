/* trace_pack: turn a recording of addresses into a packed trace of slots (trace.h).
 *
 *   trace_pack [--max-events N] RECORDING TRACE
 *
 * Owns: the map from live addresses to slots. What the recording cannot explain is repaired and counted: a free of a block
 * allocated before the recording began is dropped, a realloc of one becomes a new block, and a block whose address is given
 * out again without a free was freed where the recorder could not see it. Read src/hook/hook.h and trace.h first. */
#include "trace.h"

#include "hook/hook.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct live_block {
    uint64_t address; /* 0 empty, 1 deleted */
    uint64_t size_bytes;
    uint32_t slot;
    uint32_t domain;
} live_block;

typedef struct pending_realloc { /* of one thread, between BEGIN and END */
    live_block block;            /* address 0: realloc(NULL) or an unknown block */
    bool is_open;
    bool is_unknown;
} pending_realloc;

typedef struct packer {
    FILE *out;
    trace_header header;
    live_block *table; /* open addressing, a power of two */
    size_t table_count, used_count;
    uint32_t *free_slots;
    size_t free_slot_count, free_slot_capacity;
    uint64_t live_bytes, live_round_bytes, live_block_count;
    uint64_t unknown_free_count, unknown_realloc_count, unseen_free_count, too_large_count;
    pending_realloc pending[HOOK_RECORD_THREAD_COUNT];
} packer;

static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("trace_pack: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *checked(void *memory)
{
    if (memory == NULL)
        die("out of memory");
    return memory;
}

static size_t table_index(const packer *p, uint64_t address)
{
    return (size_t)((address >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (p->table_count - 1);
}

static live_block *table_find(packer *p, uint64_t address)
{
    for (size_t i = table_index(p, address);; i = (i + 1) & (p->table_count - 1)) {
        if (p->table[i].address == address)
            return &p->table[i];
        if (p->table[i].address == 0)
            return NULL;
    }
}

static void table_insert(packer *p, live_block block);

static void table_grow(packer *p)
{
    live_block *old = p->table;
    size_t old_count = p->table_count;
    /* Deleted entries count as used; when it is mostly them, the same size will do. */
    if (p->live_block_count * 4 > old_count)
        p->table_count *= 2;
    p->table = checked(calloc(p->table_count, sizeof *p->table));
    p->used_count = 0;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].address > 1)
            table_insert(p, old[i]);
    free(old);
}

static void table_insert(packer *p, live_block block)
{
    if ((p->used_count + 1) * 4 > p->table_count * 3)
        table_grow(p);
    size_t i = table_index(p, block.address);
    while (p->table[i].address > 1)
        i = (i + 1) & (p->table_count - 1);
    p->used_count += p->table[i].address == 0;
    p->table[i] = block;
}

static uint32_t slot_take(packer *p)
{
    if (p->free_slot_count > 0)
        return p->free_slots[--p->free_slot_count];
    if (p->header.slot_count == TRACE_SLOT_COUNT_MAX)
        die("more than %llu live blocks", (unsigned long long)TRACE_SLOT_COUNT_MAX);
    return (uint32_t)p->header.slot_count++;
}

static void slot_give(packer *p, uint32_t slot)
{
    if (p->free_slot_count == p->free_slot_capacity) {
        p->free_slot_capacity = p->free_slot_capacity ? p->free_slot_capacity * 2 : 1024;
        p->free_slots = checked(realloc(p->free_slots, p->free_slot_capacity * sizeof *p->free_slots));
    }
    p->free_slots[p->free_slot_count++] = slot;
}

static void emit_word(packer *p, uint64_t word)
{
    if (fwrite(&word, sizeof word, 1, p->out) != 1)
        die("cannot write: %s", strerror(errno));
    p->header.word_count++;
}

static void emit(packer *p, unsigned op, const live_block *block)
{
    emit_word(p, trace_word(op, block->domain, block->slot, block->size_bytes));
    p->header.event_count++;
    p->header.op_counts[op]++;
    if (op == TRACE_MALLOC || op == TRACE_CALLOC || op == TRACE_REALLOC || op == TRACE_REALLOC_NEW)
        p->header.domain_counts[block->domain]++;
}

static uint64_t round_bytes(uint64_t size_bytes) { return size_bytes == 0 ? 16 : (size_bytes + 15) & ~UINT64_C(15); }

static void live_add(packer *p, const live_block *block)
{
    p->live_bytes += block->size_bytes;
    p->live_round_bytes += round_bytes(block->size_bytes);
    p->live_block_count++;
    if (block->size_bytes > p->header.max_block_bytes)
        p->header.max_block_bytes = block->size_bytes;
}

/* After the whole event has been written, so that peak_word is a boundary between events. */
static void live_note_peak(packer *p)
{
    if (p->live_bytes <= p->header.peak_bytes)
        return;
    p->header.peak_bytes = p->live_bytes;
    p->header.peak_round_bytes = p->live_round_bytes;
    p->header.peak_block_count = p->live_block_count;
    p->header.peak_word = p->header.word_count;
}

static void live_remove(packer *p, const live_block *block)
{
    p->live_bytes -= block->size_bytes;
    p->live_round_bytes -= round_bytes(block->size_bytes);
    p->live_block_count--;
}

static void pack_free(packer *p, live_block *entry)
{
    live_block block = *entry;
    entry->address = 1;
    emit(p, TRACE_FREE, &block);
    live_remove(p, &block);
    slot_give(p, block.slot);
}

/* The recorder logs a free before it is done, so an address that is given out again has been freed by other means. */
static void pack_unseen_free(packer *p, uint64_t address)
{
    live_block *unseen = table_find(p, address);
    if (unseen != NULL) {
        p->unseen_free_count++;
        pack_free(p, unseen);
    }
}

static void pack_new(packer *p, unsigned op, live_block block)
{
    pack_unseen_free(p, block.address);
    block.slot = slot_take(p);
    table_insert(p, block);
    live_add(p, &block);
    emit(p, op, &block);
    if (op == TRACE_REALLOC_NEW)
        emit_word(p, 0);
    live_note_peak(p);
}

static void pack_realloc_begin(packer *p, unsigned thread, uint64_t address)
{
    pending_realloc *pending = &p->pending[thread];
    live_block *entry = address != 0 ? table_find(p, address) : NULL;
    *pending = (pending_realloc){.is_open = true, .is_unknown = address != 0 && entry == NULL};
    if (entry != NULL) {
        pending->block = *entry;
        entry->address = 1; /* while the call runs, another thread may already get this address */
    }
}

static void pack_realloc_end(packer *p, unsigned thread, live_block block)
{
    pending_realloc pending = p->pending[thread];
    p->pending[thread].is_open = false;
    if (!pending.is_open)
        return; /* it began before the recording did */
    if (block.address == 0) {
        if (pending.block.address != 0)
            table_insert(p, pending.block);
        return;
    }
    p->unknown_realloc_count += pending.is_unknown;
    if (pending.block.address == 0) {
        pack_new(p, TRACE_REALLOC_NEW, block);
        return;
    }
    pack_unseen_free(p, block.address);
    block.slot = pending.block.slot;
    live_remove(p, &pending.block);
    table_insert(p, block);
    live_add(p, &block);
    emit(p, TRACE_REALLOC, &block);
    emit_word(p, pending.block.size_bytes);
    live_note_peak(p);
}

static void pack_event(packer *p, hook_record_event event)
{
    unsigned op = hook_record_meta_op(event.meta), domain = hook_record_meta_domain(event.meta);
    unsigned thread = hook_record_meta_thread(event.meta);
    live_block block = {event.address, hook_record_meta_size(event.meta), 0, domain};
    if (domain >= PYMM_DOMAIN_COUNT || op < HOOK_RECORD_MALLOC || op > HOOK_RECORD_FREE)
        die("event %llu is damaged", (unsigned long long)p->header.event_count);
    if (block.size_bytes > TRACE_SIZE_MAX) {
        p->too_large_count++; /* such a request can only have failed */
        return;
    }
    if (thread > p->header.thread_count)
        p->header.thread_count = thread;
    /* CPython's tables resize to nothing as to 1 byte; some mallocs would free the block. */
    if (op == HOOK_RECORD_REALLOC_END && block.size_bytes == 0)
        block.size_bytes = 1;
    if (op == HOOK_RECORD_MALLOC || op == HOOK_RECORD_CALLOC) {
        pack_new(p, op == HOOK_RECORD_MALLOC ? TRACE_MALLOC : TRACE_CALLOC, block);
    } else if (op == HOOK_RECORD_REALLOC_BEGIN) {
        pack_realloc_begin(p, thread, event.address);
    } else if (op == HOOK_RECORD_REALLOC_END) {
        pack_realloc_end(p, thread, block);
    } else if (event.address == 0) {
        emit(p, TRACE_FREE_NULL, &block);
    } else {
        live_block *entry = table_find(p, event.address);
        if (entry != NULL)
            pack_free(p, entry);
        else
            p->unknown_free_count++;
    }
}

static int compare_slots(const void *left, const void *right)
{
    uint32_t a = (*(live_block *const *)left)->slot, b = (*(live_block *const *)right)->slot;
    return a < b ? -1 : a > b;
}

/* Free what the program left, in the order of slots: the order of the table is that of a hash. */
static void pack_tail(packer *p)
{
    for (unsigned thread = 0; thread < HOOK_RECORD_THREAD_COUNT; thread++)
        if (p->pending[thread].is_open && p->pending[thread].block.address != 0)
            table_insert(p, p->pending[thread].block);
    p->header.tail_event = p->header.event_count;
    p->header.tail_word = p->header.word_count;
    live_block **left = checked(malloc((p->live_block_count + 1) * sizeof *left));
    size_t left_count = 0;
    for (size_t i = 0; i < p->table_count; i++)
        if (p->table[i].address > 1)
            left[left_count++] = &p->table[i];
    qsort(left, left_count, sizeof *left, compare_slots);
    for (size_t i = 0; i < left_count; i++)
        pack_free(p, left[i]);
    free(left);
    if (p->live_block_count != 0 || p->live_bytes != 0)
        die("%llu blocks left at the end", (unsigned long long)p->live_block_count);
}

static void read_header(FILE *in, const char *path)
{
    hook_record_header header;
    if (fread(&header, sizeof header, 1, in) != 1 || memcmp(header.magic, HOOK_RECORD_MAGIC, sizeof header.magic) != 0)
        die("%s is not a recording of pymm's", path);
    if (header.version != HOOK_RECORD_VERSION)
        die("%s has version %u of the format; this program reads %d", path, header.version, HOOK_RECORD_VERSION);
    if (fseek(in, (long)header.header_bytes, SEEK_SET) != 0)
        die("%s: %s", path, strerror(errno));
}

static void pack_all(packer *p, FILE *in, uint64_t max_events)
{
    hook_record_event event;
    bool has_end = false;
    while (p->header.event_count < max_events && fread(&event, sizeof event, 1, in) == 1) {
        if (hook_record_meta_op(event.meta) == HOOK_RECORD_END) {
            has_end = true;
            break;
        }
        pack_event(p, event);
    }
    p->header.is_truncated = !has_end;
    pack_tail(p);
}

static void print_summary(const packer *p)
{
    const trace_header *h = &p->header;
    printf("{\"events\": %llu, \"tail\": %llu, \"malloc\": %llu, \"calloc\": %llu, \"realloc\": %llu, \"free\": %llu, "
           "\"raw\": %llu, \"mem\": %llu, \"obj\": %llu, \"slots\": %llu, \"peak_bytes\": %llu, "
           "\"peak_round_bytes\": %llu, \"peak_blocks\": %llu, \"max_block_bytes\": %llu, \"threads\": %llu, "
           "\"truncated\": %llu, \"unknown_frees\": %llu, \"unknown_reallocs\": %llu, \"unseen_frees\": %llu}\n",
           (unsigned long long)h->event_count, (unsigned long long)(h->event_count - h->tail_event),
           (unsigned long long)h->op_counts[TRACE_MALLOC], (unsigned long long)h->op_counts[TRACE_CALLOC],
           (unsigned long long)(h->op_counts[TRACE_REALLOC] + h->op_counts[TRACE_REALLOC_NEW]),
           (unsigned long long)(h->op_counts[TRACE_FREE] + h->op_counts[TRACE_FREE_NULL]),
           (unsigned long long)h->domain_counts[0], (unsigned long long)h->domain_counts[1],
           (unsigned long long)h->domain_counts[2], (unsigned long long)h->slot_count,
           (unsigned long long)h->peak_bytes, (unsigned long long)h->peak_round_bytes,
           (unsigned long long)h->peak_block_count, (unsigned long long)h->max_block_bytes,
           (unsigned long long)h->thread_count, (unsigned long long)h->is_truncated,
           (unsigned long long)p->unknown_free_count, (unsigned long long)p->unknown_realloc_count,
           (unsigned long long)p->unseen_free_count);
}

int main(int argc, char **argv)
{
    uint64_t max_events = UINT64_MAX;
    if (argc == 5 && strcmp(argv[1], "--max-events") == 0) {
        max_events = strtoull(argv[2], NULL, 10);
        argv += 2;
        argc -= 2;
    }
    if (argc != 3) {
        fputs("usage: trace_pack [--max-events N] RECORDING TRACE\n", stderr);
        return 2;
    }
    FILE *in = fopen(argv[1], "rb");
    if (in == NULL)
        die("%s: %s", argv[1], strerror(errno));
    packer *p = checked(calloc(1, sizeof *p));
    p->out = fopen(argv[2], "wb");
    if (p->out == NULL)
        die("%s: %s", argv[2], strerror(errno));
    setvbuf(in, NULL, _IOFBF, 1 << 20);
    setvbuf(p->out, NULL, _IOFBF, 1 << 20);
    p->table_count = 1 << 16;
    p->table = checked(calloc(p->table_count, sizeof *p->table));
    read_header(in, argv[1]);
    char page[TRACE_HEADER_BYTES] = {0};
    fwrite(page, sizeof page, 1, p->out);
    p->header = (trace_header){
        .magic = TRACE_MAGIC, .version = TRACE_VERSION, .header_bytes = TRACE_HEADER_BYTES, .slot_count = 1};
    pack_all(p, in, max_events);
    if (fseek(p->out, 0, SEEK_SET) != 0 || fwrite(&p->header, sizeof p->header, 1, p->out) != 1 || fclose(p->out) != 0)
        die("%s: %s", argv[2], strerror(errno));
    print_summary(p);
    return 0;
}
