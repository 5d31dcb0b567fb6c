/* replaced.c: a library that replaces allocators before main, as PYMM_TEST_REPLACED says: `arena` (slabs lie in memory of our
 * own), `object` (objects come from the C library), `hooks` (all three domains go through a hook that counts).
 *
 * At the end of the process no block of ours may be missing: what was taken less what was given back is not below 0.
 * Owns: these allocators. Does not own: the tests that run on them. */
#include <Python.h>

#include <sys/mman.h>

static long arena_count, block_count;
static PyMemAllocatorEx below[3];

static void *arena_alloc(void *ctx, size_t bytes)
{
    (void)ctx;
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena_count += start != MAP_FAILED;
    return start == MAP_FAILED ? NULL : start;
}
static void arena_free(void *ctx, void *start, size_t bytes)
{
    (void)ctx;
    arena_count--;
    munmap(start, bytes);
}

static void *libc_malloc(void *ctx, size_t bytes)
{
    (void)ctx;
    void *block = malloc(bytes == 0 ? 1 : bytes);
    block_count += block != NULL;
    return block;
}
static void *libc_calloc(void *ctx, size_t count, size_t bytes)
{
    (void)ctx;
    void *block = count == 0 || bytes == 0 ? calloc(1, 1) : calloc(count, bytes);
    block_count += block != NULL;
    return block;
}
static void *libc_realloc(void *ctx, void *block, size_t bytes)
{
    (void)ctx;
    void *moved = realloc(block, bytes == 0 ? 1 : bytes);
    block_count += block == NULL && moved != NULL;
    return moved;
}
static void libc_free(void *ctx, void *block)
{
    (void)ctx;
    block_count -= block != NULL;
    free(block);
}

static void *hook_malloc(void *ctx, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return to->malloc(to->ctx, bytes);
}
static void *hook_calloc(void *ctx, size_t count, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return to->calloc(to->ctx, count, bytes);
}
static void *hook_realloc(void *ctx, void *block, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return to->realloc(to->ctx, block, bytes);
}
static void hook_free(void *ctx, void *block)
{
    PyMemAllocatorEx *to = ctx;
    to->free(to->ctx, block);
}

__attribute__((constructor)) static void replace(void)
{
    static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
    const char *what = getenv("PYMM_TEST_REPLACED");
    PyObjectArenaAllocator arena = {NULL, arena_alloc, arena_free};
    PyMemAllocatorEx libc = {NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};
    if (what == NULL)
        return;
    if (strcmp(what, "arena") == 0)
        PyObject_SetArenaAllocator(&arena);
    else if (strcmp(what, "object") == 0)
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &libc);
    else
        for (int i = 0; i < 3; i++) {
            PyMem_GetAllocator(domains[i], &below[i]);
            PyMemAllocatorEx hook = {&below[i], hook_malloc, hook_calloc, hook_realloc, hook_free};
            PyMem_SetAllocator(domains[i], &hook);
        }
}

__attribute__((destructor)) static void end(void)
{
    const char *what = getenv("PYMM_TEST_REPLACED");
    int is_used = what != NULL && (strcmp(what, "arena") != 0 || arena_count > 0);
    if (what != NULL && (!is_used || arena_count < 0 || block_count < 0)) {
        fprintf(stderr, "replaced allocators were not used, or given back too much: %ld arenas, %ld blocks\n", arena_count, block_count);
        _Exit(9);
    }
}
