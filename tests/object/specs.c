/* specs.c: heap types made from a PyType_Spec, and who owns the type.
 *
 * Owns: PyType_FromSpec and its family, PyType_GetSlot, slots of every group, sizes, offsets, contradictions. */
#include "support.h"

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weak;
    int value;
} item;

static PyObject *some_repr(PyObject *self) { return Py_NewRef(self); }
static PyObject *some_add(PyObject *a, PyObject *b) { (void)b; return Py_NewRef(a); }
static Py_ssize_t some_length(PyObject *self) { (void)self; return 0; }
static PySendResult some_send(PyObject *self, PyObject *value, PyObject **result)
{
    (void)self;
    *result = Py_NewRef(value);
    return PYGEN_RETURN;
}
static int some_buffer(PyObject *self, Py_buffer *view, int flags) { (void)self; (void)view; (void)flags; return -1; }

static PyMemberDef item_members[] = {
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(item, dict), Py_READONLY, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(item, weak), Py_READONLY, NULL},
    {"value", Py_T_INT, offsetof(item, value), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot item_slots[] = {
    {Py_tp_repr, some_repr}, {Py_nb_add, some_add}, {Py_mp_length, some_length}, {Py_sq_length, some_length},
    {Py_am_send, some_send}, {Py_bf_getbuffer, some_buffer}, {Py_tp_members, item_members}, {Py_tp_doc, (char *)"A thing."}, {0, NULL}};
static PyType_Spec item_spec = {"test.Item", sizeof(item), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, item_slots};

static PyTypeObject *make(PyType_Spec *spec, PyObject *bases)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpecWithBases(spec, bases);
    assert_non_null(type);
    return type;
}

