/* posix.c: the pages of os.h as every Unix has them: page size, reservation, commitment, limits.
 *
 * Owns no state. What only Linux has is in linux.c, threads are in posix_thread.c. Read os.h first. */
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
    return aligned;
}

void os_release(void *start, size_t bytes) { munmap(start, bytes); }

void os_release_part(void *start, size_t bytes) { munmap(start, bytes); }

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
