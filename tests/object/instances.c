/* instances.c: life of an instance: tp_new and tp_init when a type is called, finalizers and resurrection at its end.
 *
 * Owns: type calls, tp_finalize, tp_del, PyObject_CallFinalizer, CallFinalizerFromDealloc. Does not own: the collector. */
#include "support.h"

static char order[64];
static PyObject *kept;
static int init_result;

static void note(char what) { order[strlen(order)] = what; }

static PyObject *noting_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    note('n');
    return type->tp_alloc(type, 0);
}

static int noting_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    (void)self;
    (void)args;
    (void)kwds;
    note('i');
    if (init_result != 0)
        PyErr_SetString(PyExc_ValueError, "no");
    return init_result;
}

static void noting_finalize(PyObject *self)
{
    assert_int_equal(Py_REFCNT(self), 1);
    note('f');
}
static void noting_del(PyObject *self)
{
    assert_int_equal(Py_REFCNT(self), 1);
    note('d');
}
static void keeping(PyObject *self)
{
    note('k');
    kept = Py_NewRef(self);
}
static int empty_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static PyTypeObject *make(unsigned flags, PyType_Slot *slots)
{
    PyType_Spec spec = {"test.Noting", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | flags, slots};
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&spec);
    assert_non_null(type);
    memset(order, 0, sizeof order);
    kept = NULL;
    init_result = 0;
    return type;
}

/* type(*args) as calls do it. */
static PyObject *call(PyTypeObject *type) { return Py_TYPE(type)->tp_call((PyObject *)type, PyTuple_New(0), NULL); }

static void calling_makes_and_initialises(void **state)
{
    (void)state;
    PyTypeObject *type = make(0, (PyType_Slot[]){{Py_tp_new, noting_new}, {Py_tp_init, noting_init}, {Py_tp_finalize, noting_finalize},
                                                 {Py_tp_del, noting_del}, {0, NULL}});
    Py_ssize_t type_count = Py_REFCNT(type);
    PyObject *self = call(type);
    assert_non_null(self);
    assert_string_equal(order, "ni");
    Py_DECREF(self);
    assert_string_equal(order, "nifd");
    init_result = -1;
    assert_null(call(type));
    assert_string_equal(order, "nifdnifd");
    assert_error(PyExc_ValueError);
    assert_int_equal(Py_REFCNT(type), type_count);
    Py_DECREF(type);
}

static PyTypeObject *foreign_type;
static PyObject *foreign_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)type;
    (void)args;
    (void)kwds;
    return foreign_type->tp_alloc(foreign_type, 0);
}

static void init_is_for_instances_of_the_type(void **state)
{
    (void)state;
    foreign_type = make(0, (PyType_Slot[]){{Py_tp_init, noting_init}, {0, NULL}});
    PyTypeObject *type = make(0, (PyType_Slot[]){{Py_tp_new, foreign_new}, {Py_tp_init, noting_init}, {0, NULL}});
    PyObject *foreign = call(type);
    assert_ptr_equal(Py_TYPE(foreign), foreign_type);
    assert_string_equal(order, "");
    Py_DECREF(foreign);
    Py_DECREF(foreign_type);
    Py_DECREF(type);
    PyTypeObject *closed = make(Py_TPFLAGS_DISALLOW_INSTANTIATION, (PyType_Slot[]){{0, NULL}});
    assert_null(call(closed));
    assert_error(PyExc_TypeError);
    Py_DECREF(closed);
}

static void a_finalizer_runs_once_with_gc(void **state)
{
    (void)state;
    for (int is_gc = 0; is_gc < 2; is_gc++) {
        PyType_Slot slots[] = {{Py_tp_finalize, keeping}, {is_gc ? Py_tp_traverse : 0, is_gc ? empty_traverse : NULL}, {0, NULL}};
        PyTypeObject *type = make(is_gc ? Py_TPFLAGS_HAVE_GC : 0, slots);
        Py_ssize_t type_count = Py_REFCNT(type);
        PyObject *self = call(type);
        Py_DECREF(self);
        assert_ptr_equal(kept, self);
        assert_int_equal(Py_REFCNT(self), 1);
        assert_string_equal(order, "k");
        assert_int_equal(Py_REFCNT(type), type_count + 1);
        Py_DECREF(self);
        if (is_gc) { /* the second end is the last */
            assert_string_equal(order, "k");
        } else {
            assert_string_equal(order, "kk");
            type->tp_finalize = NULL;
            Py_DECREF(self);
        }
        assert_int_equal(Py_REFCNT(type), type_count);
        Py_DECREF(type);
    }
}

static void a_del_may_bring_back(void **state)
{
    (void)state;
    PyTypeObject *type = make(0, (PyType_Slot[]){{Py_tp_del, keeping}, {0, NULL}});
    PyObject *self = call(type);
    Py_DECREF(self);
    assert_ptr_equal(kept, self);
    assert_int_equal(Py_REFCNT(self), 1);
    type->tp_del = noting_del;
    Py_DECREF(self);
    assert_string_equal(order, "kd");
    Py_DECREF(type);
}

static int from_dealloc_result;
static void own_dealloc(PyObject *self)
{
    from_dealloc_result = PyObject_CallFinalizerFromDealloc(self);
    if (from_dealloc_result < 0)
        return;
    PyTypeObject *type = Py_TYPE(self);
    note('x');
    type->tp_free(self);
    Py_DECREF(type);
}

static void destructors_call_finalizers_themselves(void **state)
{
    (void)state;
    PyTypeObject *type = make(0, (PyType_Slot[]){{Py_tp_dealloc, own_dealloc}, {Py_tp_finalize, keeping}, {0, NULL}});
    PyObject *self = call(type);
    Py_DECREF(self);
    assert_int_equal(from_dealloc_result, -1);
    assert_string_equal(order, "k");
    type->tp_finalize = noting_finalize;
    PyObject_CallFinalizer(self);
    Py_DECREF(self);
    assert_int_equal(from_dealloc_result, 0);
    assert_string_equal(order, "kffx");
    Py_DECREF(type);
}

static void error_survives_the_end_of_a_type(void **state)
{
    (void)state;
    PyTypeObject *type = make(0, (PyType_Slot[]){{0, NULL}});
    PyErr_SetString(PyExc_KeyError, "kept");
    Py_DECREF(type);
    assert_error(PyExc_KeyError);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calling_makes_and_initialises),  cmocka_unit_test(init_is_for_instances_of_the_type),
        cmocka_unit_test(a_finalizer_runs_once_with_gc),  cmocka_unit_test(a_del_may_bring_back),
        cmocka_unit_test(destructors_call_finalizers_themselves), cmocka_unit_test(error_survives_the_end_of_a_type),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
