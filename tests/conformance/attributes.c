/* attributes.c: attributes, descriptors, calls and instances of types written in C, as their users meet them.
 *
 * Owns: PyObject_GetAttr and its like, members, getset, methods, PyObject_Call and its like, isinstance. Read first: check.h, text.h. */
#include "check.h"
#include "text.h"

#include <structmember.h>

typedef struct thing {
    PyObject_HEAD
    int number;
    unsigned char small;
    PyObject *object, *other, *dict;
    double real;
    const char *text;
    char flag;
} thing;

static PyMemberDef thing_members[] = {
    {"number", T_INT, offsetof(thing, number), 0, "a number"},
    {"small", T_UBYTE, offsetof(thing, small), 0, NULL},
    {"object", T_OBJECT, offsetof(thing, object), 0, NULL},
    {"other", T_OBJECT_EX, offsetof(thing, other), 0, NULL},
    {"real", T_DOUBLE, offsetof(thing, real), READONLY, NULL},
    {"text", T_STRING, offsetof(thing, text), 0, NULL},
    {"flag", T_BOOL, offsetof(thing, flag), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *double_get(PyObject *self, void *context)
{
    return PyLong_FromLong(((thing *)self)->number * (long)(intptr_t)context);
}
static int double_set(PyObject *self, PyObject *value, void *context)
{
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "it stays");
        return -1;
    }
    ((thing *)self)->number = (int)(PyLong_AsLong(value) / (long)(intptr_t)context);
    return PyErr_Occurred() == NULL ? 0 : -1;
}
static PyGetSetDef thing_getset[] = {
    {"double", double_get, double_set, "twice the number", (void *)2},
    {"treble", double_get, NULL, NULL, (void *)3},
    {"hidden", NULL, double_set, NULL, (void *)3},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *add(PyObject *self, PyObject *args)
{
    int a, b = 1;
    return PyArg_ParseTuple(args, "i|i:add", &a, &b) ? PyLong_FromLong(((thing *)self)->number + a * b) : NULL;
}
static PyObject *scale(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"by", "plus", NULL};
    int by, plus = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "i|i:scale", names, &by, &plus))
        return NULL;
    return PyLong_FromLong(((thing *)self)->number * by + plus);
}
static PyObject *plain(PyObject *self, PyObject *none)
{
    (void)none;
    return PyLong_FromLong(((thing *)self)->number);
}
static PyObject *echo(PyObject *self, PyObject *arg) { return Py_BuildValue("(iO)", ((thing *)self)->number, arg); }
static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    (void)self;
    return Py_BuildValue("(nO)", count, count > 0 ? args[0] : Py_None);
}
static PyObject *fast_names(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    (void)self;
    Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    return Py_BuildValue("(nnO)", count, named, named > 0 ? args[count] : Py_None);
}
static PyObject *of_class(PyObject *type, PyObject *none)
{
    (void)none;
    Py_INCREF(type);
    return type;
}
static PyObject *of_nobody(PyObject *self, PyObject *arg)
{
    check_pointer("static_self", self);
    return Py_BuildValue("[O]", arg);
}
static PyObject *lies(PyObject *self, PyObject *arg)
{
    (void)self;
    if (arg == Py_None)
        return NULL;
    PyErr_SetString(PyExc_ValueError, "and yet");
    return PyLong_FromLong(1);
}

#define METHOD(function) (PyCFunction)(void (*)(void))function
static PyMethodDef thing_methods[] = {
    {"add", add, METH_VARARGS, "add(a, b)\n--\n\nAdds."},
    {"scale", METHOD(scale), METH_VARARGS | METH_KEYWORDS, "Scales."},
    {"plain", plain, METH_NOARGS, NULL},
    {"echo", echo, METH_O, NULL},
    {"fast", METHOD(fast), METH_FASTCALL, NULL},
    {"fast_names", METHOD(fast_names), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"of_class", of_class, METH_NOARGS | METH_CLASS, NULL},
    {"of_nobody", of_nobody, METH_O | METH_STATIC, NULL},
    {"lies", lies, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int thing_init(PyObject *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"number", NULL};
    ((thing *)self)->text = "text";
    ((thing *)self)->real = 1.5;
    return PyArg_ParseTupleAndKeywords(args, kwds, "|i:Thing", names, &((thing *)self)->number) ? 0 : -1;
}
static void thing_dealloc(PyObject *op)
{
    Py_CLEAR(((thing *)op)->object);
    Py_CLEAR(((thing *)op)->other);
    Py_CLEAR(((thing *)op)->dict);
    Py_TYPE(op)->tp_free(op);
}
static Py_ssize_t thing_length(PyObject *self) { return ((thing *)self)->number; }
static PySequenceMethods thing_as_sequence = {.sq_length = thing_length};

static PyTypeObject thing_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "check.Thing",
    .tp_basicsize = sizeof(thing),
    .tp_dealloc = thing_dealloc,
    .tp_as_sequence = &thing_as_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Thing(number=0)\n--\n\nA thing.",
    .tp_methods = thing_methods,
    .tp_members = thing_members,
    .tp_getset = thing_getset,
    .tp_init = thing_init,
    .tp_new = PyType_GenericNew,
};

