/* driver.c: `oom_driver [full] [NAME]`: every scenario is run again with its N-th allocation failing, for every N, once and
 * from then on; in builds with PYMM_FAULTS, with the N-th call to the system failing, too.
 *
 * Each run is a process of its own. It has to end by itself, to leave no block that was not there before and no tracing, to
 * pass the heap's check, and to be able to allocate when memory is back. All of this under each layering of the hooks.
 * Without `full`, N goes in growing steps from QUICK_CALLS on. Read driver.h first. */
#define _POSIX_C_SOURCE 200809L
#include "driver.h"

#include "hook/hook.h"
#include "os/os.h"
#include "pymm_trace.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The builds in which the system can fail are the slow ones, and run everything twice. */
#ifdef PYMM_FAULTS
enum { QUICK_CALLS = 24 };
#else
enum { QUICK_CALLS = 32 };
#endif
enum { ALL_DOMAINS = 7, SECONDS_MAX = 120 };

enum layering { PLAIN, DEBUG_ABOVE, TRACE_ABOVE, TRACE_BELOW, DEBUG_AND_TRACE_ABOVE, LAYERING_COUNT };
static const char *const layering_names[] = {"plain", "debug hooks above", "tracing above", "tracing below",
                                             "debug hooks and tracing above"};

typedef struct run {
    const oom_scenario *scenario;
    enum layering layering;
    int is_system;  /* calls to the system fail, not allocations */
    int is_once;
    int is_warm;    /* the scenario has run once before */
    size_t spared;  /* calls that succeed before one fails */
} run;

/* What a run tells the driver. */
static struct report {
    volatile size_t call_count, failed_count;
} *report;
static FILE *messages; /* its stderr */

static int does_system_fail;
int oom_does_system_fail(void) { return does_system_fail; }

void oom_fail(const char *file, int line, const char *condition)
{
#ifdef PYMM_FAULTS
    os_fault_set(0, 0);
#endif
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    _exit(9);
}

int oom_is_alive(void)
{
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return !PyStatus_Exception(status);
}

void oom_require_no_memory(void)
{
    OOM_REQUIRE(PyErr_Occurred() != NULL);
    OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
}

void oom_give_up(PyObject *made)
{
    if (made == NULL)
        oom_require_no_memory();
    Py_XDECREF(made);
}

/* One run, in its own process ------------------------------------------------------------------------------------------ */

static int count_block(const pymm_block_info *info, void *count)
{
    (void)info;
    ++*(size_t *)count;
    return 0;
}

static size_t live_count(void)
{
    size_t count = 0;
    OOM_REQUIRE(pymm_walk(count_block, &count) == 0);
    return count;
}

static void layers_install(const run *of)
{
    if (of->layering == TRACE_BELOW)
        OOM_REQUIRE(pymm_trace_start(3) == 0);
    OOM_REQUIRE(hook_fail_start(ALL_DOMAINS, SIZE_MAX, 0) == 0);
    if (of->layering == DEBUG_ABOVE || of->layering == DEBUG_AND_TRACE_ABOVE)
        PyMem_SetupDebugHooks();
    if (of->layering == TRACE_ABOVE || of->layering == DEBUG_AND_TRACE_ABOVE)
        OOM_REQUIRE(pymm_trace_start(3) == 0);
}

static void failures_start(const run *of)
{
    OOM_REQUIRE(hook_fail_start(0, of->is_system ? SIZE_MAX : of->spared, of->is_once) == 0);
#ifdef PYMM_FAULTS
    unsigned kinds = OS_FAULT_RESERVE | OS_FAULT_COMMIT | OS_FAULT_PURGE | OS_FAULT_REMAP | OS_FAULT_THREAD;
    if (of->is_system)
        os_fault_set(of->is_once ? kinds | OS_FAULT_ONCE : kinds, of->spared > INT32_MAX ? INT32_MAX : (long)of->spared);
#endif
}

static void failures_stop(const run *of)
{
    report->call_count = hook_fail_count();
    report->failed_count = hook_fail_failed_count();
#ifdef PYMM_FAULTS
    if (of->is_system) {
        report->call_count = (size_t)os_fault_count();
        report->failed_count = report->call_count > of->spared;
    }
    os_fault_set(0, 0);
#endif
    (void)of;
    hook_fail_stop();
}

static void memory_is_back(void)
{
    void *blocks[3] = {PyMem_RawMalloc(5000), PyMem_Malloc(70), PyObject_Calloc(3, 3)};
    for (int i = 0; i < 3; i++)
        OOM_REQUIRE(blocks[i] != NULL);
    PyMem_RawFree(blocks[0]);
    PyMem_Free(blocks[1]);
    PyObject_Free(blocks[2]);
}

