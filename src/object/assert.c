/* assert.c: the report on an object with which something is wrong, in the words of the interpreter.
 *
 * Owns: its form. Does not own: the last lines and the end of the process, which are the front's. Read object.h first. */
#include "object.h"

#include "trace/trace.h"

#include <unistd.h>

/* What debug hooks fill memory with, and what a page holds that was given back. */
static bool is_filling(const void *pointer)
{
    uintptr_t value = (uintptr_t)pointer, ones = UINTPTR_MAX / 0xff;
    return value == 0 || value == ones * 0xcd || value == ones * 0xdd || value == ones * 0xfd;
}

bool object_is_freed(PyObject *op) { return is_filling(op) || is_filling(Py_TYPE(op)); }

/* The repr comes last, and apart: it runs code that may well not survive this object. */
static void dump(base_out *out, PyObject *op)
{
    if (object_is_freed(op)) {
        base_out_print(out, "<object at %p is freed>\n", (void *)op);
        return;
    }
    if (!trace_block_write(out, PYMM_DOMAIN_OBJ, op, false))
        base_out_print(out, "Enable tracemalloc to get the memory block allocation traceback\n\n");
    base_out_print(out, "object address  : %p\nobject refcount : %ld\nobject type     : %p\nobject type name: %s\nobject repr     : ",
                   (void *)op, (long)Py_REFCNT(op), (void *)Py_TYPE(op), Py_TYPE(op)->tp_name);
    base_out_flush(out);
    object_repr_print(out, op);
    base_out_print(out, "\n\n");
}

void object_assertion_failed(const char *file, int line, const char *function, const char *message, PyObject *op)
{
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_print(&out, "%s:%d: %s: Assertion failed: %s\n", file, line, function, message);
    dump(&out, op);
    base_out_flush(&out);
    if (object_public.die != NULL)
        object_public.die("_PyObject_AssertFailed");
    pymm_fatal("%s: %s", function, message);
}
