/* profile.c: a profile from its start to its end: a full file, a fork, trouble.
 *
 *   full     the state in memory goes into a new file, which is renamed over the old one
 *   fork     the child lets go of its parent's file, and begins one of its own when it first has something to write
 *   trouble  one line on stderr; the program runs on, and no more blocks are sampled
 *
 * All events are in memory before anything is written anew, so a record that did not fit is in the fold that follows.
 * Owns: the_profile. Read profile_internal.h first. */
#include "trace/profile_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SHOWN_BYTES 256 /* in a line on stderr */
#define FOLD_SHARE 2 /* of the limit: what a fold may take */
#define LIVE_SHARE 8 /* of the limit: what its live samples may take in any case */

static void file_end(uint32_t reason)
{
    profile_end record = {{0, PROFILE_END, 0}, os_clock_ns() - the_profile.start_ns, reason, 0};
    profile_file_end(&the_profile.file, &record);
    profile_memory_clear();
}

void profile_give_up(const char *what, const char *path, int error)
{
    int saved_errno = errno;
    atomic_store_explicit(&profile_is_on, false, memory_order_relaxed);
    char shown[PATH_SHOWN_BYTES];
    base_format(shown, sizeof shown, "%s", path);
    base_warn("profile: %s '%s': %s; the program runs on and is not profiled any longer", what, shown, strerror(error));
    if (the_profile.has_file)
        file_end(PROFILE_END_ERROR);
    errno = saved_errno;
}

/* How many live samples a fold has room for, beside the rest. */
static size_t live_count_max(void)
{
    uint64_t limit_bytes = the_profile.options.limit_bytes, room_bytes = limit_bytes / FOLD_SHARE;
    uint64_t rest_bytes = profile_stacks_bytes() + profile_sites_bytes(), least_bytes = limit_bytes / LIVE_SHARE;
    bool has_room = room_bytes > rest_bytes && room_bytes - rest_bytes > least_bytes;
    return (size_t)((has_room ? room_bytes - rest_bytes : least_bytes) / sizeof(profile_sample));
}

/* Everything into a new file beside the old one. */
static void fold(void)
{
    char path[PROFILE_PATH_BYTES];
    profile_file file;
    uint64_t limit_bytes = the_profile.options.limit_bytes;
    base_format(path, sizeof path, "%s.new", the_profile.path);
    if (profile_file_create(&file, path, false, limit_bytes) != 0) {
        profile_give_up("cannot write", path, errno);
        return;
    }
    the_profile.fold_count++;
    profile_live_thin(live_count_max());
    profile_write_all(&file, PROFILE_FOLDED, true);
    bool is_too_large = file.is_full || file.used_bytes > limit_bytes - limit_bytes / 4;
    if (file.error == 0 && !is_too_large && rename(path, the_profile.path) != 0)
        file.error = errno;
    if (file.error == 0 && !is_too_large) {
        profile_file_close(&the_profile.file);
        the_profile.file = file;
        the_profile.file.path = the_profile.path;
        return;
    }
    unlink(path);
    profile_file_close(&file);
    profile_give_up(is_too_large ? "the limit is too small for" : "cannot write", the_profile.path, is_too_large ? EFBIG : file.error);
}

void profile_settle(void)
{
    if (the_profile.file.error != 0)
        profile_give_up("cannot write", the_profile.path, the_profile.file.error);
    else if (the_profile.file.is_full)
        fold();
}

int profile_begin(void)
{
    static char path[PROFILE_PATH_BYTES];
    *path = '\0';
    if (profile_open(&the_profile.file, path) != 0) {
        atomic_store_explicit(&profile_is_on, false, memory_order_relaxed);
        path[PATH_SHOWN_BYTES - 1] = '\0';
        base_warn("profile: cannot write '%s': %s; nothing is profiled", path, strerror(errno));
        return -1;
    }
    memcpy(the_profile.path, path, sizeof path);
    the_profile.file.path = the_profile.path;
    the_profile.start_ns = os_clock_ns();
    the_profile.has_file = true;
    profile_write_all(&the_profile.file, 0, false);
    profile_settle();
    return atomic_load(&profile_is_on) ? 0 : -1;
}

static void before_fork(void)
{
    os_lock_take(&trace_profile_lock);
    profile_events_apply();
}

static void fork_parent(void) { os_lock_drop(&trace_profile_lock); }

/* Nothing here costs anything to speak of: most children become another program at once. */
static void fork_child(void)
{
    atomic_store(&trace_profile_lock.state, 0);
    if (!the_profile.has_file)
        return;
    profile_file_close(&the_profile.file);
    the_profile.file = (profile_file){.fd = PROFILE_FD_NONE};
    the_profile.has_file = false;
    the_profile.is_child = true;
    the_profile.fold_count = 0;
    profile_thread_fork();
    profile_memory_clear();
    profile_account_clear();
    profile_live_fork();
}

int trace_profile_start(const trace_profile_options *options)
{
    if (os_fork_register(before_fork, fork_parent, fork_child) != 0) {
        base_warn("profile: fork cannot be watched; nothing is profiled");
        return -1;
    }
    profile_stacks_start(options->language, options->has_native);
    os_lock_take(&trace_profile_lock);
    the_profile.options = *options;
    profile_sampler_start(options->interval_bytes, options->seed);
    atomic_store(&profile_is_on, true);
    int result = profile_begin();
    if (result == 0)
        profile_memory_note(&the_profile.file, os_clock_ns(), the_profile.start_ns, true);
    os_lock_drop(&trace_profile_lock);
    return result;
}

void trace_profile_stop(uint32_t reason)
{
    os_lock_take(&trace_profile_lock);
    if (atomic_exchange(&profile_is_on, false) && the_profile.has_file) {
        profile_memory_note(&the_profile.file, os_clock_ns(), the_profile.start_ns, true);
        if (!the_profile.has_left)
            profile_account_note(&the_profile.file, 0, the_profile.start_ns, true);
        if (the_profile.options.has_native)
            profile_mappings_write(&the_profile.file);
        file_end(reason);
    }
    os_lock_drop(&trace_profile_lock);
}

const char *trace_profile_path(void) { return the_profile.has_file ? the_profile.path : NULL; }
