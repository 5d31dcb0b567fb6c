/* builtin_set.c: sets and frozensets as C code sees them. Owns: PySet_* and the types' slots. Order is not compared, as CPython
 * promises none: sets that are printed have one item at most. Read first: containers.h. */
#include "containers.h"

static PyObject *set_of(PyObject *(*make)(PyObject *), long first, Py_ssize_t count)
{
    PyObject *items = numbers(first, count), *set = make(items);
    Py_DECREF(items);
    return set;
}

/* Its items in order, as a list. */
static void check_set(const char *name, PyObject *set)
{
    PyObject *list = set == NULL ? NULL : PySequence_List(set);
    if (set != NULL)
        check_text(name, "%s", Py_TYPE(set)->tp_name);
    if (list != NULL)
        PyList_Sort(list);
    Py_XDECREF(set);
    check_object(name, list);
}

static void items(void)
{
    Py_Initialize();
    PyObject *set = PySet_New(NULL), *frozen = PyFrozenSet_New(NULL), *five = number(5), *list = PyList_New(0);
    check_kept("empty", set);
    check_kept("frozen_empty", frozen);
    check_number("add", PySet_Add(set, five));
    check_number("add_again", PySet_Add(set, five));
    check_kept("one", set);
    check_number("size", PySet_Size(set));
    check_number("contains", PySet_Contains(set, five));
    check_number("contains_not", PySet_Contains(set, list));
    check_number("add_list", PySet_Add(set, list));
    check_number("add_frozen", PySet_Add(frozen, five));
    check_kept("frozen", frozen);
    check_number("frozen_in_list", PyList_Append(list, frozen));
    check_number("add_to_shared_frozen", PySet_Add(frozen, Py_None) < 0 && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    check_number("discard", PySet_Discard(set, five));
    check_number("discard_again", PySet_Discard(set, five));
    check_object("pop_empty", PySet_Pop(set));
    check_object("of_none", PySet_New(Py_None));
    check_object("of_lists", PySet_New(list));
    Py_INCREF(list);
    PyObject *lists = PyTuple_Pack(1, list);
    check_object("of_unhashable", PySet_New(lists));
    check_number("clear", PySet_Clear(set));
    check_number("set_in_set", PySequence_Contains(set, set));
    check_number("hash", PyObject_Hash(set));
    check_bool("frozen_hash", PyObject_Hash(frozen) == PyObject_Hash(frozen));
    static PyObject *(*const makes[])(PyObject *) = {PySet_New, PyFrozenSet_New};
    for (int i = 0; i < 2; i++) {
        set = set_of(makes[i], 0, 3);
        PyObject *iterator = PyObject_GetIter(set);
        check_text("iterator", "%s", Py_TYPE(iterator)->tp_name);
        check_number("true", PyObject_IsTrue(set));
        check_number("is_set", PySet_Check(set) * 8 + PyFrozenSet_Check(set) * 4 + PyAnySet_Check(set) * 2 + PyAnySet_CheckExact(set));
    }
    set = set_of(PySet_New, 0, 3);
    PyObject *iterator = PyObject_GetIter(set);
    PySet_Add(set, Py_None);
    check_object("changed", PyIter_Next(iterator));
    check_object("changed_again", PyIter_Next(iterator));
}

static void operators(void)
{
    Py_Initialize();
    static PyObject *(*const makes[])(PyObject *) = {PySet_New, PyFrozenSet_New};
    static const char names[] = "|&^-";
    for (int kinds = 0; kinds < 4; kinds++)
        for (long first = 0; first < 5; first++)
            for (long count = 0; count < 4; count++) {
                PyObject *left = set_of(makes[kinds & 1], 0, 3), *right = set_of(makes[kinds >> 1], first, count);
                PyNumberMethods *methods = Py_TYPE(left)->tp_as_number;
                binaryfunc all[] = {methods->nb_or, methods->nb_and, methods->nb_xor, methods->nb_subtract};
                binaryfunc in_place[] = {methods->nb_inplace_or, methods->nb_inplace_and, methods->nb_inplace_xor, methods->nb_inplace_subtract};
                for (int i = 0; i < 4; i++) {
                    char name[2] = {names[i], 0};
                    check_set(name, all[i](left, right));
                    check_bool("in_place", in_place[i] != NULL);
                }
                for (int op = Py_LT; op <= Py_GE; op++)
                    check_number("compare", PyObject_RichCompareBool(left, right, op));
            }
    PyObject *set = set_of(PySet_New, 0, 3);
    check_object("or_list", PySet_Type.tp_as_number->nb_or(set, PyList_New(0)));
    check_object("less_than_list", PyObject_RichCompare(set, PyList_New(0), Py_LT));
    check_number("equals_list", PyObject_RichCompareBool(set, PyList_New(0), Py_EQ));
    check_set("in_place_or_self", PySet_Type.tp_as_number->nb_inplace_or(set, set));
    check_set("in_place_xor_self", PySet_Type.tp_as_number->nb_inplace_xor(set, set));
}

static const check_case cases[] = {{"items", items, NULL}, {"operators", operators, NULL}};
CHECK_MAIN(cases)
