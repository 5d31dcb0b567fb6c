/* pystate.h: the global lock (GIL) of the Python/C API and the thread states that hold it.
 *
 * Owns: PyGILState_*, PyThreadState_Get, PyEval_SaveThread and RestoreThread, Py_BEGIN_ALLOW_THREADS and its like.
 * Include Python.h, not this file.
 *
 * pymm's memory functions need no lock. It is here for programs that are written for one, and for the debug hooks, which
 * check, as CPython's do, that mem and obj functions are called by the thread that holds it. The lock is handed on in
 * the order in which threads asked for it. It exists from the start of the process: PyGILState_Ensure works before
 * Py_Initialize and after Py_Finalize too, where CPython crashes. In the child of a fork the forking thread alone has a
 * state; it holds the lock if it did before. Since pymm 0.1; text: "Initialization, Finalization, and Threads". */
#ifndef Py_PYSTATE_H
#define Py_PYSTATE_H

#include "pyport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One for each thread that takes part. "Own" below is the state that Ensure or Py_Initialize made for a thread, "current"
 * the one with which the calling thread holds the lock, if it does. */
typedef struct _ts PyThreadState;

typedef enum { PyGILState_LOCKED, PyGILState_UNLOCKED } PyGILState_STATE;

/* Make the calling thread hold the lock, whatever it has done before; a thread without a state gets one. Returns what
 * Release has to restore. Pairs nest. No memory for a state: Py_FatalError. */
PyAPI_FUNC(PyGILState_STATE) PyGILState_Ensure(void);
/* Undo the matching Ensure. The last one of a thread removes its state. A thread that does not hold the lock with its own
 * state: Py_FatalError. */
PyAPI_FUNC(void) PyGILState_Release(PyGILState_STATE oldstate);
/* 1 if the calling thread holds the lock with its own state; also 1 before Py_Initialize and after Py_Finalize, when
 * nobody has to hold it. Otherwise 0. */
PyAPI_FUNC(int) PyGILState_Check(void);
/* The calling thread's own state, whether it holds the lock or not; NULL if it has none. */
PyAPI_FUNC(PyThreadState *) PyGILState_GetThisThreadState(void);

/* The current state. The lock is not held: Py_FatalError; PyThreadState_GetUnchecked returns NULL then. */
PyAPI_FUNC(PyThreadState *) PyThreadState_Get(void);
PyAPI_FUNC(PyThreadState *) PyThreadState_GetUnchecked(void);

/* Let go of the lock; returns the state to take it again with. The lock is not held: Py_FatalError. */
PyAPI_FUNC(PyThreadState *) PyEval_SaveThread(void);
/* Wait for the lock and take it with `tstate`. NULL, or a thread that holds the lock: Py_FatalError. */
PyAPI_FUNC(void) PyEval_RestoreThread(PyThreadState *tstate);

/* Around work during which other threads may hold the lock. The two in the middle take it back for a while. */
#define Py_BEGIN_ALLOW_THREADS                                                                                         \
    {                                                                                                                  \
        PyThreadState *_save;                                                                                          \
        Py_UNBLOCK_THREADS
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS                                                                                           \
    Py_BLOCK_THREADS                                                                                                   \
    }

#ifdef __cplusplus
}
#endif
#endif
