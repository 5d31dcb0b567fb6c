/* debug.c: the debug hooks: a table that surrounds each block with pads and checks them when the block is resized or freed.
 *
 * Owns: when a block is filled, checked, erased and restored; which pointers are judged before anything is read at them;
 * the addresses that were freed last. Does not own: the layout (debug_internal.h), the report (debug_report.c), the
 * interpreter (hook_debug_host). Read hook.h and debug_internal.h first. */
#include "hook/debug_internal.h"

#define ERASED_BYTES 64 /* at either end, while a block is being resized */
#define FREED_LOG2 10

static const hook_debug_host *_Atomic the_host;

void hook_debug_host_set(const hook_debug_host *host) { atomic_store_explicit(&the_host, host, memory_order_release); }
const hook_debug_host *hook_debug_host_get(void) { return atomic_load_explicit(&the_host, memory_order_acquire); }

/* The words for a pointer that is no live block, which depend on the call. */
typedef struct debug_call {
    const char *function, *gone_line, *gone;
} debug_call;
static const debug_call on_free = {"_PyMem_DebugRawFree",
                                   "block freed twice: it is not read, since its memory may be gone.",
                                   "block freed twice"};
static const debug_call on_realloc = {"_PyMem_DebugRawRealloc",
                                      "block resized after it was freed: it is not read, since its memory may be gone.",
                                      "block resized after it was freed"};

static void check_gil(const hook_debug_api *api, const char *function)
{
    const hook_debug_host *host = hook_debug_host_get();
    if (api->domain != PYMM_DOMAIN_RAW && host != NULL && host->is_gil_held != NULL && !host->is_gil_held())
        hook_debug_die(function, "Python memory allocator called without holding the GIL");
}

/* Freed blocks, by base: each address has one place, which it shares with others, so the last ones are remembered. A block
 * is entered before its memory goes and taken out when its address is given out again: what is here is dead. An entry is
 * the base with its lowest bit set, so that an empty place is no address. ------------------------------------------------ */

static _Atomic uintptr_t freed_bases[1 << FREED_LOG2];

static _Atomic uintptr_t *freed_place(const uint8_t *base)
{
    return &freed_bases[((uint64_t)(uintptr_t)base * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - FREED_LOG2)];
}

static uintptr_t freed_entry(const uint8_t *base) { return (uintptr_t)base | 1; }

static bool is_freed(const uint8_t *base)
{
    return atomic_load_explicit(freed_place(base), memory_order_relaxed) == freed_entry(base);
}

/* False: it was there already, since another thread is freeing the same block. */
static bool freed_enter(const uint8_t *base)
{
    return atomic_exchange_explicit(freed_place(base), freed_entry(base), memory_order_relaxed) != freed_entry(base);
}

static void freed_leave(const uint8_t *base)
{
    uintptr_t expected = freed_entry(base);
    atomic_compare_exchange_strong_explicit(freed_place(base), &expected, 0, memory_order_relaxed, memory_order_relaxed);
}

/* The serial number: of each call that gave out a block. A place for a breakpoint. ------------------------------------- */

PYMM_NOINLINE static size_t bump_serial(void)
{
    static atomic_size_t serial;
    return atomic_fetch_add_explicit(&serial, 1, memory_order_relaxed) + 1;
}

static size_t read_serial(const uint8_t *tail)
{
    return DEBUG_HAS_SERIAL ? hook_debug_word_read(tail + DEBUG_WORD_BYTES) : 0;
}

/* Head and tail of a block of `bytes`. Returns where the caller's bytes begin. */
static uint8_t *write_pads(const hook_debug_api *api, uint8_t *base, size_t bytes, size_t serial)
{
    uint8_t *block = base + DEBUG_HEAD_BYTES;
    hook_debug_word_write(base, bytes);
    base[DEBUG_WORD_BYTES] = (uint8_t)api->id;
    memset(base + DEBUG_WORD_BYTES + 1, DEBUG_FORBIDDEN_BYTE, DEBUG_WORD_BYTES - 1);
    memset(block + bytes, DEBUG_FORBIDDEN_BYTE, DEBUG_WORD_BYTES);
    if (DEBUG_HAS_SERIAL)
        hook_debug_word_write(block + bytes + DEBUG_WORD_BYTES, serial);
    return block;
}

