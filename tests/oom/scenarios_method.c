/* scenarios_method.c: methods of the built-in types, modules and proxies without memory: a result, or a MemoryError.
 *
 * Each method is called through its name, as programs do. Read driver.h first. */
#include "driver.h"

#include <string.h>

enum kind { STR, BYTES, INT, FLOAT, LIST };

/* A method with its arguments: two texts, or a number where the format has an i. */
typedef struct call {
    enum kind kind;
    const char *name, *format, *first, *second;
    int number;
} call;

static const call calls[] = {
    {STR, "split", "()", NULL, NULL, 0}, {STR, "rsplit", "(s)", "t", NULL, 0}, {STR, "splitlines", "()", NULL, NULL, 0},
    {STR, "partition", "(s)", "t", NULL, 0}, {STR, "rpartition", "(s)", "t", NULL, 0}, {STR, "replace", "(ss)", "t", "\xce\xb1", 0},
    {STR, "join", "([ss])", "one", "\xce\xb1", 0}, {STR, "casefold", "()", NULL, NULL, 0}, {STR, "title", "()", NULL, NULL, 0},
    {STR, "capitalize", "()", NULL, NULL, 0}, {STR, "swapcase", "()", NULL, NULL, 0}, {STR, "upper", "()", NULL, NULL, 0},
    {STR, "zfill", "(i)", NULL, NULL, 900}, {STR, "center", "(i)", NULL, NULL, 900}, {STR, "ljust", "(i)", NULL, NULL, 900},
    {STR, "expandtabs", "()", NULL, NULL, 0}, {STR, "strip", "(s)", "so", NULL, 0}, {STR, "removeprefix", "(s)", "some", NULL, 0},
    {STR, "removesuffix", "(s)", "|", NULL, 0}, {STR, "encode", "(ss)", "ascii", "xmlcharrefreplace", 0}, {STR, "count", "(s)", "e", NULL, 0},
    {STR, "startswith", "((ss))", "a", "some", 0}, {STR, "translate", "({s:s})", "a", "b", 0},
    {STR, "__mod__", "((ss))", "first", "second", 0}, {STR, "isalpha", "()", NULL, NULL, 0},
    {BYTES, "split", "(y)", "t", NULL, 0}, {BYTES, "rsplit", "(y)", "t", NULL, 0},
    {BYTES, "replace", "(yy)", "t", "three", 0}, {BYTES, "join", "([yy])", "one", "two", 0},
    {BYTES, "strip", "(y)", "so", NULL, 0}, {BYTES, "hex", "()", NULL, NULL, 0},
    {BYTES, "decode", "(ss)", "ascii", "replace", 0}, {BYTES, "find", "(y)", "t", NULL, 0},
    {INT, "bit_length", "()", NULL, NULL, 0}, {INT, "as_integer_ratio", "()", NULL, NULL, 0},
    {INT, "__pow__", "(i)", NULL, NULL, 40}, {INT, "conjugate", "()", NULL, NULL, 0},
    {FLOAT, "hex", "()", NULL, NULL, 0}, {FLOAT, "as_integer_ratio", "()", NULL, NULL, 0},
    {FLOAT, "is_integer", "()", NULL, NULL, 0},
    {LIST, "sort", "()", NULL, NULL, 0}, {LIST, "reverse", "()", NULL, NULL, 0}, {LIST, "copy", "()", NULL, NULL, 0},
    {LIST, "index", "(s)", "second", NULL, 0}, {LIST, "count", "(s)", "second", NULL, 0}, {LIST, "extend", "([ss])", "one", "two", 0},
    {LIST, "insert", "(is)", "at", NULL, 0}, {LIST, "pop", "()", NULL, NULL, 0},
};

static PyObject *self_of(enum kind kind)
{
    static const char text[] = "some %s text with a\ttab,\nlines %s |";
    switch (kind) {
    case STR: return PyUnicode_FromString(text);
    case BYTES: return PyBytes_FromString(text);
    case INT: return PyLong_FromString("123456789012345678901234567890", NULL, 10);
    case FLOAT: return PyFloat_FromDouble(0.1);
    default: return Py_BuildValue("[sssss]", "first", "second", "third", "second", "last");
    }
}

static PyObject *arguments_of(const call *of)
{
    if (strcmp(of->format, "(is)") == 0)
        return Py_BuildValue(of->format, of->number, of->first);
    return strchr(of->format, 'i') != NULL ? Py_BuildValue(of->format, of->number) : Py_BuildValue(of->format, of->first, of->second);
}

static void methods(void)
{
    if (!oom_is_alive())
        return;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        PyObject *self = self_of(calls[i].kind), *args = self == NULL ? NULL : arguments_of(&calls[i]);
        PyObject *method = args == NULL ? NULL : PyObject_GetAttrString(self, calls[i].name);
        if (method == NULL)
            oom_require_no_memory();
        else
            oom_give_up(PyObject_CallObject(method, args));
        Py_XDECREF(method);
        Py_XDECREF(args);
        Py_XDECREF(self);
    }
    Py_FinalizeEx();
}

