/* error_print.c: exceptions as text on standard error.
 *
 * Owns: what PyErr_Print and PyErr_WriteUnraisable write: CPython's lines, without a traceback, since there are no frames.
 * What fails on the way is dropped, and said in its place. Does not own: the end of the process at SystemExit (front/python).
 * Read exception.h first. */
#include "exception.h"

#include <unistd.h>

/* Takes `text` over; NULL: the exception is dropped. */
static void text_print(base_out *out, PyObject *text, const char *otherwise)
{
    Py_ssize_t bytes = 0;
    const char *utf8 = text == NULL ? NULL : object_unicode_utf8(text, &bytes);
    if (utf8 == NULL && text != NULL) { /* surrogates have no UTF-8: then all is escaped, as in a repr, without its quotes */
        object_error_clear();
        Py_SETREF(text, object_ascii(text));
        utf8 = text == NULL ? NULL : object_unicode_utf8(text, &bytes) + 1;
        bytes -= 2;
    }
    if (utf8 != NULL) {
        base_out_text(out, utf8, (size_t)bytes);
    } else {
        object_error_clear();
        base_out_print(out, "%s", otherwise);
    }
    Py_XDECREF(text);
}

void object_repr_print(base_out *out, PyObject *op)
{
    if (op == NULL)
        base_out_print(out, "<NULL>");
    else
        text_print(out, object_repr(op), "<object repr() failed>");
}

/* "module.Name"; "builtins." is not said, nor is "__main__.". */
static void name_print(base_out *out, PyTypeObject *type)
{
    PyObject *module = object_type_module_name(type);
    if (module == NULL || !PyUnicode_Check(module)) {
        object_error_clear();
        base_out_print(out, "<unknown>.");
        Py_XDECREF(module);
    } else if (object_unicode_compare_ascii(module, "builtins") == 0 || object_unicode_compare_ascii(module, "__main__") == 0) {
        Py_DECREF(module);
    } else {
        text_print(out, module, "<unknown>");
        base_out_print(out, ".");
    }
    text_print(out, object_type_qualified_name(type), "<unknown>");
}

/* `is_colon`: also before nothing. */
static void line_print(base_out *out, PyObject *error, bool is_colon)
{
    name_print(out, Py_TYPE(error));
    PyObject *text = object_str(error);
    if (text == NULL || is_colon || PyUnicode_GET_LENGTH(text) > 0) {
        base_out_print(out, ": ");
        text_print(out, text, "<exception str() failed>");
    } else {
        Py_DECREF(text);
    }
    base_out_print(out, "\n");
}

/* Each note on lines of its own; what is no list of them is shown whole. */
static void notes_print(base_out *out, PyObject *error)
{
    PyObject *notes;
    if (object_attribute_find_utf8(error, "__notes__", &notes) != 1) {
        object_error_clear();
        return;
    }
    if (!PyList_Check(notes) && !PyTuple_Check(notes)) {
        text_print(out, object_repr(notes), "<__notes__ repr() failed>");
        base_out_print(out, "\n");
    }
    for (Py_ssize_t i = 0; PyList_Check(notes) && i < PyList_GET_SIZE(notes); i++) {
        text_print(out, object_str(PyList_GET_ITEM(notes, i)), "<note str() failed>");
        base_out_print(out, "\n");
    }
    Py_DECREF(notes);
}

#define CHAIN_MAX 32

/* What came before first: a cause that was given, or what was being handled. */
void object_error_print(base_out *out, PyObject *error)
{
    PyObject *chain[CHAIN_MAX];
    int count = 0;
    while (error != NULL && count < CHAIN_MAX) {
        chain[count++] = error;
        const PyBaseExceptionObject *base = (PyBaseExceptionObject *)error;
        error = base->cause != NULL ? base->cause : base->suppress_context ? NULL : base->context;
    }
    while (--count > 0) {
        line_print(out, chain[count], false);
        notes_print(out, chain[count]);
        base_out_print(out, "\n%s\n\n",
                       ((PyBaseExceptionObject *)chain[count - 1])->cause != NULL
                           ? "The above exception was the direct cause of the following exception:"
                           : "During handling of the above exception, another exception occurred:");
    }
    line_print(out, chain[0], false);
    notes_print(out, chain[0]);
}

/* Takes `message` over: what is said in the place of "Exception ignored in: <where>"; NULL: that is said, if `where` is not. */
void object_error_unraisable_said(PyObject *message, PyObject *where)
{
    PyObject *error = object_error_take();
    if (error == NULL) {
        Py_XDECREF(message);
        return;
    }
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    if (message != NULL) {
        text_print(&out, message, "");
        base_out_print(&out, where == NULL ? ":\n" : ": ");
    } else if (where != NULL && where != Py_None) {
        base_out_print(&out, "Exception ignored in: ");
    }
    if (where != NULL && where != Py_None) {
        object_repr_print(&out, where);
        base_out_print(&out, "\n");
    }
    line_print(&out, error, true); /* alone, and always with its colon */
    base_out_flush(&out);
    Py_DECREF(error);
}

void object_error_unraisable(PyObject *where) { object_error_unraisable_said(NULL, where); }

void object_error_unraisable_in(const char *function, const PyTypeObject *type)
{
    PyObject *error = object_error_take();
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_print(&out, "Exception ignored in %s of %s:\n", function, type->tp_name);
    line_print(&out, error, true);
    base_out_flush(&out);
    Py_DECREF(error);
}

bool object_error_exit_code(PyObject *error, int *code)
{
    if (!object_error_matches(error, PyExc_SystemExit))
        return false;
    PyObject *value = ((PySystemExitObject *)error)->code;
    *code = 0;
    if (value == NULL || value == Py_None)
        return true;
    if (PyLong_Check(value)) {
        *code = (int)object_int_as_mask(value);
        return true;
    }
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    text_print(&out, object_str(value), "");
    base_out_print(&out, "\n");
    base_out_flush(&out);
    *code = 1;
    return true;
}
