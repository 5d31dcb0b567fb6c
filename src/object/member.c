/* member.c: members of C structs as attributes: read into objects, written from them.
 *
 * Owns: the types of members and their ranges. Does not own: descriptors. Read python/descrobject.h first. */
#include "object.h"

#define READ(type) (*(const type *)(const void *)place)
#define WRITE(type, value) (*(type *)(void *)place = (type)(value))

PyObject *object_member_get(const char *start, const PyMemberDef *member)
{
    const char *place = start + member->offset;
    switch (member->type) {
    case Py_T_BOOL: return object_bool(*place != 0);
    case Py_T_BYTE: return object_int_from_int64(*(const signed char *)place);
    case Py_T_UBYTE: return object_int_from_int64(*(const unsigned char *)place);
    case Py_T_SHORT: return object_int_from_int64(READ(short));
    case Py_T_USHORT: return object_int_from_int64(READ(unsigned short));
    case Py_T_INT: return object_int_from_int64(READ(int));
    case Py_T_UINT: return object_int_from_int64(READ(unsigned));
    case Py_T_LONG: return object_int_from_int64(READ(long));
    case Py_T_ULONG: return object_int_from_uint64(READ(unsigned long));
    case Py_T_PYSSIZET: return object_int_from_int64(READ(Py_ssize_t));
    case Py_T_LONGLONG: return object_int_from_int64(READ(long long));
    case Py_T_ULONGLONG: return object_int_from_uint64(READ(unsigned long long));
    case Py_T_FLOAT: return object_float_new((double)READ(float));
    case Py_T_DOUBLE: return object_float_new(READ(double));
    case Py_T_CHAR: return object_unicode_from_utf8_size(place, 1);
    case Py_T_STRING: return READ(char *) == NULL ? Py_None : object_unicode_from_utf8(READ(char *));
    case Py_T_STRING_INPLACE: return object_unicode_from_utf8(place);
    case _Py_T_NONE: return Py_None;
    case _Py_T_OBJECT: return READ(PyObject *) == NULL ? Py_None : Py_NewRef(READ(PyObject *));
    case Py_T_OBJECT_EX: {
        PyObject *value = Py_XNewRef(READ(PyObject *));
        if (value == NULL) {
            PyObject *self = (PyObject *)(uintptr_t)start;
            object_error_format(PyExc_AttributeError, "'%.200s' object has no attribute '%s'", Py_TYPE(self)->tp_name, member->name);
        }
        return value;
    }
    default: return object_error_format(PyExc_SystemError, "bad memberdescr type for %s", member->name);
    }
}

/* Integers: a value that does not fit is cut off as C does it, with a warning. -1: an exception is set, which the warning may
 * have become; the member is written all the same. */
static int cut_off(const char *to) { return object_warn_format(PyExc_RuntimeWarning, "Truncation of value to %s", to); }

static int small_set(char *place, int type, PyObject *value)
{
    long number = object_int_as_long(value);
    if (number == -1 && object_error_occurred() != NULL)
        return -1;
    switch (type) {
    case Py_T_BYTE: WRITE(signed char, number); return number != (signed char)number ? cut_off("char") : 0;
    case Py_T_UBYTE: WRITE(unsigned char, number); return number != (unsigned char)number ? cut_off("unsigned char") : 0;
    case Py_T_SHORT: WRITE(short, number); return number != (short)number ? cut_off("short") : 0;
    case Py_T_USHORT: WRITE(unsigned short, number); return number != (unsigned short)number ? cut_off("unsigned short") : 0;
    case Py_T_LONG: WRITE(long, number); return 0;
    default: WRITE(int, number); return number != (int)number ? cut_off("int") : 0;
    }
}

