/* frames_table.c: the offsets of frames, codes and strings in each version of CPython, and those that it publishes itself.
 *
 * From 3.13 on the runtime begins with a table of offsets for debuggers. The table's own layout grows with the versions; a
 * version newer than all known ones is read as the newest known one, and refused when what comes out is not plausible.
 * The rows are for 64-bit builds. Owns no state. Read frames.h first. */
#include "frames.h"

#define VERSION(major, minor) ((major) << 8 | (minor))
#define PUBLISHED_COOKIE "xdebugpy"

static const frames_layout layouts[] = {
    {VERSION(3, 7), 24, 176, false, 0, 32, 24, 104, 0, 0, 0, 36, 96, 104, 112, 0, 0, 48, 72, FRAMES_BYTE_OFFSET, FRAMES_LNOTAB},
    {VERSION(3, 8), 24, 176, false, 0, 32, 24, 104, 0, 0, 0, 40, 104, 112, 120, 0, 0, 48, 72, FRAMES_BYTE_OFFSET, FRAMES_LNOTAB},
    {VERSION(3, 9), 24, 176, false, 0, 32, 24, 104, 0, 0, 0, 40, 104, 112, 120, 0, 0, 48, 72, FRAMES_BYTE_OFFSET, FRAMES_LNOTAB},
    {VERSION(3, 10), 24, 176, false, 0, 32, 24, 96, 0, 0, 0, 40, 104, 112, 120, 0, 0, 48, 72, FRAMES_UNIT_OFFSET,
     FRAMES_LINETABLE},
    {VERSION(3, 11), 56, 152, true, 8, 32, 48, 56, 69, 0, 0, 72, 112, 128, 136, 184, 168, 48, 72, FRAMES_POINTER,
     FRAMES_LOCATIONS},
    {VERSION(3, 12), 56, 136, true, 0, 0, 8, 56, 70, 3, 0, 68, 112, 128, 136, 192, 176, 40, 56, FRAMES_POINTER,
     FRAMES_LOCATIONS},
};

/* Where in the published table, counted in words of 64 bits, the sections begin that are of interest. */
typedef struct published_sections {
    unsigned version;
    uint8_t thread, frame, code, text;
    uint8_t code_tag_bits;
    uint16_t code_first_traceable; /* is not published: so many bytes before the code's start; 0: unknown */
} published_sections;

static const published_sections sections[] = {
    {VERSION(3, 13), 19, 28, 34, 67, 0, 16},
    {VERSION(3, 14), 22, 31, 39, 77, 3, 16},
    {VERSION(3, 15), 22, 39, 47, 89, 3, 16},
};

enum { THREAD_FRAME = 4 };
enum { FRAME_PREVIOUS = 1, FRAME_CODE = 2, FRAME_POSITION = 3, FRAME_OWNER = 5 };
enum { CODE_FILE = 1, CODE_QUALIFIED_NAME = 3, CODE_LINES = 4, CODE_FIRST_LINE = 5, CODE_START = 9 };
enum { TEXT_STATE = 1, TEXT_LENGTH = 2, TEXT_ASCII_BYTES = 3 };
enum { STATE_BYTES = 32, LENGTH_BYTES = 16 }; /* where frames.c reads them, in all versions */

/* Each section begins with the size of its structure: every offset in it must be smaller, and no two may be the same. */
static bool is_plausible(const uint64_t *section, const uint8_t *members, size_t member_count)
{
    if (section[0] < 16 || section[0] > 4096)
        return false;
    for (size_t i = 0; i < member_count; i++)
        for (size_t k = 0; k <= i; k++)
            if (section[members[i]] >= section[0] || (k < i && section[members[i]] == section[members[k]]))
                return false;
    return true;
}

static bool read_published(const uint64_t *words, const published_sections *at, unsigned version, frames_layout *layout)
{
    static const uint8_t thread_members[] = {THREAD_FRAME};
    static const uint8_t frame_members[] = {FRAME_PREVIOUS, FRAME_CODE, FRAME_POSITION, FRAME_OWNER};
    static const uint8_t code_members[] = {CODE_FILE, CODE_QUALIFIED_NAME, CODE_LINES, CODE_FIRST_LINE, CODE_START};
    const uint64_t *thread = words + at->thread, *frame = words + at->frame, *code = words + at->code;
    const uint64_t *text = words + at->text;
    uint64_t ascii_bytes = text[TEXT_ASCII_BYTES];
    if (!is_plausible(thread, thread_members, PYMM_COUNT_OF(thread_members)) ||
        !is_plausible(frame, frame_members, PYMM_COUNT_OF(frame_members)) ||
        !is_plausible(code, code_members, PYMM_COUNT_OF(code_members)) || text[TEXT_STATE] != STATE_BYTES ||
        text[TEXT_LENGTH] != LENGTH_BYTES || ascii_bytes <= STATE_BYTES || ascii_bytes > 64)
        return false;
    uint16_t traceable_bytes = version == at->version ? at->code_first_traceable : 0;
    *layout = (frames_layout){.version = version,
                              .thread_frame = (uint16_t)thread[THREAD_FRAME],
                              .frame_code = (uint16_t)frame[FRAME_CODE],
                              .frame_previous = (uint16_t)frame[FRAME_PREVIOUS],
                              .frame_position = (uint16_t)frame[FRAME_POSITION],
                              .frame_owner = (uint16_t)frame[FRAME_OWNER],
                              .owner_skipped = 3,
                              .code_tag_bits = at->code_tag_bits,
                              .code_first_line = (uint16_t)code[CODE_FIRST_LINE],
                              .code_file = (uint16_t)code[CODE_FILE],
                              .code_name = (uint16_t)code[CODE_QUALIFIED_NAME],
                              .code_lines = (uint16_t)code[CODE_LINES],
                              .code_start = (uint16_t)code[CODE_START],
                              .code_first_traceable =
                                  (uint16_t)(traceable_bytes != 0 ? code[CODE_START] - traceable_bytes : 0),
                              .text_ascii = (uint16_t)ascii_bytes,
                              .text_compact = (uint16_t)(ascii_bytes + 2 * sizeof(void *)),
                              .position = FRAMES_POINTER,
                              .lines = FRAMES_LOCATIONS};
    return true;
}

bool frames_layout_find(unsigned version_hex, const void *published, frames_layout *layout)
{
    unsigned version = version_hex >> 16;
    const uint64_t *words = published;
    if (sizeof(void *) != 8)
        return false;
    for (size_t i = 0; i < PYMM_COUNT_OF(layouts); i++)
        if (layouts[i].version == version) {
            *layout = layouts[i];
            return true;
        }
    if (words == NULL || version < sections[0].version || memcmp(words, PUBLISHED_COOKIE, 8) != 0 || words[1] >> 16 != version)
        return false;
    const published_sections *at = &sections[0];
    for (size_t i = 0; i < PYMM_COUNT_OF(sections) && sections[i].version <= version; i++)
        at = &sections[i];
    return read_published(words, at, version, layout);
}
