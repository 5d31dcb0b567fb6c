/* numbers.h: the part of object.h on int, float and bytes. object.h includes it at its end; nobody else does.
 *
 * Functions that return an object return a new reference. What is said of PyLong_*, PyFloat_* and PyBytes_* in
 * include/python holds for the functions of the same purpose here. */
#ifndef PYMM_OBJECT_NUMBERS_H
#define PYMM_OBJECT_NUMBERS_H

#include "python/bytesobject.h"
#include "python/floatobject.h"
#include "python/longobject.h"

/* Equal numbers have equal hashes, whatever their type: the rest modulo the prime 2**OBJECT_HASH_BITS - 1. */
#define OBJECT_HASH_BITS (sizeof(Py_hash_t) >= 8 ? 61 : 31)
#define OBJECT_HASH_MODULUS ((UINT64_C(1) << OBJECT_HASH_BITS) - 1)

/* int (int*.c). ----------------------------------------------------------------------------------------------------------- */

PyObject *object_int_from_int64(int64_t value);
PyObject *object_int_from_uint64(uint64_t value);
PyObject *object_int_from_double(double value);

/* What the object is or gives through __index__: an int, or of a type derived from it. TypeError. */
PyObject *object_index(PyObject *object);
/* The value of an int, when it fits: 0; else 1 or -1 (too large, too small), and *value is as it was. No exception. */
int object_int_read(PyObject *integer, int64_t *value);
/* Through __index__. OverflowError with that message, and -1, for what is not within [low, high]. */
int64_t object_int_as(PyObject *object, int64_t low, int64_t high, const char *message);
/* The same, with *overflow 1 or -1, and -1, in the place of the exception. */
int64_t object_int_as_clamped(PyObject *object, int64_t low, int64_t high, int *overflow);
uint64_t object_int_as_mask(PyObject *object); /* through __index__: the low 64 bits; (uint64_t)-1 on failure */
/* Of int alone. `negative` and `large`: messages of OverflowError. (uint64_t)-1 on failure. */
uint64_t object_int_as_unsigned(PyObject *integer, uint64_t high, const char *negative, const char *large);
Py_ssize_t object_int_as_ssize(PyObject *integer);
void *object_int_as_pointer(PyObject *integer);
double object_int_as_double(PyObject *integer); /* -1.0 on failure */
int object_int_order_double(PyObject *integer, double value); /* -1, 0 or 1, exact; the value is no NaN */

/* float (float*.c). --------------------------------------------------------------------------------------------------------- */

PyObject *object_float_new(double value);
double object_float_as_double(PyObject *object); /* -1.0 on failure */
PYMM_INLINE bool object_is_float(PyObject *op)
{
    return Py_IS_TYPE(op, &PyFloat_Type) || object_type_is_subtype(Py_TYPE(op), &PyFloat_Type);
}

/* bytes (bytes*.c). ----------------------------------------------------------------------------------------------------------- */

PyObject *object_bytes_new(Py_ssize_t size); /* not the shared ones: the contents are still to be written */
PyObject *object_bytes_from(const char *text, Py_ssize_t size);
Py_ssize_t object_bytes_size(PyObject *bytes);
char *object_bytes_text(PyObject *bytes);
int object_bytes_parts(PyObject *bytes, char **text, Py_ssize_t *size);
int object_bytes_resize(PyObject **bytes, Py_ssize_t size);
#endif