static bool is_heap_block(const void *start, heap_block *found)
{
    return heap_block_find(start, found) && found->start == start;
}

/* Can a block of the hooks begin here? Slots of 16 bytes are too small for one; in larger ones 16 bytes behind a start there
 * is none. So a block cannot both have its base at a start and be one from before the hooks. */
static bool is_heap_base(const void *base, heap_block *found)
{
    return is_heap_block(base, found) && found->usable_bytes >= DEBUG_EXTRA_BYTES;
}

static bool has_foreign(const hook_debug_api *api)
{
    return atomic_load_explicit(&api->has_foreign, memory_order_relaxed);
}

static PYMM_ENTRY void *debug_alloc(hook_debug_api *api, size_t bytes, bool is_zeroed)
{
    if (bytes > (size_t)PTRDIFF_MAX - DEBUG_EXTRA_BYTES)
        return NULL;
    size_t total_bytes = bytes + DEBUG_EXTRA_BYTES;
    const pymm_allocator *inner = &api->inner;
    uint8_t *base = is_zeroed ? inner->calloc(inner->ctx, 1, total_bytes) : inner->malloc(inner->ctx, total_bytes);
    if (base == NULL)
        return NULL;
    heap_block found;
    if (!has_foreign(api) && !is_heap_base(base, &found))
        atomic_store_explicit(&api->has_foreign, true, memory_order_relaxed);
    freed_leave(base);
    uint8_t *block = write_pads(api, base, bytes, DEBUG_HAS_SERIAL ? bump_serial() : 0);
    if (!is_zeroed)
        memset(block, DEBUG_CLEAN_BYTE, bytes);
    return block;
}

/* Checks ------------------------------------------------------------------------------------------------------------- */

static bool is_id(uint8_t id) { return id == 'r' || id == 'm' || id == 'o'; }
static char id_of(unsigned domain) { return "rmo"[domain]; }

static bool is_forbidden(const uint8_t *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (at[i] != DEBUG_FORBIDDEN_BYTE)
            return false;
    return true;
}

_Noreturn static void die_gone(const hook_debug_api *api, const debug_call *call, const uint8_t *block)
{
    hook_debug_die_unread(api, call->function, block, call->gone_line, "%s", call->gone);
}

/* By what the heap knows, no block of the hooks can begin here. It returns only when it is one from before the hooks, which
 * the inner allocator will know: such a block begins where a slot does, and a block of the hooks never does. */
static void judge_stranger(const hook_debug_api *api, const debug_call *call, const uint8_t *block)
{
    heap_block found;
    if (is_heap_block(block, &found)) {
        if (found.domain != api->domain || has_foreign(api))
            hook_debug_die_unread(api, call->function, block, "made without debug hooks.",
                                  "bad ID: Allocated using API '%c' without debug hooks, verified using API '%c'",
                                  id_of(found.domain), api->id);
        return;
    }
    if (!pymm_owns(block))
        hook_debug_die_unread(api, call->function, block, "foreign: it is not read, since it may be anything.",
                              "not a block of this allocator");
    if (heap_block_find(block, &found))
        hook_debug_die_unread(api, call->function, block, "no block begins here: it is not read.",
                              "not the start of a block");
    hook_debug_die_unread(api, call->function, block, "nothing lives here: it is not read.",
                          "block freed before, or not the start of a block");
}

