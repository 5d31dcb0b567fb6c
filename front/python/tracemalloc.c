/* tracemalloc.c: tracing as programs ask for it: PyTraceMalloc_*, PYTHONTRACEMALLOC, and pymm_trace.h's functions that go
 * through the tables.
 *
 * Like PYTHONMALLOC the setting holds from the moment the library is loaded; Py_Initialize reads it again, and there a bad
 * value is fatal, with CPython's words.
 * Owns: whether the environment started it. Does not own: tracing (trace/, hook/trace.c). Read python/pytracemalloc.h first. */
#include "front.h"

#include "hook/hook.h"
#include "trace/trace.h"

#include <errno.h>
#include <stdlib.h>

static bool is_from_environment;

PYMM_ENTRY int PyTraceMalloc_Track(unsigned int domain, uintptr_t ptr, size_t size)
{
    return trace_track(domain, ptr, size, PYMM_CALLER());
}

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t ptr) { return trace_untrack(domain, ptr); }

PYMM_ENTRY int pymm_trace_track(unsigned domain, uintptr_t address, size_t bytes)
{
    return trace_track(domain, address, bytes, PYMM_CALLER());
}

int pymm_trace_untrack(unsigned domain, uintptr_t address) { return trace_untrack(domain, address); }

int pymm_trace_start(unsigned frame_count)
{
    front_choice_settle();
    return hook_trace_start(frame_count);
}

void pymm_trace_stop(void) { hook_trace_stop(); }

/* What PYTHONTRACEMALLOC asks for: a number of frames, 0 for no tracing; -1: no number that CPython takes either. */
static long frames_from_environment(void)
{
    const char *text = front_setting("PYTHONTRACEMALLOC");
    if (text == NULL)
        return 0;
    char *end;
    int saved_errno = errno;
    errno = 0;
    long value = strtol(text, &end, 10);
    bool is_valid = *end == '\0' && errno != ERANGE && value >= 0 && value <= INT32_MAX;
    errno = saved_errno;
    return is_valid ? value : -1;
}

/* After the allocators are chosen (choice.c has 101). What cannot be done is said by Py_Initialize. */
__attribute__((constructor(102))) static void front_trace_at_load(void)
{
    long frame_count = frames_from_environment();
    if (frame_count >= 1 && frame_count <= PYMM_TRACE_FRAMES_MAX)
        is_from_environment = pymm_trace_start((unsigned)frame_count) == 0;
}

PyStatus front_trace_make(const PyConfig *config)
{
    long frame_count = config->tracemalloc;
    PyStatus status = PyStatus_Ok();
    if (frame_count < 0)
        frame_count = config->use_environment ? frames_from_environment() : 0;
    if (frame_count == 0 && is_from_environment)
        pymm_trace_stop(); /* started at load by a setting that may not be read, or is gone */
    is_from_environment = false;
    if (frame_count < 0) {
        status = PyStatus_Error("PYTHONTRACEMALLOC: invalid number of frames");
        status.func = "config_init_tracemalloc";
    } else if (frame_count != 0 && (frame_count > PYMM_TRACE_FRAMES_MAX || pymm_trace_start((unsigned)frame_count) != 0)) {
        status = PyStatus_Error("can't start tracemalloc");
        status.func = "init_interp_main";
    }
    return status;
}
