/* debug_inner.c: debug hooks seen from below: sizes that the allocator under them is asked for, and the bytes in a block
 * when it comes back; installing them once, twice, and after another allocator.
 *
 * The hooks go on before Py_Initialize, since afterwards live blocks have no pads. Owns: PyMem_SetupDebugHooks. Does not own:
 * the layout as users see it (debug_layout.c). Read first: recorder.h. */
#include "check.h"
#include "recorder.h"

static recorder hooks[3];
static PyMemAllocatorEx under_copier;

/* Recorders in all domains, debug hooks over them, then Python. */
static void start_all(void)
{
    CHECK_EACH_DOMAIN(d)
        recorder_install(&hooks[d - check_domains], d->name, d->domain);
    PyMem_SetupDebugHooks();
    Py_Initialize();
}

static void sizes_below(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        void *block = d->malloc(10);
        recorder_print(check_join(d->name, "malloc_10"));
        recorder_start();
        block = d->realloc(block, 50);
        recorder_print(check_join(d->name, "realloc_50"));
        recorder_start();
        d->free(block);
        recorder_print(check_join(d->name, "free"));
        recorder_start();
        block = d->calloc(3, 5);
        recorder_print(check_join(d->name, "calloc_3_5"));
        d->free(block);
        recorder_start();
        block = d->malloc(0);
        recorder_print(check_join(d->name, "malloc_0"));
        recorder_start();
        block = d->realloc(block, 0);
        recorder_print(check_join(d->name, "realloc_0"));
        d->free(block);
        recorder_start();
        block = d->realloc(NULL, 9);
        recorder_print(check_join(d->name, "realloc_null_9"));
        d->free(block);
    }
}

/* free(NULL) is nothing to the debug hooks: they do not pass it on. */
static void free_null(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        d->free(NULL);
        recorder_print(check_join(d->name, "seen"));
    }
}

static void refused_below(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        d->malloc((size_t)PY_SSIZE_T_MAX);
        d->malloc((size_t)PY_SSIZE_T_MAX - 20);
        d->calloc((size_t)PY_SSIZE_T_MAX, 1);
        d->realloc(NULL, (size_t)PY_SSIZE_T_MAX - 1);
        recorder_print(check_join(d->name, "seen"));
    }
}

static void is_idempotent(void)
{
    start_all();
    PyMemAllocatorEx before[3], after[3];
    CHECK_EACH_DOMAIN(d)
        PyMem_GetAllocator(d->domain, &before[d - check_domains]);
    PyMem_SetupDebugHooks();
    PyMem_SetupDebugHooks();
    CHECK_EACH_DOMAIN(d)
    {
        int index = (int)(d - check_domains);
        PyMem_GetAllocator(d->domain, &after[index]);
        check_bool(check_join(d->name, "same_functions"), before[index].malloc == after[index].malloc &&
                                                              before[index].free == after[index].free);
        check_bool(check_join(d->name, "same_ctx"), before[index].ctx == after[index].ctx);
        recorder_start();
        d->free(d->malloc(10));
        recorder_print(check_join(d->name, "malloc_10"));
    }
}

static void idempotent_over_setting(void)
{
    PyMemAllocatorEx before, after;
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        PyMem_GetAllocator(d->domain, &before);
        PyMem_SetupDebugHooks();
        PyMem_GetAllocator(d->domain, &after);
        check_bool(check_join(d->name, "same"), before.malloc == after.malloc && before.ctx == after.ctx);
    }
}

/* Without SetupDebugHooks the recorder is on top; with it the debug hooks are. */
static void changes_the_table(void)
{
    PyMemAllocatorEx before[3], after;
    CHECK_EACH_DOMAIN(d)
        PyMem_GetAllocator(d->domain, &before[d - check_domains]);
    PyMem_SetupDebugHooks();
    CHECK_EACH_DOMAIN(d)
    {
        PyMem_GetAllocator(d->domain, &after);
        check_bool(check_join(d->name, "other_functions"), before[d - check_domains].malloc != after.malloc);
    }
    unsigned char *block = PyMem_RawMalloc(3);
    check_bytes("raw_before_init", block - 16, 16 + 3 + 8);
    PyMem_RawFree(block);
}

