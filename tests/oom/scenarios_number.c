/* scenarios_number.c: numbers and bytes without memory: every result is right, or there is a MemoryError. Read driver.h first. */
#include "driver.h"

/* A result that may be missing for one reason alone. */
static PyObject *made(PyObject *result)
{
    OOM_REQUIRE((result == NULL) == (PyErr_Occurred() != NULL));
    if (result == NULL) {
        OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_MemoryError));
        PyErr_Clear();
    }
    return result;
}

static void require_equal(PyObject *a, PyObject *b)
{
    if (a != NULL && b != NULL) {
        int is_equal = PyObject_RichCompareBool(a, b, Py_EQ);
        OOM_REQUIRE(is_equal == 1 || PyErr_Occurred() != NULL);
        PyErr_Clear();
    }
    Py_XDECREF(a);
    Py_XDECREF(b);
}

/* What takes objects may be given what was not made: then it is not called. */
static PyObject *with(PyObject *(*operation)(PyObject *, PyObject *), PyObject *a, PyObject *b)
{
    return a == NULL || b == NULL ? NULL : made(operation(a, b));
}

static PyObject *power(PyObject *a, PyObject *b) { return PyNumber_Power(a, b, Py_None); }

static void count_with(PyObject *large, PyObject *small)
{
    PyObject *square = with(PyNumber_Multiply, large, large), *pair = with(PyNumber_Divmod, square, small);
    PyObject *back = pair == NULL ? NULL : with(PyNumber_Multiply, PyTuple_GET_ITEM(pair, 0), small);
    require_equal(with(PyNumber_FloorDivide, square, large), Py_XNewRef(large));
    require_equal(pair == NULL ? NULL : with(PyNumber_Add, back, PyTuple_GET_ITEM(pair, 1)), Py_XNewRef(square));
    require_equal(with(PyNumber_Subtract, square, square), PyLong_FromLong(0));
    require_equal(with(PyNumber_Xor, square, square), PyLong_FromLong(0));
    require_equal(with(PyNumber_TrueDivide, square, square), made(PyFloat_FromDouble(1.0)));
    require_equal(square == NULL ? NULL : made(PyNumber_Power(square, PyLong_FromLong(-1), small)),
                  square == NULL ? NULL : made(PyNumber_Power(square, PyLong_FromLong(-1), small)));
    Py_XDECREF(square);
    Py_XDECREF(pair);
    Py_XDECREF(back);
}

static void arithmetic(void)
{
    if (!oom_is_alive())
        return;
    PyObject *three = PyLong_FromLong(3), *exponent = made(PyLong_FromLong(2000)), *small = made(PyLong_FromLong(1024));
    PyObject *large = with(power, three, exponent);
    if (large != NULL && small != NULL)
        count_with(large, small);
    require_equal(large == NULL ? NULL : made(PyNumber_Invert(large)), large == NULL ? NULL : made(PyNumber_Invert(large)));
    Py_XDECREF(exponent);
    Py_XDECREF(small);
    Py_XDECREF(large);
    Py_FinalizeEx();
}

static void bytes(void)
{
    if (!oom_is_alive())
        return;
    PyObject *made_bytes = made(PyBytes_FromString("some text of bytes"));
    if (made_bytes != NULL && _PyBytes_Resize(&made_bytes, 1000) < 0) {
        OOM_REQUIRE(made_bytes == NULL);
        made(NULL);
    }
    PyObject *sum = made(PyBytes_FromFormat("%s and %d", "text that is longer than at first", 12));
    PyObject *repeated = sum == NULL ? NULL : made(PyNumber_Multiply(sum, PyLong_FromLong(3)));
    PyObject *back = repeated == NULL ? NULL : made(PyBytes_FromObject(repeated)), *items = made(PyTuple_Pack(1, PyLong_FromLong(7)));
    if (back != NULL && sum != NULL) {
        PyBytes_Concat(&back, sum);
        made(back);
    }
    Py_XDECREF(sum == NULL ? NULL : made(PyObject_Repr(sum)));
    Py_XDECREF(items == NULL ? NULL : made(PyBytes_FromObject(items)));
    Py_XDECREF(sum);
    Py_XDECREF(repeated);
    Py_XDECREF(back);
    Py_XDECREF(items);
    Py_XDECREF(made_bytes);
    Py_FinalizeEx();
}

static void texts(void)
{
    if (!oom_is_alive())
        return;
    PyObject *number = made(PyLong_FromString("123456789012345678901234567890", NULL, 10)), *text, *value;
    require_equal(Py_XNewRef(number), (text = number == NULL ? NULL : made(PyObject_Repr(number))) == NULL ? NULL
                                                                                                : made(PyNumber_Long(text)));
    Py_XDECREF(text);
    text = number == NULL ? NULL : made(PyNumber_ToBase(number, 16));
    require_equal(Py_XNewRef(number), text == NULL ? NULL : made(PyLong_FromUnicodeObject(text, 16)));
    Py_XDECREF(text);
    value = made(PyFloat_FromDouble(0.1));
    text = value == NULL ? NULL : made(PyObject_Repr(value));
    require_equal(value, text == NULL ? NULL : made(PyNumber_Float(text)));
    Py_XDECREF(text);
    char *shown = PyOS_double_to_string(1e300, 'f', 3, 0, NULL);
    if (shown == NULL)
        made(NULL);
    PyMem_Free(shown);
    OOM_REQUIRE(PyLong_FromString("no number", NULL, 10) == NULL);
    OOM_REQUIRE(PyErr_ExceptionMatches(PyExc_ValueError) || PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    Py_XDECREF(number);
    Py_FinalizeEx();
}

const oom_scenario oom_number_scenarios[] = {{"arithmetic", arithmetic, 1, 1, 0}, {"bytes", bytes, 1, 1, 0}, {"texts", texts, 1, 1, 0},
                                             {NULL, NULL, 0, 0, 0}};
