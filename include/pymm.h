/* pymm.h: the native interface of pymm, exported by every pymm library.
 *
 * Owns: version, allocation by domain, statistics, heap check, heap walk, give-back, ownership, installation under CPython.
 * Does not own: the Python/C API names, which are front/python's. Read ARCHITECTURE.md first for the words used here.
 *
 * Every function is thread-safe and may be called with or without the GIL, unless its comment says otherwise.
 * "Since" names the pymm version that introduced a declaration. Sizes are in bytes. */
#ifndef PYMM_H
#define PYMM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) && defined(PYMM_EXPORTS)
#define PYMM_API __declspec(dllexport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define PYMM_API __attribute__((visibility("default")))
#else
#define PYMM_API
#endif

#define PYMM_VERSION_MAJOR 0
#define PYMM_VERSION_MINOR 1
#define PYMM_VERSION_PATCH 0
#define PYMM_VERSION "0.1.0"

/* The three domains of the Python/C API, with CPython's numbers (PyMemAllocatorDomain). Since 0.1. */
enum pymm_domain { PYMM_DOMAIN_RAW = 0, PYMM_DOMAIN_MEM = 1, PYMM_DOMAIN_OBJ = 2 };
#define PYMM_DOMAIN_COUNT 3

/* Same layout as CPython's PyMemAllocatorEx: an allocator that can be installed for a domain. Since 0.1. */
typedef struct pymm_allocator {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size_bytes);
    void *(*calloc)(void *ctx, size_t item_count, size_t item_bytes);
    void *(*realloc)(void *ctx, void *block, size_t size_bytes);
    void (*free)(void *ctx, void *block);
} pymm_allocator;

/* The version of the library in the process, "MAJOR.MINOR.PATCH". Never fails. Since 0.1. */
PYMM_API const char *pymm_version(void);

/* The heap's own allocator of a domain: what pymm installs under CPython. NULL for an unknown domain.
 * The table is constant and lives as long as the process. Since 0.1. */
PYMM_API const pymm_allocator *pymm_allocator_get(enum pymm_domain domain);

/* Is this address the start of, or inside, memory that pymm's heap manages? Reads nothing at `block`. Since 0.1. */
PYMM_API int pymm_owns(const void *block);

/* How many bytes may be used at `block`, a live block of pymm's. 0 for NULL and for a foreign pointer. Since 0.1. */
PYMM_API size_t pymm_usable_size(const void *block);

/* Statistics ---------------------------------------------------------------------------------------------------- */

#define PYMM_STATS_CLASSES 144 /* size classes of slots, smallest first */
#define PYMM_STATS_LARGEST 8

typedef struct pymm_class_stats {
    size_t slot_bytes;                      /* size of a slot of this class */
    size_t block_count[PYMM_DOMAIN_COUNT];  /* live blocks, by domain */
    size_t cached_count;                    /* free slots held in threads' magazines */
    size_t free_count;                      /* other free slots in slabs (touched or not) */
    size_t slab_count;
} pymm_class_stats;

/* A snapshot. It is derived from the slabs when asked for; taking it costs the running program nothing on the hot path.
 * Magazines of other running threads are read without stopping them, so their share may be off by the blocks in flight.
 * resident_bytes = live_bytes + free_bytes + metadata_bytes up to partly used pages. Since 0.1. */
typedef struct pymm_stats {
    size_t struct_bytes;                    /* sizeof this structure in the library that filled it */
    size_t block_count[PYMM_DOMAIN_COUNT];  /* live blocks, by domain, all sizes */
    size_t block_bytes[PYMM_DOMAIN_COUNT];  /* bytes in their slots and pages (usable size) */
    size_t live_bytes;                      /* sum of block_bytes */
    size_t free_bytes;                      /* resident pages of the heap that hold no live byte, and free slots on shared pages */
    size_t metadata_bytes;                  /* resident bytes of descriptors, maps, bitmaps, magazines */
    size_t returned_bytes;                  /* given back to the system since the start, cumulative */
    size_t reserved_bytes;                  /* address space held (costs no memory) */
    size_t committed_bytes;                 /* part of it that may be touched */
    size_t resident_bytes;                  /* pages of the heap that are, or may be, in memory */
    size_t segment_count, slab_count, large_count, thread_count;
    size_t page_bytes, unit_bytes, segment_bytes;
    size_t largest_count;                   /* entries used below */
    struct { size_t bytes; int domain; } largest[PYMM_STATS_LARGEST]; /* largest live blocks, largest first */
    size_t class_count;
    pymm_class_stats classes[PYMM_STATS_CLASSES];
    size_t arena_count, arena_bytes;        /* memory from a source that the program set; counted as resident, not purged */
} pymm_stats;

/* Fill `stats`, of which the caller has `stats_bytes` (so older callers work with newer libraries).
 * Returns 0; -1 when stats is NULL or smaller than its first member, or when there is no memory to look with.
 * Takes the heap's locks for a moment. Since 0.1. */
