/* scenarios_container.c: lists, dicts, sets and what is done with them, without memory.
 *
 * A failure leaves a container as it was: nothing lost, nothing twice. Read driver.h first. */
#include "driver.h"

static void use_list(PyObject *list)
{
    for (long i = 0; i < 40; i++) {
        PyObject *number = PyLong_FromLong(1000 - i);
        Py_ssize_t size = PyList_GET_SIZE(list);
        if (number == NULL || PyList_Append(list, number) != 0) {
            oom_require_no_memory();
            OOM_REQUIRE(PyList_GET_SIZE(list) == size);
        }
        Py_XDECREF(number);
    }
    Py_ssize_t size = PyList_GET_SIZE(list);
    if (PyList_Sort(list) != 0)
        oom_require_no_memory();
    OOM_REQUIRE(PyList_GET_SIZE(list) == size);
    if (PyList_SetSlice(list, 0, size / 2, list) != 0) {
        oom_require_no_memory();
        OOM_REQUIRE(PyList_GET_SIZE(list) == size);
    }
    oom_give_up(PySequence_Repeat(list, 2));
    oom_give_up(PySequence_Concat(list, list));
    oom_give_up(PyList_AsTuple(list));
    oom_give_up(PySequence_GetSlice(list, 1, 3));
    oom_give_up(PySet_New(list));
}

static void use_dict(PyObject *dict)
{
    char name[20];
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "key %d", i);
        Py_ssize_t size = PyDict_Size(dict);
        if (PyDict_SetItemString(dict, name, Py_None) != 0) {
            oom_require_no_memory();
            OOM_REQUIRE(PyDict_Size(dict) == size);
        }
    }
    PyObject *key = PyLong_FromLong(5000); /* no str: the table is made anew with hashes */
    Py_ssize_t size = PyDict_Size(dict);
    if (key == NULL || PyDict_SetItem(dict, key, dict) != 0) {
        oom_require_no_memory();
        OOM_REQUIRE(PyDict_Size(dict) == size);
    } else {
        OOM_REQUIRE(PyDict_GetItemWithError(dict, key) == dict && PyDict_DelItem(dict, key) == 0);
    }
    Py_XDECREF(key);
    oom_give_up(PyDict_Copy(dict));
    oom_give_up(PyDict_Items(dict));
    PyObject *other = PyDict_New();
    if (other == NULL || PyDict_Update(other, dict) != 0)
        oom_require_no_memory();
    Py_XDECREF(other);
    PyObject *iterator = PyObject_GetIter(dict), *item;
    if (iterator == NULL)
        oom_require_no_memory();
    while (iterator != NULL && (item = PyIter_Next(iterator)) != NULL)
        Py_DECREF(item);
    Py_XDECREF(iterator);
    OOM_REQUIRE(PyErr_Occurred() == NULL);
}

static void use_set(PyObject *set)
{
    for (long i = 0; i < 40; i++) {
        PyObject *number = PyLong_FromLong(1000 + i);
        Py_ssize_t size = PySet_GET_SIZE(set);
        if (number == NULL || PySet_Add(set, number) != 0) {
            oom_require_no_memory();
            OOM_REQUIRE(PySet_GET_SIZE(set) == size);
        }
        Py_XDECREF(number);
    }
    PyNumberMethods *methods = PySet_Type.tp_as_number;
    oom_give_up(methods->nb_or(set, set));
    oom_give_up(methods->nb_xor(set, set));
    oom_give_up(methods->nb_inplace_and(set, set));
    oom_give_up(PyFrozenSet_New(set));
    oom_give_up(PyObject_Repr(set));
}

static void containers(void)
{
    static int place;
    if (!oom_is_alive())
        return;
    PyObject *list = PyList_New(2), *long_list = PyList_New(20), *dict = PyDict_New(), *set = PySet_New(NULL);
    if (list == NULL || long_list == NULL || dict == NULL || set == NULL)
        oom_require_no_memory();
    if (list != NULL && PyList_SetSlice(list, 0, 2, NULL) == 0)
        use_list(list);
    if (dict != NULL)
        use_dict(dict);
    if (set != NULL)
        use_set(set);
    oom_give_up(PyCapsule_New(&place, NULL, NULL));
    oom_give_up(PySlice_New(NULL, NULL, NULL));
    Py_XDECREF(list);
    Py_XDECREF(long_list);
    Py_XDECREF(dict);
    Py_XDECREF(set);
    Py_FinalizeEx();
}

const oom_scenario oom_container_scenarios[] = {{"containers", containers, 1, 1, 0}, {NULL, NULL, 0, 0, 0}};
