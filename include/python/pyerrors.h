/* pyerrors.h: exceptions: their types, and the error state of a thread.
 *
 * Owns: PyExc_*, PyErr_*. Does not own: Py_FatalError (pylifecycle.h). Include Python.h, not this file.
 * The state is the calling thread's own: no exception, or one instance. Functions that set one replace what was there and,
 * where they return a value, return NULL. Since pymm 0.1; text: "Exception Handling". */
#ifndef Py_PYERRORS_H
#define Py_PYERRORS_H

#include "object.h"

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What every exception begins with. */
#define PyException_HEAD                                                                                               \
    PyObject_HEAD                                                                                                      \
    PyObject *dict;                                                                                                    \
    PyObject *args;                                                                                                    \
    PyObject *notes;                                                                                                   \
    PyObject *traceback;                                                                                               \
    PyObject *context;                                                                                                 \
    PyObject *cause;                                                                                                   \
    char suppress_context;

typedef struct {
    PyException_HEAD
} PyBaseExceptionObject;

/* Those that have more than that. */
typedef struct {
    PyException_HEAD
    PyObject *msg, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
} PySyntaxErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *msg, *name, *path, *name_from;
} PyImportErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *encoding, *object;
    Py_ssize_t start, end; /* in `object`, what cannot be converted */
    PyObject *reason;
} PyUnicodeErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *code;
} PySystemExitObject;

typedef struct {
    PyException_HEAD
    PyObject *myerrno, *strerror, *filename, *filename2;
    Py_ssize_t written; /* BlockingIOError: bytes written all the same; -1: not known */
} PyOSErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *value;
} PyStopIterationObject;

typedef struct {
    PyException_HEAD
    PyObject *name;
} PyNameErrorObject;

typedef struct {
    PyException_HEAD
    PyObject *obj, *name;
} PyAttributeErrorObject;

typedef PyOSErrorObject PyEnvironmentErrorObject;

#define PyExceptionClass_Check(op)                                                                                     \
    (PyType_Check(op) && PyType_FastSubclass((PyTypeObject *)(op), Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionInstance_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_BASE_EXC_SUBCLASS)
#define PyExceptionInstance_Class(op) _PyObject_CAST(Py_TYPE(op))

/* MemoryError, from an instance kept for it if there is no memory for one: it cannot fail. NULL. */
PyAPI_FUNC(PyObject *) PyErr_NoMemory(void);
/* An exception of that type with a text, in UTF-8, or made by PyUnicode_FromFormat's formats. */
PyAPI_FUNC(void) PyErr_SetString(PyObject *exception, const char *text);
PyAPI_FUNC(PyObject *) PyErr_Format(PyObject *exception, const char *format, ...);
PyAPI_FUNC(PyObject *) PyErr_FormatV(PyObject *exception, const char *format, va_list arguments);
/* An exception of that type with `value` for its argument: a tuple is all of them, NULL or None none. An
 * instance of the type is what is set itself. */
PyAPI_FUNC(void) PyErr_SetObject(PyObject *exception, PyObject *value);
PyAPI_FUNC(void) PyErr_SetNone(PyObject *exception);
/* An exception of that type, as OSError, with errno, its text and, if it is not NULL, the name of a file. NULL. */
PyAPI_FUNC(PyObject *) PyErr_SetFromErrno(PyObject *exception);
PyAPI_FUNC(PyObject *) PyErr_SetFromErrnoWithFilename(PyObject *exception, const char *filename);
PyAPI_FUNC(PyObject *) PyErr_SetFromErrnoWithFilenameObject(PyObject *exception, PyObject *filename);
PyAPI_FUNC(PyObject *) PyErr_SetFromErrnoWithFilenameObjects(PyObject *exception, PyObject *filename, PyObject *filename2);
/* ImportError, or a type derived from it, with a message, and a name and a path that may be NULL. NULL. */
PyAPI_FUNC(PyObject *) PyErr_SetImportError(PyObject *message, PyObject *name, PyObject *path);
PyAPI_FUNC(PyObject *) PyErr_SetImportErrorSubclass(PyObject *exception, PyObject *message, PyObject *name, PyObject *path);
/* A new type of exceptions, "module.Name". `base`: a type or a tuple of them, NULL: Exception; `dict`: of its attributes, or NULL.
 * New reference. */
PyAPI_FUNC(PyObject *) PyErr_NewException(const char *name, PyObject *base, PyObject *dict);
PyAPI_FUNC(PyObject *) PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict);
/* No signal handler runs here: 0. */
PyAPI_FUNC(int) PyErr_CheckSignals(void);
/* Is the exception that is set (one has to be), or the given instance or type, one of `exception`, a type or tuple? */
PyAPI_FUNC(int) PyErr_ExceptionMatches(PyObject *exception);
PyAPI_FUNC(int) PyErr_GivenExceptionMatches(PyObject *given, PyObject *exception);
/* The type of the exception that is set, borrowed; NULL if there is none. */
PyAPI_FUNC(PyObject *) PyErr_Occurred(void);
PyAPI_FUNC(void) PyErr_Clear(void);
/* The instance, or NULL; no exception is set any more. New reference. */
PyAPI_FUNC(PyObject *) PyErr_GetRaisedException(void);
/* Set it again. Steals the reference; NULL clears. */
PyAPI_FUNC(void) PyErr_SetRaisedException(PyObject *exception);
/* The same in three parts: type, instance and traceback, new references, all NULL when no exception is set. Restore steals
 * them; an instance may be missing, and a traceback is let go of. Normalize makes *value an instance of *type. */
