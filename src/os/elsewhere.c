/* elsewhere.c: what only Linux has, on other systems and where memory comes from the C library: it is not done, or not known.
 *
 * Owns no state. Read os.h first. */
#if !defined(__linux__) || defined(PYMM_MALLOC_ONLY)
#include "os/os.h"

size_t os_purge_many(const os_span *spans, size_t count)
{
    size_t done_count = 0;
    while (done_count < count && os_purge((void *)spans[done_count].start, spans[done_count].bytes) == 0)
        done_count++;
    return done_count;
}

int os_populate(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
    return -1;
}

int os_move(void *from, void *to, size_t bytes)
{
    (void)from;
    (void)to;
    (void)bytes;
    (void)os_fault_hit(OS_FAULT_REMAP); /* counts the call */
    return -1;
}

void os_advise_huge(void *start, size_t bytes, bool is_huge)
{
    (void)start;
    (void)bytes;
    (void)is_huge;
}

bool os_reserved_next(size_t *at, os_span *span)
{
    (void)at;
    (void)span;
    return false;
}

int os_usage_get(os_usage *usage, bool (*is_heap)(uintptr_t address))
{
    (void)usage;
    (void)is_heap;
    return -1;
}

int os_pages_look(int descriptor, uintptr_t start, size_t page_count, unsigned char *pages)
{
    (void)descriptor;
    (void)start;
    (void)page_count;
    (void)pages;
    return -1;
}

int os_pages_open(void) { return OS_PAGES_QUICKLY; }

void os_pages_close(int descriptor) { (void)descriptor; }
#else
typedef int os_elsewhere_is_absent; /* a translation unit must declare something */
#endif
