/* debug_internal.h: what debug.c and debug_report.c share: the layout of a block under debug hooks.
 *
 *       base                          p                       tail
 *       [ n, big-endian ][id][FD x 7 ][ n bytes of the caller ][ FD x 8 ]( [ serial number, big-endian ] )
 *        S bytes          1   S-1                                S            S, with PYMEM_DEBUG_SERIALNO only
 *
 * Does not own: when to check and what to do then (debug.c), the words of a report (debug_report.c). Read hook.h first. */
#ifndef PYMM_HOOK_DEBUG_INTERNAL_H
#define PYMM_HOOK_DEBUG_INTERNAL_H

#include "hook/hook.h"

#include "domain/domain.h"
#include "trace/trace.h"

#define DEBUG_CLEAN_BYTE 0xCD     /* given out, not yet written */
#define DEBUG_DEAD_BYTE 0xDD      /* freed */
#define DEBUG_FORBIDDEN_BYTE 0xFD /* the caller's at no time */
#define DEBUG_WORD_BYTES sizeof(size_t)
#define DEBUG_HEAD_BYTES (2 * DEBUG_WORD_BYTES)
#ifdef PYMEM_DEBUG_SERIALNO
#define DEBUG_HAS_SERIAL 1
#define DEBUG_TAIL_BYTES (2 * DEBUG_WORD_BYTES)
#else
#define DEBUG_HAS_SERIAL 0
#define DEBUG_TAIL_BYTES DEBUG_WORD_BYTES
#endif
#define DEBUG_EXTRA_BYTES (DEBUG_HEAD_BYTES + DEBUG_TAIL_BYTES)

/* What a hooked domain is: the ctx of its table. Immutable but for has_foreign. */
typedef struct hook_debug_api {
    pymm_allocator inner;
    unsigned domain;
    char id;
    atomic_bool has_foreign; /* the inner allocator gave a block that the heap does not know as one */
    struct hook_debug_api *next;
} hook_debug_api;

PYMM_INLINE size_t hook_debug_word_read(const uint8_t *at)
{
    size_t word = 0;
    for (size_t i = 0; i < DEBUG_WORD_BYTES; i++)
        word = word << 8 | at[i];
    return word;
}

PYMM_INLINE void hook_debug_word_write(uint8_t *at, size_t word)
{
    for (size_t i = DEBUG_WORD_BYTES; i-- > 0; word >>= 8)
        at[i] = (uint8_t)word;
}

/* What a block of `room_bytes` from its base can be: the room is known, or SIZE_MAX. */
PYMM_INLINE bool hook_debug_size_is_possible(size_t bytes, size_t room_bytes)
{
    return bytes <= (size_t)PTRDIFF_MAX - DEBUG_EXTRA_BYTES && bytes + DEBUG_EXTRA_BYTES <= room_bytes;
}

/* Write the report and end the process. `room_bytes`: as above, what may be read from the block's base on.
 * hook_debug_die_at shows the block, hook_debug_die_unread says `line` and reads nothing of it. */
_Noreturn PYMM_COLD void hook_debug_die(const char *function, const char *format, ...) PYMM_PRINTF(2, 3);
_Noreturn PYMM_COLD void hook_debug_die_at(const hook_debug_api *api, const char *function, const uint8_t *block,
                                           size_t room_bytes, const char *format, ...) PYMM_PRINTF(5, 6);
_Noreturn PYMM_COLD void hook_debug_die_unread(const hook_debug_api *api, const char *function, const uint8_t *block,
                                               const char *line, const char *format, ...) PYMM_PRINTF(5, 6);
#endif
