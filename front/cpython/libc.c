/* libc.c: stands in front of libc's free and realloc, for blocks of pymm's that end up there.
 *
 * CPython sets the raw domain back to malloc for moments (3.7 to 3.13: while it starts and ends, where another thread may be
 * freeing) and for good when it is initialised a second time (3.12 and 3.13). What pymm gave out before then arrives here.
 * Every other pointer goes on to whoever would have got it. Nothing is allocated here: malloc and calloc are not touched.
 * Owns: the names free and realloc. */
#include "front.h"

#include <dlfcn.h>
#include <stdlib.h>

typedef void (*free_function)(void *block);
typedef void *(*realloc_function)(void *block, size_t bytes);

static _Atomic(free_function) next_free;
static _Atomic(realloc_function) next_realloc;
/* dlsym may itself free: what it frees meanwhile is a few bytes, and is kept. Volatile, as dlsym is declared a leaf: the
 * compiler would think that nothing reads this during the call. */
static OS_THREAD_LOCAL volatile bool is_looking;

static void *find_next(const char *name)
{
    is_looking = true;
    void *function = dlsym(RTLD_NEXT, name);
    is_looking = false;
    if (function == NULL)
        pymm_fatal("no '%s' behind the preload: the program has no libc to fall back on; run it without pymm", name);
    return function;
}

void front_libc_free(void *block)
{
    free_function function = atomic_load_explicit(&next_free, memory_order_relaxed);
    if (block == NULL || (function == NULL && is_looking))
        return;
    if (PYMM_UNLIKELY(function == NULL)) {
        *(void **)&function = find_next("free");
        atomic_store_explicit(&next_free, function, memory_order_relaxed);
    }
    function(block);
}

void *front_libc_realloc(void *block, size_t bytes)
{
    realloc_function function = atomic_load_explicit(&next_realloc, memory_order_relaxed);
    if (PYMM_UNLIKELY(function == NULL)) {
        if (is_looking)
            return NULL;
        *(void **)&function = find_next("realloc");
        atomic_store_explicit(&next_realloc, function, memory_order_relaxed);
    }
    return function(block, bytes);
}

PYMM_EXPORT void free(void *block)
{
    if (PYMM_UNLIKELY(pymm_owns(block)))
        heap_free(block);
    else
        front_libc_free(block);
}

PYMM_EXPORT void *realloc(void *block, size_t bytes)
{
    if (PYMM_LIKELY(!pymm_owns(block)))
        return front_libc_realloc(block, bytes);
    return heap_realloc(PYMM_DOMAIN_RAW, block, bytes);
}
