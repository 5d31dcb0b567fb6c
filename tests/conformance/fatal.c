/* fatal.c: Py_FatalError: its text and the signal it ends with, in each state of the life cycle.
 *
 * Read first: check.h. */
#include "check.h"

static void before_init(void)
{
    check_text("next", "dies");
    Py_FatalError("a message of the program");
}

static void after_init(void)
{
    Py_Initialize();
    check_text("next", "dies");
    Py_FatalError("a message of the program");
}

static void without_gil(void)
{
    Py_Initialize();
    PyEval_SaveThread();
    Py_FatalError("a message of the program");
}

static void in_thread_main(void)
{
    Py_FatalError("a message of a thread");
}

static void in_thread(void)
{
    Py_Initialize();
    PyThreadState *state = PyEval_SaveThread();
    check_in_thread(in_thread_main);
    PyEval_RestoreThread(state);
}

static void after_finalize(void)
{
    Py_Initialize();
    Py_Finalize();
    Py_FatalError("a message of the program");
}

static void empty_message(void)
{
    Py_Initialize();
    Py_FatalError("");
}

static const check_case cases[] = {
    {"before_init", before_init, NULL}, {"after_init", after_init, NULL},         {"without_gil", without_gil, NULL},
    {"in_thread", in_thread, NULL},     {"after_finalize", after_finalize, NULL}, {"empty_message", empty_message, NULL},
};
CHECK_MAIN(cases)