/* Check a block in the order id, leading pad, trailing pad. False: it was made before there were hooks. */
static bool check_block(const hook_debug_api *api, const debug_call *call, const uint8_t *block)
{
    const uint8_t *base = block - DEBUG_HEAD_BYTES;
    heap_block found;
    if (is_freed(base) && !is_heap_block(block, &found))
        die_gone(api, call, block);
    size_t room_bytes = SIZE_MAX;
    if (is_heap_base(base, &found)) {
        room_bytes = found.usable_bytes;
    } else if (!has_foreign(api) || is_heap_block(block, &found)) {
        judge_stranger(api, call, block);
        return false;
    }
    uint8_t id = block[-(ptrdiff_t)DEBUG_WORD_BYTES];
    if (id != (uint8_t)api->id) {
        if (id == DEBUG_DEAD_BYTE || (!is_id(id) && room_bytes != SIZE_MAX && heap_block_is_free(base)))
            die_gone(api, call, block);
        hook_debug_die_at(api, call->function, block, room_bytes,
                          "bad ID: Allocated using API '%c', verified using API '%c'", id, api->id);
    }
    if (!is_forbidden(block - DEBUG_WORD_BYTES + 1, DEBUG_WORD_BYTES - 1))
        hook_debug_die_at(api, call->function, block, room_bytes, "bad leading pad byte");
    size_t bytes = hook_debug_word_read(base);
    if (!hook_debug_size_is_possible(bytes, room_bytes))
        hook_debug_die_at(api, call->function, block, room_bytes, "bad size");
    if (!is_forbidden(block + bytes, DEBUG_WORD_BYTES))
        hook_debug_die_at(api, call->function, block, room_bytes, "bad trailing pad byte");
    return true;
}

/* Resizing: the ends of the block are saved and erased, so that whoever holds the old address finds dead bytes. -------- */

typedef struct erased_ends {
    uint8_t first[ERASED_BYTES], last[ERASED_BYTES];
    size_t bytes, first_bytes, last_bytes;
} erased_ends;

static void erase_ends(erased_ends *ends, uint8_t *block, size_t bytes)
{
    ends->bytes = bytes;
    ends->first_bytes = base_min(bytes, ERASED_BYTES);
    ends->last_bytes = base_min(bytes - ends->first_bytes, ERASED_BYTES);
    uint8_t *last = block + bytes - ends->last_bytes;
    memcpy(ends->first, block, ends->first_bytes);
    memcpy(ends->last, last, ends->last_bytes);
    memset(block - DEBUG_HEAD_BYTES, DEBUG_DEAD_BYTE, DEBUG_HEAD_BYTES + ends->first_bytes);
    memset(last, DEBUG_DEAD_BYTE, ends->last_bytes + DEBUG_TAIL_BYTES);
}

/* What of the ends lies within the first `bytes`. */
static void restore_ends(const erased_ends *ends, uint8_t *block, size_t bytes)
{
    size_t last_offset = ends->bytes - ends->last_bytes;
    memcpy(block, ends->first, base_min(bytes, ends->first_bytes));
    if (bytes > last_offset)
        memcpy(block + last_offset, ends->last, base_min(bytes - last_offset, ends->last_bytes));
}

/* The bytes that a block lost when it shrank without moving, as far as the heap says that they still belong to it. */
static void fill_lost(uint8_t *base, size_t old_bytes, size_t bytes)
{
    heap_block found;
    if (bytes >= old_bytes || !is_heap_block(base, &found))
        return;
    size_t end_bytes = base_min(old_bytes + DEBUG_EXTRA_BYTES, found.usable_bytes);
    if (end_bytes > bytes + DEBUG_EXTRA_BYTES)
        memset(base + bytes + DEBUG_EXTRA_BYTES, DEBUG_DEAD_BYTE, end_bytes - bytes - DEBUG_EXTRA_BYTES);
}

static PYMM_ENTRY void *resize(hook_debug_api *api, uint8_t *block, size_t bytes)
{
    uint8_t *base = block - DEBUG_HEAD_BYTES;
    size_t old_bytes = hook_debug_word_read(base), serial = read_serial(block + old_bytes);
    if (bytes > (size_t)PTRDIFF_MAX - DEBUG_EXTRA_BYTES)
        return NULL;
    if (!freed_enter(base))
        die_gone(api, &on_realloc, block);
    erased_ends ends;
    erase_ends(&ends, block, old_bytes);
    uint8_t *moved = api->inner.realloc(api->inner.ctx, base, bytes + DEBUG_EXTRA_BYTES);
    if (moved == NULL) {
        freed_leave(base);
        write_pads(api, base, old_bytes, serial);
        restore_ends(&ends, block, old_bytes);
        return NULL;
    }
    freed_leave(moved);
    block = write_pads(api, moved, bytes, DEBUG_HAS_SERIAL ? bump_serial() : 0);
    restore_ends(&ends, block, bytes);
    if (bytes > old_bytes)
        memset(block + old_bytes, DEBUG_CLEAN_BYTE, bytes - old_bytes);
    else if (moved == base)
        fill_lost(base, old_bytes, bytes);
    return block;
}

