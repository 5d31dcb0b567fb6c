/* Promises of tracing to one thread: what is counted, what is known of a block, what snapshots say, what is refused.
 * Read include/pymm_trace.h first. */
#include "Python.h"
#include "pymm_trace.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static size_t traced(void)
{
    size_t bytes;
    pymm_trace_get_traced_memory(&bytes, NULL);
    return bytes;
}

static size_t peak(void)
{
    size_t bytes;
    pymm_trace_get_traced_memory(NULL, &bytes);
    return bytes;
}

static int stop(void **state)
{
    (void)state;
    pymm_trace_stop();
    assert_int_equal(pymm_trace_walker_set(NULL), 0);
    return 0;
}

static void off_answers_minus_two(void **state)
{
    (void)state;
    assert_false(pymm_trace_is_tracing());
    assert_int_equal(PyTraceMalloc_Track(7, 1234, 10), -2);
    assert_int_equal(PyTraceMalloc_Untrack(7, 1234), -2);
    assert_int_equal(traced(), 0);
    assert_int_equal(peak(), 0);
    pymm_trace_snapshot *snapshot;
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), -2);
    pymm_trace_clear();
    pymm_trace_reset_peak();
    pymm_trace_stop();
    assert_false(pymm_trace_is_tracing());
}

static void frame_counts_are_checked(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(0), -1);
    assert_int_equal(pymm_trace_start(65536), -1);
    assert_false(pymm_trace_is_tracing());
    assert_int_equal(pymm_trace_start(65535), 0);
    assert_int_equal(pymm_trace_get_limit(), 65535);
    assert_int_equal(pymm_trace_start(3), 0); /* tracing already: nothing changes */
    assert_int_equal(pymm_trace_get_limit(), 65535);
}

typedef struct family {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
} family;
static const family families[] = {{PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree},
                                  {PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free},
                                  {PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free}};

static void every_call_is_counted(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 16, 17, 100, 512, 513, 1024, 5000, 32768, 32769, 300000, 5000000};
    assert_int_equal(pymm_trace_start(1), 0);
    for (size_t f = 0; f < 3; f++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const family *of = &families[f];
            size_t bytes = sizes[i];
            void *block = of->malloc(bytes);
            assert_int_equal(traced(), bytes);
            void *zeros = of->calloc(3, bytes);
            assert_int_equal(traced(), 4 * bytes);
            zeros = of->realloc(zeros, bytes + 1);
            assert_int_equal(traced(), 2 * bytes + 1);
            zeros = of->realloc(zeros, 7);
            assert_int_equal(traced(), bytes + 7);
            void *fresh = of->realloc(NULL, bytes);
            assert_int_equal(traced(), 2 * bytes + 7);
            of->free(NULL);
            of->free(block);
            of->free(zeros);
            of->free(fresh);
            assert_int_equal(traced(), 0);
            assert_null(of->malloc((size_t)-1));
            assert_null(of->malloc(PY_SSIZE_T_MAX));
            assert_int_equal(traced(), 0);
        }
}

static void a_failed_resize_leaves_the_record(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    void *block = PyMem_Malloc(100);
    assert_null(PyMem_Realloc(block, PY_SSIZE_T_MAX));
    assert_int_equal(traced(), 100);
    pymm_trace_frame frame;
    assert_int_equal(pymm_trace_get_traceback(0, block, &frame, 1, NULL), 1);
    PyMem_Free(block);
    assert_int_equal(traced(), 0);
}

static void the_peak_is_exact(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    void *a = PyMem_Malloc(1000), *b = PyMem_Malloc(500);
    PyMem_Free(a);
    void *c = PyMem_Malloc(700);
    assert_int_equal(traced(), 1200);
    assert_int_equal(peak(), 1500);
    pymm_trace_reset_peak();
    assert_int_equal(peak(), 1200);
    PyMem_Free(c);
    assert_int_equal(peak(), 1200);
    c = PyMem_Malloc(701);
    assert_int_equal(peak(), 1201);
    c = PyMem_Realloc(c, 1);
    c = PyMem_Realloc(c, 702);
    assert_int_equal(peak(), 1202);
    pymm_trace_clear();
    assert_int_equal(traced(), 0);
    assert_int_equal(peak(), 0);
    PyMem_Free(b); /* from before: no record, and none is missed */
    PyMem_Free(c);
    assert_int_equal(traced(), 0);
    void *d = PyMem_Malloc(3);
    assert_int_equal(traced(), 3);
    PyMem_Free(d);
}

