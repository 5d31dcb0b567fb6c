/* protocols.c: what can be asked of any object: hash, comparison, truth, iteration, sending.
 *
 * Owns: PyObject_Hash, RichCompare, IsTrue, GetIter, PyIter_*. Types here are static; each test has its own. */
#include "support.h"

#define TYPE(variable, ...)                                                                                            \
    static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test." #variable,                        \
                                    .tp_basicsize = sizeof(counter), __VA_ARGS__}

typedef struct {
    PyObject_HEAD
    Py_ssize_t left;
} counter;

static PyObject *make(PyTypeObject *type, Py_ssize_t left)
{
    assert_int_equal(PyType_Ready(type), 0);
    counter *made = (counter *)PyType_GenericAlloc(type, 0);
    made->left = left;
    return (PyObject *)made;
}

static Py_ssize_t left_of(PyObject *op) { return ((counter *)op)->left; }
static Py_hash_t hash_left(PyObject *op) { return left_of(op); }
static int is_positive(PyObject *op) { return left_of(op) < 0 ? -1 : left_of(op) > 0; }

static void identity_is_the_default(void **state)
{
    (void)state;
    TYPE(plain, );
    PyObject *a = make(&plain, 0), *b = make(&plain, 0);
    assert_int_equal(PyObject_Hash(a), Py_HashPointer(a));
    assert_true(PyObject_Hash(a) != PyObject_Hash(b));
    assert_int_equal(PyObject_RichCompareBool(a, b, Py_EQ), 0);
    assert_int_equal(PyObject_RichCompareBool(a, b, Py_NE), 1);
    assert_ptr_equal(PyObject_RichCompare(a, a, Py_EQ), Py_True);
    assert_ptr_equal(PyObject_RichCompare(a, a, Py_NE), Py_False);
    for (int op = Py_LT; op <= Py_GE; op++)
        if (op != Py_EQ && op != Py_NE) {
            assert_null(PyObject_RichCompare(a, b, op));
            assert_error(PyExc_TypeError);
        }
    assert_null(PyObject_RichCompare(a, NULL, Py_EQ));
    assert_error(PyExc_SystemError);
    Py_DECREF(a);
    Py_DECREF(b);
}

static char asked[16];
static PyObject *say_a(PyObject *self, PyObject *other, int op) { (void)self; (void)other; (void)op; strcat(asked, "a"); Py_RETURN_NOTIMPLEMENTED; }
static PyObject *say_b(PyObject *self, PyObject *other, int op) { (void)self; (void)other; (void)op; strcat(asked, "b"); Py_RETURN_NOTIMPLEMENTED; }
static PyObject *say_less(PyObject *self, PyObject *other, int op) { (void)self; (void)other; return op == Py_GT ? Py_NewRef(Py_True) : Py_NewRef(Py_NotImplemented); }
static PyObject *say_error(PyObject *self, PyObject *other, int op) { (void)self; (void)other; (void)op; return PyErr_NoMemory(); }

static void sides_are_asked_in_order(void **state)
{
    (void)state;
    TYPE(a_type, .tp_richcompare = say_a, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE);
    TYPE(b_type, .tp_richcompare = say_b);
    TYPE(b_derived, .tp_base = &a_type, .tp_richcompare = say_b);
    TYPE(greater, .tp_richcompare = say_less);
    TYPE(failing, .tp_richcompare = say_error);
    PyObject *a = make(&a_type, 0), *b = make(&b_type, 0), *derived = make(&b_derived, 0), *g = make(&greater, 0), *f = make(&failing, 0);
    asked[0] = 0;
    assert_int_equal(PyObject_RichCompareBool(a, b, Py_EQ), 0);
    assert_string_equal(asked, "ab");
    asked[0] = 0;
    assert_int_equal(PyObject_RichCompareBool(a, derived, Py_EQ), 0);
    assert_string_equal(asked, "ba");
    assert_int_equal(PyObject_RichCompareBool(a, g, Py_LT), 1); /* a < g is g > a */
    assert_int_equal(PyObject_RichCompareBool(a, f, Py_EQ), -1);
    assert_error(PyExc_MemoryError);
    PyObject *all[] = {a, b, derived, g, f};
    for (int i = 0; i < 5; i++)
        Py_DECREF(all[i]);
}

static void truth(void **state)
{
    (void)state;
    static PyNumberMethods numbers = {.nb_bool = is_positive};
    static PyMappingMethods mapping = {.mp_length = left_of};
    static PySequenceMethods sequence = {.sq_length = left_of};
    TYPE(number, .tp_as_number = &numbers, .tp_as_mapping = &mapping);
    TYPE(map, .tp_as_mapping = &mapping);
    TYPE(list, .tp_as_sequence = &sequence);
    TYPE(opaque, );
    PyTypeObject *types[] = {&number, &map, &list};
    for (int i = 0; i < 3; i++)
        for (Py_ssize_t left = -1; left < 3; left++) {
            PyObject *op = make(types[i], left);
            assert_int_equal(PyObject_IsTrue(op), left < 0 ? -1 : left > 0);
            assert_int_equal(PyObject_Not(op), left < 0 ? -1 : left == 0);
            Py_DECREF(op);
        }
    PyObject *op = make(&opaque, 0);
    assert_int_equal(PyObject_IsTrue(op), 1);
    Py_DECREF(op);
    assert_int_equal(PyObject_IsTrue(Py_None), 0);
    assert_int_equal(PyObject_IsTrue(Py_False), 0);
    assert_int_equal(PyObject_Not(Py_True), 0);
    assert_ptr_equal(PyBool_FromLong(-3), Py_True);
    assert_ptr_equal(PyBool_FromLong(0), Py_False);
}

