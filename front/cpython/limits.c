/* limits.c: stands in front of setrlimit and prlimit, for programs that limit their own address space.
 *
 * What the heap has reserved would count against such a limit, and leave no room for threads, libraries or the stack; so
 * the reserve goes back before the limit comes into force. The calls themselves go on to the system unchanged.
 * Owns: the names setrlimit, prlimit and their 64-bit twins. Read front.h first. */
#include "front.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set_limit(pid_t pid, int resource, const void *new_limit, void *old_limit)
{
    const struct rlimit *limit = new_limit;
    bool is_own = pid == 0 || pid == getpid();
    if (is_own && resource == RLIMIT_AS && limit != NULL && limit->rlim_cur != RLIM_INFINITY)
        heap_release_reserve();
    return (int)syscall(SYS_prlimit64, pid, resource, new_limit, old_limit);
}

/* The kernel's structure is the 64-bit one, which struct rlimit is on every 64-bit system. */
_Static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "limits are 64 bits wide");

PYMM_EXPORT int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    return set_limit(0, (int)resource, limit, NULL);
}

PYMM_EXPORT int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit)
{
    return set_limit(0, (int)resource, limit, NULL);
}

PYMM_EXPORT int prlimit(__pid_t pid, enum __rlimit_resource resource, const struct rlimit *new_limit,
                        struct rlimit *old_limit)
{
    return set_limit(pid, (int)resource, new_limit, old_limit);
}

PYMM_EXPORT int prlimit64(__pid_t pid, enum __rlimit_resource resource, const struct rlimit64 *new_limit,
                          struct rlimit64 *old_limit)
{
    return set_limit(pid, (int)resource, new_limit, old_limit);
}
