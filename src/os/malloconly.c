/* malloconly.c: the pages of os.h over calloc and free, for systems that offer nothing else.
 *
 * A reservation is a piece of the C library's memory, zeroed and usable from the start: committing does nothing. Nothing can
 * take its pages back, so purging is refused and not played: writing zeros would touch pages that a sparse block never
 * touched, and let statistics tell of memory given back that was not.
 * Owns how much is reserved. The C library's malloc must not lead back to pymm. Read os.h first. */
#ifdef PYMM_MALLOC_ONLY
#include "os/os.h"

#include <stdlib.h>

#define PAGE_BYTES ((size_t)1 << 12) /* the granule of the heap's accounts, no more */
/* More is refused unasked: some C libraries fill tables for what they are asked, gigabytes of them, before they refuse it. */
#define MOST_BYTES ((size_t)1 << 40)
#define LIMIT_FACTOR 8               /* the heap reserves 1/32 of the limit: a quarter more than it has */

static atomic_size_t reserved_bytes;

typedef struct piece_head { /* right before the reservation */
    void *piece;
    size_t bytes;
} piece_head;

static piece_head *head_of(void *start) { return (piece_head *)start - 1; }

size_t os_page_bytes(void) { return PAGE_BYTES; }

void *os_reserve(size_t bytes, size_t align_bytes)
{
    size_t extra_bytes = sizeof(piece_head) + align_bytes;
    if (os_fault_hit(OS_FAULT_RESERVE) || align_bytes > MOST_BYTES || bytes > MOST_BYTES)
        return NULL;
    char *piece = calloc(1, bytes + extra_bytes);
    if (piece == NULL)
        return NULL;
    void *start = (void *)base_round_up((uintptr_t)piece + sizeof(piece_head), align_bytes);
    *head_of(start) = (piece_head){piece, bytes};
    atomic_fetch_add_explicit(&reserved_bytes, bytes, memory_order_relaxed);
    return start;
}

void os_release(void *start, size_t bytes)
{
    (void)bytes;
    atomic_fetch_sub_explicit(&reserved_bytes, head_of(start)->bytes, memory_order_relaxed);
    free(head_of(start)->piece);
}

void os_release_part(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
}

int os_commit(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
    return os_fault_hit(OS_FAULT_COMMIT) ? -1 : 0;
}

int os_purge(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
    (void)os_fault_hit(OS_FAULT_PURGE); /* counts the call */
    return -1;
}

/* What is reserved may all cost memory, and how much there is cannot be asked: the more is in use, the more is wanted. */
size_t os_address_limit_bytes(void)
{
    return atomic_load_explicit(&reserved_bytes, memory_order_relaxed) * LIMIT_FACTOR;
}

size_t os_resident_pages(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
    return SIZE_MAX;
}
#endif
