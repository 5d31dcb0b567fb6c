/* modules.c: modules made and let go of: what they have ends with them, in whichever way that comes about.
 *
 * The state's memory is nobody's business but the module's, so it is the look for what is left over (leaks.h) that sees whether
 * it was freed. Does not own: what modules do (tests/conformance/object_modules.c). */
#include "support.h"

#include "pymm_gc.h"

typedef struct counts {
    PyObject *held;
    char more[5000];
} counts;
static int freed_count;

static int module_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((counts *)PyModule_GetState(self))->held);
    return 0;
}
static int module_clear(PyObject *self)
{
    Py_CLEAR(((counts *)PyModule_GetState(self))->held);
    return 0;
}
static void module_free(void *self)
{
    freed_count++;
    Py_CLEAR(((counts *)PyModule_GetState(self))->held);
}
static PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "counts", .m_size = sizeof(counts), .m_traverse = module_traverse,
                          .m_clear = module_clear, .m_free = module_free};

static PyObject *module_new(void)
{
    PyObject *self = PyModule_Create(&def);
    assert_non_null(self);
    counts *state = PyModule_GetState(self);
    assert_non_null(state);
    assert_null(state->held);
    state->held = PyList_New(0);
    freed_count = 0;
    return self;
}

static void by_count(void **state)
{
    (void)state;
    Py_DECREF(module_new());
    assert_int_equal(freed_count, 1);
}

static void by_collection(void **state)
{
    (void)state;
    PyGC_Disable();
    PyObject *self = module_new();
    assert_int_equal(PyList_Append(((counts *)PyModule_GetState(self))->held, self), 0);
    assert_int_equal(PyModule_AddObjectRef(self, "itself", self), 0);
    Py_DECREF(self);
    assert_int_equal(pymm_gc_collect(2), 3); /* the module, its dict, the list */
    assert_int_equal(freed_count, 1);
    PyGC_Enable();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_count), cmocka_unit_test(by_collection)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