PYMM_API int pymm_stats_get(pymm_stats *stats, size_t stats_bytes);

/* Write the statistics to a file descriptor, as text for a person or as one JSON object on one line.
 * Allocates nothing. Returns 0, or -1 when a write failed (errno is set). Since 0.1. */
PYMM_API int pymm_stats_print(int fd);
PYMM_API int pymm_stats_print_json(int fd);
/* The same JSON into memory: at most text_bytes - 1 characters and a 0 after them (nothing if text is NULL or text_bytes 0). Returns the
 * length of the whole, which may be larger the next time; 0 when there is no memory to look with. Since 0.1. */
PYMM_API size_t pymm_stats_json(char *text, size_t text_bytes);

/* Where the memory is that the process has in memory (RAM), to the page, as the kernel counts it. Since 0.1. */
typedef struct pymm_account {
    size_t struct_bytes;                    /* sizeof this structure in the library that filled it */
    size_t resident_bytes;                  /* of the process now: all of what follows together */
    size_t resident_most_bytes;             /* at any time until now */
    size_t live_bytes[PYMM_DOMAIN_COUNT];   /* of live blocks, by domain: what of them is in memory */
    size_t slot_bytes;                      /* free slots on pages that hold live blocks as well */
    size_t magazine_bytes;                  /* free slots that threads keep at hand */
    size_t kept_bytes;                      /* pages without a live block that are kept for later */
    size_t metadata_bytes;                  /* descriptors, maps, caches; what tracing or a profile keeps */
    size_t malloc_bytes;                    /* from here on outside pymm: the C library's malloc */
    size_t stack_bytes;                     /* stacks of threads */
    size_t main_stack_bytes;                /* stack of the main thread */
    size_t code_bytes;                      /* program and libraries: code and constants, shared with other processes as a rule */
    size_t data_bytes;                      /* program and libraries: their variables */
    size_t file_bytes;                      /* other files that are mapped */
    size_t shared_bytes;                    /* shared memory */
    size_t anonymous_bytes;                 /* any other mappings */
    ptrdiff_t unknown_bytes;                /* what is missing to resident_bytes: what changed while it was counted */
    size_t absent_live_bytes[PYMM_DOMAIN_COUNT]; /* of live blocks: what was never written, or is swapped out */
    size_t absent_free_bytes;               /* free, and not in memory: given back, or never used */
} pymm_account;

/* Fill `account`, of which the caller has `account_bytes`. Returns 0; -1 when account is NULL or smaller than its first member, when there
 * is no memory to look with, or on a system that does not say what is in memory (all but Linux, and builds with memory from
 * the C library alone). It takes about 1 ms for a small process, 3 ms for 1000 mappings, 10 ms for each GiB in memory, ten times
 * as much where memory was only read and never written; the heap's locks are taken for half of it. Blocks in arenas of the program's own are counted with the mapping they lie in. Since 0.1. */
PYMM_API int pymm_account_get(pymm_account *account, size_t account_bytes);

/* Checking and walking ------------------------------------------------------------------------------------------- */

/* Prove the invariants of every structure of the heap. Returns 0 when all hold; otherwise -1 and a one-line description
 * of the first one broken in `message` (may be NULL). Takes the heap's locks; other threads wait meanwhile. Since 0.1. */
PYMM_API int pymm_check(char *message, size_t message_bytes);

/* Visit every live block. `visit` returns 0 to go on, anything else to stop; it must not allocate or free through pymm.
 * Returns what the last visit returned; -1 when `visit` is NULL or there is no memory to look with. The heap's locks are
 * held for the whole walk. Since 0.1. */
typedef struct pymm_block_info {
    void *block;
    size_t usable_bytes;
    enum pymm_domain domain;
} pymm_block_info;
PYMM_API int pymm_walk(int (*visit)(const pymm_block_info *info, void *arg), void *arg);

/* Give back to the system every page that holds no live block, and the calling thread's cached blocks.
 * Returns the number of bytes given back. Since 0.1. */
PYMM_API size_t pymm_give_back(void);

/* Under CPython --------------------------------------------------------------------------------------------------- */

/* Install pymm for the three domains of the CPython found through `handle` (a dlopen handle of libpython, or NULL for the
 * global scope). The preloaded library does so by itself when it starts; a host that opens libpython later, or that
 * initialises CPython 3.12 or later once more, calls this before Py_Initialize. Returns 0; -1 when that CPython has no PyMem_SetAllocator, is free-threaded, or a
 * setting of the user's (PYTHONMALLOC, -X dev) takes precedence. The library of that CPython stays loaded, though the host closes it: pymm
 * keeps functions of it. Only in libpymm-cpython. Since 0.1. */
PYMM_API int pymm_install(void *handle);

#ifdef __cplusplus
}
#endif
#endif