static PyObject *negative_of(PyObject *self, PyObject *number) { (void)self; return PyNumber_Negative(number); }
static PyMethodDef negative_def = {"negative", negative_of, METH_O, NULL};

/* With keys that a function makes, and one that compares with nothing. */
static void sorted(void)
{
    if (!oom_is_alive())
        return;
    PyObject *list = Py_BuildValue("[iiiii]", 1000, 3000, 2000, 5000, 4000), *key = PyCFunction_New(&negative_def, NULL);
    PyObject *names = key == NULL ? NULL : Py_BuildValue("{s:O,s:O}", "key", key, "reverse", Py_True), *none = PyTuple_New(0);
    PyObject *sort = list == NULL ? NULL : PyObject_GetAttrString(list, "sort");
    if (list == NULL || key == NULL || names == NULL || none == NULL || sort == NULL)
        oom_require_no_memory();
    PyErr_Clear();
    if (names != NULL && none != NULL && sort != NULL)
        oom_give_up(PyObject_Call(sort, none, names));
    OOM_REQUIRE(list == NULL || PyList_GET_SIZE(list) == 5);
    Py_XDECREF(sort);
    Py_XDECREF(none);
    Py_XDECREF(names);
    Py_XDECREF(key);
    Py_XDECREF(list);
    Py_FinalizeEx();
}

static int made_ready(PyObject *module) { return PyModule_AddStringConstant(module, "text", "a text"); }
static PyModuleDef_Slot two_slots[] = {{Py_mod_exec, (void *)made_ready}, {0, NULL}};
static PyModuleDef one_def = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "one", .m_doc = "In one step.", .m_size = 100},
                   two_def = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "two", .m_size = 100, .m_slots = two_slots};
static PyObject *one_init(void) { return PyModule_Create(&one_def); }
static PyObject *two_init(void) { return PyModuleDef_Init(&two_def); }

static void modules(void)
{
    static struct _inittab table[] = {{"one", one_init}, {"two", two_init}, {NULL, NULL}};
    static int is_known;
    if (!is_known && PyImport_ExtendInittab(table) != 0)
        return;
    is_known = 1;
    if (!oom_is_alive())
        return;
    oom_give_up(PyModule_New("alone"));
    oom_give_up(PyImport_ImportModule("one"));
    PyObject *two = PyImport_ImportModule("two");
    if (two == NULL)
        oom_require_no_memory();
    if (two != NULL && PyModule_AddIntConstant(two, "number", 5000) != 0)
        oom_require_no_memory();
    if (two != NULL)
        oom_give_up(PyObject_Repr(two));
    Py_XDECREF(two);
    OOM_REQUIRE(PyImport_ImportModule("none") == NULL);
    OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_ModuleNotFoundError) || PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    Py_FinalizeEx();
}

static PyObject *gone(PyObject *self, PyObject *reference) { (void)self; return PyTuple_Pack(2, reference, Py_None); }
static PyMethodDef gone_def = {"gone", gone, METH_O, NULL};

static void use_proxy(PyObject *proxy)
{
    if (PyObject_SetAttrString(proxy, "number", Py_None) != 0)
        oom_require_no_memory();
    else
        oom_give_up(PyObject_GetAttrString(proxy, "number"));
    oom_give_up(PyObject_Repr(proxy));
    oom_give_up(PyObject_Str(proxy));
    oom_give_up(PyObject_RichCompare(proxy, proxy, Py_EQ));
}

static void proxies(void)
{
    static PyType_Slot slots[] = {{0, NULL}};
    PyType_Spec spec = {"oom.Proxied", sizeof(PyObject), 0, Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF, slots};
    if (!oom_is_alive())
        return;
    PyObject *type = PyType_FromSpec(&spec), *object = type == NULL ? NULL : PyObject_CallNoArgs(type);
    PyObject *callback = object == NULL ? NULL : PyCFunction_New(&gone_def, NULL);
    PyObject *proxy = callback == NULL ? NULL : PyWeakref_NewProxy(object, callback);
    if (proxy == NULL)
        oom_require_no_memory();
    else
        use_proxy(proxy);
    Py_XDECREF(callback);
    Py_XDECREF(object);
    if (proxy != NULL) {
        oom_give_up(PyObject_Repr(proxy));
        OOM_REQUIRE(PyObject_GetAttrString(proxy, "number") == NULL);
        OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_ReferenceError) || PyErr_ExceptionMatches(PyExc_MemoryError));
        PyErr_Clear();
    }
    Py_XDECREF(proxy);
    Py_XDECREF(type);
    PyGC_Collect();
    Py_FinalizeEx();
}

const oom_scenario oom_method_scenarios[] = {
    {.name = "methods", .run = methods, .keeps = 1, .is_fatal_os = 1, .is_long = 1},
    {.name = "sorted", .run = sorted, .keeps = 1, .is_fatal_os = 1, .is_long = 1},
    {.name = "modules", .run = modules, .keeps = 1, .is_fatal_os = 1, .is_long = 1},
    {.name = "proxies", .run = proxies, .keeps = 1, .is_fatal_os = 1, .is_long = 1},
    {.name = NULL},
};