PyAPI_FUNC(void) PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback);
PyAPI_FUNC(void) PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback);
PyAPI_FUNC(void) PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback);

/* Write the exception that is set to standard error, with what led to it, and clear it; with none set nothing happens.
 * SystemExit: finalize and end the process. Print is PrintEx(1); there is no sys.last_exc to set. */
PyAPI_FUNC(void) PyErr_Print(void);
PyAPI_FUNC(void) PyErr_PrintEx(int set_sys_last_vars);
PyAPI_FUNC(void) PyErr_DisplayException(PyObject *exception);
/* The same for an exception that cannot be passed on: "Exception ignored in: ..." names `where`, if that is not NULL. */
PyAPI_FUNC(void) PyErr_WriteUnraisable(PyObject *where);
/* With a text of PyUnicode_FromFormat's in the place of "Exception ignored in: ...". */
PyAPI_FUNC(void) PyErr_FormatUnraisable(const char *format, ...);
PyAPI_FUNC(void) PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback);

/* The exception that is being handled: what is set meanwhile has it for its context. New reference, or NULL; Set takes a reference of
 * its own, NULL and None are none. In three parts: references as of PyErr_Fetch and PyErr_Restore. */
PyAPI_FUNC(PyObject *) PyErr_GetHandledException(void);
PyAPI_FUNC(void) PyErr_SetHandledException(PyObject *exception);
PyAPI_FUNC(void) PyErr_GetExcInfo(PyObject **type, PyObject **value, PyObject **traceback);
PyAPI_FUNC(void) PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback);

/* What led to an exception: raised from (cause), raised while handling (context). Get: new reference or NULL. Set steals;
 * NULL is none. A cause hides the context. */
PyAPI_FUNC(PyObject *) PyException_GetCause(PyObject *exception);
PyAPI_FUNC(void) PyException_SetCause(PyObject *exception, PyObject *cause);
PyAPI_FUNC(PyObject *) PyException_GetContext(PyObject *exception);
PyAPI_FUNC(void) PyException_SetContext(PyObject *exception, PyObject *context);
/* There are no tracebacks: Get returns NULL, Set takes None alone, and else is a TypeError. 0, or -1. */
PyAPI_FUNC(PyObject *) PyException_GetTraceback(PyObject *exception);
PyAPI_FUNC(int) PyException_SetTraceback(PyObject *exception, PyObject *traceback);
PyAPI_FUNC(PyObject *) PyException_GetArgs(PyObject *exception);
PyAPI_FUNC(void) PyException_SetArgs(PyObject *exception, PyObject *args);
/* tp_name. */
PyAPI_FUNC(const char *) PyExceptionClass_Name(PyObject *type);

