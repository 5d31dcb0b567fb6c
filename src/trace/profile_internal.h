/* profile_internal.h: what the files of profiles share.
 *
 *   profile.c         start, stop, fork, a full file          profile_event.c  each sample, and each free of one
 *   profile_sampler.c which blocks are sampled            profile_file.c   the file, a window of it mapped
 *   profile_stack.c   strings, codes, stacks              profile_live.c   live samples, sums by site, the peak
 *   profile_write.c   the whole state into a new file: at a fold, and when a forked child begins
 *   profile_memory.c  the timeline of memory, threads, mappings
 *   profile_account.c where all resident memory is, at some moments
 *
 * Everything is under one lock, trace_profile_lock, which is taken before all locks of the heap; the heap is never called
 * with it but for descriptors. Read profile.h and docs/internals/profile.md first. */
#ifndef PYMM_TRACE_PROFILE_INTERNAL_H
#define PYMM_TRACE_PROFILE_INTERNAL_H

#include "trace/internal.h"
#include "trace/profile_format.h"

#define PROFILE_PATH_BYTES 4096

extern os_lock trace_profile_lock;

/* An array that grows, from pages of the system. */
typedef struct profile_array {
    void *items;
    size_t count, capacity;
} profile_array;
/* Room for one item more, zeroed, not yet counted; NULL: no memory. */
void *profile_array_next(profile_array *array, size_t item_bytes);

/* An index over an array: numbers of items by hash, from 1. Only an item of the same hash is looked at: the others, and an empty
 * place, cost no cache line but that of the index. */
typedef struct profile_slot {
    uint32_t item; /* 0: empty */
    uint32_t hash;
} profile_slot;
typedef struct profile_index {
    profile_slot *slots;
    size_t slot_count; /* a power of two, at least twice the items */
} profile_index;
/* Make room for one item more. False: no memory. */
bool profile_index_reserve(profile_index *index, size_t item_count);
PYMM_INLINE void profile_index_put(profile_index *index, uint32_t hash, uint32_t item)
{
    size_t at = hash & (index->slot_count - 1);
    while (index->slots[at].item != 0)
        at = (at + 1) & (index->slot_count - 1);
    index->slots[at] = (profile_slot){item, hash};
}
PYMM_INLINE uint32_t profile_index_get(const profile_index *index, uint32_t hash,
                                       bool (*is_same)(uint32_t item, const void *key), const void *key)
{
    if (index->slot_count == 0)
        return 0;
    size_t at = hash & (index->slot_count - 1);
    while (index->slots[at].item != 0 && (index->slots[at].hash != hash || !is_same(index->slots[at].item, key)))
        at = (at + 1) & (index->slot_count - 1);
    return index->slots[at].item;
}
PYMM_INLINE uint64_t profile_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* profile_sampler.c */
void profile_sampler_start(uint64_t interval_bytes, uint64_t seed);
extern atomic_bool profile_is_on;
uint64_t profile_interval_bytes(void);
bool profile_sampler_is_exact(void);
/* The interval becomes twice as long. */
void profile_sampler_thin(void);
/* Is a sample of this weight still one at the interval of now? Then its weight is made right. */
bool profile_sampler_keeps(size_t counted, double *weight);

/* profile_file.c */
/* A descriptor in somebody else's process: a high one, as programs close and reuse small ones; and known by its inode, as they
 * may close any. */
typedef struct profile_fd {
    int fd; /* -1: none */
    uint64_t device, inode;
} profile_fd;
#define PROFILE_FD_NONE ((profile_fd){.fd = -1})
/* Keep a descriptor just opened, under a high number if there is one. -1: it is of no file (errno says why), and is closed. */
int profile_fd_keep(profile_fd *kept, int fd);
bool profile_fd_is_ours(const profile_fd *kept);
void profile_fd_close(profile_fd *kept); /* what is still ours; then there is none */
typedef struct profile_file {
    profile_fd fd;
    const char *path; /* under which it is opened anew when the program has closed it; NULL: it is not */
    char *window; /* NULL: none is mapped */
    uint64_t window_offset, used_bytes, limit_bytes;
    uint64_t room_end; /* records may be stored as far as here in the file; 0 without a window, or when one is missing */
    uint64_t reached_end, window_end; /* pages of the window that are in memory; what is set aside for it */
    bool is_full; /* what could not be appended is missing: fold */
    int error;    /* errno of what went wrong, 0: nothing */
} profile_file;
/* Make the file, under `path`. With `is_exclusive` there must be none of this name. -1: errno says why. */
int profile_file_create(profile_file *file, const char *path, bool is_exclusive, uint64_t limit_bytes);
/* Room for so many bytes and, behind them, the record that ends a profile; NULL: there is none. */
char *profile_file_more_room(profile_file *file, size_t bytes);
PYMM_INLINE char *profile_file_room(profile_file *file, size_t bytes)
{
    if (PYMM_LIKELY(file->used_bytes + bytes <= file->room_end))
        return file->window + (file->used_bytes - file->window_offset);
    return profile_file_more_room(file, bytes);
}
PYMM_INLINE void profile_file_store(profile_file *file, char *place, const void *record, size_t fixed_bytes, size_t bytes)
{
    profile_record *stored = (profile_record *)place;
    memcpy(stored + 1, (const profile_record *)record + 1, fixed_bytes - sizeof *stored);
    stored->kind = ((const profile_record *)record)->kind;
    stored->fixed_bytes = (uint16_t)fixed_bytes;
    atomic_signal_fence(memory_order_release); /* a killed process leaves its stores in the order in which it made them */
    *(volatile uint32_t *)&stored->record_bytes = (uint32_t)bytes;
    file->used_bytes += bytes;
}
/* Append a record, in which only the kind is set: one of a multiple of 8 bytes, or a fixed part and its text. */
PYMM_INLINE void profile_file_append(profile_file *file, const void *record, size_t bytes)
{
    char *place = profile_file_room(file, bytes);
    if (PYMM_LIKELY(place != NULL))
        profile_file_store(file, place, record, bytes, bytes);
}
void profile_file_append_text(profile_file *file, const void *record, size_t fixed_bytes, const void *text, size_t text_bytes);
void profile_file_header(profile_file *file, const profile_header *header);
/* Append what may use the last of the room, and cut the file behind it. */
void profile_file_end(profile_file *file, profile_end *record);
void profile_file_close(profile_file *file);

