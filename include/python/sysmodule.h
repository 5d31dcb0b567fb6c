/* sysmodule.h: text on standard output and standard error, and the C library's text functions as CPython names them.
 *
 * Owns: PySys_Write*, PySys_Format*, PyObject_Print, PyOS_snprintf and its like. What is written goes through the C library's streams, so
 * that it stays in order with printf. Include Python.h, not this file. Since pymm 0.1; text: "System Functions", "String conversion
 * and formatting". */
#ifndef Py_SYSMODULE_H
#define Py_SYSMODULE_H

#include "object.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As printf; what is over 1000 bytes is cut off, and that is said. Format: as PyUnicode_FromFormat, of any length. Errors are dropped. */
PyAPI_FUNC(void) PySys_WriteStdout(const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_WriteStderr(const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_FormatStdout(const char *format, ...);
PyAPI_FUNC(void) PySys_FormatStderr(const char *format, ...);

#define Py_PRINT_RAW 1
/* The object's repr, or with Py_PRINT_RAW its str, in UTF-8; NULL: "<nil>". 0, or -1. */
PyAPI_FUNC(int) PyObject_Print(PyObject *op, FILE *file, int flags);

/* As snprintf: `size` > 0, and the last byte is always a zero. */
PyAPI_FUNC(int) PyOS_snprintf(char *text, size_t size, const char *format, ...) Py_GCC_ATTRIBUTE((format(printf, 3, 4)));
PyAPI_FUNC(int) PyOS_vsnprintf(char *text, size_t size, const char *format, va_list arguments)
    Py_GCC_ATTRIBUTE((format(printf, 3, 0)));
/* Compared without the case of ASCII's letters: below, equal or above 0. */
PyAPI_FUNC(int) PyOS_mystricmp(const char *left, const char *right);
PyAPI_FUNC(int) PyOS_mystrnicmp(const char *left, const char *right, Py_ssize_t size);
#define PyOS_stricmp PyOS_mystricmp
#define PyOS_strnicmp PyOS_mystrnicmp

#ifdef __cplusplus
}
#endif
#endif
