/* lines.c: lines of source files for the page. Read first: lines.h. */
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "utf8.h"

enum { FRAMES_MOST = 4000, LINES_AROUND = 3, LINE_BYTES_MOST = 300, FILE_BYTES_MOST = 4 << 20 };

struct wanted {
    uint32_t frame;
    int64_t bytes; /* held, or allocated in all, by what is in or below the frame */
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *one = a, *other = b;

    return one->bytes != other->bytes ? (one->bytes < other->bytes ? 1 : -1) : one->frame < other->frame ? -1 : 1;
}

/* The frames whose lines are shown: most first. The caller frees them. */
static struct wanted *find_wanted(const struct view *view, size_t *count)
{
    const struct profile *profile = view->profile;
    struct wanted *wanted = report_alloc(profile->frame_count, sizeof *wanted);
    int64_t *totals = report_alloc(profile->node_count, sizeof *totals);

    for (size_t at = 0; at < profile->frame_count; at++)
        wanted[at].frame = (uint32_t)at;
    for (size_t at = 0; at < profile->tally_count; at++)
        totals[profile->tallies[at].node] += profile->tallies[at].allocated.bytes + profile->tallies[at].live.bytes;
    for (size_t node = profile->node_count; node-- > 1;) {
        totals[profile->nodes[node].parent] += totals[node];
        wanted[profile->nodes[node].frame].bytes += totals[node];
    }
    free(totals);
    if (profile->frame_count)
        qsort(wanted, profile->frame_count, sizeof *wanted, compare_wanted);
    *count = profile->frame_count < FRAMES_MOST ? profile->frame_count : FRAMES_MOST;
    return wanted;
}

/* One file at a time is kept, as frames of one file are looked for one after the other. */
struct file {
    uint32_t name; /* MAP_NONE: none was read yet */
    char *text;
    size_t text_bytes;
    bool is_changed;
};

static void file_read(struct file *file, const struct view *view, uint32_t name)
{
    const char *path = model_text(view->profile, name);
    struct stat status;

    free(file->text);
    *file = (struct file){.name = name};
    int fd = text_ends_with(path, ".py") ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && status.st_size <= FILE_BYTES_MOST) {
        file->text = report_alloc((size_t)status.st_size, 1);
        for (ssize_t got; file->text_bytes < (size_t)status.st_size; file->text_bytes += (size_t)got)
            if ((got = read(fd, file->text + file->text_bytes, (size_t)status.st_size - file->text_bytes)) <= 0)
                break;
        file->is_changed = (uint64_t)status.st_mtime > view->profile->started_unix_s + view->profile->duration_us / 1000000 + 1;
    }
    close(fd);
}

/* Where line `line` begins, NULL when there are fewer. */
static const char *find_line(const struct file *file, uint32_t line)
{
    const char *at = file->text, *end = file->text + file->text_bytes;

    for (; at && at < end && line > 1; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at += at != NULL;
    }
    return at && at < end ? at : NULL;
}

/* The lines around one, each cut to LINE_BYTES_MOST, as JSON; NULL when it is not there. */
static json_t *lines_around(const struct file *file, uint32_t line, uint32_t *first)
{
    char text[(2 * LINES_AROUND + 1) * (LINE_BYTES_MOST + 1)];
    size_t bytes = 0, clean_bytes;
    const char *end = file->text + file->text_bytes;

    if (!line || !find_line(file, line))
        return NULL;
    *first = line > LINES_AROUND ? line - LINES_AROUND : 1;
    const char *at = find_line(file, *first);
    for (uint32_t number = *first; at < end && number <= line + LINES_AROUND; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        if (number > *first)
            text[bytes++] = '\n';
        memcpy(text + bytes, at, length < LINE_BYTES_MOST ? length : LINE_BYTES_MOST);
        bytes += length < LINE_BYTES_MOST ? length : LINE_BYTES_MOST;
        at = stop ? stop + 1 : end;
    }
    char *clean = utf8_clean(text, bytes, &clean_bytes);
    json_t *result = clean ? json_stringn(clean, clean_bytes) : json_stringn(text, bytes);
    free(clean);
    return result;
}

/* By file, so that each is read once. */
static int compare_by_file(const void *a, const void *b, void *context)
{
    const struct frame *frames = context;
    const struct wanted *one = a, *other = b;
    uint32_t file = frames[one->frame].file, other_file = frames[other->frame].file;

    return file != other_file ? (file < other_file ? -1 : 1) : one->frame < other->frame ? -1 : 1;
}

void json_write_lines(struct json_out *json, const struct view *view)
{
    json_t *frames = json_array(), *firsts = json_array(), *texts = json_array(), *changes = json_array();
    struct file file = {.name = MAP_NONE};
    size_t count;
    struct wanted *wanted = find_wanted(view, &count);

    qsort_r(wanted, count, sizeof *wanted, compare_by_file, view->profile->frames);
    for (size_t at = 0; at < count; at++) {
        const struct frame *frame = &view->profile->frames[wanted[at].frame];
        uint32_t first;
        if (frame->file != file.name)
            file_read(&file, view, frame->file);
        json_t *text = file.text ? lines_around(&file, frame->line, &first) : NULL;
        if (!text)
            continue;
        json_array_append_new(frames, json_integer(wanted[at].frame));
        json_array_append_new(firsts, json_integer(first));
        json_array_append_new(texts, text);
        json_array_append_new(changes, json_boolean(file.is_changed));
    }
    free(file.text);
    free(wanted);
    json_open(json, "source");
    json_member(json, "frame", frames);
    json_member(json, "first", firsts);
    json_member(json, "text", texts);
    json_member(json, "is_changed", changes);
    json_close(json);
}
