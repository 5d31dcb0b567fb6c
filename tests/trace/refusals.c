/* What tracing's functions say to a NULL where something belongs: no, and everything goes on. Read include/pymm_trace.h
 * first. */
#include "Python.h"
#include "pymm_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static void null_is_refused(void **state)
{
    (void)state;
    pymm_trace_snapshot *snapshot, *none = NULL;
    pymm_trace_statistic *list;
    pymm_trace_info info;
    size_t count;
    assert_int_equal(pymm_trace_start(2), 0);
    void *block = PyMem_Malloc(10);
    assert_int_equal(pymm_trace_snapshot_take(NULL), -1);
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), 0);
    assert_int_equal(pymm_trace_snapshot_count(NULL), 0);
    assert_int_equal(pymm_trace_snapshot_limit(NULL), 0);
    assert_int_equal(pymm_trace_snapshot_get(NULL, 0, &info), -1);
    assert_int_equal(pymm_trace_snapshot_get(snapshot, 0, NULL), -1);
    pymm_trace_filter filter = PYMM_TRACE_FILTER_INIT;
    assert_int_equal(pymm_trace_snapshot_filter(NULL, &filter, 1, &none), -1);
    assert_int_equal(pymm_trace_snapshot_filter(snapshot, NULL, 1, &none), -1);
    assert_int_equal(pymm_trace_snapshot_filter(snapshot, &filter, 1, NULL), -1);
    assert_null(none);
    assert_int_equal(pymm_trace_snapshot_filter(snapshot, NULL, 0, &none), 0); /* no filter: all records */
    assert_int_equal(pymm_trace_snapshot_count(none), 1);
    assert_int_equal(pymm_trace_statistics(NULL, PYMM_TRACE_BY_LINE, 0, &list, &count), -1);
    assert_int_equal(pymm_trace_statistics(snapshot, PYMM_TRACE_BY_LINE, 0, NULL, &count), -1);
    assert_int_equal(pymm_trace_statistics(snapshot, PYMM_TRACE_BY_LINE, 0, &list, NULL), -1);
    assert_int_equal(pymm_trace_compare(NULL, snapshot, PYMM_TRACE_BY_LINE, 0, &list, &count), -1);
    assert_int_equal(pymm_trace_compare(snapshot, NULL, PYMM_TRACE_BY_LINE, 0, &list, &count), -1);
    assert_int_equal(pymm_trace_compare(snapshot, none, PYMM_TRACE_BY_LINE, 0, NULL, &count), -1);
    assert_int_equal(pymm_trace_compare(snapshot, none, PYMM_TRACE_BY_LINE, 0, &list, NULL), -1);
    assert_int_equal(pymm_trace_write_top(NULL, PYMM_TRACE_BY_LINE, 1, STDERR_FILENO), -1);
    unsigned total_count;
    assert_int_equal(pymm_trace_get_traceback(0, block, NULL, 5, &total_count), 0);
    assert_true(total_count >= 1);
    assert_int_equal(pymm_trace_get_traceback(0, NULL, NULL, 5, &total_count), 0);
    assert_int_equal(total_count, 0);
    assert_int_equal(pymm_trace_write_block(NULL, STDERR_FILENO), -1);
    pymm_trace_get_traced_memory(NULL, NULL);
    pymm_trace_snapshot_free(none);
    pymm_trace_snapshot_free(snapshot);
    PyMem_Free(block);
    pymm_trace_stop();
}

static void without_tracing_as_well(void **state)
{
    (void)state;
    unsigned total_count = 5;
    assert_int_equal(pymm_trace_snapshot_take(NULL), -1);
    assert_int_equal(pymm_trace_get_traceback(0, &total_count, NULL, 5, &total_count), 0);
    assert_int_equal(total_count, 0);
    assert_int_equal(pymm_trace_write_block(NULL, STDERR_FILENO), -1);
    assert_non_null(pymm_trace_code(NULL, NULL));
    assert_ptr_equal(pymm_trace_code(NULL, NULL), pymm_trace_code(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_tracing_as_well),
        cmocka_unit_test(null_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
