/* Tracing without memory: with the N-th call to the system failing, for every N, once and from then on, what fails says so
 * and changes nothing, and figures and records go on agreeing. Needs a build with PYMM_FAULTS; elsewhere it is skipped.
 * Read include/pymm_trace.h and os/os.h first. */
#include "Python.h"
#include "pymm_trace.h"

#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef PYMM_FAULTS
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            os_fault_set(0, 0);                                                                                        \
            fprintf(stderr, "oom.c:%d: call %ld fails: %s does not hold\n", __LINE__, failing_call, #condition);       \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static long failing_call;
static size_t traced, live_count;

static void check_counts(void)
{
    size_t seen;
    pymm_trace_get_traced_memory(&seen, NULL);
    CHECK(seen == traced);
}

static void use_snapshot(void)
{
    pymm_trace_snapshot *snapshot, *filtered;
    if (pymm_trace_snapshot_take(&snapshot) != 0)
        return;
    CHECK(pymm_trace_snapshot_count(snapshot) == live_count);
    pymm_trace_filter filter = PYMM_TRACE_FILTER_INIT;
    filter.file = "*";
    if (pymm_trace_snapshot_filter(snapshot, &filter, 1, &filtered) == 0) {
        CHECK(pymm_trace_snapshot_count(filtered) == live_count);
        pymm_trace_snapshot_free(filtered);
    }
    pymm_trace_statistic *list;
    size_t count, sum = 0;
    if (pymm_trace_statistics(snapshot, PYMM_TRACE_BY_FILE, 0, &list, &count) == 0) {
        for (size_t i = 0; i < count; i++)
            sum += list[i].bytes;
        CHECK(sum == traced);
        pymm_trace_statistics_free(list);
    }
    pymm_trace_snapshot_free(snapshot);
}

static void scenario(void)
{
    enum { COUNT = 40 };
    void *blocks[COUNT] = {NULL};
    size_t sizes[COUNT];
    traced = live_count = 0;
    if (pymm_trace_start(2) != 0) {
        CHECK(!pymm_trace_is_tracing());
        return;
    }
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i * i * 300;
        if ((blocks[i] = PyMem_Malloc(sizes[i])) != NULL) {
            traced += sizes[i];
            live_count++;
        }
    }
    check_counts();
    for (size_t i = 0; i < COUNT; i++) {
        size_t bytes = (COUNT - i) * 500;
        void *moved = blocks[i] == NULL ? NULL : PyMem_Realloc(blocks[i], bytes);
        if (moved != NULL) {
            traced += bytes - sizes[i];
            sizes[i] = bytes;
            blocks[i] = moved;
        }
    }
    check_counts();
    size_t tracked_count = 0;
    for (uintptr_t i = 0; i < 3000; i++)
        if (PyTraceMalloc_Track(3, i, 2) == 0) {
            traced += 2;
            live_count++;
            tracked_count++;
        }
    check_counts();
    use_snapshot();
    for (uintptr_t i = 0; i < 3000; i++)
        CHECK(PyTraceMalloc_Untrack(3, i) == 0);
    traced -= tracked_count * 2;
    check_counts();
    for (size_t i = 0; i < COUNT; i++)
        PyMem_Free(blocks[i]);
    traced = 0;
    check_counts();
    pymm_trace_stop();
}

int main(void)
{
    unsigned kinds = OS_FAULT_RESERVE | OS_FAULT_COMMIT | OS_FAULT_PURGE | OS_FAULT_THREAD;
    os_fault_set(kinds, 1000000);
    scenario();
    long call_count = os_fault_count();
    for (int is_once = 0; is_once < 2; is_once++)
        for (failing_call = 0; failing_call <= call_count; failing_call++) {
            os_fault_set(is_once ? kinds | OS_FAULT_ONCE : kinds, failing_call);
            scenario();
            os_fault_set(0, 0);
            pymm_trace_stop();
            char message[200];
            CHECK(pymm_check(message, sizeof message) == 0);
        }
    printf("%ld calls to the system, each failed once and for good\n", call_count);
    return call_count > 10 ? 0 : 1;
}
#else
int main(void)
{
    printf("skipped: a build without PYMM_FAULTS\n");
    return 77;
}
#endif
