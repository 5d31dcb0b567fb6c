/* support.h: what the tests of this room share: cmocka with what it wants, Python.h, and reading the error state. */
#ifndef PYMM_TESTS_OBJECT_SUPPORT_H
#define PYMM_TESTS_OBJECT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <Python.h>

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
