/* fault.c: makes system calls fail on demand, in builds with PYMM_FAULTS, so that every error path can be walked.
 *
 * Owns: the plan (which kinds, from which call on) and the count. Absent from other builds. Read os.h first. */
#include "os/os.h"

#ifdef PYMM_FAULTS
static atomic_uint fault_kinds;
static atomic_long fault_after, fault_seen;

void os_fault_set(unsigned kinds, long after)
{
    atomic_store(&fault_kinds, 0);
    atomic_store(&fault_seen, 0);
    atomic_store(&fault_after, after);
    atomic_store(&fault_kinds, kinds);
}

long os_fault_count(void) { return atomic_load(&fault_seen); }

bool os_fault_hit(unsigned kind)
{
    unsigned kinds = atomic_load(&fault_kinds);
    if ((kinds & kind) == 0)
        return false;
    long call = atomic_fetch_add(&fault_seen, 1);
    long after = atomic_load(&fault_after);
    return (kinds & OS_FAULT_ONCE) ? call == after : call >= after;
}
#else
typedef int os_fault_is_absent; /* a translation unit must declare something */
#endif
