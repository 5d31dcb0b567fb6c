/* frames.h: where CPython keeps what a profile wants to know of a thread's frames, one row of offsets for each version.
 *
 *   frames_table.c  the rows, and the offsets that newer versions publish
 *   frames.c        the walk: from a thread to the codes it runs, and the names of a code
 *   frames_lines.c  from an instruction to its line: three formats of tables
 *
 * Everything is read as memory. Read frames.c first. */
#ifndef PYMM_FRONT_CPYTHON_FRAMES_H
#define PYMM_FRONT_CPYTHON_FRAMES_H

#include "front.h"
#include "trace/trace.h"

enum frames_position {
    FRAMES_BYTE_OFFSET, /* an int: 3.7 to 3.9 */
    FRAMES_UNIT_OFFSET, /* an int, in instructions of two bytes: 3.10 */
    FRAMES_POINTER      /* to an instruction: from 3.11 on */
};
enum frames_lines { FRAMES_LNOTAB, FRAMES_LINETABLE, FRAMES_LOCATIONS };

/* Offsets in bytes; 0 where the version has none, unless it is the first field. */
typedef struct frames_layout {
    unsigned version; /* major << 8 | minor */
    uint16_t thread_frame, thread_id; /* the latter before 3.12 alone */
    bool has_cframe; /* thread_frame is one step further away */
    uint16_t cframe_frame;
    uint16_t frame_code, frame_previous, frame_position, frame_owner;
    uint8_t owner_skipped; /* frames of this owner and above are the interpreter's own; 0: there are none */
    uint8_t code_tag_bits; /* low bits of frame_code that are no part of the address */
    uint16_t code_first_line, code_file, code_name, code_lines, code_start, code_first_traceable;
    uint16_t text_ascii, text_compact; /* bytes of a string's header */
    enum frames_position position;
    enum frames_lines lines;
} frames_layout;

/* The layout of this Python; false: its frames cannot be read. `published`: _PyRuntime, or NULL. */
bool frames_layout_find(unsigned version_hex, const void *published, frames_layout *layout);

/* The line of an instruction; 0: it has none. `position` is a byte offset for FRAMES_LNOTAB and FRAMES_LINETABLE, and counts
 * instructions for FRAMES_LOCATIONS. */
uint32_t frames_line(enum frames_lines lines, const unsigned char *table, size_t table_bytes, uint32_t first_line,
                     uint32_t position);

/* The frames of this Python, NULL when they cannot be read. */
const trace_profile_language *frames_language(void *handle, unsigned version_hex);
#endif
