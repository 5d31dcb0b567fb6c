/* threads.c: raw memory in threads that neither Python nor pymm made, blocks that change hands, and the end of threads.
 *
 * Owns allocation by several threads. Does not own: who holds the GIL (gil.c). Read first: check.h. */
#include "check.h"

enum { THREADS = 6, BLOCKS = 300 };
static unsigned char *handed[THREADS][BLOCKS];
static int failures;

static void *fill_main(void *argument)
{
    long own = (long)argument;
    for (int index = 0; index < BLOCKS; index++) {
        size_t bytes = (size_t)(index * 7 % 900) + 1;
        handed[own][index] = PyMem_RawMalloc(bytes);
        memset(handed[own][index], (int)(own * 16 + index % 16), bytes);
    }
    return NULL;
}

static void *take_main(void *argument)
{
    long own = ((long)argument + 1) % THREADS;
    for (int index = 0; index < BLOCKS; index++) {
        size_t bytes = (size_t)(index * 7 % 900) + 1;
        unsigned char *block = PyMem_RawRealloc(handed[own][index], bytes + 100), value = (unsigned char)(own * 16 + index % 16);
        if (block[0] != value || block[bytes - 1] != value)
            __atomic_fetch_add(&failures, 1, __ATOMIC_SEQ_CST);
        PyMem_RawFree(block);
    }
    return NULL;
}

static void run_all(void *(*run)(void *))
{
    pthread_t threads[THREADS];
    for (long index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, run, (void *)index);
    for (long index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
}

/* Blocks outlive the threads that made them, and others resize and free them. */
static void hand_over(void)
{
    run_all(fill_main);
    run_all(take_main);
    check_int("failures", failures);
}

static void hand_over_before_init(void)
{
    hand_over();
    check_int("initialized", Py_IsInitialized());
}

static void hand_over_without_gil(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    hand_over();
    PyEval_RestoreThread(state);
}

/* The GIL is held by the first thread all the time: raw memory does not care. */
static void hand_over_beside_gil(void)
{
    Py_Initialize();
    hand_over();
}

static void hand_over_after_finalize(void)
{
    Py_Initialize();
    Py_Finalize();
    hand_over();
}

/* Mem and object blocks cross threads as well, each with the GIL. */
static void *block_of_thread;
static const check_domain *domain_of_thread;

static void make_with_gil(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    block_of_thread = domain_of_thread->malloc(64);
    memset(block_of_thread, 0x66, 64);
    PyGILState_Release(state);
}

static void free_with_gil(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    domain_of_thread->free(block_of_thread);
    PyGILState_Release(state);
}

static void across_threads(void)
{
    Py_Initialize();
    CHECK_EACH_DOMAIN(d)
    {
        domain_of_thread = d;
        PyThreadState *state = PyEval_SaveThread();
        check_in_thread(make_with_gil);
        PyEval_RestoreThread(state);
        unsigned char *block = block_of_thread = d->realloc(block_of_thread, 2000);
        check_bool(check_join(d->name, "kept"), block[0] == 0x66 && block[63] == 0x66);
        state = PyEval_SaveThread();
        check_in_thread(free_with_gil);
        PyEval_RestoreThread(state);
        check_text(check_join(d->name, "freed"), "in another thread");
    }
}

/* Frees in a destructor of thread-specific data, which runs while the thread ends. */
static pthread_key_t key;

static void at_thread_end(void *block)
{
    block = PyMem_RawRealloc(block, 77);
    PyMem_RawFree(block);
    PyMem_RawFree(PyMem_RawCalloc(10, 10));
}

static void set_key(void)
{
    pthread_setspecific(key, PyMem_RawMalloc(50));
}

static void destructor_of_thread(void)
{
    pthread_key_create(&key, at_thread_end);
    for (int count = 0; count < 20; count++)
        check_in_thread(set_key);
    Py_Initialize();
    for (int count = 0; count < 20; count++)
        check_in_thread(set_key);
    check_text("threads", "40 ended");
}

static const check_case cases[] = {
    {"before_init", hand_over_before_init, NULL},
    {"without_gil", hand_over_without_gil, NULL},
    {"without_gil_debug", hand_over_without_gil, "PYTHONMALLOC=debug"},
    {"without_gil_malloc", hand_over_without_gil, "PYTHONMALLOC=malloc"},
    {"beside_gil", hand_over_beside_gil, NULL},
    {"beside_gil_debug", hand_over_beside_gil, "PYTHONMALLOC=debug"},
    {"after_finalize", hand_over_after_finalize, NULL},
    {"across", across_threads, NULL},
    {"across_debug", across_threads, "PYTHONMALLOC=debug"},
    {"destructor", destructor_of_thread, NULL},
};
CHECK_MAIN(cases)
