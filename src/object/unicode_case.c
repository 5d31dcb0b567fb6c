/* unicode_case.c: methods of str about cases and kinds of characters.
 *
 * Owns: lower, upper and the like, is... of whole strings, how a run of a table is found. Does not own: the tables
 * (unicode_kind_table.c, unicode_case_table.c). Read unicode_case.h first. */
#include "unicode_case.h"

const unicode_run *unicode_run_of(const unicode_run *runs, size_t count, Py_UCS4 character)
{
    size_t low = 0, high = count; /* the runs before `low` end before the character, those from `high` on begin behind it */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (runs[middle].last < character)
            low = middle + 1;
        else if (runs[middle].first > character)
            high = middle;
        else
            return (character - runs[middle].first) % runs[middle].step == 0 ? &runs[middle] : NULL;
    }
    return NULL;
}

/* Made of another case. -------------------------------------------------------------------------------------------------------- */

static void put(object_text *text, const Py_UCS4 *special, Py_UCS4 otherwise)
{
    if (special == NULL)
        object_text_char(text, otherwise);
    for (int i = 0; special != NULL && i < 3 && special[i] != 0; i++)
        object_text_char(text, special[i]);
}

static void put_upper(object_text *text, Py_UCS4 c) { put(text, object_char_special_upper(c), object_char_to_upper(c)); }
static void put_title(object_text *text, Py_UCS4 c) { put(text, object_char_special_title(c), object_char_to_title(c)); }

/* Is the capital sigma at `at` the last letter of a word? The small letter has a form of its own there. */
static bool is_final(PyObject *self, Py_ssize_t at)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(self), i = at - 1;
    while (i >= 0 && object_char_is_case_ignorable(PyUnicode_READ_CHAR(self, i)))
        i--;
    if (i < 0 || !object_char_is_cased(PyUnicode_READ_CHAR(self, i)))
        return false;
    for (i = at + 1; i < count && object_char_is_case_ignorable(PyUnicode_READ_CHAR(self, i)); i++)
        continue;
    return i == count || !object_char_is_cased(PyUnicode_READ_CHAR(self, i));
}

static void put_lower(object_text *text, PyObject *self, Py_ssize_t at)
{
    Py_UCS4 c = PyUnicode_READ_CHAR(self, at);
    if (c == 0x3a3)
        object_text_char(text, is_final(self, at) ? 0x3c2 : 0x3c3);
    else
        put(text, object_char_special_lower(c), object_char_to_lower(c));
}

PyObject *unicode_lower(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++)
        put_lower(&text, self, i);
    return object_text_close(&text);
}

PyObject *unicode_upper(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++)
        put_upper(&text, PyUnicode_READ_CHAR(self, i));
    return object_text_close(&text);
}

PyObject *unicode_casefold(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        put(&text, object_char_special_folded(c), object_char_to_folded(c));
    }
    return object_text_close(&text);
}

PyObject *unicode_title(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    bool is_within = false; /* a word */
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        if (is_within)
            put_lower(&text, self, i);
        else
            put_title(&text, c);
        is_within = object_char_is_cased(c);
    }
    return object_text_close(&text);
}

PyObject *unicode_capitalize(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++)
        if (i == 0)
            put_title(&text, PyUnicode_READ_CHAR(self, 0));
        else
            put_lower(&text, self, i);
    return object_text_close(&text);
}

PyObject *unicode_swapcase(PyObject *self, PyObject *unused)
{
    (void)unused;
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        if (object_char_is_upper(c))
            put_lower(&text, self, i);
        else if (object_char_is_lower(c))
            put_upper(&text, c);
        else
            object_text_char(&text, c);
    }
    return object_text_close(&text);
}

/* Asked about. ------------------------------------------------------------------------------------------------------------------- */

static PyObject *all_are(PyObject *self, bool (*is)(Py_UCS4 character))
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(self), at = 0;
    while (at < count && is(PyUnicode_READ_CHAR(self, at)))
        at++;
    return object_bool(count > 0 && at == count);
}

static bool is_alphanumeric(Py_UCS4 c) { return object_char_is_alphanumeric(c); }
static bool is_decimal(Py_UCS4 c) { return object_char_decimal(c) >= 0; }
static bool is_digit(Py_UCS4 c) { return object_char_digit(c) >= 0; }

PyObject *unicode_isalpha(PyObject *self, PyObject *unused) { (void)unused; return all_are(self, object_char_is_alphabetic); }
PyObject *unicode_isalnum(PyObject *self, PyObject *unused) { (void)unused; return all_are(self, is_alphanumeric); }
PyObject *unicode_isdecimal(PyObject *self, PyObject *unused) { (void)unused; return all_are(self, is_decimal); }
PyObject *unicode_isdigit(PyObject *self, PyObject *unused) { (void)unused; return all_are(self, is_digit); }
PyObject *unicode_isnumeric(PyObject *self, PyObject *unused) { (void)unused; return all_are(self, object_char_is_numeric); }

/* One is of the wanted case, and none of another. */
static PyObject *is_case(PyObject *self, bool (*wanted)(Py_UCS4), bool (*other)(Py_UCS4))
{
    bool has_one = false;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        if (other(c) || object_char_is_title(c))
            return Py_False;
        has_one = has_one || wanted(c);
    }
    return object_bool(has_one);
}

PyObject *unicode_islower(PyObject *self, PyObject *unused)
{
    (void)unused;
    return is_case(self, object_char_is_lower, object_char_is_upper);
}

PyObject *unicode_isupper(PyObject *self, PyObject *unused)
{
    (void)unused;
    return is_case(self, object_char_is_upper, object_char_is_lower);
}

PyObject *unicode_istitle(PyObject *self, PyObject *unused)
{
    (void)unused;
    bool has_one = false, is_within = false;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        bool is_begin = object_char_is_upper(c) || object_char_is_title(c), is_small = object_char_is_lower(c);
        if ((is_begin && is_within) || (is_small && !is_within))
            return Py_False;
        is_within = is_begin || is_small;
        has_one = has_one || is_within;
    }
    return object_bool(has_one);
}

/* As numbers are written in ASCII: digits and spaces of all scripts; up to the first character that is neither. */
PyObject *unicode_as_number(PyObject *self)
{
    if (PyUnicode_IS_ASCII(self))
        return Py_NewRef(self);
    object_text text;
    object_text_open(&text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(self); i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(self, i);
        int value = object_char_decimal(c);
        bool is_other = c >= 127 && value < 0 && !object_char_is_space(c);
        object_text_char(&text, c < 127 ? c : is_other ? '?' : value >= 0 ? (Py_UCS4)('0' + value) : ' ');
        if (is_other)
            break;
    }
    return object_text_close(&text);
}
