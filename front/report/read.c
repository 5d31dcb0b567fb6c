/* read.c: a profile file from its header to its end: is it one, record by record, and where it stops making sense.
 *
 * Does not own: what the kinds of records mean (read_record.c). Read first: read.h. */
#include "read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"

bool read_trouble(struct reader *reader, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reader->trouble, sizeof reader->trouble, format, arguments);
    va_end(arguments);
    return false;
}

/* 0, or the status after an error line: then nothing of the file can be shown. */
static int read_header(struct reader *reader)
{
    static const char none[sizeof reader->header.magic];
    struct source *source = &reader->source;
    const char *path = source->path;
    const unsigned char *start = source_look(source, 1);
    profile_header *header = &reader->header;

    if (!start && source->error)
        return command_error(STATUS_REFUSED, "report: %s: cannot be read: %s; copy it to a disk that works", path,
                             strerror(source->error));
    if (!start)
        return command_error(STATUS_REFUSED, "report: %s: is empty; the program ended before anything was written", path);
    start = source_look(source, sizeof *header);
    size_t there = start ? sizeof *header : source->end - source->begin;
    memcpy(header, source->buffer + source->begin, there);
    size_t magic_bytes = there < sizeof header->magic ? there : sizeof header->magic;
    if (memcmp(header->magic, none, magic_bytes) == 0)
        return command_error(STATUS_REFUSED, "report: %s: was begun and never filled; the program ended too early", path);
    if (memcmp(header->magic, PROFILE_MAGIC, magic_bytes) != 0)
        return command_error(STATUS_REFUSED, "report: %s: is no profile of pymm; name a file that pymm run --profile wrote", path);
    if (!start)
        return command_error(STATUS_REFUSED, "report: %s: is cut off within its first bytes; nothing of it can be shown", path);
    if (header->byte_order != PROFILE_BYTE_ORDER)
        return command_error(STATUS_REFUSED, "report: %s: has the byte order of another machine; read it on one like that", path);
    if (header->major != PROFILE_MAJOR)
        return command_error(STATUS_REFUSED, "report: %s: has format %u.%u, this pymm reads %u.x; use the pymm that wrote it", path,
                             header->major, header->minor, PROFILE_MAJOR);
    if (header->header_bytes < sizeof *header || header->header_bytes % 8 != 0 || !source_skip(source, header->header_bytes))
        return command_error(STATUS_REFUSED, "report: %s: has a damaged header; nothing of it can be shown", path);
    return 0;
}

static void header_to_profile(const profile_header *header, struct profile *profile)
{
    profile->pid = header->pid;
    profile->started_unix_s = header->start_unix_ns / 1000000000;
    profile->interval_bytes = header->interval_bytes;
    profile->asked_interval_bytes = header->asked_interval_bytes;
    profile->is_exact = header->flags & PROFILE_EXACT;
    profile->is_forked = header->flags & PROFILE_FORKED;
}

/* The record at the front, taken in as far as it is known. */
static bool read_front(struct reader *reader, profile_record record)
{
    size_t fixed_bytes = read_fixed_bytes(record.kind);

    if (record.record_bytes % 8 || record.record_bytes < record.fixed_bytes || record.fixed_bytes < sizeof record ||
        record.fixed_bytes < fixed_bytes)
        return read_trouble(reader, "a record has a length that cannot be");
    if (!fixed_bytes)
        return reader->header.minor > PROFILE_MINOR || read_trouble(reader, "a record is of kind %u", record.kind);
    /* It has to be here whole as far as it is looked at; of a longer text the rest is passed over. */
    size_t looked = record.record_bytes < SOURCE_LOOK_MOST ? record.record_bytes : SOURCE_LOOK_MOST;
    const unsigned char *start = source_look(&reader->source, looked);
    if (!start)
        return read_trouble(reader, "the file is cut off");
    union any_record any; /* where it is aligned */
    memcpy(&any, start, fixed_bytes);
    size_t text_bytes = looked > record.fixed_bytes ? looked - record.fixed_bytes : 0;
    return read_record(reader, &any, (const char *)start + (looked - text_bytes), text_bytes);
}

/* One record after the other. False with a trouble when the rest of the file makes no sense. */
static bool read_records(struct reader *reader)
{
    struct source *source = &reader->source;
    const unsigned char *start;

    while (!reader->has_ended && (start = source_look(source, sizeof(profile_record)))) {
        profile_record record;
        memcpy(&record, start, sizeof record);
        if (record.record_bytes == 0)
            return true;
        if (!read_front(reader, record))
            return false;
        if (!source_skip(source, record.record_bytes))
            return read_trouble(reader, "the file is cut off");
    }
    if (source->error)
        return read_trouble(reader, "it cannot be read on: %s", strerror(source->error));
    bool is_whole = true; /* zeros that are no whole record belong to the end */
    for (size_t at = source->begin; at < source->end && !reader->has_ended; at++)
        is_whole = is_whole && source->buffer[at] == 0;
    return is_whole || read_trouble(reader, "the file is cut off");
}

static void reader_free(struct reader *reader)
{
    void *const owned[] = {reader->strings.values, reader->functions.values, reader->files.values,
                           reader->first_lines.values, reader->stacks.values,
                           reader->threads.values, reader->mappings};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    symbols_free(&reader->symbols);
    source_close(&reader->source);
}

int read_profile(const char *path, const struct report_request *request, struct profile *profile)
{
    struct reader reader = {.request = request, .profile = profile};
    int status = source_open(&reader.source, path);

    if (status)
        return status;
    status = read_header(&reader);
    if (status == 0) {
        header_to_profile(&reader.header, profile);
        profile->has_thread = report_alloc(request->thread_count + 1, sizeof *profile->has_thread);
        if (!read_records(&reader))
            status = STATUS_PARTIAL;
        model_finish(profile);
    }
    unsigned long long offset = reader.source.offset;
    reader_free(&reader); /* also takes the bar away, so that the line below stands alone */
    if (status == STATUS_PARTIAL)
        command_error(STATUS_PARTIAL, "report: %s: is damaged at byte %llu: %s; what stands before is shown", path, offset,
                      reader.trouble);
    else if (status == 0 && reader.header.minor > PROFILE_MINOR)
        command_error(STATUS_OK, "report: %s: has format %u.%u, this pymm knows %u.%u; what it does not know is left out", path,
                      reader.header.major, reader.header.minor, PROFILE_MAJOR, PROFILE_MINOR);
    return status;
}
