/* scenarios_call.c: calls, arguments, descriptors, attributes, classes and exceptions, without memory.
 *
 * Whatever fails says MemoryError, gives up what it had taken, and leaves its objects as they were. Read driver.h first. */
#define PY_SSIZE_T_CLEAN
#include "driver.h"

#include <errno.h>
#include <string.h>

/* Functions. ------------------------------------------------------------------------------------------------------------------ */

static PyObject *take_parts(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"number", (char *)"text", (char *)"item", (char *)"rest", NULL};
    long number;
    const char *text = NULL;
    char *encoded = NULL;
    Py_ssize_t bytes = 0;
    PyObject *item = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "l|s#O$es", names, &number, &text, &bytes, &item, "utf-8", &encoded))
        return NULL;
    PyObject *result = Py_BuildValue("(ls#{s:O,s:[iii]}N)", number, text == NULL ? "" : text, bytes, "self", self == NULL ? Py_None : self,
                                     "list", 1, 2, 3, PyUnicode_FromString(encoded == NULL ? "none" : encoded));
    PyMem_Free(encoded);
    return result;
}

static PyObject *take_fast(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    (void)self;
    (void)names;
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    return tuple;
}

static PyObject *take_one(PyObject *self, PyObject *arg)
{
    (void)self;
    return PyList_AsTuple(arg);
}

static PyMethodDef functions[] = {
    {"parts", (PyCFunction)(void (*)(void))take_parts, METH_VARARGS | METH_KEYWORDS, "text"},
    {"fast", (PyCFunction)(void (*)(void))take_fast, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"one", take_one, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static void call_all(PyObject *function, PyObject *argument)
{
    PyObject *arguments = Py_BuildValue("(lsO)", 7L, "some", argument), *names = Py_BuildValue("{s:s}", "rest", "\303\244\303\266");
    PyObject *name = PyUnicode_InternFromString("rest"), *keywords = name == NULL ? NULL : PyTuple_Pack(1, name);
    PyErr_Clear();
    if (arguments != NULL)
        oom_give_up(PyObject_Call(function, arguments, names));
    oom_give_up(PyObject_CallFunction(function, "lsO", 8L, "other", argument));
    oom_give_up(PyObject_CallFunctionObjArgs(function, Py_True, NULL));
    oom_give_up(PyObject_CallOneArg(function, Py_False));
    if (keywords != NULL) {
        PyObject *stack[] = {NULL, Py_True, name};
        oom_give_up(PyObject_Vectorcall(function, stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, keywords));
    }
    PyObject *method = PyMethod_New(function, Py_True);
    if (method != NULL)
        oom_give_up(PyObject_CallNoArgs(method));
    PyErr_Clear();
    Py_XDECREF(method);
    Py_XDECREF(keywords);
    Py_XDECREF(name);
    Py_XDECREF(names);
    Py_XDECREF(arguments);
}

static void calls(void)
{
    if (!oom_is_alive())
        return;
    PyObject *argument = PyList_New(0), *parts = PyCFunction_New(&functions[0], NULL), *fast = PyCFunction_New(&functions[1], NULL);
    PyErr_Clear();
    if (argument != NULL && parts != NULL)
        call_all(parts, argument);
    if (argument != NULL && fast != NULL)
        call_all(fast, argument);
    if (argument != NULL)
        oom_give_up(PyObject_CallMethod(argument, "copy", NULL));
    if (parts != NULL)
        oom_give_up(PyObject_Repr(parts));
    Py_XDECREF(argument);
    Py_XDECREF(parts);
    Py_XDECREF(fast);
    OOM_REQUIRE(PyErr_Occurred() == NULL);
    Py_FinalizeEx();
}

/* Classes and attributes. ------------------------------------------------------------------------------------------------------- */

typedef struct holder {
    PyObject_HEAD
    PyObject *item, *dict;
    int number;
} holder;

static int holder_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((holder *)self)->item);
    Py_VISIT(((holder *)self)->dict);
    return 0;
}

static int holder_clear(PyObject *self)
{
    Py_CLEAR(((holder *)self)->item);
    Py_CLEAR(((holder *)self)->dict);
    return 0;
}

static void holder_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    holder_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *pair_get(PyObject *self, void *closure)
{
    (void)closure;
    return PyTuple_Pack(2, self, Py_None);
}
static int pair_set(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    Py_XSETREF(((holder *)self)->item, value == NULL ? NULL : PySequence_Tuple(value));
    return value != NULL && ((holder *)self)->item == NULL ? -1 : 0;
}

