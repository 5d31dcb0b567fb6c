/* death_gil.c: mem and object functions without the GIL under debug hooks; raw functions without it.
 *
 * Wrong cases end with a signal; status and text on stderr are compared by the runner. Owns: the GIL check of the debug
 * hooks. Does not own: the GIL itself (gil.c). Read first: check.h. */
#include "check.h"

static const check_domain *domain;
static void *block;

static void do_malloc(void) { check_pointer("malloc", domain->malloc(10)); }
static void do_calloc(void) { check_pointer("calloc", domain->calloc(2, 5)); }
static void do_realloc(void) { check_pointer("realloc", block = domain->realloc(block, 20)); }
static void do_free(void) { domain->free(block), check_text("free", "alive"); }

/* A block that was made with the GIL, and then the call without it. */
static void without(const check_domain *d, void (*call)(void))
{
    domain = d;
    Py_Initialize();
    block = d->malloc(10);
    PyThreadState *state = PyEval_SaveThread();
    call();
    PyEval_RestoreThread(state);
    check_text("alive", "yes");
}

static void raw_malloc(void) { without(&check_domains[0], do_malloc); }
static void raw_calloc(void) { without(&check_domains[0], do_calloc); }
static void raw_realloc(void) { without(&check_domains[0], do_realloc); }
static void raw_free(void) { without(&check_domains[0], do_free); }
static void mem_malloc(void) { without(&check_domains[1], do_malloc); }
static void mem_calloc(void) { without(&check_domains[1], do_calloc); }
static void mem_realloc(void) { without(&check_domains[1], do_realloc); }
static void mem_free(void) { without(&check_domains[1], do_free); }
static void obj_malloc(void) { without(&check_domains[2], do_malloc); }
static void obj_calloc(void) { without(&check_domains[2], do_calloc); }
static void obj_realloc(void) { without(&check_domains[2], do_realloc); }
static void obj_free(void) { without(&check_domains[2], do_free); }

/* A thread that never took it, while the first thread holds it. */
static void in_thread(const check_domain *d)
{
    domain = d;
    Py_Initialize();
    check_in_thread(do_malloc);
    check_text("alive", "yes");
}

static void raw_in_thread(void) { in_thread(&check_domains[0]); }
static void mem_in_thread(void) { in_thread(&check_domains[1]); }
static void obj_in_thread(void) { in_thread(&check_domains[2]); }

/* The check comes before the block is looked at. */
static void free_of_null(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    PyMem_Free(NULL);
    check_text("free_null", "alive");
    PyEval_RestoreThread(state);
}

static void overflow_without(void)
{
    Py_Initialize();
    unsigned char *bytes = PyMem_Malloc(4);
    bytes[4] = 1;
    PyThreadState *state = PyEval_SaveThread();
    PyMem_Free(bytes);
    PyEval_RestoreThread(state);
    check_text("alive", "yes");
}

/* Ensure makes it right in any thread. */
static void ensured(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    CHECK_EACH_DOMAIN(d)
        d->free(d->realloc(d->malloc(5), 50));
    PyGILState_Release(state);
    check_text("ensured", "alive");
}

static void with_ensure(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(ensured);
    ensured();
    PyEval_RestoreThread(state);
    CHECK_EACH_DOMAIN(d)
        d->free(d->malloc(5));
    check_text("afterwards", "alive");
}

#define DEBUG "PYTHONMALLOC=debug"

static const check_case cases[] = {
    {"raw_malloc", raw_malloc, DEBUG},       {"raw_calloc", raw_calloc, DEBUG}, {"raw_realloc", raw_realloc, DEBUG},
    {"raw_free", raw_free, DEBUG},           {"mem_malloc", mem_malloc, DEBUG}, {"mem_calloc", mem_calloc, DEBUG},
    {"mem_realloc", mem_realloc, DEBUG},     {"mem_free", mem_free, DEBUG},     {"obj_malloc", obj_malloc, DEBUG},
    {"obj_calloc", obj_calloc, DEBUG},       {"obj_realloc", obj_realloc, DEBUG}, {"obj_free", obj_free, DEBUG},
    {"raw_in_thread", raw_in_thread, DEBUG}, {"mem_in_thread", mem_in_thread, DEBUG}, {"obj_in_thread", obj_in_thread, DEBUG},
    {"free_of_null", free_of_null, DEBUG},   {"overflow_without", overflow_without, DEBUG}, {"with_ensure", with_ensure, DEBUG},
    {"mem_malloc_malloc_debug", mem_malloc, "PYTHONMALLOC=malloc_debug"},
};
CHECK_MAIN(cases)
