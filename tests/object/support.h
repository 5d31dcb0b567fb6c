/* support.h: what the tests of this room share: cmocka with what it wants, Python.h, reading the error state, and that
 * nothing is left over (leaks.h). */
#ifndef PYMM_TESTS_OBJECT_SUPPORT_H
#define PYMM_TESTS_OBJECT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>

#include "leaks.h"

#define TEST_UNUSED __attribute__((unused))

TEST_UNUSED static int setup(void **state)
{
    (void)state;
    Py_Initialize();
    return 0;
}

TEST_UNUSED static int teardown(void **state)
{
    (void)state;
    return Py_FinalizeEx();
}

/* A count for a loop that makes objects: less where each of them costs much: a birth collects, or something watches. */
TEST_UNUSED static int scaled(int count)
{
#if defined(PYMM_HOSTILE) || defined(__SANITIZE_THREAD__)
    return count / 50;
#else
    return getenv("PYMM_TEST_SLOW") != NULL ? count / 50 : count;
#endif
}

/* Is exactly this exception set? It is cleared. */
TEST_UNUSED static void assert_error(PyObject *type)
{
    PyObject *set = PyErr_Occurred();
    if (set != type)
        print_error("expected %s, set is %s\n", ((PyTypeObject *)type)->tp_name, set ? ((PyTypeObject *)set)->tp_name : "none");
    assert_ptr_equal(set, type);
    PyErr_Clear();
    assert_null(PyErr_Occurred());
}
#endif
