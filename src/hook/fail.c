/* fail.c: a table that lets chosen allocations fail, so that programs and tests can see what they do then.
 *
 * Owns: counting the calls that ask for memory (malloc, calloc, realloc), and which of them fail. Frees always go through,
 * and so does every call once failing has stopped: a table that something else was put on top of stays where it is.
 * Does not own: the variable PYMM_FAIL (a front). Read hook.h first. */
#include "hook/hook.h"

#include "domain/domain.h"

typedef struct fail_wrap {
    pymm_allocator inner;
    struct fail_wrap *next;
} fail_wrap;

static os_lock wraps_lock = OS_LOCK_INIT;
static fail_wrap *wraps; /* one for each table that was ever wrapped; kept, as the copies of tables are */

static atomic_bool is_failing;
static atomic_size_t call_count, failed_count, spared_count;
static atomic_bool is_once;

static bool is_hit(void)
{
    if (!atomic_load_explicit(&is_failing, memory_order_acquire))
        return false;
    size_t call = atomic_fetch_add_explicit(&call_count, 1, memory_order_relaxed);
    size_t spared = atomic_load_explicit(&spared_count, memory_order_relaxed);
    if (call < spared || (call > spared && atomic_load_explicit(&is_once, memory_order_relaxed)))
        return false;
    atomic_fetch_add_explicit(&failed_count, 1, memory_order_relaxed);
    return true;
}

static PYMM_ENTRY void *fail_malloc(void *ctx, size_t bytes)
{
    const pymm_allocator *inner = ctx;
    return is_hit() ? NULL : inner->malloc(inner->ctx, bytes);
}

static PYMM_ENTRY void *fail_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    const pymm_allocator *inner = ctx;
    return is_hit() ? NULL : inner->calloc(inner->ctx, item_count, item_bytes);
}

static PYMM_ENTRY void *fail_realloc(void *ctx, void *block, size_t bytes)
{
    const pymm_allocator *inner = ctx;
    return is_hit() ? NULL : inner->realloc(inner->ctx, block, bytes);
}

static PYMM_ENTRY void fail_free(void *ctx, void *block)
{
    const pymm_allocator *inner = ctx;
    inner->free(inner->ctx, block);
}

static fail_wrap *wrap_of(const pymm_allocator *inner)
{
    fail_wrap *wrap = wraps;
    while (wrap != NULL && memcmp(&wrap->inner, inner, sizeof *inner) != 0)
        wrap = wrap->next;
    if (wrap == NULL && (wrap = heap_meta_take(sizeof *wrap)) != NULL) {
        *wrap = (fail_wrap){*inner, wraps};
        wraps = wrap;
    }
    return wrap;
}

static int install(unsigned domain)
{
    const pymm_allocator *active = domain_active(domain);
    if (active->malloc == fail_malloc)
        return 0;
    fail_wrap *wrap = wrap_of(active);
    if (wrap == NULL)
        return -1;
    pymm_allocator table = {&wrap->inner, fail_malloc, fail_calloc, fail_realloc, fail_free};
    return domain_set(domain, &table);
}

static void remove_where_on_top(void)
{
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        if (domain_active(domain)->malloc == fail_malloc)
            domain_set(domain, hook_fail_inner(domain_active(domain)));
}

static int install_all(unsigned domains)
{
    int status = 0;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT && status == 0; domain++)
        if (domains >> domain & 1u)
            status = install(domain);
    return status;
}

int hook_fail_cover(unsigned domains)
{
    os_lock_take(&wraps_lock);
    int status = install_all(domains);
    os_lock_drop(&wraps_lock);
    return status;
}

int hook_fail_start(unsigned domains, size_t spared, bool once)
{
    os_lock_take(&wraps_lock);
    atomic_store_explicit(&is_failing, false, memory_order_relaxed);
    int status = install_all(domains);
    if (status != 0)
        remove_where_on_top();
    atomic_store_explicit(&call_count, 0, memory_order_relaxed);
    atomic_store_explicit(&failed_count, 0, memory_order_relaxed);
    atomic_store_explicit(&spared_count, spared, memory_order_relaxed);
    atomic_store_explicit(&is_once, once, memory_order_relaxed);
    atomic_store_explicit(&is_failing, status == 0, memory_order_release);
    os_lock_drop(&wraps_lock);
    return status;
}

void hook_fail_stop(void)
{
    os_lock_take(&wraps_lock);
    atomic_store_explicit(&is_failing, false, memory_order_relaxed);
    remove_where_on_top();
    os_lock_drop(&wraps_lock);
}

size_t hook_fail_count(void) { return atomic_load_explicit(&call_count, memory_order_relaxed); }
size_t hook_fail_failed_count(void) { return atomic_load_explicit(&failed_count, memory_order_relaxed); }

const pymm_allocator *hook_fail_inner(const pymm_allocator *table)
{
    return table->malloc == fail_malloc ? table->ctx : table;
}