static void slots_go_where_they_belong(void **state)
{
    (void)state;
    PyTypeObject *type = make(&item_spec, NULL);
    assert_true(type->tp_flags & Py_TPFLAGS_HEAPTYPE && type->tp_flags & Py_TPFLAGS_READY);
    assert_int_equal(type->tp_basicsize, sizeof(item));
    assert_true(type->tp_repr == some_repr && type->tp_as_number->nb_add == some_add);
    assert_true(type->tp_as_mapping->mp_length == some_length && type->tp_as_sequence->sq_length == some_length);
    assert_true(type->tp_as_async->am_send == some_send && type->tp_as_buffer->bf_getbuffer == some_buffer);
    assert_int_equal(type->tp_dictoffset, offsetof(item, dict));
    assert_int_equal(type->tp_weaklistoffset, offsetof(item, weak));
    assert_string_equal(type->tp_name, "test.Item");
    assert_string_equal(type->tp_doc, "A thing.");
    assert_true(type->tp_name != item_spec.name && type->tp_members != item_members);
    const struct { int slot; void *value; } expected[] = {
        {Py_tp_repr, some_repr}, {Py_nb_add, some_add}, {Py_mp_length, some_length}, {Py_am_send, some_send},
        {Py_bf_getbuffer, some_buffer}, {Py_tp_base, &PyBaseObject_Type}, {Py_tp_alloc, PyType_GenericAlloc}, {Py_tp_call, NULL},
        {Py_nb_subtract, NULL}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_ptr_equal(PyType_GetSlot(type, expected[i].slot), expected[i].value);
    assert_null(PyErr_Occurred());
    assert_null(PyType_GetSlot(type, 0));
    assert_error(PyExc_SystemError);
    assert_null(PyType_GetSlot(type, Py_am_send + 1));
    assert_error(PyExc_SystemError);
    assert_ptr_equal(PyType_GetSlot(&PyBaseObject_Type, Py_tp_dealloc), PyBaseObject_Type.tp_dealloc);
    assert_null(PyType_GetSlot(&PyBaseObject_Type, Py_nb_add));
    Py_DECREF(type);
}

static void instances_own_their_type(void **state)
{
    (void)state;
    PyTypeObject *type = make(&item_spec, NULL);
    Py_ssize_t before = Py_REFCNT(type);
    PyObject *made[3] = {PyType_GenericAlloc(type, 0), _PyObject_New(type), type->tp_new(type, NULL, NULL)};
    assert_int_equal(Py_REFCNT(type), before + 3);
    ((item *)made[1])->dict = ((item *)made[1])->weak = NULL;
    Py_DECREF(type); /* lives on in them */
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(Py_TYPE(made[i]), type);
    Py_INCREF(type);
    for (int i = 0; i < 3; i++)
        Py_DECREF(made[i]);
    assert_int_equal(Py_REFCNT(type), before);
    Py_DECREF(type);
}

static void a_dict_goes_with_its_instance(void **state)
{
    (void)state;
    PyTypeObject *type = make(&item_spec, NULL);
    PyObject *other = _PyObject_New(make(&item_spec, NULL));
    ((item *)other)->dict = ((item *)other)->weak = NULL;
    item *self = (item *)PyType_GenericAlloc(type, 0);
    self->dict = Py_NewRef(other);
    assert_int_equal(Py_REFCNT(other), 2);
    Py_DECREF(self);
    assert_int_equal(Py_REFCNT(other), 1);
    Py_DECREF(Py_TYPE(other));
    Py_DECREF(other);
    Py_DECREF(type);
}

static void derived_types_hold_their_base(void **state)
{
    (void)state;
    PyTypeObject *base = make(&item_spec, NULL);
    static PyType_Slot none[] = {{0, NULL}};
    PyType_Spec spec = {"test.Derived", 0, 0, Py_TPFLAGS_DEFAULT, none};
    Py_ssize_t before = Py_REFCNT(base);
    PyTypeObject *derived = make(&spec, (PyObject *)base);
    Py_ssize_t with_derived = Py_REFCNT(base);
    assert_true(with_derived > before); /* its base, one of its bases, in its order of them */
    assert_ptr_equal(derived->tp_base, base);
    assert_int_equal(derived->tp_basicsize, sizeof(item));
    assert_int_equal(derived->tp_dictoffset, offsetof(item, dict));
    assert_true(derived->tp_repr == some_repr && derived->tp_as_number->nb_add == some_add);
    assert_true(PyType_IsSubtype(derived, base));
    PyObject *self = PyType_GenericAlloc(derived, 0);
    assert_int_equal(Py_REFCNT(base), with_derived); /* its type is the derived one */
    Py_DECREF(self);
    static PyType_Slot with_base[] = {{Py_tp_base, NULL}, {0, NULL}};
    with_base[0].pfunc = base;
    PyType_Spec by_slot = {"test.BySlot", -16, 0, Py_TPFLAGS_DEFAULT, with_base};
    PyTypeObject *second = make(&by_slot, NULL);
    assert_int_equal(second->tp_basicsize, 64); /* 48 of the base, aligned to 16, and 16 */
    Py_DECREF(second);
    Py_DECREF(derived);
    PyGC_Collect(); /* a type is part of cycles */
    assert_int_equal(Py_REFCNT(base), before);
    Py_DECREF(base);
}

static void modules_are_kept(void **state)
{
    (void)state;
    PyObject *module = PyType_GenericAlloc(make(&item_spec, NULL), 0);
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &item_spec, NULL);
    assert_int_equal(Py_REFCNT(module), 2);
    Py_DECREF(type);
    PyGC_Collect();
    assert_int_equal(Py_REFCNT(module), 1);
    Py_DECREF(Py_TYPE(module));
    Py_DECREF(module);
}

