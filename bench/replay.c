/* replay: play a packed trace against one allocator and say what it cost.
 *
 *   replay --backend NAME [--lib PATH] [--mode time|memory|check] [--samples FILE] TRACE
 *
 * time    nanoseconds per event, everything included; the null allocator's time is the replay's own cost
 * memory  resident anonymous memory above the start: at its highest, at the peak of live bytes, and at the end
 * check   fills every block and verifies it when it dies: contents, overlap, zeroes of calloc, alignment
 * Prints one JSON object on a line. All threads of a trace are played by one, in the recorded order.
 * Read trace.h and backends.h first. */
#include "backends.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096u
#define TOUCH_BYTES 64u

typedef struct player {
    const trace_header *header;
    const uint64_t *words;
    void **slots;
    backend backend;
    uint64_t sink; /* what the reads add up to, so that they are done */
} player;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "replay: %s: %s\n", what, why);
    exit(1);
}

static _Noreturn void die_check(const player *p, size_t at, const char *why)
{
    uint64_t word = p->words[at];
    fprintf(stderr, "replay: word %zu (op %u, slot %llu, %llu bytes): %s\n", at, trace_word_op(word),
            (unsigned long long)trace_word_slot(word), (unsigned long long)trace_word_size(word), why);
    exit(1);
}

/* What a program does with a new block, roughly: fill its head, and reach every page of it. From `from` on, which is 0 for a
 * new block and the old size for a grown one. */
static inline __attribute__((always_inline)) void touch(char *block, size_t from, size_t size_bytes, unsigned value)
{
    if (size_bytes <= from)
        return;
    size_t head = size_bytes - from < TOUCH_BYTES ? size_bytes - from : TOUCH_BYTES;
    memset(block + from, (int)(value & 0xff), head);
    if (size_bytes - from > TOUCH_BYTES) {
        for (size_t at = from + PAGE_BYTES; at < size_bytes; at += PAGE_BYTES)
            block[at] = (char)value;
        block[size_bytes - 1] = (char)value;
    }
}

static inline __attribute__((always_inline)) uint64_t read_head(const void *block)
{
    return *(const volatile uint64_t *)block;
}

static void check_filled(const player *p, size_t at, const unsigned char *block, size_t bytes, unsigned value)
{
    for (size_t i = 0; i < bytes; i++)
        if (block[i] != (unsigned char)value)
            die_check(p, at, "contents changed");
}

static void check_new(const player *p, size_t at, void *block, size_t size_bytes, bool is_zeroed, unsigned value)
{
    if (((uintptr_t)block & 15) != 0 && size_bytes >= 16)
        die_check(p, at, "not aligned to 16");
    if (is_zeroed)
        check_filled(p, at, block, size_bytes, 0);
    memset(block, (int)(value & 0xff), size_bytes);
}

/* One function for both conventions and for checking: the two flags are constants in each caller, so each gets a loop of its
 * own in which the calls go straight through the table, with no wrapper in between. */
static inline __attribute__((always_inline)) size_t play(player *p, size_t at, size_t end, const bool is_plain,
                                                         const bool is_check)
{
    const uint64_t *const words = p->words;
    void **const slots = p->slots;
    uint64_t sink = 0;
    while (at < end) {
        uint64_t word = words[at];
        const backend_domain *d = &p->backend.domains[trace_word_domain(word)];
        size_t slot = trace_word_slot(word), size = trace_word_size(word);
        unsigned op = trace_word_op(word), value = (unsigned)slot * 167u + 13u;
        void *block;
        switch (op) {
        case TRACE_MALLOC:
        case TRACE_CALLOC:
            if (op == TRACE_MALLOC)
                block = is_plain ? d->plain.malloc(size) : d->table.malloc(d->table.ctx, size);
            else
                block = is_plain ? d->plain.calloc(1, size) : d->table.calloc(d->table.ctx, 1, size);
            if (block == NULL)
                die_check(p, at, "no memory");
            slots[slot] = block;
            if (is_check)
                check_new(p, at, block, size, op == TRACE_CALLOC, value);
            else
                touch(block, 0, size, value);
            at++;
            break;
        case TRACE_REALLOC:
        case TRACE_REALLOC_NEW: {
            size_t old_size = words[at + 1];
            block = op == TRACE_REALLOC ? slots[slot] : NULL;
            block = is_plain ? d->plain.realloc(block, size) : d->table.realloc(d->table.ctx, block, size);
            if (block == NULL)
                die_check(p, at, "no memory");
            slots[slot] = block;
            if (is_check) {
                check_filled(p, at, block, old_size < size ? old_size : size, value);
                check_new(p, at, block, size, false, value);
            } else {
                touch(block, old_size, size, value);
            }
            at += 2;
            break;
        }
        case TRACE_FREE:
            block = slots[slot];
            if (is_check)
                check_filled(p, at, block, size, value);
            else
                sink += read_head(block);
            if (is_plain)
                d->plain.free(block);
            else
                d->table.free(d->table.ctx, block);
            at++;
            break;
        case TRACE_FREE_NULL:
            if (is_plain)
                d->plain.free(NULL);
            else
                d->table.free(d->table.ctx, NULL);
            at++;
            break;
        default:
            die_check(p, at, "unknown event");
        }
    }
    p->sink += sink;
    return at;
}

