/* float_parse.c: floats from text.
 *
 * Owns: which texts are floats; the C library's strtod rounds, and gets digits and an exponent without a decimal point, whose
 * look depends on the locale. Does not own: writing (float_text.c). Read float.h first. */
#include "float.h"
#include "unicode_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPONENT_MAX 99999999 /* more is as good as infinite */
#define SHORT_BYTES 120

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static const char *word_skip(const char *at, const char *word)
{
    for (; *word != '\0'; at++, word++)
        if ((*at | 0x20) != *word)
            return NULL;
    return at;
}

/* Where the digits, with one point or none among them, end; *digits: how many there are, *places: how many behind the point. */
static const char *mantissa_measure(const char *at, long *digits, long *places)
{
    bool has_point = false;
    *digits = *places = 0;
    for (; is_digit(*at) || (*at == '.' && !has_point); at++) {
        has_point |= *at == '.';
        *digits += *at != '.';
        *places += *at != '.' && has_point;
    }
    return at;
}

static const char *exponent_read(const char *at, long *exponent)
{
    const char *digits = at + 1 + (at[0] != '\0' && (at[1] == '-' || at[1] == '+'));
    *exponent = 0;
    if ((*at | 0x20) != 'e' || !is_digit(*digits))
        return at;
    for (; is_digit(*digits); digits++)
        *exponent = *exponent < EXPONENT_MAX ? *exponent * 10 + (*digits - '0') : EXPONENT_MAX;
    *exponent = at[1] == '-' ? -*exponent : *exponent;
    return digits;
}

/* The digits as a whole number, and an exponent. -1.0: no memory. */
static double rounded(const char *start, const char *end, long digits, long exponent)
{
    char few[SHORT_BYTES], *copy = few, *to;
    size_t room = (size_t)digits + 24;
    if (room > sizeof few && (copy = domain_malloc(PYMM_DOMAIN_MEM, room)) == NULL)
        return -1.0;
    to = copy;
    for (const char *at = start; at < end; at++)
        if (*at != '.')
            *to++ = *at;
    snprintf(to, room - (size_t)(to - copy), "e%ld", exponent);
    double value = strtod(copy, NULL);
    if (copy != few)
        domain_free(PYMM_DOMAIN_MEM, copy);
    return value;
}

/* The longest beginning of `text` that is a number; *end is behind it, or `text` when there is none, or NULL: no memory.
 * *is_over: it is too large for a double. */
static double parse(const char *text, const char **end, bool *is_over)
{
    const char *at = text + (*text == '-' || *text == '+'), *mantissa = at, *stop;
    double sign = *text == '-' ? -1.0 : 1.0, value;
    long digits, places, exponent;
    *is_over = false;
    if ((*end = word_skip(at, "infinity")) != NULL || (*end = word_skip(at, "inf")) != NULL)
        return copysign(HUGE_VAL, sign);
    if ((*end = word_skip(at, "nan")) != NULL)
        return copysign(NAN, sign);
    *end = text;
    stop = mantissa_measure(at, &digits, &places);
    if (digits == 0)
        return -1.0;
    *end = exponent_read(stop, &exponent);
    value = rounded(mantissa, stop, digits, exponent - places);
    if (value < 0)
        *end = NULL;
    *is_over = isinf(value);
    return sign * value;
}

double object_float_parse(const char *text, char **end, PyObject *overflow)
{
    const char *stop;
    bool is_over;
    double value = parse(text, &stop, &is_over);
    if (stop == NULL)
        object_error_no_memory();
    else if (stop == text || (end == NULL && *stop != '\0'))
        object_error_format_objects(PyExc_ValueError, "could not convert string to float: '%.200s'", text);
    else if (is_over && overflow != NULL)
        object_error_format_objects(overflow, "value too large to convert to float: '%.200s'", text);
    else {
        if (end != NULL)
            *end = (char *)(uintptr_t)stop;
        return value;
    }
    if (end != NULL)
        *end = (char *)(uintptr_t)(stop == NULL ? text : stop);
    return -1.0;
}

/* Underscores may stand between digits. Copies without them; false: one stands elsewhere. */
static bool underscores_drop(const char *text, Py_ssize_t size, char *to)
{
    char before = '\0';
    for (Py_ssize_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '_' ? !is_digit(before) : before == '_' && !is_digit(c))
            return false;
        if (c != '_')
            *to++ = c;
        before = c;
    }
    *to = '\0';
    return before != '_';
}

