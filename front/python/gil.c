/* gil.c: the global lock and the thread states that hold it.
 *
 * The lock is handed over: whoever lets go of it gives it to the thread that has waited longest, which sleeps at the gate
 * in its own state. A thread that lets go and asks again therefore stands at the end of the line.
 *     holder -> state of the thread inside    first -> state -> state <- last     waiting, oldest first
 *     states -> state -> state                all of them, newest first           spares -> removed ones, used again
 * A removed state's memory is never used for anything else, since the thread that opened its gate may still be about to
 * wake it. Owns: gil_lock, which guards all of this and under which nothing is called. Read python/pystate.h first. */
#include "front.h"

#include <pthread.h>

struct _ts {
    struct _ts *next, **link;   /* in states; or next of the spare ones */
    struct _ts *next_waiting;
    os_lock gate;               /* held by the waiting thread; the one who hands over the lock drops it */
    unsigned long thread_id;    /* of the thread whose own state it is */
    int ensure_count;           /* Ensures without their Release; 1 more in the state that Py_Initialize made */
    PyObject *handled;          /* the exception that the thread is handling, owned; NULL: none */
};

static struct {
    PyThreadState *holder, *first, *last, *states, *spares;
} gil;
static os_lock gil_lock = OS_LOCK_INIT;

static OS_THREAD_LOCAL PyThreadState *own_state;     /* made for this thread */
static OS_THREAD_LOCAL PyThreadState *current_state; /* with which it holds the lock */

static void gil_take(PyThreadState *state)
{
    os_lock_take(&gil_lock);
    bool is_free = gil.holder == NULL;
    if (is_free) {
        gil.holder = state;
    } else {
        os_lock_take(&state->gate);
        state->next_waiting = NULL;
        *(gil.first == NULL ? &gil.first : &gil.last->next_waiting) = state;
        gil.last = state;
    }
    os_lock_drop(&gil_lock);
    if (!is_free) {
        os_lock_take(&state->gate); /* until it is handed over */
        os_lock_drop(&state->gate);
    }
    current_state = state;
}

static void gil_drop(void)
{
    current_state = NULL;
    os_lock_take(&gil_lock);
    PyThreadState *next = gil.first;
    if (next != NULL)
        gil.first = next->next_waiting;
    gil.holder = next;
    os_lock_drop(&gil_lock);
    if (next != NULL)
        os_lock_drop(&next->gate);
}

/* States ----------------------------------------------------------------------------------------------------------------- */

static void state_unlink_locked(PyThreadState *state)
{
    *state->link = state->next;
    if (state->next != NULL)
        state->next->link = state->link;
    state->next = gil.spares;
    gil.spares = state;
}

static PyThreadState *state_new(void)
{
    os_lock_take(&gil_lock);
    PyThreadState *state = gil.spares;
    if (state != NULL)
        gil.spares = state->next;
    os_lock_drop(&gil_lock);
    if (state == NULL && (state = heap_meta_take(sizeof *state)) == NULL)
        return NULL;
    state->thread_id = (unsigned long)pthread_self();
    state->ensure_count = 0;
    state->handled = NULL;
    os_lock_take(&gil_lock);
    state->next = gil.states;
    state->link = &gil.states;
    if (state->next != NULL)
        state->next->link = &state->next;
    gil.states = state;
    os_lock_drop(&gil_lock);
    own_state = state;
    return state;
}

/* Remove the calling thread's own state, with which it holds the lock, and let go of the lock. */
static void state_leave(void)
{
    PyThreadState *state = own_state;
    Py_CLEAR(state->handled); /* its end may need the lock: first of all */
    own_state = NULL;
    os_lock_take(&gil_lock);
    state_unlink_locked(state);
    os_lock_drop(&gil_lock);
    gil_drop();
}

/* Fork: the child has one thread, hence one or two states (its own and the one it holds the lock with), and nobody waits. */

static void fork_before(void) { os_lock_take(&gil_lock); }
static void fork_parent(void) { os_lock_drop(&gil_lock); }

