/* type_misuse.c: types with wrong sizes, with offsets that lie nowhere, with slots and flags that contradict each other, and types that
 * are called before they are ready. What is refused, and with which words; what is taken, and what comes of it. */
#include "text.h"
#include <structmember.h>

static int some_traverse(PyObject *self, visitproc visit, void *arg) { (void)self, (void)visit, (void)arg; return 0; }
static int some_clear(PyObject *self) { (void)self; return 0; }
static PyObject *one_repr(PyObject *self) { (void)self; return PyUnicode_FromString("<one>"); }
static PyObject *two_repr(PyObject *self) { (void)self; return PyUnicode_FromString("<two>"); }
static PyObject *some_compare(PyObject *a, PyObject *b, int op) { (void)a, (void)b, (void)op; Py_RETURN_TRUE; }
static Py_ssize_t length_1(PyObject *self) { (void)self; return 1; }
static Py_ssize_t length_2(PyObject *self) { (void)self; return 2; }
static Py_ssize_t length_below(PyObject *self) { (void)self; return -7; }
static PyObject *some_next(PyObject *self) { (void)self; return NULL; }
static PyObject *attribute_old(PyObject *self, char *name) { (void)self; return PyUnicode_FromFormat("old %s", name); }
static PyObject *attribute_new(PyObject *self, PyObject *name) { (void)self; return PyUnicode_FromFormat("new %U", name); }
static int view_none(PyObject *self, Py_buffer *view, int flags) { (void)self, (void)flags; view->obj = NULL; return 0; }

#define STATIC_TYPE(variable, size, ...)                                                                                    \
    static PyTypeObject variable = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test." #variable, .tp_basicsize = (size),     \
                                    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, __VA_ARGS__}

static int ready(PyTypeObject *type)
{
    int result = PyType_Ready(type);
    check_int(type->tp_name, result);
    if (result != 0)
        check_error(check_join(type->tp_name, "error"));
    else
        check_text(check_join(type->tp_name, "sizes"), "%zd %zd %zd %zd", type->tp_basicsize, type->tp_itemsize, type->tp_dictoffset,
                   type->tp_weaklistoffset);
    return result;
}

static void sizes(void)
{
    STATIC_TYPE(Base, sizeof(PyObject) + 32, .tp_new = PyType_GenericNew);
    STATIC_TYPE(Inherits, 0, .tp_base = &Base);
    STATIC_TYPE(Same, sizeof(PyObject) + 32, .tp_base = &Base);
    STATIC_TYPE(OfList, 0, .tp_base = &PyList_Type);
    STATIC_TYPE(OfTuple, 0, .tp_base = &PyTuple_Type);
    STATIC_TYPE(Items, sizeof(PyVarObject), .tp_itemsize = 4);
    STATIC_TYPE(OtherItems, sizeof(PyVarObject), .tp_itemsize = 8, .tp_base = &Items);
    Py_Initialize();
    ready(&Base);
    ready(&Inherits);
    ready(&Same);
    check_bool("of_list", ready(&OfList) == 0 && OfList.tp_basicsize == PyList_Type.tp_basicsize);
    ready(&Items);
    ready(&OtherItems);
    check_object("inherits_called", PyObject_CallNoArgs((PyObject *)&Inherits) == NULL ? NULL : utf8("made"));
    check_object("list_called", PyObject_Repr(PyObject_CallNoArgs((PyObject *)&OfList)));
    check_bool("of_tuple", PyType_Ready(&OfTuple) == 0 && OfTuple.tp_itemsize == sizeof(void *));
}

