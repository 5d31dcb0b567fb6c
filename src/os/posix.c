/* posix.c: the part of os.h that every Unix has: reservation, page size, threads, fork, clock.
 *
 * Owns no state but the thread key. What only Linux has is in linux.c. Read os.h first. */
#if defined(__unix__) || defined(__APPLE__)
#include "os/os.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
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

static pthread_key_t thread_key;

int os_thread_key_create(void (*at_exit)(void *value))
{
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    return pthread_key_create(&thread_key, at_exit) == 0 ? 0 : -1;
}

int os_thread_key_set(void *value)
{
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    return pthread_setspecific(thread_key, value) == 0 ? 0 : -1;
}

int os_fork_register(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    return pthread_atfork(before, parent, child) == 0 ? 0 : -1;
}

uint64_t os_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}
#endif
