/* scenarios_object.c: types made at run time, instances, and exceptions, without memory.
 *
 * The first use of a type makes what it keeps for good: these scenarios are run cold and warm. Read driver.h first. */
#include "driver.h"

static int visit_type(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void make_instances(void)
{
    static PyMemberDef members[] = {{"a", Py_T_INT, sizeof(PyObject), 0, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyType_Slot slots[] = {{Py_tp_doc, (char *)"text"}, {Py_tp_members, members}, {Py_tp_traverse, visit_type}, {0, NULL}};
    PyType_Spec spec = {"oom.Made", sizeof(PyObject) + 8, 0, Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    if (type == NULL) {
        oom_require_no_memory();
        return;
    }
    PyObject *made[5];
    for (int i = 0; i < 5; i++)
        if ((made[i] = PyType_GenericAlloc(type, 0)) == NULL)
            oom_require_no_memory();
    for (int i = 0; i < 5; i++)
        Py_XDECREF(made[i]);
    Py_DECREF(type);
    OOM_REQUIRE(PyErr_Occurred() == NULL);
}

static void types_and_instances(void)
{
    if (oom_is_alive()) {
        make_instances();
        Py_FinalizeEx();
    }
}

static void exceptions(void)
{
    if (!oom_is_alive())
        return;
    PyErr_SetString(PyExc_ValueError, "with a text");
    OOM_REQUIRE(PyErr_Occurred() != NULL);
    PyObject *raised = PyErr_GetRaisedException();
    PyErr_SetNone(PyExc_IndexError);
    OOM_REQUIRE(PyErr_Occurred() != NULL);
    PyErr_Clear();
    if (raised != NULL)
        PyErr_SetRaisedException(raised);
    PyErr_NoMemory();
    OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    Py_FinalizeEx();
}

const oom_scenario oom_object_scenarios[] = {
    {"types_and_instances", types_and_instances, 1, 1, 0}, {"exceptions", exceptions, 1, 1, 0}, {NULL, NULL, 0, 0, 0},
};
