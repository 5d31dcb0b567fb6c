/* exception.h: the layout of exceptions, and the list of their types. Only files of this room include it. */
#ifndef PYMM_OBJECT_EXCEPTION_H
#define PYMM_OBJECT_EXCEPTION_H

#include "object.h"

typedef struct exception {
    PyBaseExceptionObject base;
    char *text;      /* the message that C code set, or NULL */
    PyObject *value; /* the argument that C code set, or NULL */
} exception;

int exception_start(void); /* make the types ready */

/* Name and base, bases first. */
#define EXCEPTIONS(X) \
    X(Exception, BaseException) X(GeneratorExit, BaseException) X(KeyboardInterrupt, BaseException) \
    X(SystemExit, BaseException) X(StopAsyncIteration, Exception) X(StopIteration, Exception) \
    X(ArithmeticError, Exception) X(LookupError, Exception) X(AssertionError, Exception) \
    X(AttributeError, Exception) X(BufferError, Exception) X(EOFError, Exception) X(OSError, Exception) \
    X(ImportError, Exception) X(MemoryError, Exception) X(NameError, Exception) X(RuntimeError, Exception) \
    X(SyntaxError, Exception) X(ReferenceError, Exception) X(SystemError, Exception) X(TypeError, Exception) \
    X(ValueError, Exception) X(Warning, Exception) X(FloatingPointError, ArithmeticError) \
    X(OverflowError, ArithmeticError) X(ZeroDivisionError, ArithmeticError) X(IndexError, LookupError) \
    X(KeyError, LookupError) X(ModuleNotFoundError, ImportError) X(UnboundLocalError, NameError) \
    X(RecursionError, RuntimeError) X(NotImplementedError, RuntimeError) X(PythonFinalizationError, RuntimeError) \
    X(IndentationError, SyntaxError) X(TabError, IndentationError) X(UnicodeError, ValueError) \
    X(UnicodeEncodeError, UnicodeError) X(UnicodeDecodeError, UnicodeError) X(UnicodeTranslateError, UnicodeError) \
    X(BlockingIOError, OSError) X(ChildProcessError, OSError) X(ConnectionError, OSError) \
    X(FileExistsError, OSError) X(FileNotFoundError, OSError) X(InterruptedError, OSError) \
    X(IsADirectoryError, OSError) X(NotADirectoryError, OSError) X(PermissionError, OSError) \
    X(ProcessLookupError, OSError) X(TimeoutError, OSError) X(BrokenPipeError, ConnectionError) \
    X(ConnectionAbortedError, ConnectionError) X(ConnectionRefusedError, ConnectionError) \
    X(ConnectionResetError, ConnectionError) X(UserWarning, Warning) X(DeprecationWarning, Warning) \
    X(PendingDeprecationWarning, Warning) X(SyntaxWarning, Warning) X(RuntimeWarning, Warning) \
    X(FutureWarning, Warning) X(ImportWarning, Warning) X(UnicodeWarning, Warning) X(BytesWarning, Warning) \
    X(ResourceWarning, Warning) X(EncodingWarning, Warning)

#endif
