/* front.h: what the files of front/python share.
 *
 * The front is libpymm: the names of the Python/C API, each a thin one onto the core. memory.c allocates; allocators.c
 * gets and sets tables; choice.c chooses them at load and at initialisation; gil.c has the lock and the thread states,
 * lifecycle.c initialises, status.c has results and configurations, fatal.c the last words, malloc_stats.c the
 * statistics, tracemalloc.c tracing. Read include/python/Python.h first for what is promised.
 * Locks, in their order: choice_lock, then what the domain room takes; gil_lock and plain_lock are taken last. */
#ifndef PYMM_FRONT_PYTHON_H
#define PYMM_FRONT_PYTHON_H

#include "python/Python.h"

#include "domain/domain.h"
#include "pymm.h"

/* How far the runtime has come. */
enum front_phase {
    FRONT_UNKNOWN,
    FRONT_PREINITIALIZING,
    FRONT_PREINITIALIZED,
    FRONT_INITIALIZED,
    FRONT_FINALIZING /* from the start of Py_FinalizeEx until the next initialisation */
};
extern _Atomic(enum front_phase) front_the_phase;
extern PyThreadState *_Atomic front_finalizing_state; /* that of the thread which finalized */

PYMM_INLINE enum front_phase front_phase_get(void) { return atomic_load_explicit(&front_the_phase, memory_order_acquire); }

/* choice.c. Choose allocators as `config` and, if it says so, the environment ask for. */
PyStatus front_choice_make(const PyPreConfig *config);
/* A value of PYTHONMALLOC that nobody knows is said before the first use of a table; call this before looking at one. */
void front_choice_settle(void);
/* To be told of every table that the program sets. */
void front_choice_replaced(void);
/* A setting of the environment: NULL when it is not set, or empty. */
const char *front_setting(const char *name);

/* Is it pymm's heap that was chosen, and not the C library's allocator? What a program has put in its place is not asked. */
bool front_choice_is_heap(void);

/* allocators.c */
int front_debug_hooks_install(void); /* as PyMem_SetupDebugHooks; -1: a domain is without, for lack of memory */

/* gil.c */
int front_gil_enter(void);               /* give the thread a state if it has none and take the lock; -1: no memory */
void front_gil_leave(void);              /* let go of the lock and remove the thread's own state */
PyObject **front_handled_place(void);    /* where the thread has the exception that it handles; NULL: it does not hold the lock */
void front_gil_write_threads(base_out *out); /* the threads' part of a fatal message */

/* objects.c. Make the built-in types ready; again: nothing happens. 0, or -1: no memory. */
int front_objects_start(void);

/* hash_seed.c. The key of hashes, as the configuration or PYTHONHASHSEED asks for it. */
PyStatus front_hash_make(const PyConfig *config);
/* errors.c. The exception that the thread is handling, borrowed; NULL: none. */
PyObject *front_handled(void);

/* fatal.c. The lines after "Fatal Python error: ..." and the message itself. */
void front_state_write(base_out *out);
_Noreturn PYMM_COLD void front_fatal(const char *function, const char *format, ...) PYMM_PRINTF(2, 3);
void front_fatal_write(const char *function, const char *message);

/* tracemalloc.c. Start tracing if the configuration or PYTHONTRACEMALLOC asks for it. */
PyStatus front_trace_make(const PyConfig *config);

/* fail.c. Put failures on demand on top of the tables just installed, if PYMM_FAIL asks for them. 0; -1: no memory. */
int front_fail_cover(void);

/* malloc_stats.c */
void front_malloc_stats_start(void); /* print whenever the heap has grown, and at front_malloc_stats_end */
void front_malloc_stats_end(void);
#endif
