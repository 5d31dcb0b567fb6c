/* names.c: the names by which a user chooses allocators: PYTHONMALLOC's values, and what each stands for in this build.
 *
 *   name                              raw   mem   obj
 *   default, debug                    as the build options say: those of malloc, or those of pymalloc
 *   malloc, malloc_debug              libc  libc  libc
 *   pymalloc, mimalloc, and _debug    heap  heap  heap
 * pymm's heap stands where CPython has pymalloc or mimalloc; it is thread-safe and so serves the raw domain too.
 * Owns: this table. Does not own: the debug hooks (hook/debug.c), reading the environment (a front). Read domain.h first. */
#include "domain/domain.h"

/* Build options: PYMM_DEBUG_BUILD is CPython's --with-pydebug, PYMM_WITHOUT_PYMALLOC its --without-pymalloc. */
#ifdef PYMM_WITHOUT_PYMALLOC
#define DEFAULT_NAME DOMAIN_NAME_MALLOC
#else
#define DEFAULT_NAME DOMAIN_NAME_PYMALLOC
#endif
#ifdef PYMM_DEBUG_BUILD
#define IS_DEBUG_BUILD true
#else
#define IS_DEBUG_BUILD false
#endif

static const char *const texts[] = {
    [DOMAIN_NAME_DEFAULT] = "default",
    [DOMAIN_NAME_DEBUG] = "debug",
    [DOMAIN_NAME_MALLOC] = "malloc",
    [DOMAIN_NAME_MALLOC_DEBUG] = "malloc_debug",
    [DOMAIN_NAME_PYMALLOC] = "pymalloc",
    [DOMAIN_NAME_PYMALLOC_DEBUG] = "pymalloc_debug",
    [DOMAIN_NAME_MIMALLOC] = "mimalloc",
    [DOMAIN_NAME_MIMALLOC_DEBUG] = "mimalloc_debug",
};

static _Atomic domain_name heap_name = DOMAIN_NAME_PYMALLOC; /* by which of its two names the heap was asked for */

int domain_name_find(const char *text)
{
    if (text == NULL || *text == '\0')
        return DOMAIN_NAME_NOT_SET;
    for (unsigned name = DOMAIN_NAME_DEFAULT; name < PYMM_COUNT_OF(texts); name++)
        if (strcmp(text, texts[name]) == 0)
            return (int)name;
    return -1;
}

const char *domain_name_text(domain_name name)
{
    return (unsigned)name < PYMM_COUNT_OF(texts) ? texts[name] : NULL;
}

bool domain_name_is_debug(domain_name name)
{
    switch (name) {
    case DOMAIN_NAME_DEBUG:
    case DOMAIN_NAME_MALLOC_DEBUG:
    case DOMAIN_NAME_PYMALLOC_DEBUG:
    case DOMAIN_NAME_MIMALLOC_DEBUG:
        return true;
    case DOMAIN_NAME_NOT_SET:
    case DOMAIN_NAME_DEFAULT:
        return IS_DEBUG_BUILD;
    default:
        return false;
    }
}

/* The name without debug hooks that says which allocators serve. */
static domain_name base_of(domain_name name)
{
    switch (name) {
    case DOMAIN_NAME_MALLOC:
    case DOMAIN_NAME_MALLOC_DEBUG:
        return DOMAIN_NAME_MALLOC;
    case DOMAIN_NAME_PYMALLOC:
    case DOMAIN_NAME_PYMALLOC_DEBUG:
        return DOMAIN_NAME_PYMALLOC;
    case DOMAIN_NAME_MIMALLOC:
    case DOMAIN_NAME_MIMALLOC_DEBUG:
        return DOMAIN_NAME_MIMALLOC;
    default:
        return DEFAULT_NAME;
    }
}

int domain_name_install(domain_name name)
{
    domain_name base = base_of(name);
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        const pymm_allocator *table =
            base == DOMAIN_NAME_MALLOC ? domain_libc_table() : pymm_allocator_get((enum pymm_domain)domain);
        if (domain_set(domain, table) != 0)
            return -1;
    }
    if (base != DOMAIN_NAME_MALLOC)
        atomic_store_explicit(&heap_name, base, memory_order_relaxed);
    return 0;
}

static bool serves(const pymm_allocator *table, const pymm_allocator *base) { return table->malloc == base->malloc; }

domain_name domain_name_of(const pymm_allocator *const tables[PYMM_DOMAIN_COUNT])
{
    unsigned heap_count = 0, libc_count = 0;
    for (unsigned domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        const pymm_allocator *table = tables == NULL ? domain_active(domain) : tables[domain];
        heap_count += serves(table, pymm_allocator_get((enum pymm_domain)domain));
        libc_count += serves(table, domain_libc_table());
    }
    if (heap_count == PYMM_DOMAIN_COUNT)
        return atomic_load_explicit(&heap_name, memory_order_relaxed);
    return libc_count == PYMM_DOMAIN_COUNT ? DOMAIN_NAME_MALLOC : DOMAIN_NAME_NOT_SET;
}
