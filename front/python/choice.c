/* choice.c: which allocators serve: PYTHONMALLOC, PYTHONDEVMODE, PyPreConfig.allocator.
 *
 * Every domain works before any initialisation, so the environment is read when the library is loaded: the first block is
 * under the chosen allocators already. Py_PreInitialize reads it again, in case the program has changed it, and knows
 * PyPreConfig as well. A name that nobody knows is fatal there, as in CPython. At load it cannot be, since a library does
 * not stop a program that has not asked for anything yet: the first call to an allocator says so on a line, and the
 * default allocators serve.
 * Owns: choice_lock and what was chosen. Does not own: what a name stands for (domain/names.c). Read front.h first. */
#include "front.h"

#include "hook/hook.h"
#include "trace/trace.h"

#include <stdlib.h>

static os_lock choice_lock = OS_LOCK_INIT;
static domain_name name_in_force = (domain_name)-1; /* as last installed here; NOT_SET: the default */
static bool is_from_environment;  /* installed at load, by the environment */
static const pymm_allocator *tables_in_force[PYMM_DOMAIN_COUNT];
static const char *unknown_name; /* not said yet */

const char *front_setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

static atomic_bool is_heap = true;
static atomic_bool is_replaced; /* the program has set a table since */

void front_choice_replaced(void) { atomic_store_explicit(&is_replaced, true, memory_order_relaxed); }

static bool is_still_in_force(domain_name name)
{
    bool may_differ = atomic_load_explicit(&is_replaced, memory_order_relaxed);
    for (unsigned domain = 0; may_differ && domain < PYMM_DOMAIN_COUNT; domain++)
        if (tables_in_force[domain] != domain_active(domain))
            return false;
    return name == name_in_force;
}

static int install_locked(domain_name name)
{
    if (is_still_in_force(name))
        return 0; /* without a moment in which the hooks are off */
    if (domain_name_install(name) != 0 || front_fail_cover() != 0 ||
        (domain_name_is_debug(name) && front_debug_hooks_install() != 0))
        return -1;
    name_in_force = name;
    const pymm_allocator *base = hook_fail_inner(hook_debug_inner(domain_active(PYMM_DOMAIN_OBJ)));
    atomic_store_explicit(&is_heap, base->malloc != domain_libc_table()->malloc, memory_order_relaxed);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        tables_in_force[domain] = domain_active(domain);
    atomic_store_explicit(&is_replaced, false, memory_order_relaxed);
    return trace_is_on() ? hook_trace_start(1) : 0; /* tracing goes on, on top, with as many frames as before */
}

/* Tables until an unknown name is said: `ctx` is the number of the domain. ------------------------------------------------ */

static void settle(bool is_said)
{
    os_lock_take(&choice_lock);
    const char *name = unknown_name;
    unknown_name = NULL;
    if (name != NULL)
        install_locked(DOMAIN_NAME_NOT_SET);
    os_lock_drop(&choice_lock);
    if (name != NULL && is_said)
        base_warn("PYTHONMALLOC: no such allocator: '%s'; the default ones serve. Known are default, debug, malloc, pymalloc, "
                  "mimalloc, and the last three with _debug", name);
}

static void *unsettled_malloc(void *ctx, size_t bytes)
{
    settle(true);
    return domain_malloc((unsigned)(uintptr_t)ctx, bytes);
}

static void *unsettled_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    settle(true);
    return domain_calloc((unsigned)(uintptr_t)ctx, item_count, item_bytes);
}

static void *unsettled_realloc(void *ctx, void *block, size_t bytes)
{
    settle(true);
    return domain_realloc((unsigned)(uintptr_t)ctx, block, bytes);
}

static void unsettled_free(void *ctx, void *block)
{
    settle(true);
    domain_free((unsigned)(uintptr_t)ctx, block);
}

void front_choice_settle(void)
{
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        if (domain_active(domain)->malloc == unsettled_malloc) {
            settle(true);
            return;
        }
}

static void unsettle(const char *name)
{
    unknown_name = name;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        pymm_allocator table = {(void *)(uintptr_t)domain, unsettled_malloc, unsettled_calloc, unsettled_realloc, unsettled_free};
        domain_set(domain, &table);
    }
}

bool front_choice_is_heap(void) { return atomic_load_explicit(&is_heap, memory_order_relaxed); }

/* The choice --------------------------------------------------------------------------------------------------------------- */

/* What the environment asks for, -1 for an unknown name. */
static int name_from_environment(void)
{
    int name = domain_name_find(front_setting("PYTHONMALLOC"));
    return name == DOMAIN_NAME_NOT_SET && front_setting("PYTHONDEVMODE") != NULL ? DOMAIN_NAME_DEBUG : name;
}

/* Before other constructors where the order is ours to say (in a program that is linked with libpymm.a). */
__attribute__((constructor(101))) static void front_choice_at_load(void)
{
    int name = name_from_environment();
    if (name < 0)
        unsettle(front_setting("PYTHONMALLOC"));
    else if (install_locked((domain_name)name) != 0)
        base_warn("PYTHONMALLOC: no memory to install its allocators; the default ones serve");
    is_from_environment = name > 0;
    if (front_setting("PYTHONMALLOCSTATS") != NULL)
        front_malloc_stats_start();
}

static PyStatus failure(const char *function, const char *message)
{
    PyStatus status = PyStatus_Error(message);
    status.func = function;
    return status;
}

PyStatus front_choice_make(const PyPreConfig *config)
{
    int name = config->allocator;
    if (name != PYMEM_ALLOCATOR_NOT_SET && domain_name_text((domain_name)name) == NULL)
        return failure("_PyPreConfig_Write", "Unknown PYTHONMALLOC allocator");
    if (name == PYMEM_ALLOCATOR_NOT_SET && config->use_environment && (name = name_from_environment()) < 0)
        return failure("preconfig_init_allocator", "PYTHONMALLOC: unknown allocator");
    if (name == PYMEM_ALLOCATOR_NOT_SET && config->dev_mode > 0)
        name = PYMEM_ALLOCATOR_DEBUG;
    settle(false); /* the program has chosen, or the environment is none of its business */
    os_lock_take(&choice_lock);
    /* Nothing asked for: what the program has installed stays; what the environment has, goes if it may not be read. */
    bool is_wanted = name != PYMEM_ALLOCATOR_NOT_SET || (is_from_environment && !config->use_environment);
    int result = is_wanted ? install_locked((domain_name)name) : 0;
    is_from_environment = false;
    os_lock_drop(&choice_lock);
    return result == 0 ? PyStatus_Ok() : PyStatus_NoMemory();
}
