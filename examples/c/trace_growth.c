/* Which line has kept the memory? Two snapshots and their difference, as Python programs do with tracemalloc.
 * Prints the traced bytes and the largest change; with an argument, also where it is. Read pymm_trace.h first. */
#include <Python.h>
#include <pymm_trace.h>

static void *kept[1000];

static void *make_record(int number)
{
    char *record = (char *)PyMem_Malloc(200);
    if (record != NULL)
        record[0] = (char)number;
    return record;
}

static void serve(int number)
{
    char *scratch = (char *)PyMem_Malloc(4096);
    if (scratch == NULL)
        return;
    scratch[0] = 0;
    kept[number] = make_record(number); /* the leak */
    PyMem_Free(scratch);
}

/* 0, or -1 without memory. `place`: print the file and line as well, after this text. */
static int show_growth(const pymm_trace_snapshot *before, const pymm_trace_snapshot *after, const char *place)
{
    pymm_trace_statistic *changes;
    size_t count;
    if (pymm_trace_compare(after, before, PYMM_TRACE_BY_LINE, 0, &changes, &count) != 0)
        return -1;
    if (count == 0)
        puts("nothing has changed");
    else
        printf("largest change: %+td bytes in %+td blocks\n", changes[0].bytes_diff, changes[0].count_diff);
    if (count > 0 && place != NULL)
        printf("%s: it is at %s:%u\n", place, changes[0].places[0].file, changes[0].places[0].line);
    pymm_trace_statistics_free(changes);
    return 0;
}

int main(int argc, char **argv)
{
    pymm_trace_snapshot *before = NULL, *after = NULL;
    size_t traced, peak;
    int status;
    if (pymm_trace_start(1) != 0 || pymm_trace_snapshot_take(&before) != 0)
        return 1;
    for (int i = 0; i < 1000; i++)
        serve(i);
    pymm_trace_get_traced_memory(&traced, &peak);
    printf("traced %zu bytes, at the peak %zu\n", traced, peak);
    status = pymm_trace_snapshot_take(&after) != 0 || show_growth(before, after, argc > 1 ? argv[1] : NULL) != 0;
    pymm_trace_snapshot_free(after);
    pymm_trace_snapshot_free(before);
    pymm_trace_stop();
    for (int i = 0; i < 1000; i++)
        PyMem_Free(kept[i]);
    return status;
}
