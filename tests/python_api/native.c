/* native.c: pymm.h as libpymm exports it, beside Python.h: the functions see what the API's domains hold.
 *
 * Owns: pymm_stats_json, and that the others are reached from a program. What they promise beyond: tests/unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>
#include <pymm.h>

#include <unistd.h>

static pymm_stats stats;

static void statistics_count_each_domain(void **state)
{
    (void)state;
    assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
    pymm_stats earlier = stats;
    void *raw = PyMem_RawMalloc(10), *mem = PyMem_Malloc(100), *object = PyObject_Malloc(1000000);
    assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
    for (int domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        assert_int_equal(stats.block_count[domain] - earlier.block_count[domain], 1);
    assert_true(stats.block_bytes[PYMM_DOMAIN_OBJ] >= 1000000);
    assert_true(pymm_usable_size(raw) >= 10 && pymm_usable_size(mem) >= 100 && pymm_usable_size(object) >= 1000000);
    assert_true(pymm_owns(raw) && pymm_owns(mem) && pymm_owns(object) && !pymm_owns(&stats));
    PyMem_RawFree(raw);
    PyMem_Free(mem);
    PyObject_Free(object);
    assert_int_equal(pymm_check(NULL, 0), 0);
    assert_string_equal(pymm_version(), PYMM_VERSION);
}

static int count_it(const pymm_block_info *info, void *arg)
{
    size_t *counts = arg;
    counts[info->domain]++;
    return 0;
}

static void the_walk_visits_blocks_of_the_domains(void **state)
{
    (void)state;
    size_t before[PYMM_DOMAIN_COUNT] = {0}, after[PYMM_DOMAIN_COUNT] = {0};
    assert_int_equal(pymm_walk(count_it, before), 0);
    void *raw = PyMem_RawMalloc(10), *mem = PyMem_Malloc(50000), *object = PyObject_Malloc(0);
    assert_int_equal(pymm_walk(count_it, after), 0);
    for (int domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        assert_int_equal(after[domain] - before[domain], 1);
    PyMem_RawFree(raw);
    PyMem_Free(mem);
    PyObject_Free(object);
}

static void json_is_the_same_in_memory_and_in_a_file(void **state)
{
    (void)state;
    static char whole[200000], part[200000];
    size_t bytes = pymm_stats_json(NULL, 0);
    assert_in_range(bytes, 100, sizeof whole - 1);
    assert_int_equal(pymm_stats_json(whole, sizeof whole), bytes);
    assert_int_equal(strlen(whole), bytes);
    assert_memory_equal(whole, "{\"version\":\"" PYMM_VERSION "\",", 12);
    assert_string_equal(whole + bytes - 2, "}\n");
    static const size_t rooms[] = {1, 2, 100, 1023, 1024, 1025};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(rooms); i++) {
        memset(part, '#', sizeof part);
        assert_int_equal(pymm_stats_json(part, rooms[i]), bytes);
        size_t kept = Py_MIN(rooms[i] - 1, bytes);
        assert_memory_equal(part, whole, kept);
        assert_int_equal(part[kept], '\0');
        assert_int_equal(part[kept + 1], '#');
    }
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pymm_stats_print_json(ends[1]), 0);
    close(ends[1]);
    memset(part, 0, sizeof part);
    size_t used = 0;
    for (ssize_t got; (got = read(ends[0], part + used, sizeof part - 1 - used)) > 0;)
        used += (size_t)got;
    close(ends[0]);
    assert_string_equal(part, whole);
}

static void memory_goes_back_at_once(void **state)
{
    (void)state;
#ifdef PYMM_MALLOC_ONLY
    skip(); /* nothing goes back */
#endif
    static void *blocks[5000];
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++)
        memset(blocks[i] = PyMem_Malloc(2000), 1, 2000);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(blocks); i++)
        PyMem_Free(blocks[i]);
    pymm_give_back();
    assert_int_equal(pymm_stats_get(&stats, sizeof stats), 0);
    assert_true(stats.free_bytes < 1 << 20);
    assert_true(stats.returned_bytes >= 5000 * 2000 / 2);
}

static void nothing_exits(void) {}

/* A NULL where something belongs: refused, and everything goes on. */
static void null_is_refused(void **state)
{
    (void)state;
    char byte = '#';
    assert_int_equal(pymm_walk(NULL, NULL), -1);
    assert_int_equal(pymm_stats_get(NULL, sizeof stats), -1);
    assert_int_equal(pymm_stats_get(&stats, 1), -1);
    assert_true(pymm_stats_json(NULL, 1) > 100);
    assert_int_equal(pymm_owns(NULL), 0);
    assert_int_equal(pymm_usable_size(NULL), 0);
    assert_int_equal(pymm_check(&byte, 0), 0);
    assert_int_equal(byte, '#');
    assert_int_equal(_PyObject_DebugMallocStats(NULL), 0);
    assert_int_equal(Py_AtExit(NULL), -1);
    assert_true(PyStatus_IsError(Py_PreInitialize(NULL)));
    assert_true(PyStatus_IsError(Py_InitializeFromConfig(NULL)));
    assert_false(Py_IsInitialized());
    PyPreConfig_InitPythonConfig(NULL);
    PyPreConfig_InitIsolatedConfig(NULL);
    PyConfig_InitPythonConfig(NULL);
    PyConfig_InitIsolatedConfig(NULL);
    PyConfig_Clear(NULL);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, NULL);
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, NULL);
    PyObject_GetArenaAllocator(NULL);
    PyObject_SetArenaAllocator(NULL);
    for (int i = 0; i < 32; i++) /* NULL has taken no place */
        assert_int_equal(Py_AtExit(nothing_exits), 0);
    assert_int_equal(Py_AtExit(nothing_exits), -1);
    size_t count[PYMM_DOMAIN_COUNT] = {0};
    assert_int_equal(pymm_walk(count_it, count), 0); /* no lock is left taken */
    PyMem_RawFree(PyMem_RawRealloc(PyMem_RawMalloc(100), 100000));
    assert_int_equal(pymm_check(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_count_each_domain),
        cmocka_unit_test(the_walk_visits_blocks_of_the_domains),
        cmocka_unit_test(json_is_the_same_in_memory_and_in_a_file),
        cmocka_unit_test(memory_goes_back_at_once),
        cmocka_unit_test(null_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
