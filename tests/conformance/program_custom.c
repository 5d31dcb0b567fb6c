/* program_custom.c: an extension as one writes it after a tutorial: a module with a type of members, computed attributes and
 * methods that takes part in cycles, derived from and thrown away. Read check.h first. */
#include "text.h"

#include <structmember.h>

typedef struct {
    PyObject_HEAD
    PyObject *first; /* both are str */
    PyObject *last;
    int number;
} Person;

static int alive;

static int Person_traverse(Person *self, visitproc visit, void *arg)
{
    Py_VISIT(self->first);
    Py_VISIT(self->last);
    return 0;
}

static int Person_clear(Person *self)
{
    Py_CLEAR(self->first);
    Py_CLEAR(self->last);
    return 0;
}

static void Person_dealloc(Person *self)
{
    PyObject_GC_UnTrack(self);
    Person_clear(self);
    alive--;
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *Person_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    (void)args;
    (void)kwds;
    Person *self = (Person *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    alive++;
    self->first = PyUnicode_FromString("");
    self->last = PyUnicode_FromString("");
    if (self->first == NULL || self->last == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    self->number = 0;
    return (PyObject *)self;
}

static int Person_init(Person *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"first", "last", "number", NULL};
    PyObject *first = NULL, *last = NULL, *old;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|UUi", names, &first, &last, &self->number))
        return -1;
    if (first != NULL) {
        old = self->first;
        Py_INCREF(first);
        self->first = first;
        Py_DECREF(old);
    }
    if (last != NULL) {
        old = self->last;
        Py_INCREF(last);
        self->last = last;
        Py_DECREF(old);
    }
    return 0;
}

static PyObject *Person_first_get(Person *self, void *closure)
{
    (void)closure;
    Py_INCREF(self->first);
    return self->first;
}

static int Person_first_set(Person *self, PyObject *value, void *closure)
{
    (void)closure;
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "Cannot delete the first attribute");
        return -1;
    }
    if (!PyUnicode_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "The first attribute value must be a string");
        return -1;
    }
    Py_INCREF(value);
    Py_CLEAR(self->first);
    self->first = value;
    return 0;
}

static PyObject *Person_name(Person *self, PyObject *unused)
{
    (void)unused;
    return PyUnicode_FromFormat("%S %S", self->first, self->last);
}

static PyObject *Person_named(PyTypeObject *cls, PyObject *args)
{
    const char *text;
    int times = 1;
    if (!PyArg_ParseTuple(args, "s|i:named", &text, &times))
        return NULL;
    return PyObject_CallFunction((PyObject *)cls, "ssi", text, text, times);
}

static PyObject *Person_alive(PyObject *unused, PyObject *none)
{
    (void)unused;
    (void)none;
    return PyLong_FromLong(alive);
}

PyDoc_STRVAR(name_doc, "name() -> str\n\nBoth names with a space between.");

