/* os.h: the one header of the room `os`: what the system must supply, as a contract.
 *
 * Memory is in one of three states. Reserved: address space only, touching it faults. Committed: may be touched, reads as
 * zero at first and then costs a page. Purged: committed memory whose pages went back to the system; it reads as zero
 * again. Every address and size below is a multiple of the page size unless said otherwise.
 * Functions that can fail return 0 or -1 (or NULL); none of them prints, none allocates.
 * Pages: posix.c, linux.c and linux_usage*.c, windows.c, or malloconly.c (-DPYMM_MALLOC_ONLY) on any of these; elsewhere.c
 * says for the last two that they lack what only Linux has. Threads, locks, clock:
 * posix_thread.c and linux_lock.c, windows_thread.c. trace.c: stacks and symbols. fault.c: the failures that tests ask for. */
#ifndef PYMM_OS_H
#define PYMM_OS_H

#include "base/base.h"

#include <stdatomic.h>

/* Pages ----------------------------------------------------------------------------------------------------------- */

/* The largest page that systems of this architecture use; the actual one is asked at run time. */
#ifdef OS_PAGE_SHIFT_MAX /* a test plays another architecture */
#elif defined(__x86_64__) || defined(__i386__)
#define OS_PAGE_SHIFT_MAX 12
#else
#define OS_PAGE_SHIFT_MAX 16
#endif
/* Can pages go back at all? Where they cannot, os_purge always fails, and nobody need look for pages to give it. */
#ifdef PYMM_MALLOC_ONLY
#define OS_CAN_PURGE 0
#else
#define OS_CAN_PURGE 1
#endif
/* Size of a page, asked of the system once. */
size_t os_page_bytes(void);
/* Reserve `bytes` of address space aligned to `align_bytes` (a power of two). NULL on failure. */
void *os_reserve(size_t bytes, size_t align_bytes);
/* Give a whole reservation back, or what is left of it. */
void os_release(void *start, size_t bytes);
/* Give back a part that was never committed. Some systems take nothing but whole reservations: nothing happens there. */
void os_release_part(void *start, size_t bytes);
/* The reservations that there are, one after the other: *at begins at 0. False: there is none behind it. A few hundred are
 * known; what others do meanwhile may be missed. */
typedef struct os_span {
    uintptr_t start;
    size_t bytes;
} os_span;
bool os_reserved_next(size_t *at, os_span *span);
/* Reserved -> committed. Fails when the system will not promise the memory. */
int os_commit(void *start, size_t bytes);
/* Committed pages lose their contents and their cost. On failure the contents are unchanged and still resident. */
int os_purge(void *start, size_t bytes);
/* The same for several ranges, in one call where the system can. Returns how many of them, from the first on, are purged;
 * the one behind them could not be. */
#define OS_PURGE_MAX 32
size_t os_purge_many(const os_span *spans, size_t count);
/* Bring committed pages into memory in one go, which costs less than faulting them in one by one. -1: not done. */
int os_populate(void *start, size_t bytes);
/* Move the pages of [from, from+bytes) to [to, to+bytes), both committed; `from` is then as if purged. -1: nothing moved. */
int os_move(void *from, void *to, size_t bytes);
/* Size of a huge page; a power of two. */
#define OS_HUGE_PAGE_BYTES ((size_t)2 << 20)
/* Whether huge pages may back a range: yes where it will be touched throughout, no where single pages are given back.
 * Only advice: it may be ignored. */
void os_advise_huge(void *start, size_t bytes, bool is_huge);
/* How much address space the process may have: what is reserved at a time is a share of it. SIZE_MAX: no limit is known.
 * May grow or shrink during the process. */
size_t os_address_limit_bytes(void);
/* Pages of [start, start+bytes) that are resident, as the system sees it; SIZE_MAX when it cannot say. */
size_t os_resident_pages(void *start, size_t bytes);

/* What of the process is in memory, by kind (linux_usage.c). It takes about 3 us a mapping and 4 ms a
 * GiB in memory, ten times as much where that does not agree with the kernel's sums; no lock, and is no cancellation point. What
 * other threads do meanwhile is seen in part. -1: the system does not say. */
enum os_usage_kind {
    OS_USAGE_HEAP,       /* from os_reserve, where `is_heap` says yes */
    OS_USAGE_OWN,        /* from os_reserve, the rest */
    OS_USAGE_MALLOC,     /* the C library's malloc */
    OS_USAGE_STACKS,     /* of threads */
    OS_USAGE_MAIN_STACK,
    OS_USAGE_CODE,       /* program and libraries: what is not writable, shared with other processes as a rule */
    OS_USAGE_DATA,       /* program and libraries: what is */
    OS_USAGE_FILES,      /* other files that are mapped */
    OS_USAGE_SHARED,     /* shared memory */
    OS_USAGE_ANONYMOUS,  /* anything else */
    OS_USAGE_COUNT
};
typedef struct os_usage {
    size_t resident_bytes, resident_most_bytes; /* of the process, now and at any time, as the system counts them */
    size_t kinds[OS_USAGE_COUNT];
} os_usage;
int os_usage_get(os_usage *usage, bool (*is_heap)(uintptr_t address));
/* Which of these pages are in memory? Quickly: pages of zeros that were only ever read count, though they cost nothing.
 * With the descriptor of os_pages_open, ten times slower: those, and pages that a forked process shares, are OS_PAGE_MAYBE.
 * -1: the system does not say. */
