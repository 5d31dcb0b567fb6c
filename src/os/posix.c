/* posix.c: the pages of os.h as every Unix has them: page size, reservation, commitment, limits.
 *
 * Owns: which reservations there are. What only Linux has is in linux.c, threads are in posix_thread.c. Read os.h first. */
#if (defined(__unix__) || defined(__APPLE__)) && !defined(PYMM_MALLOC_ONLY)
#include "os/os.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

size_t os_page_bytes(void)
{
    static atomic_size_t page_bytes;
    size_t bytes = atomic_load_explicit(&page_bytes, memory_order_relaxed);
    if (bytes == 0) {
        bytes = (size_t)sysconf(_SC_PAGESIZE);
        atomic_store_explicit(&page_bytes, bytes, memory_order_relaxed);
    }
    return bytes;
}

/* What is reserved, told from other memory of the process when somebody asks where that is. No lock: a fork could copy it held.
 * An entry whose start or size is 0 is none; beyond so many, reservations are not known. */
#define KNOWN_MAX 512
static struct {
    atomic_uintptr_t start;
    atomic_size_t bytes;
} known[KNOWN_MAX];
static atomic_size_t known_count; /* entries behind it were never used */

static void known_add(uintptr_t start, size_t bytes)
{
    for (size_t i = 0; i < KNOWN_MAX && bytes > 0; i++) {
        uintptr_t none = 0;
        if (!atomic_compare_exchange_strong(&known[i].start, &none, start))
            continue;
        atomic_store(&known[i].bytes, bytes);
        size_t count = atomic_load(&known_count);
        while (count <= i && !atomic_compare_exchange_weak(&known_count, &count, i + 1))
            continue;
        return;
    }
}

/* A part is reserved no longer: what stands before it keeps the entry, what stands behind it gets one. */
static void known_cut(uintptr_t start, size_t bytes)
{
    for (size_t i = 0; i < atomic_load(&known_count); i++) {
        uintptr_t first = atomic_load(&known[i].start);
        size_t known_bytes = atomic_load(&known[i].bytes), before_bytes = start - first;
        if (first == 0 || before_bytes >= known_bytes)
            continue;
        atomic_store(&known[i].bytes, before_bytes);
        if (before_bytes == 0)
            atomic_store(&known[i].start, 0);
        known_add(start + bytes, known_bytes - base_min(known_bytes, before_bytes + bytes));
        return;
    }
}

bool os_reserved_next(size_t *at, os_span *span)
{
    for (; *at < atomic_load(&known_count); ++*at) {
        *span = (os_span){atomic_load(&known[*at].start), atomic_load(&known[*at].bytes)};
        if (span->start != 0 && span->bytes != 0) {
            ++*at;
            return true;
        }
    }
    return false;
}

void *os_reserve(size_t bytes, size_t align_bytes)
{
    if (os_fault_hit(OS_FAULT_RESERVE) || bytes > SIZE_MAX - align_bytes)
        return NULL;
    size_t padded_bytes = bytes + align_bytes;
    /* Without MAP_NORESERVE: what is not writable is not charged, and os_commit then asks the system for its promise. */
    char *start = mmap(NULL, padded_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    char *aligned = (char *)base_round_up((size_t)(uintptr_t)start, align_bytes);
    if (aligned > start)
        munmap(start, (size_t)(aligned - start));
    char *end = start + padded_bytes, *aligned_end = aligned + bytes;
    if (end > aligned_end)
        munmap(aligned_end, (size_t)(end - aligned_end));
    known_add((uintptr_t)aligned, bytes);
    return aligned;
}

void os_release(void *start, size_t bytes)
{
    known_cut((uintptr_t)start, bytes);
    munmap(start, bytes);
}

void os_release_part(void *start, size_t bytes) { os_release(start, bytes); }

int os_commit(void *start, size_t bytes)
{
    if (os_fault_hit(OS_FAULT_COMMIT))
        return -1;
    return mprotect(start, bytes, PROT_READ | PROT_WRITE) == 0 ? 0 : -1;
}

size_t os_address_limit_bytes(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}
#endif