static __attribute__((noinline)) size_t play_table(player *p, size_t at, size_t end)
{
    return play(p, at, end, false, false);
}
static __attribute__((noinline)) size_t play_plain(player *p, size_t at, size_t end)
{
    return play(p, at, end, true, false);
}
static __attribute__((noinline)) size_t check_table(player *p, size_t at, size_t end)
{
    return play(p, at, end, false, true);
}
static __attribute__((noinline)) size_t check_plain(player *p, size_t at, size_t end)
{
    return play(p, at, end, true, true);
}

static size_t play_part(player *p, size_t at, size_t end)
{
    return p->backend.is_plain ? play_plain(p, at, end) : play_table(p, at, end);
}

/* Set-up ---------------------------------------------------------------------------------------------------------- */

static void *map_anonymous(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        die("no memory for the replay's own tables", strerror(errno));
    return memory;
}

static void open_trace(player *p, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        die(path, strerror(errno));
    if ((size_t)status.st_size < TRACE_HEADER_BYTES)
        die(path, "not a trace");
    const char *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (file == MAP_FAILED)
        die(path, strerror(errno));
    close(fd);
    p->header = (const trace_header *)file;
    p->words = (const uint64_t *)(file + TRACE_HEADER_BYTES);
    if (memcmp(p->header->magic, TRACE_MAGIC, sizeof p->header->magic) != 0 || p->header->version != TRACE_VERSION)
        die(path, "not a trace of this version");
    if ((size_t)status.st_size < TRACE_HEADER_BYTES + p->header->word_count * sizeof(uint64_t))
        die(path, "cut short");
}

static double clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void print_head(const player *p, const char *mode)
{
    printf("{\"backend\": \"%s\", \"library\": \"%s\", \"mode\": \"%s\", \"events\": %llu", p->backend.name,
           p->backend.library, mode, (unsigned long long)p->header->event_count);
}

/* Modes ------------------------------------------------------------------------------------------------------------ */

static void run_time(player *p)
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    double wall = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    play_part(p, 0, p->header->word_count);
    cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = clock_ns(CLOCK_MONOTONIC) - wall;
    getrusage(RUSAGE_SELF, &after);
    double system_ns = ((double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec)) * 1e9 +
                       ((double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec)) * 1e3;
    double events = (double)p->header->event_count;
    print_head(p, "time");
    printf(
        ", \"ns_per_event\": %.3f, \"cpu_ns_per_event\": %.3f, \"system_ns_per_event\": %.3f, \"page_faults\": %ld}\n",
        wall / events, cpu / events, system_ns / events, after.ru_minflt - before.ru_minflt);
}

