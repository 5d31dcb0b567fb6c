/* float_text.c: floats as text, both ways.
 *
 * The C library's snprintf and strtod do the rounding. What they are given, and what is taken from them, has no decimal point,
 * which looks different from one locale to another. Owns: repr by the fewest digits that lead back to the same number,
 * PyOS_double_to_string, PyOS_string_to_double, float() of texts. Does not own: the type (float.c). Read float.h first. */
#include "float.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX 17    /* enough for every double */
#define DIGITS_UNIQUE 15 /* so many are always kept: no two such decimals are one double */

/* A positive number as 0.ddd * 10**point. */
typedef struct decimal {
    char digits[DIGITS_MAX + 1];
    int count, point;
} decimal;

/* Rounded to so many digits. */
static void digits_round(double value, int count, decimal *to)
{
    char text[64], *at = text;
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    for (to->count = 0; *at != 'e'; at++)
        if (*at >= '0' && *at <= '9') /* not the point */
            to->digits[to->count++] = *at;
    to->digits[to->count] = '\0';
    to->point = atoi(at + 1) + 1;
}

static double decimal_value(const decimal *from)
{
    char text[64];
    snprintf(text, sizeof text, "%se%d", from->digits, from->point - from->count);
    return strtod(text, NULL);
}

/* The next larger one of as many digits. */
static void digits_next(decimal *number)
{
    int i = number->count;
    while (--i >= 0 && number->digits[i] == '9')
        number->digits[i] = '0';
    if (i >= 0) {
        number->digits[i]++;
    } else {
        number->digits[0] = '1';
        number->point++;
    }
}

/* The fewest digits that lead back. Above a power of two, doubles lie twice as far apart as below it: there the next decimal may
 * do where the nearest one does not. */
static void digits_shortest(double value, decimal *to)
{
    int exponent;
    bool is_power_of_two = frexp(value, &exponent) == 0.5;
    for (int count = value < DBL_MIN ? 1 : DIGITS_UNIQUE; count <= DIGITS_MAX; count++) {
        digits_round(value, count, to);
        if (decimal_value(to) == value)
            break;
        if (is_power_of_two && count > DIGITS_UNIQUE) {
            digits_next(to);
            if (decimal_value(to) == value)
                break;
        }
    }
    while (to->count > 1 && to->digits[to->count - 1] == '0')
        to->digits[--to->count] = '\0';
}

/* Text in the making, in room that is surely enough. */
static char *append(char *at, const char *text, size_t bytes)
{
    memcpy(at, text, bytes);
    return at + bytes;
}

static char *append_exponent(char *at, int exponent) { return at + snprintf(at, 8, "e%+03d", exponent); }

/* "inf", "nan": NULL, and nothing is written, for numbers. */
static char *append_special(char *at, double value)
{
    return isnan(value) ? append(at, "nan", 3) : isinf(value) ? append(at, "inf", 3) : NULL;
}

/* A positive number, or 0, as repr writes it: with a point and places up to 16 before it, else with an exponent. */
static char *append_repr(char *at, double value, int flags)
{
    decimal number = {.digits = "0", .count = 1, .point = 1};
    if (value != 0.0)
        digits_shortest(value, &number);
    const char *digits = number.digits;
    int count = number.count, point = number.point;
    if (point <= -4 || point > 16) {
        *at++ = digits[0];
        if (count > 1 || (flags & OBJECT_FLOAT_ALTERNATE))
            *at++ = '.';
        at = append(at, digits + 1, (size_t)count - 1);
        return append_exponent(at, point - 1);
    }
    if (point <= 0)
        at = append(at, "0.0000", (size_t)(2 - point));
    for (int i = 0; i < Py_MAX(count, point); i++) {
        if (i == point && point > 0)
            *at++ = '.';
        *at++ = i < count ? digits[i] : '0';
    }
    bool is_whole = count <= point;
    return append(at, ".0", is_whole && (flags & OBJECT_FLOAT_DOT_0) ? 2 : is_whole && (flags & OBJECT_FLOAT_ALTERNATE) ? 1 : 0);
}

PyObject *float_repr(PyObject *self)
{
    char text[64], *at = text, *end;
    double value = ((PyFloatObject *)self)->ob_fval;
    if (signbit(value) && !isnan(value))
        *at++ = '-';
    end = append_special(at, value);
    if (end == NULL)
        end = append_repr(at, fabs(value), OBJECT_FLOAT_DOT_0);
    return object_unicode_from_kind(1, text, end - text);
}

/* Formats of C, with the point that is C's. ------------------------------------------------------------------------------- */

/* The locale's decimal point, which may have several bytes, becomes a full stop. */
static void point_settle(char *text)
{
    char *at = text;
    while (*at >= '0' && *at <= '9')
        at++;
    if (*at == '\0' || (*at | 0x20) == 'e')
        return;
    char *rest = at;
    while (*rest != '\0' && !(*rest >= '0' && *rest <= '9') && (*rest | 0x20) != 'e')
        rest++;
    *at = '.';
    memmove(at + 1, rest, strlen(rest) + 1);
}

/* Room for the longest: %f of the largest number, and what is asked for behind the point. */
static char *text_by_format(double value, char code, int precision, bool is_alternate)
{
    char format[16];
    size_t room = (size_t)DBL_MAX_10_EXP + 32 + (size_t)precision;
    char *text = domain_malloc(PYMM_DOMAIN_MEM, room);
    if (text == NULL)
        return (char *)object_error_no_memory();
    snprintf(format, sizeof format, "%%%s.*%c", is_alternate ? "#" : "", code);
    snprintf(text + 1, room - 4, format, precision, value); /* before it is room for a sign, behind it for ".0" */
    point_settle(text + 1);
    return text;
}

