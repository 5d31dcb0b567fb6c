/* profile_write.c: the whole state of a profile into a new file: what a fold leaves, and what a forked child begins with.
 *
 * Owns: names of files, the order of what is written. Read docs/profile-format.md first. */
#include "trace/profile_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

profile_state the_profile = {.file = {.fd = {.fd = -1}}};

static uint64_t unix_ns(uint64_t monotonic_ns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - (os_clock_ns() - monotonic_ns);
}

static void header_write(profile_file *file, uint32_t flags)
{
    const trace_profile_options *options = &the_profile.options;
    profile_header header = {.major = PROFILE_MAJOR,
                             .minor = PROFILE_MINOR,
                             .header_bytes = sizeof header,
                             .byte_order = PROFILE_BYTE_ORDER,
                             .flags = flags,
                             .start_unix_ns = unix_ns(the_profile.start_ns),
                             .pid = (uint32_t)getpid(),
                             .parent_pid = (uint32_t)getppid(),
                             .interval_bytes = profile_interval_bytes(),
                             .asked_interval_bytes = options->interval_bytes,
                             .seed = options->seed,
                             .limit_bytes = options->limit_bytes,
                             .python_version = options->python_version,
                             .page_bytes = (uint32_t)os_page_bytes()};
    memcpy(header.magic, PROFILE_MAGIC, sizeof header.magic);
    header.flags |= profile_sampler_is_exact() ? PROFILE_EXACT : 0;
    header.flags |= the_profile.is_child ? PROFILE_FORKED : 0;
    header.flags |= options->has_native ? PROFILE_NATIVE : 0;
    header.flags |= options->language == NULL ? PROFILE_NO_FRAMES : 0;
    profile_file_header(file, &header);
}

void profile_write_all(profile_file *file, uint32_t flags, bool is_fold)
{
    const trace_profile_options *options = &the_profile.options;
    header_write(file, flags);
    for (size_t i = 0; i < options->fact_count; i++) {
        const trace_profile_fact *fact = &options->facts[i];
        profile_info record = {{0, PROFILE_INFO, 0}, fact->fact, (uint32_t)base_min(fact->text_bytes, 16384)};
        profile_file_append_text(file, &record, sizeof record, fact->text, record.text_bytes);
    }
    if (options->has_native)
        profile_mappings_write(file);
    profile_threads_write(file);
    profile_stacks_write(file);
    if (is_fold)
        profile_sites_write(file, the_profile.start_ns, the_profile.fold_count, os_clock_ns());
    profile_memory_write(file, the_profile.start_ns);
    profile_account_write(file, the_profile.start_ns);
    profile_live_write(file, the_profile.start_ns);
}

/* The name that was asked for, with the pid in the place of each %p; *has_pid: there was one. False: it is too long. */
static bool expand(const char *folder, const char *name, char *path, bool *has_pid)
{
    size_t length_bytes = *name == '/' ? 0 : base_format(path, PROFILE_PATH_BYTES, "%s/", folder);
    *has_pid = false;
    for (; *name != '\0' && length_bytes < PROFILE_PATH_BYTES; name++) {
        if (name[0] == '%' && name[1] == 'p') {
            length_bytes += base_format(path + length_bytes, PROFILE_PATH_BYTES - length_bytes, "%d", (int)getpid());
            *has_pid = true;
            name++;
        } else {
            path[length_bytes++] = *name;
        }
    }
    if (length_bytes >= PROFILE_PATH_BYTES - 32) /* room for what is put behind it */
        return false;
    path[length_bytes] = '\0';
    return true;
}

/* The first free name of pymm-<program>.<pid>.pymm, pymm-<program>.<pid>.2.pymm, ...: nothing is overwritten, as a process
 * that becomes another program keeps its pid. */
static int open_unnamed(profile_file *file, char *path)
{
    const trace_profile_options *options = &the_profile.options;
    for (unsigned turn = 1; turn < 1000; turn++) {
        size_t bytes = base_format(path, PROFILE_PATH_BYTES, "%s/pymm-%s.%d", options->folder, options->program, (int)getpid());
        if (bytes > PROFILE_PATH_BYTES - 32)
            break;
        base_format(path + bytes, PROFILE_PATH_BYTES - bytes, turn == 1 ? ".pymm" : ".%u.pymm", turn);
        if (profile_file_create(file, path, true, options->limit_bytes) == 0)
            return 0;
        if (errno != EEXIST)
            return -1;
    }
    errno = ENAMETOOLONG;
    return -1;
}

int profile_open(profile_file *file, char *path)
{
    const trace_profile_options *options = &the_profile.options;
    bool has_pid;
    if (options->file == NULL)
        return open_unnamed(file, path);
    if (!expand(options->folder, options->file, path, &has_pid)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    bool is_taken = the_profile.is_child && !has_pid;
    if (!is_taken && profile_file_create(file, path, false, options->limit_bytes) == 0)
        return 0;
    if (has_pid || (!is_taken && errno != EWOULDBLOCK)) /* that: another process is writing it */
        return -1;
    base_format(path + strlen(path), 32, ".%d", (int)getpid());
    return profile_file_create(file, path, false, options->limit_bytes);
}