/* Anonymous resident bytes: resident less shared, of which statm says both. */
static size_t resident_bytes(int statm_fd)
{
    char text[128];
    ssize_t length = pread(statm_fd, text, sizeof text - 1, 0);
    if (length <= 0)
        die("/proc/self/statm", strerror(errno));
    text[length] = '\0';
    char *next = strchr(text, ' ');
    size_t resident = strtoull(next, &next, 10), shared = strtoull(next, &next, 10);
    return (resident - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

/* The same by counting the pages themselves: slow, and exact on every kernel. */
static size_t resident_rollup_bytes(int rollup_fd)
{
    char text[4096];
    ssize_t length = pread(rollup_fd, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    const char *line = strstr(text, "\nAnonymous:");
    return line == NULL ? 0 : strtoull(line + 11, NULL, 10) * 1024;
}

static size_t above(size_t bytes, size_t start) { return bytes > start ? bytes - start : 0; }

static void run_memory(player *p, FILE *samples)
{
    int statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    int rollup_fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    const trace_header *h = p->header;
    size_t step = h->word_count / 20000 < 256 ? 256 : h->word_count / 20000, peak = 0, at_peak = 0, rollup_at_peak = 0;
    if (samples != NULL)
        setvbuf(samples, map_anonymous(1 << 16), _IOFBF, 1 << 16);
    resident_bytes(statm_fd); /* the kernel's and the loop's own first touches */
    size_t rollup_start = resident_rollup_bytes(rollup_fd), start = resident_bytes(statm_fd);
    for (size_t at = 0; at < h->word_count;) {
        size_t end = at + step < h->word_count ? at + step : h->word_count;
        if (at < h->peak_word && end > h->peak_word)
            end = h->peak_word;
        at = play_part(p, at, end);
        size_t now = above(resident_bytes(statm_fd), start);
        peak = now > peak ? now : peak;
        if (at == h->peak_word) {
            at_peak = now;
            rollup_at_peak = above(resident_rollup_bytes(rollup_fd), rollup_start);
        }
        if (samples != NULL)
            fprintf(samples, "%zu %zu\n", at, now);
    }
    size_t at_end = above(resident_bytes(statm_fd), start);
    size_t rollup_at_end = above(resident_rollup_bytes(rollup_fd), rollup_start);
    print_head(p, "memory");
    printf(", \"start_bytes\": %zu, \"peak_live_bytes\": %llu, \"peak_live_round_bytes\": %llu, "
           "\"peak_resident_bytes\": %zu, \"at_peak_resident_bytes\": %zu, \"at_peak_rollup_bytes\": %zu, "
           "\"end_resident_bytes\": %zu, \"end_rollup_bytes\": %zu, \"ratio\": %.4f, \"ratio_round\": %.4f}\n",
           start, (unsigned long long)h->peak_bytes, (unsigned long long)h->peak_round_bytes, peak, at_peak,
           rollup_at_peak, at_end, rollup_at_end, (double)peak / (double)h->peak_bytes,
           (double)peak / (double)h->peak_round_bytes);
}

static void run_check(player *p)
{
    if (strncmp(p->backend.name, "null", 4) == 0)
        die("check", "the null allocator gives the same memory to many blocks");
    if (p->backend.is_plain)
        check_plain(p, 0, p->header->word_count);
    else
        check_table(p, 0, p->header->word_count);
    print_head(p, "check");
    printf(", \"ok\": true}\n");
}

int main(int argc, char **argv)
{
    const char *name = NULL, *library = NULL, *mode = "time", *samples = NULL, *path = NULL;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--backend") == 0   ? &name
                             : strcmp(argv[i], "--lib") == 0     ? &library
                             : strcmp(argv[i], "--mode") == 0    ? &mode
                             : strcmp(argv[i], "--samples") == 0 ? &samples
                                                                 : NULL;
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (value == NULL && argv[i][0] != '-' && path == NULL)
            path = argv[i];
        else
            name = path = NULL, i = argc;
    }
    if (name == NULL || path == NULL) {
        fputs("usage: replay --backend NAME [--lib PATH] [--mode time|memory|check] [--samples FILE] TRACE\n", stderr);
        return 2;
    }
    static player p;
    open_trace(&p, path);
    backend_open(&p.backend, name, library, p.header->max_block_bytes, argv);
    p.slots = map_anonymous(p.header->slot_count * sizeof(void *));
    if (strcmp(mode, "time") == 0) {
        run_time(&p);
    } else if (strcmp(mode, "memory") == 0) {
        FILE *out = samples == NULL ? NULL : fopen(samples, "w");
        run_memory(&p, out);
        if (out != NULL)
            fclose(out);
    } else if (strcmp(mode, "check") == 0) {
        run_check(&p);
    } else {
        die(mode, "unknown mode");
    }
    return 0;
}
