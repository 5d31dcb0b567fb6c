/* view.h: what of a profile is shown: the amounts of one moment, or their difference to another profile's, by stack and by site.
 *
 * Owns: struct view, and the judgement that a site is suspected to leak. Does not own: how it is written (write.h).
 * A site is the line of code that allocates: the innermost frame of a stack. */
#ifndef PYMM_REPORT_VIEW_H
#define PYMM_REPORT_VIEW_H

#include "model.h"
#include "report.h"

/* What all stacks that end in one frame amount to. */
struct site {
    uint32_t frame; /* MAP_NONE: no frame is known */
    struct amount value, base, allocated;
    double variance; /* of value.bytes as an estimate; its root is how far off it usually is. 0: every block was recorded */
    struct amount domains[DOMAIN_COUNT];
    int64_t left_bytes, left_parts[AGE_COUNT]; /* live at the end; of these, allocated in each part of the run */
    uint64_t oldest_us, newest_us;
    uint32_t left_count;
    bool is_suspected;
};

struct view {
    const struct profile *profile;
    const struct report_request *request;
    bool is_difference;
    struct amount total, base_total;
    struct amount *values;      /* of each tally; with a base: how much more it is than in the base */
    struct amount *node_totals; /* of each node with all below it */
    struct site *sites;         /* largest first (by size of the difference); suspected ones before them with --leaks */
    size_t site_count, suspected_count;
};

void view_make(struct view *view, const struct profile *profile, const struct report_request *request);
void view_free(struct view *view);

/* "the end", "the peak", "leaks". */
const char *view_moment_name(const struct view *view);

/* How far off the bytes of a site may well be, as an estimate from samples: twice the standard deviation. */
int64_t site_chance_bytes(const struct site *site);
/* A difference that may be chance: it is not 0, and less than that. */
bool site_is_doubtful(const struct site *site);

/* "function", "file" and line of a frame; "<no frame>" for MAP_NONE. */
const char *view_function(const struct view *view, uint32_t frame);
const char *view_file(const struct view *view, uint32_t frame);
uint32_t view_line(const struct view *view, uint32_t frame);

/* The way from the outermost frame to a node: nodes, in an array that grows as needed. Zero it to begin, free `nodes` at the end. */
struct view_path {
    uint32_t *nodes;
    size_t count, room;
};
void view_find_path(const struct view *view, uint32_t node, struct view_path *path);

#endif
