/* trace.c: the decorator that has every block of the three domains traced.
 *
 * There are two flavours. Over the heap's own table (direct) the heap's hot path is inlined here, and the address of a block
 * says where its record is. Over any other table, which may call other domains and put things in front of a block, calls
 * below are not traced and the record's place is looked for.
 * The caller is where these functions return to, since entry points jump to the table; where they do not, or a hook lies
 * above, the room trace walks the stack (PYMM_ENTRY marks what it goes over).
 * Owns: which tables are wrapped. Does not own: records (trace/). Read trace/trace.h first. */
#include "hook/hook.h"

#include "domain/domain.h"
#include "trace/trace.h"

/* Direct ----------------------------------------------------------------------------------------------------------- */

/* No memory for a record: as if there were none for the block. */
static PYMM_COLD void *untraceable(unsigned domain, void *block)
{
    heap_free_in(domain, block);
    return NULL;
}

static PYMM_NOINLINE PYMM_ENTRY void *direct_add(unsigned domain, void *block, size_t bytes, uintptr_t caller)
{
    if (block == NULL || trace_add(domain, block, bytes, caller) == 0)
        return block;
    return untraceable(domain, block);
}

static PYMM_NOINLINE void *direct_settle(void *block)
{
    trace_leave_settled(trace_this_thread);
    return block;
}

PYMM_INLINE void *direct_traced(unsigned domain, void *block, size_t bytes, uintptr_t caller)
{
    enum trace_fast end = bytes <= TRACE_WORD_SIZE_MAX ? trace_add_fast(block, bytes, caller) : TRACE_REFUSED;
    if (PYMM_LIKELY(end == TRACE_DONE))
        return block;
    return end == TRACE_NEGATIVE ? direct_settle(block) : direct_add(domain, block, bytes, caller);
}

static PYMM_NOINLINE PYMM_ENTRY void *direct_malloc_slow(unsigned domain, size_t bytes, uintptr_t caller)
{
    void *block = heap_malloc_slow(domain, bytes);
    return block == NULL ? NULL : direct_traced(domain, block, bytes, caller);
}

PYMM_INLINE void *direct_malloc(unsigned domain, size_t bytes, uintptr_t caller)
{
    void *block = heap_malloc_fast(domain, bytes);
    if (PYMM_UNLIKELY(block == NULL))
        return direct_malloc_slow(domain, bytes, caller);
    return direct_traced(domain, block, bytes, caller);
}

static PYMM_NOINLINE PYMM_ENTRY void *direct_calloc(unsigned domain, size_t item_count, size_t item_bytes, uintptr_t caller)
{
    void *block = heap_calloc(domain, item_count, item_bytes);
    return block == NULL ? NULL : direct_traced(domain, block, item_count * item_bytes, caller);
}

static PYMM_NOINLINE PYMM_ENTRY void direct_free_slow(unsigned domain, void *block, uintptr_t caller, enum trace_fast end)
{
    if (end == TRACE_NEGATIVE)
        trace_leave_settled(trace_this_thread);
    else if (block != NULL)
        trace_remove(block, caller);
    heap_free_in(domain, block);
}

PYMM_INLINE void direct_free(unsigned domain, void *block, uintptr_t caller)
{
    enum trace_fast end = trace_remove_fast(block);
    if (PYMM_UNLIKELY(end != TRACE_DONE))
        direct_free_slow(domain, block, caller, end);
    else
        heap_free_in(domain, block);
}

static PYMM_NOINLINE PYMM_ENTRY void *direct_realloc(unsigned domain, void *block, size_t bytes, uintptr_t caller)
{
    trace_move move;
    if (trace_move_begin(&move, domain, block, bytes, caller) != 0)
        return NULL;
    void *moved = heap_realloc(domain, block, bytes);
    trace_move_end(&move, moved);
    return moved;
}

#define DIRECT_TABLE(name, domain)                                                                                     \
    static PYMM_ENTRY void *name##_malloc(void *ctx, size_t bytes)                                                     \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return direct_malloc(domain, bytes, PYMM_CALLER());                                                            \
    }                                                                                                                  \
    static PYMM_ENTRY void *name##_calloc(void *ctx, size_t item_count, size_t item_bytes)                             \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return direct_calloc(domain, item_count, item_bytes, PYMM_CALLER());                                           \
    }                                                                                                                  \
    static PYMM_ENTRY void *name##_realloc(void *ctx, void *block, size_t bytes)                                       \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        return direct_realloc(domain, block, bytes, PYMM_CALLER());                                                    \
    }                                                                                                                  \
    static PYMM_ENTRY void name##_free(void *ctx, void *block)                                                         \
    {                                                                                                                  \
        (void)ctx;                                                                                                     \
        direct_free(domain, block, PYMM_CALLER());                                                                     \
    }
DIRECT_TABLE(raw, PYMM_DOMAIN_RAW)
DIRECT_TABLE(mem, PYMM_DOMAIN_MEM)
DIRECT_TABLE(obj, PYMM_DOMAIN_OBJ)

static const pymm_allocator direct_tables[PYMM_DOMAIN_COUNT] = {
    {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free},
    {NULL, mem_malloc, mem_calloc, mem_realloc, mem_free},
    {NULL, obj_malloc, obj_calloc, obj_realloc, obj_free},
};

