/* gil.c: the global lock: exclusion, hand-over in order, nesting, what Check says in each state, forks.
 *
 * Owns: what include/python/pystate.h promises to programs that use it right. Misuse is fatal: test_lifecycle.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int initialize(void **state)
{
    (void)state;
    Py_Initialize();
    return 0;
}

static int finalize(void **state)
{
    (void)state;
    return Py_FinalizeEx();
}

static void nap(void) { nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); }

static void check_says_who_holds_the_lock(void **state)
{
    (void)state;
    assert_int_equal(PyGILState_Check(), 1); /* nobody has to hold it yet */
    assert_null(PyGILState_GetThisThreadState());
    assert_null(PyThreadState_GetUnchecked());
    Py_Initialize();
    Py_Initialize();
    assert_int_equal(PyGILState_Check(), 1);
    PyThreadState *own = PyThreadState_Get();
    assert_ptr_equal(own, PyGILState_GetThisThreadState());
    assert_ptr_equal(PyEval_SaveThread(), own);
    assert_int_equal(PyGILState_Check(), 0);
    assert_null(PyThreadState_GetUnchecked());
    assert_ptr_equal(own, PyGILState_GetThisThreadState());
    PyEval_RestoreThread(own);
    assert_int_equal(PyGILState_Check(), 1);
    assert_int_equal(Py_FinalizeEx(), 0);
    assert_int_equal(PyGILState_Check(), 1);
    assert_null(PyGILState_GetThisThreadState());
    assert_int_equal(Py_IsInitialized(), 0);
    Py_Finalize();
}

static void macros_let_go_and_take_back(void **state)
{
    (void)state;
    Py_BEGIN_ALLOW_THREADS
    assert_int_equal(PyGILState_Check(), 0);
    Py_BLOCK_THREADS
    assert_int_equal(PyGILState_Check(), 1);
    Py_UNBLOCK_THREADS
    assert_int_equal(PyGILState_Check(), 0);
    Py_END_ALLOW_THREADS
    assert_int_equal(PyGILState_Check(), 1);
}

/* A thread that never heard of pymm. */
static void *stranger(void *arg)
{
    int *seen = arg;
    void *block = PyMem_RawMalloc(100);
    PyMem_RawFree(PyMem_RawRealloc(block, 3000));
    seen[0] = PyGILState_Check();
    PyGILState_STATE outer = PyGILState_Ensure();
    PyThreadState *own = PyThreadState_Get();
    seen[1] = outer;
    PyGILState_STATE inner = PyGILState_Ensure();
    seen[2] = inner;
    seen[3] = PyThreadState_Get() == own;
    PyGILState_Release(inner);
    seen[4] = PyGILState_Check();
    PyThreadState *saved = PyEval_SaveThread();
    PyGILState_STATE again = PyGILState_Ensure(); /* inside "allow threads", as a callback does */
    seen[5] = again;
    seen[6] = PyThreadState_Get() == saved;
    PyGILState_Release(again);
    seen[7] = PyGILState_Check();
    PyEval_RestoreThread(saved);
    PyGILState_Release(outer);
    seen[8] = PyGILState_Check();
    seen[9] = PyGILState_GetThisThreadState() == NULL;
    return NULL;
}

static void run_stranger(const int *expected)
{
    int seen[10];
    memset(seen, 0x55, sizeof seen);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stranger, seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 10; i++)
        assert_int_equal(seen[i], expected[i]);
}

static void ensure_nests_in_any_thread(void **state)
{
    (void)state;
    static const int expected[] = {0, PyGILState_UNLOCKED, PyGILState_LOCKED, 1, 1, PyGILState_UNLOCKED, 1, 0, 0, 1};
    PyThreadState *saved = PyEval_SaveThread();
    run_stranger(expected);
    run_stranger(expected);
    PyEval_RestoreThread(saved);
    PyGILState_STATE nested = PyGILState_Ensure();
    assert_int_equal(nested, PyGILState_LOCKED);
    PyGILState_Release(nested);
    assert_int_equal(PyGILState_Check(), 1);
}

static void ensure_works_without_initialization(void **state)
{
    (void)state;
    static const int expected[] = {1, PyGILState_UNLOCKED, PyGILState_LOCKED, 1, 1, PyGILState_UNLOCKED, 1, 1, 1, 1};
    run_stranger(expected);
    PyGILState_STATE outer = PyGILState_Ensure();
    Py_Initialize(); /* by the thread that has the lock already */
    assert_int_equal(PyGILState_Check(), 1);
    Py_Finalize();
    assert_null(PyThreadState_GetUnchecked());
    (void)outer;
}

static void *borrows(void *state)
{
    PyEval_RestoreThread((PyThreadState *)state);
    int is_held = PyGILState_Check();
    PyThreadState *current = PyEval_SaveThread();
    return (void *)(intptr_t)(is_held == 0 && current == state);
}