static PyMemberDef members[] = {
    {"item", Py_T_OBJECT_EX, offsetof(holder, item), 0, NULL}, {"number", Py_T_INT, offsetof(holder, number), 0, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(holder, dict), Py_READONLY, NULL}, {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef getsets[] = {{"pair", pair_get, pair_set, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {
    {Py_tp_methods, functions}, {Py_tp_members, members}, {Py_tp_getset, getsets}, {Py_tp_traverse, holder_traverse},
    {Py_tp_clear, holder_clear}, {Py_tp_dealloc, holder_dealloc}, {Py_tp_new, PyType_GenericNew}, {0, NULL},
};
static PyType_Spec spec = {"oom.Holder", sizeof(holder), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};

static void require_set(int result)
{
    if (result != 0)
        oom_require_no_memory();
}

static void use_instance(PyObject *type, PyObject *self)
{
    PyObject *list = PyList_New(0);
    PyErr_Clear();
    if (list == NULL)
        return;
    require_set(PyObject_SetAttrString(self, "pair", list));
    require_set(PyObject_SetAttrString(self, "number", Py_True));
    require_set(PyObject_SetAttrString(self, "new", self));
    oom_give_up(PyObject_GetAttrString(self, "pair"));
    oom_give_up(PyObject_GetAttrString(self, "number"));
    oom_give_up(PyObject_GetAttrString(self, "__class__"));
    oom_give_up(PyObject_CallMethod(self, "parts", "i", 1));
    oom_give_up(PyObject_CallMethod(self, "one", "O", list));
    oom_give_up(PyObject_GetAttrString(type, "parts"));
    oom_give_up(PyObject_GetAttrString(type, "item"));
    oom_give_up(PyObject_Repr(self));
    OOM_REQUIRE(PyObject_GetAttrString(self, "missing") == NULL);
    OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_AttributeError) || PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    OOM_REQUIRE(PyObject_IsInstance(self, type) == 1);
    Py_DECREF(list);
}

/* A class derived from a type, with functions of all three kinds in its dict. */
static void derive(PyObject *type)
{
    PyObject *function = PyCFunction_New(&functions[1], NULL), *statics = function == NULL ? NULL : PyStaticMethod_New(function);
    PyObject *classes = function == NULL ? NULL : PyClassMethod_New(function);
    PyErr_Clear();
    PyObject *derived = statics == NULL || classes == NULL ? NULL
                        : PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:O,s:O,s:i}", "Derived", type, "s", statics, "c", classes, "x", 1);
    if (derived != NULL) {
        PyObject *self = PyObject_CallNoArgs(derived);
        if (self != NULL) {
            oom_give_up(PyObject_CallMethod(self, "s", "i", 1));
            oom_give_up(PyObject_CallMethod(self, "c", "i", 1));
            require_set(PyObject_SetAttrString(self, "own", self));
            require_set(PyObject_SetAttrString(derived, "more", self));
        }
        PyErr_Clear();
        Py_XDECREF(self);
        oom_give_up(PyObject_Repr(derived));
    }
    PyErr_Clear();
    Py_XDECREF(derived);
    Py_XDECREF(statics);
    Py_XDECREF(classes);
    Py_XDECREF(function);
}

static void attributes(void)
{
    if (!oom_is_alive())
        return;
    PyObject *type = PyType_FromSpec(&spec), *self = type == NULL ? NULL : PyObject_CallNoArgs(type);
    if (self == NULL)
        oom_require_no_memory();
    else {
        use_instance(type, self);
        derive(type);
    }
    Py_XDECREF(self);
    Py_XDECREF(type);
    OOM_REQUIRE(PyErr_Occurred() == NULL);
    Py_FinalizeEx();
}

/* Exceptions. ------------------------------------------------------------------------------------------------------------------- */

/* The exception that is set, which there has to be; NULL: there is no memory for it. */
static PyObject *raised(PyObject *expected)
{
    PyObject *error = PyErr_GetRaisedException();
    OOM_REQUIRE(error != NULL);
    OOM_REQUIRE(PyErr_GivenExceptionMatches(error, expected) || PyErr_GivenExceptionMatches(error, PyExc_MemoryError));
    if (!PyErr_GivenExceptionMatches(error, expected))
        Py_CLEAR(error);
    return error;
}

static void chain(PyObject *own_type)
{
    PyErr_Format(own_type, "%s and %d, %R", "text", 3, Py_None);
    PyObject *first = raised(own_type);
    PyErr_SetHandledException(first);
    errno = ENOENT;
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, "/some/where");
    PyObject *second = raised(PyExc_OSError);
    PyErr_SetObject(PyExc_KeyError, own_type);
    PyObject *third = raised(PyExc_KeyError);
    PyErr_SetHandledException(NULL);
    if (first != NULL && second != NULL && third != NULL) {
        PyException_SetCause(second, Py_NewRef(first));
        PyException_SetContext(third, Py_NewRef(second));
        PyErr_SetRaisedException(Py_NewRef(third));
        PyErr_DisplayException(third);
        PyErr_Print();
        oom_give_up(PyObject_Str(second));
        oom_give_up(PyObject_Repr(third));
        oom_give_up(PyException_GetArgs(first));
    }
    PyErr_Clear();
    Py_XDECREF(first);
    Py_XDECREF(second);
    Py_XDECREF(third);
}

static void exception_chain(void)
{
    if (!oom_is_alive())
        return;
    PyObject *own_type = PyErr_NewExceptionWithDoc("oom.Error", "what it is for", PyExc_ValueError, NULL);
    if (own_type == NULL)
        oom_require_no_memory();
    else
        chain(own_type);
    PyErr_SetString(PyExc_ValueError, "as it was once");
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyErr_Restore(type, value, traceback);
    OOM_REQUIRE(PyErr_Occurred() != NULL);
    PyErr_Clear();
    PyObject *error = PyUnicodeDecodeError_Create("utf-8", "ab\377", 3, 2, 3, "reason");
    oom_give_up(error == NULL ? NULL : PyObject_Str(error));
    Py_XDECREF(error);
    if (PyErr_WarnEx(PyExc_UserWarning, "a warning", 1) != 0)
        oom_require_no_memory();
    Py_XDECREF(own_type);
    Py_FinalizeEx();
}

const oom_scenario oom_call_scenarios[] = {
    {"calls", calls, 1, 1, 0}, {"attributes", attributes, 1, 1, 0}, {"exception_chain", exception_chain, 1, 1, 0}, {NULL, NULL, 0, 0, 0},
};
