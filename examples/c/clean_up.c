/* clean_up.c: each allocation is checked, and when a later one fails what came before it is freed. The allocator here
 * fails on purpose: it is a hook that counts down. */
#include <Python.h>

typedef struct {
    PyMemAllocatorEx next;
    int calls_left;
    int live_count;
} limiter;

static void *limited_malloc(void *ctx, size_t size)
{
    limiter *limit = (limiter *)ctx;
    void *block = limit->calls_left-- > 0 ? limit->next.malloc(limit->next.ctx, size) : NULL;
    limit->live_count += block != NULL;
    return block;
}

static void *limited_calloc(void *ctx, size_t nelem, size_t elsize)
{
    limiter *limit = (limiter *)ctx;
    void *block = limit->calls_left-- > 0 ? limit->next.calloc(limit->next.ctx, nelem, elsize) : NULL;
    limit->live_count += block != NULL;
    return block;
}

static void *limited_realloc(void *ctx, void *ptr, size_t new_size)
{
    limiter *limit = (limiter *)ctx;
    return limit->calls_left-- > 0 ? limit->next.realloc(limit->next.ctx, ptr, new_size) : NULL;
}

static void limited_free(void *ctx, void *ptr)
{
    limiter *limit = (limiter *)ctx;
    limit->live_count -= ptr != NULL;
    limit->next.free(limit->next.ctx, ptr);
}

typedef struct {
    char *name;
    double *values;
} table;

static table *table_new(const char *name, size_t count)
{
    table *made = PyMem_New(table, 1);
    if (made == NULL)
        return NULL;
    made->name = PyMem_New(char, strlen(name) + 1);
    if (made->name == NULL) {
        PyMem_Del(made);
        return NULL;
    }
    strcpy(made->name, name);
    made->values = (double *)PyMem_Calloc(count, sizeof(double));
    if (made->values == NULL) {
        PyMem_Del(made->name);
        PyMem_Del(made);
        return NULL;
    }
    return made;
}

static void table_free(table *made)
{
    PyMem_Free(made->values);
    PyMem_Del(made->name);
    PyMem_Del(made);
}

int main(void)
{
    limiter limit;
    PyMemAllocatorEx hook = {&limit, limited_malloc, limited_calloc, limited_realloc, limited_free};
    limit.live_count = 0;
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &limit.next);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &hook);
    for (int calls = 0; calls <= 3; calls++) {
        limit.calls_left = calls;
        table *made = table_new("prices", 1000);
        printf("%d allocations allowed: %s, %d blocks live\n", calls, made == NULL ? "failed" : "made", limit.live_count);
        if (made != NULL)
            table_free(made);
    }
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &limit.next);
    printf("at the end: %d blocks live\n", limit.live_count);
    return 0;
}