/* A part of a text, without spaces around it, is a number or not. *result NULL: no memory, or it is none. */
static bool part_read(const char *text, Py_ssize_t size, PyObject **result)
{
    const char *stop;
    bool is_over;
    char *copy = domain_malloc(PYMM_DOMAIN_MEM, (size_t)size + 1);
    *result = NULL;
    if (copy == NULL) {
        object_error_no_memory();
        return false;
    }
    bool is_number = underscores_drop(text, size, copy) && strlen(copy) != 0 && memchr(text, '\0', (size_t)size) == NULL;
    if (is_number) {
        double value = parse(copy, &stop, &is_over);
        if (stop == NULL)
            object_error_no_memory();
        else if (stop == copy || *stop != '\0')
            is_number = false;
        else
            *result = object_float_new(value);
    }
    domain_free(PYMM_DOMAIN_MEM, copy);
    return is_number;
}

PyObject *object_float_from_text(PyObject *object)
{
    PyObject *ascii = NULL, *result;
    if (PyUnicode_Check(object)) {
        if ((ascii = unicode_as_number(object)) == NULL)
            return NULL;
    } else if (!PyBytes_Check(object)) {
        return object_error_format(PyExc_TypeError, "float() argument must be a string or a real number, not '%.200s'",
                                   Py_TYPE(object)->tp_name);
    }
    const char *text = ascii != NULL ? (const char *)PyUnicode_1BYTE_DATA(ascii) : PyBytes_AS_STRING(object);
    Py_ssize_t size = ascii != NULL ? PyUnicode_GET_LENGTH(ascii) : PyBytes_GET_SIZE(object);
    while (size > 0 && is_space(text[0]))
        text++, size--;
    while (size > 0 && is_space(text[size - 1]))
        size--;
    if (!part_read(text, size, &result) && object_error_occurred() == NULL)
        object_error_format_objects(PyExc_ValueError, "could not convert string to float: %R", object);
    Py_XDECREF(ascii);
    return result;
}

/* Hexadecimal. --------------------------------------------------------------------------------------------------------------- */

#define HEX_EXPONENT_MOST 1000000000000LL /* what is beyond is infinite or 0 with any digits that there is memory for */

static bool is_hex_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

/* p+12, if it is there: *exponent, and behind it. NULL: there are no digits behind the p. */
static const char *hex_exponent_read(const char *at, long long *exponent)
{
    *exponent = 0;
    if ((*at | 0x20) != 'p')
        return at;
    bool is_negative = at[1] == '-';
    at += 1 + (at[1] == '-' || at[1] == '+');
    if (!is_digit(*at))
        return NULL;
    for (; is_digit(*at); at++)
        *exponent = Py_MIN(*exponent * 10 + (*at - '0'), HEX_EXPONENT_MOST);
    *exponent = is_negative ? -*exponent : *exponent;
    return at;
}

/* The C library rounds; it is given digits without a point. The text ends with a null byte. NULL: no number, or no memory. */
static const char *hex_read(const char *at, double *value)
{
    at += at[0] == '0' && (at[1] | 0x20) == 'x' ? 2 : 0;
    char *copy = domain_malloc(PYMM_DOMAIN_MEM, strlen(at) + 64), *to = copy;
    if (copy == NULL)
        return (const char *)object_error_no_memory();
    long long places = 0, exponent;
    bool has_point = false;
    *to++ = '0';
    *to++ = 'x';
    for (; is_hex_digit(*at) || (*at == '.' && !has_point); at++) {
        has_point = has_point || *at == '.';
        places += has_point && *at != '.';
        if (*at != '.')
            *to++ = *at;
    }
    const char *end = to == copy + 2 ? NULL : hex_exponent_read(at, &exponent);
    if (end != NULL) {
        snprintf(to, 32, "p%lld", exponent - 4 * places);
        *value = strtod(copy, NULL);
    }
    domain_free(PYMM_DOMAIN_MEM, copy);
    return end;
}

PyObject *float_from_hex(PyObject *type, PyObject *text)
{
    Py_ssize_t size;
    if (!PyUnicode_Check(text))
        return object_error_set(PyExc_TypeError, "bad argument type for built-in operation");
    const char *start = object_unicode_utf8(text, &size), *at = start, *end;
    double value = 0.0;
    if (start == NULL)
        return NULL;
    while (is_space(*at))
        at++;
    bool is_negative = *at == '-';
    at += *at == '-' || *at == '+';
    if ((end = word_skip(at, "infinity")) != NULL || (end = word_skip(at, "inf")) != NULL)
        value = HUGE_VAL;
    else if ((end = word_skip(at, "nan")) != NULL)
        value = NAN;
    else if ((end = hex_read(at, &value)) != NULL && isinf(value))
        return object_error_set(PyExc_OverflowError, "hexadecimal value too large to represent as a float");
    while (end != NULL && is_space(*end))
        end++;
    if (end != start + size)
        return object_error_occurred() != NULL ? NULL : object_error_set(PyExc_ValueError, "invalid hexadecimal floating-point string");
    PyObject *made = object_float_new(is_negative ? -value : value);
    if (made != NULL && type != (PyObject *)&PyFloat_Type)
        Py_SETREF(made, object_vectorcall(type, &made, 1, NULL));
    return made;
}
