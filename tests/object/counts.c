/* counts.c: reference counts: every macro and function that changes, sets or reads one.
 *
 * Owns: Py_INCREF to Py_XSETREF, Py_Is*, immortal objects, Py_VISIT. */
#include "support.h"

static int death_count;
static PyObject *watched_place; /* what a destructor finds where the dying object was */
static PyObject **watched;

static void die(PyObject *self)
{
    death_count++;
    if (watched != NULL)
        watched_place = *watched;
    PyObject_Free(self);
}

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Counted", .tp_basicsize = sizeof(PyObject), .tp_dealloc = die};

static PyObject *make(void)
{
    assert_int_equal(PyType_Ready(&type), 0);
    death_count = 0;
    watched = NULL;
    return _PyObject_New(&type);
}

static void up_and_down(void **state)
{
    (void)state;
    PyObject *op = make();
    Py_INCREF(op);
    assert_int_equal(Py_REFCNT(op), 2);
    Py_XINCREF(op);
    Py_IncRef(op);
    assert_int_equal(Py_REFCNT(op), 4);
    assert_ptr_equal(Py_NewRef(op), op);
    assert_ptr_equal(Py_XNewRef(op), op);
    assert_int_equal(Py_REFCNT(op), 6);
    assert_null(Py_XNewRef(NULL));
    Py_XINCREF((PyObject *)NULL);
    Py_XDECREF((PyObject *)NULL);
    Py_IncRef(NULL);
    Py_DecRef(NULL);
    Py_DECREF(op);
    Py_XDECREF(op);
    Py_DecRef(op);
    Py_DECREF(op);
    Py_DECREF(op);
    assert_int_equal(Py_REFCNT(op), 1);
    assert_int_equal(death_count, 0);
    Py_DECREF(op);
    assert_int_equal(death_count, 1);
}

static void places_change_before_objects_die(void **state)
{
    (void)state;
    PyObject *place = make(), *other = make();
    watched = &place;
    watched_place = (PyObject *)&type;
    Py_CLEAR(place);
    assert_null(place);
    assert_null(watched_place);
    assert_int_equal(death_count, 1);
    Py_CLEAR(place);
    assert_int_equal(death_count, 1);
    Py_XSETREF(place, other);
    assert_ptr_equal(place, other);
    PyObject *third = _PyObject_New(&type);
    Py_SETREF(place, third);
    assert_ptr_equal(watched_place, third);
    assert_int_equal(death_count, 2);
    Py_XSETREF(place, NULL);
    assert_int_equal(death_count, 3);
}

static int evaluated;
static PyObject **place_once(PyObject **place) { evaluated++; return place; }

static void macros_evaluate_once(void **state)
{
    (void)state;
    PyObject *place = make();
    evaluated = 0;
    Py_INCREF(*place_once(&place));
    assert_int_equal(evaluated, 1);
    Py_DECREF(*place_once(&place));
    assert_int_equal(evaluated, 2);
    Py_CLEAR(*place_once(&place));
    assert_int_equal(evaluated, 3);
    assert_int_equal(death_count, 1);
}

static void immortal_stays(void **state)
{
    (void)state;
    PyObject *const lasting[] = {Py_None, Py_True, Py_False, Py_NotImplemented, (PyObject *)&PyType_Type, PyExc_TypeError, (PyObject *)&type};
    PyObject *made = make(); /* readies the type */
    for (size_t i = 0; i < sizeof lasting / sizeof lasting[0]; i++) {
        Py_ssize_t count = Py_REFCNT(lasting[i]);
        for (int round = 0; round < 100; round++)
            Py_INCREF(lasting[i]);
        for (int round = 0; round < 1000; round++)
            Py_DECREF(lasting[i]);
        Py_SET_REFCNT(lasting[i], 1);
        assert_int_equal(Py_REFCNT(lasting[i]), count);
        assert_true(_Py_IsImmortal(lasting[i]));
    }
    Py_DECREF(made);
}

static void members_of_the_head(void **state)
{
    (void)state;
    PyVarObject object = {.ob_base = {.ob_refcnt = 1}};
    Py_SET_TYPE(&object, &type);
    Py_SET_SIZE(&object, 41);
    Py_SET_REFCNT(&object, 17);
    assert_ptr_equal(Py_TYPE(&object), &type);
    assert_int_equal(Py_SIZE(&object), 41);
    assert_int_equal(Py_REFCNT(&object), 17);
    assert_true(Py_IsNone(Py_None) && Py_IsTrue(Py_True) && Py_IsFalse(Py_False));
    assert_false(Py_IsNone(Py_True) || Py_IsTrue(Py_False) || Py_Is(&object, Py_None));
    assert_int_equal(sizeof(PyObject), 16);
    assert_int_equal(sizeof(PyVarObject), 24);
    assert_int_equal(sizeof(PyTypeObject), 416);
}

typedef struct { PyObject *a, *b, *none; } pair;

static int pair_traverse(pair *self, visitproc visit, void *arg)
{
    Py_VISIT(self->a);
    Py_VISIT(self->none);
    Py_VISIT(self->b);
    return 0;
}

static int visited_count;
static int count_visit(PyObject *op, void *arg)
{
    visited_count++;
    return op == arg ? 77 : 0;
}

static void visit_stops_at_an_answer(void **state)
{
    (void)state;
    pair self = {Py_True, Py_False, NULL};
    visited_count = 0;
    assert_int_equal(pair_traverse(&self, count_visit, NULL), 0);
    assert_int_equal(visited_count, 2);
    assert_int_equal(pair_traverse(&self, count_visit, Py_True), 77);
    assert_int_equal(visited_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_and_down),      cmocka_unit_test(places_change_before_objects_die),
        cmocka_unit_test(immortal_stays),   cmocka_unit_test(macros_evaluate_once),
        cmocka_unit_test(members_of_the_head), cmocka_unit_test(visit_stops_at_an_answer),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
