/* errors.c: the error state of a thread and the types of exceptions.
 *
 * Owns: PyErr_*, PyExc_*. NoMemory is tried with no memory at all. */
#include "support.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_take_and_put_back(void **state)
{
    (void)state;
    assert_null(PyErr_Occurred());
    assert_null(PyErr_GetRaisedException());
    PyErr_SetString(PyExc_ValueError, "wrong");
    assert_ptr_equal(PyErr_Occurred(), PyExc_ValueError);
    PyObject *error = PyErr_GetRaisedException();
    assert_null(PyErr_Occurred());
    assert_ptr_equal(Py_TYPE(error), PyExc_ValueError);
    assert_int_equal(Py_REFCNT(error), 1);
    assert_true(PyExceptionInstance_Check(error) && !PyExceptionClass_Check(error) && PyExceptionClass_Check(PyExc_ValueError));
    PyErr_SetRaisedException(error);
    assert_ptr_equal(PyErr_Occurred(), PyExc_ValueError);
    PyErr_SetNone(PyExc_KeyError); /* replaces it */
    assert_error(PyExc_KeyError);
    assert_int_equal(PyErr_BadArgument(), 0);
    assert_error(PyExc_TypeError);
    PyErr_Clear();
    PyErr_SetRaisedException(NULL);
    assert_null(PyErr_Occurred());
}

static void values_are_kept_alive(void **state)
{
    (void)state;
    static PyTypeObject plain = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Plain", .tp_basicsize = sizeof(PyObject)};
    assert_int_equal(PyType_Ready(&plain), 0);
    PyObject *value = PyType_GenericAlloc(&plain, 0);
    PyErr_SetObject(PyExc_KeyError, value);
    assert_int_equal(Py_REFCNT(value), 2);
    PyErr_Clear();
    assert_int_equal(Py_REFCNT(value), 1);
    Py_DECREF(value);
}

static void matching_follows_the_hierarchy(void **state)
{
    (void)state;
    const struct { PyObject *type, *above; } pairs[] = {
        {PyExc_KeyError, PyExc_LookupError},       {PyExc_IndexError, PyExc_LookupError},   {PyExc_LookupError, PyExc_Exception},
        {PyExc_Exception, PyExc_BaseException},    {PyExc_SystemExit, PyExc_BaseException}, {PyExc_MemoryError, PyExc_Exception},
        {PyExc_ZeroDivisionError, PyExc_ArithmeticError}, {PyExc_UnicodeDecodeError, PyExc_ValueError},
        {PyExc_BrokenPipeError, PyExc_ConnectionError},   {PyExc_ConnectionError, PyExc_IOError},
        {PyExc_TabError, PyExc_SyntaxError},       {PyExc_RecursionError, PyExc_RuntimeError}, {PyExc_ResourceWarning, PyExc_Warning},
        {PyExc_ModuleNotFoundError, PyExc_ImportError}, {PyExc_UnboundLocalError, PyExc_NameError}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_true(PyErr_GivenExceptionMatches(pairs[i].type, pairs[i].above));
        assert_false(PyErr_GivenExceptionMatches(pairs[i].above, pairs[i].type));
        if (pairs[i].type == PyExc_UnicodeDecodeError) /* it needs five arguments */
            continue;
        PyErr_SetNone(pairs[i].type);
        assert_true(PyErr_ExceptionMatches(pairs[i].above) && PyErr_ExceptionMatches(PyExc_BaseException));
        PyObject *error = PyErr_GetRaisedException();
        assert_true(PyErr_GivenExceptionMatches(error, pairs[i].above));
        assert_false(PyErr_GivenExceptionMatches(error, PyExc_StopIteration));
        Py_DECREF(error);
    }
    assert_false(PyErr_GivenExceptionMatches(NULL, PyExc_Exception));
    assert_false(PyErr_GivenExceptionMatches(PyExc_GeneratorExit, PyExc_Exception));
    assert_ptr_equal(PyExc_EnvironmentError, PyExc_OSError);
}

static void *no_malloc(void *ctx, size_t bytes) { (void)ctx; (void)bytes; return NULL; }
static void *no_calloc(void *ctx, size_t count, size_t bytes) { (void)ctx; (void)count; (void)bytes; return NULL; }
static void *no_realloc(void *ctx, void *block, size_t bytes) { (void)ctx; (void)block; (void)bytes; return NULL; }

static void memory_error_needs_no_memory(void **state)
{
    (void)state;
    PyMemAllocatorEx below, table = {NULL, no_malloc, no_calloc, no_realloc, NULL};
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    table.free = below.free;
    table.ctx = below.ctx;
    PyErr_SetString(PyExc_ValueError, "before");
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &table);
    for (int i = 0; i < 100; i++) {
        assert_null(PyErr_NoMemory());
        assert_ptr_equal(PyErr_Occurred(), PyExc_MemoryError);
    }
    PyErr_SetString(PyExc_KeyError, "there is no memory for this"); /* what is said then is that there is none */
    assert_ptr_equal(PyErr_Occurred(), PyExc_MemoryError);
    PyObject *error = PyErr_GetRaisedException();
    assert_ptr_equal(Py_TYPE(error), PyExc_MemoryError);
    PyErr_SetObject(PyExc_KeyError, Py_None);
    assert_ptr_equal(PyErr_Occurred(), PyExc_MemoryError);
    Py_DECREF(error);
    PyErr_Clear();
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &below);
    assert_null(PyErr_NoMemory());
    assert_error(PyExc_MemoryError);
}

