/* store.c: the table of records that have no place beside the heap: other domains, other allocators' blocks, large blocks.
 *
 * 64 shards, each with its lock and its chains; the shard and the chain come from the address, so all domains of an address
 * are in one shard. Chains grow with the records. Nodes are cut from pieces of 4 KiB that only clearing gives back.
 * Owns: the shards. Read internal.h first. */
#include "trace/internal.h"

#include <string.h>

#define SHARD_COUNT 64
#define PIECE_BYTES ((size_t)4096)
#define CHAINS_FIRST ((size_t)16)
#define CHAINS_MAX ((size_t)65536) /* what heap_meta_take gives at most */

struct trace_node {
    trace_node *next;
    uintptr_t address;
    size_t bytes;
    uint32_t domain;
    uint32_t stack_table; /* stack << 2 | table */
};

typedef struct store_piece {
    struct store_piece *next;
} store_piece;

typedef struct store_shard {
    os_lock lock;
    trace_node **chains; /* NULL: the first ones */
    size_t chain_count, node_count; /* chain_count 0: not used yet */
    trace_node *first_chains[CHAINS_FIRST]; /* so that a record that has its node can always be put */
    trace_node *spare;
    store_piece *pieces;
} store_shard;

static store_shard shards[SHARD_COUNT];

static uint64_t hash_of(uintptr_t address) { return (uint64_t)address * UINT64_C(0x9E3779B97F4A7C15); }
static store_shard *shard_of(uintptr_t address) { return &shards[hash_of(address) >> 58]; }
static trace_node **chains_of(store_shard *shard) { return shard->chains == NULL ? shard->first_chains : shard->chains; }
static trace_node **chain_of(store_shard *shard, uintptr_t address)
{
    return &chains_of(shard)[(hash_of(address) >> 16) & (shard->chain_count - 1)];
}

static trace_node **find(store_shard *shard, unsigned domain, uintptr_t address)
{
    if (shard->chain_count == 0)
        return NULL;
    trace_node **at = chain_of(shard, address);
    while (*at != NULL && ((*at)->address != address || (*at)->domain != domain))
        at = &(*at)->next;
    return *at == NULL ? NULL : at;
}

static trace_record record_of(const trace_node *node)
{
    return (trace_record){node->bytes, node->stack_table >> 2, node->domain, node->stack_table & 3};
}

/* More chains; without memory the chains just become longer. */
static void chains_grow(store_shard *shard)
{
    size_t old_count = shard->chain_count, count = old_count * 8;
    trace_node **old = chains_of(shard), **chains = count > CHAINS_MAX ? NULL : trace_meta_take(count * sizeof *chains);
    if (chains == NULL)
        return;
    shard->chains = chains;
    shard->chain_count = count;
    for (size_t i = 0; i < old_count; i++)
        for (trace_node *node = old[i], *next; node != NULL; node = next) {
            next = node->next;
            trace_node **chain = chain_of(shard, node->address);
            node->next = *chain;
            *chain = node;
        }
    if (old != shard->first_chains)
        trace_meta_put(old, old_count * sizeof *old);
}

static bool pieces_grow(store_shard *shard)
{
    store_piece *piece = trace_meta_take(PIECE_BYTES);
    if (piece == NULL)
        return false;
    piece->next = shard->pieces;
    shard->pieces = piece;
    trace_node *nodes = (trace_node *)(piece + 1);
    for (size_t i = 0; i < (PIECE_BYTES - sizeof *piece) / sizeof *nodes; i++) {
        nodes[i].next = shard->spare;
        shard->spare = &nodes[i];
    }
    return true;
}

trace_node *trace_node_take(uintptr_t address)
{
    store_shard *shard = shard_of(address);
    trace_node *node = NULL;
    os_lock_take(&shard->lock);
    if (shard->spare != NULL || pieces_grow(shard)) {
        node = shard->spare;
        shard->spare = node->next;
    }
    os_lock_drop(&shard->lock);
    return node;
}

void trace_node_put(uintptr_t address, trace_node *node)
{
    store_shard *shard = shard_of(address);
    os_lock_take(&shard->lock);
    node->next = shard->spare;
    shard->spare = node;
    os_lock_drop(&shard->lock);
}

void trace_store_put(uintptr_t address, const trace_record *record, trace_node **node, trace_record *old)
{
    store_shard *shard = shard_of(address);
    os_lock_take(&shard->lock);
    trace_node **at = find(shard, record->domain, address), *target;
    *old = at == NULL ? (trace_record){0} : record_of(*at);
    if (at != NULL) {
        target = *at;
    } else {
        if (shard->chain_count == 0)
            shard->chain_count = CHAINS_FIRST;
        if (shard->node_count > shard->chain_count)
            chains_grow(shard);
        target = *node;
        *node = NULL;
        trace_node **chain = chain_of(shard, address);
        target->next = *chain;
        *chain = target;
        shard->node_count++;
    }
    target->address = address;
    target->bytes = record->bytes;
    target->domain = record->domain;
    target->stack_table = record->stack << 2 | record->table;
    os_lock_drop(&shard->lock);
}

trace_node *trace_store_take(unsigned domain, uintptr_t address, trace_record *old)
{
    store_shard *shard = shard_of(address);
    trace_node *node = NULL;
    os_lock_take(&shard->lock);
    trace_node **at = find(shard, domain, address);
    if (at != NULL) {
        node = *at;
        *at = node->next;
        *old = record_of(node);
        shard->node_count--;
    }
    os_lock_drop(&shard->lock);
    return node;
}

bool trace_store_get(unsigned domain, uintptr_t address, trace_record *record)
{
    store_shard *shard = shard_of(address);
    os_lock_take(&shard->lock);
    trace_node **at = find(shard, domain, address);
    if (at != NULL)
        *record = record_of(*at);
    os_lock_drop(&shard->lock);
    return at != NULL;
}

void trace_store_clear(void)
{
    for (store_shard *shard = shards; shard < shards + SHARD_COUNT; shard++) {
        os_lock_take(&shard->lock);
        for (store_piece *piece = shard->pieces, *next; piece != NULL; piece = next) {
            next = piece->next;
            trace_meta_put(piece, PIECE_BYTES);
        }
        if (shard->chains != NULL)
            trace_meta_put(shard->chains, shard->chain_count * sizeof *shard->chains);
        memset(shard->first_chains, 0, sizeof shard->first_chains);
        shard->chains = NULL;
        shard->pieces = NULL;
        shard->spare = NULL;
        shard->chain_count = shard->node_count = 0;
        os_lock_drop(&shard->lock);
    }
}

bool trace_store_visit(bool (*visit)(void *arg, const trace_record *record), void *arg)
{
    for (store_shard *shard = shards; shard < shards + SHARD_COUNT; shard++)
        for (size_t i = 0; i < shard->chain_count; i++)
            for (trace_node *node = chains_of(shard)[i]; node != NULL; node = node->next) {
                trace_record record = record_of(node);
                if (!visit(arg, &record))
                    return false;
            }
    return true;
}

void trace_store_locks(bool is_taken)
{
    for (store_shard *shard = shards; shard < shards + SHARD_COUNT; shard++)
        if (is_taken)
            os_lock_take(&shard->lock);
        else
            os_lock_drop(&shard->lock);
}

void trace_store_locks_reset(void)
{
    for (store_shard *shard = shards; shard < shards + SHARD_COUNT; shard++)
        atomic_store(&shard->lock.state, 0);
}