/* profile_stack.c */
/* Where the program is: the site of what it allocates there; or, for outer frames alone, their node. */
typedef struct profile_place {
    uint64_t hash; /* of frames, thread and domain, or of frames alone; 0: they do not tell it */
    uint32_t stack; /* 0: unknown */
    uint32_t site;  /* 0: no memory for one, or a node */
} profile_place;
const profile_place *profile_place_now(profile_file *file, uint32_t thread, unsigned domain); /* until the next call */
void profile_stacks_write(profile_file *file);
uint64_t profile_stacks_bytes(void); /* of what that writes, about */
void profile_stacks_start(const trace_profile_language *language, bool has_native);

/* profile_live.c */
typedef struct profile_live {
    uintptr_t block; /* 0: an empty place */
    uint64_t bytes;
    uint64_t time_ns; /* of the system's clock */
    double weight;
    uint32_t site;
} profile_live;
typedef struct profile_site_sums {
    uint32_t stack, thread;
    unsigned domain;
    uint64_t sample_count;
    double allocated_count, allocated_bytes, live_count, live_bytes, peak_count, peak_bytes;
} profile_site_sums;
uint32_t profile_site_get(uint32_t stack, uint32_t thread, unsigned domain); /* 0: no memory */
const profile_site_sums *profile_site_at(uint32_t site);
bool profile_live_add(const profile_live *sample);
bool profile_live_take(uintptr_t block, profile_live *sample);
const profile_live *profile_live_find(uintptr_t block);
size_t profile_live_count(void);
void profile_live_thin(size_t count_max); /* samples go until so many are left */
void profile_live_fork(void); /* what lives counts as all that was ever allocated */
void profile_live_write(profile_file *file, uint64_t start_ns);
void profile_sites_write(profile_file *file, uint64_t start_ns, uint64_t fold_count, uint64_t now_ns);
uint64_t profile_sites_bytes(void);

/* profile_memory.c */
uint32_t profile_thread_now(profile_file *file); /* number of the calling thread */
void profile_thread_fork(void);
void profile_threads_write(profile_file *file);
void profile_memory_note(profile_file *file, uint64_t now_ns, uint64_t start_ns, bool is_forced);
void profile_memory_write(profile_file *file, uint64_t start_ns);
void profile_memory_clear(void);
void profile_mappings_write(profile_file *file);

/* profile_account.c */
/* Where all resident memory is, if that is due and has not cost too much yet; in any case when it is forced. */
void profile_account_note(profile_file *file, uint64_t resident_bytes, uint64_t start_ns, bool is_forced);
void profile_account_write(profile_file *file, uint64_t start_ns);
void profile_account_clear(void);

/* profile.c */
int profile_begin(void); /* the file of this process; -1: it cannot be written, a line has been said */
void profile_settle(void); /* do what the file asks for: fold, or give up */
/* The end of profiling in this process, with a line. What is sampled by then stays where it is, and is forgotten. */
void profile_give_up(const char *what, const char *path, int error);

/* profile_event.c */
void profile_events_apply(void); /* live samples and sums are up to date then */

/* profile_write.c */
int profile_open(profile_file *file, char *path); /* under the name that is due; 0, or -1 and errno */
typedef struct profile_state {
    trace_profile_options options;
    profile_file file;
    char path[PROFILE_PATH_BYTES];
    bool has_file;
    bool has_left; /* the language takes itself down, and the file says so */
    bool is_child; /* of a fork: it has no file yet, or one of its own */
    uint64_t start_ns; /* of the file: time 0 */
    uint64_t fold_count;
} profile_state;
extern profile_state the_profile;
/* All that is known into a new file. `is_fold`: with the sums. */
void profile_write_all(profile_file *file, uint32_t flags, bool is_fold);
#endif
