/* linux_usage_reader.c: what the C library has put into memory that is not pymm's: large blocks, arenas, threads' guards, and the
 * zeros of libraries.
 *
 * Owns: what these look like. Does not own: mappings and figures (linux_usage.c). Read linux_usage.h first. */
#if defined(__linux__) && !defined(PYMM_MALLOC_ONLY)
#include "os/linux_usage.h"

#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MALLOC_ARENA_BYTES ((size_t)64 << 20) /* glibc's arenas but the first begin at multiples of it */
#define CHUNK_READS_MAX 8192                  /* of the words before large blocks of malloc: a microsecond each */
#define CHUNK_MISSES_MAX 1024                 /* such reads that found none */
#define SEGMENTS_MAX 32                       /* of a library */
#define ENTRY_GUARD (UINT64_C(1) << 58)       /* of /proc/self/pagemap */

/* Each is a mapping of its own at first, with two words before the block: 0, and the size with the second bit set. From glibc 2.43 on
 * the size does not count the two words. */
uintptr_t usage_chunks_end(usage_reader *reader, uintptr_t start, uintptr_t end)
{
    size_t page_bytes = os_page_bytes();
    while (start < end && reader->memory >= 0 && reader->read_count < CHUNK_READS_MAX) {
        size_t words[2];
        reader->read_count++;
        if (syscall(SYS_pread64, reader->memory, words, sizeof words, start) != (long)sizeof words)
            break;
        size_t bytes = words[1] - 2;
        bytes += bytes % page_bytes == page_bytes - sizeof words ? sizeof words : 0;
        if (words[0] != 0 || bytes == 0 || bytes % page_bytes != 0 || bytes > end - start)
            break;
        start += bytes;
    }
    return start;
}

/* Its first words are two pointers, then how much of it is in use, and how much may be touched. */
bool usage_begins_arena(const usage_reader *reader, uintptr_t start, uintptr_t end)
{
    size_t words[4], page_bytes = os_page_bytes();
    if (start % MALLOC_ARENA_BYTES != 0 || end - start > MALLOC_ARENA_BYTES ||
        syscall(SYS_pread64, reader->memory, words, sizeof words, start) != (long)sizeof words)
        return false;
    bool is_size = words[2] > 0 && words[2] <= words[3] && words[3] <= MALLOC_ARENA_BYTES;
    return words[0] != 0 && is_size && words[2] % page_bytes == 0 && words[3] % page_bytes == 0;
}

uintptr_t usage_chunk_search(usage_reader *reader, uintptr_t at, uintptr_t end)
{
    unsigned char pages[USAGE_LOOK_PAGES];
    size_t page_bytes = os_page_bytes();
    while (at < end && reader->read_count < CHUNK_READS_MAX) {
        size_t page_count = base_min((end - at) / page_bytes, USAGE_LOOK_PAGES);
        if (os_pages_look(OS_PAGES_QUICKLY, at, page_count, pages) != 0)
            return end;
        for (size_t i = 0; i < page_count; i++, at += page_bytes) {
            if (pages[i] == OS_PAGE_RESIDENT && usage_chunks_end(reader, at, end) > at)
                return at;
            else if (pages[i] == OS_PAGE_RESIDENT && ++reader->miss_count >= CHUNK_MISSES_MAX)
                return end;
        }
    }
    return end;
}

/* From glibc 2.42 on the guard below a stack is part of the stack's mapping. */
uintptr_t usage_guard_search(const usage_reader *reader, uintptr_t start, uintptr_t end, uintptr_t *guard_end)
{
    uint64_t entries[USAGE_LOOK_PAGES];
    size_t page_bytes = os_page_bytes();
    uintptr_t guard = 0;
    for (long bytes; start < end && reader->pagemap != OS_PAGES_QUICKLY;
         start += (size_t)bytes / sizeof *entries * page_bytes) {
        size_t wanted_bytes = base_min((end - start) / page_bytes, USAGE_LOOK_PAGES) * sizeof *entries;
        bytes = syscall(SYS_pread64, reader->pagemap, entries, wanted_bytes, start / page_bytes * sizeof *entries);
        if (bytes < (long)sizeof *entries)
            break;
        uint64_t any = 0;
        for (size_t i = 0; i < (size_t)bytes / sizeof *entries; i++)
            any |= entries[i];
        if ((any & ENTRY_GUARD) == 0 && guard == 0)
            continue;
        for (size_t i = 0; i < (size_t)bytes / sizeof *entries; i++) {
            bool is_guard = (entries[i] & ENTRY_GUARD) != 0;
            if (is_guard && guard == 0)
                guard = start + i * page_bytes;
            if (!is_guard && guard != 0) {
                *guard_end = start + i * page_bytes;
                return guard;
            }
        }
    }
    *guard_end = end;
    return guard != 0 ? guard : end;
}

static bool read_memory(const usage_reader *reader, void *to, size_t bytes, uintptr_t address)
{
    return reader->memory >= 0 && syscall(SYS_pread64, reader->memory, to, bytes, address) == (long)bytes;
}

uintptr_t usage_zeros_end(const usage_reader *reader, uintptr_t head, uintptr_t start, uintptr_t end)
{
    ElfW(Ehdr) file;
    ElfW(Phdr) segments[SEGMENTS_MAX];
    if (head == 0 || !read_memory(reader, &file, sizeof file, head) || memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 ||
        file.e_phentsize != sizeof *segments || file.e_phnum > SEGMENTS_MAX ||
        !read_memory(reader, segments, file.e_phnum * sizeof *segments, head + file.e_phoff))
        return end;
    size_t page_bytes = os_page_bytes();
    uintptr_t base = head, last = 0;
    for (size_t i = 0; i < file.e_phnum; i++) {
        if (segments[i].p_type != PT_LOAD)
            continue;
        if (segments[i].p_offset < page_bytes)
            base = head - segments[i].p_vaddr / page_bytes * page_bytes;
        last = base_max(last, segments[i].p_vaddr + segments[i].p_memsz);
    }
    uintptr_t zeros_end = (base + last + page_bytes - 1) / page_bytes * page_bytes;
    return base_min(base_max(zeros_end, start), end);
}
#endif
