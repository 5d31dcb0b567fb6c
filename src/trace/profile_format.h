/* profile_format.h: the file that a profile is, version 1.1: what its bytes mean, for who writes it and who reads it.
 *
 * Owns: the structures below, which lie in the file as they stand here: little-endian, without holes. Does not own: writing
 * (profile.c) and reading. Includes nothing of pymm's, so every room and every front may include it.
 * Read docs/profile-format.md first: it says what a reader may rely on.
 *
 *     [profile_header][record][record] ... [record][zeros to the end of the file]
 *
 * A record is profile_record, the rest of its fixed part, its text if its kind has one, zeros to a multiple of 8 bytes. */
#ifndef PYMM_TRACE_PROFILE_FORMAT_H
#define PYMM_TRACE_PROFILE_FORMAT_H

#include <stdint.h>

#define PROFILE_MAGIC "pymmprof" /* without the 0 at its end */
#define PROFILE_MAJOR 1 /* another one: another format */
#define PROFILE_MINOR 1 /* a larger one: more kinds, longer fixed parts, more flags; all else is as it was */
#define PROFILE_BYTE_ORDER UINT32_C(0x01020304)

/* Of the header and, where said, of records. */
enum profile_flag {
    PROFILE_EXACT = 1,     /* header: every block is in it, each with weight 1; so the interval is 1 */
    PROFILE_FOLDED = 2,    /* header: begins with what was left when an earlier file of this process had reached its limit */
    PROFILE_FORKED = 4,    /* header: the process was forked from one that was profiled, whose live blocks it has */
    PROFILE_NATIVE = 8,    /* header: frames of C code were asked for */
    PROFILE_NO_FRAMES = 16 /* header: the frames of this Python cannot be read; a note says why */
};

typedef struct profile_header {
    char magic[8]; /* stored last: until then the file is not one yet */
    uint16_t major, minor;
    uint32_t header_bytes; /* where the first record begins; a multiple of 8 */
    uint32_t byte_order;
    uint32_t flags;
    uint64_t start_unix_ns; /* the moment that is time 0 in this file, since 1970 */
    uint32_t pid, parent_pid;
    uint64_t interval_bytes; /* one sample in so many bytes, on average: that of what follows the fold, if there was one */
    uint64_t asked_interval_bytes; /* that with which profiling began */
    uint64_t seed;
    uint64_t limit_bytes;    /* the file does not grow beyond it */
    uint32_t python_version; /* as PY_VERSION_HEX; 0: unknown */
    uint32_t page_bytes;
} profile_header;

typedef struct profile_record {
    uint32_t record_bytes; /* of all of it, a multiple of 8; stored last: 0 is the end of what was written */
    uint16_t kind;
    uint16_t fixed_bytes; /* from the start of the record; its text begins there */
} profile_record;

enum profile_kind {
    PROFILE_INFO = 1,    /* a fact about the process, as text */
    PROFILE_STRING = 2,  /* defines a string */
    PROFILE_CODE = 3,    /* defines a function of Python */
    PROFILE_STACK = 4,   /* defines a stack: a frame and the stack that called it */
    PROFILE_THREAD = 5,  /* defines a thread, or names it anew */
    PROFILE_SAMPLE = 6,  /* a block was allocated */
    PROFILE_FREE = 7,    /* a block that has a sample was freed */
    PROFILE_MEMORY = 8,  /* what the process and the heap hold at a moment */
    PROFILE_MAPPING = 9, /* a file that is mapped: for addresses of C frames */
    PROFILE_FOLD = 10,   /* what was folded; once, before all PROFILE_SITE */
    PROFILE_SITE = 11,   /* what was folded: sums of one place */
    PROFILE_END = 12,    /* the profile was ended in order; the last record */
    PROFILE_LEAVE = 13,  /* the program is done, and its Python begins to take itself down */
    PROFILE_ACCOUNT = 14 /* where all memory is that the process has in memory; since 1.1 */
};

/* Numbers of strings, codes, stacks and threads count from 1 in the order of their definitions; 0 is none. A definition
 * stands before everything that uses it. Times are nanoseconds since profile_header.start_unix_ns. */

enum profile_fact {
    PROFILE_PROGRAM = 1,        /* path of the program */
    PROFILE_COMMAND = 2,        /* its arguments, each with a 0 byte at its end */
    PROFILE_PYTHON_VERSION = 3, /* as Py_GetVersion says it */
    PROFILE_PYMM_VERSION = 4,
    PROFILE_NOTE = 5 /* a line for who reads the profile; there may be several */
};
typedef struct profile_info {
    profile_record record;
    uint32_t fact;
    uint32_t text_bytes;
} profile_info;

/* Text is UTF-8; where the file system's names are not, their bytes as they are. */
typedef struct profile_string {
    profile_record record;
    uint32_t string;
    uint32_t text_bytes;
} profile_string;

typedef struct profile_code {
    profile_record record;
    uint32_t code;
    uint32_t file, function; /* strings; `function` is the qualified name where the version of Python has one */
    uint32_t first_line;
} profile_code;

enum profile_frame {
    PROFILE_FRAME_PYTHON = 1, /* code, line */
    PROFILE_FRAME_NATIVE = 2, /* address: of the call, in the process */
    PROFILE_FRAME_GAP = 3     /* frames are left out here, as there were too many */
};
typedef struct profile_stack {
    profile_record record;
    uint32_t stack;
    uint32_t caller; /* a stack, 0: this is the outermost frame */
    uint32_t frame;  /* enum profile_frame */
    uint32_t code;
    uint32_t line; /* 0: unknown */
    uint32_t unused;
    uint64_t address;
} profile_stack;