/* Layouts with which an instance would be written beyond its end. They are not made. */
static void layouts(void)
{
    STATIC_TYPE(OneByte, 1, .tp_new = PyType_GenericNew);
    STATIC_TYPE(SmallList, sizeof(PyVarObject), .tp_base = &PyList_Type);
    STATIC_TYPE(SmallDict, sizeof(PyObject), .tp_base = &PyDict_Type);
    STATIC_TYPE(FarDict, sizeof(PyObject), .tp_dictoffset = 64);
    STATIC_TYPE(HeadDict, sizeof(PyObject) + 8, .tp_dictoffset = 8);
    STATIC_TYPE(FarWeak, sizeof(PyObject), .tp_weaklistoffset = 16);
    STATIC_TYPE(Below, -8, .tp_new = PyType_GenericNew);
    STATIC_TYPE(Calls, sizeof(PyObject), .tp_new = PyType_GenericNew);
    STATIC_TYPE(Binds, sizeof(PyObject), .tp_new = PyType_GenericNew);
    Py_Initialize();
    PyTypeObject *all[] = {&OneByte, &SmallList, &SmallDict, &FarDict, &HeadDict, &FarWeak, &Below, &Calls, &Binds};
#if PY_VERSION_HEX >= 0x03080000
    Binds.tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
#endif
#if PY_VERSION_HEX >= 0x03090000
    Calls.tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
#endif
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        check_int(all[i]->tp_name, PyType_Ready(all[i]));
        check_error(check_join(all[i]->tp_name, "error"));
    }
}

/* A size that would wrap, and one that no memory has. */
static void too_large(void)
{
    STATIC_TYPE(Large, PY_SSIZE_T_MAX, .tp_new = PyType_GenericNew);
    STATIC_TYPE(Items, sizeof(PyVarObject), .tp_itemsize = 8, .tp_new = PyType_GenericNew);
    Py_Initialize();
    ready(&Large);
    check_object("large", PyObject_CallNoArgs((PyObject *)&Large));
    ready(&Items);
    check_object("items", PyType_GenericAlloc(&Items, PY_SSIZE_T_MAX / 8 - 3));
}

#if PY_VERSION_HEX >= 0x030C0000
/* A base that is larger than what derives from it: from a spec it is refused. */
static void spec_sizes_since_3_12(void)
{
    PyType_Slot none[] = {{0, NULL}};
    PyType_Spec base = {"test.Base", sizeof(PyObject) + 32, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, none};
    PyType_Spec smaller = {"test.Smaller", sizeof(PyObject) + 8, 0, Py_TPFLAGS_DEFAULT, none};
    PyType_Spec least = {"test.Least", 1, 0, Py_TPFLAGS_DEFAULT, none};
    PyType_Spec same = {"test.Same", sizeof(PyObject) + 32, 0, Py_TPFLAGS_DEFAULT, none};
    Py_Initialize();
    PyObject *type = PyType_FromSpec(&base);
    struct { PyType_Spec *spec; PyObject *base; } tries[] = {{&smaller, type}, {&least, type}, {&least, NULL}, {&same, type},
                                                            {&least, (PyObject *)&PyType_Type}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s_%zu", tries[i].spec->name, i);
        PyObject *made = PyType_FromSpecWithBases(tries[i].spec, tries[i].base == NULL ? NULL : PyTuple_Pack(1, tries[i].base));
        check_pointer(name, made);
        if (i == 4)
            PyErr_Clear(); /* the words have the size of a type */
        else
            check_error(check_join(name, "error"));
    }
}

#endif

/* Called, or asked for an instance, before anybody made it ready. */
static void unready_called(void)
{
    static PyTypeObject type = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "test.Unready", .tp_basicsize = sizeof(PyObject),
                                .tp_flags = Py_TPFLAGS_DEFAULT};
    static PyTypeObject with_new = {PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "test.WithNew", .tp_basicsize = sizeof(PyObject),
                                    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_alloc = PyType_GenericAlloc, .tp_new = PyType_GenericNew};
    Py_Initialize();
    check_object("called", PyObject_CallNoArgs((PyObject *)&type));
    PyObject *made = PyObject_CallNoArgs((PyObject *)&with_new);
    check_pointer("with_new", made);
    check_error("with_new.error");
    check_bool("is_ready", (with_new.tp_flags & Py_TPFLAGS_READY) != 0);
    check_int("instance", PyObject_IsInstance(made, (PyObject *)&with_new));
    check_error("instance.error");
    made = PyType_GenericAlloc(&type, 0);
    check_bool("allocated", made != NULL && Py_TYPE(made) == &type && Py_REFCNT(made) == 1);
    check_object("attribute", PyObject_GetAttrString(made, "nothing"));
    check_int("subtype", PyType_IsSubtype(&type, &PyBaseObject_Type));
}

