/* meta.c: memory for the room's own descriptors (caches, magazines, bitmaps), apart from the blocks it serves.
 *
 * Owns: chunks taken from the system, one free list for each power of two. Nothing is ever given back; descriptors are
 * a fraction of a percent of the heap and are used again. Read internal.h first. */
#include "heap/internal.h"

#define META_SIZE_MIN_LOG2 4
#define META_SIZE_COUNT 16
#define META_CHUNK_BYTES ((size_t)256 << 10)

typedef struct meta_piece {
    struct meta_piece *next;
} meta_piece;

os_lock heap_meta_lock;
static meta_piece *meta_free[META_SIZE_COUNT]; /* by log2 of size; any order */
static char *meta_next, *meta_end, *meta_chunk;
static size_t meta_used_bytes;

static unsigned size_index(size_t bytes)
{
    unsigned index = 0;
    while (((size_t)1 << (index + META_SIZE_MIN_LOG2)) < bytes)
        index++;
    return index;
}

static bool add_chunk(size_t bytes)
{
    size_t chunk_bytes = base_round_up(base_max(bytes, META_CHUNK_BYTES), os_page_bytes());
    char *chunk = os_reserve(chunk_bytes, os_page_bytes());
    if (chunk == NULL)
        return false;
    if (os_commit(chunk, chunk_bytes) != 0) {
        os_release(chunk, chunk_bytes);
        return false;
    }
    meta_chunk = meta_next = chunk;
    meta_end = chunk + chunk_bytes;
    return true;
}

void *heap_meta_take(size_t bytes)
{
    unsigned index = size_index(bytes);
    size_t piece_bytes = (size_t)1 << (index + META_SIZE_MIN_LOG2);
    void *start = NULL;
    if (index >= META_SIZE_COUNT)
        return NULL;
    os_lock_take(&heap_meta_lock);
    meta_piece *piece = meta_free[index];
    if (piece != NULL) {
        meta_free[index] = piece->next;
        start = memset(piece, 0, piece_bytes);
    } else if ((size_t)(meta_end - meta_next) >= piece_bytes || add_chunk(piece_bytes)) {
        start = meta_next;
        meta_next += piece_bytes;
        meta_used_bytes += piece_bytes;
    }
    os_lock_drop(&heap_meta_lock);
    return start;
}

void heap_meta_put(void *start, size_t bytes)
{
    unsigned index = size_index(bytes);
    meta_piece *piece = start;
    os_lock_take(&heap_meta_lock);
    piece->next = meta_free[index];
    meta_free[index] = piece;
    os_lock_drop(&heap_meta_lock);
}

size_t heap_meta_resident_bytes(void) { return base_round_up(meta_used_bytes, os_page_bytes()); }
