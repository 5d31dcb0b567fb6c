/* program_records.c: an extension that keeps records: a type whose instances watch each other weakly, rows of numbers as a type from a
 * spec with members, computed attributes and a buffer, and an iterator that values are sent to. From 3.10 on. Read check.h first. */
#include "text.h"

#include <structmember.h>

#if PY_VERSION_HEX >= 0x030A0000

/* A log: a name, what it holds, and who watches it, without keeping these alive. ------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    PyObject *name, *held, *watchers; /* watchers: a list of weak references */
    PyObject *weak;
    int is_ended;
} log_object;

static int log_clear(PyObject *self)
{
    log_object *log = (log_object *)self;
    Py_CLEAR(log->held);
    Py_CLEAR(log->watchers);
    return 0;
}

static int log_traverse(PyObject *self, visitproc visit, void *arg)
{
    log_object *log = (log_object *)self;
    Py_VISIT(log->name);
    Py_VISIT(log->held);
    Py_VISIT(log->watchers);
    return 0;
}

static void log_dealloc(PyObject *self)
{
    log_object *log = (log_object *)self;
    PyObject_GC_UnTrack(self);
    if (log->weak != NULL)
        PyObject_ClearWeakRefs(self);
    if (log->name != NULL)
        check_str("dealloc", Py_NewRef(log->name));
    log_clear(self);
    Py_CLEAR(log->name);
    Py_TYPE(self)->tp_free(self);
}

static int log_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"name", "held", NULL};
    log_object *log = (log_object *)self;
    PyObject *name, *held = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "U|O", names, &name, &held))
        return -1;
    Py_INCREF(name);
    Py_XSETREF(log->name, name);
    Py_INCREF(held);
    Py_XSETREF(log->held, held);
    Py_XSETREF(log->watchers, PyList_New(0));
    return log->watchers == NULL ? -1 : 0;
}

/* The line is a format of str, and what it makes is told to those that watch and are still there. */
static PyObject *log_write(PyObject *self, PyObject *args, PyObject *keywords)
{
    log_object *log = (log_object *)self;
    if (PyTuple_GET_SIZE(args) < 1 || !PyUnicode_Check(PyTuple_GET_ITEM(args, 0))) {
        PyErr_Format(PyExc_TypeError, "%U: a line comes first", log->name);
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args)), *bound = PyObject_GetAttrString(PyTuple_GET_ITEM(args, 0), "format");
    PyObject *line = bound == NULL || rest == NULL ? NULL : PyObject_Call(bound, rest, keywords);
    Py_XDECREF(rest);
    Py_XDECREF(bound);
    for (Py_ssize_t i = 0; line != NULL && i < PyList_GET_SIZE(log->watchers); i++) {
        PyObject *watcher = PyWeakref_GetObject(PyList_GET_ITEM(log->watchers, i));
        if (watcher == Py_None)
            continue;
        Py_INCREF(watcher);
        PyObject *told = PyObject_CallMethod(watcher, "told", "OO", self, line);
        Py_DECREF(watcher);
        if (told == NULL)
            Py_CLEAR(line);
        Py_XDECREF(told);
    }
    return line;
}

