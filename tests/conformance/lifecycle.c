/* lifecycle.c: Py_IsInitialized over the life cycle, and memory before, between and after lives.
 *
 * Owns Py_Initialize, Py_Finalize and what they mean to blocks. Read first: check.h. */
#include "check.h"

static void is_initialized(void)
{
    check_int("before", Py_IsInitialized());
    Py_Initialize();
    check_int("after_init", Py_IsInitialized());
    Py_Initialize();
    check_int("after_second_init", Py_IsInitialized());
    Py_Finalize();
    check_int("after_finalize", Py_IsInitialized());
    Py_Finalize();
    check_int("after_second_finalize", Py_IsInitialized());
    Py_Initialize();
    check_int("after_init_again", Py_IsInitialized());
    check_int("finalize_ex", Py_FinalizeEx());
    check_int("after_all", Py_IsInitialized());
}

static void init_ex(void)
{
    Py_InitializeEx(0);
    check_int("initialized", Py_IsInitialized());
    check_int("gil", PyGILState_Check());
    check_int("finalize_ex", Py_FinalizeEx());
    check_int("finalize_ex_again", Py_FinalizeEx());
}

static void finalize_without_init(void)
{
    check_int("finalize_ex", Py_FinalizeEx());
    check_int("initialized", Py_IsInitialized());
}

static void several_lives(void)
{
    int all = 1;
    for (int life = 0; life < 4; life++) {
        Py_Initialize();
        CHECK_EACH_DOMAIN(d)
        {
            unsigned char *block = d->malloc(100);
            memset(block, life, 100);
            block = d->realloc(block, 5000);
            all &= block[99] == life;
            d->free(block);
        }
        Py_Finalize();
    }
    check_bool("all_worked", all);
}

static void raw_before_init(void)
{
    unsigned char *block = PyMem_RawMalloc(10), *zeroed = PyMem_RawCalloc(4, 5);
    check_pointer("malloc", block);
    memset(block, 9, 10);
    block = PyMem_RawRealloc(block, 1000);
    check_bool("kept", block[0] == 9 && block[9] == 9);
    check_bool("zeroed", zeroed[0] == 0 && zeroed[19] == 0);
    Py_Initialize();
    check_bool("kept_over_init", block[0] == 9 && block[9] == 9);
    block = PyMem_RawRealloc(block, 5);
    PyMem_RawFree(block);
    PyMem_RawFree(zeroed);
    check_int("initialized", Py_IsInitialized());
}

static void raw_after_finalize(void)
{
    Py_Initialize();
    unsigned char *block = PyMem_RawMalloc(50), *fresh;
    memset(block, 5, 50);
    Py_Finalize();
    check_bool("kept", block[0] == 5 && block[49] == 5);
    block = PyMem_RawRealloc(block, 500);
    check_bool("resized", block[0] == 5 && block[49] == 5);
    PyMem_RawFree(block);
    fresh = PyMem_RawCalloc(3, 3);
    check_bool("fresh", fresh && fresh[8] == 0);
    PyMem_RawFree(fresh);
    check_int("initialized", Py_IsInitialized());
}

static void raw_over_two_lives(void)
{
    unsigned char *block = PyMem_RawMalloc(33);
    memset(block, 0x7e, 33);
    for (int life = 0; life < 2; life++) {
        Py_Initialize();
        block = PyMem_RawRealloc(block, 33 + (size_t)life * 600);
        Py_Finalize();
    }
    check_bool("kept", block[0] == 0x7e && block[32] == 0x7e);
    PyMem_RawFree(block);
}

/* Mem and object memory before initialisation: the newer CPythons crash, which the runner records. */
static void mem_before_init(void)
{
    unsigned char *block = PyMem_Malloc(20);
    memset(block, 1, 20);
    PyMem_Free(block);
    check_text("mem", "works");
}

static void obj_before_init(void)
{
    unsigned char *block = PyObject_Malloc(20);
    memset(block, 1, 20);
    PyObject_Free(block);
    check_text("obj", "works");
}

static void mem_large_before_init(void)
{
    unsigned char *block = PyMem_Malloc(20000);
    memset(block, 1, 20000);
    PyMem_Free(block);
    check_text("mem", "works");
}

/* Under PYTHONMALLOC the allocators change while Python starts; raw blocks from before are freed by those from after. */
static void raw_before_setting(void)
{
    static unsigned char *blocks[50];
    for (size_t index = 0; index < 50; index++)
        blocks[index] = PyMem_RawMalloc(index * 40);
    Py_Initialize();
    for (size_t index = 0; index < 50; index++)
        PyMem_RawFree(blocks[index]);
    check_text("freed", "50");
}

static void allocator_is_kept(void)
{
    PyMemAllocatorEx before, after;
    Py_Initialize();
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before);
    Py_Finalize();
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &after);
    check_bool("same_after_finalize", before.malloc == after.malloc);
    Py_Initialize();
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &after);
    check_bool("same_in_next_life", before.malloc == after.malloc);
}

static const check_case cases[] = {
    {"is_initialized", is_initialized, NULL},
    {"init_ex", init_ex, NULL},
    {"finalize_without_init", finalize_without_init, NULL},
    {"several_lives", several_lives, NULL},
    {"raw_before_init", raw_before_init, NULL},
    {"raw_after_finalize", raw_after_finalize, NULL},
    {"raw_after_finalize_debug", raw_after_finalize, "PYTHONMALLOC=debug"},
    {"raw_over_two_lives", raw_over_two_lives, NULL},
    {"mem_before_init", mem_before_init, NULL},
    {"obj_before_init", obj_before_init, NULL},
    {"mem_large_before_init", mem_large_before_init, NULL},
    {"raw_before_malloc", raw_before_setting, "PYTHONMALLOC=malloc"},
    {"raw_before_default", raw_before_setting, "PYTHONMALLOC=default"},
    {"allocator_is_kept", allocator_is_kept, NULL},
    {"allocator_is_kept_debug", allocator_is_kept, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
