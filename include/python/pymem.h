/* pymem.h: the memory functions of the Python/C API: three domains, their macros, their allocators.
 *
 * Owns: PyMem_Raw*, PyMem_*, PyObject_Malloc and its family, PyMemAllocatorEx, allocator names. Does not own: the GIL
 * (pystate.h), tracing (pytracemalloc.h). Include Python.h, not this file.
 *
 * Rules common to all of them. Sizes are in bytes. Every function is thread-safe, works before Py_Initialize and after
 * Py_Finalize, and needs no GIL (CPython asks for it in the mem and obj domains, and so do the debug hooks, where they are
 * installed). Blocks are aligned to 16 bytes. A size of 0 gives a distinct block that is not NULL. A size over
 * PY_SSIZE_T_MAX gives NULL, like a lack of memory; no error is set and nothing is printed. A block is freed and resized
 * by the functions of the domain that made it. Since pymm 0.1; text: "Memory Management", 3.8 to 3.13. */
#ifndef Py_PYMEM_H
#define Py_PYMEM_H

#include <stdio.h>

#include "pyport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Raw domain: general buffers; the one whose functions CPython, too, lets anybody call without the GIL. */

/* A new block with undefined contents, NULL when there is no memory. Text: "Raw Memory Interface". */
PyAPI_FUNC(void *) PyMem_RawMalloc(size_t size);
/* A new block of nelem * elsize bytes of zeros; NULL also when the product is over PY_SSIZE_T_MAX. */
PyAPI_FUNC(void *) PyMem_RawCalloc(size_t nelem, size_t elsize);
/* Resize: contents stay up to the smaller of both sizes. ptr NULL: as Malloc. Size 0: resized, not freed. NULL: no memory,
 * and the block is as it was. */
PyAPI_FUNC(void *) PyMem_RawRealloc(void *ptr, size_t new_size);
/* Free a block; NULL is nothing. */
PyAPI_FUNC(void) PyMem_RawFree(void *ptr);

/* Mem domain: buffers of the Python heap. As their raw namesakes. Text: "Memory Interface". */
PyAPI_FUNC(void *) PyMem_Malloc(size_t size);
PyAPI_FUNC(void *) PyMem_Calloc(size_t nelem, size_t elsize);
PyAPI_FUNC(void *) PyMem_Realloc(void *ptr, size_t new_size);
PyAPI_FUNC(void) PyMem_Free(void *ptr);

/* Object domain: memory of Python objects. As their raw namesakes. Text: "Object allocators". */
PyAPI_FUNC(void *) PyObject_Malloc(size_t size);
PyAPI_FUNC(void *) PyObject_Calloc(size_t nelem, size_t elsize);
PyAPI_FUNC(void *) PyObject_Realloc(void *ptr, size_t new_size);
PyAPI_FUNC(void) PyObject_Free(void *ptr);

/* Arrays of a type. `n` is evaluated once, and a byte count over PY_SSIZE_T_MAX gives NULL. ------------------------------ */

static inline void *pymm_array_new(size_t n, size_t item_bytes)
{
    return n > (size_t)PY_SSIZE_T_MAX / item_bytes ? NULL : PyMem_Malloc(n * item_bytes);
}

static inline void *pymm_array_resize(void *ptr, size_t n, size_t item_bytes)
{
    return n > (size_t)PY_SSIZE_T_MAX / item_bytes ? NULL : PyMem_Realloc(ptr, n * item_bytes);
}

/* TYPE *PyMem_New(TYPE, size_t n): n items, undefined contents. */
#define PyMem_New(type, n) ((type *)pymm_array_new((size_t)(n), sizeof(type)))
/* PyMem_Resize(p, TYPE, size_t n): p becomes the resized array, or NULL on failure, when the old one lives on: keep its
 * address if it is to be freed then. */
#define PyMem_Resize(p, type, n) ((p) = (type *)pymm_array_resize((p), (size_t)(n), sizeof(type)))
#define PyMem_Del(p) PyMem_Free(p)

/* The names that bypassed the functions once, and are the same as them now. */
#define PyMem_MALLOC(size) PyMem_Malloc(size)
#define PyMem_REALLOC(p, size) PyMem_Realloc((p), (size))
#define PyMem_FREE(p) PyMem_Free(p)
#define PyMem_NEW(type, n) PyMem_New(type, n)
#define PyMem_RESIZE(p, type, n) PyMem_Resize(p, type, n)
#define PyMem_DEL(p) PyMem_Free(p)
#define PyObject_MALLOC PyObject_Malloc
#define PyObject_REALLOC PyObject_Realloc
#define PyObject_FREE PyObject_Free
#define PyObject_Del PyObject_Free
#define PyObject_DEL PyObject_Free

