/* linux_usage.c: what of the process is in memory, by kind: /proc/self/maps read line by line, with nothing but the stack.
 *
 * The kind comes from a mapping's name, its neighbours and where the C library puts its own. A mapping may hold memory of
 * several owners, since the kernel joins neighbours that are alike. How much of each is in memory is found in one of two ways:
 *   quickly      pages of anonymous memory and of libraries are looked up; the rest comes from the kernel's three sums
 *   thoroughly   from smaps, where the kernel counts each mapping's pages: exact, and ten times as slow
 * Quick figures count pages of zeros that were only read, and would take long for terabytes of which little is in memory;
 * so they are believed when they agree with the kernel's sums. Owns: the kinds. Does not own: what lies where in pymm's own memory (heap/account.c).
 * What lies in a mapping is looked at by linux_usage_reader.c.
 * Called within an allocation, maybe: system calls only, and none that ends a thread. Read os.h first. */
#if defined(__linux__) && !defined(PYMM_MALLOC_ONLY)
#include "os/linux_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAME_BYTES 32
#define LOOK_PAGES USAGE_LOOK_PAGES
#define QUICK_BYTES_MAX ((size_t)8 << 30) /* of address space; what is larger is sparse as a rule */
#define QUICK_ERROR_SHARE 256             /* of resident memory */
#define QUICK_ERROR_MIN_BYTES ((size_t)32 << 10)
#define GUARD_BYTES_MAX ((size_t)64 << 10) /* below a thread's stack, where it is a mapping of its own */

static int open_file(const char *path) { return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC); }

/* Lines of a file; of one that is longer than the buffer, its beginning. */
typedef struct lines {
    int descriptor;
    size_t begin, end; /* of what is read and not yet given out */
    bool is_rest;      /* of a line whose beginning was given out */
    char text[4096];
} lines;

static char *lines_next(lines *file)
{
    for (;;) {
        char *line = file->text + file->begin, *stop = memchr(line, '\n', file->end - file->begin);
        bool is_full = file->begin == 0 && file->end == sizeof file->text - 1;
        if (stop != NULL || is_full) {
            bool is_new = !file->is_rest;
            file->is_rest = stop == NULL;
            file->begin = stop == NULL ? file->end : (size_t)(stop - file->text) + 1;
            *(stop == NULL ? file->text + file->end : stop) = '\0';
            if (is_new)
                return line;
            continue;
        }
        memmove(file->text, line, file->end - file->begin);
        file->end -= file->begin;
        file->begin = 0;
        long length = syscall(SYS_read, file->descriptor, file->text + file->end, sizeof file->text - 1 - file->end);
        if (length <= 0)
            return NULL;
        file->end += (size_t)length;
    }
}

static uint64_t number(const char **text, unsigned base)
{
    uint64_t value = 0;
    for (;; ++*text) {
        unsigned digit = **text >= 'a' ? (unsigned)(**text - 'a') + 10 : (unsigned)(**text - '0');
        if (digit >= base)
            return value;
        value = value * base + digit;
    }
}

/* The number of KiB behind a name: "Rss:    12 kB", in bytes. */
static size_t kib_behind(const char *text)
{
    text += strspn(text, " \t");
    return (size_t)number(&text, 10) << 10;
}

/* An entry of /proc/self/pagemap: in memory; a page of a file. */
#define ENTRY_PRESENT (UINT64_C(1) << 63)
#define ENTRY_FILE (UINT64_C(1) << 61)

static size_t resident_between(uintptr_t start, uintptr_t end)
{
    unsigned char pages[LOOK_PAGES];
    size_t page_bytes = os_page_bytes(), resident_bytes = 0;
    while (start < end) {
        size_t page_count = base_min((end - start) / page_bytes, LOOK_PAGES);
        if (os_pages_look(OS_PAGES_QUICKLY, start, page_count, pages) != 0)
            return resident_bytes;
        for (size_t i = 0; i < page_count; i++)
            resident_bytes += pages[i] == OS_PAGE_RESIDENT ? page_bytes : 0;
        start += page_count * page_bytes;
    }
    return resident_bytes;
}

/* Mappings --------------------------------------------------------------------------------------------------------- */

typedef struct mapping {
    uintptr_t start, end;
    bool is_readable, is_writable, is_executable, is_shared;
    uint64_t offset, device, inode;
    size_t resident_bytes;
    char name[NAME_BYTES]; /* its beginning; "": anonymous */
} mapping;

/* Mappings of one file that lie together: a program's or library's when one of them is code. */
#define RUN_SEGMENTS 8
typedef struct file_run {
    uint64_t device, inode; /* inode 0: there is none */
    uintptr_t head, end;    /* head: where the file's beginning is; 0: nowhere */
    size_t fixed_bytes, written_bytes;
    bool has_code;
    size_t segment_count; /* quickly: these are looked up when it is known whether they are a library's */
    struct {
        uintptr_t start, end;
        bool is_writable;
    } segments[RUN_SEGMENTS];
} file_run;