/* Over any other table --------------------------------------------------------------------------------------------- */

typedef struct wrapped_table {
    unsigned domain;
    const pymm_allocator *inner; /* an immutable copy, valid for ever */
} wrapped_table;

static void *wrapped_traced(const wrapped_table *wrapped, void *block, size_t bytes, uintptr_t caller)
{
    if (block == NULL || trace_add(wrapped->domain, block, bytes, caller) == 0)
        return block;
    wrapped->inner->free(wrapped->inner->ctx, block);
    return NULL;
}

static PYMM_ENTRY void *wrapped_malloc(void *ctx, size_t bytes)
{
    const wrapped_table *wrapped = ctx;
    trace_inside_begin();
    void *block = wrapped->inner->malloc(wrapped->inner->ctx, bytes);
    trace_inside_end();
    return wrapped_traced(wrapped, block, bytes, PYMM_CALLER());
}

static PYMM_ENTRY void *wrapped_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    const wrapped_table *wrapped = ctx;
    trace_inside_begin();
    void *block = wrapped->inner->calloc(wrapped->inner->ctx, item_count, item_bytes);
    trace_inside_end();
    return wrapped_traced(wrapped, block, item_count * item_bytes, PYMM_CALLER());
}

static PYMM_ENTRY void *wrapped_realloc(void *ctx, void *block, size_t bytes)
{
    const wrapped_table *wrapped = ctx;
    trace_move move;
    if (trace_move_begin(&move, wrapped->domain, block, bytes, PYMM_CALLER()) != 0)
        return NULL;
    trace_inside_begin();
    void *moved = wrapped->inner->realloc(wrapped->inner->ctx, block, bytes);
    trace_inside_end();
    trace_move_end(&move, moved);
    return moved;
}

static PYMM_ENTRY void wrapped_free(void *ctx, void *block)
{
    const wrapped_table *wrapped = ctx;
    if (block != NULL)
        trace_remove(block, PYMM_CALLER());
    wrapped->inner->free(wrapped->inner->ctx, block);
}

/* Start and stop --------------------------------------------------------------------------------------------------- */

#define WRAPPED_COUNT_MAX 64 /* tables ever wrapped, in all domains: they stay, since calls may be on their way */

static os_lock hook_lock = OS_LOCK_INIT;
static wrapped_table wrapped_tables[WRAPPED_COUNT_MAX];
static size_t wrapped_count;
static struct {
    const pymm_allocator *inner, *traced; /* active before and after the start; NULL: it was traced already */
} started[PYMM_DOMAIN_COUNT];

const pymm_allocator *hook_trace_inner(const pymm_allocator *table)
{
    if (table->malloc == wrapped_malloc)
        return ((const wrapped_table *)table->ctx)->inner;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        if (table->malloc == direct_tables[domain].malloc)
            return pymm_allocator_get((enum pymm_domain)domain);
    return table;
}

static int wrap(unsigned domain)
{
    const pymm_allocator *inner = domain_active(domain);
    pymm_allocator table = direct_tables[domain];
    if (hook_trace_inner(inner) != inner)
        return 0;
    if (inner != pymm_allocator_get((enum pymm_domain)domain)) {
        size_t i = 0;
        while (i < wrapped_count && (wrapped_tables[i].inner != inner || wrapped_tables[i].domain != domain))
            i++;
        if (i == WRAPPED_COUNT_MAX)
            return -1;
        if (i == wrapped_count)
            wrapped_tables[wrapped_count++] = (wrapped_table){domain, inner};
        table = (pymm_allocator){&wrapped_tables[i], wrapped_malloc, wrapped_calloc, wrapped_realloc, wrapped_free};
    }
    if (domain_set(domain, &table) != 0)
        return -1;
    if (hook_debug_inner(inner) != inner)
        trace_freed_keep(); /* their reports say where a block was freed */
    started[domain].inner = inner;
    started[domain].traced = domain_active(domain);
    return 0;
}

/* Only what is still on top is taken off: a hook above calls the table it found. */
static void unwrap(unsigned domain)
{
    if (started[domain].traced != NULL && domain_active(domain) == started[domain].traced)
        domain_set(domain, started[domain].inner);
    started[domain].inner = started[domain].traced = NULL;
}

int hook_trace_start(unsigned frame_count)
{
    os_lock_take(&hook_lock);
    bool was_on = trace_is_on();
    int result = trace_start(frame_count);
    unsigned domain = 0;
    while (result == 0 && domain < PYMM_DOMAIN_COUNT && wrap(domain) == 0)
        domain++;
    if (result == 0 && domain < PYMM_DOMAIN_COUNT) {
        result = -1;
        for (domain = 0; !was_on && domain < PYMM_DOMAIN_COUNT; domain++)
            unwrap(domain);
        if (!was_on)
            trace_stop();
    }
    os_lock_drop(&hook_lock);
    return result;
}

void hook_trace_stop(void)
{
    os_lock_take(&hook_lock);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        unwrap(domain);
    trace_stop();
    os_lock_drop(&hook_lock);
}
