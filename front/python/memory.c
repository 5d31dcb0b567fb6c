/* memory.c: the functions that allocate: three domains of four. Nothing here but the names: domain.h has the checks of
 * sizes and the call through the active table, inlined. Tracing tells these functions from their callers by where they
 * lie (PYMM_ENTRY). Read domain/domain.h first. */
#include "front.h"

#define DOMAIN_FUNCTIONS(name, domain)                                                                                 \
    PYMM_ENTRY void *name##Malloc(size_t size) { return domain_malloc(domain, size); }                                            \
    PYMM_ENTRY void *name##Calloc(size_t nelem, size_t elsize) { return domain_calloc(domain, nelem, elsize); }                   \
    PYMM_ENTRY void *name##Realloc(void *ptr, size_t new_size) { return domain_realloc(domain, ptr, new_size); }                  \
    PYMM_ENTRY void name##Free(void *ptr) { domain_free(domain, ptr); }

DOMAIN_FUNCTIONS(PyMem_Raw, PYMM_DOMAIN_RAW)
DOMAIN_FUNCTIONS(PyMem_, PYMM_DOMAIN_MEM)
DOMAIN_FUNCTIONS(PyObject_, PYMM_DOMAIN_OBJ)
