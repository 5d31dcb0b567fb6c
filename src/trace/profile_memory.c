/* profile_memory.c: what a profile says beside its samples: threads, the timeline of memory, mapped files.
 *
 * The timeline is kept for a fold, too, in so many points: when they are all used every second one goes.
 * Owns: numbers of threads, the points. Does not own: sums of samples (profile_live.c). Read profile_internal.h first. */
#include "trace/profile_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define POINT_COUNT 1024
#define STEP_MIN_NS UINT64_C(10000000) /* between two points of the file */
#define STEP_MAX_NS UINT64_C(100000000)
#define STEP_SHARE 32 /* of the time that has passed */
#define THREAD_NAME_BYTES 16

typedef struct thread_item {
    uint64_t system_id;
    char name[THREAD_NAME_BYTES];
} thread_item;

static profile_array threads;
static profile_index thread_index;
static profile_fd statm = {.fd = -1}; /* of this process: a forked child opens its own */
static profile_memory *points; /* with times of the system's clock */
static size_t point_count;
static uint64_t point_step_ns = STEP_MIN_NS, last_point_ns, last_note_ns;

/* Threads --------------------------------------------------------------------------------------------------------- */

static thread_item *thread_at(uint32_t thread) { return (thread_item *)threads.items + (thread - 1); }
static uint32_t hash_thread(uint64_t system_id) { return (uint32_t)profile_mix(0, system_id); }
static bool is_same_thread(uint32_t thread, const void *key) { return thread_at(thread)->system_id == *(const uint64_t *)key; }

static void thread_write(profile_file *file, uint32_t thread)
{
    const thread_item *item = thread_at(thread);
    uint32_t name_bytes = (uint32_t)strnlen(item->name, sizeof item->name);
    profile_thread record = {{0, PROFILE_THREAD, 0}, thread, name_bytes, item->system_id};
    profile_file_append_text(file, &record, sizeof record, item->name, name_bytes);
}

static uint32_t thread_find(profile_file *file)
{
    uint64_t system_id = (uint64_t)syscall(SYS_gettid);
    uint32_t thread = profile_index_get(&thread_index, hash_thread(system_id), is_same_thread, &system_id);
    if (thread != 0)
        return thread;
    thread_item *item = profile_array_next(&threads, sizeof *item);
    if (item == NULL || !profile_index_reserve(&thread_index, threads.count))
        return 0;
    item->system_id = system_id;
    prctl(PR_GET_NAME, item->name);
    thread = (uint32_t)++threads.count;
    profile_index_put(&thread_index, hash_thread(system_id), thread);
    thread_write(file, thread);
    return thread;
}

/* The system is asked once by each thread that has a cache to remember the answer in. */
PYMM_SAMPLING uint32_t profile_thread_now(profile_file *file)
{
    heap_cache *cache = heap_cache_get();
    if (cache->sampler_thread != 0)
        return cache->sampler_thread;
    int saved_errno = errno;
    uint32_t thread = thread_find(file);
    errno = saved_errno;
    if (cache != &heap_no_cache)
        cache->sampler_thread = thread;
    return thread;
}

/* The only thread of a forked child has another number there. */
void profile_thread_fork(void)
{
    heap_cache *cache = heap_cache_get();
    if (cache != &heap_no_cache)
        cache->sampler_thread = 0;
}

void profile_threads_write(profile_file *file)
{
    for (uint32_t thread = 1; thread <= threads.count; thread++)
        thread_write(file, thread);
}

/* Small files of the system ------------------------------------------------------------------------------------------ */

static int open_to_read(const char *path) { return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC); }

/* Sizes of this process, as text. The file stays open: to open it costs ten times as much as to read it. */
static void read_statm(char *text, size_t text_bytes)
{
    *text = '\0';
    if (!profile_fd_is_ours(&statm)) {
        int fd = open_to_read("/proc/self/statm");
        if (fd < 0 || profile_fd_keep(&statm, fd) != 0)
            return;
    }
    long length = syscall(SYS_pread64, statm.fd, text, text_bytes - 1, (off_t)0);
    text[length > 0 ? length : 0] = '\0';
}

static uint64_t read_number(const char **text, unsigned base)
{
    uint64_t number = 0;
    for (;; (*text)++) {
        unsigned digit = **text >= 'a' ? (unsigned)(**text - 'a') + 10 : (unsigned)(**text - '0');
        if (digit >= base)
            return number;
        number = number * base + digit;
    }
}

