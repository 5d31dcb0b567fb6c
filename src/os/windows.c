/* windows.c: the pages of os.h as Windows has them (from Windows 8 on).
 *
 * Reserved and committed are VirtualAlloc's own words. Only whole reservations can be released, and nothing moves pages.
 * Owns no state. Threads and locks are in windows_thread.c. Read os.h first. */
#if defined(_WIN32) && !defined(PYMM_MALLOC_ONLY)
#include "os/os.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <psapi.h>

#define RESERVE_TURNS 64 /* another thread may take the place each time */
#define COMMIT_TURNS 40
#define COMMIT_PAUSE_MS 50
/* Older systems, and Wine, keep tables for what is only reserved. So reservations are 64 GiB, a 32nd of this. */
#define ADDRESS_LIMIT_BYTES ((size_t)2 << 40)
#define RESERVE_ALWAYS_BYTES (ADDRESS_LIMIT_BYTES / 16)
#define RESERVE_PROMISES 4 /* times what the system could commit now: page files grow */

size_t os_page_bytes(void)
{
    static atomic_size_t page_bytes;
    size_t bytes = atomic_load_explicit(&page_bytes, memory_order_relaxed);
    if (bytes == 0) {
        SYSTEM_INFO info;
        GetSystemInfo(&info);
        bytes = info.dwPageSize;
        atomic_store_explicit(&page_bytes, bytes, memory_order_relaxed);
    }
    return bytes;
}

/* Could the system ever commit so much? Where it could not, it is not bothered with tables for it. */
static bool is_conceivable(size_t bytes)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof status};
    return bytes <= RESERVE_ALWAYS_BYTES || !GlobalMemoryStatusEx(&status) ||
           bytes / RESERVE_PROMISES <= status.ullTotalPageFile;
}

/* The system aligns to 64 KiB only and frees no ends: find a wide enough gap, then ask for the aligned part of it. */
void *os_reserve(size_t bytes, size_t align_bytes)
{
    if (os_fault_hit(OS_FAULT_RESERVE) || align_bytes > SIZE_MAX / 2 || bytes > SIZE_MAX - align_bytes ||
        !is_conceivable(bytes))
        return NULL;
    for (unsigned turn = 0; turn < RESERVE_TURNS; turn++) {
        void *gap = VirtualAlloc(NULL, bytes + align_bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (gap == NULL)
            return NULL;
        VirtualFree(gap, 0, MEM_RELEASE);
        void *wish = (void *)base_round_up((uintptr_t)gap, align_bytes);
        void *start = VirtualAlloc(wish, bytes, MEM_RESERVE, PAGE_NOACCESS);
        if (start != NULL)
            return start;
    }
    return NULL;
}

void os_release(void *start, size_t bytes)
{
    (void)bytes;
    VirtualFree(start, 0, MEM_RELEASE);
}

void os_release_part(void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
}

int os_commit(void *start, size_t bytes)
{
    if (os_fault_hit(OS_FAULT_COMMIT))
        return -1;
    return VirtualAlloc(start, bytes, MEM_COMMIT, PAGE_READWRITE) != NULL ? 0 : -1;
}

/* Decommitting is the one call after which pages are known to read as zero, and are seen to be gone; resetting or
 * discarding them promises neither. But the system's promise goes with them, and another process may be given it before it
 * is ours again: then we wait for it a while (the system may also be enlarging its page file). */
int os_purge(void *start, size_t bytes)
{
    if (os_fault_hit(OS_FAULT_PURGE))
        return -1;
    DWORD saved_error = GetLastError();
    if (!VirtualFree(start, bytes, MEM_DECOMMIT)) {
        SetLastError(saved_error);
        return -1;
    }
    for (unsigned turn = 0; VirtualAlloc(start, bytes, MEM_COMMIT, PAGE_READWRITE) == NULL; turn++) {
        if (turn == COMMIT_TURNS)
            pymm_fatal("the system promises no memory any more for %zu bytes that were given back (error %lu); end other "
                       "programs or enlarge the page file", bytes, (unsigned long)GetLastError());
        Sleep(COMMIT_PAUSE_MS);
    }
    SetLastError(saved_error);
    return 0;
}

size_t os_address_limit_bytes(void) { return ADDRESS_LIMIT_BYTES; }

size_t os_resident_pages(void *start, size_t bytes)
{
    PSAPI_WORKING_SET_EX_INFORMATION pages[128];
    size_t page_bytes = os_page_bytes(), resident_count = 0;
    for (char *at = start, *end = at + bytes; at < end;) {
        size_t page_count = base_min((size_t)(end - at) / page_bytes, PYMM_COUNT_OF(pages));
        for (size_t i = 0; i < page_count; i++)
            pages[i] = (PSAPI_WORKING_SET_EX_INFORMATION){.VirtualAddress = at + i * page_bytes};
        if (!QueryWorkingSetEx(GetCurrentProcess(), pages, (DWORD)(page_count * sizeof *pages)))
            return SIZE_MAX;
        for (size_t i = 0; i < page_count; i++)
            resident_count += pages[i].VirtualAttributes.Valid;
        at += page_count * page_bytes;
    }
    return resident_count;
}
#endif