typedef struct survey {
    os_usage *usage;
    bool (*is_heap)(uintptr_t address);
    usage_reader reader;
    uintptr_t guard_end; /* a guard ends there; 0: none */
    size_t stack_bytes;  /* of a new thread */
    bool is_quick;
    size_t looked_bytes;    /* of address space that is not pymm's */
    size_t file_page_bytes; /* quickly: pages of files that were found in mappings of libraries */
    file_run file;
} survey;

/* Pages of a mapping of a file: the file's own, and copies that were written. */
static void segment_look(survey *all, uintptr_t start, uintptr_t end, size_t *file_bytes, size_t *copy_bytes)
{
    uint64_t entries[LOOK_PAGES];
    size_t page_bytes = os_page_bytes();
    for (long bytes; start < end; start += (size_t)bytes / sizeof *entries * page_bytes) {
        size_t wanted_bytes = base_min((end - start) / page_bytes, LOOK_PAGES) * sizeof *entries;
        bytes = syscall(SYS_pread64, all->reader.pagemap, entries, wanted_bytes, start / page_bytes * sizeof *entries);
        if (bytes < (long)sizeof *entries)
            return;
        for (size_t i = 0; i < (size_t)bytes / sizeof *entries; i++)
            if ((entries[i] & ENTRY_PRESENT) != 0)
                *((entries[i] & ENTRY_FILE) != 0 ? file_bytes : copy_bytes) += page_bytes;
    }
}

static void run_look(survey *all, file_run *file)
{
    for (size_t i = 0; i < file->segment_count; i++) {
        size_t file_bytes = 0, copy_bytes = 0;
        bool is_writable = file->segments[i].is_writable;
        if (!file->has_code && !is_writable)
            continue;
        segment_look(all, file->segments[i].start, file->segments[i].end, &file_bytes, &copy_bytes);
        file_bytes = file->has_code ? file_bytes : 0; /* that of other files is what is left of the sum */
        all->file_page_bytes += file_bytes;
        *(is_writable ? &file->written_bytes : &file->fixed_bytes) += file_bytes + copy_bytes;
    }
}

static void run_end(survey *all)
{
    file_run *file = &all->file;
    run_look(all, file);
    all->usage->kinds[file->has_code ? OS_USAGE_CODE : OS_USAGE_FILES] += file->fixed_bytes;
    all->usage->kinds[file->has_code ? OS_USAGE_DATA : OS_USAGE_FILES] += file->written_bytes;
    all->file = (file_run){0};
}

static void run_add(survey *all, const mapping *map)
{
    file_run *file = &all->file;
    if (file->inode != map->inode || file->device != map->device)
        run_end(all);
    file->inode = map->inode;
    file->device = map->device;
    file->end = map->end;
    if (map->offset == 0 && file->head == 0)
        file->head = map->start;
    file->has_code |= map->is_executable;
    *(map->is_writable ? &file->written_bytes : &file->fixed_bytes) += map->resident_bytes;
    if (all->is_quick && file->segment_count < RUN_SEGMENTS) {
        size_t at = file->segment_count++;
        file->segments[at].start = map->start;
        file->segments[at].end = map->end;
        file->segments[at].is_writable = map->is_writable;
    }
}

/* What is left of a mapping's resident bytes is shared out to its parts, as their pages say. */
static void part_add(survey *all, mapping *map, enum os_usage_kind kind, uintptr_t start, uintptr_t end)
{
    bool is_all = (start == map->start && end == map->end) || end - start > QUICK_BYTES_MAX;
    size_t bytes = is_all || map->resident_bytes == 0 ? map->resident_bytes : resident_between(start, end);
    bytes = base_min(bytes, map->resident_bytes);
    all->usage->kinds[kind] += bytes;
    map->resident_bytes -= bytes;
    map->start = end; /* parts come in their order */
}

/* Memory of which nothing is known but what lies in it: large blocks of malloc's, perhaps with something else between. */
static void rest_add(survey *all, mapping *map, uintptr_t start, uintptr_t end)
{
    bool may_have_chunks = map->is_writable && map->resident_bytes > 0 && end - start <= QUICK_BYTES_MAX;
    while (start < end) {
        uintptr_t chunks = may_have_chunks ? usage_chunk_search(&all->reader, start, end) : end;
        if (chunks > start)
            part_add(all, map, OS_USAGE_ANONYMOUS, start, chunks);
        start = usage_chunks_end(&all->reader, chunks, end);
        if (start > chunks)
            part_add(all, map, OS_USAGE_MALLOC, chunks, start);
        may_have_chunks &= start > chunks;
    }
}

