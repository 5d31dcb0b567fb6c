/* libc.c: the C library's allocator as a table, for PYTHONMALLOC=malloc and for builds without the small-object allocator.
 *
 * The API promises a distinct block for zero bytes, and that resizing to zero is no free; the C library promises neither.
 * Owns: that one difference. Read domain.h first. */
#include "domain/domain.h"

#include <stdlib.h>

static void *libc_malloc(void *ctx, size_t bytes)
{
    (void)ctx;
    return malloc(bytes == 0 ? 1 : bytes);
}

static void *libc_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    return item_count == 0 || item_bytes == 0 ? calloc(1, 1) : calloc(item_count, item_bytes);
}

static void *libc_realloc(void *ctx, void *block, size_t bytes)
{
    (void)ctx;
    return realloc(block, bytes == 0 ? 1 : bytes);
}

static void libc_free(void *ctx, void *block)
{
    (void)ctx;
    free(block);
}

static const pymm_allocator libc_table = {NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};

const pymm_allocator *domain_libc_table(void) { return &libc_table; }