enum os_page { OS_PAGE_ABSENT, OS_PAGE_RESIDENT, OS_PAGE_MAYBE };
int os_pages_look(int descriptor, uintptr_t start, size_t page_count, unsigned char *pages);
#define OS_PAGES_QUICKLY (-1)
int os_pages_open(void); /* a descriptor, or OS_PAGES_QUICKLY where there is none */
void os_pages_close(int descriptor);

/* Locks: small, no memory of their own, usable before anything is set up; all zero is unlocked. ---------------------- */

typedef struct os_lock {
    atomic_int state; /* 0 free, 1 held, 2 held and somebody waits */
} os_lock;

#define OS_LOCK_INIT {0}
PYMM_COLD void os_lock_wait(os_lock *lock);
PYMM_COLD void os_lock_wake(os_lock *lock);

PYMM_INLINE bool os_lock_try(os_lock *lock)
{
    int unlocked = 0;
    return atomic_compare_exchange_strong_explicit(&lock->state, &unlocked, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

PYMM_INLINE void os_lock_take(os_lock *lock)
{
    if (PYMM_UNLIKELY(!os_lock_try(lock)))
        os_lock_wait(lock);
}

PYMM_INLINE void os_lock_drop(os_lock *lock)
{
    if (PYMM_UNLIKELY(atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2))
        os_lock_wake(lock);
}

/* Threads and processes ----------------------------------------------------------------------------------------- */

/* One word per thread that every library can have, also one opened late (initial-exec, no larger TLS). */
#ifndef _WIN32
#define OS_THREAD_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))
#define OS_THREAD_LOCAL_LASTS 1 /* to the very end of a thread */
#else
/* Here the compiler's words are memory that is freed while a thread's last callbacks have yet to run, and reaching one takes
 * calls. The one word of the hot paths is a slot in the system's own block of the thread (at %gs): at first 0, and to the
 * end of the thread what it was set to. Setting works once os_thread_key_create has. */
#define OS_THREAD_LOCAL _Thread_local
#define OS_THREAD_LOCAL_LASTS 0
extern atomic_size_t os_thread_word_offset; /* 0: the module has no slot yet */
PYMM_INLINE uintptr_t os_thread_word_get(void)
{
    uintptr_t word = atomic_load_explicit(&os_thread_word_offset, memory_order_relaxed);
    if (PYMM_LIKELY(word != 0))
        __asm__ volatile("movq %%gs:(%0), %0" : "+r"(word));
    return word;
}
void os_thread_word_set(uintptr_t word);
#endif

/* Have `at_exit(value)` called when the calling thread ends, if value is not NULL. */
int os_thread_key_create(void (*at_exit)(void *value));
int os_thread_key_set(void *value);
/* Has the calling thread's end been told already? It would not be again. */
bool os_thread_has_ended(void);
/* Have the three called around fork: before it, after it in the parent, after it in the child. */
int os_fork_register(void (*before)(void), void (*parent)(void), void (*child)(void));

/* Time in nanoseconds since some start; never goes back. */
uint64_t os_clock_ns(void);
/* Bytes that nobody outside can guess; at most 256. Without a source of them they can be guessed: it never fails. */
void os_random(void *start, size_t bytes);
/* May these bytes be read? A system call. Yes where the system cannot say. */
bool os_is_readable(const void *start, size_t bytes);

/* Stacks and symbols, for tracing (trace.c). Where a system has none of this the functions say so. -------------------- */

/* Every other thread has passed a full memory barrier between call and return. -1: the system has no such call. */
int os_barrier_all(void);
/* Let another thread run. */
void os_thread_yield(void);
/* As os_thread_key_create and _set: a key of its own for tracing. */
int os_trace_key_create(void (*at_exit)(void *value));
int os_trace_key_set(void *value);
/* Return addresses of the callers, innermost first; how many were written. The first call may load a library. */
size_t os_stack_walk(void **addresses, size_t count_max);
/* The same, of the callers up to the one in whose part of the stack `place` lies, which is not among them. *is_met: it was reached;
 * not so where its part is further away than count_max callers or cannot be found. Linux alone, and after os_stack_reach; -1: this system
 * cannot tell. */
ptrdiff_t os_stack_walk_to(const void *place, void **addresses, size_t count_max, bool *is_met);
/* Make os_stack_walk_to ready: may load a library. */
void os_stack_reach(void);
/* What the dynamic loader knows of an address; texts live as long as the object is loaded. */
typedef struct os_symbol {
    const char *object; /* file that is mapped there */
    const char *name;   /* of the function, NULL when it is not exported */
    size_t offset;      /* from the start of the function, or of the object */
} os_symbol;
bool os_symbol_of(const void *address, os_symbol *symbol);
/* A library that may be missing, opened at run time; NULL when there is none, or in a static program. It stays
 * open. */
void *os_library_open(const char *name);
void *os_library_symbol(void *library, const char *name);

/* Fault injection, in builds with PYMM_FAULTS: calls of the chosen kinds fail from the (after+1)-th on, or only that one. */
enum {
    OS_FAULT_RESERVE = 1,
    OS_FAULT_COMMIT = 2,
    OS_FAULT_PURGE = 4,
    OS_FAULT_REMAP = 8,
    OS_FAULT_THREAD = 16,
    OS_FAULT_ONCE = 1 << 30 /* with the others: only the chosen call fails */
};
#ifdef PYMM_FAULTS
void os_fault_set(unsigned kinds, long after);
long os_fault_count(void); /* calls of the chosen kinds since os_fault_set */
bool os_fault_hit(unsigned kind);
#else
PYMM_INLINE bool os_fault_hit(unsigned kind)
{
    (void)kind;
    return false;
}
#endif
#endif
