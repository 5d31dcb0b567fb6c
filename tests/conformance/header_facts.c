/* header_facts.c: what the headers say to a compiler: sizes, the order of fields, numbers of domains, limits, types.
 *
 * Owns facts that need no call, and that each function has exactly the documented type. Read first: check.h. */
#include "check.h"

#include <limits.h>
#include <stddef.h>

static void sizes(void)
{
    check_size("sizeof_PyMemAllocatorEx", sizeof(PyMemAllocatorEx));
    check_size("sizeof_PyObjectArenaAllocator", sizeof(PyObjectArenaAllocator));
    check_size("sizeof_PyMemAllocatorDomain", sizeof(PyMemAllocatorDomain));
    check_size("sizeof_Py_ssize_t", sizeof(Py_ssize_t));
    check_size("sizeof_PyGILState_STATE", sizeof(PyGILState_STATE));
    check_bool("Py_ssize_t_is_signed", (Py_ssize_t)-1 < 0);
}

static void fields(void)
{
    check_size("PyMemAllocatorEx_ctx", offsetof(PyMemAllocatorEx, ctx));
    check_size("PyMemAllocatorEx_malloc", offsetof(PyMemAllocatorEx, malloc));
    check_size("PyMemAllocatorEx_calloc", offsetof(PyMemAllocatorEx, calloc));
    check_size("PyMemAllocatorEx_realloc", offsetof(PyMemAllocatorEx, realloc));
    check_size("PyMemAllocatorEx_free", offsetof(PyMemAllocatorEx, free));
    check_size("PyObjectArenaAllocator_ctx", offsetof(PyObjectArenaAllocator, ctx));
    check_size("PyObjectArenaAllocator_alloc", offsetof(PyObjectArenaAllocator, alloc));
    check_size("PyObjectArenaAllocator_free", offsetof(PyObjectArenaAllocator, free));
}

static void numbers(void)
{
    check_int("PYMEM_DOMAIN_RAW", PYMEM_DOMAIN_RAW);
    check_int("PYMEM_DOMAIN_MEM", PYMEM_DOMAIN_MEM);
    check_int("PYMEM_DOMAIN_OBJ", PYMEM_DOMAIN_OBJ);
    check_int("PyGILState_LOCKED", PyGILState_LOCKED);
    check_int("PyGILState_UNLOCKED", PyGILState_UNLOCKED);
    check_int("PY_SSIZE_T_MAX", (long long)PY_SSIZE_T_MAX);
    check_int("PY_SSIZE_T_MIN", (long long)PY_SSIZE_T_MIN);
    check_bool("PY_SSIZE_T_MAX_is_half_of_SIZE_MAX", (size_t)PY_SSIZE_T_MAX == SIZE_MAX / 2);
    check_int("PY_MAJOR_VERSION", PY_MAJOR_VERSION);
    check_int("PY_MINOR_VERSION", PY_MINOR_VERSION);
    check_bool("PY_VERSION_HEX_has_the_parts", PY_VERSION_HEX >> 24 == PY_MAJOR_VERSION &&
                                                   (PY_VERSION_HEX >> 16 & 0xff) == PY_MINOR_VERSION);
}

#define TYPE_IS(expression, type) _Generic((expression), type: 1, default: 0)

typedef void *malloc_function(size_t);
typedef void *calloc_function(size_t, size_t);
typedef void *realloc_function(void *, size_t);
typedef void free_function(void *);

