/* write_pprof.c: a gzipped profile in pprof's format, with what is in use and what was allocated, as Go's heap profiles have it.
 *
 * A protocol buffer may be written in pieces that each hold some of a list's elements: so no more than one sample is in memory
 * as a message. Read first: write.h, pprof.proto. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "command/command.h"
#include "pprof.pb-c.h"
#include "write.h"

/* The strings of the profile come first, then these. */
#define EXTRA_LIST(X)                                                                                                  \
    X(ALLOC_OBJECTS, "alloc_objects")                                                                                  \
    X(ALLOC_SPACE, "alloc_space")                                                                                      \
    X(INUSE_OBJECTS, "inuse_objects")                                                                                  \
    X(INUSE_SPACE, "inuse_space")                                                                                      \
    X(COUNT, "count")                                                                                                  \
    X(BYTES, "bytes")                                                                                                  \
    X(SPACE, "space")                                                                                                  \
    X(THREAD, "thread")                                                                                                \
    X(DOMAIN, "domain")                                                                                                \
    X(NO_FRAME, "<no frame>")                                                                                          \
    X(RAW, "raw")                                                                                                      \
    X(MEM, "mem")                                                                                                      \
    X(OBJ, "obj")                                                                                                      \
    X(OTHER, "other")

enum extra {
#define EXTRA_NAME(name, text) EXTRA_##name,
    EXTRA_LIST(EXTRA_NAME)
#undef EXTRA_NAME
        EXTRA_LAST
};
static char *const extras[EXTRA_LAST] = {
#define EXTRA_TEXT(name, text) (char *)text,
    EXTRA_LIST(EXTRA_TEXT)
#undef EXTRA_TEXT
};

struct pprof {
    const struct view *view;
    gzFile gzip;
    unsigned char *packed;
    size_t packed_room;
    bool has_failed;
};

static int64_t extra_string(const struct pprof *pprof, enum extra extra)
{
    return (int64_t)pprof->view->profile->string_count + extra;
}

/* Write a message that holds a part of the profile. */
static void pprof_put(struct pprof *pprof, const Pprof__Profile *part)
{
    size_t bytes = pprof__profile__get_packed_size(part);

    while (pprof->packed_room < bytes)
        pprof->packed = report_grow(pprof->packed, pprof->packed_room, &pprof->packed_room, 1);
    pprof__profile__pack(part, pprof->packed);
    if (bytes && gzfwrite(pprof->packed, bytes, 1, pprof->gzip) != 1)
        pprof->has_failed = true;
}

static void pprof_head(struct pprof *pprof)
{
    const struct profile *profile = pprof->view->profile;
    static const enum extra types[][2] = {{EXTRA_ALLOC_OBJECTS, EXTRA_COUNT}, {EXTRA_ALLOC_SPACE, EXTRA_BYTES},
                                          {EXTRA_INUSE_OBJECTS, EXTRA_COUNT}, {EXTRA_INUSE_SPACE, EXTRA_BYTES}};
    Pprof__ValueType values[4], *pointers[4], period = PPROF__VALUE_TYPE__INIT;
    Pprof__Profile head = PPROF__PROFILE__INIT;
    int64_t comment = profile->command;
    int first = pprof->view->is_difference ? 2 : 0; /* a base has no part in what was allocated */

    for (int i = first; i < 4; i++) {
        values[i] = (Pprof__ValueType)PPROF__VALUE_TYPE__INIT;
        values[i].type = extra_string(pprof, types[i][0]);
        values[i].unit = extra_string(pprof, types[i][1]);
        pointers[i] = &values[i];
    }
    period.type = extra_string(pprof, EXTRA_SPACE);
    period.unit = extra_string(pprof, EXTRA_BYTES);
    head.n_sample_type = (size_t)(4 - first);
    head.sample_type = pointers + first;
    head.period_type = &period;
    head.period = (int64_t)profile->interval_bytes;
    head.time_nanos = (int64_t)(profile->started_unix_s * 1000000000u);
    head.duration_nanos = (int64_t)(profile->duration_us * 1000u);
    head.default_sample_type = extra_string(pprof, EXTRA_INUSE_SPACE);
    head.n_comment = 1;
    head.comment = &comment;
    pprof_put(pprof, &head);
}