static PyObject *next_left(PyObject *op)
{
    counter *self = (counter *)op;
    if (self->left-- > 0)
        return Py_NewRef(Py_None);
    if (self->left == -2)
        PyErr_SetObject(PyExc_StopIteration, Py_True);
    else if (self->left < -2)
        PyErr_SetString(PyExc_ValueError, "over");
    return NULL;
}

static PyObject *item_at(PyObject *op, Py_ssize_t index)
{
    if (index < left_of(op))
        return Py_NewRef(op);
    PyErr_SetString(PyExc_IndexError, "end");
    return NULL;
}

static PyObject *wrong_iter(PyObject *op) { (void)op; return Py_NewRef(Py_None); }
static PySendResult sending(PyObject *self, PyObject *value, PyObject **result) { (void)self; *result = Py_NewRef(value); return PYGEN_NEXT; }

static void iteration(void **state)
{
    (void)state;
    static PySequenceMethods sequence = {.sq_item = item_at};
    TYPE(iterator, .tp_iter = PyObject_SelfIter, .tp_iternext = next_left);
    TYPE(items, .tp_as_sequence = &sequence);
    TYPE(wrong, .tp_iter = wrong_iter);
    TYPE(opaque, );
    PyObject *op = make(&iterator, 3), *list = make(&items, 4), *bad = make(&wrong, 0), *none = make(&opaque, 0);
    PyObject *self = PyObject_GetIter(op);
    assert_ptr_equal(self, op);
    assert_true(PyIter_Check(op) && !PyIter_Check(list));
    int count = 0;
    while (PyIter_Next(self) != NULL)
        count++;
    assert_int_equal(count, 3);
    assert_null(PyErr_Occurred());
    Py_DECREF(self);
    Py_DECREF(op);
    PyObject *by_index = PyObject_GetIter(list), *item;
    assert_ptr_equal(Py_TYPE(by_index), &PySeqIter_Type);
    for (count = 0; (item = PyIter_Next(by_index)) != NULL; count++)
        Py_DECREF(item);
    assert_int_equal(count, 4);
    assert_int_equal(Py_REFCNT(list), 1); /* an iterator at its end has let go of it */
    assert_null(PyIter_Next(by_index));
    assert_null(PyErr_Occurred());
    Py_DECREF(by_index);
    Py_DECREF(list);
    assert_null(PyObject_GetIter(bad));
    assert_error(PyExc_TypeError);
    assert_null(PyObject_GetIter(none));
    assert_error(PyExc_TypeError);
    Py_DECREF(bad);
    Py_DECREF(none);
}

static void sending_to_iterators(void **state)
{
    (void)state;
    static PyAsyncMethods async = {.am_send = sending};
    TYPE(iterator, .tp_iter = PyObject_SelfIter, .tp_iternext = next_left);
    TYPE(generator, .tp_as_async = &async);
    PyObject *op = make(&iterator, 1), *gen = make(&generator, 0), *result;
    assert_int_equal(PyIter_Send(op, Py_None, &result), PYGEN_NEXT);
    assert_ptr_equal(result, Py_None);
    assert_int_equal(PyIter_Send(op, Py_None, &result), PYGEN_RETURN); /* NULL alone ends with None */
    assert_ptr_equal(result, Py_None);
    assert_int_equal(PyIter_Send(op, Py_None, &result), PYGEN_RETURN); /* StopIteration(True) */
    assert_ptr_equal(result, Py_True);
    assert_null(PyErr_Occurred());
    assert_int_equal(PyIter_Send(op, Py_None, &result), PYGEN_ERROR);
    assert_null(result);
    assert_error(PyExc_ValueError);
    assert_int_equal(PyIter_Send(op, Py_True, &result), PYGEN_ERROR); /* it has no send() */
    assert_error(PyExc_AttributeError);
    assert_int_equal(PyIter_Send(gen, Py_False, &result), PYGEN_NEXT);
    assert_ptr_equal(result, Py_False);
    Py_DECREF(op);
    Py_DECREF(gen);
}

static void hashes(void **state)
{
    (void)state;
    TYPE(hashed, .tp_hash = hash_left);
    TYPE(refusing, .tp_hash = PyObject_HashNotImplemented);
    PyObject *op = make(&hashed, 9), *refused = make(&refusing, 0);
    assert_int_equal(PyObject_Hash(op), 9);
    assert_int_equal(PyObject_Hash(refused), -1);
    assert_error(PyExc_TypeError);
    assert_int_equal(Py_HashPointer((void *)(uintptr_t)-1), -2);
    Py_DECREF(op);
    Py_DECREF(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_is_the_default), cmocka_unit_test(sides_are_asked_in_order), cmocka_unit_test(truth),
        cmocka_unit_test(iteration), cmocka_unit_test(sending_to_iterators), cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