/* Errors of encodings: made, and their parts; Get returns a new reference or stores a number, Set takes references of its own.
 * 0, or -1; TypeError where an attribute is missing or of another type. */
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length, Py_ssize_t start,
                                                   Py_ssize_t end, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetObject(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeEncodeError_GetStart(PyObject *exception, Py_ssize_t *start);
PyAPI_FUNC(int) PyUnicodeEncodeError_SetStart(PyObject *exception, Py_ssize_t start);
PyAPI_FUNC(int) PyUnicodeEncodeError_GetEnd(PyObject *exception, Py_ssize_t *end);
PyAPI_FUNC(int) PyUnicodeEncodeError_SetEnd(PyObject *exception, Py_ssize_t end);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetReason(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeEncodeError_SetReason(PyObject *exception, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetObject(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeDecodeError_GetStart(PyObject *exception, Py_ssize_t *start);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetStart(PyObject *exception, Py_ssize_t start);
PyAPI_FUNC(int) PyUnicodeDecodeError_GetEnd(PyObject *exception, Py_ssize_t *end);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetEnd(PyObject *exception, Py_ssize_t end);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetReason(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetReason(PyObject *exception, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeTranslateError_GetObject(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeTranslateError_GetStart(PyObject *exception, Py_ssize_t *start);
PyAPI_FUNC(int) PyUnicodeTranslateError_SetStart(PyObject *exception, Py_ssize_t start);
PyAPI_FUNC(int) PyUnicodeTranslateError_GetEnd(PyObject *exception, Py_ssize_t *end);
PyAPI_FUNC(int) PyUnicodeTranslateError_SetEnd(PyObject *exception, Py_ssize_t end);
PyAPI_FUNC(PyObject *) PyUnicodeTranslateError_GetReason(PyObject *exception);
PyAPI_FUNC(int) PyUnicodeTranslateError_SetReason(PyObject *exception, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetEncoding(PyObject *exception);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetEncoding(PyObject *exception);

/* TypeError, "bad argument type for built-in operation". 0. */
PyAPI_FUNC(int) PyErr_BadArgument(void);
/* SystemError, "FILE:LINE: bad argument to internal function". */
PyAPI_FUNC(void) _PyErr_BadInternalCall(const char *file, int line);
#define PyErr_BadInternalCall() _PyErr_BadInternalCall(__FILE__, __LINE__)

/* The types. */
PyAPI_DATA(PyObject *) PyExc_BaseException;
PyAPI_DATA(PyObject *) PyExc_Exception;
PyAPI_DATA(PyObject *) PyExc_StopAsyncIteration;
PyAPI_DATA(PyObject *) PyExc_StopIteration;
PyAPI_DATA(PyObject *) PyExc_GeneratorExit;
PyAPI_DATA(PyObject *) PyExc_ArithmeticError;
PyAPI_DATA(PyObject *) PyExc_LookupError;
PyAPI_DATA(PyObject *) PyExc_AssertionError;
PyAPI_DATA(PyObject *) PyExc_AttributeError;
PyAPI_DATA(PyObject *) PyExc_BufferError;
PyAPI_DATA(PyObject *) PyExc_EOFError;
PyAPI_DATA(PyObject *) PyExc_FloatingPointError;
PyAPI_DATA(PyObject *) PyExc_OSError;
PyAPI_DATA(PyObject *) PyExc_ImportError;
PyAPI_DATA(PyObject *) PyExc_ModuleNotFoundError;
PyAPI_DATA(PyObject *) PyExc_IndexError;
PyAPI_DATA(PyObject *) PyExc_KeyError;
PyAPI_DATA(PyObject *) PyExc_KeyboardInterrupt;
PyAPI_DATA(PyObject *) PyExc_MemoryError;
PyAPI_DATA(PyObject *) PyExc_NameError;
PyAPI_DATA(PyObject *) PyExc_OverflowError;
PyAPI_DATA(PyObject *) PyExc_RuntimeError;
PyAPI_DATA(PyObject *) PyExc_RecursionError;
PyAPI_DATA(PyObject *) PyExc_NotImplementedError;
PyAPI_DATA(PyObject *) PyExc_SyntaxError;
PyAPI_DATA(PyObject *) PyExc_IndentationError;
PyAPI_DATA(PyObject *) PyExc_TabError;
PyAPI_DATA(PyObject *) PyExc_ReferenceError;
PyAPI_DATA(PyObject *) PyExc_SystemError;
PyAPI_DATA(PyObject *) PyExc_SystemExit;
PyAPI_DATA(PyObject *) PyExc_TypeError;
PyAPI_DATA(PyObject *) PyExc_UnboundLocalError;
PyAPI_DATA(PyObject *) PyExc_UnicodeError;
PyAPI_DATA(PyObject *) PyExc_UnicodeEncodeError;
PyAPI_DATA(PyObject *) PyExc_UnicodeDecodeError;
PyAPI_DATA(PyObject *) PyExc_UnicodeTranslateError;
PyAPI_DATA(PyObject *) PyExc_ValueError;
PyAPI_DATA(PyObject *) PyExc_ZeroDivisionError;
PyAPI_DATA(PyObject *) PyExc_BlockingIOError;
PyAPI_DATA(PyObject *) PyExc_BrokenPipeError;
PyAPI_DATA(PyObject *) PyExc_ChildProcessError;
PyAPI_DATA(PyObject *) PyExc_ConnectionError;
PyAPI_DATA(PyObject *) PyExc_ConnectionAbortedError;
PyAPI_DATA(PyObject *) PyExc_ConnectionRefusedError;
PyAPI_DATA(PyObject *) PyExc_ConnectionResetError;
PyAPI_DATA(PyObject *) PyExc_FileExistsError;
PyAPI_DATA(PyObject *) PyExc_FileNotFoundError;
PyAPI_DATA(PyObject *) PyExc_InterruptedError;
PyAPI_DATA(PyObject *) PyExc_IsADirectoryError;
PyAPI_DATA(PyObject *) PyExc_NotADirectoryError;
PyAPI_DATA(PyObject *) PyExc_PermissionError;
PyAPI_DATA(PyObject *) PyExc_ProcessLookupError;
PyAPI_DATA(PyObject *) PyExc_TimeoutError;
PyAPI_DATA(PyObject *) PyExc_PythonFinalizationError;
PyAPI_DATA(PyObject *) PyExc_Warning;
PyAPI_DATA(PyObject *) PyExc_UserWarning;
PyAPI_DATA(PyObject *) PyExc_DeprecationWarning;
PyAPI_DATA(PyObject *) PyExc_PendingDeprecationWarning;
PyAPI_DATA(PyObject *) PyExc_SyntaxWarning;
PyAPI_DATA(PyObject *) PyExc_RuntimeWarning;
PyAPI_DATA(PyObject *) PyExc_FutureWarning;
PyAPI_DATA(PyObject *) PyExc_ImportWarning;
PyAPI_DATA(PyObject *) PyExc_UnicodeWarning;
PyAPI_DATA(PyObject *) PyExc_BytesWarning;
PyAPI_DATA(PyObject *) PyExc_ResourceWarning;
PyAPI_DATA(PyObject *) PyExc_EncodingWarning;
PyAPI_DATA(PyObject *) PyExc_EnvironmentError; /* OSError, by its older names */
PyAPI_DATA(PyObject *) PyExc_IOError;

#ifdef __cplusplus
}
#endif
#endif
