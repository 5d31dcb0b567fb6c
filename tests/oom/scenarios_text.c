/* scenarios_text.c: strings without memory: made, decoded, put together, split, formatted, shown, interned.
 *
 * Each step starts from strings that there was memory for, and gives a string or a MemoryError. Read driver.h first. */
#include "driver.h"

/* Lets go of it. NULL: there is a MemoryError. */
static void done(PyObject *made)
{
    OOM_REQUIRE(made != NULL || PyErr_ExceptionMatches(PyExc_MemoryError));
    OOM_REQUIRE(made == NULL || PyErr_Occurred() == NULL);
    PyErr_Clear();
    Py_XDECREF(made);
}

/* A string of four bytes a character that is far too long for what a string in the making has in the caller's frame. */
static PyObject *long_text(void)
{
    PyObject *part = PyUnicode_FromString("some text, \xce\xb1 and \xf0\x9f\x98\x80; ");
    PyObject *text = part == NULL ? NULL : PyUnicode_Type.tp_as_sequence->sq_repeat(part, 8);
    if (text == NULL)
        PyErr_Clear();
    Py_XDECREF(part);
    return text;
}

static void made(void)
{
    if (!oom_is_alive())
        return;
    done(PyUnicode_FromString("ascii"));
    done(PyUnicode_FromOrdinal(0x20ac));
    done(PyUnicode_FromWideChar(L"wide \u20ac", -1));
    done(PyUnicode_DecodeUTF8("faulty \xff \xce\xb1 \xf0\x9f\x98", 14, "backslashreplace"));
    done(PyUnicode_DecodeASCII("faulty \xff", 8, "surrogateescape"));
    done(PyUnicode_FromFormat("%s %d %R %-300s|", "text", 5, Py_None, "padded \xce\xb1"));
    PyObject *format = PyUnicode_FromString("%d %s %.3e|%60s"), *number = PyLong_FromLong(-7), *real = PyFloat_FromDouble(1.5);
    PyObject *args = format == NULL || number == NULL || real == NULL ? NULL : PyTuple_Pack(4, number, format, real, real);
    if (args != NULL)
        done(PyUnicode_Format(format, args));
    PyErr_Clear();
    Py_XDECREF(args);
    Py_XDECREF(real);
    Py_XDECREF(number);
    Py_XDECREF(format);
    PyObject *growing = PyUnicode_FromString("begin"), *more = PyUnicode_FromString(" \xce\xb1");
    for (int i = 0; growing != NULL && more != NULL && i < 20; i++)
        PyUnicode_Append(&growing, more);
    PyErr_Clear();
    Py_XDECREF(growing);
    Py_XDECREF(more);
    Py_FinalizeEx();
}

static void taken_apart(void)
{
    PyObject *text = oom_is_alive() ? long_text() : NULL;
    if (text == NULL)
        return;
    PyObject *space = PyUnicode_FromOrdinal(' '), *comma = PyUnicode_FromOrdinal(',');
    PyObject *list = PyUnicode_Split(text, NULL, -1);
    if (list != NULL)
        done(PyUnicode_Join(comma, list));
    done(list);
    done(PyUnicode_RSplit(text, comma, -1));
    done(PyUnicode_Splitlines(text, 1));
    done(PyUnicode_Partition(text, comma));
    done(PyUnicode_Replace(text, space, comma, -1));
    done(PyUnicode_Substring(text, 1, 90));
    done(PyObject_Repr(text));
    done(PyObject_ASCII(text));
    PyObject *iterator = PyObject_GetIter(text), *character;
    while (iterator != NULL && (character = PyIter_Next(iterator)) != NULL)
        Py_DECREF(character);
    OOM_REQUIRE(PyErr_Occurred() == NULL || PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    Py_XDECREF(iterator);
    Py_DECREF(text);
    Py_FinalizeEx();
}

static void given_out(void)
{
    PyObject *text = oom_is_alive() ? long_text() : NULL;
    if (text == NULL)
        return;
    done(PyUnicode_AsUTF8String(text));
    done(PyUnicode_AsEncodedString(text, "ascii", "xmlcharrefreplace"));
    OOM_REQUIRE(PyUnicode_AsUTF8(text) != NULL || PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    Py_UCS4 *all = PyUnicode_AsUCS4Copy(text);
    wchar_t *wide = PyUnicode_AsWideCharString(text, NULL);
    PyErr_Clear();
    PyMem_Free(all);
    PyMem_Free(wide);
    PyObject *names[40];
    for (int i = 0; i < 40; i++) {
        names[i] = PyUnicode_FromFormat("a name %d", i);
        PyUnicode_InternInPlace(&names[i]);
        OOM_REQUIRE(names[i] != NULL || PyErr_ExceptionMatches(PyExc_MemoryError));
        PyErr_Clear();
    }
    for (int i = 0; i < 40; i++)
        Py_XDECREF(names[i]);
    PyObject *loop = PyTuple_New(1);
    if (loop != NULL) {
        Py_INCREF(loop);
        PyTuple_SET_ITEM(loop, 0, loop);
        done(PyObject_Repr(loop));
        PyTuple_SET_ITEM(loop, 0, Py_None);
        Py_DECREF(loop);
    }
    PyErr_Clear();
    Py_XDECREF(loop);
    Py_DECREF(text);
    Py_FinalizeEx();
}

const oom_scenario oom_text_scenarios[] = {
    {"text_made", made, 1, 1, 0}, {"text_taken_apart", taken_apart, 1, 1, 0}, {"text_given_out", given_out, 1, 1, 0}, {NULL, NULL, 0, 0, 0},
};