static PyMethodDef Person_methods[] = {
    {"name", (PyCFunction)(void (*)(void))Person_name, METH_NOARGS, name_doc},
    {"named", (PyCFunction)(void (*)(void))Person_named, METH_VARARGS | METH_CLASS, PyDoc_STR("A person with one name twice.")},
    {"alive", Person_alive, METH_NOARGS | METH_STATIC, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Person_members[] = {
    {"last", T_OBJECT_EX, offsetof(Person, last), 0, "last name"},
    {"number", T_INT, offsetof(Person, number), 0, "a number"},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef Person_getset[] = {
    {"first", (getter)(void (*)(void))Person_first_get, (setter)(void (*)(void))Person_first_set, "first name", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject PersonType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "custom.Person",
    .tp_doc = PyDoc_STR("People"),
    .tp_basicsize = sizeof(Person),
    .tp_itemsize = 0,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = Person_new,
    .tp_init = (initproc)(void (*)(void))Person_init,
    .tp_dealloc = (destructor)(void (*)(void))Person_dealloc,
    .tp_traverse = (traverseproc)(void (*)(void))Person_traverse,
    .tp_clear = (inquiry)(void (*)(void))Person_clear,
    .tp_members = Person_members,
    .tp_methods = Person_methods,
    .tp_getset = Person_getset,
};

static PyObject *add(PyObject *module, PyObject *args)
{
    long a, b = 1;
    if (!PyArg_ParseTuple(args, "l|l:add", &a, &b))
        return NULL;
    return Py_BuildValue("{s:s,s:l}", "module", PyModule_GetName(module), "sum", a + b);
}

static PyMethodDef functions[] = {
    {"add", add, METH_VARARGS, PyDoc_STR("add(a, b=1)\n--\n\nTheir sum.")},
    {NULL, NULL, 0, NULL},
};

#define LEVEL 7
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "custom",
    .m_doc = "Example module that creates an extension type.",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit_custom(void);
PyMODINIT_FUNC PyInit_custom(void)
{
    PyObject *module, *error;
    if (PyType_Ready(&PersonType) < 0)
        return NULL;
    module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    Py_INCREF(&PersonType);
    error = PyErr_NewException("custom.Error", PyExc_ValueError, NULL);
    if (PyModule_AddObject(module, "Person", (PyObject *)&PersonType) < 0 || PyModule_AddObject(module, "Error", error) < 0 ||
        PyModule_AddIntMacro(module, LEVEL) < 0 || PyModule_AddStringConstant(module, "__version__", "1.2") < 0) {
        Py_DECREF(&PersonType);
        Py_DECREF(module);
        return NULL;
    }
    return module;
}

static PyObject *start(void)
{
    PyImport_AppendInittab("custom", PyInit_custom);
    Py_Initialize();
    return PyImport_ImportModule("custom");
}

static void the_module(void)
{
    PyObject *module = start();
    check_object("module", module);
    check_object("again_is_same", PyBool_FromLong(PyImport_ImportModule("custom") == module));
    check_bool("in_dict", PyDict_GetItemString(PyImport_GetModuleDict(), "custom") == module);
    check_bool("found_by_definition", PyState_FindModule(&definition) == module);
    check_text("name", "%s", PyModule_GetName(module));
    check_object("doc", PyObject_GetAttrString(module, "__doc__"));
    check_object("level", PyObject_GetAttrString(module, "LEVEL"));
    check_object("version", PyObject_GetAttrString(module, "__version__"));
    check_object("error", PyObject_GetAttrString(module, "Error"));
    check_object("nothing", PyObject_GetAttrString(module, "nothing"));
    check_object("add", PyObject_CallMethod(module, "add", "ii", 3, 4));
    check_object("add_default", PyObject_CallMethod(module, "add", "i", 3));
    check_object("add_bad", PyObject_CallMethod(module, "add", "s", "x"));
    PyObject *function = PyObject_GetAttrString(module, "add");
    check_object("function", PyObject_Repr(function));
    check_object("function_doc", PyObject_GetAttrString(function, "__doc__"));
    check_object("function_module", PyObject_GetAttrString(function, "__module__"));
    check_object("unknown", PyImport_ImportModule("no_such_module"));
}

static void the_type(void)
{
    PyObject *module = start(), *type = PyObject_GetAttrString(module, "Person");
    PyObject *person = PyObject_CallFunction(type, "ssi", "Ada", "Lovelace", 36);
    check_object("type", PyObject_Repr(type));
    check_object("doc", PyObject_GetAttrString(type, "__doc__"));
    check_object("type_module", PyObject_GetAttrString(type, "__module__"));
    check_object("name", PyObject_CallMethod(person, "name", NULL));
    check_object("first", PyObject_GetAttrString(person, "first"));
    check_object("number", PyObject_GetAttrString(person, "number"));
    check_int("set_first", PyObject_SetAttrString(person, "first", Py_BuildValue("s", "Augusta")));
    check_object("name_after", PyObject_CallMethod(person, "name", NULL));
    check_int("set_first_number", PyObject_SetAttrString(person, "first", PyLong_FromLong(1)));
    check_error("set_first_number_error");
    check_int("delete_first", PyObject_DelAttrString(person, "first"));
    check_error("delete_first_error");
    check_int("delete_last", PyObject_DelAttrString(person, "last"));
    check_object("last_gone", PyObject_GetAttrString(person, "last"));
    check_int("set_number_text", PyObject_SetAttrString(person, "number", Py_BuildValue("s", "x")));
    check_error("set_number_text_error");
    check_int("set_other", PyObject_SetAttrString(person, "other", Py_None));
    check_bool("set_other_is_attribute_error", PyErr_ExceptionMatches(PyExc_AttributeError));
    PyErr_Clear();
    check_object("bad_keyword_is", PyObject_Call(type, PyTuple_New(0), Py_BuildValue("{s:i}", "number", 5)) == NULL ? NULL : Py_BuildValue("s", "made"));
    check_object("bad_type", PyObject_CallFunction(type, "i", 3));
    PyObject *named = PyObject_CallMethod(type, "named", "si", "Bo", 2);
    check_object("named", PyObject_CallMethod(named, "name", NULL));
    check_object("named_number", PyObject_GetAttrString(named, "number"));
    check_object("alive", PyObject_CallMethod(type, "alive", NULL));
    PyObject *method = PyObject_GetAttrString(type, "name");
    check_object("method", PyObject_Repr(method));
    check_object("method_doc", PyObject_GetAttrString(method, "__doc__"));
    check_object("unbound", PyObject_CallFunctionObjArgs(method, named, NULL));
    check_object("unbound_wrong", PyObject_CallFunctionObjArgs(method, type, NULL));
}

/* A class derived from it, with a cycle through its dict and through its members. */
static void derived(void)
{
    PyObject *module = start(), *type = PyObject_GetAttrString(module, "Person");
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s,s:i}", "Employee", type, "__module__", "__main__", "salary", 10);
    check_object("class", PyObject_Repr(derived));
    PyObject *one = PyObject_CallFunction(derived, "ss", "A", "B"), *two = PyObject_CallFunction(derived, "ss", "C", "D");
    check_object("salary", PyObject_GetAttrString(one, "salary"));
    check_object("name", PyObject_CallMethod(one, "name", NULL));
    check_int("set_partner", PyObject_SetAttrString(one, "partner", two));
    check_int("set_last", PyObject_SetAttrString(two, "last", one));
    check_object("partner", PyObject_CallMethod(PyObject_GetAttrString(one, "partner"), "alive", NULL));
    Py_DECREF(PyObject_GetAttrString(one, "partner"));
    check_bool("is_instance", PyObject_IsInstance(one, type));
    check_bool("is_subclass", PyObject_IsSubclass(derived, type));
    PyObject *reference = PyWeakref_NewRef(one, NULL);
    PyGC_Collect();
    check_int("alive_before", alive);
    Py_DECREF(one);
    Py_DECREF(two);
    PyObject *first = PyObject_GetAttrString(one, "partner"); /* one more of two was taken above, for its method */
    Py_DECREF(first);
    Py_DECREF(first);
    check_int("alive_in_cycle", alive);
    PyGC_Collect();
    check_int("alive_after", alive);
    check_bool("reference_is_dead", PyWeakref_GetObject(reference) == Py_None);
}

static const check_case cases[] = {
    {"the_module", the_module, NULL},
    {"the_type", the_type, NULL},
    {"derived", derived, NULL},
};
CHECK_MAIN(cases)
