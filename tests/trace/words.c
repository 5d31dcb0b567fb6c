/* Records on both sides of what a word beside the heap can hold: sizes, stacks, and the table that was called. Which kind a
 * record is must never show. Read src/trace/trace.h first. */
#include "Python.h"
#include "pymm_trace.h"

#include "trace/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int stop(void **state)
{
    (void)state;
    pymm_trace_stop();
    assert_int_equal(pymm_trace_walker_set(NULL), 0);
    return 0;
}

static size_t traced(void)
{
    size_t bytes;
    pymm_trace_get_traced_memory(&bytes, NULL);
    return bytes;
}

/* Of the only record: its size and table. */
static void assert_only_record(size_t bytes, int table)
{
    pymm_trace_snapshot *snapshot;
    pymm_trace_info info;
    assert_int_equal(traced(), bytes);
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), 0);
    assert_int_equal(pymm_trace_snapshot_count(snapshot), 1);
    assert_int_equal(pymm_trace_snapshot_get(snapshot, 0, &info), 0);
    assert_int_equal(info.bytes, bytes);
    assert_int_equal(info.table, table);
    assert_int_equal(info.frame_count, 1);
    pymm_trace_snapshot_free(snapshot);
}

static void sizes_around_the_limit(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    for (size_t bytes = TRACE_WORD_SIZE_MAX - 2; bytes <= TRACE_WORD_SIZE_MAX + 2; bytes++) {
        void *block = PyMem_Malloc(bytes);
        assert_only_record(bytes, PYMM_DOMAIN_MEM);
        for (size_t other = TRACE_WORD_SIZE_MAX + 2; other >= TRACE_WORD_SIZE_MAX - 2; other--) {
            block = PyMem_Realloc(block, other);
            assert_only_record(other, PYMM_DOMAIN_MEM);
        }
        PyMem_Free(block);
        assert_int_equal(traced(), 0);
        block = PyObject_Calloc(bytes, 1);
        assert_only_record(bytes, PYMM_DOMAIN_OBJ);
        PyObject_Free(block);
        assert_int_equal(traced(), 0);
    }
}

/* The slab is the mem domain's; the table that was called last is the record's. */
static void a_block_resized_by_another_family(void **state)
{
    (void)state;
    assert_int_equal(pymm_trace_start(1), 0);
    void *block = PyMem_Malloc(100);
    block = PyObject_Realloc(block, 101);
    assert_only_record(101, PYMM_DOMAIN_OBJ);
    block = PyMem_RawRealloc(block, 102);
    assert_only_record(102, PYMM_DOMAIN_RAW);
    assert_int_equal(PyTraceMalloc_Track(0, (uintptr_t)block, 7), 0);
    assert_only_record(7, -1);
    PyObject_Free(block);
    assert_int_equal(traced(), 0);
}

/* A walker with a new frame for each call. */
static size_t walk_count;
static unsigned walk(void *ctx, pymm_trace_frame *frames, unsigned frame_max, unsigned *total_count)
{
    (void)frame_max;
    frames[0] = (pymm_trace_frame){ctx, walk_count++};
    *total_count = 1;
    return 1;
}

static void more_stacks_than_a_word_can_name(void **state)
{
    (void)state;
    enum { COUNT = TRACE_WORD_STACK_MAX + 5000 };
    static void *blocks[COUNT];
    pymm_trace_walker walker = {(void *)pymm_trace_code("many.py", NULL), walk, NULL};
    walk_count = 0;
    assert_int_equal(pymm_trace_walker_set(&walker), 0);
    assert_int_equal(pymm_trace_start(1), 0);
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = PyObject_Malloc(i % 40);
    pymm_trace_frame frame;
    size_t sum = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(pymm_trace_get_traceback(0, blocks[i], &frame, 1, NULL), 1);
        assert_int_equal(frame.position, i);
        sum += i % 40;
    }
    assert_int_equal(traced(), sum);
    for (size_t i = 0; i < COUNT; i += 2) {
        PyObject_Free(blocks[i]);
        sum -= i % 40;
    }
    assert_int_equal(traced(), sum);
    pymm_trace_snapshot *snapshot;
    assert_int_equal(pymm_trace_snapshot_take(&snapshot), 0);
    assert_int_equal(pymm_trace_snapshot_count(snapshot), COUNT / 2);
    pymm_trace_snapshot_free(snapshot);
    for (size_t i = 1; i < COUNT; i += 2)
        PyObject_Free(blocks[i]);
    assert_int_equal(traced(), 0);
}

/* Every place of a MiB has a word of its own, within the words of that MiB. */
static void no_two_places_share_a_word(void **state)
{
    (void)state;
    enum { PLACES = 65536 };
    static unsigned char is_taken[PLACES];
    for (size_t place = 0; place < PLACES; place++) {
        size_t word = trace_word_at((3 * PLACES + place) * HEAP_ALIGN_BYTES);
        assert_in_range(word, 3 * PLACES, 4 * PLACES - 1);
        assert_int_equal(is_taken[word - 3 * PLACES]++, 0);
    }
    assert_int_equal(trace_word_at(64), trace_word_at(0) + 1);
}

#define TRACING(test) cmocka_unit_test_teardown(test, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACING(sizes_around_the_limit),
        TRACING(a_block_resized_by_another_family),
        TRACING(more_stacks_than_a_word_can_name),
        cmocka_unit_test(no_two_places_share_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
