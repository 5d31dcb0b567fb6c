/* types.c: PyType_Ready on static types: what is inherited, and what is refused.
 *
 * Owns: inheritance of slots, sizes and flags; contradictions. Does not own: heap types (specs.c). */
#include "support.h"

static PyObject *some_repr(PyObject *self) { return Py_NewRef(self); }
static Py_hash_t some_hash(PyObject *self) { (void)self; return 42; }
static PyObject *some_compare(PyObject *a, PyObject *b, int op) { (void)a; (void)b; (void)op; Py_RETURN_TRUE; }
static PyObject *some_add(PyObject *a, PyObject *b) { (void)b; return Py_NewRef(a); }
static Py_ssize_t some_length(PyObject *self) { (void)self; return 3; }
static int some_traverse(PyObject *self, visitproc visit, void *arg) { (void)self; (void)visit; (void)arg; return 0; }
static int some_clear(PyObject *self) { (void)self; return 0; }
static void some_dealloc(PyObject *self) { PyObject_Free(self); }
static PyObject *some_getattr(PyObject *self, char *name) { (void)self; (void)name; return NULL; }

#define TYPE(variable, ...)                                                                                            \
    static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test." #variable, __VA_ARGS__}

static void root_slots_are_the_public_functions(void **state)
{
    (void)state;
    TYPE(plain, .tp_basicsize = sizeof(PyObject));
    assert_int_equal(PyType_Ready(&plain), 0);
    assert_ptr_equal(plain.tp_base, &PyBaseObject_Type);
    assert_ptr_equal(Py_TYPE(&plain), &PyType_Type);
    assert_true(plain.tp_alloc == PyType_GenericAlloc);
    assert_true(plain.tp_free == PyObject_Del);
    assert_true(plain.tp_dealloc == PyBaseObject_Type.tp_dealloc);
    assert_true(plain.tp_flags & Py_TPFLAGS_READY);
    assert_int_equal(PyType_Ready(&plain), 0);
    assert_true(PyType_IsSubtype(&plain, &PyBaseObject_Type));
    assert_true(PyType_IsSubtype(&plain, &plain));
    assert_false(PyType_IsSubtype(&PyBaseObject_Type, &plain));
}

static PyNumberMethods base_numbers = {.nb_add = some_add};
static PySequenceMethods base_sequence = {.sq_length = some_length};
TYPE(base, .tp_basicsize = 40, .tp_itemsize = 4, .tp_repr = some_repr, .tp_hash = some_hash, .tp_richcompare = some_compare,
     .tp_as_number = &base_numbers, .tp_as_sequence = &base_sequence, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
     .tp_dealloc = some_dealloc, .tp_dictoffset = 16, .tp_weaklistoffset = 24, .tp_new = PyType_GenericNew, .tp_getattr = some_getattr);

static void slots_and_sizes_are_inherited(void **state)
{
    (void)state;
    static PyNumberMethods own_numbers;
    TYPE(derived, .tp_base = &base, .tp_as_number = &own_numbers);
    assert_int_equal(PyType_Ready(&derived), 0);
    assert_true(base.tp_flags & Py_TPFLAGS_READY); /* a base is made ready on the way */
    assert_int_equal(derived.tp_basicsize, 40);
    assert_int_equal(derived.tp_itemsize, 4);
    assert_int_equal(derived.tp_dictoffset, 16);
    assert_int_equal(derived.tp_weaklistoffset, 24);
    assert_true(derived.tp_repr == some_repr && derived.tp_hash == some_hash && derived.tp_richcompare == some_compare);
    assert_true(derived.tp_dealloc == some_dealloc && derived.tp_new == PyType_GenericNew);
    assert_true(derived.tp_getattr == some_getattr && derived.tp_getattro == NULL);
    assert_ptr_equal(derived.tp_as_number, &own_numbers);
    assert_true(own_numbers.nb_add == some_add);
    assert_ptr_equal(derived.tp_as_sequence, &base_sequence);
    assert_false(derived.tp_flags & Py_TPFLAGS_BASETYPE);
}

