/* source.c: buffered reading with a bar. Read first: source.h. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "map.h"

/* Smaller files are read before anybody could read a bar. */
enum { BAR_FILE_BYTES_LEAST = 32 << 20, BAR_COLUMNS = 40 };

int source_open(struct source *source, const char *path)
{
    struct stat status;

    *source = (struct source){.path = path, .shown_percent = -1};
    source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->fd < 0)
        return command_error(STATUS_REFUSED, "report: %s: cannot be opened: %s; %s", path, strerror(errno),
                             errno == EACCES ? "read it as a user who may" : "name a profile that pymm run --profile wrote");
    if (fstat(source->fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(source->fd);
        return command_error(STATUS_REFUSED, "report: %s: is a directory; name a profile in it", path);
    }
    if (S_ISREG(status.st_mode))
        source->file_bytes = (uint64_t)status.st_size;
    if (source->file_bytes >= BAR_FILE_BYTES_LEAST && isatty(STDERR_FILENO))
        source->shown_percent = 0;
    source->buffer = report_alloc(SOURCE_BUFFER_BYTES, 1);
    return 0;
}

static void bar_draw(struct source *source)
{
    char bar[BAR_COLUMNS + 1];

    if (source->shown_percent < 0 || source->offset < source->shown_at)
        return;
    source->shown_percent = (int)(source->offset >= source->file_bytes ? 100 : source->offset * 100 / source->file_bytes);
    source->shown_at = source->offset + source->file_bytes / 100;
    memset(bar, ' ', BAR_COLUMNS);
    memset(bar, '#', (size_t)(source->shown_percent * BAR_COLUMNS / 100));
    bar[BAR_COLUMNS] = '\0';
    fprintf(stderr, "\rreading [%s] %3d %% of %.0f MiB", bar, source->shown_percent, (double)source->file_bytes / (1 << 20));
}

const unsigned char *source_look(struct source *source, size_t byte_count)
{
    while (source->end - source->begin < byte_count) {
        if (source->begin + byte_count > SOURCE_BUFFER_BYTES || source->begin == source->end) {
            memmove(source->buffer, source->buffer + source->begin, source->end - source->begin);
            source->end -= source->begin;
            source->begin = 0;
        }
        ssize_t got = read(source->fd, source->buffer + source->end, SOURCE_BUFFER_BYTES - source->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            source->error = got < 0 ? errno : 0;
            return NULL;
        }
        source->end += (size_t)got;
        bar_draw(source);
    }
    return source->buffer + source->begin;
}

bool source_skip(struct source *source, uint64_t byte_count)
{
    while (byte_count) {
        size_t there = source->end - source->begin;
        if (!there && !source_look(source, 1))
            return false;
        there = source->end - source->begin;
        size_t taken = byte_count < there ? (size_t)byte_count : there;
        source->begin += taken;
        source->offset += taken;
        byte_count -= taken;
    }
    return true;
}

void source_close(struct source *source)
{
    if (source->shown_percent >= 0)
        fprintf(stderr, "\r%*s\r", BAR_COLUMNS + 40, "");
    close(source->fd);
    free(source->buffer);
}
