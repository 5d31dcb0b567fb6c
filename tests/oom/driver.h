/* driver.h: what the scenarios of oom_driver share: how one is declared, and what it may ask.
 *
 * A scenario is a small program of libpymm that can live without memory: it frees what it got and goes on or returns early.
 * The driver runs it in processes of its own, with one allocation or all later ones failing, and looks for what is left over
 * (driver.c). A scenario that sees something wrong says so with OOM_REQUIRE. */
#ifndef PYMM_TESTS_OOM_DRIVER_H
#define PYMM_TESTS_OOM_DRIVER_H

#include "pymm.h"

#include <Python.h>

#include <stdint.h>

typedef struct oom_scenario {
    const char *name;
    void (*run)(void);
    int keeps;       /* its first run may leave blocks behind for the life of the process; a second one may not */
    int is_fatal_os; /* no page from the system is a documented Py_FatalError somewhere in it */
    int is_long;     /* without `full` under the first layering of hooks alone */
} oom_scenario;

/* Each file's scenarios; a name of NULL ends the list. */
extern const oom_scenario oom_memory_scenarios[], oom_hook_scenarios[], oom_thread_scenarios[], oom_trace_scenarios[],
    oom_object_scenarios[], oom_number_scenarios[], oom_text_scenarios[], oom_container_scenarios[],
    oom_gc_scenarios[], oom_call_scenarios[], oom_method_scenarios[];

/* Are calls to the system failing in this run, and not allocations? */
int oom_does_system_fail(void);

/* Is there a runtime now? Errors belong to a thread state, so scenarios with objects return if not. */
int oom_is_alive(void);
/* Something failed: there must be an exception, and it is that there is no memory. It is cleared. */
void oom_require_no_memory(void);
/* The result of something that makes an object: given up, or no memory. */
void oom_give_up(PyObject *made);

/* Ends the process: what does not hold, and where. */
void oom_fail(const char *file, int line, const char *condition);
#define OOM_REQUIRE(condition) ((condition) ? (void)0 : oom_fail(__FILE__, __LINE__, #condition))

#endif