/* An allocator that replaces loses the debug hooks; setting them up again puts them over it. */
static void *plain_malloc(void *ctx, size_t bytes) { (void)ctx; return malloc(bytes ? bytes : 1); }
static void *plain_calloc(void *ctx, size_t count, size_t bytes) { (void)ctx; return count && bytes ? calloc(count, bytes) : calloc(1, 1); }
static void *plain_realloc(void *ctx, void *block, size_t bytes) { (void)ctx; return realloc(block, bytes ? bytes : 1); }
static void plain_free(void *ctx, void *block) { (void)ctx; free(block); }

static void after_set_allocator(void)
{
    PyMemAllocatorEx plain = {NULL, plain_malloc, plain_calloc, plain_realloc, plain_free}, table;
    PyMem_SetupDebugHooks();
    CHECK_EACH_DOMAIN(d)
    {
        PyMem_SetAllocator(d->domain, &plain);
        recorder_install(&hooks[d - check_domains], d->name, d->domain);
        recorder_start();
        d->free(d->malloc(10));
        recorder_print(check_join(d->name, "replaced"));
    }
    PyMem_SetupDebugHooks();
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_start();
        unsigned char *block = d->malloc(10);
        check_bytes(check_join(d->name, "head"), block - 16, 16);
        d->free(block);
        recorder_print(check_join(d->name, "set_up_again"));
        PyMem_GetAllocator(d->domain, &table);
        check_bool(check_join(d->name, "hook_is_on_top"), table.malloc == recorder_malloc);
    }
}

/* A hook over the debug hooks, and then PyMem_SetupDebugHooks: the debug hooks go on top once more. CPython has one record
 * for each domain, so that its hooks then call themselves for ever. */
static void over_hook_over_debug(void)
{
    static recorder outer;
    start_all();
    recorder_install(&outer, "outer", PYMEM_DOMAIN_RAW);
    recorder_start();
    PyMem_RawFree(PyMem_RawMalloc(10));
    recorder_print("hook_over_debug");
    PyMem_SetupDebugHooks();
    void *block = PyMem_RawMalloc(10);
    PyMem_RawFree(block);
    check_pointer("debug_over_hook_over_debug", block);
}

/* A copier below the debug hooks: what is in the memory when it is freed or resized. ------------------------------------- */

static unsigned char copy[256];
static size_t copy_bytes;

static void *copier_malloc(void *ctx, size_t bytes)
{
    (void)ctx;
    void *block = under_copier.malloc(under_copier.ctx, bytes);
    if (block)
        memset(block, 0x99, bytes); /* so that bytes the hooks leave alone are known ones */
    return block;
}

static void *copier_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    return under_copier.calloc(under_copier.ctx, item_count, item_bytes);
}

static int copier_is_failing;

static void *copier_realloc(void *ctx, void *block, size_t bytes)
{
    (void)ctx;
    if (copy_bytes)
        memcpy(copy, block, copy_bytes);
    return copier_is_failing ? NULL : under_copier.realloc(under_copier.ctx, block, bytes);
}

static void copier_free(void *ctx, void *block)
{
    (void)ctx;
    if (copy_bytes)
        memcpy(copy, block, copy_bytes);
    under_copier.free(under_copier.ctx, block);
}

static void start_copier(const check_domain *d)
{
    PyMemAllocatorEx hook = {NULL, copier_malloc, copier_calloc, copier_realloc, copier_free};
    PyMem_GetAllocator(d->domain, &under_copier);
    PyMem_SetAllocator(d->domain, &hook);
    PyMem_SetupDebugHooks();
    Py_Initialize();
}