static PyTypeObject open_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "check.Open",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &thing_type,
    .tp_dictoffset = offsetof(thing, dict),
};

#define TYPE(type) ((PyObject *)&type)

static PyObject *start(PyTypeObject *type, int number)
{
    Py_Initialize();
    if (PyType_Ready(&thing_type) < 0 || PyType_Ready(&open_type) < 0)
        PyErr_Print();
    return PyObject_CallFunction((PyObject *)type, "i", number);
}

static void get(PyObject *op, const char *name) { check_object(name, PyObject_GetAttrString(op, name)); }

static void set(PyObject *op, const char *name, PyObject *value)
{
    int done = PyObject_SetAttrString(op, name, value);
    if (done == 0)
        check_text(check_join("set", name), "0");
    else
        check_error(check_join("set", name));
    Py_XDECREF(value);
}

static void members(void)
{
    PyObject *self = start(&thing_type, 5);
    const char *const names[] = {"number", "small", "object", "other", "real", "text", "flag", "double", "treble", "hidden", "absent"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        get(self, names[i]);
    set(self, "number", PyLong_FromLong(9));
    set(self, "number", PyUnicode_FromString("nine"));
    set(self, "number", NULL);
    set(self, "object", PyLong_FromLong(10));
    set(self, "object", NULL);
    set(self, "object", NULL);
    set(self, "other", PyLong_FromLong(11));
    set(self, "other", NULL);
    set(self, "other", NULL);
    set(self, "real", PyFloat_FromDouble(2));
    set(self, "text", PyUnicode_FromString("x"));
    set(self, "flag", PyBool_FromLong(1));
    set(self, "flag", PyLong_FromLong(1));
    set(self, "double", PyLong_FromLong(24));
    set(self, "double", NULL);
    set(self, "treble", PyLong_FromLong(24));
    set(self, "hidden", PyLong_FromLong(24));
    set(self, "add", PyLong_FromLong(24));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        get(self, names[i]);
    check_int("has", PyObject_HasAttrString(self, "number") + 2 * PyObject_HasAttrString(self, "nothing"));
    Py_DECREF(self);
}

static void new_attribute(void)
{
    PyObject *self = start(&thing_type, 5);
    set(self, "nothing", PyLong_FromLong(1));
    set(self, "nothing", NULL);
    Py_DECREF(self);
}

static void dicts(void)
{
    PyObject *self = start(&open_type, 5);
    get(self, "mine");
    set(self, "mine", PyLong_FromLong(1));
    get(self, "mine");
    set(self, "add", PyUnicode_FromString("hides the method"));
    get(self, "add");
    set(self, "number", PyLong_FromLong(7)); /* the descriptor comes first */
    check_object("dict", PyObject_GenericGetDict(self, NULL));
    set(self, "mine", NULL);
    set(self, "mine", NULL);
    get(self, "mine");
    Py_DECREF(self);
}

static void called(const char *name, PyObject *result) { check_object(name, result); }

static void methods(void)
{
    PyObject *self = start(&thing_type, 5), *names = Py_BuildValue("{s:i}", "plus", 3), *args = Py_BuildValue("(i)", 4);
    called("add", PyObject_CallMethod(self, "add", "ii", 2, 3));
    called("add_none", PyObject_CallMethod(self, "add", NULL));
    called("add_tuple", PyObject_CallMethod(self, "add", "(ii)", 2, 3));
    called("scale", PyObject_CallMethod(self, "scale", "i", 3));
    PyObject *method = PyObject_GetAttrString(self, "scale");
    called("scale_names", PyObject_Call(method, args, names));
    Py_DECREF(method);
    called("plain", PyObject_CallMethod(self, "plain", NULL));
    called("plain_one", PyObject_CallMethod(self, "plain", "i", 1));
    called("echo", PyObject_CallMethod(self, "echo", "s", "x"));
    called("echo_two", PyObject_CallMethod(self, "echo", "ii", 1, 2));
    called("echo_none", PyObject_CallMethod(self, "echo", NULL));
    called("fast", PyObject_CallMethod(self, "fast", "iii", 7, 8, 9));
    method = PyObject_GetAttrString(self, "fast_names");
    called("fast_names", PyObject_Call(method, args, names));
    Py_DECREF(method);
    method = PyObject_GetAttrString(self, "fast");
    called("fast_refuses_names", PyObject_Call(method, args, names));
    Py_DECREF(method);
    called("of_class", PyObject_CallMethod(self, "of_class", NULL));
    called("of_class_by_class", PyObject_CallMethod(TYPE(open_type), "of_class", NULL));
    called("of_nobody", PyObject_CallMethod(self, "of_nobody", "i", 1));
    called("of_nobody_by_class", PyObject_CallMethod(TYPE(thing_type), "of_nobody", "i", 1));
    called("absent", PyObject_CallMethod(self, "absent", NULL));
    called("no_method", PyObject_CallMethod(self, "number", NULL));
    called("length", PyObject_CallMethod(self, "__len__", NULL));
    called("unbound", PyObject_CallMethod(TYPE(thing_type), "plain", "O", self));
    called("unbound_none", PyObject_CallMethod(TYPE(thing_type), "plain", NULL));
    called("unbound_other", PyObject_CallMethod(TYPE(thing_type), "plain", "i", 1));
    called("slot_other", PyObject_CallMethod(TYPE(thing_type), "__len__", "i", 1));
    called("slot_two", PyObject_CallMethod(self, "__len__", "i", 1));
    Py_DECREF(self);
    Py_DECREF(names);
    Py_DECREF(args);
}

static void calls(void)
{
    PyObject *self = start(&thing_type, 5), *echo_method = PyObject_GetAttrString(self, "echo"), *one = PyLong_FromLong(1);
    PyObject *name = PyUnicode_FromString("fast");
    called("objects", PyObject_CallFunctionObjArgs(echo_method, one, NULL));
    called("objects_two", PyObject_CallFunctionObjArgs(echo_method, one, one, NULL));
    called("method_objects", PyObject_CallMethodObjArgs(self, name, one, one, one, NULL));
    called("object", PyObject_CallObject(echo_method, one));
    called("object_none", PyObject_CallObject(TYPE(thing_type), NULL) == NULL ? NULL : PyLong_FromLong(1));
    called("no_callable", PyObject_CallFunction(one, NULL));
    called("init_bad", PyObject_CallFunction(TYPE(thing_type), "s", "x"));
    called("init_many", PyObject_CallFunction(TYPE(thing_type), "ii", 1, 2));
    called("type_of", PyObject_CallFunction(TYPE(PyType_Type), "O", one));
    called("type_two", PyObject_CallFunction(TYPE(PyType_Type), "OO", one, one));
    check_int("callable", PyCallable_Check(echo_method) + 2 * PyCallable_Check(one) + 4 * PyCallable_Check(TYPE(thing_type)));
    Py_DECREF(self);
    Py_DECREF(echo_method);
    Py_DECREF(one);
    Py_DECREF(name);
}

static void contradictions(void)
{
    PyObject *self = start(&thing_type, 5);
    PyErr_Clear();
    PyObject *result = PyObject_CallMethod(self, "lies", "O", Py_None);
    check_pointer("null", result);
    check_bool("null_error", PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    result = PyObject_CallMethod(self, "lies", "i", 1);
    check_pointer("with_error", result);
    check_bool("with_error_error", PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    Py_DECREF(self);
}

static void functions(void)
{
    static PyMethodDef table[] = {{"free", echo, METH_O, "A function."}, {"bad", echo, METH_O | METH_NOARGS, NULL}};
    PyObject *self = start(&thing_type, 5), *module = PyUnicode_FromString("some.module");
    PyObject *function = PyCFunction_NewEx(&table[0], self, module);
    called("call", PyObject_CallFunction(function, "i", 3));
    get(function, "__name__");
    get(function, "__qualname__");
    get(function, "__doc__");
    get(function, "__module__");
    called("call_two", PyObject_CallFunction(function, "ii", 3, 4));
    called("bad_flags", PyCFunction_New(&table[1], self));
    called("unbound", PyObject_GetAttrString(TYPE(thing_type), "add"));
    called("member", PyObject_GetAttrString(TYPE(thing_type), "number"));
    called("attribute", PyObject_GetAttrString(TYPE(thing_type), "double"));
    called("slot", PyObject_GetAttrString(TYPE(thing_type), "__len__"));
    PyObject *descriptor = PyObject_GetAttrString(TYPE(thing_type), "add");
    get(descriptor, "__name__");
    get(descriptor, "__qualname__");
    get(descriptor, "__doc__");
    get(descriptor, "__objclass__");
    Py_DECREF(descriptor);
    Py_DECREF(function);
    Py_DECREF(module);
    Py_DECREF(self);
}

static void types(void)
{
    PyObject *self = start(&open_type, 5), *pair = Py_BuildValue("(OO)", &PyDict_Type, &thing_type);
    get(TYPE(open_type), "__name__");
    get(TYPE(open_type), "__module__");
    get(TYPE(open_type), "__doc__");
    get(TYPE(thing_type), "__doc__");
    get(TYPE(open_type), "__mro__");
    get(TYPE(open_type), "__bases__");
    get(TYPE(open_type), "absent");
    get(TYPE(PyLong_Type), "__mro__");
    set(TYPE(open_type), "new", PyLong_FromLong(1));
    check_int("instance", PyObject_IsInstance(self, TYPE(thing_type)));
    check_int("instance_of_tuple", PyObject_IsInstance(self, pair));
    check_int("no_instance", PyObject_IsInstance(self, TYPE(PyDict_Type)));
    check_int("subclass", PyObject_IsSubclass(TYPE(open_type), TYPE(thing_type)));
    check_int("no_subclass", PyObject_IsSubclass(TYPE(thing_type), TYPE(open_type)));
    Py_DECREF(pair);
    Py_DECREF(self);
}

static void made_at_run_time(void)
{
    PyObject *self = start(&thing_type, 5);
    PyObject *made = PyObject_CallFunction(TYPE(PyType_Type), "s(O){s:i,s:s}", "Made", &thing_type, "shared", 3, "__doc__", "made");
    check_object("name", PyObject_GetAttrString(made, "__name__"));
    check_object("doc", PyObject_GetAttrString(made, "__doc__"));
    check_object("mro_length", PyLong_FromSsize_t(PyTuple_GET_SIZE(((PyTypeObject *)made)->tp_mro)));
    PyObject *instance = PyObject_CallFunction(made, "i", 6);
    get(instance, "shared");
    set(instance, "own", PyLong_FromLong(4));
    get(instance, "own");
    get(instance, "__dict__");
    set(made, "shared", PyLong_FromLong(30));
    get(instance, "shared");
    called("inherited", PyObject_CallMethod(instance, "add", "i", 1));
    PyObject *second = PyObject_CallFunction(TYPE(PyType_Type), "s(O){}", "Second", made);
    PyObject *diamond = PyObject_CallFunction(TYPE(PyType_Type), "s(OO){}", "Diamond", second, made);
    check_bool("diamond", diamond != NULL && PyTuple_GET_SIZE(((PyTypeObject *)diamond)->tp_mro) == 5);
    check_pointer("order", PyObject_CallFunction(TYPE(PyType_Type), "s(OO){}", "Crossed", made, second));
    check_bool("order_error", PyErr_ExceptionMatches(PyExc_TypeError)); /* its text has a line break up to 3.12 */
    PyErr_Clear();
    called("layout", PyObject_CallFunction(TYPE(PyType_Type), "s(OO){}", "Both", &PyList_Type, &PyDict_Type));
    called("twice", PyObject_CallFunction(TYPE(PyType_Type), "s(OO){}", "Twice", made, made));
    called("closed", PyObject_CallFunction(TYPE(PyType_Type), "s(O){}", "Closed", &PyBool_Type));
    Py_XDECREF(diamond);
    Py_DECREF(second);
    Py_DECREF(instance);
    Py_DECREF(made);
    Py_DECREF(self);
}

static const check_case cases[] = {
    {"members", members, NULL},     {"new_attribute", new_attribute, NULL}, {"dicts", dicts, NULL},
    {"methods", methods, NULL},     {"calls", calls, NULL},                 {"contradictions", contradictions, NULL},
    {"functions", functions, NULL}, {"types", types, NULL},                 {"made_at_run_time", made_at_run_time, NULL},
};
CHECK_MAIN(cases)
