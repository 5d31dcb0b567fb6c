/* own_allocator.c: an allocator of the program's own in all domains, put in place between Py_PreInitialize and
 * Py_InitializeFromConfig, when there are no restrictions on it. Debug hooks go on top again, since it does not call the
 * former one. */
#include <Python.h>

typedef struct {
    long block_count; /* live ones; with more than one thread it would need a lock */
} store;

static void *store_malloc(void *ctx, size_t size)
{
    void *block = malloc(size == 0 ? 1 : size); /* zero bytes have to give a distinct block */
    ((store *)ctx)->block_count += block != NULL;
    return block;
}

static void *store_calloc(void *ctx, size_t nelem, size_t elsize)
{
    void *block = nelem == 0 || elsize == 0 ? calloc(1, 1) : calloc(nelem, elsize);
    ((store *)ctx)->block_count += block != NULL;
    return block;
}

static void *store_realloc(void *ctx, void *ptr, size_t new_size)
{
    void *block = realloc(ptr, new_size == 0 ? 1 : new_size); /* resizing to zero is no free */
    ((store *)ctx)->block_count += ptr == NULL && block != NULL;
    return block;
}

static void store_free(void *ctx, void *ptr)
{
    ((store *)ctx)->block_count -= ptr != NULL;
    free(ptr);
}

static void stop_on_error(PyStatus status)
{
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

int main(void)
{
    static store all_blocks; /* it has to live as long as the allocator */
    PyMemAllocatorEx own = {&all_blocks, store_malloc, store_calloc, store_realloc, store_free};
    PyPreConfig preconfig;
    PyConfig config;
    long before;
    unsigned char *buffer;

    PyPreConfig_InitPythonConfig(&preconfig);
    stop_on_error(Py_PreInitialize(&preconfig));
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &own);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &own);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &own);
    PyMem_SetupDebugHooks();
    PyConfig_InitPythonConfig(&config);
    stop_on_error(Py_InitializeFromConfig(&config));
    PyConfig_Clear(&config);

    before = all_blocks.block_count;
    buffer = (unsigned char *)PyMem_Malloc(100);
    if (buffer == NULL)
        return 1;
    printf("blocks of our own: %ld, filled with 0x%02x by the debug hooks\n", all_blocks.block_count - before, buffer[0]);
    PyMem_Free(buffer);
    printf("after freeing: %ld\n", all_blocks.block_count - before);
    return Py_FinalizeEx();
}
