/* source.h: the bytes of a file one after the other, through a buffer, with a bar that shows how far the reading is.
 *
 * Owns: reading. Does not own: what the bytes mean (read.c). A file that is cut while it is read, or a pipe, is no danger: nothing
 * is mapped. */
#ifndef PYMM_REPORT_SOURCE_H
#define PYMM_REPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
    const char *path;
    int fd;
    unsigned char *buffer;
    size_t begin, end;      /* of what is in the buffer and was not taken */
    uint64_t offset;        /* in the file, of the next byte */
    uint64_t file_bytes;    /* 0: not known */
    uint64_t shown_at;      /* the offset at which the bar is drawn next */
    int shown_percent;      /* -1: no bar */
    int error;              /* errno of a read that failed, or 0 */
};

enum { SOURCE_BUFFER_BYTES = 1 << 20, SOURCE_LOOK_MOST = 1 << 17 };

/* 0, or the status after an error line. */
int source_open(struct source *source, const char *path);
/* At least so many bytes (SOURCE_LOOK_MOST at most) that are not taken yet, or NULL when the file ends before. */
const unsigned char *source_look(struct source *source, size_t byte_count);
/* Take bytes; false when the file ends before. */
bool source_skip(struct source *source, uint64_t byte_count);
void source_close(struct source *source);

#endif