static void nameless(void)
{
    static PyTypeObject type = {PyVarObject_HEAD_INIT(NULL, 0).tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT};
    Py_Initialize();
    check_int("ready", PyType_Ready(&type));
    check_error("error");
    check_int("again", PyType_Ready(&type));
    check_error("again_error");
    type.tp_name = "test.Named";
    check_int("named", PyType_Ready(&type));
    check_error("named_error");
    check_int("twice", PyType_Ready(&type));
}

static PyObject *from_slots(const char *name, unsigned flags, PyType_Slot *slots)
{
    PyType_Spec spec = {name, sizeof(PyObject) + 16, 0, flags | Py_TPFLAGS_DEFAULT, slots};
    PyObject *made = PyType_FromSpec(&spec);
    check_pointer(name, made);
    check_error(check_join(name, "error"));
    return made;
}

static PyObject *called(PyObject *type)
{
    PyObject *made = PyObject_CallNoArgs(type);
    if (made == NULL)
        check_error("called.error");
    return made;
}

/* Two functions for one purpose, or half of a pair. */
static void slots_in_pairs(void)
{
    PyType_Slot twice[] = {{Py_tp_repr, one_repr}, {Py_tp_repr, two_repr}, {0, NULL}};
    PyType_Slot compares[] = {{Py_tp_richcompare, some_compare}, {0, NULL}};
    PyType_Slot lengths[] = {{Py_sq_length, length_1}, {Py_mp_length, length_2}, {0, NULL}};
    PyType_Slot below[] = {{Py_sq_length, length_below}, {0, NULL}};
    PyType_Slot next[] = {{Py_tp_iternext, some_next}, {0, NULL}};
    PyType_Slot old_and_new[] = {{Py_tp_getattr, attribute_old}, {Py_tp_getattro, attribute_new}, {0, NULL}};
    PyType_Slot old[] = {{Py_tp_getattr, attribute_old}, {0, NULL}};
    Py_Initialize();
    check_object("twice", PyObject_Repr(called(from_slots("test.Twice", 0, twice))));
    PyObject *op = called(from_slots("test.Compares", 0, compares));
    check_int("hash", PyObject_Hash(op));
    check_error("hash_error");
    check_bool("hash_is_none", PyObject_GetAttrString(op, "__hash__") == Py_None);
    op = called(from_slots("test.Lengths", 0, lengths));
    check_text("lengths", "%zd %zd %zd", PyObject_Size(op), PySequence_Size(op), PyMapping_Size(op));
    check_object("length_method", PyObject_CallMethod(op, "__len__", NULL));
    op = called(from_slots("test.Next", 0, next));
    check_object("iter_of_next", PyObject_GetIter(op));
    check_bool("is_iterator", PyIter_Check(op));
    op = called(from_slots("test.OldAndNew", 0, old_and_new));
    check_object("old_and_new", PyObject_GetAttrString(op, "x"));
    op = called(from_slots("test.Old", 0, old));
    check_object("old", PyObject_GetAttrString(op, "x"));
    op = called(from_slots("test.Below", 0, below));
    (void)op;
}

/* Half of what the collector, a view, a call needs. */
static void half(void)
{
    PyType_Slot traverse[] = {{Py_tp_traverse, some_traverse}, {0, NULL}};
    PyType_Slot clear[] = {{Py_tp_clear, some_clear}, {0, NULL}};
    Py_Initialize();
    PyObject *op = called(from_slots("test.Traverses", 0, traverse));
    check_bool("traverse.gc", PyObject_IS_GC(op));
    op = called(from_slots("test.Clears", 0, clear));
    check_bool("clear.gc", PyObject_IS_GC(op));
    static PyBufferProcs view_slots = {view_none, NULL};
    STATIC_TYPE(Views, sizeof(PyObject), .tp_new = PyType_GenericNew, .tp_as_buffer = &view_slots);
    ready(&Views);
    Py_buffer view;
    check_int("view", PyObject_GetBuffer(called((PyObject *)&Views), &view, PyBUF_SIMPLE));
    static PyNumberMethods empty_number;
    static PySequenceMethods empty_sequence;
    STATIC_TYPE(Empty, sizeof(PyObject), .tp_new = PyType_GenericNew, .tp_as_number = &empty_number, .tp_as_sequence = &empty_sequence);
    ready(&Empty);
    op = called((PyObject *)&Empty);
    check_object("add", PyNumber_Add(op, op));
    check_object("item", PySequence_GetItem(op, 0));
    check_int("size", PyObject_Size(op));
    check_error("size_error");
    check_int("is_number", PyNumber_Check(op));
    check_int("is_sequence", PySequence_Check(op));
}

