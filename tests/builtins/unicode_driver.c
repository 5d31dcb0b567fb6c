/* unicode_driver.c: does with strings what its standard input says, for test_unicode_model.py, which knows what must come out.
 *
 * A line is an operation and its arguments: texts and bytes as `x` and hexadecimal digits (a text as UTF-8, surrogates
 * included), numbers, names, `-` for NULL. An answer is a line: `error TYPE`, a number, or texts in the same form. */
#include <Python.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 8

static struct {
    char *words[ARGUMENTS_MAX];
    PyObject *objects[ARGUMENTS_MAX]; /* those that begin with x, as bytes */
    PyObject *texts[ARGUMENTS_MAX];
    long long numbers[ARGUMENTS_MAX];
} given;

static int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static void argument_read(int index, char *word)
{
    given.words[index] = strcmp(word, "-") == 0 ? NULL : word;
    Py_CLEAR(given.objects[index]);
    Py_CLEAR(given.texts[index]);
    given.numbers[index] = strtoll(word, NULL, 10);
    if (word[0] != 'x')
        return;
    Py_ssize_t count = (Py_ssize_t)strlen(word + 1) / 2;
    given.objects[index] = PyBytes_FromStringAndSize(NULL, count);
    for (Py_ssize_t i = 0; i < count; i++)
        PyBytes_AS_STRING(given.objects[index])[i] = (char)(digit(word[1 + 2 * i]) << 4 | digit(word[2 + 2 * i]));
    given.texts[index] = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(given.objects[index]), count, "surrogatepass");
    PyErr_Clear(); /* bytes that are no text are meant to be decoded */
}

static void bytes_print(PyObject *bytes)
{
    printf(" x");
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(bytes); i++)
        printf("%02x", (unsigned char)PyBytes_AS_STRING(bytes)[i]);
}

static void object_print(PyObject *object)
{
    if (PyBytes_Check(object)) {
        bytes_print(object);
    } else if (PyUnicode_Check(object)) {
        PyObject *bytes = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
        bytes_print(bytes);
        Py_DECREF(bytes);
    } else {
        int is_list = PyList_Check(object);
        Py_ssize_t count = is_list ? PyList_GET_SIZE(object) : PyTuple_GET_SIZE(object);
        for (Py_ssize_t i = 0; i < count; i++)
            object_print(is_list ? PyList_GET_ITEM(object, i) : PyTuple_GET_ITEM(object, i));
    }
}

static void result_print(PyObject *object)
{
    if (object != NULL) {
        object_print(object);
        Py_DECREF(object);
    }
}

static int is(const char *name) { return strcmp(given.words[0], name) == 0; }

/* Operations that give an object. Not 0: it was one of them. */
static int make(void)
{
    PyObject **t = given.texts, *bytes = given.objects[1];
    if (is("decode"))
        result_print(PyUnicode_Decode(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), given.words[2], given.words[3]));
    else if (is("encode"))
        result_print(PyUnicode_AsEncodedString(t[1], given.words[2], given.words[3]));
    else if (is("replace"))
        result_print(PyUnicode_Replace(t[1], t[2], t[3], (Py_ssize_t)given.numbers[4]));
    else if (is("split"))
        result_print(PyUnicode_Split(t[1], t[2], (Py_ssize_t)given.numbers[3]));
    else if (is("rsplit"))
        result_print(PyUnicode_RSplit(t[1], t[2], (Py_ssize_t)given.numbers[3]));
    else if (is("splitlines"))
        result_print(PyUnicode_Splitlines(t[1], (int)given.numbers[2]));
    else if (is("partition"))
        result_print(PyUnicode_Partition(t[1], t[2]));
    else if (is("rpartition"))
        result_print(PyUnicode_RPartition(t[1], t[2]));
    else if (is("join"))
        result_print(PyUnicode_Join(t[1], t[2]));
    else if (is("concat"))
        result_print(PyUnicode_Concat(t[1], t[2]));
    else if (is("repr"))
        result_print(PyObject_Repr(t[1]));
    else if (is("ascii"))
        result_print(PyObject_ASCII(t[1]));
    else if (is("substring"))
        result_print(PyUnicode_Substring(t[1], (Py_ssize_t)given.numbers[2], (Py_ssize_t)given.numbers[3]));
    else
        return 0;
    return 1;
}

/* Operations that give a number. */
static long long count(void)
{
    PyObject **t = given.texts;
    Py_ssize_t start = (Py_ssize_t)given.numbers[3], end = (Py_ssize_t)given.numbers[4];
    if (is("find") || is("rfind"))
        return PyUnicode_Find(t[1], t[2], start, end, is("find") ? 1 : -1);
    if (is("count"))
        return PyUnicode_Count(t[1], t[2], start, end);
    if (is("startswith") || is("endswith"))
        return PyUnicode_Tailmatch(t[1], t[2], start, end, is("startswith") ? -1 : 1);
    if (is("contains"))
        return PyUnicode_Contains(t[1], t[2]);
    if (is("compare"))
        return PyUnicode_Compare(t[1], t[2]);
    if (is("isidentifier"))
        return PyUnicode_IsIdentifier(t[1]);
    if (is("length"))
        return PyUnicode_GetLength(t[1]);
    fprintf(stderr, "no operation is called %s\n", given.words[0]);
    exit(2);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    Py_Initialize();
    while (getline(&line, &room, stdin) > 0) {
        int words = 0;
        for (char *word = strtok(line, " \n"); word != NULL && words < ARGUMENTS_MAX; word = strtok(NULL, " \n"))
            argument_read(words++, word);
        if (!make()) {
            long long number = count();
            if (PyErr_Occurred() == NULL)
                printf(" %lld", number);
        }
        if (PyErr_Occurred() != NULL)
            printf(" error %s", ((PyTypeObject *)PyErr_Occurred())->tp_name);
        PyErr_Clear();
        printf("\n");
    }
    for (int i = 0; i < ARGUMENTS_MAX; i++)
        argument_read(i, (char[]){"-"});
    free(line);
    return ferror(stdin) != 0 || Py_FinalizeEx() < 0;
}
