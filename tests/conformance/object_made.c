/* object_made.c: what memory of instances is like when it comes, setters of heads, references that are replaced, types that decide for
 * each object whether it is the collector's, values that are sent to iterators. Read check.h first. */
#include "text.h"

typedef struct { PyObject_VAR_HEAD double numbers[1]; } row;

static PyTypeObject row_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Row", .tp_basicsize = offsetof(row, numbers), .tp_itemsize = sizeof(double),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew};

static int is_zero(PyObject *op, size_t from, size_t bytes)
{
    for (size_t i = from; i < bytes; i++)
        if (((char *)op)[i] != 0)
            return 0;
    return 1;
}

static void check_made(const char *name, PyObject *op, Py_ssize_t count)
{
    check_bool(name, op != NULL && Py_TYPE(op) == &row_type && Py_REFCNT(op) == 1 && Py_SIZE(op) == count);
}

static void made(void)
{
    Py_Initialize();
    PyType_Ready(&row_type);
    PyObject *op = PyType_GenericAlloc(&row_type, 5);
    check_made("alloc", op, 5);
    check_bool("alloc_zero", is_zero(op, sizeof(PyVarObject), sizeof(PyVarObject) + 5 * sizeof(double)));
    check_made("new", PyType_GenericNew(&row_type, NULL, NULL), 0);
    check_made("called", PyObject_CallNoArgs((PyObject *)&row_type), 0);
    PyVarObject *var = PyObject_NewVar(PyVarObject, &row_type, 7);
    check_made("new_var", (PyObject *)var, 7);
    PyObject_Del(var);
    void *memory = PyObject_Malloc(sizeof(PyVarObject) + 3 * sizeof(double));
    check_bool("init_var_same", (void *)PyObject_InitVar(memory, &row_type, 3) == memory);
    check_made("init_var", memory, 3);
    PyObject_Free(memory);
    memory = PyObject_Malloc(sizeof(PyVarObject));
    check_bool("init_same", (void *)PyObject_Init(memory, &row_type) == memory);
    check_bool("init", Py_TYPE(memory) == &row_type && Py_REFCNT(memory) == 1);
    PyObject_Free(memory);
    check_pointer("init_null", PyObject_Init(NULL, &row_type));
    check_error("init_null_error");
    check_pointer("init_var_null", PyObject_InitVar(NULL, &row_type, 3));
    check_error("init_var_null_error");
    Py_ssize_t count = 0;
    for (Py_ssize_t bytes = 0; bytes < 300; bytes++) { /* sizes are rounded up to pointers */
        PyObject *bytes_object = PyType_GenericAlloc(&row_type, bytes);
        count += bytes_object != NULL && Py_SIZE(bytes_object) == bytes;
        Py_XDECREF(bytes_object);
    }
    check_int("of_each_size", count);
}

static int gone_count;
static void noisy_dealloc(PyObject *self)
{
    gone_count++;
    Py_TYPE(self)->tp_free(self);
}
static PyTypeObject noisy_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Noisy", .tp_basicsize = sizeof(PyObject),
                                  .tp_flags = Py_TPFLAGS_DEFAULT, .tp_dealloc = noisy_dealloc, .tp_new = PyType_GenericNew};
static PyObject *noisy(void) { return PyObject_CallNoArgs((PyObject *)&noisy_type); }

static void references(void)
{
    Py_Initialize();
    PyType_Ready(&noisy_type);
    PyObject *op = noisy(), *other = op;
    Py_INCREF(op);
    check_int("two", Py_REFCNT(op));
    Py_CLEAR(other);
    check_bool("cleared", other == NULL && Py_REFCNT(op) == 1 && gone_count == 0);
    Py_CLEAR(other);
    Py_XINCREF(other);
    Py_XDECREF(other);
    Py_DECREF(op);
    check_int("gone", gone_count);
#ifdef Py_SETREF
    op = noisy();
    Py_SETREF(op, noisy());
    check_int("set_ref", gone_count);
    Py_XSETREF(op, NULL);
    check_int("x_set_ref", gone_count);
    Py_XSETREF(op, noisy());
    check_bool("x_set_null", op != NULL && gone_count == 3);
#endif
}

