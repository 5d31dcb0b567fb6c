/* recorder.h: hooks that wrap what is installed and write down each call with its sizes.
 *
 * A call becomes one word of the log: "mem:malloc(16)", "raw:calloc(2,8)", "obj:realloc(block,40)", "obj:realloc(NULL,40)",
 * "mem:free(block)", "mem:free(NULL)". Nothing is written while the recorder is off, so that a Python's own calls do not
 * show. Owns: the above. For one thread. Read first: check.h. */
#ifndef PYMM_RECORDER_H
#define PYMM_RECORDER_H

#include "check.h"

typedef struct recorder {
    const char *name;
    PyMemAllocatorDomain domain;
    PyMemAllocatorEx under; /* what was installed before */
    int is_failing;         /* malloc, calloc and realloc return NULL and do not go on */
} recorder;

static char recorder_log[4096];
static size_t recorder_used;
static int recorder_is_on;

__attribute__((format(printf, 1, 2))) static void recorder_write(const char *format, ...)
{
    va_list arguments;
    if (!recorder_is_on || recorder_used >= sizeof recorder_log - 1)
        return;
    va_start(arguments, format);
    recorder_used += (size_t)vsnprintf(recorder_log + recorder_used, sizeof recorder_log - recorder_used, format, arguments);
    va_end(arguments);
}

static const char *recorder_word(const void *block)
{
    return block ? "block" : "NULL";
}

static void *recorder_malloc(void *ctx, size_t bytes)
{
    recorder *own = ctx;
    recorder_write(" %s:malloc(%zu)", own->name, bytes);
    return own->is_failing ? NULL : own->under.malloc(own->under.ctx, bytes);
}

static void *recorder_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    recorder *own = ctx;
    recorder_write(" %s:calloc(%zu,%zu)", own->name, item_count, item_bytes);
    return own->is_failing ? NULL : own->under.calloc(own->under.ctx, item_count, item_bytes);
}

static void *recorder_realloc(void *ctx, void *block, size_t bytes)
{
    recorder *own = ctx;
    recorder_write(" %s:realloc(%s,%zu)", own->name, recorder_word(block), bytes);
    return own->is_failing ? NULL : own->under.realloc(own->under.ctx, block, bytes);
}

static void recorder_free(void *ctx, void *block)
{
    recorder *own = ctx;
    recorder_write(" %s:free(%s)", own->name, recorder_word(block));
    own->under.free(own->under.ctx, block);
}

/* Put `own` over what serves the domain now. */
CHECK_UNUSED static void recorder_install(recorder *own, const char *name, PyMemAllocatorDomain domain)
{
    PyMemAllocatorEx hook = {own, recorder_malloc, recorder_calloc, recorder_realloc, recorder_free};
    own->name = name;
    own->domain = domain;
    own->is_failing = 0;
    PyMem_GetAllocator(domain, &own->under);
    PyMem_SetAllocator(domain, &hook);
}

/* Put back what was there before `own`. */
CHECK_UNUSED static void recorder_remove(recorder *own)
{
    PyMem_SetAllocator(own->domain, &own->under);
}

CHECK_UNUSED static void recorder_start(void)
{
    recorder_used = 0;
    recorder_log[0] = '\0';
    recorder_is_on = 1;
}

/* Stop writing, and print what was written. */
CHECK_UNUSED static void recorder_print(const char *name)
{
    recorder_is_on = 0;
    printf("%s:%s\n", name, recorder_used ? recorder_log : " nothing");
}
#endif
