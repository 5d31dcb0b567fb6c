/* record.c: the decorator that writes every allocation event of three domains to a file.
 *
 * Owns: one recording (file, buffer, lock) and the wrapped tables. It allocates nothing, so it may wrap any table.
 * Order is the point: a free is written before it is done and a malloc after, so in the file an address is never given
 * out while it is still in use, however many threads there are.
 * A recording never stops its program: trouble with the file costs one line on stderr and the rest of the recording.
 * Read hook.h first. */
#include "hook/hook.h"

#include "base/base.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_BUFFER_EVENTS 16384 /* 256 KiB, never touched unless something is recorded */
#define RECORD_FD_FIRST 200        /* programs close or reuse small descriptors; stay away from them */

typedef struct record_domain {
    pymm_allocator inner;
    unsigned domain;
} record_domain;

static record_domain record_domains[PYMM_DOMAIN_COUNT];
static atomic_bool record_is_on;
static atomic_uint record_thread_count;
static OS_THREAD_LOCAL unsigned record_thread; /* number of this thread, from 1; 0 before its first event */

/* Under record_lock: */
static os_lock record_lock = OS_LOCK_INIT;
static int record_fd = -1;
static dev_t record_device; /* with record_inode: the file that record_fd has to be */
static ino_t record_inode;
static size_t record_used_count;
static uint64_t record_event_count;
static hook_record_event record_buffer[RECORD_BUFFER_EVENTS];

static int record_write_all(const void *bytes, size_t bytes_count)
{
    const char *next = bytes;
    while (bytes_count > 0) {
        ssize_t written = write(record_fd, next, bytes_count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            if (written == 0)
                errno = ENOSPC;
            return -1;
        }
        next += written;
        bytes_count -= (size_t)written;
    }
    return 0;
}

/* The program may have closed our descriptor and opened a file of its own there; that file must not be written to. */
static bool record_has_file(void)
{
    struct stat status;
    if (record_fd < 0 || fstat(record_fd, &status) != 0)
        return false;
    return status.st_dev == record_device && status.st_ino == record_inode;
}

static void record_close(void)
{
    atomic_store_explicit(&record_is_on, false, memory_order_relaxed);
    if (record_has_file())
        close(record_fd);
    record_fd = -1;
    record_used_count = 0;
}

static PYMM_NOINLINE void record_flush(void)
{
    bool has_file = record_has_file();
    if (has_file && record_write_all(record_buffer, record_used_count * sizeof record_buffer[0]) == 0) {
        record_used_count = 0;
        return;
    }
    base_warn("recording stopped after %llu events: %s", (unsigned long long)record_event_count,
              has_file ? strerror(errno) : "the program closed the file");
    record_close();
}

static void record_append(unsigned op, unsigned domain, size_t size_bytes, uint64_t address)
{
    if (record_used_count == RECORD_BUFFER_EVENTS)
        record_flush();
    if (!atomic_load_explicit(&record_is_on, memory_order_relaxed))
        return;
    record_buffer[record_used_count].meta = hook_record_meta(op, domain, record_thread, size_bytes);
    record_buffer[record_used_count].address = address;
    record_used_count++;
    record_event_count++;
}

static void record_event(const record_domain *domain, unsigned op, size_t size_bytes, const void *block)
{
    if (!atomic_load_explicit(&record_is_on, memory_order_relaxed))
        return;
    int saved_errno = errno; /* free must not change it, and a write may */
    if (record_thread == 0)
        record_thread = atomic_fetch_add_explicit(&record_thread_count, 1, memory_order_relaxed) + 1;
    os_lock_take(&record_lock);
    record_append(op, domain->domain, size_bytes, (uint64_t)(uintptr_t)block);
    os_lock_drop(&record_lock);
    errno = saved_errno;
}

static void *record_malloc(void *ctx, size_t size_bytes)
{
    record_domain *domain = ctx;
    void *block = domain->inner.malloc(domain->inner.ctx, size_bytes);
    if (block != NULL)
        record_event(domain, HOOK_RECORD_MALLOC, size_bytes, block);
    return block;
}