/* A block from before the hooks gets its pads when it is resized. */
static PYMM_ENTRY void *adopt(hook_debug_api *api, void *block, size_t bytes)
{
    heap_block found;
    if (!is_heap_block(block, &found))
        return NULL;
    void *adopted = debug_alloc(api, bytes, false);
    if (adopted == NULL)
        return NULL;
    memcpy(adopted, block, base_min(bytes, found.usable_bytes));
    api->inner.free(api->inner.ctx, block);
    return adopted;
}

/* The table ----------------------------------------------------------------------------------------------------------- */

static PYMM_ENTRY void *debug_malloc(void *ctx, size_t bytes)
{
    check_gil(ctx, "_PyMem_DebugMalloc");
    return debug_alloc(ctx, bytes, false);
}

static PYMM_ENTRY void *debug_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    check_gil(ctx, "_PyMem_DebugCalloc");
    if (item_bytes != 0 && item_count > (size_t)PTRDIFF_MAX / item_bytes)
        return NULL;
    return debug_alloc(ctx, item_count * item_bytes, true);
}

static PYMM_ENTRY void *debug_realloc(void *ctx, void *block, size_t bytes)
{
    check_gil(ctx, "_PyMem_DebugRealloc");
    if (block == NULL)
        return debug_alloc(ctx, bytes, false);
    return check_block(ctx, &on_realloc, block) ? resize(ctx, block, bytes) : adopt(ctx, block, bytes);
}

static PYMM_ENTRY void debug_free(void *ctx, void *block)
{
    hook_debug_api *api = ctx;
    check_gil(api, "_PyMem_DebugFree");
    if (block == NULL)
        return;
    if (!check_block(api, &on_free, block)) {
        api->inner.free(api->inner.ctx, block);
        return;
    }
    uint8_t *base = (uint8_t *)block - DEBUG_HEAD_BYTES;
    if (!freed_enter(base))
        die_gone(api, &on_free, block);
    memset(base, DEBUG_DEAD_BYTE, hook_debug_word_read(base) + DEBUG_EXTRA_BYTES);
    api->inner.free(api->inner.ctx, base);
}

/* Installing: a ctx for each pair of domain and wrapped table, made once and kept, as the copies of tables are. --------- */

static os_lock apis_lock = OS_LOCK_INIT;
static hook_debug_api *apis;

static hook_debug_api *api_of(unsigned domain, const pymm_allocator *inner)
{
    hook_debug_api *api = apis;
    while (api != NULL && (api->domain != domain || memcmp(&api->inner, inner, sizeof *inner) != 0))
        api = api->next;
    if (api != NULL || (api = heap_meta_take(sizeof *api)) == NULL)
        return api;
    api->inner = *inner;
    api->domain = domain;
    api->id = id_of(domain);
    atomic_store_explicit(&api->has_foreign, inner->malloc == domain_libc_table()->malloc, memory_order_relaxed);
    api->next = apis;
    apis = api;
    return api;
}

bool hook_debug_is_installed(unsigned domain)
{
    if (domain >= PYMM_DOMAIN_COUNT)
        return false;
    const pymm_allocator *table = domain_active(domain), *above = NULL;
    while (table != above && table->malloc != debug_malloc) {
        above = table;
        table = hook_trace_inner(hook_fail_inner(table));
    }
    return table->malloc == debug_malloc;
}

int hook_debug_install(unsigned domain)
{
    if (domain >= PYMM_DOMAIN_COUNT)
        return -1;
    int status = 0;
    os_lock_take(&apis_lock);
    if (!hook_debug_is_installed(domain)) {
        hook_debug_api *api = api_of(domain, domain_active(domain));
        pymm_allocator table = {api, debug_malloc, debug_calloc, debug_realloc, debug_free};
        status = api == NULL ? -1 : domain_set(domain, &table);
    }
    os_lock_drop(&apis_lock);
    if (status == 0 && trace_is_on())
        trace_freed_keep();
    return status;
}

const pymm_allocator *hook_debug_inner(const pymm_allocator *table)
{
    return table->malloc == debug_malloc ? &((const hook_debug_api *)table->ctx)->inner : table;
}