static void what_is_older_than_tracing_has_no_record(void **state)
{
    (void)state;
    void *before = PyObject_Malloc(64), *resized = PyObject_Malloc(64);
    assert_int_equal(pymm_trace_start(1), 0);
    PyObject_Free(before);
    resized = PyObject_Realloc(resized, 200);
    assert_int_equal(traced(), 200);
    pymm_trace_stop();
    assert_int_equal(pymm_trace_start(1), 0);
    assert_int_equal(traced(), 0);
    PyObject_Free(resized);
    assert_int_equal(traced(), 0);
}

static void track_and_untrack(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    assert_int_equal(PyTraceMalloc_Track(5, 0xdeadbeef, 100), 0);
    assert_int_equal(PyTraceMalloc_Track(6, 0xdeadbeef, 10), 0); /* another domain: other memory */
    assert_int_equal(PyTraceMalloc_Track(0, 0xdeadbeef, 1), 0);
    assert_int_equal(traced(), 111);
    assert_int_equal(PyTraceMalloc_Track(5, 0xdeadbeef, 300), 0); /* updates */
    assert_int_equal(traced(), 311);
    assert_int_equal(PyTraceMalloc_Untrack(5, 0xdeadbeef), 0);
    assert_int_equal(PyTraceMalloc_Untrack(5, 0xdeadbeef), 0);
    assert_int_equal(PyTraceMalloc_Untrack(9, 42), 0);
    assert_int_equal(traced(), 11);
    assert_int_equal(PyTraceMalloc_Untrack(6, 0xdeadbeef), 0);
    assert_int_equal(PyTraceMalloc_Untrack(0, 0xdeadbeef), 0);
    for (uintptr_t i = 0; i < 20000; i++)
        assert_int_equal(PyTraceMalloc_Track((unsigned)(i % 3), i * 8, i), 0);
    assert_int_equal(traced(), (size_t)20000 * 19999 / 2);
    for (uintptr_t i = 0; i < 20000; i++)
        assert_int_equal(PyTraceMalloc_Untrack((unsigned)(i % 3), i * 8), 0);
    assert_int_equal(traced(), 19999 * 0); /* address 0 of domain 0 has size 0 */
    assert_int_equal(PyTraceMalloc_Track(UINT32_MAX, UINTPTR_MAX, PY_SSIZE_T_MAX), 0);
    assert_int_equal(traced(), PY_SSIZE_T_MAX);
    assert_int_equal(PyTraceMalloc_Untrack(UINT32_MAX, UINTPTR_MAX), 0);
    assert_int_equal(traced(), 0);
}

static void track_gives_a_block_of_the_tables_a_new_size(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    void *block = PyObject_Malloc(100);
    assert_int_equal(PyTraceMalloc_Track(0, (uintptr_t)block, 40), 0);
    assert_int_equal(traced(), 40);
    assert_int_equal(PyTraceMalloc_Track(0, (uintptr_t)block, (size_t)5 << 30), 0); /* more than a word holds */
    assert_int_equal(traced(), (size_t)5 << 30);
    assert_int_equal(PyTraceMalloc_Track(0, (uintptr_t)block, 41), 0);
    assert_int_equal(traced(), 41);
    assert_int_equal(PyTraceMalloc_Track(0, (uintptr_t)block, (size_t)5 << 30), 0);
    PyObject_Free(block);
    assert_int_equal(traced(), 0);
    block = PyObject_Malloc(100);
    assert_int_equal(PyTraceMalloc_Untrack(0, (uintptr_t)block), 0);
    assert_int_equal(traced(), 0);
    PyObject_Free(block);
    assert_int_equal(traced(), 0);
}

/* Frames ----------------------------------------------------------------------------------------------------------- */

static __attribute__((noinline)) void *allocate_here(void)
{
    void *block = PyMem_Malloc(10);
    *(volatile char *)block = 1;
    return block;
}

static __attribute__((noinline)) void *allocate_deeper(unsigned depth)
{
    void *block = depth == 0 ? allocate_here() : allocate_deeper(depth - 1);
    *(volatile char *)block = (char)depth;
    return block;
}

static bool lies_in(const void *code, const void *function)
{
    return (size_t)((const char *)code - (const char *)function) < 400;
}

static void the_frame_is_the_caller(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    for (int i = 0; i < 3; i++) { /* by the slow way first, then from the thread's memory of callers */
        void *block = allocate_here();
        pymm_trace_frame frames[4];
        unsigned total = 0;
        assert_int_equal(pymm_trace_get_traceback(0, block, frames, 4, &total), 1);
        assert_true(total >= 1);
        assert_true(frames[0].position == PYMM_TRACE_C_FRAME);
        assert_true(lies_in(frames[0].code, (const void *)allocate_here));
        PyMem_Free(block);
        assert_int_equal(pymm_trace_get_traceback(0, block, frames, 4, &total), 0);
    }
}