/* The stack of a thread, which begins where a guard ends; what is joined to it above is of others. */
static void stack_add(survey *all, mapping *map, uintptr_t start, uintptr_t end)
{
    uintptr_t stack_end = end - start > all->stack_bytes ? start + all->stack_bytes : end;
    if (usage_chunks_end(&all->reader, stack_end, end) == stack_end) /* nothing that is known lies above it */
        stack_end = end;
    part_add(all, map, OS_USAGE_STACKS, start, stack_end);
    rest_add(all, map, stack_end, end);
}

/* Anonymous memory that is not pymm's. */
static void foreign_add(survey *all, mapping *map, uintptr_t start, uintptr_t end)
{
    if (map->is_shared) {
        part_add(all, map, OS_USAGE_SHARED, start, end);
        return;
    }
    if (start == all->file.end && all->file.has_code && map->is_writable) { /* a library's zeros follow its data */
        uintptr_t zeros_end = usage_zeros_end(&all->reader, all->file.head, start, end);
        part_add(all, map, OS_USAGE_DATA, start, zeros_end);
        start = zeros_end;
    }
    if (usage_begins_arena(&all->reader, start, end)) {
        part_add(all, map, OS_USAGE_MALLOC, start, end);
        return;
    }
    bool is_stack = start == all->guard_end && map->is_writable;
    bool may_have_guards = map->is_writable && map->resident_bytes > 0 && end - start <= QUICK_BYTES_MAX;
    for (uintptr_t guard, guard_end; start < end; start = guard_end, is_stack = true) {
        guard = may_have_guards ? usage_guard_search(&all->reader, start, end, &guard_end) : (guard_end = end);
        if (is_stack)
            stack_add(all, map, start, guard);
        else
            rest_add(all, map, start, guard);
    }
}

/* The first reservation that overlaps [start, end), cut to it; false: none. */
static bool first_reserved(uintptr_t start, uintptr_t end, os_span *found)
{
    os_span span;
    *found = (os_span){end, 0};
    for (size_t at = 0; os_reserved_next(&at, &span);)
        if (span.start < end && span.start + span.bytes > start && span.start < found->start + (found->bytes == 0))
            *found = span;
    if (found->bytes == 0)
        return false;
    uintptr_t found_end = base_min(found->start + found->bytes, end);
    found->start = base_max(found->start, start);
    found->bytes = found_end - found->start;
    return true;
}

static void anonymous_add(survey *all, mapping *map)
{
    os_span span;
    uintptr_t at = map->start, end = map->end;
    for (; !map->is_shared && at < end && first_reserved(at, end, &span); at = span.start + span.bytes) {
        if (span.start > at)
            foreign_add(all, map, at, span.start);
        part_add(all, map, all->is_heap(span.start) ? OS_USAGE_HEAP : OS_USAGE_OWN, span.start,
                 span.start + span.bytes);
    }
    if (at < end)
        foreign_add(all, map, at, end);
}

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void mapping_add(survey *all, mapping *map)
{
    static const char *const shared_names[] = {"/memfd:", "/dev/shm/", "/SYSV", "/dev/zero"};
    bool is_guard =
        !map->is_readable && !map->is_writable && map->inode == 0 && map->end - map->start <= GUARD_BYTES_MAX;
    uintptr_t end = map->end;
    bool is_anonymous = *map->name == '\0' || begins_with(map->name, "[anon");
    bool is_shared = false;
    for (size_t i = 0; i < PYMM_COUNT_OF(shared_names); i++)
        is_shared |= begins_with(map->name, shared_names[i]);
    bool is_counted = is_anonymous || begins_with(map->name, "[heap]") || begins_with(map->name, "[stack");
    if (all->is_quick && is_counted && (map->is_readable || map->is_writable)) {
        os_span own;
        all->looked_bytes += first_reserved(map->start, map->end, &own) ? 0 : map->end - map->start;
        map->resident_bytes = all->looked_bytes > QUICK_BYTES_MAX ? 0 : resident_between(map->start, map->end);
    }
    if (is_anonymous)
        anonymous_add(all, map);
    else if (is_shared)
        all->usage->kinds[OS_USAGE_SHARED] += map->resident_bytes;
    else if (begins_with(map->name, "[heap]"))
        all->usage->kinds[OS_USAGE_MALLOC] += map->resident_bytes;
    else if (begins_with(map->name, "[stack"))
        all->usage->kinds[OS_USAGE_MAIN_STACK] += map->resident_bytes;
    else if (*map->name == '[') /* the kernel's own pages */
        all->usage->kinds[OS_USAGE_CODE] += map->resident_bytes;
    else if (map->is_shared)
        all->usage->kinds[OS_USAGE_FILES] += map->resident_bytes;
    else
        run_add(all, map);
    all->guard_end = is_guard ? end : 0;
}

