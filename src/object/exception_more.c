/* exception_more.c: exceptions that have more than their arguments: SystemExit, StopIteration, ImportError, NameError,
 * AttributeError, SyntaxError, and KeyError, whose text is another.
 *
 * Owns: these types. Does not own: errors of the system and of encodings (exception_os.c, exception_unicode.c).
 * Read exception.h first. */
#include "exception.h"

#include <stddef.h>

static PyObject *args_of(PyObject *op) { return ((PyBaseExceptionObject *)op)->args; }

/* Keywords only, each kept in its place. */
static int keywords_read(PyObject *kwds, const char *format, const char *const *names, PyObject **places[3])
{
    PyObject *values[3] = {NULL, NULL, NULL}, *none = object_tuple_new(0);
    if (none == NULL || !object_args_parse_keywords(none, kwds, format, names, &values[0], &values[1], &values[2]))
        return -1;
    for (int i = 0; i < 3 && places[i] != NULL; i++)
        Py_XSETREF(*places[i], Py_XNewRef(values[i]));
    return 0;
}

/* SystemExit: code. -------------------------------------------------------------------------------------------------------- */

#define EXIT_FIELDS(X) X(code)
EXCEPTION_LAYOUT(exit, PySystemExitObject, EXIT_FIELDS)

static int exit_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (exception_init(op, args, kwds) != 0)
        return -1;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (count > 0)
        Py_XSETREF(((PySystemExitObject *)op)->code, Py_NewRef(count == 1 ? PyTuple_GET_ITEM(args, 0) : args));
    return 0;
}

static PyMemberDef exit_members[] = {EXCEPTION_MEMBER("code", PySystemExitObject, code, 0), {NULL, 0, 0, 0, NULL}};
PyTypeObject exception_SystemExit = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(SystemExit, BaseException, PySystemExitObject, exit),
    .tp_members = exit_members,
    .tp_init = exit_init,
};

/* StopIteration: value. ---------------------------------------------------------------------------------------------------- */

#define STOP_FIELDS(X) X(value)
EXCEPTION_LAYOUT(stop, PyStopIterationObject, STOP_FIELDS)

static int stop_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (exception_init(op, args, kwds) != 0)
        return -1;
    PyObject *value = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : Py_None;
    Py_XSETREF(((PyStopIterationObject *)op)->value, Py_NewRef(value));
    return 0;
}

static PyMemberDef stop_members[] = {EXCEPTION_MEMBER("value", PyStopIterationObject, value, 0), {NULL, 0, 0, 0, NULL}};
PyTypeObject exception_StopIteration = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(StopIteration, Exception, PyStopIterationObject, stop),
    .tp_members = stop_members,
    .tp_init = stop_init,
};

/* ImportError: msg, name, path. -------------------------------------------------------------------------------------------- */

#define IMPORT_FIELDS(X) X(msg) X(name) X(path) X(name_from)
EXCEPTION_LAYOUT(import, PyImportErrorObject, IMPORT_FIELDS)

static int import_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static const char *const names[] = {"name", "path", "name_from", NULL};
    PyImportErrorObject *self = (PyImportErrorObject *)op;
    PyObject **places[3] = {&self->name, &self->path, &self->name_from};
    if (exception_init(op, args, NULL) != 0 || keywords_read(kwds, "|$OOO:ImportError", names, places) != 0)
        return -1;
    if (PyTuple_GET_SIZE(args) == 1)
        Py_XSETREF(self->msg, Py_NewRef(PyTuple_GET_ITEM(args, 0)));
    return 0;
}

static PyObject *import_str(PyObject *op)
{
    PyObject *text = ((PyImportErrorObject *)op)->msg;
    return text != NULL && PyUnicode_CheckExact(text) ? Py_NewRef(text) : exception_str(op);
}

static PyMemberDef import_members[] = {
    EXCEPTION_MEMBER("msg", PyImportErrorObject, msg, 0),   EXCEPTION_MEMBER("name", PyImportErrorObject, name, 0),
    EXCEPTION_MEMBER("path", PyImportErrorObject, path, 0), EXCEPTION_MEMBER("name_from", PyImportErrorObject, name_from, 0),
    {NULL, 0, 0, 0, NULL},
};
PyTypeObject exception_ImportError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(ImportError, Exception, PyImportErrorObject, import),
    .tp_str = import_str,
    .tp_members = import_members,
    .tp_init = import_init,
};

/* NameError: name. AttributeError: name, obj. ------------------------------------------------------------------------------- */

#define NAME_FIELDS(X) X(name)
EXCEPTION_LAYOUT(name, PyNameErrorObject, NAME_FIELDS)

static int name_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static const char *const names[] = {"name", NULL};
    PyObject **places[3] = {&((PyNameErrorObject *)op)->name, NULL, NULL};
    if (exception_init(op, args, NULL) != 0)
        return -1;
    return keywords_read(kwds, "|$O:NameError", names, places);
}

static PyMemberDef name_members[] = {EXCEPTION_MEMBER("name", PyNameErrorObject, name, 0), {NULL, 0, 0, 0, NULL}};
PyTypeObject exception_NameError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(NameError, Exception, PyNameErrorObject, name),
    .tp_members = name_members,
    .tp_init = name_init,
};

