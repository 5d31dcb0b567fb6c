/* exception_unicode.c: errors of encodings: which text or bytes, from where to where, and why.
 *
 * Owns: UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError. Does not own: codecs. Read exception.h first. */
#include "exception.h"

#include <stddef.h>

#define SELF(op) ((PyUnicodeErrorObject *)(op))

#define UNICODE_FIELDS(X) X(encoding) X(object) X(reason)
EXCEPTION_LAYOUT(unicode, PyUnicodeErrorObject, UNICODE_FIELDS)

static void fields_set(PyUnicodeErrorObject *self, PyObject *encoding, PyObject *object, PyObject *reason)
{
    Py_XSETREF(self->encoding, Py_XNewRef(encoding));
    Py_XSETREF(self->object, Py_NewRef(object));
    Py_XSETREF(self->reason, Py_NewRef(reason));
}

static int encode_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyUnicodeErrorObject *self = SELF(op);
    PyObject *encoding, *object, *reason;
    if (exception_init(op, args, kwds) != 0 || !object_args_parse(args, "UUnnU", &encoding, &object, &self->start, &self->end, &reason))
        return -1;
    fields_set(self, encoding, object, reason);
    return 0;
}

/* What is no bytes is copied into bytes. */
static int decode_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyUnicodeErrorObject *self = SELF(op);
    PyObject *encoding, *object, *reason;
    if (exception_init(op, args, kwds) != 0 || !object_args_parse(args, "UOnnU", &encoding, &object, &self->start, &self->end, &reason))
        return -1;
    Py_INCREF(object);
    if (!PyBytes_Check(object)) {
        Py_buffer view;
        if (object_buffer_get(object, &view, PyBUF_SIMPLE) != 0) {
            Py_DECREF(object);
            return -1;
        }
        Py_SETREF(object, object_bytes_from(view.buf, view.len));
        object_buffer_release(&view);
        if (object == NULL)
            return -1;
    }
    fields_set(self, encoding, object, reason);
    Py_DECREF(object);
    return 0;
}

static int translate_init(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyUnicodeErrorObject *self = SELF(op);
    PyObject *object, *reason;
    if (exception_init(op, args, kwds) != 0 || !object_args_parse(args, "UnnU", &object, &self->start, &self->end, &reason))
        return -1;
    fields_set(self, NULL, object, reason);
    return 0;
}

/* Texts. ------------------------------------------------------------------------------------------------------------------ */

static bool is_one(const PyUnicodeErrorObject *self, Py_ssize_t length)
{
    return self->start >= 0 && self->start < length && self->end == self->start + 1;
}

/* `before` and, with backslashes, the character. */
static PyObject *character_text(const PyUnicodeErrorObject *self, PyObject *before)
{
    Py_UCS4 character = object_unicode_read(self->object, self->start);
    const char *format = character <= 0xff ? "%U character '\\x%02x' in position %zd: %S"
                         : character <= 0xffff ? "%U character '\\u%04x' in position %zd: %S"
                                               : "%U character '\\U%08x' in position %zd: %S";
    return object_unicode_from_format(format, before, (int)character, self->start, self->reason);
}

/* Takes `before` over: "'utf-8' codec can't encode", "can't translate". */
static PyObject *text_error(PyUnicodeErrorObject *self, PyObject *before)
{
    PyObject *text = NULL;
    if (before != NULL && is_one(self, PyUnicode_GET_LENGTH(self->object)))
        text = character_text(self, before);
    else if (before != NULL)
        text = object_unicode_from_format("%U characters in position %zd-%zd: %S", before, self->start, self->end - 1, self->reason);
    Py_XDECREF(before);
    return text;
}

static PyObject *encode_str(PyObject *op)
{
    PyUnicodeErrorObject *self = SELF(op);
    if (self->object == NULL)
        return object_unicode_empty();
    return text_error(self, object_unicode_from_format("'%S' codec can't encode", self->encoding));
}

static PyObject *translate_str(PyObject *op)
{
    PyUnicodeErrorObject *self = SELF(op);
    return self->object == NULL ? object_unicode_empty() : text_error(self, object_unicode_from_utf8("can't translate"));
}

static PyObject *decode_str(PyObject *op)
{
    PyUnicodeErrorObject *self = SELF(op);
    if (self->object == NULL)
        return object_unicode_empty();
    if (is_one(self, PyBytes_GET_SIZE(self->object)))
        return object_unicode_from_format("'%S' codec can't decode byte 0x%02x in position %zd: %S", self->encoding,
                                          (int)(unsigned char)PyBytes_AS_STRING(self->object)[self->start], self->start, self->reason);
    return object_unicode_from_format("'%S' codec can't decode bytes in position %zd-%zd: %S", self->encoding, self->start,
                                      self->end - 1, self->reason);
}

/* The types. ----------------------------------------------------------------------------------------------------------------- */

static PyMemberDef unicode_members[] = {
    EXCEPTION_MEMBER("encoding", PyUnicodeErrorObject, encoding, 0),
    EXCEPTION_MEMBER("object", PyUnicodeErrorObject, object, 0),
    {"start", Py_T_PYSSIZET, offsetof(PyUnicodeErrorObject, start), 0, NULL},
    {"end", Py_T_PYSSIZET, offsetof(PyUnicodeErrorObject, end), 0, NULL},
    EXCEPTION_MEMBER("reason", PyUnicodeErrorObject, reason, 0),
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject exception_UnicodeError = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "UnicodeError",
    .tp_flags = EXCEPTION_FLAGS_PLAIN,
    .tp_base = &exception_ValueError,
};

#define UNICODE_TYPE(name, init, str)                                                                                  \
    PyTypeObject exception_##name = {                                                                                  \
        PyVarObject_HEAD_INIT(&PyType_Type, 0) EXCEPTION_SLOTS(name, UnicodeError, PyUnicodeErrorObject, unicode),     \
        .tp_str = str,                                                                                                 \
        .tp_members = unicode_members,                                                                                 \
        .tp_init = init,                                                                                               \
    };
UNICODE_TYPE(UnicodeEncodeError, encode_init, encode_str)
UNICODE_TYPE(UnicodeDecodeError, decode_init, decode_str)
UNICODE_TYPE(UnicodeTranslateError, translate_init, translate_str)
