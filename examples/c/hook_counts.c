/* hook_counts.c: a hook in each domain that counts and then calls the allocator that was there before. It may be put on at
 * any time, since it wraps. */
#include <Python.h>

typedef struct {
    const char *name;
    PyMemAllocatorEx next;
    size_t call_count, asked_bytes;
} counter;

static void *count_malloc(void *ctx, size_t size)
{
    counter *hook = (counter *)ctx;
    hook->call_count++;
    hook->asked_bytes += size;
    return hook->next.malloc(hook->next.ctx, size);
}

static void *count_calloc(void *ctx, size_t nelem, size_t elsize)
{
    counter *hook = (counter *)ctx;
    hook->call_count++;
    hook->asked_bytes += nelem * elsize;
    return hook->next.calloc(hook->next.ctx, nelem, elsize);
}

static void *count_realloc(void *ctx, void *ptr, size_t new_size)
{
    counter *hook = (counter *)ctx;
    hook->call_count++;
    hook->asked_bytes += new_size;
    return hook->next.realloc(hook->next.ctx, ptr, new_size);
}

static void count_free(void *ctx, void *ptr)
{
    counter *hook = (counter *)ctx;
    hook->call_count++;
    hook->next.free(hook->next.ctx, ptr);
}

/* An array that grows. When that fails, the old one is still there. */
static void grow(void)
{
    void *numbers = PyMem_Calloc(10, 10), *larger = PyMem_Realloc(numbers, 300);
    PyMem_Free(larger != NULL ? larger : numbers);
}

int main(void)
{
    static const char *const names[] = {"raw", "mem", "obj"};
    counter counters[3];
    memset(counters, 0, sizeof counters);
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx hook = {&counters[domain], count_malloc, count_calloc, count_realloc, count_free};
        counters[domain].name = names[domain];
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &counters[domain].next);
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &hook);
    }
    PyMem_RawFree(PyMem_RawMalloc(1000));
    grow();
    PyObject_Free(PyObject_Malloc(0));
    for (int domain = 0; domain < 3; domain++) {
        PyMem_SetAllocator((PyMemAllocatorDomain)domain, &counters[domain].next);
        printf("%s: %zu calls, %zu bytes asked for\n", counters[domain].name, counters[domain].call_count,
               counters[domain].asked_bytes);
    }
    return 0;
}
