/* linux.c: the pages of os.h as Linux alone has them: purging, moving, huge pages, what is resident.
 *
 * Owns no state. What any Unix has is in posix.c. Read os.h first. */
#if defined(__linux__) && !defined(PYMM_MALLOC_ONLY)
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef PIDFD_SELF_THREAD_GROUP
#define PIDFD_SELF_THREAD_GROUP (-10001)
#endif

int os_purge(void *start, size_t bytes)
{
    if (os_fault_hit(OS_FAULT_PURGE))
        return -1;
    int saved_errno = errno;
    int result = madvise(start, bytes, MADV_DONTNEED);
    errno = saved_errno;
    return result == 0 ? 0 : -1;
}

/* One call for all: process_madvise on the process itself, which since Linux 6.14 needs no descriptor. A range costs 1 us
 * so, and 2.5 by itself (a page each, on a virtual machine). Returns how many ranges it went over. */
static size_t purge_at_once(const os_span *spans, size_t count)
{
#ifdef SYS_process_madvise
    static atomic_bool is_missing;
    if (count < 2 || atomic_load_explicit(&is_missing, memory_order_relaxed) || os_fault_hit(OS_FAULT_PURGE))
        return 0;
    struct iovec ranges[OS_PURGE_MAX];
    size_t range_count = base_min(count, OS_PURGE_MAX), done_count = 0;
    for (size_t i = 0; i < range_count; i++)
        ranges[i] = (struct iovec){(void *)spans[i].start, spans[i].bytes};
    int saved_errno = errno;
    long left_bytes = syscall(SYS_process_madvise, PIDFD_SELF_THREAD_GROUP, ranges, range_count, MADV_DONTNEED, 0);
    if (left_bytes < 0 && (errno == ENOSYS || errno == EPERM || errno == EBADF || errno == EINVAL)) /* by the version, or a filter */
        atomic_store_explicit(&is_missing, true, memory_order_relaxed);
    errno = saved_errno;
    while (done_count < range_count && left_bytes >= (long)spans[done_count].bytes)
        left_bytes -= (long)spans[done_count++].bytes;
    return done_count;
#else
    (void)spans;
    (void)count;
    return 0;
#endif
}

size_t os_purge_many(const os_span *spans, size_t count)
{
    size_t done_count = purge_at_once(spans, count);
    while (done_count < count && os_purge((void *)spans[done_count].start, spans[done_count].bytes) == 0)
        done_count++;
    return done_count;
}

int os_populate(void *start, size_t bytes)
{
    static atomic_bool is_missing; /* the call is there since Linux 5.14 */
    if (atomic_load_explicit(&is_missing, memory_order_relaxed))
        return -1;
    int saved_errno = errno;
    int result = madvise(start, bytes, MADV_POPULATE_WRITE);
    if (result != 0 && errno == EINVAL)
        atomic_store_explicit(&is_missing, true, memory_order_relaxed);
    errno = saved_errno;
    return result == 0 ? 0 : -1;
}

int os_move(void *from, void *to, size_t bytes)
{
    if (os_fault_hit(OS_FAULT_REMAP))
        return -1;
    /* Where address space is limited the call may fail after it has unmapped `to`, and the place may then be lost. */
    if (os_address_limit_bytes() != SIZE_MAX)
        return -1;
    int saved_errno = errno;
    /* DONTUNMAP (Linux 5.7) leaves `from` mapped and empty; without it a hole would open that another thread's mmap could
     * fall into. */
    void *moved = mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);
    if (moved != to && mmap(to, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED &&
        errno != EEXIST)
        pymm_fatal("the system unmapped %p while failing to move pages there (error %d)", to, errno);
    errno = saved_errno;
    return moved == to ? 0 : -1;
}

/* Does the system give huge pages to everybody? Where it does not, asking for them was measured to cost more than they
 * bring: memory has to be compacted first, or brought in by the host of a virtual machine (1 GiB by doubling: 2.5 to 5
 * times glibc's time with them, 0.9 without). */
static bool gives_huge_pages(void)
{
    static atomic_int answer; /* 0 not asked, 1 yes, 2 no */
    int known = atomic_load_explicit(&answer, memory_order_relaxed);
    if (known == 0) {
        char text[64];
        int fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY | O_CLOEXEC);
        ssize_t text_bytes = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
        if (fd >= 0)
            close(fd);
        text[text_bytes < 0 ? 0 : text_bytes] = '\0';
        known = strstr(text, "[always]") != NULL ? 1 : 2;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == 1;
}

void os_advise_huge(void *start, size_t bytes, bool is_huge)
{
    int saved_errno = errno;
    if (is_huge && !gives_huge_pages()) {
        errno = saved_errno;
        return;
    }
    madvise(start, bytes, is_huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    errno = saved_errno;
}

size_t os_resident_pages(void *start, size_t bytes)
{
    unsigned char pages[256];
    size_t page_bytes = os_page_bytes(), resident_count = 0;
    for (char *at = start, *end = at + bytes; at < end;) {
        size_t part_bytes = base_min((size_t)(end - at), sizeof pages * page_bytes);
        if (mincore(at, part_bytes, pages) != 0)
            return SIZE_MAX;
        for (size_t i = 0; i < part_bytes / page_bytes; i++)
            resident_count += pages[i] & 1u;
        at += part_bytes;
    }
    return resident_count;
}

/* Which pages are in memory. System calls that end no thread: it may be in the middle of an allocation. */
int os_pages_open(void)
{
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    return descriptor < 0 ? OS_PAGES_QUICKLY : descriptor;
}

void os_pages_close(int descriptor)
{
    if (descriptor != OS_PAGES_QUICKLY)
        syscall(SYS_close, descriptor);
}

/* An entry of the page map: in memory; one page for a file or shared memory; mapped nowhere else. The page of zeros is mapped
 * everywhere, and a huge one counts as a file's. */
#define ENTRIES_AT_ONCE 256
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_FILE (UINT64_C(1) << 61)
#define ENTRY_EXCLUSIVE (UINT64_C(1) << 56)

int os_pages_look(int descriptor, uintptr_t start, size_t page_count, unsigned char *pages)
{
    size_t page_bytes = os_page_bytes();
    uint64_t entries[ENTRIES_AT_ONCE];
    if (descriptor == OS_PAGES_QUICKLY) {
        for (size_t i = 0; syscall(SYS_mincore, start, page_count * page_bytes, pages) != 0;)
            if (errno != EAGAIN || ++i > 3)
                return -1;
        for (size_t i = 0; i < page_count; i++)
            pages[i] = pages[i] & 1u ? OS_PAGE_RESIDENT : OS_PAGE_ABSENT;
        return 0;
    }
    for (size_t at = 0; at < page_count;) {
        size_t wanted_bytes = base_min(page_count - at, ENTRIES_AT_ONCE) * sizeof *entries;
        long bytes = syscall(SYS_pread64, descriptor, entries, wanted_bytes, (start / page_bytes + at) * sizeof *entries);
        if (bytes <= 0)
            return -1;
        for (size_t i = 0; i < (size_t)bytes / sizeof *entries; i++) {
            bool is_own = (entries[i] & (ENTRY_EXCLUSIVE | ENTRY_FILE)) == ENTRY_EXCLUSIVE;
            pages[at++] = (entries[i] & ENTRY_PRESENT) == 0 ? OS_PAGE_ABSENT : is_own ? OS_PAGE_RESIDENT : OS_PAGE_MAYBE;
        }
    }
    return 0;
}
#endif