static void types(void)
{
    check_bool("raw", TYPE_IS(PyMem_RawMalloc, malloc_function *) && TYPE_IS(PyMem_RawCalloc, calloc_function *) &&
                          TYPE_IS(PyMem_RawRealloc, realloc_function *) && TYPE_IS(PyMem_RawFree, free_function *));
    check_bool("mem", TYPE_IS(PyMem_Malloc, malloc_function *) && TYPE_IS(PyMem_Calloc, calloc_function *) &&
                          TYPE_IS(PyMem_Realloc, realloc_function *) && TYPE_IS(PyMem_Free, free_function *));
    check_bool("obj", TYPE_IS(PyObject_Malloc, malloc_function *) && TYPE_IS(PyObject_Calloc, calloc_function *) &&
                          TYPE_IS(PyObject_Realloc, realloc_function *) && TYPE_IS(PyObject_Free, free_function *));
    check_bool("PyMem_GetAllocator", TYPE_IS(PyMem_GetAllocator, void (*)(PyMemAllocatorDomain, PyMemAllocatorEx *)));
    check_bool("PyMem_SetAllocator", TYPE_IS(PyMem_SetAllocator, void (*)(PyMemAllocatorDomain, PyMemAllocatorEx *)));
    check_bool("PyMem_SetupDebugHooks", TYPE_IS(PyMem_SetupDebugHooks, void (*)(void)));
    check_bool("PyObject_GetArenaAllocator", TYPE_IS(PyObject_GetArenaAllocator, void (*)(PyObjectArenaAllocator *)));
    check_bool("PyObject_SetArenaAllocator", TYPE_IS(PyObject_SetArenaAllocator, void (*)(PyObjectArenaAllocator *)));
    check_bool("PyTraceMalloc_Track", TYPE_IS(PyTraceMalloc_Track, int (*)(unsigned int, uintptr_t, size_t)));
    check_bool("PyTraceMalloc_Untrack", TYPE_IS(PyTraceMalloc_Untrack, int (*)(unsigned int, uintptr_t)));
    check_bool("PyGILState_Check", TYPE_IS(PyGILState_Check, int (*)(void)));
    check_bool("PyGILState_Ensure", TYPE_IS(PyGILState_Ensure, PyGILState_STATE (*)(void)));
    check_bool("PyGILState_Release", TYPE_IS(PyGILState_Release, void (*)(PyGILState_STATE)));
    check_bool("PyEval_SaveThread", TYPE_IS(PyEval_SaveThread, PyThreadState * (*)(void)));
    check_bool("PyEval_RestoreThread", TYPE_IS(PyEval_RestoreThread, void (*)(PyThreadState *)));
    check_bool("Py_Initialize", TYPE_IS(Py_Initialize, void (*)(void)));
    check_bool("Py_InitializeEx", TYPE_IS(Py_InitializeEx, void (*)(int)));
    check_bool("Py_Finalize", TYPE_IS(Py_Finalize, void (*)(void)));
    check_bool("Py_FinalizeEx", TYPE_IS(Py_FinalizeEx, int (*)(void)));
    check_bool("Py_IsInitialized", TYPE_IS(Py_IsInitialized, int (*)(void)));
    check_bool("fields_of_allocator",
               TYPE_IS((PyMemAllocatorEx){0}.malloc, void *(*)(void *, size_t)) &&
                   TYPE_IS((PyMemAllocatorEx){0}.calloc, void *(*)(void *, size_t, size_t)) &&
                   TYPE_IS((PyMemAllocatorEx){0}.realloc, void *(*)(void *, void *, size_t)) &&
                   TYPE_IS((PyMemAllocatorEx){0}.free, void (*)(void *, void *)));
    check_bool("fields_of_arena_allocator",
               TYPE_IS((PyObjectArenaAllocator){0}.alloc, void *(*)(void *, size_t)) &&
                   TYPE_IS((PyObjectArenaAllocator){0}.free, void (*)(void *, void *, size_t)));
}

/* What the texts call a macro is one, and what they call a function is more than a macro. */
static void macros(void)
{
#ifdef PyMem_New
    check_bool("PyMem_New", 1);
#else
    check_bool("PyMem_New", 0);
#endif
#ifdef PyMem_Resize
    check_bool("PyMem_Resize", 1);
#else
    check_bool("PyMem_Resize", 0);
#endif
#ifdef PyMem_Del
    check_bool("PyMem_Del", 1);
#else
    check_bool("PyMem_Del", 0);
#endif
#if defined(PyMem_MALLOC) && defined(PyMem_REALLOC) && defined(PyMem_FREE)
    check_bool("upper_case_functions", 1);
#else
    check_bool("upper_case_functions", 0);
#endif
#if defined(PyMem_NEW) && defined(PyMem_RESIZE) && defined(PyMem_DEL)
    check_bool("upper_case_types", 1);
#else
    check_bool("upper_case_types", 0);
#endif
#if defined(PyObject_MALLOC) && defined(PyObject_REALLOC) && defined(PyObject_FREE)
    check_bool("upper_case_objects", 1);
#else
    check_bool("upper_case_objects", 0);
#endif
#if defined(Py_BEGIN_ALLOW_THREADS) && defined(Py_END_ALLOW_THREADS) && defined(Py_BLOCK_THREADS) && \
    defined(Py_UNBLOCK_THREADS)
    check_bool("threads", 1);
#else
    check_bool("threads", 0);
#endif
#ifdef WITH_PYMALLOC
    check_bool("WITH_PYMALLOC", 1);
#else
    check_bool("WITH_PYMALLOC", 0);
#endif
}

static const check_case cases[] = {
    {"sizes", sizes, NULL}, {"fields", fields, NULL}, {"numbers", numbers, NULL}, {"types", types, NULL}, {"macros", macros, NULL},
};
CHECK_MAIN(cases)
