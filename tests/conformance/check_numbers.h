/* check_numbers.h: checks that the sources on numbers and bytes share: what a function returned, and what it raised.
 * Read first: check.h. */
#ifndef PYMM_CHECK_NUMBERS_H
#define PYMM_CHECK_NUMBERS_H

#include "check.h"

/* The type of the exception that is set, if one is; it is cleared. */
CHECK_UNUSED static void check_raised_type(const char *name)
{
    PyObject *type = PyErr_Occurred();
    if (type != NULL)
        check_text(check_join(name, "raised"), "%s", ((PyTypeObject *)type)->tp_name);
    PyErr_Clear();
}

/* The environment of cases that use check_raised: older versions keep what is not written to a terminal. */
#define CHECK_UNBUFFERED "PYTHONUNBUFFERED=1"

/* With its message: what PyErr_Print writes to standard error. */
CHECK_UNUSED static void check_raised(const char *name)
{
    if (PyErr_Occurred() == NULL)
        return;
    int saved = dup(2);
    FILE *file = tmpfile();
    char text[1000];
    if (saved < 0 || file == NULL || dup2(fileno(file), 2) < 0)
        exit(3);
    PyErr_Print();
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    rewind(file);
    size_t bytes = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    while (bytes > 0 && text[bytes - 1] == '\n')
        bytes--;
    text[bytes] = 0;
    check_text(check_join(name, "raised"), "%s", text);
}

/* A result, and what was raised. */
#define CHECK_NUMBER(name, what, format, value)            \
    do {                                                   \
        check_text(check_join(name, what), format, value); \
        check_raised(check_join(name, what));              \
    } while (0)
#endif
