/* death_state.c: misuse of the GIL's functions: fatal errors whose text the runner compares.
 *
 * Owns: PyGILState_Release, PyEval_SaveThread and PyEval_RestoreThread where they cannot do what they are asked. Does not own:
 * right uses (gil.c), memory without the GIL (death_gil.c). Read first: check.h. */
#include "check.h"

static void release_in_fresh_thread(void)
{
    PyGILState_Release(PyGILState_UNLOCKED);
}

static void release_without_ensure(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(release_in_fresh_thread);
    PyEval_RestoreThread(state);
    check_text("alive", "yes");
}

/* The state is there, but does not hold the GIL. */
static void release_while_saved(void)
{
    Py_Initialize();
    PyGILState_STATE outer = PyGILState_Ensure();
    PyEval_SaveThread();
    PyGILState_Release(outer);
    check_text("alive", "yes");
}

static void save_in_thread(void)
{
    PyEval_SaveThread();
}

static void save_without_state(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(save_in_thread);
    PyEval_RestoreThread(state);
    check_text("alive", "yes");
}

static void save_twice(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyEval_SaveThread();
    check_text("alive", "yes");
}

static void restore_null(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    PyEval_RestoreThread(NULL);
    check_text("alive", "yes");
}

static void get_without_gil(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    check_pointer("state", PyThreadState_Get());
}

static const check_case cases[] = {
    {"release_without_ensure", release_without_ensure, NULL},
    {"release_while_saved", release_while_saved, NULL},
    {"save_without_state", save_without_state, NULL},
    {"save_twice", save_twice, NULL},
    {"restore_null", restore_null, NULL},
    {"get_without_gil", get_without_gil, NULL},
};
CHECK_MAIN(cases)