/* "start-end rwxp offset major:minor inode   name". */
static void mapping_read(mapping *map, const char *line)
{
    *map = (mapping){.start = number(&line, 16)};
    line += *line == '-';
    map->end = number(&line, 16);
    if (strlen(line) < 6)
        return;
    map->is_readable = line[1] == 'r';
    map->is_writable = line[2] == 'w';
    map->is_executable = line[3] == 'x';
    map->is_shared = line[4] == 's';
    line += 6;
    map->offset = number(&line, 16);
    line += *line == ' ';
    map->device = number(&line, 16) << 32;
    line += *line == ':';
    map->device |= number(&line, 16);
    line += *line == ' ';
    map->inode = number(&line, 10);
    line += strspn(line, " ");
    base_format(map->name, sizeof map->name, "%s", line);
}

/* The process ---------------------------------------------------------------------------------------------------------- */

typedef struct sums {
    size_t file_bytes, shared_bytes;
} sums;

static bool read_sums(os_usage *usage, sums *kernel)
{
    const struct {
        const char *name;
        size_t *bytes;
    } wanted[] = {{"VmRSS:", &usage->resident_bytes},
                  {"VmHWM:", &usage->resident_most_bytes},
                  {"RssFile:", &kernel->file_bytes},
                  {"RssShmem:", &kernel->shared_bytes}};
    lines file = {.descriptor = open_file("/proc/self/status")};
    if (file.descriptor < 0)
        return false;
    for (char *line; (line = lines_next(&file)) != NULL;)
        for (size_t i = 0; i < PYMM_COUNT_OF(wanted); i++)
            if (begins_with(line, wanted[i].name))
                *wanted[i].bytes = kib_behind(line + strlen(wanted[i].name));
    syscall(SYS_close, file.descriptor);
    return usage->resident_bytes != 0;
}

static bool read_mappings(survey *all, const char *path)
{
    mapping map = {0};
    lines file = {.descriptor = open_file(path)};
    if (file.descriptor < 0)
        return false;
    for (char *line; (line = lines_next(&file)) != NULL;) {
        if (*line >= 'A' && *line <= 'Z') {
            if (begins_with(line, "Rss:"))
                map.resident_bytes = kib_behind(line + 4);
            continue;
        }
        if (map.end != 0)
            mapping_add(all, &map);
        mapping_read(&map, line);
    }
    syscall(SYS_close, file.descriptor);
    if (map.end != 0)
        mapping_add(all, &map);
    run_end(all);
    return map.end != 0;
}

/* True when the figures agree with the kernel's. */
static bool usage_quickly(survey all)
{
    os_usage *usage = all.usage;
    sums kernel = {0};
    all.is_quick = true;
    bool is_known =
        all.reader.pagemap != OS_PAGES_QUICKLY && read_mappings(&all, "/proc/self/maps") && read_sums(usage, &kernel);
    if (!is_known || all.looked_bytes > QUICK_BYTES_MAX)
        return false;
    size_t sum_bytes = 0;
    usage->kinds[OS_USAGE_SHARED] = kernel.shared_bytes;
    usage->kinds[OS_USAGE_FILES] += kernel.file_bytes - base_min(kernel.file_bytes, all.file_page_bytes);
    for (size_t i = 0; i < OS_USAGE_COUNT; i++)
        sum_bytes += usage->kinds[i];
    size_t error_bytes = base_max(sum_bytes, usage->resident_bytes) - base_min(sum_bytes, usage->resident_bytes);
    return error_bytes <= base_max(usage->resident_bytes / QUICK_ERROR_SHARE, QUICK_ERROR_MIN_BYTES);
}

int os_usage_get(os_usage *usage, bool (*is_heap)(uintptr_t address))
{
    int saved_errno = errno;
    struct rlimit stack;
    survey all = {.usage = usage, .is_heap = is_heap, .stack_bytes = (size_t)8 << 20};
    sums kernel;
    *usage = (os_usage){0};
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY)
        all.stack_bytes = stack.rlim_cur;
    all.reader = (usage_reader){.memory = open_file("/proc/self/mem"), .pagemap = os_pages_open()};
    bool is_known = usage_quickly(all);
    if (!is_known) {
        *usage = (os_usage){0};
        is_known = read_mappings(&all, "/proc/self/smaps") && read_sums(usage, &kernel);
    }
    os_pages_close(all.reader.pagemap);
    if (all.reader.memory >= 0)
        syscall(SYS_close, all.reader.memory);
    errno = saved_errno;
    return is_known ? 0 : -1;
}
#endif
