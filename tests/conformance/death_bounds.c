/* death_bounds.c: writes outside a block: debug hooks report them when the block is freed or resized, and abort.
 *
 * Every case ends with a signal; its status and the text on stderr are compared by the runner. Owns: overflow and underflow.
 * Does not own: other misuse (death_family.c, death_gil.c). Read first: check.h. */
#include "check.h"

static void overflow(const check_domain *d, size_t bytes, size_t at, unsigned char value)
{
    Py_Initialize();
    unsigned char *block = d->malloc(bytes);
    block[bytes + at] = value;
    check_text("written", "%zu bytes after the end", at + 1);
    d->free(block);
    check_text("alive", "yes");
}

static void overflow_raw(void) { overflow(&check_domains[0], 16, 0, 'x'); }
static void overflow_mem(void) { overflow(&check_domains[1], 16, 0, 'x'); }
static void overflow_obj(void) { overflow(&check_domains[2], 16, 0, 'x'); }
static void overflow_last_pad(void) { overflow(&check_domains[1], 16, 7, 0); }
static void overflow_odd_size(void) { overflow(&check_domains[2], 21, 3, 0xcd); }
static void overflow_zero_raw(void) { overflow(&check_domains[0], 0, 0, 'y'); }
static void overflow_zero_mem(void) { overflow(&check_domains[1], 0, 0, 'y'); }
static void overflow_zero_obj(void) { overflow(&check_domains[2], 0, 0, 'y'); }
static void overflow_large(void) { overflow(&check_domains[1], 5000, 0, 'x'); }
static void overflow_large_raw(void) { overflow(&check_domains[0], 300000, 1, 'x'); }

static void overflow_of_calloc(void)
{
    Py_Initialize();
    unsigned char *block = PyMem_Calloc(5, 4);
    memset(block, 'z', 28);
    PyMem_Free(block);
    check_text("alive", "yes");
}

static void overflow_realloc(const check_domain *d, size_t wanted)
{
    Py_Initialize();
    unsigned char *block = d->malloc(16);
    memset(block, 'x', 17);
    block = d->realloc(block, wanted);
    check_pointer("alive", block);
}

static void overflow_realloc_raw(void) { overflow_realloc(&check_domains[0], 32); }
static void overflow_realloc_mem(void) { overflow_realloc(&check_domains[1], 32); }
static void overflow_realloc_obj(void) { overflow_realloc(&check_domains[2], 0); }

/* After growing and shrinking, the pads are where the new size says. */
static void overflow_after_realloc(void)
{
    Py_Initialize();
    unsigned char *block = PyObject_Realloc(PyObject_Malloc(10), 20);
    memset(block, 'a', 20);
    block = PyObject_Realloc(block, 12);
    block[12] = 'b';
    PyObject_Free(block);
    check_text("alive", "yes");
}

static void underflow(const check_domain *d, size_t before)
{
    Py_Initialize();
    unsigned char *block = d->malloc(16);
    block[-(ptrdiff_t)before] = 'x';
    d->free(block);
    check_text("alive", "yes");
}

static void underflow_raw(void) { underflow(&check_domains[0], 1); }
static void underflow_mem(void) { underflow(&check_domains[1], 1); }
static void underflow_obj(void) { underflow(&check_domains[2], 1); }
static void underflow_far_pad(void) { underflow(&check_domains[1], 7); }

/* The id byte itself is overwritten. */
static void underflow_id(void) { underflow(&check_domains[1], 8); }

static void underflow_realloc(void)
{
    Py_Initialize();
    unsigned char *block = PyMem_Malloc(16);
    block[-2] = 0;
    block = PyMem_Realloc(block, 100);
    check_pointer("alive", block);
}

/* Both ends: the leading pads are looked at first. */
static void both_ends(void)
{
    Py_Initialize();
    unsigned char *block = PyObject_Malloc(4);
    block[-1] = 1;
    block[4] = 2;
    PyObject_Free(block);
    check_text("alive", "yes");
}