static void pprof_strings(struct pprof *pprof)
{
    const struct profile *profile = pprof->view->profile;

    for (uint32_t string = 0; string < profile->string_count + EXTRA_LAST; string++) {
        Pprof__Profile part = PPROF__PROFILE__INIT;
        char *text = string < profile->string_count ? (char *)model_text(profile, string) : extras[string - profile->string_count];
        part.n_string_table = 1;
        part.string_table = &text;
        pprof_put(pprof, &part);
    }
}

/* A frame is a location and a function with its number and 1; the number behind the last is that of no frame. There is no system
 * name: where it is the same as the name, pprof takes `<module>` for a template's arguments and leaves it out. */
static void pprof_frames(struct pprof *pprof)
{
    const struct profile *profile = pprof->view->profile;

    for (size_t at = 0; at <= profile->frame_count; at++) {
        bool is_none = at == profile->frame_count;
        Pprof__Profile part = PPROF__PROFILE__INIT;
        Pprof__Function function = PPROF__FUNCTION__INIT, *functions = &function;
        Pprof__Location location = PPROF__LOCATION__INIT, *locations = &location;
        Pprof__Line line = PPROF__LINE__INIT, *lines = &line;
        location.id = function.id = line.function_id = at + 1;
        function.name = is_none ? extra_string(pprof, EXTRA_NO_FRAME) : profile->frames[at].function;
        function.filename = is_none ? 0 : profile->frames[at].file;
        line.line = is_none ? 0 : profile->frames[at].line;
        location.n_line = 1;
        location.line = &lines;
        part.n_function = part.n_location = 1;
        part.function = &functions;
        part.location = &locations;
        pprof_put(pprof, &part);
    }
}

static void pprof_sample(struct pprof *pprof, size_t tally_number, uint64_t *locations, size_t location_count)
{
    const struct view *view = pprof->view;
    const struct tally *tally = &view->profile->tallies[tally_number];
    int64_t values[4] = {llround(tally->allocated.blocks), tally->allocated.bytes,
                         llround(view->values[tally_number].blocks), view->values[tally_number].bytes};
    Pprof__Profile part = PPROF__PROFILE__INIT;
    Pprof__Sample sample = PPROF__SAMPLE__INIT, *samples = &sample;
    Pprof__Label thread = PPROF__LABEL__INIT, domain = PPROF__LABEL__INIT, *labels[] = {&thread, &domain};
    size_t first = view->is_difference ? 2 : 0;

    thread.key = extra_string(pprof, EXTRA_THREAD);
    thread.str = view->profile->threads[tally->thread].name;
    domain.key = extra_string(pprof, EXTRA_DOMAIN);
    domain.str = extra_string(pprof, (enum extra)(EXTRA_RAW + tally->domain));
    sample.n_location_id = location_count;
    sample.location_id = locations;
    sample.n_value = 4 - first;
    sample.value = values + first;
    sample.n_label = 2;
    sample.label = labels;
    part.n_sample = 1;
    part.sample = &samples;
    pprof_put(pprof, &part);
}

static void pprof_samples(struct pprof *pprof)
{
    const struct profile *profile = pprof->view->profile;
    struct view_path path = {0};
    uint64_t *locations = NULL;
    size_t room = 0;

    for (size_t tally = 0; tally < profile->tally_count; tally++) {
        view_find_path(pprof->view, profile->tallies[tally].node, &path);
        while (room <= path.count)
            locations = report_grow(locations, room, &room, sizeof *locations);
        for (size_t at = 0; at < path.count; at++)
            locations[at] = (uint64_t)profile->nodes[path.nodes[path.count - 1 - at]].frame + 1;
        locations[path.count] = profile->frame_count + 1;
        pprof_sample(pprof, tally, locations, path.count ? path.count : 1);
    }
    free(locations);
    free(path.nodes);
}

int write_pprof(FILE *out, const struct view *view)
{
    struct pprof pprof = {.view = view};
    int fd = dup(fileno(out));

    pprof.gzip = fd < 0 ? NULL : gzdopen(fd, "wb");
    if (!pprof.gzip)
        return command_error(STATUS_REFUSED, "report: the output cannot be compressed: %s; free memory", strerror(errno));
    pprof_head(&pprof);
    pprof_strings(&pprof);
    pprof_frames(&pprof);
    pprof_samples(&pprof);
    free(pprof.packed);
    if (gzclose(pprof.gzip) != Z_OK || pprof.has_failed)
        return command_error(STATUS_REFUSED, "report: %s: cannot be written: %s; give a file that can be made with -o",
                             view->request->output ? view->request->output : "standard output", strerror(errno));
    return 0;
}
