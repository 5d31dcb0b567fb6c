/* exception_os.c: OSError: a number, its text, and the files it is about.
 *
 * Owns: which derived type a number means, and reading (errno, text, file, None, file). Does not own: setting one from errno
 * (error_system.c). Read exception.h first. */
#include "exception.h"

#include <errno.h>
#include <stddef.h>

#define SELF(op) ((PyOSErrorObject *)(op))

#define OS_FIELDS(X) X(myerrno) X(strerror) X(filename) X(filename2)
EXCEPTION_LAYOUT(os, PyOSErrorObject, OS_FIELDS)

static PyTypeObject *type_for(long number)
{
    static const struct {
        int number;
        PyObject **type;
    } types[] = {
        {EAGAIN, &PyExc_BlockingIOError},        {EALREADY, &PyExc_BlockingIOError},         {EINPROGRESS, &PyExc_BlockingIOError},
        {EWOULDBLOCK, &PyExc_BlockingIOError},   {EPIPE, &PyExc_BrokenPipeError},            {ECHILD, &PyExc_ChildProcessError},
#ifdef ESHUTDOWN
        {ESHUTDOWN, &PyExc_BrokenPipeError},
#endif
        {ECONNABORTED, &PyExc_ConnectionAbortedError}, {ECONNREFUSED, &PyExc_ConnectionRefusedError},
        {ECONNRESET, &PyExc_ConnectionResetError}, {EEXIST, &PyExc_FileExistsError},         {ENOENT, &PyExc_FileNotFoundError},
        {EISDIR, &PyExc_IsADirectoryError},      {ENOTDIR, &PyExc_NotADirectoryError},       {EINTR, &PyExc_InterruptedError},
        {EACCES, &PyExc_PermissionError},        {EPERM, &PyExc_PermissionError},            {ESRCH, &PyExc_ProcessLookupError},
        {ETIMEDOUT, &PyExc_TimeoutError},
    };
    for (size_t i = 0; i < PYMM_COUNT_OF(types); i++)
        if (types[i].number == number)
            return (PyTypeObject *)*types[i].type;
    return NULL;
}

/* What two to five arguments are. Borrowed. */
typedef struct os_arguments {
    PyObject *number, *text, *file, *windows_number, *file2;
} os_arguments;

static void arguments_read(PyObject *args, os_arguments *read)
{
    PyObject **places[] = {&read->number, &read->text, &read->file, &read->windows_number, &read->file2};
    *read = (os_arguments){NULL, NULL, NULL, NULL, NULL};
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    for (Py_ssize_t i = 0; count >= 2 && count <= 5 && i < count; i++)
        *places[i] = PyTuple_GET_ITEM(args, i);
}

/* 0, or -1. The file is not among the args: they are what older programs unpack into two. */
static int fields_set(PyOSErrorObject *self, PyObject *args, const os_arguments *given)
{
    bool has_file = given->file != NULL && given->file != Py_None;
    PyObject *kept = has_file ? object_tuple_slice(args, 0, 2) : Py_NewRef(args);
    if (kept == NULL)
        return -1;
    if (has_file) {
        if (Py_TYPE(self) == (PyTypeObject *)PyExc_BlockingIOError && PyLong_Check(given->file)) {
            self->written = object_int_as_ssize(given->file);
        } else {
            Py_XSETREF(self->filename, Py_NewRef(given->file));
            if (given->file2 != NULL && given->file2 != Py_None)
                Py_XSETREF(self->filename2, Py_NewRef(given->file2));
        }
    }
    Py_XSETREF(self->myerrno, Py_XNewRef(given->number));
    Py_XSETREF(self->strerror, Py_XNewRef(given->text));
    Py_XSETREF(self->args, kept);
    return self->written == -1 && object_error_occurred() != NULL ? -1 : 0;
}

/* A type that has a tp_init of its own and not a tp_new may have other arguments than these: then tp_init reads them. */
static bool is_read_by_init(const PyTypeObject *type)
{
    return type->tp_init != exception_OSError.tp_init && type->tp_new == exception_OSError.tp_new;
}

