/* gil.c: who holds the GIL in each state, Ensure and Release, SaveThread and RestoreThread, and that it excludes.
 *
 * Owns PyGILState_* and PyEval_SaveThread/RestoreThread as far as memory needs them. Does not own: the check of the debug
 * hooks (death_gil.c). Read first: check.h. */
#include "check.h"

#include <sched.h>

static void before_and_after(void)
{
    check_int("before_init", PyGILState_Check());
    Py_Initialize();
    check_int("after_init", PyGILState_Check());
}

static void after_finalize(void)
{
    Py_Initialize();
    Py_Finalize();
    check_int("after_finalize", PyGILState_Check());
}

static void save_and_restore(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_pointer("saved", state);
    check_int("after_save", PyGILState_Check());
    PyEval_RestoreThread(state);
    check_int("after_restore", PyGILState_Check());
    PyThreadState *again = PyEval_SaveThread();
    check_bool("same_state_again", again == state);
    PyEval_RestoreThread(again);
    check_int("after_second_restore", PyGILState_Check());
}

static void allow_threads(void)
{
    Py_Initialize();
    Py_BEGIN_ALLOW_THREADS
    check_int("inside", PyGILState_Check());
    Py_BLOCK_THREADS
    check_int("blocked", PyGILState_Check());
    Py_UNBLOCK_THREADS
    check_int("unblocked", PyGILState_Check());
    Py_END_ALLOW_THREADS
    check_int("after", PyGILState_Check());
    Py_BEGIN_ALLOW_THREADS
    check_int("inside_again", PyGILState_Check());
    Py_END_ALLOW_THREADS
    check_int("after_again", PyGILState_Check());
}

static void print_check(void)
{
    check_int("in_thread", PyGILState_Check());
}

static void fresh_thread(void)
{
    Py_Initialize();
    check_in_thread(print_check);
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(print_check);
    PyEval_RestoreThread(state);
    check_int("main", PyGILState_Check());
}

static void ensure_here(void)
{
    PyGILState_STATE first = PyGILState_Ensure();
    check_int("first", first);
    check_int("inside", PyGILState_Check());
    PyGILState_STATE second = PyGILState_Ensure();
    check_int("second", second);
    check_int("nested", PyGILState_Check());
    PyGILState_STATE third = PyGILState_Ensure();
    check_int("third", third);
    PyGILState_Release(third);
    check_int("third_released", PyGILState_Check());
    PyGILState_Release(second);
    check_int("second_released", PyGILState_Check());
    PyGILState_Release(first);
    check_int("released", PyGILState_Check());
}

/* With the GIL already held, Ensure says LOCKED and Release keeps it. */
static void ensure_in_main(void)
{
    Py_Initialize();
    ensure_here();
}

static void ensure_in_main_after_save(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    ensure_here();
    PyEval_RestoreThread(state);
    check_int("restored", PyGILState_Check());
}

static void ensure_in_thread(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(ensure_here);
    check_in_thread(ensure_here); /* a thread of the same kind once more */
    check_int("main_without", PyGILState_Check());
    PyEval_RestoreThread(state);
    check_int("main_with", PyGILState_Check());
}

static void save_inside_ensure(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    check_int("ensured", PyGILState_Check());
    Py_BEGIN_ALLOW_THREADS
    check_int("allowed", PyGILState_Check());
    PyGILState_STATE inner = PyGILState_Ensure();
    check_int("inner", inner);
    check_int("inner_check", PyGILState_Check());
    PyGILState_Release(inner);
    check_int("inner_released", PyGILState_Check());
    Py_END_ALLOW_THREADS
    check_int("back", PyGILState_Check());
    PyGILState_Release(state);
    check_int("released", PyGILState_Check());
}

static void allow_inside_ensure(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(save_inside_ensure);
    save_inside_ensure();
    PyEval_RestoreThread(state);
}

/* The state of a thread: there from initialisation, kept while the GIL is given up, and each thread's own. */
static PyThreadState *main_state;

static void states_here(void)
{
    check_pointer("before_ensure", PyGILState_GetThisThreadState());
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *own = PyGILState_GetThisThreadState();
    check_pointer("ensured", own);
    check_bool("is_current", own == PyThreadState_Get());
    check_bool("is_main", own == main_state);
    PyGILState_Release(state);
    check_bool("after_release_is_main", PyGILState_GetThisThreadState() && PyGILState_GetThisThreadState() == main_state);
}

static void states(void)
{
    Py_Initialize();
    main_state = PyThreadState_Get();
    check_pointer("main", main_state);
    check_bool("this_thread", PyGILState_GetThisThreadState() == main_state);
    PyEval_SaveThread();
    check_bool("kept_while_saved", PyGILState_GetThisThreadState() == main_state);
    states_here();
    check_in_thread(states_here);
    PyEval_RestoreThread(main_state);
    check_bool("restored", PyThreadState_Get() == main_state);
}

/* Exclusion. A counter without any protection of its own, and threads that give up the processor in the middle. */
enum { THREADS = 8, ROUNDS = 300 };
static volatile long counter;
static volatile int inside, overlaps;

static void *count_main(void *unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        PyGILState_STATE state = PyGILState_Ensure();
        overlaps |= inside;
        inside = 1;
        long seen = counter;
        sched_yield();
        counter = seen + 1;
        PyObject_Free(PyObject_Malloc((size_t)round));
        PyMem_Free(PyMem_Realloc(PyMem_Malloc(10), 20));
        inside = 0;
        PyGILState_Release(state);
    }
    return NULL;
}

static void excludes(void)
{
    pthread_t threads[THREADS];
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    for (int index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, count_main, NULL);
    for (int index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
    PyEval_RestoreThread(state);
    check_int("counter", counter);
    check_int("overlaps", overlaps);
}

/* A thread that wants it waits until it is given up. */
static volatile int got_it;

static void *wait_main(void *unused)
{
    (void)unused;
    PyGILState_STATE state = PyGILState_Ensure();
    got_it = 1;
    PyGILState_Release(state);
    return NULL;
}

static void waits(void)
{
    pthread_t thread;
    Py_Initialize();
    pthread_create(&thread, NULL, wait_main, NULL);
    usleep(50000);
    check_int("while_held", got_it);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    check_int("after", got_it);
}

static const check_case cases[] = {
    {"before_and_after", before_and_after, NULL},
    {"after_finalize", after_finalize, NULL},
    {"save_and_restore", save_and_restore, NULL},
    {"allow_threads", allow_threads, NULL},
    {"fresh_thread", fresh_thread, NULL},
    {"ensure_in_main", ensure_in_main, NULL},
    {"ensure_in_main_after_save", ensure_in_main_after_save, NULL},
    {"ensure_in_thread", ensure_in_thread, NULL},
    {"allow_inside_ensure", allow_inside_ensure, NULL},
    {"states", states, NULL},
    {"excludes", excludes, NULL},
    {"excludes_debug", excludes, "PYTHONMALLOC=debug"},
    {"waits", waits, NULL},
};
CHECK_MAIN(cases)