static void more_frames_are_the_callers_of_the_caller(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(4), 0);
    void *block = allocate_deeper(6);
    pymm_trace_frame frames[8];
    unsigned total = 0;
    assert_int_equal(pymm_trace_get_traceback(0, block, frames, 8, &total), 4);
    assert_true(total >= 4);
    assert_true(lies_in(frames[0].code, (const void *)allocate_here));
    for (int i = 1; i < 4; i++)
        assert_true(frames[i].position == PYMM_TRACE_C_FRAME && frames[i].code != frames[0].code);
    assert_int_equal(pymm_trace_get_traceback(0, block, frames, 2, &total), 2);
    PyMem_Free(block);
}

/* A walker whose stack the test sets. */
static struct {
    const char *file;
    unsigned line;
} host_stack[8];
static unsigned host_depth;

static unsigned host_walk(void *ctx, pymm_trace_frame *frames, unsigned frame_max, unsigned *total_count)
{
    assert_ptr_equal(ctx, host_stack);
    void *nested = PyMem_Malloc(5); /* not traced, and no harm */
    nested = PyMem_Realloc(nested, 500);
    PyMem_Free(nested);
    unsigned count = host_depth < frame_max ? host_depth : frame_max;
    for (unsigned i = 0; i < count; i++) {
        frames[i].code = pymm_trace_code(host_stack[i].file, NULL);
        frames[i].position = host_stack[i].line;
    }
    *total_count = host_depth;
    return count;
}

static void host_set(unsigned depth, const char *file, unsigned line, const char *outer_file, unsigned outer_line)
{
    host_depth = depth;
    host_stack[0].file = file;
    host_stack[0].line = line;
    host_stack[1].file = outer_file;
    host_stack[1].line = outer_line;
}

static void host_start(unsigned frame_count)
{
    pymm_trace_walker walker = {host_stack, host_walk, NULL};
    assert_int_equal(pymm_trace_walker_set(&walker), 0);
    assert_int_equal(pymm_trace_start(frame_count), 0);
    assert_int_equal(pymm_trace_walker_set(NULL), -1);
}

static void a_host_shows_its_own_frames(void **state)
{
    (void)state;
    host_start(1);
    host_set(2, "a.py", 3, "main.py", 9);
    void *block = PyMem_Malloc(10);
    assert_int_equal(traced(), 10);
    host_set(0, NULL, 0, NULL, 0);
    void *in_c = allocate_here();
    pymm_trace_frame frame;
    unsigned total;
    assert_int_equal(pymm_trace_get_traceback(0, block, &frame, 1, &total), 1);
    assert_int_equal(total, 2);
    assert_ptr_equal(frame.code, pymm_trace_code("a.py", NULL));
    assert_int_equal(frame.position, 3);
    assert_int_equal(pymm_trace_get_traceback(0, in_c, &frame, 1, &total), 1);
    assert_true(frame.position == PYMM_TRACE_C_FRAME);
    PyMem_Free(block);
    PyMem_Free(in_c);
}

static void codes_are_kept_once(void **state)
{
    (void)state;
    const void *code = pymm_trace_code("x.c", "f");
    assert_ptr_equal(code, pymm_trace_code("x.c", "f"));
    assert_ptr_not_equal(code, pymm_trace_code("x.c", NULL));
    assert_ptr_not_equal(code, pymm_trace_code("x.c", "g"));
    assert_ptr_not_equal(code, pymm_trace_code("y.c", "f"));
    assert_non_null(pymm_trace_code(NULL, NULL));
}

/* Reports ------------------------------------------------------------------------------------------------------------ */

static const char *written_by(int (*write_to)(const void *arg, int fd), const void *arg)
{
    static char text[4096];
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write_to(arg, fds[1]), 0);
    close(fds[1]);
    ssize_t bytes = read(fds[0], text, sizeof text - 1);
    close(fds[0]);
    text[bytes < 0 ? 0 : bytes] = '\0';
    return text;
}

static void a_report_has_the_words_of_tracemalloc(void **state)
{
    (void)state;
    host_start(2);
    host_set(2, "a.py", 3, "main.py", 9);
    void *block = PyMem_Malloc(10);
    assert_string_equal(written_by(pymm_trace_write_block, block),
                        "Memory block allocated at (most recent call first):\n"
                        "  File \"a.py\", line 3\n  File \"main.py\", line 9\n\n");
    PyMem_Free(block);
    assert_int_equal(pymm_trace_write_block(block, STDERR_FILENO), -1);
    assert_int_equal(pymm_trace_write_block(NULL, STDERR_FILENO), -1);
}

