/* program_spec.c: an extension as one writes it today: a module in two phases with state, types made of specs that are derived from,
 * and what they find through their module. From 3.10 on. Read check.h first. */
#include "text.h"

#include <structmember.h>

#if PY_VERSION_HEX >= 0x030A0000

typedef struct {
    PyTypeObject *vector, *counter;
    PyObject *error;
    int calls;
} State;

static PyModuleDef definition;

static State *state_of(PyObject *module) { return PyModule_GetState(module); }

typedef struct {
    PyObject_HEAD
    Py_ssize_t count;
    double *values;
    PyObject *note;
} Vector;

static int states_freed;

static PyObject *vector_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    Vector *self = (Vector *)type->tp_alloc(type, 0);
    (void)args;
    (void)kwds;
    return (PyObject *)self;
}

static int vector_init(Vector *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"values", "note", NULL};
    PyObject *values, *note = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|$O:Vector", names, &values, &note))
        return -1;
    PyObject *fast = PySequence_Fast(values, "values must be iterable");
    if (fast == NULL)
        return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(fast);
    double *numbers = PyMem_New(double, count + 1);
    for (Py_ssize_t i = 0; numbers != NULL && i < count; i++) {
        numbers[i] = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(fast, i));
        if (numbers[i] == -1.0 && PyErr_Occurred()) {
            PyMem_Free(numbers);
            Py_DECREF(fast);
            return -1;
        }
    }
    Py_DECREF(fast);
    PyMem_Free(self->values);
    self->values = numbers;
    self->count = count;
    PyObject *old = self->note;
    self->note = Py_NewRef(note);
    Py_XDECREF(old);
    return 0;
}

static int vector_traverse(Vector *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->note);
    return 0;
}

static int vector_clear(Vector *self)
{
    Py_CLEAR(self->note);
    return 0;
}

static void vector_dealloc(Vector *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    vector_clear(self);
    PyMem_Free(self->values);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyObject *vector_make(PyTypeObject *type, const double *values, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++)
        PyList_SET_ITEM(list, i, PyFloat_FromDouble(values[i]));
    PyObject *made = list == NULL ? NULL : PyObject_CallFunctionObjArgs((PyObject *)type, list, NULL);
    Py_XDECREF(list);
    return made;
}

static PyObject *vector_multiply(PyObject *left, PyObject *right)
{
    PyObject *vector = PyFloat_Check(left) || PyLong_Check(left) ? right : left, *factor = vector == left ? right : left;
    double by = PyFloat_AsDouble(factor);
    if (by == -1.0 && PyErr_Occurred()) {
        PyErr_Clear();
        Py_RETURN_NOTIMPLEMENTED;
    }
    PyObject *made = vector_make(Py_TYPE(vector), ((Vector *)vector)->values, ((Vector *)vector)->count);
    for (Py_ssize_t i = 0; made != NULL && i < ((Vector *)made)->count; i++)
        ((Vector *)made)->values[i] *= by;
    return made;
}

static PyObject *vector_repr(Vector *self)
{
    PyObject *name = PyType_GetSlot(Py_TYPE(self), Py_tp_repr) != NULL ? PyObject_GetAttrString((PyObject *)Py_TYPE(self), "__name__") : NULL;
    PyObject *list = PySequence_List((PyObject *)self), *text = NULL;
    if (name != NULL && list != NULL)
        text = PyUnicode_FromFormat("%U(%R)", name, list);
    Py_XDECREF(name);
    Py_XDECREF(list);
    return text;
}

static Py_ssize_t vector_length(Vector *self) { return self->count; }

static PyObject *vector_item(Vector *self, Py_ssize_t index)
{
    if (index < 0 || index >= self->count)
        return PyErr_Format(PyExc_IndexError, "no value %zd", index);
    return PyFloat_FromDouble(self->values[index]);
}

static int vector_buffer(Vector *self, Py_buffer *view, int flags)
{
    if (PyBuffer_FillInfo(view, (PyObject *)self, self->values, self->count * (Py_ssize_t)sizeof(double), 0, flags) < 0)
        return -1;
    return 0;
}

/* Knows the type that defines it, and through it the module, also when called on a derived one. */
static PyObject *vector_norm(PyObject *op, PyTypeObject *defining, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Vector *self = (Vector *)op;
    State *state = PyType_GetModuleState(defining);
    double sum = 0;
    if (state == NULL)
        return NULL;
    state->calls++;
    if (count > 0 || (names != NULL && PyTuple_GET_SIZE(names) > 0)) {
        PyErr_SetString(state->error, "norm takes nothing");
        return NULL;
    }
    (void)args;
    for (Py_ssize_t i = 0; i < self->count; i++)
        sum += self->values[i] * self->values[i];
    return PyFloat_FromDouble(sum);
}