static PyObject *log_watch(PyObject *self, PyObject *watcher)
{
    PyObject *weak = PyWeakref_NewRef(watcher, NULL);
    int result = weak == NULL ? -1 : PyList_Append(((log_object *)self)->watchers, weak);
    Py_XDECREF(weak);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *log_told(PyObject *self, PyObject *args)
{
    PyObject *from, *line;
    if (!PyArg_ParseTuple(args, "O!U:told", Py_TYPE(self), &from, &line))
        return NULL;
    check_str("told", PyUnicode_FromFormat("%U by %U: %U", ((log_object *)self)->name, ((log_object *)from)->name, line));
    Py_RETURN_NONE;
}

static PyObject *log_repr(PyObject *self)
{
    int entered = Py_ReprEnter(self);
    if (entered != 0)
        return entered < 0 ? NULL : PyUnicode_FromString("<...>");
    PyObject *text = PyUnicode_FromFormat("<log %R holding %R>", ((log_object *)self)->name, ((log_object *)self)->held);
    Py_ReprLeave(self);
    return text;
}

static PyMethodDef log_methods[] = {
    {"write", (PyCFunction)(void (*)(void))log_write, METH_VARARGS | METH_KEYWORDS, "write(line, ...)"},
    {"watch", log_watch, METH_O, NULL},
    {"told", log_told, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef log_members[] = {
    {"name", T_OBJECT_EX, offsetof(log_object, name), READONLY, "what it is called"},
    {"held", T_OBJECT, offsetof(log_object, held), 0, NULL},
    {"ended", T_BOOL, offsetof(log_object, is_ended), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyTypeObject log_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "records.Log",
    .tp_doc = PyDoc_STR("Log(name, held=None)"),
    .tp_basicsize = sizeof(log_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = log_init,
    .tp_dealloc = log_dealloc,
    .tp_traverse = log_traverse,
    .tp_clear = log_clear,
    .tp_repr = log_repr,
    .tp_weaklistoffset = offsetof(log_object, weak),
    .tp_methods = log_methods,
    .tp_members = log_members,
};

static PyObject *log_made(const char *name) { return PyObject_CallFunction((PyObject *)&log_type, "s", name); }

static void logs(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&log_type));
    PyObject *first = log_made("first"), *second = log_made("second"), *third = log_made("third");
    check_call("watch", first, "watch", "(O)", second);
    check_call("watch", first, "watch", "(O)", third);
    check_call("watch_int", first, "watch", "(i)", 3);
    check_call("write", first, "write", "(sdi)", "{:.2f} and {:>5}|", 2.0 / 3, 42);
    Py_DECREF(third);
    check_call("write_after", first, "write", "(s)", "{{}}");
    check_call("write_bad", first, "write", "(s)", "{}");
    check_call("write_none", first, "write", "()");
    check_call("told_wrong", second, "told", "(is)", 3, "x");
    check_call("no_name", (PyObject *)&log_type, "__call__", "()");
    check_call("bad_name", (PyObject *)&log_type, "__call__", "(i)", 3);
    /* Each holds the other, and itself. */
    check_int("hold", PyObject_SetAttrString(first, "held", second));
    PyObject *list = PyList_New(0);
    PyList_Append(list, first);
    PyList_Append(list, second);
    check_int("hold_back", PyObject_SetAttrString(second, "held", list));
    check_object("first", Py_NewRef(first));
    check_int("name_kept", PyObject_SetAttrString(first, "name", Py_None));
    check_error("name_error");
    check_int("ended_bad", PyObject_SetAttrString(first, "ended", Py_None));
    check_error("ended_error");
    PyObject *weak = PyWeakref_NewRef(first, NULL), *proxy = PyWeakref_NewProxy(second, NULL);
    check_object("through_proxy", PyObject_GetAttrString(proxy, "name"));
    Py_DECREF(list);
    Py_DECREF(first);
    Py_DECREF(second);
    check_bool("alive", PyWeakref_GetObject(weak) != Py_None);
    check_int("collected", (long long)PyGC_Collect());
    check_bool("gone", PyWeakref_GetObject(weak) == Py_None);
    check_object("proxy_gone", PyObject_GetAttrString(proxy, "name"));
    check_int("again", (long long)PyGC_Collect());
}

/* A row of doubles: a type from a spec. ------------------------------------------------------------------------------------------- */

typedef struct {
    PyObject_VAR_HEAD
    PyObject *label, *dict, *weak;
    int exports;
    Py_ssize_t shape, stride;
    double values[1];
} row_object;

static PyObject *row_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *values, *label = Py_None;
    static char *names[] = {"values", "label", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|$O:Row", names, &values, &label))
        return NULL;
    PyObject *fast = PySequence_Fast(values, "Row wants a sequence");
    if (fast == NULL)
        return NULL;
    row_object *row = (row_object *)type->tp_alloc(type, PySequence_Fast_GET_SIZE(fast));
    for (Py_ssize_t i = 0; row != NULL && i < PySequence_Fast_GET_SIZE(fast); i++) {
        row->values[i] = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(fast, i));
        if (row->values[i] == -1.0 && PyErr_Occurred())
            Py_CLEAR(row);
    }
    Py_DECREF(fast);
    if (row != NULL) {
        row->label = Py_NewRef(label);
        row->shape = Py_SIZE(row);
        row->stride = sizeof(double);
    }
    return (PyObject *)row;
}

static int row_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((row_object *)self)->label);
    Py_VISIT(((row_object *)self)->dict);
    return 0;
}

