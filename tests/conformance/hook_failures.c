/* hook_failures.c: an allocator that returns NULL: what the functions and macros make of it; the name from before 3.5.
 *
 * Owns failures that a hook makes. Read first: recorder.h. */
#include "check.h"
#include "recorder.h"

static recorder hook;

static void each_function(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->malloc(20);
        memset(block, 0x33, 20);
        recorder_install(&hook, d->name, d->domain);
        hook.is_failing = 1;
        void *made = d->malloc(1), *zeroed = d->calloc(1, 1), *resized = d->realloc(block, 100), *new = d->realloc(NULL, 5);
        void *nothing = d->malloc(0), *shrunk = d->realloc(block, 0);
        hook.is_failing = 0;
        recorder_remove(&hook);
        check_pointer(check_join(d->name, "malloc"), made);
        check_pointer(check_join(d->name, "calloc"), zeroed);
        check_pointer(check_join(d->name, "realloc"), resized);
        check_pointer(check_join(d->name, "realloc_null"), new);
        check_pointer(check_join(d->name, "malloc_0"), nothing);
        check_pointer(check_join(d->name, "realloc_0"), shrunk);
        check_bytes(check_join(d->name, "block"), block, 20);
        d->free(block);
    }
}

/* Frees reach a hook that fails, and the block goes. */
static void free_while_failing(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_install(&hook, d->name, d->domain);
        void *block = d->malloc(20);
        hook.is_failing = 1;
        recorder_start();
        d->free(block);
        recorder_print(check_join(d->name, "free"));
        hook.is_failing = 0;
        recorder_remove(&hook);
    }
}

static void macros(void)
{
    Py_Initialize();
    int *numbers = PyMem_New(int, 8), *saved = numbers;
    recorder_install(&hook, "mem", PYMEM_DOMAIN_MEM);
    hook.is_failing = 1;
    int *none = PyMem_New(int, 1);
    PyMem_Resize(numbers, int, 16);
    hook.is_failing = 0;
    recorder_remove(&hook);
    check_pointer("new", none);
    check_pointer("resize", numbers);
    PyMem_Del(saved);
}

/* After a failure the same calls work. */
static void afterwards(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        recorder_install(&hook, d->name, d->domain);
        hook.is_failing = 1;
        for (int count = 0; count < 100; count++)
            (void)!d->malloc((size_t)count);
        hook.is_failing = 0;
        void *block = d->malloc(64);
        check_pointer(check_join(d->name, "malloc"), block);
        block = d->realloc(block, 4000);
        check_pointer(check_join(d->name, "realloc"), block);
        d->free(block);
        recorder_remove(&hook);
    }
}

/* The name of the structure before 3.5. The runner finds out whether the headers declare it. */
static void old_name(void)
{
#ifdef CHECK_HAVE_PYMEMALLOCATOR
    PyMemAllocator table = {0};
    Py_Initialize();
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &table);
    check_text("PyMemAllocator", "%s", table.malloc && table.realloc && table.free ? "works" : "does not work");
#else
    check_text("PyMemAllocator", "not declared");
#endif
}

static const check_case cases[] = {
    {"each_function", each_function, NULL},
    {"each_function_debug", each_function, "PYTHONMALLOC=debug"},
    {"each_function_malloc", each_function, "PYTHONMALLOC=malloc"},
    {"free_while_failing", free_while_failing, NULL},
    {"macros", macros, NULL},
    {"afterwards", afterwards, NULL},
    {"afterwards_debug", afterwards, "PYTHONMALLOC=debug"},
    {"old_name", old_name, NULL},
};
CHECK_MAIN(cases)