static int write_top(const void *snapshot, int fd) { return pymm_trace_write_top(snapshot, PYMM_TRACE_BY_LINE, 1, fd); }

static void the_top_is_written(void **state)
{
    (void)state;
    host_start(1);
    host_set(1, "a.py", 3, NULL, 0);
    void *a = PyMem_Malloc(2048), *b = PyMem_Malloc(1024);
    host_set(1, "b.py", 4, NULL, 0);
    void *c = PyMem_Malloc(512);
    pymm_trace_snapshot *snapshot;
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), 0);
    assert_string_equal(written_by(write_top, snapshot), "Top 1 lines\n#1: a.py:3: 3.0 KiB in 2 blocks\n"
                                                         "1 other: 0.5 KiB\nTotal allocated size: 3.5 KiB\n");
    pymm_trace_snapshot_free(snapshot);
    PyMem_Free(a);
    PyMem_Free(b);
    PyMem_Free(c);
}

/* Snapshots ---------------------------------------------------------------------------------------------------------- */

static void a_snapshot_has_every_record(void **state)
{
    (void)state;
    host_start(2);
    host_set(2, "a.py", 3, "main.py", 9);
    void *small = PyMem_Malloc(10), *large = PyMem_RawMalloc(100000);
    assert_int_equal(PyTraceMalloc_Track(77, 5, 1000), 0);
    pymm_trace_snapshot *snapshot;
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), 0);
    PyMem_Free(small);
    PyMem_RawFree(large);
    pymm_trace_stop(); /* the snapshot stays */
    assert_int_equal(pymm_trace_snapshot_count(snapshot), 3);
    assert_int_equal(pymm_trace_snapshot_limit(snapshot), 2);
    size_t bytes = 0;
    for (size_t i = 0; i < 3; i++) {
        pymm_trace_info info;
        assert_int_equal(pymm_trace_snapshot_get(snapshot, i, &info), 0);
        bytes += info.bytes;
        assert_int_equal(info.domain, info.bytes == 1000 ? 77 : 0);
        assert_int_equal(info.table, info.bytes == 1000 ? -1 : info.bytes == 10 ? PYMM_DOMAIN_MEM : PYMM_DOMAIN_RAW);
        assert_int_equal(info.frame_count, 2);
        assert_string_equal(info.places[0].file, "a.py");
        assert_int_equal(info.places[1].line, 9);
    }
    assert_int_equal(bytes, 101010);
    pymm_trace_info info;
    assert_int_equal(pymm_trace_snapshot_get(snapshot, 3, &info), -1);
    pymm_trace_statistic *list;
    size_t count;
    assert_int_equal(pymm_trace_statistics(snapshot, PYMM_TRACE_BY_TRACEBACK, 1, &list, &count), -1);
    assert_int_equal(pymm_trace_statistics(snapshot, (enum pymm_trace_key)3, 0, &list, &count), -1);
    pymm_trace_snapshot_free(snapshot);
    pymm_trace_snapshot_free(NULL);
    pymm_trace_statistics_free(NULL);
}

static void memory_of_tracing_is_known_and_bounded(void **state)
{
    (void)state;
    size_t first = 0;
    for (int i = 0; i < 50; i++) {
        assert_int_equal(pymm_trace_start(1 + (unsigned)i % 3), 0);
        void *blocks[100];
        for (int k = 0; k < 100; k++)
            blocks[k] = PyMem_Malloc((size_t)k * 40);
        assert_int_equal(PyTraceMalloc_Track(3, 99, 1), 0);
        assert_true(pymm_trace_get_memory() > 0);
        for (int k = 0; k < 100; k++)
            PyMem_Free(blocks[k]);
        pymm_trace_stop();
        if (i == 5)
            first = pymm_trace_get_memory();
    }
    assert_int_equal(pymm_trace_get_memory(), first);
}

#define TRACING(test) cmocka_unit_test_teardown(test, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACING(off_answers_minus_two),
        TRACING(frame_counts_are_checked),
        TRACING(every_call_is_counted),
        TRACING(a_failed_resize_leaves_the_record),
        TRACING(the_peak_is_exact),
        TRACING(what_is_older_than_tracing_has_no_record),
        TRACING(track_and_untrack),
        TRACING(track_gives_a_block_of_the_tables_a_new_size),
        TRACING(the_frame_is_the_caller),
        TRACING(more_frames_are_the_callers_of_the_caller),
        TRACING(a_host_shows_its_own_frames),
        TRACING(codes_are_kept_once),
        TRACING(a_report_has_the_words_of_tracemalloc),
        TRACING(the_top_is_written),
        TRACING(a_snapshot_has_every_record),
        TRACING(memory_of_tracing_is_known_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