#if PY_VERSION_HEX >= 0x030A0000
static void flags_since_3_10(void)
{
    PyType_Slot none[] = {{0, NULL}}, makes[] = {{Py_tp_new, PyType_GenericNew}, {0, NULL}};
    Py_Initialize();
    PyObject *type = from_slots("test.NotMade", Py_TPFLAGS_DISALLOW_INSTANTIATION, none);
    check_object("not_made", PyObject_CallNoArgs(type));
    type = from_slots("test.NotMadeButNew", Py_TPFLAGS_DISALLOW_INSTANTIATION, makes);
    check_object("not_made_but_new", type == NULL ? NULL : PyObject_CallNoArgs(type));
    type = from_slots("test.Unchanging", Py_TPFLAGS_IMMUTABLETYPE, none);
    check_int("unchanging", PyObject_SetAttrString(type, "x", Py_None));
    check_error("unchanging_error");
    STATIC_TYPE(NotMade, sizeof(PyObject), .tp_base = NULL);
    NotMade.tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
    ready(&NotMade);
    check_object("static_not_made", PyObject_CallNoArgs((PyObject *)&NotMade));
}
#endif

static void flags(void)
{
    PyType_Slot repr[] = {{Py_tp_repr, one_repr}, {0, NULL}};
    Py_Initialize();
    PyObject *plain = from_slots("test.Plain", 0, repr);
    check_object("not_a_base", PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){}", "Of", plain));
    check_int("changes", PyObject_SetAttrString(plain, "x", Py_None));
    check_int("static_changes", PyObject_SetAttrString((PyObject *)&PyList_Type, "x", Py_None));
    check_bool("static_changes_error", PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    PyType_Slot last[] = {{Py_tp_repr, one_repr}, {1 << 20, NULL}, {0, NULL}};
    (void)from_slots("test.BadLast", 0, last);
}

#if PY_VERSION_HEX >= 0x030C0000
/* Where the members say that the dict and the weak references are. */
static void offsets_since_3_12(void)
{
    static PyMemberDef far_weak[] = {{"__weaklistoffset__", T_PYSSIZET, sizeof(PyObject) + 16, READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyMemberDef far_dict[] = {{"__dictoffset__", T_PYSSIZET, 500, READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyMemberDef head_weak[] = {{"__weaklistoffset__", T_PYSSIZET, 8, READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
    static PyMemberDef number[] = {{"number", T_INT, sizeof(PyObject), 0, NULL}, {NULL, 0, 0, 0, NULL}};
    PyType_Slot weak[] = {{Py_tp_members, far_weak}, {0, NULL}}, dict[] = {{Py_tp_members, far_dict}, {0, NULL}};
    PyType_Slot head[] = {{Py_tp_members, head_weak}, {0, NULL}};
    PyType_Slot twice[] = {{Py_tp_members, number}, {Py_tp_members, number}, {0, NULL}};
    Py_Initialize();
    (void)from_slots("test.FarWeak", 0, weak);
    (void)from_slots("test.FarDict", 0, dict);
    (void)from_slots("test.HeadWeak", 0, head);
    (void)from_slots("test.TwoMembers", 0, twice);
}
#endif

static const check_case cases[] = {
    {"sizes", sizes, NULL}, {"layouts", layouts, NULL}, {"too_large", too_large, NULL}, {"unready_called", unready_called, NULL},
    {"nameless", nameless, NULL}, {"slots_in_pairs", slots_in_pairs, NULL}, {"half", half, NULL}, {"flags", flags, NULL},
    {"sizes_debug", sizes, "PYTHONMALLOC=debug"}, {"unready_called_debug", unready_called, "PYTHONMALLOC=debug"},
#if PY_VERSION_HEX >= 0x030A0000
    {"flags_since_3_10", flags_since_3_10, NULL},
#endif
#if PY_VERSION_HEX >= 0x030C0000
    {"spec_sizes_since_3_12", spec_sizes_since_3_12, NULL}, {"offsets_since_3_12", offsets_since_3_12, NULL},
#endif
};
CHECK_MAIN(cases)
