/* typed.c: PyMem_New, PyMem_Resize, PyMem_Del and the old macros: sizes, overflow, and that p is always assigned.
 *
 * Owns the macros of the mem and object families. Read first: check.h, recorder.h. */
#include "check.h"
#include "recorder.h"

typedef struct odd {
    char bytes[24];
} odd;

typedef struct large {
    char bytes[5000];
} large;

static recorder mem, obj;

static void start(void)
{
    Py_Initialize();
    recorder_install(&mem, "mem", PYMEM_DOMAIN_MEM);
    recorder_install(&obj, "obj", PYMEM_DOMAIN_OBJ);
}

static void macros_new(void)
{
    start();
    recorder_start();
    int *numbers = PyMem_New(int, 10);
    recorder_print("int_10");
    recorder_start();
    odd *odds = PyMem_New(odd, 7);
    recorder_print("odd_7");
    recorder_start();
    char *nothing = PyMem_New(char, 0);
    recorder_print("char_0");
    recorder_start();
    large *none = PyMem_New(large, 0);
    recorder_print("large_0");
    check_bool("are_blocks", numbers && odds && nothing && none);
    recorder_start();
    PyMem_Del(numbers);
    recorder_print("del");
    recorder_start();
    PyMem_Del(odds);
    PyMem_Del(nothing);
    PyMem_Del(none);
    recorder_print("del_more");
    recorder_start();
    PyMem_Del(NULL);
    recorder_print("del_null");
}

static void macros_new_overflow(void)
{
    start();
    recorder_start();
    int *numbers = PyMem_New(int, (size_t)PY_SSIZE_T_MAX);
    check_pointer("int_max", numbers);
    numbers = PyMem_New(int, (size_t)PY_SSIZE_T_MAX / sizeof(int) + 1);
    check_pointer("int_just_too_many", numbers);
    odd *odds = PyMem_New(odd, SIZE_MAX / sizeof(odd) + 2);
    check_pointer("odd_wraps", odds);
    large *larges = PyMem_New(large, SIZE_MAX);
    check_pointer("large_size_max", larges);
    char *bytes = PyMem_New(char, (size_t)PY_SSIZE_T_MAX + 1);
    check_pointer("char_max_plus_1", bytes);
    recorder_print("reached_the_hook");
}

static void macros_resize(void)
{
    int is_kept = 1;
    start();
    int *numbers = PyMem_New(int, 4);
    for (int index = 0; index < 4; index++)
        numbers[index] = index * 100;
    recorder_start();
    PyMem_Resize(numbers, int, 1000);
    recorder_print("up");
    for (int index = 0; index < 4; index++)
        is_kept &= numbers[index] == index * 100;
    recorder_start();
    PyMem_Resize(numbers, int, 2);
    recorder_print("down");
    is_kept &= numbers[0] == 0 && numbers[1] == 100;
    check_bool("contents_are_kept", is_kept);
    recorder_start();
    PyMem_Resize(numbers, int, 0);
    recorder_print("to_zero");
    check_pointer("at_zero", numbers);
    PyMem_Del(numbers);
    numbers = NULL;
    recorder_start();
    PyMem_Resize(numbers, int, 6);
    recorder_print("from_null");
    check_pointer("made", numbers);
    PyMem_Del(numbers);
}

/* p is assigned even when nothing can be had, and the block is still there for who kept its address. */
static void macros_resize_overflow(void)
{
    start();
    odd *odds = PyMem_New(odd, 3), *saved = odds;
    memset(odds, 0x42, 3 * sizeof(odd));
    recorder_start();
    PyMem_Resize(odds, odd, (size_t)PY_SSIZE_T_MAX);
    recorder_print("max");
    check_pointer("p_after_max", odds);
    odds = saved;
    recorder_start();
    PyMem_Resize(odds, odd, SIZE_MAX / sizeof(odd) + 2);
    recorder_print("wraps");
    check_pointer("p_after_wraps", odds);
    odds = saved;
    mem.is_failing = 1;
    PyMem_Resize(odds, odd, 4);
    mem.is_failing = 0;
    check_pointer("p_after_failure", odds);
    check_bytes("saved", saved, sizeof(odd));
    PyMem_Resize(saved, odd, 5);
    check_pointer("saved_can_be_resized", saved);
    PyMem_Del(saved);
}

static void macros_old(void)
{
    start();
    recorder_start();
    char *bytes = PyMem_MALLOC(30);
    recorder_print("PyMem_MALLOC");
    recorder_start();
    bytes = PyMem_REALLOC(bytes, 60);
    recorder_print("PyMem_REALLOC");
    recorder_start();
    PyMem_FREE(bytes);
    recorder_print("PyMem_FREE");
    recorder_start();
    odd *odds = PyMem_NEW(odd, 2);
    recorder_print("PyMem_NEW");
    recorder_start();
    PyMem_RESIZE(odds, odd, 5);
    recorder_print("PyMem_RESIZE");
    recorder_start();
    PyMem_DEL(odds);
    recorder_print("PyMem_DEL");
    recorder_start();
    bytes = PyObject_MALLOC(31);
    recorder_print("PyObject_MALLOC");
    recorder_start();
    bytes = PyObject_REALLOC(bytes, 61);
    recorder_print("PyObject_REALLOC");
    recorder_start();
    PyObject_FREE(bytes);
    recorder_print("PyObject_FREE");
}

static void macros_old_overflow(void)
{
    start();
    recorder_start();
    int *numbers = PyMem_NEW(int, (size_t)PY_SSIZE_T_MAX);
    check_pointer("PyMem_NEW", numbers);
    odd *odds = PyMem_NEW(odd, 1), *saved = odds;
    PyMem_RESIZE(odds, odd, SIZE_MAX / 2);
    check_pointer("PyMem_RESIZE", odds);
    recorder_print("reached_the_hook");
    PyMem_DEL(saved);
    check_pointer("PyMem_MALLOC", PyMem_MALLOC((size_t)PY_SSIZE_T_MAX + 1));
    check_pointer("PyMem_REALLOC", PyMem_REALLOC(NULL, SIZE_MAX));
}

/* The arguments of a macro may be expressions. How often is n evaluated? */
static void macros_evaluate_once(void)
{
    int count = 3;
    start();
    recorder_start();
    int *numbers = PyMem_New(int, count++ + 1);
    recorder_print("new");
    check_int("count", count);
    recorder_start();
    PyMem_Resize(numbers, int, count < 10 ? 2 : 3);
    recorder_print("resize");
    PyMem_Del(numbers);
}

static const check_case cases[] = {
    {"new", macros_new, NULL},
    {"new_overflow", macros_new_overflow, NULL},
    {"resize", macros_resize, NULL},
    {"resize_overflow", macros_resize_overflow, NULL},
    {"resize_overflow_debug", macros_resize_overflow, "PYTHONMALLOC=debug"},
    {"old", macros_old, NULL},
    {"old_overflow", macros_old_overflow, NULL},
    {"once", macros_evaluate_once, NULL},
};
CHECK_MAIN(cases)
