/* profile_file.c: the file of a profile: records are stored into a window of it that is mapped and moves along.
 *
 *     [ written ....... |window: written, room ............ ]      room is set aside before it is mapped
 *
 * A store into a mapping survives whatever kills the process, and costs no call. Room is set aside with posix_fallocate: a
 * full disk is an error there, where a store into a hole would be a SIGBUS. The length of a record is stored last.
 * The first store into a page makes a page fault, in which a file system has much to do: many pages in a row are had at once.
 * Descriptors are high, and the program may close them: the file is known by its inode, and opened anew. Read profile_format.h first. */
#include "trace/profile_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_BYTES ((uint64_t)256 << 10)
#define REACH_BYTES ((uint64_t)64 << 10)
#define FD_FIRST 200 /* programs close or reuse small descriptors */
#define END_BYTES sizeof(profile_end)

int profile_fd_keep(profile_fd *kept, int fd)
{
    struct stat status;
    int high_fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST);
    if (high_fd >= 0) {
        close(fd);
        fd = high_fd;
    }
    int error = fstat(fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
    if (error != 0) {
        close(fd);
        errno = error;
        return -1;
    }
    *kept = (profile_fd){fd, status.st_dev, status.st_ino};
    return 0;
}

bool profile_fd_is_ours(const profile_fd *kept)
{
    struct stat status;
    return kept->fd >= 0 && fstat(kept->fd, &status) == 0 && status.st_dev == kept->device && status.st_ino == kept->inode;
}

void profile_fd_close(profile_fd *kept)
{
    if (profile_fd_is_ours(kept))
        close(kept->fd);
    *kept = PROFILE_FD_NONE;
}

/* Another process may be writing a file of this name: it holds the lock. */
int profile_file_create(profile_file *file, const char *path, bool is_exclusive, uint64_t limit_bytes)
{
    *file = (profile_file){.fd = PROFILE_FD_NONE, .limit_bytes = limit_bytes};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | (is_exclusive ? O_EXCL : 0), 0644);
    if (fd < 0 || profile_fd_keep(&file->fd, fd) != 0)
        return -1;
    if (flock(file->fd.fd, LOCK_EX | LOCK_NB) == 0 && ftruncate(file->fd.fd, 0) == 0)
        return 0;
    int error = errno;
    profile_fd_close(&file->fd);
    errno = error;
    return -1;
}

static void unmap(profile_file *file)
{
    if (file->window != NULL)
        munmap(file->window, WINDOW_BYTES);
    file->window = NULL;
    file->room_end = file->reached_end = file->window_end = 0;
}

/* Have room for so many bytes, as far as the window goes. */
static void reach(profile_file *file, size_t bytes)
{
    while (file->used_bytes + bytes > file->room_end && file->reached_end < file->window_end) {
        uint64_t end = base_min(file->reached_end + REACH_BYTES, file->window_end);
        for (uint64_t page = file->reached_end; page < end; page += os_page_bytes())
            *(volatile char *)(file->window + (page - file->window_offset)) = 0; /* as it is */
        file->reached_end = end;
        file->room_end = base_min(end, file->window_end - END_BYTES);
    }
}

/* Beyond the limit on the size of files the system sends a signal rather than an error. */
static bool is_within_limit(uint64_t end)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || end <= limit.rlim_cur;
}

/* The descriptor, opened anew if need be: programs that become daemons close all there are. False: the file is gone from its
 * path, or another process has begun to write it. */
static bool is_open(profile_file *file)
{
    profile_fd again;
    if (profile_fd_is_ours(&file->fd))
        return true;
    unmap(file); /* it still holds the lock */
    int fd = file->path == NULL ? -1 : open(file->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0 || profile_fd_keep(&again, fd) != 0)
        return false;
    if (again.device != file->fd.device || again.inode != file->fd.inode || flock(again.fd, LOCK_EX | LOCK_NB) != 0) {
        profile_fd_close(&again);
        return false;
    }
    file->fd = again;
    return true;
}

static int set_aside(profile_file *file, uint64_t offset)
{
    if (!is_open(file))
        return EBADF;
    uint64_t bytes = file->limit_bytes - offset < WINDOW_BYTES ? file->limit_bytes - offset : WINDOW_BYTES;
    if (!is_within_limit(offset + bytes))
        return EFBIG;
    int error;
    do
        error = posix_fallocate(file->fd.fd, (off_t)offset, (off_t)bytes);
    while (error == EINTR);
    return error;
}

/* Move the window so that it begins in the page of what comes next. Returns an error's number. */
static int move_window(profile_file *file)
{
    uint64_t offset = file->used_bytes & ~((uint64_t)os_page_bytes() - 1);
    int error = set_aside(file, offset);
    if (error != 0)
        return error;
    void *window = mmap(NULL, WINDOW_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd.fd, (off_t)offset);
    if (window == MAP_FAILED)
        return errno;
    unmap(file);
    file->window = window;
    file->window_offset = offset;
    file->window_end = base_min(offset + WINDOW_BYTES, file->limit_bytes);
    file->reached_end = base_round_up(file->used_bytes, os_page_bytes()); /* the page of what came last holds that */
    file->room_end = base_min(file->reached_end, file->window_end - END_BYTES);
    return 0;
}

char *profile_file_more_room(profile_file *file, size_t bytes)
{
    int saved_errno = errno;
    file->is_full |= file->used_bytes + bytes + END_BYTES > file->limit_bytes;
    for (; file->error == 0 && !file->is_full; file->error = move_window(file)) {
        reach(file, bytes);
        if (file->used_bytes + bytes <= file->room_end) {
            errno = saved_errno;
            return file->window + (file->used_bytes - file->window_offset);
        }
    }
    errno = saved_errno;
    file->room_end = 0;
    return NULL;
}

void profile_file_append_text(profile_file *file, const void *record, size_t fixed_bytes, const void *text, size_t text_bytes)
{
    size_t bytes = base_round_up(fixed_bytes + text_bytes, 8);
    char *place = profile_file_room(file, bytes);
    if (place == NULL)
        return;
    if (text_bytes > 0)
        memcpy(place + fixed_bytes, text, text_bytes);
    profile_file_store(file, place, record, fixed_bytes, bytes);
}

void profile_file_header(profile_file *file, const profile_header *header)
{
    char *place = profile_file_room(file, sizeof *header);
    if (place == NULL)
        return;
    memcpy(place + sizeof header->magic, (const char *)header + sizeof header->magic, sizeof *header - sizeof header->magic);
    atomic_signal_fence(memory_order_release);
    memcpy(place, header->magic, sizeof header->magic);
    file->used_bytes += sizeof *header;
}

void profile_file_end(profile_file *file, profile_end *record)
{
    if (file->window != NULL)
        profile_file_store(file, file->window + (file->used_bytes - file->window_offset), record, sizeof *record, sizeof *record);
    unmap(file);
    if (is_open(file) && ftruncate(file->fd.fd, (off_t)file->used_bytes) != 0)
        file->error = errno;
    profile_file_close(file);
}

void profile_file_close(profile_file *file)
{
    unmap(file);
    profile_fd_close(&file->fd);
}
