/* model.h: a profile in memory: the tree of calls, what each stack allocated and still holds, and the course of time.
 *
 * Owns: struct profile and the events that fill it (an allocation, its free, a reading of the process's memory).
 * Does not own: the bytes of a file (read.h), what is shown of it (view.h). Read first: the drawing below.
 *
 *     strings <- frames {function, file, line} <- nodes {parent, frame} <- tallies {node, thread, domain}: amounts
 *                                                                            ^
 *                        live samples {tally, bytes, blocks, birth} ---------+--- log {moment, tally, bytes}
 *
 * A parent always comes before its child in `nodes`, so loops need no recursion however deep a stack is. Memory is bounded by
 * the number of different stacks, of samples that are live at one time, and LOG_MOST; it does not grow with the file. */
#ifndef PYMM_REPORT_MODEL_H
#define PYMM_REPORT_MODEL_H

#include "map.h"
#include "trace/profile_format.h"

enum {
    DOMAIN_COUNT = 4,     /* raw, mem, obj, and any that a newer file may have */
    MOMENT_MOST = 256,    /* moments of the course of time that are kept apart */
    LOG_MOST = 4 << 20,   /* entries of the log; more, and moments are merged */
    AGE_COUNT = 8,        /* parts of the run into which the births of what is left are sorted */
    NODE_ROOT = 0,
};

/* Estimated from samples: bytes are whole numbers, so that sums go back to exactly 0. */
struct amount {
    int64_t bytes;
    double blocks;
};

struct frame {
    uint32_t function, file, line; /* line 0: not known */
    uint32_t first_line;           /* of the function; 0: not known */
};
struct node {
    uint32_t parent, frame; /* the root is its own parent and has frame MAP_NONE */
};
struct thread {
    uint64_t number, system_id; /* in the file; for the system */
    uint32_t name;
};
struct sample {
    int64_t bytes;
    uint64_t birth_us;
    float blocks;
    uint32_t tally;
};

/* What one stack did in one thread and one domain. */
struct tally {
    uint32_t node, thread;
    uint8_t domain;
    uint32_t peak_epoch, log_last; /* the peak for which `peak` was kept; last entry in the log, or MAP_NONE */
    struct amount allocated, live, peak, base;
    int64_t left_bytes[AGE_COUNT]; /* of what is live at the end: allocated in this part of the run */
    uint64_t oldest_us, newest_us;
    uint32_t left_count; /* samples live at the end, and the births of the first and the last of them */
};

/* Live bytes of one tally at the end of one moment; in the order of time. */
struct log_entry {
    uint32_t tally;
    uint16_t moment;
    int64_t bytes;
};

/* Pages in memory: of the process, and of pymm's heap. -1: not known. */
struct reading {
    int64_t resident_bytes, heap_bytes;
};

/* Where all resident memory was at one time. `unknown_bytes`, which may be negative: what the parts lack to the whole. */
struct account {
    bool is_known;
    uint64_t time_us;
    int64_t resident_bytes, absent_live_bytes, absent_free_bytes, unknown_bytes, parts[PROFILE_PART_COUNT];
};

/* The state at the end of a moment, and the highest live bytes within it. */
struct moment {
    int64_t live_bytes, live_most_bytes;
    struct reading reading;
};

struct profile {
    /* About the run; strings, 0 where not known. Notes are lines of the file's for who reads it. */
    uint32_t program, command, python, version;
    uint32_t notes[8];
    uint32_t note_count, pid;
    uint64_t started_unix_s, interval_bytes, asked_interval_bytes, duration_us;
    uint64_t left_us; /* when Python began to take itself down, whose frees do not count; 0: it did not, as far as is known */
    uint64_t folded_until_us; /* before it what was live is not known; 0: nothing is folded */
    unsigned end_reason; /* enum profile_end_reason; 0: the program was killed, or runs on */
    uint64_t base_interval_bytes; /* of the profile whose amounts are `base`; 0: none, or every block is recorded in it */
    bool is_exact, is_forked;
    bool *has_thread;        /* with a filter: for each thread that is asked for, is it there? */
    char thread_names[512];  /* with a filter: those that there are, as far as there is room */

    char *text; /* all strings, each ended by 0 */
    size_t text_bytes, text_room;
    uint32_t *string_starts;
    size_t string_count, string_room;
    struct frame *frames;
    size_t frame_count, frame_room;
    struct node *nodes;
    size_t node_count, node_room;
    struct thread *threads;
    size_t thread_count, thread_room;
    struct tally *tallies;
    size_t tally_count, tally_room;
    struct index_map string_map, frame_map, node_map, tally_map;

    struct sample *samples; /* live ones, and places of freed ones */
    size_t sample_count, sample_room;
    uint32_t sample_free; /* a list through `tally` */
    struct number_map thread_map; /* the file's number of a thread -> its place */
    struct number_map sample_map; /* the file's number of a sample -> its place */

    struct amount live, allocated, peak;
    uint64_t event_count, peak_us;
    struct reading reading, highest; /* the last, and the most of each */
    struct account account, largest; /* the last before Python took itself down, and that of most resident memory */
    uint32_t peak_epoch;
    struct log_entry *log;
    size_t log_count, log_room;
    struct moment moments[MOMENT_MOST];
    uint32_t moment_count;
    uint64_t moment_us; /* how long a moment is */
};

void model_init(struct profile *profile);
void model_free(struct profile *profile);

/* Intern; bytes that are no UTF-8 become U+FFFD, so that every output is valid text. */
uint32_t model_string(struct profile *profile, const char *bytes, size_t byte_count);
const char *model_text(const struct profile *profile, uint32_t string);
uint32_t model_frame(struct profile *profile, struct frame frame);
bool model_is_frame(const void *profile, uint32_t entry, const void *frame); /* for profile->frame_map */
uint32_t model_node(struct profile *profile, uint32_t parent, uint32_t frame);
/* The thread with this number in the file, which is named anew. */
uint32_t model_thread(struct profile *profile, uint64_t number, uint64_t system_id, const char *name, size_t name_bytes);
uint32_t model_tally(struct profile *profile, uint32_t node, uint32_t thread, uint8_t domain);

/* Events, in the order of time; a time that lies before an earlier one counts as that one. */
void model_allocated(struct profile *profile, uint64_t time_us, uint64_t number, uint32_t tally, struct amount amount);
/* A sample that was live when the file began, with the time of its birth: live from now on, not counted as allocated. */
void model_kept(struct profile *profile, uint64_t birth_us, uint64_t number, uint32_t tally, struct amount amount);
/* What a tally amounted to before the file was folded. */
void model_folded(struct profile *profile, uint32_t tally, struct amount allocated, struct amount peak);
/* The time goes on until `time_us` without an event. */
void model_advance(struct profile *profile, uint64_t time_us);
/* False when no live sample has the number. */
bool model_freed(struct profile *profile, uint64_t time_us, uint64_t number);
void model_memory(struct profile *profile, uint64_t time_us, struct reading reading);
void model_account(struct profile *profile, const struct account *account);
/* After the last event. */
void model_finish(struct profile *profile);

/* Add `old`'s amounts (live at the end, or at its peak) as `base` of the same stacks. */
void model_add_base(struct profile *profile, const struct profile *old, bool is_peak);

/* When a moment ends. */
uint64_t model_moment_us(const struct profile *profile, size_t moment);

/* The time from which ages count: when the program was done, or the last that is known of it. */
uint64_t model_end_us(const struct profile *profile);

const char *model_domain_name(unsigned domain);

#endif