static void a_state_restored_elsewhere_is_not_the_threads_own(void **state)
{
    (void)state;
    PyThreadState *own = PyEval_SaveThread();
    pthread_t thread;
    void *is_as_expected;
    assert_int_equal(pthread_create(&thread, NULL, borrows, own), 0);
    assert_int_equal(pthread_join(thread, &is_as_expected), 0);
    assert_non_null(is_as_expected);
    PyEval_RestoreThread(own);
}

/* Exclusion and order ---------------------------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 2000 };
static long shared_count; /* no atomic: the lock guards it, and the thread sanitizer looks */
static atomic_int inside;

static void *adds(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        PyGILState_STATE ensured = PyGILState_Ensure();
        assert_int_equal(atomic_fetch_add(&inside, 1), 0);
        shared_count++;
        void *block = PyObject_Malloc((size_t)i % 700);
        atomic_fetch_sub(&inside, 1);
        Py_BEGIN_ALLOW_THREADS
        PyMem_RawFree(PyMem_RawMalloc(10));
        Py_END_ALLOW_THREADS
        atomic_fetch_add(&inside, 1);
        shared_count++;
        PyObject_Free(block);
        assert_int_equal(atomic_fetch_sub(&inside, 1), 1);
        PyGILState_Release(ensured);
    }
    return NULL;
}

static void one_thread_at_a_time(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    shared_count = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, adds, NULL), 0);
    nap(); /* they wait */
    assert_int_equal(shared_count, 0);
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    Py_END_ALLOW_THREADS
    assert_int_equal(shared_count, 2L * THREADS * ROUNDS);
}

static int order[THREADS + 1], order_count;
static atomic_int started;

static void *signs(void *arg)
{
    atomic_fetch_add(&started, 1);
    PyGILState_STATE ensured = PyGILState_Ensure();
    order[order_count++] = (int)(intptr_t)arg;
    PyGILState_Release(ensured);
    return NULL;
}

/* The lock goes to the thread that has waited longest, also when the one that lets go asks again at once. */
static void handed_over_in_the_order_of_asking(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    order_count = 0;
    for (int i = 0; i < THREADS; i++) {
        atomic_store(&started, 0);
        assert_int_equal(pthread_create(&threads[i], NULL, signs, (void *)(intptr_t)i), 0);
        while (atomic_load(&started) == 0)
            nap();
        for (int wait = 0; wait < 10; wait++)
            nap(); /* it has asked */
    }
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    order[order_count++] = THREADS;
    for (int i = 0; i <= THREADS; i++)
        assert_int_equal(order[i], i);
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    Py_END_ALLOW_THREADS
}

/* Fork ------------------------------------------------------------------------------------------------------------------- */

static atomic_int is_holding, may_leave;

static void *holds(void *arg)
{
    (void)arg;
    PyGILState_STATE ensured = PyGILState_Ensure();
    atomic_store(&is_holding, 1);
    while (!atomic_load(&may_leave))
        nap();
    PyGILState_Release(ensured);
    return NULL;
}

static int exit_code_of_child(int (*child)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(child());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int takes_and_drops(void)
{
    for (int i = 0; i < 3; i++)
        PyGILState_Release(PyGILState_Ensure());
    return PyGILState_Check() == 0 ? 0 : 1;
}

static int holds_it_still(void)
{
    if (!PyGILState_Check())
        return 1;
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    return PyGILState_Check() ? 0 : 2;
}

static void a_child_has_the_lock_as_its_thread_had_it(void **state)
{
    (void)state;
    assert_int_equal(exit_code_of_child(holds_it_still), 0);
    PyThreadState *saved = PyEval_SaveThread();
    pthread_t thread;
    atomic_store(&is_holding, 0);
    atomic_store(&may_leave, 0);
    assert_int_equal(pthread_create(&thread, NULL, holds, NULL), 0);
    while (!atomic_load(&is_holding))
        nap();
    assert_int_equal(exit_code_of_child(takes_and_drops), 0); /* held by a thread that the child does not have */
    atomic_store(&may_leave, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    PyEval_RestoreThread(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_says_who_holds_the_lock),
        cmocka_unit_test(ensure_works_without_initialization),
        cmocka_unit_test_setup_teardown(macros_let_go_and_take_back, initialize, finalize),
        cmocka_unit_test_setup_teardown(ensure_nests_in_any_thread, initialize, finalize),
        cmocka_unit_test_setup_teardown(a_state_restored_elsewhere_is_not_the_threads_own, initialize, finalize),
        cmocka_unit_test_setup_teardown(one_thread_at_a_time, initialize, finalize),
        cmocka_unit_test_setup_teardown(handed_over_in_the_order_of_asking, initialize, finalize),
        cmocka_unit_test_setup_teardown(a_child_has_the_lock_as_its_thread_had_it, initialize, finalize),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
