/* int_bytes.c: integers as rows of bytes, as the Python/C API has them: flags, and sizes.
 *
 * Owns: what the flags mean, what is said of a number that does not fit. Read object/object.h first. */
#include "front.h"

#include "object/object.h"

/* Has a number so few bits that CPython keeps it in one digit? Then the size that it tells is rounded up. */
#define COMPACT_BITS 30

static bool is_little_machine(void) { return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__; }
static bool is_little(int flags) { return flags & 2 ? is_little_machine() : flags & Py_ASNATIVEBYTES_LITTLE_ENDIAN; }
static bool has_flag(int flags, int flag) { return flags != Py_ASNATIVEBYTES_DEFAULTS && (flags & flag); }

/* How many bytes hold it. Callers compare that with n, and take it for the size of a buffer. */
static Py_ssize_t bytes_needed(PyObject *integer, Py_ssize_t n, bool is_unsigned_enough)
{
    size_t bits = object_int_bits(integer);
    bool is_compact = bits <= COMPACT_BITS;
    Py_ssize_t most = is_compact ? (Py_ssize_t)sizeof(Py_ssize_t) : (Py_ssize_t)(bits / 8 + 1);
    if (n <= 0 || n >= most)
        return most;
    if (object_int_fits(integer, (size_t)n, true) || (is_unsigned_enough && object_int_fits(integer, (size_t)n, false)))
        return n;
    return is_compact && object_int_fits(integer, (size_t)n, false) ? n + 1 : most; /* only the sign has no room */
}

Py_ssize_t PyLong_AsNativeBytes(PyObject *object, void *buffer, Py_ssize_t n_bytes, int flags)
{
    PyObject *integer;
    if (object == NULL || n_bytes < 0) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyLong_Check(object))
        integer = Py_NewRef(object);
    else if (has_flag(flags, Py_ASNATIVEBYTES_ALLOW_INDEX))
        integer = object_index(object);
    else
        integer = object_error_format(PyExc_TypeError, "expect int, got %s", Py_TYPE(object)->tp_name);
    if (integer == NULL)
        return -1;
    Py_ssize_t needed = -1;
    if (has_flag(flags, Py_ASNATIVEBYTES_REJECT_NEGATIVE) && _PyLong_Sign(integer) < 0) {
        object_error_set(PyExc_ValueError, "Cannot convert negative int");
    } else {
        object_int_to_bytes(integer, buffer, (size_t)n_bytes, is_little(flags));
        needed = bytes_needed(integer, n_bytes, flags & Py_ASNATIVEBYTES_UNSIGNED_BUFFER);
    }
    Py_DECREF(integer);
    return needed;
}

static PyObject *from_native(const void *buffer, size_t n_bytes, int flags, bool is_signed)
{
    if (buffer == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return object_int_from_bytes(buffer, n_bytes, is_little(flags), is_signed);
}

PyObject *PyLong_FromNativeBytes(const void *buffer, size_t n_bytes, int flags)
{
    return from_native(buffer, n_bytes, flags, !has_flag(flags, Py_ASNATIVEBYTES_UNSIGNED_BUFFER));
}
PyObject *PyLong_FromUnsignedNativeBytes(const void *buffer, size_t n_bytes, int flags)
{
    return from_native(buffer, n_bytes, flags, false);
}

PyObject *_PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    return object_int_from_bytes(bytes, n, little_endian, is_signed);
}

int _PyLong_AsByteArray(PyLongObject *value, unsigned char *bytes, size_t n, int little_endian, int is_signed, int with_exceptions)
{
    PyObject *integer = (PyObject *)value;
    bool is_refused = !is_signed && _PyLong_Sign(integer) < 0;
    if (!is_refused)
        object_int_to_bytes(integer, bytes, n, little_endian);
    if (!is_refused && object_int_fits(integer, n, is_signed))
        return 0;
    if (with_exceptions)
        object_error_set(PyExc_OverflowError, is_refused ? "can't convert negative int to unsigned" : "int too big to convert");
    return -1;
}

int _PyLong_Sign(PyObject *value)
{
    Py_ssize_t size = ((PyLongObject *)value)->pymm_size;
    return size < 0 ? -1 : size > 0;
}
size_t _PyLong_NumBits(PyObject *value) { return object_int_bits(value); }

int PyUnstable_Long_IsCompact(const PyLongObject *value) { return value->pymm_size >= -1 && value->pymm_size <= 1; }
Py_ssize_t PyUnstable_Long_CompactValue(const PyLongObject *value)
{
    return value->pymm_size * (Py_ssize_t)value->pymm_digits[0];
}