static PyObject *os_new(PyTypeObject *type, PyObject *args, PyObject *kwds)
{
    os_arguments given = {NULL, NULL, NULL, NULL, NULL};
    bool is_later = is_read_by_init(type);
    if (!is_later) {
        if (kwds != NULL && object_dict_size(kwds) != 0)
            return object_error_format(PyExc_TypeError, "%.200s() takes no keyword arguments", type->tp_name);
        arguments_read(args, &given);
        if (type == (PyTypeObject *)PyExc_OSError && given.number != NULL && PyLong_Check(given.number)) {
            int64_t number;
            PyTypeObject *derived = object_int_read(given.number, &number) == 0 ? type_for((long)number) : NULL;
            type = derived != NULL ? derived : type;
        }
    }
    PyOSErrorObject *self = (PyOSErrorObject *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->written = -1;
    if (is_later)
        self->args = object_tuple_new(0);
    else if (fields_set(self, args, &given) != 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int os_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    if (!is_read_by_init(Py_TYPE(op)))
        return 0;
    if (kwds != NULL && object_dict_size(kwds) != 0) {
        object_error_format(PyExc_TypeError, "%.200s() takes no keyword arguments", Py_TYPE(op)->tp_name);
        return -1;
    }
    os_arguments given;
    arguments_read(args, &given);
    return fields_set(SELF(op), args, &given);
}

static PyObject *os_str(PyObject *op)
{
    PyOSErrorObject *self = SELF(op);
    PyObject *number = self->myerrno == NULL ? Py_None : self->myerrno, *text = self->strerror == NULL ? Py_None : self->strerror;
    if (self->filename != NULL && self->filename2 != NULL)
        return object_unicode_from_format("[Errno %S] %S: %R -> %R", number, text, self->filename, self->filename2);
    if (self->filename != NULL)
        return object_unicode_from_format("[Errno %S] %S: %R", number, text, self->filename);
    if (self->myerrno != NULL && self->strerror != NULL)
        return object_unicode_from_format("[Errno %S] %S", number, text);
    return exception_str(op);
}

static PyObject *written_get(PyObject *op, void *context)
{
    (void)context;
    if (SELF(op)->written == -1)
        return object_error_set(PyExc_AttributeError, "characters_written");
    return object_int_from_int64(SELF(op)->written);
}

static int written_set(PyObject *op, PyObject *value, void *context)
{
    (void)context;
    if (value == NULL && SELF(op)->written == -1) {
        object_error_set(PyExc_AttributeError, "characters_written");
        return -1;
    }
    Py_ssize_t written = value == NULL ? -1 : object_number_as_ssize(value, PyExc_ValueError);
    if (written == -1 && object_error_occurred() != NULL)
        return -1;
    SELF(op)->written = written;
    return 0;
}

static PyMemberDef os_members[] = {
    EXCEPTION_MEMBER("errno", PyOSErrorObject, myerrno, 0),
    EXCEPTION_MEMBER("strerror", PyOSErrorObject, strerror, 0),
    EXCEPTION_MEMBER("filename", PyOSErrorObject, filename, 0),
    EXCEPTION_MEMBER("filename2", PyOSErrorObject, filename2, 0),
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef os_attributes[] = {
    {"characters_written", written_get, written_set, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject exception_OSError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "OSError",
    .tp_basicsize = sizeof(PyOSErrorObject),
    .tp_dealloc = os_dealloc,
    .tp_str = os_str,
    .tp_flags = EXCEPTION_FLAGS,
    .tp_traverse = os_traverse,
    .tp_clear = os_clear,
    .tp_members = os_members,
    .tp_getset = os_attributes,
    .tp_base = &exception_Exception,
    .tp_dictoffset = offsetof(PyOSErrorObject, dict),
    .tp_init = os_init,
    .tp_new = os_new,
};
