/* scenarios_trace.c: tracing and what is asked of it, a walker of the program's own, and tracked memory, without memory.
 *
 * Where the driver traces already, starting is no news, and the scenario leaves it on. Read driver.h first. */
#include "driver.h"

#include "pymm_trace.h"

#include <fcntl.h>
#include <unistd.h>

enum { COUNT = 12 };

static void make(void **blocks)
{
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = i % 3 == 0 ? PyMem_RawMalloc(i * 60) : i % 3 == 1 ? PyMem_Calloc(i, 90) : PyObject_Malloc(i * 300);
    for (size_t i = 1; i < COUNT; i += 3) {
        void *moved = blocks[i] == NULL ? NULL : PyMem_Realloc(blocks[i], i * 200);
        blocks[i] = moved != NULL ? moved : blocks[i];
    }
}

static void unmake(void **blocks)
{
    for (size_t i = 0; i < COUNT; i++)
        i % 3 == 0 ? PyMem_RawFree(blocks[i]) : i % 3 == 1 ? PyMem_Free(blocks[i]) : PyObject_Free(blocks[i]);
}

static void ask(const void *block, const pymm_trace_snapshot *snapshot, const pymm_trace_snapshot *old)
{
    pymm_trace_frame frames[4];
    pymm_trace_statistic *list;
    size_t count, bytes = 0, sum = 0;
    int null = open("/dev/null", O_WRONLY);
    pymm_trace_get_traceback(0, block, frames, 4, NULL);
    pymm_trace_write_block(block, null);
    for (size_t i = 0; i < pymm_trace_snapshot_count(snapshot); i++) {
        pymm_trace_info info;
        OOM_REQUIRE(pymm_trace_snapshot_get(snapshot, i, &info) == 0);
        bytes += info.bytes;
    }
    for (int key = PYMM_TRACE_BY_FILE; key <= PYMM_TRACE_BY_TRACEBACK; key++) {
        if (pymm_trace_statistics(snapshot, (enum pymm_trace_key)key, 0, &list, &count) == 0) {
            sum = 0;
            for (size_t i = 0; i < count; i++)
                sum += list[i].bytes;
            OOM_REQUIRE(sum == bytes);
            pymm_trace_statistics_free(list);
        }
        if (pymm_trace_compare(snapshot, old, (enum pymm_trace_key)key, key == PYMM_TRACE_BY_LINE, &list, &count) == 0)
            pymm_trace_statistics_free(list);
    }
    pymm_trace_write_top(snapshot, PYMM_TRACE_BY_LINE, 3, null);
    close(null);
}

static void snapshots(void)
{
    void *blocks[COUNT];
    pymm_trace_snapshot *old = NULL, *snapshot = NULL, *filtered = NULL;
    int was_tracing = pymm_trace_is_tracing();
    if (pymm_trace_start(4) != 0) {
        OOM_REQUIRE(was_tracing == pymm_trace_is_tracing());
        return;
    }
    if (pymm_trace_snapshot_take(&old) == 0) {
        make(blocks);
        if (pymm_trace_snapshot_take(&snapshot) == 0) {
            pymm_trace_filter filter = PYMM_TRACE_FILTER_INIT;
            filter.file = "*scenarios*";
            ask(blocks[0], snapshot, old);
            if (pymm_trace_snapshot_filter(snapshot, &filter, 1, &filtered) == 0) {
                OOM_REQUIRE(pymm_trace_snapshot_count(filtered) <= pymm_trace_snapshot_count(snapshot));
                pymm_trace_snapshot_free(filtered);
            }
            pymm_trace_snapshot_free(snapshot);
        }
        unmake(blocks);
        pymm_trace_snapshot_free(old);
    }
    if (!was_tracing)
        pymm_trace_stop();
}

/* Tracing comes and goes while blocks live; sums end at what is still traced. */
static void start_and_stop(void)
{
    void *before[COUNT], *within[COUNT];
    int was_tracing = pymm_trace_is_tracing();
    size_t traced;
    make(before);
    for (unsigned frames = 1; frames <= 3; frames++) {
        int is_started = pymm_trace_start(frames) == 0;
        make(within);
        if (frames == 2)
            pymm_trace_clear();
        pymm_trace_reset_peak();
        unmake(within);
        pymm_trace_get_traced_memory(&traced, NULL);
        OOM_REQUIRE(was_tracing || traced == 0);
        OOM_REQUIRE(is_started == pymm_trace_is_tracing() || was_tracing);
        if (!was_tracing)
            pymm_trace_stop();
    }
    unmake(before);
}

static void tracked(void)
{
    int was_tracing = pymm_trace_is_tracing(), is_started = pymm_trace_start(2) == 0;
    char place[50];
    for (uintptr_t i = 0; i < 50; i++) {
        int status = PyTraceMalloc_Track(5, (uintptr_t)place + i, i + 1);
        OOM_REQUIRE(is_started || was_tracing ? status == 0 || status == -1 : status == -2);
        status = PyTraceMalloc_Track(5, (uintptr_t)place + i, i + 2);
        PyMem_Free(PyMem_Malloc(i));
    }
    for (uintptr_t i = 0; i < 50; i++)
        PyTraceMalloc_Untrack(5, (uintptr_t)place + i);
    if (is_started && !was_tracing) {
        size_t traced;
        pymm_trace_get_traced_memory(&traced, NULL);
        OOM_REQUIRE(traced == 0);
        pymm_trace_stop();
    }
}

/* A walker that needs memory itself, and does without. */
static unsigned walk(void *ctx, pymm_trace_frame *frames, unsigned frame_max, unsigned *total_count)
{
    void *scratch = PyMem_RawMalloc(100);
    unsigned count = frame_max < 2 || scratch == NULL ? 1 : 2;
    for (unsigned i = 0; i < count; i++)
        frames[i] = (pymm_trace_frame){ctx, 10 + i};
    *total_count = count;
    PyMem_RawFree(scratch);
    return count;
}

static void resolve(void *ctx, const pymm_trace_frame *frame, pymm_trace_place *place)
{
    (void)ctx;
    *place = (pymm_trace_place){"own.script", "step", (unsigned)frame->position};
}

static void own_walker(void)
{
    const void *code = pymm_trace_code("own.script", "step");
    pymm_trace_walker walker = {(void *)code, walk, resolve};
    if (pymm_trace_is_tracing()) {
        OOM_REQUIRE(pymm_trace_walker_set(&walker) == -1);
        return;
    }
    if (code == NULL || pymm_trace_walker_set(&walker) != 0)
        return;
    snapshots();
    start_and_stop();
    OOM_REQUIRE(pymm_trace_walker_set(NULL) == 0);
}

const oom_scenario oom_trace_scenarios[] = {
    {"snapshots", snapshots, 0, 0, 0}, {"start_and_stop", start_and_stop, 0, 0, 0}, {"tracked", tracked, 0, 0, 0},
    {"own_walker", own_walker, 0, 0, 0}, {NULL, NULL, 0, 0, 0},
};
