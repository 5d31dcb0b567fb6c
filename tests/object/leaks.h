/* leaks.h: nothing is left over by a test: cmocka's groups run twice, and in the second round no block and no tracked object
 * more may be there after a test than before it, nor after the whole than before.
 *
 * What is made once and kept for good (the dict of a type that is looked at for the first time, an interned name) is made in the
 * first round; the second one allows for nothing. Blocks outside of pymm's heap are not seen here: tests/replaced runs the same
 * programs under valgrind. With PYTHONTRACEMALLOC=10 the places are told where what is left was made.
 * Owns: cmocka_run_group_tests, which it replaces. Include it after cmocka.h and Python.h. */
#ifndef PYMM_TESTS_OBJECT_LEAKS_H
#define PYMM_TESTS_OBJECT_LEAKS_H

#include "pymm.h"
#include "pymm_gc.h"
#include "pymm_trace.h"

#include <stdlib.h>
#include <unistd.h>

enum { LEAKS_TESTS_MAX = 64, LEAKS_SHOWN_MAX = 5 };

/* All live blocks and the number of objects that the collector knows. */
typedef struct leaks_state {
    pymm_block_info *blocks;
    size_t block_count, room, object_count;
} leaks_state;

/* A test, with what is done before and after it. */
typedef struct leaks_test {
    struct CMUnitTest test;
    leaks_state before;
} leaks_test;
static leaks_test leaks_tests[LEAKS_TESTS_MAX], *leaks_now;
static int leaks_is_second;

static int leaks_note_block(const pymm_block_info *info, void *arg)
{
    leaks_state *state = arg;
    if (state->block_count < state->room)
        state->blocks[state->block_count] = *info;
    state->block_count++;
    return 0;
}

static int leaks_count_object(PyObject *op, void *arg)
{
    (void)op;
    ++*(size_t *)arg;
    return 1;
}

static int leaks_by_address(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const pymm_block_info *)a)->block, right = (uintptr_t)((const pymm_block_info *)b)->block;
    return (left > right) - (left < right);
}

/* Garbage is no leak, and what is frozen is collected with the rest. */
static leaks_state leaks_look(void)
{
    leaks_state state = {NULL, 0, 0, 0};
    if (Py_IsInitialized()) {
        pymm_gc_unfreeze();
        pymm_gc_collect(2);
        pymm_gc_collect(2);
    }
    PyUnstable_GC_VisitObjects(leaks_count_object, &state.object_count);
    if (pymm_walk(leaks_note_block, &state) == 0) {
        state.room = state.block_count + 16;
        state.blocks = malloc(state.room * sizeof *state.blocks);
        state.block_count = 0;
        pymm_walk(leaks_note_block, &state);
        qsort(state.blocks, state.block_count, sizeof *state.blocks, leaks_by_address);
    }
    return state;
}

static void leaks_show(const pymm_block_info *info)
{
    static const char *const domains[] = {"raw", "mem", "obj"};
    print_error("left over: %p, %zu bytes, %s\n", info->block, info->usable_bytes, domains[info->domain]);
    pymm_trace_write_block(info->block, STDERR_FILENO);
}

/* 0, or the number of blocks and objects that are new, with a few of them shown. `before` is given up. */
static int leaks_compare(const char *name, leaks_state *before)
{
    leaks_state after = leaks_look();
    int left = leaks_is_second && (after.block_count != before->block_count || after.object_count != before->object_count);
    if (left)
        print_error("%s: %zu blocks and %zu objects before, %zu and %zu after\n", name, before->block_count, before->object_count,
                    after.block_count, after.object_count);
    for (size_t i = 0, shown = 0; left && i < after.block_count && shown < LEAKS_SHOWN_MAX; i++)
        if (bsearch(&after.blocks[i], before->blocks, before->block_count, sizeof *before->blocks, leaks_by_address) == NULL) {
            leaks_show(&after.blocks[i]);
            shown++;
        }
    free(before->blocks);
    free(after.blocks);
    return left;
}

static int leaks_setup(void **state)
{
    leaks_now = *state;
    *state = leaks_now->test.initial_state;
    leaks_now->before = leaks_look();
    return leaks_now->test.setup_func == NULL ? 0 : leaks_now->test.setup_func(state);
}

static int leaks_teardown(void **state)
{
    int result = leaks_now->test.teardown_func == NULL ? 0 : leaks_now->test.teardown_func(state);
    return leaks_compare(leaks_now->test.name, &leaks_now->before) | result;
}

static int leaks_run(const char *name, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup_all, CMFixtureFunction teardown_all)
{
    struct CMUnitTest wrapped[LEAKS_TESTS_MAX];
    int failed_count = count > LEAKS_TESTS_MAX;
    leaks_state before = {NULL, 0, 0, 0};
    for (size_t i = 0; i < count && failed_count == 0; i++) {
        leaks_tests[i].test = tests[i];
        wrapped[i] = (struct CMUnitTest){tests[i].name, tests[i].test_func, leaks_setup, leaks_teardown, &leaks_tests[i]};
    }
    for (int round = 0; round < 2 && failed_count == 0; round++) {
        leaks_is_second = round == 1;
        if (round == 1)
            before = leaks_look();
        failed_count = _cmocka_run_group_tests(name, wrapped, count, setup_all, teardown_all);
        Py_FinalizeEx();
    }
    return failed_count != 0 ? failed_count : leaks_compare("the whole program", &before);
}

#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup_all, teardown_all) \
    leaks_run(#tests, tests, sizeof(tests) / sizeof(tests)[0], setup_all, teardown_all)

#endif