#if PY_VERSION_HEX >= 0x030A0000
static void since_3_10(void)
{
    Py_Initialize();
    PyType_Ready(&row_type);
    PyType_Ready(&noisy_type);
    PyObject *op = PyType_GenericAlloc(&row_type, 4);
    Py_SET_SIZE((PyVarObject *)op, 2);
    check_int("size", Py_SIZE(op));
    Py_SET_REFCNT(op, 5);
    check_int("count", Py_REFCNT(op));
    Py_SET_REFCNT(op, 1);
    Py_SET_TYPE(op, &PyBaseObject_Type);
    check_bool("type", Py_IS_TYPE(op, &PyBaseObject_Type) && !Py_IS_TYPE(op, &row_type));
    Py_SET_TYPE(op, &row_type);
    PyObject *second = Py_NewRef(op);
    check_bool("new_ref", second == op && Py_REFCNT(op) == 2 && Py_XNewRef(NULL) == NULL);
    check_bool("is", Py_Is(op, second) && Py_IsNone(Py_None) && Py_IsTrue(Py_True) && Py_IsFalse(Py_False) && !Py_IsNone(op));
    PyObject *list = Py_BuildValue("[ii]", 1, 2), *iterator = PyObject_GetIter(list), *result = NULL;
    check_int("send", PyIter_Send(iterator, Py_None, &result));
    check_object("sent", result);
    check_int("send_again", PyIter_Send(iterator, Py_None, &result));
    check_object("sent_again", result);
    check_int("send_end", PyIter_Send(iterator, Py_None, &result));
    check_object("sent_end", result);
    check_int("send_value", PyIter_Send(PyObject_GetIter(list), Py_True, &result));
    check_error("send_value_error");
}
#endif

#if PY_VERSION_HEX >= 0x030C0000
static void immortal_since_3_12(void)
{
    Py_Initialize();
    PyObject *all[] = {Py_None, Py_True, Py_False, Py_Ellipsis, Py_NotImplemented, PyLong_FromLong(1), PyTuple_New(0), (PyObject *)&PyList_Type};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Py_ssize_t count = Py_REFCNT(all[i]);
        for (int k = 0; k < 1000; k++)
            Py_DECREF(all[i]);
        check_bool(Py_TYPE(all[i])->tp_name, Py_REFCNT(all[i]) == count);
    }
}
#endif

static int asks(PyObject *self) { return (int)Py_SIZE(self); }
static int no_traverse(PyObject *self, visitproc visit, void *arg) { (void)self, (void)visit, (void)arg; return 0; }
static PyTypeObject asking_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Asking", .tp_basicsize = sizeof(PyVarObject), .tp_itemsize = 1, .tp_is_gc = asks,
    .tp_traverse = no_traverse, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_free = PyObject_GC_Del};

static void is_gc(void)
{
    Py_Initialize();
    PyType_Ready(&asking_type);
    PyObject *yes = PyType_GenericAlloc(&asking_type, 1), *no = PyType_GenericAlloc(&asking_type, 0);
    check_bool("yes", PyObject_IS_GC(yes));
    check_bool("no", PyObject_IS_GC(no));
    check_bool("type", PyType_IS_GC(&asking_type));
    check_bool("static_type", PyObject_IS_GC((PyObject *)&asking_type));
    check_bool("heap_type", PyObject_IS_GC(PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Heap")));
    check_bool("number", PyObject_IS_GC(Py_None));
}

static PyObject *attribute(PyObject *self, char *name) { (void)self; return PyUnicode_FromFormat("<%s>", name); }
static int attribute_set(PyObject *self, char *name, PyObject *value)
{
    (void)self;
    check_text("set", "%s %s", name, value == NULL ? "NULL" : Py_TYPE(value)->tp_name);
    return 0;
}
static PyTypeObject old_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "test.Old", .tp_basicsize = sizeof(PyObject), .tp_getattr = attribute,
                                .tp_setattr = attribute_set, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = PyType_GenericNew};

static void attributes_by_text(void)
{
    Py_Initialize();
    PyType_Ready(&old_type);
    PyObject *op = PyObject_CallNoArgs((PyObject *)&old_type);
    check_object("get", PyObject_GetAttrString(op, "name"));
    check_object("get_other", PyObject_GetAttr(op, utf8("\xc3\xa9")));
    check_int("put", PyObject_SetAttrString(op, "name", Py_True));
    check_int("delete", PyObject_SetAttrString(op, "name", NULL));
    check_object("repr_is_looked_up", PyObject_GetAttrString(op, "__class__"));
}

static const check_case cases[] = {
    {"made", made, NULL}, {"made_debug", made, "PYTHONMALLOC=debug"}, {"references", references, NULL}, {"is_gc", is_gc, NULL},
    {"attributes_by_text", attributes_by_text, NULL},
#if PY_VERSION_HEX >= 0x030A0000
    {"since_3_10", since_3_10, NULL},
#endif
#if PY_VERSION_HEX >= 0x030C0000
    {"immortal_since_3_12", immortal_since_3_12, NULL},
#endif
};
CHECK_MAIN(cases)
