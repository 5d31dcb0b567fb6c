/* bytes_case.c: methods of bytes about the case and the kind of ASCII letters, and bytes changed by a table.
 *
 * Owns: the functions behind those methods. Does not own: their table (bytes_methods.c). Read bytes.h first. */
#include "arguments.h"
#include "bytes.h"

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
static bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
static bool is_ascii(char c) { return (unsigned char)c < 128; }
static bool is_space(char c) { return bytes_is_space((unsigned char)c); }

static PyObject *changed(PyObject *self, bool (*is_other)(char))
{
    PyObject *made = object_bytes_new(Py_SIZE(self));
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(self); i++)
        bytes_text(made)[i] = (char)(bytes_text(self)[i] ^ (is_other(bytes_text(self)[i]) ? 0x20 : 0));
    return made;
}

PyObject *bytes_lower(PyObject *self, PyObject *unused) { (void)unused; return changed(self, is_upper); }
PyObject *bytes_upper(PyObject *self, PyObject *unused) { (void)unused; return changed(self, is_lower); }
PyObject *bytes_swapcase(PyObject *self, PyObject *unused) { (void)unused; return changed(self, is_alpha); }

/* The first letter large and others small: of each run of letters, or of the whole alone. */
static PyObject *begun(PyObject *self, bool of_each)
{
    PyObject *made = object_bytes_new(Py_SIZE(self));
    bool is_within = false;
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(self); i++) {
        char c = bytes_text(self)[i];
        bool is_other = is_within ? is_upper(c) : is_lower(c);
        bytes_text(made)[i] = (char)(c ^ (is_other ? 0x20 : 0));
        is_within = !of_each || is_alpha(c);
    }
    return made;
}

PyObject *bytes_title(PyObject *self, PyObject *unused) { (void)unused; return begun(self, true); }
PyObject *bytes_capitalize(PyObject *self, PyObject *unused) { (void)unused; return begun(self, false); }

PyObject *bytes_istitle(PyObject *self, PyObject *unused)
{
    (void)unused;
    bool is_within = false, has_one = false;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        char c = bytes_text(self)[i];
        if (is_within ? is_upper(c) : is_lower(c))
            return Py_False;
        is_within = is_alpha(c);
        has_one = has_one || is_within;
    }
    return object_bool(has_one);
}

/* All are, and there is one; with `other`, those that are neither do not matter. */
static PyObject *all_are(PyObject *self, bool (*is)(char), bool (*other)(char), bool of_nothing)
{
    bool has_one = of_nothing;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) {
        char c = bytes_text(self)[i];
        if (other != NULL ? other(c) : !is(c))
            return Py_False;
        has_one = has_one || is(c);
    }
    return object_bool(has_one);
}

#define KIND(name, is, other, of_nothing)                                                                              \
    PyObject *bytes_##name(PyObject *self, PyObject *unused)                                                           \
    {                                                                                                                  \
        (void)unused;                                                                                                  \
        return all_are(self, is, other, of_nothing);                                                                   \
    }
KIND(isalnum, is_alnum, NULL, false)
KIND(isalpha, is_alpha, NULL, false)
KIND(isascii, is_ascii, NULL, true)
KIND(isdigit, is_digit, NULL, false)
KIND(isspace, is_space, NULL, false)
KIND(islower, is_lower, is_upper, false)
KIND(isupper, is_upper, is_lower, false)

/* By a table. ------------------------------------------------------------------------------------------------------------------------ */

#define TABLE_BYTES 256

PyObject *bytes_maketrans(PyObject *unused, PyObject *const *args, Py_ssize_t count)
{
    (void)unused;
    Py_buffer from, to;
    PyObject *made = NULL;
    if (!arguments_check("maketrans", count, 2, 2) || object_buffer_get(args[0], &from, PyBUF_SIMPLE) != 0)
        return NULL;
    if (object_buffer_get(args[1], &to, PyBUF_SIMPLE) == 0) {
        if (from.len != to.len)
            object_error_set(PyExc_ValueError, "maketrans arguments must have same length");
        else
            made = object_bytes_new(TABLE_BYTES);
        for (int i = 0; made != NULL && i < TABLE_BYTES; i++)
            bytes_text(made)[i] = (char)i;
        for (Py_ssize_t i = 0; made != NULL && i < from.len; i++)
            bytes_text(made)[((unsigned char *)from.buf)[i]] = ((char *)to.buf)[i];
        object_buffer_release(&to);
    }
    object_buffer_release(&from);
    return made;
}

/* Each byte by what the table has in its place, unless it is one of `off`. Both may be absent: their buf is NULL. */
static PyObject *translated(PyObject *self, const Py_buffer *table, const Py_buffer *off)
{
    bool is_off[TABLE_BYTES] = {false};
    Py_ssize_t used = 0;
    if (table->buf != NULL && table->len != TABLE_BYTES)
        return object_error_set(PyExc_ValueError, "translation table must be 256 characters long");
    for (Py_ssize_t i = 0; off->buf != NULL && i < off->len; i++)
        is_off[((unsigned char *)off->buf)[i]] = true;
    PyObject *made = object_bytes_new(Py_SIZE(self));
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(self); i++) {
        unsigned char byte = (unsigned char)bytes_text(self)[i];
        if (!is_off[byte])
            bytes_text(made)[used++] = table->buf == NULL ? (char)byte : ((char *)table->buf)[byte];
    }
    if (made != NULL)
        object_bytes_resize(&made, used);
    return made;
}

/* translate(table, delete=b'') */
PyObject *bytes_translate(PyObject *self, PyObject *args, PyObject *keywords)
{
    static const char *const names[] = {"", "delete", NULL};
    PyObject *by, *without = NULL, *made = NULL;
    Py_buffer table = {.buf = NULL}, off = {.buf = NULL};
    if (!object_args_parse_keywords(args, keywords, "O|O:translate", names, &by, &without))
        return NULL;
    if (by != Py_None && object_buffer_get(by, &table, PyBUF_SIMPLE) != 0)
        return NULL;
    if (without == NULL || object_buffer_get(without, &off, PyBUF_SIMPLE) == 0) {
        made = translated(self, &table, &off);
        if (without != NULL)
            object_buffer_release(&off);
    }
    if (by != Py_None)
        object_buffer_release(&table);
    return made;
}
