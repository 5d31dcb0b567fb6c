/* names.c: PYTHONMALLOC with every name, unknown ones, PYTHONDEVMODE: which allocator is read back, and what serves.
 *
 * Owns the names. Does not own: what debug hooks do (debug_layout.c). The name is read by _PyMem_GetCurrentAllocatorName
 * where the library exports it, by _PyMem_GetAllocatorsName in 3.7. Read first: check.h. */
#include "check.h"

#include <dlfcn.h>

static void print_name(const char *name)
{
    const char *(*read)(void) = NULL;
    static const char *const functions[] = {"_PyMem_GetCurrentAllocatorName", "_PyMem_GetAllocatorsName",
                                            "pymm_allocator_name"};
    for (size_t index = 0; index < sizeof functions / sizeof functions[0] && !read; index++)
        *(void **)&read = dlsym(RTLD_DEFAULT, functions[index]);
    const char *text = read ? read() : "cannot be read";
    check_text(name, "%s", text ? text : "none");
}

/* Debug hooks are known by the bytes before a block. */
static void print_hooks(void)
{
    CHECK_EACH_DOMAIN(d)
    {
        static const unsigned char head[8] = {0, 0, 0, 0, 0, 0, 0, 21};
        unsigned char *blocks[8], *block; /* the highest of several: what lies before it can be read in any case */
        for (int index = 0; index < 8; index++)
            blocks[index] = d->malloc(21);
        block = blocks[0];
        for (int index = 1; index < 8; index++)
            block = blocks[index] > block ? blocks[index] : block;
        check_bool(check_join(d->name, "has_debug_hooks"), memcmp(block - 16, head, 8) == 0 && block[-1] == 0xfd && *block == 0xcd);
        for (int index = 0; index < 8; index++)
            d->free(blocks[index]);
    }
}

/* Which domains have the same functions? With malloc all have, with the small-object allocator raw has others. */
static void print_tables(void)
{
    PyMemAllocatorEx tables[3];
    CHECK_EACH_DOMAIN(d)
        PyMem_GetAllocator(d->domain, &tables[d - check_domains]);
    check_bool("mem_is_obj", tables[1].malloc == tables[2].malloc);
    check_bool("raw_is_mem", tables[0].malloc == tables[1].malloc);
}

static void serves(void)
{
    Py_Initialize();
    print_name("name");
    print_hooks();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->malloc(100);
        memset(block, 1, 100);
        block = d->realloc(block, 1000);
        check_bool(check_join(d->name, "works"), block && block[0] == 1 && block[99] == 1);
        d->free(block);
    }
}

static void tables(void)
{
    Py_Initialize();
    print_tables();
}

/* A hook over an allocator: the name is not known any more. */
static PyMemAllocatorEx under;

static void *pass_malloc(void *ctx, size_t bytes) { (void)ctx; return under.malloc(under.ctx, bytes); }

static void hooked(void)
{
    Py_Initialize();
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &under);
    PyMemAllocatorEx hook = under;
    hook.malloc = pass_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &hook);
    print_name("with_hook");
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &under);
    print_name("without_hook");
}

static void debug_hooks_by_hand(void)
{
    PyMem_SetupDebugHooks();
    Py_Initialize();
    print_name("name");
    print_hooks();
}

static const check_case cases[] = {
    {"not_set", serves, NULL},
    {"empty", serves, "PYTHONMALLOC="},
    {"default", serves, "PYTHONMALLOC=default"},
    {"debug", serves, "PYTHONMALLOC=debug"},
    {"malloc", serves, "PYTHONMALLOC=malloc"},
    {"malloc_debug", serves, "PYTHONMALLOC=malloc_debug"},
    {"pymalloc", serves, "PYTHONMALLOC=pymalloc"},
    {"pymalloc_debug", serves, "PYTHONMALLOC=pymalloc_debug"},
    {"mimalloc", serves, "PYTHONMALLOC=mimalloc"},
    {"mimalloc_debug", serves, "PYTHONMALLOC=mimalloc_debug"},
    {"unknown", serves, "PYTHONMALLOC=jemalloc"},
    {"unknown_case", serves, "PYTHONMALLOC=Debug"},
    {"unknown_space", serves, "PYTHONMALLOC=debug,"},
    {"unknown_prefix", serves, "PYTHONMALLOC=pymallo"},
    {"unknown_number", serves, "PYTHONMALLOC=0"},
    {"dev_mode", serves, "PYTHONDEVMODE=1"},
    {"dev_mode_empty", serves, "PYTHONDEVMODE="},
    {"dev_mode_zero", serves, "PYTHONDEVMODE=0"},
    {"dev_mode_and_malloc", serves, "PYTHONDEVMODE=1 PYTHONMALLOC=malloc"},
    {"dev_mode_and_default", serves, "PYTHONDEVMODE=1 PYTHONMALLOC=default"},
    {"dev_mode_and_empty", serves, "PYTHONDEVMODE=1 PYTHONMALLOC="},
    {"tables_default", tables, NULL},
    {"tables_malloc", tables, "PYTHONMALLOC=malloc"},
    {"tables_debug", tables, "PYTHONMALLOC=debug"},
    {"hooked", hooked, NULL},
    {"hooked_debug", hooked, "PYTHONMALLOC=debug"},
    {"by_hand", debug_hooks_by_hand, NULL},
};
CHECK_MAIN(cases)
