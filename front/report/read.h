/* read.h: from the bytes of a profile file to a struct profile, in one reading and with bounded memory.
 *
 * Owns: what is damaged, and that everything before it is used. Does not own: the format (trace/profile_format.h) and what is
 * done with the events (model.h). Read first: docs/profile-format.md. */
#ifndef PYMM_REPORT_READ_H
#define PYMM_REPORT_READ_H

#include "model.h"
#include "report.h"
#include "source.h"
#include "symbols.h"
#include "trace/profile_format.h"

/* Fill `profile`, which model_init has made, with what the file has and the request's filters let through. Returns STATUS_OK;
 * STATUS_PARTIAL, after a line, when only a part of the file could be read; or another status, after a line, when nothing could. */
int read_profile(const char *path, const struct report_request *request, struct profile *profile);

/* What is known while a file is read: for each of the file's numbers, which count from 1, what it is in the profile. */
struct numbers {
    uint32_t *values;
    size_t count, room;
};
struct mapping {
    uint64_t start, end, file_offset;
    uint32_t name;
};
struct reader {
    struct source source;
    profile_header header;
    const struct report_request *request;
    struct profile *profile;
    struct numbers strings, functions, files, first_lines, stacks; /* a code is three: its function, its file, its first line */
    struct numbers threads;                           /* MAP_NONE: filtered out */
    bool has_more_threads; /* than there is room for in profile->thread_names */
    struct mapping *mappings;
    size_t mapping_count, mapping_room;
    struct symbols symbols;
    bool has_left; /* Python takes itself down: what it frees is no news */
    bool has_ended;
    char trouble[128]; /* "" as long as nothing is damaged */
};

/* The fixed part of any record, as far as this version knows it. */
union any_record {
    profile_record record;
    profile_info info;
    profile_string string;
    profile_code code;
    profile_stack stack;
    profile_thread thread;
    profile_sample sample;
    profile_free free;
    profile_memory memory;
    profile_mapping mapping;
    profile_fold fold;
    profile_site site;
    profile_end end;
    profile_leave leave;
    profile_account account;
};

/* Take in one record of a known kind. `text_bytes` of `text` are there. False with reader->trouble set when it makes no sense. */
bool read_record(struct reader *reader, const union any_record *record, const char *text, size_t text_bytes);
/* Set the trouble; returns false. */
__attribute__((format(printf, 2, 3))) bool read_trouble(struct reader *reader, const char *format, ...);
/* Is a known kind's record this long at least? 0: the kind is not known. */
size_t read_fixed_bytes(unsigned kind);

#endif
