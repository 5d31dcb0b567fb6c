/* hook.h: the one header of the room `hook`: decorators over a domain's table.
 *
 * Owns: tracing of every block (trace.c; its records are the room trace's); the debug hooks (debug.c); failures on demand
 * (fail.c); the recorder of allocation events (record.c) and the layout of its file, which bench/trace_pack reads.
 * Does not own: the tables it wraps (a front hands them in and installs what it gets back), nor replaying (bench/).
 * The file is described for a person in bench/README.md. */
#ifndef PYMM_HOOK_H
#define PYMM_HOOK_H

#include "base/base.h"
#include "pymm.h"

#include <stdint.h>

/* Trace every block of the three domains: wraps the active tables, and starts the room trace. Already tracing: the number
 * of frames stays, and a domain whose tables were replaced meanwhile is traced again. Returns 0; -1 when there is no memory or frame_count is not in [1, 65535], and nothing has changed. */
int hook_trace_start(unsigned frame_count);
/* What a table of tracing wraps; any other table is returned as it is. */
const pymm_allocator *hook_trace_inner(const pymm_allocator *table);
/* Put back the tables that were wrapped. Where another hook has been installed over tracing since then it stays, and
 * tracing below it only forwards. */
void hook_trace_stop(void);

/* The heap's tables with sampling for a profile (trace/profile.h) in front: for the heap alone, nothing is wrapped. They stay
 * valid for ever; when nothing is profiled they only count. */
void hook_sample_tables(pymm_allocator tables[PYMM_DOMAIN_COUNT]);

/* Wrap each table in one that calls it and writes what happened to a new file at `path`. The caller then installs the
 * tables; they stay valid after hook_record_stop and then only forward. One recording at a time.
 * Returns 0, or -1 with errno set and the tables untouched. */
int hook_record_start(const char *path, pymm_allocator tables[PYMM_DOMAIN_COUNT]);

/* Write what is buffered and close the file. Without a recording: nothing. */
void hook_record_stop(void);

/* The file: a header, then events of two words each, in the byte order of the machine.
 *   word 0   bits 0-2 op, 3-4 domain, 5-18 thread number, 19-63 size in bytes
 *   word 1   address
 * A realloc is two events, so that no other thread's event on an address stands on the wrong side of it. */
#define HOOK_RECORD_MAGIC "PYMMREC"
#define HOOK_RECORD_VERSION 1

typedef struct hook_record_header {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes;
    uint64_t pid;
    uint64_t page_bytes;
} hook_record_header;

enum hook_record_op {
    HOOK_RECORD_MALLOC = 1,        /* size asked for, address given; logged after the call, only when it succeeded */
    HOOK_RECORD_CALLOC = 2,        /* the same; size is the product */
    HOOK_RECORD_REALLOC_BEGIN = 3, /* size asked for, old address (0 for NULL); logged before the call */
    HOOK_RECORD_REALLOC_END = 4,   /* the same thread's; new address, 0 when it failed and the old block lives on */
    HOOK_RECORD_FREE = 5,          /* address, 0 for NULL; logged before the call */
    HOOK_RECORD_END = 6            /* the recording was stopped in order; address: number of events before this one */
};

typedef struct hook_record_event {
    uint64_t meta;
    uint64_t address;
} hook_record_event;

#define HOOK_RECORD_THREAD_COUNT (1u << 14)
#define HOOK_RECORD_SIZE_SHIFT 19
#define HOOK_RECORD_SIZE_MAX ((UINT64_C(1) << (64 - HOOK_RECORD_SIZE_SHIFT)) - 1)

static inline uint64_t hook_record_meta(unsigned op, unsigned domain, unsigned thread, uint64_t size_bytes)
{
    uint64_t size = size_bytes < HOOK_RECORD_SIZE_MAX ? size_bytes : HOOK_RECORD_SIZE_MAX;
    return op | domain << 3 | (thread % HOOK_RECORD_THREAD_COUNT) << 5 | size << HOOK_RECORD_SIZE_SHIFT;
}

static inline unsigned hook_record_meta_op(uint64_t meta) { return (unsigned)(meta & 7); }
static inline unsigned hook_record_meta_domain(uint64_t meta) { return (unsigned)(meta >> 3 & 3); }
static inline unsigned hook_record_meta_thread(uint64_t meta)
{
    return (unsigned)(meta >> 5) % HOOK_RECORD_THREAD_COUNT;
}
static inline uint64_t hook_record_meta_size(uint64_t meta) { return meta >> HOOK_RECORD_SIZE_SHIFT; }


/* Debug hooks: pads around blocks, fill bytes, checks at free and realloc, a report and abort() where one fails. ---------
 * Layout and rules are those of the documentation, "Debug hooks on the Python memory allocators"; debug_internal.h draws
 * them. Every function is thread-safe. */

/* What the hooks ask of whoever knows the interpreter. Members may be NULL. */
typedef struct hook_debug_host {
    int (*is_gil_held)(void);          /* does the calling thread hold the GIL? NULL: mem and obj are not checked */
    void (*write_state)(base_out *out); /* the lines below "Fatal Python error: ..."; it must not allocate */
} hook_debug_host;
/* `host` must live on. NULL: no host. */
void hook_debug_host_set(const hook_debug_host *host);
const hook_debug_host *hook_debug_host_get(void);

/* Put debug hooks on top of the domain's active table; nothing where they are in force already. Other threads may be
 * allocating. Where the heap serves the domain, blocks from before are let through, unchecked.
 * Returns 0; -1 when there is no memory or no such domain, and nothing has changed. */
int hook_debug_install(unsigned domain);
/* Are debug hooks the active table of the domain, or below tracing and failures on demand? */
bool hook_debug_is_installed(unsigned domain);
/* What a table of the debug hooks wraps; any other table is returned as it is. */
const pymm_allocator *hook_debug_inner(const pymm_allocator *table);

/* Failures on demand: some calls that ask for memory get NULL. Calls are numbered from 1, over all hooked domains. --------
 * Every function is thread-safe; of two starts at the same time one wins. */

/* Put a failing table on top of the active one in each domain whose bit (1 << domain) is set, and count from 0. The first
 * `spared` calls succeed. Of the others the first fails if `is_once`, else all of them. 0; -1: no memory, nothing fails. */
int hook_fail_start(unsigned domains, size_t spared, bool is_once);
/* The same without a new count, for domains whose table was replaced since the start. */
int hook_fail_cover(unsigned domains);
/* Nothing fails any more. The tables are taken off where nothing else is on top of them; elsewhere they only forward. */
void hook_fail_stop(void);
/* Calls that asked for memory since the start, until the stop, and how many of them failed. */
size_t hook_fail_count(void);
size_t hook_fail_failed_count(void);
/* What a failing table wraps; any other table is returned as it is. */
const pymm_allocator *hook_fail_inner(const pymm_allocator *table);
#endif