static void *other_thread(void *seen)
{
    PyGILState_STATE own = PyGILState_Ensure();
    *(PyObject **)seen = PyErr_Occurred();
    PyErr_SetString(PyExc_RuntimeError, "here");
    PyErr_Clear();
    PyGILState_Release(own);
    return NULL;
}

static void threads_have_errors_of_their_own(void **state)
{
    (void)state;
    PyErr_SetString(PyExc_OSError, "mine");
    pthread_t thread;
    PyObject *seen = Py_None;
    Py_BEGIN_ALLOW_THREADS
    assert_int_equal(pthread_create(&thread, NULL, other_thread, &seen), 0);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    assert_null(seen);
    assert_error(PyExc_OSError);
}

static void parts(void **state)
{
    (void)state;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    assert_true(type == NULL && value == NULL && traceback == NULL);
    PyErr_SetString(PyExc_ValueError, "wrong");
    PyErr_Fetch(&type, &value, &traceback);
    assert_true(type == PyExc_ValueError && PyExceptionInstance_Check(value) && traceback == NULL);
    assert_null(PyErr_Occurred());
    PyObject *instance = value;
    PyErr_NormalizeException(&type, &value, &traceback);
    assert_ptr_equal(value, instance);
    PyErr_Restore(type, value, traceback);
    PyObject *error = PyErr_GetRaisedException();
    assert_ptr_equal(error, instance);
    assert_int_equal(Py_REFCNT(error), 1);
    Py_DECREF(error);
    type = PyExc_KeyError;
    value = Py_None;
    traceback = NULL;
    PyErr_SetNone(PyExc_OSError);
    PyErr_NormalizeException(&type, &value, &traceback); /* what is set stays */
    assert_error(PyExc_OSError);
    assert_ptr_equal(Py_TYPE(value), PyExc_KeyError);
    Py_DECREF(value);
    PyErr_SetNone(PyExc_OSError);
    PyErr_Restore(NULL, NULL, NULL);
    assert_null(PyErr_Occurred());
    PyErr_Restore(PyExc_TypeError, NULL, NULL);
    assert_error(PyExc_TypeError);
    PyErr_BadInternalCall();
    assert_error(PyExc_SystemError);
}

static PyObject *made(PyObject *type, const char *text)
{
    PyErr_SetString(type, text);
    return PyErr_GetRaisedException();
}

/* What `print` writes to standard error. */
static const char *printed(void (*print)(void))
{
    static char text[1000];
    FILE *file = tmpfile();
    int saved = dup(2);
    fflush(stderr);
    dup2(fileno(file), 2);
    print();
    dup2(saved, 2);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void print_none(void) { PyErr_WriteUnraisable(Py_None); }
static void print_type(void) { PyErr_WriteUnraisable(PyExc_OSError); }
static void print_nothing(void) { PyErr_WriteUnraisable(NULL); }

static void printing(void **state)
{
    (void)state;
    assert_string_equal(printed(PyErr_Print), "");
    PyErr_SetString(PyExc_ValueError, "wrong");
    assert_string_equal(printed(PyErr_Print), "ValueError: wrong\n");
    assert_null(PyErr_Occurred());
    PyErr_SetNone(PyExc_KeyError);
    assert_string_equal(printed(PyErr_Print), "KeyError\n");
    PyErr_SetString(PyExc_KeyError, "a");
    assert_string_equal(printed(print_none), "KeyError: 'a'\n");
    PyErr_SetString(PyExc_KeyError, "a");
    assert_string_equal(printed(print_type), "Exception ignored in: <class 'OSError'>\nKeyError: 'a'\n");
    PyErr_SetString(PyExc_KeyError, "a");
    assert_string_equal(printed(print_nothing), "KeyError: 'a'\n");
    assert_string_equal(printed(print_nothing), "");
    PyObject *cause = made(PyExc_OSError, "first"), *context = made(PyExc_TypeError, "other"), *error = made(PyExc_ValueError, "last");
    PyException_SetContext(error, context);
    PyErr_SetRaisedException(Py_NewRef(error));
    assert_string_equal(printed(PyErr_Print), "TypeError: other\n\nDuring handling of the above exception, another exception "
                                              "occurred:\n\nValueError: last\n");
    PyException_SetCause(error, cause);
    PyObject *read = PyException_GetCause(error);
    assert_ptr_equal(read, cause);
    Py_DECREF(read);
    assert_int_equal(Py_REFCNT(cause), 1);
    PyErr_SetRaisedException(error);
    assert_string_equal(printed(PyErr_Print), "OSError: first\n\nThe above exception was the direct cause of the following "
                                              "exception:\n\nValueError: last\n");
    assert_string_equal(PyExceptionClass_Name(PyExc_OSError), "OSError");
}

static void exit_at_print(void **state)
{
    (void)state;
    const struct { const char *text; PyObject *value; int code; } ends[] = {
        {NULL, NULL, 0}, {"bye", NULL, 1}, {NULL, Py_None, 0}, {NULL, Py_True, 1}, {NULL, Py_False, 0}, {NULL, PyExc_OSError, 1}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            if (freopen("/dev/null", "w", stderr) == NULL)
                _exit(98);
            if (ends[i].text != NULL)
                PyErr_SetString(PyExc_SystemExit, ends[i].text);
            else
                PyErr_SetObject(PyExc_SystemExit, ends[i].value);
            PyErr_Print();
            _exit(99);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), ends[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_take_and_put_back),        cmocka_unit_test(values_are_kept_alive),
        cmocka_unit_test(matching_follows_the_hierarchy), cmocka_unit_test(memory_error_needs_no_memory),
        cmocka_unit_test(threads_have_errors_of_their_own), cmocka_unit_test(parts), cmocka_unit_test(printing),
        cmocka_unit_test(exit_at_print),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
