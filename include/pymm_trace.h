/* pymm_trace.h: which code allocated the memory that is alive: the native interface of libpymm's tracing.
 *
 * What Python's module tracemalloc does for Python code, for C programs and for runtimes: start, look at traced memory and
 * its peak, take snapshots, group, filter and compare them. Records are exact: every block, its requested size, the frames
 * that allocated it. Does not own: PyTraceMalloc_Track and _Untrack, which are in pytracemalloc.h.
 *
 * Every function is thread-safe and may be called with or without the GIL, unless its comment says otherwise.
 * Results: 0 done; -1 no memory, or a value that is not allowed; -2 nothing is traced. What fails changes nothing. */
#ifndef PYMM_TRACE_H
#define PYMM_TRACE_H

#include "pymm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tracing ---------------------------------------------------------------------------------------------------------- */

#define PYMM_TRACE_FRAMES_MAX 65535

/* Trace every block of the three domains from now on, with the innermost `frame_count` frames of each stack (1 to
 * PYMM_TRACE_FRAMES_MAX). Already tracing: nothing changes, 0. Returns 0; -1 when there is no memory or the count is out of
 * range, which a line on stderr says. Since 0.1. */
PYMM_API int pymm_trace_start(unsigned frame_count);
/* Stop, and forget all records. A hook that was installed over tracing since the start stays. Since 0.1. */
PYMM_API void pymm_trace_stop(void);
PYMM_API int pymm_trace_is_tracing(void);
/* Forget all records; tracing goes on. Since 0.1. */
PYMM_API void pymm_trace_clear(void);
/* Frames kept of each stack, as it was given to start last; 1 before the first start. Since 0.1. */
PYMM_API unsigned pymm_trace_get_limit(void);
/* Sum of the requested sizes of all traced blocks, and its highest value since start, clear or reset_peak; both 0 when
 * nothing is traced. A pointer may be NULL. Since 0.1. */
PYMM_API void pymm_trace_get_traced_memory(size_t *current_bytes, size_t *peak_bytes);
PYMM_API void pymm_trace_reset_peak(void);
/* Bytes that tracing itself uses: records, stacks, states of threads; snapshots not included. Since 0.1. */
PYMM_API size_t pymm_trace_get_memory(void);
/* As PyTraceMalloc_Track and _Untrack: a record for memory that is not of the three domains, or a new size for one that
 * is (domain 0). 0, -1, -2 as above. Since 0.1. */
PYMM_API int pymm_trace_track(unsigned domain, uintptr_t address, size_t bytes);
PYMM_API int pymm_trace_untrack(unsigned domain, uintptr_t address);

/* Frames ----------------------------------------------------------------------------------------------------------- */

/* A frame as it is kept. Of C code: where the call returns to, and PYMM_TRACE_C_FRAME. Of a host's walker: what it wants. */
#define PYMM_TRACE_C_FRAME SIZE_MAX
typedef struct pymm_trace_frame {
    const void *code;
    size_t position;
} pymm_trace_frame;

/* A frame as it is shown. */
typedef struct pymm_trace_place {
    const char *file;     /* never NULL; of C code without line numbers: the program or library */
    const char *function; /* NULL: not known */
    unsigned line;        /* 0: not known */
} pymm_trace_place;

/* How a runtime shows its own frames. `walk` writes at most `frame_max` frames of the calling thread, innermost first, and
 * how many there are in all; it returns how many it wrote; 0: no frame of the host's here, C frames are taken. It runs in
 * each allocation, must not wait for a lock that an allocating thread may hold, and what it allocates is not traced.
 * `resolve` says where a frame is, later and in any thread; the texts are copied. NULL: the codes are those of
 * pymm_trace_code and the positions are lines. Since 0.1. */
typedef struct pymm_trace_walker {
    void *ctx;
    unsigned (*walk)(void *ctx, pymm_trace_frame *frames, unsigned frame_max, unsigned *total_count);
    void (*resolve)(void *ctx, const pymm_trace_frame *frame, pymm_trace_place *place);
} pymm_trace_walker;
/* Set or, with NULL, remove the walker; it is copied. -1 while tracing. Since 0.1. */
PYMM_API int pymm_trace_walker_set(const pymm_trace_walker *walker);
/* A code for a file and a function (which may be NULL): the same pair gives the same code, for the life of the process.
 * NULL without memory. Since 0.1. */
PYMM_API const void *pymm_trace_code(const char *file, const char *function);
/* The frames that allocated a live block, innermost first: how many were written to `frames`, 0 when it is not traced.
 * *total_count: how many frames there were. `frames` or `total_count` may be NULL. Since 0.1. */
