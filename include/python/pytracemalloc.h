/* pytracemalloc.h: records of memory that a program gets elsewhere, kept by tracing beside those of the three domains.
 *
 * Tracing itself is started by PYTHONTRACEMALLOC=N in the environment (N frames a block; read when the library is loaded,
 * and by Py_Initialize, where a bad value is fatal) or by pymm_trace_start; what it knows is asked for with pymm_trace.h.
 * Include Python.h, not this file. */
#ifndef Py_PYTRACEMALLOC_H
#define Py_PYTRACEMALLOC_H

#include <stdint.h>

#include "pyport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Record `size` bytes at `ptr`, which may be any number, as allocated by the caller. `domain` tells users apart: what has
 * the same domain and ptr is the same memory, and its record is updated. Domain 0 is that of the raw, mem and obj domains.
 * 0; -1 when there is no memory for the record; -2 when nothing is traced. Thread-safe, needs no GIL. Since pymm 0.1;
 * text: "tracemalloc C API", 3.7. */
PyAPI_FUNC(int) PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size);
/* Forget that record. Without one: nothing happens, 0. -2 when nothing is traced. Thread-safe, needs no GIL. */
PyAPI_FUNC(int) PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr);

#ifdef __cplusplus
}
#endif
#endif
