/* profile.h: profiles: samples of blocks, with the code that allocated them, in a file. A part of trace.h.
 *
 * Owns: the decision which blocks are sampled, live samples and sums, stacks of the program's language, the file.
 * Does not own: the tables that ask for every block (hook/sample.c), how frames are read (a front tells by
 * trace_profile_language), what the bytes of the file mean (profile_format.h). Independent of tracing, of which it uses no
 * state. One profile a process; all calls are thread-safe. Read docs/internals/profile.md first. */
#ifndef PYMM_TRACE_PROFILE_H
#define PYMM_TRACE_PROFILE_H

#include "base/base.h"

#define TRACE_PROFILE_INTERVAL_BYTES ((uint64_t)512 << 10)
#define TRACE_PROFILE_LIMIT_BYTES ((uint64_t)64 << 20)
#define TRACE_PROFILE_LIMIT_MIN_BYTES ((uint64_t)4 << 20)
#define TRACE_PROFILE_FRAMES_MAX 512
#define TRACE_PROFILE_FACTS_MAX 8

/* A frame as it is found: code NULL: frames are left out here. */
typedef struct trace_profile_frame {
    const void *code;
    uint64_t stamp;    /* another one when another code lies at this address now */
    uint32_t position; /* in the code; what it means the language knows */
} trace_profile_frame;

/* What is asked once about a code. */
typedef struct trace_profile_code {
    uint64_t content;  /* a hash of what decides about lines */
    uint32_t first_line;
    size_t file_bytes, function_bytes;
    char file[1024], function[512];
} trace_profile_code;

/* How frames are read. All of it by reading memory: it allocates nothing and waits for nothing. One call at a time. */
typedef struct trace_profile_language {
    /* Frames of the calling thread, innermost first; at most TRACE_PROFILE_FRAMES_MAX. */
    unsigned (*walk)(trace_profile_frame *frames);
    void (*describe)(const void *code, trace_profile_code *description);
    uint32_t (*line_of)(const void *code, uint32_t position); /* 0: none */
    /* An address in the C frame of the interpreter that runs the innermost frames of the calling thread; NULL: not known. */
    const void *(*interpreter)(void);
} trace_profile_language;

typedef struct trace_profile_fact {
    uint32_t fact; /* enum profile_fact */
    const char *text;
    size_t text_bytes;
} trace_profile_fact;

typedef struct trace_profile_options {
    const char *folder;  /* where a relative file lies */
    const char *file;    /* NULL: pymm-<program>.<pid>.pymm; %p is the pid */
    const char *program; /* its name in the file's name */
    uint64_t interval_bytes, seed, limit_bytes;
    bool has_native; /* C frames below those of the language */
    uint32_t python_version;
    const trace_profile_language *language; /* NULL: no frames can be read */
    int (*is_leaving)(void); /* does the language take itself down? NULL: not known */
    trace_profile_fact facts[TRACE_PROFILE_FACTS_MAX];
    size_t fact_count;
} trace_profile_options;

/* Open the file and begin. Strings are to stay. -1: it cannot be written, a line has been said, and nothing is profiled. */
int trace_profile_start(const trace_profile_options *options);
/* End it in order; `reason` is enum profile_end_reason. Nothing happens when there is none. */
void trace_profile_stop(uint32_t reason);
/* Path of the file of this process; NULL: it has written none. */
const char *trace_profile_path(void);

/* Below: for the tables. `counted` is trace_profile_counted of the block's size. */

/* What a block counts for: whole pages where the heap serves whole pages; never 0. */
size_t trace_profile_counted(size_t bytes);
/* The calling thread's countdown has come to its end by these bytes: is the block to be sampled? Sets the countdown anew.
 * *weight is set if so. */
bool trace_profile_is_due(size_t counted, double *weight);
double trace_profile_weight(size_t counted); /* of a sampled block */
/* A sampled block of the old size shrinks: does it stay one? */
bool trace_profile_stays(size_t old_counted, size_t counted, double *weight);
void trace_profile_add(unsigned domain, const void *block, size_t bytes, double weight);
/* A sampled block was resized where it is. weight 0: as it was. */
void trace_profile_resized(unsigned domain, const void *block, size_t bytes, double weight);
void trace_profile_freed(const void *block); /* a sampled block ends, or is no longer to be one */
/* The same for one that may be sampled again, as it was. False: it was in no profile, and nothing is set. */
bool trace_profile_remove(const void *block, size_t *bytes, double *weight);
#endif