static void run_here(const run *of)
{
    alarm(SECONDS_MAX);
    does_system_fail = of->is_system;
    layers_install(of);
    if (of->is_warm)
        of->scenario->run();
    size_t before = live_count();
    int was_tracing = pymm_trace_is_tracing();
    failures_start(of);
    of->scenario->run();
    failures_stop(of);
    if (of->scenario->keeps == 0 || of->is_warm) {
        size_t after = live_count();
        if (after != before)
            fprintf(stderr, "%zu blocks were alive, %zu are now\n", before, after);
        OOM_REQUIRE(after == before);
        if (was_tracing && pymm_trace_is_tracing()) {
            size_t traced;
            pymm_trace_get_traced_memory(&traced, NULL);
            OOM_REQUIRE(of->is_warm || traced == 0);
        }
    }
    char message[200];
    if (pymm_check(message, sizeof message) != 0)
        oom_fail("heap check", 0, message);
    memory_is_back();
    _exit(0);
}

/* The driver ------------------------------------------------------------------------------------------------------------- */

static int failure_count;

static void show(const run *of, const char *what, int number)
{
    char line[400];
    failure_count++;
    fprintf(stderr, "oom: %s%s, %s: %s %zu fails%s: %s %d\n", of->scenario->name, of->is_warm ? " (warm)" : "",
            layering_names[of->layering], of->is_system ? "call to the system" : "allocation", of->spared + 1,
            of->is_once ? "" : ", and all after it", what, number);
    rewind(messages);
    for (int i = 0; i < 12 && fgets(line, sizeof line, messages) != NULL; i++)
        fprintf(stderr, "    %s", line);
}

/* Is this the end that the manual promises where there is no memory for a thread's state and the like? */
static int is_documented_fatal(const run *of, int status)
{
    char text[4096];
    rewind(messages);
    size_t bytes = fread(text, 1, sizeof text - 1, messages);
    text[bytes] = '\0';
    return of->scenario->is_fatal_os && of->is_system && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
           strstr(text, "Fatal Python error: ") != NULL && strstr(text, "memory") != NULL;
}

/* True when it went well. */
static int run_apart(const run *of, int must_fail)
{
    rewind(messages);
    OOM_REQUIRE(ftruncate(fileno(messages), 0) == 0);
    report->call_count = report->failed_count = 0;
    pid_t child = fork();
    OOM_REQUIRE(child >= 0);
    if (child == 0) {
        OOM_REQUIRE(dup2(fileno(messages), STDERR_FILENO) >= 0);
        run_here(of);
    }
    int status, failures_before = failure_count;
    OOM_REQUIRE(waitpid(child, &status, 0) == child);
    if (is_documented_fatal(of, status))
        return 1;
    if (WIFSIGNALED(status))
        show(of, "signal", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        show(of, "status", WEXITSTATUS(status));
    else if (must_fail && report->failed_count == 0)
        show(of, "the run never came there; its calls:", (int)report->call_count);
    return failure_count == failures_before;
}

static size_t run_all(run of, int is_full)
{
    size_t run_count = 0;
    of.spared = SIZE_MAX - 1;
    if (!run_apart(&of, 0))
        return 0;
    size_t call_count = report->call_count;
    for (of.is_once = 0; of.is_once < 2; of.is_once++)
        for (size_t call = 1; call <= call_count && failure_count < 20; run_count++) {
            of.spared = call - 1;
            /* What the system is asked for may differ a little from run to run: threads. */
            run_apart(&of, !of.is_system);
            call += !is_full && call >= QUICK_CALLS ? call / 8 : 1;
        }
    return run_count;
}

static size_t run_scenario(const oom_scenario *scenario, int is_full)
{
    size_t run_count = 0;
    run of = {scenario, PLAIN, 0, 0, 0, 0};
    unsigned layering_count = scenario->is_long && !is_full ? 1 : LAYERING_COUNT;
    for (unsigned layering = 0; layering < layering_count; layering++)
        for (of.is_warm = 0; of.is_warm <= scenario->keeps; of.is_warm++) {
            of.layering = (enum layering)layering;
            of.is_system = 0;
            run_count += run_all(of, is_full);
#ifdef PYMM_FAULTS
            of.is_system = 1;
            run_count += run_all(of, is_full);
#endif
        }
    return run_count;
}

int main(int argc, char **argv)
{
    static const oom_scenario *const lists[] = {oom_memory_scenarios, oom_hook_scenarios, oom_thread_scenarios, oom_trace_scenarios,
                                                oom_object_scenarios, oom_number_scenarios, oom_text_scenarios,
                                                oom_container_scenarios, oom_gc_scenarios, oom_call_scenarios,
                                                oom_method_scenarios};
    int is_full = argc > 1 && strcmp(argv[1], "full") == 0;
    const char *only = argc > 1 + is_full ? argv[1 + is_full] : NULL;
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    messages = tmpfile();
    if (report == MAP_FAILED || messages == NULL)
        return 2;
    size_t sum = 0;
    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
        for (const oom_scenario *scenario = lists[list]; scenario->name != NULL; scenario++)
            if (only == NULL || strcmp(only, scenario->name) == 0) {
                size_t run_count = run_scenario(scenario, is_full);
                printf("%-24s %zu runs\n", scenario->name, run_count);
                fflush(stdout);
                sum += run_count;
            }
    printf("%zu runs, %d failures\n", sum, failure_count);
    return failure_count != 0 || sum == 0;
}