/* One domain a case: the copier is one. */
static void copied(const check_domain *d)
{
    start_copier(d);
    unsigned char *block = d->malloc(5);
    memset(block, 0x41, 5);
    copy_bytes = 16 + 5 + 8;
    d->free(block);
    copy_bytes = 0;
    check_bytes("freed_5", copy, 16 + 5 + 8);

    block = d->malloc(0);
    copy_bytes = 24;
    d->free(block);
    copy_bytes = 0;
    check_bytes("freed_0", copy, 24);

    block = d->calloc(2, 5);
    memset(block, 0x42, 10);
    copy_bytes = 16 + 10 + 8;
    block = d->realloc(block, 30);
    copy_bytes = 0;
    check_bytes("resized_10_to_30", copy, 16 + 10 + 8);
    check_bytes("resized_10_to_30.after", block, 30);

    memset(block, 0x43, 30);
    copy_bytes = 16 + 30 + 8;
    block = d->realloc(block, 12);
    copy_bytes = 0;
    check_bytes("resized_30_to_12", copy, 16 + 30 + 8);
    check_bytes("resized_30_to_12.after", block, 12 + 8);
    d->free(block);

    /* Of more than 128 bytes only the ends are erased, since only they are saved. */
    block = d->malloc(160);
    memset(block, 0x44, 160);
    copy_bytes = 16 + 160 + 8;
    block = d->realloc(block, 200);
    copy_bytes = 0;
    check_bytes("resized_160_to_200", copy, 16 + 160 + 8);
    check_bytes("resized_160_to_200.after", block, 208);

    copier_is_failing = 1;
    memset(block, 0x45, 200);
    unsigned char *failed = d->realloc(block, 90);
    copier_is_failing = 0;
    check_pointer("failed", failed);
    check_bytes("failed.head", block - 16, 16);
    check_bytes("failed.data", block, 200);
    check_bytes("failed.tail", block + 200, 8);
    d->free(block);
}

static void copied_raw(void) { copied(&check_domains[0]); }
static void copied_mem(void) { copied(&check_domains[1]); }
static void copied_obj(void) { copied(&check_domains[2]); }

/* NULL from below is NULL above, and the block has its head, contents and tail. */
static void fails_below(void)
{
    start_all();
    CHECK_EACH_DOMAIN(d)
    {
        recorder *hook = &hooks[d - check_domains];
        unsigned char *block = d->malloc(20);
        memset(block, 0x21, 20);
        hook->is_failing = 1;
        void *made = d->malloc(5), *zeroed = d->calloc(5, 5), *grown = d->realloc(block, 500), *shrunk = d->realloc(block, 2);
        hook->is_failing = 0;
        check_pointer(check_join(d->name, "malloc"), made);
        check_pointer(check_join(d->name, "calloc"), zeroed);
        check_pointer(check_join(d->name, "grow"), grown);
        check_pointer(check_join(d->name, "shrink"), shrunk);
        check_bytes(check_join(d->name, "head"), block - 16, 16);
        check_bytes(check_join(d->name, "data_and_tail"), block, 28);
        d->free(block);
    }
}

static const check_case cases[] = {
    {"sizes_below", sizes_below, NULL},
    {"free_null", free_null, NULL},
    {"refused_below", refused_below, NULL},
    {"idempotent", is_idempotent, NULL},
    {"idempotent_over_setting", idempotent_over_setting, "PYTHONMALLOC=debug"},
    {"changes_the_table", changes_the_table, NULL},
    {"after_set_allocator", after_set_allocator, NULL},
    {"over_hook_over_debug", over_hook_over_debug, NULL},
    {"copied_raw", copied_raw, NULL},
    {"copied_mem", copied_mem, NULL},
    {"copied_obj", copied_obj, NULL},
    {"fails_below", fails_below, NULL},
};
CHECK_MAIN(cases)