/* Memory ---------------------------------------------------------------------------------------------------------- */

static profile_memory memory_now(uint64_t now_ns)
{
    heap_figures figures;
    char text[128];
    uint64_t pages[3] = {0}; /* size, resident, shared */
    heap_figures_get(&figures);
    read_statm(text, sizeof text);
    const char *next = text;
    for (size_t i = 0; i < PYMM_COUNT_OF(pages) && *next != '\0'; i++, next += *next == ' ')
        pages[i] = read_number(&next, 10) * os_page_bytes();
    return (profile_memory){{0, PROFILE_MEMORY, 0},
                            now_ns,
                            pages[1],
                            pages[2],
                            figures.resident_bytes,
                            figures.live_bytes,
                            pages[0] - base_min(pages[0], figures.unused_bytes)};
}

static void point_keep(const profile_memory *memory)
{
    if (points == NULL && (points = heap_meta_take(POINT_COUNT * sizeof *points)) == NULL)
        return;
    if (point_count == POINT_COUNT) {
        for (point_count = 0; point_count < POINT_COUNT / 2; point_count++)
            points[point_count] = points[point_count * 2];
        point_step_ns *= 2;
    }
    points[point_count++] = *memory;
    last_point_ns = memory->time_ns;
}

static void memory_append(profile_file *file, const profile_memory *memory, uint64_t start_ns)
{
    profile_memory record = *memory;
    record.time_ns -= start_ns;
    profile_file_append(file, &record, sizeof record);
}

/* To ask the system takes some ten microseconds where its code is not in the caches. */
static bool is_due(uint64_t now_ns, uint64_t start_ns)
{
    uint64_t passed_ns = now_ns - last_note_ns, step_ns = (now_ns - start_ns) / STEP_SHARE;
    return last_note_ns == 0 || passed_ns >= STEP_MAX_NS || (passed_ns >= STEP_MIN_NS && passed_ns >= step_ns);
}

void profile_memory_note(profile_file *file, uint64_t now_ns, uint64_t start_ns, bool is_forced)
{
    if (!is_forced && !is_due(now_ns, start_ns))
        return;
    profile_memory memory = memory_now(now_ns);
    last_note_ns = now_ns;
    if (point_count == 0 || now_ns - last_point_ns >= point_step_ns)
        point_keep(&memory);
    memory_append(file, &memory, start_ns);
    if (!is_forced) /* at the beginning and the end: the caller decides */
        profile_account_note(file, memory.resident_bytes, start_ns, false);
}

void profile_memory_write(profile_file *file, uint64_t start_ns)
{
    for (size_t i = 0; i < point_count; i++)
        memory_append(file, &points[i], start_ns);
}

void profile_memory_clear(void)
{
    profile_fd_close(&statm);
    point_count = 0;
    point_step_ns = STEP_MIN_NS;
    last_note_ns = 0;
}

/* Mapped files ------------------------------------------------------------------------------------------------------- */

/* "start-end rwxp offset device inode   path": only code is of interest. */
static void mapping_write(profile_file *file, const char *line)
{
    profile_mapping record = {.record = {0, PROFILE_MAPPING, 0}};
    record.start = read_number(&line, 16);
    line++;
    record.end = read_number(&line, 16);
    bool is_code = strlen(line) > 4 && line[3] == 'x';
    const char *path = strchr(line, '/');
    if (!is_code || path == NULL)
        return;
    line += 6;
    record.file_offset = read_number(&line, 16);
    record.text_bytes = (uint32_t)strlen(path);
    profile_file_append_text(file, &record, sizeof record, path, record.text_bytes);
}

void profile_mappings_write(profile_file *file)
{
    static char text[8192]; /* a line has at most a path and some 80 characters more */
    size_t used_bytes = 0;
    int fd = open_to_read("/proc/self/maps");
    if (fd < 0)
        return;
    for (;;) {
        long length = syscall(SYS_read, fd, text + used_bytes, sizeof text - 1 - used_bytes);
        if (length <= 0)
            break;
        used_bytes += (size_t)length;
        text[used_bytes] = '\0';
        char *line = text;
        for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            mapping_write(file, line);
        }
        used_bytes -= (size_t)(line - text);
        memmove(text, line, used_bytes);
    }
    syscall(SYS_close, fd);
}