/* Nothing between the ends: writes inside are no mistake. */
static void inside(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        unsigned char *block = d->malloc(100);
        memset(block, 0xfd, 100);
        d->free(block);
        check_text(check_join(d->name, "alive"), "yes");
    }
}

/* How many bytes of data a report shows. */
static void data_shown(size_t bytes)
{
    Py_Initialize();
    unsigned char *block = PyMem_Malloc(bytes);
    for (size_t index = 0; index <= bytes; index++)
        block[index] = (unsigned char)index;
    PyMem_Free(block);
    check_text("alive", "yes");
}

static void data_1(void) { data_shown(1); }
static void data_15(void) { data_shown(15); }
static void data_16(void) { data_shown(16); }
static void data_17(void) { data_shown(17); }
static void data_24(void) { data_shown(24); }

/* Raw blocks may be freed by a thread that has no thread state. */
static unsigned char *shared;

static void free_shared(void) { PyMem_RawFree(shared); }

static void overflow_in_thread(void)
{
    Py_Initialize();
    shared = PyMem_RawMalloc(3);
    shared[3] = 'q';
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(free_shared);
    PyEval_RestoreThread(state);
    check_text("alive", "yes");
}

/* Before anything is initialised. */
static void overflow_before_init(void)
{
    PyMem_SetupDebugHooks();
    unsigned char *block = PyMem_RawMalloc(3);
    block[3] = 'q';
    PyMem_RawFree(block);
    check_text("alive", "yes");
}

static void overflow_after_finalize(void)
{
    Py_Initialize();
    Py_Finalize();
    unsigned char *block = PyMem_RawMalloc(3);
    block[3] = 'q';
    PyMem_RawFree(block);
    check_text("alive", "yes");
}

#define DEBUG "PYTHONMALLOC=debug"

static const check_case cases[] = {
    {"overflow_raw", overflow_raw, DEBUG},
    {"overflow_mem", overflow_mem, DEBUG},
    {"overflow_obj", overflow_obj, DEBUG},
    {"overflow_mem_malloc_debug", overflow_mem, "PYTHONMALLOC=malloc_debug"},
    {"overflow_mem_dev", overflow_mem, "PYTHONDEVMODE=1"},
    {"overflow_last_pad", overflow_last_pad, DEBUG},
    {"overflow_odd_size", overflow_odd_size, DEBUG},
    {"overflow_zero_raw", overflow_zero_raw, DEBUG},
    {"overflow_zero_mem", overflow_zero_mem, DEBUG},
    {"overflow_zero_obj", overflow_zero_obj, DEBUG},
    {"overflow_large", overflow_large, DEBUG},
    {"overflow_large_raw", overflow_large_raw, DEBUG},
    {"overflow_of_calloc", overflow_of_calloc, DEBUG},
    {"overflow_realloc_raw", overflow_realloc_raw, DEBUG},
    {"overflow_realloc_mem", overflow_realloc_mem, DEBUG},
    {"overflow_realloc_obj", overflow_realloc_obj, DEBUG},
    {"overflow_after_realloc", overflow_after_realloc, DEBUG},
    {"underflow_raw", underflow_raw, DEBUG},
    {"underflow_mem", underflow_mem, DEBUG},
    {"underflow_obj", underflow_obj, DEBUG},
    {"underflow_far_pad", underflow_far_pad, DEBUG},
    {"underflow_id", underflow_id, DEBUG},
    {"underflow_realloc", underflow_realloc, DEBUG},
    {"both_ends", both_ends, DEBUG},
    {"inside", inside, DEBUG},
    {"data_1", data_1, DEBUG},
    {"data_15", data_15, DEBUG},
    {"data_16", data_16, DEBUG},
    {"data_17", data_17, DEBUG},
    {"data_24", data_24, DEBUG},
    {"overflow_in_thread", overflow_in_thread, DEBUG},
    {"overflow_before_init", overflow_before_init, NULL},
    {"overflow_after_finalize", overflow_after_finalize, DEBUG},
};
CHECK_MAIN(cases)
