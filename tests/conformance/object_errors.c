/* object_errors.c: exceptions that C code sets: state, matching, and what is printed of them.
 *
 * Owns: PyErr_* without strings and tuples. Does not own: what is raised by other functions. Read first: check.h. */
#include "check.h"

static void check_set(const char *name)
{
    PyObject *type = PyErr_Occurred();
    check_text(name, "%s", type == NULL ? "none" : ((PyTypeObject *)type)->tp_name);
}

static void state(void)
{
    PyObject *type, *value, *traceback;
    Py_Initialize();
    check_set("start");
    PyErr_SetString(PyExc_ValueError, "wrong");
    check_set("set");
    check_bool("lookup", PyErr_ExceptionMatches(PyExc_LookupError));
    check_bool("exception", PyErr_ExceptionMatches(PyExc_Exception));
    PyErr_Fetch(&type, &value, &traceback);
    check_set("fetched");
    check_bool("type", type == PyExc_ValueError);
    check_pointer("traceback", traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    check_bool("instance", PyExceptionInstance_Check(value));
    PyErr_Restore(type, value, traceback);
    check_set("restored");
    PyErr_SetNone(PyExc_KeyError);
    check_set("replaced");
    PyErr_Clear();
    check_set("cleared");
    check_pointer("no_memory", PyErr_NoMemory());
    check_set("no_memory_set");
    PyErr_Restore(NULL, NULL, NULL);
    check_set("restored_nothing");
    check_int("bad_argument", PyErr_BadArgument());
    check_set("bad_argument_set");
    PyErr_BadInternalCall();
    check_set("bad_call_set");
}

static void hierarchy(void)
{
    Py_Initialize();
    PyObject *const types[] = {
        PyExc_BaseException, PyExc_Exception, PyExc_SystemExit, PyExc_KeyboardInterrupt, PyExc_GeneratorExit, PyExc_StopIteration,
        PyExc_ArithmeticError, PyExc_OverflowError, PyExc_ZeroDivisionError, PyExc_LookupError, PyExc_IndexError, PyExc_KeyError,
        PyExc_OSError, PyExc_BlockingIOError, PyExc_ConnectionError, PyExc_BrokenPipeError, PyExc_TimeoutError, PyExc_RuntimeError,
        PyExc_RecursionError, PyExc_NotImplementedError, PyExc_SyntaxError, PyExc_IndentationError, PyExc_TabError, PyExc_ValueError,
        PyExc_UnicodeError, PyExc_UnicodeDecodeError, PyExc_NameError, PyExc_UnboundLocalError, PyExc_ImportError,
        PyExc_ModuleNotFoundError, PyExc_MemoryError, PyExc_TypeError, PyExc_SystemError, PyExc_ReferenceError, PyExc_BufferError,
        PyExc_EOFError, PyExc_AssertionError, PyExc_AttributeError, PyExc_Warning, PyExc_UserWarning, PyExc_DeprecationWarning,
        PyExc_ResourceWarning, PyExc_UnicodeWarning, PyExc_BytesWarning};
    const int count = sizeof types / sizeof types[0];
    for (int i = 0; i < count; i++) {
        printf("%s:", ((PyTypeObject *)types[i])->tp_name);
        for (int k = 0; k < count; k++)
            printf("%d", PyErr_GivenExceptionMatches(types[i], types[k]));
        printf("\n");
    }
    check_bool("io", PyExc_IOError == PyExc_OSError && PyExc_EnvironmentError == PyExc_OSError);
}

static void print(PyObject *type, const char *text)
{
    if (text == NULL)
        PyErr_SetNone(type);
    else
        PyErr_SetString(type, text);
    PyErr_Print();
    check_set("after_print");
}

static void printed(void)
{
    Py_Initialize();
    print(PyExc_ValueError, "wrong");
    print(PyExc_ValueError, "");
    print(PyExc_ValueError, NULL);
    print(PyExc_KeyError, "key");
    print(PyExc_KeyError, "it's");
    print(PyExc_KeyError, "it's \"both\" \\ and\ttab\n\001");
    print(PyExc_KeyError, "");
    print(PyExc_MemoryError, NULL);
    PyErr_SetObject(PyExc_TypeError, Py_None);
    PyErr_Print();
    PyErr_SetObject(PyExc_TypeError, Py_True);
    PyErr_Print();
    Py_Finalize(); /* before 3.8 what was printed is in a buffer until then */
}

static void unraisable(void)
{
    Py_Initialize();
    PyErr_SetString(PyExc_ValueError, "wrong");
    PyErr_WriteUnraisable(Py_None);
    check_set("after");
    PyErr_SetString(PyExc_OSError, "wrong");
    PyErr_WriteUnraisable(PyExc_KeyError);
    PyErr_SetNone(PyExc_MemoryError);
    PyErr_WriteUnraisable(NULL);
}

static void chained(void)
{
    PyObject *values[3], *type, *traceback;
    Py_Initialize();
    for (int i = 0; i < 3; i++) {
        PyErr_SetString(i == 0 ? PyExc_OSError : i == 1 ? PyExc_TypeError : PyExc_ValueError, i == 0 ? "first" : i == 1 ? "second" : "third");
        PyErr_Fetch(&type, &values[i], &traceback);
        PyErr_NormalizeException(&type, &values[i], &traceback);
    }
    PyException_SetCause(values[1], values[0]);
    PyException_SetContext(values[2], values[1]);
    PyErr_SetObject(type, values[2]);
    PyErr_Print();
    check_set("after");
    Py_Finalize();
}

static void exit_none(void)
{
    Py_Initialize();
    PyErr_SetNone(PyExc_SystemExit);
    PyErr_Print();
}

static void exit_text(void)
{
    Py_Initialize();
    PyErr_SetString(PyExc_SystemExit, "bye");
    PyErr_Print();
}

static const check_case cases[] = {
    {"state", state, NULL},       {"hierarchy", hierarchy, NULL}, {"printed", printed, NULL},     {"unraisable", unraisable, NULL},
    {"chained", chained, NULL},   {"exit_none", exit_none, NULL}, {"exit_text", exit_text, NULL},
};
CHECK_MAIN(cases)
