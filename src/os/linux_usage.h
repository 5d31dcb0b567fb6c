/* linux_usage.h: looking into mappings, to tell what of other owners lies in them. Part of the room's Linux files alone.
 *
 * Nothing is believed to be there still: memory is read by system calls, which fail where it is gone. All functions may be called
 * within an allocation; none waits or allocates. Read os.h first, and linux_usage.c for the use. */
#ifndef PYMM_OS_LINUX_USAGE_H
#define PYMM_OS_LINUX_USAGE_H

#include "os/os.h"

#define USAGE_LOOK_PAGES 256

typedef struct usage_reader {
    int memory;                    /* descriptor of the process's own memory; -1: none */
    int pagemap;                   /* of os_pages_open */
    size_t read_count, miss_count; /* of words in memory */
} usage_reader;

/* Where the C library's large blocks end of which the first begins at `start`; `start`: none does. */
uintptr_t usage_chunks_end(usage_reader *reader, uintptr_t start, uintptr_t end);
/* The first page of [at, end) that is in memory and begins such a block; `end`: there is none. */
uintptr_t usage_chunk_search(usage_reader *reader, uintptr_t at, uintptr_t end);
/* Does one of the C library's arenas begin at `start`? */
bool usage_begins_arena(const usage_reader *reader, uintptr_t start, uintptr_t end);
/* The first guard in [start, end) that is no mapping of its own, and where it ends; `end` for both: there is none, or the kernel
 * does not tell (it does from Linux 6.15 on). */
uintptr_t usage_guard_search(const usage_reader *reader, uintptr_t start, uintptr_t end, uintptr_t *guard_end);
/* Where in [start, end) the zeros end that the library or program asks for whose file begins at `head`; `end` when that is unknown. */
uintptr_t usage_zeros_end(const usage_reader *reader, uintptr_t head, uintptr_t start, uintptr_t end);
#endif