#define ATTRIBUTE_FIELDS(X) X(obj) X(name)
EXCEPTION_LAYOUT(attribute, PyAttributeErrorObject, ATTRIBUTE_FIELDS)

static int attribute_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    static const char *const names[] = {"name", "obj", NULL};
    PyAttributeErrorObject *self = (PyAttributeErrorObject *)op;
    PyObject **places[3] = {&self->name, &self->obj, NULL};
    if (exception_init(op, args, NULL) != 0)
        return -1;
    return keywords_read(kwds, "|$OO:AttributeError", names, places);
}

static PyMemberDef attribute_members[] = {
    EXCEPTION_MEMBER("name", PyAttributeErrorObject, name, 0),
    EXCEPTION_MEMBER("obj", PyAttributeErrorObject, obj, 0),
    {NULL, 0, 0, 0, NULL},
};
PyTypeObject exception_AttributeError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(AttributeError, Exception, PyAttributeErrorObject, attribute),
    .tp_members = attribute_members,
    .tp_init = attribute_init,
};

/* SyntaxError: a message, and (filename, line, offset, text, end line, end offset). ------------------------------------------- */

#define SYNTAX_FIELDS(X) X(msg) X(filename) X(lineno) X(offset) X(text) X(end_lineno) X(end_offset) X(print_file_and_line)
EXCEPTION_LAYOUT(syntax, PySyntaxErrorObject, SYNTAX_FIELDS)

static int syntax_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (exception_init(op, args, kwds) != 0)
        return -1;
    if (count >= 1)
        Py_XSETREF(self->msg, Py_NewRef(PyTuple_GET_ITEM(args, 0)));
    if (count != 2)
        return 0;
    PyObject *info = object_tuple_from_iterable(PyTuple_GET_ITEM(args, 1)), *values[6] = {NULL};
    if (info == NULL || !object_args_parse(info, "OOOO|OO", &values[0], &values[1], &values[2], &values[3], &values[4], &values[5])) {
        Py_XDECREF(info);
        return -1;
    }
    PyObject **places[] = {&self->filename, &self->lineno, &self->offset, &self->text, &self->end_lineno, &self->end_offset};
    for (size_t i = 0; i < PYMM_COUNT_OF(places); i++)
        Py_XSETREF(*places[i], Py_XNewRef(values[i]));
    Py_DECREF(info);
    if (self->end_lineno == NULL || self->end_offset != NULL)
        return 0;
    object_error_set(PyExc_TypeError, "end_offset must be provided when end_lineno is provided");
    return -1;
}

/* Where it is, as far as that is known. */
static PyObject *syntax_str(PyObject *op)
{
    PySyntaxErrorObject *self = (PySyntaxErrorObject *)op;
    PyObject *message = self->msg == NULL ? Py_None : self->msg, *file = NULL, *text = NULL;
    bool has_line = self->lineno != NULL && PyLong_CheckExact(self->lineno);
    if (self->filename != NULL && PyUnicode_Check(self->filename)) {
        const char *path = object_unicode_utf8(self->filename, NULL);
        if (path == NULL)
            return NULL;
        const char *slash = strrchr(path, '/');
        if ((file = object_unicode_from_utf8(slash == NULL ? path : slash + 1)) == NULL)
            return NULL;
    }
    if (file != NULL && has_line)
        text = object_unicode_from_format("%S (%U, line %S)", message, file, self->lineno);
    else if (file != NULL)
        text = object_unicode_from_format("%S (%U)", message, file);
    else if (has_line)
        text = object_unicode_from_format("%S (line %S)", message, self->lineno);
    else
        text = object_str(message);
    Py_XDECREF(file);
    return text;
}

static PyMemberDef syntax_members[] = {
    EXCEPTION_MEMBER("msg", PySyntaxErrorObject, msg, 0),
    EXCEPTION_MEMBER("filename", PySyntaxErrorObject, filename, 0),
    EXCEPTION_MEMBER("lineno", PySyntaxErrorObject, lineno, 0),
    EXCEPTION_MEMBER("offset", PySyntaxErrorObject, offset, 0),
    EXCEPTION_MEMBER("text", PySyntaxErrorObject, text, 0),
    EXCEPTION_MEMBER("end_lineno", PySyntaxErrorObject, end_lineno, 0),
    EXCEPTION_MEMBER("end_offset", PySyntaxErrorObject, end_offset, 0),
    EXCEPTION_MEMBER("print_file_and_line", PySyntaxErrorObject, print_file_and_line, 0),
    {NULL, 0, 0, 0, NULL},
};
PyTypeObject exception_SyntaxError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(SyntaxError, Exception, PySyntaxErrorObject, syntax),
    .tp_str = syntax_str,
    .tp_members = syntax_members,
    .tp_init = syntax_init,
};

/* KeyError: its text is the key as it would be written, so that an empty one is seen. --------------------------------------- */

static PyObject *key_str(PyObject *op)
{
    PyObject *args = args_of(op);
    return args != NULL && PyTuple_GET_SIZE(args) == 1 ? object_repr(PyTuple_GET_ITEM(args, 0)) : exception_str(op);
}

PyTypeObject exception_KeyError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "KeyError",
    .tp_str = key_str,
    .tp_flags = EXCEPTION_FLAGS_PLAIN,
    .tp_base = &exception_LookupError,
};
