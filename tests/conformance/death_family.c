/* death_family.c: a block of one family freed or resized by another: debug hooks name both and abort.
 *
 * Every case ends with a signal; its status and the text on stderr are compared by the runner. Owns: each wrong pair of the
 * three families, and the wrong example of the texts. Read first: check.h. */
#include "check.h"

static void freed_by(const check_domain *maker, const check_domain *breaker)
{
    Py_Initialize();
    breaker->free(maker->malloc(16));
    check_text("alive", "yes");
}

static void resized_by(const check_domain *maker, const check_domain *breaker)
{
    Py_Initialize();
    void *block = breaker->realloc(maker->malloc(16), 20);
    check_pointer("alive", block);
}

#define RAW (&check_domains[0])
#define MEM (&check_domains[1])
#define OBJ (&check_domains[2])

static void free_raw_by_mem(void) { freed_by(RAW, MEM); }
static void free_raw_by_obj(void) { freed_by(RAW, OBJ); }
static void free_mem_by_raw(void) { freed_by(MEM, RAW); }
static void free_mem_by_obj(void) { freed_by(MEM, OBJ); }
static void free_obj_by_raw(void) { freed_by(OBJ, RAW); }
static void free_obj_by_mem(void) { freed_by(OBJ, MEM); }
static void resize_raw_by_mem(void) { resized_by(RAW, MEM); }
static void resize_raw_by_obj(void) { resized_by(RAW, OBJ); }
static void resize_mem_by_raw(void) { resized_by(MEM, RAW); }
static void resize_mem_by_obj(void) { resized_by(MEM, OBJ); }
static void resize_obj_by_raw(void) { resized_by(OBJ, RAW); }
static void resize_obj_by_mem(void) { resized_by(OBJ, MEM); }

/* The id is looked at before the pads. */
static void wrong_family_and_overflow(void)
{
    Py_Initialize();
    unsigned char *block = PyMem_Malloc(8);
    block[8] = 1;
    PyObject_Free(block);
    check_text("alive", "yes");
}

/* PyMem_New's block belongs to PyMem_Del; the object family's is another. */
static void new_by_object_free(void)
{
    Py_Initialize();
    char *buffer = PyMem_New(char, 12);
    PyObject_Free(buffer);
    check_text("alive", "yes");
}

static void zero_bytes(void)
{
    Py_Initialize();
    PyMem_RawFree(PyMem_Malloc(0));
    check_text("alive", "yes");
}

static void of_calloc(void)
{
    Py_Initialize();
    PyMem_Free(PyObject_Calloc(2, 3));
    check_text("alive", "yes");
}

/* Right pairs are no mistake, whatever macro is used. */
static void right_pairs(void)
{
    Py_Initialize();
    PyMem_Free(PyMem_New(char, 3));
    PyMem_Del(PyMem_Malloc(3));
    PyMem_FREE(PyMem_NEW(char, 3));
    PyMem_DEL(PyMem_MALLOC(3));
    PyObject_FREE(PyObject_Malloc(3));
    PyObject_Free(PyObject_REALLOC(PyObject_MALLOC(3), 5));
    check_text("alive", "yes");
}

#define DEBUG "PYTHONMALLOC=debug"

static const check_case cases[] = {
    {"free_raw_by_mem", free_raw_by_mem, DEBUG},
    {"free_raw_by_obj", free_raw_by_obj, DEBUG},
    {"free_mem_by_raw", free_mem_by_raw, DEBUG},
    {"free_mem_by_obj", free_mem_by_obj, DEBUG},
    {"free_obj_by_raw", free_obj_by_raw, DEBUG},
    {"free_obj_by_mem", free_obj_by_mem, DEBUG},
    {"resize_raw_by_mem", resize_raw_by_mem, DEBUG},
    {"resize_raw_by_obj", resize_raw_by_obj, DEBUG},
    {"resize_mem_by_raw", resize_mem_by_raw, DEBUG},
    {"resize_mem_by_obj", resize_mem_by_obj, DEBUG},
    {"resize_obj_by_raw", resize_obj_by_raw, DEBUG},
    {"resize_obj_by_mem", resize_obj_by_mem, DEBUG},
    {"and_overflow", wrong_family_and_overflow, DEBUG},
    {"new_by_object_free", new_by_object_free, DEBUG},
    {"zero_bytes", zero_bytes, DEBUG},
    {"of_calloc", of_calloc, DEBUG},
    {"malloc_debug", free_mem_by_obj, "PYTHONMALLOC=malloc_debug"},
    {"right_pairs", right_pairs, DEBUG},
};
CHECK_MAIN(cases)
