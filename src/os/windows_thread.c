/* windows_thread.c: locks, threads, clock and random bytes of os.h as Windows on x86_64 has them (from Windows 8 on).
 *
 * The end of a thread is told by the loader, through a callback of the module. A callback of fiber-local storage would also
 * be called at the end of the process, when the other threads are gone and may have left locks behind that never open.
 * Owns the slots with each thread's values. Read os.h first. */
#ifdef _WIN32
#define _CRT_RAND_S
#include "os/os.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdlib.h>

#define SPIN_COUNT 64

void os_lock_wait(os_lock *lock)
{
    for (unsigned i = 0; i < SPIN_COUNT; i++) {
        if (atomic_load_explicit(&lock->state, memory_order_relaxed) == 0 && os_lock_try(lock))
            return;
        SwitchToThread();
    }
    DWORD saved_error = GetLastError();
    int waited = 2;
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        WaitOnAddress(&lock->state, &waited, sizeof waited, INFINITE);
    SetLastError(saved_error);
}

void os_lock_wake(os_lock *lock) { WakeByAddressSingle(&lock->state); }

/* Ends of threads. Values are in slots of the system's own, since the compiler's words may be gone before the callback. */

typedef struct end_key {
    DWORD slot;
    void (*at_exit)(void *value); /* NULL: not created yet */
} end_key;

static end_key trace_key, thread_key; /* told in this order: what is traced is allocated */
static DWORD ended_slot = TLS_OUT_OF_INDEXES; /* not NULL: the thread's end has been told */

static void *slot_get(DWORD slot)
{
    DWORD saved_error = GetLastError(); /* TlsGetValue clears it */
    void *value = TlsGetValue(slot);
    SetLastError(saved_error);
    return value;
}

static void tell_end(const end_key *key)
{
    void *value = key->at_exit == NULL ? NULL : slot_get(key->slot);
    if (value == NULL)
        return;
    TlsSetValue(key->slot, NULL);
    key->at_exit(value);
}

/* The word of the hot paths: one of the 64 slots that lie in the thread's block itself. */

#define BLOCK_SLOTS_OFFSET 0x1480
#define BLOCK_SLOTS 64

atomic_size_t os_thread_word_offset;
static DWORD word_slot = TLS_OUT_OF_INDEXES;

void os_thread_word_set(uintptr_t word) { TlsSetValue(word_slot, (void *)word); }

static void NTAPI at_event(PVOID module, DWORD reason, PVOID reserved)
{
    (void)module;
    (void)reserved;
    if (reason != DLL_THREAD_DETACH || ended_slot == TLS_OUT_OF_INDEXES)
        return;
    tell_end(&trace_key);
    tell_end(&thread_key);
    TlsSetValue(ended_slot, &ended_slot);
}

/* The linker sorts these sections by name; B comes before the run-time's own callback, which ends the compiler's words. */
__attribute__((section(".CRT$XLB"), used)) static PIMAGE_TLS_CALLBACK const event_callback = at_event;

/* The slots that are for all keys; once, under the caller's lock. The loader calls into this module as long as there are
 * threads, so it is never unloaded. */
static bool slots_open(void)
{
    HMODULE module;
    if (ended_slot != TLS_OUT_OF_INDEXES)
        return true;
    if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)&ended_slot,
                            &module))
        return false;
    if (word_slot == TLS_OUT_OF_INDEXES && (word_slot = TlsAlloc()) >= BLOCK_SLOTS) {
        if (word_slot != TLS_OUT_OF_INDEXES)
            TlsFree(word_slot);
        word_slot = TLS_OUT_OF_INDEXES;
        return false;
    }
    ended_slot = TlsAlloc();
    if (ended_slot == TLS_OUT_OF_INDEXES)
        return false;
    atomic_store(&os_thread_word_offset, BLOCK_SLOTS_OFFSET + word_slot * sizeof(void *));
    return true;
}

static int key_create(end_key *key, void (*at_exit)(void *value))
{
    static os_lock slots_lock = OS_LOCK_INIT;
    if (os_fault_hit(OS_FAULT_THREAD))
        return -1;
    os_lock_take(&slots_lock);
    bool is_open = slots_open();
    if (is_open && key->at_exit == NULL)
        is_open = (key->slot = TlsAlloc()) != TLS_OUT_OF_INDEXES;
    if (is_open)
        key->at_exit = at_exit;
    os_lock_drop(&slots_lock);
    return is_open ? 0 : -1;
}

static int key_set(const end_key *key, void *value)
{
    if (os_fault_hit(OS_FAULT_THREAD) || (value != NULL && os_thread_has_ended()))
        return -1;
    return TlsSetValue(key->slot, value) ? 0 : -1;
}

int os_thread_key_create(void (*at_exit)(void *value)) { return key_create(&thread_key, at_exit); }
int os_thread_key_set(void *value) { return key_set(&thread_key, value); }
bool os_thread_has_ended(void) { return ended_slot != TLS_OUT_OF_INDEXES && slot_get(ended_slot) != NULL; }

int os_trace_key_create(void (*at_exit)(void *value)) { return key_create(&trace_key, at_exit); }
int os_trace_key_set(void *value) { return key_set(&trace_key, value); }

void os_thread_yield(void) { SwitchToThread(); }

int os_barrier_all(void)
{
    FlushProcessWriteBuffers();
    return 0;
}

size_t os_stack_walk(void **addresses, size_t count_max)
{
    return CaptureStackBackTrace(0, (DWORD)base_min(count_max, UINT16_MAX), addresses, NULL);
}

int os_fork_register(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    (void)before;
    (void)parent;
    (void)child;
    return 0; /* processes do not fork here */
}

uint64_t os_clock_ns(void)
{
    LARGE_INTEGER ticks, ticks_per_s;
    QueryPerformanceFrequency(&ticks_per_s);
    QueryPerformanceCounter(&ticks);
    uint64_t now = (uint64_t)ticks.QuadPart, rate = (uint64_t)ticks_per_s.QuadPart;
    return now / rate * UINT64_C(1000000000) + now % rate * UINT64_C(1000000000) / rate;
}

void os_random(void *start, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned value;
        if (rand_s(&value) != 0)
            value = (unsigned)(os_clock_ns() >> (i % 8)) ^ GetCurrentProcessId();
        ((unsigned char *)start)[i] = (unsigned char)value;
    }
}

bool os_is_readable(const void *start, size_t bytes)
{
    const DWORD refused = PAGE_NOACCESS | PAGE_GUARD;
    for (const char *at = start, *end = at + bytes; at < end;) {
        MEMORY_BASIC_INFORMATION region;
        if (VirtualQuery(at, &region, sizeof region) == 0 || region.State != MEM_COMMIT || (region.Protect & refused) != 0)
            return false;
        at = (const char *)region.BaseAddress + region.RegionSize;
    }
    return true;
}
#endif