typedef struct profile_thread {
    profile_record record;
    uint32_t thread;
    uint32_t text_bytes; /* its name, as the system knows it */
    uint64_t system_id;  /* of the thread; that of the main thread is the pid */
} profile_thread;

enum profile_sample_flag {
    PROFILE_KEPT = 1 /* was alive already when this file began: counted in PROFILE_SITE, or by the parent of a fork */
};
typedef struct profile_sample {
    profile_record record;
    uint64_t time_ns; /* of the allocation; a kept one may be older than what stands before it, also than time 0 (signed) */
    uint64_t block;   /* its address: names the sample until it is freed */
    uint64_t size_bytes;
    double weight; /* how many such blocks it stands for, >= 1: bytes are size_bytes * weight */
    uint32_t stack;
    uint32_t thread;
    uint16_t domain; /* 0 raw, 1 mem, 2 obj */
    uint16_t flags;  /* enum profile_sample_flag */
    uint32_t unused;
} profile_sample;

typedef struct profile_free {
    profile_record record;
    uint64_t time_ns;
    uint64_t block; /* of a sample that is alive; if none is, the record says nothing */
    uint32_t thread;
    uint32_t unused;
} profile_free;

typedef struct profile_memory {
    profile_record record;
    uint64_t time_ns;
    uint64_t resident_bytes;      /* of the process */
    uint64_t resident_file_bytes; /* of these: pages of files and shared memory */
    uint64_t heap_resident_bytes; /* pages of pymm's heap that may be in memory */
    uint64_t heap_live_bytes;     /* of these: pages with a live block */
    uint64_t mapped_bytes;        /* address space of the process, without what the heap has only reserved */
} profile_memory;

/* What the resident memory of a process is shared out to: number, name, words for it. In the heap: blocks by domain, free slots
 * beside them, free slots kept by threads, pages without a block, descriptors. Outside: as the mappings are. */
#define PROFILE_PART_LIST(X)                                                                                           \
    X(LIVE_RAW, live_raw, "live blocks, raw")                                                                          \
    X(LIVE_MEM, live_mem, "live blocks, mem")                                                                          \
    X(LIVE_OBJ, live_obj, "live blocks, obj")                                                                          \
    X(SLOTS, free_slots, "free slots")                                                                                 \
    X(MAGAZINES, magazines, "free slots of threads")                                                                   \
    X(KEPT, kept_pages, "pages kept")                                                                                  \
    X(METADATA, metadata, "metadata, profile")                                                                         \
    X(MALLOC, malloc, "C library's malloc")                                                                            \
    X(STACKS, thread_stacks, "thread stacks")                                                                          \
    X(MAIN_STACK, main_stack, "main stack")                                                                            \
    X(CODE, code, "program and libraries, code")                                                                       \
    X(DATA, data, "program and libraries, data")                                                                       \
    X(FILES, mapped_files, "mapped files")                                                                             \
    X(SHARED, shared_memory, "shared memory")                                                                          \
    X(ANONYMOUS, other_mappings, "other mappings")
enum profile_part {
#define PROFILE_PART_NAME(id, ...) PROFILE_PART_##id,
    PROFILE_PART_LIST(PROFILE_PART_NAME)
#undef PROFILE_PART_NAME
        PROFILE_PART_COUNT
};
typedef struct profile_account {
    profile_record record;
    uint64_t time_ns;
    uint64_t resident_bytes;      /* of the process, as the kernel counts it */
    uint64_t resident_most_bytes; /* the most of it until then */
    uint64_t absent_live_bytes;   /* of live blocks, not in memory: never written, or swapped out */
    uint64_t absent_free_bytes;   /* of the heap, not in memory: given back, or not used yet */
    uint64_t parts[PROFILE_PART_COUNT]; /* by enum profile_part; a newer version may have more */
} profile_account;

typedef struct profile_mapping {
    profile_record record;
    uint64_t start, end; /* addresses */
    uint64_t file_offset;
    uint32_t text_bytes; /* path of the file */
    uint32_t unused;
} profile_mapping;

typedef struct profile_fold {
    profile_record record;
    uint64_t time_ns;      /* what happened before it is in the sums */
    uint64_t fold_count;   /* how often this process has folded */
    uint64_t peak_time_ns; /* when the peak was, as far as folded */
    double peak_bytes;     /* live bytes of all sites then */
} profile_fold;

/* Sums over all samples of one stack, thread and domain up to the fold, each times its weight. */
typedef struct profile_site {
    profile_record record;
    uint32_t stack;
    uint32_t thread;
    uint16_t domain;
    uint16_t unused[3];
    uint64_t sample_count;
    double allocated_count, allocated_bytes; /* since profiling began; what still lives is in it */
    double freed_count, freed_bytes;
    double peak_count, peak_bytes; /* alive at profile_fold.peak_time_ns */
} profile_site;

typedef struct profile_leave {
    profile_record record;
    uint64_t time_ns;
} profile_leave;

enum profile_end_reason {
    PROFILE_END_EXIT = 1,  /* the process ended */
    PROFILE_END_ERROR = 2, /* the file could not be written any longer; the process went on */
    PROFILE_END_STOP = 3   /* profiling was ended on request */
};
typedef struct profile_end {
    profile_record record;
    uint64_t time_ns;
    uint32_t reason; /* enum profile_end_reason */
    uint32_t unused;
} profile_end;
#endif
