/* unicode_errors.c: the names of the functions on errors of encodings: made, and their parts read and set.
 *
 * Owns: which attribute is missing or of another type. Read python/pyerrors.h first. */
#include "front.h"

#include "object/object.h"

static PyUnicodeErrorObject *parts_of(PyObject *error) { return (PyUnicodeErrorObject *)error; }

PyObject *PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end,
                                      const char *reason)
{
    return PyObject_CallFunction(PyExc_UnicodeDecodeError, "sy#nns", encoding, object, length, start, end, reason);
}

/* New reference; TypeError: `name` is not set, or not of the type that it should be. */
static PyObject *part(PyObject *value, bool is_bytes, const char *name)
{
    if (value == NULL)
        return object_error_format(PyExc_TypeError, "%.200s attribute not set", name);
    if (is_bytes ? PyBytes_Check(value) : PyUnicode_Check(value))
        return Py_NewRef(value);
    return object_error_format(PyExc_TypeError, "%.200s attribute must be %s", name, is_bytes ? "bytes" : "unicode");
}

static Py_ssize_t length_of(PyObject *object, bool is_bytes) { return is_bytes ? PyBytes_GET_SIZE(object) : PyUnicode_GET_LENGTH(object); }

/* Where it starts and ends, cut to what there is: at least one character, if there is any. */
static int place_get(PyObject *error, bool is_bytes, bool is_end, Py_ssize_t *place)
{
    PyObject *object = part(parts_of(error)->object, is_bytes, "object");
    if (object == NULL)
        return -1;
    Py_ssize_t length = length_of(object, is_bytes);
    Py_DECREF(object);
    *place = is_end ? parts_of(error)->end : parts_of(error)->start;
    if (*place < (is_end ? 1 : 0))
        *place = is_end ? 1 : 0;
    if (*place > length - (is_end ? 0 : 1))
        *place = is_end ? length : length == 0 ? 0 : length - 1;
    return 0;
}

static int reason_set(PyObject *error, const char *reason)
{
    PyObject *text = object_unicode_from_utf8(reason);
    if (text == NULL)
        return -1;
    Py_XSETREF(parts_of(error)->reason, text);
    return 0;
}

static int start_set(PyObject *error, Py_ssize_t start) { return parts_of(error)->start = start, 0; }
static int end_set(PyObject *error, Py_ssize_t end) { return parts_of(error)->end = end, 0; }

#define UNICODE_ERROR(kind, is_bytes)                                                                                  \
    PyObject *kind##_GetObject(PyObject *error) { return part(parts_of(error)->object, is_bytes, "object"); }          \
    PyObject *kind##_GetReason(PyObject *error) { return part(parts_of(error)->reason, false, "reason"); }             \
    int kind##_SetReason(PyObject *error, const char *reason) { return reason_set(error, reason); }                    \
    int kind##_GetStart(PyObject *error, Py_ssize_t *start) { return place_get(error, is_bytes, false, start); }       \
    int kind##_SetStart(PyObject *error, Py_ssize_t start) { return start_set(error, start); }                         \
    int kind##_GetEnd(PyObject *error, Py_ssize_t *end) { return place_get(error, is_bytes, true, end); }              \
    int kind##_SetEnd(PyObject *error, Py_ssize_t end) { return end_set(error, end); }
UNICODE_ERROR(PyUnicodeEncodeError, false)
UNICODE_ERROR(PyUnicodeDecodeError, true)
UNICODE_ERROR(PyUnicodeTranslateError, false)
PyObject *PyUnicodeEncodeError_GetEncoding(PyObject *error) { return part(parts_of(error)->encoding, false, "encoding"); }
PyObject *PyUnicodeDecodeError_GetEncoding(PyObject *error) { return part(parts_of(error)->encoding, false, "encoding"); }
