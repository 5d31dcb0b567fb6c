/* trace.c: the part of os.h that tracing needs: stacks, symbols, a barrier in all threads, the end of a thread.
 *
 * Owns: one thread key. Systems without <execinfo.h> or membarrier get the answer "there is none", and tracing does without.
 * Read os.h first. */
#include "os/os.h"

#if defined(__unix__) || defined(__APPLE__)
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#if defined(__GLIBC__) || defined(__APPLE__)
#include <execinfo.h>
#define HAVE_BACKTRACE 1
#endif
#ifdef __linux__
#include <link.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unwind.h>
#endif

int os_barrier_all(void)
{
    int result = -1;
#ifdef __linux__
    int saved_errno = errno;
    result = (int)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    if (result != 0 && syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0)
        result = (int)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    errno = saved_errno;
#endif
    return result == 0 ? 0 : -1;
}

void os_thread_yield(void) { sched_yield(); }

static pthread_key_t trace_key;

int os_trace_key_create(void (*at_exit)(void *value))
{
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    return pthread_key_create(&trace_key, at_exit) == 0 ? 0 : -1;
}

int os_trace_key_set(void *value)
{
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    return pthread_setspecific(trace_key, value) == 0 ? 0 : -1;
}

#ifdef __linux__
/* Of the first object, which is the program: does it want the dynamic loader? */
static int ask_for_loader(struct dl_phdr_info *object, size_t object_bytes, void *has_loader)
{
    (void)object_bytes;
    for (unsigned i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_INTERP)
            *(bool *)has_loader = true;
    return 1;
}
#endif

static bool has_loader(void)
{
    bool has_one = true;
#ifdef __linux__
    has_one = false;
    dl_iterate_phdr(ask_for_loader, &has_one);
#endif
    return has_one;
}

/* The unwinder of a static program is told of its frames by one of its own constructors, and aborts before that. Those with
 * a priority, as the one that starts tracing, come earlier; this one has none and comes later. */
static bool is_unwinder_ready;
__attribute__((constructor)) static void unwinder_is_ready(void) { is_unwinder_ready = true; }

size_t os_stack_walk(void **addresses, size_t count_max)
{
#ifdef HAVE_BACKTRACE
    if (!is_unwinder_ready && !has_loader())
        return 0;
    int saved_errno = errno;
    int count = backtrace(addresses, (int)base_min(count_max, INT32_MAX));
    errno = saved_errno;
    return count < 0 ? 0 : (size_t)count;
#else
    (void)addresses, (void)count_max;
    return 0;
#endif
}

#if defined(HAVE_BACKTRACE) && defined(__linux__)
/* backtrace() does not say where on the stack a caller is: so the library that it uses itself is asked. */
static _Unwind_Reason_Code (*unwind)(_Unwind_Trace_Fn note, void *argument);
static _Unwind_Ptr (*unwind_address)(struct _Unwind_Context *context);
static _Unwind_Word (*unwind_stack)(struct _Unwind_Context *context);

typedef struct stack_walk {
    void **addresses;
    size_t count, count_max;
    uintptr_t place;
    bool is_met;
} stack_walk;

/* The unwinder names the lowest address of each caller's part, so the one before the first that is too high is the one. */
static _Unwind_Reason_Code note_caller(struct _Unwind_Context *context, void *argument)
{
    stack_walk *walk = argument;
    bool is_above = unwind_stack(context) > walk->place;
    if (is_above && walk->count == 0) /* on another stack */
        walk->place = UINTPTR_MAX;
    else if (is_above)
        walk->is_met = true;
    if (walk->is_met || walk->count > walk->count_max)
        return _URC_END_OF_STACK;
    if (walk->count < walk->count_max)
        walk->addresses[walk->count] = (void *)(uintptr_t)unwind_address(context);
    walk->count++;
    return _URC_NO_REASON;
}

void os_stack_reach(void)
{
    void *library = os_library_open("libgcc_s.so.1");
    if (library == NULL)
        return;
    *(void **)&unwind_address = os_library_symbol(library, "_Unwind_GetIP");
    *(void **)&unwind_stack = os_library_symbol(library, "_Unwind_GetCFA");
    *(void **)&unwind = os_library_symbol(library, "_Unwind_Backtrace");
}

ptrdiff_t os_stack_walk_to(const void *place, void **addresses, size_t count_max, bool *is_met)
{
    stack_walk walk = {.addresses = addresses, .count_max = count_max, .place = (uintptr_t)place};
    if (unwind == NULL || unwind_address == NULL || unwind_stack == NULL)
        return -1;
    int saved_errno = errno;
    unwind(note_caller, &walk);
    errno = saved_errno;
    *is_met = walk.is_met;
    if (walk.is_met)
        walk.count--;
    return (ptrdiff_t)base_min(walk.count, count_max);
}
#else
void os_stack_reach(void) {}

ptrdiff_t os_stack_walk_to(const void *place, void **addresses, size_t count_max, bool *is_met)
{
    (void)place, (void)addresses, (void)count_max, (void)is_met;
    return -1;
}
#endif

/* Nobody knows the functions of a static program; it has a name itself. */
static bool static_symbol(const void *address, os_symbol *symbol)
{
    static char path[1024]; /* written with the same bytes by whoever comes here */
    ssize_t length = has_loader() ? -1 : readlink("/proc/self/exe", path, sizeof path - 1);
    *symbol = (os_symbol){path, NULL, (size_t)address};
    return length > 0;
}

bool os_symbol_of(const void *address, os_symbol *symbol)
{
    Dl_info info;
    if (dladdr(address, &info) == 0 || info.dli_fname == NULL)
        return static_symbol(address, symbol);
    const char *start = info.dli_saddr != NULL ? info.dli_saddr : info.dli_fbase;
    *symbol = (os_symbol){info.dli_fname, info.dli_sname, (size_t)((const char *)address - start)};
    return true;
}

/* A static program would get a second C library with it, which nobody has initialised. */
void *os_library_open(const char *name) { return has_loader() ? dlopen(name, RTLD_NOW | RTLD_LOCAL) : NULL; }

void *os_library_symbol(void *library, const char *name) { return dlsym(library, name); }

#else /* a system with nothing of the kind: no frames beyond the caller, no names; tracing counts all the same */

#ifndef _WIN32 /* Windows has these: windows_thread.c */
int os_barrier_all(void) { return -1; }
void os_thread_yield(void) {}

int os_trace_key_create(void (*at_exit)(void *value))
{
    (void)at_exit;
    return 0;
}

int os_trace_key_set(void *value)
{
    (void)value;
    return 0;
}

size_t os_stack_walk(void **addresses, size_t count_max)
{
    (void)addresses, (void)count_max;
    return 0;
}
#endif

bool os_symbol_of(const void *address, os_symbol *symbol)
{
    (void)address, (void)symbol;
    return false;
}

void *os_library_open(const char *name)
{
    (void)name;
    return NULL;
}

void *os_library_symbol(void *library, const char *name)
{
    (void)library, (void)name;
    return NULL;
}
#endif
