/* profile.c: a profile of the Python in this process, as PYMM_PROFILE and its like ask for it.
 *
 * Owns: what the profile says of the process (its name, arguments, versions), and the line at the end that says how to open it.
 * Does not own: sampling and the file (trace/profile.h), frames (frames.c). Read front.h first. */
#include "front.h"
#include "frames.h"
#include "hook/hook.h"
#include "trace/profile_format.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[4096];
static bool is_profiling;
static pid_t profiled_pid;

/* "3.11.7 (main, ...": as PY_VERSION_HEX, without the level of the release. */
static unsigned version_hex(const char *text)
{
    unsigned numbers[3] = {0};
    for (unsigned i = 0; i < 3; i++) {
        char *end;
        numbers[i] = (unsigned)strtoul(text, &end, 10);
        if (*end != '.')
            break;
        text = end + 1;
    }
    return numbers[0] << 24 | (numbers[1] & 255) << 16 | (numbers[2] & 255) << 8;
}

/* What stands in the name of the file: the script without its folder and its .py. */
static const char *program_name(int argument_count, char **arguments)
{
    static char name[64];
    const char *script = front_python_script(argument_count, arguments);
    const char *path = script != NULL ? script : argument_count > 0 ? arguments[0] : "python";
    const char *slash = strrchr(path, '/');
    base_format(name, sizeof name, "%s", slash != NULL ? slash + 1 : path);
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".py") == 0)
        name[length - 3] = '\0';
    return *name == '\0' ? "python" : name;
}

static void add_fact(trace_profile_options *options, uint32_t fact, const char *text, size_t text_bytes)
{
    options->facts[options->fact_count++] = (trace_profile_fact){fact, text, text_bytes};
}

/* The arguments lie one behind the other, as the kernel has put them there. */
static void add_facts(trace_profile_options *options, const char *version, int argument_count, char **arguments)
{
    static char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0)
        add_fact(options, PROFILE_PROGRAM, program, (size_t)length);
    if (argument_count > 0) {
        const char *last = arguments[argument_count - 1], *end = last + strlen(last) + 1;
        if (end > arguments[0])
            add_fact(options, PROFILE_COMMAND, arguments[0], (size_t)(end - arguments[0]));
    }
    add_fact(options, PROFILE_PYTHON_VERSION, version, strlen(version));
    add_fact(options, PROFILE_PYMM_VERSION, PYMM_VERSION, strlen(PYMM_VERSION));
    if (options->language == NULL) {
        static const char note[] = "the frames of this version of Python cannot be read";
        add_fact(options, PROFILE_NOTE, note, sizeof note - 1);
        base_warn("profile: the frames of Python %u.%u cannot be read; it is profiled without them",
                  options->python_version >> 24, options->python_version >> 16 & 255);
    }
}

bool front_profile_start(const front_python *python, int argument_count, char **arguments, pymm_allocator *tables)
{
    const front_settings *settings = &front_the_settings;
    const char *version = python->get_version();
    trace_profile_options options = {.folder = folder, .file = *settings->profile == '\0' ? NULL : settings->profile};
    if (getcwd(folder, sizeof folder) == NULL)
        base_format(folder, sizeof folder, ".");
    options.program = program_name(argument_count, arguments);
    options.interval_bytes =
        settings->sample_interval_bytes != 0 ? settings->sample_interval_bytes : TRACE_PROFILE_INTERVAL_BYTES;
    options.limit_bytes = settings->profile_limit_bytes != 0 ? settings->profile_limit_bytes : TRACE_PROFILE_LIMIT_BYTES;
    options.seed = settings->has_profile_seed ? settings->profile_seed : os_clock_ns() ^ (uint64_t)getpid() << 40;
    options.has_native = settings->has_profile_native;
    options.python_version = version_hex(version);
    options.language = frames_language(python->handle, options.python_version);
    options.is_leaving = python->is_finalizing;
    add_facts(&options, version, argument_count, arguments);
    if (trace_profile_start(&options) != 0)
        return false;
    hook_sample_tables(tables);
    is_profiling = true;
    profiled_pid = getpid();
    return true;
}

/* Children that the program forks end without a word, and so do programs that it starts, where `pymm run` was asked for one. */
void front_profile_end(void)
{
    if (!is_profiling)
        return;
    trace_profile_stop(PROFILE_END_EXIT);
    const char *path = trace_profile_path();
    bool is_child = getpid() != profiled_pid || (getenv("PYMM_RUN") != NULL && !front_the_settings.is_run);
    if (path == NULL || is_child)
        return;
    char now[sizeof folder];
    size_t folder_bytes = strlen(folder);
    bool is_here = getcwd(now, sizeof now) != NULL && strcmp(now, folder) == 0;
    if (is_here && strncmp(path, folder, folder_bytes) == 0 && path[folder_bytes] == '/')
        path += folder_bytes + 1;
    base_warn("profile written; open it with: pymm report %s", path);
}