static void equality_without_hash_is_unhashable(void **state)
{
    (void)state;
    TYPE(equal_only, .tp_base = &base, .tp_richcompare = some_compare);
    assert_int_equal(PyType_Ready(&equal_only), 0);
    PyObject *op = PyType_GenericAlloc(&equal_only, 0);
    assert_int_equal(PyObject_Hash(op), -1);
    assert_error(PyExc_TypeError);
    Py_DECREF(op);
    TYPE(hash_only, .tp_base = &base, .tp_hash = some_hash);
    assert_int_equal(PyType_Ready(&hash_only), 0);
    assert_null(hash_only.tp_richcompare);
}

static void collection_is_inherited_whole_or_not(void **state)
{
    (void)state;
    TYPE(tracked, .tp_basicsize = sizeof(PyObject), .tp_traverse = some_traverse, .tp_clear = some_clear,
         .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE);
    TYPE(heir, .tp_base = &tracked);
    assert_int_equal(PyType_Ready(&heir), 0);
    assert_true(heir.tp_flags & Py_TPFLAGS_HAVE_GC);
    assert_true(heir.tp_traverse == some_traverse && heir.tp_clear == some_clear);
    assert_true(tracked.tp_free != PyObject_Del && heir.tp_free == tracked.tp_free);
    TYPE(half, .tp_base = &tracked, .tp_clear = some_clear);
    assert_int_equal(PyType_Ready(&half), 0);
    assert_false(half.tp_flags & Py_TPFLAGS_HAVE_GC);
}

static void new_is_not_inherited_from_object_alone(void **state)
{
    (void)state;
    TYPE(closed, .tp_basicsize = sizeof(PyObject));
    assert_int_equal(PyType_Ready(&closed), 0);
    assert_null(closed.tp_new);
    assert_true(closed.tp_flags & Py_TPFLAGS_DISALLOW_INSTANTIATION);
    TYPE(forbidden, .tp_base = &base, .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION);
    assert_int_equal(PyType_Ready(&forbidden), 0);
    assert_null(forbidden.tp_new);
}

static void assert_refused(PyTypeObject *type, PyObject *error)
{
    assert_int_equal(PyType_Ready(type), -1);
    assert_error(error);
    assert_false(type->tp_flags & Py_TPFLAGS_READY);
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    static PyTypeObject nameless = {PyVarObject_HEAD_INIT(NULL, 0).tp_basicsize = sizeof(PyObject)};
    assert_refused(&nameless, PyExc_SystemError);
    TYPE(blind, .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC);
    assert_refused(&blind, PyExc_SystemError);
    TYPE(mixed, .tp_basicsize = sizeof(PyObject), .tp_free = PyObject_Del, .tp_traverse = some_traverse,
         .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE);
    assert_refused(&mixed, PyExc_TypeError);
    TYPE(outside, .tp_basicsize = sizeof(PyObject), .tp_dictoffset = -100);
    assert_refused(&outside, PyExc_SystemError);
    TYPE(managed, .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_MANAGED_DICT);
    assert_refused(&managed, PyExc_SystemError);
}

/* A static type as it is written has no type of its own. */
static void what_is_not_ready_is_not_called(void **state)
{
    (void)state;
    static PyTypeObject unready = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.unready", .tp_basicsize = sizeof(PyObject)};
    PyObject *callable = (PyObject *)&unready, *args = PyTuple_New(0), *names = PyDict_New();
    assert_false(PyCallable_Check(callable));
    assert_null(PyVectorcall_Function(callable));
    assert_null(PyObject_CallNoArgs(callable));
    assert_error(PyExc_SystemError);
    assert_null(PyObject_CallFunction(callable, "i", 1));
    assert_error(PyExc_SystemError);
    assert_null(PyObject_Call(callable, args, names));
    assert_error(PyExc_SystemError);
    assert_null(PyObject_VectorcallDict(callable, NULL, 0, names));
    assert_error(PyExc_SystemError);
    Py_DECREF(args);
    Py_DECREF(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_slots_are_the_public_functions),   cmocka_unit_test(slots_and_sizes_are_inherited),
        cmocka_unit_test(equality_without_hash_is_unhashable),   cmocka_unit_test(collection_is_inherited_whole_or_not),
        cmocka_unit_test(new_is_not_inherited_from_object_alone), cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(what_is_not_ready_is_not_called),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
