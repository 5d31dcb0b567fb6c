/* exceptions.c: exceptions as objects: arguments, attributes, texts, what led to them, new types of them, errno.
 *
 * Owns: the above. Does not own: the error state and printing (object_errors.c). Read first: check.h, text.h. */
#include "check.h"
#include "text.h"

#include <errno.h>

static PyObject *taken(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
}

/* What the attributes of the exception that is set say. */
static void shown(const char *name, const char *const *attributes)
{
    PyObject *error = taken();
    Py_INCREF(error);
    check_object(name, error);
    check_object(check_join(name, "str"), PyObject_Str(error));
    for (; *attributes != NULL; attributes++)
        check_object(check_join(name, *attributes), PyObject_GetAttrString(error, *attributes));
    Py_DECREF(error);
}

static const char *const common[] = {"args", "__cause__", "__context__", "__suppress_context__", "__traceback__", NULL};

static void arguments(void)
{
    Py_Initialize();
    PyErr_SetNone(PyExc_ValueError);
    shown("none", common);
    PyErr_SetString(PyExc_ValueError, "text");
    shown("text", common);
    PyErr_Format(PyExc_TypeError, "%d of %s is %R", 3, "that", Py_None);
    shown("format", common);
    PyObject *two = Py_BuildValue("(is)", 1, "x");
    PyErr_SetObject(PyExc_RuntimeError, two);
    shown("two", common);
    PyErr_SetObject(PyExc_KeyError, two);
    shown("two_of_key_error", common);
    Py_DECREF(two);
    PyErr_SetString(PyExc_KeyError, "a key");
    shown("key", common);
    PyErr_SetString(PyExc_ValueError, "\xff");
    check_error("bad_text");
    PyErr_SetNone(PyExc_UnicodeDecodeError);
    check_error("without_arguments");
}

static void with_more(void)
{
    static const char *const os_names[] = {"args", "errno", "strerror", "filename", "filename2", NULL}, *const stop_names[] = {"value", NULL},
                            *const exit_names[] = {"code", NULL}, *const import_names[] = {"msg", "name", "path", NULL},
                            *const decode_names[] = {"encoding", "object", "start", "end", "reason", NULL};
    Py_Initialize();
    errno = ENOENT;
    PyErr_SetFromErrno(PyExc_OSError);
    shown("errno", os_names);
    errno = EACCES;
    PyErr_SetFromErrnoWithFilename(PyExc_OSError, "/some/file");
    shown("errno_file", os_names);
    PyObject *first = PyUnicode_FromString("a"), *second = PyUnicode_FromString("b");
    errno = EEXIST;
    PyErr_SetFromErrnoWithFilenameObjects(PyExc_OSError, first, second);
    shown("errno_files", os_names);
    errno = EPIPE;
    PyErr_SetFromErrno(PyExc_ValueError);
    check_error("errno_other_type");
    PyErr_SetString(PyExc_OSError, "only text");
    shown("os_text", os_names);
    PyErr_SetObject(PyExc_StopIteration, first);
    shown("stop", stop_names);
    PyErr_SetNone(PyExc_StopIteration);
    shown("stop_none", stop_names);
    PyErr_SetObject(PyExc_SystemExit, second);
    shown("exit", exit_names);
    PyErr_SetImportError(first, second, NULL);
    shown("import", import_names);
    PyObject *error = PyUnicodeDecodeError_Create("utf-8", "a\xff", 2, 1, 2, "because");
    PyErr_SetObject(PyExc_UnicodeDecodeError, error);
    Py_XDECREF(error);
    shown("decode", decode_names);
    Py_DECREF(first);
    Py_DECREF(second);
}

static void new_types(void)
{
    Py_Initialize();
    PyObject *bases = Py_BuildValue("(OO)", PyExc_ValueError, PyExc_LookupError), *dict = Py_BuildValue("{s:i}", "code", 5);
    PyObject *plain = PyErr_NewException("check.Plain", NULL, NULL), *both = PyErr_NewExceptionWithDoc("check.Both", "Is both.", bases, dict);
    check_object("plain", PyObject_Repr(plain));
    check_object("doc", PyObject_GetAttrString(both, "__doc__"));
    check_object("module", PyObject_GetAttrString(both, "__module__"));
    check_object("code", PyObject_GetAttrString(both, "code"));
    PyErr_SetString(both, "message");
    check_int("matches", PyErr_ExceptionMatches(PyExc_LookupError) + 2 * PyErr_ExceptionMatches(PyExc_ValueError) + 4 * PyErr_ExceptionMatches(plain));
    shown("raised", common);
    PyErr_SetString(plain, "said");
    check_print_raised();
    check_object("no_dot", PyErr_NewException("Plain", NULL, NULL));
    PyErr_SetObject(Py_None, Py_None);
    check_error("no_type");
    Py_DECREF(bases);
    Py_DECREF(dict);
    Py_DECREF(both);
    Py_DECREF(plain);
}

static void led_to(void)
{
    Py_Initialize();
    PyErr_SetString(PyExc_OSError, "first");
    PyObject *first = taken();
    PyErr_SetExcInfo((Py_INCREF(PyExc_OSError), PyExc_OSError), (Py_INCREF(first), first), NULL);
    PyErr_SetString(PyExc_ValueError, "second");
    shown("handled", common);
    PyErr_SetExcInfo(NULL, NULL, NULL);
    PyErr_SetString(PyExc_ValueError, "third");
    PyObject *third = taken();
    Py_INCREF(first);
    PyException_SetCause(third, first);
    check_int("set_bad_context", PyObject_SetAttrString(third, "__context__", Py_True));
    check_error("bad_context");
    check_int("set_args", PyObject_SetAttrString(third, "args", Py_True));
    check_error("bad_args");
    PyErr_SetObject(PyExc_ValueError, third);
    shown("caused", common);
    Py_DECREF(third);
    Py_DECREF(first);
}

static const check_case cases[] = {
    {"arguments", arguments, NULL}, {"with_more", with_more, NULL}, {"new_types", new_types, NULL}, {"led_to", led_to, NULL},
};
CHECK_MAIN(cases)