static PyObject *vector_module_name(PyObject *self, PyObject *unused)
{
    (void)unused;
#if PY_VERSION_HEX >= 0x030B0000
    PyObject *module = PyType_GetModuleByDef(Py_TYPE(self), &definition);
#else
    PyObject *module = PyType_GetModule(Py_TYPE(self));
    if (module == NULL) {
        PyErr_Clear();
        module = PyType_GetModule(Py_TYPE(self)->tp_base);
    }
#endif
    return module == NULL ? NULL : PyModule_GetNameObject(module);
}

static PyMethodDef vector_methods[] = {
    {"norm", (PyCFunction)(void (*)(void))vector_norm, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("The sum of squares.")},
    {"module_name", vector_module_name, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef vector_members[] = {
    {"count", T_PYSSIZET, offsetof(Vector, count), READONLY, "how many values"},
    {"note", T_OBJECT, offsetof(Vector, note), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
#define ANY(function) ((void *)(function))
static PyType_Slot vector_slots[] = {
    {Py_tp_doc, "Vector(values, *, note=None)\n--\n\nNumbers."},
    {Py_tp_new, ANY(vector_new)},
    {Py_tp_init, ANY(vector_init)},
    {Py_tp_dealloc, ANY(vector_dealloc)},
    {Py_tp_traverse, ANY(vector_traverse)},
    {Py_tp_clear, ANY(vector_clear)},
    {Py_tp_repr, ANY(vector_repr)},
    {Py_tp_methods, vector_methods},
    {Py_tp_members, vector_members},
    {Py_nb_multiply, ANY(vector_multiply)},
    {Py_sq_length, ANY(vector_length)},
    {Py_sq_item, ANY(vector_item)},
    {Py_bf_getbuffer, ANY(vector_buffer)},
    {0, NULL},
};
static PyType_Spec vector_spec = {
    .name = "space.Vector",
    .basicsize = sizeof(Vector),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = vector_slots,
};

/* A type derived from dict that counts what is asked of it and is not there. */
static PyObject *counter_missing(PyObject *self, PyObject *key)
{
    PyObject *zero = PyLong_FromLong(0);
    if (zero != NULL && PyDict_SetItem(self, key, zero) < 0)
        Py_CLEAR(zero);
    return zero;
}
static PyMethodDef counter_methods[] = {
    {"__missing__", counter_missing, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot counter_slots[] = {{Py_tp_methods, counter_methods}, {0, NULL}};
static PyType_Spec counter_spec = {
    .name = "space.Counter",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = counter_slots,
};

static int space_exec(PyObject *module)
{
    State *state = state_of(module);
    state->vector = (PyTypeObject *)PyType_FromModuleAndSpec(module, &vector_spec, NULL);
    if (state->vector == NULL || PyModule_AddObjectRef(module, "Vector", (PyObject *)state->vector) < 0)
        return -1;
    state->counter = (PyTypeObject *)PyType_FromModuleAndSpec(module, &counter_spec, (PyObject *)&PyDict_Type);
    if (state->counter == NULL || PyModule_AddObjectRef(module, "Counter", (PyObject *)state->counter) < 0)
        return -1;
    state->error = PyErr_NewExceptionWithDoc("space.SpaceError", "Something about space.", NULL, NULL);
    return state->error == NULL ? -1 : PyModule_AddObjectRef(module, "SpaceError", state->error);
}

static int space_exec_late(PyObject *module) { return PyModule_AddIntConstant(module, "late", 2); }

static int space_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = state_of(module);
    Py_VISIT(state->vector);
    Py_VISIT(state->counter);
    Py_VISIT(state->error);
    return 0;
}

static int space_clear(PyObject *module)
{
    State *state = state_of(module);
    Py_CLEAR(state->vector);
    Py_CLEAR(state->counter);
    Py_CLEAR(state->error);
    return 0;
}

static void space_free(void *module)
{
    space_clear(module);
    states_freed++;
}

static PyObject *space_calls(PyObject *module, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(state_of(module)->calls);
}

static PyMethodDef space_functions[] = {{"calls", space_calls, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef_Slot space_slots[] = {
    {Py_mod_exec, ANY(space_exec)},
    {Py_mod_exec, ANY(space_exec_late)},
    {0, NULL},
};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "space",
    .m_doc = PyDoc_STR("Vectors."),
    .m_size = sizeof(State),
    .m_methods = space_functions,
    .m_slots = space_slots,
    .m_traverse = space_traverse,
    .m_clear = space_clear,
    .m_free = space_free,
};
PyMODINIT_FUNC PyInit_space(void);
PyMODINIT_FUNC PyInit_space(void) { return PyModuleDef_Init(&definition); }

static PyObject *start(void)
{
    PyImport_AppendInittab("space", PyInit_space);
    Py_Initialize();
    return PyImport_ImportModule("space");
}

static void the_module(void)
{
    PyObject *module = start();
    check_object("repr", PyObject_Repr(module));
    check_object("late", PyObject_GetAttrString(module, "late"));
    check_object("doc", PyObject_GetAttrString(module, "__doc__"));
    check_bool("definition", PyModule_GetDef(module) == &definition);
    check_bool("not_found_by_definition", PyState_FindModule(&definition) == NULL && !PyErr_Occurred());
    check_object("vector", PyObject_GetAttrString(module, "Vector"));
    check_object("error", PyObject_GetAttrString(module, "SpaceError"));
    check_object("error_doc", PyObject_GetAttrString(PyObject_GetAttrString(module, "SpaceError"), "__doc__"));
    check_object("set", PyLong_FromLong(PyObject_SetAttrString(module, "more", module)));
    check_bool("more", PyDict_GetItemString(PyModule_GetDict(module), "more") == module);
    PyDict_DelItemString(PyImport_GetModuleDict(), "space");
    Py_DECREF(module);
    PyGC_Collect();
    check_int("freed", states_freed);
}

static void vectors(void)
{
    PyObject *module = start(), *type = PyObject_GetAttrString(module, "Vector");
    PyObject *v = PyObject_CallFunction(type, "([dii])", 1.5, 2, 3);
    check_object("repr", PyObject_Repr(v));
    check_object("doc", PyObject_GetAttrString(type, "__doc__"));
    check_object("signature", PyObject_GetAttrString(type, "__text_signature__"));
    check_object("count", PyObject_GetAttrString(v, "count"));
    check_int("set_count", PyObject_SetAttrString(v, "count", Py_None));
    check_error("set_count_error");
    check_object("note", PyObject_GetAttrString(v, "note"));
    check_object("keyword_note", PyObject_GetAttrString(PyObject_Call(type, Py_BuildValue("((i))", 1), Py_BuildValue("{s:s}", "note", "x")), "note"));
    check_object("no_values", PyObject_CallFunction(type, NULL));
    check_object("place_note", PyObject_CallFunction(type, "((i)i)", 1, 2));
    check_object("bad_values", PyObject_CallFunction(type, "i", 1));
    check_object("bad_value", PyObject_CallFunction(type, "([s])", "x"));
    check_object("times", PyNumber_Multiply(v, PyLong_FromLong(2)));
    check_object("times_reversed", PyNumber_Multiply(PyFloat_FromDouble(0.5), v));
    check_object("times_bad", PyNumber_Multiply(v, v));
    check_object("norm", PyObject_CallMethod(v, "norm", NULL));
    check_object("norm_bad", PyObject_CallMethod(v, "norm", "i", 1));
    check_object("module_name", PyObject_CallMethod(v, "module_name", NULL));
    check_object("calls", PyObject_CallMethod(module, "calls", NULL));
    Py_buffer view;
    check_int("buffer", PyObject_GetBuffer(v, &view, PyBUF_SIMPLE));
    check_int("buffer_bytes", view.len);
    check_bool("buffer_last", ((double *)view.buf)[2] == 3.0);
    PyBuffer_Release(&view);
    check_object("bytes_size", PyLong_FromSsize_t(PyBytes_Size(PyBytes_FromObject(v))));
    int set = PyObject_SetAttrString(type, "extra", Py_True);
    check_int("set_on_type", set);
    check_object("extra", PyObject_GetAttrString(v, "extra"));
}

static void derived(void)
{
    PyObject *module = start(), *type = PyObject_GetAttrString(module, "Vector");
    PyObject *derived = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "Point", type, "__module__", "__main__");
    PyObject *p = PyObject_CallFunction(derived, "((dd))", 3.0, 4.0);
    check_object("repr", PyObject_Repr(p));
    check_object("norm", PyObject_CallMethod(p, "norm", NULL));
    check_object("module_name", PyObject_CallMethod(p, "module_name", NULL));
    check_object("product", PyNumber_Multiply(p, PyLong_FromLong(2)));
    check_int("set", PyObject_SetAttrString(p, "itself", p));
    check_bool("is_instance", PyObject_IsInstance(p, type));
    check_object("mro", PyLong_FromSsize_t(PyTuple_Size(((PyTypeObject *)derived)->tp_mro)));
    PyObject *reference = PyWeakref_NewRef(p, NULL);
    Py_DECREF(p);
    PyGC_Collect();
    check_bool("collected", PyWeakref_GetObject(reference) == Py_None);
    PyObject *counter = PyObject_CallFunction(PyObject_GetAttrString(module, "Counter"), "{s:i}", "a", 1);
    check_object("counter", PyObject_Repr(counter));
    check_object("there", PyObject_GetItem(counter, PyUnicode_FromString("a")));
    check_object("missing", PyObject_GetItem(counter, PyUnicode_FromString("b")));
    check_object("counter_after", PyObject_Repr(counter));
    PyObject *error = PyObject_GetAttrString(module, "SpaceError");
    PyErr_Format(error, "%d parsecs", 12);
    check_bool("matches", PyErr_ExceptionMatches(PyExc_Exception));
    check_error("error");
}

static const check_case cases[] = {
    {"the_module", the_module, NULL},
    {"vectors", vectors, NULL},
    {"derived", derived, NULL},
};
#else
static void nothing(void) {}
static const check_case cases[] = {{"nothing", nothing, NULL}};
#endif
CHECK_MAIN(cases)
