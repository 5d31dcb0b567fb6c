/* calculator.c: a program that works out what test_arithmetic.py asks, with the numbers of libpymm.
 *
 * A line is a name and up to three operands: numbers as i<sign><hexadecimal digits> or f<a double as C's %a>, bytes and texts as
 * b or s<hexadecimal digits>, a text in UTF-8. The answer is a line of the same form, with an exception as its type's name.
 * Read first: test_arithmetic.py. */
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

/* b<hex>, s<hex> */
static PyObject *text_read(const char *text)
{
    size_t count = strlen(text + 1) / 2;
    char *bytes = malloc(count + 1);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (char)(digit_of(text[1 + 2 * i]) << 4 | digit_of(text[2 + 2 * i]));
    PyObject *made = text[0] == 'b' ? PyBytes_FromStringAndSize(bytes, (Py_ssize_t)count)
                                    : PyUnicode_FromStringAndSize(bytes, (Py_ssize_t)count);
    free(bytes);
    return made;
}

static PyObject *operand_read(const char *word)
{
    return word[0] == 'f' ? PyFloat_FromDouble(strtod(word + 1, NULL)) : word[0] == 'i' ? int_read(word) : text_read(word);
}

static void write_bytes(char kind, const unsigned char *bytes, Py_ssize_t count)
{
    printf(" %c", kind);
    for (Py_ssize_t i = 0; i < count; i++)
        printf("%02x", bytes[i]);
}

static void put(PyObject *value)
{
    if (value == NULL) {
        printf(" %s", ((PyTypeObject *)PyErr_Occurred())->tp_name);
        PyErr_Clear();
    } else if (PyBool_Check(value)) {
        printf(" %s", value == Py_True ? "True" : "False");
    } else if (PyFloat_Check(value)) {
        printf(" f%a", PyFloat_AsDouble(value));
    } else if (PyBytes_Check(value)) {
        write_bytes('b', (unsigned char *)PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value));
    } else if (PyUnicode_Check(value)) {
        Py_ssize_t count;
        const char *utf8 = PyUnicode_AsUTF8AndSize(value, &count);
        write_bytes('s', (const unsigned char *)utf8, count);
    } else if (PyTuple_Check(value)) {
        put(PyTuple_GET_ITEM(value, 0));
        put(PyTuple_GET_ITEM(value, 1));
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
static PyObject *to_base(PyObject *a, PyObject *b) { return PyNumber_ToBase(a, PyLong_AsInt(b)); }

/* int(text, base) */
static PyObject *int_of(PyObject *text, PyObject *base)
{
    PyObject *arguments = PyTuple_Pack(2, text, base), *made = PyLong_Type.tp_new(&PyLong_Type, arguments, NULL);
    Py_DECREF(arguments);
    return made;
}

/* A double as C's formats: the precision is in an int, and the letter and the flags. */
static PyObject *format(PyObject *value, PyObject *how)
{
    long code = PyLong_AsLong(how);
    char *text = PyOS_double_to_string(PyFloat_AsDouble(value), (char)(code & 0xff), (int)(code >> 16), (int)(code >> 8 & 0xff), NULL);
    PyObject *made = text == NULL ? NULL : PyUnicode_FromString(text);
    PyMem_Free(text);
    return made;
}

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
    {"float", NULL, PyNumber_Float},     {"repr", NULL, PyObject_Repr},          {"str", NULL, PyObject_Str},
    {"to_base", to_base, NULL},          {"int_of", int_of, NULL},               {"format", format, NULL},
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
            operands[i] = operand_read(word);
        PyObject *result = operate(name, operands[0], operands[1], operands[2]);
        put(result);
        printf("\n");
        Py_XDECREF(result);
        for (int i = 0; i < 3; i++)
            Py_XDECREF(operands[i]);
    }
    return Py_FinalizeEx() == 0 ? 0 : 1;
}