/* Allocators of the domains. Text: "Customize Memory Allocators". -------------------------------------------------------- */

typedef enum {
    PYMEM_DOMAIN_RAW, /* PyMem_RawMalloc and family */
    PYMEM_DOMAIN_MEM, /* PyMem_Malloc and family */
    PYMEM_DOMAIN_OBJ  /* PyObject_Malloc and family */
} PyMemAllocatorDomain;

/* The allocator of a domain. Its functions never see a size over PY_SSIZE_T_MAX; they do see size 0, for which they return
 * a distinct block, and free(NULL) and realloc(NULL). */
typedef struct {
    void *ctx; /* passed as first argument */
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t nelem, size_t elsize);
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    void (*free)(void *ctx, void *ptr);
} PyMemAllocatorEx;

/* The name before 3.5, when there was no calloc: left NULL, it is made of malloc. */
typedef PyMemAllocatorEx PyMemAllocator;

/* The allocator in force. Unknown domain: all fields NULL. */
PyAPI_FUNC(void) PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
/* Put a copy of `allocator` in force, at once and as a whole, while other threads may be allocating; a call that is on its
 * way still ends in the former one. An allocator that does not call the former one must be installed before the domain's
 * first block, or cope with its blocks; debug hooks are gone with it until PyMem_SetupDebugHooks is called again.
 * Unknown domain: nothing happens. A function that is NULL (calloc apart): one line on stderr, nothing else happens. */
PyAPI_FUNC(void) PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

/* Put debug hooks on top of the allocator of every domain; where they are on top already, nothing happens. They surround
 * and fill blocks, check them when they are freed and resized, check in the mem and obj domains that the GIL is held, and
 * end the process with a report on standard error when something is wrong. Blocks that were made before they were put on
 * may still be freed where pymm's heap is below, which CPython does not promise. Text: "Debug hooks on the Python memory
 * allocators". */
PyAPI_FUNC(void) PyMem_SetupDebugHooks(void);

/* Where the memory for small blocks comes from. Text: "Customize pymalloc Arena Allocator". -------------------------------- */

/* `alloc` returns `size` bytes at any alignment, or NULL, which fails the allocation that asked for them; `free` gets
 * them back with the same size. Both are called with no lock of pymm's held. CPython asks for 256 KiB (1 MiB since 3.10) at
 * a time; pymm for segments of 1 MiB (4 MiB where pages may be 64 KiB), and blocks of the mem and obj domains of up to
 * 32 KiB lie in them, where CPython's threshold is 512 bytes. */
typedef struct {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *ptr, size_t size);
} PyObjectArenaAllocator;

/* The source in force. */
PyAPI_FUNC(void) PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator);
/* Have further memory come from a copy of `allocator`. Arenas taken before go back to where they came from once they are
 * empty. A function that is NULL: one line on stderr, nothing else happens. */
PyAPI_FUNC(void) PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator);

/* Names of allocators: values of PYTHONMALLOC, and of PyPreConfig.allocator. Text: "Default Memory Allocators". */
typedef enum {
    PYMEM_ALLOCATOR_NOT_SET = 0,        /* as this library was built: pymalloc */
    PYMEM_ALLOCATOR_DEFAULT = 1,        /* the same, said explicitly */
    PYMEM_ALLOCATOR_DEBUG = 2,          /* the default one under debug hooks */
    PYMEM_ALLOCATOR_MALLOC = 3,         /* the C library's, in all domains */
    PYMEM_ALLOCATOR_MALLOC_DEBUG = 4,
    PYMEM_ALLOCATOR_PYMALLOC = 5,       /* pymm's heap, in all domains */
    PYMEM_ALLOCATOR_PYMALLOC_DEBUG = 6,
    PYMEM_ALLOCATOR_MIMALLOC = 7,       /* pymm's heap too */
    PYMEM_ALLOCATOR_MIMALLOC_DEBUG = 8
} PyMemAllocatorName;

/* The name of the allocators in force ("pymalloc", "malloc_debug", ...), NULL when a program has put in its own,
 * or has its blocks traced. */
PyAPI_FUNC(const char *) _PyMem_GetCurrentAllocatorName(void);

/* Write the statistics that PYTHONMALLOCSTATS asks for, in CPython's format, with pymm's slabs where it has pools and
 * pymm's segments where it has arenas. Returns 1; 0, having written nothing, when the C library's allocator was chosen. */
PyAPI_FUNC(int) _PyObject_DebugMallocStats(FILE *out);

#ifdef __cplusplus
}
#endif
#endif
