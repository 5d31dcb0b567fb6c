/* object_proxies.c: every operation on a number reaches the object behind a weak proxy, on either side, and leaves no reference.
 *
 * Owns: the above. Does not own: what else is asked of a proxy (object_more.c). Read check.h first. */
#include "text.h"

typedef struct thing {
    PyObject_HEAD
    PyObject *weak;
} thing;

static PyTypeObject thing_type;
static const char *called_name = "nothing";
static int is_thing(PyObject *op) { return Py_TYPE(op) == &thing_type; }

/* The slot, and which of the operands are things and no proxies. */
static PyObject *called(const char *name, PyObject *a, PyObject *b)
{
    called_name = name;
    return PyUnicode_FromFormat("%s %d %d", name, is_thing(a), b != NULL && is_thing(b));
}

#define BINARY(name) static PyObject *thing_##name(PyObject *a, PyObject *b) { return called(#name, a, b); }
#define UNARY(name) static PyObject *thing_##name(PyObject *a) { return called(#name, a, NULL); }
#define POWER(name) static PyObject *thing_##name(PyObject *a, PyObject *b, PyObject *m) { (void)m; return called(#name, a, b); }
#define BINARIES(X)                                                                                                    \
    X(add) X(subtract) X(multiply) X(floor_divide) X(true_divide) X(remainder) X(lshift) X(rshift) X(and) X(xor) X(or) X(matrix_multiply)
#define INPLACE(name) BINARY(inplace_##name)
#define UNARIES(X) X(negative) X(positive) X(absolute) X(invert)
BINARIES(BINARY)
BINARIES(INPLACE)
UNARIES(UNARY)
BINARY(divmod)
POWER(power)
POWER(inplace_power)

static int thing_bool(PyObject *self) { return !is_thing(self); }
static PyObject *thing_int(PyObject *self) { return PyLong_FromLong(40 + is_thing(self)); }
static PyObject *thing_float(PyObject *self) { return PyFloat_FromDouble(0.5 + is_thing(self)); }

#define SLOT(name) .nb_##name = thing_##name,
#define INPLACE_SLOT(name) .nb_inplace_##name = thing_inplace_##name,
static PyNumberMethods thing_as_number = {BINARIES(SLOT) BINARIES(INPLACE_SLOT) UNARIES(SLOT) .nb_divmod = thing_divmod,
    .nb_power = thing_power, .nb_inplace_power = thing_inplace_power, .nb_bool = thing_bool, .nb_int = thing_int,
    .nb_float = thing_float, .nb_index = thing_int};

static int thing_set_item(PyObject *self, PyObject *key, PyObject *value)
{
    called_name = value == NULL ? "delete" : "set";
    check_text("item", "%s %d %d", called_name, is_thing(self), is_thing(key));
    return 0;
}
static Py_ssize_t thing_length(PyObject *self) { return 7 + is_thing(self); }
static PyObject *thing_item(PyObject *self, PyObject *key) { return called("item", self, key); }
static PyMappingMethods thing_as_mapping = {thing_length, thing_item, thing_set_item};
static PyObject *thing_call(PyObject *self, PyObject *args, PyObject *names) { (void)names; return called("call", self, args); }

static PyTypeObject thing_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "check.Thing", .tp_basicsize = sizeof(thing), .tp_as_number = &thing_as_number,
    .tp_as_mapping = &thing_as_mapping, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_weaklistoffset = offsetof(thing, weak), .tp_call = thing_call};

static void show(const char *name, PyObject *result)
{
    if (result == NULL)
        check_error(name);
    else
        check_text(name, "%s", PyUnicode_AsUTF8(result));
    Py_XDECREF(result);
}

static void each(void)
{
    Py_Initialize();
    if (PyType_Ready(&thing_type) != 0)
        exit(3);
    PyObject *object = PyType_GenericAlloc(&thing_type, 0), *proxy = PyWeakref_NewProxy(object, Py_None);
    Py_ssize_t objects = Py_REFCNT(object), proxies = Py_REFCNT(proxy);
    static PyObject *(*const two[])(PyObject *, PyObject *) = {
        PyNumber_Add, PyNumber_Subtract, PyNumber_Multiply, PyNumber_FloorDivide, PyNumber_TrueDivide, PyNumber_Remainder, PyNumber_Lshift,
        PyNumber_Rshift, PyNumber_And, PyNumber_Xor, PyNumber_Or, PyNumber_Divmod, PyNumber_InPlaceAdd,
        PyNumber_InPlaceSubtract, PyNumber_InPlaceMultiply, PyNumber_InPlaceFloorDivide, PyNumber_InPlaceTrueDivide,
        PyNumber_InPlaceRemainder, PyNumber_InPlaceLshift, PyNumber_InPlaceRshift, PyNumber_InPlaceAnd, PyNumber_InPlaceXor,
        PyNumber_InPlaceOr, PyObject_GetItem};
    for (size_t i = 0; i < sizeof two / sizeof *two; i++) {
        show("left", two[i](proxy, Py_None));
        show("both", two[i](proxy, proxy));
        if (two[i] != (PyObject * (*)(PyObject *, PyObject *)) PyObject_GetItem)
            show("right", two[i](Py_None, proxy));
    }
    show("power", PyNumber_Power(proxy, Py_None, Py_None));
    show("power_right", PyNumber_Power(Py_None, proxy, Py_None));
    show("inplace_power", PyNumber_InPlacePower(proxy, proxy, Py_None));
    show("negative", PyNumber_Negative(proxy));
    show("positive", PyNumber_Positive(proxy));
    show("absolute", PyNumber_Absolute(proxy));
    show("invert", PyNumber_Invert(proxy));
    check_int("truth", PyObject_IsTrue(proxy));
    check_int("long", PyNumber_AsSsize_t(proxy, NULL));
    check_text("float", "%.1f", PyFloat_AsDouble(proxy));
    check_int("set", PyObject_SetItem(proxy, Py_None, Py_None));
    check_int("delete", PyObject_DelItem(proxy, Py_None));
    check_int("length", PyObject_Size(proxy));
    show("call", PyObject_CallObject(proxy, NULL));
    check_text("references", "%d %d", (int)(Py_REFCNT(object) - objects), (int)(Py_REFCNT(proxy) - proxies));
}

#if PY_VERSION_HEX >= 0x03080000
static void matrices_since_3_8(void)
{
    Py_Initialize();
    if (PyType_Ready(&thing_type) != 0)
        exit(3);
    PyObject *object = PyType_GenericAlloc(&thing_type, 0), *proxy = PyWeakref_NewProxy(object, Py_None);
    show("left", PyNumber_MatrixMultiply(proxy, Py_None));
    show("right", PyNumber_MatrixMultiply(Py_None, proxy));
    show("inplace", PyNumber_InPlaceMatrixMultiply(proxy, proxy));
    check_bool("alive", is_thing(object));
}
#endif

static const check_case cases[] = {
    {"each", each, NULL},
#if PY_VERSION_HEX >= 0x03080000
    {"matrices_since_3_8", matrices_since_3_8, NULL},
#endif
};
CHECK_MAIN(cases)