static void assert_refused(PyType_Spec spec, PyObject *bases, PyObject *error)
{
    assert_null(PyType_FromSpecWithBases(&spec, bases));
    assert_error(error);
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    static PyType_Slot none[] = {{0, NULL}}, wrong[] = {{-1, some_repr}, {0, NULL}}, large[] = {{Py_am_send + 1, some_repr}, {0, NULL}};
    static PyType_Slot twice[] = {{Py_tp_members, item_members}, {Py_tp_members, item_members}, {0, NULL}};
    static PyType_Slot docs[] = {{Py_tp_doc, (char *)"a"}, {Py_tp_doc, (char *)"b"}, {0, NULL}};
    static PyMemberDef far_away[] = {{"__dictoffset__", Py_T_PYSSIZET, 4000, Py_READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyMemberDef relative[] = {{"x", Py_T_INT, 100, Py_RELATIVE_OFFSET, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyType_Slot offsets[] = {{Py_tp_members, far_away}, {0, NULL}}, relatives[] = {{Py_tp_members, relative}, {0, NULL}};
    const unsigned flags = Py_TPFLAGS_DEFAULT;
    assert_refused((PyType_Spec){NULL, 16, 0, flags, none}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, wrong}, NULL, PyExc_RuntimeError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, large}, NULL, PyExc_RuntimeError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, twice}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, docs}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", 64, 0, flags, offsets}, NULL, PyExc_TypeError);
    assert_refused((PyType_Spec){"t.A", 64, 0, flags, relatives}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", -64, 0, flags, relatives}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", 8, 0, flags, none}, NULL, PyExc_TypeError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags | Py_TPFLAGS_HAVE_GC, none}, NULL, PyExc_SystemError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, none}, (PyObject *)&PyBool_Type, PyExc_TypeError);
    assert_refused((PyType_Spec){"t.A", 16, 0, flags, none}, Py_None, PyExc_TypeError);
    static PyTypeObject row = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "t.Row", .tp_basicsize = sizeof(PyVarObject), .tp_itemsize = 4,
                               .tp_flags = Py_TPFLAGS_BASETYPE};
    assert_int_equal(PyType_Ready(&row), 0);
    assert_refused((PyType_Spec){"t.A", -16, 0, flags, none}, (PyObject *)&row, PyExc_SystemError);
}

static void managed_parts_get_a_place(void **state)
{
    (void)state;
    static PyType_Slot none[] = {{0, NULL}};
    PyType_Spec spec = {"t.Managed", sizeof(PyObject) + 4, 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_BASETYPE, none};
    PyTypeObject *type = make(&spec, NULL);
    PyObject *other = PyType_GenericAlloc(make(&item_spec, NULL), 0);
    PyType_Spec derived_spec = {"t.Derived", 0, 0, Py_TPFLAGS_DEFAULT, none};
    PyTypeObject *derived = make(&derived_spec, (PyObject *)type);
    assert_int_equal(derived->tp_basicsize, type->tp_basicsize);
    assert_true(derived->tp_flags & Py_TPFLAGS_MANAGED_DICT);
    PyObject *self = PyType_GenericAlloc(derived, 0);
    assert_true(type->tp_dictoffset >= 20 && type->tp_dictoffset + 8 <= type->tp_basicsize);
    assert_true(type->tp_weaklistoffset >= 20 && type->tp_weaklistoffset != type->tp_dictoffset);
    *(PyObject **)((char *)self + type->tp_dictoffset) = Py_NewRef(other);
    PyObject_ClearManagedDict(self);
    assert_int_equal(Py_REFCNT(other), 1);
    *(PyObject **)((char *)self + type->tp_dictoffset) = Py_NewRef(other);
    Py_DECREF(self);
    assert_int_equal(Py_REFCNT(other), 1);
    Py_DECREF(Py_TYPE(other));
    Py_DECREF(other);
    Py_DECREF(derived);
    Py_DECREF(type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_go_where_they_belong),    cmocka_unit_test(instances_own_their_type),
        cmocka_unit_test(a_dict_goes_with_its_instance), cmocka_unit_test(derived_types_hold_their_base),
        cmocka_unit_test(modules_are_kept),              cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(managed_parts_get_a_place),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
