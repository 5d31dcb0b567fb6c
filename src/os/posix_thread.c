/* posix_thread.c: threads, fork, clock, random bytes and addresses that may be read, of os.h, as every Unix has them.
 *
 * Owns the thread key. Locks are in linux_lock.c. Read os.h first. */
#if defined(__unix__) || defined(__APPLE__)
#include "os/os.h"

#include <errno.h>
#include <pthread.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static pthread_key_t thread_key;
static void (*tell_end)(void *value);
static OS_THREAD_LOCAL bool has_ended;

static void thread_end(void *value)
{
    tell_end(value);
    has_ended = true;
}

int os_thread_key_create(void (*at_exit)(void *value))
{
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    tell_end = at_exit;
    return pthread_key_create(&thread_key, thread_end) == 0 ? 0 : -1;
}

bool os_thread_has_ended(void) { return has_ended; }

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

/* Where the system has none to give (no such call, a filter that forbids it), the time and two addresses are all there is. */
void os_random(void *start, size_t bytes)
{
    if (getentropy(start, bytes) == 0)
        return;
    uint64_t state = os_clock_ns() ^ (uintptr_t)&start ^ (uint64_t)(uintptr_t)os_random << 20 ^ (uint64_t)getpid() << 44;
    for (size_t i = 0; i < bytes; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)start)[i] = (unsigned char)(state >> 56);
    }
}

/* The system copies the first byte of each page, and the last one: where it may not, it says so. */
bool os_is_readable(const void *start, size_t bytes)
{
#ifdef __linux__
    const char *at = start, *last = at + bytes - 1;
    size_t page_bytes = os_page_bytes();
    int saved_errno = errno;
    bool is_refused = false;
    for (bool is_last = false; bytes > 0 && !is_last && !is_refused; at += page_bytes) {
        is_last = (size_t)(last - at) < page_bytes;
        char copies[2];
        struct iovec to = {copies, sizeof copies};
        struct iovec from[2] = {{(void *)(uintptr_t)at, 1}, {(void *)(uintptr_t)(is_last ? last : at), 1}};
        is_refused = process_vm_readv(getpid(), &to, 1, from, 2, 0) != (ssize_t)sizeof copies && errno != EPERM && errno != ENOSYS;
    }
    errno = saved_errno;
    return !is_refused;
#else
    (void)start;
    return true;
#endif
}
#endif