/* A whole number without an exponent gets ".0". */
static void dot_0_append(char *text)
{
    if (strpbrk(text, ".eEni") == NULL)
        strcat(text, ".0");
}

/* Zeros at the end of what is behind the point go, and the point if nothing is left there. */
static void zeros_strip(char *text)
{
    char *end = text + strcspn(text, "eE"), *kept = end;
    if (memchr(text, '.', (size_t)(end - text)) == NULL)
        return;
    while (kept[-1] == '0')
        kept--;
    kept -= kept[-1] == '.';
    memmove(kept, end, strlen(end) + 1);
}

/* As %g, but with an exponent also where there would be no place for ".0", and with all digits of the alternate form, which some C
 * libraries leave out where rounding has led to the next power of ten. */
static char *general_text(double value, char code, int precision, int flags)
{
    bool is_alternate = (flags & OBJECT_FLOAT_ALTERNATE) != 0;
    char *text = text_by_format(value, code == 'G' ? 'E' : 'e', precision - 1, is_alternate);
    if (text == NULL)
        return NULL;
    int exponent = atoi(strpbrk(text + 1, "eE") + 1);
    if (exponent >= -4 && exponent < precision - ((flags & OBJECT_FLOAT_DOT_0) != 0)) {
        domain_free(PYMM_DOMAIN_MEM, text);
        text = text_by_format(value, 'f', precision - 1 - exponent, is_alternate);
    }
    if (text != NULL && !is_alternate)
        zeros_strip(text + 1);
    return text;
}

static char *ordinary_text(double value, char code, int precision, int flags)
{
    char *text;
    if (code == 'r') {
        if ((text = domain_malloc(PYMM_DOMAIN_MEM, 64)) == NULL)
            return (char *)object_error_no_memory();
        *append_repr(text + 1, value, flags) = '\0';
        return text;
    }
    if ((code | 0x20) == 'g' && precision == 0)
        precision = 1;
    if ((code | 0x20) == 'g' && (flags & (OBJECT_FLOAT_ALTERNATE | OBJECT_FLOAT_DOT_0)))
        text = general_text(value, code, precision, flags);
    else
        text = text_by_format(value, code, precision, flags & OBJECT_FLOAT_ALTERNATE);
    if (text != NULL && (flags & OBJECT_FLOAT_DOT_0))
        dot_0_append(text + 1);
    return text;
}

char *object_float_format(double value, char code, int precision, int flags, int *kind)
{
    bool is_special = isnan(value) || isinf(value), is_upper = code >= 'A' && code <= 'Z';
    if (strchr("eEfFgGr", code) == NULL || code == '\0' || precision < 0 || (code == 'r' && precision != 0))
        return (char *)object_error_bad_call();
    char *text = is_special ? domain_malloc(PYMM_DOMAIN_MEM, 8) : ordinary_text(fabs(value), code, precision, flags);
    if (text == NULL)
        return is_special ? (char *)object_error_no_memory() : NULL;
    if (is_special) {
        *append_special(text + 1, value) = '\0';
        for (char *at = text + 1; is_upper && *at != '\0'; at++)
            *at = (char)(*at - 0x20);
    }
    if (kind != NULL)
        *kind = isnan(value) ? 2 : isinf(value) ? 1 : 0;
    bool is_negative = signbit(value) && !isnan(value);
    if (is_negative && (flags & OBJECT_FLOAT_NO_NEGATIVE_0) && strpbrk(text + 1, "123456789niNI") == NULL)
        is_negative = false;
    if (is_negative || (flags & OBJECT_FLOAT_SIGN))
        text[0] = is_negative ? '-' : '+';
    else
        memmove(text, text + 1, strlen(text + 1) + 1);
    return text;
}

/* Rounded. ------------------------------------------------------------------------------------------------------------------- */

#define PLACES_EXACT 1074 /* no double has more behind the point */

/* With tens in the place of digits before the point: all digits are there, so the middle between two is known as such. */
static double rounded_tens(double value, int tens)
{
    char text[DBL_MAX_10_EXP + PLACES_EXACT + 32], *digits = text + 1;
    snprintf(digits, sizeof text - 32, "%.*f", PLACES_EXACT, fabs(value));
    int count = 0;
    while (digits[count] >= '0' && digits[count] <= '9')
        count++;
    int kept = count - tens;
    if (kept < 0)
        return copysign(0.0, value);
    const char *next = digits + kept;
    bool is_odd = kept > 0 && (next[-1] - '0') % 2 != 0, has_more = strpbrk(next + 1, "123456789") != NULL;
    bool is_up = *next > '5' || (*next == '5' && (has_more || is_odd));
    text[0] = '0'; /* which a carry makes 1 */
    char *last = digits + kept - 1;
    for (; is_up && *last == '9'; last--)
        *last = '0';
    *last = (char)(*last + is_up);
    snprintf(digits + kept, 16, "e%d", tens);
    return copysign(strtod(text, NULL), value);
}

double float_rounded(double value, int places)
{
    char text[DBL_MAX_10_EXP + 350];
    if (places < 0)
        return rounded_tens(value, -places);
    snprintf(text, sizeof text, "%.*f", places, value);
    return strtod(text, NULL); /* the point is as that of snprintf */
}
