/* fatal.c: the last words of a process, in CPython's form, written without allocation.
 *
 * Owns: Py_FatalError and the lines that follow its first one. The debug hooks get these lines through their host.
 * Does not own: the threads among them (gil.c). */
#include "front.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

void front_state_write(base_out *out)
{
    static const char *const names[] = {"unknown", "preinitializing", "preinitialized", "initialized"};
    enum front_phase phase = front_phase_get();
    if (phase == FRONT_FINALIZING)
        base_out_print(out, "Python runtime state: finalizing (tstate=0x%016lx)\n\n",
                       (unsigned long)(uintptr_t)atomic_load_explicit(&front_finalizing_state, memory_order_relaxed));
    else
        base_out_print(out, "Python runtime state: %s\n\n", names[phase]);
    front_gil_write_threads(out);
}

void front_fatal_write(const char *function, const char *message)
{
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_print(&out, "Fatal Python error: ");
    if (function != NULL)
        base_out_print(&out, "%s: ", function);
    base_out_print(&out, "%s\n", message);
    front_state_write(&out);
    base_out_flush(&out);
}

void front_fatal(const char *function, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    base_format_list(message, sizeof message, format, &arguments);
    va_end(arguments);
    front_fatal_write(function, message);
    abort();
}

void _Py_FatalErrorFunc(const char *func, const char *message)
{
    front_fatal_write(func, message == NULL ? "<message not set>" : message);
    abort();
}

#undef Py_FatalError
void Py_FatalError(const char *message) { _Py_FatalErrorFunc(NULL, message); }