static int row_clear(PyObject *self)
{
    Py_CLEAR(((row_object *)self)->label);
    Py_CLEAR(((row_object *)self)->dict);
    return 0;
}

static void row_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((row_object *)self)->weak != NULL)
        PyObject_ClearWeakRefs(self);
    row_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static int row_buffer(PyObject *self, Py_buffer *view, int flags)
{
    row_object *row = (row_object *)self;
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES)
        return PyBuffer_FillInfo(view, self, row->values, row->shape * row->stride, 0, flags) < 0 ? -1 : (row->exports++, 0);
    *view = (Py_buffer){.buf = row->values, .obj = Py_NewRef(self), .len = row->shape * row->stride, .itemsize = sizeof(double), .ndim = 1,
                        .format = (flags & PyBUF_FORMAT) ? "d" : NULL, .shape = &row->shape, .strides = &row->stride};
    row->exports++;
    return 0;
}
static void row_release(PyObject *self, Py_buffer *view) { (void)view; ((row_object *)self)->exports--; }

static Py_ssize_t row_length(PyObject *self) { return Py_SIZE(self); }
static PyObject *row_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= Py_SIZE(self))
        return PyErr_Format(PyExc_IndexError, "row of %zd has no item %zd", Py_SIZE(self), index);
    return PyFloat_FromDouble(((row_object *)self)->values[index]);
}

static PyObject *sum_get(PyObject *self, void *scale)
{
    double sum = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++)
        sum += ((row_object *)self)->values[i];
    return PyFloat_FromDouble(sum * (scale == NULL ? 1 : *(double *)scale));
}
static int sum_set(PyObject *self, PyObject *value, void *scale)
{
    (void)scale;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a sum cannot be deleted");
        return -1;
    }
    double sum = PyFloat_AsDouble(value);
    if (sum == -1.0 && PyErr_Occurred())
        return -1;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++)
        ((row_object *)self)->values[i] = sum / (double)Py_SIZE(self);
    return 0;
}

/* Each number by a specification, with blanks between them. */
static PyObject *row_format(PyObject *self, PyObject *spec)
{
    PyObject *list = PyList_New(0), *blank = PyUnicode_FromString(" "), *joined = NULL;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        PyObject *number = row_item(self, i), *text = PyObject_Format(number, spec);
        Py_DECREF(number);
        if (text == NULL || PyList_Append(list, text) < 0) {
            Py_CLEAR(list);
            break;
        }
        Py_DECREF(text);
    }
    if (list != NULL)
        joined = PyUnicode_Join(blank, list);
    Py_XDECREF(list);
    Py_DECREF(blank);
    return joined;
}

