/* linux_lock.c: waiting on a lock of os.h with a futex.
 *
 * Owns no state. Taking a free lock is inline in os.h. Read that first. */
#ifdef __linux__
#include "os/os.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPIN_COUNT 64

void os_lock_wait(os_lock *lock)
{
    for (unsigned i = 0; i < SPIN_COUNT; i++) {
        if (atomic_load_explicit(&lock->state, memory_order_relaxed) == 0 && os_lock_try(lock))
            return;
        sched_yield();
    }
    int saved_errno = errno;
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        syscall(SYS_futex, &lock->state, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
    errno = saved_errno;
}

void os_lock_wake(os_lock *lock)
{
    int saved_errno = errno;
    syscall(SYS_futex, &lock->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved_errno;
}
#endif