/* Negative numbers are let in, with a warning. */
static int unsigned_set(char *place, int type, PyObject *value)
{
    int overflow;
    long long number = object_int_as_clamped(value, LONG_MIN, LONG_MAX, &overflow);
    if (number == -1 && object_error_occurred() != NULL)
        return -1;
    if (overflow < 0) {
        object_error_set(PyExc_OverflowError, "Python int too large to convert to C long");
        return -1;
    }
    unsigned long long wide = (unsigned long long)number;
    if (overflow > 0) {
        wide = object_int_as_unsigned(value, ULLONG_MAX, "can't convert negative int to unsigned", "int too big to convert");
        if (wide == (unsigned long long)-1 && object_error_occurred() != NULL)
            return -1;
    }
    if (type == Py_T_UINT)
        WRITE(unsigned, wide);
    else if (type == Py_T_ULONG)
        WRITE(unsigned long, wide);
    else
        WRITE(unsigned long long, wide);
    if (overflow == 0 && number < 0)
        return object_warn_format(PyExc_RuntimeWarning, "Writing negative value into unsigned field");
    return type == Py_T_UINT && wide > UINT_MAX ? cut_off("unsigned int") : 0;
}

static int wide_set(char *place, int type, PyObject *value)
{
    long long number = type == Py_T_PYSSIZET ? (long long)object_int_as_ssize(value) : object_int_as_long_long(value);
    if (number == -1 && object_error_occurred() != NULL)
        return -1;
    if (type == Py_T_PYSSIZET)
        WRITE(Py_ssize_t, number);
    else
        WRITE(long long, number);
    return 0;
}

static int float_set(char *place, int type, PyObject *value)
{
    double number = object_float_as_double(value);
    if (number == -1 && object_error_occurred() != NULL)
        return -1;
    if (type == Py_T_FLOAT)
        WRITE(float, number);
    else
        WRITE(double, number);
    return 0;
}

static int char_set(char *place, PyObject *value)
{
    Py_ssize_t bytes;
    const char *text = PyUnicode_Check(value) ? object_unicode_utf8(value, &bytes) : NULL;
    if (text == NULL || bytes != 1) {
        if (object_error_occurred() == NULL)
            object_error_bad_argument();
        return -1;
    }
    *place = text[0];
    return 0;
}

/* Only objects can be deleted: their place is then empty. */
static int member_delete(PyObject **place, const PyMemberDef *member)
{
    if (member->type == Py_T_OBJECT_EX && *place == NULL)
        object_error_set(PyExc_AttributeError, member->name);
    else if (member->type != _Py_T_OBJECT && member->type != Py_T_OBJECT_EX)
        object_error_set(PyExc_TypeError, "can't delete numeric/char attribute");
    else {
        Py_CLEAR(*place);
        return 0;
    }
    return -1;
}

int object_member_set(char *start, const PyMemberDef *member, PyObject *value)
{
    char *place = start + member->offset;
    if (member->flags & Py_READONLY) {
        object_error_set(PyExc_AttributeError, "readonly attribute");
        return -1;
    }
    if (value == NULL)
        return member_delete((PyObject **)(void *)place, member);
    switch (member->type) {
    case Py_T_BOOL:
        if (!PyBool_Check(value)) {
            object_error_set(PyExc_TypeError, "attribute value type must be bool");
            return -1;
        }
        *place = value == Py_True;
        return 0;
    case Py_T_BYTE: case Py_T_UBYTE: case Py_T_SHORT: case Py_T_USHORT: case Py_T_INT: case Py_T_LONG:
        return small_set(place, member->type, value);
    case Py_T_UINT: case Py_T_ULONG: case Py_T_ULONGLONG: return unsigned_set(place, member->type, value);
    case Py_T_PYSSIZET: case Py_T_LONGLONG: return wide_set(place, member->type, value);
    case Py_T_FLOAT: case Py_T_DOUBLE: return float_set(place, member->type, value);
    case Py_T_CHAR: return char_set(place, value);
    case Py_T_STRING: case Py_T_STRING_INPLACE: object_error_set(PyExc_TypeError, "readonly attribute"); return -1;
    case _Py_T_OBJECT: case Py_T_OBJECT_EX: Py_XSETREF(*(PyObject **)(void *)place, Py_NewRef(value)); return 0;
    default: object_error_format(PyExc_SystemError, "bad memberdescr type for %s", member->name); return -1;
    }
}
