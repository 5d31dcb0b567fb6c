/* frames.c: the Python frames of the calling thread, read as memory: no call that allocates, waits or needs the GIL.
 *
 *   thread state -> innermost frame -> previous frame -> ...        frame -> code, instruction       code -> names, lines
 *
 * A thread's own frames hold still while it is in the allocator, with the GIL or without. Frames that are being set up or torn
 * down are passed over, as are the interpreter's own. What may be gone already (a code whose last frame ends) still lies in
 * pymm's heap, which unmaps nothing: each object's type is looked at before anything else of it is believed.
 * Owns: one walk's frames; a walk is under the profile's lock. Read frames.h first. */
#include "frames.h"

#include <dlfcn.h>
#include <pthread.h>

#define INNER_COUNT 384 /* of a stack with too many frames: these, a gap, and the outermost ones */
#define OUTER_COUNT (TRACE_PROFILE_FRAMES_MAX - INNER_COUNT - 1)
#define WALK_MAX 2000000
#define TEXT_READ_MAX 4096
#define HEAD_BYTES 16 /* of an object: reference count, type */
#define DEALLOC_OFFSET 48 /* of a type: what ends its objects */

static frames_layout layout;
static void *(*current_thread)(void); /* of this interpreter: whoever holds the GIL, or this thread if it holds it */
static void *(*own_thread)(void);
static const char *code_type, *text_type, *bytes_type, *type_type;

static const char *pointer_at(const char *base, size_t offset) { return *(const char *const *)(base + offset); }
static int32_t int_at(const char *base, size_t offset) { return *(const int32_t *)(base + offset); }
static bool is_type(const char *object, const char *type) { return object != NULL && pointer_at(object, 8) == type; }

/* From 3.12 on the current thread state is the thread's own, or NULL. Before, it is that of whoever holds the GIL. */
static const char *thread_state(void)
{
    const char *current = current_thread();
    bool is_own = layout.version >= (3 << 8 | 12);
    if (current != NULL && !is_own)
        is_own = *(const unsigned long *)(current + layout.thread_id) == (unsigned long)pthread_self();
    return current != NULL && is_own ? current : own_thread();
}

static const char *code_of(const char *frame)
{
    uintptr_t code = (uintptr_t)pointer_at(frame, layout.frame_code);
    return (const char *)(code & ~(uintptr_t)layout.code_tag_bits);
}

/* Does the frame run a code already, and still? */
static bool is_complete(const char *frame)
{
    enum { OWNED_BY_GENERATOR = 1 };
    if (layout.owner_skipped != 0 && (unsigned char)frame[layout.frame_owner] >= layout.owner_skipped)
        return false;
    const char *code = code_of(frame);
    if (!is_type(code, code_type))
        return false;
    if (layout.position != FRAMES_POINTER || frame[layout.frame_owner] == OWNED_BY_GENERATOR)
        return true;
    int32_t skipped_count = layout.code_first_traceable != 0 ? int_at(code, layout.code_first_traceable) : 0;
    return pointer_at(frame, layout.frame_position) >= code + layout.code_start + 2 * skipped_count;
}

static uint32_t position_of(const char *frame, const char *code)
{
    if (layout.position == FRAMES_POINTER) {
        ptrdiff_t bytes = pointer_at(frame, layout.frame_position) - (code + layout.code_start);
        return bytes < 0 ? 0 : (uint32_t)(bytes / 2);
    }
    int32_t offset = int_at(frame, layout.frame_position);
    return offset < 0 ? 0 : layout.position == FRAMES_UNIT_OFFSET ? (uint32_t)offset * 2 : (uint32_t)offset;
}

