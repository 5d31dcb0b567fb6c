/* calculator.c: a program that works out what test_arithmetic.py asks, with the numbers of libpymm.
 *
 * A line is a name and up to three operands: numbers as i<sign><hexadecimal digits> or f<a double as C's %a>. The answer is a
 * line of the same form, with an exception as its type's name. Read first: test_arithmetic.py. */
#include <Python.h>

#define LINE_MAX_BYTES 200000

static int digit_of(char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; }

/* i<sign>hex: from its bytes. */
static PyObject *int_read(const char *text)
{
    size_t count = strlen(text + 2);
    unsigned char *bytes = calloc(1, count / 2 + 2);
    for (size_t i = 0; i < count; i++)
        bytes[i / 2] |= (unsigned char)(digit_of(text[2 + count - 1 - i]) << 4 * (i % 2));
    PyObject *number = PyLong_FromUnsignedNativeBytes(bytes, count / 2 + 1, Py_ASNATIVEBYTES_LITTLE_ENDIAN);
    free(bytes);
    if (text[1] == '-')
        Py_SETREF(number, PyNumber_Negative(number));
    return number;
}

static void write(PyObject *value)
{
    if (value == NULL) {
        printf(" %s", ((PyTypeObject *)PyErr_Occurred())->tp_name);
        PyErr_Clear();
    } else if (PyBool_Check(value)) {
        printf(" %s", value == Py_True ? "True" : "False");
    } else if (PyFloat_Check(value)) {
        printf(" f%a", PyFloat_AsDouble(value));
    } else if (PyTuple_Check(value)) {
        write(PyTuple_GET_ITEM(value, 0));
        write(PyTuple_GET_ITEM(value, 1));
    } else {
        PyObject *magnitude = PyNumber_Absolute(value);
        size_t count = _PyLong_NumBits(value) / 8 + 1;
        unsigned char *bytes = malloc(count);
        PyLong_AsNativeBytes(magnitude, bytes, (Py_ssize_t)count, Py_ASNATIVEBYTES_BIG_ENDIAN);
        printf(" i%c", _PyLong_Sign(value) < 0 ? '-' : '+');
        for (size_t i = 0; i < count; i++)
            printf("%02x", bytes[i]);
        free(bytes);
        Py_DECREF(magnitude);
    }
}

static PyObject *power(PyObject *a, PyObject *b) { return PyNumber_Power(a, b, Py_None); }
static PyObject *less(PyObject *a, PyObject *b) { return PyObject_RichCompare(a, b, Py_LT); }
static PyObject *equal(PyObject *a, PyObject *b) { return PyObject_RichCompare(a, b, Py_EQ); }
static PyObject *hash(PyObject *a) { return PyLong_FromSsize_t(PyObject_Hash(a)); }

static const struct {
    const char *name;
    PyObject *(*two)(PyObject *, PyObject *);
    PyObject *(*one)(PyObject *);
} operations[] = {
    {"add", PyNumber_Add, NULL},         {"sub", PyNumber_Subtract, NULL},       {"mul", PyNumber_Multiply, NULL},
    {"floordiv", PyNumber_FloorDivide, NULL}, {"mod", PyNumber_Remainder, NULL}, {"divmod", PyNumber_Divmod, NULL},
    {"truediv", PyNumber_TrueDivide, NULL},   {"pow", power, NULL},              {"lshift", PyNumber_Lshift, NULL},
    {"rshift", PyNumber_Rshift, NULL},   {"and_", PyNumber_And, NULL},           {"or_", PyNumber_Or, NULL},
    {"xor", PyNumber_Xor, NULL},         {"lt", less, NULL},                     {"eq", equal, NULL},
    {"neg", NULL, PyNumber_Negative},    {"pos", NULL, PyNumber_Positive},       {"abs", NULL, PyNumber_Absolute},
    {"invert", NULL, PyNumber_Invert},   {"hash", NULL, hash},                   {"int", NULL, PyNumber_Long},
    {"float", NULL, PyNumber_Float},
};

static PyObject *operate(const char *name, PyObject *a, PyObject *b, PyObject *c)
{
    if (c != NULL)
        return PyNumber_Power(a, b, c);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, name) == 0)
            return b == NULL ? operations[i].one(a) : operations[i].two(a, b);
    fprintf(stderr, "calculator: no operation %s\n", name);
    exit(2);
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    Py_Initialize();
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *name = strtok(line, " \n"), *word;
        PyObject *operands[3] = {NULL, NULL, NULL};
        for (int i = 0; i < 3 && (word = strtok(NULL, " \n")) != NULL; i++)
            operands[i] = word[0] == 'f' ? PyFloat_FromDouble(strtod(word + 1, NULL)) : int_read(word);
        PyObject *result = operate(name, operands[0], operands[1], operands[2]);
        write(result);
        printf("\n");
        Py_XDECREF(result);
        for (int i = 0; i < 3; i++)
            Py_XDECREF(operands[i]);
    }
    return Py_FinalizeEx() == 0 ? 0 : 1;
}