PYMM_API unsigned pymm_trace_get_traceback(unsigned domain, const void *block, pymm_trace_frame *frames,
                                           unsigned frame_max, unsigned *total_count);
/* Write where a block was allocated, in the words of tracemalloc, to a file descriptor. 0; -1 when nothing is known. */
PYMM_API int pymm_trace_write_block(const void *block, int fd);

/* Snapshots -------------------------------------------------------------------------------------------------------- */

/* All records at one moment, while other threads go on; it does not change any more, and outlives pymm_trace_stop. One
 * snapshot may be read by several threads. A NULL where a snapshot, a list or a place for a result belongs is refused with
 * -1, here and below (counts are 0). Since 0.1. */
typedef struct pymm_trace_snapshot pymm_trace_snapshot;
PYMM_API int pymm_trace_snapshot_take(pymm_trace_snapshot **snapshot);
PYMM_API void pymm_trace_snapshot_free(pymm_trace_snapshot *snapshot);

typedef struct pymm_trace_info {
    size_t bytes;
    unsigned domain;      /* 0: raw, mem and obj; otherwise as it was given to track */
    int table;            /* enum pymm_domain; -1: from track */
    unsigned frame_count;
    unsigned total_count; /* frames there were when the block was allocated */
    const pymm_trace_place *places; /* innermost first; as long as the snapshot */
} pymm_trace_info;
PYMM_API size_t pymm_trace_snapshot_count(const pymm_trace_snapshot *snapshot);
PYMM_API unsigned pymm_trace_snapshot_limit(const pymm_trace_snapshot *snapshot);
/* -1: no such index. The order means nothing. */
PYMM_API int pymm_trace_snapshot_get(const pymm_trace_snapshot *snapshot, size_t index, pymm_trace_info *info);

/* A filter, with tracemalloc's meaning. Of the inclusive ones at least one must match, of the exclusive ones none may.
 * file: a pattern with * ? [seq] [!seq], NULL for any. all_frames: any frame of the stack may match, not only the
 * innermost. Start from PYMM_TRACE_FILTER_INIT. Since 0.1. */
typedef struct pymm_trace_filter {
    int is_inclusive;
    const char *file;
    unsigned line; /* 0: any */
    int is_all_frames;
    int has_domain;
    unsigned domain;
} pymm_trace_filter;
#define PYMM_TRACE_FILTER_INIT {1, NULL, 0, 0, 0, 0}
/* A new snapshot of the records that pass all filters. It refers to the old one's texts, which stay as long as either. */
PYMM_API int pymm_trace_snapshot_filter(const pymm_trace_snapshot *snapshot, const pymm_trace_filter *filters,
                                        size_t filter_count, pymm_trace_snapshot **filtered);

/* Statistics ------------------------------------------------------------------------------------------------------- */

enum pymm_trace_key { PYMM_TRACE_BY_FILE, PYMM_TRACE_BY_LINE, PYMM_TRACE_BY_TRACEBACK };

typedef struct pymm_trace_statistic {
    size_t bytes, count;
    ptrdiff_t bytes_diff, count_diff; /* 0 unless it comes from compare */
    unsigned frame_count;             /* 1 but for PYMM_TRACE_BY_TRACEBACK */
    const pymm_trace_place *places;   /* by file: line is 0 */
} pymm_trace_statistic;
/* Group the records: largest first, by bytes, count and place. Cumulative: a record counts for every frame of its stack
 * (not by traceback: -1). The list belongs to the caller and must go before the snapshots. Since 0.1. */
PYMM_API int pymm_trace_statistics(const pymm_trace_snapshot *snapshot, enum pymm_trace_key key, int is_cumulative,
                                   pymm_trace_statistic **list, size_t *count);
/* The same of two snapshots: what has changed since `old`: largest change of bytes first, then by bytes, change of count,
 * count and place. Groups that are only in one of them count as 0 in the other. Since 0.1. */
PYMM_API int pymm_trace_compare(const pymm_trace_snapshot *snapshot, const pymm_trace_snapshot *old,
                                enum pymm_trace_key key, int is_cumulative, pymm_trace_statistic **list, size_t *count);
PYMM_API void pymm_trace_statistics_free(pymm_trace_statistic *list);
/* Write the `top_count` largest groups, what remains and the total, as text. 0; -1 no memory or the write failed. */
PYMM_API int pymm_trace_write_top(const pymm_trace_snapshot *snapshot, enum pymm_trace_key key, size_t top_count, int fd);

#ifdef __cplusplus
}
#endif
#endif
