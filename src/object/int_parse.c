/* int_parse.c: integers from text in bases 2 to 36, with prefixes and underscores.
 *
 * Owns: PyLong_FromString and FromUnicodeObject, int() of texts. Digits and spaces are ASCII's alone.
 * Does not own: writing (int_text.c). Read int.h first. */
#include "int.h"
#include "unicode_case.h"

#define LITERAL_SHOWN 200 /* characters of a wrong literal in a message */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* What lies between the sign and the end. */
typedef struct literal {
    const char *start, *end;
    Py_ssize_t count; /* digits, without underscores */
    int base;
    bool has_only_zeros_allowed; /* 012 could be octal: in base 0 it is refused, 00 is not */
} literal;

/* The base that a prefix tells, and where the digits begin. */
static const char *prefix_skip(const char *at, literal *found)
{
    char letter = (char)(at[0] == '0' ? at[1] | 0x20 : 0);
    int told = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    if (found->base == 0) {
        found->has_only_zeros_allowed = at[0] == '0' && told == 0;
        found->base = told != 0 ? told : 10;
    } else if (told != found->base) {
        return at;
    }
    return told == 0 ? at : at + 2 + (at[2] == '_');
}

/* Digits, and single underscores between them. NULL: it is no number; *stop is where that was seen. */
static const char *digits_measure(const char *at, literal *found, const char **stop)
{
    found->start = at;
    found->count = 0;
    bool is_after_digit = false;
    for (; *at == '_' || digit_value(*at) < found->base; at++) {
        bool is_digit = *at != '_';
        if (!is_digit && !is_after_digit)
            break;
        found->count += is_digit;
        is_after_digit = is_digit;
    }
    found->end = at;
    *stop = at > found->start && at[-1] == '_' ? at - 1 : at; /* an underscore with no digit behind it ends the number */
    return is_after_digit && *at != '_' ? at : NULL;
}

/* Digits of a base that is a power of two are groups of bits: from the last one up. */
static void groups_read(PyLongObject *number, const literal *from)
{
    unsigned bits = (unsigned)__builtin_ctz((unsigned)from->base), filled = 0;
    uint64_t buffer = 0;
    Py_ssize_t at = 0;
    for (const char *c = from->end; --c >= from->start;) {
        if (*c == '_')
            continue;
        buffer |= (uint64_t)digit_value(*c) << filled;
        filled += bits;
        if (filled >= INT_DIGIT_BITS) {
            number->pymm_digits[at++] = (uint32_t)buffer;
            buffer >>= INT_DIGIT_BITS;
            filled -= INT_DIGIT_BITS;
        }
    }
    if (at < number->pymm_size)
        number->pymm_digits[at++] = (uint32_t)buffer;
    number->pymm_size = at;
}

/* As many digits at a time as fit in 32 bits. */
static void digits_read(PyLongObject *number, const literal *from)
{
    Py_ssize_t used = 0;
    const char *c = from->start;
    while (c < from->end) {
        uint64_t scale = 1, carry = 0;
        for (; c < from->end && scale * (unsigned)from->base <= UINT32_MAX; c++)
            if (*c != '_') {
                scale *= (unsigned)from->base;
                carry = carry * (unsigned)from->base + (unsigned)digit_value(*c);
            }
        for (Py_ssize_t i = 0; i < used; i++) {
            carry += number->pymm_digits[i] * scale;
            number->pymm_digits[i] = (uint32_t)carry;
            carry >>= INT_DIGIT_BITS;
        }
        if (carry != 0)
            number->pymm_digits[used++] = (uint32_t)carry;
    }
    number->pymm_size = used;
}

static PyObject *number_of(const literal *from, bool is_negative)
{
    bool is_power = (from->base & (from->base - 1)) == 0;
    if (!is_power && from->count > INT_DECIMALS_MAX)
        return object_error_format(PyExc_ValueError,
                                   "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
                                   "use sys.set_int_max_str_digits() to increase the limit", INT_DECIMALS_MAX, from->count);
    int bits = 32 - __builtin_clz((unsigned)from->base - 1); /* a digit is less than that many bits */
    if (from->count > PY_SSIZE_T_MAX / 8)
        return object_error_set(PyExc_ValueError, "int string too large to convert");
    PyLongObject *number = int_new(from->count / INT_DIGIT_BITS * bits + from->count % INT_DIGIT_BITS * bits / INT_DIGIT_BITS + 2);
    if (number == NULL)
        return NULL;
    if (is_power)
        groups_read(number, from);
    else
        digits_read(number, from);
    return int_normal(number, is_negative);
}

/* The number, and *stop behind it and the spaces after it; or NULL: with *stop NULL an exception is set, else it is no number.
 * *base becomes that of a prefix. */
static PyObject *parse(const char *text, int *base, const char **stop)
{
    literal found = {.base = *base};
    const char *at = text;
    while (is_space(*at))
        at++;
    bool is_negative = *at == '-';
    at = prefix_skip(at + (*at == '-' || *at == '+'), &found);
    *base = found.has_only_zeros_allowed ? 0 : found.base;
    if (digits_measure(at, &found, &at) == NULL) {
        *stop = at;
        return NULL;
    }
    *stop = NULL;
    PyObject *number = number_of(&found, is_negative);
    if (number == NULL)
        return NULL;
    *stop = at;
    if (found.has_only_zeros_allowed && !int_is_zero(number)) {
        Py_DECREF(number);
        return NULL;
    }
    while (is_space(*at))
        at++;
    *stop = at;
    return number;
}

/* `shown`: the text as an object, NULL if it could not be made. */
static PyObject *no_literal(int base, PyObject *shown)
{
    if (shown != NULL)
        object_error_format_objects(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
    return NULL;
}

PyObject *object_int_from_text(const char *text, char **end, int base)
{
    const char *stop;
    if ((base != 0 && base < 2) || base > 36)
        return object_error_set(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
    PyObject *number = parse(text, &base, &stop);
    if (stop == NULL)
        return NULL;
    if (end != NULL)
        *end = (char *)(uintptr_t)stop;
    if (number != NULL && *stop == '\0')
        return number;
    Py_XDECREF(number);
    size_t length = strlen(text);
    PyObject *shown = object_unicode_from_utf8_size(text, (Py_ssize_t)Py_MIN(length, (size_t)LITERAL_SHOWN));
    no_literal(base, shown);
    Py_XDECREF(shown);
    return NULL;
}

/* Of the whole of `size` characters at `text`, which `object` holds: a null among them is no digit. */
static PyObject *from_part(const char *text, Py_ssize_t size, int base, PyObject *object)
{
    const char *stop;
    int base_found = base;
    PyObject *number = parse(text, &base_found, &stop);
    if (stop == NULL || (number != NULL && stop == text + size))
        return number;
    Py_XDECREF(number);
    return no_literal(base, object);
}

PyObject *object_int_from_str(PyObject *object, int base)
{
    if ((base != 0 && base < 2) || base > 36)
        return object_error_set(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
    PyObject *ascii = unicode_as_number(object);
    if (ascii == NULL)
        return NULL;
    PyObject *number = from_part((const char *)PyUnicode_1BYTE_DATA(ascii), PyUnicode_GET_LENGTH(ascii), base, object);
    Py_DECREF(ascii);
    return number;
}

PyObject *int_from_bytes_text(PyObject *bytes, int base)
{
    return from_part(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), base, bytes);
}
