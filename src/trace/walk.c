/* walk.c: the frames of a call: those of the host's walker, or C frames.
 *
 * One C frame is the address that the table's function returns to, and costs nothing: entry points jump to the table. Where
 * the address lies in an entry point or a hook all the same (PYMM_ENTRY), the stack is walked until it leaves them.
 * Owns: the walker, codes of a file and a function. Read pymm_trace.h first. */
#include "trace/internal.h"

#include <string.h>

#define ENTRY_FRAMES_MAX 24 /* of pymm's own above the caller: hooks over hooks */

static pymm_trace_walker walker;
static atomic_bool has_walker;

bool trace_walk_is_plain(void) { return !atomic_load(&has_walker); }

int pymm_trace_walker_set(const pymm_trace_walker *wanted)
{
    unsigned mode = trace_world_hold();
    if (mode == 0) {
        walker = wanted == NULL ? (pymm_trace_walker){0} : *wanted;
        atomic_store(&has_walker, walker.walk != NULL);
    }
    trace_world_release(mode);
    if (mode != 0)
        base_warn("the walker of frames stays as it is: tracing is on; stop it first");
    return mode == 0 ? 0 : -1;
}

/* Room for the frames of one call. */
int trace_walk_prepare(trace_state *state)
{
    unsigned capacity = trace_frame_limit;
    if (state->frame_capacity >= capacity)
        return 0;
    size_t bytes = capacity * sizeof *state->frames + (capacity + ENTRY_FRAMES_MAX) * sizeof *state->addresses;
    pymm_trace_frame *frames = trace_pages_take(bytes);
    if (frames == NULL)
        return -1;
    unsigned old = state->frame_capacity;
    if (old != 0)
        trace_pages_put(state->frames, old * sizeof *state->frames + (old + ENTRY_FRAMES_MAX) * sizeof *state->addresses);
    state->frames = frames;
    state->addresses = (void **)(frames + capacity);
    state->frame_capacity = capacity;
    /* The first walk loads the unwinder: now, rather than in the middle of an allocation. */
    os_stack_walk(state->addresses, capacity + ENTRY_FRAMES_MAX);
    return 0;
}

static unsigned put_c_frame(trace_state *state, uintptr_t caller, unsigned *total_count)
{
    state->frames[0] = (pymm_trace_frame){(const void *)caller, PYMM_TRACE_C_FRAME};
    *total_count = 1;
    return 1;
}

static unsigned walk_c(trace_state *state, uintptr_t caller, unsigned *total_count)
{
    unsigned limit = trace_frame_limit;
    if (limit == 1 && !base_is_entry(caller))
        return put_c_frame(state, caller, total_count);
    size_t count = os_stack_walk(state->addresses, limit + ENTRY_FRAMES_MAX), first = 0;
    while (first < count && (uintptr_t)state->addresses[first] != caller)
        first++;
    while (first < count && base_is_entry((uintptr_t)state->addresses[first]))
        first++;
    if (first >= count)
        return put_c_frame(state, caller, total_count);
    /* Whether a walk that filled its array would have gone on is not known: then there is one frame more at least. */
    size_t found = count - first, kept = base_min(found, limit);
    for (size_t i = 0; i < kept; i++)
        state->frames[i] = (pymm_trace_frame){state->addresses[first + i], PYMM_TRACE_C_FRAME};
    *total_count = (unsigned)found;
    return (unsigned)kept;
}

unsigned trace_walk(trace_state *state, uintptr_t caller, unsigned *total_count)
{
    unsigned count = 0, limit = trace_frame_limit;
    if (trace_walk_prepare(state) != 0)
        return 0;
    trace_inside_begin();
    state->is_walking = true;
    if (atomic_load_explicit(&has_walker, memory_order_acquire)) {
        *total_count = 0;
        count = (unsigned)base_min(walker.walk(walker.ctx, state->frames, limit, total_count), limit);
        *total_count = (unsigned)base_max(*total_count, count);
    }
    if (count == 0)
        count = walk_c(state, caller, total_count);
    state->is_walking = false;
    trace_inside_end();
    return count;
}

/* Codes ------------------------------------------------------------------------------------------------------------ */

typedef struct walk_code {
    struct walk_code *next;
    uint64_t hash;
    const char *file, *function;
    char texts[];
} walk_code;

#define CODE_CHAIN_COUNT 1024
static walk_code *_Atomic *_Atomic code_chains;
os_lock trace_code_lock = OS_LOCK_INIT;

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return (hash ^ 0xFF) * UINT64_C(0x100000001B3);
}

static const walk_code *code_find(const walk_code *code, uint64_t hash, const char *file, const char *function)
{
    for (; code != NULL; code = code->next)
        if (code->hash == hash && strcmp(code->file, file) == 0 && (code->function == NULL) == (function == NULL) &&
            (function == NULL || strcmp(code->function, function) == 0))
            return code;
    return NULL;
}

static walk_code *code_add(walk_code *_Atomic *chain, uint64_t hash, const char *file, const char *function)
{
    size_t file_bytes = strlen(file) + 1, function_bytes = function == NULL ? 0 : strlen(function) + 1;
    walk_code *fresh = trace_meta_take(sizeof *fresh + file_bytes + function_bytes);
    if (fresh == NULL)
        return NULL;
    fresh->hash = hash;
    fresh->file = memcpy(fresh->texts, file, file_bytes);
    if (function != NULL)
        fresh->function = memcpy(fresh->texts + file_bytes, function, function_bytes);
    fresh->next = atomic_load(chain);
    atomic_store_explicit(chain, fresh, memory_order_release);
    return fresh;
}

const void *pymm_trace_code(const char *file, const char *function)
{
    if (file == NULL)
        file = "<unknown>";
    uint64_t hash = hash_text(UINT64_C(0xCBF29CE484222325), file);
    hash = function == NULL ? hash : hash_text(hash, function);
    walk_code *_Atomic *chains = atomic_load_explicit(&code_chains, memory_order_acquire);
    const walk_code *found = NULL;
    if (chains != NULL)
        found = code_find(atomic_load_explicit(&chains[hash % CODE_CHAIN_COUNT], memory_order_acquire), hash, file, function);
    if (found != NULL)
        return found;
    os_lock_take(&trace_code_lock);
    chains = atomic_load(&code_chains);
    if (chains == NULL && (chains = trace_meta_take(CODE_CHAIN_COUNT * sizeof *chains)) != NULL)
        atomic_store_explicit(&code_chains, chains, memory_order_release);
    if (chains != NULL) {
        walk_code *_Atomic *chain = &chains[hash % CODE_CHAIN_COUNT];
        found = code_find(atomic_load(chain), hash, file, function);
        if (found == NULL)
            found = code_add(chain, hash, file, function);
    }
    os_lock_drop(&trace_code_lock);
    return found;
}

void trace_walker_resolve(const pymm_trace_frame *frame, pymm_trace_place *place)
{
    if (walker.resolve != NULL) {
        walker.resolve(walker.ctx, frame, place);
    } else if (frame->code != NULL) {
        const walk_code *code = frame->code;
        *place = (pymm_trace_place){code->file, code->function, (unsigned)frame->position};
    }
    if (place->file == NULL)
        place->file = "<unknown>";
}