static const unsigned char *lines_of(const char *code, size_t *bytes)
{
    const char *table = pointer_at(code, layout.code_lines);
    if (!is_type(table, bytes_type))
        return NULL;
    *bytes = *(const size_t *)(table + HEAD_BYTES);
    return (const unsigned char *)table + HEAD_BYTES + 2 * sizeof(size_t); /* size, hash */
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* Codes that were freed, by address: one that comes to lie where another lay is told from it, whatever else they share. */
#define DEATH_PLACES 256 /* 16 cache lines: each that a sample reads is one that the program loses */
static atomic_uint death_counts[DEATH_PLACES];
static void (*code_dealloc)(void *code); /* CPython's own */

static atomic_uint *deaths_at(const void *code)
{
    return &death_counts[mix(0, (uintptr_t)code / HEAD_BYTES) & (DEATH_PLACES - 1)];
}

static void note_death(void *code)
{
    atomic_fetch_add_explicit(deaths_at(code), 1, memory_order_relaxed);
    code_dealloc(code);
}

static uint64_t stamp_of(const char *code) { return atomic_load_explicit(deaths_at(code), memory_order_relaxed); }

PYMM_SAMPLING static trace_profile_frame frame_of(const char *frame)
{
    const char *code = code_of(frame);
    return (trace_profile_frame){code, stamp_of(code), position_of(frame, code)};
}

PYMM_SAMPLING static unsigned walk(trace_profile_frame *frames)
{
    static const char *outer[OUTER_COUNT]; /* of the frames that are too many the last ones, in a ring */
    unsigned count = 0;
    const char *thread = thread_state();
    const char *frame = thread == NULL ? NULL : pointer_at(thread, layout.thread_frame);
    if (frame != NULL && layout.has_cframe)
        frame = pointer_at(frame, layout.cframe_frame);
    for (unsigned step = 0; frame != NULL && step < WALK_MAX; step++, frame = pointer_at(frame, layout.frame_previous)) {
        if (!is_complete(frame))
            continue;
        if (count < INNER_COUNT)
            frames[count] = frame_of(frame);
        else
            outer[(count - INNER_COUNT) % OUTER_COUNT] = frame;
        count++;
    }
    if (count <= INNER_COUNT)
        return count;
    unsigned filled = INNER_COUNT, rest = count - INNER_COUNT, first = rest > OUTER_COUNT ? rest - OUTER_COUNT : 0;
    if (first > 0)
        frames[filled++] = (trace_profile_frame){0};
    for (unsigned i = first; i < rest; i++)
        frames[filled++] = frame_of(outer[i % OUTER_COUNT]);
    return filled;
}

/* The interpreter's loop has a frame of its own on the C stack for each time it is entered (before 3.12, in 3.11, a structure
 * that the thread state points to). */
static const void *interpreter(void)
{
    const char *thread = thread_state();
    const char *frame = thread == NULL ? NULL : pointer_at(thread, layout.thread_frame);
    if (layout.owner_skipped == 0)
        return layout.has_cframe ? frame : NULL;
    if (frame != NULL && layout.has_cframe)
        frame = pointer_at(frame, layout.cframe_frame);
    for (unsigned step = 0; frame != NULL && step < WALK_MAX; step++, frame = pointer_at(frame, layout.frame_previous))
        if ((unsigned char)frame[layout.frame_owner] == layout.owner_skipped)
            return frame;
    return NULL;
}

/* Text ------------------------------------------------------------------------------------------------------------ */

static size_t put_character(char *text, uint32_t character)
{
    if (character < 0x80) {
        text[0] = (char)character;
        return 1;
    }
    if (character >= 0xDC80 && character <= 0xDCFF) { /* a byte of a file's name that is no text */
        text[0] = (char)(character - 0xDC00);
        return 1;
    }
    if (character >= 0xD800 && character <= 0xDFFF)
        character = 0xFFFD;
    unsigned length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (unsigned i = length; i-- > 1; character >>= 6)
        text[i] = (char)(0x80 | (character & 0x3F));
    text[0] = (char)((0xF00u >> length & 0xFFu) | character);
    return length;
}

/* A string's contents as UTF-8, cut off where there is no more room. */
static size_t read_text(const char *string, char *text, size_t text_bytes)
{
    enum { LENGTH = 16, STATE = 32, COMPACT = 1 << 5, ASCII = 1 << 6 };
    if (!is_type(string, text_type))
        return 0;
    uint32_t state = (uint32_t)int_at(string, STATE), width = state >> 2 & 7;
    if ((state & COMPACT) == 0 || (width != 1 && width != 2 && width != 4))
        return 0;
    const char *data = string + (state & ASCII ? layout.text_ascii : layout.text_compact);
    size_t length = base_min(*(const size_t *)(string + LENGTH), TEXT_READ_MAX), used_bytes = 0;
    for (size_t i = 0; i < length && used_bytes + 4 <= text_bytes; i++) {
        uint32_t character = width == 1 ? ((const uint8_t *)data)[i] : width == 2 ? ((const uint16_t *)data)[i]
                                                                                  : ((const uint32_t *)data)[i];
        used_bytes += put_character(text + used_bytes, character);
    }
    return used_bytes;
}

static void describe(const void *object, trace_profile_code *description)
{
    const char *code = object;
    size_t bytes = 0;
    const unsigned char *lines = lines_of(code, &bytes);
    int32_t first_line = int_at(code, layout.code_first_line);
    description->first_line = first_line > 0 ? (uint32_t)first_line : 0;
    description->file_bytes = read_text(pointer_at(code, layout.code_file), description->file, sizeof description->file);
    description->function_bytes =
        read_text(pointer_at(code, layout.code_name), description->function, sizeof description->function);
    description->content = bytes;
    for (size_t i = 0; lines != NULL && i < bytes; i++)
        description->content = mix(description->content, lines[i]);
}

static uint32_t line_of(const void *object, uint32_t position)
{
    size_t bytes = 0;
    const char *code = object;
    const unsigned char *lines = lines_of(code, &bytes);
    int32_t first_line = int_at(code, layout.code_first_line);
    return lines == NULL ? 0 : frames_line(layout.lines, lines, bytes, (uint32_t)first_line, position);
}

/* Set-up ---------------------------------------------------------------------------------------------------------- */

static bool find_names(void *scope)
{
    void *current = dlsym(scope, "PyThreadState_GetUnchecked");
    if (current == NULL)
        current = dlsym(scope, "_PyThreadState_UncheckedGet");
    *(void **)&current_thread = current;
    *(void **)&own_thread = dlsym(scope, "PyGILState_GetThisThreadState");
    code_type = dlsym(scope, "PyCode_Type");
    text_type = dlsym(scope, "PyUnicode_Type");
    bytes_type = dlsym(scope, "PyBytes_Type");
    type_type = dlsym(scope, "PyType_Type");
    if (current == NULL || own_thread == NULL || code_type == NULL || text_type == NULL || bytes_type == NULL)
        return false;
    return is_type(code_type, type_type); /* not so where objects have longer heads, as in some builds for debugging */
}

/* The type of codes is CPython's own data, and its slot is there before the first code is. */
static void watch_deaths(void)
{
    void (**dealloc)(void *) = (void (**)(void *))(uintptr_t)(code_type + DEALLOC_OFFSET);
    if (*dealloc != note_death) {
        code_dealloc = *dealloc;
        *dealloc = note_death;
    }
}

const trace_profile_language *frames_language(void *handle, unsigned version_hex)
{
    static const trace_profile_language language = {walk, describe, line_of, interpreter};
    void *scope = handle == NULL ? RTLD_DEFAULT : handle;
    bool is_known = frames_layout_find(version_hex, dlsym(scope, "_PyRuntime"), &layout);
    if (!is_known || !find_names(scope))
        return NULL;
    watch_deaths();
    return &language;
}