static void fork_child(void)
{
    gil_lock = (os_lock)OS_LOCK_INIT;
    gil.holder = current_state;
    gil.first = gil.last = NULL;
    for (PyThreadState *state = gil.states, *next; state != NULL; state = next) {
        next = state->next;
        state->gate = (os_lock)OS_LOCK_INIT;
        if (state != own_state && state != current_state)
            state_unlink_locked(state);
    }
    if (own_state != NULL)
        own_state->thread_id = (unsigned long)pthread_self();
}

static void register_fork(void)
{
    if (os_fork_register(fork_before, fork_parent, fork_child) != 0)
        base_warn("no memory to be told of forks; a child that is forked while another thread has the GIL may wait for ever");
}

int front_gil_enter(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_fork);
    PyThreadState *state = own_state;
    if (state == NULL && (state = state_new()) == NULL)
        return -1;
    state->ensure_count++;
    if (current_state != state) {
        if (current_state != NULL)
            gil_drop();
        gil_take(state);
    }
    return 0;
}

void front_gil_leave(void)
{
    if (own_state != NULL && own_state == current_state)
        state_leave();
}

PyObject **front_handled_place(void) { return current_state == NULL ? NULL : &current_state->handled; }

#define WRITTEN_THREADS_AT_MOST 100 /* as in CPython */
#define DYING_WAIT_NS UINT64_C(20000000)

static void write_thread(base_out *out, const PyThreadState *state, const char *separator)
{
    base_out_print(out, "%s%s 0x%016lx (most recent call first):\n  <no Python frame>\n", separator,
                   state == own_state ? "Current thread" : "Thread", state->thread_id);
}

/* A signal handler may be dying in the middle of one of the functions above: then nobody will ever drop the lock. */
static bool take_lock_while_dying(void)
{
    uint64_t end_ns = os_clock_ns() + DYING_WAIT_NS;
    while (!os_lock_try(&gil_lock))
        if (os_clock_ns() > end_ns)
            return false;
    return true;
}

void front_gil_write_threads(base_out *out)
{
    unsigned count = 0;
    if (!take_lock_while_dying()) {
        if (own_state != NULL)
            write_thread(out, own_state, "");
        return;
    }
    for (const PyThreadState *state = gil.states; state != NULL; state = state->next, count++) {
        if (count == WRITTEN_THREADS_AT_MOST) {
            base_out_print(out, "...\n");
            break;
        }
        write_thread(out, state, count == 0 ? "" : "\n");
    }
    os_lock_drop(&gil_lock);
}

/* The API ---------------------------------------------------------------------------------------------------------------- */

PyGILState_STATE PyGILState_Ensure(void)
{
    PyGILState_STATE before = own_state != NULL && current_state == own_state ? PyGILState_LOCKED : PyGILState_UNLOCKED;
    if (front_gil_enter() != 0)
        front_fatal(__func__, "Couldn't create thread-state for new thread");
    return before;
}

void PyGILState_Release(PyGILState_STATE oldstate)
{
    PyThreadState *state = own_state;
    if (state == NULL)
        front_fatal(__func__, "auto-releasing thread-state, but no thread-state for this thread");
    if (state != current_state)
        front_fatal(__func__, "thread state %p must be current when releasing", (void *)state);
    if (--state->ensure_count == 0)
        state_leave();
    else if (oldstate == PyGILState_UNLOCKED)
        gil_drop();
}

int PyGILState_Check(void)
{
    return front_phase_get() != FRONT_INITIALIZED || (current_state != NULL && current_state == own_state);
}

PyThreadState *PyGILState_GetThisThreadState(void) { return own_state; }

static PyThreadState *not_null(const char *function, PyThreadState *state)
{
    if (state == NULL)
        front_fatal(function, "the function must be called with the GIL held, after Python initialization and before Python "
                              "finalization, but the GIL is released (the current Python thread state is NULL)");
    return state;
}

PyThreadState *PyThreadState_Get(void) { return not_null(__func__, current_state); }
PyThreadState *PyThreadState_GetUnchecked(void) { return current_state; }

PyThreadState *PyEval_SaveThread(void)
{
    PyThreadState *state = not_null(__func__, current_state);
    gil_drop();
    return state;
}

void PyEval_RestoreThread(PyThreadState *tstate)
{
    not_null(__func__, tstate);
    if (current_state != NULL)
        front_fatal("_PyThreadState_Attach", "non-NULL old thread state");
    gil_take(tstate);
}