static void *record_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    record_domain *domain = ctx;
    void *block = domain->inner.calloc(domain->inner.ctx, item_count, item_bytes);
    if (block != NULL)
        record_event(domain, HOOK_RECORD_CALLOC, item_count * item_bytes, block);
    return block;
}

static void *record_realloc(void *ctx, void *block, size_t size_bytes)
{
    record_domain *domain = ctx;
    record_event(domain, HOOK_RECORD_REALLOC_BEGIN, size_bytes, block);
    void *moved = domain->inner.realloc(domain->inner.ctx, block, size_bytes);
    record_event(domain, HOOK_RECORD_REALLOC_END, size_bytes, moved);
    return moved;
}

static void record_free(void *ctx, void *block)
{
    record_domain *domain = ctx;
    record_event(domain, HOOK_RECORD_FREE, 0, block);
    domain->inner.free(domain->inner.ctx, block);
}

/* Around fork the buffer is whole and nobody is writing. The file stays the parent's: what a child wrote would be mixed
 * into it, and of the child's threads only one is left. */
static void record_before_fork(void) { os_lock_take(&record_lock); }
static void record_fork_parent(void) { os_lock_drop(&record_lock); }

static void record_fork_child(void)
{
    record_close();
    os_lock_drop(&record_lock);
}

static int record_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
    if (fd < 0)
        return -1;
    int high_fd = fcntl(fd, F_DUPFD_CLOEXEC, RECORD_FD_FIRST);
    if (high_fd >= 0) {
        close(fd);
        fd = high_fd;
    }
    struct stat status;
    if (fstat(fd, &status) != 0) {
        close(fd);
        return -1;
    }
    record_fd = fd;
    record_device = status.st_dev;
    record_inode = status.st_ino;
    return 0;
}

static int record_begin(const char *path)
{
    static bool has_fork_handlers;
    if (record_fd >= 0) {
        errno = EBUSY;
        return -1;
    }
    if (!has_fork_handlers && os_fork_register(record_before_fork, record_fork_parent, record_fork_child) != 0) {
        errno = ENOMEM;
        return -1;
    }
    has_fork_handlers = true;
    if (record_open(path) != 0)
        return -1;
    hook_record_header header = {.magic = HOOK_RECORD_MAGIC,
                                 .version = HOOK_RECORD_VERSION,
                                 .header_bytes = sizeof header,
                                 .pid = (uint64_t)getpid(),
                                 .page_bytes = os_page_bytes()};
    record_used_count = 0;
    record_event_count = 0;
    if (record_write_all(&header, sizeof header) != 0) {
        int saved_errno = errno;
        record_close();
        errno = saved_errno;
        return -1;
    }
    return 0;
}

int hook_record_start(const char *path, pymm_allocator tables[PYMM_DOMAIN_COUNT])
{
    os_lock_take(&record_lock);
    int result = record_begin(path);
    for (unsigned domain = 0; result == 0 && domain < PYMM_DOMAIN_COUNT; domain++) {
        record_domains[domain].domain = domain;
        /* A second recording may be handed the tables of the first: wrapping them again would go in circles. */
        if (tables[domain].ctx != &record_domains[domain])
            record_domains[domain].inner = tables[domain];
        tables[domain] =
            (pymm_allocator){&record_domains[domain], record_malloc, record_calloc, record_realloc, record_free};
    }
    if (result == 0)
        atomic_store_explicit(&record_is_on, true, memory_order_relaxed);
    os_lock_drop(&record_lock);
    return result;
}

void hook_record_stop(void)
{
    os_lock_take(&record_lock);
    if (atomic_load_explicit(&record_is_on, memory_order_relaxed)) {
        record_append(HOOK_RECORD_END, 0, 0, record_event_count);
        /* The last append may have failed and closed the file. */
        if (atomic_load_explicit(&record_is_on, memory_order_relaxed))
            record_flush();
        record_close();
    }
    os_lock_drop(&record_lock);
}