static double half = 0.5;
static PyMethodDef row_methods[] = {{"__format__", row_format, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyMemberDef row_members[] = {
    {"label", T_OBJECT_EX, offsetof(row_object, label), 0, "a name for it"},
    {"exports", T_INT, offsetof(row_object, exports), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(row_object, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(row_object, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef row_attributes[] = {
    {"sum", sum_get, sum_set, "of all numbers", NULL},
    {"half_sum", sum_get, NULL, NULL, &half},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot row_slots[] = {
    {Py_tp_doc, (char *)"Row(values, *, label=None)"}, {Py_tp_new, row_new},         {Py_tp_dealloc, row_dealloc},    {Py_tp_traverse, row_traverse},
    {Py_tp_clear, row_clear},                           {Py_tp_methods, row_methods}, {Py_tp_members, row_members},    {Py_tp_getset, row_attributes},
    {Py_bf_getbuffer, row_buffer},                      {Py_bf_releasebuffer, row_release}, {Py_sq_length, row_length}, {Py_sq_item, row_item},
    {0, NULL},
};
static PyType_Spec row_spec = {"records.Row", offsetof(row_object, values), sizeof(double), Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, row_slots};

static void rows(void)
{
    Py_Initialize();
    PyObject *type = PyType_FromSpec(&row_spec), *row = PyObject_CallFunction(type, "([ddi])", 1.5, 2.25, 3);
    Py_buffer view;
    check_object("sum", PyObject_GetAttrString(row, "sum"));
    check_object("half", PyObject_GetAttrString(row, "half_sum"));
    check_int("set_half", PyObject_SetAttrString(row, "half_sum", Py_None));
    check_bool("set_half_error", PyErr_ExceptionMatches(PyExc_AttributeError));
    PyErr_Clear();
    check_object("label", PyObject_GetAttrString(row, "label"));
    check_int("delete_label", PyObject_DelAttrString(row, "label"));
    check_object("no_label", PyObject_GetAttrString(row, "label"));
    check_int("own", PyObject_SetAttrString(row, "own", type));
    check_bool("own_there", PyObject_HasAttrString(row, "own"));
    check_int("delete_sum", PyObject_DelAttrString(row, "sum"));
    check_error("delete_sum_error");
    check_int("strided", PyObject_GetBuffer(row, &view, PyBUF_RECORDS));
    check_text("view", "%zd bytes, %zd each, %d, %s, %zd, %zd", view.len, view.itemsize, view.ndim, view.format, view.shape[0], view.strides[0]);
    ((double *)view.buf)[1] = 10;
    check_object("exports", PyObject_GetAttrString(row, "exports"));
    PyBuffer_Release(&view);
    check_object("exports_after", PyObject_GetAttrString(row, "exports"));
    check_object("changed", PySequence_GetItem(row, 1));
    check_int("simple", PyObject_GetBuffer(row, &view, PyBUF_WRITABLE));
    check_int("simple_bytes", view.len);
    PyBuffer_Release(&view);
    PyObject *bytes = PyBytes_FromObject(row);
    check_object("as_bytes", PyObject_CallMethod(bytes, "hex", NULL));
    check_call("in_bytes", PyBytes_FromString(""), "join", "((OO))", row, row);
    check_object("formatted", PyObject_CallMethod(utf8("[{:>7.2f}]"), "format", "O", row));
    check_object("formatted_bad", PyObject_CallMethod(utf8("{:q}"), "format", "O", row));
    check_object("listed", PySequence_List(row));
    check_object("behind", PySequence_GetItem(row, 3));
    check_object("contains", PyBool_FromLong(PySequence_Contains(row, PyFloat_FromDouble(3))));
    check_object("no_sequence", PyObject_CallFunction(type, "i", 3));
    check_object("no_numbers", PyObject_CallFunction(type, "(s)", "abc"));
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Derived", type, "__module__", "__main__");
    PyObject *other = PyObject_CallFunction(derived, "((ii))", 1, 2), *weak = PyWeakref_NewRef(other, NULL);
    check_object("derived_sum", PyObject_GetAttrString(other, "sum"));
    check_int("derived_self", PyObject_SetAttrString(other, "self", other));
    Py_DECREF(other);
    check_bool("alive", PyWeakref_GetObject(weak) != Py_None);
    PyGC_Collect();
    check_bool("gone", PyWeakref_GetObject(weak) == Py_None);
}

/* An average of what is sent, until it is told to stop. ---------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    double sum;
    long count, most;
} mean_object;

static PySendResult mean_send(PyObject *self, PyObject *value, PyObject **result)
{
    mean_object *mean = (mean_object *)self;
    *result = NULL;
    if (value != Py_None) {
        double number = PyFloat_AsDouble(value);
        if (number == -1.0 && PyErr_Occurred())
            return PYGEN_ERROR;
        mean->sum += number;
        mean->count++;
    }
    *result = PyFloat_FromDouble(mean->count == 0 ? 0.0 : mean->sum / (double)mean->count);
    return *result == NULL ? PYGEN_ERROR : mean->count >= mean->most ? PYGEN_RETURN : PYGEN_NEXT;
}

static PyObject *mean_next(PyObject *self)
{
    PyObject *result;
    PySendResult how = mean_send(self, Py_None, &result);
    if (how != PYGEN_RETURN)
        return result;
    PyErr_SetObject(PyExc_StopIteration, result);
    Py_DECREF(result);
    return NULL;
}
static PyObject *mean_send_method(PyObject *self, PyObject *value)
{
    PyObject *result;
    PySendResult how = PyIter_Send(self, value, &result);
    if (how == PYGEN_RETURN) {
        PyErr_SetObject(PyExc_StopIteration, result);
        Py_CLEAR(result);
    }
    return result;
}

static PyMethodDef mean_methods[] = {{"send", mean_send_method, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyAsyncMethods mean_async = {.am_send = mean_send};
static PyTypeObject mean_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "records.Mean",
    .tp_basicsize = sizeof(mean_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_as_async = &mean_async,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = mean_next,
    .tp_methods = mean_methods,
};

static void sent(const char *name, PyObject *iterator, PyObject *value)
{
    PyObject *result;
    PySendResult how = PyIter_Send(iterator, value, &result);
    check_text(name, "%s", how == PYGEN_RETURN ? "return" : how == PYGEN_NEXT ? "next" : "error");
    check_object(name, result);
    Py_XDECREF(value);
}

static void means(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&mean_type));
    mean_object *mean = PyObject_New(mean_object, &mean_type);
    mean->sum = 0;
    mean->count = 0;
    mean->most = 4;
    PyObject *self = (PyObject *)mean;
    sent("one", self, PyFloat_FromDouble(1));
    sent("none", self, Py_NewRef(Py_None));
    sent("bad", self, utf8("x"));
    check_object("next", PyIter_Next(self));
    check_call("send", self, "send", "(i)", 5);
    check_call("send_bad", self, "send", "(s)", "y");
    sent("three", self, PyLong_FromLong(9));
    sent("four", self, PyLong_FromLong(5));
    check_call("send_over", self, "send", "(O)", Py_None);
    check_bool("next_over", PyIter_Next(self) != NULL);
    check_error("next_over_error");
    check_object("called", PyObject_CallObject((PyObject *)&mean_type, NULL));
    sent("list", PyObject_GetIter(Py_BuildValue("[i]", 7)), Py_NewRef(Py_None));
    sent("list_value", PyObject_GetIter(Py_BuildValue("[i]", 7)), PyLong_FromLong(1));
    Py_DECREF(self);
}
#else
static void logs(void) {}
static void rows(void) {}
static void means(void) {}
#endif

static const check_case cases[] = {
    {"logs", logs, NULL},   {"logs_debug", logs, "PYTHONMALLOC=debug"},   {"rows", rows, NULL}, {"rows_debug", rows, "PYTHONMALLOC=debug"},
    {"means", means, NULL}, {"means_debug", means, "PYTHONMALLOC=debug"},
};
CHECK_MAIN(cases)
