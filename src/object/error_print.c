/* error_print.c: exceptions as text on standard error.
 *
 * Owns: what PyErr_Print and PyErr_WriteUnraisable write: CPython's lines, without a traceback, since there are no frames.
 * Nothing here allocates. Does not own: the end of the process at SystemExit (front/python). Read exception.h first. */
#include "exception.h"

#include <unistd.h>

/* Strings cannot be read here: a repr of a type's own is only tried. */
static void object_repr_text_print(base_out *out, PyObject *op)
{
    Py_XDECREF(object_repr(op));
    object_error_clear();
    base_out_print(out, "<object repr() failed>");
}

/* What repr() says; the repr of `object` itself is made here. */
void object_repr_print(base_out *out, PyObject *op)
{
    if (op == NULL)
        base_out_print(out, "<NULL>");
    else if (PyType_Check(op))
        base_out_print(out, "<class '%s'>", ((PyTypeObject *)op)->tp_name);
    else if (op == Py_None || op == Py_True || op == Py_False)
        base_out_print(out, "%s", op == Py_None ? "None" : op == Py_True ? "True" : "False");
    else if (Py_TYPE(op)->tp_repr == NULL)
        base_out_print(out, "<%s object at %p>", Py_TYPE(op)->tp_name, (void *)op);
    else
        object_repr_text_print(out, op);
}

/* "builtins." is not said, nor is "__main__.". */
static const char *shown_name(const PyTypeObject *type)
{
    static const char main_module[] = "__main__.";
    const char *name = type->tp_name;
    return strncmp(name, main_module, sizeof main_module - 1) == 0 ? name + sizeof main_module - 1 : name;
}

/* As the repr of a string: a KeyError shows its key so, which may be empty. */
static void quoted_print(base_out *out, const char *text)
{
    char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ? '"' : '\'';
    base_out_print(out, "%c", quote);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        const char *escapes = "\\\\\nn\rr\tt", *escape = escapes;
        while (*escape != '\0' && *escape != (char)c)
            escape += 2;
        if (*escape != '\0')
            base_out_print(out, "\\%c", escape[1]);
        else if (c == (unsigned char)quote)
            base_out_print(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            base_out_print(out, "\\x%02x", c);
        else
            base_out_print(out, "%c", c);
    }
    base_out_print(out, "%c", quote);
}

/* `is_colon`: also before nothing. */
static void line_print(base_out *out, const exception *error, bool is_colon)
{
    base_out_print(out, "%s", shown_name(Py_TYPE((PyObject *)error)));
    bool is_key = object_type_is_subtype(Py_TYPE((PyObject *)error), (PyTypeObject *)PyExc_KeyError);
    if (error->text != NULL && is_key) {
        base_out_print(out, ": ");
        quoted_print(out, error->text);
    } else if (error->text != NULL && error->text[0] != '\0') {
        base_out_print(out, ": %s", error->text);
    } else if (error->value != NULL) {
        base_out_print(out, ": ");
        object_repr_print(out, error->value);
    } else if (is_colon) {
        base_out_print(out, ": ");
    }
    base_out_print(out, "\n");
}

#define CHAIN_MAX 32

/* What came before first: a cause that was given, or what was being handled. */
void object_error_print(base_out *out, PyObject *op)
{
    const exception *chain[CHAIN_MAX], *error = (const exception *)op;
    int count = 0;
    while (error != NULL && count < CHAIN_MAX) {
        chain[count++] = error;
        const PyBaseExceptionObject *base = &error->base;
        error = (const exception *)(base->cause != NULL ? base->cause : base->suppress_context ? NULL : base->context);
    }
    while (--count > 0) {
        line_print(out, chain[count], false);
        base_out_print(out, "\n%s\n\n",
                       chain[count - 1]->base.cause != NULL
                           ? "The above exception was the direct cause of the following exception:"
                           : "During handling of the above exception, another exception occurred:");
    }
    line_print(out, chain[0], false);
}

void object_error_unraisable(PyObject *where)
{
    PyObject *error = object_error_take();
    if (error == NULL)
        return;
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    if (where != NULL && where != Py_None) {
        base_out_print(&out, "Exception ignored in: ");
        object_repr_print(&out, where);
        base_out_print(&out, "\n");
    }
    line_print(&out, (const exception *)error, true); /* alone, and always with its colon */
    base_out_flush(&out);
    Py_DECREF(error);
}

bool object_error_exit_code(PyObject *error, int *code)
{
    if (!object_error_matches(error, PyExc_SystemExit))
        return false;
    const exception *given = (const exception *)error;
    PyObject *value = given->value == NULL ? Py_None : given->value;
    *code = given->text != NULL || (value != Py_None && value != Py_False);
    if (given->text == NULL && (value == Py_None || PyBool_Check(value)))
        return true;
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    if (given->text != NULL)
        base_out_print(&out, "%s", given->text);
    else
        object_repr_print(&out, value);
    base_out_print(&out, "\n");
    base_out_flush(&out);
    return true;
}
